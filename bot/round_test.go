package bot

import (
	"context"
	"strings"
	"sync"
	"testing"

	"yolchi/internal/sandbox"
	"yolchi/internal/store"
)

func TestManyMembersAnswerAtOnceAndEachCountsOnce(t *testing.T) {
	t.Parallel()
	const people = 200
	w := newWorld(t)
	members := w.crowd(people)
	poll := w.poll(studyGroup)
	var all sync.WaitGroup
	for _, id := range members {
		all.Go(func() {
			option := poll.Right[0]
			if id%4 == 0 { // a quarter is wrong
				option = (option + 1) % len(poll.Options)
			}
			if err := w.sandbox.Vote(id, poll.ID, option); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.settle()
	w.tx(studyGroup, func(ctx context.Context, tx *store.Tx) error {
		results, err := tx.DayResults(ctx, tx.Chat.Today(tx.Now), tx.Chat.Today(tx.Now))
		if err != nil || len(results) != 1 || results[0].Votes != people || results[0].Right != people*3/4 {
			t.Errorf("counted: %+v, %v", results, err)
		}
		board, err := tx.WeekBoard(ctx)
		if err != nil || len(board) != 15 {
			t.Errorf("the board: %+v, %v", board, err)
		}
		for _, m := range board {
			if m.Points != pointsFirst || m.Place != 1 || m.UserID%4 == 0 {
				t.Errorf("on the board: %+v", m)
			}
		}
		return err
	})
}

func TestAQuizGoesOnWhenTheGroupBecomesASupergroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const small = -4321
	w.sandbox.AddGroup(sandbox.Group{ID: small, Title: "Go kechasi", Type: "group", Members: []int64{aziza, emma}, Admins: []int64{aziza}})
	w.in(aziza, small, 0, "/start")
	for _, text := range []string{"Sozlash", "English", "A short road", "09:00"} {
		w.pressIn(aziza, small, text)
	}
	w.tick(w.Now())
	w.in(aziza, small, 0, "/quiz")
	poll := w.poll(small)
	moved := w.sandbox.Migrate(small)
	w.settle()
	if err := w.sandbox.Vote(emma, poll.ID, poll.Right...); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.at(w.Now().Add(roundOpen))
	w.sandbox.ClockMoved()
	w.settle()
	if next := w.poll(moved); next.ID == poll.ID {
		t.Error("the next question did not come to the supergroup")
	}
	w.in(emma, moved, 0, "/top")
	if text := w.last(moved).Text; !strings.Contains(text, "Emma · 3") {
		t.Errorf("the board there:\n%s", text)
	}
	if toast := w.pressIn(emma, small, "✅ Done"); !strings.Contains(toast, "Well walked") { // under an old message
		t.Errorf("the button of an old message says %q", toast)
	}
}

func TestARoundOfWhichTelegramSaysNothingGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	w.in(aziza, studyGroup, 0, "/quiz")
	first := w.poll(studyGroup)
	w.in(emma, studyGroup, 0, "/quiz")
	if text := w.last(studyGroup).Text; !strings.Contains(text, "A round is under way") {
		t.Errorf("a second round at the same time says:\n%s", text)
	}
	w.tick(w.Now().Add(2 * roundPatience)) // the sandbox's clock, which closes the poll, has not been told
	w.settle()
	if next := w.poll(studyGroup); next.ID == first.ID {
		t.Error("the round stands still")
	}
}
