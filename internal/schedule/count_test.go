package schedule

import (
	"context"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/store"
)

// Who runs the bot has figures as soon as it runs, not an hour later.
func TestTheFiguresAreCountedAtTheStart(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	learners(t, db, 3)
	s := newScheduler(db, &deliverer{store: db}, (&clock{now: evening}).Now)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, ctx) }()
	counted := 0
	for look := time.NewTicker(5 * time.Millisecond); counted == 0 && ctx.Err() == nil; <-look.C {
		err := db.View(ctx, store.Person(1), evening, func(tx *store.Tx) error {
			census, err := tx.Census(ctx)
			for _, c := range census {
				counted += c.Fresh
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if counted != 3 {
		t.Errorf("%d chats were counted", counted)
	}
}
