package memory

import (
	"cmp"
	"slices"

	"yolchi/internal/study"
)

const (
	mostADay  = 10 // reviews offered on a local day
	absence   = 7  // days in a row without study after which one begins gently
	headStart = 30 // days that a missed question goes ahead in the line
)

// Today is which questions to ask again on the local day, in this order: at
// most ten, but one on the first day back after a week of absence or more and
// two on the second. Questions that came back today already take up places,
// wherever they were asked. What finds no place waits, unmentioned.
//
// What has waited longest comes first, so that every question has its turn,
// and what was missed has a head start, so that it is soon asked again
// (docs/memory.md compares orders). A list that is asked one by one stays the
// same.
//
// cards are the person's, by question; those that are neither due nor were
// answered today may be left out. days is all that the person ever did.
func Today(cards map[string]Card, days map[study.Day]study.Activity, today study.Day) []string {
	type waiting struct {
		question string
		turn     study.Day
	}
	var due []waiting
	places := limit(days, today)
	for question, card := range cards {
		if card.Reps > 0 && card.Due <= today {
			due = append(due, waiting{question, card.turn()})
		}
		if card.Reps > 1 && card.Last == today {
			places--
		}
	}
	slices.SortFunc(due, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(a.turn, b.turn), cmp.Compare(a.question, b.question))
	})
	questions := make([]string, min(max(places, 0), len(due)))
	for i := range questions {
		questions[i] = due[i].question
	}
	return questions
}

// turn orders the cards that are due. To come back on the very next day means
// that a question was missed and had not been well known before.
func (c Card) turn() study.Day {
	if c.Due-c.Last == 1 {
		return c.Due - headStart
	}
	return c.Due
}

// limit is how many reviews there is room for on the day.
func limit(days map[study.Day]study.Activity, today study.Day) int {
	last, ok := studiedBefore(days, today)
	if !ok || today-last > absence {
		return 1
	}
	before, ok := studiedBefore(days, last)
	if ok && last-before > absence {
		return 2
	}
	return mostADay
}

// studiedBefore is the last day before the given one on which the person
// studied.
func studiedBefore(days map[study.Day]study.Activity, day study.Day) (last study.Day, ok bool) {
	for d, activity := range days {
		if d < day && activity.Studied() && (!ok || d > last) {
			last, ok = d, true
		}
	}
	return last, ok
}
