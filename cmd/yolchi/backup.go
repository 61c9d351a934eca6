package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"yolchi/internal/backup"
	"yolchi/internal/localpg"
)

type backupCommand struct {
	File string `arg:"" type:"path" help:"File to write; one that is there is replaced when the new one is whole."`
	databaseFlags
	logFlags
}

func (c *backupCommand) Run(ctx context.Context) error {
	dsn, stop, err := c.address(ctx, c.logger())
	if errors.Is(err, localpg.ErrInUse) { // the bot runs, and its Postgres with it
		dsn, err = c.runningAddress(err)
	}
	if err != nil {
		return err
	}
	defer stop()
	progress, done := copied()
	size, err := backup.Save(ctx, dsn, c.File, progress)
	done()
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	fmt.Printf("%s holds the whole database, %s.\n", c.File, amount(size))
	return nil
}

type restoreCommand struct {
	File    string `arg:"" type:"path" help:"File that yolchi backup wrote."`
	Replace bool   `help:"Delete what the database holds before."`
	databaseFlags
	logFlags
}

func (c *restoreCommand) Run(ctx context.Context) error {
	switch info, err := os.Stat(c.File); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s: name one that yolchi backup wrote", c.File)
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a directory: name a file that yolchi backup wrote", c.File)
	}
	dsn, stop, err := c.address(ctx, c.logger())
	if errors.Is(err, localpg.ErrInUse) {
		return backup.ErrInUse
	}
	if err != nil {
		return err
	}
	defer stop()
	progress, done := copied()
	err = backup.Restore(ctx, dsn, c.File, c.Replace, progress)
	done()
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return fmt.Errorf("restoring: %w", err)
	}
	fmt.Printf("The database is as it was when %s was written. Start the bot with: yolchi run\n", c.File)
	return nil
}

// runningAddress is the private Postgres of a program that runs; inUse says
// that one does.
func (f databaseFlags) runningAddress(inUse error) (string, error) {
	dir, err := dataDir(f.DataDir)
	if err != nil {
		return "", err
	}
	dsn, ok := localpg.Running(dir, databaseName)
	if !ok {
		return "", fmt.Errorf("%w: it is just starting or ending, or runs as a user whose files you may not read", inUse)
	}
	return dsn, nil
}

// copied shows on a terminal how far a copy is; done takes that away again.
func copied() (progress backup.Progress, done func()) {
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil, func() {}
	}
	shown := ""
	return func(bytes int64, what string) {
		if line := amount(bytes) + " " + what; line != shown { // not for each block
			shown = line
			fmt.Fprintf(os.Stderr, "\r\033[K%s", line)
		}
	}, func() { fmt.Fprint(os.Stderr, "\r\033[K") }
}

// amount is a number of bytes for people.
func amount(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
}
