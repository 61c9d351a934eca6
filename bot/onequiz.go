package bot

import (
	"context"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// endRun ends a quiz as it stands: nothing of it asks any more.
func (t *turn) endRun(ctx context.Context, quiz store.Quiz) error {
	if err := t.stopPolls(ctx, quiz); err != nil {
		return err
	}
	return t.tx.EndQuiz(ctx, quiz.ID)
}

// stopPolls closes each question of a quiz that still waits for its answer.
func (t *turn) stopPolls(ctx context.Context, quiz store.Quiz) error {
	messages, err := t.tx.ClosePolls(ctx, quiz.ID)
	for _, message := range messages {
		t.out = append(t.out, telegram.StopPoll(t.here.ChatID, message))
	}
	return err
}

// putAside ends the quiz that the next one takes the place of: an answer to it
// would count for nothing. What was begun does not end without a word.
func (t *turn) putAside(ctx context.Context, next store.Quiz) error {
	older, open, err := t.openQuiz(ctx)
	if err != nil || !open {
		return err
	}
	if err := t.endRun(ctx, older); err != nil {
		return err
	}
	same := older.Kind == next.Kind && older.TopicID == next.TopicID && older.StageID == next.StageID &&
		(len(next.Questions) > 1 || len(older.Questions) == 1) // a link to one question begins nothing anew
	if same || older.Kind == store.TopicQuiz && older.Answered == 0 { // begun anew, or nothing was done in it
		return nil
	}
	t.say(screen{t.T("quiz.aside."+older.Kind, "Topic", t.title(older.TopicID)), nil})
	return nil
}
