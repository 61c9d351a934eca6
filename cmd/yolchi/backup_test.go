package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/sandbox"
)

// A backup of a bot at work, restored elsewhere: a bot that is started there
// goes on where this one was.
func TestABackupOfARunningBotIsWhereItWas(t *testing.T) {
	s := newStage(t)
	_, stop := s.start()
	s.world.Say(aziza, aziza, "/start")
	s.press("1:lang:en")
	s.press("1:road:go-start")
	s.press("1:hour:540")
	s.press("1:done:go-variables")
	s.await("what comes next", func(m []sandbox.Message) bool { return strings.Contains(m[len(m)-1].Text, "tomorrow at 09:00") })
	want := s.ask("/progress")
	file := filepath.Join(t.TempDir(), "yolchi.backup")
	out, errs, code := program(t, []string{"DATABASE_URL=" + s.dsn}, "backup", file)
	if code != 0 || !strings.Contains(out, "holds the whole database") {
		t.Fatalf("exit %d\nstdout: %s\nstderr: %s", code, out, errs)
	}
	s.ask("/next") // life goes on

	restore := func(args ...string) (stderr string, code int) {
		t.Helper()
		_, errs, code := program(t, []string{"DATABASE_URL=" + s.dsn}, append([]string{"restore", file}, args...)...)
		return errs, code
	}
	if errs, code := restore("--replace"); code != 1 || !strings.Contains(errs, "stop it first") {
		t.Errorf("under a running bot: exit %d, %s", code, errs)
	}
	stop()
	if errs, code := restore(); code != 1 || !strings.Contains(errs, "--replace") {
		t.Errorf("over a database that is not empty: exit %d, %s", code, errs)
	}
	if errs, code := restore("--replace"); code != 0 {
		t.Errorf("exit %d, %s", code, errs)
	}
	same := s.progress()
	s.dsn = pgtest.Empty(t)
	if errs, code := restore(); code != 0 {
		t.Fatalf("into an empty database: exit %d, %s", code, errs)
	}
	for where, shown := range map[string]string{"in its own database": same, "in another one": s.progress()} {
		if shown != want {
			t.Errorf("%s the progress is\n%s\nand was\n%s", where, shown, want)
		}
	}
}

// ask says something and returns the answer.
func (s *stage) ask(text string) string {
	s.t.Helper()
	before := len(s.world.Messages(aziza))
	s.world.Say(aziza, aziza, text)
	m := s.await("an answer to "+text, func(m []sandbox.Message) bool { return len(m) > before+1 && m[len(m)-1].From.Bot })
	return m[len(m)-1].Text
}

// progress starts the bot, and returns how it answers /progress.
func (s *stage) progress() string {
	s.t.Helper()
	_, stop := s.start()
	defer stop()
	return s.ask("/progress")
}

// The private Postgres runs with the bot: it is backed up through the bot's own,
// and restored when the bot is gone.
func TestAPrivateDatabaseIsBackedUpAndRestoredToo(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "yolchi-private-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { // the server may run as another user
		t.Fatal(err)
	}
	r := newRough(t, "")
	settings := []string{"YOLCHI_DATA_DIR=" + dir}
	p := r.start(settings...)
	r.setUp()
	file := filepath.Join(t.TempDir(), "yolchi.backup")
	if out, errs, code := program(t, settings, "backup", file); code != 0 {
		t.Fatalf("beside the running bot: exit %d\n%s%s", code, out, errs)
	}
	if _, errs, code := program(t, settings, "restore", "--replace", file); code != 1 || !strings.Contains(errs, "stop it first") {
		t.Errorf("restored under the running bot: exit %d\n%s", code, errs)
	}
	r.say("/next")
	r.await(1)
	p.end()
	if _, errs, code := program(t, settings, "restore", "--replace", file); code != 0 {
		t.Fatalf("exit %d\n%s", code, errs)
	}
	r.start(settings...)
	r.say("/next")
	_, err = r.world.Await(r.ctx, aziza, func([]sandbox.Message) bool {
		for _, times := range r.answers() {
			return times == 2 // the same step once more: the first one came after the backup
		}
		return false
	})
	if err != nil {
		t.Errorf("%v; the answers are %v", err, r.answers())
	}
}
