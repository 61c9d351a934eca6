package study

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// paused are the days of a pause, as the log leaves them.
func paused(t *testing.T, from string, days int) map[Day]Activity {
	t.Helper()
	m := map[Day]Activity{}
	for d := range Day(days) {
		m[day(t, from)+d] = Activity{Paused: true}
	}
	return m
}

func TestThePlanKnowsItsWeekAndWhoIsAheadOfIt(t *testing.T) {
	stages := []PlanStage{{Topics: 14, MinWeeks: 1, MaxWeeks: 2}, {Topics: 14, MinWeeks: 2, MaxWeeks: 2}}
	const start = "2026-11-20" // a Friday
	for _, c := range []struct {
		name   string
		today  string
		closed int
		days   Weekdays
		past   map[Day]Activity
		want   Pace
	}{
		{"the first day", start, 0, EveryDay, nil, Pace{Week: 1}},
		{"what the fastest way closes on the first day", start, 2, EveryDay, nil, Pace{Week: 1}},
		{"more than that", start, 3, EveryDay, nil, Pace{Week: 1, Ahead: 1}},
		{"known from elsewhere", start, 20, EveryDay, nil, Pace{Week: 1, Ahead: 18}},
		{"a day without any topic, now that it is over", "2026-11-21", 0, EveryDay, nil, Pace{Week: 1, Behind: 1}},
		{"as slow as may be", "2026-11-21", 1, EveryDay, nil, Pace{Week: 1}},
		{"between slow and fast", "2026-11-24", 6, EveryDay, nil, Pace{Week: 1}},
		{"the last day of the first week", "2026-11-26", 6, EveryDay, nil, Pace{Week: 1}},
		{"the second week", "2026-11-27", 7, EveryDay, nil, Pace{Week: 2}},
		{"a third of the second stage, fast", "2026-11-30", 19, EveryDay, nil, Pace{Week: 2, Ahead: 1}},
		{"the second stage's turn", "2026-12-04", 14, EveryDay, nil, Pace{Week: 3, Stage: 1}},
		{"a stage behind", "2026-12-04", 0, EveryDay, nil, Pace{Week: 3, Stage: 1, Behind: 14}},
		{"the last week", "2026-12-17", 27, EveryDay, nil, Pace{Week: 4, Stage: 1}},
		{"past the end, not done", "2026-12-18", 27, EveryDay, nil, Pace{Week: 5, Stage: 1, Behind: 1}},
		{"long past the end", "2027-12-18", 27, EveryDay, nil, Pace{Week: 57, Stage: 1, Behind: 1}},
		{"done is never behind", "2027-12-18", 28, EveryDay, nil, Pace{Week: 57, Stage: 1}},

		{"a day that is no study day asks for nothing", "2026-11-22", 1, MondayToFri, nil, Pace{Week: 1}},
		{"a free weekend is no delay", "2026-11-23", 1, MondayToFri, nil, Pace{Week: 1}},
		{"five study days are a week", "2026-11-27", 7, MondayToFri, nil, Pace{Week: 2}},
		{"study days changed later: the week stays", "2026-12-04", 14, MondayToFri, nil, Pace{Week: 3, Stage: 1}},
		{"one study day a week", "2026-12-04", 14, Of(day(t, start).Weekday()), nil, Pace{Week: 3, Stage: 1}},

		{"in a pause", "2026-11-25", 2, EveryDay, paused(t, "2026-11-22", 30), Pace{Week: 1}},
		{"a pause from the first day", "2026-11-25", 0, EveryDay, paused(t, start, 30), Pace{Week: 1}},
		{"after a pause of a month", "2026-12-22", 2, EveryDay, paused(t, "2026-11-22", 30), Pace{Week: 1}},
		{"studied all the same in a pause", "2026-11-25", 5, EveryDay, paused(t, "2026-11-22", 30), Pace{Week: 1, Ahead: 1}},
		{"a pause over a weekend", "2026-11-27", 6, MondayToFri, paused(t, "2026-11-21", 4), Pace{Week: 1}},

		{"before the start, in another zone", "2026-11-19", 0, EveryDay, nil, Pace{Week: 1}},
		{"no study day at all", "2027-11-20", 0, 0, nil, Pace{Week: 1}},
	} {
		plan := Plan{Stages: stages, Start: day(t, start), Days: c.days}
		c.want.Min, c.want.Max = 3, 4
		got := plan.Pace(day(t, c.today), c.closed, c.past)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if got.Over() != (got.Week > 4) {
			t.Errorf("%s: over is %v in week %d", c.name, got.Over(), got.Week)
		}
	}
}

// Whoever closes a topic whenever the slowest way does is never behind, and
// whoever does so with the fastest is never ahead; nobody is both.
func TestBetweenTheSlowestWayAndTheFastestOneIsOnTime(t *testing.T) {
	plan := Plan{
		Stages: []PlanStage{{22, 6, 8}, {16, 6, 8}, {21, 8, 10}, {13, 6, 8}, {14, 8, 10}, {13, 6, 8}},
		Start:  day(t, "2026-11-20"), Days: MondayToFri,
	}
	week, stage, least := 1, 0, 0
	for today := plan.Start; today < plan.Start+52*7; today++ {
		for plan.Pace(today, least, nil).Behind > 0 {
			least++
		}
		most := least
		for plan.Pace(today, most+1, nil).Ahead == 0 && most < 99 {
			most++
		}
		pace := plan.Pace(today, least, nil)
		if pace.Ahead > 0 || plan.Pace(today, most, nil).Behind > 0 {
			t.Fatalf("%s: %d is too few or %d too many", today, least, most)
		}
		if pace.Week < week || pace.Week > week+1 || pace.Stage < stage || pace.Stage > stage+1 || pace.Over() {
			t.Fatalf("%s: after week %d, stage %d comes %+v", today, week, stage, pace)
		}
		week, stage = pace.Week, pace.Stage
	}
	if week != 52 || stage != 5 {
		t.Errorf("at the end it is week %d, stage %d", week, stage)
	}
	if pace := plan.Pace(plan.Start+52*7, 98, nil); !pace.Over() || pace.Min != 40 || pace.Max != 52 {
		t.Errorf("after the end: %+v", pace)
	}
}

func TestAnEmptyPlanHasAnAnswer(t *testing.T) {
	if diff := cmp.Diff(Pace{Week: 1}, Plan{Days: EveryDay}.Pace(0, 0, nil)); diff != "" {
		t.Error(diff)
	}
}
