package simulation

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"yolchi/internal/memory"
	"yolchi/internal/study"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func simulate(t *testing.T, cfg Config) Result {
	t.Helper()
	result, err := Run(t.Context(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestPredictionsBeatTheConstantAndTheLadderWithinTenReviewsADay(t *testing.T) {
	for seed := range uint64(3) {
		r := simulate(t, Config{Learners: 30, Days: 60, Seed: seed})
		p := r.Program
		if p.LogLoss >= p.Constant || p.LogLoss >= p.Rungs {
			t.Errorf("seed %d: log loss %.4f, of the best constant %.4f, of the ladder %.4f", seed, p.LogLoss, p.Constant, p.Rungs)
		}
		if p.P95Reviews > 10 || p.MedianReviews < 1 {
			t.Errorf("seed %d: %d reviews a day in the middle, %d at the 95th percentile", seed, p.MedianReviews, p.P95Reviews)
		}
		if p.Known <= r.Nothing.Known || p.Known >= r.Unlimited.Known {
			t.Errorf("seed %d: %.3f known, without reviews %.3f, without a limit %.3f", seed, p.Known, r.Nothing.Known, r.Unlimited.Known)
		}
		if p.MissedAgain >= r.Ladder.MissedAgain {
			t.Errorf("seed %d: a missed question waits %d days, on the ladder %d", seed, p.MissedAgain, r.Ladder.MissedAgain)
		}
	}
}

func TestTheSeedDecidesEverything(t *testing.T) {
	cfg := Config{Learners: 8, Days: 40, Seed: 7}
	table := func(cfg Config) string {
		var b strings.Builder
		if err := simulate(t, cfg).Table(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := table(cfg)
	if diff := cmp.Diff(first, table(cfg)); diff != "" {
		t.Errorf("the same seed (-first +second):\n%s", diff)
	}
	cfg.Seed++
	if table(cfg) == first {
		t.Error("another seed gives the same figures")
	}
	if lines := strings.Count(first, "\n"); lines != 10 || strings.Contains(first, "NaN") {
		t.Errorf("%d lines:\n%s", lines, first)
	}
}

func TestASingleDayHasNoReviews(t *testing.T) {
	p := simulate(t, Config{Learners: 20, Days: 1, Seed: 1}).Program
	if p.P95Reviews != 0 || !math.IsNaN(p.LogLoss) || p.MissedAgain != -1 {
		t.Errorf("%+v", p)
	}
}

func TestProgressIsToldAndACancelEnds(t *testing.T) {
	var told, most atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	progress := func(done, total int) {
		told.Add(1)
		if total != 12 {
			t.Errorf("%d of %d", done, total)
		}
		for highest := most.Load(); int64(done) > highest && !most.CompareAndSwap(highest, int64(done)); highest = most.Load() {
		}
	}
	if _, err := Run(ctx, Config{Learners: 12, Days: 5}, progress); err != nil || told.Load() != 12 || most.Load() != 12 {
		t.Errorf("told %d times, at most %d: %v", told.Load(), most.Load(), err)
	}
	cancel()
	if _, err := Run(ctx, Config{Learners: 12, Days: 5}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestTheLadderClimbsARungForEachRightAnswerAndFallsToTheFirst(t *testing.T) {
	l := &learner{mind: mind{ability: 100}, bank: make([]float64, 1), chance: rand.New(rand.NewPCG(1, 1)), place: map[string]int{}, cards: map[string]memory.Card{}}
	l.meet(0)
	today := study.Day(0)
	for _, want := range []study.Day{1, 3, 7, 21, 21} {
		if len(ladder(l, today+want-1)) != 0 || len(ladder(l, today+want)) != 1 {
			t.Errorf("not asked %d days after day %d", want, today)
		}
		today += want
		l.answer("q00000", today)
	}
	l.ability = -100
	l.answer("q00000", today+21)
	if l.rung[0] != 0 {
		t.Errorf("after a wrong answer on rung %d", l.rung[0])
	}
}

func TestPeopleForgetWithoutReviewAndKnowMoreAfterRightAnswers(t *testing.T) {
	var m mind
	once := []answer{{day: 0, right: true}}
	twice := append(once[:1:1], answer{day: 10, right: true})
	missed := append(once[:1:1], answer{day: 10, right: false})
	for day := study.Day(11); day < 200; day++ {
		if m.recall(0, once, day) >= m.recall(0, twice, day) || m.recall(0, missed, day) >= m.recall(0, twice, day) {
			t.Fatalf("on day %d a right answer did not help", day)
		}
		if m.recall(0, twice, day+1) > m.recall(0, twice, day) {
			t.Fatalf("more is known on day %d than before", day+1)
		}
	}
	if m.recall(1, once, 1) >= m.recall(0, once, 1) || (mind{ability: 1}).recall(0, once, 1) <= m.recall(0, once, 1) {
		t.Error("neither difficulty nor ability matters")
	}
}

func TestLossesAreThoseOfTheBestFit(t *testing.T) {
	var m mean
	for _, outcome := range []float64{1, 1, 1, 0} {
		m.add(outcome)
	}
	if got, want := m.bestLoss(), -3*math.Log(0.75)-math.Log(0.25); math.Abs(got-want) > 1e-12 {
		t.Errorf("loss %v, want %v", got, want)
	}
	for _, sure := range []mean{{}, {sum: 4, n: 4}, {sum: 0, n: 4}} {
		if got := sure.bestLoss(); got != 0 {
			t.Errorf("%+v: loss %v", sure, got)
		}
	}
	var h histogram
	for _, x := range []int{3, 0, 10, 3, 4} {
		h.add(x)
	}
	if h.quantile(0.5) != 3 || h.quantile(0.95) != 10 || h.quantile(0.1) != 0 || (histogram{}).quantile(0.5) != -1 {
		t.Errorf("quantiles of %v", h)
	}
}
