package sandbox

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func updateID(t *testing.T, u map[string]json.RawMessage) int64 {
	t.Helper()
	id, err := strconv.ParseInt(string(u["update_id"]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAnUpdateComesAgainUntilItIsConfirmed(t *testing.T) {
	w := newWorld(t, Config{})
	w.Say(aziza, aziza, "bir")
	w.Say(aziza, aziza, "ikki")
	w.Say(aziza, aziza, "uch")
	first := updateID(t, w.updates("limit=2")[0])
	if again := w.updates(); len(again) != 3 || updateID(t, again[0]) != first {
		t.Fatalf("unconfirmed updates came as %v", again)
	}
	if rest := w.updates("offset=" + strconv.FormatInt(first+1, 10)); len(rest) != 2 || updateID(t, rest[0]) != first+1 {
		t.Fatalf("after confirming one: %v", rest)
	}
	if w.Pending() != 2 {
		t.Errorf("%d updates wait, want 2", w.Pending())
	}
	if last := w.updates("offset=-1"); len(last) != 1 || updateID(t, last[0]) != first+2 || w.Pending() != 1 {
		t.Errorf("a negative offset gave %v", last)
	}
}

func TestAnOffsetFromAnotherLifeLosesNothing(t *testing.T) {
	w := newWorld(t, Config{})
	w.Renumber(100)
	w.Say(aziza, aziza, "bir")
	if got := w.updates("offset=5000"); len(got) != 1 || updateID(t, got[0]) != 100 {
		t.Errorf("updates %v", got)
	}
}

func TestALongPollEndsWithTheFirstUpdate(t *testing.T) {
	w := newWorld(t, Config{})
	got := make(chan []map[string]json.RawMessage)
	go func() { got <- w.updates("timeout=40") }()
	w.waitForPoller()
	w.Say(aziza, aziza, "salom")
	if u := <-got; len(u) != 1 {
		t.Errorf("updates %v", u)
	}
}

// waitForPoller returns once a getUpdates waits.
func (w *world) waitForPoller() {
	w.t.Helper()
	if err := w.Wait(w.t.Context(), func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.queue.poller != nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

func TestTheOlderOfTwoPollersIsEndedWithAConflict(t *testing.T) {
	w := newWorld(t, Config{})
	older := make(chan answer)
	go func() { older <- w.call("getUpdates", "timeout=40") }()
	w.waitForPoller()
	w.call("getUpdates")
	if a := <-older; a.Code != 409 || a.Description != conflict().Description {
		t.Errorf("the older poller got %+v", a)
	}
}

func TestOnlyWantedKindsOfUpdatesComeAndTheWishIsRemembered(t *testing.T) {
	w := newWorld(t, Config{})
	w.updates(`allowed_updates=["callback_query"]`)
	w.Say(aziza, aziza, "salom")
	w.Press(aziza, aziza, 1, "x")
	got := w.updates()
	if len(got) != 1 || got[0]["callback_query"] == nil {
		t.Errorf("updates %v", got)
	}
	w.updates(`allowed_updates=[]`)
	w.Say(aziza, aziza, "salom")
	if got := w.updates(); len(got) != 2 {
		t.Errorf("updates %v", got)
	}
}

func TestInGroupsTheBotHearsOnlyWhatIsMeantForIt(t *testing.T) {
	w := newWorld(t, Config{})
	var own wireMessage
	w.ok(&own, "sendMessage", "chat_id=-5", "text=salom")
	w.Say(aziza, group, "gap")
	w.Say(aziza, group, "/stats@other_bot")
	w.Say(aziza, group, "/stats")
	w.Say(aziza, group, "/stats@Yolchi_bot")
	w.Reply(aziza, group, own.ID, "javob")
	w.Say(aziza, super, "administrator bor")
	w.Say(aziza, channel, "kanal")
	got := w.updates()
	if len(got) != 5 || got[4]["channel_post"] == nil {
		t.Errorf("updates %v", got)
	}
}

func TestIDsOfARestartedServerAreNew(t *testing.T) {
	a, b := firstID(time.Unix(1795000000, 0)), firstID(time.Unix(1795000001, 0))
	if b <= a || firstID(time.Unix(4e9, 0)) >= 1<<31 || a <= 0 {
		t.Errorf("first ids %d, then %d", a, b)
	}
}

func TestBlockingAndJoiningIsToldToTheBot(t *testing.T) {
	w := newWorld(t, Config{})
	w.Block(aziza)
	w.Block(aziza)
	w.Unblock(aziza)
	w.Kick(bobur, group)
	w.Join(bobur, group, false)
	var statuses []string
	for _, u := range w.updates() {
		if raw := u["my_chat_member"]; raw != nil {
			var m struct {
				New struct{ Status string } `json:"new_chat_member"`
			}
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatal(err)
			}
			statuses = append(statuses, m.New.Status)
		} else if u["message"] == nil {
			t.Errorf("unexpected update %v", u)
		}
	}
	if !cmp.Equal(statuses, []string{"kicked", "member", "left", "member"}) { // a group bans nobody
		t.Errorf("statuses %v", statuses)
	}
}

func TestFaultsStrikeInTheirOrderAndOnlyWhereTheyShould(t *testing.T) {
	w := newWorld(t, Config{})
	w.Fail(Fault{Method: "sendMessage", Chat: group, Kind: Status403})
	w.Fail(Fault{Method: "sendMessage", Kind: RetryAfter, Seconds: 7, Times: 2})
	w.Fail(Fault{Method: "sendMessage", Kind: Status500})
	for i, want := range []int{429, 429, 500, 0} {
		if a := w.call("sendMessage", "chat_id=1", "text=a"); a.Code != want || (want == 429) != (a.Parameters.RetryAfter == 7) {
			t.Errorf("call %d got %+v, want code %d", i, a, want)
		}
	}
	if a := w.call("sendMessage", "chat_id=-5", "text=a"); a.Code != 403 {
		t.Errorf("the fault of the group gave %+v", a)
	}
	if n := len(w.Messages(aziza)); n != 1 {
		t.Errorf("%d messages stand in the chat, want 1", n)
	}
}

func TestALostReplyLeavesTheMessageInTheChat(t *testing.T) {
	for _, f := range []Fault{{Kind: Truncate}, {Kind: Reset, After: true}, {Kind: HTML502, After: true}} {
		w := newWorld(t, Config{})
		w.Fail(f)
		form := url.Values{"chat_id": {"1"}, "text": {"a"}}
		if _, err := w.try(t.Context(), "sendMessage", form); err == nil {
			t.Errorf("%+v: the client saw no fault", f)
		}
		if n := len(w.Messages(aziza)); n != 1 {
			t.Errorf("%+v: %d messages, want 1", f, n)
		}
	}
}

func TestAFaultBeforeTheCallLeavesNothing(t *testing.T) {
	for _, kind := range []FaultKind{Reset, HTML502, Hang} {
		w := newWorld(t, Config{})
		w.Fail(Fault{Kind: kind})
		ctx, cancel := context.WithCancel(t.Context())
		if kind == Hang {
			go func() { // the client gives up once the fault has struck
				_ = w.Wait(t.Context(), func() bool { w.mu.Lock(); defer w.mu.Unlock(); return len(w.faults) == 0 })
				cancel()
			}()
		}
		_, err := w.try(ctx, "sendMessage", url.Values{"chat_id": {"1"}, "text": {"a"}})
		cancel()
		if err == nil {
			t.Errorf("kind %d: the client saw no fault", kind)
		}
		if n := len(w.Messages(aziza)); n != 0 {
			t.Errorf("kind %d: %d messages, want 0", kind, n)
		}
	}
}

func TestTheLimitsOfTelegramAreKept(t *testing.T) {
	w := newWorld(t, Config{Limits: TelegramLimits()})
	now := time.Unix(1e9, 0)
	w.real = func() time.Time { return now }
	burst := func(chat string, n int, more ...string) (sent int, last answer) {
		for range n {
			if last = w.call("sendMessage", append([]string{"chat_id=" + chat, "text=a"}, more...)...); last.OK {
				sent++
			}
		}
		return sent, last
	}
	if sent, last := burst("1", 10); sent != 5 || last.Description != "Too Many Requests: retry after 1" || last.Parameters.RetryAfter != 1 {
		t.Errorf("a chat took %d at once, then %+v", sent, last)
	}
	now = now.Add(time.Second)
	if sent, _ := burst("1", 10); sent != 1 {
		t.Errorf("a second later it took %d more", sent)
	}
	total := 0
	for range 60 {
		now = now.Add(time.Second)
		n, _ := burst("-5", 1)
		total += n
	}
	if total != 39 { // 20 at once, and 20 a minute
		t.Errorf("the group took %d in its first minute", total)
	}
	now = now.Add(time.Hour)
	sent := 0
	for id := int64(1000); id < 1100; id++ {
		w.AddPerson(Person{ID: id, FirstName: "x", Started: true})
		n, _ := burst(strconv.FormatInt(id, 10), 1)
		sent += n
	}
	if sent != 30 {
		t.Errorf("all chats together took %d in one moment", sent)
	}
	if n, last := burst("1090", 1, "allow_paid_broadcast=true"); n != 1 {
		t.Errorf("a paid message was refused: %+v", last)
	}
}

func TestEverybodyAtOnce(t *testing.T) {
	w := newWorld(t, Config{})
	const each = 30
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range each {
				w.Say(aziza, aziza, strconv.Itoa(i))
				w.call("sendMessage", "chat_id=1", "text=a")
				w.Messages(aziza)
				w.state()
			}
		})
	}
	all.Go(func() {
		seen, offset := 0, int64(0)
		for seen < 4*each {
			for _, u := range w.updates("timeout=20", "offset="+strconv.FormatInt(offset, 10)) {
				offset = updateID(t, u) + 1
				seen++
			}
		}
	})
	all.Wait()
	if n := len(w.Messages(aziza)); n != 8*each {
		t.Errorf("%d messages, want %d", n, 8*each)
	}
	for i, c := range w.Calls() {
		if c.Code != 200 || c.Method == "" || c.At.IsZero() {
			t.Errorf("call %d was recorded as %+v", i, c)
		}
	}
}
