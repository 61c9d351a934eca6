package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"yolchi/internal/telegram"
)

// Arrival is an update that is about to take effect.
type Arrival struct {
	UpdateID int64
	Key
	Kind  string // the chat's, see Chat.Kind; "" if it counts only in a known chat
	Title string // the chat's
	Now   time.Time
	// Fleeting: it makes no chat known. Of who is not, nothing is kept but that
	// an update with this id took effect; see Tx.Stranger.
	Fleeting bool
}

// Apply lets an update take effect exactly once: what f does, the update's id
// and the calls that f returns are committed together; f may run twice, the
// first time without effect. The calls are owed from then on: send them, then say so with Sent. If the update took effect before,
// nothing changes and what is still owed for it is returned.
func (s *Store) Apply(ctx context.Context, a Arrival, f func(*Tx) ([]telegram.Call, error)) ([]telegram.Call, error) {
	calls, err := s.visit(ctx, &s.changes, visit{key: a.Key, now: a.Now, arrival: &a, do: f})
	if errors.Is(err, errRepeat) {
		return s.owed(ctx, a)
	}
	if errors.Is(err, ErrNoChat) { // somebody we never met: nothing to do
		return nil, nil
	}
	return calls, err
}

func (s *Store) owed(ctx context.Context, a Arrival) ([]telegram.Call, error) {
	var text []byte
	err := s.db.GetContext(ctx, &text, `SELECT calls FROM owed WHERE chat_id = $1 AND update_id = $2`,
		a.ChatID, a.UpdateID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is owed for an update: %w", err)
	}
	return decodeCalls(text)
}

// encodeCalls is "" for none. What is in it is shown by Telegram only: nothing
// needs to be escaped for a web page.
func encodeCalls(calls []telegram.Call) (string, error) {
	if len(calls) == 0 {
		return "", nil
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(calls); err != nil {
		return "", fmt.Errorf("encoding the replies: %w", err)
	}
	return text.String(), nil
}

func decodeCalls(text []byte) ([]telegram.Call, error) {
	var calls []telegram.Call
	if err := json.Unmarshal(text, &calls); err != nil {
		return nil, fmt.Errorf("decoding what is owed for an update: %w", err)
	}
	return calls, nil
}

// Reply is what is still owed for an update.
type Reply struct {
	ChatID   int64
	UpdateID int64
	Calls    []telegram.Call
}

// Owed are the replies that are still owed, oldest update first: those after
// the given one, up to limit. The zero Reply is before all.
func (s *Store) Owed(ctx context.Context, after Reply, limit int) ([]Reply, error) {
	var rows []struct {
		ChatID   int64  `db:"chat_id"`
		UpdateID int64  `db:"update_id"`
		Calls    []byte `db:"calls"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT chat_id, update_id, calls FROM owed
		WHERE (update_id, chat_id) > ($1, $2) ORDER BY update_id, chat_id LIMIT $3`, after.UpdateID, after.ChatID, limit)
	if err != nil {
		return nil, fmt.Errorf("reading what is owed: %w", err)
	}
	replies := make([]Reply, len(rows))
	for i, row := range rows {
		replies[i] = Reply{ChatID: row.ChatID, UpdateID: row.UpdateID}
		if replies[i].Calls, err = decodeCalls(row.Calls); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

// Owes says whether a call of this method is owed to the chat, for an update
// before.
func (t *Tx) Owes(ctx context.Context, method string) (owes bool, err error) {
	err = t.get(ctx, &owes, `SELECT EXISTS (SELECT FROM owed WHERE chat_id = $1 AND position('"method":"' || $2::text || '"' IN calls) > 0)`,
		t.Chat.ChatID, method)
	if err != nil {
		return false, fmt.Errorf("reading what is owed to the chat: %w", err)
	}
	return owes, nil
}

// updateKey names an update.
type updateKey struct{ chat, update int64 }

// Sent notes that nothing is owed for the update any more. Many at the same
// moment share a transaction.
func (s *Store) Sent(ctx context.Context, chatID, updateID int64) error {
	if err := s.sent.write(ctx, updateKey{chatID, updateID}); err != nil {
		return fmt.Errorf("noting that the replies were sent: %w", err)
	}
	return nil
}

func (s *Store) markSent(ctx context.Context, keys []updateKey) error {
	chats, updates := make(pq.Int64Array, len(keys)), make(pq.Int64Array, len(keys))
	for i, key := range keys {
		chats[i], updates[i] = key.chat, key.update
	}
	return s.idempotent(ctx, `DELETE FROM owed USING unnest($1::bigint[], $2::bigint[]) AS v(chat_id, update_id)
		WHERE owed.chat_id = v.chat_id AND owed.update_id = v.update_id`, chats, updates)
}

// SetAside records an update that failed every time. It must not hold back its
// chat any longer.
func (s *Store) SetAside(ctx context.Context, a Arrival, kind string, cause error) error {
	err := s.idempotent(ctx, `INSERT INTO failed_updates (chat_id, update_id, at, kind, error) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (chat_id, update_id) DO NOTHING`, a.ChatID, a.UpdateID, a.Now, kind, cause.Error())
	if err != nil {
		return fmt.Errorf("setting an update aside: %w", err)
	}
	return nil
}

// FailedUpdate is an update that was set aside.
type FailedUpdate struct {
	ChatID   int64     `db:"chat_id"`
	UpdateID int64     `db:"update_id"`
	At       time.Time `db:"at"`
	Kind     string    `db:"kind"`
	Error    string    `db:"error"`
}

// Failed are the updates that were set aside, the newest first, 100 at most.
func (s *Store) Failed(ctx context.Context) ([]FailedUpdate, error) {
	var failed []FailedUpdate
	err := s.db.SelectContext(ctx, &failed, `SELECT chat_id, update_id, at, kind, error FROM failed_updates
		ORDER BY at DESC LIMIT 100`)
	if err != nil {
		return nil, fmt.Errorf("reading the updates that were set aside: %w", err)
	}
	return failed, nil
}

// Prune forgets updates that took effect, deliveries that are over, and which
// pictures Telegram has, from before the given instant.
func (s *Store) Prune(ctx context.Context, before time.Time) error {
	if err := s.idempotent(ctx, `DELETE FROM updates u WHERE at < $1
		AND NOT EXISTS (SELECT 1 FROM owed WHERE owed.chat_id = u.chat_id AND owed.update_id = u.update_id)`, before); err != nil {
		return fmt.Errorf("pruning the updates: %w", err)
	}
	if err := s.idempotent(ctx, `DELETE FROM pictures WHERE at < $1`, before); err != nil {
		return fmt.Errorf("pruning the pictures: %w", err)
	}
	if err := s.idempotent(ctx, `DELETE FROM deliveries WHERE due_at < $1 AND state <> 'pending'`, before); err != nil {
		return fmt.Errorf("pruning the deliveries: %w", err)
	}
	return nil
}

// idempotent runs one statement that changes nothing when it is run twice, for
// lib/pq repeats it when the answer is lost.
func (s *Store) idempotent(ctx context.Context, query string, args ...any) error {
	_, err := s.db.ExecContext(ctx, query, args...)
	return err
}
