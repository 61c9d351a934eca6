package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"yolchi/internal/sandbox"
	"yolchi/internal/schedule"
	"yolchi/internal/store"
)

// demoToken names the sandbox's bot; it opens nothing else.
const demoToken = "1000000001:demo-demo-demo-demo-demo-demo-demo"

type demoCommand struct {
	Addr    string `env:"YOLCHI_DEMO_ADDR" default:"127.0.0.1:8088" help:"Address of the web chat; it must be one of this machine's own (${env})."`
	NoOpen  bool   `help:"Do not open a browser."`
	DataDir string `env:"YOLCHI_DATA_DIR" placeholder:"DIR" type:"path" help:"Directory of the private Postgres; the demo uses a part of its own in it (${env})."`
	contentFlags
	logFlags
}

// Run starts the sandbox and then the bot itself, exactly as on Telegram.
func (c *demoCommand) Run(ctx context.Context) error {
	log := c.logger()
	listener, err := listenLocally(c.Addr)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // the server closes it too
	dir, err := dataDir(c.DataDir)
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, "demo") // apart from what a real bot keeps
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	clock, err := loadClock(filepath.Join(dir, "clock"))
	if err != nil {
		return err
	}
	jump := &jumper{clock: clock}
	world := sandbox.New(sandbox.Config{
		Token: demoToken, Now: clock.Now, Log: log, Jump: jump.next, HistoryFile: filepath.Join(dir, "chats.json"),
		TimeZone: "Asia/Tashkent", // where the bot takes new chats to be
	})
	defer world.Close()
	jump.moved = world.ClockMoved
	world.DemoPeople()
	server := &http.Server{Handler: world.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) //nolint:errcheck // it ends with Close
	defer server.Close()      //nolint:errcheck // nothing is left to lose

	url := "http://" + listener.Addr().String()
	return run(ctx, config{
		token: demoToken, apiURL: url, database: databaseFlags{DataDir: dir}, log: log, now: clock.Now, content: c.contentFlags,
		admins: []int64{sandbox.DemoAdmin},
		started: func(db *store.Store, scheduler *schedule.Scheduler) {
			jump.ready(db, scheduler)
			fmt.Printf("\n  Yoʻlchi is ready: open %s\n  Ctrl-C ends it. What you did is kept.\n\n", url)
			if !c.NoOpen {
				openBrowser(url)
			}
		},
	})
}

// listenLocally binds an address of this machine that nobody else can reach.
func listenLocally(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the web chat is only for this machine: %q is not an address such as 127.0.0.1:8088", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the web chat cannot use %s (is it running already?): choose another address with --addr 127.0.0.1:8089", addr)
	}
	return listener, nil
}

// openBrowser shows the page where there is a desktop.
func openBrowser(url string) {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	} else if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return
	}
	_ = exec.Command(program, url).Start() // the address was printed as well
}

// demoClock is the machine's clock moved ahead by what was jumped. The sum is
// kept in a file: the bot's memory must not be ahead of its clock.
type demoClock struct {
	file string

	mu    sync.Mutex
	ahead time.Duration
}

func loadClock(file string) (*demoClock, error) {
	c := &demoClock{file: file}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the demo's clock: %w", err)
	}
	if c.ahead, err = time.ParseDuration(strings.TrimSpace(string(text))); err != nil {
		return nil, fmt.Errorf("%s holds no duration: delete it to set the demo's clock back", file)
	}
	return c, nil
}

// Now is the demo's time.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// moveTo moves the clock ahead to t; it never goes back.
func (c *demoClock) moveTo(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := max(time.Until(t), c.ahead)
	if err := os.WriteFile(c.file, []byte(ahead.String()+"\n"), 0o600); err != nil {
		return fmt.Errorf("keeping the demo's clock: %w", err)
	}
	c.ahead = ahead
	return nil
}

// jumper moves the demo to a chat's next reminder, in whichever of its threads.
type jumper struct {
	clock *demoClock
	moved func() // called once the clock is there, before anything is sent

	mu        sync.Mutex
	db        *store.Store
	scheduler *schedule.Scheduler
}

func (j *jumper) ready(db *store.Store, scheduler *schedule.Scheduler) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.db, j.scheduler = db, scheduler
}

func (j *jumper) next(ctx context.Context, chat int64) (time.Time, error) {
	j.mu.Lock()
	db, scheduler := j.db, j.scheduler
	j.mu.Unlock()
	if db == nil {
		return time.Time{}, sandbox.ErrStarting
	}
	at, ok, err := db.NextTopicAt(ctx, chat)
	if err != nil {
		return time.Time{}, err
	}
	if !ok {
		return time.Time{}, sandbox.ErrNoReminder
	}
	if err := j.clock.moveTo(at); err != nil {
		return time.Time{}, err
	}
	j.moved()
	if err := scheduler.Tick(ctx); err != nil {
		return time.Time{}, err
	}
	now := j.clock.Now()
	return now, db.Count(ctx, now) // the hours that were jumped would have counted, too
}
