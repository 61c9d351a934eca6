package bot

import (
	"context"
	"encoding/json"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// label is a button that counts: many may press it in one second, and Telegram
// allows 20 messages and edits a minute in a group. So it is brought up to date
// at once, and then not again before labelPause is over.
type label struct {
	Chat    int64  `json:"chat"`
	Thread  int64  `json:"thread"`
	Message int64  `json:"message"`
	Topic   string `json:"topic"`
}

const (
	labelMethod = "label" // no method of Telegram: the dispatcher takes it
	labelPause  = 10 * time.Second
)

// labelCall owes the button under a message its new count.
func labelCall(here store.Key, message int64, topic string) telegram.Call {
	return telegram.Call{Method: labelMethod}.WithRef(label{here.ChatID, here.ThreadID, message, topic})
}

// labelOf takes the label out of a call, and says whether it is one.
func labelOf(call telegram.Call) (l label, ok bool) {
	if call.Method != labelMethod {
		return l, false
	}
	return l, json.Unmarshal(call.Ref, &l) == nil && l.Message != 0
}

// refresh shows the label's count, now or when its pause is over.
func (d *Dispatcher) refresh(l label) {
	d.mu.Lock()
	_, paused := d.labels[l]
	d.labels[l] = paused // something to show when the pause is over?
	d.mu.Unlock()
	if !paused {
		d.crew.Go(func() { d.showLabel(l) })
	}
}

// showLabel shows the count and begins the pause.
func (d *Dispatcher) showLabel(l label) {
	if err := d.bot.showMarks(d.ctx, l); err != nil && d.ctx.Err() == nil {
		d.bot.Log.Warn("a button was not brought up to date", "chat", l.Chat, "error", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	time.AfterFunc(d.labelPause, func() {
		d.mu.Lock()
		again := d.labels[l] && d.ctx.Err() == nil
		if again {
			d.labels[l] = false
		} else {
			delete(d.labels, l)
		}
		d.mu.Unlock()
		if again {
			d.showLabel(l)
		}
	})
}

// showMarks brings the button under a group's lesson up to date.
func (b *Bot) showMarks(ctx context.Context, l label) error {
	var call telegram.Call
	key := store.Key{ChatID: l.Chat, ThreadID: l.Thread}
	err := b.Store.View(ctx, key, b.Now(), func(tx *store.Tx) error {
		done, err := tx.Marks(ctx, l.Topic)
		t := b.turn(tx)
		call = telegram.EditKeyboard(l.Chat, l.Message, t.doneKeys(l.Topic, done))
		return err
	})
	if err != nil {
		return err
	}
	_, err = b.send(ctx, call, telegram.Deliveries)
	return err
}
