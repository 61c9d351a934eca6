package bot

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// wish is what somebody typed about their reminder.
type wish struct {
	minute int            // after midnight, -1 if not said
	days   study.Weekdays // 0 if not said
	off    bool
	on     bool
}

var errUnclear = errors.New("not a time")

// timeToken is 8, 08:30, 8.30, 0830 or 8pm.
var timeToken = regexp.MustCompile(`^(\d{1,2})(?:[:.]?(\d{2}))?(am|pm)?$`)

// phrases are several words that mean one; after folding, see fold.
var phrases = strings.NewReplacer(
	"dam olish kunlari", "weekend", "ish kunlari", "weekdays", "har kuni", "daily", "every day", "daily",
	" to ", "-", " - ", "-", " – ", "-", " — ", "-", "–", "-", "—", "-",
)

// parseRemind reads "08:30", "8.30 mon-fri", "soat 9 da har kuni", "off". It
// understands both languages whichever the chat speaks.
func parseRemind(text string) (wish, error) {
	w := wish{minute: -1}
	for _, word := range strings.Fields(phrases.Replace(fold(text))) {
		word = strings.TrimRight(word, ",;!")
		switch word {
		case "off", "o'chir", "ochir", "o'chirish":
			w.off = true
		case "on", "yoq", "yoqish":
			w.on = true
		case "at", "soat", "da", "ga", "":
		case "weekdays":
			w.days |= study.MondayToFri
		case "weekend", "weekends":
			w.days |= study.EveryDay &^ study.MondayToFri
		case "daily", "everyday":
			w.days = study.EveryDay
		default:
			if minute, ok := parseClock(word); ok && w.minute < 0 {
				w.minute = minute
			} else if days, ok := parseDays(word); ok {
				w.days |= days
			} else {
				return wish{}, errUnclear
			}
		}
	}
	if w.minute < 0 && w.days == 0 && !w.off && !w.on || w.on && w.off {
		return wish{}, errUnclear
	}
	return w, nil
}

// parseClock is the minute after midnight that a word names.
func parseClock(word string) (int, bool) {
	for _, ending := range []string{"da", "ga"} { // "9da": at nine
		if rest, ok := strings.CutSuffix(word, ending); ok {
			word = rest
		}
	}
	m := timeToken.FindStringSubmatch(word)
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi("0" + m[2])
	switch {
	case m[3] != "" && (hour == 0 || hour > 12):
		return 0, false
	case m[3] == "pm" && hour < 12:
		hour += 12
	case m[3] == "am" && hour == 12:
		hour = 0
	}
	return hour*60 + minute, hour < 24 && minute < 60
}

// dayNames are the names of the weekdays as people type them; a beginning of
// at least two letters is enough.
var dayNames = map[time.Weekday][]string{
	time.Monday:    {"monday", "dushanba"},
	time.Tuesday:   {"tuesday", "seshanba"},
	time.Wednesday: {"wednesday", "chorshanba"},
	time.Thursday:  {"thursday", "payshanba"},
	time.Friday:    {"friday", "juma"},
	time.Saturday:  {"saturday", "shanba"},
	time.Sunday:    {"sunday", "yakshanba"},
}

// parseDays reads "mon", "mon,wed" and "du-ju".
func parseDays(word string) (study.Weekdays, bool) {
	var set study.Weekdays
	for _, part := range strings.Split(word, ",") {
		from, to, isRange := strings.Cut(part, "-")
		first, ok := parseDay(from)
		if !ok {
			return 0, false
		}
		last := first
		if isRange {
			if last, ok = parseDay(to); !ok {
				return 0, false
			}
		}
		for day := first; ; day = (day + 1) % 7 {
			set |= study.Of(day)
			if day == last {
				break
			}
		}
	}
	return set, true
}

func parseDay(word string) (time.Weekday, bool) {
	if len(word) < 2 {
		return 0, false
	}
	for day, names := range dayNames {
		for _, name := range names {
			if strings.HasPrefix(name, word) {
				return day, true
			}
		}
	}
	return 0, false
}

// fold makes what people type comparable: lower case, one apostrophe for the
// many that keyboards give, single spaces.
func fold(text string) string {
	text = strings.NewReplacer("ʻ", "'", "ʼ", "'", "‘", "'", "’", "'", "`", "'", "´", "'").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// remindCommand shows the reminder, or sets it to what was typed.
func (t *turn) remindCommand(ctx context.Context, args string) error {
	if args == "" {
		t.say(t.reminder())
		return nil
	}
	w, err := parseRemind(args)
	if err != nil {
		t.say(screen{t.T("hour.unclear"), nil})
		return nil
	}
	if w.minute >= 0 {
		t.chat.RemindMinute = w.minute
	}
	if w.days != 0 {
		t.chat.RemindDays = w.days
	}
	t.chat.RemindOn = !w.off
	if err := t.changed(ctx, "remind", args); err != nil {
		return err
	}
	t.say(t.reminder())
	return nil
}

// pressRemind turns the reminder on or off, or shows it.
func (t *turn) pressRemind(ctx context.Context, arg string) error {
	if arg == "on" || arg == "off" {
		t.chat.RemindOn = arg == "on"
		if err := t.changed(ctx, "remind", arg); err != nil {
			return err
		}
		t.toast(t.plain("settings.saved"))
	}
	t.show(t.reminder())
	return nil
}

// reminder says when the daily topic comes.
func (t *turn) reminder() screen {
	toggle := button(t.plain("button.off"), "remind", "off")
	html := t.T("remind.on", "Days", t.days(t.chat.RemindDays), "Hour", clock(t.chat.RemindMinute), "Zone", zoneName(t.chat.Zone, t.lang()))
	switch {
	case t.chat.StoppedAt != nil:
		html, toggle = t.T("remind.stopped"), button(t.plain("button.resume"), "resume")
	case !t.chat.RemindOn:
		html, toggle = t.T("remind.off"), button(t.plain("button.on"), "remind", "on")
	default:
		html += "\n" + t.T("remind.next", "When", t.when(t.chat.Schedule().Next(t.now())))
	}
	if t.chat.Kind != "channel" { // nobody types in one
		html += "\n\n" + t.T("remind.how")
	}
	return screen{html, rows(
		row(button(t.plain("button.hour"), "hours"), button(t.plain("button.days"), "days")),
		row(button(t.plain("button.zone"), "zones"), toggle),
		row(button(t.plain("button.settings"), "settings")),
	)}
}

// pressDays shows the weekdays to switch on and off.
func (t *turn) pressDays(ctx context.Context, _ string) error {
	t.show(t.daysScreen())
	return nil
}

func (t *turn) daysScreen() screen {
	keys := rows(nil, nil)
	for i, day := range week {
		mark := "▫️ "
		if t.chat.RemindDays.Has(day) {
			mark = "✅ "
		}
		keys[i/4] = append(keys[i/4], button(mark+locale.Weekday(t.lang(), day), "day", strconv.Itoa(int(day))))
	}
	keys = append(keys, row(button(t.plain("button.back"), "remind")))
	return screen{t.T("days.ask", "Days", t.days(t.chat.RemindDays)), keys}
}

// pressDay switches one weekday. The last one stays: no day at all is what
// turning the reminder off is for.
func (t *turn) pressDay(ctx context.Context, arg string) error {
	day, err := strconv.Atoi(arg)
	if err != nil || day < 0 || day > 6 {
		return errOld
	}
	set := t.chat.RemindDays ^ study.Of(time.Weekday(day))
	if set == 0 {
		t.toast(t.plain("days.last"))
		return nil
	}
	t.chat.RemindDays = set
	if err := t.changed(ctx, "days", t.days(set)); err != nil {
		return err
	}
	t.show(t.daysScreen())
	return nil
}

// maxPause bounds a pause, in days.
const maxPause = 90

// pauseCommand pauses for so many days, or offers some.
func (t *turn) pauseCommand(ctx context.Context, args string) error {
	if args == "" {
		t.say(t.pauseScreen())
		return nil
	}
	days, err := strconv.Atoi(strings.Fields(args)[0])
	if err != nil || days < 1 || days > maxPause {
		t.say(screen{t.T("pause.unclear", "Max", maxPause), t.pauseScreen().keys})
		return nil
	}
	return t.pause(ctx, days)
}

func (t *turn) pauseScreen() screen {
	var keys []telegram.Button
	for _, days := range []int{3, 7, 14} {
		keys = append(keys, button(t.plain("pause.days", "Count", days), "pause", strconv.Itoa(days)))
	}
	return screen{t.T("pause.ask"), rows(keys)}
}

func (t *turn) pressPause(ctx context.Context, arg string) error {
	if arg == "" {
		t.show(t.pauseScreen())
		return nil
	}
	days, err := strconv.Atoi(arg)
	if err != nil || days < 1 || days > maxPause {
		return errOld
	}
	return t.pause(ctx, days)
}

func (t *turn) pause(ctx context.Context, days int) error {
	if err := t.endPause(ctx); err != nil {
		return err
	}
	until := t.today() + study.Day(days)
	t.chat.PausedUntil = &until
	if err := t.record(ctx, study.Event{Kind: study.Paused, Detail: study.Detail{Until: &until}}); err != nil {
		return err
	}
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	t.show(screen{t.T("pause.done", "Day", t.date(until)), rows(row(button(t.plain("button.resume"), "resume")))})
	return nil
}

// endPause takes the rest of a pause back, if there is one.
func (t *turn) endPause(ctx context.Context) error {
	if t.chat.PausedUntil == nil {
		return nil
	}
	t.chat.PausedUntil = nil
	return t.record(ctx, study.Event{Kind: study.Resumed})
}

// resumeCommand brings the messages back after a pause or a stop.
func (t *turn) resumeCommand(ctx context.Context, _ string) error {
	if err := t.endPause(ctx); err != nil {
		return err
	}
	if t.chat.StoppedAt != nil {
		t.chat.StoppedAt = nil
		if err := t.record(ctx, study.Event{Kind: study.Returned}); err != nil {
			return err
		}
	}
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	s := t.reminder()
	s.html = t.T("resume.done") + "\n\n" + s.html
	t.show(s)
	return nil
}

func (t *turn) pressResume(ctx context.Context, _ string) error { return t.resumeCommand(ctx, "") }
