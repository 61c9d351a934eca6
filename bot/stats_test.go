package bot

import (
	"strings"
	"testing"
	"time"

	"yolchi/internal/sandbox"
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

// count does what the scheduler does each hour.
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
			w.sql(`TRUNCATE census, tallies`)
			w.sql(`INSERT INTO census (day, kind, language, at, active, active_day, fresh, fresh_day, returned, streaks, blocked, blocked_week)
				SELECT '2026-11-20'::date - n, kind, language, '2026-11-20 03:07:00Z', size, size * (60 + n * 7 % 30) / 100, size / 10, size * (n % 5) / 100, size * 9 / 10,
					CASE kind WHEN 'private' THEN size / 3 ELSE 0 END, size / 20, size / 100
				FROM generate_series(0, 29) AS n, (VALUES ('private', 'uz', 12345), ('private', 'en', 2500), ('private', '', 40), ('group', 'uz+en', 310),
					('group', 'uz', 90), ('channel', 'uz', 7)) AS v(kind, language, size)`)
			w.sql(`INSERT INTO tallies (day, until, answers, sent, prompt, latest)
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
	turn := &turn{bot: &Bot{Texts: testTexts(t)}, chat: &store.Chat{Language: "en"}, tx: &store.Tx{Now: noon}}
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
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1\u00a0000", 1234567: "1\u00a0234\u00a0567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}

func TestALookIntoAChat(t *testing.T) {
	const group = -100200302
	for lang, person := range map[string]int64{"en": emma, "uz": aziza} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := operated(t)
			w.begin(dmitriy)
			w.script(dmitriy, "en", []string{"/quiz", "vote 1", "@+1 09:00"})
			w.reply(dmitriy, w.lesson(dmitriy), "my secret note")
			w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go <kechasi>", Type: "supergroup", Members: []int64{aziza, emma}, Forum: true})
			w.transcript(person)
			text := w.script(person, lang, []string{"# how it is asked", "/lookup", "/lookup @emma", "/lookup 77", "# a learner", "/lookup 503"})
			w.script(dmitriy, "en", []string{"/stop"})
			w.sandbox.Block(dmitriy)
			w.settle()
			w.sql(`INSERT INTO failed_updates (chat_id, update_id, at, kind, error) VALUES (503, 1, $1, 'message', $2)`, w.Now(), "panicked: a <b> that "+strings.Repeat("long ", 50)+"\nat line 7")
			w.sql(`UPDATE deliveries SET error = 'applying: <nil>', state = 'dropped' WHERE chat_id = 503`)
			w.sql(`INSERT INTO moves (chat_id, to_id, at) VALUES (-5, $1, $2)`, group, w.Now())
			for thread := range lookupThreads + 2 {
				w.sql(`INSERT INTO chats (chat_id, thread_id, kind, title, language, roadmap_id, ready, remind_on, rhythm, paused_until, created_at, updated_at)
					VALUES ($1, $2, 'supergroup', 'Go <kechasi>', 'uz+en', 'short-road', $3, false, 'weekly', '2026-12-01', $4, $4)`, group, thread, thread > 1, w.Now())
			}
			w.sql(`INSERT INTO enrollments (chat_id, thread_id, roadmap_id, topic_id, started_at) VALUES ($1, 2, 'short-road', '', $2)`, group, w.Now())
			w.sql(`INSERT INTO chats (chat_id, kind, title, started, created_at, updated_at) VALUES (77, 'private', 'Sardor', false, $1, $1)`, w.Now())
			text += w.script(person, lang, []string{"# stopped, blocked, failed", "/lookup 503", "# only known from a group", "/lookup 77", "# a forum that moved", "/lookup −5"})
			golden(t, "lookup."+lang, text)
			if strings.Contains(text, "my secret note") {
				t.Error("the text of a note is shown")
			}
		})
	}
}

func FuzzLookup(f *testing.F) {
	for _, text := range []string{"", "503", "-503", "−1", "99999999999999999999", "@emma", "5 5", "<b>", "0x10", "1e3"} {
		f.Add(text)
	}
	w := operated(f)
	f.Fuzz(func(t *testing.T, text string) {
		w.t = t
		before := w.messages(emma)
		w.say(emma, "/lookup "+strings.ToValidUTF8(text, "?"))
		if got := w.messages(emma) - before; got < 1 {
			t.Errorf("%q is answered by %d messages", text, got)
		}
		if failed, err := w.bot.Store.Failed(w.ctx); err != nil || len(failed) > 0 {
			t.Fatalf("%q was set aside: %+v, %v", text, failed, err)
		}
	})
}

// Who does not run the bot meets nothing of it.
func TestOnlyThoseWhoRunTheBotHaveItsCommands(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	w.say(dmitriy, "/nonsense")
	unknown := w.last(dmitriy).Text
	for _, c := range commands() {
		if !c.admin {
			continue
		}
		w.say(dmitriy, "/"+c.name)
		if text := w.last(dmitriy).Text; text != unknown {
			t.Errorf("/%s is answered by %q", c.name, text)
		}
		if c.group != nil {
			t.Errorf("/%s is there in groups", c.name)
		}
	}
	for word, p := range presses {
		if !p.admin {
			continue
		}
		if toast := w.pressData(dmitriy, w.last(dmitriy).ID, "1:"+word); !strings.Contains(toast, "from long ago") {
			t.Errorf("the button %q is answered by %q", word, toast)
		}
	}
	help := func(person int64) string {
		w.say(person, "/help")
		return w.last(person).Text
	}
	if text := help(dmitriy); strings.Contains(text, "/stats") || !strings.Contains(text, "/feedback") {
		t.Errorf("the help of a learner is:\n%s", text)
	}
	if text := help(emma); !strings.Contains(text, "For you, who run this bot:\n/stats — the bot in figures\n/lookup") {
		t.Errorf("the help of an administrator is:\n%s", text)
	}
	const group = -100200303
	w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go kechasi", Type: "supergroup", Members: []int64{emma}})
	before := w.messages(group)
	for _, text := range []string{"/stats", "/lookup 503", "/help"} {
		w.sandbox.Say(emma, group, text)
		w.settle()
	}
	if text := w.last(group).Text; w.messages(group) != before+4 || strings.Contains(text, "/stats") {
		t.Errorf("in a group an administrator is answered by %q", text)
	}
}

func TestTheMenuOfAnAdministratorIsLonger(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.bot.Admins = []int64{emma}
	client := w.bot.Sender.(unpaced).client
	if err := Introduce(w.ctx, client, w.bot.Texts, w.bot.Admins); err != nil {
		t.Fatal(err)
	}
	names := func(scope telegram.Scope) string {
		t.Helper()
		menu, err := client.Commands(w.ctx, scope, "en")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range menu {
			names = append(names, c.Command)
		}
		return " " + strings.Join(names, " ") + " "
	}
	for _, c := range []struct {
		scope                   telegram.Scope
		feedback, stats, lookup bool
	}{
		{telegram.ScopeDefault, true, false, false}, {telegram.ScopeChat(emma), true, true, true},
		{telegram.ScopeGroups, false, false, false}, {telegram.ScopeAdmins, false, false, false},
	} {
		menu := names(c.scope)
		for name, want := range map[string]bool{"feedback": c.feedback, "stats": c.stats, "lookup": c.lookup, "help": true} {
			if got := strings.Contains(menu, " "+name+" "); got != want {
				t.Errorf("%+v has /%s: %v", c.scope, name, got)
			}
		}
	}
}
