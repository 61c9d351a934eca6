//go:build unix

// Package pgtest gives every test a fresh PostgreSQL database of its own. All
// tests of a run share one cluster: that which the program withpg started, or
// else one that starts by itself at the first call and ends with the test
// binary.
//
// It must never be imported by the program itself, and never touch a database
// that it did not make.
package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"yolchi/internal/localpg"
)

const (
	// ClusterVariable holds the connection string of the cluster that all test
	// binaries share, to a database in which databases may be made. Unset,
	// each test binary starts its own.
	ClusterVariable = "YOLCHI_TEST_CLUSTER"
	// requireVariable set to "1" makes a missing PostgreSQL a failure.
	requireVariable = "YOLCHI_REQUIRE"
)

// DSN makes a database with the newest schema and returns its lib/pq
// connection string. The database is dropped when the test ends, with
// whatever is still connected to it.
//
// Without PostgreSQL the test is skipped, or fails if YOLCHI_REQUIRE is 1.
func DSN(t testing.TB) string {
	t.Helper()
	admin := adminDSN(t)
	template, err := schema.get(admin)
	if err != nil {
		t.Fatalf("making the template of the test databases: %v", err)
	}
	return create(t, admin, template)
}

// Empty is DSN without any schema.
func Empty(t testing.TB) string {
	t.Helper()
	return create(t, adminDSN(t), "")
}

func adminDSN(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv(ClusterVariable); dsn != "" {
		return dsn
	}
	if _, err := localpg.Find(); err != nil {
		missing(t, err)
	}
	own, err := ownCluster()
	if err != nil {
		t.Fatalf("starting a cluster for the tests: %v", err)
	}
	return own.dsn
}

func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv(requireVariable) == "1" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// create makes a database; options follow its name in the statement.
func create(t testing.TB, admin, options string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text()[:16])
	if err := exec(t.Context(), admin, "CREATE DATABASE "+name+" "+options); err != nil {
		t.Fatalf("making a test database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := exec(ctx, admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping a test database: %v", err)
		}
	})
	return withDatabase(admin, name)
}

// withDatabase returns dsn with another database.
func withDatabase(dsn, name string) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		u.Path = "/" + name
		return u.String()
	}
	return dsn + " dbname=" + name // of a repeated key the last counts
}

func exec(ctx context.Context, dsn string, queries ...string) (err error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, q := range queries {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
