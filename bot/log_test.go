package bot

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/store"
	"yolchi/internal/study"
)

func (w *world) log(person int64) (log []study.Event) {
	w.t.Helper()
	w.tx(person, func(ctx context.Context, tx *store.Tx) (err error) {
		log, err = tx.Log(ctx)
		return err
	})
	return log
}

// Each thing that a person does adds its row, with who, when, on which of their
// days and about what, and changes none before it.
func TestEverythingAPersonDoesIsARowOfTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := []study.Event{}
	for _, c := range []struct {
		name string
		do   func()
		want string // kind, topic, question, setting
	}{
		{"begins", func() { w.begin(emma) }, "changed hour=09:00, enrolled, opened loops"},
		{"answers", func() { w.press(emma, "❓ Quiz"); w.answer(emma, emma, true) }, "answered loops loops/how-often right"},
		{"does not know", func() { w.press(emma, "🤷 I don't know") }, "answered loops loops/two-right unknown"},
		{"opens", func() { w.say(emma, "/today") }, "opened loops"},
		{"is done", func() { w.press(emma, "✅ Done") }, "done loops"},
		{"undoes", func() { w.say(emma, "/undo") }, "undone loops"},
		{"skips", func() {
			for _, text := range []string{"/roadmap", "1. First steps", "▫️ Slices", "📍 Continue from here"} {
				if strings.HasPrefix(text, "/") {
					w.say(emma, text)
				} else {
					w.press(emma, text)
				}
			}
		}, "moved slices, opened slices"},
		{"knows", func() { w.press(emma, "I know this") }, "known slices, opened servers"},
		{"changes the hour", func() { w.say(emma, "/remind"); w.press(emma, "Time"); w.press(emma, "13:00") }, "changed hour=13:00"},
		{"changes it by a word", func() { w.say(emma, "/remind 9:00") }, "changed remind=9:00"},
		{"changes the zone", func() { w.say(emma, "/timezone tokyo") }, "changed zone=Asia/Tokyo"},
		{"pauses", func() { w.say(emma, "/pause 3") }, "paused"},
		{"resumes", func() { w.say(emma, "/resume") }, "resumed"},
		{"stops", func() { w.say(emma, "/stop") }, "stopped"},
		{"comes back", func() { w.say(emma, "/start") }, "returned"},
		{"is sent the day's topic", func() { w.tick(w.clock("+1 09:00")) }, "opened servers"},
		{"reviews", func() { w.say(emma, "/review"); w.answer(emma, emma, true) }, "answered loops loops/two-right right, reviewed"},
	} {
		w.at(w.Now().Add(time.Minute))
		c.do()
		log := w.log(emma)
		if diff := cmp.Diff(before, log[:len(before)]); diff != "" {
			t.Fatalf("who %s changes what stood there (-before +after):\n%s", c.name, diff)
		}
		var got []string
		for _, e := range log[len(before):] {
			got = append(got, rowOf(e))
			if !e.At.Equal(w.Now()) || e.Day != w.localDay(emma) || e.User != emma && c.name != "is sent the day's topic" {
				t.Errorf("who %s is logged at %s, day %s, user %d", c.name, e.At, e.Day, e.User)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("who %s (-want +got):\n%s", c.name, diff)
		}
		before = log
	}
}

// rowOf is an event's kind, what it is about, and what else there is to it.
func rowOf(e study.Event) string {
	row := []string{string(e.Kind)}
	for _, word := range []string{e.Topic, e.Question} {
		if word != "" {
			row = append(row, word)
		}
	}
	switch d := e.Detail; {
	case d.Setting != "":
		row = append(row, d.Setting+"="+d.Value)
	case d.Right:
		row = append(row, "right")
	case d.Unknown:
		row = append(row, "unknown")
	}
	return strings.Join(row, " ")
}

// localDay is the day that it is where the person lives.
func (w *world) localDay(person int64) (day study.Day) {
	w.t.Helper()
	w.tx(person, func(_ context.Context, tx *store.Tx) error {
		day = study.DayOf(w.Now().In(tx.Chat.Location()))
		return nil
	})
	return day
}
