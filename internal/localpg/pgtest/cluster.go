//go:build unix

package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"yolchi/internal/localpg"
)

// Start runs a cluster in a temporary directory and returns the value for
// ClusterVariable. stop ends it and removes the directory.
func Start(ctx context.Context) (dsn string, stop func() error, err error) {
	dir, err := os.MkdirTemp(memory(), "yolchi-test-")
	if err != nil {
		return "", nil, err
	}
	remove := func() error { return os.RemoveAll(dir) }
	if err := os.Chmod(dir, 0o711); err != nil { // as root the server is another user
		return "", nil, errors.Join(err, remove())
	}
	server, err := localpg.Start(ctx, localpg.Config{Dir: dir, NoSync: true})
	if err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return server.DSN("postgres"), func() error { return errors.Join(server.Stop(), remove()) }, nil
}

// memory returns a directory that lives in memory and has room for a run of
// the tests, or "". Each database is 300 small files that come and go, which
// some file systems are slow at: 15 ms against up to 250 ms.
func memory() string {
	const dir, room = "/dev/shm", 2 << 30
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil || uint64(st.Bavail)*uint64(st.Bsize) < room {
		return ""
	}
	return dir
}

// keeperVariable turns the test binary into the keeper of its cluster.
const keeperVariable = "YOLCHI_TEST_KEEPER"

// running is a cluster whose keeper ends when lifeline closes, which the
// kernel does however this process ends.
type running struct {
	dsn      string
	lifeline io.WriteCloser
}

// ownCluster starts a keeper: a second process of this test binary. A server
// that were our own child would leave goroutines to the tests that look for
// leaks, and its directory to whoever kills the tests.
var ownCluster = sync.OnceValues(func() (*running, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	keeper := osexec.Command(binary)
	keeper.Env = append(os.Environ(), keeperVariable+"=1")
	keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	lifeline, err := keeper.StdinPipe()
	if err != nil {
		return nil, err
	}
	answer, err := keeper.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := keeper.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(answer).ReadString('\n')
	dsn, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if !ok {
		return nil, fmt.Errorf("%s (%w)", strings.TrimSpace(line), err)
	}
	return &running{dsn: dsn, lifeline: lifeline}, nil
})

func init() {
	if os.Getenv(keeperVariable) != "" {
		os.Exit(keep(os.Stdin, os.Stdout))
	}
}

// keep runs a cluster until the lifeline closes, and returns an exit code.
func keep(lifeline io.Reader, answer io.Writer) int {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	dsn, stop, err := Start(context.Background())
	if err != nil {
		fmt.Fprintln(answer, strings.ReplaceAll(err.Error(), "\n", "; "))
		return 1
	}
	fmt.Fprintln(answer, "ready "+dsn)
	_, _ = io.Copy(io.Discard, lifeline)
	if err := stop(); err != nil {
		return 1
	}
	return 0
}
