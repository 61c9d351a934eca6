//go:build unix

package localpg

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The test binary plays other programs too, told by this variable:
//
//	serve DIR   starts a server, says its DSN and hangs
//	idle        says "idle" and hangs
//	unprivileged  is this test again, as another user
const roleVariable = "LOCALPG_TEST_ROLE"

func TestMain(m *testing.M) {
	switch role, dir, _ := strings.Cut(os.Getenv(roleVariable), " "); role {
	case "serve":
		s, err := Start(context.Background(), Config{Dir: dir, NoSync: true})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(s.DSN(database))
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "idle":
		fmt.Println("idle")
		_, _ = io.Copy(io.Discard, os.Stdin)
	default:
		if _, err := Find(); err != nil && os.Getenv("YOLCHI_REQUIRE") != "1" {
			fmt.Println(err)
			os.Exit(0)
		}
		remove := useTemporary()
		goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
			remove()
			os.Exit(code)
		}))
	}
}

// useTemporary puts the temporary directories of these tests into one, in
// memory if there is room: some file systems are slow at a cluster's thousand
// small files.
func useTemporary() (remove func()) {
	parent := ""
	var st syscall.Statfs_t
	if syscall.Statfs("/dev/shm", &st) == nil && uint64(st.Bavail)*uint64(st.Bsize) > 2<<30 {
		parent = "/dev/shm"
	}
	dir, err := os.MkdirTemp(parent, "localpg-")
	if err != nil {
		panic(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Setenv("TMPDIR", dir)); err != nil {
		panic(err)
	}
	return func() { _ = os.RemoveAll(dir) }
}

// player is this binary in another role.
type player struct {
	*exec.Cmd
	line  string // what it said when it was ready
	stdin io.Closer
}

// play starts a player, which ends with the test at the latest.
func play(t *testing.T, role, workDir string, as *account) *player {
	t.Helper()
	cmd := exec.Command(runnable(t))
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Dir = workDir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as.credential()}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("playing %q: %q, %v", role, line, err)
	}
	return &player{Cmd: cmd, line: strings.TrimSpace(line), stdin: stdin}
}

// kill is kill -9.
func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// runnable returns a copy of the test binary that every user may run; go test
// builds it where only its own user may enter.
func runnable(t *testing.T) string {
	t.Helper()
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(openDir(t), "localpg.test")
	if err := os.WriteFile(path, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// openDir returns a temporary directory that every user may enter, free of
// symbolic links. (That of t.TempDir is closed to others.)
func openDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "localpg-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start(t testing.TB, dir string) *Server {
	t.Helper()
	s, err := Start(context.Background(), Config{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	return s
}

func stop(t testing.TB, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

var (
	pristineOnce sync.Once
	pristine     string // a stopped cluster to copy, which is quicker than initdb
)

// withData returns a directory with a stopped cluster that remembers a word.
func withData(t *testing.T) string {
	t.Helper()
	pristineOnce.Do(func() {
		dir, err := os.MkdirTemp("", "pristine-")
		if err == nil {
			err = os.Chmod(dir, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, dir)
		run(t, s.DSN(database), "CREATE TABLE memory AS SELECT 'kept' AS word")
		stop(t, s)
		pristine = dir
	})
	dir := openDir(t)
	if out, err := exec.Command("cp", "-a", pristine+"/.", dir).CombinedOutput(); err != nil {
		t.Fatalf("copying a cluster: %v\n%s", err, out)
	}
	return dir
}

// mustRemember starts the cluster of dir and looks for the word.
func mustRemember(t *testing.T, dir string) *Server {
	t.Helper()
	s := start(t, dir)
	if word := get(t, s.DSN(database), "SELECT word FROM memory"); word != "kept" {
		t.Errorf("the table holds %q, want %q", word, "kept")
	}
	return s
}

func run(t testing.TB, dsn, query string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, dsn, query string) string {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var value string
	if err := db.QueryRow(query).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// testAccount is who the servers of these tests run as.
func testAccount(t *testing.T) *account {
	t.Helper()
	a, err := accountFor("/")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustWrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := testAccount(t).own(path); err != nil {
		t.Fatal(err)
	}
}

func mustExist(t *testing.T, path string, want bool) {
	t.Helper()
	if _, err := os.Lstat(path); (err == nil) != want {
		t.Errorf("%s: %v, want it there: %v", path, err, want)
	}
}

// soon ends the wait for an event that does not come.
func soon(t *testing.T) <-chan time.Time {
	t.Helper()
	return time.After(30 * time.Second)
}

// record is a log to look into.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func (r *record) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
