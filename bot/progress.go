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
	paceDays = 14     // on which the pace is measured
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
	closed, all       int // topics
	finish            finish
}

// finish is the local day on which the road ends; 0 when it has.
type finish struct {
	day      study.Day
	measured bool // at the chat's own pace, not the one that was promised
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
		p.finish, err = t.finish(ctx, p)
	}
	return p, err
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
	switch {
	case p.finish.day == 0:
	case p.finish.measured:
		lines = append(lines, t.T("progress.finish", "Day", t.date(p.finish.day)))
	default:
		lines = append(lines, t.T("progress.promise", "Day", t.date(p.finish.day)))
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
	inRow := "progress.row"
	if p.streak == 1 {
		inRow = "progress.row.one"
	}
	drawn.Figures = append(drawn.Figures, picture.Figure{Value: fmt.Sprint(p.streak), Label: t.plain(inRow)})
	for day, activity := range p.days {
		if activity.Studied() && day > t.today()-heatDays && day <= t.today() {
			drawn.Heat.Done[day] = activity.Topics + activity.Answers
		}
	}
	switch {
	case p.finish.day == 0:
	case p.finish.measured:
		drawn.Finish = t.plain("progress.ends", "Day", t.date(p.finish.day))
	default:
		drawn.Finish = t.plain("progress.promised", "Day", t.date(p.finish.day))
	}
	return drawn
}

// finish is when the rest of the road is done at the pace of the last days on it
// that were no rest.
func (t *turn) finish(ctx context.Context, p progress) (finish, error) {
	started, err := t.tx.Started(ctx, p.ID)
	if err != nil {
		return finish{}, err
	}
	first, after := t.today(), t.today()
	if !started.IsZero() {
		first = t.chat.Today(started)
	}
	if until := t.chat.PausedUntil; until != nil {
		after = max(after, *until-1)
	}
	closed, within := 0, 0
	for day := t.today(); day >= first && within < paceDays; day-- {
		if !p.days[day].Paused {
			closed, within = closed+p.days[day].Topics, within+1
		}
	}
	var f finish
	f.day, f.measured = study.Finish(after, p.all-p.closed, t.chat.RemindDays, closed, within)
	return f, nil
}
