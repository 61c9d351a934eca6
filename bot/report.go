package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// reportPause is the least time between two looks at how announcements go, and
// reportShare how many times as long as counting took it is.
const (
	reportPause = 3 * time.Second
	reportShare = 20
)

// reportTimeout is how long it may take to show how one announcement goes.
const reportTimeout = 10 * time.Second

// reports remembers what was shown last of each broadcast. Whoever delivers
// after us begins without it.
type reports struct {
	mu    sync.Mutex
	next  time.Time // not before
	shown map[int64]string
	begun map[int64]mark
}

// mark is how far a broadcast was at an instant.
type mark struct {
	at   time.Time
	over int
}

// Report shows who wrote an announcement how it goes, in the one message about
// it, and notes which are done. Unless last, it does nothing if it did a moment
// ago.
func (b *Bot) Report(ctx context.Context, last bool) error {
	r := &b.reports
	r.mu.Lock()
	defer r.mu.Unlock()
	start := time.Now()
	if !last && start.Before(r.next) {
		return nil
	}
	defer func() { r.next = time.Now().Add(max(reportPause, reportShare*time.Since(start))) }()
	open, err := b.Store.Untold(ctx)
	if err != nil {
		return err
	}
	for _, broadcast := range open { // the trouble of one is not that of the others
		if e := b.report(ctx, broadcast); e != nil {
			err = errors.Join(err, fmt.Errorf("telling how announcement %d goes: %w", broadcast.ID, e))
		}
	}
	return err
}

func (b *Bot) report(ctx context.Context, x store.Broadcast) error {
	ctx, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	tally, err := b.Store.Tally(ctx, x, b.Now())
	if err != nil {
		return err
	}
	if x.State == store.Running && x.Planned && tally.Waiting+tally.Hand == 0 {
		if err := b.Store.EndBroadcast(ctx, x.ID); err != nil {
			return err
		}
		var ok bool
		if x, ok, err = b.Store.Broadcast(ctx, x.ID); err != nil || !ok { // paused or forgotten meanwhile
			return err
		}
	}
	over := x.State == store.Done || x.State == store.Stopped
	if x.Message == 0 && !over { // it is on its way
		return nil
	}
	var s screen
	err = b.Store.View(ctx, store.Person(x.ChatID), b.Now(), func(tx *store.Tx) error {
		t := b.turn(tx)
		s = t.progressOf(x, tally, b.reports.rate(x, tally))
		return nil
	})
	if err != nil {
		return err
	}
	if b.reports.shown[x.ID] != s.html {
		call := telegram.SendMessage(x.ChatID, s.html, s.keys)
		if x.Message != 0 {
			call = telegram.EditMessage(x.ChatID, x.Message, s.html, s.keys)
		}
		if _, err := b.send(ctx, call.WithRef(broadcastRef{x.ID}), telegram.Deliveries); err != nil && kind(err) != telegram.Gone {
			return err
		}
		b.reports.keep(x.ID, s.html)
	}
	if over && tally.Hand == 0 {
		return b.Store.ToldBroadcast(ctx, x.ID)
	}
	return nil
}

func (r *reports) keep(id int64, html string) {
	if r.shown == nil {
		r.shown = map[int64]string{}
	}
	r.shown[id] = html
}

// rate is how many chats a second are served since this process first looked, 0
// if it cannot tell.
func (r *reports) rate(x store.Broadcast, c store.Tally) float64 {
	now := time.Now()
	if r.begun == nil {
		r.begun = map[int64]mark{}
	}
	if x.State != store.Running || c.Waiting == c.Morning && c.Hand == 0 {
		delete(r.begun, x.ID)
		return 0
	}
	first, ok := r.begun[x.ID]
	if !ok {
		r.begun[x.ID] = mark{now, c.Over()}
		return 0
	}
	if took := now.Sub(first.at); took >= time.Second {
		return float64(c.Over()-first.over) / took.Seconds()
	}
	return 0
}

// broadcastRef says on a call which broadcast's progress it shows.
type broadcastRef struct {
	Broadcast int64 `json:"broadcast"`
}

// watched notes which message shows the progress of a broadcast. What other
// calls have as their note names none.
func (b *Bot) watched(ctx context.Context, call telegram.Call, message int64) error {
	var ref broadcastRef
	if call.Method != "sendMessage" || message == 0 || json.Unmarshal(call.Ref, &ref) != nil || ref.Broadcast == 0 {
		return nil
	}
	return patiently(ctx, func() error { return b.Store.WatchBroadcast(ctx, ref.Broadcast, call.ChatID, message) })
}

// tallied counts how the announcement goes that an update may be about: the one
// whose button was pressed, or that which is on its way when somebody who runs
// the bot writes. As reached, it is done before the visit.
func (b *Bot) tallied(ctx context.Context, u telegram.Update) (tally store.Tally, err error) {
	from := u.From()
	if from == nil || !slices.Contains(b.Admins, from.ID) || u.ChatID() != from.ID {
		return tally, nil
	}
	var x store.Broadcast
	var ok bool
	switch {
	case u.Callback != nil:
		_, word, arg := parsePress(u.Callback.Data)
		wish, rest, _ := strings.Cut(arg, ":")
		id, bad := strconv.ParseInt(rest, 10, 64)
		if word != "bcast" || steering[wish] == "" || bad != nil {
			return tally, nil
		}
		x, ok, err = b.Store.Broadcast(ctx, id)
	case u.Message != nil:
		x, ok, err = b.Store.OpenBroadcast(ctx)
	}
	if err != nil || !ok {
		return tally, err
	}
	return b.Store.Tally(ctx, x, b.Now())
}

// watch shows how a broadcast goes in a new message, which is kept up to date.
func (t *turn) watch(x store.Broadcast) {
	s := t.progressOf(x, t.tally, 0)
	t.send(telegram.SendMessage(t.here.ChatID, s.html, s.keys).WithRef(broadcastRef{x.ID}))
}

// steering is what the buttons under the progress make of a broadcast.
var steering = map[string]string{"pause": store.Paused, "resume": store.Running, "stop": store.Stopped}

// steer pauses, resumes or stops a broadcast, whoever of those who run the bot
// wrote it.
func (t *turn) steer(ctx context.Context, wish, arg string) error {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return errOld
	}
	x, ok, err := t.tx.Steer(ctx, id, steering[wish], t.pressed())
	if err != nil || !ok {
		return errOr(err, errOld)
	}
	t.show(t.progressOf(x, t.tally, 0))
	return nil
}

// errOr is err, or another one if it is nil.
func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// progressOf shows how far a broadcast is. A rate of 0 is not known.
func (t *turn) progressOf(x store.Broadcast, c store.Tally, rate float64) screen {
	all := c.All()
	if !x.Planned {
		all = max(all, x.Size)
	}
	percent := 100
	if all > 0 {
		percent = c.Over() * 100 / all
	}
	title := "broadcast." + x.State
	if x.State == store.Running && c.All() == 0 {
		title = "broadcast.begins"
	}
	lines := []string{
		t.T(title), bar(c.Over(), max(all, 1)) + " " + t.T("broadcast.over", "Over", t.number(c.Over()), "All", t.chats(all), "Percent", percent),
		"", t.T("broadcast.sent", "Number", t.number(c.Sent)),
	}
	for _, part := range []struct {
		key string
		n   int
	}{{"broadcast.gone", c.Gone}, {"broadcast.failed", c.Failed}, {"broadcast.left", c.Left}} {
		if part.n > 0 {
			lines = append(lines, t.T(part.key, "Number", t.number(part.n)))
		}
	}
	open := x.State == store.Running || x.State == store.Paused
	if open && c.Morning > 0 {
		lines = append(lines, t.T("broadcast.morning", "Number", t.number(c.Morning)))
	}
	if rest := all - c.Over(); x.State == store.Stopped && rest > 0 {
		lines = append(lines, t.T("broadcast.rest", "Number", t.number(rest)))
	}
	if left := all - c.Over() - c.Morning; rate > 0 && left > 0 {
		rest := t.span(time.Duration(float64(left) / rate * float64(time.Second)))
		lines = append(lines, "", t.T("broadcast.rate", "Rate", strconv.FormatFloat(rate, 'f', 1, 64), "Time", rest))
	}
	if !open {
		return screen{strings.Join(lines, "\n"), nil}
	}
	id := strconv.FormatInt(x.ID, 10)
	stop := button(t.plain("button.bcast.stop"), "bcast", "stop", id)
	stop.Style = "danger"
	toggle := button(t.plain("button.bcast.pause"), "bcast", "pause", id)
	if x.State == store.Paused {
		toggle = button(t.plain("button.bcast.resume"), "bcast", "resume", id)
	}
	return screen{strings.Join(lines, "\n"), rows(row(toggle, stop))}
}
