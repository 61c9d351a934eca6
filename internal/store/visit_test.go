package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// gathered lets all the given functions come while a transaction is under way,
// so that they share the next one.
func gathered(t *testing.T, s *Store, visits ...func()) {
	t.Helper()
	s.changes.workers = 1
	begun, end := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := s.Apply(t.Context(), Arrival{UpdateID: 1, Key: Person(999), Kind: "private", Now: noon}, func(*Tx) ([]telegram.Call, error) {
			close(begun)
			<-end
			return nil, nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	for i, visit := range visits {
		wg.Go(visit)
		for s.changes.gathering() <= i { // it has to be there before the next one comes
		}
	}
	close(end)
	wg.Wait()
}

func (b *batch[T]) gathering() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}

func TestOneChatsFailureIsNobodyElses(t *testing.T) {
	t.Parallel()
	s := open(t)
	boom := errors.New("boom")
	outcome := make([]error, 6)
	visit := func(i int, chat, update int64, fail func() error) func() {
		return func() {
			_, outcome[i] = s.Apply(t.Context(), Arrival{UpdateID: update, Key: Person(chat), Kind: "private", Now: noon},
				func(tx *Tx) ([]telegram.Call, error) {
					if err := tx.Record(t.Context(), study.Event{Kind: study.Done, Topic: fmt.Sprint("t", i)}); err != nil {
						return nil, err
					}
					return nil, fail()
				})
		}
	}
	fine := func() error { return nil }
	gathered(t, s,
		visit(0, 1, 10, fine),
		visit(1, 2, 11, func() error { return boom }),
		visit(2, 3, 12, func() error { panic("at the disco") }),
		visit(3, 4, 13, fine),
		visit(4, 1, 14, fine), // the first chat once more
		visit(5, 4, 13, fine), // a repeat
	)
	for i, failed := range []bool{false, true, true, false, false, false} {
		if (outcome[i] != nil) != failed {
			t.Errorf("visit %d: %v", i, outcome[i])
		}
	}
	if !errors.Is(outcome[1], boom) {
		t.Errorf("the failure is %v", outcome[1])
	}
	for chat, topics := range map[int64][]string{1: {"t0", "t4"}, 4: {"t3"}} {
		err := s.View(t.Context(), Person(chat), noon, func(tx *Tx) error {
			states, err := tx.TopicStates(t.Context())
			if len(states) != len(topics) {
				t.Errorf("chat %d has %v, want %v", chat, states, topics)
			}
			log, logErr := tx.Log(t.Context())
			if len(log) != len(topics) {
				t.Errorf("chat %d logged %d events, want %d", chat, len(log), len(topics))
			}
			return errors.Join(err, logErr)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// What a chat has written it sees, whatever the others read before.
func TestAChatSeesWhatItWrote(t *testing.T) {
	t.Parallel()
	s := open(t)
	var visits []func()
	for chat := int64(1); chat <= 5; chat++ {
		visits = append(visits, func() {
			_, err := s.Apply(t.Context(), Arrival{UpdateID: chat, Key: Person(chat), Kind: "private", Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
				before, err := tx.TopicStates(t.Context())
				if err != nil || len(before) != 0 {
					return nil, fmt.Errorf("before: %v, %w", before, err)
				}
				to := "b"
				steps := []study.Event{
					{Kind: study.Opened, Roadmap: "r", Topic: "a"},
					{Kind: study.Done, Roadmap: "r", Topic: "a", Detail: study.Detail{To: &to}},
					{Kind: study.Opened, Roadmap: "r", Topic: "b"},
				}
				for _, e := range steps {
					if err := tx.Record(t.Context(), e); err != nil {
						return nil, err
					}
				}
				states, err := tx.TopicStates(t.Context())
				if err != nil || states["a"] != study.TopicDone || states["b"] != study.TopicOpened {
					return nil, fmt.Errorf("after: %v, %w", states, err)
				}
				at, enrolled, err := tx.Position(t.Context(), "r")
				if err != nil || !enrolled || at != "b" {
					return nil, fmt.Errorf("position: %q %v %w", at, enrolled, err)
				}
				return nil, nil
			})
			if err != nil {
				t.Errorf("chat %d: %v", chat, err)
			}
		})
	}
	gathered(t, s, visits...)
}
