package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// program runs the program with these settings and arguments, and returns what
// it printed to whom, and its exit code.
func program(t *testing.T, settings []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append([]string{programVariable + "=1", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, settings...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the exit code tells
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestAMistakeIsOneSentenceAndExitCodeOne(t *testing.T) {
	for _, c := range []struct {
		settings []string
		args     []string
		want     string
	}{
		{nil, []string{"run"}, "set TELEGRAM_BOT_TOKEN"},
		{[]string{"TELEGRAM_BOT_TOKEN=", "YOLCHI_PPROF=", "YOLCHI_LOG_LEVEL="}, []string{"run"}, "set TELEGRAM_BOT_TOKEN"},
		{[]string{"TELEGRAM_BOT_TOKEN=1:s3cr3t", "YOLCHI_LOG_LEVEL=loud"}, []string{"run"}, `must be one of "debug","info","warn","error"`},
		{[]string{"TELEGRAM_BOT_TOKEN=1:s3cr3t", "YOLCHI_KEEP=1h"}, []string{"run"}, "at least 48h"},
		{[]string{"TELEGRAM_BOT_TOKEN=1:s3cr3t", "YOLCHI_LISTEN=nowhere:x"}, []string{"run"}, "YOLCHI_LISTEN"},
		{nil, []string{"nonsense"}, "unexpected argument nonsense"},
		{nil, []string{"demo", "--addr", "0.0.0.0:8088"}, "only for this machine"},
		{nil, []string{"content", "export", "--lang", "fr"}, `--lang must be one of "en","uz"`},
	} {
		out, errs, code := program(t, c.settings, c.args...)
		if code != 1 || out != "" || !strings.HasPrefix(errs, "yolchi: ") || !strings.Contains(errs, c.want) {
			t.Errorf("%v %v: exit %d\nstdout: %s\nstderr: %s", c.settings, c.args, code, out, errs)
		}
		for _, bad := range []string{"s3cr3t", "goroutine", "panic"} {
			if strings.Contains(errs, bad) {
				t.Errorf("%v says %q:\n%s", c.args, bad, errs)
			}
		}
	}
}

func TestHelpAndVersionAreForPeople(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"yolchi demo", "content check", "migrate", "Run the bot on Telegram."}},
		{[]string{"run", "--help"}, []string{"TELEGRAM_BOT_TOKEN", "DATABASE_URL", "YOLCHI_LISTEN"}},
		{[]string{"version"}, []string{"yolchi dev"}},
	} {
		out, errs, code := program(t, nil, c.args...)
		if code != 0 || errs != "" {
			t.Errorf("%v: exit %d, stderr %s", c.args, code, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not print %q:\n%s", c.args, want, out)
			}
		}
	}
}
