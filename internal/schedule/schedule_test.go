package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	evening = time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC) // Thursday, 20:00 in Tashkent
	due     = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)  // Friday, 09:00 there
)

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}

// deliverer settles each delivery as sent and remembers it; before, if set, is
// asked first.
type deliverer struct {
	store  *store.Store
	before func(store.Delivery) error

	mu  sync.Mutex
	got []store.Delivery
}

func (d *deliverer) Deliver(ctx context.Context, delivery store.Delivery, send func() func()) error {
	defer send()()
	if d.before != nil {
		if err := d.before(delivery); err != nil {
			return err
		}
	}
	d.mu.Lock()
	d.got = append(d.got, delivery)
	d.mu.Unlock()
	return d.store.Settle(context.WithoutCancel(ctx), delivery, store.Outcome{State: store.Sent}, due)
}

func (d *deliverer) chats() map[int64]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	times := map[int64]int{}
	for _, delivery := range d.got {
		times[delivery.ChatID]++
	}
	return times
}

func open(t *testing.T, dsn string) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// learners makes n chats, 1 to n, that get their topic at 09:00.
func learners(t *testing.T, db *store.Store, n int) {
	t.Helper()
	for id := int64(1); id <= int64(n); id++ {
		_, err := db.Apply(t.Context(), store.Arrival{UpdateID: 1, Key: store.Person(id), Kind: "private", Now: evening},
			func(tx *store.Tx) ([]telegram.Call, error) {
				tx.Chat.Ready, tx.Chat.RemindOn = true, true
				return nil, tx.Save(t.Context())
			})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// each is what n chats got when each got it so many times.
func each(n, times int) map[int64]int {
	all := map[int64]int{}
	for id := int64(1); id <= int64(n); id++ {
		all[id] = times
	}
	return all
}

func newScheduler(db *store.Store, d Deliverer, now func() time.Time) *Scheduler {
	return &Scheduler{Store: db, Deliverer: d, Now: now, Log: slog.New(slog.DiscardHandler)}
}

func TestTwoSchedulersShareDeliveriesAndDoNoneTwice(t *testing.T) {
	t.Parallel()
	const chats = 2 * (1 + planners) * batch // twice what one takes before it waits
	dsn := pgtest.DSN(t)
	now := (&clock{now: due}).Now
	first, second := &deliverer{store: open(t, dsn)}, &deliverer{store: open(t, dsn)}
	learners(t, first.store, chats)
	// Neither goes on before the other one has something in hand as well.
	var both sync.WaitGroup
	both.Add(2)
	for _, d := range []*deliverer{first, second} {
		here := sync.OnceFunc(both.Done)
		d.before = func(store.Delivery) error {
			here()
			both.Wait()
			return nil
		}
	}
	var ticks sync.WaitGroup
	for _, d := range []*deliverer{first, second} {
		ticks.Go(func() {
			if err := newScheduler(d.store, d, now).Tick(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	ticks.Wait()
	all := first.chats()
	for id, times := range second.chats() {
		all[id] += times
	}
	if diff := cmp.Diff(each(chats, 1), all); diff != "" {
		t.Error(diff)
	}
	if len(first.got) == 0 || len(second.got) == 0 {
		t.Errorf("one did %d deliveries, the other %d", len(first.got), len(second.got))
	}
}

func TestAPanicOrAnErrorHoldsBackNobodyElse(t *testing.T) {
	t.Parallel()
	const chats = 600 // more than one batch
	db := open(t, pgtest.DSN(t))
	learners(t, db, chats)
	now := &clock{now: due}
	ill := true
	d := &deliverer{store: db, before: func(delivery store.Delivery) error {
		switch {
		case ill && delivery.ChatID == 7:
			panic("a handler's mistake")
		case ill && delivery.ChatID == 8:
			return errors.New("nothing could be recorded")
		}
		return nil
	}}
	s := newScheduler(db, d, now.Now)
	if err := s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := each(chats, 1)
	delete(want, 7)
	delete(want, 8)
	if diff := cmp.Diff(want, d.chats()); diff != "" {
		t.Fatal(diff)
	}
	// Their claims run out, and then they are taken up again.
	ill = false
	now.move(due.Add(lease + time.Second))
	if err := s.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(each(chats, 1), d.chats()); diff != "" {
		t.Error(diff)
	}
	for _, delivery := range d.got {
		if again := delivery.ChatID == 7 || delivery.ChatID == 8; delivery.Repeat != again {
			t.Errorf("chat %d: Repeat is %t", delivery.ChatID, delivery.Repeat)
		}
	}
}

func TestATickWithNothingDueDoesNothing(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	learners(t, db, 3)
	d := &deliverer{store: db}
	s := newScheduler(db, d, (&clock{now: due.Add(-time.Second)}).Now)
	for range 3 {
		if err := s.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.got) != 0 {
		t.Errorf("something was delivered a second too early: %v", d.got)
	}
}

func TestStoppingWaitsForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	learners(t, db, 1)
	underway, finish := make(chan struct{}), make(chan struct{})
	d := &deliverer{store: db, before: func(store.Delivery) error {
		close(underway)
		<-finish
		return nil
	}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- newScheduler(db, d, (&clock{now: due}).Now).Run(ctx, ctx) }()
	<-underway
	stop()
	select {
	case err := <-ended:
		t.Fatalf("Run left a delivery alone: %v", err)
	default:
	}
	close(finish)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(each(1, 1), d.chats()); diff != "" {
		t.Error(diff)
	}
}

// impatient is a deliverer that gives up as soon as its context ends.
type impatient struct {
	begun sync.WaitGroup
	ended chan error
}

func (i *impatient) Deliver(ctx context.Context, _ store.Delivery, _ func() func()) error {
	i.begun.Done()
	select {
	case <-ctx.Done():
		return fmt.Errorf("cut off: %w", ctx.Err())
	case err := <-i.ended:
		return err
	}
}

func TestStoppingCutsNoDeliveryOffAtOnce(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	learners(t, db, 2)
	i := &impatient{ended: make(chan error)}
	i.begun.Add(2)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- newScheduler(db, i, (&clock{now: due}).Now).Run(ctx, ctx) }()
	i.begun.Wait()
	stop()
	for range 2 {
		select {
		case i.ended <- nil:
		case err := <-ended:
			t.Fatalf("Run ended over deliveries under way: %v", err)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// crowd is a deliverer that notes how many are on the way at the same time.
type crowd struct {
	deliverer
	waiting chan struct{} // closed once as many are prepared as there can be

	prepared, now, most atomic.Int64
}

func (c *crowd) Deliver(ctx context.Context, d store.Delivery, send func() func()) error {
	if c.prepared.Add(1) == workers {
		close(c.waiting)
	}
	<-c.waiting
	recorded := send()
	defer recorded()
	n := c.now.Add(1)
	defer c.now.Add(-1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	return c.store.Settle(context.WithoutCancel(ctx), d, store.Outcome{State: store.Sent}, due)
}

func TestOnlySoManyAreOnTheWayAtOnce(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	learners(t, db, 3*workers)
	c := &crowd{deliverer: deliverer{store: db}, waiting: make(chan struct{})}
	if err := newScheduler(db, c, (&clock{now: due}).Now).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.prepared.Load(); got != 3*workers {
		t.Errorf("%d were delivered, want %d", got, 3*workers)
	}
	if most := c.most.Load(); most > underway {
		t.Errorf("%d were on the way at once, want at most %d", most, underway)
	}
}
