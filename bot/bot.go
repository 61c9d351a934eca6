// Package bot is the conversation: commands, buttons, poll answers and the
// screens that answer them, in both languages. A handler changes what the
// store knows and returns the calls that tell the person; it must never write
// SQL, speak HTTP or send anything itself.
package bot

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/monitor"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// Sender is the one way out to Telegram.
type Sender interface {
	Send(ctx context.Context, call telegram.Call, priority telegram.Priority) (telegram.Result, error)
}

// Chats tells what somebody is in a chat.
type Chats interface {
	Member(ctx context.Context, chat, user int64) (telegram.Member, error)
}

// Bot holds what every conversation needs, but for what is taught, see
// [Bot.Teach]. Its fields do not change, and it may be used by several
// goroutines.
type Bot struct {
	Store   *store.Store
	Texts   *locale.Bundle
	Sender  Sender
	Chats   Chats
	Me      telegram.User
	Admins  []int64 // who runs the bot: they have commands that nobody else sees
	Metrics *monitor.Metrics
	Now     func() time.Time
	Log     *slog.Logger

	taught atomic.Pointer[content]
	admins admins // of groups and channels

	drawing   sync.Mutex
	exporting seat
	reports   reports // of announcements
}

// apply lets an update take effect and returns the calls that are owed for it.
func (b *Bot) apply(ctx context.Context, u telegram.Update) ([]telegram.Call, error) {
	if from, to := migration(u); from != 0 {
		return nil, b.Store.Migrate(ctx, from, to, b.Now())
	}
	if u.Inline != nil {
		return b.inline(ctx, *u.Inline)
	}
	a, here, err := b.arrival(ctx, u)
	if err != nil || a.ChatID == 0 {
		return nil, err
	}
	rights := b.rights(ctx, u, a.Key)
	reached, err := b.reached(ctx, u)
	if err != nil {
		return nil, err
	}
	tally, err := b.tallied(ctx, u)
	if err != nil {
		return nil, err
	}
	return b.Store.Apply(ctx, a, func(tx *store.Tx) ([]telegram.Call, error) {
		t := b.turn(tx)
		t.here, t.from, t.rights, t.reached, t.tally = here, u.From(), rights, reached, tally
		if err := t.update(ctx, u); err != nil {
			return nil, err
		}
		return t.calls(), nil
	})
}

// migration is the group that became a supergroup, and which one; 0 if the
// update is about something else. Both chats tell it.
func migration(u telegram.Update) (from, to int64) {
	switch m := u.Message; {
	case m == nil:
		return 0, 0
	case m.MigrateTo != 0:
		return m.Chat.ID, m.MigrateTo
	case m.MigrateFrom != 0:
		return m.MigrateFrom, m.Chat.ID
	}
	return 0, 0
}

// arrival says whom an update is about, and where it is answered: the same,
// but for a channel, which is set up in private. It is about nobody if there
// is nothing to keep of it.
func (b *Bot) arrival(ctx context.Context, u telegram.Update) (a store.Arrival, here store.Key, err error) {
	a = store.Arrival{UpdateID: u.ID, Key: store.Key{ChatID: u.ChatID()}, Now: b.Now()}
	chat := telegram.Chat{}
	switch {
	case u.Message != nil:
		if !u.Message.Chat.Private() && !b.concerns(*u.Message) {
			return store.Arrival{}, here, nil
		}
		chat, a.ThreadID = u.Message.Chat, thread(u.Message)
	case u.Callback != nil && u.Callback.Message != nil:
		chat = u.Callback.Message.Chat
		a.Key = store.Key{ChatID: chat.ID, ThreadID: thread(u.Callback.Message)}
		if chat.Type == "group" { // an old message of what is a supergroup now
			if a.ChatID, err = b.Store.Moved(ctx, chat.ID); err != nil {
				return store.Arrival{}, here, err
			}
		}
	case u.MyChatMember != nil:
		chat = u.MyChatMember.Chat
	case u.PollAnswer != nil:
		a.Key, err = b.pollChat(ctx, u.PollAnswer.PollID)
		return a, a.Key, err
	case u.Poll != nil:
		a.Key, _, err = b.Store.PollChat(ctx, u.Poll.ID)
		return a, a.Key, err
	default:
		return store.Arrival{}, here, nil
	}
	here = a.Key
	if channel := channelOf(u); channel != 0 && chat.Private() { // set up from a private chat
		a.Key = store.Key{ChatID: channel}
		return a, here, nil
	}
	a.Kind, a.Title = chat.Type, chat.Title
	if chat.Private() {
		a.Title, a.Fleeting = chat.FirstName, b.fleeting(u)
	}
	return a, here, nil
}

// thread is the forum topic of a message, 0 if it is in none.
func thread(m *telegram.Message) int64 {
	if !m.IsTopic {
		return 0
	}
	return m.ThreadID
}

// pollChat finds whose poll was answered. The answer may come before the poll
// is noted, so it is waited for a moment.
func (b *Bot) pollChat(ctx context.Context, poll string) (store.Key, error) {
	for end := time.Now().Add(answerWait); ; {
		key, known, err := b.Store.PollChat(ctx, poll)
		if err != nil || known || time.Now().After(end) || !sleep(ctx, pollLook) {
			return key, err
		}
	}
}

// pollLook is how often it is looked whether a poll is noted.
const pollLook = 100 * time.Millisecond
