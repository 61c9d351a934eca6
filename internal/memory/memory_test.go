package memory

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/study"
)

// start is some day; no rule depends on which.
const start study.Day = 20_500

// history answers as the signs say, + right and - wrong, each on the day on
// which the question is due.
func history(signs string) (card Card, intervals []study.Day) {
	day := start
	for _, sign := range signs {
		card = Review(card, sign == '+', day)
		intervals = append(intervals, card.Due-day)
		day = card.Due
	}
	return card, intervals
}

func TestQuestionsComeBackAtGrowingIntervalsAndSoonAfterAMiss(t *testing.T) {
	for _, c := range []struct {
		answers string
		want    []study.Day
		lapses  int
	}{
		{"+", []study.Day{2}, 0},
		{"-", []study.Day{1}, 0},
		{"+++++", []study.Day{2, 11, 46, 163, 497}, 0},
		{"-+++++", []study.Day{1, 2, 6, 17, 44, 102}, 0},
		{"+-+++", []study.Day{2, 1, 2, 6, 15}, 1},
		{"++++-++", []study.Day{2, 11, 46, 163, 5, 12, 28}, 1},
		{"-----", []study.Day{1, 1, 1, 1, 1}, 4},
	} {
		card, got := history(c.answers)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: days until it comes back (-want +got):\n%s", c.answers, diff)
		}
		if card.Reps != len(c.answers) || card.Lapses != c.lapses {
			t.Errorf("%s: %d reps and %d lapses, want %d and %d", c.answers, card.Reps, card.Lapses, len(c.answers), c.lapses)
		}
	}
}

func TestOnlyTheFirstAnswerOfADayTellsWhatIsRemembered(t *testing.T) {
	for _, first := range []bool{true, false} {
		card := Review(Review(Card{}, true, start), first, start+5)
		for _, day := range []study.Day{start + 5, start + 4, start} {
			for _, again := range []bool{true, false} {
				if diff := cmp.Diff(card, Review(card, again, day)); diff != "" {
					t.Errorf("answered %v, then %v on day %s (-before +after):\n%s", first, again, day, diff)
				}
			}
		}
	}
}

// randomCard is a card with a past, and a day on which it could be answered.
func randomCard(r *rand.Rand) (Card, study.Day) {
	card, day := Card{}, start
	for range 1 + r.IntN(8) {
		card = Review(card, r.IntN(3) > 0, day)
		day = card.Last + 1 + study.Day(r.IntN(2*int(card.Due-card.Last)+2))
	}
	return card, day
}

func TestWhatHoldsForEveryCard(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		card, day := randomCard(r)
		right, wrong := Review(card, true, day), Review(card, false, day)
		for _, after := range []Card{right, wrong} {
			if after.Due <= day || after.Last != day || after.Reps != card.Reps+1 {
				t.Fatalf("answered on %d: %+v became %+v", day, card, after)
			}
			if after.Stability <= 0 || after.Difficulty < 1 || after.Difficulty > 10 {
				t.Fatalf("out of range: %+v", after)
			}
		}
		if right.Stability <= card.Stability || right.Lapses != card.Lapses {
			t.Fatalf("a right answer did not make it last longer: %+v became %+v", card, right)
		}
		if day >= card.Due && right.Due-right.Last < card.Due-card.Last {
			t.Fatalf("a right answer when due brings it back sooner: %+v became %+v", card, right)
		}
		if wrong.Stability >= card.Stability || wrong.Due > right.Due || wrong.Lapses != card.Lapses+1 {
			t.Fatalf("a wrong answer did not bring it back sooner: %+v became %+v", card, wrong)
		}
	}
}

func TestWhatIsRememberedFadesToNineInTenOnTheDayItIsDue(t *testing.T) {
	if got := Retrievability(Card{}, start); got != 0 {
		t.Errorf("a question never answered is remembered: %v", got)
	}
	card, _ := history("++++")
	if got := Retrievability(card, card.Last); got != 1 {
		t.Errorf("on the day of the answer: %v, want 1", got)
	}
	if got := Retrievability(card, card.Last-1); got != 1 {
		t.Errorf("on a day before the answer: %v, want 1", got)
	}
	if got := Retrievability(card, card.Due); math.Abs(got-0.9) > 0.001 {
		t.Errorf("on the day it is due: %v, want 0.9", got)
	}
	for day := card.Last; day < card.Last+3000; day++ {
		if now, later := Retrievability(card, day), Retrievability(card, day+1); later >= now || later <= 0 {
			t.Fatalf("from %v to %v within a day", now, later)
		}
	}
}

// someLog holds what several people answered, among other events.
func someLog(r *rand.Rand, n int) []study.Event {
	var log []study.Event
	for i := range n {
		e := study.Event{Day: start + study.Day(i/7), User: int64(1 + r.IntN(3)), Kind: study.Answered, Topic: "t", Question: string(rune('a' + r.IntN(5)))}
		e.Detail.Right = r.IntN(3) > 0
		if r.IntN(4) == 0 {
			e.Kind = study.Opened
		}
		log = append(log, e)
	}
	return log
}

func TestTheLogRebuildsEveryCard(t *testing.T) {
	log := someLog(rand.New(rand.NewPCG(1, 2)), 600)
	kept := map[Key]Card{} // one step at a time, as the bot does it
	for _, e := range log {
		if e.Kind == study.Answered {
			key := Key{e.User, e.Question}
			kept[key] = Review(kept[key], e.Detail.Right, e.Day)
		}
	}
	if len(kept) != 15 {
		t.Fatalf("%d cards, want those of 3 people and 5 questions", len(kept))
	}
	var all sync.WaitGroup // at once: the library must not share what it writes
	for range 4 {
		all.Go(func() {
			if diff := cmp.Diff(kept, Fold(log)); diff != "" {
				t.Errorf("kept and rebuilt (-kept +rebuilt):\n%s", diff)
			}
		})
	}
	all.Wait()
}

func FuzzACardFollowsFromItsAnswers(f *testing.F) {
	f.Add([]byte{0x01, 0x06, 0x16, 0x5c, 0xff})
	f.Add([]byte{0, 0, 2, 2, 2, 200, 3})
	f.Fuzz(func(t *testing.T, answers []byte) {
		var log []study.Event
		day := start
		for _, b := range answers {
			day += study.Day(b>>1) - 3 // journeys back included
			log = append(log, study.Event{Day: day, User: 1, Kind: study.Answered, Question: "q", Detail: study.Detail{Right: b&1 == 1}})
		}
		var card Card
		for _, e := range log {
			before := card
			if card = Review(card, e.Detail.Right, e.Day); card == before {
				continue
			}
			remembered := Retrievability(card, e.Day+9)
			if card.Due <= card.Last || card.Last < before.Last || card.Lapses >= card.Reps || remembered <= 0 || remembered >= 1 {
				t.Fatalf("%+v became %+v on day %d", before, card, e.Day)
			}
		}
		if got := Fold(log)[Key{1, "q"}]; got != card {
			t.Fatalf("rebuilt %+v, want %+v", got, card)
		}
	})
}
