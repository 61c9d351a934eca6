package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

const (
	whereInRow = 5   // buttons that lead to a lesson, side by side
	maxLooked  = 100 // characters of a question that is said again
)

// lookAgain is what a quiz leaves to look at: the missed questions, why their
// answers are as they are, and buttons that lead to where the lessons say so.
func (t *turn) lookAgain(ctx context.Context, quiz store.Quiz) (lines []string, keys telegram.Keyboard, err error) {
	missed, err := t.tx.Missed(ctx, quiz.ID)
	if err != nil {
		return nil, nil, err
	}
	var where []telegram.Button
	for _, id := range missed {
		question, ok := t.bot.Library.Question(id)
		i := slices.Index(quiz.Questions, id)
		if !ok || i < 0 {
			continue
		}
		number := strconv.Itoa(len(where) + 1)
		text := question.Text[t.lang()]
		lines = append(lines, number+". <b>"+telegram.Escape(cut(text.Prompt, maxLooked))+"</b>\n"+telegram.Escape(text.Explanation))
		where = append(where, button("🔎 "+number, "where", strconv.FormatInt(quiz.ID, 10), strconv.Itoa(i)))
	}
	switch len(where) {
	case 0:
		return nil, nil, nil
	case 1: // there is nothing to number
		lines[0] = "• " + strings.TrimPrefix(lines[0], "1. ")
		where[0].Text = t.plain("button.where")
	}
	for part := range slices.Chunk(where, whereInRow) {
		keys = append(keys, part)
	}
	return append([]string{"", t.T("quiz.look")}, lines...), keys, nil
}

// pressWhere shows the part of the lesson that answers a question of a quiz;
// the whole lesson is one tap further.
func (t *turn) pressWhere(ctx context.Context, arg string) error {
	var id int64
	var i int
	if _, err := fmt.Sscanf(arg, "%d:%d", &id, &i); err != nil {
		return errOld
	}
	quiz, ok, err := t.tx.AnyQuiz(ctx, id)
	if err != nil {
		return err
	}
	if !ok || quiz.UserID != t.user() || i < 0 || i >= len(quiz.Questions) {
		return errOld
	}
	question, ok := t.bot.Library.Question(quiz.Questions[i])
	if !ok {
		return errOld
	}
	topic, ok := t.bot.Library.Topic(question.TopicID)
	if !ok {
		return errOld
	}
	part := answering(topic.Text[t.lang()].Lesson, question.Text[t.lang()], question.Right)
	if part == "" {
		return t.lesson(ctx, topic.ID, "")
	}
	html := t.T("where.title", "Topic", t.title(topic.ID)) + "\n\n" + telegram.HTML(part)
	t.say(screen{firstMessage(html), rows(row(button(t.plain("button.whole"), "read", topic.ID)))})
	return nil
}

// aboutQuestion says whether an update presses a button that is about a question
// which may still be on its way: "I don't know", or "Send it again".
func aboutQuestion(u telegram.Update) bool {
	if u.Callback == nil {
		return false
	}
	_, word, _ := parsePress(u.Callback.Data)
	return word == "dunno" || word == "again"
}

// joined is as much of the lines as one message holds.
func joined(lines []string) string { return firstMessage(strings.Join(lines, "\n")) }
