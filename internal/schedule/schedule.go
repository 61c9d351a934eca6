// Package schedule is what time does: once a minute it plans the deliveries
// that have become due, claims them under a lease, and hands each to the bot.
// It must never decide what a delivery says, nor talk to Telegram.
package schedule

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"yolchi/internal/store"
)

const (
	batch         = 150              // deliveries planned or claimed in one transaction
	planners      = 3                // transactions that plan at the same time
	workers       = 90               // deliveries in hand at the same time
	underway      = 30               // of them on the way between Telegram and our record: what a crash can repeat
	lease         = 2 * time.Minute  // what is claimed takes 20 s at 30 a second; the rest is for an outage meanwhile
	settling      = 10 * time.Second // of the lease, kept for recording what became of a delivery
	farewell      = 8 * time.Second  // how long claimed deliveries may take when the program ends
	databaseRetry = time.Second
)

// DefaultKeep is longer than Telegram keeps an update, which is a day
// (core.telegram.org/bots/api#getting-updates), and than anybody asks back.
const DefaultKeep = 14 * 24 * time.Hour

// Deliverer sends a claimed delivery and records what became of it. It calls
// send before it sends, and what that returns once it has recorded.
type Deliverer interface {
	Deliver(ctx context.Context, d store.Delivery, send func() (recorded func())) error
}

// Scheduler runs the ticks. Several processes may run one on the same
// database: each delivery is claimed by one of them.
type Scheduler struct {
	Store     *store.Store
	Deliverer Deliverer
	Now       func() time.Time
	Log       *slog.Logger
	Reporter  Reporter      // nil: nobody is told how announcements go
	Keep      time.Duration // how long updates and deliveries that are over are remembered; 0: 14 days

	ticking    sync.Mutex
	handingOut sync.Mutex // held while there are topics to hand out
	announcing sync.Mutex
}

// Run ticks at once and then every minute until ctx ends; it returns when the
// deliveries under way are finished. Only the end of the program hurries them:
// ctx may end because the database is away, and then what was sent waits for it
// to be recorded.
func (s *Scheduler) Run(ctx, program context.Context) error {
	tick := func(ctx context.Context) error { return s.tick(ctx, program) }
	announce := func(ctx context.Context) error { return s.announce(ctx, program) }
	// Recover stands inside: a panic must give the skip's token back.
	chain := cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(cronLog{s.Log}))
	c := cron.New(chain, cron.WithLocation(time.UTC))
	for _, job := range []struct {
		spec string
		do   func(context.Context) error
	}{{"* * * * *", tick}, {"* * * * *", announce}, {"7-57/10 * * * *", s.count}, {"17 * * * *", s.prune}} {
		if _, err := c.AddFunc(job.spec, func() { s.log(ctx, job.do(ctx)) }); err != nil {
			return fmt.Errorf("scheduling %q: %w", job.spec, err)
		}
	}
	s.log(ctx, tick(ctx))
	c.Start()
	var announced sync.WaitGroup
	announced.Go(func() { s.log(ctx, announce(ctx)) })
	s.log(ctx, s.count(ctx)) // who was away at the hour has figures at once
	<-ctx.Done()
	<-c.Stop().Done()
	announced.Wait()
	return nil
}

func (s *Scheduler) log(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		s.Log.Error("a tick failed, the next one tries again", "error", err)
	}
}

func (s *Scheduler) prune(ctx context.Context) error {
	return s.Store.Prune(ctx, s.Now().Add(-cmp.Or(s.Keep, DefaultKeep)))
}

func (s *Scheduler) count(ctx context.Context) error { return s.Store.Count(ctx, s.Now()) }

// Tick plans what is due and delivers until nothing is left, and then announces,
// unless that is going on; while the database is away it waits.
func (s *Scheduler) Tick(ctx context.Context) error {
	if err := s.tick(ctx, ctx); err != nil {
		return err
	}
	return s.announce(ctx, ctx)
}

// tick delivers all that is due but announcements. Two never run at the same
// time.
func (s *Scheduler) tick(ctx, program context.Context) error {
	s.ticking.Lock()
	defer s.ticking.Unlock()
	hands := newHands(program, workers, underway)
	defer hands.Wait() //nolint:errcheck // every error is logged beside its delivery
	s.handingOut.Lock()
	defer s.handingOut.Unlock()
	return s.rounds(ctx, func() (more bool, err error) { return s.round(ctx, hands) })
}

// rounds does rounds until nothing is left to do; while the database is away it
// waits.
func (s *Scheduler) rounds(ctx context.Context, round func() (more bool, err error)) error {
	for {
		more, err := round()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case store.Unavailable(err):
			s.Log.Warn("deliveries wait for the database", "error", err)
			select {
			case <-time.After(databaseRetry):
			case <-ctx.Done():
			}
		case err != nil || !more:
			return err
		}
	}
}

// hands are those who deliver during a tick. Many prepare what few send.
type hands struct {
	errgroup.Group
	program context.Context // when it ends, what is in hand is hurried
	places  chan struct{}
}

func newHands(program context.Context, workers, underway int) *hands {
	h := &hands{program: program, places: make(chan struct{}, underway)}
	h.SetLimit(workers)
	return h
}

// send waits for a place on the way; the returned function gives it back.
func (h *hands) send() func() {
	h.places <- struct{}{}
	return func() { <-h.places }
}

// round claims and plans one batch and hands it out; it does not wait for the
// last of them, so that the next batch is claimed meanwhile. It says whether
// there was anything to do.
func (s *Scheduler) round(ctx context.Context, h *hands) (more bool, err error) {
	claim, now := time.Now(), s.Now()
	claimed, err := s.Store.Claim(ctx, now, lease, batch)
	if err != nil {
		return false, err
	}
	planned, taken, err := s.plan(ctx, now)
	s.deliver(ctx, claim, append(claimed, planned...), h) // what is claimed is delivered, whatever failed then
	return taken > 0 || len(claimed) > 0, err
}

// plan plans a batch and, if that was a full one, some more side by side: the
// database has more than one processor.
func (s *Scheduler) plan(ctx context.Context, now time.Time) (planned []store.Delivery, taken int, err error) {
	planned, taken, err = s.Store.Plan(ctx, now, lease, batch)
	if err != nil || taken < batch {
		return planned, taken, err
	}
	var mu sync.Mutex
	var group errgroup.Group
	for range planners {
		group.Go(func() error {
			part, n, err := s.Store.Plan(ctx, now, lease, batch)
			mu.Lock()
			defer mu.Unlock()
			planned, taken = append(planned, part...), taken+n
			return err
		})
	}
	err = group.Wait()
	return planned, taken, err
}

// deliver hands a batch out. What is claimed is finished after ctx has ended,
// too, before its claim is over; when the program ends, within the farewell.
func (s *Scheduler) deliver(ctx context.Context, claim time.Time, claimed []store.Delivery, h *hands) {
	if len(claimed) == 0 {
		return
	}
	claimedCtx, end := context.WithDeadline(context.WithoutCancel(ctx), claim.Add(lease-settling))
	stop := context.AfterFunc(h.program, func() { time.AfterFunc(farewell, end) })
	var left atomic.Int64
	left.Store(int64(len(claimed)))
	for _, d := range claimed {
		h.Go(func() error {
			if err := s.deliverSafely(claimedCtx, d, h.send); err != nil {
				s.Log.Error("a delivery failed, its claim runs out", "chat", d.ChatID, "kind", d.Kind, "day", d.Day, "error", err)
			}
			if left.Add(-1) == 0 {
				stop()
				end()
				s.Log.Info("deliveries", "claimed", len(claimed), "took", time.Since(claim).Round(time.Millisecond))
			}
			return nil
		})
	}
}

// deliverSafely turns a panic into an error: one chat's trouble holds back no
// other delivery.
func (s *Scheduler) deliverSafely(ctx context.Context, d store.Delivery, send func() (recorded func())) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("delivering panicked: %v", r)
		}
	}()
	return s.Deliverer.Deliver(ctx, d, send)
}

// cronLog takes what cron has to say about panics.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(string, ...any) {}

func (l cronLog) Error(err error, msg string, args ...any) {
	l.log.Error(msg, append(args, "error", err)...)
}
