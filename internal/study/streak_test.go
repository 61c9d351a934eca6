package study

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
)

// run reads days from 2026-11-02, a Monday: "+" studied, "p" paused, "P"
// studied in a pause, anything else nothing. Spaces are passed over.
func run(t *testing.T, text string) (days map[Day]Activity, first Day) {
	t.Helper()
	days, first = map[Day]Activity{}, day(t, "2026-11-02")
	for i, c := range strings.ReplaceAll(text, " ", "") {
		switch c {
		case '+':
			days[first+Day(i)] = Activity{Answers: 1}
		case 'p':
			days[first+Day(i)] = Activity{Paused: true}
		case 'P':
			days[first+Day(i)] = Activity{Answers: 1, Paused: true}
		}
	}
	return days, first
}

// The last letter is today. A week is written together.
func TestTheStreakIsKind(t *testing.T) {
	for _, c := range []struct {
		name, days       string
		set              Weekdays
		streak, freezes  int
		earning          int
		frozen           string // as the letter's number, from 0
		end              string // day: length, counted since, + while it can come back
		endsOn, cameBack int
	}{
		{name: "nothing yet", days: ".", freezes: 2, endsOn: -1},
		{name: "today", days: "+", streak: 1, freezes: 2, endsOn: 3},
		{name: "today is not over", days: "+.", streak: 1, freezes: 2, endsOn: 3},
		{name: "a freeze holds", days: "+..", streak: 1, freezes: 1, frozen: "1", endsOn: 3},
		{name: "two freezes hold", days: "+...", streak: 1, frozen: "1 2", endsOn: 3},
		{name: "the third day ends it", days: "+....", frozen: "1 2", end: "3: 1, 0+", endsOn: -1},
		{name: "a freeze does not count as a day", days: "+.+", streak: 2, freezes: 1, earning: 1, frozen: "1", endsOn: 4},
		{name: "five days earn it back", days: "+.+++++", streak: 6, freezes: 2, frozen: "1", endsOn: 9},
		{name: "four do not", days: "+.++++", streak: 5, freezes: 1, earning: 4, frozen: "1", endsOn: 7},
		{name: "never more than two", days: "+++++++ +++++++", streak: 14, freezes: 2, endsOn: 16},
		{name: "free days break nothing", days: "+++++.. +", set: MondayToFri, streak: 6, freezes: 2, endsOn: 10},
		{name: "a free day on which one studied counts", days: "+++++.+ +", set: MondayToFri, streak: 7, freezes: 2, endsOn: 10},
		{name: "a pause breaks nothing", days: "+ppppp. .", streak: 1, freezes: 1, frozen: "6", endsOn: 8},
		{name: "one may study in a pause", days: "+pPPp+", streak: 4, freezes: 2, endsOn: 8},
		{name: "a pause ahead moves the end", days: "+ppp", streak: 1, freezes: 2, endsOn: 6},
		{name: "one day does not bring it back", days: "++++... .+", streak: 1, frozen: "4 5", earning: 1, end: "6: 4, 1+", endsOn: 9},
		{name: "on the way back", days: "++++... ++", streak: 2, frozen: "4 5", earning: 2, end: "6: 4, 2+", endsOn: 9},
		{name: "three days bring it back", days: "++++... +++", streak: 7, frozen: "4 5", earning: 3, endsOn: 10, cameBack: 9},
		{name: "today may still bring it back", days: "++++... ++.", streak: 2, frozen: "4 5", earning: 2, end: "6: 4, 2+", endsOn: 9},
		{name: "a missed day on the way takes nothing", days: "++++... ++. .", frozen: "4 5", earning: 2, end: "6: 4, 2+", endsOn: -1},
		{name: "days before a gap count as well", days: "++++... ++...+", streak: 7, frozen: "4 5", earning: 3, endsOn: 13, cameBack: 12},
		{name: "three single days", days: "++++... .+..+..+", streak: 7, frozen: "4 5", earning: 3, endsOn: 15, cameBack: 14},
		{name: "on the last of 14 study days", days: "++++... ........... +++", streak: 7, frozen: "4 5", earning: 3, endsOn: 21, cameBack: 20},
		{name: "one day later it is too late", days: "++++... ............ +++", streak: 3, frozen: "4 5", earning: 3, end: "6: 4, 2", endsOn: 22},
		{name: "today is still one of the 14", days: "++++... ++........... .", frozen: "4 5", earning: 2, end: "6: 4, 2+", endsOn: -1},
		{name: "tomorrow is none", days: "++++... ++........... ..", frozen: "4 5", earning: 2, end: "6: 4, 2", endsOn: -1},
		{name: "rest is no time on the way back", days: "++++... ppppppp ppppppp ppppppp +++", streak: 7, frozen: "4 5", earning: 3, endsOn: 31, cameBack: 30},
		{name: "a freeze earned on the way holds it", days: "++++++.++++.. .+.++", streak: 13, frozen: "6 11 15", earning: 2, endsOn: 18, cameBack: 17},
		{name: "once a week, three weeks bring it back", days: "+...... ....... ....... ....... +...... +...... +", set: Of(time.Monday), streak: 4, frozen: "7 14", earning: 3, endsOn: 49, cameBack: 42},
		{name: "free days are no missed ones on the way", days: "+...+.. ++", set: MondayToFri, streak: 4, frozen: "1 2", earning: 3, endsOn: 9, cameBack: 8},
		{name: "once only", days: "++++... +++.+++", frozen: "4 5", streak: 3, freezes: 1, earning: 1, end: "10: 7, 0", endsOn: 15, cameBack: 9},
		{name: "the next streak has its own way back", days: "++++... +++.+.+ ++", frozen: "4 5", streak: 4, freezes: 1, earning: 2, endsOn: 17, cameBack: 15},
		{name: "years later", days: "+" + strings.Repeat(".......", 60) + "+", streak: 1, frozen: "1 2", earning: 1, end: "3: 1, 0", endsOn: 422},
	} {
		t.Run(c.name, func(t *testing.T) {
			days, first := run(t, c.days)
			today := first + Day(len(strings.ReplaceAll(c.days, " ", ""))) - 1
			if c.set == 0 {
				c.set = EveryDay
			}
			s := StreakOf(days, CalendarOf(nil, c.set), today)
			got := fmt.Sprintf("%d days, %d freezes, %d earned, ends on %d, back on %d", s.Days, s.Freezes, s.Earning, s.EndsOn-first, max(s.Back-first, 0))
			endsOn := Day(c.endsOn)
			if c.endsOn < 0 {
				endsOn = -first
			}
			want := fmt.Sprintf("%d days, %d freezes, %d earned, ends on %d, back on %d", c.streak, c.freezes, c.earning, endsOn, c.cameBack)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			var frozen []string
			for d := first; d <= today; d++ {
				if s.Frozen[d] {
					frozen = append(frozen, strconv.Itoa(int(d-first)))
				}
			}
			if got := strings.Join(frozen, " "); got != c.frozen {
				t.Errorf("frozen are %q, want %q", got, c.frozen)
			}
			end := ""
			if s.End != nil {
				end = fmt.Sprintf("%d: %d, %d", s.End.Day-first, s.End.Days, s.End.Since)
				if s.End.Open {
					end += "+"
				}
			}
			if end != c.end {
				t.Errorf("the end is %q, want %q", end, c.end)
			}
		})
	}
}

// Whatever happened: with nothing more studied the streak stands until EndsOn,
// which stays the same day by day, and is over on the day after.
func TestAStreakEndsOnTheDayItSays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	first, ended := day(t, "2026-11-02"), 0
	for range 2000 {
		days := map[Day]Activity{}
		today := first + Day(random.IntN(60))
		for d := first; d < today+20; d++ {
			if d <= today && random.IntN(4) > 0 {
				days[d] = Activity{Answers: 1}
			} else if random.IntN(8) == 0 {
				days[d] = Activity{Paused: true}
			}
		}
		plan := CalendarOf([]Event{
			{Kind: Changed, Day: first, Detail: Detail{Days: Weekdays(random.IntN(127) + 1)}},
			{Kind: Changed, Day: first + Day(random.IntN(60)), Detail: Detail{Days: Weekdays(random.IntN(127) + 1)}},
		}, EveryDay)
		s := StreakOf(days, plan, today)
		if s.Days == 0 {
			continue
		}
		ended++
		onTheWay := s.End != nil && s.End.Open && s.End.Since > 0
		for d := today; d <= s.EndsOn; d++ {
			if then := StreakOf(days, plan, d); then.Days != s.Days || then.EndsOn != s.EndsOn {
				t.Fatalf("on %s it is %d days and ends on %s, on %s %d and %s", today, s.Days, s.EndsOn, d, then.Days, then.EndsOn)
			}
		}
		after := StreakOf(days, plan, s.EndsOn+1)
		if onTheWay && after.End != nil && after.End.Since == s.End.Since && after.End.Day == s.End.Day {
			after.End = &End{Day: s.EndsOn, Days: s.Days} // a gap is not the end of the way back
		}
		if after.Days != 0 || after.End == nil || after.End.Day != s.EndsOn || after.End.Days != s.Days {
			t.Fatalf("after %s: %+v", s.EndsOn, after)
		}
	}
	if ended < 1000 {
		t.Errorf("only %d streaks were looked at", ended)
	}
}

func TestTheMinuteDecidesByTheLearnersOwnMidnight(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		studied    []string // UTC
		now        string
		want       int
		freezes    int
	}{
		{"23:59 and 00:01 are two days", "Asia/Tashkent", []string{"2026-11-20T18:59:00Z", "2026-11-20T19:01:00Z"}, "2026-11-20T19:02:00Z", 2, 2},
		{"00:01 and 23:59 are one", "Asia/Tashkent", []string{"2026-11-19T19:01:00Z", "2026-11-20T18:59:00Z"}, "2026-11-20T18:59:30Z", 1, 2},
		{"a day of 23 hours", "Europe/Berlin", []string{"2026-03-28T22:59:00Z", "2026-03-29T21:59:00Z", "2026-03-29T22:01:00Z"}, "2026-03-29T22:02:00Z", 3, 2},
		{"a day of 25 hours", "Europe/Berlin", []string{"2026-10-24T21:59:00Z", "2026-10-25T22:59:00Z", "2026-10-25T23:01:00Z"}, "2026-10-25T23:02:00Z", 3, 2},
		{"the hour that comes twice", "Europe/Berlin", []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}, "2026-10-25T12:00:00Z", 1, 2},
		{"a midnight that does not exist", "Africa/Cairo", []string{"2026-04-23T21:59:00Z", "2026-04-23T22:01:00Z"}, "2026-04-23T22:02:00Z", 2, 2},
	} {
		loc := zone(t, c.zone)
		at := func(text string) Day {
			instant, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			return DayOf(instant.In(loc))
		}
		days := map[Day]Activity{}
		for _, text := range c.studied {
			days[at(text)] = Activity{Answers: days[at(text)].Answers + 1}
		}
		if s := StreakOf(days, CalendarOf(nil, EveryDay), at(c.now)); s.Days != c.want || s.Freezes != c.freezes {
			t.Errorf("%s: %d days and %d freezes, want %d and %d", c.name, s.Days, s.Freezes, c.want, c.freezes)
		}
	}
}

// A journey from the last place on earth where a day begins to the first loses
// a day, the way back wins one. Neither costs a freeze.
func TestAJourneyOverTheDateLineBreaksNothing(t *testing.T) {
	apart := day(t, "2026-11-18")
	left := func(d Day) *Day { return &d }
	for _, c := range []struct {
		name    string
		studied []Day
		log     []Event
		today   Day
		days    int
	}{
		{"east, over a day that never was", []Day{apart, apart + 1, apart + 3}, // 19 at 23:30 in Pago Pago is 21 at 00:30 in Kiritimati
			[]Event{{Kind: Changed, Day: apart + 3, Detail: Detail{Left: left(apart + 1)}}}, apart + 3, 3},
		{"east, before the day's study was done", []Day{apart, apart + 2},
			[]Event{{Kind: Changed, Day: apart + 2, Detail: Detail{Left: left(apart + 1)}}}, apart + 2, 2},
		{"west, the day is lived again", []Day{apart, apart + 1, apart + 2}, nil, apart + 1, 3},
		{"west, and studied again", []Day{apart, apart + 1, apart + 2}, nil, apart + 2, 3},
		{"there and back", []Day{apart, apart + 3},
			[]Event{{Kind: Changed, Day: apart + 2, Detail: Detail{Left: left(apart)}}, {Kind: Changed, Day: apart + 1}}, apart + 1, 2},
	} {
		days := map[Day]Activity{}
		for _, d := range c.studied {
			days[d] = Activity{Answers: 1}
		}
		s := StreakOf(days, CalendarOf(c.log, EveryDay), c.today)
		if s.Days != c.days || s.Freezes != MaxFreezes {
			t.Errorf("%s: %d days and %d freezes, want %d and %d", c.name, s.Days, s.Freezes, c.days, MaxFreezes)
		}
	}
}

func TestAStudyDayListThatIsChangedAtNoonTakesNothingAway(t *testing.T) {
	monday := day(t, "2026-11-16")
	weekend := EveryDay &^ MondayToFri
	set := func(d Day, days Weekdays) Event { return Event{Kind: Changed, Day: d, Detail: Detail{Days: days}} }
	for _, c := range []struct {
		name string
		log  []Event
		want string // Monday to Sunday
	}{
		{"always", []Event{set(monday-30, MondayToFri)}, "+++++.."},
		{"off on Wednesday: Wednesday is free at once", []Event{set(monday-30, MondayToFri), set(monday+2, weekend)}, "++...++"},
		{"on on Saturday: from Sunday", []Event{set(monday-30, MondayToFri), set(monday+5, EveryDay)}, "+++++.+"},
		{"off and on again on one day", []Event{set(monday-30, EveryDay), set(monday+2, weekend), set(monday+2, EveryDay)}, "++.++++"},
		{"before the first change it was the first set", []Event{set(monday+3, EveryDay)}, "+++++++"},
	} {
		plan, got := CalendarOf(c.log, Of(time.Monday)), ""
		for d := monday; d < monday+7; d++ {
			if plan.Expects(d) {
				got += "+"
			} else {
				got += "."
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSilenceIsMetWithSilence(t *testing.T) {
	rhythm, ignored, got := Daily, 0, ""
	for range 14 {
		next, then := rhythm.Wait(ignored)
		switch {
		case next != rhythm:
			got += " " + string(next) + " "
		case rhythm == Silent:
		default:
			got += "t"
		}
		rhythm, ignored = next, then
	}
	if want := "ttttttt weekly ttt silent "; got != want {
		t.Errorf("who is silent hears %q, want %q", got, want)
	}
}
