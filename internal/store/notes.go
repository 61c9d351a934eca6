package store

import (
	"context"
	"fmt"
	"time"
)

// Note is what somebody wrote beside a topic.
type Note struct {
	ID    int64     `db:"note_id"`
	Topic string    `db:"topic_id"`
	Text  string    `db:"text"`
	At    time.Time `db:"at"`
}

// AddNote keeps a note on a topic, unless the chat has as many as it may:
// false.
func (t *Tx) AddNote(ctx context.Context, topic, text string, most int) (bool, error) {
	t.group.wrote[t.Chat.Key] = true
	var added int
	err := t.get(ctx, &added, `WITH added AS (INSERT INTO notes (chat_id, thread_id, topic_id, text, at)
		SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM notes WHERE chat_id = $1 AND thread_id = $2) < $6
		RETURNING 1) SELECT count(*) FROM added`, t.Chat.ChatID, t.Chat.ThreadID, topic, text, t.Now, most)
	if err != nil {
		return false, fmt.Errorf("adding a note: %w", err)
	}
	return added > 0, nil
}

// DeleteNote deletes a note of the chat; false if there is none with this id.
func (t *Tx) DeleteNote(ctx context.Context, id int64) (bool, error) {
	t.group.wrote[t.Chat.Key] = true
	var deleted int
	err := t.get(ctx, &deleted, `WITH deleted AS (DELETE FROM notes WHERE chat_id = $1 AND thread_id = $2 AND note_id = $3
		RETURNING 1) SELECT count(*) FROM deleted`, t.Chat.ChatID, t.Chat.ThreadID, id)
	if err != nil {
		return false, fmt.Errorf("deleting a note: %w", err)
	}
	return deleted > 0, nil
}

// TopicNotes are the chat's notes on a topic, oldest first. Who has none costs
// no statement.
func (t *Tx) TopicNotes(ctx context.Context, topic string) ([]Note, error) {
	s, err := t.standing(ctx)
	if err != nil || !s.noted[topic] {
		return nil, err
	}
	var notes []Note
	if err := t.all(ctx, &notes, `SELECT note_id, topic_id, text, at FROM notes
		WHERE chat_id = $1 AND thread_id = $2 AND topic_id = $3 ORDER BY note_id`, t.Chat.ChatID, t.Chat.ThreadID, topic); err != nil {
		return nil, fmt.Errorf("reading the notes on a topic: %w", err)
	}
	return notes, nil
}

// Notes are the chat's notes, newest first: so many after so many, and how many
// there are.
func (t *Tx) Notes(ctx context.Context, limit, offset int) (notes []Note, all int, err error) {
	if err := t.get(ctx, &all, `SELECT count(*) FROM notes WHERE chat_id = $1 AND thread_id = $2`,
		t.Chat.ChatID, t.Chat.ThreadID); err != nil {
		return nil, 0, fmt.Errorf("counting the notes: %w", err)
	}
	if err := t.all(ctx, &notes, `SELECT note_id, topic_id, text, at FROM notes WHERE chat_id = $1 AND thread_id = $2
		ORDER BY note_id DESC LIMIT $3 OFFSET $4`, t.Chat.ChatID, t.Chat.ThreadID, limit, offset); err != nil {
		return nil, 0, fmt.Errorf("reading the notes: %w", err)
	}
	return notes, all, nil
}
