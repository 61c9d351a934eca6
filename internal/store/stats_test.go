package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// heardOf lets an update of a chat come.
func heardOf(t testing.TB, s *Store, chat int64, now time.Time) {
	t.Helper()
	a := Arrival{UpdateID: now.UnixNano(), Key: Person(chat), Kind: "private", Now: now}
	if _, err := s.Apply(t.Context(), a, func(*Tx) ([]telegram.Call, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
}

// figures are those that were counted, as /stats reads them.
func figures(t testing.TB, s *Store, now time.Time) (chats []Census, days []DayFigures) {
	t.Helper()
	err := s.View(t.Context(), Person(1), now, func(tx *Tx) (err error) {
		if chats, err = tx.Census(t.Context()); err != nil {
			return err
		}
		days, err = tx.DayFigures(t.Context(), 30)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return chats, days
}

func (s *Store) run(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := s.db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestASignOfLifeIsNotedOnceAnHour(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct{ at, want string }{
		{"09:00", "09:00"}, {"09:01", "09:00"}, {"09:59", "09:00"}, {"10:00", "10:00"}, {"10:30", "10:00"}, {"23:00", "23:00"},
	} {
		heardOf(t, s, 1, at(20, c.at))
		if seen := look(t, s, 1).SeenAt; seen == nil || !seen.Equal(at(20, c.want)) {
			t.Errorf("at %s it was seen %v, want %s", c.at, seen, c.want)
		}
	}
	// What time does is no sign of life.
	if err := s.WithChat(t.Context(), Person(1), at(21, "09:00"), func(tx *Tx) error { return tx.Save(t.Context()) }); err != nil {
		t.Fatal(err)
	}
	if seen := look(t, s, 1).SeenAt; !seen.Equal(at(20, "23:00")) {
		t.Errorf("a delivery moved it to %v", seen)
	}
}

func TestTheChatsAreCountedAsTheScreenSays(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := at(20, "12:00")
	day := 24 * time.Hour
	for _, c := range []struct {
		id               int64
		kind, language   string
		came, seen, left time.Duration // ago; left 0: it did not
		streak, ends     int           // days; from today on
		member           bool
	}{
		{1, "private", "uz", 20 * day, time.Hour, 0, 7, 0, false},          // returning, with a week's streak
		{2, "private", "uz", 6 * day, 2 * day, 0, 6, 1, false},             // new, active, no week yet
		{3, "private", "uz", 40 * day, day, 0, 30, -1, false},              // its streak ended yesterday
		{4, "private", "uz", 40 * day, 7*day + time.Hour, 0, 9, 5, false},  // silent
		{5, "private", "uz", 2 * day, time.Hour, time.Minute, 0, 0, false}, // blocked this week
		{6, "private", "uz", 40 * day, 20 * day, 20 * day, 0, 0, false},    // long ago
		{7, "private", "", time.Hour, time.Hour, 0, 0, 0, false},           // has chosen nothing
		{8, "private", "uz", time.Hour, 0, 0, 0, 0, true},                  // only known from a group
		{9, "supergroup", "uz+en", 40 * day, 23 * time.Hour, 0, 0, 0, false},
		{10, "group", "uz+en", 40 * day, 2 * day, 0, 0, 0, false},
	} {
		ago := func(d time.Duration) any {
			if d == 0 {
				return nil
			}
			return now.Add(-d)
		}
		s.run(t, `INSERT INTO chats (chat_id, kind, language, created_at, updated_at, seen_at, blocked_at, streak_days, streak_ends, started)
			VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)`, c.id, c.kind, c.language, ago(c.came), ago(c.seen), ago(c.left), c.streak, study.DayOf(now)+study.Day(c.ends), !c.member)
	}
	if err := s.Count(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	chats, days := figures(t, s, now)
	want := []Census{
		{Kind: "group", Language: "uz+en", Active: 2, Returned: 2},
		{Kind: "private", Language: "", Active: 1, Fresh: 1},
		{Kind: "private", Language: "uz", Active: 3, Fresh: 2, Returned: 2, Streaks: 1, Blocked: 2, BlockedWeek: 1},
	}
	for i := range chats {
		chats[i].At = time.Time{}
	}
	if diff := cmp.Diff(want, chats); diff != "" {
		t.Errorf("chats (-want +got):\n%s", diff)
	}
	today := DayFigures{Day: study.DayOf(now), Active: 3, Fresh: 1} // 1, 7 and 9; the member is nobody's chat
	if diff := cmp.Diff([]DayFigures{today}, days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}

// What is counted in steps is what happened, on the day on which it did, each
// once, however often somebody counts.
func TestWhatHappenedIsCountedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	answer := func(at time.Time, kind study.Kind) {
		t.Helper()
		err := s.WithChat(t.Context(), Person(1), at, func(tx *Tx) error {
			return tx.Record(t.Context(), study.Event{Kind: kind, User: 1, Topic: "a", Question: "a/1"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	send := func(due, sent time.Time, kind, state string) {
		t.Helper()
		n++
		s.run(t, `INSERT INTO deliveries (chat_id, kind, day, due_at, run_at, state, sent_at) VALUES (1, $1, $2, $3, $3, $4, $5)`,
			kind, study.Day(n), due, state, sent)
	}
	count := func(now time.Time) {
		t.Helper()
		for range 2 {
			if err := s.Count(t.Context(), now); err != nil {
				t.Fatal(err)
			}
		}
	}
	utc := func(day int, clock string) time.Time { return at(day, clock).Add(5 * time.Hour) } // at is Tashkent's
	answer(utc(18, "10:00"), study.Answered)                                                  // before the first count looks
	answer(utc(20, "10:00"), study.Answered)
	answer(utc(20, "10:00"), study.Opened)
	send(utc(20, "09:00"), utc(20, "09:00").Add(59*time.Second), TopicDelivery, Sent)
	send(utc(20, "09:00"), utc(20, "09:02"), SaverDelivery, Sent)
	send(utc(20, "09:00"), utc(20, "11:30"), RoundDelivery, Sent) // nobody's hour
	send(utc(20, "09:00"), utc(20, "09:10"), LaterDelivery, Pending)
	count(utc(20, "11:00"))
	count(utc(20, "11:20")) // new enough
	answer(utc(20, "10:59").Add(30*time.Second), study.Answered)
	answer(utc(20, "23:30"), study.Answered)
	answer(utc(21, "00:30"), study.Answered)
	send(utc(21, "09:00"), utc(21, "09:00"), TopicDelivery, Sent)
	count(utc(21, "12:00"))
	answer(utc(23, "10:00"), study.Answered) // and the bot was away until then
	now := utc(24, "12:00")
	count(now)
	_, days := figures(t, s, now)
	for i := range days {
		days[i].Active, days[i].Fresh = 0, 0
	}
	day := study.DayOf(utc(20, "12:00"))
	want := []DayFigures{
		{Day: day, Answers: 3, Sent: 2, Prompt: 1, Latest: 120},
		{Day: day + 1, Answers: 1, Sent: 1, Prompt: 1},
		{Day: day + 3, Answers: 1},
		{Day: day + 4},
	}
	if diff := cmp.Diff(want, days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}

// Counting reads what is new along indexes, never the whole log.
func TestCountingLooksOnlyAtWhatIsNew(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.run(t, `INSERT INTO chats (chat_id, kind, created_at, updated_at) VALUES (1, 'private', now(), now())`)
	s.run(t, `INSERT INTO events (chat_id, at, day, user_id, kind) SELECT 1, now() - n * interval '1 minute', now()::date, 1, 'answered'
		FROM generate_series(60000, 1, -1) AS n`)
	s.run(t, `INSERT INTO deliveries (chat_id, kind, day, due_at, run_at, state, sent_at) SELECT 1, 'topic', '2020-01-01'::date + n, now(), now(), 'sent', now() - n * interval '1 minute'
		FROM generate_series(20000, 1, -1) AS n`)
	s.run(t, `VACUUM (ANALYZE) events, deliveries`)
	for query, index := range map[string]string{
		`SELECT count(*) FROM events WHERE at >= $1 AND at < $2 AND kind = 'answered'`:            "events_at",
		`SELECT count(*) FROM deliveries WHERE sent_at >= $1 AND sent_at < $2 AND state = 'sent'`: "deliveries_sent",
	} {
		var plan []string
		now := time.Now()
		if err := s.db.SelectContext(t.Context(), &plan, "EXPLAIN "+query, now.Add(-time.Hour), now); err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(plan, "\n"); !strings.Contains(text, index) || strings.Contains(text, "Seq Scan") {
			t.Errorf("%s:\n%s", query, text)
		}
	}
}
