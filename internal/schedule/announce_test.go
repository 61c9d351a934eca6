package schedule

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/store"
)

// announceTo begins an announcement of chat 1 to everybody.
func announceTo(t *testing.T, db *store.Store, now *clock) {
	t.Helper()
	err := db.WithChat(t.Context(), store.Person(1), now.Now(), func(tx *store.Tx) error {
		b := store.Broadcast{English: "News"}
		if err := tx.SaveDraft(t.Context(), &b); err != nil {
			return err
		}
		b.Audience = store.AudienceAll
		if err := tx.SaveDraft(t.Context(), &b); err != nil {
			return err
		}
		return tx.Begin(t.Context(), &b)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Topics that become due while an announcement goes out wait for what is in hand
// of it, and for no more.
func TestTopicsOvertakeAnnouncements(t *testing.T) {
	t.Parallel()
	const chats = 400
	db := open(t, pgtest.DSN(t))
	learners(t, db, chats)
	now := &clock{now: due.Add(-time.Second)} // 08:59:59 there
	announceTo(t, db, now)
	d := &deliverer{store: db}
	var mu sync.Mutex
	var begun []string
	d.before = func(delivery store.Delivery) error {
		mu.Lock()
		defer mu.Unlock()
		if begun = append(begun, delivery.Kind); len(begun) == chats/4 {
			now.move(due)
		}
		return nil
	}
	if err := newScheduler(db, d, now.Now).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, between, topics := 0, 0, 0
	for _, kind := range begun {
		switch {
		case kind == store.TopicDelivery:
			topics++
		case topics == 0:
			before++
		case topics < chats:
			between++
		}
	}
	if topics != chats || len(d.got) != 2*chats {
		t.Errorf("%d topics of %d deliveries", topics, len(d.got))
	}
	if before > chats/4+2*announced || between > 4*announced { // while the last topics wait for a place, a few go
		t.Errorf("%d announcements went before the topics, %d between them", before, between)
	}
}

func TestAnnouncementsAreInHandAFewAtATime(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	learners(t, db, 3*announced)
	now := &clock{now: due.Add(-time.Second)}
	announceTo(t, db, now)
	var hand, most atomic.Int64
	d := &deliverer{store: db, before: func(store.Delivery) error {
		n := hand.Add(1)
		defer hand.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		return nil
	}}
	s := newScheduler(db, d, now.Now)
	r := &reporter{}
	s.Reporter = r
	if err := s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(d.got); got != 3*announced || most.Load() > announced {
		t.Errorf("%d announcements, up to %d at once", got, most.Load())
	}
	if r.last.Load() != 1 {
		t.Errorf("the end was reported %d times", r.last.Load())
	}
}

type reporter struct{ last atomic.Int64 }

func (r *reporter) Report(_ context.Context, last bool) error {
	if last {
		r.last.Add(1)
	}
	return nil
}
