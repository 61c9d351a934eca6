package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"yolchi/internal/localpg/pgtest"
)

func TestTheIDsOfAdministratorsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]adminIDs{
		"501": {501}, "501,502": {501, 502}, "501, 502": {501, 502}, " 501 ,502, ": {501, 502},
	} {
		t.Setenv("YOLCHI_ADMINS", text)
		var c cli
		if _, err := kong.Must(&c, kong.Name("yolchi")).Parse([]string{"run"}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, c.Run.Admins); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

// What a person can get wrong is answered by what to do, in words of their own.
func TestAMistakeIsAnsweredByWhatToDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "file", "text")
	file, nowhere, nothing := filepath.Join(dir, "file"), filepath.Join(dir, "nowhere"), freeAddress(t)
	database := "DATABASE_URL=" + pgtest.DSN(t)
	if _, errs, code := program(t, []string{database}, "migrate"); code != 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct {
		settings []string
		args     []string
		want     string
	}{
		{[]string{"YOLCHI_ADMINS=501,@emma"}, []string{"run"}, `"@emma" is no user id: write numbers`},
		{[]string{"YOLCHI_ADMINS=-100501"}, []string{"run"}, "-100501 is no user id: those of people are above 0"},
		{[]string{"YOLCHI_ADMINS=0"}, []string{"run"}, "0 is no user id"},
		{[]string{"YOLCHI_CONTENT_DIR=" + nowhere, "TELEGRAM_BOT_TOKEN=1:x"}, []string{"run"}, "there is no directory " + nowhere},
		{[]string{"YOLCHI_CONTENT_DIR=" + file}, []string{"content", "check"}, file + " is a file: YOLCHI_CONTENT_DIR"},
		{nil, []string{"content", "stats", "--content-dir", nowhere}, "there is no directory " + nowhere},
		{[]string{database}, []string{"backup", filepath.Join(nowhere, "x.dump")}, "there is no directory " + nowhere + ": make it"},
		{[]string{database}, []string{"backup", dir}, "the file cannot be named " + dir},
		{[]string{database}, []string{"restore", nowhere}, "there is no file " + nowhere + ": name one that yolchi backup wrote"},
		{[]string{database}, []string{"restore", dir}, dir + " is a directory"},
		{[]string{"YOLCHI_LISTEN=" + nothing}, []string{"health"}, "does not answer at " + nothing + ": is it running here, with YOLCHI_LISTEN="},
	} {
		out, errs, code := program(t, c.settings, c.args...)
		if code != 1 || out != "" || !strings.HasPrefix(errs, "yolchi: ") || !strings.Contains(errs, c.want) {
			t.Errorf("%v %v: exit %d, want %q\nstdout: %s\nstderr: %s", c.settings, c.args, code, c.want, out, errs)
		}
		for _, bad := range []string{".partial-", "64 bit", "dial tcp", "stat ", "open "} {
			if strings.Contains(errs, bad) {
				t.Errorf("%v says %q:\n%s", c.args, bad, errs)
			}
		}
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("the directory was made")
	}
}

// The example that a command's help offers is one that the command takes.
func TestTheHelpOffersWhatIsTaken(t *testing.T) {
	out, _, _ := program(t, nil, "content", "new", "--help")
	_, example, found := strings.Cut(strings.Join(strings.Fields(out), " "), "joined by hyphens: ")
	example, _, _ = strings.Cut(example, ".")
	if !found {
		t.Fatalf("there is no example:\n%s", out)
	}
	if out, code := author(t, t.TempDir(), "yolchi content new "+example); code != 0 {
		t.Errorf("%q is refused: %s", example, out)
	}
}
