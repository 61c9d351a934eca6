//go:build unix

package main

import (
	"context"
	"errors"
	"time"

	"yolchi/internal/telegram"
)

// interactive: from a person's word to the reply, alone and while a broadcast
// takes all the pace that there is. Both parts speak at the same moments.
func interactive(ctx context.Context, b *bench) (figures []figure, failure error) {
	r, err := startSandbox()
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, r.close()) }()
	idle, _, err := talking(ctx, b, r, "interactive_idle", 0)
	if err != nil {
		return nil, err
	}
	busy, refused, err := talking(ctx, b, r, "interactive_busy", b.size(1_800, 300))
	if err != nil {
		return nil, err
	}
	before, during := quantile(idle, 0.99), quantile(busy, 0.99)
	return []figure{
		atMost("interactive", float64(during)/float64(before), "busy ÷ idle, p99", 1.5).noted("%d words each", len(idle)),
		plain("interactive_idle", milliseconds(before), "ms p99").noted("median %.1f ms", milliseconds(quantile(idle, 0.5))),
		plain("interactive_busy", milliseconds(during), "ms p99").noted("median %.1f ms", milliseconds(quantile(busy, 0.5))),
		atMost("interactive_busy, 429", float64(refused), "answers", 0),
	}, nil
}

// talking is how long people wait while so many chats get their topic.
func talking(ctx context.Context, b *bench, r *remote, name string, due int) (waits []time.Duration, refused int, failure error) {
	const perSecond = 5
	words := b.size(300, 40)
	x, drop, err := b.due(ctx, r, name, due, due+words, telegram.Limits{})
	if err != nil {
		return nil, 0, err
	}
	defer func() { failure = errors.Join(failure, x.close(), drop()) }()
	ctx, cancel := context.WithCancel(ctx)
	x.poll(ctx)
	ticked := make(chan error, 1)
	go func() { ticked <- x.scheduler.Tick(ctx) }()
	// Only what is steady counts: the broadcast's first burst is over then.
	if _, err := r.wait(ctx, min(due, 60)); err != nil {
		cancel()
		return nil, 0, errors.Join(err, <-ticked)
	}
	b.say("%s: %d people speak", name, words)
	err = r.ask(ctx, "talk", &waits, "from", due+1, "n", words, "rate", perSecond)
	var a account
	if err == nil {
		a, err = r.wait(ctx, 0)
	}
	if due > 0 && a.Sent >= due+words {
		b.log.Warn("the broadcast was over before the last word")
	}
	cancel() // what is left of the broadcast tells nothing more
	if stopped := <-ticked; !errors.Is(stopped, context.Canceled) {
		err = errors.Join(err, stopped)
	}
	return waits, a.Refused, err
}
