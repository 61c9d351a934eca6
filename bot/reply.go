package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// answer sends the calls that are owed for an update, in order, and notes that
// they were sent. A call that Telegram refuses is logged and given up.
func (b *Bot) answer(ctx context.Context, reply store.Reply) {
	gone := int64(0) // a chat that takes nothing more
	for calls := reply.Calls; len(calls) > 0; {
		call := calls[0]
		calls = calls[1:]
		if call.ChatID != 0 && call.ChatID == gone {
			continue
		}
		if err := b.insist(ctx, call); err != nil {
			if ctx.Err() != nil {
				return // still owed
			}
			b.Log.Error("a reply was not sent", "chat", cmp.Or(call.ChatID, reply.ChatID), "update", reply.UpdateID, "method", call.Method, "error", err)
			if kind(err) == telegram.Gone {
				gone = call.ChatID
			}
			if other, ok := otherwiseOf(call); ok {
				calls = []telegram.Call{other}
			}
		}
	}
	for try := 1; kept(reply); try++ {
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

// otherwise is what is called instead of a call that fails, and of all that
// would follow it: nobody is told that something arrived which did not.
type otherwise struct {
	Otherwise telegram.Call `json:"otherwise"`
}

// otherwiseOf takes it out of a call, and says whether there is one.
func otherwiseOf(call telegram.Call) (telegram.Call, bool) {
	var o otherwise
	ok := len(call.Ref) > 0 && json.Unmarshal(call.Ref, &o) == nil && o.Otherwise.Method != ""
	return o.Otherwise, ok
}

// How long a reply is tried while Telegram is away, and how often when each
// time nobody knows whether it was shown.
const (
	replyPatience = 5 * time.Minute
	replyUnsure   = 3
)

// insist sends a reply again while Telegram does not say yes or no: a person
// waits for it.
func (b *Bot) insist(ctx context.Context, call telegram.Call) error {
	unsure := 0
	for start := time.Now(); ; {
		_, err := b.send(ctx, call, telegram.People)
		switch kind(err) {
		case telegram.Unknown:
			if unsure++; unsure >= replyUnsure {
				return err
			}
			b.Metrics.Repeat("reply")
		case telegram.Server, telegram.Network:
			if time.Since(start) > replyPatience {
				return err
			}
		default:
			return err
		}
		b.Log.Warn("a reply is sent again", "chat", call.ChatID, "method", call.Method, "error", err)
		if !sleep(ctx, time.Second) {
			return err
		}
	}
}

// send makes one call and deals with what it tells about the chat. It returns
// the chat's id, which is another one if it has moved.
func (b *Bot) send(ctx context.Context, call telegram.Call, priority telegram.Priority) (chat int64, err error) {
	result, err := b.transmit(ctx, call, priority)
	var refusal *telegram.Error
	if errors.As(err, &refusal) {
		switch {
		case refusal.Kind == telegram.Gone && call.ChatID != 0:
			return call.ChatID, errors.Join(err, patiently(ctx, func() error { return b.block(ctx, call.ChatID) }))
		case refusal.Kind == telegram.Migrated && refusal.MigrateTo != 0:
			err := patiently(ctx, func() error { return b.Store.Migrate(ctx, call.ChatID, refusal.MigrateTo, b.Now()) })
			if err != nil {
				return call.ChatID, err
			}
			return b.send(ctx, call.To(refusal.MigrateTo), priority)
		case refusal.Kind == telegram.NotFound && call.Method == "editMessageText":
			return b.send(ctx, call.Anew(), priority) // the message is gone: say it in a new one
		case refusal.Kind == telegram.Bad:
			if plain, ok := call.Plain(); ok { // an effect that is not there any more costs nobody the message
				return b.send(ctx, plain, priority)
			}
		case refusal.Kind == telegram.NotFound:
			return call.ChatID, nil // an old button, a deleted message: nothing is left to do
		}
	}
	if err != nil {
		return call.ChatID, err
	}
	return call.ChatID, b.sent(ctx, call, result)
}

// block closes a chat that Telegram refuses. Who set a channel up is told.
func (b *Bot) block(ctx context.Context, chat int64) error {
	blocked, err := b.Store.Block(ctx, chat, b.Now())
	for _, c := range blocked {
		if c.Kind == "channel" && c.OwnerID != 0 {
			t := &turn{bot: b.view(), chat: &c}
			_, _ = b.send(ctx, telegram.SendMessage(c.OwnerID, t.T("channel.lost", "Title", c.Title), nil), telegram.Deliveries) // as far as it goes
		}
	}
	return err
}

// sent keeps what only Telegram's answer tells: which poll a question became,
// which message shows how an announcement goes.
func (b *Bot) sent(ctx context.Context, call telegram.Call, result telegram.Result) error {
	if len(call.Ref) == 0 {
		return nil
	}
	if result.PollID == "" {
		return b.watched(ctx, call, result.MessageID)
	}
	poll, thread, err := pollOf(call.Ref)
	if err != nil {
		return err
	}
	poll.ID, poll.MessageID, poll.SentAt = result.PollID, result.MessageID, b.Now()
	return patiently(ctx, func() error { return b.Store.AddPoll(ctx, store.Key{ChatID: call.ChatID, ThreadID: thread}, poll) })
}

// kind is what Telegram's refusal means, 0 for any other error.
func kind(err error) telegram.Kind {
	var refusal *telegram.Error
	if errors.As(err, &refusal) {
		return refusal.Kind
	}
	return 0
}
