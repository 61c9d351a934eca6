package store

import (
	"testing"

	"yolchi/internal/telegram"
)

func TestTheNextTopicIsTheNearestOfAllThreads(t *testing.T) {
	t.Parallel()
	s := open(t)
	const forum = -100
	if _, ok, err := s.NextTopicAt(t.Context(), forum); ok || err != nil {
		t.Fatalf("a chat that is not there: %t, %v", ok, err)
	}
	for thread, hour := range map[int64]int{0: 15 * 60, 11: 14 * 60, 22: 20 * 60} {
		a := Arrival{UpdateID: thread + 1, Key: Key{ChatID: forum, ThreadID: thread}, Kind: "supergroup", Now: noon}
		_, err := s.Apply(t.Context(), a, func(tx *Tx) ([]telegram.Call, error) {
			tx.Chat.Ready, tx.Chat.RemindOn, tx.Chat.RoadmapID, tx.Chat.RemindMinute = true, true, "r", hour
			return nil, tx.Save(t.Context())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if next, ok, err := s.NextTopicAt(t.Context(), forum); err != nil || !ok || !next.Equal(at(20, "14:00")) {
		t.Errorf("next is %s, %t, %v", next, ok, err)
	}
}
