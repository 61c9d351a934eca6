package sandbox

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// update is one event on its way to the bot; body is a copy that nobody changes.
type update struct {
	id   int64
	kind string
	body any
}

func (u update) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"update_id": u.id, u.kind: u.body})
}

// updateQueue holds what the bot has not confirmed yet, in the order of ids.
type updateQueue struct {
	next    int64 // id of the next update
	items   []update
	allowed []string // nil: the default, everything but quiet
	poller  *poller
}

// poller is a getUpdates that waits.
type poller struct {
	wake   chan struct{} // there is an update
	stolen chan struct{} // another poller came
}

// quiet updates come only to those who name them.
var quiet = []string{"chat_member", "message_reaction", "message_reaction_count"}

func (q *updateQueue) wants(kind string) bool {
	if len(q.allowed) == 0 {
		return !slices.Contains(quiet, kind)
	}
	return slices.Contains(q.allowed, kind)
}

// enqueue sends an update to the bot. The lock is held.
func (s *Server) enqueue(kind string, body any) {
	q := &s.queue
	if !q.wants(kind) {
		return
	}
	q.items = append(q.items, update{id: q.next, kind: kind, body: body})
	q.next++
	if q.poller != nil {
		select {
		case q.poller.wake <- struct{}{}:
		default:
		}
	}
}

// Pending is the number of updates that the bot has not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue.items)
}

// Inject sends the bot an update of any kind, body being its JSON: for tests of updates that no method here makes,
// broken ones included. It returns the update's id.
func (s *Server) Inject(kind string, body json.RawMessage) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.queue.next
	s.enqueue(kind, body)
	return id
}

// Renumber makes the next update id n, as Telegram does after a week of silence.
func (s *Server) Renumber(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.next = n
	s.queue.items = nil
}

const maxPoll = 50 * time.Second

// getUpdates answers at once if something waits, else after the timeout. A poller that is already waiting is ended
// with 409, as Telegram does.
func (s *Server) getUpdates(ctx context.Context, p params) (any, error) {
	limit := int(min(max(p.number("limit", 100), 1), 100))
	timeout := min(time.Duration(max(p.number("timeout", 0), 0))*time.Second, maxPoll)
	offset := p.number("offset", 0)
	var allowed []string
	if err := p.object("allowed_updates", &allowed, "can't parse allowed_updates"); err != nil {
		allowed = nil // Telegram passes over what it cannot read
	}

	s.mu.Lock()
	if p.has("allowed_updates") && allowed != nil {
		s.queue.allowed = allowed
	}
	s.closeDue()
	if s.queue.poller != nil {
		close(s.queue.poller.stolen)
		s.queue.poller = nil
	}
	s.confirm(offset)
	if batch := s.queue.batch(offset, limit); len(batch) > 0 || timeout == 0 {
		s.mu.Unlock()
		return batch, nil
	}
	me := &poller{wake: make(chan struct{}, 1), stolen: make(chan struct{})}
	s.queue.poller = me
	s.changed()
	s.mu.Unlock()

	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-me.wake:
	case <-timer.C:
	case <-ctx.Done():
	case <-s.done:
	case <-me.stolen:
		return nil, conflict()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue.poller != me {
		return nil, conflict()
	}
	s.queue.poller = nil
	return s.queue.batch(offset, limit), nil
}

// confirm forgets the updates below offset; a negative offset keeps only that many. The lock is held.
func (s *Server) confirm(offset int64) {
	q := &s.queue
	n := len(q.items)
	switch {
	case offset < 0:
		q.items = q.items[max(0, len(q.items)+int(offset)):]
	case offset > q.next+10: // from another life, says TQueue in TDLib: nothing is forgotten
	default:
		i, _ := slices.BinarySearchFunc(q.items, offset, func(u update, id int64) int { return int(u.id - id) })
		clear(q.items[:i])
		q.items = q.items[i:]
	}
	if len(q.items) != n {
		s.changed()
	}
}

func (q *updateQueue) batch(offset int64, limit int) []update {
	items := q.items
	if offset > 0 && offset <= q.next+10 {
		i, _ := slices.BinarySearchFunc(items, offset, func(u update, id int64) int { return int(u.id - id) })
		items = items[i:]
	}
	return append([]update{}, items[:min(limit, len(items))]...) // never null
}
