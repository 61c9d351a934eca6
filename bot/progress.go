package bot

import (
	"context"
	"fmt"
	"strings"

	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// paceDays is how far back the pace is measured, in days.
const paceDays = 14

func (t *turn) progressCommand(ctx context.Context, _ string) error { return t.progress(ctx) }

func (t *turn) pressProgress(ctx context.Context, _ string) error { return t.progress(ctx) }

// progress shows the stages with bars, what is done of all, the streak, the
// share of right answers, and the day on which the road ends at this pace.
func (t *turn) progress(ctx context.Context) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	if road.Roadmap == nil {
		t.show(t.roadmapChoice())
		return nil
	}
	days, err := t.tx.Days(ctx)
	if err != nil {
		return err
	}
	answered, correct, err := t.tx.Accuracy(ctx)
	if err != nil {
		return err
	}
	streak, err := t.streakOf(ctx, days)
	if err != nil {
		return err
	}
	closed, all := road.closed()
	lines := []string{
		t.T("standing.title", "Roadmap", road.Text[t.lang()].Title),
		bar(closed, all) + " " + t.T("done.count", "Done", closed, "All", all),
		"",
	}
	for i, stage := range road.Stages {
		done, of := countClosed(stageTopicIDs(stage), road.states)
		lines = append(lines, fmt.Sprintf("%s %d. %s", bar(done, of), i+1, telegram.Escape(stage.Text[t.lang()].Title)))
	}
	lines = append(lines, "")
	if streak.Days > 0 {
		lines = append(lines, t.T("progress.streak", "Count", streak.Days))
	}
	if answered > 0 {
		lines = append(lines, t.T("progress.accuracy", "Correct", correct, "All", answered, "Percent", correct*100/answered))
	}
	if closed < all {
		lines = append(lines, t.T("progress.finish", "Day", t.date(t.finish(days, all-closed))))
	}
	t.show(screen{strings.Join(lines, "\n"), rows(row(button(t.plain("button.today"), "today"), button(t.plain("button.roadmap"), "stages")))})
	return nil
}

// finish is the day on which the rest is done at the pace of the last days.
func (t *turn) finish(days map[study.Day]study.Activity, left int) study.Day {
	today := t.today()
	first := max(t.chat.Today(t.chat.CreatedAt), today-paceDays+1)
	closed := 0
	for day := first; day <= today; day++ {
		closed += days[day].Topics
	}
	return study.Finish(today, left, t.chat.RemindDays, closed, int(today-first)+1)
}
