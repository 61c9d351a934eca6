//go:build unix

package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	_ "github.com/lib/pq"

	"yolchi/internal/localpg"
	"yolchi/internal/sandbox"
)

const token = "1000000001:chaos-chaos-chaos-chaos-chaos-chaos-cha"

// stage is what a run is made on: a sandbox with Telegram's limits, a directory
// for a database, and the program. Set dsn before the program starts.
type stage struct {
	dir, binary string
	world       *sandbox.Server
	server      *http.Server
	url, dsn    string
	log         *os.File
	closers     []func()
	died        func() // called when a program ends that nobody killed
}

func newStage(dir, binary string) (*stage, error) {
	if err := errors.Join(os.Mkdir(dir, 0o711), os.Chmod(dir, 0o711)); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &stage{dir: dir, binary: binary, log: log, url: "http://" + listener.Addr().String()}
	s.world = sandbox.New(sandbox.Config{Token: token, Limits: sandbox.TelegramLimits()})
	s.server = &http.Server{Handler: s.world.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(listener) //nolint:errcheck // it ends with Close
	return s, nil
}

// close ends everything in the reverse order of its start.
func (s *stage) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
	s.world.Close()
	_ = s.server.Close()
	_ = s.log.Close()
}

// lastWords shows what the programs logged last, apart from their successes.
func (s *stage) lastWords() {
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "level=INFO") && !strings.Contains(line, "LOG: ") {
			lines = append(lines, line)
		}
	}
	fmt.Print("  the log ends with:\n  ", strings.Join(lines[max(0, len(lines)-20):], "  "))
}

func (s *stage) say(format string, args ...any) {
	fmt.Printf("  %s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// postgres starts the private Postgres of the run, with the data that it had.
func (s *stage) postgres(ctx context.Context) (*localpg.Server, error) {
	server, err := localpg.Start(ctx, localpg.Config{Dir: s.dir})
	if err != nil {
		return nil, err
	}
	s.dsn = server.DSN("yolchi")
	s.closers = append(s.closers, func() { _ = server.Stop() }) // a second Stop does nothing
	return server, nil
}

// database connects to the run's database, whose schema is up to date.
func (s *stage) database(ctx context.Context) (*sql.DB, error) {
	migrate := exec.CommandContext(ctx, s.binary, "migrate")
	migrate.Env = append(os.Environ(), "DATABASE_URL="+s.dsn)
	if out, err := migrate.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("migrating: %w: %s", err, out)
	}
	db, err := sql.Open("postgres", s.dsn)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func() { _ = db.Close() })
	return db, nil
}

// program is a running yolchi.
type program struct {
	cmd    *exec.Cmd
	listen string
	killed atomic.Bool
	ended  chan struct{}
}

// start starts the program; it may still be busy with starting afterwards.
func (s *stage) start(env ...string) (*program, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &program{cmd: exec.Command(s.binary, "run"), listen: free.Addr().String(), ended: make(chan struct{})}
	if err := free.Close(); err != nil {
		return nil, err
	}
	p.cmd.Env = append(os.Environ(), append(env, "TELEGRAM_BOT_TOKEN="+token, "TELEGRAM_API_URL="+s.url, "DATABASE_URL="+s.dsn,
		"YOLCHI_LISTEN="+p.listen, "YOLCHI_LOG_LEVEL=info")...)
	p.cmd.Stderr = s.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // a killed one has no better end
		close(p.ended)
		if !p.killed.Load() {
			s.died()
		}
	}()
	s.closers = append(s.closers, p.kill)
	return p, nil
}

// kill ends the program with -9.
func (p *program) kill() {
	p.killed.Store(true)
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// metric is a number of the program's metrics page, 0 if it does not say.
func (p *program) metric(name string) float64 {
	client := http.Client{Timeout: time.Second}
	resp, err := client.Get("http://" + p.listen + "/metrics")
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			number, _ := strconv.ParseFloat(value, 64)
			return number
		}
	}
	return 0
}

const (
	repeatedDeliveries = `yolchi_repeats_total{what="delivery"}`
	sentDeliveries     = `yolchi_deliveries_total{kind="topic",result="sent"}`
	pollingNow         = `yolchi_polling`
)

// killer kills and restarts a program at random intervals until it is told to
// stop, and counts.
type killer struct {
	kills      atomic.Int64
	delivering int     // kills of processes that had delivered something
	counted    float64 // repeats in the metrics of all processes
	after      func()  // what is looked at after each kill; nil for nothing
}

// run returns the last process, which lives on, when until says so.
func (k *killer) run(ctx context.Context, s *stage, pause func() time.Duration, until func() bool, env ...string) (*program, error) {
	for {
		p, err := s.start(env...)
		if err != nil {
			return nil, err
		}
		end := time.Now().Add(pause())
		for time.Now().Before(end) && ctx.Err() == nil {
			if until() {
				return p, nil
			}
			sleep(ctx, 50*time.Millisecond)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		k.counted += p.metric(repeatedDeliveries)
		if p.metric(sentDeliveries) > 0 {
			k.delivering++
		}
		p.kill()
		k.kills.Add(1)
		if k.after != nil {
			k.after()
		}
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
