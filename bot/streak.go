package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/study"
)

// toldStreak is how long a streak was whose end is worth a line.
const toldStreak = 2

// streak reads how the days in a row stand.
func (t *turn) streak(ctx context.Context) (study.Streak, error) {
	days, err := t.tx.Days(ctx)
	if err != nil {
		return study.Streak{}, err
	}
	return t.streakOf(ctx, days)
}

func (t *turn) streakOf(ctx context.Context, days map[study.Day]study.Activity) (study.Streak, error) {
	plan, err := t.tx.StudyPlan(ctx)
	if err != nil {
		return study.Streak{}, err
	}
	return study.StreakOf(days, plan, t.today()), nil
}

// streakCommand shows the streak, the month and the rules.
func (t *turn) streakCommand(ctx context.Context, _ string) error { return t.pressStreak(ctx, "") }

func (t *turn) pressStreak(ctx context.Context, _ string) error {
	days, err := t.tx.Days(ctx)
	if err != nil {
		return err
	}
	plan, err := t.tx.StudyPlan(ctx)
	if err != nil {
		return err
	}
	s := study.StreakOf(days, plan, t.today())
	title := t.T("streak.none")
	if s.Days > 0 {
		title = t.T("streak.title", "Count", s.Days)
	}
	lines := []string{title, t.freezes(s)}
	if s.End != nil && s.End.Days >= toldStreak {
		lines = append(lines, t.streakEnd(s))
	}
	lines = append(lines, "", t.calendar(days, plan, s), t.T("streak.legend"), "",
		t.T("streak.rules", "Freezes", study.MaxFreezes, "Days", study.FreezeDays,
			"Back", study.BackDays, "Within", study.BackWithin))
	t.show(screen{strings.Join(lines, "\n"), rows(row(button(t.plain("button.today"), "today"), button(t.plain("button.saver"), "saver")))})
	return nil
}

// freezes says how many are left, and when the next one is earned.
func (t *turn) freezes(s study.Streak) string {
	line := t.T("streak.freezes", "Left", s.Freezes, "All", study.MaxFreezes)
	if s.Freezes < study.MaxFreezes {
		line += " · " + t.T("streak.earning", "Count", study.FreezeDays-s.Earning)
	}
	return line
}

// streakEnd is why the last streak ended, and how it comes back.
func (t *turn) streakEnd(s study.Streak) string {
	line := t.T("streak.ended", "Days", s.End.Days, "Day", t.date(s.End.Day))
	if s.End.Open {
		line += " " + t.T("streak.way", "Count", study.BackDays-s.End.Since)
	}
	return line
}

// streakNews is what a daily topic has to say about the study day before it:
// that a freeze held the streak, or why it ended. Almost nobody has such news,
// and who has none costs no look into the days.
func (t *turn) streakNews(ctx context.Context) (string, error) {
	const lately = 7 // a study day at the least
	ends, studied, today := t.chat.StreakEnds, t.chat.StudiedDay, t.today()
	if ends == nil || studied == nil || *studied >= today-1 || today > *ends+lately {
		return "", nil
	}
	s, err := t.streak(ctx)
	switch {
	case err != nil, s.Last == 0:
		return "", err
	case s.Frozen[s.Last]:
		return t.T("streak.frozen", "Left", s.Freezes, "All", study.MaxFreezes), nil
	case s.End != nil && s.End.Day == s.Last && s.End.Days >= toldStreak:
		return t.streakEnd(s), nil
	}
	return "", nil
}

// dayLead is the line above a topic that came by itself, with the news of the
// streak below it.
func (t *turn) dayLead(ctx context.Context, d store.Delivery, state study.TopicState) (string, error) {
	lead := t.lead(d, state)
	if d.Kind == store.LaterDelivery {
		return lead, nil
	}
	news, err := t.streakNews(ctx)
	if news != "" {
		lead += "\n" + news
	}
	return lead, err
}

// streakLines are what a closed topic has to say about the streak: that it came
// back, how far it is on its way back, or that one question makes the day count.
func (t *turn) streakLines(s study.Streak, today study.Activity, asked bool) []string {
	switch {
	case !today.Studied() && asked:
		return []string{t.T("streak.question")}
	case s.Back == t.today():
		return []string{t.T("streak.back")}
	case s.End != nil && s.End.Open && s.End.Days >= toldStreak && today.Studied():
		return []string{t.T("streak.toward", "Done", s.End.Since, "Back", study.BackDays, "Days", s.End.Days)}
	}
	return nil
}

// calendar is the month as a table of seven columns, 34 signs wide, which a
// phone has room for: "+" a day that counts,
// "*" one that a freeze held, "·" one on which nothing is expected, "‹" today,
// whatever it is besides.
func (t *turn) calendar(days map[study.Day]study.Activity, plan study.Calendar, s study.Streak) string {
	year, month, number := t.today().Date()
	first := t.today() - study.Day(number-1)
	var b strings.Builder
	for _, day := range week {
		fmt.Fprintf(&b, "%-5s", string([]rune(locale.Weekday(t.lang(), day))[:2]))
	}
	for day := first.Monday(); ; day++ {
		_, m, n := day.Date()
		if day.Weekday() == time.Monday {
			if m != month && day > first {
				break
			}
			b.WriteString("\n")
		}
		if m != month {
			b.WriteString("     ")
			continue
		}
		mark := dayMark(day, days[day], plan, s)
		if day == t.today() {
			mark += "‹"
		}
		fmt.Fprintf(&b, "%2d%-3s", n, mark)
	}
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return "<b>" + locale.Month(t.lang(), year, month) + "</b>\n<pre>" + strings.Join(lines, "\n") + "</pre>"
}

func dayMark(day study.Day, activity study.Activity, plan study.Calendar, s study.Streak) string {
	switch {
	case activity.Studied():
		return "+"
	case s.Frozen[day]:
		return "*"
	case activity.Paused, !plan.Expects(day):
		return "·"
	}
	return ""
}
