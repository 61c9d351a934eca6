package simulation

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"yolchi/internal/memory"
	"yolchi/internal/study"
)

// The habits of the simulated people. These are assumptions, not measured.
const (
	perTopic    = 5        // questions of a topic, all asked on its day
	leastOften  = 0.5      // the laziest study every other day, the keenest daily
	breakChance = 1.0 / 45 // of a break that begins on a study day
	breakLeast  = 5        // days of a break
	breakMost   = 24
)

// rungs are the days of the ladder that everything is compared with. A right
// answer leads one up, a wrong one to the first.
var rungs = [...]study.Day{1, 3, 7, 21}

// learner is a person, what the bot knows of them, and where each question
// stands on the ladder.
type learner struct {
	mind
	bank    []float64 // difficulty of every question
	chance  *rand.Rand
	days    map[study.Day]study.Activity
	cards   map[string]memory.Card
	met     []string       // the questions in their order
	place   map[string]int // of a question in that order, and in the two below
	history [][]answer
	rung    []int
	tally   tally
}

// plan decides which questions a learner is asked again today.
type plan func(l *learner, today study.Day) []string

// program is the real scheduling.
func program(l *learner, today study.Day) []string { return memory.Today(l.cards, l.days, today) }

// unlimited asks all that is due.
func unlimited(l *learner, today study.Day) []string {
	var due []string
	for _, question := range l.met {
		if l.cards[question].Due <= today {
			due = append(due, question)
		}
	}
	return due
}

// ladder asks the ten that have waited longest by the ladder.
func ladder(l *learner, today study.Day) []string {
	type waiting struct {
		question string
		since    study.Day
	}
	var due []waiting
	for i, question := range l.met {
		last := l.history[i][len(l.history[i])-1]
		if since := last.day + rungs[l.rung[i]]; since <= today {
			due = append(due, waiting{question, since})
		}
	}
	slices.SortStableFunc(due, func(a, b waiting) int { return cmp.Compare(a.since, b.since) })
	var first []string
	for _, w := range due[:min(len(due), 10)] {
		first = append(first, w.question)
	}
	return first
}

// nothing asks each question only once.
func nothing(*learner, study.Day) []string { return nil }

// live takes one person through all days and tells what happened. The person
// and the days of study are the same under every plan.
func live(seed uint64, number int, bank []float64, days int, plan plan) tally {
	nature := rand.New(rand.NewPCG(seed, 2*uint64(number)))
	l := &learner{
		mind: newMind(nature), bank: bank,
		chance: rand.New(rand.NewPCG(seed, 2*uint64(number)+1)),
		days:   map[study.Day]study.Activity{}, cards: map[string]memory.Card{}, place: map[string]int{},
	}
	often := leastOften + (1-leastOften)*nature.Float64()
	back := study.Day(0)
	end := study.Day(days)
	for today := range end {
		if nature.Float64() >= often || today < back {
			continue
		}
		if nature.Float64() < breakChance {
			back = today + breakLeast + study.Day(nature.IntN(breakMost-breakLeast+1))
			continue
		}
		again := plan(l, today)
		for _, question := range again {
			l.review(question, today)
		}
		l.tally.load(len(again))
		for range perTopic {
			l.meet(today)
		}
		l.days[today] = study.Activity{Topics: 1, Answers: len(again) + perTopic}
	}
	for i, history := range l.history {
		l.tally.known.add(l.recall(bank[i], history, end))
	}
	return l.tally
}

// meet asks the next question for the first time.
func (l *learner) meet(today study.Day) {
	question := fmt.Sprintf("q%05d", len(l.met))
	l.place[question] = len(l.met)
	l.met = append(l.met, question)
	l.history = append(l.history, nil)
	l.rung = append(l.rung, -1)
	l.answer(question, today)
}

// review asks a question again and compares the answer with the predictions.
func (l *learner) review(question string, today study.Day) {
	i := l.place[question]
	predicted := memory.Retrievability(l.cards[question], today)
	rung, last := l.rung[i], l.history[i][len(l.history[i])-1]
	known, right := l.answer(question, today)
	l.tally.review(predicted, rung, known, right)
	if !last.right {
		l.tally.wait(today - last.day)
	}
}

// answer lets the person answer and the bot learn of it.
func (l *learner) answer(question string, today study.Day) (known float64, right bool) {
	i := l.place[question]
	known = l.recall(l.bank[i], l.history[i], today)
	right = l.answers(known, l.chance)
	l.history[i] = append(l.history[i], answer{day: today, right: right})
	l.cards[question] = memory.Review(l.cards[question], right, today)
	if l.rung[i] = min(l.rung[i]+1, len(rungs)-1); !right {
		l.rung[i] = 0
	}
	return known, right
}
