//go:build unix

package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"yolchi/internal/schedule"
	"yolchi/internal/store"
)

// tick: what a minute costs in which nothing is due, with few chats and with
// many, in turns; and how long it takes to plan and claim what is due among
// many.
func tick(ctx context.Context, b *bench) (figures []figure, failure error) {
	few, many, due := 1_000, b.size(1_000_000, 50_000), b.size(10_000, 1_000)
	var schedulers []*schedule.Scheduler
	claimed := new(counter)
	for _, n := range []int{few, many} {
		name, err := b.chats(ctx, n)
		if err != nil {
			return nil, err
		}
		db, err := b.open(ctx, name)
		if err != nil {
			return nil, err
		}
		defer func() { failure = errors.Join(failure, db.Close()) }()
		schedulers = append(schedulers, &schedule.Scheduler{Store: db, Deliverer: claimed, Now: b.clock.Now, Log: b.log})
	}
	b.say("ticking")
	took := make([][]time.Duration, 2)
	for range b.size(500, 100) {
		for i, s := range schedulers {
			begun := time.Now()
			if err := s.Tick(ctx); err != nil {
				return nil, err
			}
			took[i] = append(took[i], time.Since(begun))
		}
	}
	small, large := quantile(took[0], 0.5), quantile(took[1], 0.5)
	name, err := b.chats(ctx, many)
	if err == nil {
		err = b.makeDue(ctx, name, due)
	}
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := schedulers[1].Tick(ctx); err != nil {
		return nil, err
	}
	claim := time.Since(begun)
	return []figure{
		atMost("tick_empty", float64(large)/float64(small), "many ÷ few", 2).noted("%d and %d chats, medians", many, few),
		plain("tick_empty, few", milliseconds(small), "ms"),
		plain("tick_empty, many", milliseconds(large), "ms"),
		atMost("tick_claim", claim.Seconds(), "s", 0.5).noted("planned and claimed %d of %d chats", claimed.n.Load(), many),
	}, nil
}

// counter delivers nothing: it counts what was claimed.
type counter struct{ n atomic.Int64 }

func (c *counter) Deliver(context.Context, store.Delivery) error { c.n.Add(1); return nil }
