package bot

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// maxWaiting bounds the updates that are held at once, until their replies are
// sent. Beyond it the poller waits, and Telegram keeps the rest. One chat may
// hold a small part of it: what a person sends beyond that is answered by one
// polite line and then dropped. In a group many people may act at once.
const (
	maxWaiting = 4000
	maxPerson  = 20
	maxGroup   = 300
	maxTalk    = 6 // what is typed in a group and waits for its answer: what comes beyond that gets none
)

// maxTries is how often an update may fail for a reason of its own before it
// is set aside.
const maxTries = 5

// answerWait is how long an answer to a question waits for what is being sent
// to its chat, the question itself perhaps, to be noted.
const answerWait = 3 * time.Second

// Dispatcher hands updates to the bot: those of one chat in order, one at a
// time, those of different chats side by side. Replies go out in order, too, but
// no update waits for the replies to those before it: a slow way out must not
// hold back what is read.
type Dispatcher struct {
	bot     *Bot
	ctx     context.Context // ends the work that is under way
	waiting chan struct{}
	crew    crew

	mu     sync.Mutex
	queues map[int64]*queue // a chat has an entry while something waits there
	labels map[label]bool   // those that pause, and whether something changed meanwhile

	labelPause time.Duration
}

// queue is what waits for one chat: updates for their effect, replies for being
// sent. Each kind has one worker at a time.
type queue struct {
	jobs     []job
	replies  []store.Reply
	applying bool
	sending  bool
	quiet    chan struct{} // closed when nothing is being sent any more
	warned   bool          // the chat was told that it is too fast
}

type job struct {
	update telegram.Update
	done   func()
}

// NewDispatcher makes a dispatcher whose work ends, finished or not, with ctx.
func NewDispatcher(ctx context.Context, bot *Bot) *Dispatcher {
	return &Dispatcher{bot: bot, ctx: ctx, waiting: make(chan struct{}, maxWaiting), queues: map[int64]*queue{},
		labels: map[label]bool{}, labelPause: labelPause}
}

// Handle takes an update. done is called once its effect is committed, or once
// it is set aside; never if the dispatcher is ended before.
func (d *Dispatcher) Handle(u telegram.Update, done func()) {
	select {
	case d.waiting <- struct{}{}:
	case <-d.ctx.Done():
		return
	}
	d.bot.Metrics.Waiting(1)
	chat := u.ChatID()
	d.mu.Lock()
	defer d.mu.Unlock()
	q := d.queue(chat)
	if held := len(q.jobs) + len(q.replies); held >= maxPerson && chat > 0 || held >= maxGroup {
		d.drop(u, done, q)
		return
	}
	if chat < 0 && u.Message != nil && q.talk() >= maxTalk {
		d.bot.Metrics.Update(kindOf(u), "dropped")
		done()
		d.release()
		return
	}
	q.jobs = append(q.jobs, job{u, done})
	if !q.applying {
		q.applying = true
		d.crew.Go(func() { d.apply(chat, q) })
	}
}

// Resend takes over what a process that died could not send: each reply goes
// out before anything newer to its chat. Only the one who polls may call it,
// before it begins, and it does not wait for Telegram.
func (d *Dispatcher) Resend(ctx context.Context) error {
	const batch = 500
	last := store.Reply{}
	for {
		replies, err := d.bot.Store.Owed(ctx, last, batch)
		if err != nil {
			return fmt.Errorf("reading what a process before owed: %w", err)
		}
		if len(replies) == 0 {
			return nil
		}
		for _, reply := range replies {
			select {
			case d.waiting <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			d.bot.Metrics.Waiting(1)
			d.bot.Metrics.Repeat("reply")
			d.owe(reply)
		}
		last = replies[len(replies)-1]
	}
}

// owe enqueues a reply that was owed before, unless this process has it in hand.
func (d *Dispatcher) owe(reply store.Reply) {
	d.mu.Lock()
	q := d.queue(reply.ChatID)
	known := slices.ContainsFunc(q.replies, func(r store.Reply) bool { return r.UpdateID == reply.UpdateID })
	if !known {
		d.enqueue(reply.ChatID, q, reply)
	}
	d.mu.Unlock()
	if known {
		d.release()
	}
}

// queue finds or makes the entry of a chat. The lock is held.
func (d *Dispatcher) queue(chat int64) *queue {
	q := d.queues[chat]
	if q == nil {
		q = &queue{}
		d.queues[chat] = q
	}
	return q
}

// talk is how much of what was typed has no answer yet.
func (q *queue) talk() int {
	n := len(q.replies)
	for _, j := range q.jobs {
		if j.update.Message != nil {
			n++
		}
	}
	return n
}

// drop gives an update up: its chat sends more than anybody can mean. It is
// told once, and then not again before its queue was empty.
func (d *Dispatcher) drop(u telegram.Update, done func(), q *queue) {
	d.bot.Metrics.Update(kindOf(u), "dropped")
	done()
	if q.warned || u.Inline != nil { // each letter that somebody types is a query
		d.release()
		return
	}
	q.warned = true
	d.crew.Go(func() {
		d.bot.tooFast(d.ctx, u)
		d.release()
	})
}

// release ends the holding of an update.
func (d *Dispatcher) release() {
	d.bot.Metrics.Waiting(-1)
	<-d.waiting
}

// Rest waits until nothing is under way, or for the time given. Meanwhile
// nobody may call Handle.
func (d *Dispatcher) Rest(ctx context.Context, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for d.busy() && sleep(ctx, 20*time.Millisecond) {
	}
}

func (d *Dispatcher) busy() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.queues) > 0
}

// Wait returns when nothing is under way any more.
func (d *Dispatcher) Wait() { d.crew.Wait() }

// apply lets the chat's updates take effect one by one until none is left.
func (d *Dispatcher) apply(chat int64, q *queue) {
	for {
		d.mu.Lock()
		if len(q.jobs) == 0 {
			q.applying = false
			d.forget(chat, q)
			d.mu.Unlock()
			return
		}
		next := q.jobs[0]
		q.jobs = q.jobs[1:]
		quiet := q.quiet
		d.mu.Unlock()
		switch {
		case next.update.PollAnswer != nil, aboutQuestion(next.update):
			d.await(quiet, answerWait)
		case isForget(next.update):
			d.await(quiet, forgetWait)
		}
		calls, err := d.effect(next.update)
		if err != nil {
			d.bot.Log.Warn("an update was left for later", "update", next.update.ID, "error", err)
			d.release()
			continue
		}
		next.done()
		if len(calls) == 0 {
			d.release()
			continue
		}
		d.mu.Lock()
		d.enqueue(chat, q, store.Reply{ChatID: chat, UpdateID: next.update.ID, Calls: calls})
		d.mu.Unlock()
	}
}

// await waits for the chat's sending to end, but not longer than limit.
func (d *Dispatcher) await(quiet <-chan struct{}, limit time.Duration) {
	if quiet == nil {
		return
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-quiet:
	case <-timer.C:
	case <-d.ctx.Done():
	}
}

// enqueue gives a reply to the one who sends to the chat. The lock is held.
func (d *Dispatcher) enqueue(chat int64, q *queue, reply store.Reply) {
	q.replies = append(q.replies, reply)
	if !q.sending {
		q.sending, q.quiet = true, make(chan struct{})
		d.crew.Go(func() { d.send(chat, q) })
	}
}

// send sends what is owed to the chat, in order, until nothing is left.
func (d *Dispatcher) send(chat int64, q *queue) {
	for {
		d.mu.Lock()
		if len(q.replies) == 0 {
			close(q.quiet)
			q.sending, q.quiet = false, nil
			d.forget(chat, q)
			d.mu.Unlock()
			return
		}
		next := q.replies[0]
		d.mu.Unlock()
		next.Calls = slices.DeleteFunc(next.Calls, func(call telegram.Call) bool {
			l, ok := labelOf(call)
			if ok {
				d.refresh(l)
			}
			return ok
		})
		d.bot.answer(d.ctx, next)
		d.mu.Lock()
		q.replies = q.replies[1:]
		d.mu.Unlock()
		d.release()
	}
}

// forget drops the entry of a chat for which nothing waits.
func (d *Dispatcher) forget(chat int64, q *queue) {
	if !q.applying && !q.sending {
		delete(d.queues, chat)
	}
}

// effect applies the update: again and again while the database is away, and
// maxTries times if the update itself fails. An error means that the
// dispatcher was ended.
func (d *Dispatcher) effect(u telegram.Update) ([]telegram.Call, error) {
	kind, start := kindOf(u), time.Now()
	for try := 1; ; try++ {
		calls, err := d.bot.apply(d.ctx, u)
		if err == nil {
			d.bot.Metrics.Update(kind, "applied")
			d.bot.Metrics.Handled(d.bot.commandOf(u), time.Since(start))
			return calls, nil
		}
		d.bot.Metrics.Update(kind, "failed")
		if d.ctx.Err() != nil {
			return nil, fmt.Errorf("applying an update: %w", err)
		}
		d.bot.Log.Error("an update failed", "update", u.ID, "chat", u.ChatID(), "try", try, "error", err)
		if store.Unavailable(err) {
			try = 0
		} else if try >= maxTries {
			if err = d.bot.setAside(d.ctx, u, err); err == nil {
				d.bot.Metrics.Update(kind, "set_aside")
				return nil, nil
			}
			try--
		}
		if !sleep(d.ctx, time.Duration(try*try+1)*100*time.Millisecond) {
			return nil, fmt.Errorf("applying an update: %w", err)
		}
	}
}

func (b *Bot) setAside(ctx context.Context, u telegram.Update, cause error) error {
	return b.Store.SetAside(ctx, store.Arrival{UpdateID: u.ID, Key: store.Key{ChatID: u.ChatID()}, Now: b.Now()}, kindOf(u), cause)
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
	case u.Poll != nil:
		return "poll"
	case u.Inline != nil:
		return "inline_query"
	}
	return "other"
}

// commandOf names what an update asks for, from our own list of words only.
func (b *Bot) commandOf(u telegram.Update) string {
	switch {
	case u.Message != nil:
		name, _, _ := telegram.Command(u.Message.Text, b.Me.Username)
		if slices.ContainsFunc(commands(), func(c command) bool { return c.name == name }) {
			return "/" + name
		}
	case u.Callback != nil:
		if _, word, _ := parsePress(u.Callback.Data); presses[word].run != nil {
			return "button " + word
		}
	}
	return kindOf(u)
}

// tooFast asks a person for patience, outside of any order: their queue is
// full.
func (b *Bot) tooFast(ctx context.Context, u telegram.Update) {
	lang := locale.English
	if from := u.From(); from != nil {
		lang, _ = locale.Guess(from.Language)
	}
	call := telegram.SendMessage(u.ChatID(), b.text(lang, "flood"), nil)
	if _, err := b.send(ctx, call, telegram.People); err != nil && ctx.Err() == nil {
		b.Log.Warn("a chat was not told that it is too fast", "chat", u.ChatID(), "error", err)
	}
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
