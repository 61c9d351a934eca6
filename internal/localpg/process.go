//go:build unix

package localpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a child that does not outlive this program where the system can
// see to that.
type process struct {
	cmd    *exec.Cmd
	output *output
	done   chan struct{} // closed when the process has ended
	err    error         // how it ended; read it after done
}

// run starts one of PostgreSQL's programs as the cluster's account. If this
// program dies first, the child gets onDeath (Linux only).
func (c *cluster) run(dir string, onDeath syscall.Signal, program string, args ...string) (*process, error) {
	p := &process{output: &output{log: c.log}, done: make(chan struct{})}
	p.cmd = exec.Command(filepath.Join(c.bin, program), args...)
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.WaitDelay = 2 * time.Second // an orphaned backend may hold the pipe
	// An own group, so that Ctrl-C reaches only this program, which then
	// stops the server in order.
	p.cmd.SysProcAttr = childAttributes(onDeath)
	p.cmd.SysProcAttr.Setpgid = true
	p.cmd.SysProcAttr.Credential = c.account.credential()

	started := make(chan error)
	go func() {
		// The death signal hangs on the thread that started the child, so
		// that thread must live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := <-started; errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("%w (user %s, directory %s, programs in %s)", ErrNoAccess, c.account, c.root, c.bin)
	} else if err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) lastWords() string { return p.output.lastWords() }

// end stops the process, if it still runs, by ever harder signals and waits
// for it.
func (p *process) end(wait patience) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	for _, step := range []struct {
		signal  syscall.Signal
		timeout time.Duration
	}{{syscall.SIGINT, wait.fast}, {syscall.SIGQUIT, wait.immediate}, {syscall.SIGKILL, wait.kill}} {
		_ = p.cmd.Process.Signal(step.signal)
		select {
		case <-p.done:
			if step.signal != syscall.SIGINT {
				return fmt.Errorf("%s did not stop in time and was ended by force", filepath.Base(p.cmd.Path))
			}
			return nil
		case <-time.After(step.timeout):
		}
	}
	return fmt.Errorf("%s does not end", filepath.Base(p.cmd.Path))
}

// output passes a program's lines to the log and remembers the last ones for
// an error message.
type output struct {
	log *slog.Logger

	mu   sync.Mutex
	part []byte   // a line without its end yet
	last []string // at most lastLines
}

const lastLines = 5

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.part = append(o.part, b...)
	for {
		line, rest, ok := bytes.Cut(o.part, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		o.part = rest
		o.take(string(line))
	}
}

func (o *output) take(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	level := slog.LevelDebug
	if strings.HasPrefix(line, "PANIC:") {
		level = slog.LevelError
	}
	o.log.Log(context.Background(), level, "postgres", "line", line)
	o.last = append(o.last, line)
	if len(o.last) > lastLines {
		o.last = o.last[1:]
	}
}

func (o *output) lastWords() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.last, "; ")
}
