package memory

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/study"
)

// studied is a past with study on the given days.
func studied(days ...study.Day) map[study.Day]study.Activity {
	past := map[study.Day]study.Activity{}
	for _, day := range days {
		past[day] = study.Activity{Answers: 1}
	}
	return past
}

// waiting is cards that were answered right on the first day and are due two
// days later, a little after each other in the line.
func waiting(n int) map[string]Card {
	cards := map[string]Card{}
	for i := range n {
		cards[fmt.Sprintf("q%02d", i)] = Review(Card{}, true, start+study.Day(i))
	}
	return cards
}

const now = start + 100

func TestAfterAnAbsenceOneBeginsGently(t *testing.T) {
	paused := studied(now - 20)
	for day := now - 19; day < now; day++ {
		paused[day] = study.Activity{Paused: true}
	}
	for _, c := range []struct {
		name string
		days map[study.Day]study.Activity
		want int
	}{
		{"every day", studied(now-3, now-2, now-1), 10},
		{"today as well", studied(now-2, now-1, now), 10},
		{"the second day of all", studied(now - 1), 10},
		{"once a week", studied(now-14, now-7), 10},
		{"six days without study", studied(now-8, now-7), 10},
		{"seven days without study", studied(now-9, now-8), 1},
		{"the same, having studied today", studied(now-9, now-8, now), 1},
		{"half a year without study", studied(now - 180), 1},
		{"a pause", paused, 1},
		{"nothing known of earlier days", studied(), 1},
		{"the second day back", studied(now-9, now-1), 2},
		{"the second day back, some days after the first", studied(now-15, now-5), 2},
		{"away, back for a day, away again", studied(now-30, now-10), 1},
		{"the third day back", studied(now-10, now-2, now-1), 10},
	} {
		if got := len(Today(waiting(30), c.days, now)); got != c.want {
			t.Errorf("%s: %d reviews, want %d", c.name, got, c.want)
		}
	}
}

func TestNeverMoreThanTenADay(t *testing.T) {
	for _, c := range []struct{ due, repeated, new, want int }{
		{0, 0, 0, 0},
		{3, 0, 0, 3},
		{10, 0, 0, 10},
		{11, 0, 0, 10},
		{500, 0, 0, 10},
		{500, 4, 0, 6}, // four came back today already
		{500, 4, 5, 6}, // new questions of today are no reviews
		{3, 8, 0, 2},
		{500, 10, 0, 0},
		{500, 12, 0, 0},
	} {
		cards := waiting(min(c.due, 90))
		for i := 90; i < c.due; i++ {
			cards[fmt.Sprint("more", i)] = Review(Card{}, false, start)
		}
		for i := range c.repeated {
			cards[fmt.Sprint("repeated", i)] = Review(Review(Card{}, true, start), i%2 == 0, now)
		}
		for i := range c.new {
			cards[fmt.Sprint("new", i)] = Review(Card{}, i%2 == 0, now)
		}
		if got := len(Today(cards, studied(now-1), now)); got != c.want {
			t.Errorf("%+v: %d reviews", c, got)
		}
	}
}

func TestWhatWaitedLongestComesFirstAndAMissIsAMonthAhead(t *testing.T) {
	cards := map[string]Card{
		"oldest":       Review(Card{}, true, start),       // due on start+2
		"a miss":       Review(Card{}, false, start+32),   // start+33, as if start+3
		"day later":    Review(Card{}, true, start+1),     // start+3
		"a twin":       Review(Card{}, true, start+1),     // the same; by name
		"missed":       Review(Card{}, false, now-1),      // today, as if now-30
		"known":        Review(Card{}, true, now-2),       // today
		"tomorrow":     Review(Card{}, true, now-1),       // not yet
		"just missed":  Review(Card{}, false, now),        // not on the same day
		"never asked":  {},                                // no card at all
		"answered now": Review(cardDue(now-3), true, now), // takes a place
	}
	want := []string{"oldest", "a miss", "a twin", "day later", "missed", "known"}
	if diff := cmp.Diff(want, Today(cards, studied(now-1), now)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// cardDue is a card that is due on the day.
func cardDue(day study.Day) Card { return Review(Card{}, true, day-2) }

func TestAListThatIsAskedOneByOneStaysTheSame(t *testing.T) {
	cards, days := waiting(40), studied(now-1)
	for i := range 8 {
		cards[fmt.Sprint("missed", i)] = Review(Card{}, false, start+study.Day(9*i))
	}
	want := Today(cards, days, now)
	var got []string
	for i := range want {
		next := Today(cards, days, now)
		if len(next) != len(want)-i {
			t.Fatalf("after %d answers %d are left", i, len(next))
		}
		got = append(got, next[0])
		cards[next[0]] = Review(cards[next[0]], i%3 > 0, now)
		days[now] = study.Activity{Answers: i + 1}
	}
	if left := Today(cards, days, now); len(left) > 0 {
		t.Errorf("still offered: %v", left)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-at once +one by one:\n%s", diff)
	}
}

func TestQuestionsThatNeverStickDoNotCrowdOutTheOthers(t *testing.T) {
	cards, days := map[string]Card{}, studied(start)
	for i := range 30 {
		cards[fmt.Sprint("never sticks", i)] = Review(Card{}, false, start)
	}
	cards["well known"] = Review(Card{}, true, start)
	for day := start + 1; day < start+60; day++ {
		asked := Today(cards, days, day)
		if slices.Contains(asked, "well known") {
			return
		}
		for _, question := range asked {
			cards[question] = Review(cards[question], false, day)
		}
		days[day] = study.Activity{Answers: len(asked)}
	}
	t.Error("not asked again for two months")
}
