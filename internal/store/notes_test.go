package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/study"
)

func TestNotesAreTheChatsOwnAndStandWithTheirTopic(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	learner(t, s, 2, nil)
	change := func(chat int64, f func(tx *Tx) error) {
		t.Helper()
		if err := s.WithChat(t.Context(), Person(chat), noon, f); err != nil {
			t.Fatal(err)
		}
	}
	add := func(chat int64, topic, text string) {
		change(chat, func(tx *Tx) error {
			if _, err := tx.TopicNotes(t.Context(), topic); err != nil { // read before, so that it has to be read anew
				return err
			}
			added, err := tx.AddNote(t.Context(), topic, text, 3)
			after, afterErr := tx.TopicNotes(t.Context(), topic) // what was written is seen at once
			if added != (len(after) > 0 && after[len(after)-1].Text == text) {
				t.Errorf("%q added: %v, then %q", text, added, texts(after))
			}
			return errors.Join(err, afterErr)
		})
	}
	add(1, "a", "one")
	add(1, "b", "two")
	add(1, "a", "three")
	add(1, "c", "one too many")
	add(2, "a", "another's")
	var id int64
	change(1, func(tx *Tx) error {
		all, n, err := tx.Notes(t.Context(), 2, 0)
		rest, _, restErr := tx.Notes(t.Context(), 2, 2)
		if diff := cmp.Diff([]string{"three", "two", "one"}, append(texts(all), texts(rest)...)); diff != "" || n != 3 {
			t.Errorf("%d notes (-want +got):\n%s", n, diff)
		}
		id = all[0].ID
		states, stateErr := tx.TopicStates(t.Context())
		if len(states) > 0 {
			t.Errorf("a note makes states: %v", states)
		}
		return errors.Join(err, restErr, stateErr)
	})
	change(2, func(tx *Tx) error {
		if deleted, err := tx.DeleteNote(t.Context(), id); deleted || err != nil {
			t.Errorf("another's note is deleted: %v, %v", deleted, err)
		}
		return nil
	})
	change(1, func(tx *Tx) error {
		deleted, err := tx.DeleteNote(t.Context(), id)
		again, againErr := tx.DeleteNote(t.Context(), id)
		left, leftErr := tx.TopicNotes(t.Context(), "a")
		if !deleted || again || strings.Join(texts(left), " ") != "one" {
			t.Errorf("deleted %v, again %v, left %q", deleted, again, texts(left))
		}
		return errors.Join(err, againErr, leftErr)
	})
}

func texts(notes []Note) (texts []string) {
	for _, note := range notes {
		texts = append(texts, note.Text)
	}
	return texts
}

func TestAPictureIsKnownUntilItIsPruned(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, id := range []string{"first", "second"} {
		if err := s.KeepPicture(t.Context(), []byte("hash"), id, noon); err != nil {
			t.Fatal(err)
		}
		if got, known, err := s.Picture(t.Context(), []byte("hash")); got != id || !known || err != nil {
			t.Errorf("it is %q, %v, %v", got, known, err)
		}
	}
	if err := s.Prune(t.Context(), noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, known, err := s.Picture(t.Context(), []byte("hash")); known || err != nil {
		t.Errorf("after pruning: %v, %v", known, err)
	}
}

func TestTheAnswersOfAStageAreCountedFromTheLog(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	err := s.WithChat(t.Context(), Person(1), noon, func(tx *Tx) error {
		for topic, right := range map[string]bool{"a": true, "b": false, "c": true} {
			e := study.Event{Kind: study.Answered, Topic: topic, Question: topic + "/q", Detail: study.Detail{Right: right}}
			if err := tx.Record(t.Context(), e); err != nil {
				return err
			}
		}
		answered, correct, err := tx.TopicAccuracy(t.Context(), []string{"a", "b"})
		if answered != 2 || correct != 1 {
			t.Errorf("%d of %d", correct, answered)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
