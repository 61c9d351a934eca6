package simulation

import (
	"math"

	"yolchi/internal/study"
)

// tally is what is counted of one person or of many.
type tally struct {
	loads     histogram // reviews on a study day
	waits     histogram // days from a wrong answer to the next time
	known     mean      // true chance of each learned question at the end
	asked     mean      // the same of each review, when it was asked
	right     mean      // reviews answered right
	predicted mean      // loss of each prediction
	byRung    [len(rungs)]mean
}

func (t *tally) load(reviews int)    { t.loads.add(reviews) }
func (t *tally) wait(days study.Day) { t.waits.add(int(days)) }

func (t *tally) review(predicted float64, rung int, known float64, right bool) {
	outcome, loss := 0.0, -math.Log1p(-predicted)
	if right {
		outcome, loss = 1, -math.Log(predicted)
	}
	t.asked.add(known)
	t.right.add(outcome)
	t.predicted.add(loss)
	t.byRung[rung].add(outcome)
}

func (t *tally) merge(other tally) {
	t.loads.merge(other.loads)
	t.waits.merge(other.waits)
	t.known.merge(other.known)
	t.asked.merge(other.asked)
	t.right.merge(other.right)
	t.predicted.merge(other.predicted)
	for i := range t.byRung {
		t.byRung[i].merge(other.byRung[i])
	}
}

// mean is a sum and how many it is of.
type mean struct{ sum, n float64 }

func (m *mean) add(x float64)    { m.sum, m.n = m.sum+x, m.n+1 }
func (m *mean) merge(other mean) { m.sum, m.n = m.sum+other.sum, m.n+other.n }

// value is not a number if nothing was added.
func (m mean) value() float64 { return m.sum / m.n }

// bestLoss is the summed log loss of the constant that fits these outcomes
// best: their own mean.
func (m mean) bestLoss() float64 {
	if m.sum == 0 || m.sum == m.n {
		return 0
	}
	p := m.value()
	return -m.sum*math.Log(p) - (m.n-m.sum)*math.Log1p(-p)
}

// histogram counts how often each whole number occurred.
type histogram []int

func (h *histogram) add(x int) {
	for len(*h) <= x {
		*h = append(*h, 0)
	}
	(*h)[x]++
}

func (h *histogram) merge(other histogram) {
	for len(*h) < len(other) {
		*h = append(*h, 0)
	}
	for x, n := range other {
		(*h)[x] += n
	}
}

// quantile is the smallest number that the given share of all is not above; -1
// if there is none.
func (h histogram) quantile(share float64) int {
	total := 0
	for _, n := range h {
		total += n
	}
	seen := 0
	for x, n := range h {
		if seen += n; n > 0 && float64(seen) >= share*float64(total) {
			return x
		}
	}
	return -1
}
