//go:build unix

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"yolchi/internal/sandbox"
)

// inFlight is how many deliveries a killed process may repeat.
const inFlight = 30

// paid sends deliveries at 1,000 a second.
const paid = "YOLCHI_PAID_BROADCAST=1"

// between is a random time within the bounds.
func between(low, high time.Duration) func() time.Duration {
	return func() time.Duration { return low + rand.N(high-low) }
}

func runDeliveries(ctx context.Context, s *stage) (a account, err error) {
	const chats = 10_000
	if _, err := s.postgres(ctx); err != nil {
		return a, err
	}
	audience, _, err := s.cast(ctx, chats, 0, 0)
	if err != nil {
		return a, err
	}
	var k killer
	unrecorded, most := 0, 0 // shown but not recorded: what is going to be repeated
	k.after = func() {
		sleep(ctx, 200*time.Millisecond) // what the database had already got is committed
		shown, repeated := audience.delivered()
		now := shown + repeated - audience.settled(ctx)
		most = max(most, now-unrecorded)
		unrecorded = now
	}
	telling, stop := context.WithCancel(ctx)
	defer stop()
	go progress(telling, s, func() string {
		return fmt.Sprintf("%d of %d delivered, %d kills", audience.settled(ctx), chats, k.kills.Load())
	})
	last, err := k.run(ctx, s, between(2*time.Second, 5*time.Second), func() bool { return audience.settled(ctx) == chats }, paid)
	if err != nil {
		return a, err
	}
	k.counted += last.metric(repeatedDeliveries)
	a.allowed = inFlight * k.delivering
	err = audience.account(ctx, &a)
	a.note("%d kills, %d of them of a process that had delivered; the metric counts %.0f deliveries that may have been repeated, %d were", k.kills.Load(), k.delivering, k.counted, a.repeated)
	a.note("at most %d for one kill", most)
	a.expect(most <= inFlight, "one kill left %d deliveries shown and not recorded", most)
	a.expect(int(k.counted) >= a.repeated, "the metric counts fewer repeats than there were")
	return a, err
}

func runUpdates(ctx context.Context, s *stage) (a account, err error) {
	if _, err := s.postgres(ctx); err != nil {
		return a, err
	}
	_, crowd, err := s.cast(ctx, 0, 150, 6)
	if err != nil {
		return a, err
	}
	var k killer
	telling, stop := context.WithCancel(ctx)
	defer stop()
	go progress(telling, s, func() string {
		return fmt.Sprintf("%d of %d answered, %d kills", crowd.answered.Load(), crowd.people*crowd.each, k.kills.Load())
	})
	go crowd.talk(ctx)
	if _, err := k.run(ctx, s, between(time.Second, 3*time.Second), crowd.done); err != nil {
		return a, err
	}
	a.note("%d kills", k.kills.Load())
	return a, crowd.account(ctx, &a)
}

func runPair(ctx context.Context, s *stage) (a account, err error) {
	if _, err := s.postgres(ctx); err != nil {
		return a, err
	}
	audience, crowd, err := s.cast(ctx, 10_000, 100, 6)
	if err != nil {
		return a, err
	}
	var pair [2]*program
	for i := range pair {
		if pair[i], err = s.start(paid); err != nil {
			return a, err
		}
	}
	go crowd.talk(ctx)
	const rounds = 4
	for round := 1; round <= rounds; round++ {
		sleep(ctx, 5*time.Second)
		poller := poller(ctx, pair[:])
		if poller < 0 {
			return a, fmt.Errorf("nobody polls: %w", ctx.Err())
		}
		_, before := audience.delivered()
		a.expect(round > 1 || before == 0, "%d deliveries came twice before anybody was killed", before)
		killed := time.Now()
		pair[poller].kill()
		for pair[1-poller].metric(pollingNow) != 1 && ctx.Err() == nil {
			sleep(ctx, 20*time.Millisecond)
		}
		took := time.Since(killed)
		s.say("the poller was killed; the other one polls after %s", took.Round(time.Millisecond))
		a.expect(took <= 5*time.Second, "the other one polled only after %s", took)
		if pair[poller], err = s.start(paid); err != nil {
			return a, err
		}
	}
	served(ctx, audience, crowd)
	a.allowed = inFlight * rounds
	a.note("%d kills of the one that polls", rounds)
	return a, accounts(ctx, &a, audience, crowd)
}

// poller waits until one of the programs polls and says which; -1 if none does
// before ctx ends.
func poller(ctx context.Context, programs []*program) int {
	for ctx.Err() == nil {
		for i, p := range programs {
			if p.metric(pollingNow) == 1 {
				return i
			}
		}
		sleep(ctx, 20*time.Millisecond)
	}
	return -1
}

func runOutage(ctx context.Context, s *stage) (a account, err error) {
	server, err := s.postgres(ctx)
	if err != nil {
		return a, err
	}
	audience, crowd, err := s.cast(ctx, 1000, 15, 55)
	if err != nil {
		return a, err
	}
	if _, err := s.start(); err != nil {
		return a, err
	}
	go crowd.talk(ctx)
	for _, away := range []time.Duration{0, 0, time.Minute} {
		sleep(ctx, 10*time.Second)
		s.say("%d answered, %d delivered; Postgres stops", crowd.answered.Load(), audience.settled(ctx))
		if err := server.Stop(); err != nil {
			return a, err
		}
		sleep(ctx, away)
		before := crowd.answered.Load()
		if server, err = s.postgres(ctx); err != nil {
			return a, err
		}
		back := time.Now()
		for crowd.answered.Load() == before && !crowd.done() && ctx.Err() == nil {
			sleep(ctx, 20*time.Millisecond)
		}
		s.say("Postgres was away for %s; the first answer came %s later", away, time.Since(back).Round(time.Millisecond))
		a.expect(time.Since(back) < 10*time.Second, "after Postgres came back nobody was answered for %s", time.Since(back))
	}
	served(ctx, audience, crowd)
	return a, accounts(ctx, &a, audience, crowd)
}

func runFaults(ctx context.Context, s *stage) (a account, err error) {
	if _, err := s.postgres(ctx); err != nil {
		return a, err
	}
	audience, crowd, err := s.cast(ctx, 1000, 50, 8)
	if err != nil {
		return a, err
	}
	p, err := s.start()
	if err != nil {
		return a, err
	}
	faulty, heal := context.WithCancel(ctx)
	faults, shown := 0, 0
	striking := make(chan struct{})
	go func() {
		defer close(striking)
		faults, shown = strike(faulty, s.world)
	}()
	telling, stop := context.WithCancel(ctx)
	defer stop()
	go progress(telling, s, func() string {
		return fmt.Sprintf("%d answered, %d delivered", crowd.answered.Load(), audience.settled(ctx))
	})
	go crowd.talk(ctx)
	served(ctx, audience, crowd)
	heal()
	<-striking
	a.note("%d faults, of which %d hid that a call was carried out", faults, shown)
	a.allowed = shown
	counted := int(p.metric(repeatedDeliveries))
	err = accounts(ctx, &a, audience, crowd)
	a.note("the metric counts %d deliveries that may have been repeated, %d were", counted, a.repeated)
	a.expect(counted >= a.repeated, "the metric counts fewer repeats than there were")
	return a, err
}

// strike makes one of ten calls fail until ctx ends. It returns how many, and
// how many of them were carried out all the same.
func strike(ctx context.Context, world *sandbox.Server) (faults, shown int) {
	kinds := []sandbox.Fault{
		{Kind: sandbox.Status500}, {Kind: sandbox.HTML502}, {Kind: sandbox.Reset}, {Kind: sandbox.Reset, After: true},
		{Kind: sandbox.Truncate}, {Kind: sandbox.RetryAfter, Seconds: 2}, {Kind: sandbox.Hang}, {Kind: sandbox.Hang, After: true},
	}
	for calls := 0; ctx.Err() == nil; sleep(ctx, 20*time.Millisecond) {
		if len(world.Calls()) < calls+10 {
			continue
		}
		calls = len(world.Calls())
		f := kinds[rand.N(len(kinds))]
		world.Fail(f)
		faults++
		if f.After || f.Kind == sandbox.Truncate {
			shown++
		}
	}
	return faults, shown
}
