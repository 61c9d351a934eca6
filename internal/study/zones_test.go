package study

import (
	"os"
	"strings"
	"testing"
	"time"
)

// Every zone that a chat can choose, through every clock change of two years,
// at hours that changes like and at one that they leave alone: one topic for
// each study day, at the first instant of that day whose clock shows the hour,
// or at the end of the gap that the hour lies in. Where the day itself ends in
// the gap the topic comes in the last minute before it.
func TestEveryZoneGetsOneTopicAStudyDayThroughEveryClockChange(t *testing.T) {
	list, err := os.ReadFile("../../bot/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	zones := strings.Fields(string(list))
	if len(zones) < 400 {
		t.Fatalf("only %d zones", len(zones))
	}
	moved := 0
	for _, name := range zones {
		loc := zone(t, name)
		if walk(t, Schedule{Minute: 9 * 60, Days: EveryDay, Zone: loc}); !changes(t, loc) {
			continue
		}
		for _, minute := range []int{0, 105, 150, 23 * 60, 23*60 + 59} {
			moved += walk(t, Schedule{Minute: minute, Days: EveryDay, Zone: loc})
		}
		walk(t, Schedule{Minute: 150, Days: Of(time.Sunday), Zone: loc}) // when clocks change
	}
	if moved == 0 {
		t.Error("no hour fell into a gap: the walk proves nothing")
	}
}

// changes says whether the zone's clock is changed within the two years.
func changes(t *testing.T, loc *time.Location) bool {
	t.Helper()
	_, end := day(t, "2026-01-01").At(0, loc).ZoneBounds()
	return !end.IsZero() && DayOf(end) < day(t, "2028-01-01")
}

// walk follows a schedule as a chat does: after each topic none is owed before
// the next local day. It returns how many topics came at the end of a gap.
func walk(t *testing.T, s Schedule) (moved int) {
	t.Helper()
	first, end := day(t, "2026-01-01"), day(t, "2028-01-01")
	now := first.At(0, s.Zone).Add(-time.Minute)
	s.From = first
	for want := first; want < end; want++ {
		if !s.Days.Has(want.Weekday()) {
			continue
		}
		due := s.Next(now)
		got, _, ok := s.Due(due)
		if !ok || got != want {
			t.Fatalf("%s %s %02d:%02d: after %s the next topic is at %s, for %s", want, s.Zone, s.Minute/60, s.Minute%60, now, due.In(s.Zone), got)
		}
		if _, _, early := s.Due(due.Add(-time.Second)); early {
			t.Errorf("%s %s: a topic is owed before %s", want, s.Zone, due)
		}
		if !right(due.In(s.Zone), want, s.Minute) {
			t.Errorf("%s %s %02d:%02d: the topic comes at %s", want, s.Zone, s.Minute/60, s.Minute%60, due.In(s.Zone))
		}
		if minuteOf(due.In(s.Zone)) != s.Minute {
			moved++
		}
		s.From, now = want+1, due
		if _, _, again := s.Due(due.Add(12 * time.Hour)); again && DayOf(due.Add(12*time.Hour).In(s.Zone)) == want {
			t.Errorf("%s %s: the topic is owed a second time", want, s.Zone)
		}
		if back := s.Next(due.Add(-time.Hour)); DayOf(back.In(s.Zone)) == want { // a clock set back
			t.Errorf("%s %s: a clock that is set back brings the topic again, at %s", want, s.Zone, back)
		}
	}
	return moved
}

// right says whether t is the first instant of the day whose clock shows the
// minute, or something later because a gap swallowed it. A day that ends before
// the minute has only its last one.
func right(t time.Time, day Day, minute int) bool {
	if DayOf(t) == day && minuteOf(t) < minute && t.Second() == 0 {
		return DayOf(t.Add(time.Minute)) == day+1
	}
	if DayOf(t) != day || t.Second() != 0 {
		return false
	}
	for _, ago := range []time.Duration{time.Second, 30 * time.Minute, time.Hour, 2 * time.Hour} {
		if before := t.Add(-ago); DayOf(before) > day || DayOf(before) == day && minuteOf(before) >= minute {
			return false
		}
	}
	return true
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }
