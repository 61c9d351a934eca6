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
// come as Claim does; before them those to be tried again and those whose claim
// ran out, of whatever broadcast. It says whether there was anything to do.
func (s *Store) Announce(ctx context.Context, now time.Time, lease time.Duration, portion, limit int) (claimed []Delivery, more bool, err error) {
	claimed, err = s.claim(ctx, now, lease, limit, `state = 'pending' AND kind LIKE 'announcement:%'`)
	if err != nil {
		return nil, false, err
	}
	var running []Broadcast
	err = s.db.SelectContext(ctx, &running, `SELECT `+broadcastColumns+` FROM broadcasts WHERE state = 'running' ORDER BY broadcast_id`)
	if err != nil {
		return claimed, len(claimed) > 0, fmt.Errorf("reading which announcements go out: %w", err)
	}
	for _, b := range running {
		if !b.Planned {
			more = true
			if err := s.planAnnouncements(ctx, b.ID, now, portion); err != nil {
				return claimed, more, fmt.Errorf("planning an announcement: %w", err)
			}
		}
		if len(claimed) < limit {
			some, err := s.claim(ctx, now, lease, limit-len(claimed), `state = 'waiting' AND kind = $4`, b.Kind())
			claimed = append(claimed, some...)
			if err != nil {
				return claimed, more, err
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
		// The day is part of the key: it is that of the broadcast, not the chat's. Who
		// was forgotten or has moved since it was read is left out.
		_, err = tx.ExecContext(ctx, `INSERT INTO deliveries (chat_id, thread_id, kind, day, due_at, run_at, state)
			SELECT chat_id, thread_id, $4, $5, $6, run, 'waiting'
			FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS v(chat_id, thread_id, run) JOIN chats AS c USING (chat_id, thread_id)
			FOR KEY SHARE OF c
			ON CONFLICT (chat_id, thread_id, kind, day) DO NOTHING`, ids, threads, runs, b.Kind(), study.DayOf(b.Started.UTC()), now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE broadcasts SET cursor = $2, planned = $3 WHERE broadcast_id = $1`, b.ID, b.Cursor, len(chats) < portion)
		return err
	})
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
