package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// broadcast is one by its id.
func (w *world) broadcast(id int64) store.Broadcast {
	w.t.Helper()
	x, ok, err := w.bot.Store.Broadcast(w.ctx, id)
	if err != nil || !ok {
		w.t.Fatalf("broadcast %d is there: %t (%v)", id, ok, err)
	}
	return x
}

// Whoever presses Pause in the last moment finds it paused, and can end it.
func TestPausedInTheLastMomentItIsNotDone(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.announce("News")
	sender := w.bot.Sender
	w.bot.Sender = reportsFail{sender, emma} // so that its end is not told yet
	w.tick(w.clock("09:01"))
	w.bot.Sender = sender
	if _, err := w.bot.Store.Pool().ExecContext(w.ctx, `UPDATE broadcasts SET state = 'running', told = false`); err != nil {
		t.Fatal(err)
	}
	before := w.broadcast(1) // what the report has read, and then:
	w.press(emma, "⏸ Pause")
	if err := w.bot.report(w.ctx, before); err != nil {
		t.Fatal(err)
	}
	open, err := w.bot.Store.Untold(w.ctx)
	if err != nil || len(open) != 1 || open[0].State != store.Paused {
		t.Errorf("not told are %v (%v)", open, err)
	}
	if w.told(emma, "⏸ Your announcement is paused") != 1 {
		t.Errorf("paused it shows:\n%s", w.transcript(emma))
	}
	w.press(emma, "▶️ Go on")
	w.tick(w.clock("09:02"))
	if w.told(emma, "✅ Your announcement is out") != 1 {
		t.Errorf("its end is not shown:\n%s", w.transcript(emma))
	}
	w.say(emma, "/broadcast")
	if text := w.last(emma).Text; strings.Contains(text, "paused") {
		t.Errorf("the next /broadcast is answered by %q", text)
	}
}

// reportsFail is a sender by which no progress reaches a chat.
type reportsFail struct {
	Sender
	chat int64
}

func (f reportsFail) Send(ctx context.Context, call telegram.Call, p telegram.Priority) (telegram.Result, error) {
	if call.ChatID == f.chat && p == telegram.Deliveries {
		if until, ok := ctx.Deadline(); !ok || time.Until(until) > reportTimeout {
			return telegram.Result{}, errors.New("a report waits for ever")
		}
		return telegram.Result{}, errReport
	}
	return f.Sender.Send(ctx, call, p)
}

var errReport = errors.New("not now")

func TestAReportThatFailsHoldsBackNoOther(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.begin(aziza)
	w.announce("News")
	w.press(emma, "⏹ Stop")
	for _, text := range []string{"/broadcast", "Yangilik", "News"} {
		w.say(aziza, text)
	}
	w.pressData(aziza, w.last(aziza).ID, "1:bcast:to:all")
	w.say(aziza, "YUBORISH")
	w.press(aziza, "⏹ Stop")
	w.bot.reports = reports{}
	w.bot.Sender = reportsFail{w.bot.Sender, emma}
	if err := w.bot.Report(w.ctx, true); !errors.Is(err, errReport) {
		t.Errorf("the failure is %v", err)
	}
	if open, err := w.bot.Store.Untold(w.ctx); err != nil || len(open) != 1 || open[0].ChatID != emma {
		t.Errorf("not told are %v (%v)", open, err)
	}
}

// Two who send at the same moment: one goes out, and both see it.
func TestWhoSendsWhileAnotherGoesOutSeesThatOne(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.begin(aziza)
	for _, text := range []string{"/broadcast", "Yangilik", "News too"} {
		w.say(aziza, text)
	}
	w.pressData(aziza, w.last(aziza).ID, "1:bcast:to:all")
	w.announce("News")
	w.say(aziza, "YUBORISH")
	if first, second := w.broadcast(1), w.broadcast(2); first.State != store.Draft || second.State != store.Running {
		t.Errorf("the first is %q, the second %q", first.State, second.State)
	}
	if data := w.last(aziza).Keyboard[0][0].Data; data != "1:bcast:pause:2" {
		t.Errorf("the button is %q", data)
	}
}

// Figures stand where they are looked for, though no visit counts them.
func TestWhoLooksAtAnAnnouncementSeesItsFigures(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.followers(3, func(c *store.Chat) { c.Zone = "America/New_York" })
	w.begin(emma)
	w.announce("News")
	w.tick(w.clock("09:01"))
	w.bot.reports = reports{} // as after a restart
	w.say(emma, "/broadcast")
	if text := w.last(emma).Text; !strings.Contains(text, "1 of 4 chats") {
		t.Errorf("/broadcast shows %q", text)
	}
	w.press(emma, "⏹ Stop")
	if text := w.last(emma).Text; !strings.Contains(text, "Not sent: 3") {
		t.Errorf("stopped it shows %q", text)
	}
}

func TestWhoForgetsStopsTheirAnnouncement(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.followers(3, func(c *store.Chat) { c.Zone = "America/New_York" })
	w.begin(emma)
	w.announce("News")
	w.tick(w.clock("09:01"))
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error { return tx.Forget(ctx) })
	w.tick(w.clock("18:00")) // 08:00 there
	for id := int64(1); id <= 3; id++ {
		if w.told(id, "News") > 0 {
			t.Errorf("chat %d was told", id)
		}
	}
}
