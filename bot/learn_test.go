package bot

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

func init() {
	maps.Copy(conversations, map[string][]string{
		"review": {
			"/start", "[language.name]", "[short-road]", "[09:00]",
			"# nothing was answered yet", "/review",
			"# one right, one not known; where it is written", "[button.quiz]", "right", "[button.dunno]", "[button.where]", "[button.whole]",
			"# it comes back tomorrow at the earliest", "/review",
			"# it comes with the topic of the next day", "@+1 09:00", "[button.later]", "[button.back]", "[review 1]", "/review", "right", "/review",
			"# some days later none is known", "@+4 09:00", "[review 2]", "[button.dunno]", "[button.dunno]", "[🔎 2]",
			"# the next day half of it is", "@+1 09:00", "[review 2]", "wrong", "right", "/progress",
			"# after an absence it begins gently", "@+9 09:00", "[review 1]", "right", "/review",
		},
		"checkpoint": {
			"/start", "[language.name]", "[short-road]", "[09:00]", "[button.done]", "[button.now]",
			"# the last topic of the stage", "[button.done]", "[button.checkpoint]", "[button.checkpoint]", "right", "/quiz", "[button.anew]", "right", "wrong", "[button.dunno]",
			"# once more", "[button.retry]", "right", "right", "right",
			"# the badge", "/roadmap", "[first-steps]",
			"# open again: the badge was earned and stays, the stage is not closed", "/undo", "/roadmap", "[first-steps]",
			"# closed again", "/next", "/roadmap",
		},
		"testout": {
			"/start", "[language.name]", "[short-road]", "[09:00]", "/roadmap", "[first-steps]",
			"# not known well enough", "[button.testout]", "right", "[button.dunno]", "right",
			"# once a day", "/roadmap", "[first-steps]", "[button.testout]", "@+1 09:00",
			"# known", "/roadmap", "[first-steps]", "[button.testout]", "right", "/quiz", "right", "right", "[button.next]",
			"# one step back takes back all of it", "/undo", "/roadmap", "/undo",
		},
	})
}

// quizOf is the person's open quiz.
func (w *world) openQuiz(person int64) (quiz store.Quiz, open bool) {
	w.t.Helper()
	w.tx(person, func(ctx context.Context, tx *store.Tx) (err error) {
		quiz, open, err = tx.OpenQuiz(ctx, person)
		return err
	})
	return quiz, open
}

func TestNotKnowingCountsOnceAndShowsTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.press(emma, "❓ Quiz")
	first := w.last(emma)
	dunno := first.Keyboard[0][0].Data
	// Two taps before the first one is answered.
	w.sandbox.Press(emma, emma, first.ID, dunno)
	toast := w.pressData(emma, first.ID, dunno)
	if toast != "This question is already behind you." {
		t.Errorf("the second tap says %q", toast)
	}
	if quiz, _ := w.openQuiz(emma); quiz.Answered != 1 || quiz.Correct != 0 {
		t.Errorf("two taps counted as %+v", quiz)
	}
	for _, m := range w.sandbox.Messages(emma) {
		if m.ID == first.ID && (!m.Poll.Closed || len(m.Keyboard) > 0) {
			t.Errorf("the question that is not known is still open: %+v", m)
		}
	}
	second := w.last(emma)
	w.answer(emma, emma, true)
	if toast := w.pressData(emma, second.ID, dunno); toast != "This question is already behind you." {
		t.Errorf("after the answer the button says %q", toast)
	}
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		log, err := tx.Log(ctx)
		answers := 0
		for _, e := range log {
			if e.Question != "" {
				answers++
				if want := answers == 1; e.Detail.Unknown != want || e.Detail.Right == want {
					t.Errorf("answer %d is logged as %+v", answers, e.Detail)
				}
			}
		}
		if answers != 2 {
			t.Errorf("%d answers are in the log", answers)
		}
		return err
	})
}

func TestAQuizThatIsLeftAloneForADayEndsQuietly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.press(emma, "❓ Quiz")
	w.answer(emma, emma, true)
	old := w.last(emma)
	w.tick(w.clock("+1 08:59"))
	w.say(emma, "/quiz")
	if text := w.last(emma).Text; !strings.Contains(text, "still waiting") {
		t.Errorf("within a day the quiz goes on, but it said:\n%s", text)
	}
	before := w.messages(emma)
	w.at(w.clock("09:01")) // no tick: the daily topic is not what this is about
	if w.messages(emma) != before {
		t.Errorf("nobody asked for:\n%s", w.last(emma).Text)
	}
	// The old question is answered too late: it changes nothing, and is told so.
	if err := w.sandbox.Vote(emma, old.Poll.ID, old.Poll.Right...); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if text := w.last(emma).Text; !strings.HasPrefix(text, "🍃 This quiz ended by itself") || w.messages(emma) != before+1 {
		t.Errorf("a late answer is answered by:\n%s", text)
	}
	if _, open := w.openQuiz(emma); open {
		t.Error("the quiz is still open")
	}
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		answered, correct, err := tx.Accuracy(ctx)
		if answered != 1 || correct != 1 {
			t.Errorf("%d of %d right", correct, answered)
		}
		return err
	})
	w.say(emma, "/quiz")
	if quiz, open := w.openQuiz(emma); !open || quiz.Answered != 0 {
		t.Errorf("a new quiz is %+v", quiz)
	}
}

func TestAReviewNeverAsksMoreThanTenAndNoQuestionTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.press(emma, "❓ Quiz")
	w.answer(emma, emma, false)
	w.answer(emma, emma, false)
	w.tick(w.clock("+1 09:00"))
	w.say(emma, "/review")
	quiz, open := w.openQuiz(emma)
	if !open || quiz.Kind != store.Review || quiz.TopicID != "" || len(quiz.Questions) != 2 || quiz.Questions[0] == quiz.Questions[1] {
		t.Errorf("the review is %+v", quiz)
	}
}

func TestTheCelebrationIsForPrivateChatsAndNeverCostsTheMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	for range 2 {
		w.press(emma, "✅ Done")
		w.press(emma, "Next topic now")
	}
	w.bot.Sender = noEffects{w.bot.Sender} // Telegram may drop an effect at any time
	w.say(emma, "/roadmap")
	w.press(emma, "1. First steps")
	w.press(emma, "🏁 Checkpoint")
	for range 3 {
		w.answer(emma, emma, true)
	}
	if text := w.last(emma).Text; !strings.Contains(text, "First steps: finished") {
		t.Errorf("a passed checkpoint says:\n%s", text)
	}
}

// noEffects refuses effects, as Telegram does with one that it does not know.
type noEffects struct{ Sender }

func (s noEffects) Send(ctx context.Context, call telegram.Call, p telegram.Priority) (telegram.Result, error) {
	if call.Params["message_effect_id"] != "" {
		return telegram.Result{}, &telegram.Error{Kind: telegram.Bad, Code: 400, Description: "Bad Request: EFFECT_ID_INVALID"}
	}
	return s.Sender.Send(ctx, call, p)
}

// Whatever people do, in whichever order, alone and in a group: what the tables
// say is what the logs say, and a rebuild brings back what is lost.
func TestALongRandomHistoryCanBeRebuilt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	w.begin(emma)
	w.begin(dmitriy)
	people := []int64{emma, dmitriy, aziza}
	words := []string{
		"/next", "/next", "/today", "/quiz", "/quiz", "/review", "/review", "/undo", "/undo", "/pause 3", "/resume", "/roadmap", "/progress",
		"/roadmaps", "/start side-road", "/start short-road", "/remind 9:00", "/settings",
	}
	random := rand.New(rand.NewPCG(6, 2026))
	for range 400 {
		person := people[random.IntN(len(people))]
		chat := person
		if random.IntN(5) == 0 {
			chat = studyGroup
		}
		switch random.IntN(8) {
		case 0:
			w.tick(w.Now().Add(time.Duration(random.IntN(30*60)) * time.Minute))
		case 1, 2:
			w.sandbox.Say(person, person, words[random.IntN(len(words))])
		case 3, 4:
			w.voteAtRandom(random, person, chat)
		default:
			w.pressAtRandom(random, person, chat)
		}
		w.settle()
	}
	found, err := w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil)
	if err != nil || found.Differences != 0 || found.Chats < 4 {
		t.Fatalf("after a random history a check finds %+v, %v", found, err)
	}
	before := w.derived()
	for _, table := range []string{"enrollments", "topic_states", "study_days", "cards"} {
		if n := strings.Count(before, table+" "); n < 3 {
			t.Errorf("the history left only %d rows in %s", n, table)
		}
	}
	for _, damage := range []string{
		`DELETE FROM cards WHERE ctid IN (SELECT ctid FROM cards LIMIT 2)`,
		`UPDATE cards SET stability = stability + 1, due = due + 3 WHERE ctid IN (SELECT ctid FROM cards LIMIT 1)`,
		`INSERT INTO cards VALUES (502, 'slices/nobody-asked', 1, 5, 1, 0, '2026-01-01', '2026-01-02')`,
		`UPDATE study_days SET answers = answers + 1, reviews = 7`,
		`DELETE FROM topic_states WHERE chat_id = 502`,
		`UPDATE enrollments SET topic_id = 'tests' WHERE chat_id = 503`,
		`DELETE FROM enrollments WHERE chat_id < 0`,
		`UPDATE members SET points = points + 1, week_points = 99`,
		`UPDATE chats SET studied_day = '2026-01-01', streak_ends = NULL, saver_at = '2030-01-01' WHERE chat_id IN (502, 503)`,
	} {
		if _, err := w.bot.Store.Pool().ExecContext(w.ctx, damage); err != nil {
			t.Fatal(err)
		}
	}
	last := 0
	found, err = w.bot.Store.Rebuild(w.ctx, w.Now(), false, func(done, total int) {
		if done > total {
			t.Errorf("%d of %d chats", done, total)
		}
		last = done
	})
	if err != nil || found.Differences < 10 || last != found.Chats {
		t.Errorf("the rebuild mended %+v, %v", found, err)
	}
	if diff := cmp.Diff(before, w.derived()); diff != "" {
		t.Errorf("after the rebuild (-before +after):\n%s", diff)
	}
	if found, err = w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil); err != nil || found.Differences != 0 {
		t.Errorf("after the rebuild a check finds %+v, %v", found, err)
	}
}

func (w *world) voteAtRandom(random *rand.Rand, person, chat int64) {
	w.t.Helper()
	messages := w.sandbox.Messages(chat)
	for i := len(messages) - 1; i >= 0; i-- {
		poll := messages[i].Poll
		if poll == nil {
			continue
		}
		chosen := poll.Right
		if random.IntN(3) == 0 {
			chosen = []int{random.IntN(len(poll.Options))}
		}
		_ = w.sandbox.Vote(person, poll.ID, chosen...) // it may be answered or closed
		return
	}
}

func (w *world) pressAtRandom(random *rand.Rand, person, chat int64) {
	w.t.Helper()
	messages := w.sandbox.Messages(chat)
	for _, m := range messages[max(0, len(messages)-1-random.IntN(4)):] {
		if len(m.Keyboard) == 0 {
			continue
		}
		row := m.Keyboard[random.IntN(len(m.Keyboard))]
		if b := row[random.IntN(len(row))]; b.Data != "" {
			w.sandbox.Press(person, chat, m.ID, b.Data)
		}
		return
	}
}

// derived is everything in the tables that follow from the logs.
func (w *world) derived() string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range []string{"enrollments", "topic_states", "study_days", "cards", "members", "(SELECT chat_id, studied_day, streak_ends, saver_at FROM chats)"} {
		rows, err := w.bot.Store.Pool().QueryContext(w.ctx, `SELECT t::text FROM `+table+` AS t ORDER BY 1`)
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				w.t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s %s\n", table, text)
		}
		if err := rows.Err(); err != nil {
			w.t.Fatal(err)
		}
	}
	return b.String()
}

// A question that was forwarded, and a button that a stranger presses: nothing
// of anybody's changes.
func TestAStrangersAnswerChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.begin(dmitriy)
	w.press(emma, "❓ Quiz")
	question := w.last(emma)
	before, messages := w.derived(), w.messages(emma)
	if err := w.sandbox.Vote(dmitriy, question.Poll.ID, question.Poll.Right...); err != nil {
		t.Fatal(err)
	}
	w.sandbox.Inject("callback_query", raw(map[string]any{"id": "7", "data": question.Keyboard[0][0].Data,
		"from":    map[string]any{"id": dmitriy, "first_name": "Dmitriy"},
		"message": map[string]any{"message_id": question.ID, "date": 1, "chat": map[string]any{"id": emma, "type": "private"}}}))
	w.settle()
	if diff := cmp.Diff(before, w.derived()); diff != "" {
		t.Errorf("tables (-before +after):\n%s", diff)
	}
	if len(w.last(emma).Keyboard) != 1 {
		t.Error("a stranger took her button away")
	}
	if quiz, open := w.openQuiz(emma); !open || quiz.Answered != 0 || w.messages(emma) != messages {
		t.Errorf("her quiz is %+v, and the chat shows %d new messages", quiz, w.messages(emma)-messages)
	}
	w.answer(emma, emma, true)
	if quiz, _ := w.openQuiz(emma); quiz.Answered != 1 || quiz.Correct != 1 {
		t.Errorf("her own answer counted as %+v", quiz)
	}
}
