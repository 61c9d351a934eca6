package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"yolchi/internal/curriculum"
	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
	"yolchi/locales"
)

// reply answers a message in a private chat.
func (w *world) reply(person, message int64, text string) {
	w.t.Helper()
	if _, err := w.sandbox.Post(sandbox.Post{Person: person, Chat: person, ReplyTo: message, Text: text}); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// lesson is the newest message that carries a lesson's buttons.
func (w *world) lesson(person int64) int64 {
	w.t.Helper()
	messages := w.sandbox.Messages(person)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, row := range messages[i].Keyboard {
			for _, b := range row {
				if strings.HasPrefix(b.Data, "1:later:") || strings.HasPrefix(b.Data, "1:quiz:") {
					return messages[i].ID
				}
			}
		}
	}
	w.t.Fatalf("there is no lesson in:\n%s", w.transcript(person))
	return 0
}

func (w *world) notes(person int64) (texts []string) {
	w.t.Helper()
	w.tx(person, func(ctx context.Context, tx *store.Tx) error {
		notes, _, err := tx.Notes(ctx, maxNotes, 0)
		for _, note := range notes {
			texts = append(texts, note.Topic+": "+note.Text)
		}
		return err
	})
	return texts
}

func TestOnlyAnAnswerToALessonBecomesANote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	lesson := w.lesson(emma)
	w.say(emma, "/roadmap")
	stages := w.last(emma).ID
	w.say(emma, "/progress")
	progress := w.last(emma).ID
	own, err := w.sandbox.Post(sandbox.Post{Person: emma, Chat: emma, Text: "Loops <for>\nmine"})
	if err != nil {
		t.Fatal(err)
	}
	w.settle()
	for _, message := range []int64{stages, progress, own} {
		w.reply(emma, message, "no note")
	}
	w.say(emma, "no note")
	w.reply(emma, lesson, "/quiz")
	w.reply(emma, w.last(emma).ID, "no note: it answers a question")
	w.say(emma, "/quiz")
	w.reply(emma, w.last(emma).ID, "no note: it answers what points to a question")
	if got := w.notes(emma); len(got) > 0 {
		t.Errorf("the notes are %q", got)
	}
	w.reply(emma, lesson, "a note")
	if got := fmt.Sprint(w.notes(emma)); got != "[loops: a note]" {
		t.Errorf("the notes are %s", got)
	}
}

func TestANoteHasItsLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	lesson := w.lesson(emma)
	w.reply(emma, lesson, strings.Repeat("ʻ🙂", maxNote/2)+"x")
	if text := w.last(emma).Text; !strings.Contains(text, "1001 characters") || len(w.notes(emma)) > 0 {
		t.Errorf("a note too long is answered by %q", text)
	}
	w.reply(emma, lesson, strings.Repeat("🙂", maxNote))
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		for range maxNotes - 1 {
			if _, err := tx.AddNote(ctx, "loops", strings.Repeat("🙂", maxNote), maxNotes); err != nil {
				return err
			}
		}
		return nil
	})
	w.reply(emma, lesson, "one too many")
	if text := w.last(emma).Text; !strings.Contains(text, "500 notes already") || len(w.notes(emma)) != maxNotes {
		t.Errorf("a note too many is answered by %q", text)
	}
	// However long they are, they can be read, and the lesson comes.
	w.say(emma, "/notes")
	w.press(emma, "Older →")
	if text := w.last(emma).Text; !strings.Contains(text, "6. Loops <for>") {
		t.Errorf("the second page is %q", text)
	}
	w.say(emma, "/today")
	messages := w.sandbox.Messages(emma)
	if len(messages) < 2 {
		t.Fatal("the lesson has not two messages")
	}
	if last, before := messages[len(messages)-1], messages[len(messages)-2]; !strings.HasPrefix(last.Text, "Loops <for>\n📝 Your notes") ||
		len(last.Keyboard) == 0 || !strings.HasPrefix(before.Text, "Loops <for>\nStage 1") || len(before.Keyboard) > 0 {
		t.Errorf("the lesson is\n%.100q %v\n%.100q %v", before.Text, before.Keyboard, last.Text, last.Keyboard)
	}
}

func TestAButtonOfAnotherPersonsNoteDeletesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.reply(emma, w.lesson(emma), "mine")
	w.say(emma, "/notes")
	w.press(emma, "🗑 1")
	sure := w.last(emma).Keyboard[0][0].Data
	w.begin(dmitriy)
	w.pressData(dmitriy, w.last(dmitriy).ID, sure)
	if got := w.notes(emma); len(got) != 1 {
		t.Errorf("the notes are %q", got)
	}
	for _, data := range []string{"1:note", "1:note:gone:x:0", "1:note:gone:1:-1", "1:note:ask:1:9999", "1:notes:-1", "1:notes:x", "1:note:keep:1:0"} {
		if toast := w.pressData(emma, w.last(emma).ID, data); !strings.Contains(toast, "from long ago") {
			t.Errorf("%s is answered by %q", data, toast)
		}
	}
	w.pressData(emma, w.last(emma).ID, sure)
	w.pressData(emma, w.last(emma).ID, sure) // a second tap finds it gone
	if got := w.notes(emma); len(got) > 0 {
		t.Errorf("the notes are %q", got)
	}
}

// Whatever state a real lesson is in, and whichever of its messages is answered
// that shows its title: the topic is known.
func TestEveryLessonCanBeNoted(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	me := telegram.User{ID: 1, IsBot: true}
	for _, lang := range curriculum.Languages {
		turn := &turn{bot: taught(&Bot{Texts: testTexts(t), Me: me}, library).view(), chat: &store.Chat{Language: lang}}
		for _, topic := range library.Topics() {
			for _, state := range []study.TopicState{"", study.TopicOpened, study.TopicDone, study.TopicKnown} {
				screens := turn.lessonScreens(topic, state, turn.T("daily.fresh.1"))
				for _, i := range []int{0, len(screens) - 1} {
					message := &telegram.Message{From: &me, Text: plainText(screens[i].html)}
					for _, row := range screens[i].keys {
						for _, b := range row {
							message.Buttons = append(message.Buttons, b.Data)
						}
					}
					if i > 0 && state.Closed() {
						continue // its buttons say no more than "done" or "quiz"
					}
					if got := turn.lessonOf(message); got == nil || topic.Text[lang].Title != got.Text[lang].Title {
						t.Fatalf("%s %s %q, message %d: found %v", lang, topic.ID, state, i, got)
					}
				}
			}
		}
	}
}

// plainText is a message without its formatting, as Telegram tells it.
func plainText(html string) string {
	var b strings.Builder
	in := false
	for _, r := range html {
		switch {
		case r == '<':
			in = true
		case r == '>' && in:
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`).Replace(b.String())
}
