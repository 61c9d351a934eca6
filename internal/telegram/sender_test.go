package telegram

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// strictTelegram enforces its limits to the letter, in sliding windows, where
// the calls arrive. It runs in a bubble of fake time.
type strictTelegram struct {
	there, back func() time.Duration // what the ways take

	mu      sync.Mutex
	all     []time.Time // arrivals of free calls
	paid    []time.Time
	chats   map[int64][]time.Time
	sent    []Call
	at      []time.Time
	flooded int
}

func (s *strictTelegram) do(_ context.Context, call Call) (Result, error) {
	if s.there != nil {
		time.Sleep(s.there())
	}
	err := s.arrive(call)
	if s.back != nil {
		time.Sleep(s.back())
	}
	return Result{}, err
}

func (s *strictTelegram) arrive(call Call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.chats == nil {
		s.chats = map[int64][]time.Time{}
	}
	s.sent, s.at = append(s.sent, call), append(s.at, now)
	window, limit := &s.all, 30
	if call.Params["allow_paid_broadcast"] != "" {
		window, limit = &s.paid, 1000
	}
	*window = append(*window, now)
	here := append(s.chats[call.ChatID], now)
	s.chats[call.ChatID] = here
	// A chat takes three at once, and then one a second: n calls need n-3 seconds.
	tooFast := within(*window, now, time.Second) > limit || call.ChatID < 0 && within(here, now, time.Minute) > 20
	for n := 4; n <= 10; n++ {
		tooFast = tooFast || within(here, now, time.Duration(n-3)*time.Second) >= n
	}
	if tooFast {
		s.flooded++
		return &Error{Kind: Retry, RetryAfter: time.Second}
	}
	return nil
}

// within counts the times less than d before now.
func within(times []time.Time, now time.Time, d time.Duration) int {
	n := 0
	for i := len(times) - 1; i >= 0 && now.Sub(times[i]) < d; i-- {
		n++
	}
	return n
}

func senderTo(do func(context.Context, Call) (Result, error), l Limits) *Sender {
	s := NewSender(&Client{}, l)
	s.do = do
	return s
}

// sendAll sends from as many goroutines and waits for all; it returns the time taken.
func sendAll(t *testing.T, s *Sender, p Priority, chats ...int64) time.Duration {
	t.Helper()
	start := time.Now()
	var wg sync.WaitGroup
	for _, chat := range chats {
		wg.Go(func() {
			if _, err := s.Send(t.Context(), SendMessage(chat, "hi", nil), p); err != nil {
				t.Errorf("chat %d: %v", chat, err)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func chatsUpTo(n int64) []int64 {
	var ids []int64
	for id := int64(1); id <= n; id++ {
		ids = append(ids, id)
	}
	return ids
}

func fixed(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

// upTo is a way that takes no time when undisturbed, as every second call is.
func upTo(d time.Duration) func() time.Duration {
	return func() time.Duration { return max(0, rand.N(2*d)-d) }
}

// scripted answers the attempts of a chat in turn, and then with success.
func scripted(script map[int64][]error) (do func(context.Context, Call) (Result, error), attempts func(int64) int) {
	var mu sync.Mutex
	count := map[int64]int{}
	do = func(_ context.Context, c Call) (Result, error) {
		mu.Lock()
		defer mu.Unlock()
		n := count[c.ChatID]
		count[c.ChatID]++
		if n < len(script[c.ChatID]) {
			return Result{}, script[c.ChatID][n]
		}
		return Result{MessageID: 5}, nil
	}
	return do, func(chat int64) int {
		mu.Lock()
		defer mu.Unlock()
		return count[chat]
	}
}

// The library parses retry_after and waits for nothing.
func TestFloodInOneChatQuietsThatChatAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		do, attempts := scripted(map[int64][]error{7: {&Error{Kind: Retry, RetryAfter: time.Minute}}})
		s := senderTo(do, Limits{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if took := sendAll(t, s, People, 7); took < time.Minute || took > 61*time.Second {
				t.Errorf("the flooded chat waited %v", took)
			}
		})
		time.Sleep(time.Second)
		if took := sendAll(t, s, People, 8, 9); took > time.Second {
			t.Errorf("other chats waited %v", took)
		}
		wg.Wait()
		if attempts(7) != 2 {
			t.Errorf("%d attempts", attempts(7))
		}
	})
}

func TestFloodInSeveralChatsQuietsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flood := []error{&Error{Kind: Retry, RetryAfter: time.Minute}}
		do, _ := scripted(map[int64][]error{1: flood, 2: flood, 3: flood})
		s := senderTo(do, Limits{})
		var wg sync.WaitGroup
		wg.Go(func() { sendAll(t, s, Deliveries, 1, 2, 3) })
		time.Sleep(time.Second)
		if took := sendAll(t, s, People, 8); took < 58*time.Second {
			t.Errorf("the next call waited only %v", took)
		}
		wg.Wait()
	})
}

func TestWhatIsTriedAgainAndWhatIsNot(t *testing.T) {
	server, network, unknown := &Error{Kind: Server}, &Error{Kind: Network}, &Error{Kind: Unknown}
	repeat := func(e error, n int) []error { return slices.Repeat([]error{e}, n) }
	for _, c := range []struct {
		name     string
		call     Call
		script   []error
		attempts int
		want     error
	}{
		{"server fails for a while", SendMessage(7, "a", nil), repeat(server, 4), 5, nil},
		{"network fails for a while", SendMessage(7, "a", nil), repeat(network, 4), 5, nil},
		{"server fails for long", SendMessage(7, "a", nil), repeat(server, 9), 5, server},
		{"429 does not count", SendMessage(7, "a", nil), append(repeat(&Error{Kind: Retry, RetryAfter: time.Second}, 9), repeat(server, 4)...), 14, nil},
		{"message with unknown outcome", SendMessage(7, "a", nil), repeat(unknown, 9), 1, ErrUnknownOutcome},
		{"quiz with unknown outcome", SendQuiz(7, Quiz{}), repeat(unknown, 9), 1, ErrUnknownOutcome},
		{"edit with unknown outcome", EditMessage(7, 5, "a", nil), repeat(unknown, 1), 2, nil},
		{"edit that was done after all", EditMessage(7, 5, "a", nil), []error{unknown, &Error{Kind: NotModified}}, 2, nil},
		{"not modified", EditMessage(7, 5, "a", nil), repeat(&Error{Kind: NotModified}, 1), 1, nil},
		{"unpaced answer", AnswerCallback("c", "", false), repeat(server, 4), 5, nil},
		{"chat gone", SendMessage(7, "a", nil), repeat(&Error{Kind: Gone}, 9), 1, &Error{Kind: Gone}},
		{"migrated", SendMessage(7, "a", nil), repeat(&Error{Kind: Migrated}, 9), 1, &Error{Kind: Migrated}},
		{"our mistake", SendMessage(7, "a", nil), repeat(&Error{Kind: Bad}, 9), 1, &Error{Kind: Bad}},
		{"revoked", SendMessage(7, "a", nil), repeat(ErrUnauthorized, 9), 1, ErrUnauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				do, attempts := scripted(map[int64][]error{c.call.ChatID: c.script})
				_, err := senderTo(do, Limits{}).Send(t.Context(), c.call, People)
				if kindOf(err) != kindOf(c.want) || attempts(c.call.ChatID) != c.attempts {
					t.Errorf("%v after %d attempts, want %v after %d", err, attempts(c.call.ChatID), c.want, c.attempts)
				}
			})
		})
	}
}

func TestFailedCallKeepsItsPlaceInTheChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		fails := 2
		s := senderTo(func(_ context.Context, c Call) (Result, error) {
			if fails > 0 {
				fails--
				return Result{}, &Error{Kind: Server}
			}
			got = append(got, c.Params["text"])
			return Result{}, nil
		}, Limits{})
		var wg sync.WaitGroup
		for _, text := range []string{"first", "second"} {
			wg.Go(func() { _, _ = s.Send(t.Context(), SendMessage(7, text, nil), People) })
			synctest.Wait()
		}
		wg.Wait()
		if diff := cmp.Diff([]string{"first", "second"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		do, attempts := scripted(map[int64][]error{7: {&Error{Kind: Retry, RetryAfter: time.Hour}}})
		s := senderTo(do, Limits{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		for range 3 { // the first is flooded, two wait behind it
			wg.Go(func() {
				_, err := s.Send(ctx, SendMessage(7, "a", nil), People)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v", err)
				}
			})
		}
		_, err := s.Send(ctx, Call{Method: "sendChatAction"}, People)
		if err != nil {
			t.Errorf("unpaced: %v", err)
		}
		wg.Wait()
		if attempts(7) != 1 {
			t.Errorf("%d attempts", attempts(7))
		}
		// The places that were given up block nobody.
		time.Sleep(time.Hour)
		if took := sendAll(t, s, People, 7); took > 0 {
			t.Errorf("the next call waited %v", took)
		}
	})
}

func TestFloodIsToldWhenTheContextEndsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		do, _ := scripted(map[int64][]error{7: {&Error{Kind: Retry, RetryAfter: time.Hour}}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := senderTo(do, Limits{}).Send(ctx, SendMessage(7, "a", nil), People)
		var e *Error
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || e.RetryAfter != time.Hour {
			t.Errorf("%v", err)
		}
	})
}

func TestOnlyDeliveriesThatCreateArePaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{}
		s := senderTo(server.do, Limits{PaidPerSecond: 1000})
		stored := SendMessage(1, "a", nil)
		for _, c := range []struct {
			call Call
			p    Priority
			paid bool
		}{
			{stored, Deliveries, true},
			{SendQuiz(2, Quiz{}), Deliveries, true},
			{EditMessage(3, 5, "a", nil), Deliveries, false},
			{SendMessage(4, "a", nil), People, false},
			{SendMessage(5, "a", nil), Announcements, false},
		} {
			if _, err := s.Send(t.Context(), c.call, c.p); err != nil {
				t.Fatal(err)
			}
			if _, paid := server.sent[len(server.sent)-1].Params["allow_paid_broadcast"]; paid != c.paid {
				t.Errorf("%s, priority %d: paid %v", c.call.Method, c.p, paid)
			}
		}
		if _, changed := stored.Params["allow_paid_broadcast"]; changed {
			t.Error("the caller's call was changed")
		}
	})
}
