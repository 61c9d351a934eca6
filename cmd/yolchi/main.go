// Command yolchi runs the Telegram bot Yoʻlchi, its demo, and the chores around
// them. Here are only flags, environment and exit code: run does the rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // a machine without time zones must not send at the wrong hour

	"github.com/alecthomas/kong"
)

// version is set by the linker in a release.
var version = "dev"

// cli is the command line; kong reads flags, environment and help from it.
type cli struct {
	Run      runCommand      `cmd:"" help:"Run the bot on Telegram."`
	Demo     demoCommand     `cmd:"" help:"Run everything on this machine, with a web chat instead of Telegram. Needs no token."`
	Content  contentCommand  `cmd:"" help:"Check, export, import or begin roadmaps, lessons and questions."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database to the newest schema and end."`
	Rebuild  rebuildCommand  `cmd:"" help:"Rebuild from the logs what is derived from them, and say what differed."`
	Backup   backupCommand   `cmd:"" help:"Write the whole database to a file, while the bot runs."`
	Restore  restoreCommand  `cmd:"" help:"Fill a database from such a file."`
	Health   healthCommand   `cmd:"" help:"Ask the program that runs here whether it can do its work."`
	Simulate simulateCommand `cmd:"" help:"Simulate learners, to see what the reviews are worth."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// logFlags say what is logged.
type logFlags struct {
	LogLevel  string `env:"YOLCHI_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"What to log: debug, info, warn or error (${env})."`
	LogFormat string `env:"YOLCHI_LOG_FORMAT" default:"text" enum:"text,json" help:"Form of the log lines: text or json (${env})."`
}

func (f logFlags) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(f.LogLevel)) // kong took no other word
	options := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// databaseFlags say where everything is kept.
type databaseFlags struct {
	DatabaseURL string `env:"DATABASE_URL" placeholder:"URL" help:"Postgres database, as postgres://user:password@host:5432/name?sslmode=require. Without it a private Postgres runs in the data directory (${env})."`
	DataDir     string `env:"YOLCHI_DATA_DIR" placeholder:"DIR" type:"path" help:"Directory of the private Postgres; by default one of the user's own (${env})."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the program at once
	}()
	forgetEmpty()
	var c cli
	parser := kong.Must(&c,
		kong.Name("yolchi"),
		kong.Description("Yoʻlchi, a Telegram bot with which people study a backend roadmap day by day, in Uzbek and English.\n\nTo look around without a token: yolchi demo"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"version": version},
	)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		fail(fmt.Errorf("%w\nyolchi --help lists the commands and settings", err))
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(); err != nil && (ctx.Err() == nil || errors.Is(err, errInterrupted)) {
		fail(err)
	}
}

// errInterrupted is how a command ends that a signal has kept from its work;
// for others a signal is the way to end.
var errInterrupted = errors.New("interrupted: nothing was changed")

// forgetEmpty takes an empty setting in the environment for one that is not
// there, as people mean it who leave a line of .env.example unfilled.
func forgetEmpty() {
	for _, setting := range os.Environ() {
		name, value, _ := strings.Cut(setting, "=")
		ours := strings.HasPrefix(name, "YOLCHI_") || strings.HasPrefix(name, "TELEGRAM_") || name == "DATABASE_URL"
		if ours && value == "" {
			_ = os.Unsetenv(name) // it fails for names that cannot be set
		}
	}
}

// fail ends the program with one sentence.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "yolchi:", err)
	os.Exit(1)
}

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println("yolchi", version)
	return nil
}
