package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
	"yolchi/migrations"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is Friday, 20 November 2026, 12:00 in Tashkent.
var noon = time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC)

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), pgtest.DSN(t), 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// learner makes a chat that is set up, with its topic at 09:00 each day.
func learner(t testing.TB, s *Store, id int64, change func(*Chat)) {
	t.Helper()
	_, err := s.Apply(t.Context(), Arrival{UpdateID: id, Key: Person(id), Kind: "private", Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
		tx.Chat.Ready, tx.Chat.RemindOn, tx.Chat.RoadmapID = true, true, "r"
		if change != nil {
			change(tx.Chat)
		}
		return nil, tx.Save(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func look(t testing.TB, s *Store, id int64) (chat Chat) {
	t.Helper()
	err := s.View(t.Context(), Person(id), noon, func(tx *Tx) error {
		chat = *tx.Chat
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return chat
}

func at(day int, clock string) time.Time {
	hour, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 11, day, hour.Hour()-5, hour.Minute(), 0, 0, time.UTC)
}

func TestAnUpdateTakesEffectOnceHoweverManyHandleIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	call := telegram.SendMessage(7, "hello", nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			owed, err := s.Apply(t.Context(), Arrival{UpdateID: 1, Key: Person(7), Kind: "private", Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
				return []telegram.Call{call}, tx.Record(t.Context(), study.Event{Kind: study.Answered})
			})
			if err != nil || len(owed) != 1 {
				t.Errorf("Apply: %v, %v", owed, err)
			}
		})
	}
	wg.Wait()
	err := s.View(t.Context(), Person(7), noon, func(tx *Tx) error {
		log, err := tx.Log(t.Context())
		if len(log) != 1 {
			t.Errorf("one update, handled eight times at once, has %d effects", len(log))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFailedHandlerLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	boom := errors.New("boom")
	_, err := s.Apply(t.Context(), Arrival{UpdateID: 1, Key: Person(7), Kind: "private", Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
		if err := tx.Record(t.Context(), study.Event{Kind: study.Opened, Topic: "a"}); err != nil {
			return nil, err
		}
		return nil, boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("Apply: %v", err)
	}
	if err := s.WithChat(t.Context(), Person(7), noon, func(*Tx) error { return nil }); !errors.Is(err, ErrNoChat) {
		t.Errorf("the chat is there: %v", err)
	}
}

func TestADeliveryIsPlannedOnceAStudyDay(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	learner(t, s, 2, func(c *Chat) { c.RemindDays = study.MondayToFri })
	learner(t, s, 3, func(c *Chat) { c.RemindOn = false })
	learner(t, s, 4, func(c *Chat) { until := study.DayOf(at(23, "00:00").Add(5 * time.Hour)); c.PausedUntil = &until })
	learner(t, s, 5, func(c *Chat) { now := noon; c.StoppedAt = &now })
	var got []string
	for _, now := range []time.Time{
		noon, at(20, "23:59"), at(21, "08:59"), at(21, "09:00"), at(21, "09:01"), at(21, "09:00"), // a clock set back
		at(22, "09:00"), at(23, "15:00"), at(26, "08:00"), at(26, "09:30"), // asleep for two days and more
	} {
		claimed, _, err := s.Plan(t.Context(), now, time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(claimed, func(a, b Delivery) int { return int(a.ChatID - b.ChatID) })
		for _, d := range claimed {
			got = append(got, fmt.Sprintf("%d %s", d.ChatID, d.Day))
			if err := s.Settle(t.Context(), d, Outcome{State: Sent}, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []string{ // set up at noon: today's hour is over
		"1 2026-11-21", "1 2026-11-22", "1 2026-11-23", "2 2026-11-23", "4 2026-11-23", "1 2026-11-26", "2 2026-11-26", "4 2026-11-26",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

func TestEachIsClaimedOnceByWhoeverComes(t *testing.T) {
	t.Parallel()
	s := open(t)
	const chats = 2000
	_, err := s.db.ExecContext(t.Context(), `INSERT INTO chats (chat_id, kind, roadmap_id, remind_on, ready, next_at, created_at, updated_at)
		SELECT n, 'private', 'r', true, true, $1, $1, $1 FROM generate_series(1, $2) AS n`, at(20, "09:00"), chats)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	firsts, seen := map[int64]int{}, map[int64]int{}
	later := noon.Add(2 * time.Minute)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				planned, taken, err := s.Plan(t.Context(), noon, time.Minute, 150)
				if err != nil {
					t.Error(err)
					return
				}
				claimed, err := s.Claim(t.Context(), later, time.Hour, 70) // claims that ran out
				if err != nil {
					t.Error(err)
					return
				}
				if taken == 0 && len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, d := range planned {
					firsts[d.ChatID]++
				}
				for _, d := range claimed {
					seen[d.ChatID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id := int64(1); id <= chats; id++ {
		if firsts[id] != 1 || seen[id] != 1 {
			t.Errorf("chat %d was planned %d times and claimed %d times", id, firsts[id], seen[id])
		}
	}
}

func TestAClaimRunsOutAndTheLateOneChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	now := at(21, "09:00")
	planned, _, err := s.Plan(t.Context(), now, time.Minute, 10)
	if err != nil || len(planned) != 1 {
		t.Fatalf("%v, %v", planned, err)
	}
	first := planned[0]
	claim := func(now time.Time) Delivery {
		t.Helper()
		claimed, err := s.Claim(t.Context(), now, time.Minute, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			return Delivery{}
		}
		return claimed[0]
	}
	if first.Attempts != 1 || first.Repeat {
		t.Fatalf("the first claim: %+v", first)
	}
	if d := claim(now.Add(59 * time.Second)); d.Attempts != 0 {
		t.Fatalf("it was claimed during the lease: %+v", d)
	}
	second := claim(now.Add(61 * time.Second)) // the first one died
	if second.Attempts != 2 || !second.Repeat {
		t.Fatalf("the second claim: %+v", second)
	}
	if err := s.Settle(t.Context(), first, Outcome{State: Dropped}, now.Add(62*time.Second)); err != nil { // or it was only slow
		t.Fatal(err)
	}
	if err := s.Settle(t.Context(), second, Outcome{State: Pending, Error: "busy", RunAt: now.Add(5 * time.Minute)}, now); err != nil {
		t.Fatal(err)
	}
	if d := claim(now.Add(4 * time.Minute)); d.Attempts != 0 {
		t.Fatalf("it was claimed before its time: %+v", d)
	}
	third := claim(now.Add(6 * time.Minute))
	if third.Attempts != 3 || third.Repeat {
		t.Fatalf("after a known failure it is no repeat: %+v", third)
	}
}

func TestASettlementTellsWhatWasShown(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	now := at(21, "09:00")
	claimed, _, err := s.Plan(t.Context(), now, time.Minute, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("%v, %v", claimed, err)
	}
	day := study.DayOf(now.Add(5 * time.Hour))
	shown := Outcome{State: Sent, Roadmap: "r", Topic: "a", Day: day}
	gone := Delivery{Key: Person(404), Kind: TopicDelivery, Day: day, Attempts: 1} // its chat has moved
	var wg sync.WaitGroup
	for _, d := range []Delivery{claimed[0], gone} {
		wg.Go(func() {
			if err := s.Settle(t.Context(), d, shown, now); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	err = s.View(t.Context(), Person(1), now, func(tx *Tx) error {
		states, err := tx.TopicStates(t.Context())
		if states["a"] != study.TopicOpened {
			t.Errorf("states: %v", states)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAGroupKeepsEverythingUnderItsNewID(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := t.Context()
	_, err := s.Apply(ctx, Arrival{UpdateID: 1, Key: Person(-10), Kind: "group", Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
		tx.Chat.Ready, tx.Chat.RemindOn = true, true
		to := "a"
		if err := tx.Record(ctx, study.Event{Kind: study.Enrolled, Roadmap: "r", Detail: study.Detail{To: &to}}); err != nil {
			return nil, err
		}
		if _, err := tx.StartQuiz(ctx, Quiz{UserID: 5, Kind: TopicQuiz, TopicID: "a", Questions: []string{"a/q"}}); err != nil {
			return nil, err
		}
		if err := tx.Later(ctx, at(20, "20:00")); err != nil {
			return nil, err
		}
		return nil, tx.Save(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	// The new id spoke first, and both messages about the move arrive.
	_, err = s.Apply(ctx, Arrival{UpdateID: 2, Key: Person(-100), Kind: "supergroup", Now: noon}, func(tx *Tx) ([]telegram.Call, error) { return nil, nil })
	if err := errors.Join(err, s.Migrate(ctx, -10, -100, noon), s.Migrate(ctx, -10, -100, noon)); err != nil {
		t.Fatal(err)
	}
	if chat := look(t, s, -100); !chat.Ready || chat.Kind != "supergroup" {
		t.Errorf("the moved chat: %+v", chat)
	}
	err = s.View(ctx, Person(-100), noon, func(tx *Tx) error {
		at, enrolled, err := tx.Position(ctx, "r")
		_, open, quizErr := tx.OpenQuiz(ctx, 5)
		if at != "a" || !enrolled || !open {
			t.Errorf("position %q, %v, quiz %v", at, enrolled, open)
		}
		return errors.Join(err, quizErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.View(ctx, Person(-10), noon, func(*Tx) error { return nil }); !errors.Is(err, ErrNoChat) {
		t.Errorf("the old id is still there: %v", err)
	}
}

func TestALeaseHasOneHolderUntilItEnds(t *testing.T) {
	t.Parallel()
	s := open(t)
	lease := func(holder string, length time.Duration) bool {
		t.Helper()
		has, err := s.Lease(t.Context(), "poller", holder, length)
		if err != nil {
			t.Fatal(err)
		}
		return has
	}
	if !lease("a", time.Hour) || lease("b", time.Hour) || !lease("a", time.Hour) {
		t.Error("the lease does not stay with its holder")
	}
	if held, err := s.Held(t.Context(), "poller"); err != nil || !held {
		t.Errorf("held: %v, %v", held, err)
	}
	if err := s.Release(t.Context(), "poller", "b"); err != nil || lease("b", time.Hour) {
		t.Errorf("somebody else gave it up: %v", err)
	}
	if err := s.Release(t.Context(), "poller", "a"); err != nil || !lease("b", -time.Second) || !lease("c", time.Hour) {
		t.Errorf("it does not go on after it was given up, or ran out: %v", err)
	}
}

func TestWhatIsOverIsForgotten(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	learner(t, s, 2, nil)
	if err := s.Prune(t.Context(), noon); err != nil { // not before they are old
		t.Fatal(err)
	}
	var kept, left int
	if err := s.db.GetContext(t.Context(), &kept, `SELECT count(*) FROM updates`); err != nil {
		t.Fatal(err)
	}
	if err := s.Prune(t.Context(), noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.db.GetContext(t.Context(), &left, `SELECT count(*) FROM updates`); err != nil {
		t.Fatal(err)
	}
	if kept != 2 || left != 0 {
		t.Errorf("%d updates before, %d after", kept, left)
	}
}

func TestTheSchemaGoesForwardAndBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	for range 2 {
		if err := migrations.DownTo(t.Context(), s.db.DB, 0); err != nil {
			t.Fatal(err)
		}
		if err := migrations.Up(t.Context(), s.db.DB); err != nil {
			t.Fatal(err)
		}
	}
	learner(t, s, 1, nil)
}

func TestProcessesThatStartAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := Open(t.Context(), dsn, 2)
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// All rows of a chat can lie on one node of a distributed database: each table's
// primary key begins with the chat, and so does what is unique or refers to
// another table.
func TestEveryTableIsKeyedByItsChat(t *testing.T) {
	t.Parallel()
	s := open(t)
	apart := map[string]string{ // and why
		"leases":           "which process may do what: a few rows for all chats",
		"goose_db_version": "the version of the schema",
		"cards":            "a person's memory: by user_id, which is the id of their own chat",
		"pictures":         "by what was drawn; they are nobody's",
		"feedback":         "what a person wrote to those who run the bot: by user_id",
		"census":           "figures of a day over all chats: some rows a day",
		"day_figures":      "figures of a day over all chats: a row a day",
	}
	for _, c := range []struct{ what, query string }{
		{"has no primary key", `SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
			AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)`},
		{"has a unique index that begins with something else than chat_id", `SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
			WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND a.attname IS DISTINCT FROM 'chat_id'`},
		{"refers to another table by something else than chat_id first", `SELECT c.conrelid::regclass::text FROM pg_constraint c
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
			JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
			WHERE c.connamespace = 'public'::regnamespace AND c.contype = 'f' AND (a.attname, b.attname) <> ('chat_id', 'chat_id')`},
	} {
		var tables []string
		if err := s.db.SelectContext(t.Context(), &tables, c.query); err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			if apart[table] == "" {
				t.Errorf("%s %s", table, c.what)
			}
		}
	}
	var tables int
	err := s.db.GetContext(t.Context(), &tables, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil || tables < 10 {
		t.Errorf("%d tables were looked at (%v)", tables, err)
	}
}

func TestNoPasswordStandsInAnError(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"postgres://u:p%40ss-word@127.0.0.1:1/x?sslmode=disable", "host=127.0.0.1 port=1 user=u password=p@ss-word sslmode=disable",
		"postgres://u:p%40ss-word@127.0.0.1:1/x?sslmode=nonsense", "postgres://u:p%40ss-word@[::1", "nonsense p@ss-word",
	} {
		_, err := Open(t.Context(), dsn, 1)
		if err == nil {
			t.Errorf("%s was opened", dsn)
			continue
		}
		for _, secret := range []string{"p@ss-word", "p%40ss-word"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error holds the password: %v", err)
			}
		}
	}
}

func TestABatchWritesEverybodysItemOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	written := map[int]int{}
	release := make(chan struct{})
	b := batch[int]{limit: 10, workers: 2, flush: func(_ context.Context, items []int) error {
		<-release
		mu.Lock()
		defer mu.Unlock()
		for _, item := range items {
			written[item]++
		}
		if slices.Contains(items, 13) {
			return errors.New("unlucky")
		}
		return nil
	}}
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Go(func() {
			if err := b.write(t.Context(), n); n == 13 && err == nil {
				t.Error("the failure of a flush was not told")
			}
		})
	}
	close(release)
	wg.Wait()
	for n := range 100 {
		if written[n] != 1 {
			t.Errorf("item %d was written %d times", n, written[n])
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.write(gone, 200); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up is told %v", err)
	}
	if err := b.write(t.Context(), 201); err != nil { // and the batch is free again
		t.Error(err)
	}
}
