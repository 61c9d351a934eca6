package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/internal/telegram"
)

// Arrival is an update that is about to take effect.
type Arrival struct {
	UpdateID int64
	ChatID   int64
	Kind     string // the chat's, see Chat.Kind; "" if it counts only in a known chat
	Title    string // the chat's
	Now      time.Time
}

// errRepeat ends the transaction of an update that took effect before.
var errRepeat = errors.New("the update took effect before")

// Apply lets an update take effect exactly once: what f does, the update's id
// and the calls that f returns are committed together. The calls are owed from
// then on: send them, then say so with Sent. If the update took effect before,
// nothing changes and what is still owed for it is returned.
func (s *Store) Apply(ctx context.Context, a Arrival, f func(*Tx) ([]telegram.Call, error)) ([]telegram.Call, error) {
	var calls []telegram.Call
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		t := &Tx{tx: tx, Now: a.Now}
		err := t.lockChat(ctx, a.ChatID)
		if errors.Is(err, ErrNoChat) {
			if a.Kind == "" {
				return err
			}
			err = t.addChat(ctx, a.ChatID, a.Kind, a.Title)
		}
		if err != nil {
			return err
		}
		if calls, err = f(t); err != nil {
			return err
		}
		return t.recordUpdate(ctx, a, calls)
	})
	if errors.Is(err, errRepeat) {
		return s.owed(ctx, a)
	}
	if errors.Is(err, ErrNoChat) { // somebody we never met: nothing to do
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return calls, nil
}

// recordUpdate stands at the end of the transaction: the chat's lock keeps a
// second handling of the same update away until then.
func (t *Tx) recordUpdate(ctx context.Context, a Arrival, calls []telegram.Call) error {
	var owed sql.NullString
	if len(calls) > 0 {
		text, err := json.Marshal(calls)
		if err != nil {
			return fmt.Errorf("encoding the replies: %w", err)
		}
		owed = sql.NullString{String: string(text), Valid: true}
	}
	result, err := t.tx.ExecContext(ctx, `INSERT INTO updates (chat_id, update_id, at, calls) VALUES ($1, $2, $3, $4)
		ON CONFLICT (chat_id, update_id) DO NOTHING`, a.ChatID, a.UpdateID, a.Now, owed)
	if err != nil {
		return fmt.Errorf("recording the update: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errRepeat, err)
	}
	return nil
}

func (s *Store) owed(ctx context.Context, a Arrival) ([]telegram.Call, error) {
	var text []byte
	err := s.db.GetContext(ctx, &text, `SELECT calls FROM updates WHERE chat_id = $1 AND update_id = $2 AND calls IS NOT NULL`,
		a.ChatID, a.UpdateID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is owed for an update: %w", err)
	}
	return decodeCalls(text)
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

// Unsent are the oldest replies that are still owed, up to limit: what a
// process that died could not send.
func (s *Store) Unsent(ctx context.Context, limit int) ([]Reply, error) {
	var rows []struct {
		ChatID   int64  `db:"chat_id"`
		UpdateID int64  `db:"update_id"`
		Calls    []byte `db:"calls"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT chat_id, update_id, calls FROM updates
		WHERE calls IS NOT NULL ORDER BY at, update_id LIMIT $1`, limit)
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
	return s.idempotent(ctx, `UPDATE updates u SET calls = NULL FROM unnest($1::bigint[], $2::bigint[]) AS v(chat_id, update_id)
		WHERE u.chat_id = v.chat_id AND u.update_id = v.update_id`, chats, updates)
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

// Prune forgets updates that took effect, and deliveries that are over, before
// the given instant.
func (s *Store) Prune(ctx context.Context, before time.Time) error {
	if err := s.idempotent(ctx, `DELETE FROM updates WHERE at < $1 AND calls IS NULL`, before); err != nil {
		return fmt.Errorf("pruning the updates: %w", err)
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
