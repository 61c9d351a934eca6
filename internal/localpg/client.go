//go:build unix

package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// What FindClient can refuse with. Compare with errors.Is.
var (
	ErrNoClient  = errors.New("PostgreSQL's programs pg_dump, pg_restore and psql are not installed: install them (apt install postgresql-client, brew install libpq)")
	ErrOldClient = errors.New("PostgreSQL's programs on this machine are older than the server")
)

// clientPrograms are what backup and restore run.
var clientPrograms = []string{"pg_dump", "pg_restore", "psql"}

// clientPlaces are where packages bring the client programs without a server.
var clientPlaces = append([]string{"/opt/homebrew/opt/libpq/bin", "/usr/local/opt/libpq/bin"}, places...)

// FindClient returns the directory with PostgreSQL's client programs that fit a
// server of the given major version: of the same version if they are
// installed, else of the next newer one. It fails with ErrNoClient or
// ErrOldClient.
func FindClient(server int) (binDir string, err error) {
	return findClient(server, installationsOf(clientPrograms, os.Getenv("PATH"), clientPlaces))
}

func findClient(server int, installed []string) (string, error) {
	if len(installed) == 0 {
		return "", ErrNoClient
	}
	best, bestVersion, newest := "", 0, 0
	for _, bin := range installed {
		version, err := clientVersion(bin)
		if err != nil {
			return "", err
		}
		newest = max(newest, version)
		if version >= server && (best == "" || version < bestVersion) {
			best, bestVersion = bin, version
		}
	}
	if best == "" {
		return "", fmt.Errorf("%w: they are of version %d and it is of version %d: install those of its version (apt install postgresql-client-%d)",
			ErrOldClient, newest, server, server)
	}
	return best, nil
}

// clientVersion is the major version of the programs in bin.
func clientVersion(bin string) (int, error) {
	out, err := exec.Command(filepath.Join(bin, "pg_dump"), "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("asking pg_dump in %s for its version: %w", bin, err)
	}
	// "pg_dump (PostgreSQL) 15.18 (Debian ...)"
	_, text, _ := strings.Cut(string(out), "(PostgreSQL)")
	major, _, _ := strings.Cut(number.FindString(text), ".")
	version, err := strconv.Atoi(major)
	if err != nil {
		return 0, fmt.Errorf("reading the version of pg_dump in %s: %q", bin, out)
	}
	return version, nil
}

// Running returns the connection string of a database in the private server
// that another process runs in dir, and false if none does or this user may not
// see it.
func Running(dir, name string) (dsn string, ok bool) {
	root, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return "", false
	}
	file := readPidFile((&cluster{root: root}).data())
	if !file.ready || file.sockets == "" {
		return "", false
	}
	return (&Server{sockets: file.sockets}).DSN(name), true
}
