package store

import (
	"context"
	"slices"
	"time"

	"yolchi/internal/study"
)

// rhythmDiffers says whether what the chat keeps about its streak is not what
// follows from its log, and puts that into t.Chat.
func (t *Tx) rhythmDiffers(log []study.Event, days map[study.Day]study.Activity) bool {
	is, want := *t.Chat, *t.Chat
	want.StudiedDay, want.StreakEnds, want.SaverAt, want.StreakDays = nil, nil, nil, 0
	if want.Kind == "private" && want.Ready {
		want.planAsOf(log, days)
	}
	if is.SaverAt == nil && want.SaverAt != nil && !want.SaverAt.After(t.Now) {
		want.SaverAt = nil // it came
	}
	if is.StreakDays == want.StreakDays && same(is.StudiedDay, want.StudiedDay) && same(is.StreakEnds, want.StreakEnds) && sameInstant(is.SaverAt, want.SaverAt) {
		return false
	}
	*t.Chat = want
	return true
}

// planAsOf plans the saver as the last event did that could change the streak:
// nothing that time alone changes is kept.
func (c *Chat) planAsOf(log []study.Event, days map[study.Day]study.Activity) {
	for _, e := range slices.Backward(log) {
		if !e.Kind.MovesStreak() {
			continue
		}
		c.PlanSaver(study.StreakOf(days, study.CalendarOf(log, c.RemindDays), e.Day), e.At)
		if !c.WantsTopics() || !c.SaverOn {
			c.SaverAt = nil
		}
		return
	}
}

// putRhythm stores what follows from the streak, and nothing else of t.Chat.
func (t *Tx) putRhythm(ctx context.Context) error {
	c := t.Chat
	return t.exec(ctx, "rebuilding what follows from the streak", `UPDATE chats SET studied_day = $3, streak_ends = $4, saver_at = $5, streak_days = $6
		WHERE chat_id = $1 AND thread_id = $2`, c.ChatID, c.ThreadID, c.StudiedDay, c.StreakEnds, c.SaverAt, c.StreakDays)
}

func same(a, b *study.Day) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func sameInstant(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}
