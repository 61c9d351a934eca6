// Package migrations holds the database schema as numbered goose files and
// brings a database to the newest one. A published file never changes; what
// comes later stands in a further file.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// FS holds the migrations, in the root of the file system.
//
//go:embed *.sql
var FS embed.FS

// ErrNewerSchema says that the database was migrated by a newer program. An
// older one must not write to it.
var ErrNewerSchema = errors.New("the database has a newer schema than this program: run a newer yolchi, or use another database")

// Up brings db to the newest schema under a lock in the database, so that
// several processes may start at once. It fails with ErrNewerSchema if db is
// ahead of this program, and changes nothing then.
func Up(ctx context.Context, db *sql.DB) error {
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w (it has %d, this program knows %d)", ErrNewerSchema, current, target)
	}
	if current == target {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// Newest is the version of the schema that this program knows.
func Newest() (int64, error) {
	files, err := fs.Glob(FS, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("listing the migrations: %w", err)
	}
	newest := int64(0)
	for _, file := range files {
		version, err := goose.NumericComponent(file)
		if err != nil {
			return 0, fmt.Errorf("reading the number of a migration: %w", err)
		}
		newest = max(newest, version)
	}
	return newest, nil
}

// DownTo takes db back to the given version; 0 leaves an empty schema.
func DownTo(ctx context.Context, db *sql.DB, version int64) error {
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	if _, err := provider.DownTo(ctx, version); err != nil {
		return fmt.Errorf("migrating the database down: %w", err)
	}
	return nil
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("making the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, FS, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}
