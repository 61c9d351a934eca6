package bot

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"yolchi/internal/store"
	"yolchi/internal/study"
)

// Whoever was idle or at rest is told what they were promised, and no date many
// years ahead.
func TestTheRoadEndsOnAnHonestDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		steps []string
		want  string
	}{
		{"nothing closed", []string{"+30 10:00"}, "With one topic each study day the road ends on"},
		{"three topics, then weeks without", []string{"/next", "/next", "+40 10:00"}, "With one topic each study day the road ends on"},
		{"a pace", []string{"/next", "/next", "+10 10:00"}, "At this pace the road ends on Sunday, 6 Dec"},
		{"a pace, and a rest after it", []string{"/next", "/next", "+10 10:00", "/pause 21", "+21 10:00"}, "At this pace the road ends on Sunday, 27 Dec"},
		{"a pace, and a rest ahead", []string{"/next", "/next", "+10 10:00", "/pause 21"}, "At this pace the road ends on Friday, 25 Dec"},
	} {
		w := newWorld(t)
		w.begin(emma)
		for _, step := range c.steps {
			if strings.HasPrefix(step, "/") {
				w.say(emma, step)
			} else {
				w.at(w.clock(step))
			}
		}
		w.say(emma, "/progress")
		if caption := w.last(emma).CaptionHTML; !strings.Contains(caption, c.want) || regexp.MustCompile(`20(2[89]|3\d)`).MatchString(caption) {
			t.Errorf("%s, the caption is without %q:\n%s", c.name, c.want, caption)
		}
	}
}

// The day on which one comes back from a rest is still one of rest: it is no
// day on which the streak could lose anything.
func TestToComeBackFromARestCostsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.study(emma, "en")
	w.say(emma, "/pause 10")
	w.at(w.clock("+2 10:00"))
	w.say(emma, "/pause 5") // over the one that runs
	w.at(w.clock("+1 10:00"))
	w.say(emma, "/resume")
	streak := func() (s study.Streak) {
		w.tx(emma, func(ctx context.Context, tx *store.Tx) (err error) {
			s, err = (&turn{bot: w.bot.view(), tx: tx, chat: tx.Chat}).streak(ctx)
			if tx.Chat.StreakEnds == nil || *tx.Chat.StreakEnds != s.EndsOn {
				t.Errorf("kept is the end %v, it is %s", tx.Chat.StreakEnds, s.EndsOn)
			}
			return err
		})
		return s
	}
	today := w.localDay(emma)
	if s := streak(); s.EndsOn != today+3 { // two freezes, from tomorrow on
		t.Errorf("on the day of the return: %+v", s)
	}
	w.at(w.clock("+1 10:00"))
	if s := streak(); s.Days != 1 || s.Freezes != study.MaxFreezes {
		t.Errorf("on the day after it: %+v", s)
	}
	w.at(w.clock("+1 10:00"))
	if s := streak(); s.Freezes != study.MaxFreezes-1 {
		t.Errorf("a day of study that passed: %+v", s)
	}
	if found, err := w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil); err != nil || found.Differences != 0 {
		t.Errorf("a check finds %+v, %v", found, err)
	}
}

// The picture and its caption count the same days, and one is one.
func TestThePictureShowsTheDaysThatItsCaptionCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/next")
	w.at(w.clock("+1 10:00"))
	w.study(emma, "en")
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		turn := &turn{bot: w.bot.view(), tx: tx, chat: tx.Chat}
		p, err := turn.readProgress(ctx)
		if err != nil {
			return err
		}
		drawn, caption := turn.progressPicture(p), turn.progressCaption(p)
		if len(drawn.Heat.Done) != 1 || !strings.Contains(caption, "1 day of study") {
			t.Errorf("lit are %v, and the caption says:\n%s", drawn.Heat.Done, caption)
		}
		if row := drawn.Figures[len(drawn.Figures)-1]; row.Value != "1" || row.Label != "study day in a row" {
			t.Errorf("the picture says %s %s", row.Value, row.Label)
		}
		return nil
	})
}
