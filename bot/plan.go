package bot

import (
	"context"

	"yolchi/internal/curriculum"
	"yolchi/internal/study"
)

// pace is where the plan of the road is today. It is nil where there is none:
// a stage has no weeks, or everything is done.
func (t *turn) pace(ctx context.Context, r road) (*study.Pace, error) {
	stages := planStages(r.Roadmap)
	closed, all := r.closed()
	if stages == nil || closed == all {
		return nil, nil
	}
	started, err := t.tx.Started(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	days, err := t.tx.Days(ctx)
	if err != nil {
		return nil, err
	}
	plan := study.Plan{Stages: stages, Start: t.today(), Days: t.chat.RemindDays}
	if !started.IsZero() {
		plan.Start = t.chat.Today(started)
	}
	pace := plan.Pace(t.today(), closed, days)
	return &pace, nil
}

// planStages are the stages with their weeks, nil if one has none.
func planStages(roadmap *curriculum.Roadmap) []study.PlanStage {
	var stages []study.PlanStage
	for _, s := range roadmap.Stages {
		if s.Weeks == nil {
			return nil
		}
		stages = append(stages, study.PlanStage{Topics: len(s.Topics), MinWeeks: s.Weeks.Min, MaxWeeks: s.Weeks.Max})
	}
	return stages
}

// planLines is the plan in one friendly line, on the page of a stage or (-1) of
// the whole road; none without a plan.
func (t *turn) planLines(p *study.Pace, stage int) []string {
	if p == nil {
		return nil
	}
	if p.Over() {
		return []string{t.T("plan.over", "Max", p.Max)}
	}
	key := "plan.week"
	if stage == p.Stage {
		key = "plan.stage"
	}
	week := t.T(key, "Week", p.Week, "Min", p.Min, "Max", p.Max)
	switch {
	case p.Ahead > 0:
		return []string{week + " · " + t.T("plan.ahead", "Count", p.Ahead)}
	case p.Behind > 0:
		return []string{week + " · " + t.T("plan.behind")}
	}
	return []string{week + " · " + t.T("plan.on")}
}
