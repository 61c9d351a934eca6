//go:build unix

package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAKilledProgramLeavesNothingInTheWay(t *testing.T) {
	dir := withData(t)
	program := play(t, "serve "+dir, "", nil)
	if _, err := Start(t.Context(), Config{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("while it runs: %v, want ErrInUse", err)
	}
	run(t, program.line, "INSERT INTO memory VALUES ('new')")
	kill(program.Cmd)
	s := mustRemember(t, dir)
	if n := get(t, s.DSN(database), "SELECT count(*) FROM memory"); n != "2" {
		t.Errorf("%s rows, want the one of the killed program too", n)
	}
	stop(t, s)
}

func TestTheServerEndsWithAKilledProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // no other system can; there the next start ends it
	}
	dir := withData(t)
	program := play(t, "serve "+dir, "", nil)
	kill(program.Cmd)
	c := &cluster{root: filepath.Join(dir, "postgres")}
	if !c.vacated(30 * time.Second) {
		t.Error("the server outlived its program")
	}
}

// postmaster starts a server beside this package, as a killed program leaves
// it behind where there is no death signal, and returns it with its log.
func postmaster(t *testing.T, dir string) (*exec.Cmd, *record) {
	t.Helper()
	bin, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{root: filepath.Join(dir, "postgres")}
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", c.data(), "-k", c.root, "-h", "", "-p", port)
	cmd.Dir = c.data()
	log := &record{}
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: testAccount(t).credential()}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	over := soon(t)
	for !readPidFile(c.data()).ready {
		select {
		case <-time.After(time.Millisecond):
		case <-over:
			t.Fatal("the orphan does not start")
		}
	}
	return cmd, log
}

func TestAnOrphanedServerIsEnded(t *testing.T) {
	dir := withData(t)
	orphan, log := postmaster(t, dir)
	stop(t, mustRemember(t, dir))
	if err := orphan.Wait(); err != nil || !strings.Contains(log.String(), "fast shutdown") {
		t.Errorf("%v, want a polite end of the orphan:\n%s", err, log)
	}
}

func TestADeadServerThatNobodyReapedIsNotTakenForAlive(t *testing.T) {
	dir := withData(t)
	zombie, _ := postmaster(t, dir)
	_ = zombie.Process.Kill() // and no Wait
	stop(t, mustRemember(t, dir))
}

func TestAReusedProcessNumberIsNotTakenForAServer(t *testing.T) {
	dir := withData(t)
	root := filepath.Join(dir, "postgres")
	// The stranger even works in the data directory, as a shell might.
	stranger := play(t, "idle", filepath.Join(root, "data"), testAccount(t))
	pid := stranger.Process.Pid
	mustWrite(t, filepath.Join(root, "data/postmaster.pid"), fmt.Sprintf("%d\n%s/data\n1700000000\n5432\n%s\n\n", pid, root, root))
	mustWrite(t, filepath.Join(root, socketName+".lock"), fmt.Sprintf("%d\n", pid))
	mustWrite(t, filepath.Join(root, socketName), "")
	stop(t, mustRemember(t, dir))
	_ = stranger.stdin.Close()
	if err := stranger.Wait(); err != nil {
		t.Errorf("the stranger was disturbed: %v", err)
	}
}

func TestAKilledProgramsShortSocketDirectoryIsRemoved(t *testing.T) {
	tmp := openDir(t)
	if err := os.Chmod(tmp, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", tmp)
	dir := filepath.Join(tmp, strings.Repeat("long", 50))
	program := play(t, "serve "+dir, "", nil)
	kill(program.Cmd)
	stop(t, start(t, dir))
	if left, _ := filepath.Glob(filepath.Join(tmp, socketPrefix+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAHalfMadeDatabaseIsMadeAnew(t *testing.T) {
	dir := openDir(t)
	half := filepath.Join(dir, "postgres/data.new")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := testAccount(t).own(filepath.Dir(half)); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, filepath.Join(half, "PG_VERSION"), "15\n")
	stop(t, start(t, dir))
	mustExist(t, half, false)
}

func TestLeftoversOfAnotherKindAreKept(t *testing.T) {
	dir := withData(t)
	root := filepath.Join(dir, "postgres")
	mine := filepath.Join(dir, "my socket directory")
	if err := os.Mkdir(mine, 0o755); err != nil {
		t.Fatal(err)
	}
	// A pid file names a socket directory that is not one of ours.
	mustWrite(t, filepath.Join(root, "data/postmaster.pid"), fmt.Sprintf("1\n%s/data\n1700000000\n5432\n%s\n\n", root, mine))
	stop(t, mustRemember(t, dir))
	mustExist(t, mine, true)
}

func FuzzPidFile(f *testing.F) {
	f.Add("12\n/d\n1\n5432\n/s\n\n  1 2\nready   \n")
	f.Add("-12\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		got := parsePidFile(text)
		// A number of 0 or below would signal whole groups of processes.
		if got.pid < 0 || got.pid == 0 && got != (pidFile{}) {
			t.Errorf("%q gives %+v", text, got)
		}
	})
}
