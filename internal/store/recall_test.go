package store

import (
	"context"
	"slices"
	"testing"
	"time"

	"yolchi/internal/memory"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// The few days that are read decide as all days do: those with topics alone
// are none of study, however many lie between.
func TestTheDaysThatAreReadDecideAsAllDaysDo(t *testing.T) {
	t.Parallel()
	s := open(t)
	const person = 7
	update := int64(0)
	record := func(day int, events ...study.Event) {
		update++
		now := noon.AddDate(0, 0, day)
		_, err := s.Apply(t.Context(), Arrival{UpdateID: update, Key: Person(person), Kind: "private", Now: now}, func(tx *Tx) ([]telegram.Call, error) {
			for _, e := range events {
				if err := tx.Record(t.Context(), e); err != nil {
					return nil, err
				}
			}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	missed := func(question string) study.Event {
		return study.Event{User: person, Kind: study.Answered, Question: question}
	}
	record(0, missed("a"))
	record(1, missed("b"), missed("c"), missed("d"))
	for day := 2; day <= 5; day++ {
		record(day, study.Event{Kind: study.Done, Topic: "t"}, study.Event{Kind: study.Reviewed})
	}
	for day := 2; day <= 12; day++ {
		now := noon.AddDate(0, 0, day)
		err := s.View(t.Context(), Person(person), now, func(tx *Tx) error {
			recall, err := tx.Recall(t.Context())
			if err != nil {
				return err
			}
			all, err := tx.Days(t.Context())
			if err != nil {
				return err
			}
			today := tx.Chat.Today(now)
			got, want := memory.Today(recall.Cards, recall.Days, today), memory.Today(recall.Cards, all, today)
			if !slices.Equal(got, want) {
				t.Errorf("on day %d it asks %v, by all days %v", day, got, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A person answers the same question in a group and in private, around
// midnight, at the same moment: both answers count, in the order of the log.
func TestTwoAnswersAtOnceBothCount(t *testing.T) {
	t.Parallel()
	for first, want := range map[string]int{"a/other": 2, "a/x": 3} { // to a question that is new, and to one that is known
		s := open(t)
		answer(t, s, 1, Person(7), "private", 7, first, true)
		evening, morning := noon.AddDate(0, 0, 2), noon.AddDate(0, 0, 3)
		e := study.Event{User: 7, Kind: study.Answered, Question: "a/x", Detail: study.Detail{Right: true}}
		written, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 2)
		go func() {
			_, err := s.Apply(t.Context(), Arrival{UpdateID: 2, Key: Person(-9), Kind: "group", Now: evening}, func(tx *Tx) ([]telegram.Call, error) {
				person, err := tx.Person(t.Context(), 7, "Emma")
				if err != nil {
					return nil, err
				}
				if err := person.Record(t.Context(), e); err != nil {
					return nil, err
				}
				_, err = person.Cards(t.Context())
				close(written)
				<-end
				return nil, err
			})
			done <- err
		}()
		<-written
		go func() {
			done <- s.WithChat(t.Context(), Person(7), morning, func(tx *Tx) error { return tx.Record(t.Context(), e) })
		}()
		untilSomebodyWaits(t, s)
		close(end)
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		if got := cardsOf(t, s, 7)["a/x"]; got.Reps != want || got.Last != study.DayOf(morning.In(tashkent(t))) {
			t.Errorf("after %d answers the card is %+v", want, got)
		}
		if found, err := s.Rebuild(t.Context(), morning, true, nil); err != nil || found.Differences != 0 {
			t.Errorf("a check finds %+v, %v", found, err)
		}
	}
}

func tashkent(t *testing.T) *time.Location {
	t.Helper()
	return Chat{Zone: "Asia/Tashkent"}.Location()
}

// untilSomebodyWaits returns when a transaction waits for another one.
func untilSomebodyWaits(t *testing.T, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for waits := false; !waits; {
		err := s.Pool().QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
}
