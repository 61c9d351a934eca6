package store

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"yolchi/internal/study"
)

// score is what a member has on the board.
type score struct {
	Points     int       `db:"points"`
	Week       study.Day `db:"week"`        // the Monday of WeekPoints
	WeekPoints int       `db:"week_points"` // since then
}

// scores are those of all members of the chat.
func (t *Tx) scores(ctx context.Context) (map[int64]score, error) {
	var rows []struct {
		User int64 `db:"user_id"`
		score
	}
	err := t.all(ctx, &rows, `SELECT user_id, points, week, week_points FROM members WHERE chat_id = $1 AND thread_id = $2`,
		t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return nil, fmt.Errorf("reading the members' points: %w", err)
	}
	all := make(map[int64]score, len(rows))
	for _, row := range rows {
		all[row.User] = row.score
	}
	return all, nil
}

// scoresOf are the scores of the same members that follow from the log, oldest
// event first. That somebody is a member at all, and since which week, does not
// stand there.
func scoresOf(log []study.Event, members map[int64]score) map[int64]score {
	all := make(map[int64]score, len(members))
	for user, is := range members {
		all[user] = score{Week: is.Week}
	}
	for _, e := range log {
		s, member := all[e.User]
		if !member || e.Detail.Points == 0 {
			continue
		}
		if week := e.Day.Monday(); week != s.Week {
			s.Week, s.WeekPoints = week, 0
		}
		s.Points += e.Detail.Points
		s.WeekPoints += e.Detail.Points
		all[e.User] = s
	}
	return all
}

func (t *Tx) putScores(ctx context.Context, all map[int64]score) error {
	var users, points, weekPoints pq.Int64Array
	var weeks pq.StringArray
	for user, s := range all {
		users, points = append(users, user), append(points, int64(s.Points))
		weeks, weekPoints = append(weeks, s.Week.String()), append(weekPoints, int64(s.WeekPoints))
	}
	return t.exec(ctx, "rebuilding the members' points", `UPDATE members SET points = v.points, week = v.week, week_points = v.week_points
		FROM unnest($3::bigint[], $4::integer[], $5::date[], $6::integer[]) AS v(user_id, points, week, week_points)
		WHERE chat_id = $1 AND thread_id = $2 AND members.user_id = v.user_id`, t.Chat.ChatID, t.Chat.ThreadID, users, points, weeks, weekPoints)
}
