package store

import (
	"testing"
	"time"

	"yolchi/internal/study"
)

func TestTheLanguageOfCodeIsKept(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	learner(t, s, 2, func(c *Chat) { c.CodeLanguage = "python" })
	if first, second := look(t, s, 1).CodeLanguage, look(t, s, 2).CodeLanguage; first != "" || second != "python" {
		t.Errorf("kept are %q and %q", first, second)
	}
}

func TestARoadRemembersWhenItBegan(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	step := func(now time.Time, kind study.Kind, to string) {
		t.Helper()
		err := s.WithChat(t.Context(), Person(1), now, func(tx *Tx) error {
			return tx.Record(t.Context(), study.Event{Kind: kind, Roadmap: "r", Topic: "a", Detail: study.Detail{To: &to}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	step(noon, study.Enrolled, "a")
	step(noon.Add(48*time.Hour), study.Done, "b")
	err := s.View(t.Context(), Person(1), noon, func(tx *Tx) error {
		for roadmap, want := range map[string]time.Time{"r": noon, "other": {}} {
			if got, err := tx.Started(t.Context(), roadmap); err != nil || !got.Equal(want) {
				t.Errorf("%s began at %v, %v, want %v", roadmap, got, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
