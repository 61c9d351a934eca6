// Package backup writes the whole database to one file while the bot runs, and
// fills a database from such a file, with PostgreSQL's own programs. A file
// appears only when it is whole, and a database is filled wholly or not at all.
//
// It must never change a database that it saves, put a password on a command
// line, or delete what another program keeps.
package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"yolchi/internal/localpg"
	"yolchi/internal/store"
)

// What Save and Restore can refuse with, besides what localpg.FindClient says.
// Compare with errors.Is.
var (
	ErrNotOurs  = errors.New("the database holds nothing of yolchi's")
	ErrForeign  = errors.New("the database holds tables of another program: choose another database")
	ErrNotEmpty = errors.New("the database is not empty: choose another, or write --replace to delete what it holds")
	ErrInUse    = errors.New("a bot works with this database: stop it first")
	ErrNoBackup = errors.New("the file is no backup of yolchi's")
)

// Progress is told how many bytes went through, and what is being copied now.
type Progress func(bytes int64, what string)

// Save writes the database that dsn names to file, whatever stood there before,
// readable for this user alone. It returns how many bytes it wrote. Until the
// file is whole it has another name, and if anything fails nothing is left.
func Save(ctx context.Context, dsn, file string, progress Progress) (size int64, err error) {
	db, err := store.Connect(ctx, dsn, 1)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	holds, err := look(ctx, db)
	if err != nil {
		return 0, err
	}
	if !holds.ours {
		return 0, ErrNotOurs
	}
	tools, err := toolsFor(ctx, db, dsn)
	if err != nil {
		return 0, err
	}
	return whole(file, func(w io.Writer) error {
		// The tables are all there is. Extensions and the rights of others are the
		// server's own matter.
		return tools.dump(ctx, w, progress, "--format=custom", "--table=public.*")
	})
}

// whole gives file what write writes, in one step.
func whole(file string, write func(io.Writer) error) (size int64, err error) {
	partial, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".partial-*")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("there is no directory %s: make it, or choose another", filepath.Dir(file))
	}
	if err != nil {
		return 0, fmt.Errorf("no file can be made in %s: %w", filepath.Dir(file), cause(err))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, partial.Close(), os.Remove(partial.Name()))
		}
	}()
	if err := write(partial); err != nil {
		return 0, err
	}
	if err := partial.Sync(); err != nil {
		return 0, fmt.Errorf("writing the file to disk: %w", err)
	}
	info, err := partial.Stat()
	if err != nil {
		return 0, fmt.Errorf("looking at the file: %w", err)
	}
	if err := os.Rename(partial.Name(), file); err != nil {
		return 0, fmt.Errorf("the file cannot be named %s: %w", file, cause(err))
	}
	_ = partial.Close() // its content is on the disk
	return info.Size(), syncDir(filepath.Dir(file))
}

// cause is why, without the other name of the file, which people never see.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the file's directory: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("writing the file's directory to disk: %w", err)
	}
	return nil
}

// contents is what a database holds.
type contents struct {
	tables []string // quoted, all of the schema public
	ours   bool     // they are yolchi's
	inUse  bool     // a process has a lease in it
}

func look(ctx context.Context, db *sql.DB) (c contents, err error) {
	rows, err := db.QueryContext(ctx, `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_t%'
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
		ORDER BY 1`)
	if err != nil {
		return c, fmt.Errorf("looking at what the database holds: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	known := 0
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return c, fmt.Errorf("looking at what the database holds: %w", err)
		}
		c.tables = append(c.tables, table)
		switch table {
		case "public.goose_db_version", "public.chats", "public.leases": // in every schema since the first
			known++
		}
	}
	if err := rows.Err(); err != nil {
		return c, fmt.Errorf("looking at what the database holds: %w", err)
	}
	if c.ours = known == 3; !c.ours {
		return c, nil
	}
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM leases WHERE until >= now())`).Scan(&c.inUse); err != nil {
		return c, fmt.Errorf("asking who works with the database: %w", err)
	}
	return c, nil
}

// toolsFor finds the programs that fit the server of db.
func toolsFor(ctx context.Context, db *sql.DB, dsn string) (*tools, error) {
	var number int // 150018 is 15.18
	if err := db.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&number); err != nil {
		return nil, fmt.Errorf("asking the server for its version: %w", err)
	}
	bin, err := localpg.FindClient(number / 10_000)
	if err != nil {
		return nil, err
	}
	env, err := environment(dsn)
	if err != nil {
		return nil, err
	}
	return &tools{bin: bin, env: env, server: number / 10_000}, nil
}
