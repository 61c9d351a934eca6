package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"yolchi/internal/localpg/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func execute(t *testing.T, dsn string, queries ...string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, query := range queries {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

func strs(t *testing.T, dsn, query string) (all []string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// everything is all rows and all that the schema says about its tables.
func everything(t *testing.T, dsn string) (all []string) {
	t.Helper()
	for _, table := range strs(t, dsn, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`) {
		all = append(all, strs(t, dsn, fmt.Sprintf(`SELECT '%[1]s: ' || r::text FROM %[1]s r ORDER BY 1`, table))...)
	}
	return slices.Concat(all,
		strs(t, dsn, `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || is_identity
			FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1`),
		strs(t, dsn, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`),
		strs(t, dsn, `SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1`),
		strs(t, dsn, `SELECT relname || ' ' || coalesce(reloptions::text, '') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`))
}

const oneChat = `INSERT INTO chats (chat_id, kind, title, created_at, updated_at) VALUES (%d, 'private', E'Oʻgʻiloy \\ "x"\t\n\\.\nCOPY public.y', now(), now())`

// filled is a database with a few rows, among them signs that dumps write
// differently.
func filled(t *testing.T) string {
	t.Helper()
	dsn := pgtest.DSN(t)
	execute(t, dsn, fmt.Sprintf(oneChat, 7),
		`INSERT INTO events (chat_id, at, day, user_id, kind, detail) SELECT 7, now(), '2026-11-20', 7, 'done', '{"to": "a"}' FROM generate_series(1, 1000)`,
		`INSERT INTO owed (chat_id, update_id, at, calls) SELECT 7, n, now(), repeat('ʻ', 5000) FROM generate_series(1, 20) n`)
	return dsn
}

func save(t *testing.T, dsn string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "yolchi.backup")
	if _, err := Save(t.Context(), dsn, file, nil); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWhatIsRestoredIsWhatWasSaved(t *testing.T) {
	t.Parallel()
	from, to := filled(t), pgtest.Empty(t)
	file := filepath.Join(t.TempDir(), "yolchi.backup")
	var saved, restored []string
	note := func(all *[]string) Progress {
		return func(bytes int64, what string) {
			if bytes >= 0 && !slices.Contains(*all, what) {
				*all = append(*all, what)
			}
		}
	}
	size, err := Save(t.Context(), from, file, note(&saved))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != size || info.Mode().Perm() != 0o600 {
		t.Errorf("Save says %d bytes; the file: %v, %v", size, info, err)
	}
	if err := Restore(t.Context(), to, file, false, note(&restored)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everything(t, from), everything(t, to)); diff != "" {
		t.Errorf("(-saved +restored):\n%s", diff)
	}
	for name, told := range map[string][]string{"saving": saved, "restoring": restored} {
		if !slices.Contains(told, "events") {
			t.Errorf("%s tells only of %v", name, told)
		}
	}
	// Numbers go on where they were.
	execute(t, to, `INSERT INTO events (chat_id, at, day, user_id, kind) VALUES (7, now(), '2026-11-21', 7, 'done')`)
}

func TestNothingIsDeletedUnasked(t *testing.T) {
	t.Parallel()
	file := save(t, filled(t))
	for _, c := range []struct {
		name    string
		queries []string // in the database to restore into
		replace bool
		want    error
	}{
		{"chats", []string{fmt.Sprintf(oneChat, 8)}, false, ErrNotEmpty},
		{"an empty schema", nil, false, ErrNotEmpty},
		{"a running bot", []string{`INSERT INTO leases VALUES ('telegram', 'x', now() + interval '1 minute')`}, true, ErrInUse},
		{"another program's", []string{`ALTER TABLE chats RENAME TO rooms`}, true, ErrForeign},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := pgtest.DSN(t)
			execute(t, to, c.queries...)
			before := everything(t, to)
			if err := Restore(t.Context(), to, file, c.replace, nil); !errors.Is(err, c.want) {
				t.Errorf("Restore: %v, want %v", err, c.want)
			}
			if diff := cmp.Diff(before, everything(t, to)); diff != "" {
				t.Errorf("what was there has changed:\n%s", diff)
			}
		})
	}
}

func TestReplacingLeavesNothingOfTheOldOne(t *testing.T) {
	t.Parallel()
	from, to := filled(t), pgtest.DSN(t)
	file := save(t, from)
	execute(t, to, fmt.Sprintf(oneChat, 8), `INSERT INTO leases VALUES ('telegram', 'dead', now() - interval '1 second')`,
		`CREATE TABLE later (chat_id bigint PRIMARY KEY)`) // of a newer schema
	if err := Restore(t.Context(), to, file, true, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everything(t, from), everything(t, to)); diff != "" {
		t.Errorf("(-saved +restored):\n%s", diff)
	}
}

func TestAnUnfinishedRestoreChangesNothing(t *testing.T) {
	t.Parallel()
	file := save(t, filled(t))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a file cut short", func(t *testing.T) {
		to := pgtest.DSN(t)
		execute(t, to, fmt.Sprintf(oneChat, 8))
		before := everything(t, to)
		for _, size := range []int{0, 10, len(whole) / 2, len(whole) * 9 / 10, len(whole) - 1} {
			if err := os.WriteFile(file, whole[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			if err := Restore(t.Context(), to, file, true, nil); err == nil {
				t.Errorf("%d of %d bytes were restored: %v", size, len(whole), strs(t, to, `SELECT chat_id::text FROM chats`))
			}
			if diff := cmp.Diff(before, everything(t, to)); diff != "" {
				t.Errorf("%d of %d bytes have changed something:\n%s", size, len(whole), diff)
			}
		}
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a database that refuses", func(t *testing.T) {
		to := pgtest.Empty(t)
		execute(t, to, `CREATE VIEW events AS SELECT 1 AS one`) // in the way of a table
		err := Restore(t.Context(), to, file, false, nil)
		if err == nil || !strings.Contains(err.Error(), "psql") || !strings.Contains(err.Error(), `"events" already exists`) {
			t.Errorf("Restore: %v", err)
		}
		if tables := strs(t, to, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`); len(tables) != 0 {
			t.Errorf("it left %v", tables)
		}
	})
	t.Run("a signal", func(t *testing.T) {
		to := pgtest.Empty(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := Restore(ctx, to, file, false, func(int64, string) { cancel() })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Restore: %v", err)
		}
		if tables := strs(t, to, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`); len(tables) != 0 {
			t.Errorf("it left %v", tables)
		}
	})
}

func TestAFileAppearsOnlyWhenItIsWhole(t *testing.T) {
	t.Parallel()
	dsn := filled(t)
	// Somebody who may not read everything.
	execute(t, dsn, `CREATE ROLE backup_of_a_part LOGIN`, `GRANT SELECT ON goose_db_version, leases TO backup_of_a_part`)
	defer execute(t, dsn, `DROP OWNED BY backup_of_a_part`, `DROP ROLE backup_of_a_part`)
	file := filepath.Join(t.TempDir(), "yolchi.backup")
	if err := os.WriteFile(file, []byte("yesterday's"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	for name, try := range map[string]func() error{
		"without the right": func() error {
			_, err := Save(t.Context(), dsn+" user=backup_of_a_part", file, nil)
			return err
		},
		"by a signal": func() error {
			_, err := Save(gone, dsn, file, func(int64, string) { cancel() })
			return err
		},
		"of another database": func() error {
			_, err := Save(t.Context(), pgtest.Empty(t), file, nil)
			return err
		},
		"into a directory that is not there": func() error {
			_, err := Save(t.Context(), dsn, filepath.Join(filepath.Dir(file), "nowhere", "x"), nil)
			return err
		},
		"over a directory": func() error {
			_, err := Save(t.Context(), dsn, filepath.Dir(file), nil)
			return err
		},
	} {
		if err := try(); err == nil {
			t.Errorf("%s: it was saved", name)
		} else {
			t.Log(name, "-", err)
		}
		names, err := fs.Glob(os.DirFS(filepath.Dir(file)), "*")
		text, errRead := os.ReadFile(file)
		if err != nil || errRead != nil || len(names) != 1 || string(text) != "yesterday's" {
			t.Errorf("%s: the directory holds %v, the file %.20q (%v, %v)", name, names, text, err, errRead)
		}
	}
}

func TestAFileThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	to := pgtest.Empty(t)
	file := filepath.Join(t.TempDir(), "x")
	if err := Restore(t.Context(), to, file, false, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(file, []byte("-- a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), to, file, false, nil); !errors.Is(err, ErrNoBackup) {
		t.Errorf("a text: %v", err)
	}
	newer := filled(t)
	execute(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	if err := Restore(t.Context(), to, save(t, newer), false, nil); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("a newer backup: %v", err)
	}
	other := filled(t)
	execute(t, other, `DELETE FROM goose_db_version`)
	if err := Restore(t.Context(), to, save(t, other), false, nil); !errors.Is(err, ErrNoBackup) {
		t.Errorf("a backup without a version: %v", err)
	}
}

func TestTheAddressGoesThroughTheEnvironment(t *testing.T) {
	for _, c := range []struct{ dsn, want string }{
		{"postgres://u:p%40ss@db.example:6432/y?sslmode=verify-full&sslrootcert=/ca.pem&binary_parameters=yes",
			"PGDATABASE=y PGHOST=db.example PGPASSWORD=p@ss PGPORT=6432 PGSSLMODE=verify-full PGSSLROOTCERT=/ca.pem PGUSER=u"},
		{"host=a,b port=1,2 user=u password=p dbname=y sslmode=disable target_session_attrs=read-write",
			"PGDATABASE=y PGHOST=a,b PGPASSWORD=p PGPORT=1,2 PGSSLMODE=disable PGTARGETSESSIONATTRS=read-write PGUSER=u"},
		{"host=/run/pg user=u dbname='a b' sslmode=disable", "PGDATABASE=a b PGHOST=/run/pg PGPORT=5432 PGSSLMODE=disable PGUSER=u"},
		{"postgres://u@db/y", "PGDATABASE=y PGHOST=db PGPORT=5432 PGSSLMODE=require PGUSER=u"}, // lib/pq's default, not libpq's
	} {
		env, err := environment(c.dsn)
		if err != nil {
			t.Fatal(err)
		}
		var ours []string
		for _, setting := range env {
			name, _, _ := strings.Cut(setting, "=")
			if strings.HasPrefix(name, "PG") && !slices.Contains([]string{"PGSSLSNI", "PGTEST_ROLE"}, name) {
				ours = append(ours, setting)
			}
		}
		slices.Sort(ours)
		if diff := cmp.Diff(c.want, strings.Join(ours, " ")); diff != "" {
			t.Errorf("%s:\n%s", c.dsn, diff)
		}
	}
}

func TestSettingsThatAnOlderServerDoesNotKnowAreLeftOut(t *testing.T) {
	const script = "SET lock_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE x ();\nSET transaction_timeout = 0;\nlast"
	for server, want := range map[int]string{
		15: "first\nSET lock_timeout = 0;\nCREATE TABLE x ();\nSET transaction_timeout = 0;\nlast",
		17: "first\n" + script,
	} {
		var out strings.Builder
		if err := (&tools{server: server}).pass(&out, strings.NewReader(script), "first\n"); err != nil || out.String() != want {
			t.Errorf("for %d: %v\n%s", server, err, &out)
		}
	}
}
