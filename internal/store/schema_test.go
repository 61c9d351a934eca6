package store

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/localpg/pgtest"
	"yolchi/migrations"
)

// A change of a large table takes its time, but does not make everybody wait
// for long who comes behind it.
func TestAMigrationMayTakeLongerThanAStatement(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	db, err := Connect(t.Context(), dsn, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `CREATE SCHEMA watch;
		CREATE TABLE watch.seen (statement text, lock text, PRIMARY KEY (statement, lock));
		CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO watch.seen VALUES (current_setting('statement_timeout'), current_setting('lock_timeout')) ON CONFLICT DO NOTHING;
		END $$;
		CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION watch.note()`)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dsn, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var seen []struct{ Statement, Lock string }
	if err := s.db.SelectContext(t.Context(), &seen, `SELECT statement, lock FROM watch.seen`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]struct{ Statement, Lock string }{{"0", "10s"}}, seen); diff != "" {
		t.Errorf("limits of the migrations (-want +got):\n%s", diff)
	}
	var afterwards string
	if err := s.db.GetContext(t.Context(), &afterwards, `SHOW statement_timeout`); err != nil || afterwards != "30s" {
		t.Errorf("limit of all else: %s, %v", afterwards, err)
	}
}

func TestTheSchemaGoesForwardAndBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	for range 2 {
		if err := migrations.DownTo(t.Context(), s.db.DB, 0); err != nil {
			t.Fatal(err)
		}
		if err := migrations.Up(t.Context(), s.db.DB); err != nil {
			t.Fatal(err)
		}
	}
	learner(t, s, 1, nil)
}

func TestProcessesThatStartAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := Open(t.Context(), dsn, 2)
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// All rows of a chat can lie on one node of a distributed database: each table's
// primary key begins with the chat, and so does what is unique or refers to
// another table.
func TestEveryTableIsKeyedByItsChat(t *testing.T) {
	t.Parallel()
	s := open(t)
	apart := map[string]string{ // and why
		"leases":           "which process may do what: a few rows for all chats",
		"goose_db_version": "the version of the schema",
		"cards":            "a person's memory: by user_id, which is the id of their own chat",
		"pictures":         "by what was drawn; they are nobody's",
		"feedback":         "what a person wrote to those who run the bot: by user_id",
		"census":           "figures of a day over all chats: some rows a day",
		"day_figures":      "figures of a day over all chats: a row a day",
	}
	for _, c := range []struct{ what, query string }{
		{"has no primary key", `SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
			AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)`},
		{"has a unique index that begins with something else than chat_id", `SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
			WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND a.attname IS DISTINCT FROM 'chat_id'`},
		{"refers to another table by something else than chat_id first", `SELECT c.conrelid::regclass::text FROM pg_constraint c
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
			JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
			WHERE c.connamespace = 'public'::regnamespace AND c.contype = 'f' AND (a.attname, b.attname) <> ('chat_id', 'chat_id')`},
	} {
		var tables []string
		if err := s.db.SelectContext(t.Context(), &tables, c.query); err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			if apart[table] == "" {
				t.Errorf("%s %s", table, c.what)
			}
		}
	}
	var tables int
	err := s.db.GetContext(t.Context(), &tables, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil || tables < 10 {
		t.Errorf("%d tables were looked at (%v)", tables, err)
	}
}
