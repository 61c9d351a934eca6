package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/memory"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// answer logs answers of one question in a chat.
func answer(t *testing.T, s *Store, update int64, key Key, kind string, user int64, question string, rights ...bool) {
	t.Helper()
	_, err := s.Apply(t.Context(), Arrival{UpdateID: update, Key: key, Kind: kind, Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
		for _, right := range rights {
			err := tx.Record(t.Context(), study.Event{User: user, Kind: study.Answered, Question: question, Detail: study.Detail{Right: right}})
			if err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func cardsOf(t *testing.T, s *Store, user int64) (cards map[string]memory.Card) {
	t.Helper()
	err := s.View(t.Context(), Person(user), noon, func(tx *Tx) (err error) {
		cards, err = tx.Cards(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

func TestAnAnswerChangesTheCardInTheSameTransaction(t *testing.T) {
	t.Parallel()
	s := open(t)
	answer(t, s, 1, Person(7), "private", 7, "a/x", false, true) // the first of the day tells
	answer(t, s, 2, Person(7), "private", 7, "a/y", true)
	answer(t, s, 3, Person(8), "private", 8, "a/x", true)
	today := study.DayOf(noon.In((Chat{Zone: "Asia/Tashkent"}).Location()))
	want := map[string]memory.Card{"a/x": memory.Review(memory.Card{}, false, today), "a/y": memory.Review(memory.Card{}, true, today)}
	if diff := cmp.Diff(want, cardsOf(t, s, 7)); diff != "" {
		t.Errorf("cards (-want +got):\n%s", diff)
	}
	if got := cardsOf(t, s, 8); got["a/x"] != want["a/y"] {
		t.Errorf("somebody else's card is %+v", got)
	}
}

func TestAGroupHasNoMemoryButItsMembersDo(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := s.Apply(t.Context(), Arrival{UpdateID: 1, Key: Person(-9), Kind: "group", Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
		e := study.Event{User: 7, Kind: study.Answered, Question: "a/x", Detail: study.Detail{Right: true}}
		if err := tx.Record(t.Context(), e); err != nil {
			return nil, err
		}
		person, err := tx.Person(t.Context(), 7, "Emma")
		if err != nil {
			return nil, err
		}
		return nil, person.Record(t.Context(), e)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := cardsOf(t, s, 7); len(got) != 1 || got["a/x"].Reps != 1 {
		t.Errorf("the member remembers %+v", got)
	}
	if got := cardsOf(t, s, -9); len(got) != 0 {
		t.Errorf("the group remembers %+v", got)
	}
	found, err := s.Rebuild(t.Context(), noon, true, nil)
	if err != nil || found != (Rebuilt{Chats: 2}) {
		t.Errorf("a check finds %+v, %v", found, err)
	}
}

// Chats that share a transaction read at once what each needs, and nobody gets
// what is somebody else's, or from before an answer of their own.
func TestWhatIsDueIsReadForAllAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	for user := int64(1); user <= 4; user++ {
		answer(t, s, user, Person(user), "private", user, fmt.Sprint("q", user), false)
	}
	tomorrow := at(21, "12:00")
	var visits []func()
	for user := int64(1); user <= 4; user++ {
		visits = append(visits, func() {
			err := s.WithChat(t.Context(), Person(user), tomorrow, func(tx *Tx) error {
				question := fmt.Sprint("q", user)
				recall, err := tx.Recall(t.Context())
				if err != nil || len(recall.Cards) != 1 || recall.Cards[question].Reps != 1 || len(recall.Days) != 1 {
					return fmt.Errorf("before: %+v, %w", recall, err)
				}
				if err := tx.Record(t.Context(), study.Event{User: user, Kind: study.Answered, Question: question, Detail: study.Detail{Right: true}}); err != nil {
					return err
				}
				recall, err = tx.Recall(t.Context())
				if err != nil || recall.Cards[question].Reps != 2 || len(recall.Days) != 2 {
					return fmt.Errorf("after: %+v, %w", recall, err)
				}
				return nil
			})
			if err != nil {
				t.Errorf("person %d: %v", user, err)
			}
		})
	}
	gathered(t, s, visits...)
}

func TestARebuildThatIsStoppedSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t)
	answer(t, s, 1, Person(7), "private", 7, "a/x", true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Rebuild(ctx, noon, false, nil); err == nil {
		t.Error("it was stopped before it began, and says nothing")
	}
}
