package main

import (
	"fmt"
	"testing"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/sandbox"
)

// A rolling update as deploy/kubernetes.yaml asks for it: of two programs one is
// replaced after the other, each time the new one is ready before the old one
// ends, and all that while topics go out and somebody talks. Each topic arrives
// once, and each word has its effect once.
func TestARollingUpdateMissesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	first := r.start()
	r.setUp()
	first.end()
	const chats = 200 // seven seconds at Telegram's pace
	for id := int64(1); id <= chats; id++ {
		r.world.AddPerson(sandbox.Person{ID: id, FirstName: "P", Started: true})
	}
	execute(t, r.dsn, fmt.Sprintf(`INSERT INTO chats (chat_id, kind, language, roadmap_id, remind_on, ready, remind_minute, next_at, created_at, updated_at)
		SELECT n, 'private', 'en', 'go-start', true, true, 0, now() - interval '1 second', now(), now() FROM generate_series(1, %d) n`, chats))
	ready := func() *process {
		t.Helper()
		listen := freeAddress(t)
		p := r.start("YOLCHI_LISTEN=" + listen)
		r.until("somebody polls", `SELECT EXISTS (SELECT FROM leases WHERE until >= now())`)
		if status, text := ask(t, listen, "/readyz"); status != 200 {
			t.Errorf("beside the old one the new one is not ready: %s", text)
		}
		return p
	}
	sent := func(n int) {
		t.Helper()
		r.until("topics go out", fmt.Sprintf(`SELECT count(*) >= %d FROM deliveries WHERE state = 'sent'`, n))
	}
	old := []*process{ready(), ready()}
	for i, p := range old {
		sent(chats * (i + 1) / 4)
		ready()
		r.say("/next")
		p.end()
		r.await(i + 1)
	}
	sent(chats)

	var unfinished, claimed int
	err := r.db.QueryRowContext(r.ctx, `SELECT count(*) FILTER (WHERE state <> 'sent'), count(*) FILTER (WHERE claimed)
		FROM deliveries WHERE kind = 'topic' AND chat_id <= $1`, chats).Scan(&unfinished, &claimed)
	if err != nil || unfinished != 0 || claimed != 0 {
		t.Errorf("%d deliveries are not sent, of %d nobody is sure (%v)", unfinished, claimed, err)
	}
	one := len(r.world.Messages(1))
	for id := int64(1); id <= chats; id++ {
		if n := len(r.world.Messages(id)); n != one || n == 0 {
			t.Errorf("chat %d was shown %d messages, chat 1 %d", id, n, one)
		}
	}
	if n := r.done(); n != 2 {
		t.Errorf("/next was said twice and took effect %d times", n)
	}
	for answer, times := range r.answers() {
		if times != 1 {
			t.Errorf("%q was said %d times", answer, times)
		}
	}
}
