// Package simulation takes invented learners, whose forgetting is known,
// through the real scheduling, and says how well it serves them. It is for
// looking at, not for the bot: nothing that a person does may depend on it.
package simulation

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"text/tabwriter"

	"golang.org/x/sync/errgroup"
)

// Config says how much to simulate. The same Config gives the same Result.
type Config struct {
	Learners int // 1 or more
	Days     int // 1 or more; one topic with five questions on each day of study
	Seed     uint64
}

// Result is how the same learners fare under four plans.
type Result struct {
	Program   Outcome // the real scheduling
	Ladder    Outcome // 1, 3, 7, 21 days, with ten reviews a day as well
	Unlimited Outcome // the real scheduling, as many reviews a day as are due
	Nothing   Outcome // no reviews
}

// Outcome is what came of one plan. Figures of reviews are NaN or -1 where
// there were none.
type Outcome struct {
	MedianReviews, P95Reviews int     // on a study day
	Known                     float64 // share of all learned questions that is known at the end
	Asked                     float64 // share of the reviews in which the answer was known
	Right                     float64 // and in which it was right, guesses included
	MissedAgain               int     // median of the days until a missed question is asked again
	// Log loss of what was said of each review before: by the program, by the
	// one number that fits best, and by the number that fits best for each
	// rung of the ladder. The latter two are found afterwards.
	LogLoss, Constant, Rungs float64
}

// Run simulates. progress, which may be nil, is told how much is done, from
// several goroutines.
func Run(ctx context.Context, cfg Config, progress func(done, total int)) (Result, error) {
	bank := make([]float64, perTopic*cfg.Days)
	nature := rand.New(rand.NewPCG(cfg.Seed, math.MaxUint64))
	for i := range bank {
		bank[i] = nature.NormFloat64()
	}
	plans := [...]plan{program, ladder, unlimited, nothing}
	tallies := make([][len(plans)]tally, cfg.Learners)
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for number := range tallies {
		group.Go(func() error {
			for i, plan := range plans {
				if err := ctx.Err(); err != nil {
					return err
				}
				tallies[number][i] = live(cfg.Seed, number, bank, cfg.Days, plan)
			}
			if n := done.Add(1); progress != nil {
				progress(int(n), cfg.Learners)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Result{}, fmt.Errorf("simulating learners: %w", err)
	}
	var sums [len(plans)]tally
	for _, one := range tallies { // in their order, for the same last digits
		for i := range sums {
			sums[i].merge(one[i])
		}
	}
	return Result{Program: sums[0].outcome(), Ladder: sums[1].outcome(), Unlimited: sums[2].outcome(), Nothing: sums[3].outcome()}, nil
}

func (t *tally) outcome() Outcome {
	byRung := 0.0
	for _, rung := range t.byRung {
		byRung += rung.bestLoss()
	}
	return Outcome{
		MedianReviews: t.loads.quantile(0.5), P95Reviews: t.loads.quantile(0.95),
		Known: t.known.value(), Asked: t.asked.value(), Right: t.right.value(), MissedAgain: t.waits.quantile(0.5),
		LogLoss: t.predicted.value(), Constant: t.right.bestLoss() / t.right.n, Rungs: byRung / t.right.n,
	}
}

// Table writes the result for people.
func (r Result) Table(w io.Writer) error {
	plans := [...]Outcome{r.Program, r.Ladder, r.Unlimited, r.Nothing}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "\tYoʻlchi\tladder 1-3-7-21\tno limit\tno reviews")
	row := func(name string, figure func(Outcome) string) {
		fmt.Fprint(out, name)
		for _, plan := range plans {
			fmt.Fprint(out, "\t", figure(plan))
		}
		fmt.Fprintln(out)
	}
	row("reviews on a study day, median", func(o Outcome) string { return whole(o.MedianReviews) })
	row("reviews on a study day, 95 % at most", func(o Outcome) string { return whole(o.P95Reviews) })
	row("known at the end, of all learned", func(o Outcome) string { return percent(o.Known) })
	row("known when asked again", func(o Outcome) string { return percent(o.Asked) })
	row("answered right, with guesses", func(o Outcome) string { return percent(o.Right) })
	row("days until a missed one comes again, median", func(o Outcome) string { return whole(o.MissedAgain) })
	row("log loss of the predictions", func(o Outcome) string { return loss(o.LogLoss) })
	row("  of the best constant", func(o Outcome) string { return loss(o.Constant) })
	row("  of the best number for each rung", func(o Outcome) string { return loss(o.Rungs) })
	return out.Flush()
}

const none = "–"

func whole(n int) string {
	if n < 0 {
		return none
	}
	return fmt.Sprint(n)
}

func percent(share float64) string {
	if math.IsNaN(share) {
		return none
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

func loss(x float64) string {
	if math.IsNaN(x) {
		return none
	}
	return fmt.Sprintf("%.4f", x)
}
