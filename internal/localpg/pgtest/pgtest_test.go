//go:build unix

package pgtest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

const roleVariable = "PGTEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) == "hang" {
		// A test binary that has a cluster of its own and never ends.
		own, err := ownCluster()
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(own.dsn)
		select {}
	}
	// No exception: a running cluster leaves no goroutine behind.
	goleak.VerifyTestMain(m)
}

func query[T any](t *testing.T, dsn, text string, args ...any) T {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var value T
	if err := db.QueryRowContext(t.Context(), text, args...).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

const countTables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"

func TestEveryTestHasItsOwnDatabaseWithTheSchema(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			dsn := DSN(t)
			if n := query[int](t, dsn, countTables); n < 2 {
				t.Errorf("%d tables, want those of the migrations", n)
			}
			if err := exec(t.Context(), dsn, "CREATE TABLE mine (n int)"); err != nil {
				t.Errorf("another test's table is here: %v", err)
			}
		})
	}
}

func TestEmptyHasNoTables(t *testing.T) {
	if n := query[int](t, Empty(t), countTables); n != 0 {
		t.Errorf("%d tables, want none", n)
	}
}

func TestTheDatabaseGoesWithItsTestAlthoughSomebodyIsConnected(t *testing.T) {
	var name string
	var db *sql.DB
	t.Run("a test", func(t *testing.T) {
		dsn := DSN(t)
		name = query[string](t, dsn, "SELECT current_database()")
		var err error
		if db, err = sql.Open("postgres", dsn); err != nil {
			t.Fatal(err)
		}
		if err := db.PingContext(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	defer db.Close()
	if query[bool](t, adminDSN(t), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name) {
		t.Errorf("the database %s is still there", name)
	}
}

func TestManyBinariesMakeOneTemplate(t *testing.T) {
	admin := adminDSN(t)
	const name = "yolchi_template_of_this_test"
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { _, errs[i] = ensureTemplate(t.Context(), admin, name) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if err := exec(t.Context(), admin, "DROP DATABASE "+name); err != nil {
		t.Error(err)
	}
}

func TestTheClusterEndsWithAKilledTestBinary(t *testing.T) {
	if _, err := ownCluster(); err != nil {
		t.Fatal(err)
	}
	binary := osexec.Command(os.Args[0])
	binary.Env = append(os.Environ(), roleVariable+"=hang", ClusterVariable+"=")
	stdout, err := binary.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := binary.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, host, _ := strings.Cut(line, "host='")
	host, _, _ = strings.Cut(host, "'")
	if _, err := os.Stat(host); err != nil {
		t.Fatal(err)
	}
	_ = binary.Process.Kill()
	_ = binary.Wait()

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		if _, err := os.Stat(host); errors.Is(err, os.ErrNotExist) {
			return
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			t.Fatalf("the cluster in %s outlived its test binary", host)
		}
	}
}

func TestWithDatabaseTakesBothFormsOfAnAddress(t *testing.T) {
	for _, c := range []struct{ dsn, want string }{
		{"host='/a b' port=5432 dbname='postgres'", "host='/a b' port=5432 dbname='postgres' dbname=x"},
		{"postgres://me:secret@db:5432/postgres?sslmode=disable", "postgres://me:secret@db:5432/x?sslmode=disable"},
		{"postgresql://db", "postgresql://db/x"},
	} {
		if diff := cmp.Diff(c.want, withDatabase(c.dsn, "x")); diff != "" {
			t.Error(diff)
		}
	}
}

// verdict is a test that only remembers how it was ended.
type verdict struct {
	testing.TB
	said string
}

func (*verdict) Helper()        {}
func (v *verdict) Fatal(...any) { v.said = "failed"; panic(v) }
func (v *verdict) Skip(...any)  { v.said = "skipped"; panic(v) }

func TestAMissingPostgresSkipsUnlessItIsRequired(t *testing.T) {
	for required, want := range map[string]string{"": "skipped", "1": "failed"} {
		t.Setenv(requireVariable, required)
		v := &verdict{}
		func() {
			defer func() { _ = recover() }()
			missing(v, errors.New("PostgreSQL is not installed"))
		}()
		if v.said != want {
			t.Errorf("YOLCHI_REQUIRE=%q: %s, want %s", required, v.said, want)
		}
	}
}

// short is a test that is over when end is called.
type short struct {
	testing.TB
	end func()
}

func (s *short) Cleanup(f func()) { s.end = f }

// BenchmarkDSN measures a database from its making to its end.
func BenchmarkDSN(b *testing.B) {
	DSN(b) // the cluster and the template
	for b.Loop() {
		s := &short{TB: b}
		DSN(s)
		s.end()
	}
}
