package bot

import (
	"strings"
	"testing"
	"time"

	"yolchi/internal/sandbox"
)

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
			w.sql(`INSERT INTO deliveries (chat_id, kind, day, due_at, run_at, state) VALUES (503, 'saver', '2026-11-20', $1, $1, 'missed'), (503, 'later', '2026-11-21', $2, $2, 'pending')`,
				w.Now().Add(-12*time.Hour), w.clock("20:00"))
			w.sql(`INSERT INTO chats (chat_id, kind, title, language, roadmap_id, ready, remind_on, rhythm, created_at, updated_at)
				VALUES (-8, 'channel', 'Go kanali', 'uz', 'side-road', true, true, 'silent', $1, $1)`, w.Now().AddDate(-1, 0, 0))
			w.sql(`INSERT INTO deliveries (chat_id, kind, day, due_at, run_at, state) VALUES (-8, 'announcement:7', '2026-11-21', $1, $2, 'waiting')`,
				w.Now(), w.clock("09:00").AddDate(0, 0, 1))
			w.sql(`INSERT INTO moves (chat_id, to_id, at) VALUES (-5, $1, $2)`, group, w.Now())
			for thread := range lookupThreads + 2 {
				w.sql(`INSERT INTO chats (chat_id, thread_id, kind, title, language, roadmap_id, ready, remind_on, rhythm, paused_until, created_at, updated_at)
					VALUES ($1, $2, 'supergroup', 'Go <kechasi>', 'uz+en', 'short-road', $3, false, 'weekly', '2026-12-01', $4, $4)`, group, thread, thread > 1, w.Now())
			}
			w.sql(`INSERT INTO enrollments (chat_id, thread_id, roadmap_id, topic_id, started_at) VALUES ($1, 2, 'short-road', '', $2)`, group, w.Now())
			w.sql(`INSERT INTO chats (chat_id, kind, title, started, created_at, updated_at) VALUES (77, 'private', 'Sardor', false, $1, $1)`, w.Now())
			text += w.script(person, lang, []string{"# stopped, blocked, failed", "/lookup 503", "# only known from a group", "/lookup 77", "# a forum that moved", "/lookup −5", "# a channel", "/lookup -8"})
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
