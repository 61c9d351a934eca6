package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// healthTimeout is longer than /readyz takes at the most.
const healthTimeout = 4 * time.Second

// healthCommand asks the running program: an image with nothing else in it has
// nobody else who could.
type healthCommand struct {
	Listen string `env:"YOLCHI_LISTEN" placeholder:"ADDR" help:"Address of the running program's health pages (${env})."`
}

func (c *healthCommand) Run(ctx context.Context) error {
	if c.Listen == "" {
		return errors.New("set YOLCHI_LISTEN as it is set for the running program: without it there are no health pages")
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("YOLCHI_LISTEN is no address such as 127.0.0.1:9090: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() { // it listens everywhere, so here as well
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("asking the running program: %w", err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: it is here
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the program does not answer at %s: is it running here, with YOLCHI_LISTEN=%s?", net.JoinHostPort(host, port), c.Listen)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err != nil {
		return fmt.Errorf("the program does not answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return errors.New(strings.TrimSpace(string(text)))
	}
	fmt.Println("ok")
	return nil
}

// silence is how long a poll may go unanswered before something is wrong: it is
// held for half of that.
const silence = time.Minute

// readiness says whether this process is of use: it polls and is answered, or
// it stands by for another that polls. So a process that is started beside the
// polling one is ready before that one ends, and while nobody polls none is.
type readiness struct {
	db     *store.Store
	client *telegram.Client
	since  atomic.Pointer[time.Time] // when this process began to poll; nil while it stands by
}

// polling notes that this process has begun to poll, or has ended.
func (r *readiness) polling(on bool) {
	r.since.Store(nil)
	if on {
		now := time.Now()
		r.since.Store(&now)
	}
}

// check says why the program cannot do its work: no database, or nobody whom
// Telegram answers.
func (r *readiness) check(ctx context.Context) error {
	held, err := r.db.Held(ctx, telegramLease)
	if err != nil {
		return errors.New("the database does not answer")
	}
	if !held {
		return errors.New("nobody polls Telegram")
	}
	if since := r.since.Load(); since != nil && silent(*since, r.client.Polled(), time.Now()) {
		return errors.New("polling brings no answer from Telegram")
	}
	return nil
}

// silent says whether a poller has waited too long for an answer. The last one
// may be from a time before, when it polled already.
func silent(since, answered, now time.Time) bool {
	if answered.After(since) {
		since = answered
	}
	return now.Sub(since) > silence
}
