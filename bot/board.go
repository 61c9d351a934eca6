package bot

import (
	"context"
	"fmt"
	"strings"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// topCommand shows who has the most points, this week and of all time.
func (t *turn) topCommand(ctx context.Context, _ string) error {
	week, err := t.tx.WeekBoard(ctx)
	if err != nil {
		return err
	}
	all, err := t.tx.AllBoard(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		t.say(screen{t.T("board.empty"), nil})
		return nil
	}
	var lines []string
	if len(week) > 0 {
		lines = append(lines, t.T("board.week"), t.board(week), "")
	}
	lines = append(lines, t.T("board.all"), t.board(all), "", t.T("board.rules"))
	t.say(screen{strings.Join(lines, "\n"), nil})
	return nil
}

// board is one line for each member; equal points share a place.
func (t *turn) board(members []store.Member) string {
	lines := make([]string, len(members))
	for i, m := range members {
		name := telegram.Escape(m.Name)
		if m.Hidden || m.Name == "" {
			name = t.T("board.hidden")
		}
		place := medal(m.Place)
		if m.Points == 0 {
			place = "·"
		}
		lines[i] = fmt.Sprintf("%s %s · %d", place, name, m.Points)
	}
	return strings.Join(lines, "\n")
}

func medal(place int) string {
	switch place {
	case 1:
		return "🥇"
	case 2:
		return "🥈"
	case 3:
		return "🥉"
	}
	return fmt.Sprintf("%d.", place)
}

func sum(results []store.Result) (votes, right int) {
	for _, r := range results {
		votes, right = votes+r.Votes, right+r.Right
	}
	return votes, right
}
