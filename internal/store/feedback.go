package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"
)

// Feedback is what somebody wrote to those who run the bot.
type Feedback struct {
	ID       int64     `db:"feedback_id"`
	UserID   int64     `db:"user_id"`
	At       time.Time `db:"at"`
	Text     string    `db:"text"` // at most 4000 characters
	Language string    `db:"language"`
	Context  string    `db:"context"` // roadmap and topic at which they were
}

// AddFeedback keeps what the person of this chat wrote and returns its id; 0
// if they wrote as much today as they may.
func (t *Tx) AddFeedback(ctx context.Context, f Feedback, most int) (id int64, err error) {
	err = t.get(ctx, &id, `WITH added AS (INSERT INTO feedback (user_id, at, day, text, language, context)
		SELECT $1, $2, $3::date, $4, $5, $6 WHERE (SELECT count(*) FROM feedback WHERE user_id = $1 AND day = $3::date) < $7
		RETURNING feedback_id) SELECT COALESCE(max(feedback_id), 0) FROM added`,
		t.Chat.ChatID, t.Now, t.Chat.Today(t.Now), f.Text, f.Language, f.Context, most)
	if err != nil {
		return 0, fmt.Errorf("keeping the feedback: %w", err)
	}
	return id, nil
}

// AnswerFeedback notes that somebody answers it, and returns what was written;
// false if it is not there any more.
func (t *Tx) AnswerFeedback(ctx context.Context, user, id, by int64) (Feedback, bool, error) {
	var f Feedback
	err := t.get(ctx, &f, `UPDATE feedback SET answered_at = $4, answered_by = $3 WHERE user_id = $1 AND feedback_id = $2
		RETURNING feedback_id, user_id, at, text, language, context`, user, id, by, t.Now)
	if errors.Is(err, sql.ErrNoRows) {
		return Feedback{}, false, nil
	}
	if err != nil {
		return Feedback{}, false, fmt.Errorf("noting the answer: %w", err)
	}
	return f, true, nil
}

// Reachable are those of the people to whom we may write in private, in the
// order given.
func (t *Tx) Reachable(ctx context.Context, people []int64) ([]Chat, error) {
	var chats []Chat
	err := t.all(ctx, &chats, `SELECT `+chatColumns+` FROM chats
		WHERE chat_id = ANY($1) AND thread_id = 0 AND started AND blocked_at IS NULL ORDER BY array_position($1, chat_id)`, pq.Int64Array(people))
	if err != nil {
		return nil, fmt.Errorf("asking who can be reached: %w", err)
	}
	return chats, nil
}
