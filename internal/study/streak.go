package study

// Activity is what happened on one local day.
type Activity struct {
	Topics  int  // topics closed
	Answers int  // quiz questions answered
	Reviews int  // reviews finished
	Paused  bool // a day of a pause: nothing was expected
}

// Studied says whether the day counts for the streak: a lesson or a review was
// worked through to at least one question, answered right or wrong.
func (a Activity) Studied() bool { return a.Answers > 0 }

// The rules of the streak.
const (
	MaxFreezes = 2  // from the first day, and never more
	FreezeDays = 5  // counted days that earn a used freeze back
	BackDays   = 3  // counted days after the end that bring a streak back, in a row or not
	BackWithin = 14 // days on which study was expected, of which those have to be some
)

// Calendar is what was expected of each day: the weekdays that were study days
// then, but for days that a journey cut short.
type Calendar struct {
	start Day // of the learner's own road; what was done before, in a group, nobody expected. 0 if it is not known
	steps []calendarStep
	cut   map[Day]bool
}

type calendarStep struct {
	day  Day
	days Weekdays // from the next day on; on the day itself what both sets hold
}

// CalendarOf reads the calendar out of a log, oldest event first: out of its Changed
// events. Before the first one, and without any, the set is always.
func CalendarOf(log []Event, always Weekdays) Calendar {
	p := Calendar{cut: map[Day]bool{}}
	for _, e := range log {
		if e.Kind != Changed {
			continue
		}
		if e.Detail.Setting == SettingHour && p.start == 0 {
			p.start = e.Day
		}
		if e.Detail.Days != 0 {
			if len(p.steps) == 0 { // what was set first was set from the beginning
				always = e.Detail.Days
			}
			p.steps = append(p.steps, calendarStep{e.Day, e.Detail.Days})
		}
		if left := e.Detail.Left; left != nil {
			for day := max(*left, e.Day-2); day < e.Day; day++ { // zones are at most 26 hours apart
				p.cut[day] = true
			}
		}
	}
	p.steps = append([]calendarStep{{-1 << 31, always}}, p.steps...)
	return p
}

// Expects says whether study was expected on the day. A set that is changed
// during a day can only take that day away, not make it one.
func (c Calendar) Expects(day Day) bool {
	held, also := EveryDay, EveryDay
	for _, s := range c.steps {
		switch {
		case s.day < day:
			held = s.days
		case s.day == day:
			also &= s.days
		}
	}
	return (held & also).Has(day.Weekday()) && !c.cut[day]
}

// Streak is how the days in a row stand today.
type Streak struct {
	Days    int          // that count, up to today
	Studied Day          // the last day that counts, of whichever streak; 0 if none does
	Freezes int          // left, 0 to MaxFreezes
	Earning int          // counted days towards the next freeze, 0 to FreezeDays-1; 0 if none is missing
	EndsOn  Day          // with the end of this day the streak ends if nothing is studied from now on; 0 without a streak
	Last    Day          // the last day before today on which study was expected; 0 if there is none
	Frozen  map[Day]bool // days that a freeze held
	End     *End         // the newest end; nil if there was none or it was taken back
	Back    Day          // the last day on which a streak came back; 0 if none did
}

// End is the end of a streak.
type End struct {
	Day   Day  // nothing was studied on it, and no freeze was left
	Days  int  // how long the streak was
	Since int  // counted days since while it was open, towards the BackDays that bring it back
	Open  bool // it can still be brought back
}

// StreakOf walks through the days up to today, which breaks nothing before it
// is over. A day that is lived a second time, after a journey to the west, is
// over when it is over for the second time. What was studied before the
// learner's own road began counts if no day is missing up to there: a gap ends
// it, without a freeze and without a word.
func StreakOf(days map[Day]Activity, calendar Calendar, today Day) Streak {
	w := streakWalk{Streak: Streak{Freezes: MaxFreezes, Frozen: map[Day]bool{}}}
	first, last := today, today
	for day, activity := range days {
		if activity.Studied() {
			first, last, w.Studied = min(first, day), max(last, day), max(w.Studied, day)
		}
	}
	for day := first; day <= last; day++ {
		expected := !days[day].Paused && calendar.Expects(day)
		if expected && day < today && day >= calendar.start {
			w.Last = day
		}
		switch {
		case days[day].Studied():
			w.count(day)
			if expected {
				w.wait()
			}
		case day >= today || !expected:
		case day < calendar.start:
			w.Days = 0
		default:
			w.miss(day)
		}
	}
	if w.Days > 0 {
		w.EndsOn = endsOn(days, calendar, today, w.Freezes)
	}
	return w.Streak
}

// streakWalk is a streak that grows day by day.
type streakWalk struct {
	Streak
	back    bool // it was brought back: once is enough
	waiting int  // days on which study was expected that the open end still waits
}

func (w *streakWalk) count(day Day) {
	w.Days++
	if w.Freezes < MaxFreezes {
		if w.Earning++; w.Earning == FreezeDays {
			w.Earning, w.Freezes = 0, w.Freezes+1
		}
	}
	if w.End == nil || !w.End.Open {
		return
	}
	if w.End.Since++; w.End.Since == BackDays {
		w.Days = w.End.Days + BackDays // those before a gap, too
		w.End, w.back, w.Back = nil, true, day
	}
}

// wait is a day on which study was expected: the way back is not open for ever.
func (w *streakWalk) wait() {
	if w.End == nil || !w.End.Open {
		return
	}
	if w.waiting--; w.waiting == 0 {
		w.End.Open = false
	}
}

func (w *streakWalk) miss(day Day) {
	switch {
	case w.Days > 0 && w.Freezes > 0:
		w.Freezes--
		w.Frozen[day] = true
	case w.Days > 0 && w.End != nil && w.End.Open: // a gap on the way back
		w.Days = 0
	case w.Days > 0:
		w.End = &End{Day: day, Days: w.Days, Open: !w.back}
		w.Days, w.back, w.waiting = 0, false, BackWithin
		return
	}
	w.wait()
}

// farOff is how many days ahead the end of a streak is looked for: more than a
// pause and three study days of a chat that studies once a week.
const farOff = 400

func endsOn(days map[Day]Activity, calendar Calendar, today Day, freezes int) Day {
	for day := today; day < today+farOff; day++ {
		activity := days[day]
		if activity.Studied() || activity.Paused || !calendar.Expects(day) {
			continue
		}
		if freezes == 0 {
			return day
		}
		freezes--
	}
	return 0
}
