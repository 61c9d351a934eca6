package sandbox

import (
	"math"
	"time"
)

// Limits are the sending limits that Telegram publishes in its FAQ for bots. 0: that limit is off.
type Limits struct {
	PerSecond      float64 // messages to all chats together
	PaidPerSecond  float64 // the same with allow_paid_broadcast
	ChatPerSecond  float64 // to one chat
	ChatBurst      int     // so many at once are tolerated in one chat
	GroupPerMinute float64 // to one group, supergroup or channel
}

// TelegramLimits are the published numbers; the burst is an estimate, Telegram says only that short ones pass.
func TelegramLimits() *Limits {
	return &Limits{PerSecond: 30, PaidPerSecond: 1000, ChatPerSecond: 1, ChatBurst: 5, GroupPerMinute: 20}
}

// bucket holds tokens, refilled over time, one for each message. The zero bucket is full.
type bucket struct {
	used float64
	at   time.Time
}

// wait is the time until a message may go at this rate (messages a second), 0 if now.
func (b *bucket) wait(now time.Time, rate float64, size float64) time.Duration {
	if rate <= 0 {
		return 0
	}
	if !b.at.IsZero() {
		b.used = max(0, b.used-now.Sub(b.at).Seconds()*rate)
	}
	b.at = now
	if missing := b.used + 1 - size; missing > 1e-9 {
		return time.Duration(missing / rate * float64(time.Second))
	}
	return 0
}

// limit counts one message to c, or refuses it with 429. A refused message costs nothing. The lock is held.
func (s *Server) limit(c *chat, paid bool) error {
	l := s.cfg.Limits
	if l == nil {
		return nil
	}
	now := s.real()
	all, rate := &s.global, l.PerSecond
	if paid {
		all, rate = &s.paid, l.PaidPerSecond
	}
	wait := max(
		all.wait(now, rate, max(rate, 1)),
		c.bucket.wait(now, l.ChatPerSecond, float64(max(l.ChatBurst, 1))),
	)
	if c.person == nil {
		wait = max(wait, c.minute.wait(now, l.GroupPerMinute/60, max(l.GroupPerMinute, 1)))
	}
	if wait > 0 {
		return tooMany(int(math.Ceil(wait.Seconds())))
	}
	all.used++
	c.bucket.used++
	c.minute.used++
	return nil
}
