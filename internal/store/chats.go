package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yolchi/internal/study"
)

// Chat is whoever follows a roadmap.
type Chat struct {
	ID           int64          `db:"chat_id"`
	Kind         string         `db:"kind"` // private, group, supergroup, channel
	Title        string         `db:"title"`
	Language     string         `db:"language"`      // "" until chosen
	RoadmapID    string         `db:"roadmap_id"`    // "" until chosen
	Zone         string         `db:"zone"`          // IANA name
	RemindMinute int            `db:"remind_minute"` // after local midnight
	RemindDays   study.Weekdays `db:"remind_days"`
	RemindOn     bool           `db:"remind_on"`
	Ready        bool           `db:"ready"` // set up: language, roadmap and hour were chosen once
	PausedUntil  *study.Day     `db:"paused_until"`
	StoppedAt    *time.Time     `db:"stopped_at"`
	BlockedAt    *time.Time     `db:"blocked_at"`
	Awaiting     string         `db:"awaiting"`  // what the next typed text answers
	TopicDay     *study.Day     `db:"topic_day"` // the last local day that had its topic
	NextAt       *time.Time     `db:"next_at"`
	CreatedAt    time.Time      `db:"created_at"`
}

const chatColumns = `chat_id, kind, title, language, roadmap_id, zone, remind_minute, remind_days, remind_on,
	ready, paused_until, stopped_at, blocked_at, awaiting, topic_day, next_at, created_at`

// Location is the chat's time zone.
func (c Chat) Location() *time.Location {
	loc, err := study.Zone(c.Zone)
	if err != nil { // zones are checked before they are stored; a zone database may still drop one
		return time.UTC
	}
	return loc
}

// Today is the chat's local day at now.
func (c Chat) Today(now time.Time) study.Day { return study.DayOf(now.In(c.Location())) }

// Schedule is when the chat gets its daily topic, while it wants one.
func (c Chat) Schedule() study.Schedule {
	s := study.Schedule{Minute: c.RemindMinute, Days: c.RemindDays, Zone: c.Location()}
	if c.PausedUntil != nil {
		s.From = *c.PausedUntil
	}
	if c.TopicDay != nil {
		s.From = max(s.From, *c.TopicDay+1)
	}
	return s
}

// WantsTopics says whether the chat is to get daily topics at all.
func (c Chat) WantsTopics() bool {
	return c.Ready && c.RemindOn && c.StoppedAt == nil && c.BlockedAt == nil
}

// Reschedule sets NextAt to what the chat's settings say at now.
func (c *Chat) Reschedule(now time.Time) {
	c.NextAt = nil
	if !c.WantsTopics() {
		return
	}
	if next := c.Schedule().Next(now); !next.IsZero() {
		c.NextAt = &next
	}
}

// Save stores t.Chat, with NextAt as its settings say.
func (t *Tx) Save(ctx context.Context) error {
	t.Chat.Reschedule(t.Now)
	c := t.Chat
	return t.exec(ctx, "saving the chat", `UPDATE chats SET title = $2, language = $3, roadmap_id = $4, zone = $5,
		remind_minute = $6, remind_days = $7, remind_on = $8, ready = $9, paused_until = $10, stopped_at = $11,
		blocked_at = $12, awaiting = $13, topic_day = $14, next_at = $15, updated_at = $16 WHERE chat_id = $1`,
		c.ID, c.Title, c.Language, c.RoadmapID, c.Zone, c.RemindMinute, int(c.RemindDays), c.RemindOn, c.Ready,
		c.PausedUntil, c.StoppedAt, c.BlockedAt, c.Awaiting, c.TopicDay, c.NextAt, t.Now)
}

// Block notes that Telegram lets us send nothing to the chat any more. What it
// has learned stays.
func (s *Store) Block(ctx context.Context, chatID int64, now time.Time) error {
	err := s.WithChat(ctx, chatID, now, func(t *Tx) error {
		if t.Chat.BlockedAt != nil {
			return nil
		}
		t.Chat.BlockedAt = &now
		return t.Save(ctx)
	})
	if errors.Is(err, ErrNoChat) {
		return nil
	}
	return err
}

// Migrate moves everything of a group to the id of the supergroup that it
// became. It may be repeated, and come from both messages about it.
func (s *Store) Migrate(ctx context.Context, from, to int64, now time.Time) error {
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		// The new id may have spoken before the move was known; it has nothing yet.
		_, err := tx.ExecContext(ctx, `DELETE FROM chats WHERE chat_id = $2 AND NOT ready
			AND EXISTS (SELECT 1 FROM chats WHERE chat_id = $1)`, from, to)
		if err != nil {
			return fmt.Errorf("making room for the moved chat: %w", err)
		}
		_, err = tx.ExecContext(ctx, `UPDATE chats SET chat_id = $2, kind = 'supergroup', updated_at = $3
			WHERE chat_id = $1 AND NOT EXISTS (SELECT 1 FROM chats WHERE chat_id = $2)`, from, to, now)
		if err != nil {
			return fmt.Errorf("moving the chat to its new id: %w", err)
		}
		return nil
	})
}

// NextTopicAt is when the chat's next daily topic or later reminder is due,
// and false if none is.
func (s *Store) NextTopicAt(ctx context.Context, chatID int64) (time.Time, bool, error) {
	var next sql.NullTime
	err := s.db.GetContext(ctx, &next, `SELECT LEAST(
		(SELECT next_at FROM chats WHERE chat_id = $1),
		(SELECT min(run_at) FROM deliveries WHERE chat_id = $1 AND state = 'pending'))`, chatID)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reading when the next topic is due: %w", err)
	}
	return next.Time, next.Valid, nil
}
