package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/internal/study"
)

// The kinds of deliveries that the learner's rhythm brings beside the topic.
const (
	SaverDelivery   = "saver"   // in the evening: the streak would end today
	WeeklyDelivery  = "weekly"  // instead of a topic: from now on once a week
	SilenceDelivery = "silence" // instead of a topic: the last line
)

// SaverMinute is when the chat's saver comes, after local midnight: an hour
// after the daily topic where the two are near each other, and not at all,
// false, if the topic itself is later.
func (c Chat) SaverMinute() (minute int, ok bool) {
	minute = c.SaverWish
	if c.RemindMinute > minute-60 && c.RemindMinute < minute+60 {
		minute = c.RemindMinute + 60
	}
	return minute, minute < 24*60 && c.RemindMinute < minute
}

// SaverStreak is how many days in a row are worth a word in the evening.
const SaverStreak = 3

// PlanSaver notes how the streak stands at now: its days, the last that counts, the
// day on which it ends, and when it needs a word, which is on that day's
// evening. Reschedule takes the word back from who does not want it.
func (c *Chat) PlanSaver(s study.Streak, now time.Time) {
	c.StudiedDay, c.StreakEnds, c.SaverAt, c.StreakDays = nil, nil, nil, s.Days
	if s.Studied != 0 {
		c.StudiedDay = &s.Studied
	}
	if s.EndsOn == 0 {
		return
	}
	c.StreakEnds = &s.EndsOn
	minute, ok := c.SaverMinute()
	if !ok || s.Days < SaverStreak {
		return
	}
	if at := s.EndsOn.At(minute, c.Location()); at.After(now) {
		c.SaverAt = &at
	}
}

// Heard notes a sign of life, which brings the daily rhythm back, and says
// whether that changed anything.
func (c *Chat) Heard() bool {
	if c.Rhythm == study.Daily && c.Ignored == 0 {
		return false
	}
	c.Rhythm, c.Ignored = study.Daily, 0
	return true
}

// wait notes that one more message goes to a learner and returns its kind.
// Groups and channels have nobody whose silence means anything, and who has one
// study day a week needs no offer of that.
func (c *Chat) wait() (kind string) {
	if c.Kind != "private" {
		return TopicDelivery
	}
	before := c.Rhythm
	switch c.Rhythm, c.Ignored = before.Wait(c.Ignored); {
	case c.Rhythm == before:
		return TopicDelivery
	case c.Rhythm == study.Weekly && c.RemindDays.Count() == 1:
		return TopicDelivery
	case c.Rhythm == study.Weekly:
		return WeeklyDelivery
	}
	return SilenceDelivery
}

// SaveRhythm stores what a sign of life or a day of study changes, and nothing
// else of t.Chat: a person who acts in a group is not held.
func (t *Tx) SaveRhythm(ctx context.Context) error {
	t.Chat.Reschedule(t.Now)
	c := t.Chat
	return t.exec(ctx, "saving the rhythm", `UPDATE chats SET saver_at = $3, streak_ends = $4, studied_day = $5, rhythm = $6, ignored = $7,
		next_at = $8, updated_at = $9, streak_days = $10 WHERE chat_id = $1 AND thread_id = $2`, c.ChatID, c.ThreadID, c.SaverAt, c.StreakEnds, c.StudiedDay,
		string(c.Rhythm), c.Ignored, c.NextAt, t.Now, c.StreakDays)
}

// planSavers turns up to limit chats whose saver is due into deliveries, and
// claims them as Claim does. Whether the streak still needs it is asked when it
// is sent.
func planSavers(ctx context.Context, tx *sqlx.Tx, now time.Time, lease time.Duration, limit int) (claimed []Delivery, taken int, err error) {
	var chats []Chat
	err = tx.SelectContext(ctx, &chats, `SELECT `+chatColumns+` FROM chats WHERE saver_at <= $1
		ORDER BY saver_at LIMIT $2 FOR UPDATE SKIP LOCKED`, now, limit)
	if err != nil || len(chats) == 0 {
		return nil, 0, err
	}
	var keys []Key
	var days, dues pq.StringArray
	for _, chat := range chats {
		keys = append(keys, chat.Key)
		days, dues = append(days, chat.Today(*chat.SaverAt).String()), append(dues, timestamp(chat.SaverAt))
	}
	ids, threads := columns(keys)
	_, err = tx.ExecContext(ctx, `UPDATE chats SET saver_at = NULL FROM unnest($1::bigint[], $2::bigint[]) AS v(id, thread)
		WHERE chats.chat_id = v.id AND chats.thread_id = v.thread`, ids, threads)
	if err != nil {
		return nil, 0, fmt.Errorf("noting that the savers are planned: %w", err)
	}
	err = tx.SelectContext(ctx, &claimed, `INSERT INTO deliveries (chat_id, thread_id, kind, day, due_at, run_at, attempts, claimed)
		SELECT id, thread, $5, day::date, due::timestamptz, $6, 1, true
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS v(id, thread, day, due)
		ON CONFLICT (chat_id, thread_id, kind, day) DO NOTHING
		RETURNING chat_id, thread_id, kind, day, due_at, attempts, false AS repeat`, ids, threads, days, dues, SaverDelivery, now.Add(lease))
	if err != nil {
		return nil, 0, fmt.Errorf("writing the savers: %w", err)
	}
	return claimed, len(chats), nil
}

// StudyPlan is what was expected of the chat's days, out of its log.
func (t *Tx) StudyPlan(ctx context.Context) (study.Calendar, error) {
	var rows []eventRow
	err := t.all(ctx, &rows, `SELECT `+eventColumns+` FROM events
		WHERE chat_id = $1 AND thread_id = $2 AND kind = 'changed' ORDER BY event_id`, t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return study.Calendar{}, fmt.Errorf("reading how the study days changed: %w", err)
	}
	log := make([]study.Event, len(rows))
	for i, row := range rows {
		if log[i], err = row.event(); err != nil {
			return study.Calendar{}, err
		}
	}
	return study.CalendarOf(log, t.Chat.RemindDays), nil
}
