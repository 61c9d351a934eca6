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
		_, err := tx.Begin(t.Context(), &b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// begin ticks beside the test, and says when the tick is over.
func begin(t *testing.T, s *Scheduler) (over chan error) {
	t.Helper()
	over = make(chan error, 1)
	go func() { over <- s.Tick(t.Context()) }()
	return over
}

// await waits for an event, and not for ever.
func await[T any](t *testing.T, what string, event <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-event:
	case <-time.After(30 * time.Second):
		t.Fatalf("waited in vain: %s", what)
	}
	return got
}

// Topics that become due while announcements, a retry among them, and the report
// about them hang are delivered meanwhile.
func TestTopicsOvertakeAnnouncements(t *testing.T) {
	t.Parallel()
	const chats = 2 * announced
	db := open(t, pgtest.DSN(t))
	learners(t, db, chats)
	now := &clock{now: due.Add(-lease - time.Second)} // before 09:00 there
	announceTo(t, db, now)
	if got, _, err := db.Announce(t.Context(), now.Now(), lease, chats, announced/2); err != nil || len(got) != announced/2 {
		t.Fatalf("claimed %d (%v)", len(got), err) // by whoever dies: to be tried again
	}
	now.move(due.Add(-time.Second))
	full, release := make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(release) })
	defer free()
	var hand, topics atomic.Int64
	d := &deliverer{store: db, before: func(delivery store.Delivery) error {
		if delivery.Kind == store.TopicDelivery {
			topics.Add(1)
			return nil
		}
		if hand.Add(1) == announced {
			close(full)
		}
		<-release
		return nil
	}}
	s := newScheduler(db, d, now.Now)
	s.Reporter = &reporter{hang: release}
	announcing := begin(t, s)
	await(t, "announcements are in hand", full)
	now.move(due)
	if err := await(t, "the topics are out", begin(t, s)); err != nil {
		t.Error(err)
	}
	if topics.Load() != chats || hand.Load() != announced {
		t.Errorf("%d of %d topics are out, %d announcements in hand", topics.Load(), chats, hand.Load())
	}
	free()
	if err := await(t, "the announcements are out", announcing); err != nil || len(d.got) != 2*chats {
		t.Errorf("%d deliveries (%v)", len(d.got), err)
	}
}

// While there are topics to hand out, no more announcements are claimed.
func TestAnnouncementsYieldToTopics(t *testing.T) {
	t.Parallel()
	const chats = 4 * workers
	db := open(t, pgtest.DSN(t))
	learners(t, db, chats)
	now := &clock{now: due}
	announceTo(t, db, now)
	begun, release := make(chan struct{}), make(chan struct{})
	start := sync.OnceFunc(func() { close(begun) })
	var topics atomic.Int64
	first := make(chan int64, chats)
	d := &deliverer{store: db, before: func(delivery store.Delivery) error {
		if delivery.Kind != store.TopicDelivery {
			first <- topics.Load()
			return nil
		}
		start()
		<-release
		topics.Add(1)
		return nil
	}}
	s := newScheduler(db, d, now.Now)
	ticking := begin(t, s)
	await(t, "a topic is in hand", begun)
	announcing := make(chan error, 1)
	go func() { announcing <- s.announce(t.Context(), t.Context()) }()
	for range 10 { // the announcer could claim meanwhile
		if _, err := db.Reach(t.Context(), now.Now()); err != nil {
			t.Error(err)
		}
	}
	close(release)
	for _, over := range []chan error{ticking, announcing} {
		if err := await(t, "all is out", over); err != nil {
			t.Error(err)
		}
	}
	if n := <-first; n < chats-workers {
		t.Errorf("the first announcement went after %d of %d topics", n, chats)
	}
}

func TestAnnouncementsAreInHandAFewAtATime(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	learners(t, db, 3*announced)
	now := &clock{now: due.Add(-time.Second)}
	announceTo(t, db, now)
	full, release := make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(release) })
	defer free()
	var hand, begun, most atomic.Int64
	d := &deliverer{store: db, before: func(store.Delivery) error {
		n := hand.Add(1)
		defer hand.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if begun.Add(1) == announced {
			close(full)
		}
		<-release
		return nil
	}}
	r := &reporter{}
	s := newScheduler(db, d, now.Now)
	s.Reporter = r
	over := begin(t, s)
	await(t, "as many are in hand as can be", full)
	for range 5 { // a 31st would have begun meanwhile
		if err := s.Tick(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n := begun.Load(); n != announced {
		t.Errorf("%d are in hand", n)
	}
	free()
	if err := await(t, "all are out", over); err != nil {
		t.Error(err)
	}
	if got := len(d.got); got != 3*announced || most.Load() > announced {
		t.Errorf("%d announcements, up to %d at once", got, most.Load())
	}
	if r.last.Load() != 1 {
		t.Errorf("the end was reported %d times", r.last.Load())
	}
}

type reporter struct {
	last atomic.Int64
	hang chan struct{} // if set, a report lasts until it is closed
}

func (r *reporter) Report(_ context.Context, last bool) error {
	if last {
		r.last.Add(1)
	}
	if r.hang != nil {
		<-r.hang
	}
	return nil
}
