//go:build unix

// Chaos breaks everything around the real program at full size and prints an
// account of what came of it: processes killed with -9, a Postgres that is
// away, fails over or restarts, a Telegram that answers with every fault. It
// takes minutes:
//
//	go run ./internal/chaos              # all runs
//	go run ./internal/chaos outage pair  # some
//
// The exit code is 1 if anything was lost, or repeated more often than is
// allowed. It must never touch a database or a bot that it did not make.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// runs in the order in which they are made.
var runs = []struct {
	name, what string
	run        func(ctx context.Context, s *stage) (account, error)
}{
	{"deliveries", "10,000 chats due at once, the program killed every few seconds", runDeliveries},
	{"updates", "people talk, the program is killed every second to three", runUpdates},
	{"pair", "two processes on one database, the one that polls is killed", runPair},
	{"outage", "Postgres restarts twice and is then away for a minute", runOutage},
	{"failover", "the primary Postgres is killed, its standby promoted", runFailover},
	{"faults", "Telegram answers with every fault at random", runFaults},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ok, err := chaos(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// chaos makes the runs that are named, or all, and says whether all went well.
func chaos(ctx context.Context, names []string) (ok bool, err error) {
	dir, err := os.MkdirTemp("", "yolchi-chaos-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)                      //nolint:errcheck // what is left is in a temporary directory
	if err := os.Chmod(dir, 0o711); err != nil { // Postgres may run as another user
		return false, err
	}
	binary := filepath.Join(dir, "yolchi")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/yolchi").CombinedOutput(); err != nil {
		return false, fmt.Errorf("building the program: %w\n%s", err, out)
	}
	ok = true
	var accounts []account
	for _, r := range runs {
		if len(names) > 0 && !slices.Contains(names, r.name) {
			continue
		}
		fmt.Printf("%s: %s\n", r.name, r.what)
		begun := time.Now()
		a, err := one(ctx, filepath.Join(dir, r.name), binary, r.run)
		if err != nil {
			return false, fmt.Errorf("%s: %w", r.name, err)
		}
		a.name, a.took = r.name, time.Since(begun)
		ok = a.print() && ok
		accounts = append(accounts, a)
	}
	fmt.Println()
	for _, a := range accounts {
		fmt.Println(a.line())
	}
	return ok, nil
}

func one(ctx context.Context, dir, binary string, run func(context.Context, *stage) (account, error)) (account, error) {
	ctx, stop := context.WithTimeout(ctx, 15*time.Minute)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s, err := newStage(dir, binary)
	if err != nil {
		return account{}, err
	}
	defer s.close()
	s.died = func() { cancel(errors.New("the program ended by itself")) }
	a, err := run(ctx, s)
	if ctx.Err() != nil {
		err = fmt.Errorf("%w, after %w", context.Cause(ctx), cmp.Or(err, ctx.Err()))
	}
	if err != nil || !a.ok() {
		s.lastWords()
	}
	return a, err
}

// account is what came of a run.
type account struct {
	name      string
	sent      int // what was said, or was due
	delivered int // of it, what took effect and was shown
	lost      int
	repeated  int // shown more than once
	allowed   int // repeats
	latest    time.Duration
	took      time.Duration
	notes     []string
	broken    []string // promises, one sentence each
}

func (a *account) note(format string, args ...any) {
	a.notes = append(a.notes, fmt.Sprintf(format, args...))
}

// expect breaks a promise unless it holds.
func (a *account) expect(holds bool, format string, args ...any) {
	if !holds {
		a.broken = append(a.broken, fmt.Sprintf(format, args...))
	}
}

func (a *account) ok() bool { return a.lost == 0 && a.repeated <= a.allowed && len(a.broken) == 0 }

func (a *account) line() string {
	verdict := "ok"
	if !a.ok() {
		verdict = "BROKEN"
	}
	return fmt.Sprintf("%-10s sent %6d  delivered %6d  lost %d  repeated %3d of %3d allowed  latest %6s  in %5s  %s", a.name,
		a.sent, a.delivered, a.lost, a.repeated, a.allowed, a.latest.Round(100*time.Millisecond), a.took.Round(time.Second), verdict)
}

func (a *account) print() bool {
	fmt.Println("  " + strings.Join(append([]string{a.line()}, a.notes...), "\n  "))
	for _, b := range a.broken {
		fmt.Println("  BROKEN: " + b)
	}
	return a.ok()
}
