package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/internal/study"
)

// seenPause is how far Chat.SeenAt may be behind: a chat that talks writes it
// once an hour, not with each word.
const seenPause = time.Hour

// noteSeen notes which of the visited chats gave a sign of life.
func (g *group) noteSeen(ctx context.Context) error {
	var keys []Key
	var ats pq.StringArray
	for _, v := range g.visits {
		if v.arrival == nil || v.err != nil {
			continue
		}
		chat := g.chats[v.key]
		if chat.SeenAt == nil || v.now.Sub(*chat.SeenAt) >= seenPause {
			chat.SeenAt = &v.now
			keys, ats = append(keys, v.key), append(ats, timestamp(&v.now))
		}
	}
	if len(keys) == 0 {
		return nil
	}
	chats, threads := columns(keys)
	return g.exec(ctx, "noting who was there", `UPDATE chats SET seen_at = v.at
		FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS v(id, thread, at)
		WHERE chats.chat_id = v.id AND chats.thread_id = v.thread`, chats, threads, ats)
}

const (
	countPause = 25 * time.Minute // figures that are not older are new enough
	countSlack = time.Minute      // what happened may be committed so much later
)

// weekStreak is how many days in a row make a week's streak.
const weekStreak = 7

// Count brings the figures of the day up to date, unless that was done within
// the last half hour and found anybody: it looks at every chat once, and at what
// happened since it counted last. /stats reads only what it wrote. Days are
// those of UTC, and what stands for one is what its last count found.
func (s *Store) Count(ctx context.Context, now time.Time) error {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `LOCK TABLE day_figures IN EXCLUSIVE MODE`); err != nil { // one at a time, or it counts twice
			return err
		}
		since, now := now.Add(-24*time.Hour), now.UTC()
		err := tx.GetContext(ctx, &since, `SELECT until FROM day_figures ORDER BY until DESC LIMIT 1`)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		until := now.Add(-countSlack)
		if err == nil {
			if enough, err := counted(ctx, tx, since, until); err != nil || enough {
				return err
			}
		}
		if err := addDayFigures(ctx, tx, since, until); err != nil {
			return err
		}
		return census(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("counting the figures of the day: %w", err)
	}
	return nil
}

// counted says whether what was counted up to since is new enough at until, or
// newer: somebody has set the clock back.
func counted(ctx context.Context, tx *sqlx.Tx, since, until time.Time) (enough bool, err error) {
	if until.Before(since) {
		return true, nil
	}
	if until.Sub(since) >= countPause {
		return false, nil
	}
	err = tx.GetContext(ctx, &enough, `SELECT EXISTS (SELECT FROM census)`) // a new bot's first chats are not kept waiting
	return enough, err
}

// addDayFigures adds what happened from one instant to another to the days on
// which it did.
func addDayFigures(ctx context.Context, tx *sqlx.Tx, since, until time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO day_figures (day, until, answers, sent, prompt, latest)
		SELECT day, $2, sum(answers), sum(sent), sum(prompt), max(latest) FROM (
			SELECT ($2::timestamptz AT TIME ZONE 'UTC')::date AS day, 0 AS answers, 0 AS sent, 0 AS prompt, 0 AS latest
			UNION ALL
			SELECT (at AT TIME ZONE 'UTC')::date, count(*), 0, 0, 0 FROM events
			WHERE at >= $1 AND at < $2 AND kind = 'answered' GROUP BY 1
			UNION ALL
			SELECT (sent_at AT TIME ZONE 'UTC')::date, 0, count(*), count(*) FILTER (WHERE sent_at < due_at + interval '1 minute'),
				GREATEST(0, ceil(max(extract(epoch FROM sent_at - due_at))))::integer
			FROM deliveries WHERE sent_at >= $1 AND sent_at < $2 AND state = 'sent' AND kind = ANY($3) GROUP BY 1) AS found
		GROUP BY day
		ON CONFLICT (day) DO UPDATE SET until = excluded.until, answers = day_figures.answers + excluded.answers,
			sent = day_figures.sent + excluded.sent, prompt = day_figures.prompt + excluded.prompt, latest = GREATEST(day_figures.latest, excluded.latest)`,
		since, until, pq.StringArray(hourly))
	return err
}

// hourly are the deliveries that have an hour which a chat expects.
var hourly = []string{TopicDelivery, LaterDelivery, DigestDelivery, SaverDelivery, WeeklyDelivery, SilenceDelivery}

// census counts how the chats stand.
func census(ctx context.Context, tx *sqlx.Tx, now time.Time) error {
	today := study.DayOf(now)
	if _, err := tx.ExecContext(ctx, `DELETE FROM census WHERE day = $1`, today); err != nil {
		return err
	}
	// The instants are worked out here: Postgres would do it for each row.
	_, err := tx.ExecContext(ctx, `INSERT INTO census (day, kind, language, at, active, active_day, fresh, fresh_day, returned, streaks, blocked, blocked_week)
		SELECT $1::date, kind, language, $2::timestamptz,
			count(*) FILTER (WHERE active),
			count(*) FILTER (WHERE active AND seen_at > $3),
			count(*) FILTER (WHERE created_at > $4),
			count(*) FILTER (WHERE created_at > $3),
			count(*) FILTER (WHERE active AND created_at <= $4),
			count(*) FILTER (WHERE active AND streak_days >= $5 AND streak_ends >= $1::date),
			count(*) FILTER (WHERE blocked_at IS NOT NULL),
			count(*) FILTER (WHERE blocked_at > $4)
		FROM (SELECT CASE kind WHEN 'supergroup' THEN 'group' ELSE kind END AS kind, language, seen_at, created_at, streak_days, streak_ends, blocked_at,
				blocked_at IS NULL AND seen_at > $4 AS active
			FROM chats WHERE started) AS chats
		GROUP BY kind, language`, today, now, now.AddDate(0, 0, -1), now.AddDate(0, 0, -7), weekStreak)
	return err
}

// Census is how the chats of one kind and language stood when they were
// counted. Who is only known from a group is no chat; each thread of a forum
// that follows a road is one.
type Census struct {
	Kind        string    `db:"kind"`     // private, group, channel
	Language    string    `db:"language"` // "" where none was chosen
	At          time.Time `db:"at"`
	Active      int       `db:"active"`   // a sign of life within 7 days, and not blocked since
	Fresh       int       `db:"fresh"`    // came within 7 days
	Returned    int       `db:"returned"` // active, and came before that
	Streaks     int       `db:"streaks"`  // active with 7 study days in a row or more
	Blocked     int       `db:"blocked"`
	BlockedWeek int       `db:"blocked_week"` // of them, within 7 days
}

// DayFigures are those of one day (UTC).
type DayFigures struct {
	Day     study.Day `db:"day"`
	Active  int       `db:"active"` // chats with a sign of life
	Fresh   int       `db:"fresh"`  // chats that came
	Answers int       `db:"answers"`
	Sent    int       `db:"sent"`
	Prompt  int       `db:"prompt"` // sent within a minute of their hour
	Latest  int       `db:"latest"` // the largest lateness, in seconds
}

// Census is how the chats stood when they were counted last; empty if that
// never happened.
func (t *Tx) Census(ctx context.Context) ([]Census, error) {
	var rows []Census
	err := t.all(ctx, &rows, `SELECT kind, language, at, active, fresh, returned, streaks, blocked, blocked_week FROM census
		WHERE day = (SELECT max(day) FROM census) ORDER BY kind, language`)
	if err != nil {
		return nil, fmt.Errorf("reading how the chats stand: %w", err)
	}
	return rows, nil
}

// DayFigures are those of the last days up to now, oldest first; a day on which
// nothing was counted is left out.
func (t *Tx) DayFigures(ctx context.Context, days int) ([]DayFigures, error) {
	var rows []DayFigures
	err := t.all(ctx, &rows, `SELECT day, COALESCE(active, 0) AS active, COALESCE(fresh, 0) AS fresh, COALESCE(answers, 0) AS answers,
			COALESCE(sent, 0) AS sent, COALESCE(prompt, 0) AS prompt, COALESCE(latest, 0) AS latest
		FROM (SELECT day, sum(active_day) AS active, sum(fresh_day) AS fresh FROM census GROUP BY day) AS chats
			FULL JOIN day_figures USING (day)
		WHERE day > $1::date ORDER BY day`, study.DayOf(t.Now.UTC())-study.Day(days))
	if err != nil {
		return nil, fmt.Errorf("reading the figures of the days: %w", err)
	}
	return rows, nil
}
