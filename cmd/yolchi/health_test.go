package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
)

// freeAddress is one that nobody listens on just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestTheProgramTellsHowAnotherOfItselfIs(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	listen := freeAddress(t)
	_, port, _ := net.SplitHostPort(listen)
	r.start("YOLCHI_LISTEN=" + listen)
	r.until("it polls", `SELECT EXISTS (SELECT FROM leases)`)
	for _, address := range []string{listen, ":" + port, "0.0.0.0:" + port} {
		if out, errs, code := program(t, []string{"YOLCHI_LISTEN=" + address}, "health"); code != 0 || out != "ok\n" {
			t.Errorf("asked at %s: exit %d, %s%s", address, code, out, errs)
		}
	}
	for _, c := range []struct{ listen, want string }{
		{"", "set YOLCHI_LISTEN"},
		{"nowhere", "YOLCHI_LISTEN is no address"},
		{freeAddress(t), "does not answer"},
	} {
		if _, errs, code := program(t, []string{"YOLCHI_LISTEN=" + c.listen}, "health"); code != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("asked at %q: exit %d, %s", c.listen, code, errs)
		}
	}
}

// Two programs on one database: both are ready, the one that polls and the one
// that stands by, or a rolling update would not go on. When the first one ends
// the other one stays ready, and without a database it is not.
func TestAProgramThatStandsByIsReady(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	addresses := []string{freeAddress(t), freeAddress(t)}
	first := r.start("YOLCHI_LISTEN=" + addresses[0])
	r.until("it polls", `SELECT EXISTS (SELECT FROM leases)`)
	r.start("YOLCHI_LISTEN=" + addresses[1])
	for i, address := range addresses {
		if status, text := ask(t, address, "/readyz"); status != http.StatusOK {
			t.Errorf("program %d: %d %s", i+1, status, text)
		}
	}
	var holder string
	if err := r.db.QueryRowContext(r.ctx, `SELECT holder FROM leases`).Scan(&holder); err != nil {
		t.Fatal(err)
	}
	first.end()
	r.until("the other one polls", `SELECT EXISTS (SELECT FROM leases WHERE holder <> '`+holder+`')`)
	if status, text := ask(t, addresses[1], "/readyz"); status != http.StatusOK {
		t.Errorf("the one that is left: %d %s", status, text)
	}
	execute(t, r.dsn, `ALTER TABLE leases RENAME TO elsewhere`)
	if status, text := ask(t, addresses[1], "/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(text, "database") {
		t.Errorf("without the table: %d %s", status, text)
	}
	if status, _ := ask(t, addresses[1], "/healthz"); status != http.StatusOK {
		t.Errorf("a database that is away is no reason to start the program anew: %d", status)
	}
	execute(t, r.dsn, `ALTER TABLE elsewhere RENAME TO leases`)
}

func ask(t *testing.T, address, path string) (status int, text string) {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestAPollerMayWaitForAnAnswerForAMinute(t *testing.T) {
	began := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		answered time.Duration // after it began; negative: when it polled before
		now      time.Duration
		want     bool
	}{
		{"it has just begun", -time.Hour, 59 * time.Second, false},
		{"no answer since it began", -time.Hour, 61 * time.Second, true},
		{"answered", 5 * time.Minute, 5*time.Minute + 30*time.Second, false},
		{"answered long ago", 5 * time.Minute, 7 * time.Minute, true},
	} {
		if got := silent(began, began.Add(c.answered), began.Add(c.now)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
