package bot

import (
	"context"
	"maps"
	"slices"

	"yolchi/internal/memory"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// perMinute is how many questions people answer in a minute, unhurried.
const perMinute = 2

// reviewCommand asks again what is due today. A review that is under way goes
// on where it stands.
func (t *turn) reviewCommand(ctx context.Context, _ string) error {
	quiz, open, err := t.openQuiz(ctx)
	if err != nil {
		return err
	}
	if open && quiz.Kind == store.Review {
		return t.waitingQuestion(ctx, quiz)
	}
	due, err := t.due(ctx)
	if err != nil {
		return err
	}
	if len(due) == 0 {
		return t.nothingDue(ctx)
	}
	return t.startRun(ctx, store.Quiz{Kind: store.Review, Questions: due})
}

// due are the questions to be asked again today, in order.
func (t *turn) due(ctx context.Context) ([]string, error) {
	recall, err := t.tx.Recall(ctx)
	if err != nil || len(recall.Cards) == 0 {
		return nil, err
	}
	cards, err := t.knownCards(ctx, recall.Cards)
	if err != nil {
		return nil, err
	}
	return memory.Today(cards, recall.Days, t.today()), nil
}

// knownCards are the cards whose questions are in the library. The memory of a
// retired question is that of its successor, until that is answered itself.
func (t *turn) knownCards(ctx context.Context, cards map[string]memory.Card) (map[string]memory.Card, error) {
	known := make(map[string]memory.Card, len(cards))
	var all map[string]memory.Card // read only if there is a retired one
	for _, id := range slices.Sorted(maps.Keys(cards)) {
		question, ok := t.bot.Library.Question(id)
		if !ok {
			continue
		}
		if question.ID != id {
			if all == nil {
				var err error
				if all, err = t.tx.Cards(ctx); err != nil {
					return nil, err
				}
			}
			if _, ok := all[question.ID]; ok {
				continue
			}
		}
		known[question.ID] = cards[id]
	}
	return known, nil
}

// nothingDue says when the next question comes back, and to whom none has come
// back yet what a review is. How much waits is nobody's debt: what is due beyond
// today's places comes tomorrow.
func (t *turn) nothingDue(ctx context.Context) error {
	next, days, err := t.tx.NextDue(ctx)
	if err != nil {
		return err
	}
	html := t.T("review.empty")
	switch tomorrow := next <= t.today()+1; {
	case days == 0:
	case days == 1 && tomorrow:
		html = t.T("review.first.tomorrow")
	case days == 1:
		html = t.T("review.first", "Day", t.date(next))
	case tomorrow:
		html = t.T("review.tomorrow")
	default:
		html = t.T("review.nothing", "Day", t.date(next))
	}
	t.say(screen{html, rows(row(button(t.plain("button.today"), "today")))})
	return nil
}

// reviewRow is the one button that says what is due; no row if nothing is.
func (t *turn) reviewRow(ctx context.Context) (telegram.Keyboard, error) {
	if t.shared() || !t.chat.Ready {
		return nil, nil
	}
	due, err := t.due(ctx)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	text := t.plain("button.review", "Count", len(due), "Minutes", (len(due)+perMinute-1)/perMinute)
	return rows(row(button(text, "review"))), nil
}

// withReview puts what is due under a lesson: it is never a message of its own.
func (t *turn) withReview(ctx context.Context, lesson []screen) ([]screen, error) {
	review, err := t.reviewRow(ctx)
	if err != nil {
		return nil, err
	}
	last := &lesson[len(lesson)-1]
	last.keys = append(last.keys, review...)
	return lesson, nil
}

// endReview says how much stuck.
func (t *turn) endReview(ctx context.Context, quiz store.Quiz) error {
	if err := t.record(ctx, study.Event{Kind: study.Reviewed, Roadmap: t.chat.RoadmapID}); err != nil {
		return err
	}
	look, keys, err := t.lookAgain(ctx, quiz)
	if err != nil {
		return err
	}
	lines := []string{t.T("review.result", "Correct", quiz.Correct, "All", quiz.Answered)}
	switch {
	case quiz.Correct == 0:
		lines = []string{t.T("review.fresh")}
	case quiz.Answered == 1:
		lines = []string{t.T("quiz.right")}
	case quiz.Correct == quiz.Answered:
		lines = append(lines, t.T("review.all"))
	default:
		lines = append(lines, t.T("review.some"))
	}
	t.say(screen{joined(append(lines, look...)), append(keys, row(button(t.plain("button.today"), "today")))})
	return nil
}
