package bot

import (
	"context"
	"strings"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// A group's quiz: so many questions, each open for so long.
const (
	roundQuestions = 5
	roundOpen      = 60 * time.Second
	// roundPatience is when a question is over even if Telegram does not say so.
	roundPatience = 75 * time.Second
)

// roundCommand starts a quiz for all, one at a time.
func (t *turn) roundCommand(ctx context.Context, _ string) error {
	_, open, err := t.tx.OpenQuiz(ctx, 0)
	if err != nil {
		return err
	}
	if open {
		t.say(screen{t.T("round.open"), nil})
		return nil
	}
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	seen, err := t.tx.Seen(ctx, 0)
	if err != nil {
		return err
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	questions := t.questionsFor(at, seen, states)
	if len(questions) == 0 {
		t.say(screen{t.T("quiz.none.group"), nil})
		return nil
	}
	questions = questions[:min(len(questions), roundQuestions)]
	quiz, err := t.tx.StartQuiz(ctx, store.Quiz{Kind: store.TopicQuiz, TopicID: at, Questions: questions})
	if err != nil {
		return err
	}
	t.say(screen{t.T("round.begin", "Number", len(questions), "Seconds", int(roundOpen/time.Second)), nil})
	return t.askRound(ctx, quiz)
}

// askRound sends the round's next question to all, or its result after the
// last.
func (t *turn) askRound(ctx context.Context, quiz store.Quiz) error {
	for ; quiz.Answered < len(quiz.Questions); quiz.Answered++ {
		question, ok := t.bot.Library.Question(quiz.Questions[quiz.Answered])
		if !ok { // taken out of the library meanwhile
			continue
		}
		poll := t.quizOf(question, numbered(question.Text[t.lang()].Prompt, quiz))
		poll.OpenSeconds = int(roundOpen / time.Second)
		t.sendQuiz(poll, pollRef{Thread: t.here.ThreadID, Quiz: quiz.ID, Question: quiz.Questions[quiz.Answered]})
		return t.tx.Owe(ctx, store.RoundDelivery, t.today(), t.now().Add(roundPatience))
	}
	return t.endRound(ctx, quiz)
}

// pollOver goes on with the round whose question is over.
func (t *turn) pollOver(ctx context.Context, poll store.Poll) error {
	fresh, err := t.tx.ClosePoll(ctx, poll.ID)
	if err != nil || !fresh || poll.QuizID == 0 {
		return err
	}
	quiz, open, err := t.tx.QuizByID(ctx, poll.QuizID)
	if err != nil || !open || quiz.Answered >= len(quiz.Questions) || quiz.Questions[quiz.Answered] != poll.QuestionID {
		return err
	}
	if err := t.tx.NextQuestion(ctx, quiz.ID); err != nil {
		return err
	}
	quiz.Answered++
	return t.askRound(ctx, quiz)
}

// roundOverdue goes on with a round of whose question nothing was heard.
func (t *turn) roundOverdue(ctx context.Context) error {
	quiz, open, err := t.tx.OpenQuiz(ctx, 0)
	if err != nil || !open {
		return err
	}
	poll, ok, err := t.tx.OpenPoll(ctx, quiz.ID)
	if err != nil {
		return err
	}
	if !ok { // it was never sent
		return t.askRound(ctx, quiz)
	}
	return t.pollOver(ctx, poll)
}

// endRound shows who had how many right in this round.
func (t *turn) endRound(ctx context.Context, quiz store.Quiz) error {
	if err := t.tx.EndQuiz(ctx, quiz.ID); err != nil {
		return err
	}
	board, err := t.tx.RoundBoard(ctx, quiz.ID)
	if err != nil {
		return err
	}
	lines := []string{t.T("round.end", "Count", len(quiz.Questions))}
	if len(board) == 0 {
		lines = append(lines, t.T("round.nobody"))
	} else {
		lines = append(lines, "", t.board(board))
	}
	t.say(screen{strings.Join(lines, "\n"), rows(row(t.privately("button.read", "t_"+quiz.TopicID)))})
	return nil
}

// sendQuiz sends a poll that all in the chat see.
func (t *turn) sendQuiz(quiz telegram.Quiz, ref pollRef) {
	t.send(telegram.SendQuiz(t.here.ChatID, quiz).WithRef(ref))
}
