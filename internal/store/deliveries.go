package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/internal/study"
)

// The kinds of deliveries.
const (
	TopicDelivery  = "topic"  // the daily topic at the chat's hour
	LaterDelivery  = "later"  // the present topic once more, at an hour asked for by button
	DigestDelivery = "digest" // a group's week
	RoundDelivery  = "round"  // goes on with a group's quiz if Telegram did not say that its question is over
)

// Delivery is a message that we owe a chat: one for each (chat, thread, kind,
// local day).
type Delivery struct {
	Key
	Kind     string    `db:"kind"`
	Day      study.Day `db:"day"`
	DueAt    time.Time `db:"due_at"`
	Attempts int       `db:"attempts"` // this one included
	Repeat   bool      `db:"repeat"`   // whoever had it before died: it may have been sent
}

// Plan turns up to limit chats whose hour has come into deliveries, sets when
// each chat is due next, and claims what it planned as Claim does. It returns
// how many chats it took; several processes share them.
func (s *Store) Plan(ctx context.Context, now time.Time, lease time.Duration, limit int) (claimed []Delivery, taken int, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		var chats []Chat
		err := tx.SelectContext(ctx, &chats, `SELECT `+chatColumns+` FROM chats WHERE next_at <= $1
			ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED`, now, limit)
		if err != nil {
			return err
		}
		if taken = len(chats); taken > 0 {
			if claimed, err = planChats(ctx, tx, chats, now, lease); err != nil || taken == limit {
				return err
			}
		}
		savers, more, err := planSavers(ctx, tx, now, lease, limit-taken)
		claimed, taken = append(claimed, savers...), taken+more
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("planning deliveries: %w", err)
	}
	return claimed, taken, nil
}

func planChats(ctx context.Context, tx *sqlx.Tx, chats []Chat, now time.Time, lease time.Duration) (claimed []Delivery, err error) {
	var ids, threads, ignored pq.Int64Array
	var next, days, dues, kinds, rhythms pq.StringArray // "" for none
	for _, chat := range chats {
		day, at, kind := "", "", ""
		if d, due, ok := chat.Schedule().Due(now); ok && chat.WantsTopics() {
			day, at = d.String(), timestamp(&due)
			chat.TopicDay, kind = &d, chat.wait()
		}
		chat.Reschedule(now)
		kinds, rhythms, ignored = append(kinds, kind), append(rhythms, string(chat.Rhythm)), append(ignored, int64(chat.Ignored))
		ids, threads, next = append(ids, chat.ChatID), append(threads, chat.ThreadID), append(next, timestamp(chat.NextAt))
		days, dues = append(days, day), append(dues, at)
	}
	_, err = tx.ExecContext(ctx, `UPDATE chats SET next_at = NULLIF(v.next, '')::timestamptz, topic_day = COALESCE(NULLIF(v.day, '')::date, topic_day),
			rhythm = v.rhythm, ignored = v.ignored
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS v(id, thread, next, day, rhythm, ignored)
		WHERE chats.chat_id = v.id AND chats.thread_id = v.thread`, ids, threads, next, days, rhythms, ignored)
	if err != nil {
		return nil, fmt.Errorf("setting when the chats are due next: %w", err)
	}
	err = tx.SelectContext(ctx, &claimed, `INSERT INTO deliveries (chat_id, thread_id, kind, day, due_at, run_at, attempts, claimed)
		SELECT id, thread, kind, day::date, due::timestamptz, $6, 1, true
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]) AS v(id, thread, day, due, kind)
		WHERE day <> '' ON CONFLICT (chat_id, thread_id, kind, day) DO NOTHING
		RETURNING chat_id, thread_id, kind, day, due_at, attempts, false AS repeat`, ids, threads, days, dues, kinds, now.Add(lease))
	if err != nil {
		return nil, fmt.Errorf("writing the deliveries: %w", err)
	}
	return claimed, nil
}

// timestamp is t as Postgres reads it back exactly, "" for none.
func timestamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

// Claim takes up to limit pending deliveries whose time has come once more: later
// ones, those to be tried again, those whose claim ran out; no announcements,
// for which see Announce. They are ours for the length of the lease: nobody else
// gets them before it is over, and if we die somebody gets them then.
func (s *Store) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Delivery, error) {
	return s.claim(ctx, now, lease, limit, `state = 'pending' AND kind NOT LIKE 'announcement:%'`)
}

// claim takes deliveries as Claim does, of those for which where holds; its
// arguments are $4 and so on.
func (s *Store) claim(ctx context.Context, now time.Time, lease time.Duration, limit int, where string, args ...any) (claimed []Delivery, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &claimed, `WITH due AS (
			SELECT chat_id, thread_id, kind, day, claimed FROM deliveries WHERE `+where+` AND run_at <= $1
			ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
			UPDATE deliveries d SET state = 'pending', run_at = $2, attempts = attempts + 1, claimed = true FROM due
			WHERE d.chat_id = due.chat_id AND d.thread_id = due.thread_id AND d.kind = due.kind AND d.day = due.day
			RETURNING d.chat_id, d.thread_id, d.kind, d.day, d.due_at, d.attempts, due.claimed AS repeat`,
			append([]any{now, now.Add(lease), limit}, args...)...)
	})
	if err != nil {
		return nil, fmt.Errorf("claiming deliveries: %w", err)
	}
	return claimed, nil
}

// The states of a delivery: what became of it.
const (
	Pending = "pending" // to be tried again
	Sent    = "sent"
	Missed  = "missed"  // its local day was over
	Dropped = "dropped" // not wanted any more, or impossible
)

// Outcome is what became of a claimed delivery.
type Outcome struct {
	State string    // one of the states
	Error string    // why not, for the operator
	RunAt time.Time // Pending: when to try again; the zero time is now
	// Unsure: it may have been sent. Whoever takes it up next counts a repeat.
	Unsure bool
	// Sent: which topic of which roadmap the chat was shown, and on which of its
	// local days.
	Roadmap, Topic string
	Day            study.Day
}

// Settle records what became of a claimed delivery, and that its topic was
// opened. If the claim has run out and somebody else took it, nothing changes.
// Many at the same moment share a transaction.
func (s *Store) Settle(ctx context.Context, d Delivery, outcome Outcome, now time.Time) error {
	if outcome.RunAt.IsZero() {
		outcome.RunAt = now
	}
	if err := s.settlements.write(ctx, settlement{d, outcome, now}); err != nil {
		return fmt.Errorf("recording what became of a delivery: %w", err)
	}
	return nil
}

type settlement struct {
	delivery Delivery
	outcome  Outcome
	now      time.Time
}

func (s *Store) settle(ctx context.Context, all []settlement) error {
	// In one order everywhere: two processes must not wait for each other.
	slices.SortFunc(all, func(a, b settlement) int { return a.delivery.compare(b.delivery.Key) })
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		settled, rest, err := recordOutcomes(ctx, tx, all)
		if err != nil {
			return err
		}
		moved, err := follow(ctx, tx, rest)
		if err != nil {
			return err
		}
		more, _, err := recordOutcomes(ctx, tx, moved)
		if err != nil {
			return err
		}
		return openTopics(ctx, tx, append(settled, more...))
	})
}

// recordOutcomes writes what became of deliveries; rest are those that are not
// ours any more, or not there.
func recordOutcomes(ctx context.Context, tx *sqlx.Tx, all []settlement) (settled, rest []settlement, err error) {
	if len(all) == 0 {
		return nil, nil, nil
	}
	var chats, threads, attempts pq.Int64Array
	var kinds, days, states, faults, runs, nows pq.StringArray
	var unsure pq.BoolArray
	for _, x := range all {
		chats, threads = append(chats, x.delivery.ChatID), append(threads, x.delivery.ThreadID)
		attempts = append(attempts, int64(x.delivery.Attempts))
		kinds, days = append(kinds, x.delivery.Kind), append(days, x.delivery.Day.String())
		states, faults = append(states, x.outcome.State), append(faults, x.outcome.Error)
		runs, nows = append(runs, timestamp(&x.outcome.RunAt)), append(nows, timestamp(&x.now))
		unsure = append(unsure, x.outcome.Unsure)
	}
	var written []int
	err = tx.SelectContext(ctx, &written, `UPDATE deliveries d SET state = v.state, error = v.fault, run_at = v.run,
		claimed = v.unsure, sent_at = CASE WHEN v.state = 'sent' THEN v.now END
		FROM unnest($1::bigint[], $2::text[], $3::date[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::bool[], $10::bigint[])
			WITH ORDINALITY AS v(chat_id, kind, day, attempts, state, fault, run, now, unsure, thread_id, n)
		WHERE d.chat_id = v.chat_id AND d.thread_id = v.thread_id AND d.kind = v.kind AND d.day = v.day AND d.state = 'pending' AND d.attempts = v.attempts
		RETURNING v.n - 1`, chats, kinds, days, attempts, states, faults, runs, nows, unsure, threads)
	if err != nil {
		return nil, nil, err
	}
	for i, x := range all {
		if slices.Contains(written, i) {
			settled = append(settled, x)
		} else {
			rest = append(rest, x)
		}
	}
	return settled, rest, nil
}

// follow finds those of the settlements that were sent to a group which became
// a supergroup before this could be recorded, and names them by its new id.
// What was not sent is left: it is looked at again when its claim runs out.
func follow(ctx context.Context, tx *sqlx.Tx, all []settlement) (moved []settlement, err error) {
	var chats pq.Int64Array
	for _, x := range all {
		if x.outcome.State == Sent && x.delivery.ChatID < 0 {
			chats = append(chats, x.delivery.ChatID)
		}
	}
	if len(chats) == 0 {
		return nil, nil
	}
	var moves []struct {
		From int64 `db:"chat_id"`
		To   int64 `db:"to_id"`
	}
	if err := tx.SelectContext(ctx, &moves, `SELECT chat_id, to_id FROM moves WHERE chat_id = ANY($1)`, chats); err != nil {
		return nil, err
	}
	for _, x := range all {
		for _, move := range moves {
			if x.outcome.State == Sent && x.delivery.ChatID == move.From {
				x.delivery.ChatID = move.To
				moved = append(moved, x)
				break
			}
		}
	}
	return moved, nil
}

// openTopics logs which topics the settled ones have shown, for chats that are
// still there.
func openTopics(ctx context.Context, tx *sqlx.Tx, settled []settlement) error {
	var chats, threads pq.Int64Array
	var nows, days, roadmaps, topics pq.StringArray
	for _, x := range settled {
		if x.outcome.State == Sent && x.outcome.Topic != "" {
			chats, threads = append(chats, x.delivery.ChatID), append(threads, x.delivery.ThreadID)
			nows = append(nows, timestamp(&x.now))
			days, roadmaps, topics = append(days, x.outcome.Day.String()), append(roadmaps, x.outcome.Roadmap), append(topics, x.outcome.Topic)
		}
	}
	if len(chats) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `WITH shown AS (
		SELECT v.* FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::date[], $5::text[], $6::text[])
			AS v(chat_id, thread_id, at, day, roadmap_id, topic_id) JOIN chats USING (chat_id, thread_id)
		), logged AS (
		INSERT INTO events (chat_id, thread_id, at, day, user_id, kind, roadmap_id, topic_id)
			SELECT chat_id, thread_id, at, day, 0, $7, roadmap_id, topic_id FROM shown
		)
		INSERT INTO topic_states (chat_id, thread_id, topic_id, state, at)
			SELECT DISTINCT ON (chat_id, thread_id, topic_id) chat_id, thread_id, topic_id, $7, at FROM shown
			ON CONFLICT (chat_id, thread_id, topic_id) DO NOTHING`, chats, threads, nows, days, roadmaps, topics, string(study.Opened))
	return err
}

// Later plans the present topic once more at the given instant; of several on
// one local day the newest wish counts.
func (t *Tx) Later(ctx context.Context, at time.Time) error {
	return t.Owe(ctx, LaterDelivery, study.DayOf(at.In(t.Chat.Location())), at)
}

// NoLater takes back what Later planned: the topic was met meanwhile.
func (t *Tx) NoLater(ctx context.Context) error {
	return t.exec(ctx, "taking back the topic for later", `UPDATE deliveries SET state = 'dropped'
		WHERE chat_id = $1 AND thread_id = $2 AND kind = $3 AND state = 'pending'`, t.Chat.ChatID, t.Chat.ThreadID, LaterDelivery)
}
