//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"yolchi/internal/sandbox"
)

// token names the sandbox's bot; it opens nothing else.
const token = "1000000001:bench-bench-bench-bench-bench-bench"

// serveSandbox is the second process: a sandbox with a few pages beside it by
// which the bench makes people speak and asks what came. It ends when the
// lifeline does, which the kernel sees to however the first process ends.
func serveSandbox(address string, lifeline io.Reader, answer io.Writer) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	s := &stage{}
	s.reset(nil)
	server := &http.Server{Handler: asLocal(s), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) //nolint:errcheck // it ends with Close
	fmt.Fprintf(answer, "http://%s\n", listener.Addr())
	_, _ = io.Copy(io.Discard, lifeline)
	return server.Close()
}

// asLocal lets bots in containers ask by the machine's other name. Whoever
// starts the sandbox there says so; nothing in it is worth a guard.
func asLocal(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost"
		handler.ServeHTTP(w, r)
	})
}

// stage holds the sandbox of the row that runs now and counts what it answers.
type stage struct {
	mu      sync.Mutex
	world   *sandbox.Server
	handler http.Handler
	account account
}

// account is what the bot did, by this process's clock.
type account struct {
	Sent      int       // messages sent
	Refused   int       // answers of 429
	FirstPoll time.Time // the first getUpdates
	LastSent  time.Time // when the last message was there
}

// reset begins anew with an empty world.
func (s *stage) reset(limits *sandbox.Limits) {
	world := sandbox.New(sandbox.Config{Token: token, Limits: limits})
	s.mu.Lock()
	old := s.world
	s.world, s.handler, s.account = world, world.Handler(), account{}
	s.mu.Unlock()
	if old != nil {
		old.Close()
	}
}

func (s *stage) now() (*sandbox.Server, http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world, s.handler
}

// ServeHTTP serves the Bot API, and the bench's own pages under /bench/.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if page, ok := strings.CutPrefix(r.URL.Path, "/bench/"); ok {
		s.control(w, page, r.URL.Query())
		return
	}
	_, method, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if method == "getUpdates" {
		s.mu.Lock()
		if s.account.FirstPoll.IsZero() {
			s.account.FirstPoll = time.Now()
		}
		s.mu.Unlock()
	}
	_, handler := s.now()
	seen := &seen{ResponseWriter: w}
	handler.ServeHTTP(seen, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case seen.code == http.StatusTooManyRequests:
		s.account.Refused++
	case seen.code == http.StatusOK && method == "sendMessage":
		s.account.Sent++
		s.account.LastSent = time.Now()
	}
}

// seen remembers the status of an answer.
type seen struct {
	http.ResponseWriter
	code int
}

func (s *seen) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

func (s *stage) control(w http.ResponseWriter, page string, q url.Values) {
	number := func(name string) int { n, _ := strconv.Atoi(q.Get(name)); return n }
	world, _ := s.now()
	var out any
	switch page {
	case "reset":
		var limits *sandbox.Limits
		if q.Get("limits") != "" {
			limits = sandbox.TelegramLimits()
		}
		s.reset(limits)
	case "forget": // what was counted, not the world
		s.mu.Lock()
		s.account = account{}
		s.mu.Unlock()
	case "people":
		for id := 1; id <= number("n"); id++ {
			world.AddPerson(sandbox.Person{ID: int64(id), FirstName: "Person", Language: "en", Started: true})
		}
	case "say":
		for id := 1; id <= number("n"); id++ {
			world.Say(int64(id), int64(id), q.Get("text"))
		}
	case "wait":
		for a := s.count(); a.Sent < number("sent") || number("polls") > 0 && a.FirstPoll.IsZero(); a = s.count() {
			time.Sleep(time.Millisecond)
		}
		out = s.count()
	case "talk":
		out = talk(world, number("from"), number("n"), number("rate"))
	}
	_ = json.NewEncoder(w).Encode(out) // the other side waits for it or is gone
}

func (s *stage) count() account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.account
}

// talk lets n people say one word each, at random moments as people do, so
// many a second on average. It returns how long each waited for the reply; who
// got none within the patience waited for all of it.
func talk(world *sandbox.Server, from, n, rate int) []time.Duration {
	const patience = 10 * time.Second
	random := rand.New(rand.NewPCG(1, 2)) // the same moments in each run
	said := make(map[int64]time.Time, n)
	next := time.Now()
	for id := int64(from); id < int64(from+n); id++ {
		time.Sleep(time.Until(next))
		said[id] = time.Now()
		world.Say(id, id, "/today")
		next = next.Add(time.Duration(random.ExpFloat64() / float64(rate) * float64(time.Second)))
	}
	answered := map[int64]time.Time{}
	for end := time.Now().Add(patience); len(answered) < n && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for _, call := range world.Calls() {
			_, asked := said[call.Chat]
			if _, again := answered[call.Chat]; asked && !again && call.Method == "sendMessage" && call.Code == http.StatusOK {
				answered[call.Chat] = call.At
			}
		}
	}
	waits := make([]time.Duration, 0, n)
	for id, at := range said {
		wait := patience
		if reply, ok := answered[id]; ok {
			wait = reply.Sub(at)
		}
		waits = append(waits, wait)
	}
	return waits
}
