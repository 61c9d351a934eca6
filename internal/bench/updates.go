//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// updates: so many chats, one /today each, all waiting when polling begins; to
// the last reply, without limits. Beside it a loop that only echoes.
func updates(ctx context.Context, b *bench) (figures []figure, failure error) {
	n := b.size(20_000, 1_000)
	r, err := startSandbox()
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, r.close()) }()
	one, err := echo(ctx, b, r, n, 1)
	if err != nil {
		return nil, fmt.Errorf("echoing: %w", err)
	}
	ours, err := b.answers(ctx, r, n)
	if err != nil {
		return nil, err
	}
	many, err := echo(ctx, b, r, n, connections)
	if err != nil {
		return nil, fmt.Errorf("echoing side by side: %w", err)
	}
	return []figure{
		atLeast("updates", ours/one, "of echo", 0.5).noted("%d chats", n),
		plain("updates, ours", ours, "/s"),
		plain("updates, echo", one, "/s"),
		plain("updates, echo side by side", many, "/s").noted("%d at once; ours is %.2f of it", connections, ours/many),
	}, nil
}

// answers is how many updates a second the bot answers.
func (b *bench) answers(ctx context.Context, r *remote, n int) (perSecond float64, failure error) {
	source, err := b.chats(ctx, n)
	if err != nil {
		return 0, err
	}
	name, err := b.copyOf(ctx, source, "updates", 0)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, b.drop(ctx, name)) }()
	if err := b.crowd(ctx, r, n); err != nil {
		return 0, err
	}
	x, err := b.connect(ctx, r, name, unlimited)
	if err != nil {
		return 0, err
	}
	defer func() { failure = errors.Join(failure, x.close()) }()
	b.say("answering %d updates", n)
	x.poll(ctx)
	return rate(r.wait(ctx, n))
}

// crowd lets n people say one word each to an empty sandbox.
func (b *bench) crowd(ctx context.Context, r *remote, n int) error {
	return errors.Join(
		r.ask(ctx, "reset", nil),
		r.ask(ctx, "people", nil, "n", n),
		r.ask(ctx, "say", nil, "n", n, "text", "/today"),
	)
}

// rate is messages a second from the first poll to the last message.
func rate(a account, err error) (float64, error) {
	if err != nil {
		return 0, err
	}
	return float64(a.Sent) / a.LastSent.Sub(a.FirstPoll).Seconds(), nil
}

// echo is how many updates a second a bot answers that has no database and
// says what it was told: the loop of the library's own introduction, or the
// same with several goroutines.
func echo(ctx context.Context, b *bench, r *remote, n, workers int) (float64, error) {
	if err := b.crowd(ctx, r, n); err != nil {
		return 0, err
	}
	b.say("echoing %d updates, %d at once", n, workers)
	api, err := tgbotapi.NewBotAPIWithAPIEndpoint(token, r.url+"/bot%s/%s")
	if err != nil {
		return 0, err
	}
	updates := api.GetUpdatesChan(tgbotapi.UpdateConfig{Timeout: 1})
	defer api.StopReceivingUpdates()
	for range workers {
		go func() {
			for u := range updates {
				if u.Message != nil {
					if _, err := api.Send(tgbotapi.NewMessage(u.Message.Chat.ID, u.Message.Text)); err != nil {
						b.log.Error("an echo failed", "error", err)
					}
				}
			}
		}()
	}
	return rate(r.wait(ctx, n))
}
