package bot

import (
	"context"
	"fmt"
	"strings"

	"yolchi/internal/locale"
	"yolchi/internal/picture"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

const (
	paceDays = 14     // how far back the pace is measured
	heatDays = 26 * 7 // how far back the picture looks
)

func (t *turn) progressCommand(ctx context.Context, _ string) error { return t.progress(ctx) }

func (t *turn) pressProgress(ctx context.Context, _ string) error { return t.progress(ctx) }

// progress is how far the chat has come.
type progress struct {
	road
	days              map[study.Day]study.Activity
	answered, correct int
	streak            int
	closed, all       int    // topics
	finish            string // the day on which the road ends at this pace; "" when it has
}

// progress shows the road with where the chat stands on it, what is done of
// all, the streak, the share of right answers, and the day on which the road
// ends at this pace: as a picture, or in words where it has no room for the
// road.
func (t *turn) progress(ctx context.Context) error {
	p, err := t.readProgress(ctx)
	if err != nil {
		return err
	}
	if p.Roadmap == nil {
		t.show(t.roadmapChoice())
		return nil
	}
	keys := rows(row(button(t.plain("button.today"), "today"), button(t.plain("button.roadmap"), "stages")))
	if n := len(p.Stages); n < 1 || n > picture.MaxStages {
		t.show(screen{t.progressText(p), keys})
		return nil
	}
	drawn := t.progressPicture(p)
	t.illustrate(drawing{Progress: &drawn}, t.progressCaption(p), keys)
	return nil
}

func (t *turn) readProgress(ctx context.Context) (p progress, err error) {
	if p.road, err = t.road(ctx); err != nil || p.Roadmap == nil {
		return p, err
	}
	if p.pace, err = t.pace(ctx, p.road); err != nil {
		return p, err
	}
	if p.days, err = t.tx.Days(ctx); err != nil {
		return p, err
	}
	if p.answered, p.correct, err = t.tx.Accuracy(ctx); err != nil {
		return p, err
	}
	streak, err := t.streakOf(ctx, p.days)
	if err != nil {
		return p, err
	}
	p.streak = streak.Days
	if p.closed, p.all = p.road.closed(); p.closed < p.all {
		p.finish = t.date(t.finish(p.days, p.all-p.closed))
	}
	return p, nil
}

// progressText is the whole of it in words.
func (t *turn) progressText(p progress) string {
	lines := []string{
		t.T("standing.title", "Roadmap", p.Text[t.lang()].Title),
		bar(p.closed, p.all) + " " + t.T("done.count", "Done", p.closed, "All", p.all),
	}
	lines = append(append(lines, t.planLines(p.pace, -1)...), "")
	for i, stage := range p.Stages {
		done, of := countClosed(stageTopicIDs(stage), p.states)
		lines = append(lines, fmt.Sprintf("%s %d. %s", bar(done, of), i+1, telegram.Escape(stage.Text[t.lang()].Title)))
	}
	return strings.Join(append(append(lines, ""), t.progressFigures(p)...), "\n")
}

// progressCaption says what the picture shows.
func (t *turn) progressCaption(p progress) string {
	lines := []string{
		t.T("standing.title", "Roadmap", p.Text[t.lang()].Title),
		bar(p.closed, p.all) + " " + t.T("done.count", "Done", p.closed, "All", p.all),
	}
	if here := positionOf(p.Roadmap, p.at); here.stage > 0 {
		title := p.Stages[here.stage-1].Text[t.lang()].Title
		lines = append(lines, "📍 "+t.T("stage.place", "Stage", here.stage, "Stages", here.stages)+": "+telegram.Escape(title))
	} else {
		lines = append(lines, "🏔 "+t.T("progress.end"))
	}
	lines = append(append(append(lines, t.planLines(p.pace, -1)...), ""), t.progressFigures(p)...)
	studied := 0
	for day := t.today() - heatDays + 1; day <= t.today(); day++ {
		if p.days[day].Studied() {
			studied++
		}
	}
	if studied > 0 {
		lines = append(lines, t.T("progress.weeks", "Count", studied))
	}
	return strings.Join(lines, "\n")
}

// fewAnswers say nothing yet about how many are right.
const fewAnswers = topicQuestions

func (t *turn) progressFigures(p progress) []string {
	var lines []string
	if p.streak > 0 {
		lines = append(lines, t.T("progress.streak", "Count", p.streak))
	}
	if p.answered >= fewAnswers {
		lines = append(lines, t.T("progress.accuracy", "Correct", p.correct, "All", p.answered, "Percent", p.correct*100/p.answered))
	}
	if p.finish != "" {
		lines = append(lines, t.T("progress.finish", "Day", p.finish))
	}
	return lines
}

func (t *turn) progressPicture(p progress) picture.Progress {
	drawn := picture.Progress{
		Title: p.Text[t.lang()].Title, Here: -1, Place: t.plain("progress.end"),
		Figures: []picture.Figure{{Value: fmt.Sprintf("%d / %d", p.closed, p.all), Label: t.plain("progress.topics")}},
		Heat:    picture.Heat{Title: t.plain("progress.heat"), Today: t.today(), Done: map[study.Day]int{}, Months: locale.ShortMonths(t.lang())},
	}
	for _, stage := range p.Stages {
		closed, all := countClosed(stageTopicIDs(stage), p.states)
		drawn.Stages = append(drawn.Stages, picture.Stage{Closed: closed, All: all})
	}
	if here := positionOf(p.Roadmap, p.at); here.stage > 0 {
		drawn.Here = here.stage - 1
		drawn.Place = t.plain("stage.place", "Stage", here.stage, "Stages", here.stages)
		drawn.Stage = p.Stages[drawn.Here].Text[t.lang()].Title
	}
	if p.answered >= fewAnswers {
		drawn.Figures = append(drawn.Figures, picture.Figure{Value: fmt.Sprintf("%d%%", p.correct*100/p.answered), Label: t.plain("progress.right")})
	}
	drawn.Figures = append(drawn.Figures, picture.Figure{Value: fmt.Sprint(p.streak), Label: t.plain("progress.row")})
	for day, activity := range p.days {
		if done := activity.Topics + activity.Answers; done > 0 && day > t.today()-heatDays {
			drawn.Heat.Done[day] = done
		}
	}
	if p.finish != "" {
		drawn.Finish = t.plain("progress.ends", "Day", p.finish)
	}
	return drawn
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
