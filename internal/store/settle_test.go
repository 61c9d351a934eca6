package store

import (
	"errors"
	"testing"
	"time"
)

// The group becomes a supergroup after its topic was sent and before that is
// recorded: it hears the topic once.
func TestWhatAGroupWasSentIsRecordedWhereverItMovedMeanwhile(t *testing.T) {
	t.Parallel()
	const small, large = -77, -100_077
	s := open(t)
	learner(t, s, small, func(c *Chat) { c.Kind = "group" })
	due := at(21, "09:00")
	claimed, _, err := s.Plan(t.Context(), due, time.Minute, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("planned %v (%v)", claimed, err)
	}
	d := claimed[0]
	errMove := s.Migrate(t.Context(), small, large, due)
	errSettle := s.Settle(t.Context(), d, Outcome{State: Sent, Roadmap: "r", Topic: "topic-1", Day: d.Day}, due)
	if err := errors.Join(errMove, errSettle); err != nil {
		t.Fatal(err)
	}
	again, err := s.Claim(t.Context(), due.Add(time.Hour), time.Minute, 10)
	if err != nil || len(again) != 0 {
		t.Errorf("it is sent once more: %v (%v)", again, err)
	}
	var opened int
	if err := s.db.GetContext(t.Context(), &opened, `SELECT count(*) FROM topic_states WHERE chat_id = $1 AND topic_id = 'topic-1'`, int64(large)); err != nil || opened != 1 {
		t.Errorf("of the supergroup %d topics are open (%v)", opened, err)
	}
}

// What was not sent is decided anew, under the new id.
func TestWhatAGroupWasNotSentComesAfterItsMove(t *testing.T) {
	t.Parallel()
	const small, large = -78, -100_078
	s := open(t)
	learner(t, s, small, func(c *Chat) { c.Kind = "group" })
	due := at(21, "09:00")
	claimed, _, err := s.Plan(t.Context(), due, time.Minute, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("planned %v (%v)", claimed, err)
	}
	errMove := s.Migrate(t.Context(), small, large, due)
	errSettle := s.Settle(t.Context(), claimed[0], Outcome{State: Dropped}, due) // no such chat, said whoever composed it
	if err := errors.Join(errMove, errSettle); err != nil {
		t.Fatal(err)
	}
	again, err := s.Claim(t.Context(), due.Add(2*time.Minute), time.Minute, 10)
	if err != nil || len(again) != 1 || again[0].ChatID != large {
		t.Errorf("claimed %v (%v)", again, err)
	}
}
