package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/picture"
	"yolchi/internal/store"
	"yolchi/internal/study"
)

// statsCommand is the bot in figures: as they were counted last, with a picture
// of 30 days. What each of them means stands beside it.
func (t *turn) statsCommand(ctx context.Context, _ string) error {
	census, err := t.tx.Census(ctx)
	if err != nil {
		return err
	}
	days, err := t.tx.DayFigures(ctx, picture.Days)
	if err != nil {
		return err
	}
	if len(census) == 0 {
		t.say(screen{t.T("stats.none"), nil})
		return nil
	}
	drawn := t.monthPicture(days)
	t.illustrate(drawing{Month: &drawn}, strings.Join(append(t.chatFigures(census), t.workFigures(days)...), "\n"), nil)
	return nil
}

// chatFigures are who is there.
func (t *turn) chatFigures(census []store.Census) []string {
	var all store.Census
	kinds, languages, people := map[string]int{}, map[string]int{}, 0
	for _, c := range census {
		all.Active += c.Active
		all.Fresh += c.Fresh
		all.Returned += c.Returned
		all.Streaks += c.Streaks
		all.Blocked += c.Blocked
		all.BlockedWeek += c.BlockedWeek
		kinds[c.Kind] += c.Active
		languages[c.Language] += c.Active
		if c.Kind == "private" {
			people += c.Active
		}
	}
	var spoken []string
	for _, lang := range []struct{ code, name string }{
		{locale.Uzbek, t.bot.Texts.T(locale.Uzbek, "language.name", nil)}, {locale.English, t.bot.Texts.T(locale.English, "language.name", nil)},
		{bothLanguages, t.plain("language.both")}, {"", t.plain("stats.unspoken")},
	} {
		if n := languages[lang.code]; n > 0 {
			spoken = append(spoken, lang.name+" "+t.number(n))
		}
	}
	lines := []string{
		t.T("stats.title", "When", t.when(census[0].At)), "",
		t.T("stats.active", "Active", t.number(all.Active)),
		t.T("stats.kinds", "Private", t.number(kinds["private"]), "Groups", t.number(kinds["group"]), "Channels", t.number(kinds["channel"])),
	}
	if len(spoken) > 0 {
		lines = append(lines, strings.Join(spoken, " · "))
	}
	return append(lines, "",
		t.T("stats.new", "New", t.number(all.Fresh)),
		t.T("stats.returned", "Returned", t.number(all.Returned)),
		t.T("stats.streak", "Percent", t.percent(all.Streaks, people)),
		t.T("stats.blocked", "Blocked", t.number(all.Blocked), "Week", t.number(all.BlockedWeek)), "")
}

// workFigures are what was done.
func (t *turn) workFigures(days []store.DayFigures) []string {
	var week, month store.DayFigures
	for _, day := range days {
		month.Answers += day.Answers
		if day.Day > utcDay(t.now())-7 {
			week.Answers += day.Answers
			week.Sent += day.Sent
			week.Prompt += day.Prompt
			week.Latest = max(week.Latest, day.Latest)
		}
	}
	lines := []string{
		t.T("stats.answers", "Week", t.number(week.Answers), "Month", t.number(month.Answers)),
		t.T("stats.sent", "Sent", t.number(week.Sent)),
	}
	if week.Sent > 0 {
		lines = append(lines, t.T("stats.late", "Percent", t.percent(week.Prompt, week.Sent), "Latest", t.span(time.Duration(week.Latest)*time.Second)))
	}
	return lines
}

// monthPicture is the last 30 days.
func (t *turn) monthPicture(days []store.DayFigures) picture.Month {
	drawn := picture.Month{Title: t.plain("stats.month"), Series: []picture.Series{
		{Name: t.plain("stats.month.active")}, {Name: t.plain("stats.month.new")}, {Name: t.plain("stats.month.sent")},
	}}
	first := utcDay(t.now()) - picture.Days + 1
	for i := range drawn.Days {
		_, month, number := (first + study.Day(i)).Date()
		drawn.Days[i] = fmt.Sprintf("%d.%02d", number, month)
	}
	for _, day := range days {
		if i := day.Day - first; i >= 0 && i < picture.Days {
			drawn.Series[0].Values[i], drawn.Series[1].Values[i], drawn.Series[2].Values[i] = day.Active, day.Fresh, day.Sent
		}
	}
	return drawn
}

// utcDay is the day whose figures an instant belongs to.
func utcDay(now time.Time) study.Day { return study.DayOf(now.UTC()) }

// percent is a share with one decimal, never more than it is; "—" of nothing.
func (t *turn) percent(part, whole int) string {
	if whole == 0 {
		return "—"
	}
	tenths, point := part*1000/whole, "."
	if t.lang() == locale.Uzbek {
		point = ","
	}
	return fmt.Sprintf("%d%s%d%%", tenths/10, point, tenths%10)
}
