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

// roadmapCommand shows the stages and where the chat stands among them.
func (t *turn) roadmapCommand(ctx context.Context, _ string) error {
	return t.stages(ctx)
}

func (t *turn) pressStages(ctx context.Context, _ string) error { return t.stages(ctx) }

func (t *turn) stages(ctx context.Context) error {
	roadmap := t.roadmap()
	if roadmap == nil {
		t.show(t.roadmapChoice())
		return nil
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	here := positionOf(roadmap, at)
	lines := []string{t.T("standing.title", "Roadmap", roadmap.Text[t.lang()].Title), ""}
	var keys telegram.Keyboard
	for i, stage := range roadmap.Stages {
		closed, all := countClosed(stageTopicIDs(stage), states)
		title := stage.Text[t.lang()].Title
		lines = append(lines, fmt.Sprintf("%s %d. %s · %d/%d", stageMark(closed, all, i+1 == here.stage), i+1, telegram.Escape(title), closed, all))
		keys = append(keys, row(button(fmt.Sprintf("%d. %s", i+1, title), "stage", stage.ID)))
	}
	keys = append(keys, row(button(t.plain("button.about"), "about"), button(t.plain("button.today"), "today")))
	t.show(screen{strings.Join(lines, "\n"), keys})
	return nil
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
	roadmap := t.roadmap()
	if roadmap == nil {
		return errOld
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	for i, stage := range roadmap.Stages {
		if stage.ID == id {
			t.show(t.stageScreen(stage, i+1, len(roadmap.Stages), states, at))
			return nil
		}
	}
	return errOld
}

func (t *turn) stageScreen(stage *curriculum.Stage, n, of int, states map[string]study.TopicState, at string) screen {
	text := stage.Text[t.lang()]
	lines := []string{"<b>" + telegram.Escape(text.Title) + "</b>", t.T("stage.place", "Stage", n, "Stages", of)}
	if stage.Weeks != nil {
		lines[1] += " · " + t.T("stage.weeks", "Min", stage.Weeks.Min, "Max", stage.Weeks.Max)
	}
	if text.Goal != "" {
		lines = append(lines, "", telegram.Escape(text.Goal))
	}
	var keys telegram.Keyboard
	if text.Project != nil {
		lines = append(lines, "", t.T("stage.project", "Project", text.Project.Title))
	}
	for _, topic := range stage.Topics {
		mark := topicMark(states[topic.ID], topic.ID == at)
		keys = append(keys, row(button(mark+" "+topic.Text[t.lang()].Title, "topic", topic.ID)))
	}
	last := row(button(t.plain("button.back"), "stages"))
	if text.Project != nil {
		last = append(last, button(t.plain("button.project"), "project", stage.ID))
	}
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
	roadmap := t.roadmap()
	topic, ok := t.bot.Library.Topic(id)
	if !ok || roadmap == nil {
		return errOld
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	text := topic.Text[t.lang()]
	lines := []string{"<b>" + telegram.Escape(text.Title) + "</b>", t.place(topic), t.T("topic.state." + stateKey(states[id], id == at))}
	if text.Why != "" {
		lines = append(lines, "", telegram.Escape(text.Why))
	}
	keys := rows(row(button(t.plain("button.read"), "read", id)))
	back := button(t.plain("button.back"), "stages")
	if stage, _, ok := roadmap.Find(id); ok {
		back = button(t.plain("button.back"), "stage", roadmap.Stages[stage].ID)
		if id != at {
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
