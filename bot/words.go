package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/study"
)

// clock is a minute after midnight as 09:05.
func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// bar is a part of a whole as ten blocks. It is full only when all is done, and
// empty only when nothing is.
func bar(part, whole int) string {
	const width = 10
	filled := 0
	if whole > 0 {
		filled = part * width / whole
		if part > 0 {
			filled = max(filled, 1)
		}
	}
	return strings.Repeat("▰", filled) + strings.Repeat("▱", width-filled)
}

// when is an instant as the chat would say it: "today at 09:00", "Monday, 23
// Nov at 09:00".
func (t *turn) when(at time.Time) string {
	local := at.In(t.chat.Location())
	hour := local.Format("15:04")
	switch day := study.DayOf(local); day - t.today() {
	case 0:
		return t.plain("when.today", "Hour", hour)
	case 1:
		return t.plain("when.tomorrow", "Hour", hour)
	default:
		return t.plain("when.day", "Day", t.date(day), "Hour", hour)
	}
}

// date is a day as the chat would say it: one of this year with its weekday,
// any other with its year.
func (t *turn) date(day study.Day) string {
	year, month, number := day.Date()
	if thisYear, _, _ := t.today().Date(); year != thisYear {
		return locale.DateOfYear(t.lang(), year, month, number)
	}
	return locale.Date(t.lang(), month, number, day.Weekday())
}

// span is a length of time in words, in seconds, minutes or hours.
func (t *turn) span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return t.plain("span.seconds", "Count", int(d.Seconds()))
	case d < 2*time.Hour:
		return t.plain("span.minutes", "Count", int(d.Round(time.Minute).Minutes()))
	}
	return t.plain("span.hours", "Count", int(d.Round(time.Hour).Hours()))
}

// number is a number as people read large ones: 1,234,567 or 1 234 567.
func (t *turn) number(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	between := ","
	if t.lang() == locale.Uzbek {
		between = "\u00a0" // keeps the line together
	}
	return fmt.Sprintf("%s%s%03d", t.number(n/1000), between, n%1000)
}

// week is Monday to Sunday.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// days is a set of weekdays in words.
func (t *turn) days(set study.Weekdays) string {
	switch set {
	case study.EveryDay:
		return t.plain("days.every")
	case study.MondayToFri:
		return t.plain("days.work")
	case study.EveryDay &^ study.MondayToFri:
		return t.plain("days.weekend")
	}
	var names []string
	for _, day := range week {
		if set.Has(day) {
			names = append(names, locale.Weekday(t.lang(), day))
		}
	}
	return strings.Join(names, ", ")
}

// countClosed is how many of the topics are done or known, and how many there
// are.
func countClosed(topics []string, states map[string]study.TopicState) (closed, all int) {
	for _, id := range topics {
		if states[id].Closed() {
			closed++
		}
	}
	return closed, len(topics)
}

func stageClosed(topics []*curriculum.Topic, states map[string]study.TopicState) bool {
	for _, topic := range topics {
		if !states[topic.ID].Closed() {
			return false
		}
	}
	return true
}
