package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yolchi/internal/study"
)

// Key names whoever follows a roadmap: a chat of Telegram and, in a forum, one
// of its threads; 0 elsewhere.
type Key struct {
	ChatID   int64 `db:"chat_id"`
	ThreadID int64 `db:"thread_id"`
}

// Person is the key of somebody's private chat, whose id is their own.
func Person(user int64) Key { return Key{ChatID: user} }

// Chat is whoever follows a roadmap.
type Chat struct {
	Key
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
	Pace         string         `db:"pace"` // groups and channels: how the position moves, see PaceCalendar
	PaceMembers  int            `db:"pace_members"`
	Started      bool           `db:"started"`  // not who is only known from a group: we may not write to them
	OwnerID      int64          `db:"owner_id"` // a channel's: who is told in private what it needs
	CreatedAt    time.Time      `db:"created_at"`
	CodeLanguage string         `db:"code_language"` // of the code in lessons; "" until chosen

	SaverOn    bool         `db:"saver_on"`
	SaverWish  int          `db:"saver_minute"` // after local midnight; see SaverMinute
	SaverAt    *time.Time   `db:"saver_at"`     // nil while the streak needs no word
	StreakEnds *study.Day   `db:"streak_ends"`  // with the end of this day, if nothing is studied; nil without a streak
	StudiedDay *study.Day   `db:"studied_day"`  // the last local day that counts for the streak
	Rhythm     study.Rhythm `db:"rhythm"`
	Ignored    int          `db:"ignored"` // messages since the last sign of life

	StreakDays int        `db:"streak_days"` // how long the streak was when StreakEnds was set
	SeenAt     *time.Time `db:"seen_at"`     // the last sign of life, at most seenPause behind; only updates move it

	Announcements bool `db:"announcements"` // false: refused for ever
}

// How the position of a group or channel moves on.
const (
	PaceCalendar = "calendar" // each study day
	PaceAdmin    = "admin"    // when an administrator says so
	PaceMembers  = "members"  // when so many members are done
)

const chatColumns = `chat_id, thread_id, kind, title, language, roadmap_id, zone, remind_minute, remind_days, remind_on,
	ready, paused_until, stopped_at, blocked_at, awaiting, topic_day, next_at,
	pace, pace_members, started, owner_id, created_at, code_language,
	saver_on, saver_minute, saver_at, streak_ends, studied_day, rhythm, ignored, streak_days, seen_at, announcements`

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
		gap := study.Day(1)
		if c.Rhythm == study.Weekly {
			gap = 7
		}
		s.From = max(s.From, *c.TopicDay+gap)
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
	if !c.WantsTopics() || !c.SaverOn {
		c.SaverAt = nil
	}
	if !c.WantsTopics() || c.Rhythm == study.Silent {
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
		blocked_at = $12, awaiting = $13, topic_day = $14, next_at = $15, pace = $16, pace_members = $17, owner_id = $18, started = $19,
		updated_at = $20, code_language = $22, saver_on = $23, saver_minute = $24, saver_at = $25, streak_ends = $26,
		studied_day = $27, rhythm = $28, ignored = $29, streak_days = $30, announcements = $31 WHERE chat_id = $1 AND thread_id = $21`,
		c.ChatID, c.Title, c.Language, c.RoadmapID, c.Zone, c.RemindMinute, int(c.RemindDays), c.RemindOn, c.Ready,
		c.PausedUntil, c.StoppedAt, c.BlockedAt, c.Awaiting, c.TopicDay, c.NextAt,
		c.Pace, c.PaceMembers, c.OwnerID, c.Started, t.Now, c.ThreadID, c.CodeLanguage,
		c.SaverOn, c.SaverWish, c.SaverAt, c.StreakEnds, c.StudiedDay, string(c.Rhythm), c.Ignored, c.StreakDays, c.Announcements)
}

// Block notes that Telegram lets us send nothing to the chat any more, in none
// of its threads. What it has learned stays. It returns what was open until
// then: somebody may have to be told.
func (s *Store) Block(ctx context.Context, chatID int64, now time.Time) ([]Chat, error) {
	var blocked []Chat
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &blocked, `UPDATE chats SET blocked_at = $2, next_at = NULL, saver_at = NULL, updated_at = $2
			WHERE chat_id = $1 AND blocked_at IS NULL RETURNING `+chatColumns, chatID, now)
	})
	if err != nil {
		return nil, fmt.Errorf("noting that the chat is closed to us: %w", err)
	}
	return blocked, nil
}

// Migrate moves everything of a group to the id of the supergroup that it
// became. It may be repeated, and come from both messages about it. Telegram may
// have told before that we left the group: in the supergroup we are.
func (s *Store) Migrate(ctx context.Context, from, to int64, now time.Time) error {
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		// The new id may have spoken before the move was known; it has nothing yet.
		_, err := tx.ExecContext(ctx, `DELETE FROM chats WHERE chat_id = $2 AND NOT ready
			AND EXISTS (SELECT 1 FROM chats WHERE chat_id = $1)`, from, to)
		if err != nil {
			return fmt.Errorf("making room for the moved chat: %w", err)
		}
		_, err = tx.ExecContext(ctx, `UPDATE chats SET chat_id = $2, kind = 'supergroup', updated_at = $3, blocked_at = NULL,
				next_at = CASE WHEN ready AND remind_on AND stopped_at IS NULL THEN COALESCE(next_at, $3) END
			WHERE chat_id = $1 AND NOT EXISTS (SELECT 1 FROM chats AS other WHERE other.chat_id = $2 AND other.thread_id = chats.thread_id)`,
			from, to, now)
		if err != nil {
			return fmt.Errorf("moving the chat to its new id: %w", err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO moves (chat_id, to_id, at) VALUES ($1, $2, $3) ON CONFLICT (chat_id) DO NOTHING`, from, to, now)
		if err != nil {
			return fmt.Errorf("noting where the chat moved: %w", err)
		}
		return nil
	})
}

// Moved is the id under which a chat is known now: its own, unless it is a
// group that became a supergroup.
func (s *Store) Moved(ctx context.Context, chatID int64) (int64, error) {
	return moved(ctx, s.db, chatID)
}

func moved(ctx context.Context, q sqlx.QueryerContext, chatID int64) (int64, error) {
	err := sqlx.GetContext(ctx, q, &chatID, `SELECT COALESCE((SELECT to_id FROM moves WHERE chat_id = $1), $1)`, chatID)
	if err != nil {
		return 0, fmt.Errorf("looking whether the chat moved: %w", err)
	}
	return chatID, nil
}

// NextTopicAt is when the next daily topic or later reminder of the chat is due,
// in whichever of its threads, and false if none is.
func (s *Store) NextTopicAt(ctx context.Context, chatID int64) (time.Time, bool, error) {
	var next sql.NullTime
	err := s.db.GetContext(ctx, &next, `SELECT LEAST(
		(SELECT min(LEAST(next_at, saver_at)) FROM chats WHERE chat_id = $1),
		(SELECT min(run_at) FROM deliveries WHERE chat_id = $1 AND state = 'pending'))`, chatID)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reading when the next topic is due: %w", err)
	}
	return next.Time, next.Valid, nil
}
