package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"yolchi/bot"
	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/localpg"
	"yolchi/internal/monitor"
	"yolchi/internal/schedule"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
	"yolchi/locales"
)

// connections is the size of the database pool: as many transactions as can be
// under way, and a few for the ticks.
const connections = 24

// paidPerSecond is what Telegram allows for paid broadcasts
// (core.telegram.org/bots/faq, "How can I message all of my bot's subscribers").
const paidPerSecond = 1000

// leastKept is twice as long as Telegram keeps an update.
const leastKept = 48 * time.Hour

// farewell is how long work that is under way may take when the program ends.
const farewell = 10 * time.Second

type runCommand struct {
	Token  string        `env:"TELEGRAM_BOT_TOKEN" placeholder:"TOKEN" help:"The bot's token, from @BotFather (${env})."`
	APIURL string        `name:"api-url" env:"TELEGRAM_API_URL" default:"https://api.telegram.org" help:"Bot API server; a self-hosted one can stand here (${env})."`
	Paid   bool          `env:"YOLCHI_PAID_BROADCAST" help:"Send topics at up to 1,000 a second, for which Telegram takes 0.1 Star a message (${env})."`
	Admins adminIDs      `env:"YOLCHI_ADMINS" placeholder:"ID,…" help:"Telegram user ids of those who run the bot: they have commands that nobody else sees (${env})."`
	Listen string        `env:"YOLCHI_LISTEN" placeholder:"ADDR" help:"Address for /healthz, /readyz and /metrics, such as 127.0.0.1:9090; none without it (${env})."`
	Keep   time.Duration `env:"YOLCHI_KEEP" default:"336h" help:"How long updates and deliveries that are over are remembered; at least 48h (${env})."`
	Pprof  bool          `env:"YOLCHI_PPROF" help:"Serve profiles at /debug/pprof/ as well (${env})."`
	contentFlags
	databaseFlags
	logFlags
}

func (c *runCommand) Run(ctx context.Context) error {
	cfg := config{
		token: c.Token, apiURL: c.APIURL, database: c.databaseFlags, log: c.logger(), now: time.Now, profiles: c.Pprof, keep: c.Keep,
		notifySocket: takeNotifySocket(), content: c.contentFlags, admins: c.Admins,
	}
	if c.ContentDir != "" || !onTerminal() { // a terminal that is closed ends the program
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGHUP)
		defer signal.Stop(asked)
		cfg.reload = asked
	}
	if c.Keep < leastKept {
		return fmt.Errorf("YOLCHI_KEEP is %v: Telegram may repeat an update for a day, so write at least %v", c.Keep, leastKept)
	}
	if c.Paid {
		cfg.limits.PaidPerSecond = paidPerSecond
	}
	if c.Listen != "" {
		listener, err := net.Listen("tcp", c.Listen)
		if err != nil {
			return fmt.Errorf("the address for metrics cannot be used: %w: choose another YOLCHI_LISTEN", err)
		}
		cfg.listener = listener
	}
	return run(ctx, cfg)
}

// config is everything that run needs to know.
type config struct {
	token    string
	apiURL   string
	database databaseFlags
	log      *slog.Logger
	now      func() time.Time
	limits   telegram.Limits
	admins   []int64      // user ids of those who run the bot
	listener net.Listener // for health and metrics; nil for none
	profiles bool
	keep     time.Duration // of updates and deliveries that are over; 0: as schedule says
	content  contentFlags
	reload   <-chan os.Signal // asks to read the directory of content again; nil for never
	// notifySocket is where systemd is told that the program is ready; "" for
	// nowhere.
	notifySocket string
	// started, if set, is told about the parts before they begin to work: the
	// demo moves the clock through them.
	started func(*store.Store, *schedule.Scheduler)
}

// run opens everything that can fail, then works until ctx ends: polls
// Telegram if nobody else does, and delivers what is due.
func run(ctx context.Context, cfg config) error {
	if cfg.token == "" {
		return errors.New("there is no token: ask @BotFather on Telegram for one and set TELEGRAM_BOT_TOKEN, or try the bot without one by: yolchi demo")
	}
	texts, err := locale.Load(locales.FS, cfg.log)
	if err != nil {
		return err
	}
	ours, err := curriculum.Load(locales.FS)
	if err != nil {
		return fmt.Errorf("reading the roadmaps: %w", err)
	}
	library, err := cfg.content.addTo(ours)
	if err != nil {
		return err
	}
	db, closeDB, err := openStore(ctx, cfg.database, cfg.log)
	if err != nil {
		return err
	}
	defer closeDB()
	metrics := monitor.New()
	metrics.WatchPool(db.Pool())
	client, err := telegram.New(ctx, telegram.Config{
		Token: cfg.token, BaseURL: cfg.apiURL, Log: cfg.log,
		Refused: func(kind telegram.Kind) { metrics.Refused(kind.String()) },
	})
	if errors.Is(err, telegram.ErrUnauthorized) {
		return errors.New("this token is not known to Telegram: compare TELEGRAM_BOT_TOKEN with what @BotFather gave you")
	}
	if err != nil {
		return fmt.Errorf("reaching Telegram: %w", err)
	}
	defer client.Close()
	b := &bot.Bot{
		Store: db, Texts: texts, Sender: telegram.NewSender(client, cfg.limits), Chats: client,
		Me: client.Me(), Admins: cfg.admins, Metrics: metrics, Now: cfg.now, Log: cfg.log,
	}
	b.Teach(library)
	go debug.FreeOSMemory() // reading the content took far more than it keeps
	scheduler := &schedule.Scheduler{Store: db, Deliverer: b, Reporter: b, Now: cfg.now, Log: cfg.log, Keep: cfg.keep}
	if cfg.started != nil {
		cfg.started(db, scheduler)
	}
	if err := bot.Introduce(ctx, client, texts, cfg.admins); err != nil {
		cfg.log.Warn("the menu was not updated", "error", err)
	}
	cfg.log.Info("yolchi is running", "bot", client.Me().Username, "version", version)
	if own := counts(library); own != nil {
		cfg.log.Info("your own roadmaps are taught, too", own...)
	}
	defer cfg.content.reloadOn(ctx, cfg.reload, b, ours, cfg.log)()
	defer announce(ctx, cfg.notifySocket, cfg.log)()
	return work(ctx, cfg, client, b, scheduler)
}

// work polls and delivers until ctx ends, and then gives what is under way a
// short while to finish.
func work(ctx context.Context, cfg config, client *telegram.Client, b *bot.Bot, scheduler *schedule.Scheduler) error {
	underway, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	dispatcher := bot.NewDispatcher(underway, b)
	program := ctx
	group, ctx := errgroup.WithContext(ctx)
	ready := &readiness{db: b.Store, client: client}
	if cfg.listener != nil {
		pages := b.Metrics.Handler(ready.check, cfg.profiles)
		group.Go(func() error { return monitor.Serve(ctx, cfg.listener, pages) })
	}
	group.Go(func() error {
		return holdLease(ctx, b.Store, telegramLease, cfg.log, func(ctx context.Context) error {
			b.Metrics.Polling(true)
			ready.polling(true)
			defer b.Metrics.Polling(false)
			defer ready.polling(false)
			dispatcher.Rest(ctx, restLimit) // it may have polled before: what it still sends is owed, too
			if err := dispatcher.Resend(ctx); err != nil {
				return err
			}
			group, ctx := errgroup.WithContext(ctx)
			group.Go(func() error { return scheduler.Run(ctx, program) })
			group.Go(func() error { return client.Poll(ctx, dispatcher.Handle) })
			return group.Wait()
		})
	})
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, end) })()
	err := group.Wait()
	dispatcher.Wait()
	return err
}

// restLimit is how long a process that polls once more waits for what it has in
// hand, so as to say nothing twice.
const restLimit = 3 * time.Second

// telegramLease is held by the one process that speaks to Telegram. Any may
// poll and deliver, but one at a time does: the pace that Telegram allows is
// for all together, and a person's reply can overtake only what waits in the
// same process.
const telegramLease = "telegram"

// openStore opens the database that the flags name, or a private one. The
// returned function closes both the store and what stands behind it.
func openStore(ctx context.Context, flags databaseFlags, log *slog.Logger) (*store.Store, func(), error) {
	dsn, stop, err := flags.address(ctx, log)
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, dsn, connections)
	if err != nil {
		stop()
		return nil, nil, err
	}
	return db, func() {
		if err := db.Close(); err != nil {
			log.Error("closing the database", "error", err)
		}
		stop()
	}, nil
}

// databaseName is the database in a private Postgres.
const databaseName = "yolchi"

// address is the database that the flags name, or a private one that runs until
// stop; stop is never nil. Nothing in it is looked at.
func (f databaseFlags) address(ctx context.Context, log *slog.Logger) (dsn string, stop func(), err error) {
	if f.DatabaseURL != "" {
		return f.DatabaseURL, func() {}, nil
	}
	server, err := startPrivate(ctx, f.DataDir, log)
	if err != nil {
		return "", func() {}, err
	}
	return server.DSN(databaseName), func() {
		if err := server.Stop(); err != nil {
			log.Error("stopping the private Postgres", "error", err)
		}
	}, nil
}

func startPrivate(ctx context.Context, dir string, log *slog.Logger) (*localpg.Server, error) {
	dir, err := dataDir(dir)
	if err != nil {
		return nil, err
	}
	server, err := localpg.Start(ctx, localpg.Config{Dir: dir, Log: log})
	if errors.Is(err, localpg.ErrNotInstalled) {
		return nil, errors.New("there is no database: set DATABASE_URL, or install PostgreSQL (apt-get install postgresql, brew install postgresql) and a private one is used")
	}
	if err != nil {
		return nil, fmt.Errorf("starting the private Postgres: %w", err)
	}
	return server, nil
}

// dataDir is where a program of this user keeps its data. Postgres does not run
// as root and cannot enter root's home.
func dataDir(dir string) (string, error) {
	if dir != "" {
		return filepath.Abs(dir)
	}
	if os.Getuid() == 0 {
		return "/var/lib/yolchi", nil
	}
	if base := os.Getenv("XDG_DATA_HOME"); base != "" {
		return filepath.Join(base, "yolchi"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("no home directory is known: set YOLCHI_DATA_DIR to where the data may be kept")
	}
	return filepath.Join(home, ".local", "share", "yolchi"), nil
}

type migrateCommand struct {
	databaseFlags
	logFlags
}

func (c *migrateCommand) Run(ctx context.Context) error {
	_, closeDB, err := openStore(ctx, c.databaseFlags, c.logger())
	if err != nil {
		return err
	}
	closeDB()
	fmt.Println("The database has the newest schema.")
	return nil
}
