//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"yolchi/internal/schedule"
	"yolchi/internal/store"
)

// tick: what a minute costs in which nothing is due, with few chats and with
// many, in turns; and how long it takes to plan and claim what is due among
// many.
func tick(ctx context.Context, b *bench) ([]figure, error) {
	few, many, due := 1_000, b.size(1_000_000, 50_000), b.size(10_000, 1_000)
	empty, err := b.emptyTicks(ctx, few, many)
	if err != nil {
		return nil, err
	}
	claim, err := b.claiming(ctx, many, due)
	if err != nil {
		return nil, err
	}
	return []figure{
		atMost("tick_empty", float64(empty[1])/float64(empty[0]), "many ÷ few", 2).noted("%d and %d chats, medians", many, few),
		plain("tick_empty, few", milliseconds(empty[0]), "ms"),
		plain("tick_empty, many", milliseconds(empty[1]), "ms"),
		atMost("tick_claim", claim.Seconds(), "s", 0.5).noted("planned and claimed %d of %d chats", due, many),
	}, nil
}

// emptyTicks is the median of ticks with nothing to do, for each number of
// chats. They take turns, so that the machine's moods meet all alike.
func (b *bench) emptyTicks(ctx context.Context, sizes ...int) (medians []time.Duration, failure error) {
	var schedulers []*schedule.Scheduler
	for _, n := range sizes {
		name, err := b.chats(ctx, n)
		if err != nil {
			return nil, err
		}
		db, err := b.open(ctx, name)
		if err != nil {
			return nil, err
		}
		defer func() { failure = errors.Join(failure, db.Close()) }()
		schedulers = append(schedulers, &schedule.Scheduler{Store: db, Deliverer: new(counter), Now: b.clock.Now, Log: b.log})
	}
	b.say("ticking")
	took := make([][]time.Duration, len(sizes))
	for range b.size(500, 100) {
		for i, s := range schedulers {
			begun := time.Now()
			if err := s.Tick(ctx); err != nil {
				return nil, err
			}
			took[i] = append(took[i], time.Since(begun))
		}
	}
	for _, all := range took {
		medians = append(medians, quantile(all, 0.5))
	}
	return medians, nil
}

// claiming is how long a tick takes that delivers nothing, with so many chats
// due among many.
func (b *bench) claiming(ctx context.Context, many, due int) (took time.Duration, failure error) {
	source, err := b.chats(ctx, many)
	if err != nil {
		return 0, err
	}
	name, err := b.copyOf(ctx, source, "tick_claim", due)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, b.drop(ctx, name)) }()
	db, err := b.open(ctx, name)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, db.Close()) }()
	claimed := new(counter)
	s := &schedule.Scheduler{Store: db, Deliverer: claimed, Now: b.clock.Now, Log: b.log}
	b.say("claiming %d", due)
	begun := time.Now()
	if err := s.Tick(ctx); err != nil {
		return 0, err
	}
	took = time.Since(begun)
	if got := claimed.n.Load(); got != int64(due) {
		return 0, fmt.Errorf("%d were claimed, not %d", got, due)
	}
	return took, nil
}

// counter delivers nothing: it counts what was claimed.
type counter struct{ n atomic.Int64 }

func (c *counter) Deliver(context.Context, store.Delivery, func() func()) error {
	c.n.Add(1)
	return nil
}
