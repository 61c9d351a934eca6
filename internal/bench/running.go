//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"

	"yolchi/bot"
	"yolchi/internal/monitor"
	"yolchi/internal/schedule"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// unlimited is a pace that holds nothing back.
var unlimited = telegram.Limits{PerSecond: 1_000_000, PerChatBurst: 1_000, GroupPerMinute: 1_000_000}

// running is the bot in this process, put together as the program does.
type running struct {
	store      *store.Store
	client     *telegram.Client
	bot        *bot.Bot
	scheduler  *schedule.Scheduler
	dispatcher *bot.Dispatcher
	stop       context.CancelFunc
	ended      chan error
}

// connect makes a bot that does nothing yet.
func (b *bench) connect(ctx context.Context, r *remote, database string, limits telegram.Limits) (*running, error) {
	db, err := b.open(ctx, database)
	if err != nil {
		return nil, err
	}
	metrics := monitor.New()
	client, err := telegram.New(ctx, telegram.Config{
		Token: token, BaseURL: r.url, Log: b.log,
		Refused: func(kind telegram.Kind) { metrics.Refused(kind.String()) },
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reaching the sandbox: %w", err), db.Close())
	}
	x := &running{store: db, client: client, stop: func() {}}
	x.bot = &bot.Bot{
		Store: db, Texts: b.texts, Sender: telegram.NewSender(client, limits), Chats: client,
		Me: client.Me(), Metrics: metrics, Now: b.clock.Now, Log: b.log,
	}
	x.bot.Teach(b.library)
	x.scheduler = &schedule.Scheduler{Store: db, Deliverer: x.bot, Now: b.clock.Now, Log: b.log}
	return x, nil
}

// poll begins to take updates.
func (x *running) poll(ctx context.Context) {
	ctx, x.stop = context.WithCancel(ctx)
	x.dispatcher = bot.NewDispatcher(context.WithoutCancel(ctx), x.bot)
	x.ended = make(chan error, 1)
	go func() { x.ended <- x.client.Poll(ctx, x.dispatcher.Handle) }()
}

func (x *running) close() error {
	x.stop()
	var err error
	if x.ended != nil {
		err = <-x.ended
		x.dispatcher.Wait()
	}
	x.client.Close()
	return errors.Join(err, x.store.Close())
}
