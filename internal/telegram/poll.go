package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"
)

const (
	pollBatch = 100 // updates in one answer; Telegram gives no more
	// settleWait is how long a poll waits for the handlers of the last one. While
	// an update is unfinished Telegram repeats it at once, so this also is what
	// keeps the loop from spinning, and the most that one slow chat costs others.
	settleWait = 250 * time.Millisecond
	// oddWait slows the loop down when ids fall back or cannot be read.
	oddWait = time.Second
	// farewell bounds the wait for handlers at the end, and then the last confirmation.
	farewell = 2 * time.Second
)

// Poll reads updates until ctx ends and hands each new one to handle, in the
// order of their ids. handle must not wait for the update's effect: it takes
// the update over and later, from any goroutine, calls done once the effect is
// committed. Only then is the update confirmed to Telegram: what was handed out
// and not done comes again after a restart, so handle meets repeats. At most
// 100 updates are handed out beyond the oldest one that is not done.
//
// Poll returns nil when ctx ends and ErrUnauthorized when the token is refused;
// all other trouble it logs and waits out.
func (c *Client) Poll(ctx context.Context, handle func(u Update, done func())) error {
	p := newProgress()
	trouble := troubles{client: c}
	confirmed := int64(0)
	for ctx.Err() == nil {
		offset := p.offset()
		batch, err := c.updates(ctx, offset, pollTimeout)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, ErrUnauthorized):
			return err
		case err != nil:
			trouble.wait(ctx, err)
		default:
			trouble.over()
			confirmed = offset
			if c.handOut(p, offset, batch, handle) {
				_ = pause(ctx, oddWait)
			}
			p.settle(ctx, settleWait)
		}
	}
	c.confirm(context.WithoutCancel(ctx), p, confirmed)
	return nil
}

// updates is one getUpdates. It confirms everything below offset.
func (c *Client) updates(ctx context.Context, offset int64, hold time.Duration) ([]json.RawMessage, error) {
	params := map[string]string{
		"timeout":         strconv.Itoa(int(hold / time.Second)),
		"limit":           strconv.Itoa(pollBatch),
		"allowed_updates": allowedUpdates,
	}
	if offset > 0 {
		params["offset"] = num(offset)
	}
	raw, err := c.request(ctx, c.poll, "getUpdates", params)
	if err != nil {
		return nil, err
	}
	c.polled.Store(time.Now().Unix())
	// Each update apart: one that cannot be read must not hold up the others.
	var batch []json.RawMessage
	if err := json.Unmarshal(raw, &batch); err != nil {
		return nil, &Error{Kind: Server, Method: "getUpdates", Description: "unreadable result"}
	}
	return batch, nil
}

// handOut gives the updates of a batch that are new to handle; asked is the
// offset that brought it. It reports whether their ids were odd, so that the
// loop slows down.
func (c *Client) handOut(p *progress, asked int64, batch []json.RawMessage, handle func(Update, func())) (odd bool) {
	for _, raw := range batch {
		u, id, err := decodeUpdate(raw)
		if id == 0 {
			c.log.Error("passing over an update without an id", "bytes", len(raw), "error", err)
			odd = true // the next update's offset confirms it
			continue
		}
		fresh, renumbered := p.take(id, asked)
		if renumbered {
			c.log.Warn("update ids start anew", "update", id)
			odd = true
		}
		switch {
		case !fresh:
		case err != nil:
			// The cause names fields and offsets; the update's text stays out.
			c.log.Error("passing over an update that cannot be read", "update", id, "bytes", len(raw), "error", err)
			p.finish(id)
		case u.empty():
			p.finish(id)
		default:
			handle(u, func() { p.finish(id) })
		}
	}
	return odd
}

// confirm tells Telegram at the end what is done, so that the next start does
// not get it again.
func (c *Client) confirm(ctx context.Context, p *progress, confirmed int64) {
	p.settle(ctx, farewell)
	offset := p.offset()
	if offset == confirmed {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	// What this answer brings is left alone: only a higher offset confirms it.
	if _, err := c.updates(ctx, offset, 0); err != nil {
		c.log.Warn("the last updates are done but not confirmed; they will come again", "error", err)
	}
}

// progress knows which updates were handed out and which of them are done.
type progress struct {
	mu   sync.Mutex
	next int64 // id after the highest handed out; 0: none yet
	// done holds the ids from the offset on; never more than a batch or two.
	done    map[int64]bool
	changed chan struct{} // gets a token when something was finished
}

func newProgress() *progress {
	return &progress{done: make(map[int64]bool), changed: make(chan struct{}, 1)}
}

// take notes that an update is handed out; fresh is false if it was before.
// An id below the offset that was asked for means that Telegram renumbered
// (Update.update_id in the Bot API: after a week without updates ids start at
// random). One between that offset and the present one was finished while the
// answer was on its way.
func (p *progress) take(id, asked int64) (fresh, renumbered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.done[id]
	switch {
	case id < asked:
		clear(p.done)
		p.next, renumbered = 0, true
	case known || id < p.low():
		return false, false
	}
	p.done[id] = false
	p.next = max(p.next, id+1)
	return true, renumbered
}

func (p *progress) finish(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if finished, known := p.done[id]; !known || finished {
		return
	}
	p.done[id] = true
	low := p.low()
	for id := range p.done {
		if id < low {
			delete(p.done, id)
		}
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// offset is the lowest id that is not done.
func (p *progress) offset() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.low()
}

func (p *progress) low() int64 {
	low := p.next
	for id, finished := range p.done {
		if !finished {
			low = min(low, id)
		}
	}
	return low
}

func (p *progress) unfinished() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.low() < p.next
}

// settle waits until everything handed out is done, or for the time given.
func (p *progress) settle(ctx context.Context, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for p.unfinished() {
		select {
		case <-p.changed:
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// troubles paces the polls that fail in a row.
type troubles struct {
	client   *Client
	count    int
	reported time.Time // of the last Conflict
}

func (t *troubles) over() { t.count = 0 }

// wait logs the failure and waits as long as it calls for.
func (t *troubles) wait(ctx context.Context, err error) {
	t.count++
	delay := backoff(t.count)
	var e *Error
	if errors.As(err, &e) {
		delay = max(delay, e.RetryAfter)
	}
	switch {
	case !errors.Is(err, ErrConflict):
		t.client.log.Warn("getting updates failed; trying again", "error", err, "in", delay)
	case time.Since(t.reported) >= time.Minute:
		t.reported = time.Now()
		t.client.log.Error("somebody else reads the updates of this bot: another process with the same token, or a webhook", "error", err)
	}
	_ = pause(ctx, delay)
}
