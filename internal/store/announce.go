package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/internal/study"
)

// Waiting is the state of an announcement until its turn: it comes after all
// that Claim takes.
const Waiting = "waiting"

// Announce goes on with the broadcasts that are running: it writes deliveries
// for up to portion chats more, and claims up to limit of those whose hour has
// come as Claim does; when a claim runs out, Claim takes it up. It says whether
// there was anything to do. Several processes share them.
func (s *Store) Announce(ctx context.Context, now time.Time, lease time.Duration, portion, limit int) (claimed []Delivery, more bool, err error) {
	var running []Broadcast
	err = s.db.SelectContext(ctx, &running, `SELECT `+broadcastColumns+` FROM broadcasts WHERE state = 'running' ORDER BY broadcast_id`)
	if err != nil {
		return nil, false, fmt.Errorf("reading which announcements go out: %w", err)
	}
	for _, b := range running {
		if !b.Planned {
			more = true
			if err := s.planAnnouncements(ctx, b.ID, now, portion); err != nil {
				return claimed, more, fmt.Errorf("planning an announcement: %w", err)
			}
		}
		if len(claimed) < limit {
			some, err := s.claimAnnouncements(ctx, b, now, lease, limit-len(claimed))
			claimed = append(claimed, some...)
			if err != nil {
				return claimed, more, fmt.Errorf("claiming announcements: %w", err)
			}
		}
	}
	return claimed, more || len(claimed) > 0, nil
}

// planAnnouncements writes the deliveries of the next chats. It goes downwards:
// people come first, and the id of a supergroup is below that of the group that
// it was, so that who moves meanwhile is met, and has what it had.
func (s *Store) planAnnouncements(ctx context.Context, id int64, now time.Time, portion int) error {
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		var found []Broadcast
		err := tx.SelectContext(ctx, &found, `SELECT `+broadcastColumns+` FROM broadcasts
			WHERE broadcast_id = $1 AND state = 'running' AND NOT planned FOR NO KEY UPDATE SKIP LOCKED`, id)
		if err != nil || len(found) == 0 {
			return err
		}
		b := found[0]
		var chats []struct {
			Key
			Reached
		}
		err = tx.SelectContext(ctx, &chats, `SELECT chat_id, thread_id, kind, language, roadmap_id, zone FROM chats AS c
			WHERE `+reachable("c")+` AND chat_id < $2 ORDER BY chat_id DESC LIMIT $3`, study.DayOf(now), b.Cursor, portion)
		if err != nil {
			return err
		}
		var ids, threads pq.Int64Array
		var runs pq.StringArray
		for _, chat := range chats {
			b.Cursor = chat.ChatID
			if b.Audience.Holds(chat.Reached) {
				run := study.Waking(now, Chat{Zone: chat.Zone}.Location())
				ids, threads, runs = append(ids, chat.ChatID), append(threads, chat.ThreadID), append(runs, timestamp(&run))
			}
		}
		// The day is part of the key: it is that of the broadcast, not the chat's.
		_, err = tx.ExecContext(ctx, `INSERT INTO deliveries (chat_id, thread_id, kind, day, due_at, run_at, state)
			SELECT id, thread, $4, $5, $6, run, 'waiting' FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS v(id, thread, run)
			ON CONFLICT (chat_id, thread_id, kind, day) DO NOTHING`, ids, threads, runs, b.Kind(), study.DayOf(b.Started.UTC()), now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE broadcasts SET cursor = $2, planned = $3 WHERE broadcast_id = $1`, b.ID, b.Cursor, len(chats) < portion)
		return err
	})
}

func (s *Store) claimAnnouncements(ctx context.Context, b Broadcast, now time.Time, lease time.Duration, limit int) (claimed []Delivery, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &claimed, `WITH due AS (
			SELECT chat_id, thread_id, kind, day, claimed FROM deliveries WHERE kind = $4 AND state = 'waiting' AND run_at <= $1
			ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
			UPDATE deliveries d SET state = 'pending', run_at = $2, attempts = attempts + 1, claimed = true FROM due
			WHERE d.chat_id = due.chat_id AND d.thread_id = due.thread_id AND d.kind = due.kind AND d.day = due.day
			RETURNING d.chat_id, d.thread_id, d.kind, d.day, d.due_at, d.attempts, due.claimed AS repeat`, now, now.Add(lease), limit, b.Kind())
	})
	return claimed, err
}

// Unasked is how many messages that it did not ask for the chat was sent since
// the given instant: topics, savers and announcements.
func (t *Tx) Unasked(ctx context.Context, since time.Time) (sent, announcements int, err error) {
	var n struct {
		Sent          int `db:"sent"`
		Announcements int `db:"announcements"`
	}
	err = t.get(ctx, &n, `SELECT count(*) AS sent, count(*) FILTER (WHERE kind LIKE 'announcement:%') AS announcements FROM deliveries
		WHERE chat_id = $1 AND thread_id = $2 AND state = 'sent' AND sent_at >= $3 AND kind NOT IN ('later', 'digest', 'round')`,
		t.Chat.ChatID, t.Chat.ThreadID, since)
	if err != nil {
		return 0, 0, fmt.Errorf("counting what the chat was sent: %w", err)
	}
	return n.Sent, n.Announcements, nil
}
