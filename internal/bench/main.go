//go:build unix

// Bench measures what docs/performance.md promises and prints one table:
//
//	go run ./internal/bench
//
// The sandbox runs in a process of its own, Postgres is a private one with
// fsync on, and the bot is the program's own packages, or its built binary
// where a row is about a process. Nothing here is asserted: a missed target is
// printed as missed. It must never touch a database or a bot that is not its
// own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	_ "time/tzdata"
)

// row is one line of the plan; it may bring several figures, for what is
// compared is measured together.
type row struct {
	name string
	run  func(ctx context.Context, b *bench) ([]figure, error)
}

var plan = []row{
	{"tick", tick},
	{"rows", rows},
	{"memory", memory},
	{"start", start},
	{"updates", updates},
	{"broadcast_1000", broadcast1000},
	{"broadcast_30", broadcast30},
	{"interactive", interactive},
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "sandbox" {
		address := "127.0.0.1:0"
		if len(os.Args) > 2 { // .ci/operate has bots in containers
			address = os.Args[2]
		}
		exit(serveSandbox(address, os.Stdin, os.Stdout))
	}
	var names []string
	for _, r := range plan {
		names = append(names, r.name)
	}
	only := flag.String("only", "", "measure one row alone: "+strings.Join(names, ", "))
	quick := flag.Bool("quick", false, "small sizes, to see that it works; its figures mean little")
	file := flag.String("json", "bin/bench.json", "where the table is written as JSON")
	profile := flag.String("cpuprofile", "", "where a CPU profile of this process is written")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(run(ctx, *only, *quick, *file, *profile))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, only string, quick bool, file, profile string) (failure error) {
	b, err := newBench(ctx, quick)
	if err != nil {
		return err
	}
	defer func() { failure = errors.Join(failure, b.close()) }()
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return fmt.Errorf("writing the profile: %w", err)
		}
		defer f.Close() //nolint:errcheck // the profile is a help, no result
		if err := pprof.StartCPUProfile(f); err != nil {
			return fmt.Errorf("starting the profile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	t := newTable(quick)
	known := false
	for _, r := range plan {
		if only != "" && only != r.name {
			continue
		}
		known = true
		b.say("%s", r.name)
		figures, err := r.run(ctx, b)
		if err != nil {
			return fmt.Errorf("measuring %s: %w", r.name, err)
		}
		t.Figures = append(t.Figures, figures...)
	}
	if !known {
		return fmt.Errorf("there is no row %q", only)
	}
	t.print(os.Stdout)
	return t.write(file)
}
