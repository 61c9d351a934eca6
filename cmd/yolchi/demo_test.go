package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/schedule"
	"yolchi/internal/store"
)

// A jump is hours in which the figures would have been counted.
func TestAJumpOfTheClockCounts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dsn := pgtest.DSN(t)
	db, err := store.Open(ctx, dsn, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	clock, err := loadClock(filepath.Join(t.TempDir(), "clock"))
	if err != nil {
		t.Fatal(err)
	}
	execute(t, dsn, `INSERT INTO chats (chat_id, kind, roadmap_id, remind_on, ready, next_at, created_at, updated_at, seen_at)
		VALUES (5, 'private', 'r', true, true, now() + interval '20 hours', now(), now(), now())`)
	jump := &jumper{clock: clock, moved: func() {}}
	jump.ready(db, &schedule.Scheduler{Store: db, Deliverer: settler{db}, Now: clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err := db.Count(ctx, clock.Now()); err != nil {
		t.Fatal(err)
	}
	at, err := jump.next(ctx, 5)
	if err != nil {
		t.Fatal(err)
	}
	var counted time.Time
	if err := queryRow(t, dsn, &counted, `SELECT max(at) FROM census`); err != nil || at.Sub(counted) > time.Minute {
		t.Errorf("at %v the last count is that of %v (%v)", at, counted, err)
	}
}

// settler sends nothing.
type settler struct{ db *store.Store }

func (s settler) Deliver(ctx context.Context, d store.Delivery, send func() (recorded func())) error {
	defer send()()
	return errors.Join(ctx.Err(), s.db.Settle(ctx, d, store.Outcome{State: store.Sent}, time.Now()))
}
