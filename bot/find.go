package bot

import (
	"context"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/telegram"
)

const (
	maxFound     = 8  // buttons
	maxQuery     = 60 // characters of a query that are said again
	awaitingFind = "find"
)

// findCommand finds topics of all roadmaps; without words it asks for them.
func (t *turn) findCommand(ctx context.Context, query string) error {
	if strings.TrimSpace(query) == "" {
		t.chat.Awaiting = awaitingFind
		if err := t.tx.Save(ctx); err != nil {
			return err
		}
		t.say(screen{t.T("find.ask"), nil})
		return nil
	}
	t.say(t.found(query))
	return nil
}

// typedFind reads the words that were asked for.
func (t *turn) typedFind(ctx context.Context, query string) error {
	t.chat.Awaiting = ""
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	t.say(t.found(query))
	return nil
}

// found are the topics as buttons, or the nearest one.
func (t *turn) found(query string) screen {
	topics := t.bot.Index.Find(query, maxFound)
	short := cut(query, maxQuery)
	if len(topics) > 0 {
		return screen{t.T("find.found", "Query", short), t.topicKeys(topics)}
	}
	if near := t.bot.Index.Nearest(query); near != nil {
		return screen{t.T("find.near", "Query", short), t.topicKeys([]*curriculum.Topic{near})}
	}
	return screen{t.T("find.none", "Query", short), rows(row(button(t.plain("button.roadmap"), "stages")))}
}

func (t *turn) topicKeys(topics []*curriculum.Topic) (keys telegram.Keyboard) {
	for _, topic := range topics {
		text := topic.Text[t.lang()].Title
		if road := t.roadOf(topic.ID); road != nil {
			text += " · " + road.Text[t.lang()].Title
		}
		keys = append(keys, row(button(text, "read", topic.ID)))
	}
	return keys
}

// roadOf is a roadmap on which the topic stands, the chat's own if it can be.
func (t *turn) roadOf(topic string) *curriculum.Roadmap {
	if own := t.roadmap(); own != nil {
		if _, _, ok := own.Find(topic); ok {
			return own
		}
	}
	for _, road := range t.bot.Library.Roadmaps() {
		if _, _, ok := road.Find(topic); ok {
			return road
		}
	}
	return nil
}

// cut is the beginning of a text, with a sign that there is more.
func cut(text string, most int) string {
	letters := []rune(strings.TrimSpace(text))
	if len(letters) <= most {
		return string(letters)
	}
	return strings.TrimSpace(string(letters[:most-1])) + "…"
}
