//go:build unix

package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakePrograms makes an installation that only knows its version.
func fakePrograms(t *testing.T, bin, version string) string {
	t.Helper()
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range programs {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", name, version)
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func TestProgramsOfPathComeFirstThenTheNewest(t *testing.T) {
	root := openDir(t)
	at := func(name string) string { return filepath.Join(root, name, "bin") }
	for _, name := range []string{"mine", "9.6", "10", "17", "postgresql@18"} {
		fakePrograms(t, at(name), name)
	}
	if err := os.MkdirAll(at("19"), 0o755); err != nil { // psql alone is no server
		t.Fatal(err)
	}
	places := []string{filepath.Join(root, "[0-9]*", "bin"), filepath.Join(root, "postgresql@*", "bin")}
	path := strings.Join([]string{"relative", root, at("mine"), at("17")}, string(os.PathListSeparator))
	want := []string{at("mine"), at("17"), at("10"), at("9.6"), at("postgresql@18")}
	if diff := cmp.Diff(want, installations(path, places)); diff != "" {
		t.Error(diff)
	}
}

func TestVersionsAreReadAsPostgresWritesThem(t *testing.T) {
	for printed, want := range map[string]string{
		"15.18 (Debian 15.18-0+deb12u1)": "15",
		"18beta1":                        "18",
		"9.6.24":                         "9.6",
	} {
		got, err := majorVersion(fakePrograms(t, openDir(t), printed))
		if err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", printed, got, err, want)
		}
	}
}

func TestWithoutPostgresTheErrorSaysWhatToDo(t *testing.T) {
	all := places
	places = nil
	defer func() { places = all }()
	t.Setenv("PATH", openDir(t))
	if _, err := Find(); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Find: %v, want ErrNotInstalled", err)
	}
	if _, err := Start(t.Context(), Config{Dir: openDir(t)}); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Start: %v, want ErrNotInstalled", err)
	}
}

func TestAnotherMajorVersionIsRefusedAndKept(t *testing.T) {
	dir := withData(t)
	file := filepath.Join(dir, "postgres/data/PG_VERSION")
	mine, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, file, "8.4\n")
	_, err = Start(t.Context(), Config{Dir: dir})
	if !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), "made by 8.4") {
		t.Errorf("%v, want ErrVersion and the versions", err)
	}
	mustWrite(t, file, string(mine))
	stop(t, mustRemember(t, dir))
}

func TestANewerInstallationBesideTheRightOneDoesNoHarm(t *testing.T) {
	dir := withData(t)
	newer := fakePrograms(t, openDir(t), "99.1")
	t.Setenv("PATH", newer+string(os.PathListSeparator)+os.Getenv("PATH"))
	stop(t, mustRemember(t, dir))
}

func TestADirectoryThatIsNoDatabaseIsRefusedAndKept(t *testing.T) {
	dir := openDir(t)
	letter := filepath.Join(dir, "postgres/data/letter")
	if err := os.MkdirAll(filepath.Dir(letter), 0o755); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, letter, "dear")
	if _, err := Start(t.Context(), Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("%v, want to be told to move it away", err)
	}
	mustExist(t, letter, true)
}

func TestADirectoryIsNeeded(t *testing.T) {
	if _, err := Start(t.Context(), Config{}); err == nil {
		t.Error("started without a directory")
	}
}

// asRoot reports whether this process is root. The tests that need it prove
// nothing for another user, who cannot become one.
func asRoot() bool { return os.Geteuid() == 0 }

func TestRootIsToldOfADirectoryThatTheServerCannotEnter(t *testing.T) {
	if !asRoot() {
		return
	}
	closed := openDir(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: filepath.Join(closed, "yolchi")})
	if !errors.Is(err, ErrNoAccess) {
		t.Errorf("%v, want ErrNoAccess", err)
	}
}

func TestForRootTheServerRunsAsTheOwnerOfTheDirectory(t *testing.T) {
	if !asRoot() {
		return
	}
	nobody := nobodyAccount(t)
	dir := openDir(t)
	root := filepath.Join(dir, "postgres")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := nobody.own(root); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	info, err := os.Stat(filepath.Join(root, "data/postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid != nobody.uid {
		t.Errorf("the server runs as %d, want %d", uid, nobody.uid)
	}
	stop(t, s)
}

func nobodyAccount(t *testing.T) *account {
	t.Helper()
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.ParseInt(u.Uid, 10, 64)
	gid, _ := strconv.ParseInt(u.Gid, 10, 64)
	return &account{uid: uint32(uid), gid: uint32(gid)}
}

// TestEverythingHoldsForAnUnprivilegedUser runs all the other tests again as
// nobody. When the tests do not run as root, they are that already.
func TestEverythingHoldsForAnUnprivilegedUser(t *testing.T) {
	if !asRoot() || testing.Short() {
		return
	}
	home := openDir(t)
	nobody := nobodyAccount(t)
	if err := nobody.own(home); err != nil {
		t.Fatal(err)
	}
	again := exec.CommandContext(t.Context(), runnable(t), "-test.v", "-test.timeout=5m")
	again.Dir = home
	again.Env = append(os.Environ(), roleVariable+"=unprivileged", "TMPDIR="+home, "HOME="+home)
	again.SysProcAttr = &syscall.SysProcAttr{Credential: nobody.credential()}
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
