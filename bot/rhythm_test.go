package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/study"
)

// study answers one question of a fresh quiz.
func (w *world) study(person int64, lang string) {
	w.t.Helper()
	w.press(person, w.label(lang, "button.quiz"))
	w.vote(person, w.poll(person).Options[1].Text)
}

// beginIn is begin in either language.
func (w *world) beginIn(person int64, lang string) {
	w.t.Helper()
	w.say(person, "/start")
	w.press(person, w.label(lang, "language.name"))
	w.press(person, w.label(lang, "short-road"))
	w.press(person, "09:00")
}

// Twelve weeks of a learner as they are: what comes unasked, and never more
// than twice a day. What they do stands beside it.
func TestTwelveWeeksOfOneLearner(t *testing.T) {
	const weeks = 12
	done, studies, quiet, resumes, comesBack := 3, [][2]int{{0, 9}, {13, 13}, {15, 17}, {66, 68}}, 70, 75, 65
	for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.beginIn(person, lang)
			start := w.Now().In(tashkent)
			var story strings.Builder
			tell := func(what string) {
				fmt.Fprintf(&story, "%s > %s\n", w.Now().In(tashkent).Format("Mon 2 Jan 15:04"), what)
			}
			act := func(day, hour int) {
				switch {
				case hour == 10 && day == done:
					w.press(person, w.label(lang, "button.done"))
					tell("done")
				case hour == 10 && day == quiet:
					w.press(person, w.label(lang, "button.quieter"))
					tell("quieter")
				case hour == 10 && day == resumes:
					w.press(person, w.label(lang, "button.on"))
					tell("on again")
				case hour == 10 && day == comesBack:
					w.say(person, "/today")
					tell("/today")
				}
				for _, span := range studies {
					if hour == 10 && day >= span[0] && day <= span[1] {
						w.study(person, lang)
						tell("a question")
					}
				}
				if hour == 21 && day == 12 { // after the saver
					w.study(person, lang)
					tell("a question")
				}
			}
			for day := range weeks * 7 {
				unasked := 0
				for _, hour := range []int{0, 9, 10, 15, 21, 23} {
					at := time.Date(start.Year(), start.Month(), start.Day()+day, hour, 0, 0, 0, tashkent)
					if at.Before(w.Now()) {
						continue
					}
					before := w.messages(person)
					w.tick(at)
					for _, m := range w.sandbox.Messages(person)[before:] {
						unasked++
						body, buttons, _ := strings.Cut(w.format(m), buttonMark)
						if strings.Contains(body, w.label(lang, "loops")+"</b>") || strings.Contains(body, w.label(lang, "slices")+"</b>") {
							body, _, _ = strings.Cut(body, "\n\n")
							buttons = buttons[strings.LastIndex(strings.TrimSpace(buttons), "\n")+1:]
						}
						fmt.Fprintf(&story, "%s %s\n%s", at.Format("Mon 2 Jan 15:04"), strings.TrimSpace(body), buttons)
					}
					act(day, hour)
				}
				w.tx(person, func(ctx context.Context, tx *store.Tx) error {
					s, err := (&turn{bot: w.bot.view(), tx: tx, chat: tx.Chat}).streak(ctx)
					if kept := tx.Chat.StreakEnds; s.Days > 0 && (kept == nil || *kept != s.EndsOn) {
						t.Errorf("on day %d the streak ends on %s, kept is %v", day, s.EndsOn, kept)
					}
					return err
				})
				if unasked > 2 {
					t.Errorf("on day %d came %d messages that nobody asked for", day, unasked)
				}
			}
			golden(t, "weeks."+lang, story.String())
		})
	}
}

var rhythmConversations = map[string][]string{
	"streak": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# nothing yet", "/streak",
		"# a day counts with its first question", "[button.done]", "[button.quiz]", "vote 1", "/streak",
		"# two free days by /remind, two freezes, an evening", "@+1 10:00", "[button.quiz]", "vote 1", "@+1 10:00", "[button.quiz]", "vote 1",
		"/remind mon-fri", "@+1 09:00", "@+1 09:00", "@+1 09:00", "@21:00", "/streak",
		"# it ends, and comes back", "@+1 09:00", "[button.quiz]", "vote 1", "/streak", "@+3 09:00", "[button.quiz]", "vote 1",
		"@+1 09:00", "[button.quiz]", "vote 1", "[button.done]", "/streak", "/progress",
		"# rest", "/pause 3", "/streak",
	},
	"quieter": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# a topic that came by itself has a button against it", "@+1 09:00", "[button.quieter]", "@+1 09:00",
		"# once a week", "[button.weekly]", "@+1 09:00", "@+6 09:00",
		"# the evening reminder", "/settings", "[button.saver]", "[22:00]", "[button.off]", "[20:00]", "[button.back]",
		"# beside a late topic", "/remind 20:30", "/settings", "[button.saver]", "/remind 23:30", "/settings", "[button.saver]",
	},
}

func TestRhythmScreens(t *testing.T) {
	for name, steps := range rhythmConversations {
		for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
			t.Run(name+"."+lang, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				golden(t, name+"."+lang, w.script(person, lang, steps))
			})
		}
	}
}

// saverWorld is a learner whose streak of so many days ends today, at 20:59,
// for both freezes are used.
func saverWorld(t *testing.T, days int) *world {
	t.Helper()
	w := newWorld(t)
	w.begin(emma)
	w.study(emma, "en")
	for range days - 1 {
		w.tick(w.clock("+1 10:00"))
		w.study(emma, "en")
	}
	for range 2 {
		w.tick(w.clock("+1 10:00"))
		w.tick(w.clock("21:00"))
	}
	w.tick(w.clock("+1 20:59"))
	return w
}

func (w *world) saver() bool {
	before := w.messages(emma)
	w.tick(w.clock("21:00"))
	return w.messages(emma) > before
}

func TestTheSaverComesOnlyWhereAStreakWouldEnd(t *testing.T) {
	for name, c := range map[string]struct {
		days int
		do   func(w *world)
		want bool
	}{
		"three days":                          {3, func(*world) {}, true},
		"two days are no streak to save":      {2, func(*world) {}, false},
		"studied today":                       {3, func(w *world) { w.study(emma, "en") }, false},
		"off":                                 {3, func(w *world) { w.say(emma, "/settings"); w.press(emma, "Evening reminder"); w.press(emma, "Turn off") }, false},
		"no topics, no saver":                 {3, func(w *world) { w.say(emma, "/remind off") }, false},
		"stopped":                             {3, func(w *world) { w.say(emma, "/stop") }, false},
		"stopped and back":                    {3, func(w *world) { w.say(emma, "/stop"); w.say(emma, "/start") }, true},
		"resting":                             {3, func(w *world) { w.say(emma, "/pause 3") }, false},
		"today is no study day any more":      {3, func(w *world) { w.say(emma, "/remind mon,tue") }, false},
		"no study day, and one again":         {3, func(w *world) { w.say(emma, "/remind mon,tue"); w.say(emma, "/remind mon-fri") }, false},
		"a word does not count":               {3, func(w *world) { w.say(emma, "hello") }, true},
		"blocked":                             {3, func(w *world) { w.sandbox.Block(emma); w.settle() }, false},
		"an hour that is over for today":      {3, func(w *world) { w.say(emma, "/settings"); w.press(emma, "Evening reminder"); w.press(emma, "19:00") }, false},
		"an hour that is yet to come":         {3, func(w *world) { w.say(emma, "/settings"); w.press(emma, "Evening reminder"); w.press(emma, "22:00") }, false},
		"somewhere where the evening is over": {3, func(w *world) { w.say(emma, "/timezone tokyo") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := saverWorld(t, c.days)
			c.do(w)
			if got := w.saver(); got != c.want {
				t.Errorf("a saver came: %t, want %t", got, c.want)
			}
			again := w.messages(emma)
			w.tick(w.clock("21:30"))
			if w.messages(emma) != again {
				t.Error("it came twice")
			}
		})
	}
}

// The day's study in a group counts in one's own chat: its saver stays away, and
// finds its next evening.
func TestAStreakThatIsKeptUpInAGroupNeedsNoSaver(t *testing.T) {
	t.Parallel()
	w := saverWorld(t, 3)
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error { // as Tx.Person does it, and the process died before more
		return tx.Record(ctx, study.Event{Kind: study.Answered, User: emma, Topic: "loops", Question: "loops/a"})
	})
	if w.saver() {
		t.Error("a saver came after the day's study")
	}
	w.tx(emma, func(_ context.Context, tx *store.Tx) error {
		if want := w.clock("+1 21:00"); tx.Chat.SaverAt == nil || !tx.Chat.SaverAt.Equal(want) {
			t.Errorf("the next saver is at %v, want %v", tx.Chat.SaverAt, want)
		}
		return nil
	})
}

// One flies with a streak of three and no freeze used, over the date line and
// back.
func TestAFlightOverTheDateLineCostsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/timezone pacific/pago_pago")
	streak := func() (s study.Streak) {
		w.tx(emma, func(ctx context.Context, tx *store.Tx) (err error) {
			s, err = (&turn{bot: w.bot.view(), tx: tx, chat: tx.Chat}).streak(ctx)
			return err
		})
		return s
	}
	pago := w.Now()
	for day := range 3 {
		w.tick(pago.AddDate(0, 0, day))
		w.study(emma, "en")
	}
	for _, zone := range []string{"pacific/kiritimati", "pacific/pago_pago", "pacific/kiritimati"} {
		w.at(w.Now().Add(5 * time.Hour))
		w.say(emma, "/timezone "+zone)
		if s := streak(); s.Days != 3 || s.Freezes != study.MaxFreezes {
			t.Errorf("in %s: %d days, %d freezes", zone, s.Days, s.Freezes)
		}
	}
}

// Whatever the day is, seven days in a row bring seven wordings.
func TestNoWordingComesAgainWithinAWeek(t *testing.T) {
	texts := testTexts(t)
	for _, lang := range locale.Languages {
		for _, key := range []string{"daily.fresh", "daily.again", "saver"} {
			last := map[string]study.Day{}
			for day := study.Day(20000); day < 20030; day++ {
				text := texts.T(lang, variant(key, day), locale.Args{"Days": 5})
				if before, known := last[text]; known && day-before <= 7 {
					t.Errorf("%s in %s: %q comes again after %d days", key, lang, text, day-before)
				}
				last[text] = day
			}
			if len(last) < 8 {
				t.Errorf("%s in %s has %d wordings", key, lang, len(last))
			}
		}
	}
}

// Any sign of life brings the daily topics back.
func TestAnySignOfLifeBringsTheDailyRhythmBack(t *testing.T) {
	for name, sign := range map[string]func(w *world){
		"a word":          func(w *world) { w.say(emma, "hello") },
		"a command":       func(w *world) { w.say(emma, "/progress") },
		"a button":        func(w *world) { w.press(emma, "Today's topic") },
		"an answer":       func(w *world) { w.vote(emma, w.poll(emma).Options[1].Text) },
		"keeping my days": func(w *world) { w.press(emma, "Keep my days") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.begin(emma)
			w.press(emma, "❓ Quiz")
			for range 8 {
				w.tick(w.clock("+1 09:00"))
			}
			if last := w.last(emma); !strings.Contains(last.Text, "Once a week instead?") {
				t.Fatalf("after seven ignored topics comes:\n%s", last.Text)
			}
			w.at(w.clock("12:00"))
			sign(w)
			before := w.messages(emma)
			w.tick(w.clock("+1 09:00"))
			if w.messages(emma) != before+1 || !strings.Contains(w.last(emma).Text, "Stage 1 of 2") {
				t.Errorf("the next day brings:\n%s", w.last(emma).Text)
			}
		})
	}
}
