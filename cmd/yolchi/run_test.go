package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/sandbox"
	"yolchi/internal/schedule"
	"yolchi/internal/store"
)

const aziza = 501

// quiet drops the log: what the program prints is tested, not how it is told.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// stage is a sandbox and the program before it, with a clock that can be moved.
type stage struct {
	t      *testing.T
	world  *sandbox.Server
	url    string
	dsn    string
	ctx    context.Context
	now    func() time.Time
	moveTo func(time.Time)
}

func newStage(t *testing.T) *stage {
	t.Helper()
	var mu sync.Mutex
	now := time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC) // Friday, 09:00 in Tashkent
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	s := &stage{
		t: t, ctx: ctx, dsn: pgtest.DSN(t),
		now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		},
		moveTo: func(to time.Time) {
			mu.Lock()
			defer mu.Unlock()
			now = to
		},
	}
	s.world = sandbox.New(sandbox.Config{Token: demoToken, Now: s.now})
	t.Cleanup(s.world.Close)
	s.world.AddPerson(sandbox.Person{ID: aziza, FirstName: "Aziza", Language: "uz"})
	server := httptest.NewServer(s.world.Handler())
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// start runs the program as main would, and returns when its parts work; stop
// ends it as a signal would.
func (s *stage) start() (scheduler *schedule.Scheduler, stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.ctx)
	done, started := make(chan error, 1), make(chan *schedule.Scheduler, 1)
	go func() {
		done <- run(ctx, config{
			token: demoToken, apiURL: s.url, database: databaseFlags{DatabaseURL: s.dsn}, log: quiet, now: s.now,
			started: func(_ *store.Store, scheduler *schedule.Scheduler) { started <- scheduler },
		})
	}()
	select {
	case scheduler = <-started:
	case err := <-done:
		cancel()
		s.t.Fatalf("the program did not start: %v", err)
	}
	return scheduler, func() {
		s.t.Helper()
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("the program ended with %v", err)
		}
	}
}

// await waits until the chat shows what it should.
func (s *stage) await(what string, cond func([]sandbox.Message) bool) []sandbox.Message {
	s.t.Helper()
	messages, err := s.world.Await(s.ctx, aziza, cond)
	if err != nil {
		var shown strings.Builder
		for _, m := range s.world.Messages(aziza) {
			shown.WriteString(m.Text + "\n---\n")
		}
		s.t.Fatalf("waiting for %s: %v; the chat shows:\n%s", what, err, &shown)
	}
	return messages
}

// press waits for a button with this data and presses the newest.
func (s *stage) press(data string) {
	s.t.Helper()
	find := func(messages []sandbox.Message) int64 {
		for i := len(messages) - 1; i >= 0; i-- {
			for _, row := range messages[i].Keyboard {
				for _, b := range row {
					if b.Data == data {
						return messages[i].ID
					}
				}
			}
		}
		return 0
	}
	messages := s.await("the button "+data, func(m []sandbox.Message) bool { return find(m) != 0 })
	s.world.Press(aziza, aziza, find(messages), data)
}

// The main job, through the program itself: the real library, the real
// database, the lessons as they are.
func TestTheMainJobFromStartToTomorrow(t *testing.T) {
	s := newStage(t)
	_, stop := s.start()
	s.world.Say(aziza, aziza, "/start")
	s.press("1:lang:uz")
	s.press("1:road:go-start")
	s.press("1:hour:540")
	s.press("1:quiz:go-variables")
	messages := s.await("the first question", func(m []sandbox.Message) bool { return m[len(m)-1].Poll != nil })
	poll := messages[len(messages)-1].Poll
	if err := s.world.Vote(aziza, poll.ID, poll.Options[0].Index); err != nil {
		t.Fatal(err)
	}
	s.await("the second question", func(m []sandbox.Message) bool {
		last := m[len(m)-1].Poll
		return last != nil && last.ID != poll.ID
	})
	s.press("1:done:go-variables")
	s.await("what comes next", func(m []sandbox.Message) bool {
		return strings.Contains(m[len(m)-1].Text, "ertaga soat 09:00 da")
	})
	stop() // the program ends and is started again over the night
	scheduler, stop := s.start()
	defer stop()
	s.moveTo(time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC))
	if err := scheduler.Tick(s.ctx); err != nil {
		t.Fatal(err)
	}
	s.press("1:done:go-functions")
	s.world.Say(aziza, aziza, "/progress")
	// Done without a question closes a topic, but only yesterday counts for the streak.
	s.await("the progress", func(m []sandbox.Message) bool {
		return strings.Contains(m[len(m)-1].Text, "2 tasi oʻtildi") && strings.Contains(m[len(m)-1].Text, "Ketma-ket 1 oʻquv kuni")
	})
}

// Two programs on one database: one polls, and when it ends the other goes on.
func TestAnotherProcessTakesOver(t *testing.T) {
	s := newStage(t)
	_, first := s.start()
	s.world.Say(aziza, aziza, "/start")
	s.press("1:lang:uz")
	_, second := s.start()
	defer second()
	first()
	s.press("1:road:go-start")
	s.press("1:hour:540")
	s.await("the first lesson", func(m []sandbox.Message) bool { return len(m) > 2 })
}

func TestEveryMistakeIsOneSentenceWithoutASecret(t *testing.T) {
	s := newStage(t)
	refused := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
	}))
	t.Cleanup(refused.Close)
	newer := pgtest.DSN(t)
	execute(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	const secret = "s3cr3t%40word"
	for _, c := range []struct {
		name string
		cfg  config
		want string
	}{
		{"no token", config{}, "set TELEGRAM_BOT_TOKEN"},
		{"a token of another form", config{token: "s3cr3t token", database: databaseFlags{DatabaseURL: s.dsn}, apiURL: s.url}, "TELEGRAM_BOT_TOKEN"},
		{"a token that Telegram refuses", config{token: "1234:s3cr3t", database: databaseFlags{DatabaseURL: s.dsn}, apiURL: refused.URL}, "TELEGRAM_BOT_TOKEN"},
		{"a database address of no form", config{token: demoToken, database: databaseFlags{DatabaseURL: "postgres://u:" + secret + "@[::1/x"}}, "write it as postgres://"},
		{"a database that is not there", config{token: demoToken, database: databaseFlags{DatabaseURL: "postgres://u:" + secret + "@127.0.0.1:1/x?sslmode=disable"}}, "cannot be reached"},
		{"a database of a newer program", config{token: demoToken, database: databaseFlags{DatabaseURL: newer}}, "newer schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.cfg.log, c.cfg.now = quiet, time.Now
			err := run(s.ctx, c.cfg)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("run says %v, want something with %q", err, c.want)
			}
			for _, bad := range []string{"s3cr3t", "goroutine", "\n"} {
				if strings.Contains(err.Error(), bad) {
					t.Errorf("the sentence holds %q: %s", bad, err)
				}
			}
		})
	}
}

func TestTheDemoIsOnlyForThisMachine(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:8088", ":8088", "192.0.2.1:80", "example.com:80", "8088", ""} {
		if l, err := listenLocally(addr); err == nil {
			l.Close()
			t.Errorf("%q was bound", addr)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := listenLocally(taken.Addr().String()); err == nil || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("a busy port: %v", err)
	}
}

func TestTheDemosClockIsKeptAndNeverGoesBack(t *testing.T) {
	file := t.TempDir() + "/clock"
	clock, err := loadClock(file)
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(48 * time.Hour)
	if err := errors.Join(clock.moveTo(later), clock.moveTo(time.Now())); err != nil {
		t.Fatal(err)
	}
	again, err := loadClock(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*demoClock{"moved": clock, "loaded": again} {
		if c.Now().Before(later) {
			t.Errorf("the %s clock shows %s, want %s or later", name, c.Now(), later)
		}
	}
}

func execute(t *testing.T, dsn, query string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// queryRow reads one value.
func queryRow(t *testing.T, dsn string, value any, query string) error {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.QueryRowContext(t.Context(), query).Scan(value)
}
