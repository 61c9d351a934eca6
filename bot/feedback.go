package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// What somebody writes to those who run the bot goes to each of them as a
// message whose button names it. A reply to that message goes back.

const (
	maxFeedback      = 3500 // UTF-16 units: what stands above it has room in the same message
	maxFeedbacks     = 5    // of one person on one day
	quotedFeedback   = 150  // characters
	awaitingFeedback = "feedback"
)

// feedbackCommand passes a text on; without one it asks for it.
func (t *turn) feedbackCommand(ctx context.Context, text string) error {
	readers, err := t.tx.Reachable(ctx, t.bot.Admins)
	switch {
	case err != nil:
		return err
	case len(readers) == 0: // better said than kept where nobody looks
		t.say(screen{t.T("feedback.nobody"), nil})
		return nil
	case text == "":
		t.chat.Awaiting = awaitingFeedback
		if err := t.tx.Save(ctx); err != nil {
			return err
		}
		t.say(screen{t.T("feedback.ask"), nil})
		return nil
	case telegram.Length(telegram.Escape(text)) > maxFeedback:
		t.say(screen{t.T("feedback.long", "Most", maxFeedback), nil})
		return nil
	}
	return t.passOn(ctx, text, readers)
}

// typedFeedback reads the text that was asked for.
func (t *turn) typedFeedback(ctx context.Context, text string) error {
	t.chat.Awaiting = ""
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	return t.feedbackCommand(ctx, strings.TrimSpace(text))
}

// passOn keeps a text and sends it to the readers. The writer is answered
// first: who of the readers can be reached is not their matter.
func (t *turn) passOn(ctx context.Context, text string, readers []store.Chat) error {
	at, _, err := t.tx.Position(ctx, t.chat.RoadmapID)
	if err != nil {
		return err
	}
	id, err := t.tx.AddFeedback(ctx, store.Feedback{Text: text, Language: t.lang(), Context: t.chat.RoadmapID + "/" + at}, maxFeedbacks)
	if err != nil {
		return err
	}
	if id == 0 {
		t.say(screen{t.T("feedback.many", "Most", maxFeedbacks), nil})
		return nil
	}
	t.say(screen{t.T("feedback.thanks"), nil})
	for _, reader := range readers {
		r := &turn{bot: t.bot, chat: &reader}
		lines := []string{r.T("feedback.from", "Name", t.name(), "ID", t.chat.ChatID, "Language", t.languageName())}
		if roadmap := t.roadmap(); roadmap != nil {
			lines = append(lines, r.T("feedback.at", "Road", roadmap.Text[r.lang()].Title, "Topic", cmp.Or(r.title(at), "—")))
		}
		lines = append(lines, "", telegram.Escape(text))
		keys := rows(row(button(r.plain("feedback.reply"), "feedback", strconv.FormatInt(t.chat.ChatID, 10), strconv.FormatInt(id, 10))))
		t.out = append(t.out, telegram.SendMessage(reader.ChatID, strings.Join(lines, "\n"), keys))
	}
	return nil
}

// name is the person's first name. Their username is left out: the answer goes
// through the bot, and the message stays in chats that /forget does not reach.
func (t *turn) name() string {
	if t.from == nil {
		return t.chat.Title
	}
	return t.from.FirstName
}

// pressFeedback says what the button that names a message is for.
func (t *turn) pressFeedback(context.Context, string) error {
	t.toast(t.plain("feedback.how"))
	return nil
}

// feedbackOf is whose words a message carries, and which; false if it carries
// none, or to somebody who does not run the bot.
func (t *turn) feedbackOf(m *telegram.Message) (user, id int64, ok bool) {
	if m == nil || m.From == nil || m.From.ID != t.bot.Me.ID || !t.admin() {
		return 0, 0, false
	}
	for _, data := range m.Buttons {
		version, word, arg := parsePress(data)
		first, second, _ := strings.Cut(arg, ":")
		user, err := strconv.ParseInt(first, 10, 64)
		id, err2 := strconv.ParseInt(second, 10, 64)
		if version == callbackVersion && word == "feedback" && err == nil && err2 == nil {
			return user, id, true
		}
	}
	return 0, 0, false
}

// answerFeedback sends an administrator's answer to who wrote, and tells the
// other administrators.
func (t *turn) answerFeedback(ctx context.Context, user, id int64, answer string) error {
	if telegram.Length(telegram.Escape(answer)) > maxFeedback {
		t.say(screen{t.T("feedback.long", "Most", maxFeedback), nil})
		return nil
	}
	writers, err := t.tx.Reachable(ctx, []int64{user})
	if err != nil {
		return err
	}
	if len(writers) == 0 {
		t.say(screen{t.T("feedback.gone"), nil})
		return nil
	}
	asked, known, err := t.tx.AnswerFeedback(ctx, user, id, t.user())
	if err != nil {
		return err
	}
	if !known {
		t.say(screen{t.T("feedback.gone"), nil})
		return nil
	}
	writer := &turn{bot: t.bot, chat: &writers[0]}
	if writer.chat.Language == "" {
		writer.chat.Language = asked.Language
	}
	quote := cut(asked.Text, quotedFeedback)
	lost := telegram.SendMessage(t.here.ChatID, t.T("feedback.lost", "Name", writer.chat.Title), nil)
	t.out = append(t.out, telegram.SendMessage(user, writer.T("feedback.answer", "Quote", quote, "Answer", answer), nil).WithRef(otherwise{lost}))
	t.say(screen{t.T("feedback.answered", "Name", writer.chat.Title), nil})
	return t.tellOthers(ctx, writer.chat.Title, quote, answer)
}

// tellOthers lets the other administrators know that somebody was answered.
func (t *turn) tellOthers(ctx context.Context, writer, quote, answer string) error {
	others := slices.DeleteFunc(slices.Clone(t.bot.Admins), func(id int64) bool { return id == t.user() })
	readers, err := t.tx.Reachable(ctx, others)
	if err != nil {
		return err
	}
	for _, reader := range readers {
		r := &turn{bot: t.bot, chat: &reader}
		t.out = append(t.out, telegram.SendMessage(reader.ChatID, r.T("feedback.by", "Admin", t.chat.Title, "Name", writer, "Quote", quote, "Answer", answer), nil))
	}
	return nil
}
