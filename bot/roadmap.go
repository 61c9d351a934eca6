package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// road is the chat's roadmap with how far it is there.
type road struct {
	*curriculum.Roadmap
	states map[string]study.TopicState
	at     string          // the present topic, "" at the end
	pace   *study.Pace     // of its plan by weeks; nil without one, and where it is not asked for
	passed map[string]bool // stages whose checkpoint was passed, where they are shown
}

// road reads where the chat is. Without a roadmap there is nothing to read, and
// the embedded one is nil.
func (t *turn) road(ctx context.Context) (r road, err error) {
	if r.Roadmap = t.roadmap(); r.Roadmap == nil {
		return r, nil
	}
	if r.states, err = t.tx.TopicStates(ctx); err != nil {
		return r, err
	}
	r.at, err = t.present(ctx)
	return r, err
}

// closed is how many of the roadmap's topics are done or known, and how many
// there are.
func (r road) closed() (closed, all int) { return countClosed(topicIDs(r.Roadmap), r.states) }

// roadmapCommand shows the stages and where the chat stands among them.
func (t *turn) roadmapCommand(ctx context.Context, _ string) error {
	return t.stages(ctx)
}

func (t *turn) pressStages(ctx context.Context, _ string) error { return t.stages(ctx) }

func (t *turn) stages(ctx context.Context) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	if road.Roadmap == nil {
		t.show(t.roadmapChoice())
		return nil
	}
	if road.pace, err = t.pace(ctx, road); err != nil {
		return err
	}
	if road.passed, err = t.tx.Passed(ctx); err != nil {
		return err
	}
	lines := t.stageLines(road)
	var keys telegram.Keyboard
	for i, stage := range road.Stages {
		keys = append(keys, row(button(fmt.Sprintf("%d. %s", i+1, stage.Text[t.lang()].Title), "stage", stage.ID)))
	}
	keys = append(keys, row(button(t.plain("button.about"), "about"), button(t.plain("button.today"), "today")))
	t.show(screen{strings.Join(lines, "\n"), keys})
	return nil
}

// stageLines are the roadmap's title, its plan and a line for each stage.
func (t *turn) stageLines(road road) []string {
	here := positionOf(road.Roadmap, road.at)
	lines := append([]string{t.T("standing.title", "Roadmap", road.Text[t.lang()].Title)}, t.planLines(road.pace, -1)...)
	lines = append(lines, "")
	for i, stage := range road.Stages {
		closed, all := countClosed(stageTopicIDs(stage), road.states)
		mark := stageMark(closed, all, i+1 == here.stage)
		if road.passed[stage.ID] && closed == all { // open again, it is shown as open; its own page keeps the badge
			mark = "🏅"
		}
		lines = append(lines, fmt.Sprintf("%s %d. %s · %d/%d", mark, i+1, telegram.Escape(stage.Text[t.lang()].Title), closed, all))
	}
	return lines
}

func stageTopicIDs(stage *curriculum.Stage) []string {
	ids := make([]string, len(stage.Topics))
	for i, topic := range stage.Topics {
		ids[i] = topic.ID
	}
	return ids
}

func stageMark(closed, all int, here bool) string {
	switch {
	case closed == all:
		return "✅"
	case here:
		return "📍"
	case closed > 0:
		return "🔸"
	}
	return "▫️"
}

func topicMark(state study.TopicState, here bool) string {
	switch {
	case here:
		return "📍"
	case state == study.TopicDone:
		return "✅"
	case state == study.TopicKnown:
		return "☑️"
	case state == study.TopicOpened:
		return "🔸"
	}
	return "▫️"
}

// pressStage opens a stage to its topics.
func (t *turn) pressStage(ctx context.Context, id string) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	if road.Roadmap == nil {
		return errOld
	}
	if road.pace, err = t.pace(ctx, road); err != nil {
		return err
	}
	for i, stage := range road.Stages {
		if stage.ID == id {
			if road.passed, err = t.tx.Passed(ctx); err != nil {
				return err
			}
			t.show(t.stageScreen(road, stage, i+1))
			return nil
		}
	}
	return errOld
}

func (t *turn) stageScreen(road road, stage *curriculum.Stage, n int) screen {
	text := stage.Text[t.lang()]
	lines := []string{"<b>" + telegram.Escape(text.Title) + "</b>", t.T("stage.place", "Stage", n, "Stages", len(road.Stages))}
	if stage.Weeks != nil {
		lines[1] += " · " + t.T("stage.weeks", "Min", stage.Weeks.Min, "Max", stage.Weeks.Max)
	}
	lines = append(lines, t.planLines(road.pace, n-1)...)
	if road.passed[stage.ID] {
		lines = append(lines, t.T("stage.passed"))
	}
	if text.Goal != "" {
		lines = append(lines, "", telegram.Escape(text.Goal))
	}
	var keys telegram.Keyboard
	if text.Project != nil {
		lines = append(lines, "", t.T("stage.project", "Project", text.Project.Title))
	}
	for _, topic := range stage.Topics {
		mark := topicMark(road.states[topic.ID], topic.ID == road.at)
		keys = append(keys, row(button(mark+" "+topic.Text[t.lang()].Title, "topic", topic.ID)))
	}
	keys = append(keys, t.stageQuizRow(stage, road.states, road.passed[stage.ID])...)
	last := row(button(t.plain("button.back"), "stages"))
	if text.Project != nil {
		last = append(last, button(t.plain("button.project"), "project", stage.ID))
	}
	keys = append(keys, t.chooseKeyOf(road.Roadmap, stage)...)
	return screen{strings.Join(lines, "\n"), append(keys, last)}
}

// pressProject shows what to build with a stage, and how to see that it is
// done.
func (t *turn) pressProject(ctx context.Context, id string) error {
	roadmap := t.roadmap()
	if roadmap == nil {
		return errOld
	}
	i := slices.IndexFunc(roadmap.Stages, func(s *curriculum.Stage) bool { return s.ID == id })
	if i < 0 || roadmap.Stages[i].Text[t.lang()].Project == nil {
		return errOld
	}
	stage := roadmap.Stages[i].Text[t.lang()]
	lines := []string{
		t.T("stage.project", "Project", stage.Project.Title), t.T("project.of", "Stage", stage.Title), "",
		telegram.HTML(stage.Project.Task), "", t.T("project.check"),
	}
	for _, point := range stage.Project.Checklist {
		lines = append(lines, "▫️ "+telegram.Escape(point))
	}
	t.show(screen{firstMessage(strings.Join(lines, "\n")), rows(row(button(t.plain("button.back"), "stage", id), button(t.plain("button.today"), "today")))})
	return nil
}

// pressTopic shows what a topic is about, before reading it or moving to it.
func (t *turn) pressTopic(ctx context.Context, id string) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	topic, ok := t.bot.Library.Topic(id)
	if !ok || road.Roadmap == nil {
		return errOld
	}
	text := topic.Text[t.lang()]
	lines := []string{"<b>" + telegram.Escape(text.Title) + "</b>", t.place(topic), t.T("topic.state." + stateKey(road.states[id], id == road.at))}
	if text.Why != "" {
		lines = append(lines, "", telegram.Escape(text.Why))
	}
	keys := rows(row(button(t.plain("button.read"), "read", id)))
	back := button(t.plain("button.back"), "stages")
	if stage, _, ok := road.Find(id); ok {
		back = button(t.plain("button.back"), "stage", road.Stages[stage].ID)
		if id != road.at {
			keys = append(keys, row(button(t.plain("button.go"), "go", id)))
		}
	}
	keys = append(keys, row(back))
	t.show(screen{strings.Join(lines, "\n"), keys})
	return nil
}

func stateKey(state study.TopicState, here bool) string {
	switch {
	case here:
		return "here"
	case state == "":
		return "new"
	}
	return string(state)
}

// pressRead shows a topic's lesson without moving.
func (t *turn) pressRead(ctx context.Context, id string) error {
	if id == "" {
		return errOld
	}
	return t.lesson(ctx, id, "")
}

// pressGo goes on from another topic.
func (t *turn) pressGo(ctx context.Context, id string) error {
	roadmap := t.roadmap()
	if roadmap == nil {
		return errOld
	}
	if _, _, ok := roadmap.Find(id); !ok {
		return errOld
	}
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	if at == id {
		t.toast(t.plain("go.already"))
		return nil
	}
	err = t.record(ctx, study.Event{Kind: study.Moved, Roadmap: roadmap.ID, Topic: id, Detail: study.Detail{From: at, To: &id}})
	if err != nil {
		return err
	}
	t.toast(t.plain("go.toast"))
	return t.lesson(ctx, id, t.T("go.lead"))
}

// roadmapChoice offers every roadmap with its size.
func (t *turn) roadmapChoice() screen {
	lines := []string{t.T("roadmaps.choose")}
	if t.roadGone() {
		lines = []string{t.T("road.gone")}
	}
	var keys telegram.Keyboard
	for _, roadmap := range t.bot.Library.Roadmaps() {
		title := roadmap.Text[t.lang()].Title
		lines = append(lines, t.T("roadmaps.entry", "Title", title, "Size", markup(t.size(roadmap))))
		mark := ""
		if roadmap.ID == t.chat.RoadmapID && t.chat.Ready {
			mark = "📍 "
		}
		keys = append(keys, row(button(mark+title, "road", roadmap.ID)))
	}
	return screen{firstMessage(strings.Join(lines, "\n\n")), keys}
}

// size is "64 topics · about 9 weeks", or the weeks that its plan gives it.
func (t *turn) size(roadmap *curriculum.Roadmap) string {
	n := len(roadmap.Topics())
	weeks := t.T("roadmaps.weeks", "Count", (n+6)/7)
	if stages := planStages(roadmap); stages != nil {
		shortest, longest := 0, 0
		for _, stage := range stages {
			shortest, longest = shortest+stage.MinWeeks, longest+stage.MaxWeeks
		}
		weeks = t.T("stage.weeks", "Min", shortest, "Max", longest)
	}
	return t.T("roadmaps.topics", "Count", n) + " · " + weeks
}
