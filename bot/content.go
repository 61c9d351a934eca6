package bot

import (
	"context"
	"slices"
	"strings"
	"sync"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// content is what is taught at one moment. It does not change, and what is made
// of it goes with it.
type content struct {
	Library *curriculum.Library
	Index   *curriculum.Index // of the library
	bodies  sync.Map          // [topic, language, reading] → body, see lessonBody
}

// Teach makes a library what every turn teaches that begins later; one that is
// under way ends with what it began with. It has to be called before the first
// turn, and may be called at any time.
func (b *Bot) Teach(library *curriculum.Library) {
	b.taught.Store(&content{Library: library, Index: curriculum.NewIndex(library)})
}

// view is the bot as one turn sees it: with the same content from begin to end.
type view struct {
	*Bot
	*content
}

func (b *Bot) view() view { return view{b, b.taught.Load()} }

// turn begins a turn of a chat, in which it is spoken as well.
func (b *Bot) turn(tx *store.Tx) *turn {
	v := b.view()
	tx.Successor = v.successor
	return &turn{bot: v, tx: tx, chat: tx.Chat, here: tx.Chat.Key}
}

// successor is the topic that took the place of one, mostly itself.
func (v view) successor(id string) string {
	if topic, ok := v.Library.Topic(id); ok {
		return topic.ID
	}
	return id
}

// current is what the argument of a button means today: a topic that is retired
// is its successor.
func (v view) current(arg string) string {
	from := strings.LastIndex(arg, ":") + 1
	return arg[:from] + v.successor(arg[from:])
}

// roadGone says that the chat's road is not in the library any more. Its place
// there is kept, for the road may come back.
func (t *turn) roadGone() bool { return t.chat.Ready && t.chat.RoadmapID != "" && t.roadmap() == nil }

// strayedLead says above a lesson that it is not the one that was expected,
// because that one is gone. It is "" if nothing is.
func (t *turn) strayedLead(topic string) string {
	if !t.strayed || topic == "" {
		return ""
	}
	return t.T("topic.gone")
}

// endStray ends the quiz about a stage that is not in the library any more:
// what was answered counts as an answer, and that is said.
func (t *turn) endStray(ctx context.Context, quiz store.Quiz) error {
	look, keys, err := t.lookAgain(ctx, quiz)
	if err != nil {
		return err
	}
	lines := append([]string{t.T("quiz.result", "Correct", quiz.Correct, "All", quiz.Answered)}, look...)
	t.say(screen{joined(lines), append(keys, row(button(t.plain("button.next"), "today")))})
	return nil
}

// ownRoads are the roads of somebody's own whose code can be read in a language.
func (t *turn) ownRoads(lang string) (keys telegram.Keyboard) {
	for _, road := range t.bot.Library.Roadmaps() {
		if road.Own && slices.Contains(road.CodeLanguages, lang) {
			keys = append(keys, row(button(codeName(lang)+" → "+road.Text[t.lang()].Title, "road", road.ID, lang)))
		}
	}
	return keys
}
