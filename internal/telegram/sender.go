package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// Priority orders what waits: People overtake every other call, Deliveries every
// call of Announcements.
type Priority uint8

const (
	// People: somebody is looking at the screen.
	People Priority = iota
	// Deliveries: what time does: topics, reminders.
	Deliveries
	// Announcements: whatever is for many at once. They take what the others leave.
	Announcements
)

// maxTries bounds the attempts of a call that Telegram or the network fails:
// about half a minute with the waits between.
const maxTries = 5

// Limits is the pace. Zero fields mean Telegram's own limits
// (core.telegram.org/bots/faq, "My bot is hitting limits").
type Limits struct {
	PerSecond      int // calls to all chats; 30
	PerChatBurst   int // calls to one chat at once for People, then 1 per second; 3
	GroupPerMinute int // calls to one chat with a negative id; 20
	// PaidPerSecond, if not 0, sends new messages of Deliveries as paid broadcasts
	// (allow_paid_broadcast) at this rate, beside the free rate for all else.
	// Telegram allows 1,000 and takes 0.1 Star for each message.
	PaidPerSecond int
}

// Sender is the one paced way out. It is safe for concurrent use; thousands of
// goroutines may wait in Send.
type Sender struct {
	do    func(context.Context, Call) (Result, error)
	pacer *pacer
	paid  bool
}

// NewSender makes a Sender. It needs no closing.
func NewSender(client *Client, limits Limits) *Sender {
	limits.PerSecond = cmp.Or(limits.PerSecond, 30)
	limits.PerChatBurst = cmp.Or(limits.PerChatBurst, 3)
	limits.GroupPerMinute = cmp.Or(limits.GroupPerMinute, 20)
	return &Sender{do: client.Do, pacer: newPacer(limits), paid: limits.PaidPerSecond > 0}
}

// Send waits until the call may go, makes it, and tries again while that can
// help: after the time that Telegram asks for (429), and a few times when
// Telegram or the network fails before anything was done. Calls to one chat go
// one after another, in order within a priority. A call without a ChatID does
// not wait for others.
//
// "Not modified" is a success with an empty Result. A send whose answer was
// lost is ErrUnknownOutcome, for it may have been shown: the caller decides;
// calls that may be repeated without harm are repeated. When ctx ends first,
// the error wraps the context's and, if there was one, the last *Error.
func (s *Sender) Send(ctx context.Context, call Call, p Priority) (Result, error) {
	cl := class(p)
	if s.paid && p == Deliveries && call.creates() {
		cl, call = paid, call.with("allow_paid_broadcast", "true")
	}
	var t *turn
	if call.ChatID != 0 {
		t = s.pacer.queue(call.ChatID, cl)
	}
	var failed failure
	for {
		if err := s.wait(ctx, t, failed.delay); err != nil {
			return Result{}, interrupted(call, err, failed.err)
		}
		result, err := s.do(ctx, call)
		if kindOf(err) == NotModified {
			result, err = Result{}, nil
		}
		failed.note(ctx, call, err)
		if t != nil {
			s.pacer.landed(t, failed)
		}
		if !failed.again {
			return result, err
		}
	}
}

// wait waits for the turn; a call without one waits only after a failure.
func (s *Sender) wait(ctx context.Context, t *turn, delay time.Duration) error {
	if t != nil {
		return s.pacer.wait(ctx, t)
	}
	return pause(ctx, delay)
}

// failure is how the last attempt of a call ended, and what follows from it.
type failure struct {
	err     error
	tries   int           // attempts that failed, not counting 429
	again   bool          // another attempt can help
	delay   time.Duration // before it
	flooded bool          // the delay is Telegram's own (429)
}

func (f *failure) note(ctx context.Context, call Call, err error) {
	*f = failure{err: err, tries: f.tries}
	var e *Error
	if !errors.As(err, &e) || ctx.Err() != nil {
		return
	}
	switch {
	case e.Kind == Retry:
		f.again, f.flooded, f.delay = true, true, e.RetryAfter
	case e.Kind == Server, e.Kind == Network, e.Kind == Unknown && !call.creates():
		f.tries++
		f.again, f.delay = f.tries < maxTries, backoff(f.tries)
	}
}

// interrupted is the error when ctx ended while a call waited.
func interrupted(call Call, ended, last error) error {
	if last == nil {
		return fmt.Errorf("waiting to send %s: %w", call.Method, ended)
	}
	return fmt.Errorf("waiting to send %s again: %w: %w", call.Method, ended, last)
}
