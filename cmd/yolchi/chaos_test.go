package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"yolchi/internal/localpg"
	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/sandbox"
)

// programVariable turns the test binary into the program itself, so that it
// can be killed.
const programVariable = "YOLCHI_TEST_PROGRAM"

func init() {
	if os.Getenv(programVariable) != "" {
		main()
		os.Exit(0)
	}
}

// rough is a world in which the program is a process of its own, with the real
// clock.
type rough struct {
	t     *testing.T
	ctx   context.Context
	world *sandbox.Server
	url   string
	dsn   string
	db    *sql.DB
	sends chan struct{} // has a token when a message was about to be sent
}

func newRough(t *testing.T, dsn string) *rough {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r := &rough{t: t, ctx: ctx, dsn: dsn, db: db, world: sandbox.New(sandbox.Config{Token: demoToken}), sends: make(chan struct{}, 1)}
	t.Cleanup(r.world.Close)
	r.world.AddPerson(sandbox.Person{ID: aziza, FirstName: "Aziza", Language: "en"})
	telegram := r.world.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if strings.HasSuffix(request.URL.Path, "/sendMessage") {
			body, _ := io.ReadAll(request.Body) // the request is here, whatever becomes of the program
			request.Body = io.NopCloser(bytes.NewReader(body))
			select {
			case r.sends <- struct{}{}:
			default:
			}
		}
		telegram.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// process is a running program.
type process struct {
	*exec.Cmd
	t     *testing.T
	ready chan struct{} // closed when it says that it runs
	ended chan struct{}
}

// start runs the program, with more settings if there are any, and returns when
// it says that it works.
func (r *rough) start(settings ...string) *process {
	r.t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], "run"), t: r.t, ready: make(chan struct{}), ended: make(chan struct{})}
	p.Env = append(os.Environ(), programVariable+"=1", "TELEGRAM_BOT_TOKEN="+demoToken, "TELEGRAM_API_URL="+r.url, "DATABASE_URL="+r.dsn)
	p.Env = append(p.Env, settings...)
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	log, err := p.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		r.t.Fatal(err)
	}
	go p.follow(log)
	r.t.Cleanup(p.kill)
	select {
	case <-p.ready:
	case <-p.ended:
		r.t.Fatal("the program ended at its start")
	case <-r.ctx.Done():
		r.t.Fatal("the program does not start")
	}
	return p
}

func (p *process) follow(log io.Reader) {
	defer close(p.ended)
	isReady := sync.OnceFunc(func() { close(p.ready) })
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "yolchi is running") {
			isReady()
		}
		p.t.Log(lines.Text())
	}
	_ = p.Wait() // a killed one has no better end
}

// kill ends the program with -9.
func (p *process) kill() {
	_ = p.Process.Kill()
	<-p.ended
}

// end ends the program as systemd does.
func (p *process) end() {
	p.t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	<-p.ended
}

// say sends a text that is answered by at least one message, and does not wait
// for that.
func (r *rough) say(text string) { r.world.Say(aziza, aziza, text) }

// await waits until the chat shows so many answers to /next.
func (r *rough) await(count int) {
	r.t.Helper()
	_, err := r.world.Await(r.ctx, aziza, func([]sandbox.Message) bool { return len(r.answers()) >= count })
	if err != nil {
		r.t.Fatalf("waiting for %d answers: %v; there are %d", count, err, len(r.answers()))
	}
}

// answers are what /next was answered: each names another topic, and in the
// map how often it was said.
func (r *rough) answers() map[string]int {
	times := map[string]int{}
	for _, m := range r.world.Messages(aziza) {
		if first, _, _ := strings.Cut(m.Text, "\n"); m.From.Bot && strings.HasSuffix(first, "is done. Next:") {
			times[first]++
		}
	}
	return times
}

// setUp lets aziza choose a road, by way of the program.
func (r *rough) setUp() {
	r.t.Helper()
	r.say("/start go-start")
	for _, data := range []string{"1:lang:en", "1:hour:540"} {
		var at int64
		_, err := r.world.Await(r.ctx, aziza, func(messages []sandbox.Message) bool {
			at = find(messages, data)
			return at != 0
		})
		if err != nil {
			r.t.Fatalf("waiting for the button %s: %v", data, err)
		}
		r.world.Press(aziza, aziza, at, data)
	}
	if _, err := r.world.Await(r.ctx, aziza, func(m []sandbox.Message) bool { return find(m, "1:done:go-variables") != 0 }); err != nil {
		r.t.Fatalf("waiting for the first lesson: %v", err)
	}
}

func find(messages []sandbox.Message, data string) int64 {
	for _, m := range messages {
		for _, row := range m.Keyboard {
			for _, b := range row {
				if b.Data == data {
					return m.ID
				}
			}
		}
	}
	return 0
}

// done is how many topics the log says were done.
func (r *rough) done() (n int) {
	r.t.Helper()
	if err := r.db.QueryRowContext(r.ctx, `SELECT count(*) FROM events WHERE kind = 'done'`).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

func TestKilledInTheMiddleOfAConversationItGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	p := r.start()
	r.setUp()

	// Killed while the update waits for its turn in the database.
	tx, err := r.db.BeginTx(r.ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(r.ctx, `SELECT 1 FROM chats FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	r.say("/next")
	r.until("somebody waits for the chat", `SELECT EXISTS (SELECT FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock')`)
	p.kill()
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	p = r.start()
	r.await(1)

	// Killed when the effect is committed and the reply on its way: it did not
	// arrive.
	r.nothingOwed()
	r.world.Fail(sandbox.Fault{Method: "sendMessage", Kind: sandbox.Hang})
	r.say("/next")
	<-r.sends
	p.kill()
	p = r.start()
	r.await(2)

	// Killed when the reply was shown, and nobody knows.
	r.nothingOwed()
	r.world.Fail(sandbox.Fault{Method: "sendMessage", Kind: sandbox.Hang, After: true})
	r.say("/next")
	r.await(3)
	p.kill()
	r.start()
	r.say("/next")
	r.await(4)
	r.nothingOwed()
	if n := r.done(); n != 4 {
		t.Errorf("/next was said 4 times and took effect %d times", n)
	}
	said := 0
	for _, times := range r.answers() {
		said += times
	}
	if said != 5 {
		t.Errorf("one of 4 answers was in doubt, yet %d were given", said)
	}
}

// until asks the database until it says yes.
func (r *rough) until(what, query string) {
	r.t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		var yes bool
		if err := r.db.QueryRowContext(r.ctx, query).Scan(&yes); err != nil {
			r.t.Fatalf("waiting until %s: %v", what, err)
		}
		if yes {
			return
		}
		<-again.C
	}
}

// nothingOwed waits until all answers are sent and noted.
func (r *rough) nothingOwed() {
	r.t.Helper()
	r.until("nothing is owed", `SELECT NOT EXISTS (SELECT FROM owed)`)
	select {
	case <-r.sends:
	default:
	}
}

func TestAfterARestartOfPostgresItGoesOnByItself(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "yolchi-away-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { // the server may run as another user
		t.Fatal(err)
	}
	postgres := func() *localpg.Server {
		server, err := localpg.Start(t.Context(), localpg.Config{Dir: dir, NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		return server
	}
	server := postgres()
	r := newRough(t, server.DSN("yolchi"))
	p := r.start()
	r.setUp()
	for round := 1; round <= 2; round++ {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
		failed := len(r.world.Calls())
		r.say("/next")
		err := r.world.Wait(r.ctx, func() bool { return len(r.world.Calls()) > failed }) // it has the update
		if err != nil {
			t.Fatal(err)
		}
		server = postgres()
		r.await(round)
	}
	if n := r.done(); n != 2 {
		t.Errorf("/next was said twice and took effect %d times", n)
	}
	p.kill()
	r.db.Close()
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

func TestTelegramsFaultsCostNoUpdateAndNoReply(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	r.start()
	r.setUp()
	said := 0
	for _, method := range []string{"getUpdates", "sendMessage"} {
		for _, fault := range []sandbox.Fault{
			{Kind: sandbox.Status500}, {Kind: sandbox.HTML502}, {Kind: sandbox.Reset}, {Kind: sandbox.Truncate},
			{Kind: sandbox.Reset, After: true}, {Kind: sandbox.RetryAfter, Seconds: 1},
		} {
			fault.Method = method
			r.world.Fail(fault)
			r.say("/next")
			said++
			r.await(said)
		}
	}
	if n := r.done(); n != said {
		t.Errorf("/next was said %d times and took effect %d times", said, n)
	}
}

func TestWhenThePollerIsKilledAnotherPollsWithinFiveSeconds(t *testing.T) {
	r := newRough(t, pgtest.DSN(t))
	poller := r.start()
	r.setUp()
	r.start()
	poller.kill()
	killed := time.Now()
	r.say("/next")
	r.await(1)
	if took := time.Since(killed); took > 5*time.Second {
		t.Errorf("the other one answered after %s", took)
	}
}

func TestASignalLeavesNothingClaimed(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	first := r.start()
	r.setUp()
	first.kill()
	const chats = 90
	for id := int64(1); id <= chats; id++ {
		r.world.AddPerson(sandbox.Person{ID: id, FirstName: "P", Started: true})
	}
	execute(t, r.dsn, fmt.Sprintf(`INSERT INTO chats (chat_id, kind, language, roadmap_id, remind_on, ready, remind_minute, next_at, created_at, updated_at)
		SELECT n, 'private', 'en', 'go-start', true, true, 0, now() - interval '1 second', now(), now() FROM generate_series(1, %d) n`, chats))
	p := r.start()
	// Deliveries are under way: some were shown, others wait for their turn.
	if err := r.world.Wait(r.ctx, func() bool { return len(r.world.Messages(1)) > 0 }); err != nil {
		t.Fatal(err)
	}
	p.end()
	var claimed, sent int
	err := r.db.QueryRowContext(r.ctx, `SELECT count(*) FILTER (WHERE state = 'pending' AND claimed), count(*) FILTER (WHERE state = 'sent')
		FROM deliveries`).Scan(&claimed, &sent)
	if err != nil || claimed != 0 {
		t.Errorf("%d deliveries are still claimed (%v)", claimed, err)
	}
	shown := 0
	for id := int64(1); id <= chats; id++ {
		if n := len(r.world.Messages(id)); n > 0 {
			shown++
		}
	}
	if shown != sent {
		t.Errorf("%d chats were shown their topic, %d deliveries are recorded", shown, sent)
	}
}
