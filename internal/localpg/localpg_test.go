//go:build unix

package localpg

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"
)

func TestTheFirstStartMakesTheDatabase(t *testing.T) {
	dir := filepath.Join(openDir(t), "made", "too")
	log := &record{}
	s, err := Start(t.Context(), Config{Dir: dir, Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, s)
	got := get(t, s.DSN("yolchi"), `SELECT concat_ws(' ', current_database(), current_user,
		current_setting('server_encoding'), current_setting('TimeZone'), current_setting('fsync'),
		'[' || current_setting('listen_addresses') || ']')`)
	if diff := cmp.Diff("yolchi yolchi UTF8 UTC on []", got); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the cluster has mode %v: others could connect", info.Mode())
	}
	if !strings.Contains(log.String(), "ready to accept connections") {
		t.Errorf("the server's lines are not in the log:\n%s", log)
	}
}

func TestDataSurvivesARestart(t *testing.T) {
	dir := withData(t)
	stop(t, mustRemember(t, dir))
}

func TestStopEndsTheServerAlthoughClientsAreConnected(t *testing.T) {
	s := start(t, openDir(t))
	c, err := pq.NewConnector(s.DSN(database))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := c.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	stop(t, s)
	<-s.process.done
	if left, err := occupants(s.cluster.root); err != nil || len(left) > 0 {
		t.Errorf("still running: %v, %v", left, err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopping again: %v", err)
	}
}

func TestStopUsesForceOnAServerThatHangs(t *testing.T) {
	dir := withData(t)
	s := start(t, dir)
	s.patience = patience{fast: time.Millisecond, immediate: time.Millisecond, kill: time.Minute}
	if err := syscall.Kill(s.process.pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err == nil || !strings.Contains(err.Error(), "by force") {
		t.Errorf("Stop: %v, want to hear of the force", err)
	}
	stop(t, mustRemember(t, dir))
}

func TestAServerThatDiesIsReported(t *testing.T) {
	dir := withData(t)
	s := start(t, dir)
	if err := syscall.Kill(s.process.pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.process.done:
	case <-soon(t):
		t.Fatal("nobody notices that it ended")
	}
	if err := s.Stop(); err == nil || !strings.Contains(err.Error(), "by itself") {
		t.Errorf("Stop: %v, want to hear that the server had died", err)
	}
	stop(t, mustRemember(t, dir))
}

func TestACancelledStartLeavesNothingRunning(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, dir := range map[string]string{"a new cluster": openDir(t), "a warm cluster": withData(t)} {
		_, err := Start(cancelled, Config{Dir: dir, NoSync: true})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
		if left, err := occupants(filepath.Join(dir, "postgres")); err != nil || len(left) > 0 {
			t.Errorf("%s: still running: %v, %v", name, left, err)
		}
		stop(t, start(t, dir))
	}
}

func TestAFailedStartSaysWhatTheServerSaid(t *testing.T) {
	dir := withData(t)
	mustWrite(t, filepath.Join(dir, "postgres/data/postgresql.conf"), "no_such_setting = 1\n")
	_, err := Start(t.Context(), Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("%v, want the server's own words", err)
	}
}

func TestASecondInstanceIsRefused(t *testing.T) {
	dir := withData(t)
	first := start(t, dir)
	if _, err := Start(t.Context(), Config{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("%v, want ErrInUse", err)
	}
	if word := get(t, first.DSN(database), "SELECT word FROM memory"); word != "kept" {
		t.Errorf("the first instance was disturbed: %q", word)
	}
}

func TestALongOrOddPathStillGetsASocket(t *testing.T) {
	tmp := openDir(t)
	t.Setenv("TMPDIR", tmp)
	for _, name := range []string{strings.Repeat("long", 50), "with, comma", `with "quotes"`, `it's a \ path`} {
		dir := filepath.Join(tmp, name)
		for range 2 {
			s := start(t, dir)
			if got := get(t, s.DSN(database), "SELECT 'hello'"); got != "hello" {
				t.Errorf("%s: %q", name, got)
			}
			stop(t, s)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(tmp, socketPrefix+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatPeopleWriteStaysOutOfTheLog(t *testing.T) {
	log := &record{}
	s, err := Start(t.Context(), Config{Dir: openDir(t), Log: log.logger(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("postgres", s.DSN(database))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "SELECT 'a private word'::int"); err == nil {
		t.Error("the statement did not fail")
	}
	_ = db.Close()
	stop(t, s)
	if strings.Contains(log.String(), "private") {
		t.Errorf("a statement is in the log:\n%s", log)
	}
}

func TestTheConnectionStringIsQuoted(t *testing.T) {
	for _, name := range []string{"yolchi", "it's", `back\slash`, "two words", "dbname=evil"} {
		s := &Server{sockets: "/dir of " + name}
		cfg, err := pq.NewConfig(s.DSN(name))
		if err != nil {
			t.Fatal(err)
		}
		if cfg.Database != name || cfg.Host != s.sockets || cfg.SSLMode != pq.SSLModeDisable {
			t.Errorf("%s reads back as %q on %q", s.DSN(name), cfg.Database, cfg.Host)
		}
	}
}

// BenchmarkWarmStart measures the start of a cluster with data, with fsync on.
func BenchmarkWarmStart(b *testing.B) {
	dir := openDir(b)
	stop(b, start(b, dir))
	for b.Loop() {
		s, err := Start(b.Context(), Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		stop(b, s)
		b.StartTimer()
	}
}
