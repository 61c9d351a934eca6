package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

const (
	leaseLength = 3 * time.Second        // how long a holder that died is waited for
	leaseRenew  = 500 * time.Millisecond // one that died is noticed within the sum of both
)

// holdLease runs work while this process has the named lease, again and again
// until ctx ends. Of all processes on one database one has it. The lease is
// given up by leaving work; if it cannot be renewed in time, work's context
// ends before somebody else may have it.
func holdLease(ctx context.Context, db *store.Store, name string, log *slog.Logger, work func(context.Context) error) error {
	holder := rand.Text()
	for {
		has, err := db.Lease(ctx, name, holder, leaseLength)
		if err != nil && ctx.Err() == nil {
			log.Error("the database does not answer, trying again", "error", err)
		}
		if has {
			err := withLease(ctx, db, name, holder, work)
			release, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseLength)
			if err := errors.Join(err, db.Release(release, name, holder)); err != nil {
				log.Error("work under a lease ended", "lease", name, "error", err)
			}
			cancel()
			if errors.Is(err, telegram.ErrUnauthorized) { // nobody can do better
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(leaseRenew):
		}
	}
}

// withLease runs work and renews the lease beside it.
func withLease(ctx context.Context, db *store.Store, name, holder string, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		defer cancel()
		until := time.Now().Add(leaseLength)
		for time.Now().Before(until) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(leaseRenew):
			}
			start := time.Now()
			renew, stop := context.WithDeadline(ctx, until)
			has, err := db.Lease(renew, name, holder, leaseLength)
			stop()
			if err == nil && !has {
				return
			}
			if err == nil {
				until = start.Add(leaseLength)
			}
		}
	}()
	err := work(ctx)
	cancel()
	<-renewed
	return err
}
