package bot

import (
	"context"
	"strings"
	"testing"

	"yolchi/internal/store"
	"yolchi/internal/study"
)

// A rest brings no messages and costs nothing. Who studies all the same is
// served, and the day counts.
func TestOneMayStudyDuringARest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.study(emma, "en")
	w.say(emma, "/pause 4")
	streak := func() (s study.Streak) {
		w.tx(emma, func(ctx context.Context, tx *store.Tx) (err error) {
			s, err = (&turn{bot: w.bot.view(), tx: tx, chat: tx.Chat}).streak(ctx)
			return err
		})
		return s
	}
	for day := 1; day <= 3; day++ {
		before := w.messages(emma)
		w.tick(w.clock("+1 09:00"))
		w.tick(w.clock("21:00"))
		if w.messages(emma) != before {
			t.Fatalf("on day %d of the rest came:\n%s", day, w.last(emma).Text)
		}
		if day != 2 {
			continue
		}
		w.say(emma, "/today")
		if text := w.last(emma).Text; !strings.Contains(text, "Stage 1 of 2") {
			t.Errorf("/today brings:\n%s", text)
		}
		w.study(emma, "en")
		if s := streak(); s.Days != 2 || s.Freezes != study.MaxFreezes {
			t.Errorf("after study in a rest: %+v", s)
		}
	}
	before := w.messages(emma)
	w.tick(w.clock("+1 09:00"))
	if s := streak(); w.messages(emma) != before+1 || s.Days != 2 || s.Freezes != study.MaxFreezes {
		t.Errorf("after the rest come %d messages, and the streak is %+v", w.messages(emma)-before, s)
	}
}

// Today's cell of the calendar is marked, whatever the day is besides, and the
// columns stay where they are.
func TestTodayIsMarkedWhateverItIs(t *testing.T) {
	texts := testTexts(t)
	friday := study.Day(20777) // 20 November 2026
	for _, c := range []struct {
		name  string
		today study.Day
		day   study.Activity
		days  study.Weekdays
		want  string
	}{
		{"nothing yet", friday, study.Activity{}, study.EveryDay, "16   17   18   19   20‹  21   22"},
		{"studied", friday, study.Activity{Answers: 1}, study.EveryDay, "16   17   18   19   20+‹ 21   22"},
		{"resting", friday, study.Activity{Paused: true}, study.EveryDay, "16   17   18   19   20·‹ 21   22"},
		{"a free day", friday, study.Activity{}, study.EveryDay &^ study.Of(friday.Weekday()), "16   17   18   19   20·‹ 21   22"},
		{"a Sunday", friday + 2, study.Activity{Answers: 1}, study.EveryDay, "16   17   18   19   20   21   22+‹"},
		{"a Monday", friday - 4, study.Activity{}, study.EveryDay, "16‹  17   18   19   20   21   22"},
		{"the last day of the month", friday + 10, study.Activity{Answers: 1}, study.EveryDay, "30+‹"},
	} {
		now := c.today.At(600, tashkent)
		turn := &turn{bot: view{Bot: &Bot{Texts: texts}}, tx: &store.Tx{Now: now}, chat: &store.Chat{Language: "en", Zone: "Asia/Tashkent"}}
		days, plan := map[study.Day]study.Activity{c.today: c.day}, study.CalendarOf(nil, c.days)
		got := turn.calendar(days, plan, study.StreakOf(days, plan, c.today))
		if !strings.Contains(got, "\n"+c.want+"\n") && !strings.Contains(got, "\n"+c.want+"</pre>") || strings.Count(got, "‹") != 1 {
			t.Errorf("%s:\n%s\nwant the line %q", c.name, got, c.want)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if width := len([]rune(strings.TrimPrefix(strings.TrimSuffix(line, "</pre>"), "<pre>"))); width > 35 {
				t.Errorf("%s: a line of %d signs: %s", c.name, width, line)
			}
		}
	}
}
