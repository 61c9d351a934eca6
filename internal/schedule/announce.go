package schedule

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	announced = 30    // announcements claimed at once and in hand at the same time: a second's worth, so that topics are heeded as often
	portion   = 5_000 // chats for which announcements are planned in one transaction
)

// Reporter shows those who run the bot how their announcements go.
type Reporter interface {
	// Report may leave it out when it was shown a moment ago, unless last.
	Report(ctx context.Context, last bool) error
}

// announce sends announcements until nothing is left of them, beside the ticks
// and with hands of its own: a topic never waits for one of theirs. It does
// nothing if it is running.
func (s *Scheduler) announce(ctx, program context.Context) error {
	if !s.announcing.TryLock() {
		return nil
	}
	defer s.announcing.Unlock()
	hands := newHands(program, announced, announced)
	var reports errgroup.Group
	reports.SetLimit(1)
	err := s.rounds(ctx, func() (more bool, err error) {
		if more, err = s.announceSome(ctx, hands); more {
			reports.TryGo(func() error { return s.report(ctx, false) })
		}
		return more, err
	})
	_ = hands.Wait() // every error is logged beside its delivery
	_ = reports.Wait()
	if ctx.Err() == nil {
		_ = s.report(ctx, true)
	}
	return err
}

// announceSome plans and claims some and hands them out, once no topic waits for
// that. It says whether there was anything to do.
func (s *Scheduler) announceSome(ctx context.Context, h *hands) (more bool, err error) {
	s.handingOut.Lock() // for a moment only: topics do not wait
	claim := time.Now()
	s.handingOut.Unlock()
	claimed, more, err := s.Store.Announce(ctx, s.Now(), lease, portion, announced)
	s.deliver(ctx, claim, claimed, h)
	return more, err
}

func (s *Scheduler) report(ctx context.Context, last bool) error {
	if s.Reporter != nil {
		s.log(ctx, s.Reporter.Report(ctx, last))
	}
	return nil
}
