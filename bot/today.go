package bot

import (
	"context"
	"maps"
	"strings"
	"time"

	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// eveningMinute is what "this evening" means, after local midnight.
const eveningMinute = 20 * 60

// present is where the chat stands on its roadmap: a topic, or "" at the end.
func (t *turn) present(ctx context.Context) (string, error) {
	topic, kept, err := t.find(ctx)
	if err != nil || kept || t.roadmap() == nil {
		return topic, err
	}
	return topic, t.record(ctx, study.Event{Kind: study.Enrolled, Roadmap: t.chat.RoadmapID, Detail: study.Detail{To: &topic}})
}

// find looks where the chat stands. If no position is kept, that of a topic
// which is not on the road any more, or the end of a road that has grown since,
// it is the first open one.
func (t *turn) find(ctx context.Context) (topic string, kept bool, err error) {
	roadmap := t.roadmap()
	if roadmap == nil {
		return "", false, nil
	}
	topic, enrolled, err := t.tx.Position(ctx, roadmap.ID)
	if err != nil {
		return "", false, err
	}
	if _, _, on := roadmap.Find(topic); enrolled && on {
		return topic, true, nil
	}
	t.strayed = enrolled && topic != ""
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return "", false, err
	}
	next := study.Advance(topicIDs(roadmap), "", func(id string) bool { return states[id].Closed() })
	return next, enrolled && topic == "" && next == "", nil
}

// todayCommand shows the present topic.
func (t *turn) todayCommand(ctx context.Context, _ string) error {
	topic, err := t.present(ctx)
	if err != nil {
		return err
	}
	if t.roadmap() == nil { // it was taken out of the library
		t.say(t.roadmapChoice())
		return nil
	}
	return t.lesson(ctx, topic, t.strayedLead(topic))
}

func (t *turn) pressToday(ctx context.Context, _ string) error { return t.todayCommand(ctx, "") }

// nextCommand closes the present topic and goes on at once.
func (t *turn) nextCommand(ctx context.Context, _ string) error {
	topic, err := t.present(ctx)
	if err != nil {
		return err
	}
	if topic == "" {
		return t.finished(ctx)
	}
	if t.strayed { // this one was not read yet
		return t.lesson(ctx, topic, t.strayedLead(topic))
	}
	next, err := t.close(ctx, topic, study.Done)
	if err != nil {
		return err
	}
	if err := t.offerCheckpoint(ctx, topic); err != nil {
		return err
	}
	return t.lesson(ctx, next, t.T("next.done", "Topic", t.title(topic)))
}

// close ends a topic as done or known and returns where the chat stands then.
func (t *turn) close(ctx context.Context, topic string, kind study.Kind) (next string, err error) {
	return t.closeAll(ctx, []string{topic}, kind, "")
}

// closeAll is close for open topics that are closed together, with the stage
// that they stand for if they do.
func (t *turn) closeAll(ctx context.Context, topics []string, kind study.Kind, stage string) (next string, err error) {
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return "", err
	}
	states = maps.Clone(states)
	if states == nil {
		states = map[string]study.TopicState{}
	}
	at, err := t.present(ctx)
	if err != nil {
		return "", err
	}
	if err := t.tx.NoLater(ctx); err != nil {
		return "", err
	}
	closed := study.TopicDone
	if kind == study.Known {
		closed = study.TopicKnown
	}
	for _, topic := range topics {
		detail := study.Detail{Was: states[topic], Stage: stage}
		if at == topic {
			to := study.Advance(topicIDs(t.roadmap()), topic, func(id string) bool { return states[id].Closed() })
			detail.From, detail.To, at = at, &to, to
		}
		if err := t.record(ctx, study.Event{Kind: kind, Roadmap: t.chat.RoadmapID, Topic: topic, Detail: detail}); err != nil {
			return "", err
		}
		if err := t.celebrateStep(ctx, topic, kind, states); err != nil {
			return "", err
		}
		states[topic] = closed
	}
	return at, nil
}

// closable checks that a pressed button's topic exists and is still open. A
// second tap finds it closed.
func (t *turn) closable(ctx context.Context, topic string) (bool, error) {
	found, ok := t.bot.Library.Topic(topic)
	if !ok {
		return false, errOld
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return false, err
	}
	if states[topic].Closed() {
		t.toast(t.plain("done.already"))
		t.closedKeys(found, states[topic])
		return false, nil
	}
	return true, nil
}

// pressDone closes the lesson's topic and says what comes next, and when.
func (t *turn) pressDone(ctx context.Context, topic string) error {
	if ok, err := t.closable(ctx, topic); err != nil || !ok {
		return err
	}
	next, err := t.close(ctx, topic, study.Done)
	if err != nil {
		return err
	}
	found, _ := t.bot.Library.Topic(topic)
	t.closedKeys(found, study.TopicDone)
	t.toast(t.plain("done.toast"))
	if next == "" {
		if err := t.offerCheckpoint(ctx, topic); err != nil {
			return err
		}
		return t.finished(ctx)
	}
	return t.sayDone(ctx, topic, next)
}

func (t *turn) sayDone(ctx context.Context, topic, next string) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	days, err := t.tx.Days(ctx)
	if err != nil {
		return err
	}
	closed, all := road.closed()
	summary := t.T("done.count", "Done", closed, "All", all)
	streak, err := t.streakOf(ctx, days)
	if err != nil {
		return err
	}
	if streak.Days > 1 {
		summary += " · " + t.T("done.streak", "Count", streak.Days)
	}
	lines := []string{t.T("done.title", "Topic", t.title(topic)), summary}
	found, _ := t.bot.Library.Topic(topic)
	lines = append(lines, t.streakLines(streak, days[t.today()], len(found.Questions) > 0)...)
	keys := rows(
		row(button(t.plain("button.now"), "today")),
		row(button(t.plain("button.undo"), "undo"), button(t.plain("button.progress"), "progress")),
	)
	if i, _, ok := road.Find(topic); ok && stageClosed(road.Stages[i].Topics, road.states) {
		stage := road.Stages[i]
		checkpoint, err := t.checkpointRow(ctx, stage)
		if err != nil {
			return err
		}
		lines = append(lines, t.stageDone(stage, checkpoint))
		if stage.Text[t.lang()].Project != nil {
			keys = append(keys, row(button(t.plain("button.project"), "project", stage.ID)))
		}
		keys = append(keys, checkpoint...)
	}
	review, err := t.reviewRow(ctx)
	if err != nil {
		return err
	}
	keys = append(keys, review...)
	lines = append(lines, "", t.upcoming(next))
	t.say(screen{strings.Join(lines, "\n"), keys})
	return nil
}

// upcoming says which topic is next and when it comes by itself.
func (t *turn) upcoming(next string) string {
	title := t.title(next)
	if !t.chat.WantsTopics() {
		return t.T("upcoming.anytime", "Topic", title)
	}
	return t.T("upcoming.at", "Topic", title, "When", t.when(t.chat.Schedule().Next(t.now())))
}

// pressKnow marks the topic as known before and goes on at once.
func (t *turn) pressKnow(ctx context.Context, topic string) error {
	if ok, err := t.closable(ctx, topic); err != nil || !ok {
		return err
	}
	next, err := t.close(ctx, topic, study.Known)
	if err != nil {
		return err
	}
	found, _ := t.bot.Library.Topic(topic)
	t.keys(t.lessonKeys(found, study.TopicKnown))
	t.toast(t.plain("know.toast"))
	if err := t.offerCheckpoint(ctx, topic); err != nil {
		return err
	}
	return t.lesson(ctx, next, "")
}

// pressLater offers when the lesson may come again.
func (t *turn) pressLater(ctx context.Context, topic string) error {
	if _, ok := t.bot.Library.Topic(topic); !ok {
		return errOld
	}
	keys := rows(row(button(t.plain("later.hour"), "in", "hour", topic)))
	if t.now().Before(t.evening()) {
		keys[0] = append(keys[0], button(t.plain("later.evening", "Hour", clock(eveningMinute)), "in", "evening", topic))
	}
	keys = append(keys, row(button(t.plain("later.tomorrow"), "in", "tomorrow", topic), button(t.plain("button.back"), "back", topic)))
	t.keys(t.stillMuted(keys, topic))
	return nil
}

func (t *turn) evening() time.Time { return t.today().At(eveningMinute, t.chat.Location()) }

// pressIn plans the present topic once more.
func (t *turn) pressIn(ctx context.Context, arg string) error {
	wish, topic, _ := strings.Cut(arg, ":")
	at := t.now().Add(time.Hour)
	switch wish {
	case "hour":
	case "evening":
		if at = t.evening(); !at.After(t.now()) {
			return errOld
		}
	case "tomorrow":
		at = (t.today() + 1).At(t.chat.RemindMinute, t.chat.Location())
	default:
		return errOld
	}
	// The daily topic brings it anyway if it comes at that very time.
	if next := t.chat.Schedule().Next(t.now()); !t.chat.WantsTopics() || !next.Equal(at) {
		if err := t.tx.Later(ctx, at); err != nil {
			return err
		}
	}
	t.toast(t.plain("later.set", "When", t.when(at)))
	return t.pressBack(ctx, topic)
}

// pressBack puts the lesson's own buttons back.
func (t *turn) pressBack(ctx context.Context, topic string) error {
	found, ok := t.bot.Library.Topic(topic)
	if !ok {
		return errOld
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	review, err := t.reviewRow(ctx)
	if err != nil {
		return err
	}
	t.keys(t.stillMuted(append(t.lessonKeys(found, states[topic]), review...), topic))
	return nil
}

// undoCommand takes the last step back, and with one topic of a stage that was
// known as a whole all of them.
func (t *turn) undoCommand(ctx context.Context, _ string) error {
	steps, err := t.tx.LastSteps(ctx)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		t.say(screen{t.T("undo.nothing"), nil})
		return nil
	}
	for _, step := range steps {
		detail := study.Detail{Step: step.Kind, StepDay: &step.Day, Was: step.Detail.Was}
		if step.Detail.To != nil {
			detail.To = &step.Detail.From
		}
		err := t.record(ctx, study.Event{Kind: study.Undone, Roadmap: step.Roadmap, Topic: step.Topic, Detail: detail})
		if err != nil {
			return err
		}
	}
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	html := t.T("undo.done", "Topic", t.title(steps[0].Topic))
	switch stage := t.stage(steps[0].Detail.Stage); {
	case steps[0].Kind == study.Moved:
		html = t.T("undo.moved")
	case len(steps) > 1 && stage != nil:
		html = t.T("undo.stage", "Stage", stage.Text[t.lang()].Title, "Count", len(steps))
	}
	t.say(screen{html + "\n" + t.T("undo.at", "Topic", t.title(at)), rows(row(button(t.plain("button.today"), "today")))})
	return nil
}

func (t *turn) pressUndo(ctx context.Context, _ string) error { return t.undoCommand(ctx, "") }

// title is a topic's name in the chat's language; of one that is not in the
// library any more, its id.
func (t *turn) title(id string) string {
	topic, ok := t.bot.Library.Topic(id)
	if !ok {
		return id
	}
	return topic.Text[t.lang()].Title
}

// standing shows where the chat is on its road, with more lines below.
func (t *turn) standing(ctx context.Context, more ...string) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	if road.Roadmap == nil || road.at == "" {
		return t.finished(ctx)
	}
	closed, all := road.closed()
	p := positionOf(road.Roadmap, road.at)
	t.show(screen{strings.Join(append([]string{
		t.T("standing.title", "Roadmap", road.Text[t.lang()].Title),
		bar(closed, all) + " " + t.T("done.count", "Done", closed, "All", all),
		"",
		t.T("lesson.place", "Stage", p.stage, "Stages", p.stages, "Topic", p.topic, "Topics", p.topics),
		t.upcoming(road.at),
	}, more...), "\n"), rows(
		row(button(t.plain("button.today"), "today")),
		row(button(t.plain("button.roadmap"), "stages"), button(t.plain("button.progress"), "progress")),
		row(button(t.plain("button.about"), "about"), button(t.plain("button.settings"), "settings")),
	)})
	return nil
}

// pressAbout shows the roadmap's opening page.
func (t *turn) pressAbout(ctx context.Context, _ string) error {
	roadmap := t.roadmap()
	if roadmap == nil {
		return errOld
	}
	text := roadmap.Text[t.lang()]
	html := "<b>" + telegram.Escape(text.Title) + "</b>\n" + t.size(roadmap) + "\n\n" + telegram.HTML(text.Intro)
	t.show(screen{firstMessage(html), rows(row(button(t.plain("button.today"), "today"), button(t.plain("button.roadmap"), "stages")))})
	return nil
}
