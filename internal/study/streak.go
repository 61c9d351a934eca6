package study

// Activity is what happened on one local day.
type Activity struct {
	Topics  int  // topics closed
	Answers int  // quiz questions answered
	Reviews int  // reviews finished
	Paused  bool // a day of a pause: nothing was expected
}

// Studied says whether the day counts for the streak.
func (a Activity) Studied() bool { return a.Topics > 0 || a.Answers > 0 }

// Streak is the number of study days in a row, up to today, on which the chat
// studied. Days that are not study days and days of a pause do not break it,
// and count if one studied all the same. Today breaks nothing before it is
// over.
func Streak(days map[Day]Activity, study Weekdays, today Day) int {
	first := today
	for day := range days {
		first = min(first, day)
	}
	streak := 0
	for day := today; day >= first; day-- {
		activity := days[day]
		switch {
		case activity.Studied():
			streak++
		case day == today, activity.Paused, !study.Has(day.Weekday()):
		default:
			return streak
		}
	}
	return streak
}
