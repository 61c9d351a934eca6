package simulation

import (
	"math"
	"math/rand/v2"

	"yolchi/internal/study"
)

// How the simulated people remember: DASH, a logistic model of difficulty,
// ability and study history (Lindsey, Shroyer, Pashler, Mozer: Improving
// students' long-term knowledge retention through personalized review,
// Psychological Science 25(3), 2014). It has no stability and no forgetting
// curve: it counts earlier answers, all and right ones, in windows of time.
//
// The weights are the defaults of DASH in the SRS benchmark of Anki learners
// (github.com/open-spaced-repetition/srs-benchmark, models/dash.py). That data
// has no difficulty and no ability; ours are standard normal, the convention
// of the Rasch model.
var (
	windows   = [...]study.Day{1, 7, 30, math.MaxInt32} // days back
	perAnswer = [...]float64{0.2024, 0.1255, -0.1485, 0.0933}
	perRight  = [...]float64{0.5967, 0.6039, 0.572, 0.4801}
)

// bias is what an average person knows of an average question that was never
// asked: 69 %.
const bias = 0.787

// options are those of a quiz question from which a guess is made.
const options = 4

// answer is one in a person's history of a question.
type answer struct {
	day   study.Day
	right bool
}

// mind is what is true of one person, and hidden from the scheduler.
type mind struct {
	ability float64 // logits
	guesses float64 // how often one guesses who does not know, instead of saying so
}

func newMind(r *rand.Rand) mind {
	return mind{ability: r.NormFloat64(), guesses: r.Float64()}
}

// recall is the true chance that the person knows the answer on the day.
func (m mind) recall(difficulty float64, history []answer, day study.Day) float64 {
	logit := bias + m.ability - difficulty
	for w, window := range windows {
		var all, right float64
		for _, a := range history {
			if day-a.day <= window {
				all++
				if a.right {
					right++
				}
			}
		}
		logit += perAnswer[w]*math.Log1p(all) + perRight[w]*math.Log1p(right)
	}
	return 1 / (1 + math.Exp(-logit))
}

// answers is whether the person answers right who knows it by that chance.
func (m mind) answers(known float64, r *rand.Rand) bool {
	return r.Float64() < known || r.Float64() < m.guesses/options
}
