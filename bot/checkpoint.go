package bot

import (
	"context"
	"slices"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// How a stage is asked about as a whole.
const (
	checkpointQuestions = 10 // 8 right close the stage
	testOutQuestions    = 6  // 5 right make its topics known
)

// confetti is Telegram's 🎉 effect, one of those that are free for all.
const confetti = "5046509860389126442"

// neededOf is how many right answers a checkpoint or test-out of so many
// questions needs; a stage may have too few for a whole one.
func neededOf(kind string, questions int) int {
	if kind == store.TestOut {
		return (questions*5 + 5) / 6
	}
	return (questions*4 + 4) / 5
}

// stage finds a stage of the chat's roadmap, or of any other: the chat may have
// changed its road since a button was shown.
func (t *turn) stage(id string) *curriculum.Stage {
	_, stage := t.stageOfRoad(id)
	return stage
}

// stageOfRoad is stage with the roadmap that it was found on.
func (t *turn) stageOfRoad(id string) (*curriculum.Roadmap, *curriculum.Stage) {
	roadmaps := t.bot.Library.Roadmaps()
	if own := t.roadmap(); own != nil {
		roadmaps = append([]*curriculum.Roadmap{own}, roadmaps...)
	}
	for _, roadmap := range roadmaps {
		for _, stage := range roadmap.Stages {
			if stage.ID == id {
				return roadmap, stage
			}
		}
	}
	return nil, nil
}

// hasCheckpoint says whether there is anything to ask about a stage.
func hasCheckpoint(stage *curriculum.Stage) bool {
	return slices.ContainsFunc(stage.Topics, func(topic *curriculum.Topic) bool { return len(topic.Questions) > 0 })
}

// asked are the topics of a stage with questions that are closed, or that are
// not.
func asked(stage *curriculum.Stage, states map[string]study.TopicState, closed bool) []*curriculum.Topic {
	var topics []*curriculum.Topic
	for _, topic := range stage.Topics {
		if len(topic.Questions) > 0 && states[topic.ID].Closed() == closed {
			topics = append(topics, topic)
		}
	}
	return topics
}

// mixed are up to n questions of the topics: the rarely seen first, and each
// topic in turn.
func mixed(topics []*curriculum.Topic, seen map[string]int, n int) []string {
	var lists [][]string
	longest := 0
	for _, topic := range topics {
		list := rarelySeen(topic.Questions, seen)
		lists, longest = append(lists, list), max(longest, len(list))
	}
	var all []string
	for i := range longest {
		for _, list := range lists {
			if i < len(list) {
				all = append(all, list[i])
			}
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return seen[a] - seen[b] })
	return all[:min(n, len(all))]
}

// stageQuizRow offers the checkpoint of a stage whose topics are all closed,
// and the test-out of one that has open ones.
func (t *turn) stageQuizRow(stage *curriculum.Stage, states map[string]study.TopicState, passed bool) telegram.Keyboard {
	switch {
	case len(asked(stage, states, false)) > 0:
		return rows(row(button(t.plain("button.testout"), "testout", stage.ID)))
	case passed, !stageClosed(stage.Topics, states), len(asked(stage, states, true)) == 0:
		return nil
	}
	return rows(row(button(t.plain("button.checkpoint"), "check", stage.ID)))
}

// checkpointRow offers the checkpoint of a stage that was just finished.
func (t *turn) checkpointRow(ctx context.Context, stage *curriculum.Stage) (telegram.Keyboard, error) {
	states, err := t.tx.TopicStates(ctx)
	if err != nil || !stageClosed(stage.Topics, states) {
		return nil, err
	}
	passed, err := t.tx.Passed(ctx)
	if err != nil {
		return nil, err
	}
	return t.stageQuizRow(stage, states, passed[stage.ID]), nil
}

// stageDone is what to say of a stage whose topics are all closed: its
// checkpoint finishes it, if one is offered.
func (t *turn) stageDone(stage *curriculum.Stage, checkpoint telegram.Keyboard) string {
	key := "done.stage"
	if len(checkpoint) > 0 {
		key = "done.last"
	}
	return t.T(key, "Stage", stage.Text[t.lang()].Title)
}

// offerCheckpoint says that the topic was the last one of its stage, where the
// next lesson follows at once.
func (t *turn) offerCheckpoint(ctx context.Context, topic string) error {
	roadmap := t.roadmap()
	if roadmap == nil {
		return nil
	}
	i, _, ok := roadmap.Find(topic)
	if !ok {
		return nil
	}
	stage := roadmap.Stages[i]
	keys, err := t.checkpointRow(ctx, stage)
	if err != nil || keys == nil {
		return err
	}
	t.say(screen{t.stageDone(stage, keys), keys})
	return nil
}

// pressCheckpoint asks about a stage as a whole.
func (t *turn) pressCheckpoint(ctx context.Context, id string) error {
	return t.beginStage(ctx, store.Quiz{Kind: store.Checkpoint, StageID: id})
}

// pressTestOut asks whether a stage is known already, once a day.
func (t *turn) pressTestOut(ctx context.Context, id string) error {
	return t.beginStage(ctx, store.Quiz{Kind: store.TestOut, StageID: id})
}

func (t *turn) beginStage(ctx context.Context, quiz store.Quiz) error {
	stage := t.stage(quiz.StageID)
	if stage == nil {
		return errOld
	}
	open, ok, err := t.openQuiz(ctx)
	if err != nil {
		return err
	}
	// A second tap on the same button is not a wish to begin again.
	if ok && open.Kind == quiz.Kind && open.StageID == quiz.StageID && (open.Answered == 0 || quiz.Kind == store.TestOut) {
		return t.waitingQuestion(ctx, open)
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	seen, err := t.tx.Seen(ctx, t.user())
	if err != nil {
		return err
	}
	switch {
	case quiz.Kind == store.TestOut:
		last, ok, err := t.tx.LastOfStage(ctx, t.user(), quiz.Kind, stage.ID)
		if err != nil {
			return err
		}
		if ok && t.chat.Today(last) >= t.today() {
			t.toast(t.plain("testout.tomorrow"))
			return nil
		}
		quiz.Questions = mixed(asked(stage, states, false), seen, testOutQuestions)
	case stageClosed(stage.Topics, states):
		quiz.Questions = mixed(stage.Topics, seen, checkpointQuestions)
	}
	if len(quiz.Questions) == 0 {
		return errOld
	}
	key := "checkpoint.begin"
	if quiz.Kind == store.TestOut {
		key = "testout.begin"
	}
	n := len(quiz.Questions)
	return t.startRun(ctx, quiz, screen{t.T(key, "Stage", stage.Text[t.lang()].Title, "Number", n, "Needed", neededOf(quiz.Kind, n)), nil})
}

// endCheckpoint closes the stage if enough was right.
func (t *turn) endCheckpoint(ctx context.Context, quiz store.Quiz) error {
	roadmap, stage := t.stageOfRoad(quiz.StageID)
	if stage == nil { // taken out of the library meanwhile
		return t.endStray(ctx, quiz)
	}
	look, keys, err := t.lookAgain(ctx, quiz)
	if err != nil {
		return err
	}
	needed := neededOf(quiz.Kind, len(quiz.Questions))
	if quiz.Correct < needed {
		lines := append([]string{t.T("checkpoint.missed", "Correct", quiz.Correct, "All", quiz.Answered, "Needed", needed)}, look...)
		keys = append(keys, row(button(t.plain("button.retry"), "check", stage.ID), button(t.plain("button.next"), "today")))
		t.say(screen{joined(lines), keys})
		return nil
	}
	passed, err := t.tx.Passed(ctx)
	if err != nil {
		return err
	}
	if err := t.record(ctx, study.Event{Kind: study.Passed, Roadmap: t.chat.RoadmapID, Detail: study.Detail{Stage: stage.ID}}); err != nil {
		return err
	}
	if !passed[stage.ID] { // one card is enough
		if err := t.celebrate(ctx, roadmap, stage); err != nil {
			return err
		}
	}
	lines := append([]string{t.T("checkpoint.passed", "Stage", stage.Text[t.lang()].Title, "Correct", quiz.Correct, "All", quiz.Answered)}, look...)
	t.cheer(screen{joined(lines), append(keys, row(button(t.plain("button.next"), "today"), button(t.plain("button.progress"), "progress")))})
	return nil
}

// endTestOut marks what was open of the stage as known, if enough was right.
func (t *turn) endTestOut(ctx context.Context, quiz store.Quiz) error {
	stage := t.stage(quiz.StageID)
	if stage == nil {
		return t.endStray(ctx, quiz)
	}
	look, keys, err := t.lookAgain(ctx, quiz)
	if err != nil {
		return err
	}
	if quiz.Correct < neededOf(quiz.Kind, len(quiz.Questions)) {
		lines := append([]string{t.T("testout.missed", "Correct", quiz.Correct, "All", quiz.Answered)}, look...)
		t.say(screen{joined(lines), append(keys, row(button(t.plain("button.today"), "today")))})
		return nil
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	// A topic that is not written yet was not asked about: it stays open.
	known := asked(stage, states, false)
	ids := make([]string, len(known))
	for i, topic := range known {
		ids[i] = topic.ID
	}
	if _, err := t.closeAll(ctx, ids, study.Known, stage.ID); err != nil {
		return err
	}
	title := stage.Text[t.lang()].Title
	lines := append([]string{t.T("testout.passed", "Stage", title, "Correct", quiz.Correct, "All", quiz.Answered, "Count", len(known))}, look...)
	checkpoint, err := t.checkpointRow(ctx, stage)
	if err != nil {
		return err
	}
	keys = append(append(keys, checkpoint...), row(button(t.plain("button.next"), "today"), button(t.plain("button.roadmap"), "stages")))
	t.say(screen{joined(lines), keys})
	return nil
}

// cheer says something that is worth a small celebration; Telegram shows those
// in private chats alone.
func (t *turn) cheer(s screen) {
	call := telegram.SendMessage(t.here.ChatID, s.html, t.about(s.keys))
	if !t.shared() {
		call = call.WithEffect(confetti)
	}
	t.send(call)
}
