//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/localpg"
	"yolchi/internal/store"
	"yolchi/locales"
)

// connections is the pool's size, the program's own.
const connections = 24

// bench is what the rows share.
type bench struct {
	quick   bool
	dir     string
	server  *localpg.Server
	texts   *locale.Bundle
	library *curriculum.Library
	clock   clock
	log     *slog.Logger
	begun   time.Time
	filled  map[string]bool // databases that stand ready, by name
	binary  string          // of the program; "" until it is built
}

func newBench(ctx context.Context, quick bool) (*bench, error) {
	b := &bench{
		quick: quick, clock: noon(), begun: time.Now(), filled: map[string]bool{},
		log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	var err error
	if b.texts, err = locale.Load(locales.FS, b.log); err != nil {
		return nil, err
	}
	if b.library, err = curriculum.Load(locales.FS); err != nil {
		return nil, fmt.Errorf("reading the roadmaps: %w", err)
	}
	if b.dir, err = os.MkdirTemp("", "yolchi-bench-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(b.dir, 0o711); err != nil { // as root the server is another user
		return nil, errors.Join(err, os.RemoveAll(b.dir))
	}
	if b.server, err = localpg.Start(ctx, localpg.Config{Dir: b.dir}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(b.dir))
	}
	return b, nil
}

func (b *bench) close() error { return errors.Join(b.server.Stop(), os.RemoveAll(b.dir)) }

// say tells the person who waits what is being done.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0fs  %s\n", time.Since(b.begun).Seconds(), fmt.Sprintf(format, args...))
}

// size is full, or small in a quick run.
func (b *bench) size(full, small int) int {
	if b.quick {
		return small
	}
	return full
}

// clock starts at noon in the zone of all chats, so that no run meets the end
// of a local day.
type clock struct{ ahead time.Duration }

func noon() clock {
	now := time.Now()
	local := now.In(zone())
	at := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, zone())
	return clock{at.Sub(now)}
}

func (c clock) Now() time.Time { return time.Now().Add(c.ahead) }

const zoneName = "Asia/Tashkent"

func zone() *time.Location {
	loc, err := time.LoadLocation(zoneName)
	if err != nil {
		panic(err) // the zones are built in
	}
	return loc
}

// open opens a database as the program does.
func (b *bench) open(ctx context.Context, name string) (*store.Store, error) {
	return store.Open(ctx, b.server.DSN(name), connections)
}

// sql runs statements in a database, on one connection.
func (b *bench) sql(ctx context.Context, name string, statements ...string) (failure error) {
	db, err := sql.Open("postgres", b.server.DSN(name))
	if err != nil {
		return err
	}
	defer func() { failure = errors.Join(failure, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the pool is closed as well
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%.60s: %w", statement, err)
		}
	}
	return nil
}

// build makes the program as a release is made.
func (b *bench) build(ctx context.Context) (string, error) {
	if b.binary != "" {
		return b.binary, nil
	}
	b.say("building the program")
	binary := filepath.Join(b.dir, "yolchi")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "yolchi/cmd/yolchi")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	b.binary = binary
	return binary, nil
}
