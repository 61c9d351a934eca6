package telegram

import "time"

const (
	// catchUp is how far behind its even spacing a gate may run and make up for
	// it: timers fire late.
	catchUp = 20 * time.Millisecond
	// gateMargin is for clocks that do not tick alike, and for a floor that was
	// measured a little too high.
	gateMargin = 5 * time.Millisecond
)

// gate holds a number of calls per second, counted where it matters: at the
// other end. Calls leave evenly spaced, and in any second that Telegram can
// see there are no more than the limit, however unevenly they travel.
//
// Proof. A call counts at Telegram no later than it landed minus the way back,
// and no sooner than it left plus the way there; floor is at most the sum of
// both ways. So a call that leaves a second after another one's landing minus
// floor counts at least a second after it.
type gate struct {
	limit  int
	next   time.Time     // when even spacing lets the next one go
	flying int           // left, not yet landed
	landed []time.Time   // landings that still count, oldest first
	floor  time.Duration // the shortest round trip seen; 0: none yet
}

// opens tells when the next call may leave that leaves so many places spare,
// given that none leaves or lands before; ok is false when only a landing can
// open the gate. A hasty call does not wait for even spacing.
func (g *gate) opens(now time.Time, spare int, hasty bool) (at time.Time, ok bool) {
	for len(g.landed) > 0 && !g.expiry(0).After(now) {
		g.landed = g.landed[1:]
	}
	if !hasty {
		at = g.next
	}
	// So many landings must stop to count first.
	over := g.flying + len(g.landed) + spare + 1 - g.limit
	switch {
	case over <= 0:
		return at, true
	case over > len(g.landed):
		return time.Time{}, false
	}
	return later(at, g.expiry(over-1)), true
}

// expiry is when the i-th oldest landing stops to count.
func (g *gate) expiry(i int) time.Time {
	return g.landed[i].Add(time.Second + gateMargin - g.floor)
}

func (g *gate) leave(now time.Time) {
	g.flying++
	g.next = later(g.next, now.Add(-catchUp)).Add(time.Second / time.Duration(g.limit))
}

func (g *gate) land(left, now time.Time) {
	g.flying--
	g.landed = append(g.landed, now)
	if trip := max(now.Sub(left), 1); g.floor == 0 || trip < g.floor {
		g.floor = trip
	}
}

// unused takes back a leave of a call that never left.
func (g *gate) unused() { g.flying-- }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
