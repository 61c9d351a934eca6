package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

const (
	topicQuestions = 5              // of a quiz on a topic
	quizPatience   = 24 * time.Hour // a quiz that is left alone for so long has ended
	maxQuestion    = 300            // Telegram's limits, in UTF-16 units
	maxDescription = 1024
	maxOption      = 100
)

// quizCommand asks about the present topic, then about its stage. A quiz that
// is under way goes on where it stands.
func (t *turn) quizCommand(ctx context.Context, _ string) error {
	quiz, open, err := t.openQuiz(ctx)
	if err != nil {
		return err
	}
	if open {
		return t.waitingQuestion(ctx, quiz)
	}
	topic, err := t.present(ctx)
	if err != nil {
		return err
	}
	if topic == "" {
		return t.finished(ctx)
	}
	return t.startQuiz(ctx, topic)
}

// openQuiz is the quiz that the person has not finished, and false if there is
// none. One that was left alone for a day ends here, quietly, with what was
// answered.
func (t *turn) openQuiz(ctx context.Context) (store.Quiz, bool, error) {
	quiz, open, err := t.tx.OpenQuiz(ctx, t.user())
	if err != nil || !open || !t.leftAlone(quiz) {
		return quiz, open, err
	}
	return store.Quiz{}, false, t.endRun(ctx, quiz)
}

func (t *turn) leftAlone(quiz store.Quiz) bool { return t.now().Sub(quiz.LastAt) >= quizPatience }

// waitingQuestion points to the question that is not answered yet.
func (t *turn) waitingQuestion(ctx context.Context, quiz store.Quiz) error {
	poll, ok, err := t.tx.OpenPoll(ctx, quiz.ID)
	if err != nil {
		return err
	}
	if !ok { // it was never sent
		return t.ask(ctx, quiz)
	}
	html := t.T("quiz.waiting", "Number", quiz.Answered+1, "All", len(quiz.Questions))
	if len(quiz.Questions) == 1 {
		html = t.T("quiz.waiting.one")
	}
	keys := row(button(t.plain("button.again"), "again"))
	switch {
	case quiz.Answered == 0: // there is nothing to begin anew
	case quiz.Kind == store.TopicQuiz:
		keys = append(keys, button(t.plain("button.anew"), "anew", quiz.TopicID))
	case quiz.Kind == store.Checkpoint:
		keys = append(keys, button(t.plain("button.anew"), "check", quiz.StageID))
	}
	t.send(telegram.SendMessage(t.here.ChatID, html, rows(keys)).ReplyTo(poll.MessageID))
	return nil
}

// pressAgain sends the waiting question once more, and closes what was sent
// before.
func (t *turn) pressAgain(ctx context.Context, _ string) error {
	quiz, open, err := t.openQuiz(ctx)
	if err != nil {
		return err
	}
	if !open {
		return errOld
	}
	if err := t.stopPolls(ctx, quiz); err != nil {
		return err
	}
	return t.ask(ctx, quiz)
}

// pressQuiz starts a quiz on a topic. One on the same topic goes on where it
// stands.
func (t *turn) pressQuiz(ctx context.Context, topic string) error {
	if _, ok := t.bot.Library.Topic(topic); !ok {
		return errOld
	}
	quiz, open, err := t.openQuiz(ctx)
	if err != nil {
		return err
	}
	if open && quiz.Kind == store.TopicQuiz && quiz.TopicID == topic {
		return t.waitingQuestion(ctx, quiz)
	}
	return t.startQuiz(ctx, topic)
}

// pressAnew begins a quiz on a topic from its start.
func (t *turn) pressAnew(ctx context.Context, topic string) error {
	if _, ok := t.bot.Library.Topic(topic); !ok {
		return errOld
	}
	return t.startQuiz(ctx, topic)
}

func (t *turn) startQuiz(ctx context.Context, topic string) error {
	seen, err := t.tx.Seen(ctx, t.user())
	if err != nil {
		return err
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	questions := t.questionsFor(topic, seen, states)
	if len(questions) == 0 {
		t.say(screen{t.T("quiz.none"), nil})
		return nil
	}
	return t.startRun(ctx, store.Quiz{Kind: store.TopicQuiz, TopicID: topic, Questions: questions})
}

// startRun starts a quiz of the person who acts and asks its first question,
// below a few words if it needs any.
func (t *turn) startRun(ctx context.Context, quiz store.Quiz, intro ...screen) error {
	quiz.UserID = t.user()
	if err := t.putAside(ctx, quiz); err != nil {
		return err
	}
	for _, s := range intro {
		t.say(s)
	}
	quiz, err := t.tx.StartQuiz(ctx, quiz)
	if err != nil {
		return err
	}
	return t.ask(ctx, quiz)
}

// questionsFor are five of the topic's questions, the rarely seen first, filled
// up from those topics of its stage that were read before.
func (t *turn) questionsFor(id string, seen map[string]int, states map[string]study.TopicState) []string {
	topic, ok := t.bot.Library.Topic(id)
	if !ok {
		return nil
	}
	questions := rarelySeen(topic.Questions, seen)
	if len(questions) >= topicQuestions {
		return questions[:topicQuestions]
	}
	roadmap := t.roadmap()
	if roadmap == nil {
		return questions
	}
	stage, _, ok := roadmap.Find(id)
	if !ok {
		return questions
	}
	var others []*curriculum.Question
	for _, other := range roadmap.Stages[stage].Topics {
		if other.ID != id && states[other.ID] != "" {
			others = append(others, other.Questions...)
		}
	}
	more := rarelySeen(others, seen)
	return append(questions, more[:min(len(more), topicQuestions-len(questions))]...)
}

func rarelySeen(questions []*curriculum.Question, seen map[string]int) []string {
	ids := make([]string, len(questions))
	for i, q := range questions {
		ids[i] = q.ID
	}
	slices.SortStableFunc(ids, func(a, b string) int { return seen[a] - seen[b] })
	return ids
}

// pollRef is what has to be known of a poll once Telegram has named it.
type pollRef struct {
	Thread   int64      `json:"thread,omitempty"`
	Quiz     int64      `json:"quiz,omitempty"`
	User     int64      `json:"user,omitempty"` // whose answer counts; 0: everybody's
	Question string     `json:"question"`
	Day      *study.Day `json:"day,omitempty"`
}

func pollOf(ref json.RawMessage) (poll store.Poll, thread int64, err error) {
	var r pollRef
	if err := json.Unmarshal(ref, &r); err != nil {
		return store.Poll{}, 0, fmt.Errorf("reading which question a poll is: %w", err)
	}
	return store.Poll{QuizID: r.Quiz, UserID: r.User, QuestionID: r.Question, Day: r.Day}, r.Thread, nil
}

// ask sends the quiz's next question, or ends the quiz after the last.
func (t *turn) ask(ctx context.Context, quiz store.Quiz) error {
	if quiz.Answered >= len(quiz.Questions) {
		return t.endQuiz(ctx, quiz)
	}
	question, ok := t.bot.Library.Question(quiz.Questions[quiz.Answered])
	if !ok { // taken out of the library meanwhile: what was answered counts
		return t.endQuiz(ctx, quiz)
	}
	poll := t.quizOf(question, numbered(question.Text[t.lang()].Prompt, quiz))
	poll.Keyboard = rows(row(button(t.plain("button.dunno"), "dunno")))
	t.sendQuiz(poll, pollRef{Quiz: quiz.ID, User: quiz.UserID, Question: quiz.Questions[quiz.Answered]})
	return nil
}

// pollAnswer counts the answer of the one person it is expected from, once,
// while the question is the one that waits. Everything else changes nothing: a
// stranger who was forwarded the poll, a vote taken back, a quiz that ended.
func (t *turn) pollAnswer(ctx context.Context, answer telegram.PollAnswer) error {
	poll, ok, err := t.tx.Poll(ctx, answer.PollID)
	if err != nil {
		return err
	}
	if ok && poll.UserID == 0 {
		return t.groupAnswer(ctx, poll, answer)
	}
	if !ok || len(answer.Options) == 0 {
		return nil
	}
	if poll.UserID == t.user() {
		if err := t.heard(ctx); err != nil {
			return err
		}
	}
	counted, err := t.count(ctx, poll, slices.Sorted(slices.Values(answer.Options)))
	if counted { // the question's button has nothing to do any more
		t.out = append(t.out, telegram.EditKeyboard(t.here.ChatID, poll.MessageID, nil))
	}
	return err
}

// pressDunno is "I don't know" under a question: it counts as not known, without
// guessing, and the question is closed so that it shows its answer.
func (t *turn) pressDunno(ctx context.Context, _ string) error {
	poll, ok, err := t.tx.PollByMessage(ctx, t.pressed())
	if err != nil {
		return err
	}
	if !ok {
		return errOld
	}
	// The answer stands there before the next question comes.
	before := len(t.out)
	counted, err := t.count(ctx, poll, nil)
	if err != nil {
		return err
	}
	if !counted {
		t.toast(t.plain("quiz.over"))
		if poll.UserID == t.user() {
			t.keys(nil)
		}
		return nil
	}
	t.out = slices.Insert(t.out, before, telegram.StopPoll(t.here.ChatID, poll.MessageID))
	t.toast(t.plain("quiz.dunno"))
	return nil
}

// count counts an answer, once, while the question is the one that waits,
// and goes on. No option at all means that the person does not know.
func (t *turn) count(ctx context.Context, poll store.Poll, chosen []int) (counted bool, err error) {
	if poll.AnsweredAt != nil || poll.ClosedAt != nil || poll.UserID != t.user() {
		return false, nil
	}
	quiz, open, err := t.tx.QuizByID(ctx, poll.QuizID)
	if err != nil {
		return false, err
	}
	if !open || quiz.Answered >= len(quiz.Questions) || quiz.Questions[quiz.Answered] != poll.QuestionID {
		return false, nil
	}
	if t.leftAlone(quiz) {
		t.say(screen{t.T("quiz.left"), nil})
		return false, t.endRun(ctx, quiz)
	}
	question, ok := t.bot.Library.Question(poll.QuestionID)
	if !ok {
		return false, t.endQuiz(ctx, quiz)
	}
	right := slices.Equal(chosen, slices.Sorted(slices.Values(question.Right)))
	if err := t.tx.AnswerPoll(ctx, poll, chosen, right); err != nil {
		return false, err
	}
	err = t.record(ctx, study.Event{Kind: study.Answered, Roadmap: t.chat.RoadmapID, Topic: question.TopicID, Question: question.ID,
		Detail: study.Detail{Chosen: chosen, Right: right, Unknown: len(chosen) == 0, Took: t.now().Sub(poll.SentAt).Milliseconds()}})
	if err != nil {
		return false, err
	}
	quiz.Answered++
	if right {
		quiz.Correct++
	}
	if err := t.stopPolls(ctx, quiz); err != nil { // a copy that was on its way when another was asked for
		return false, err
	}
	return true, t.ask(ctx, quiz)
}

// endQuiz shows the result and what to look at again.
func (t *turn) endQuiz(ctx context.Context, quiz store.Quiz) error {
	if err := t.endRun(ctx, quiz); err != nil {
		return err
	}
	if quiz.Answered == 0 { // its questions were taken out of the library
		t.say(screen{t.T("quiz.gone"), rows(row(button(t.plain("button.today"), "today")))})
		return nil
	}
	switch quiz.Kind {
	case store.Review:
		return t.endReview(ctx, quiz)
	case store.Checkpoint:
		return t.endCheckpoint(ctx, quiz)
	case store.TestOut:
		return t.endTestOut(ctx, quiz)
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	look, keys, err := t.lookAgain(ctx, quiz)
	if err != nil {
		return err
	}
	lines := append(t.result(quiz), look...)
	if _, known := t.bot.Library.Topic(quiz.TopicID); known && !states[quiz.TopicID].Closed() {
		keys = append(keys, row(button(t.plain("button.done"), "done", quiz.TopicID)))
	} else {
		keys = append(keys, row(button(t.plain("button.next"), "today")))
	}
	t.say(screen{firstMessage(strings.Join(lines, "\n")), keys})
	return nil
}

// result is how a quiz about a topic went.
func (t *turn) result(quiz store.Quiz) []string {
	switch {
	case len(quiz.Questions) > 1:
		return []string{t.T("quiz.result", "Correct", quiz.Correct, "All", quiz.Answered), t.T(praise(quiz))}
	case quiz.Correct > 0:
		return []string{t.T("quiz.right")}
	}
	return []string{t.T("quiz.wrong")}
}

func praise(quiz store.Quiz) string {
	switch {
	case quiz.Correct == quiz.Answered:
		return "quiz.perfect"
	case quiz.Correct*2 >= quiz.Answered:
		return "quiz.good"
	}
	return "quiz.keep"
}
