//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// memory: what the program holds with few chats in the database and with many,
// after the same work.
func memory(ctx context.Context, b *bench) (figures []figure, failure error) {
	few, many := 1_000, b.size(1_000_000, 50_000)
	r, err := startSandbox()
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, r.close()) }()
	var held []int64
	for _, n := range []int{few, many} {
		name, err := b.chats(ctx, n)
		if err != nil {
			return nil, err
		}
		size, err := b.worked(ctx, r, name)
		if err != nil {
			return nil, err
		}
		held = append(held, size)
	}
	return []figure{
		atMost("memory", mebibytes(held[1]-held[0]), "MiB more", 8).noted("%d chats against %d, after 500 replies", many, few),
		plain("memory, few", mebibytes(held[0]), "MiB"),
		plain("memory, many", mebibytes(held[1]), "MiB"),
	}, nil
}

// worked is the resident memory of a program that has answered some people.
func (b *bench) worked(ctx context.Context, r *remote, database string) (size int64, failure error) {
	const replies = 500
	err := errors.Join(r.ask(ctx, "reset", nil, "limits", "telegram"), r.ask(ctx, "people", nil, "n", replies))
	if err != nil {
		return 0, err
	}
	p, _, err := b.launch(ctx, r, database)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, p.end()) }()
	b.say("%s: answering", database)
	if err := r.ask(ctx, "say", nil, "n", replies, "text", "/today"); err != nil {
		return 0, err
	}
	if _, err := r.wait(ctx, replies); err != nil {
		return 0, err
	}
	return p.settled(ctx)
}

// start: from the program's start to its first getUpdates, with everything in
// place already; and what it holds when nothing happens.
func start(ctx context.Context, b *bench) (figures []figure, failure error) {
	r, err := startSandbox()
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, r.close()) }()
	name, err := b.chats(ctx, 1_000)
	if err != nil {
		return nil, err
	}
	var took []time.Duration
	var idle int64
	rounds := b.size(11, 3)
	for i := range rounds + 1 {
		p, begun, err := b.launch(ctx, r, name)
		if err != nil {
			return nil, err
		}
		a, err := r.wait(ctx, 0)
		if err == nil && i > 0 { // the first one sets the profile and warms the files
			took = append(took, a.FirstPoll.Sub(begun))
		}
		if err == nil && i == rounds {
			idle, err = p.settled(ctx)
		}
		if err = errors.Join(err, p.end(), r.ask(ctx, "forget", nil)); err != nil {
			return nil, err
		}
	}
	return []figure{
		atMost("start", quantile(took, 0.5).Seconds(), "s", 0.5).noted("median of %d, longest %.2f s", rounds, quantile(took, 1).Seconds()),
		atMost("start, idle", mebibytes(idle), "MiB", 40),
	}, nil
}

// process is the program, started by the bench.
type process struct{ cmd *exec.Cmd }

// launch starts the program and waits for its first poll.
func (b *bench) launch(ctx context.Context, r *remote, database string) (*process, time.Time, error) {
	binary, err := b.build(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	p := &process{cmd: exec.Command(binary, "run", "--log-level", "warn")}
	p.cmd.Env = append(os.Environ(), "TELEGRAM_BOT_TOKEN="+token, "TELEGRAM_API_URL="+r.url, "DATABASE_URL="+b.server.DSN(database))
	p.cmd.Stderr = os.Stderr
	begun := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, begun, fmt.Errorf("starting the program: %w", err)
	}
	waiting, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := r.ask(waiting, "wait", nil, "polls", 1); err != nil {
		return nil, begun, errors.Join(err, p.end())
	}
	return p, begun, nil
}

// end asks the program to end and waits for it.
func (p *process) end() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// settled is the resident memory in bytes once the last work is over a while.
func (p *process) settled(ctx context.Context) (int64, error) {
	select {
	case <-time.After(5 * time.Second):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	out, err := exec.CommandContext(ctx, "ps", "-o", "rss=", "-p", strconv.Itoa(p.cmd.Process.Pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("asking ps for the memory: %w", err)
	}
	kib, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the answer of ps: %w", err)
	}
	return kib << 10, nil
}
