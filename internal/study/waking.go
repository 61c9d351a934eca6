package study

import "time"

// The hours in which nobody minds a message that cannot wait for the chat's own
// hour, in minutes after local midnight.
const (
	WakingFrom = 8 * 60
	WakingTo   = 22 * 60 // no longer in it
)

// Waking is the first instant from at on that is between 08:00 and 22:00 where
// the clock shows loc's time.
func Waking(at time.Time, loc *time.Location) time.Time {
	day := DayOf(at.In(loc))
	if from := day.At(WakingFrom, loc); at.Before(from) {
		return from
	}
	if at.Before(day.At(WakingTo, loc)) {
		return at
	}
	return (day + 1).At(WakingFrom, loc)
}
