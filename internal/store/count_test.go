package store

import (
	"testing"
)

// The first count of a new bot finds nobody. Who came after it is counted at the
// next one, however soon that is.
func TestANewBotsFirstChatsAreCountedAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	count := func(clock string, want int) {
		t.Helper()
		now := at(20, clock)
		if err := s.Count(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		chats, _ := figures(t, s, now)
		active := 0
		for _, c := range chats {
			active += c.Active
		}
		if active != want {
			t.Errorf("at %s %d chats are counted, want %d", clock, active, want)
		}
	}
	s.run(t, `INSERT INTO chats (chat_id, kind, started, created_at, updated_at) VALUES (1, 'private', false, now(), now())`) // looks, and is no chat itself
	count("12:00", 0)
	heardOf(t, s, 5, at(20, "12:01"))
	count("12:07", 1) // an empty count is none
	heardOf(t, s, 2, at(20, "12:08"))
	count("12:20", 1) // new enough
	count("12:38", 2)
	heardOf(t, s, 3, at(20, "12:39"))
	count("12:59", 2)
	heardOf(t, s, 4, at(20, "13:01"))
	count("13:07", 4) // another hour
}

// A clock that is set back counts nothing twice.
func TestAClockThatIsSetBackCountsNothingTwice(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	s.run(t, `INSERT INTO events (chat_id, at, day, user_id, kind) VALUES (1, $1, '2026-11-20', 1, 'answered')`, at(20, "11:30"))
	for _, clock := range []string{"12:07", "10:07", "12:08", "13:07"} {
		if err := s.Count(t.Context(), at(20, clock)); err != nil {
			t.Fatal(err)
		}
	}
	_, days := figures(t, s, at(20, "13:07"))
	answers := 0
	for _, day := range days {
		answers += day.Answers
	}
	if answers != 1 {
		t.Errorf("one answer was counted as %d", answers)
	}
}
