package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// How long the question of the day is open.
const (
	groupOpen   = 20 * time.Hour
	channelOpen = 24 * time.Hour
)

// digestMinute is when a group's week is summed up, after local midnight.
const digestMinute = 20 * 60

// composeShared is compose for a group or a channel. Its position may move on
// here, so the chat is held; done again after a crash, it does not move twice.
func (b *Bot) composeShared(ctx context.Context, d store.Delivery) (calls []telegram.Call, outcome store.Outcome, err error) {
	err = b.Store.WithChat(ctx, d.Key, b.Now(), func(tx *store.Tx) error {
		t := b.turn(tx)
		outcome = store.Outcome{State: t.unwanted(d)}
		if outcome.State != "" {
			return nil
		}
		var err error
		switch d.Kind {
		case store.DigestDelivery:
			err = t.digest(ctx)
		case store.RoundDelivery:
			err = t.roundOverdue(ctx)
		default:
			outcome, err = t.dayPost(ctx, d)
		}
		if calls = t.out; len(calls) == 0 {
			outcome.State = store.Dropped
		}
		return err
	})
	if errors.Is(err, store.ErrNoChat) {
		return nil, store.Outcome{State: store.Dropped}, nil
	}
	return calls, outcome, err
}

// dayPost is the lesson of the day and the question of the day. On the week's
// last study day a group's digest is planned as well.
func (t *turn) dayPost(ctx context.Context, d store.Delivery) (store.Outcome, error) {
	before, err := t.present(ctx)
	if err != nil {
		return store.Outcome{}, err
	}
	at, err := t.dayTopic(ctx, before)
	if err != nil {
		return store.Outcome{}, err
	}
	topic, ok := t.bot.Library.Topic(at)
	if !ok {
		if t.roadGone() && t.lastOfWeek() && t.chat.Kind != "channel" { // a channel's readers choose no road
			t.say(t.roadmapChoice())
		}
		if before == "" { // the end was told before
			return store.Outcome{}, nil
		}
		return store.Outcome{}, t.finished(ctx)
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return store.Outcome{}, err
	}
	if err := t.dayLesson(ctx, topic, t.lead(d, states[at])); err != nil {
		return store.Outcome{}, err
	}
	if err := t.dayQuestion(ctx, topic); err != nil {
		return store.Outcome{}, err
	}
	if t.chat.Kind != "channel" && t.lastOfWeek() {
		due := t.today().At(max(digestMinute, t.chat.RemindMinute+60), t.chat.Location())
		if err := t.tx.Owe(ctx, store.DigestDelivery, t.today(), due); err != nil {
			return store.Outcome{}, err
		}
	}
	return store.Outcome{Roadmap: t.chat.RoadmapID, Topic: at, Day: t.today()}, nil
}

// dayTopic is the topic of today: the present one, or the next if the chat's
// pace says so and the present one was shown on an earlier day.
func (t *turn) dayTopic(ctx context.Context, at string) (string, error) {
	if at == "" {
		return "", nil
	}
	shown, ok, err := t.tx.ShownOn(ctx, at)
	if err != nil || !ok || shown >= t.today() {
		return at, err
	}
	switch t.chat.Pace {
	case store.PaceAdmin:
		return at, nil
	case store.PaceMembers:
		done, err := t.tx.Marks(ctx, at)
		if err != nil || done < t.chat.PaceMembers {
			return at, err
		}
	}
	return t.close(ctx, at, study.Done)
}

// lastOfWeek says whether no study day is left until Sunday.
func (t *turn) lastOfWeek() bool {
	today := t.today()
	for day := today + 1; day.Monday() == today.Monday(); day++ {
		if t.chat.RemindDays.Has(day.Weekday()) {
			return false
		}
	}
	return true
}

// dayLesson posts the lesson, for who wants both languages with the second one
// below.
func (t *turn) dayLesson(ctx context.Context, topic *curriculum.Topic, lead string) error {
	parts := t.lessonParts(topic, lead)
	if second := t.second(); second != "" {
		parts = t.withSecond(parts, topic, second)
	}
	if t.chat.Kind == "channel" {
		line, err := t.yesterday(ctx)
		if err != nil {
			return err
		}
		parts = appended(parts, line)
	}
	done, err := t.tx.Marks(ctx, topic.ID)
	if err != nil {
		return err
	}
	for i, part := range parts {
		s := screen{html: part}
		if i == len(parts)-1 && t.chat.Kind != "channel" {
			s.keys = t.doneKeys(topic.ID, done)
		}
		t.say(s)
	}
	return nil
}

// withSecond adds the lesson in another language, collapsed; its code stands in
// the first one.
func (t *turn) withSecond(parts []string, topic *curriculum.Topic, lang string) []string {
	other := *t
	chat := *t.chat
	chat.Language = lang
	other.chat = &chat
	plain := *topic
	plain.Code, plain.Variants = nil, nil
	last := parts[len(parts)-1] + "\n\n" + collapsed(other.secondLesson(&plain, lang))
	if telegram.ValidHTML(last) == nil && telegram.Length(last) <= maxMessage {
		return append(parts[:len(parts)-1], last)
	}
	html := other.secondLesson(topic, lang) // a message of its own has its own code
	if whole := collapsed(html); telegram.ValidHTML(whole) == nil && telegram.Length(whole) <= maxMessage {
		return append(parts, whole)
	}
	return append(parts, telegram.Split(html, maxMessage)...)
}

func (t *turn) secondLesson(topic *curriculum.Topic, lang string) string {
	return "<b>" + telegram.Escape(topic.Text[lang].Title) + "</b>\n\n" + strings.Join(t.lessonBlocks(topic), "\n\n")
}

// collapsed is a text of which Telegram shows the first lines, and the rest at a
// tap. Quotes cannot stand in it.
func collapsed(html string) string {
	return "<blockquote expandable>" + strings.NewReplacer("<blockquote expandable>", "", "</blockquote>", "").Replace(html) + "</blockquote>"
}

// appended adds a line below the last part, or as a part of its own where it
// does not fit.
func appended(parts []string, line string) []string {
	if line == "" {
		return parts
	}
	last := parts[len(parts)-1] + "\n\n" + line
	if telegram.Length(last) > maxMessage {
		return append(parts, line)
	}
	return append(parts[:len(parts)-1], last)
}

// yesterday is how a channel's last question went.
func (t *turn) yesterday(ctx context.Context) (string, error) {
	const lately = 7
	last, err := t.tx.LastResult(ctx, t.today()-lately, t.today()-1)
	if err != nil || last.Votes == 0 {
		return "", err
	}
	return t.T("channel.result", "Percent", last.Right*100/last.Votes, "Count", last.Votes), nil
}

// doneKeys is the button under a group's lesson. It counts.
func (t *turn) doneKeys(topic string, done int) telegram.Keyboard {
	text := t.plain("button.done")
	if second := t.second(); second != "" {
		text += " / " + strings.TrimPrefix(t.bot.Texts.T(second, "button.done", nil), "✅ ")
	}
	if done > 0 {
		text += fmt.Sprintf(" · %d", done)
	}
	return rows(row(button(text, "gdone", topic)))
}

// dayQuestion asks one question of the topic: the one that was asked least.
func (t *turn) dayQuestion(ctx context.Context, topic *curriculum.Topic) error {
	if len(topic.Questions) == 0 {
		return nil
	}
	seen, err := t.tx.Seen(ctx, 0)
	if err != nil {
		return err
	}
	question, _ := t.bot.Library.Question(rarelySeen(topic.Questions, seen)[0])
	quiz := t.quizOf(question, question.Text[t.lang()].Prompt)
	quiz.OpenSeconds = int(groupOpen / time.Second)
	if t.chat.Kind == "channel" {
		quiz.Anonymous, quiz.OpenSeconds = true, int(channelOpen/time.Second)
		quiz.Keyboard = rows(row(t.privately("button.scored", questionLink(question.ID))))
	}
	day := t.today()
	t.sendQuiz(quiz, pollRef{Thread: t.here.ThreadID, Question: question.ID, Day: &day})
	return nil
}

// questionLink is a question's id as a deep link may carry it, and questionOf
// what it means.
func questionLink(id string) string { return "q_" + strings.ReplaceAll(id, "/", "__") }

func questionOf(payload string) string {
	return strings.ReplaceAll(strings.TrimPrefix(payload, "q_"), "__", "/")
}

// digest sums a group's week up.
func (t *turn) digest(ctx context.Context) error {
	monday := t.today().Monday()
	topics, err := t.tx.TopicsBetween(ctx, monday, t.today())
	if err != nil {
		return err
	}
	results, err := t.tx.DayResults(ctx, monday, t.today())
	if err != nil {
		return err
	}
	lines := []string{t.T("digest.title")}
	if len(topics) > 0 {
		lines = append(lines, "", t.T("digest.topics"))
		for _, id := range topics {
			lines = append(lines, "✅ "+telegram.Escape(t.title(id)))
		}
	}
	if best, worst := extremes(results); best != nil {
		lines = append(lines, "", t.T("digest.best"), t.digestLine(*best))
		if worst.Question != best.Question {
			lines = append(lines, "", t.T("digest.missed"), t.digestLine(*worst))
			if question, ok := t.bot.Library.Question(worst.Question); ok {
				lines = append(lines, "💡 "+telegram.Escape(question.Text[t.lang()].Explanation))
			}
		}
	}
	next, err := t.nextWeek(ctx)
	if err != nil {
		return err
	}
	if len(next) > 0 {
		lines = append(lines, "", t.T("digest.next"))
		for _, id := range next {
			lines = append(lines, "▫️ "+telegram.Escape(t.title(id)))
		}
	}
	t.say(screen{firstMessage(strings.Join(lines, "\n")), nil})
	return nil
}

func (t *turn) digestLine(r store.Result) string {
	prompt := r.Question
	if question, ok := t.bot.Library.Question(r.Question); ok {
		prompt = question.Text[t.lang()].Prompt
	}
	return "• " + telegram.Escape(prompt) + " " + t.T("digest.share", "Percent", r.Right*100/r.Votes)
}

// extremes are the questions that most and fewest had right.
func extremes(results []store.Result) (best, worst *store.Result) {
	for i := range results {
		r := &results[i]
		if best == nil || r.Right*best.Votes > best.Right*r.Votes {
			best = r
		}
		if worst == nil || r.Right*worst.Votes < worst.Right*r.Votes {
			worst = r
		}
	}
	return best, worst
}

// nextWeek are the topics that next week brings, at one each study day.
func (t *turn) nextWeek(ctx context.Context) ([]string, error) {
	road, err := t.road(ctx)
	if err != nil || road.Roadmap == nil || road.at == "" {
		return nil, err
	}
	closed := map[string]bool{road.at: true}
	at := road.at
	var next []string
	for range t.chat.RemindDays.Count() {
		at = study.Advance(topicIDs(road.Roadmap), at, func(id string) bool { return closed[id] || road.states[id].Closed() })
		if at == "" {
			break
		}
		closed[at] = true
		next = append(next, at)
	}
	return next, nil
}
