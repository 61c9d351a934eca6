package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Dossier is the state of one chat, or of one thread of a forum, for whoever
// helps it. It holds nothing that anybody wrote.
type Dossier struct {
	Chat
	Enrolled   bool   // it has begun its road
	Topic      string // where it stands there; "" at the end
	Deliveries []DossierDelivery
	Quiz       *Quiz // the newest open one, whosever it is
}

// DossierDelivery is what became of a delivery.
type DossierDelivery struct {
	Kind   string     `db:"kind"`
	DueAt  time.Time  `db:"due_at"`
	RunAt  time.Time  `db:"run_at"` // Waiting: it does not come before
	State  string     `db:"state"`
	SentAt *time.Time `db:"sent_at"`
	Error  string     `db:"error"`
}

// dossierDeliveries is how many of the last deliveries are told.
const dossierDeliveries = 3

// Dossiers are the state of a chat, one for each of its threads that follows a
// road; none if the chat is not known. Nothing is locked.
func (t *Tx) Dossiers(ctx context.Context, chatID int64) ([]Dossier, error) {
	var chats []Chat
	err := t.all(ctx, &chats, `SELECT `+chatColumns+` FROM chats WHERE chat_id = $1 ORDER BY thread_id`, chatID)
	if err != nil {
		return nil, fmt.Errorf("reading the chat: %w", err)
	}
	dossiers := make([]Dossier, len(chats))
	for i, chat := range chats {
		if dossiers[i], err = t.dossier(ctx, chat); err != nil {
			return nil, fmt.Errorf("reading the state of the chat: %w", err)
		}
	}
	return dossiers, nil
}

func (t *Tx) dossier(ctx context.Context, chat Chat) (Dossier, error) {
	d := Dossier{Chat: chat}
	err := t.get(ctx, &d.Topic, `SELECT topic_id FROM enrollments WHERE chat_id = $1 AND thread_id = $2 AND roadmap_id = $3`,
		chat.ChatID, chat.ThreadID, chat.RoadmapID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return d, err
	}
	d.Enrolled = err == nil
	err = t.all(ctx, &d.Deliveries, `SELECT kind, due_at, run_at, state, sent_at, error FROM deliveries
		WHERE chat_id = $1 AND thread_id = $2 ORDER BY due_at DESC, kind LIMIT $3`, chat.ChatID, chat.ThreadID, dossierDeliveries)
	if err != nil {
		return d, err
	}
	var quizzes []Quiz
	err = t.all(ctx, &quizzes, `SELECT `+quizColumns+` FROM quizzes
		WHERE chat_id = $1 AND thread_id = $2 AND ended_at IS NULL ORDER BY last_at DESC LIMIT 1`, chat.ChatID, chat.ThreadID)
	if len(quizzes) > 0 {
		d.Quiz = &quizzes[0]
	}
	return d, err
}

// LastUpdate is when the newest update of a chat came that is remembered, and
// false if none is.
func (t *Tx) LastUpdate(ctx context.Context, chatID int64) (time.Time, bool, error) {
	var at sql.NullTime
	if err := t.get(ctx, &at, `SELECT max(at) FROM updates WHERE chat_id = $1`, chatID); err != nil {
		return time.Time{}, false, fmt.Errorf("reading when the chat was heard of last: %w", err)
	}
	return at.Time, at.Valid, nil
}

// FailedOf are the updates of a chat that were set aside, the newest first, at
// most so many.
func (t *Tx) FailedOf(ctx context.Context, chatID int64, most int) ([]FailedUpdate, error) {
	var failed []FailedUpdate
	err := t.all(ctx, &failed, `SELECT chat_id, update_id, at, kind, error FROM failed_updates
		WHERE chat_id = $1 ORDER BY at DESC LIMIT $2`, chatID, most)
	if err != nil {
		return nil, fmt.Errorf("reading the chat's updates that were set aside: %w", err)
	}
	return failed, nil
}

// Moved is the id under which a chat is known now, see Store.Moved.
func (t *Tx) Moved(ctx context.Context, chatID int64) (int64, error) {
	return moved(ctx, t.group.tx, chatID)
}
