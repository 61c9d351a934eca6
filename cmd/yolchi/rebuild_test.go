package main

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

func TestARebuildSaysWhatDifferedAndMendsIt(t *testing.T) {
	dsn := pgtest.DSN(t)
	s, err := store.Open(t.Context(), dsn, 2)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	_, err = s.Apply(t.Context(), store.Arrival{UpdateID: 1, Key: store.Person(aziza), Kind: "private", Now: now}, func(tx *store.Tx) ([]telegram.Call, error) {
		return nil, tx.Record(t.Context(), study.Event{User: aziza, Kind: study.Answered, Question: "a/x", Detail: study.Detail{Right: true}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `DELETE FROM cards`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	settings := []string{"DATABASE_URL=" + dsn}
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"rebuild", "--check"}, "yolchi: 1 of 1 chats differ from their logs, in 1 rows: yolchi rebuild mends them\n", 1},
		{[]string{"rebuild"}, "1 chats: 1 differed from their logs, in 1 rows. They are mended.\n", 0},
		{[]string{"rebuild", "--check"}, "1 chats: everything is as the logs say.\n", 0},
	} {
		out, errs, code := program(t, settings, c.args...)
		if out+errs != c.want || code != c.code {
			t.Errorf("%s: exit %d\nstdout: %s\nstderr: %s", strings.Join(c.args, " "), code, out, errs)
		}
	}
}
