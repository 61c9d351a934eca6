package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// updateQueue is getUpdates as Telegram does it: an offset confirms and forgets,
// the rest is given again at once, and without news the request is held.
type updateQueue struct {
	mu      sync.Mutex
	waiting []string // raw updates
	news    chan struct{}
	polls   []string // offset of each request; "-" for none
	trouble []func() (*http.Response, error)
}

func newUpdateQueue(raw ...string) *updateQueue {
	return &updateQueue{waiting: raw, news: make(chan struct{}, 1)}
}

func (q *updateQueue) add(raw ...string) {
	q.mu.Lock()
	q.waiting = append(q.waiting, raw...)
	q.mu.Unlock()
	q.news <- struct{}{}
}

func (q *updateQueue) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

func (q *updateQueue) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	if got := r.PostForm.Get("allowed_updates"); got != allowedUpdates {
		return nil, fmt.Errorf("allowed_updates is %s", got)
	}
	offset, _ := strconv.ParseInt(r.PostForm.Get("offset"), 10, 64)
	hold, _ := strconv.Atoi(r.PostForm.Get("timeout"))
	var timeout <-chan time.Time
	for {
		q.mu.Lock()
		if timeout == nil {
			q.polls = append(q.polls, r.PostForm.Get("offset"))
			timeout = time.After(time.Duration(hold) * time.Second)
			if len(q.trouble) > 0 {
				next := q.trouble[0]
				q.trouble = q.trouble[1:]
				q.mu.Unlock()
				return next()
			}
		}
		q.waiting = slices.DeleteFunc(q.waiting, func(raw string) bool {
			id := idOf(raw)
			return 0 < id && id < offset && offset-id < 1000 // renumbered ids are not confirmed
		})
		batch := strings.Join(q.waiting[:min(len(q.waiting), pollBatch)], ",")
		q.mu.Unlock()
		if batch == "" {
			select {
			case <-q.news:
				continue
			case <-timeout:
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		return answerJSON(`{"ok":true,"result":[` + batch + `]}`), nil
	}
}

func idOf(raw string) int64 {
	var u struct {
		ID int64 `json:"update_id"`
	}
	_ = json.Unmarshal([]byte(raw), &u)
	return u.ID
}

func say(id int64) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1,"chat":{"id":7},"text":"hi"}}`, id)
}

// polling runs Poll until stop, inside a bubble of fake time.
type polling struct {
	queue  *updateQueue
	log    bytes.Buffer
	mu     sync.Mutex
	got    []int64
	dones  map[int64]func()
	held   map[int64]bool // updates whose handler does not end by itself
	result chan error
	stop   context.CancelFunc
}

func startPolling(t *testing.T, queue *updateQueue, held ...int64) *polling {
	p := &polling{queue: queue, dones: map[int64]func(){}, held: map[int64]bool{}, result: make(chan error, 1)}
	for _, id := range held {
		p.held[id] = true
	}
	ctx, stop := context.WithCancel(t.Context())
	p.stop = stop
	c := clientOver(queue.RoundTrip, &p.log)
	go func() {
		p.result <- c.Poll(ctx, func(u Update, done func()) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.got = append(p.got, u.ID)
			p.dones[u.ID] = done
			if !p.held[u.ID] {
				go done()
			}
		})
	}()
	return p
}

func (p *polling) handed() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *polling) done(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dones[id]()
}

// end stops polling, which must end well and without the token in the log.
func (p *polling) end(t *testing.T) {
	t.Helper()
	p.stop()
	if err := <-p.result; err != nil {
		t.Errorf("Poll: %v", err)
	}
	if strings.Contains(p.log.String(), testSecret) {
		t.Errorf("the token is in the log:\n%s", &p.log)
	}
}

func wantHanded(t *testing.T, p *polling, want ...int64) {
	t.Helper()
	if diff := cmp.Diff(want, p.handed()); diff != "" {
		t.Errorf("handed out: %s", diff)
	}
}

// elapse lets fake time pass, and then all that it set in motion come to rest.
func elapse(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// The library confirms what nobody has handled yet.
func TestUpdateIsConfirmedOnlyWhenItIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue(say(10), say(11), say(12))
		p := startPolling(t, q, 11)
		elapse(time.Minute)
		wantHanded(t, p, 10, 11, 12)
		if q.left() != 2 {
			t.Errorf("%d updates unconfirmed, want 11 and 12", q.left())
		}
		p.done(11)
		p.done(11) // once more changes nothing
		elapse(time.Minute)
		wantHanded(t, p, 10, 11, 12)
		if q.left() != 0 {
			t.Errorf("%d updates unconfirmed after all were done", q.left())
		}
		p.end(t)
	})
}

// Rule 4: two chats never wait for each other.
func TestSlowUpdateHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue(say(10))
		p := startPolling(t, q, 10)
		elapse(time.Minute)
		q.add(say(11))
		elapse(settleWait)
		wantHanded(t, p, 10, 11)
		if polls := len(q.polls); polls > 60*4+3 {
			t.Errorf("%d polls in a minute: a busy loop", polls)
		}
		p.end(t)
	})
}

func TestStopConfirmsWhatIsDoneAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue(say(10), say(11), say(12))
		p := startPolling(t, q, 11, 12)
		synctest.Wait()
		p.stop()
		elapse(farewell / 2)
		p.done(11)
		start := time.Now()
		p.end(t)
		if took := time.Since(start); took > farewell {
			t.Errorf("the end took %v", took)
		}
		if q.left() != 1 || idOf(q.waiting[0]) != 12 {
			t.Errorf("left unconfirmed: %v", q.waiting)
		}
	})
}

func TestStopWithNothingNewAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue()
		p := startPolling(t, q)
		synctest.Wait()
		p.end(t)
		if len(q.polls) != 1 {
			t.Errorf("polls: %q", q.polls)
		}
	})
}

// One bad update stops the library for good.
func TestUnreadableUpdateIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue(say(10), `{"update_id":11,"message":{"text":["secret words"],"date":1}}`, `{"update_id":12,"chosen_inline_result":{}}`, say(13))
		p := startPolling(t, q)
		elapse(time.Second)
		wantHanded(t, p, 10, 13)
		if q.left() != 0 {
			t.Errorf("unconfirmed: %v", q.waiting)
		}
		if log := p.log.String(); !strings.Contains(log, "update=11") || strings.Contains(log, "secret words") {
			t.Errorf("log: %s", log)
		}
		p.end(t)
	})
}

func TestUpdateWithoutAnIDNeitherStopsNorSpins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue(`{"update_id":"x"}`, `5`)
		p := startPolling(t, q)
		elapse(time.Minute)
		q.add(say(10))
		elapse(2 * time.Second)
		wantHanded(t, p, 10)
		if len(q.polls) > 70 {
			t.Errorf("%d polls in a minute: a busy loop", len(q.polls))
		}
		p.end(t)
	})
}

// After a silent week ids start at random, perhaps lower; the library
// then asks thousands of times a second and delivers nothing.
func TestRenumberedUpdatesAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue(say(900_000))
		p := startPolling(t, q)
		elapse(time.Second)
		q.add(say(500), say(501))
		elapse(10 * time.Second)
		wantHanded(t, p, 900_000, 500, 501)
		q.add(say(502))
		elapse(10 * time.Second)
		wantHanded(t, p, 900_000, 500, 501, 502)
		if len(q.polls) > 10 {
			t.Errorf("polls: %q", q.polls)
		}
		p.end(t)
	})
}

func TestTroubleIsWaitedOut(t *testing.T) {
	refusal := func(code int, more string) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			return answer(code, "application/json", fmt.Sprintf(`{"ok":false,"error_code":%d,"description":"x"%s}`, code, more)), nil
		}
	}
	for _, c := range []struct {
		name    string
		trouble func() (*http.Response, error)
		atLeast time.Duration // that five of them take
	}{
		{"network", func() (*http.Response, error) { return nil, errors.New("dial tcp: " + testToken) }, 27 * time.Second},
		{"500", refusal(500, ""), 27 * time.Second},
		{"502 page", func() (*http.Response, error) { return answer(502, "text/html", "<html>"), nil }, 27 * time.Second},
		{"cut off", func() (*http.Response, error) { return answerJSON(`{"ok":true,"result":[{"upda`), nil }, 27 * time.Second},
		{"no list", func() (*http.Response, error) { return answerJSON(`{"ok":true,"result":true}`), nil }, 27 * time.Second},
		{"429", refusal(429, `,"parameters":{"retry_after":100}`), 500 * time.Second},
		{"409", refusal(409, ""), 27 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newUpdateQueue(say(10))
				q.trouble = slices.Repeat([]func() (*http.Response, error){c.trouble}, 5)
				p := startPolling(t, q)
				elapse(c.atLeast - time.Second)
				wantHanded(t, p)
				elapse(c.atLeast)
				wantHanded(t, p, 10)
				p.end(t)
			})
		})
	}
}

func TestSecondPollerIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue()
		q.trouble = slices.Repeat([]func() (*http.Response, error){func() (*http.Response, error) {
			return answer(409, "application/json", `{"ok":false,"error_code":409,"description":"Conflict"}`), nil
		}}, 100)
		p := startPolling(t, q)
		elapse(10 * time.Minute)
		if lines := strings.Count(p.log.String(), "somebody else"); lines < 5 || lines > 10 {
			t.Errorf("%d lines in ten minutes", lines)
		}
		p.end(t)
	})
}

func TestRevokedTokenEndsPolling(t *testing.T) {
	c := clientOver(func(*http.Request) (*http.Response, error) {
		return answer(401, "application/json", `{"ok":false,"error_code":401,"description":"Unauthorized"}`), nil
	}, io.Discard)
	if err := c.Poll(t.Context(), nil); !errors.Is(err, ErrUnauthorized) {
		t.Errorf("%v", err)
	}
}

// What stays unfinished bounds what is handed out, whatever comes in.
func TestManyUpdatesComeOnceEachAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUpdateQueue()
		var want []int64
		for id := int64(1); id <= 350; id++ {
			q.waiting = append(q.waiting, say(id))
			want = append(want, id)
		}
		p := startPolling(t, q, 30)
		elapse(time.Minute)
		if got := len(p.handed()); got != 30+pollBatch-1 {
			t.Errorf("%d handed out while 30 is unfinished", got)
		}
		p.done(30)
		elapse(time.Minute)
		wantHanded(t, p, want...)
		p.end(t)
	})
}

func TestUpdateFinishedWhileTheAnswerTravelsIsNoNewOne(t *testing.T) {
	p := newProgress()
	for id := int64(10); id < 13; id++ {
		p.take(id, 0)
	}
	p.finish(10)
	p.finish(11)
	if fresh, renumbered := p.take(11, 10); fresh || renumbered { // asked from 10 on, before it was finished
		t.Errorf("fresh %v, renumbered %v", fresh, renumbered)
	}
	if got := p.offset(); got != 12 {
		t.Errorf("offset %d, want 12", got)
	}
	if fresh, renumbered := p.take(5, 12); !fresh || !renumbered {
		t.Errorf("a lower id than asked for: fresh %v, renumbered %v", fresh, renumbered)
	}
}
