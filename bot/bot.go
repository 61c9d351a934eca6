// Package bot is the conversation: commands, buttons, poll answers and the
// screens that answer them, in both languages. A handler changes what the
// store knows and returns the calls that tell the person; it must never write
// SQL, speak HTTP or send anything itself.
package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/monitor"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// Sender is the one way out to Telegram.
type Sender interface {
	Send(ctx context.Context, call telegram.Call, priority telegram.Priority) (telegram.Result, error)
}

// Bot holds what every conversation needs. Its fields do not change, and it may
// be used by several goroutines.
type Bot struct {
	Store   *store.Store
	Library *curriculum.Library
	Texts   *locale.Bundle
	Sender  Sender
	Me      telegram.User
	Metrics *monitor.Metrics
	Now     func() time.Time
	Log     *slog.Logger

	bodies sync.Map // [topic, language] → body, see lessonBody
}

// apply lets an update take effect and returns the calls that are owed for it.
func (b *Bot) apply(ctx context.Context, u telegram.Update) ([]telegram.Call, error) {
	arrival, ok := b.arrival(u)
	if !ok {
		return nil, nil
	}
	return b.Store.Apply(ctx, arrival, func(tx *store.Tx) ([]telegram.Call, error) {
		t := &turn{bot: b, tx: tx, chat: tx.Chat, from: u.From()}
		if err := t.update(ctx, u); err != nil {
			return nil, err
		}
		return t.calls(), nil
	})
}

// arrival says which chat an update belongs to, and false if to none that we
// keep.
func (b *Bot) arrival(u telegram.Update) (store.Arrival, bool) {
	a := store.Arrival{UpdateID: u.ID, Key: store.Key{ChatID: u.ChatID()}, Now: b.Now()}
	chat := telegram.Chat{}
	switch {
	case u.Message != nil:
		chat = u.Message.Chat
	case u.Callback != nil && u.Callback.Message != nil:
		chat = u.Callback.Message.Chat
	case u.MyChatMember != nil:
		chat = u.MyChatMember.Chat
	case u.PollAnswer == nil:
		return a, false
	}
	// A poll answer names no chat: it counts only where the chat is known.
	a.Kind, a.Title = chat.Type, chat.Title
	if chat.Private() {
		a.Title = chat.FirstName
	}
	return a, a.ChatID != 0
}
