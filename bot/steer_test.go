package bot

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// counting counts announcements on their way, and calls at each.
type counting struct {
	Sender
	n  atomic.Int64
	at func(n int64)
}

func (c *counting) Send(ctx context.Context, call telegram.Call, p telegram.Priority) (telegram.Result, error) {
	if p == telegram.Announcements {
		c.at(c.n.Add(1))
	}
	return c.Sender.Send(ctx, call, p)
}

// whileItRuns begins an announcement to n chats and presses a button in the
// middle of it.
func (w *world) whileItRuns(n int, press string) {
	w.t.Helper()
	w.followers(n, nil)
	w.begin(emma)
	w.announce("News")
	reached, pressed := make(chan struct{}), make(chan struct{})
	w.bot.Sender = &counting{Sender: w.bot.Sender, at: func(i int64) {
		if i == int64(n/3) {
			close(reached)
		}
		if i >= int64(n/3) {
			<-pressed
		}
	}}
	go func() {
		<-reached
		defer close(pressed)
		w.press(emma, press)
	}()
	w.tick(w.clock("09:01"))
}

// counts are how many of n chats were told the news, and how many of them more
// than once.
func (w *world) counts(n int) (told, twice int) {
	for id := int64(1); id <= int64(n); id++ {
		times := w.told(id, "News")
		told, twice = told+min(times, 1), twice+max(times-1, 0)
	}
	return told, twice
}

func TestPausedItStopsAtOnceAndGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	const n = 300
	w.whileItRuns(n, "⏸ Pause")
	told, twice := w.counts(n)
	if told < n/3-1 || told > n/3+30 || twice > 0 {
		t.Errorf("when it was paused %d were told, %d of them twice", told, twice)
	}
	w.tick(w.clock("09:30"))
	if again, _ := w.counts(n); again != told {
		t.Errorf("paused it went on from %d to %d", told, again)
	}
	w.say(emma, "/broadcast")
	if text := w.last(emma).Text; !strings.HasPrefix(text, "⏸ Your announcement is paused") {
		t.Errorf("/broadcast shows %q", text)
	}
	w.press(emma, "▶️ Go on")
	w.tick(w.clock("09:31"))
	if told, twice := w.counts(n); told != n || twice > 0 {
		t.Errorf("%d of %d were told, %d of them twice", told, n, twice)
	}
	if text := w.transcript(emma); !strings.Contains(text, "Your announcement is out") || !strings.Contains(text, fmt.Sprintf("%d of %d chats · 100%%", n+1, n+1)) {
		t.Errorf("the end is:\n%s", text)
	}
}

func TestStoppedTheRestNeverGoes(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	const n = 300
	w.whileItRuns(n, "⏹ Stop")
	told, _ := w.counts(n)
	if told > n/3+30 {
		t.Errorf("when it was stopped %d were told", told)
	}
	id := w.last(emma).ID
	w.pressData(emma, id, "1:bcast:resume:1") // an old button
	w.tick(w.clock("+1 09:30"))
	if again, _ := w.counts(n); again != told {
		t.Errorf("stopped it went on from %d to %d", told, again)
	}
	for _, m := range w.sandbox.Messages(emma) {
		if strings.HasPrefix(m.Text, "⏹ Your announcement was stopped") {
			if !strings.Contains(m.Text, fmt.Sprintf("Not sent: %d", n+1-told)) && !strings.Contains(m.Text, fmt.Sprintf("Not sent: %d", n-told)) {
				t.Errorf("%d were told, and the end is %q", told, m.Text)
			}
			return
		}
	}
	t.Error("nobody says that it was stopped")
}

// Whoever dies in the middle leaves nobody out, and tells nobody twice who was
// recorded.
func TestAnotherProcessGoesOnWhereOneStopped(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	const n = 300
	w.followers(n, nil)
	w.begin(emma)
	w.announce("News")
	w.at(w.clock("09:01"))
	for _, part := range []int64{40, 90} {
		ctx, stop := context.WithCancel(w.ctx)
		before := w.bot.Sender
		w.bot.Sender = &counting{Sender: before, at: func(i int64) {
			if i == part {
				stop()
			}
		}}
		if err := w.scheduler.Tick(ctx); err == nil {
			t.Error("the tick was not interrupted")
		}
		stop()
		w.bot.Sender = before
	}
	w.bot.reports = reports{} // as another process would begin
	w.tick(w.clock("09:02"))
	if told, twice := w.counts(n); told != n || twice > 0 {
		t.Errorf("%d of %d were told, %d of them twice", told, n, twice)
	}
	if w.told(emma, "✅ Your announcement is out") != 1 {
		t.Errorf("nobody says that it is out:\n%s", w.transcript(emma))
	}
}

func TestTheProgressIsShownAgainAndTheLostMessageReplaced(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.followers(3, func(c *store.Chat) { c.Zone = "America/New_York" })
	w.begin(emma)
	w.announce("News")
	w.tick(w.clock("09:01"))
	first := w.last(emma).ID
	w.say(emma, "/broadcast")
	again := w.last(emma)
	if again.ID == first || !strings.Contains(again.Text, "Waiting for their morning: 3") {
		t.Errorf("/broadcast shows %q", again.Text)
	}
	w.tick(w.clock("18:00")) // 08:00 there
	if text := w.last(emma).Text; w.last(emma).ID != again.ID || !strings.HasPrefix(text, "✅ Your announcement is out") {
		t.Errorf("the newest message ends as %q", text)
	}
	edits := 0
	for _, call := range w.sandbox.Calls() {
		if call.Method == "editMessageText" && strings.Contains(call.Params["text"], "nnouncement") {
			edits++
		}
	}
	if edits > 6 {
		t.Errorf("%d edits", edits)
	}
	w.tick(w.clock("18:05"))
	if open, err := w.bot.Store.Untold(w.ctx); err != nil || len(open) > 0 || w.broadcast(1).State != store.Done {
		t.Errorf("it is %q, and left open are %v (%v)", w.broadcast(1).State, open, err)
	}
}
