package schedule

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	announced = 30    // announcements claimed at once and in hand at the same time: a second's worth, so that topics are looked for as often
	portion   = 5_000 // chats for which announcements are planned in one transaction
)

// Reporter shows those who run the bot how their announcements go.
type Reporter interface {
	// Report may leave it out when it was shown a moment ago, unless last.
	Report(ctx context.Context, last bool) error
}

// announcer sends announcements during a tick, while nothing else is due. It has
// hands of its own: a topic never waits for one of theirs.
type announcer struct {
	*Scheduler
	hands   hands
	reports errgroup.Group // at most one
}

func (s *Scheduler) newAnnouncer(program context.Context) *announcer {
	a := &announcer{Scheduler: s, hands: hands{program: program, places: make(chan struct{}, announced)}}
	a.hands.SetLimit(announced)
	a.reports.SetLimit(1)
	return a
}

// round plans and claims some and hands them out. It says whether there was
// anything to do.
func (a *announcer) round(ctx context.Context) (more bool, err error) {
	claim := time.Now()
	claimed, more, err := a.Store.Announce(ctx, a.Now(), lease, portion, announced)
	a.deliver(ctx, claim, claimed, &a.hands)
	if more {
		a.reports.TryGo(func() error { return a.report(ctx, false) })
	}
	return more, err
}

// finish waits for what is in hand, and shows how far it came.
func (a *announcer) finish(ctx context.Context) {
	_ = a.hands.Wait() // every error is logged beside its delivery
	_ = a.reports.Wait()
	if ctx.Err() == nil {
		_ = a.report(ctx, true)
	}
}

func (a *announcer) report(ctx context.Context, last bool) error {
	if a.Reporter != nil {
		a.log(ctx, a.Reporter.Report(ctx, last))
	}
	return nil
}
