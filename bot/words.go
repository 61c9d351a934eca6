package bot

import (
	"fmt"
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
