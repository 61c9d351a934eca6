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

func TestSenderIsAsFastAsAllowedAndNeverFaster(t *testing.T) {
	for _, c := range []struct {
		name        string
		there, back func() time.Duration
		limits      Limits
		calls       int64
		perSecond   float64
		share       float64 // of the ideal rate
	}{
		{"near", fixed(time.Millisecond), fixed(time.Millisecond), Limits{}, 900, 30, 0.98},
		{"far", fixed(100 * time.Millisecond), fixed(50 * time.Millisecond), Limits{}, 900, 30, 0.98},
		{"unsteady", upTo(50 * time.Millisecond), upTo(10 * time.Millisecond), Limits{}, 900, 30, 0.94},
		{"very unsteady", upTo(time.Second), upTo(time.Second), Limits{}, 900, 30, 0.45},
		{"paid", upTo(5 * time.Millisecond), upTo(5 * time.Millisecond), Limits{PaidPerSecond: 1000}, 5_000, 1000, 0.95},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &strictTelegram{there: c.there, back: c.back}
				took := sendAll(t, senderTo(server.do, c.limits), Deliveries, chatsUpTo(c.calls)...)
				share := float64(c.calls) / c.perSecond / took.Seconds()
				t.Logf("%.3f of the ideal rate", share)
				if server.flooded > 0 || share < c.share || len(server.sent) != int(c.calls) {
					t.Errorf("%d calls, %d refused, %.3f of the ideal rate, want %v", len(server.sent), server.flooded, share, c.share)
				}
			})
		})
	}
}

func TestPersonGetsAFewAtOnceAndThenOneASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{there: upTo(20 * time.Millisecond), back: upTo(20 * time.Millisecond)}
		s := senderTo(server.do, Limits{})
		if took := sendAll(t, s, People, 7, 7, 7); took > 200*time.Millisecond {
			t.Errorf("three calls took %v", took)
		}
		if took := sendAll(t, s, People, slices.Repeat([]int64{7}, 20)...); took < 19*time.Second || took > 22*time.Second {
			t.Errorf("twenty more took %v", took)
		}
		if server.flooded > 0 {
			t.Errorf("%d refused", server.flooded)
		}
	})
}

func TestDeliveriesKeepASecondApartInAChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{}
		if took := sendAll(t, senderTo(server.do, Limits{}), Deliveries, 7, 7, 7, 7); took != 3*time.Second {
			t.Errorf("four took %v", took)
		}
	})
}

func TestGroupGetsTwentyAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{there: upTo(50 * time.Millisecond), back: upTo(50 * time.Millisecond)}
		took := sendAll(t, senderTo(server.do, Limits{}), People, slices.Repeat([]int64{-7}, 60)...)
		if server.flooded > 0 || took < 2*time.Minute || took > 140*time.Second {
			t.Errorf("60 calls took %v, %d refused", took, server.flooded)
		}
	})
}

func TestPeopleOvertakeEveryDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{}
		s := senderTo(server.do, Limits{})
		var wg sync.WaitGroup
		wg.Go(func() { sendAll(t, s, Deliveries, chatsUpTo(600)...) })
		time.Sleep(5 * time.Second)
		if took := sendAll(t, s, People, 10_001, 10_002, 10_003); took > 200*time.Millisecond {
			t.Errorf("people waited %v behind deliveries", took)
		}
		wg.Wait()
	})
}

func TestPeopleFindAPlaceWhileABroadcastTakesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{there: upTo(5 * time.Millisecond), back: upTo(5 * time.Millisecond)}
		s := senderTo(server.do, Limits{})
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, chat := range chatsUpTo(3_000) {
			wg.Go(func() { _, _ = s.Send(ctx, SendMessage(chat, "topic", nil), Deliveries) })
		}
		time.Sleep(5 * time.Second)
		for i := range int64(100) {
			took := sendAll(t, s, People, 10_000+i)
			if i > 10 && took > 10*time.Millisecond { // the first ones are not expected yet
				t.Errorf("person %d waited %v", i, took)
			}
			time.Sleep(200 * time.Millisecond)
		}
		stop()
		wg.Wait()
		if server.flooded > 0 {
			t.Errorf("%d refused", server.flooded)
		}
	})
}

func TestCallsOfAChatKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{there: upTo(time.Second)}
		s := senderTo(server.do, Limits{})
		var wg sync.WaitGroup
		var want, got []string
		for _, text := range []string{"a", "b", "c", "d", "e"} {
			want = append(want, text)
			wg.Go(func() { _, _ = s.Send(t.Context(), SendMessage(7, text, nil), People) })
			synctest.Wait()
		}
		wg.Wait()
		for _, c := range server.sent {
			got = append(got, c.Params["text"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMemoryDoesNotGrowWithTheChats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		do, _ := scripted(nil)
		s := senderTo(do, Limits{PaidPerSecond: 1000})
		for from := int64(0); from < 20_000; from += 1000 {
			chats := chatsUpTo(1000)
			for i := range chats {
				chats[i] += from
			}
			sendAll(t, s, Deliveries, chats...)
		}
		if n := len(s.pacer.chats); n > 5000 {
			t.Errorf("%d chats remembered", n)
		}
		if n := len(s.pacer.gates[paid].landed); n > 1000 {
			t.Errorf("%d landings remembered", n)
		}
	})
}

// Everything at once, for the race detector: nobody is left behind.
func TestCrowdOfWaitersIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{there: upTo(30 * time.Millisecond), back: upTo(30 * time.Millisecond)}
		s := senderTo(server.do, Limits{})
		var wg sync.WaitGroup
		served := make([]int, 2)
		var mu sync.Mutex
		for i := range 1000 {
			wg.Go(func() {
				time.Sleep(rand.N(20 * time.Second))
				ctx, cancel := context.WithTimeout(t.Context(), rand.N(time.Minute))
				defer cancel()
				p := Priority(i % 2)
				_, err := s.Send(ctx, SendMessage(int64(i%150)-20|1, "a", nil), p) // odd: 0 is not paced
				if err == nil {
					mu.Lock()
					served[p]++
					mu.Unlock()
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if server.flooded > 0 || served[People] < served[Deliveries] {
			t.Errorf("served %v, %d refused", served, server.flooded)
		}
		for i := range s.pacer.lanes {
			if n := s.pacer.lanes[i].Len(); n != 0 {
				t.Errorf("%d lanes left in class %d", n, i)
			}
		}
		if s.pacer.gates[people].flying != 0 {
			t.Errorf("%d in flight at the end", s.pacer.gates[people].flying)
		}
	})
}

func TestAnnouncementsTakeWhatTopicsLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strictTelegram{there: upTo(5 * time.Millisecond), back: upTo(5 * time.Millisecond)}
		s := senderTo(server.do, Limits{})
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, chat := range chatsUpTo(900) {
			wg.Go(func() { _, _ = s.Send(ctx, SendMessage(chat, "news", nil), Announcements) })
		}
		time.Sleep(5 * time.Second)
		topics := make([]int64, 60)
		for i := range topics {
			topics[i] = 10_000 + int64(i)
		}
		if took := sendAll(t, s, Deliveries, topics...); took > 3*time.Second {
			t.Errorf("60 topics took %v beside an announcement", took)
		}
		if took := sendAll(t, s, People, 20_000); took > 200*time.Millisecond {
			t.Errorf("a person waited %v", took)
		}
		stop()
		wg.Wait()
		if server.flooded > 0 {
			t.Errorf("%d refused", server.flooded)
		}
	})
}
