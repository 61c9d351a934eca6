package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"yolchi/internal/store"
	"yolchi/migrations"
)

// Restore fills the database that dsn names from a file of Save's: all of it, or
// nothing of it. A database that is not empty is refused; with replace its
// tables are dropped first, if they are yolchi's and no bot works with them.
// The schema is that of the backup: the bot brings it up to date when it starts.
func Restore(ctx context.Context, dsn, file string, replace bool, progress Progress) (err error) {
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	db, err := store.Connect(ctx, dsn, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tools, err := toolsFor(ctx, db, dsn)
	if err != nil {
		return err
	}
	if err := fits(ctx, tools, file); err != nil {
		return err
	}
	holds, err := look(ctx, db)
	switch {
	case err != nil:
		return err
	case len(holds.tables) > 0 && !holds.ours:
		return ErrForeign
	case holds.inUse:
		return ErrInUse
	case len(holds.tables) > 0 && !replace:
		return ErrNotEmpty
	}
	first := "BEGIN;\nSET client_min_messages = warning;\n"
	for _, table := range holds.tables {
		if strings.HasPrefix(table, "public.") {
			first += "DROP TABLE " + table + " CASCADE;\n"
		}
	}
	return tools.fill(ctx, progress, file, first, "COMMIT;\nANALYZE;\n")
}

// fits refuses a file that is not a backup, or one with a schema that this
// program does not know.
func fits(ctx context.Context, tools *tools, file string) error {
	rows, err := tools.list(ctx, "--data-only", "--table=goose_db_version", "--file=-", file)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNoBackup, err)
	}
	has, err := schemaVersion(rows)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNoBackup, err)
	}
	newest, err := migrations.Newest()
	if err != nil {
		return err
	}
	if has > newest {
		return fmt.Errorf("the backup was made by a newer program (its schema is %d, this one knows %d): run that one", has, newest)
	}
	return nil
}

// schemaVersion reads the highest version from the rows of goose's table, as
// COPY writes them.
func schemaVersion(text string) (version int64, err error) {
	_, rest, found := strings.Cut(text, "COPY public.goose_db_version (id, version_id, is_applied, tstamp) FROM stdin;\n")
	rows, _, whole := strings.Cut(rest, "\n\\.\n")
	if !found || !whole {
		return 0, errors.New("it has no schema version")
	}
	for row := range strings.SplitSeq(rows, "\n") {
		fields := strings.Split(row, "\t")
		if len(fields) != 4 {
			return 0, errors.New("its schema version cannot be read")
		}
		n, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return 0, errors.New("its schema version cannot be read")
		}
		version = max(version, n)
	}
	return version, nil
}
