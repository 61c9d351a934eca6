package store

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/study"
)

func TestADeliveryIsPlannedOnceAStudyDay(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	learner(t, s, 2, func(c *Chat) { c.RemindDays = study.MondayToFri })
	learner(t, s, 3, func(c *Chat) { c.RemindOn = false })
	learner(t, s, 4, func(c *Chat) { until := study.DayOf(at(23, "00:00").Add(5 * time.Hour)); c.PausedUntil = &until })
	learner(t, s, 5, func(c *Chat) { now := noon; c.StoppedAt = &now })
	var got []string
	for _, now := range []time.Time{
		noon, at(20, "23:59"), at(21, "08:59"), at(21, "09:00"), at(21, "09:01"), at(21, "09:00"), // a clock set back
		at(22, "09:00"), at(23, "15:00"), at(26, "08:00"), at(26, "09:30"), // asleep for two days and more
	} {
		claimed, _, err := s.Plan(t.Context(), now, time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(claimed, func(a, b Delivery) int { return int(a.ChatID - b.ChatID) })
		for _, d := range claimed {
			got = append(got, fmt.Sprintf("%d %s", d.ChatID, d.Day))
			if err := s.Settle(t.Context(), d, Outcome{State: Sent}, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []string{ // set up at noon: today's hour is over
		"1 2026-11-21", "1 2026-11-22", "1 2026-11-23", "2 2026-11-23", "4 2026-11-23", "1 2026-11-26", "2 2026-11-26", "4 2026-11-26",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

func TestEachIsClaimedOnceByWhoeverComes(t *testing.T) {
	t.Parallel()
	s := open(t)
	const chats = 2000
	_, err := s.db.ExecContext(t.Context(), `INSERT INTO chats (chat_id, kind, roadmap_id, remind_on, ready, next_at, created_at, updated_at)
		SELECT n, 'private', 'r', true, true, $1, $1, $1 FROM generate_series(1, $2) AS n`, at(20, "09:00"), chats)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	firsts, seen := map[int64]int{}, map[int64]int{}
	later := noon.Add(2 * time.Minute)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				planned, taken, err := s.Plan(t.Context(), noon, time.Minute, 150)
				if err != nil {
					t.Error(err)
					return
				}
				claimed, err := s.Claim(t.Context(), later, time.Hour, 70) // claims that ran out
				if err != nil {
					t.Error(err)
					return
				}
				if taken == 0 && len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, d := range planned {
					firsts[d.ChatID]++
				}
				for _, d := range claimed {
					seen[d.ChatID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id := int64(1); id <= chats; id++ {
		if firsts[id] != 1 || seen[id] != 1 {
			t.Errorf("chat %d was planned %d times and claimed %d times", id, firsts[id], seen[id])
		}
	}
}

func TestAClaimRunsOutAndTheLateOneChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	now := at(21, "09:00")
	planned, _, err := s.Plan(t.Context(), now, time.Minute, 10)
	if err != nil || len(planned) != 1 {
		t.Fatalf("%v, %v", planned, err)
	}
	first := planned[0]
	claim := func(now time.Time) Delivery {
		t.Helper()
		claimed, err := s.Claim(t.Context(), now, time.Minute, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			return Delivery{}
		}
		return claimed[0]
	}
	if first.Attempts != 1 || first.Repeat {
		t.Fatalf("the first claim: %+v", first)
	}
	if d := claim(now.Add(59 * time.Second)); d.Attempts != 0 {
		t.Fatalf("it was claimed during the lease: %+v", d)
	}
	second := claim(now.Add(61 * time.Second)) // the first one died
	if second.Attempts != 2 || !second.Repeat {
		t.Fatalf("the second claim: %+v", second)
	}
	if err := s.Settle(t.Context(), first, Outcome{State: Dropped}, now.Add(62*time.Second)); err != nil { // or it was only slow
		t.Fatal(err)
	}
	if err := s.Settle(t.Context(), second, Outcome{State: Pending, Error: "busy", RunAt: now.Add(5 * time.Minute)}, now); err != nil {
		t.Fatal(err)
	}
	if d := claim(now.Add(4 * time.Minute)); d.Attempts != 0 {
		t.Fatalf("it was claimed before its time: %+v", d)
	}
	third := claim(now.Add(6 * time.Minute))
	if third.Attempts != 3 || third.Repeat {
		t.Fatalf("after a known failure it is no repeat: %+v", third)
	}
}

func TestASettlementTellsWhatWasShown(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	now := at(21, "09:00")
	claimed, _, err := s.Plan(t.Context(), now, time.Minute, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("%v, %v", claimed, err)
	}
	day := study.DayOf(now.Add(5 * time.Hour))
	shown := Outcome{State: Sent, Roadmap: "r", Topic: "a", Day: day}
	gone := Delivery{Key: Person(404), Kind: TopicDelivery, Day: day, Attempts: 1} // its chat has moved
	var wg sync.WaitGroup
	for _, d := range []Delivery{claimed[0], gone} {
		wg.Go(func() {
			if err := s.Settle(t.Context(), d, shown, now); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	err = s.View(t.Context(), Person(1), now, func(tx *Tx) error {
		states, err := tx.TopicStates(t.Context())
		if states["a"] != study.TopicOpened {
			t.Errorf("states: %v", states)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
