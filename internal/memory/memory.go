// Package memory says how well a person still knows each question, and which
// questions to ask again on a local day. Plain functions of data and time: it
// must never read a clock, a database or a file, and it never says how much is
// overdue, because a backlog is not a debt.
package memory

import (
	"math"

	"github.com/open-spaced-repetition/go-fsrs/v4"

	"yolchi/internal/study"
)

// retention is the chance of a right answer at which a question comes back.
// FSRS measures stability at the same one, so the interval is the stability.
const retention = 0.9

// Card is the memory of one person for one question, by FSRS-6. The zero value
// is a question that was never answered.
type Card struct {
	Stability  float64   // days until the chance of a right answer has fallen to 0.9; above 0
	Difficulty float64   // 1 to 10
	Reps       int       // local days on which it was answered
	Lapses     int       // how often it was missed after the first time
	Last       study.Day // on which it was last answered
	Due        study.Day // from which it is asked again; always after Last
}

// Review is the card after an answer on the person's local day; "I don't know"
// is an answer that is not right. The first answer of a day tells what is
// remembered. A further one leaves the card as it is, and so does one on a day
// before the last, which a journey over the date line can bring.
func Review(card Card, right bool, day study.Day) Card {
	var before *fsrs.MemoryState // none before the first answer
	var elapsed study.Day
	if card.Reps > 0 {
		if day <= card.Last {
			return card
		}
		before = &fsrs.MemoryState{Stability: card.Stability, Difficulty: card.Difficulty}
		elapsed = day - card.Last
	}
	grade := fsrs.Good
	if !right {
		grade = fsrs.Again
		if before != nil {
			card.Lapses++
		}
	}
	after := weights.NextState(before, retention, uint64(elapsed), grade).Memory
	card.Stability, card.Difficulty = round(after.Stability), round(after.Difficulty)
	card.Reps++
	card.Last = day
	card.Due = day + study.Day(max(1, math.Round(card.Stability)))
	return card
}

// Retrievability is the chance of a right answer on the day, above 0 and at
// most 1. It is 0 for a question that was never answered.
func Retrievability(card Card, day study.Day) float64 {
	if card.Reps == 0 {
		return 0
	}
	return weights.ForgettingCurve(float64(max(0, day-card.Last)), card.Stability)
}

// weights are the library's own, the medians of 10,000 learners. Its steps of
// minutes are off: a question comes back tomorrow at the earliest. It must stay
// as it is, for all goroutines read it and every card depends on it.
var weights = func() *fsrs.Parameters {
	p := fsrs.DefaultParam()
	p.EnableShortTerm = false
	return &p
}()

// round drops the last digits, in which processors differ, so that a rebuild
// on another machine finds no difference.
func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// Key names a card.
type Key struct {
	User     int64
	Question string
}

// Fold rebuilds all cards from the whole log, oldest event first.
func Fold(log []study.Event) map[Key]Card {
	cards := map[Key]Card{}
	for _, e := range log {
		if e.Kind == study.Answered {
			key := Key{User: e.User, Question: e.Question}
			cards[key] = Review(cards[key], e.Detail.Right, e.Day)
		}
	}
	return cards
}
