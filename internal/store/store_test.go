package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "time/tzdata"

	"go.uber.org/goleak"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
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
