package bot

import (
	"context"
	"testing"

	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/study"
)

// Somebody who answered in a group for weeks, now and then, begins a road of
// their own like everybody: with both freezes. What they did in a row up to that
// day counts.
func TestWhatWasMissedBeforeOnesOwnRoadCostsNoFreeze(t *testing.T) {
	for name, c := range map[string]struct {
		studied []string // days on which a question was answered in the group, after the one before
		want    int
	}{
		"long ago, with gaps":         {[]string{"+0", "+3", "+4", "+9"}, 0},
		"the days before, with a gap": {[]string{"+0", "+4", "+1"}, 2},
		"the days before":             {[]string{"+0", "+1", "+1"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
			w.setUp(studyGroup, "en", "English")
			w.tx(studyGroup, func(ctx context.Context, tx *store.Tx) error { // a topic with questions, every day
				tx.Chat.Pace = store.PaceAdmin
				return tx.Save(ctx)
			})
			for _, day := range c.studied {
				w.tick(w.clock(day + " 09:00"))
				w.voteInGroup(emma)
			}
			next := "+1 12:00"
			if c.want == 0 {
				next = "+5 12:00"
			}
			w.at(w.clock(next))
			w.begin(emma)
			w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
				s, err := (&turn{bot: w.bot.view(), tx: tx, chat: tx.Chat}).streak(ctx)
				if s.Days != c.want || s.Freezes != study.MaxFreezes || s.End != nil || len(s.Frozen) > 0 || s.Last != 0 {
					t.Errorf("one begins with %+v, want %d days and both freezes", s, c.want)
				}
				return err
			})
			// From there on a day without study costs a freeze, as for all.
			w.study(emma, "en")
			w.at(w.clock("+2 12:00"))
			w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
				s, err := (&turn{bot: w.bot.view(), tx: tx, chat: tx.Chat}).streak(ctx)
				if s.Days != c.want+1 || s.Freezes != study.MaxFreezes-1 {
					t.Errorf("after a day without study: %+v", s)
				}
				return err
			})
		})
	}
}

// voteInGroup answers the group's newest question.
func (w *world) voteInGroup(person int64) {
	w.t.Helper()
	poll := w.poll(studyGroup)
	if err := w.sandbox.Vote(person, poll.ID, poll.Right...); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}
