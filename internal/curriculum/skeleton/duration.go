package skeleton

import (
	"regexp"
	"strconv"
	"strings"

	"yolchi/internal/curriculum"
)

// A month is four weeks here: the ends of such a range are guesses anyway.
const weeksOfMonth = 4

// maxWeeks is more than a stage takes; what is longer is no duration of one.
const maxWeeks = 520

const (
	rangeForm = `~?\s*(\d{1,3})(?:\s*(?:-|–|—|to|dan)\s*(\d{1,3}))?\s*\+?\s*-?\s*`
	unitForm  = `(weeks?|wks?|months?|hafta(?:lik|lar|da|gacha)?|oy(?:lik|gacha)?|недел[ьяию]|месяц(?:а|ев)?)`
)

var (
	durationForm = regexp.MustCompile(`(?i)(?:^|[^\pL\pN.])` + rangeForm + unitForm + `(?:$|[^\pL\pN])`)
	// aloneForm is a line that is a duration, perhaps with a word that says so.
	aloneForm = regexp.MustCompile(`(?i)^[\s*_(\[]*(?:(?:duration|time(?:line)?|estimated time|muddat(?:i)?|davomiyligi|vaqt|срок|длительность)\s*[:–—-]\s*)?[\s*_]*` + rangeForm + unitForm + `[\s*_)\].]*$`)
	// insideForm is one in brackets or after a dash, in a heading.
	insideForm = regexp.MustCompile(`(?i)\s*(?:[(\[]\s*` + rangeForm + unitForm + `\s*[)\]]|(?:\s[–—-]|[:,])\s*` + rangeForm + unitForm + `\s*$)`)
)

// duration finds the first duration of a text, in weeks.
func duration(text string) (weeks *curriculum.Weeks, found string) {
	m := durationForm.FindStringSubmatch(text)
	if m == nil {
		return nil, ""
	}
	from, _ := strconv.Atoi(m[1]) // digits, three at most
	to := from
	if m[2] != "" {
		to, _ = strconv.Atoi(m[2])
	}
	if unit := strings.ToLower(m[3]); strings.HasPrefix(unit, "month") || strings.HasPrefix(unit, "oy") || strings.HasPrefix(unit, "месяц") {
		from, to = from*weeksOfMonth, to*weeksOfMonth
	}
	if from < 1 || to < from || to > maxWeeks {
		return nil, ""
	}
	return &curriculum.Weeks{Min: from, Max: to}, strings.TrimSpace(m[0])
}

// onlyDuration reports whether the line says how long something takes and nothing else.
func onlyDuration(line string) bool {
	if !aloneForm.MatchString(line) {
		return false
	}
	weeks, _ := duration(line)
	return weeks != nil
}
