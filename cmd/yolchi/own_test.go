package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"yolchi/internal/sandbox"
	"yolchi/locales"
)

// schoolDir is a directory of one roadmap of two topics, the texts of two of
// ours under other names.
func schoolDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{
		"roadmaps/school.yaml":    "order: 0\nstages:\n  - {id: lessons, topics: [school-maps, school-errors]}\n",
		"roadmaps/school.en.yaml": "title: Our school\nintro: Hello\noutro: Bye\nstages:\n  lessons: {title: Lessons, goal: Know them}\n",
		"roadmaps/school.uz.yaml": "title: Bizning maktab\nintro: Salom\noutro: Xayr\nstages:\n  lessons: {title: Darslar, goal: Ularni bilish}\n",
	} {
		write(t, dir, file, text)
	}
	for _, name := range []string{"maps", "errors"} {
		for _, end := range []string{".yaml", ".en.yaml", ".uz.yaml"} {
			text, err := locales.FS.ReadFile("topics/go-" + name + end)
			if err != nil {
				t.Fatal(err)
			}
			write(t, dir, "topics/school-"+name+end, string(text))
		}
	}
	return dir
}

func write(t *testing.T, dir, file, text string) {
	t.Helper()
	file = filepath.Join(dir, file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes a file of the directory.
func rewrite(t *testing.T, dir, file, old, text string) {
	t.Helper()
	was, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil || !strings.Contains(string(was), old) {
		t.Fatalf("%s does not hold %q (%v)", file, old, err)
	}
	write(t, dir, file, strings.Replace(string(was), old, text, 1))
}

// school runs the program with a directory; log are the lines that it logs.
func (s *stage) school(dir string) (program *os.Process, log <-chan string) {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], "run")
	cmd.Env = append(os.Environ(), programVariable+"=1", "TELEGRAM_BOT_TOKEN="+demoToken, "TELEGRAM_API_URL="+s.url,
		"DATABASE_URL="+s.dsn, "YOLCHI_CONTENT_DIR="+dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := make(chan string, 1000)
	s.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		for range lines { // until the program has ended
		}
		if err := cmd.Wait(); err != nil {
			s.t.Errorf("the program ended with %v", err)
		}
	})
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(stderr); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	return cmd.Process, lines
}

// until reads the log up to a line that holds all the words, and returns what
// it has read.
func (s *stage) until(log <-chan string, words ...string) string {
	s.t.Helper()
	read := ""
	for {
		select {
		case line, ok := <-log:
			if !ok {
				s.t.Fatalf("the program ended without %q:\n%s", words, read)
			}
			read += line + "\n"
			if missing(line, words) == "" {
				return read
			}
		case <-s.ctx.Done():
			s.t.Fatalf("nobody logs %q:\n%s", words, read)
		}
	}
}

func missing(text string, words []string) string {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return word
		}
	}
	return ""
}

func contains(text string) func([]sandbox.Message) bool {
	return func(m []sandbox.Message) bool { return strings.Contains(m[len(m)-1].Text, text) }
}

// A school's own road, in a program that runs: it is offered and followed, what
// is changed is sent, and what is broken changes nothing and is told by file
// and line.
func TestAnOwnRoadmapIsTaughtAndReloaded(t *testing.T) {
	dir := schoolDir(t)
	s := newStage(t)
	program, log := s.school(dir)
	s.until(log, "your own roadmaps are taught, too", "roadmaps=1", "topics=2")
	s.world.Say(aziza, aziza, "/start")
	s.press("1:lang:en")
	s.await("the roads", contains("Our school"))
	s.press("1:road:school")
	s.press("1:hour:540")
	s.await("the school's first lesson", func(m []sandbox.Message) bool {
		return strings.Contains(m[len(m)-1].Text, "Stage 1 of 1 · topic 1 of 2")
	})
	s.world.Say(aziza, aziza, "/find school")
	s.press("1:read:school-errors")

	const title = "Now with chalk"
	rewrite(t, dir, "topics/school-maps.en.yaml", "title: ", "title: "+title+" # ")
	hangUp(t, program)
	s.until(log, "your own roadmaps were read again", "topics=2")
	s.world.Say(aziza, aziza, "/today")
	s.await("the new text", contains(title))

	rewrite(t, dir, "topics/school-maps.en.yaml", title, "Never seen")
	rewrite(t, dir, "topics/school-maps.en.yaml", "lesson:", "lessen:")
	rewrite(t, dir, "roadmaps/school.yaml", "[school-maps,", "[school-gone,")
	hangUp(t, program)
	told := s.until(log, "your own roadmaps were not taken")
	for _, line := range [][]string{
		{dir + "/roadmaps/school.yaml", "line=3", "school-gone"},
		{dir + "/topics/school-maps.en.yaml", "line=", "lessen"},
	} {
		if word := missing(told, line); word != "" {
			t.Errorf("the log does not name %s:\n%s", word, told)
		}
	}
	s.world.Say(aziza, aziza, "/today")
	messages := s.await("what was taught before", func(m []sandbox.Message) bool {
		return strings.Contains(m[len(m)-1].Text, title) && strings.Contains(m[len(m)-2].Text, "/today")
	})
	for _, m := range messages {
		if strings.Contains(m.Text, "Never seen") || strings.Contains(m.Text, dir) {
			t.Errorf("a person was shown what is broken: %s", m.Text)
		}
	}
}

func hangUp(t *testing.T, program *os.Process) {
	t.Helper()
	if err := program.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// content check proves what is one's own, and stats and export count it in.
func TestADirectoryIsCheckedByItself(t *testing.T) {
	env := []string{"YOLCHI_CONTENT_DIR=" + schoolDir(t)}
	out, errs, code := program(t, env, "content", "check", "--no-run")
	if code != 0 || missing(out, []string{"school ", "2 topics written", "in order"}) != "" || strings.Contains(out, "go-start") {
		t.Errorf("check ended with %d:\n%s%s", code, out, errs)
	}
	for _, args := range [][]string{{"content", "stats"}, {"content", "export", "--lang=uz"}} {
		if out, errs, code := program(t, env, args...); code != 0 || missing(out, []string{"school", "go-start"}) != "" {
			t.Errorf("%v ended with %d:\n%.300s%s", args, code, out, errs)
		}
	}
}

// Only a program with a terminal ends when that is closed; a reload without
// anything to read does nothing.
func TestAHangupWithoutADirectoryChangesNothing(t *testing.T) {
	s := newStage(t)
	program, log := s.school("")
	s.until(log, "yolchi is running")
	hangUp(t, program)
	s.until(log, "YOLCHI_CONTENT_DIR is not set")
	s.world.Say(aziza, aziza, "/start")
	s.await("the greeting", func(m []sandbox.Message) bool { return len(m) > 1 })
}

// A mistake at the start ends the program before it touches anything, and all
// of them are named.
func TestABrokenDirectoryEndsTheStart(t *testing.T) {
	dir := schoolDir(t)
	rewrite(t, dir, "topics/school-maps.yaml", "minutes: ", "minutes: 1")
	if err := os.Remove(filepath.Join(dir, "topics/school-errors.uz.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run"}, {"demo"}, {"content", "check"}, {"content", "stats"}, {"content", "export", "--lang=uz"}} {
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = append(os.Environ(), programVariable+"=1", "TELEGRAM_BOT_TOKEN="+demoToken, "DATABASE_URL=postgres://127.0.0.1:1/x",
			"YOLCHI_CONTENT_DIR="+dir, "YOLCHI_DATA_DIR="+t.TempDir(), "YOLCHI_DEMO_ADDR=127.0.0.1:0")
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); err == nil || code != 1 {
			t.Errorf("%v ended with %d", args, code)
		}
		words := []string{dir + "/topics/school-maps.yaml:1: minutes: 1", dir + "/topics/school-errors.uz.yaml:1: missing: please add this file with the topic in Uzbek"}
		if word := missing(string(out), words); word != "" {
			t.Errorf("%v does not say %q:\n%s", args, word, out)
		}
	}
}
