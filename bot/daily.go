package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

const (
	lateAfter   = 30 * time.Minute // a delivery that is later says so
	leadCount   = 4                // how many first lines take turns
	maxAttempts = 8                // of a delivery, before it is given up
)

// Deliver sends a claimed delivery if it is still owed, and records what became
// of it. An error means that nothing could be recorded: the claim runs out, and
// somebody takes the delivery up again.
func (b *Bot) Deliver(ctx context.Context, d store.Delivery) error {
	calls, topic, outcome, err := b.compose(ctx, d)
	if err != nil {
		return fmt.Errorf("composing a delivery: %w", err)
	}
	if outcome.State == "" {
		outcome = b.sendDelivery(ctx, d, calls)
	}
	// What was sent is recorded even while the program is being stopped.
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = b.Store.WithChat(settle, d.ChatID, b.Now(), func(tx *store.Tx) error {
		if outcome.State == store.Sent && topic != "" {
			if err := tx.Record(settle, study.Event{Kind: study.Opened, Roadmap: tx.Chat.RoadmapID, Topic: topic}); err != nil {
				return err
			}
		}
		return tx.Settle(settle, d, outcome)
	})
	if errors.Is(err, store.ErrNoChat) { // it moved to another id, and its deliveries with it
		return nil
	}
	return err
}

// compose decides, with the chat locked, whether the delivery is still to be
// sent and what it says. An outcome with a state means: nothing to send.
func (b *Bot) compose(ctx context.Context, d store.Delivery) (calls []telegram.Call, topic string, outcome store.Outcome, err error) {
	err = b.Store.WithChat(ctx, d.ChatID, b.Now(), func(tx *store.Tx) error {
		t := &turn{bot: b, tx: tx, chat: &tx.Chat}
		if outcome = t.stillWanted(d); outcome.State != "" {
			return nil
		}
		at, err := t.present(ctx)
		if err != nil {
			return err
		}
		found, ok := b.Library.Topic(at)
		if !ok { // the end of the roadmap: nothing is owed
			outcome.State = store.Dropped
			return nil
		}
		states, err := tx.TopicStates(ctx)
		if err != nil {
			return err
		}
		for _, s := range t.lessonScreens(found, states[at], t.lead(d, states[at])) {
			t.say(s)
		}
		calls, topic = t.out, at
		return nil
	})
	if errors.Is(err, store.ErrNoChat) {
		return nil, "", store.Outcome{State: store.Dropped}, nil
	}
	return calls, topic, outcome, err
}

// stillWanted asks the rules once more, just before sending: much can have
// changed since the delivery was planned.
func (t *turn) stillWanted(d store.Delivery) store.Outcome {
	switch {
	case d.Day < t.today():
		return store.Outcome{State: store.Missed}
	case t.chat.StoppedAt != nil, t.chat.BlockedAt != nil,
		d.Kind == store.TopicDelivery && !t.chat.WantsTopics(),
		d.Kind == store.TopicDelivery && t.chat.PausedUntil != nil && t.today() < *t.chat.PausedUntil:
		return store.Outcome{State: store.Dropped}
	}
	return store.Outcome{}
}

// lead is the line above a lesson that came by itself.
func (t *turn) lead(d store.Delivery, state study.TopicState) string {
	switch {
	case d.Kind == store.LaterDelivery:
		return t.T("daily.later")
	case t.now().Sub(d.DueAt) > lateAfter:
		return t.T("daily.late")
	case state == study.TopicOpened:
		return t.T(fmt.Sprintf("daily.again.%d", int(d.Day)%leadCount+1))
	}
	return t.T(fmt.Sprintf("daily.fresh.%d", int(d.Day)%leadCount+1))
}

// sendDelivery sends the calls of a delivery and says what became of it.
func (b *Bot) sendDelivery(ctx context.Context, d store.Delivery, calls []telegram.Call) store.Outcome {
	for _, call := range calls {
		err := b.send(ctx, call, telegram.Deliveries)
		switch {
		case err == nil:
		case ctx.Err() != nil: // stopped before it was sent: free for others at once
			return store.Outcome{State: store.Pending, RunAt: b.Now()}
		case kind(err) == telegram.Gone, kind(err) == telegram.Bad, d.Attempts >= maxAttempts:
			b.Log.Error("a delivery was given up", "chat", d.ChatID, "kind", d.Kind, "error", err)
			return store.Outcome{State: store.Dropped, Error: err.Error()}
		default:
			b.Log.Warn("a delivery is tried again", "chat", d.ChatID, "kind", d.Kind, "error", err)
			wait := time.Duration(d.Attempts*d.Attempts) * 10 * time.Second
			return store.Outcome{State: store.Pending, Error: err.Error(), RunAt: b.Now().Add(wait)}
		}
	}
	return store.Outcome{State: store.Sent}
}
