package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
)

// begin lets chat 1 send an announcement to an audience.
func begin(t *testing.T, s *Store, audience Audience) (b Broadcast) {
	t.Helper()
	err := s.WithChat(t.Context(), Person(1), noon, func(tx *Tx) error {
		b = Broadcast{English: "News"}
		if err := tx.SaveDraft(t.Context(), &b); err != nil {
			return err
		}
		b.Audience, b.Size = audience, 5
		if err := tx.SaveDraft(t.Context(), &b); err != nil {
			return err
		}
		begun, err := tx.Begin(t.Context(), &b)
		if err == nil && !begun {
			t.Error("another one is going out")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func count(t *testing.T, s *Store, b Broadcast) Tally {
	t.Helper()
	c, err := s.Tally(t.Context(), b, noon)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnAnnouncementIsPlannedInPortionsAndEachChatOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	for id := int64(1); id <= 5; id++ {
		learner(t, s, id, nil)
	}
	b := begin(t, s, AudienceAll)
	claimed := map[int64]int{}
	for portion := 1; ; portion++ {
		got, more, err := s.Announce(t.Context(), noon, time.Minute, 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range got {
			claimed[d.ChatID]++
			if id, ok := BroadcastOf(d.Kind); !ok || id != b.ID {
				t.Errorf("the kind %q is that of broadcast %d", d.Kind, id)
			}
		}
		if !more {
			break
		}
		if c := count(t, s, b); c.All() != min(2*portion, 5) || c.Hand != len(claimed) {
			t.Errorf("after portion %d there are %+v", portion, c)
		}
	}
	if diff := cmp.Diff(map[int64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, claimed); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
	// Begun anew after a crash, the cursor lost, it plans nobody twice.
	if _, err := s.db.Exec(`UPDATE broadcasts SET cursor = 9223372036854775807, planned = false`); err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Announce(t.Context(), noon, time.Minute, 100, 100); err != nil || len(got) > 0 {
		t.Errorf("planned again: %v (%v)", got, err)
	}
	// Whoever died with them: the claims run out, and they are taken up, never
	// among the topics.
	later := noon.Add(2 * time.Minute)
	if got, err := s.Claim(t.Context(), later, time.Minute, 100); err != nil || len(got) > 0 {
		t.Errorf("claimed as topics: %v (%v)", got, err)
	}
	got, _, err := s.Announce(t.Context(), later, time.Minute, 100, 100)
	if err != nil || len(got) != 5 || !got[0].Repeat {
		t.Errorf("after the claims ran out there are %v (%v)", got, err)
	}
}

func TestAnnouncementsThatWaitAreNothingToClaim(t *testing.T) {
	t.Parallel()
	s := open(t)
	for id := int64(1); id <= 3; id++ {
		learner(t, s, id, nil)
	}
	b := begin(t, s, AudienceAll)
	got, _, err := s.Announce(t.Context(), noon, time.Minute, 100, 1)
	if err != nil || len(got) != 1 {
		t.Fatalf("claimed %v (%v)", got, err)
	}
	if err := s.Settle(t.Context(), got[0], Outcome{State: Waiting, RunAt: noon.Add(time.Hour)}, noon); err != nil {
		t.Fatal(err)
	}
	if due, err := s.Claim(t.Context(), noon.Add(24*time.Hour), time.Minute, 100); err != nil || len(due) > 0 {
		t.Errorf("claimed as topics: %v (%v)", due, err)
	}
	if diff := cmp.Diff(Tally{Waiting: 3, Morning: 1}, count(t, s, b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, state := range []string{Paused, Stopped, Running} { // what is stopped begins no more
		err := s.WithChat(t.Context(), Person(1), noon, func(tx *Tx) error {
			_, _, err := tx.Steer(context.Background(), b.ID, state, 0)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := s.Announce(t.Context(), noon, time.Minute, 100, 100); err != nil || len(got) > 0 {
			t.Errorf("after %s: %v (%v)", state, got, err)
		}
	}
}

func TestAnAudienceHoldsWhoItSays(t *testing.T) {
	group := Reached{Kind: "supergroup", Language: "uz+en", Road: "go-start"}
	person := Reached{Kind: "private", Language: "en", Road: "php"}
	for audience, want := range map[Audience][2]bool{
		AudienceAll: {true, true}, "kind:group": {true, false}, "kind:private": {false, true}, "kind:channel": {},
		"lang:uz": {true, false}, "lang:en": {true, true}, "road:go-start": {true, false}, "road:": {}, "lang:": {}, "": {},
	} {
		if got := [2]bool{audience.Holds(group), audience.Holds(person)}; got != want {
			t.Errorf("%q holds the group and the person: %v, want %v", audience, got, want)
		}
	}
}

func TestOnlyItsOwnKindsBelongToABroadcast(t *testing.T) {
	for _, kind := range []string{"topic", "announcement", "announcement:", "announcement:x", "announcement:1:2", ""} {
		if id, ok := BroadcastOf(kind); ok {
			t.Errorf("%q belongs to broadcast %d", kind, id)
		}
	}
}

func TestOfTwoThatBeginAtTheSameMomentOneDoes(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	learner(t, s, 2, nil)
	// Each in a transaction of its own, as two processes would.
	beginIn := func(tx *sqlx.Tx, id int64) (bool, error) {
		x := &Tx{group: &group{tx: tx, wrote: map[Key]bool{}}, Chat: &Chat{Key: Person(id)}, Now: noon}
		b := Broadcast{English: "News"}
		if err := x.SaveDraft(t.Context(), &b); err != nil {
			return false, err
		}
		return x.Begin(t.Context(), &b)
	}
	var second chan error
	var late bool
	err := s.inTx(t.Context(), func(tx *sqlx.Tx) error {
		if begun, err := beginIn(tx, 1); err != nil || !begun {
			t.Errorf("the first began: %t (%v)", begun, err)
		}
		second = make(chan error, 1)
		go func() {
			second <- s.inTx(t.Context(), func(tx *sqlx.Tx) (err error) {
				late, err = beginIn(tx, 2)
				return err
			})
		}()
		for waits := false; !waits && len(second) == 0; {
			if err := s.db.Get(&waits, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, <-second); err != nil || late {
		t.Errorf("the second began as well: %t (%v)", late, err)
	}
}

// A chat that goes or moves while an announcement is planned holds back nobody.
func TestWhoGoesWhileAnAnnouncementIsPlannedIsLeftOut(t *testing.T) {
	for name, leave := range map[string]string{
		"forgotten": `DELETE FROM chats WHERE chat_id = 3`, "moved": `UPDATE chats SET chat_id = -1003 WHERE chat_id = 3`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			for id := int64(1); id <= 5; id++ {
				learner(t, s, id, nil)
			}
			b := begin(t, s, AudienceAll)
			leaving, err := s.db.Beginx()
			if err != nil {
				t.Fatal(err)
			}
			defer leaving.Rollback() //nolint:errcheck // it is committed below
			if _, err := leaving.Exec(leave); err != nil {
				t.Fatal(err)
			}
			planned := make(chan error, 1)
			go func() {
				_, _, err := s.Announce(t.Context(), noon, time.Minute, 5, 0)
				planned <- err
			}()
			for waits := false; !waits; {
				if err := s.db.Get(&waits, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`); err != nil {
					t.Fatal(err)
				}
			}
			if err := leaving.Commit(); err != nil {
				t.Fatal(err)
			}
			if err := <-planned; err != nil {
				t.Error(err)
			}
			for range 2 { // who moved is met later
				if _, _, err := s.Announce(t.Context(), noon, time.Minute, 5, 0); err != nil {
					t.Error(err)
				}
			}
			want := map[string]int{"forgotten": 4, "moved": 5}[name]
			if c := count(t, s, b); c.Waiting != want {
				t.Errorf("planned are %+v, want %d", c, want)
			}
		})
	}
}
