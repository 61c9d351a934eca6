//go:build unix

package pgtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"yolchi/migrations"
)

// schema is the template with the newest schema, looked up once in each test
// binary.
var schema template

type template struct {
	mu     sync.Mutex
	clause string // of CREATE DATABASE
}

// get returns the clause that copies the template, which it makes if this is
// the first test binary to need it. A failure is not remembered.
func (t *template) get(admin string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.clause != "" {
		return t.clause, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	hash, err := schemaHash()
	if err != nil {
		return "", fmt.Errorf("reading the migrations: %w", err)
	}
	clause, err := ensureTemplate(ctx, admin, "yolchi_template_"+hash)
	t.clause = clause
	return clause, err
}

// schemaHash names the schema, so that a cluster that is kept between runs
// never serves an old one.
func schemaHash() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return fmt.Sprintf("%x", sum.Sum(nil)[:8]), err
}

// ensureTemplate makes the template, unless it is there, and returns the clause
// that copies it. An advisory lock makes one test binary work and the others
// wait.
func ensureTemplate(ctx context.Context, admin, name string) (clause string, err error) {
	db, err := sql.Open("postgres", admin)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx) // the lock belongs to the connection
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext('yolchi pgtest template'))"); err != nil {
		return "", err
	}
	var exists, hasStrategies bool
	const query = `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1),
		current_setting('server_version_num')::int >= 150000`
	if err := conn.QueryRowContext(ctx, query, name).Scan(&exists, &hasStrategies); err != nil {
		return "", err
	}
	if !exists {
		if err := makeTemplate(ctx, admin, name); err != nil {
			return "", err
		}
	}
	if hasStrategies { // the only one before PostgreSQL 15; measured: quicker than WAL_LOG by a third
		return "TEMPLATE " + name + " STRATEGY FILE_COPY", nil
	}
	return "TEMPLATE " + name, nil
}

// makeTemplate takes another name until the schema is complete.
func makeTemplate(ctx context.Context, admin, name string) error {
	unfinished := name + "_new"
	if err := exec(ctx, admin, "DROP DATABASE IF EXISTS "+unfinished+" WITH (FORCE)", "CREATE DATABASE "+unfinished); err != nil {
		return err
	}
	if err := migrate(ctx, withDatabase(admin, unfinished)); err != nil {
		return err
	}
	return exec(ctx, admin, "ALTER DATABASE "+unfinished+" RENAME TO "+name)
}

func migrate(ctx context.Context, dsn string) (err error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return migrations.Up(ctx, db)
}
