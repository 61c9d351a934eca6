package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// maxWaiting bounds the updates that are held at once. Beyond it the poller
// waits, and Telegram keeps the rest.
const maxWaiting = 1000

// maxTries is how often an update may fail for a reason of its own before it
// is set aside.
const maxTries = 5

// Dispatcher hands updates to the bot: those of one chat in order, one at a
// time, those of different chats side by side.
type Dispatcher struct {
	bot     *Bot
	ctx     context.Context // ends the work that is under way
	waiting chan struct{}
	wg      sync.WaitGroup

	mu     sync.Mutex
	queues map[int64][]job // a chat has an entry while somebody works on it
}

type job struct {
	update telegram.Update
	done   func()
}

// NewDispatcher makes a dispatcher whose work ends, finished or not, with ctx.
func NewDispatcher(ctx context.Context, bot *Bot) *Dispatcher {
	return &Dispatcher{bot: bot, ctx: ctx, waiting: make(chan struct{}, maxWaiting), queues: map[int64][]job{}}
}

// Handle takes an update. done is called once its effect is committed, or once
// it is set aside; never if the dispatcher is ended before.
func (d *Dispatcher) Handle(u telegram.Update, done func()) {
	select {
	case d.waiting <- struct{}{}:
	case <-d.ctx.Done():
		return
	}
	chat := u.ChatID()
	d.mu.Lock()
	defer d.mu.Unlock()
	queue, busy := d.queues[chat]
	d.queues[chat] = append(queue, job{u, done})
	if !busy {
		d.wg.Add(1)
		go d.work(chat)
	}
}

// Wait returns when nothing is under way any more.
func (d *Dispatcher) Wait() { d.wg.Wait() }

// work takes the chat's updates one by one until none is left.
func (d *Dispatcher) work(chat int64) {
	defer d.wg.Done()
	for {
		d.mu.Lock()
		queue := d.queues[chat]
		if len(queue) == 0 {
			delete(d.queues, chat)
			d.mu.Unlock()
			return
		}
		next := queue[0]
		d.queues[chat] = queue[1:]
		d.mu.Unlock()
		d.take(next)
		<-d.waiting
	}
}

// take lets one update take effect, then sends what is owed for it.
func (d *Dispatcher) take(j job) {
	calls, err := d.effect(j.update)
	if err != nil {
		d.bot.Log.Warn("an update was left for later", "update", j.update.ID, "error", err)
		return
	}
	j.done()
	if len(calls) > 0 {
		d.bot.answer(d.ctx, store.Reply{ChatID: j.update.ChatID(), UpdateID: j.update.ID, Calls: calls})
	}
}

// effect applies the update: again and again while the database is away, and
// maxTries times if the update itself fails. An error means that the
// dispatcher was ended.
func (d *Dispatcher) effect(u telegram.Update) ([]telegram.Call, error) {
	for try := 1; ; try++ {
		calls, err := d.bot.applySafely(d.ctx, u)
		if err == nil {
			return calls, nil
		}
		if d.ctx.Err() != nil {
			return nil, fmt.Errorf("applying an update: %w", err)
		}
		d.bot.Log.Error("an update failed", "update", u.ID, "chat", u.ChatID(), "try", try, "error", err)
		if store.Unavailable(err) {
			try = 0
		} else if try >= maxTries {
			if err = d.bot.setAside(d.ctx, u, err); err == nil {
				return nil, nil
			}
			try--
		}
		if !sleep(d.ctx, time.Duration(try*try+1)*100*time.Millisecond) {
			return nil, fmt.Errorf("applying an update: %w", err)
		}
	}
}

// applySafely turns a panic of a handler into an error: one chat's trouble
// ends nobody else's conversation.
func (b *Bot) applySafely(ctx context.Context, u telegram.Update) (calls []telegram.Call, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("handler panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return b.apply(ctx, u)
}

func (b *Bot) setAside(ctx context.Context, u telegram.Update, cause error) error {
	arrival, _ := b.arrival(u)
	return b.Store.SetAside(ctx, arrival, kindOf(u), cause)
}

// kindOf names an update without telling what is in it.
func kindOf(u telegram.Update) string {
	switch {
	case u.Message != nil:
		return "message"
	case u.Callback != nil:
		return "callback"
	case u.PollAnswer != nil:
		return "poll_answer"
	case u.MyChatMember != nil:
		return "my_chat_member"
	}
	return "other"
}

// ResendOwed sends what a process that died could not. Only the one who polls
// may call it, before it begins.
func (b *Bot) ResendOwed(ctx context.Context) error {
	const batch = 500
	replies, err := b.Store.Unsent(ctx, batch)
	for ; err == nil && len(replies) > 0; replies, err = b.Store.Unsent(ctx, batch) {
		for _, reply := range replies {
			b.answer(ctx, reply)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return err
}

// answer sends the calls that are owed for an update, in order, and notes that
// they were sent. A call that Telegram refuses is logged and given up.
func (b *Bot) answer(ctx context.Context, reply store.Reply) {
	for _, call := range reply.Calls {
		if err := b.send(ctx, call, telegram.People); err != nil {
			if ctx.Err() != nil {
				return // still owed
			}
			b.Log.Error("a reply was not sent", "chat", reply.ChatID, "update", reply.UpdateID, "method", call.Method, "error", err)
			if kind(err) == telegram.Gone {
				break
			}
		}
	}
	for try := 1; ; try++ {
		err := b.Store.Sent(ctx, reply.ChatID, reply.UpdateID)
		if err == nil {
			return
		}
		b.Log.Error("a reply was sent but not noted", "chat", reply.ChatID, "update", reply.UpdateID, "error", err)
		if !sleep(ctx, time.Duration(min(try, 10))*100*time.Millisecond) {
			return
		}
	}
}

// send makes one call and deals with what it tells about the chat.
func (b *Bot) send(ctx context.Context, call telegram.Call, priority telegram.Priority) error {
	result, err := b.Sender.Send(ctx, call, priority)
	var refusal *telegram.Error
	if errors.As(err, &refusal) {
		switch {
		case refusal.Kind == telegram.Gone && call.ChatID != 0:
			return errors.Join(err, b.Store.Block(ctx, call.ChatID, b.Now()))
		case refusal.Kind == telegram.Migrated && refusal.MigrateTo != 0:
			if err := b.Store.Migrate(ctx, call.ChatID, refusal.MigrateTo, b.Now()); err != nil {
				return err
			}
			return b.send(ctx, call.To(refusal.MigrateTo), priority)
		case refusal.Kind == telegram.NotFound && call.Method == "editMessageText":
			return b.send(ctx, call.Anew(), priority) // the message is gone: say it in a new one
		case refusal.Kind == telegram.NotFound:
			return nil // an old button, a deleted message: nothing is left to do
		}
	}
	if err != nil {
		return err
	}
	return b.sent(ctx, call, result)
}

// sent keeps what only Telegram's answer tells: which poll a question became.
func (b *Bot) sent(ctx context.Context, call telegram.Call, result telegram.Result) error {
	if result.PollID == "" || len(call.Ref) == 0 {
		return nil
	}
	poll, err := pollOf(call.Ref)
	if err != nil {
		return err
	}
	poll.ID, poll.MessageID, poll.SentAt = result.PollID, result.MessageID, b.Now()
	return b.Store.AddPoll(ctx, call.ChatID, poll)
}

// kind is what Telegram's refusal means, 0 for any other error.
func kind(err error) telegram.Kind {
	var refusal *telegram.Error
	if errors.As(err, &refusal) {
		return refusal.Kind
	}
	return 0
}

// sleep waits, and says false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
