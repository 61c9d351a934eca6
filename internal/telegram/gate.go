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

// opens tells when the next call may leave, given that none leaves or lands
// before; ok is false when only a landing can open the gate.
func (g *gate) opens(now time.Time) (at time.Time, ok bool) {
	for len(g.landed) > 0 && !g.expiry().After(now) {
		g.landed = g.landed[1:]
	}
	switch {
	case g.flying+len(g.landed) < g.limit:
		return g.next, true
	case len(g.landed) == 0:
		return time.Time{}, false
	}
	return later(g.next, g.expiry()), true
}

// expiry is when the oldest landing stops to count.
func (g *gate) expiry() time.Time { return g.landed[0].Add(time.Second + gateMargin - g.floor) }

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
