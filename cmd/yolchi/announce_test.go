package main

import (
	"fmt"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/sandbox"
)

// A program that dies in the middle of an announcement, twice, leaves nobody
// out; told twice is at most who was on the way when it died.
func TestAnAnnouncementOutlivesItsProgram(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	first := r.start()
	r.setUp()
	first.kill()
	const chats, inFlight = 150, 30
	for id := int64(1); id <= chats; id++ {
		r.world.AddPerson(sandbox.Person{ID: id, FirstName: "P", Started: true})
	}
	noon := fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-12) // where it is about noon: nobody sleeps
	execute(t, r.dsn, fmt.Sprintf(`INSERT INTO chats (chat_id, kind, language, roadmap_id, ready, zone, created_at, updated_at)
		SELECT n, 'private', 'en', 'go-start', true, '%s', now(), now() FROM generate_series(1, %d) n`, noon, chats))
	execute(t, r.dsn, fmt.Sprintf(`UPDATE chats SET zone = '%s'`, noon))
	execute(t, r.dsn, fmt.Sprintf(`INSERT INTO broadcasts (chat_id, text_en, audience, state, started_at, size) VALUES (%d, 'News', 'all', 'running', now(), %d)`, aziza, chats+1))
	for _, told := range []int{40, 90} {
		p := r.start()
		if err := r.world.Wait(r.ctx, func() bool { once, twice := r.told(chats); return once+twice >= told }); err != nil {
			t.Fatal(err)
		}
		p.kill()
		execute(t, r.dsn, `UPDATE deliveries SET run_at = now() WHERE state = 'pending'`) // as if its claims had run out
		execute(t, r.dsn, `UPDATE leases SET until = now()`)
	}
	r.start()
	r.until("the announcement is out", `SELECT EXISTS (SELECT FROM broadcasts WHERE state = 'done' AND told)`)
	once, twice := r.told(chats)
	if once != chats || twice > 2*inFlight {
		t.Errorf("%d of %d chats were told, %d of them twice", once, chats, twice)
	}
	t.Logf("%d were told twice", twice)
}

// told is how many of the chats 1 to n were told the news, and how many times too
// often.
func (r *rough) told(n int) (once, twice int) {
	for id := int64(1); id <= int64(n); id++ {
		times := 0
		for _, m := range r.world.Messages(id) {
			if m.Text == "News" {
				times++
			}
		}
		once, twice = once+min(times, 1), twice+max(times-1, 0)
	}
	return once, twice
}
