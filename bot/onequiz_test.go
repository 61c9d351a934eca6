package bot

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"yolchi/internal/locale"
	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

func init() {
	maps.Copy(conversations, map[string][]string{
		"aside": {
			"/start", "[language.name]", "[short-road]", "[09:00]",
			"# the lesson's button goes on where it stood", "[button.quiz]", "right", "/today", "[button.quiz]", "[button.anew]", "wrong", "[button.dunno]",
			"# what can be looked at stays when the topic is done", "[button.done]",
			"# a review and a quiz make room for each other", "@+3 10:00", "[review 2]", "right", "/today", "[button.quiz]", "right", "/review",
			"# so does a checkpoint", "/next", "/roadmap", "[first-steps]", "[button.checkpoint]", "right", "/review",
		},
		"noteunder": {
			"/start", "[language.name]", "[short-road]", "[09:00]", "[button.quiz]", "right",
			"# two lines stand above the title", "@+1 09:00", "@+1 09:00", "[button.done]", "reply Kept all the same.",
		},
	})
}

// open are the questions in a chat that can still be answered, or that have
// their button.
func (w *world) open(chat int64) (ids []string) {
	for _, m := range w.sandbox.Messages(chat) {
		if m.Poll != nil && len(m.Poll.Answers) == 0 && (!m.Poll.Closed || len(m.Keyboard) > 0) {
			ids = append(ids, m.Poll.ID)
		}
	}
	return ids
}

// One question at a time: whatever takes the place of one closes it, and a vote
// that comes too late changes nothing.
func TestOneQuestionIsOpenAtATime(t *testing.T) {
	for name, do := range map[string]func(w *world){
		"sent again":         func(w *world) { w.say(emma, "/quiz"); w.press(emma, "Send it again") },
		"begun anew":         func(w *world) { w.say(emma, "/quiz"); w.press(emma, "Start over") },
		"ended after a day":  func(w *world) { w.at(w.clock("+1 09:01")); w.say(emma, "/quiz") },
		"a link to another":  func(w *world) { w.say(emma, "/start q_slices__what-append-does") },
		"another kind":       func(w *world) { w.pressData(emma, w.last(emma).ID, "1:testout:first-steps") },
		"sent twice at once": sendTwice,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.begin(emma)
			w.press(emma, "❓ Quiz")
			w.answer(emma, emma, true)
			old := w.poll(emma)
			do(w)
			if open := w.open(emma); len(open) != 1 || open[0] == old.ID {
				t.Errorf("open are %v, the old one is %s", open, old.ID)
			}
			before, _ := w.openQuiz(emma)
			w.sandbox.Inject("poll_answer", raw(map[string]any{
				"poll_id": old.ID, "user": map[string]any{"id": emma, "first_name": "Emma"}, "option_ids": old.Right,
			}))
			w.settle()
			if after, _ := w.openQuiz(emma); after.ID != before.ID || after.Answered != before.Answered {
				t.Errorf("a late vote makes %+v of %+v", after, before)
			}
		})
	}
}

// sendTwice taps the same button twice before the first tap is answered.
func sendTwice(w *world) {
	w.say(emma, "/quiz")
	last := w.last(emma)
	w.sandbox.Press(emma, emma, last.ID, "1:again")
	w.pressData(emma, last.ID, "1:again")
}

// One card for a stage, with its checkpoint, on which the stage's own road stands.
func TestAStageHasOneCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	none, _ := w.photos()
	w.say(emma, "/next")
	w.say(emma, "/next")
	if now, _ := w.photos(); now != none {
		t.Errorf("%d cards before the checkpoint", now-none)
	}
	w.say(emma, "/start side-road")
	pass := func() {
		w.pressData(emma, w.last(emma).ID, "1:check:first-steps")
		for range 3 {
			w.answer(emma, emma, true)
		}
	}
	pass()
	card := ""
	for _, m := range w.sandbox.Messages(emma) {
		if m.Photo != nil {
			card = m.CaptionHTML
		}
	}
	if !strings.Contains(card, "First steps") || !strings.Contains(card, "A short road") {
		t.Errorf("the card says:\n%s", card)
	}
	once, known := w.photos()
	pass()
	if again, stillKnown := w.photos(); once != none+1 || again != once || stillKnown != known {
		t.Errorf("%d cards, then %d", once-none, again-once)
	}
}

// Who finishes a road in a group gets the card in private, if they have started
// the bot.
func TestACardEarnedInAGroupComesInPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/next")
	w.say(emma, "/next")
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	lesson := w.last(studyGroup).ID
	for _, person := range []int64{emma, dmitriy} {
		w.sandbox.Press(person, studyGroup, lesson, "1:gdone:servers")
		w.settle()
	}
	if last := w.last(emma); last.Photo == nil || !strings.Contains(last.CaptionHTML, "The whole road is walked") {
		t.Errorf("in private comes:\n%s", last.Text)
	}
	if w.messages(dmitriy) > 0 {
		t.Error("somebody who never spoke to the bot was written to")
	}
}

// After a long silence one word is enough, and it is heard.
func TestOneWordAfterASilenceIsHeard(t *testing.T) {
	for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
		for name, days := range map[string]int{"weekly": 8, "silent": 40} {
			t.Run(fmt.Sprint(name, ".", lang), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.beginIn(person, lang)
				for range days {
					w.tick(w.clock("+1 09:00"))
				}
				w.transcript(person)
				w.at(w.clock("12:00"))
				w.say(person, "salom")
				w.say(person, "salom")
				golden(t, "onwego."+name+"."+lang, w.transcript(person))
			})
		}
	}
}

// Each message of a long lesson can be answered, and so can one under which
// only buttons without its name are left.
func TestEveryPartOfALongLessonCanBeNoted(t *testing.T) {
	library := testLibrary(t)
	topic, _ := library.Topic("slices")
	text := topic.Text[locale.English]
	text.Lesson = strings.Repeat(strings.Repeat("Slices grow and grow. ", 40)+"\n\n", 12)
	topic.Text[locale.English] = text
	bot := taught(&Bot{Texts: testTexts(t)}, library)
	bot.Me.ID = 1
	turn := &turn{bot: bot.view(), chat: &store.Chat{Language: locale.English}}
	screens := turn.lessonScreens(topic, "", "One line.\nAnother line.")
	if len(screens) < 3 {
		t.Fatalf("the lesson has %d messages", len(screens))
	}
	for i, s := range screens {
		fits(t, fmt.Sprint("message ", i), s)
		message := telegram.Message{From: &bot.Me, Text: plainText(s.html)}
		if i == len(screens)-1 {
			message.Buttons = []string{"1:review", "1:today"}
		}
		if got := turn.lessonOf(&message); got != topic {
			t.Errorf("message %d is of %v:\n%.60s", i, got, message.Text)
		}
	}
}

// A whole stage is closed with one look at what was closed before.
func TestATestOutClosesEachTopicOnceInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.pressData(emma, w.last(emma).ID, "1:testout:first-steps")
	for range 3 {
		w.answer(emma, emma, true)
	}
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		at, _, err := tx.Position(ctx, "short-road")
		if at != "servers" {
			t.Errorf("after both topics of the stage she is at %q", at)
		}
		return err
	})
	found, err := w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil)
	if err != nil || found.Differences > 0 {
		t.Errorf("the tables are not what the log says: %+v, %v", found, err)
	}
}
