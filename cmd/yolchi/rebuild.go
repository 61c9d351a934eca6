package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

type rebuildCommand struct {
	Check bool `help:"Only report the differences, mend nothing; the exit code is 1 if there are any."`
	databaseFlags
	logFlags
}

func (c *rebuildCommand) Run(ctx context.Context) error {
	db, closeDB, err := openStore(ctx, c.databaseFlags, c.logger())
	if err != nil {
		return err
	}
	defer closeDB()
	var progress func(done, total int)
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		progress = func(done, total int) {
			if done%100 == 0 || done == total {
				fmt.Fprintf(os.Stderr, "\r\033[K%d of %d chats", done, total)
			}
		}
	}
	found, err := db.Rebuild(ctx, time.Now(), c.Check, progress)
	if progress != nil {
		fmt.Fprint(os.Stderr, "\r\033[K")
	}
	if err != nil {
		return err
	}
	switch {
	case found.Differences == 0:
		fmt.Printf("%d chats: everything is as the logs say.\n", found.Chats)
	case c.Check:
		return fmt.Errorf("%d of %d chats differ from their logs, in %d rows: yolchi rebuild mends them", found.Wrong, found.Chats, found.Differences)
	default:
		fmt.Printf("%d chats: %d differed from their logs, in %d rows. They are mended.\n", found.Chats, found.Wrong, found.Differences)
	}
	return nil
}
