package study

import (
	"math"
	"time"
)

// Weekdays is a set of days of the week; bit 0 is Monday.
type Weekdays uint8

// The sets that have a name.
const (
	EveryDay    Weekdays = 1<<7 - 1
	MondayToFri Weekdays = 1<<5 - 1
)

// Of is the set that holds only the given day.
func Of(day time.Weekday) Weekdays { return 1 << ((int(day) + 6) % 7) }

// Has says whether the set holds the day.
func (w Weekdays) Has(day time.Weekday) bool { return w&Of(day) != 0 }

// Count is the number of days in the set, 0 to 7.
func (w Weekdays) Count() int {
	n := 0
	for rest := w & EveryDay; rest != 0; rest &= rest - 1 {
		n++
	}
	return n
}

// Schedule says when a chat gets its daily topic.
type Schedule struct {
	Minute int // after local midnight, 0 to 1439
	Days   Weekdays
	Zone   *time.Location
	From   Day // no topic before this local day: the end of a pause; 0 for none
}

// Next is the first due instant after the given one: at most one a local day.
// It is the zero time if the schedule has no day at all.
func (s Schedule) Next(after time.Time) time.Time {
	first := max(DayOf(after.In(s.Zone)), s.From)
	// A week holds every weekday; the further days are for one that a zone
	// skips altogether at the date line.
	for day := first; day <= first+8; day++ {
		if !s.Days.Has(day.Weekday()) {
			continue
		}
		due := day.At(s.Minute, s.Zone)
		if due.After(after) && DayOf(due.In(s.Zone)) == day {
			return due
		}
	}
	return time.Time{}
}

// Finish is the local day on which the last of the left topics is closed, for a
// chat that goes on after the given day. The pace is measured, as closed topics
// within so many days, once a week of it is known; before that, and for who
// closed none, it is what is promised: one topic each study day.
func Finish(after Day, left int, days Weekdays, closed, within int) (end Day, measured bool) {
	const enough = 7
	perDay := float64(max(days.Count(), 1)) / 7
	if measured = closed > 0 && within >= enough; measured {
		perDay = float64(closed) / float64(within)
	}
	return after + Day(math.Ceil(float64(max(left, 0))/perDay-1e-9)), measured
}

// Due is the topic that is owed at now: its local day is today and its hour
// has come, however long ago. What an earlier day would have brought is not
// owed any more.
func (s Schedule) Due(now time.Time) (day Day, due time.Time, ok bool) {
	day = DayOf(now.In(s.Zone))
	if day < s.From || !s.Days.Has(day.Weekday()) {
		return 0, time.Time{}, false
	}
	due = day.At(s.Minute, s.Zone)
	return day, due, !due.After(now) && DayOf(due.In(s.Zone)) == day
}
