//go:build unix

package localpg

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// programs are what localpg runs; an installation has them all.
var programs = []string{"postgres", "initdb"}

// places are where packages put the programs outside PATH, as glob patterns:
// Debian, the RPM packages of postgresql.org, Homebrew.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/opt/homebrew/bin",
	"/usr/local/bin",
}

// Find returns the directory with PostgreSQL's server programs: that in PATH,
// else the newest in the usual places. It fails with ErrNotInstalled.
func Find() (binDir string, err error) {
	found := installations(os.Getenv("PATH"), places)
	if len(found) == 0 {
		return "", ErrNotInstalled
	}
	return found[0], nil
}

// installations lists every directory with the server's programs: those of
// path first, then place by place, within a place the highest version first.
func installations(path string, places []string) []string {
	return installationsOf(programs, path, places)
}

func installationsOf(programs []string, path string, places []string) []string {
	dirs := filepath.SplitList(path)
	for _, pattern := range places {
		found, _ := filepath.Glob(pattern) // fails on a bad pattern alone
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(numberIn(b), numberIn(a)) })
		dirs = append(dirs, found...)
	}
	var complete []string
	for _, dir := range dirs {
		if filepath.IsAbs(dir) && hasPrograms(dir, programs) && !slices.Contains(complete, dir) {
			complete = append(complete, dir)
		}
	}
	return complete
}

func hasPrograms(dir string, programs []string) bool {
	for _, name := range programs {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || !info.Mode().IsRegular() || info.Mode()&fs.ModePerm&0o111 == 0 {
			return false
		}
	}
	return true
}

var number = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// numberIn returns the last number of a path such as
// /usr/lib/postgresql/9.6/bin; 0 without one.
func numberIn(path string) float64 {
	found := number.FindAllString(path, -1)
	if len(found) == 0 {
		return 0
	}
	n, _ := strconv.ParseFloat(found[len(found)-1], 64)
	return n
}

// majorVersion asks the server program, and returns what PG_VERSION of its
// data holds: "15", or "9.6" for the old scheme.
func majorVersion(bin string) (string, error) {
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return "", fmt.Errorf("asking PostgreSQL in %s for its version: %w", bin, err)
	}
	// "postgres (PostgreSQL) 15.18 (Debian ...)", "... 18beta1", "... 9.6.24"
	version := number.FindString(strings.TrimPrefix(string(out), "postgres (PostgreSQL) "))
	if major, _, _ := strings.Cut(version, "."); version != "" && !slices.Contains([]string{"8", "9"}, major) {
		return major, nil
	}
	return version, nil
}
