package bot

import (
	"context"
	"errors"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// How long Telegram may repeat an answer without asking, in seconds: what is
// found stays the same, what is today's does not.
const (
	foundSeconds = 300
	todaySeconds = 10
)

// inline answers somebody who types "@bot words" in any chat: with the topics
// that are found, or, without words, with today's of that person. It changes
// nothing and is owed by nobody: an answer that comes late helps no one.
func (b *Bot) inline(ctx context.Context, q telegram.InlineQuery) ([]telegram.Call, error) {
	t := &turn{bot: b.view(), chat: &store.Chat{Key: store.Person(q.From.ID)}, from: &q.From}
	today := ""
	err := b.Store.View(ctx, t.chat.Key, b.Now(), func(tx *store.Tx) (err error) {
		tx.Successor = t.bot.successor
		t.tx, t.chat = tx, tx.Chat
		today, _, err = t.find(ctx)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNoChat) {
		return nil, err
	}
	answer := telegram.InlineAnswer{Personal: true, Seconds: todaySeconds}
	if topics := t.bot.Index.Find(q.Query, telegram.MaxInline); len(topics) > 0 {
		answer.Seconds = foundSeconds
		for _, topic := range topics {
			answer.Articles = append(answer.Articles, t.article(topic))
		}
	} else if topic, ok := t.bot.Library.Topic(today); ok && q.Query == "" {
		answer.Articles = append(answer.Articles, t.article(topic))
	}
	if len(answer.Articles) == 0 {
		answer.Start, answer.Payload = t.plain("inline.none"), "inline"
	}
	return []telegram.Call{telegram.AnswerInline(q.ID, answer)}, nil
}

// article is a topic as a card to send.
func (t *turn) article(topic *curriculum.Topic) telegram.Article {
	text := topic.Text[t.lang()]
	html := "<b>" + telegram.Escape(text.Title) + "</b>"
	if road := t.roadOf(topic.ID); road != nil {
		html += "\n" + telegram.Escape(road.Text[t.lang()].Title)
	}
	if text.Why != "" {
		html += "\n\n" + telegram.Escape(text.Why)
	}
	return telegram.Article{
		ID: topic.ID, Title: text.Title, Description: text.Why, HTML: html,
		Keyboard: rows(row(t.privately("button.read", "t_"+topic.ID))),
	}
}

// kept says whether the reply is owed until it is sent: an answer to an inline
// query is not.
func kept(reply store.Reply) bool {
	return len(reply.Calls) != 1 || !reply.Calls[0].AnswersInline()
}
