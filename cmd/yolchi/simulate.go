package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"yolchi/internal/memory/simulation"
)

type simulateCommand struct {
	Learners int    `default:"1000" help:"How many learners."`
	Days     int    `default:"180" help:"For how many days."`
	Seed     uint64 `default:"1" help:"The same seed gives the same learners and the same figures."`
}

func (c *simulateCommand) Run(ctx context.Context) error {
	if c.Learners < 1 || c.Days < 1 {
		return errors.New("--learners and --days must be 1 or more")
	}
	var progress func(done, total int)
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		progress = func(done, total int) { fmt.Fprintf(os.Stderr, "\r\033[K%d of %d learners", done, total) }
	}
	result, err := simulation.Run(ctx, simulation.Config{Learners: c.Learners, Days: c.Days, Seed: c.Seed}, progress)
	if progress != nil {
		fmt.Fprint(os.Stderr, "\r\033[K")
	}
	if err != nil {
		return err
	}
	return result.Table(os.Stdout)
}
