package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

const (
	lateAfter   = 30 * time.Minute // a delivery that is later says so
	leadCount   = 8                // how many first lines take turns
	maxAttempts = 8                // of a delivery that may have been shown each time, before it is given up
	maxDelay    = 10 * time.Minute // between two attempts
)

// Deliver sends a claimed delivery if it is still owed, and records what became
// of it. An error means that nothing could be recorded: the claim runs out, and
// somebody takes the delivery up again.
func (b *Bot) Deliver(ctx context.Context, d store.Delivery, send func() (recorded func())) error {
	var calls []telegram.Call
	var outcome store.Outcome
	err := patiently(ctx, func() (err error) {
		calls, outcome, err = b.compose(ctx, d)
		return err
	})
	switch {
	case ctx.Err() != nil: // stopped before it was sent: free for others at once
		outcome = store.Outcome{State: store.Pending, Unsure: d.Repeat}
	case err != nil:
		return fmt.Errorf("composing a delivery: %w", err)
	case outcome.State == "":
		defer send()()
		if d.Repeat {
			b.Metrics.Repeat("delivery")
		}
		b.sendDelivery(ctx, &d, calls, &outcome)
	}
	b.Metrics.Delivery(metricKind(d.Kind), outcome.State, b.Now().Sub(d.DueAt))
	// What was sent is recorded even while the program is being stopped.
	now := b.Now()
	return patiently(ctx, func() error {
		settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return b.Store.Settle(settle, d, outcome, now)
	})
}

// patiently does something in the database, again and again while the database
// is away, until ctx ends.
func patiently(ctx context.Context, do func() error) error {
	for {
		err := do()
		if !store.Unavailable(err) || !sleep(ctx, databaseRetry) {
			return err
		}
	}
}

// databaseRetry is the pause before the database is asked again.
const databaseRetry = 500 * time.Millisecond

// compose decides whether the delivery is still to be sent, and what it says
// and will have shown. An outcome with a state means: nothing to send.
func (b *Bot) compose(ctx context.Context, d store.Delivery) (calls []telegram.Call, outcome store.Outcome, err error) {
	if id, ok := store.BroadcastOf(d.Kind); ok {
		return b.composeAnnouncement(ctx, d, id)
	}
	if d.ChatID < 0 {
		return b.composeShared(ctx, d)
	}
	err = b.Store.View(ctx, d.Key, b.Now(), func(tx *store.Tx) (err error) {
		t := b.turn(tx)
		outcome, err = t.composeOwn(ctx, d)
		calls = t.out
		return err
	})
	if errors.Is(err, store.ErrNoChat) {
		return nil, store.Outcome{State: store.Dropped}, nil
	}
	if err == nil && d.Kind == store.SaverDelivery && len(calls) == 0 {
		err = b.replanSaver(ctx, d.Key, b.Now())
	}
	return calls, outcome, err
}

// composeOwn says what a delivery to a private chat says, and returns what it
// will have shown, or the state in which it ends unsent.
func (t *turn) composeOwn(ctx context.Context, d store.Delivery) (store.Outcome, error) {
	if state := t.unwanted(d); state != "" {
		return store.Outcome{State: state}, nil
	}
	at, _, err := t.find(ctx)
	if err != nil {
		return store.Outcome{}, err
	}
	topic, ok := t.bot.Library.Topic(at)
	switch {
	case daily(d.Kind) && !t.quiet(d) && t.roadGone():
		choice := t.roadmapChoice()
		t.say(screen{choice.html, t.muted(choice.keys, "")})
		return store.Outcome{}, nil
	case !ok && d.Kind != store.SaverDelivery: // the end of the roadmap: nothing is owed
		return store.Outcome{State: store.Dropped}, nil
	case t.quiet(d):
		if err := t.composeQuiet(ctx, d); err != nil || len(t.out) > 0 {
			return store.Outcome{}, err
		}
		return store.Outcome{State: store.Dropped}, nil
	}
	return store.Outcome{Roadmap: t.chat.RoadmapID, Topic: at, Day: t.today()}, t.composeLesson(ctx, d, topic)
}

// composeLesson says the topic of a delivery.
func (t *turn) composeLesson(ctx context.Context, d store.Delivery, topic *curriculum.Topic) error {
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	lead, err := t.dayLead(ctx, d, states[topic.ID])
	if err != nil {
		return err
	}
	screens, err := t.withNotes(ctx, topic, t.lessonScreens(topic, states[topic.ID], lead))
	if err != nil {
		return err
	}
	screens, err = t.withReview(ctx, screens)
	if err != nil {
		return err
	}
	if last := &screens[len(screens)-1]; daily(d.Kind) {
		last.keys = t.muted(last.keys, topic.ID)
	}
	for _, s := range screens {
		t.say(s)
	}
	return nil
}

// unwanted asks the rules once more, just before sending, for much can have
// changed since the delivery was planned. It is the state in which the delivery
// ends unsent, "" if it is to be sent.
func (t *turn) unwanted(d store.Delivery) string {
	switch {
	case d.Day < t.today():
		return store.Missed
	case t.chat.StoppedAt != nil, t.chat.BlockedAt != nil,
		(daily(d.Kind) || d.Kind == store.SaverDelivery) && !t.chat.WantsTopics(),
		d.Kind == store.SaverDelivery && !t.chat.SaverOn,
		(daily(d.Kind) || d.Kind == store.SaverDelivery) && t.chat.PausedUntil != nil && t.today() < *t.chat.PausedUntil:
		return store.Dropped
	}
	return ""
}

// lead is the line above a lesson that came by itself.
func (t *turn) lead(d store.Delivery, state study.TopicState) string {
	switch {
	case d.Kind == store.LaterDelivery:
		return t.T("daily.later")
	case t.now().Sub(d.DueAt) > lateAfter:
		return t.T("daily.late")
	case state == study.TopicOpened:
		return t.T(variant("daily.again", d.Day))
	}
	return t.T(variant("daily.fresh", d.Day))
}

// sendDelivery sends the calls of a delivery and notes in outcome what became
// of it, and in d if its chat has moved.
func (b *Bot) sendDelivery(ctx context.Context, d *store.Delivery, calls []telegram.Call, outcome *store.Outcome) {
	for i, call := range calls {
		var err error
		if d.ChatID, err = b.send(ctx, call.To(d.ChatID), priorityOf(d.Kind)); err == nil {
			continue
		}
		outcome.State, outcome.Error = store.Pending, err.Error()
		outcome.Unsure = d.Repeat || i > 0 || kind(err) == telegram.Unknown
		switch {
		case ctx.Err() != nil: // stopped: free for others at once
		case kind(err) == telegram.Gone, kind(err) == telegram.Bad, kind(err) == telegram.Unknown && d.Attempts >= maxAttempts:
			b.Log.Error("a delivery was given up", "chat", d.ChatID, "kind", d.Kind, "error", err)
			outcome.State = store.Dropped
		default:
			b.Log.Warn("a delivery is tried again", "chat", d.ChatID, "kind", d.Kind, "error", err)
			outcome.RunAt = b.Now().Add(min(time.Duration(d.Attempts*d.Attempts)*10*time.Second, maxDelay))
		}
		return
	}
	outcome.State = store.Sent
}
