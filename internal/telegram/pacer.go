package telegram

import (
	"container/heap"
	"context"
	"slices"
	"sync"
	"time"
)

// class is what waits at the pacer, first come first.
type class uint8

const (
	people class = iota // the first three as their Priority
	deliveries
	announcements
	paid // deliveries at the paid rate
	classes
)

const (
	chatGap     = time.Second
	groupWindow = time.Minute
	// sweepFrom is how many chats may be remembered before idle ones are looked for.
	sweepFrom = 1024
	// floodWindow and floodChats: so many chats refused with 429 within this
	// time mean that the bot as a whole is too fast.
	floodWindow = time.Second
	floodChats  = 3
	// While people are about, one place in spareShare is kept free for the next
	// of them: within heed of the last one.
	heed       = 10 * time.Second
	spareShare = 10
)

// pacer decides who may send now. It has no goroutine of its own: each arrival,
// each landing and one timer let go whoever is due.
type pacer struct {
	chatBurst, groupLimit int

	mu     sync.Mutex
	gates  [classes]*gate
	lanes  [classes]laneHeap // lanes of chats with nothing in flight, by when they are due
	chats  map[int64]*chatPace
	sweep  int // size of chats at which to sweep next
	timer  *time.Timer
	closed time.Time // nothing leaves before
	floods []flood   // within the last floodWindow, one for each chat
	spoke  time.Time // when the last call of People left
}

type flood struct {
	chat int64
	at   time.Time
}

// chatPace is the pace of one chat. One call at a time is in flight there,
// which keeps its messages in order.
type chatPace struct {
	id     int64
	busy   bool
	full   time.Time   // when the burst is whole again: one chatGap after each call
	recent []time.Time // groups: landings of the last groupWindow
	closed time.Time   // nothing leaves before
	lanes  [classes]lane
}

// lane is the queue of one class in one chat.
type lane struct {
	chat  *chatPace
	class class
	queue []*turn
	due   time.Time
	index int // in its heap; -1: not there
}

// turn is one call's place in a lane. free is closed when it may leave.
type turn struct {
	lane *lane
	free chan struct{}
	left time.Time // zero: still waiting
}

func newPacer(l Limits) *pacer {
	free := &gate{limit: l.PerSecond}
	p := &pacer{
		chatBurst: l.PerChatBurst, groupLimit: l.GroupPerMinute,
		gates: [classes]*gate{free, free, free, {limit: max(l.PaidPerSecond, 1)}},
		chats: make(map[int64]*chatPace), sweep: sweepFrom,
	}
	p.timer = time.AfterFunc(time.Hour, p.tick)
	p.timer.Stop()
	return p
}

func (p *pacer) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance(time.Now())
}

// queue takes a place at the end of the chat's lane.
func (p *pacer) queue(chat int64, cl class) *turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	l := &p.chat(chat, now).lanes[cl]
	t := &turn{lane: l, free: make(chan struct{})}
	l.queue = append(l.queue, t)
	p.line(l, now)
	p.advance(now)
	return t
}

// wait returns when the turn has come, or with ctx's error; then the place is
// given up.
func (p *pacer) wait(ctx context.Context, t *turn) error {
	select {
	case <-t.free:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now, l := time.Now(), t.lane
	if t.left.IsZero() {
		l.queue = slices.DeleteFunc(l.queue, func(other *turn) bool { return other == t })
		if len(l.queue) == 0 && l.index >= 0 {
			heap.Remove(&p.lanes[l.class], l.index)
		}
	} else { // let go in the same moment
		p.gates[l.class].unused()
		p.unlock(l.chat, now)
	}
	p.advance(now)
	return ctx.Err()
}

// landed ends the flight of a turn. If it goes again, it waits anew at the head
// of its lane, and the chat is quiet for the delay.
func (p *pacer) landed(t *turn, f failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, l, c := time.Now(), t.lane, t.lane.chat
	p.gates[l.class].land(t.left, now)
	c.full = later(c.full, now).Add(chatGap)
	if c.id < 0 {
		c.forget(now)
		c.recent = append(c.recent, now)
	}
	if f.flooded {
		p.flood(c.id, now, f.delay)
	}
	if f.again {
		c.closed = later(c.closed, now.Add(f.delay))
		t.left, t.free = time.Time{}, make(chan struct{})
		l.queue = slices.Insert(l.queue, 0, t)
	}
	p.unlock(c, now)
	p.advance(now)
}

// flood notes a 429. From one chat it is about that chat; from several at once
// it is about all.
func (p *pacer) flood(chat int64, now time.Time, delay time.Duration) {
	p.floods = slices.DeleteFunc(p.floods, func(f flood) bool {
		return f.chat == chat || now.Sub(f.at) > floodWindow
	})
	p.floods = append(p.floods, flood{chat, now})
	if len(p.floods) >= floodChats {
		p.closed = later(p.closed, now.Add(delay))
	}
}

// unlock lets the next call of a chat line up.
func (p *pacer) unlock(c *chatPace, now time.Time) {
	c.busy = false
	for i := range c.lanes {
		p.line(&c.lanes[i], now)
	}
}

// line puts a lane into its heap, unless it is there, empty or in flight.
func (p *pacer) line(l *lane, now time.Time) {
	if l.index >= 0 || len(l.queue) == 0 || l.chat.busy {
		return
	}
	l.due = later(now, p.due(l.chat, l.class))
	heap.Push(&p.lanes[l.class], l)
}

// due is when the chat itself allows its next call. Only people use the burst.
func (p *pacer) due(c *chatPace, cl class) time.Time {
	at := c.full
	if cl == people {
		at = at.Add(-time.Duration(p.chatBurst-1) * chatGap)
	}
	if n := len(c.recent) - p.groupLimit; n >= 0 {
		at = later(at, c.recent[n].Add(groupWindow))
	}
	return later(at, c.closed)
}

// advance lets go whoever may leave now, and sets the timer for the next.
func (p *pacer) advance(now time.Time) {
	var wake time.Time
	for cl := range classes {
		at := p.release(cl, now)
		if !at.IsZero() && (wake.IsZero() || at.Before(wake)) {
			wake = at
		}
	}
	if wake.IsZero() {
		p.timer.Stop()
		return
	}
	p.timer.Reset(wake.Sub(now))
}

// release lets go of one class. It returns when to look again; zero: at the
// next landing or arrival.
func (p *pacer) release(cl class, now time.Time) time.Time {
	lanes, g := &p.lanes[cl], p.gates[cl]
	for lanes.Len() > 0 {
		l := (*lanes)[0]
		at, ok := g.opens(now, p.spare(cl, now), cl == people)
		if !ok {
			return time.Time{}
		}
		if at = later(later(at, l.due), p.closed); at.After(now) {
			return at
		}
		for i := range l.chat.lanes {
			if other := &l.chat.lanes[i]; other.index >= 0 {
				heap.Remove(&p.lanes[i], other.index)
			}
		}
		l.chat.busy = true
		g.leave(now)
		if cl == people {
			p.spoke = now
		}
		t := l.queue[0]
		l.queue = slices.Delete(l.queue, 0, 1)
		t.left = now
		close(t.free)
	}
	return time.Time{}
}

// spare is how many places a class leaves free for people.
func (p *pacer) spare(cl class, now time.Time) int {
	if cl != deliveries && cl != announcements || now.Sub(p.spoke) >= heed {
		return 0
	}
	return p.gates[cl].limit / spareShare
}

// chat finds or makes the pace of a chat, and forgets idle ones from time to time.
func (p *pacer) chat(id int64, now time.Time) *chatPace {
	if c := p.chats[id]; c != nil {
		return c
	}
	if len(p.chats) >= p.sweep {
		for id, c := range p.chats {
			if c.idle(now) {
				delete(p.chats, id)
			}
		}
		p.sweep = max(sweepFrom, 2*len(p.chats))
	}
	c := &chatPace{id: id}
	for i := range c.lanes {
		c.lanes[i] = lane{chat: c, class: class(i), index: -1}
	}
	p.chats[id] = c
	return c
}

// idle reports whether a new chatPace would be no different.
func (c *chatPace) idle(now time.Time) bool {
	for i := range c.lanes {
		if len(c.lanes[i].queue) > 0 {
			return false
		}
	}
	c.forget(now)
	return !c.busy && len(c.recent) == 0 && !c.full.After(now) && !c.closed.After(now)
}

func (c *chatPace) forget(now time.Time) {
	c.recent = slices.DeleteFunc(c.recent, func(at time.Time) bool { return now.Sub(at) >= groupWindow })
}

// laneHeap orders lanes by when they are due: who became free first goes first.
type laneHeap []*lane

func (h laneHeap) Len() int           { return len(h) }
func (h laneHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h laneHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *laneHeap) Push(x any) {
	l := x.(*lane)
	l.index = len(*h)
	*h = append(*h, l)
}

func (h *laneHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	l.index = -1
	return l
}
