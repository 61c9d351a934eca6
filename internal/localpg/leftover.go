//go:build unix

package localpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pidFile is what postmaster.pid says (PostgreSQL's miscadmin.h,
// LOCK_FILE_LINE_*): line 1 the process, 5 the socket directory, 8 the state.
type pidFile struct {
	pid     int
	sockets string
	ready   bool
}

// readPidFile returns the zero pidFile where the file is missing or cut short.
func readPidFile(data string) pidFile {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return pidFile{}
	}
	return parsePidFile(string(text))
}

func parsePidFile(text string) pidFile {
	lines := strings.Split(text, "\n")
	line := func(n int) string {
		if len(lines) < n {
			return ""
		}
		return strings.TrimSpace(lines[n-1])
	}
	pid, err := strconv.Atoi(line(1))
	if err != nil || pid <= 0 {
		return pidFile{}
	}
	return pidFile{pid: pid, sockets: line(5), ready: line(8) == "ready"}
}

// clearLeftovers ends what still runs in this cluster and removes the files
// that would keep a new server from starting. PostgreSQL itself cannot: where
// the dead process was never reaped, or its number belongs to another process
// by now (both common in containers), it takes the old server for alive.
//
// It is right only under the lock: no living program of ours owns what it ends.
func (c *cluster) clearLeftovers(p patience) error {
	_, errPid := os.Lstat(filepath.Join(c.data(), "postmaster.pid"))
	_, errNew := os.Lstat(c.unfinished())
	if errors.Is(errPid, fs.ErrNotExist) && errors.Is(errNew, fs.ErrNotExist) {
		return c.removeOldSockets()
	}
	old := readPidFile(c.data())
	if err := c.endOccupants(old.pid, p); err != nil {
		return err
	}
	if err := os.RemoveAll(c.unfinished()); err != nil {
		return fmt.Errorf("removing a half-made database: %w", err)
	}
	if err := c.removeOldSockets(); err != nil {
		return err
	}
	return removeFiles(filepath.Join(c.data(), "postmaster.pid"),
		filepath.Join(c.root, socketName), filepath.Join(c.root, socketName+".lock"))
}

// removeOldSockets removes the temporary socket directory that a killed program
// noted. The server's own pid file is no help: a server that ends politely
// after its program takes it along.
func (c *cluster) removeOldSockets() error {
	dir, err := os.ReadFile(c.socketNote())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading where the last socket was: %w", err)
	}
	if strings.HasPrefix(filepath.Base(string(dir)), socketPrefix) {
		if err := removeSocketDir(string(dir)); err != nil {
			return err
		}
	}
	return removeFiles(c.socketNote())
}

// endOccupants ends every PostgreSQL process that works in this cluster. The
// polite signal goes to the postmaster alone: to its children it means
// something else.
func (c *cluster) endOccupants(postmaster int, p patience) error {
	found, err := occupants(c.root)
	if err != nil {
		return fmt.Errorf("looking for a server that was left behind: %w", err)
	}
	if slices.Contains(found, postmaster) {
		_ = syscall.Kill(postmaster, syscall.SIGINT)
		if c.vacated(p.fast) {
			return nil
		}
	}
	for _, step := range []struct {
		signal  syscall.Signal
		timeout time.Duration
	}{{syscall.SIGQUIT, p.immediate}, {syscall.SIGKILL, p.kill}} {
		found, _ := occupants(c.root)
		for _, pid := range found {
			_ = syscall.Kill(pid, step.signal)
		}
		if c.vacated(step.timeout) {
			return nil
		}
	}
	return fmt.Errorf("a PostgreSQL that was left behind in %s does not end", c.root)
}

// vacated waits until nothing works in the cluster, or the time is over.
func (c *cluster) vacated(timeout time.Duration) bool {
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	over := time.After(timeout)
	for {
		if found, err := occupants(c.root); err == nil && len(found) == 0 {
			return true
		}
		select {
		case <-poll.C:
		case <-over:
			return false
		}
	}
}
