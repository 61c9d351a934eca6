package bot

import (
	"strings"
	"testing"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// sql makes what would take a month to do.
func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	if _, err := w.bot.Store.Pool().ExecContext(w.ctx, query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// count does what the scheduler does each half hour.
func (w *world) count() {
	w.t.Helper()
	if err := w.bot.Store.Count(w.ctx, w.Now()); err != nil {
		w.t.Fatal(err)
	}
}

func TestTheFiguresOfTheBot(t *testing.T) {
	for lang, person := range map[string]int64{"en": emma, "uz": aziza} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := operated(t)
			w.transcript(person)
			text := w.script(person, lang, []string{"# nothing is counted yet", "/stats"})
			w.count()
			text += w.script(person, lang, []string{"# a bot's first hour", "/stats"})
			w.sql(`TRUNCATE census, day_figures`)
			w.sql(`INSERT INTO census (day, kind, language, at, active, active_day, fresh, fresh_day, returned, streaks, blocked, blocked_week)
				SELECT '2026-11-20'::date - n, kind, language, '2026-11-20 03:07:00Z', size, size * (60 + n * 7 % 30) / 100, size / 10, size * (n % 5) / 100, size * 9 / 10,
					CASE kind WHEN 'private' THEN size / 3 ELSE 0 END, size / 20, size / 100
				FROM generate_series(0, 29) AS n, (VALUES ('private', 'uz', 12345), ('private', 'en', 2500), ('private', '', 40), ('group', 'uz+en', 310),
					('group', 'uz', 90), ('channel', 'uz', 7)) AS v(kind, language, size)`)
			w.sql(`INSERT INTO day_figures (day, until, answers, sent, prompt, latest)
				SELECT '2026-11-20'::date - n, '2026-11-20 03:06:00Z', 70000 - 500 * n, 14000 - 20 * n, 13990 - 20 * n, CASE n WHEN 3 THEN 1800 ELSE 4 END
				FROM generate_series(0, 29) AS n`)
			text += w.script(person, lang, []string{"# after a month", "/stats"})
			golden(t, "stats."+lang, text)
			if m := w.last(person); m.Kind != "photo" || telegram.Length(m.CaptionHTML) > telegram.MaxCaption {
				t.Errorf("there came a %s with %d characters", m.Kind, telegram.Length(m.CaptionHTML))
			}
		})
	}
}

// What people do is what the figures say.
func TestWhatPeopleDoIsCounted(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.count() // as each start does
	w.script(emma, "en", []string{"/quiz", "vote 1", "vote 0 1", "@+1 09:00"})
	w.say(dmitriy, "/start")
	w.sandbox.Block(dmitriy)
	w.settle()
	w.at(w.clock("09:30"))
	w.count()
	w.say(emma, "/stats")
	text := w.last(emma).Text
	for _, want := range []string{"2 active", "private chats 2", "Oʻzbekcha 1 · English 1", "New: 3,", "Blocked: 1, of them 1", "Quiz answers: 2 in 7 days, 2 in 30", "Deliveries: 2 in 7 days", "Within a minute of their hour: 100.0%"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not stand in:\n%s", want, text)
		}
	}
}

func TestADayWithoutFiguresIsZeroInThePicture(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	turn := &turn{bot: view{Bot: &Bot{Texts: testTexts(t)}}, chat: &store.Chat{Language: "en"}, tx: &store.Tx{Now: noon}}
	today := utcDay(noon)
	drawn := turn.monthPicture([]store.DayFigures{{Day: today - 30, Active: 9}, {Day: today - 29, Active: 1}, {Day: today - 2, Sent: 3}, {Day: today, Fresh: 2}, {Day: today + 1, Fresh: 9}})
	if drawn.Days[0] != "22.10" || drawn.Days[29] != "20.11" {
		t.Errorf("the days are %v", drawn.Days)
	}
	sums := [3]int{}
	for i, s := range drawn.Series {
		for _, v := range s.Values {
			sums[i] += v
		}
	}
	if sums != [3]int{1, 2, 3} || drawn.Series[0].Values[0] != 1 || drawn.Series[1].Values[29] != 2 || drawn.Series[2].Values[27] != 3 {
		t.Errorf("the series are %+v", drawn.Series)
	}
	if _, err := (drawing{Month: &drawn}).png(); err != nil {
		t.Error(err)
	}
}

func TestAShareIsNeverBetterThanItIs(t *testing.T) {
	for _, c := range []struct {
		lang        string
		part, whole int
		want        string
	}{
		{"en", 0, 0, "—"}, {"en", 1, 1, "100.0%"}, {"en", 999_999, 1_000_000, "99.9%"}, {"uz", 1, 3, "33,3%"}, {"en", 0, 5, "0.0%"},
	} {
		turn := &turn{chat: &store.Chat{Language: c.lang}}
		if got := turn.percent(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d is %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}
