package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/locales"
)

// In the real lessons: five questions, all the topic's own, none twice, and
// those that were asked less come first.
func TestATopicsQuizHasFiveQuestionsRarelySeenFirst(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, road := range library.Roadmaps() {
		turn := &turn{bot: view{content: &content{Library: library}}, chat: &store.Chat{RoadmapID: road.ID}}
		for _, topic := range road.Topics() {
			seen := map[string]int{}
			for round := range 4 {
				asked := turn.questionsFor(topic.ID, seen, nil)
				if len(asked) != topicQuestions || len(slices.Compact(slices.Sorted(slices.Values(asked)))) != topicQuestions {
					t.Fatalf("%s, quiz %d asks %v", topic.ID, round+1, asked)
				}
				for _, q := range topic.Questions {
					for _, id := range asked {
						if !slices.Contains(asked, q.ID) && seen[q.ID] < seen[id] {
							t.Fatalf("%s, quiz %d asks %s before %s", topic.ID, round+1, id, q.ID)
						}
					}
				}
				for _, id := range asked {
					seen[id]++
				}
			}
		}
	}
}

// Whatever kind of quiz it is: Telegram puts the options into an order of its
// own each time, and each question has the button for who does not know.
func TestOptionsAreShuffledAndNobodyHasToGuess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.script(emma, "en", slices.Concat(conversations["checkpoint"], []string{"@+3 09:00", "/review", "right", "/start q_slices__what-append-does"}))
	polls := 0
	for _, m := range w.sandbox.Messages(emma) {
		if m.Poll == nil {
			continue
		}
		polls++
		if !m.Poll.Shuffle {
			t.Errorf("the options of %q always stand in one order", m.Poll.Question)
		}
	}
	dunno := 0
	for _, call := range w.sandbox.Calls() {
		if call.Method == "sendPoll" && call.Params["chat_id"] == "502" && strings.Contains(call.Params["reply_markup"], "1:dunno") {
			dunno++
		}
	}
	if polls < 8 || dunno != polls {
		t.Errorf("%d of %d questions have the button", dunno, polls)
	}
}

// A closed stage is worth an effect, a badge and a picture.
func TestAClosedStageIsCelebrated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/next")
	w.say(emma, "/next")
	pictures, _ := w.photos()
	w.press(emma, "🏁 Checkpoint")
	for range 3 {
		w.answer(emma, emma, true)
	}
	effects := 0
	for _, call := range w.sandbox.Calls() {
		if call.Params["message_effect_id"] != "" {
			effects++
		}
	}
	if now, _ := w.photos(); effects != 1 || now != pictures+1 {
		t.Errorf("%d effects and %d pictures", effects, now-pictures)
	}
	w.say(emma, "/roadmap")
	if text := w.last(emma).Text; !strings.Contains(text, "🏅 1. First steps · 2/2") {
		t.Errorf("the badge is missing:\n%s", text)
	}
}

// A test-out is one act: an undo takes all of it back, and nothing that was
// before or after it.
func TestAnUndoTakesAWholeTestOutBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	states := func() (all map[string]study.TopicState) {
		w.tx(emma, func(ctx context.Context, tx *store.Tx) (err error) {
			all, err = tx.TopicStates(ctx)
			return err
		})
		return all
	}
	w.press(emma, "I know this") // loops, before it and alone
	w.say(emma, "/undo")
	w.say(emma, "/roadmap")
	w.press(emma, "1. First steps")
	w.press(emma, "☑️ I know this stage")
	for range 3 {
		w.answer(emma, emma, true)
	}
	w.say(emma, "/next") // servers, after it
	w.say(emma, "/undo")
	if got := states(); got["loops"] != study.TopicKnown || got["slices"] != study.TopicKnown || got["servers"].Closed() {
		t.Errorf("after the first undo: %v", got)
	}
	w.say(emma, "/undo")
	if got := states(); got["loops"] != study.TopicOpened || got["slices"].Closed() {
		t.Errorf("after the second undo: %v", got)
	}
	if text := w.last(emma).Text; !strings.Contains(text, `2 topics of the stage "First steps" are open again`) || !strings.Contains(text, "Loops <for>") {
		t.Errorf("the second undo says:\n%s", text)
	}
	found, err := w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil)
	if err != nil || found.Differences > 0 {
		t.Errorf("the tables are not what the log says: %+v, %v", found, err)
	}
}

// In two languages numbers tie the options together, so they may stand in any
// order there, too. Only an option that has no room for its number keeps it.
func TestOptionsInTwoLanguagesAreShuffledByTheirNumbers(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	turn := &turn{bot: view{&Bot{Texts: testTexts(t)}, &content{Library: library}}, chat: &store.Chat{Kind: "supergroup", Language: bothLanguages}}
	shuffled, all := 0, 0
	for _, topic := range library.Topics() {
		for _, question := range topic.Questions {
			all++
			quiz := turn.quizOf(question, "")
			numbered := strings.HasPrefix(quiz.Options[0], "1. ") && strings.HasPrefix(quiz.Options[len(quiz.Options)-1], strconv.Itoa(len(quiz.Options))+". ")
			if quiz.Shuffle != numbered {
				t.Errorf("%s: shuffled %t, numbered %t: %q", question.ID, quiz.Shuffle, numbered, quiz.Options)
			}
			if quiz.Shuffle {
				shuffled++
			}
		}
	}
	if shuffled*10 < all*9 {
		t.Errorf("only %d of %d questions are shuffled", shuffled, all)
	}
}
