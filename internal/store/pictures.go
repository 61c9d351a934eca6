package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"
)

// Picture is the id under which Telegram has the picture with this content,
// and false if it was not sent yet.
func (s *Store) Picture(ctx context.Context, hash []byte) (fileID string, known bool, err error) {
	err = s.db.GetContext(ctx, &fileID, `SELECT file_id FROM pictures WHERE hash = $1`, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("looking for a picture: %w", err)
	}
	return fileID, true, nil
}

// KeepPicture notes that Telegram has the picture under this id.
func (s *Store) KeepPicture(ctx context.Context, hash []byte, fileID string, now time.Time) error {
	err := s.idempotent(ctx, `INSERT INTO pictures (hash, file_id, at) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET file_id = excluded.file_id, at = excluded.at`, hash, fileID, now)
	if err != nil {
		return fmt.Errorf("noting a picture: %w", err)
	}
	return nil
}

// TopicAccuracy is how many questions of these topics the chat has answered and
// how many of them right.
func (t *Tx) TopicAccuracy(ctx context.Context, topics []string) (answered, correct int, err error) {
	row := struct {
		Answered int `db:"answered"`
		Correct  int `db:"correct"`
	}{}
	err = t.get(ctx, &row, `SELECT count(*) AS answered, count(*) FILTER (WHERE detail ->> 'right' = 'true') AS correct
		FROM events WHERE chat_id = $1 AND thread_id = $2 AND kind = 'answered' AND topic_id = ANY($3)`,
		t.Chat.ChatID, t.Chat.ThreadID, pq.StringArray(topics))
	if err != nil {
		return 0, 0, fmt.Errorf("counting the answers of the topics: %w", err)
	}
	return row.Answered, row.Correct, nil
}
