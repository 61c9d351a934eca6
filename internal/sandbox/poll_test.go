package sandbox

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func (w *world) quiz(chat string, more ...string) (id string, message int64) {
	w.t.Helper()
	var m wireMessage
	w.ok(&m, "sendPoll", append([]string{
		"chat_id=" + chat, "question=2+2?", `options=["3","4","to'rt"]`, "type=quiz", "correct_option_ids=[1,2]",
		"allows_multiple_answers=true", "is_anonymous=false", "explanation=Sanang", "description=Hisob",
	}, more...)...)
	return m.Poll.ID, m.ID
}

func TestAVoteInAQuizComesAsAnAnswerAndIsKept(t *testing.T) {
	w := newWorld(t, Config{})
	id, message := w.quiz("1")
	if err := w.Vote(aziza, id, 2, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.Vote(aziza, id, 0); err == nil {
		t.Error("a quiz let the voter change the answer")
	}
	if err := w.RetractVote(aziza, id); err == nil {
		t.Error("a quiz let the voter take the answer back")
	}
	ups := w.updates()
	if len(ups) != 1 {
		t.Fatalf("updates %v", ups)
	}
	var a pollAnswer
	if err := json.Unmarshal(ups[0]["poll_answer"], &a); err != nil {
		t.Fatal(err)
	}
	if a.User.ID != aziza || !cmp.Equal(a.OptionIDs, []int{1, 2}) || !cmp.Equal(a.PersistentIDs, []string{"o1", "o2"}) {
		t.Errorf("the bot heard %+v", a)
	}
	want := &Poll{
		ID: id, Question: "2+2?", DescriptionHTML: "Hisob", Explanation: "Sanang", ExplanationHTML: "Sanang", Type: "quiz", Multiple: true, Total: 1,
		Options: []Option{{0, "3", 0}, {1, "4", 1}, {2, "to'rt", 1}}, Right: []int{1, 2},
		Answers: map[string]Answer{"1": {Chosen: []int{1, 2}, Correct: true}},
	}
	got := w.Messages(aziza)[0]
	if diff := cmp.Diff(want, got.Poll); diff != "" || got.ID != message || got.Kind != "poll" {
		t.Error(diff)
	}
}

func TestAClosedPollTakesNoVotes(t *testing.T) {
	w := newWorld(t, Config{})
	id, _ := w.quiz("1", "open_period=60")
	w.now = w.now.Add(60 * time.Second)
	w.ClockMoved()
	if err := w.Vote(aziza, id, 1); err == nil {
		t.Error("a vote was counted after the closing time")
	}
	ups := w.updates()
	var p wirePoll
	if len(ups) != 1 || json.Unmarshal(ups[0]["poll"], &p) != nil || !p.IsClosed || p.OpenPeriod != 60 || p.Description != "" {
		t.Errorf("the bot heard %s", ups)
	}
}

func TestAPollClosesInItsTimeThoughNobodyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Token: token})
		defer s.Close()
		s.AddGroup(Group{ID: group, Title: "Guruh", Type: "group"})
		for _, open := range []string{"90", "60"} {
			_, err := sendPoll(s, params{vals: map[string]string{
				"chat_id": itoa(group), "question": "Q", "options": `["a"]`, "open_period": open,
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		for i, want := range []time.Duration{time.Minute, 90 * time.Second} {
			if err := s.Wait(t.Context(), func() bool { return s.Pending() == i+1 }); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(begin).Round(time.Second); got != want {
				t.Errorf("poll %d closed after %s, want %s", i, got, want)
			}
		}
	})
}

func TestAnAnonymousPollTellsNumbersOnly(t *testing.T) {
	w := newWorld(t, Config{})
	var m wireMessage
	w.ok(&m, "sendPoll", "chat_id=-1009", "question=Q", `options=["a","b"]`)
	for _, option := range []int{0, 1} { // a regular poll lets people change their minds
		if err := w.Vote(bobur, m.Poll.ID, option); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.RetractVote(bobur, m.Poll.ID); err != nil {
		t.Fatal(err)
	}
	var totals []int
	for _, u := range w.updates() {
		var p wirePoll
		if err := json.Unmarshal(u["poll"], &p); err != nil {
			t.Fatal(err)
		}
		totals = append(totals, p.Total)
	}
	if !cmp.Equal(totals, []int{1, 1, 0}) {
		t.Errorf("totals %v", totals)
	}
}

func TestVotesThatCannotBeAreRefused(t *testing.T) {
	w := newWorld(t, Config{})
	id, message := w.quiz("1")
	for name, vote := range map[string]func() error{
		"no option":       func() error { return w.Vote(aziza, id) },
		"unknown option":  func() error { return w.Vote(aziza, id, 3) },
		"unknown person":  func() error { return w.Vote(77, id, 1) },
		"unknown poll":    func() error { return w.Vote(aziza, "x", 1) },
		"nothing to undo": func() error { return w.RetractVote(aziza, id) },
	} {
		if vote() == nil {
			t.Errorf("%s: the vote was taken", name)
		}
	}
	w.ok(nil, "deleteMessage", "chat_id=1", "message_id="+itoa(message))
	if w.Vote(aziza, id, 1) == nil {
		t.Error("a vote in a deleted poll was taken")
	}
}

func TestAwaitReturnsWhenTheChatShowsIt(t *testing.T) {
	w := newWorld(t, Config{})
	done := make(chan error)
	go func() {
		got, err := w.Await(t.Context(), aziza, func(m []Message) bool { return len(m) == 2 })
		if err == nil && got[1].Text != "ikki" {
			t.Errorf("the chat shows %+v", got)
		}
		done <- err
	}()
	w.ok(nil, "sendMessage", "chat_id=1", "text=bir")
	w.ok(nil, "sendMessage", "chat_id=1", "text=ikki")
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Await(ctx, aziza, func([]Message) bool { return false }); err == nil {
		t.Error("a cancelled wait gave no error")
	}
}
