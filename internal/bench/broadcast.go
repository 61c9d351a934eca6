//go:build unix

package main

import (
	"context"
	"errors"
	"time"

	"yolchi/internal/telegram"
)

func broadcast30(ctx context.Context, b *bench) ([]figure, error) {
	return broadcast(ctx, b, "broadcast_30", b.size(1_800, 180), 30, telegram.Limits{}, 0.98)
}

func broadcast1000(ctx context.Context, b *bench) ([]figure, error) {
	return broadcast(ctx, b, "broadcast_1000", b.size(20_000, 2_000), 1_000, telegram.Limits{PaidPerSecond: 1_000}, 0.90)
}

// broadcast delivers to n chats that are due at once, under Telegram's limits.
func broadcast(ctx context.Context, b *bench, name string, n int, perSecond float64, limits telegram.Limits, target float64) (figures []figure, failure error) {
	r, err := startSandbox()
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, r.close()) }()
	x, drop, err := b.due(ctx, r, name, n, n, limits)
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, x.close(), drop()) }()
	b.say("delivering to %d chats", n)
	begun := time.Now()
	if err := x.scheduler.Tick(ctx); err != nil {
		return nil, err
	}
	a, err := r.wait(ctx, n)
	if err != nil {
		return nil, err
	}
	took := a.LastSent.Sub(begun)
	return []figure{
		atLeast(name, float64(a.Sent)/perSecond/took.Seconds(), "of ideal", target).
			noted("%d messages in %.2f s", a.Sent, took.Seconds()),
		atMost(name+", 429", float64(a.Refused), "answers", 0),
	}, nil
}

// due makes a bot whose first n chats are due, out of so many.
func (b *bench) due(ctx context.Context, r *remote, name string, n, all int, limits telegram.Limits) (x *running, drop func() error, err error) {
	source, err := b.chats(ctx, max(all, b.size(20_000, 2_000)))
	if err != nil {
		return nil, nil, err
	}
	if name, err = b.copyOf(ctx, source, name, n); err != nil {
		return nil, nil, err
	}
	drop = func() error { return b.drop(context.WithoutCancel(ctx), name) }
	err = errors.Join(r.ask(ctx, "reset", nil, "limits", "telegram"), r.ask(ctx, "people", nil, "n", all))
	if err == nil {
		x, err = b.connect(ctx, r, name, limits)
	}
	if err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return x, drop, nil
}
