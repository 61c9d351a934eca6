package main

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/sandbox"
)

// operate does what docs/install.md tells an operator to do; CI runs it.
const operate = ".ci/operate"

// elsewhere says of each command of the documents that is run neither here nor
// by operate who runs it: the file and what it has in it.
var elsewhere = map[string]struct{ file, holds string }{
	"make test":  {".ci/run", "\nmake test\n"},
	"make check": {"Makefile", "\ntest: check\n"},
	"make bench": {".github/workflows/ci.yml", "- run: make bench\n"},
	"make chaos": {".github/workflows/ci.yml", "- run: make chaos\n"},

	"go run ./cmd/yolchi content check":                   {"Makefile", "\tgo run ./cmd/yolchi content check\n"},
	"yolchi content check":                                {"Makefile", "\tgo run ./cmd/yolchi content check\n"},
	"yolchi simulate --learners 1000 --days 180 --seed 1": {"cmd/yolchi/docsrun_test.go", "func TestTheSimulationOfTheDocumentsRunsWithFewerLearners("},
	"YOLCHI_LISTEN=127.0.0.1:9090 yolchi run":             {"cmd/yolchi/health_test.go", "func TestTheProgramTellsHowAnotherOfItselfIs("},
	"yolchi backup":                                       {"cmd/yolchi/backup_test.go", "func TestABackupOfARunningBotIsWhereItWas("},
	"yolchi backup FILE":                                  {"cmd/yolchi/backup_test.go", "func TestABackupOfARunningBotIsWhereItWas("},
	"yolchi restore FILE":                                 {"cmd/yolchi/backup_test.go", "func TestABackupOfARunningBotIsWhereItWas("},
	"yolchi rebuild":                                      {"cmd/yolchi/rebuild_test.go", "func TestARebuildSaysWhatDifferedAndMendsIt("},
	"yolchi health":                                       {"cmd/yolchi/health_test.go", "func TestTheProgramTellsHowAnotherOfItselfIs("},
	"YOLCHI_CONTENT_DIR=my-roadmaps go run ./cmd/yolchi content check --no-run": {"cmd/yolchi/own_test.go", "func TestADirectoryIsCheckedByItself("},
	"YOLCHI_CONTENT_DIR=my-roadmaps go run ./cmd/yolchi demo":                   {"cmd/yolchi/docsrun_test.go", "func TestTheDemoTeachesADirectory("},
	"TELEGRAM_BOT_TOKEN=123456:your-token bin/yolchi run":                       {"cmd/yolchi/docs_test.go", "func TestTheBotRunsAsTheReadmeSays("},

	"yolchi content import roadmap.md":                  {"cmd/yolchi/author_test.go", "func TestADocumentIsImportedAsTheDocumentsSay("},
	"yolchi content import roadmap.md --to my-roadmaps": {"cmd/yolchi/author_test.go", "func TestADocumentIsImportedAsTheDocumentsSay("},
	"yolchi content new school-rules --to my-roadmaps":  {"cmd/yolchi/author_test.go", "func TestADocumentIsImportedAsTheDocumentsSay("},
	"yolchi content check --content-dir my-roadmaps":    {"cmd/yolchi/author_test.go", "func TestADocumentIsImportedAsTheDocumentsSay("},
}

// excused are the commands of the documents that nobody runs as they stand, and
// why.
var excused = map[string]string{
	"make run":                            "it ends by Ctrl-C only: its parts are run, make postgres and make build by CI, the demo by TestTheDemoTeachesADirectory",
	"go run ./internal/bench --only rows": "it takes minutes: make bench, which CI runs, measures it among the rest",
	"go run ./internal/bench --only tick": "it takes minutes: make bench, which CI runs, measures it among the rest",
	"journalctl -u yolchi":                "it is for when something went wrong",
}

// runHere are commands that print something and end; the first word is the
// program.
var runHere = []string{
	"yolchi --help", "yolchi run --help", "yolchi version", "yolchi content stats", "yolchi content export --lang uz",
	"go run ./cmd/yolchi content stats", "go run ./cmd/yolchi content export --lang uz",
}

// documents are the pages for people.
func documents(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"README.md", "CONTRIBUTING.md", "docs/*.md", "deploy/*.md"} {
		found, err := filepath.Glob("../../" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	return files
}

var (
	block   = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	inline  = regexp.MustCompile("`((?:[A-Z_]+=\\S+ )*(?:bin/yolchi|yolchi|make|go|docker|kubectl|systemctl|journalctl) [^`\n]+)`")
	comment = regexp.MustCompile(`\s+#.*$`)
)

// commands are those of the document: each line of its shell blocks, and in its
// sentences what begins with a program's name.
func commands(text string) (all []string) {
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(m[1]) {
			if line = comment.ReplaceAllString(strings.TrimSpace(line), ""); line != "" {
				all = append(all, line)
			}
		}
	}
	for _, m := range inline.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
		all = append(all, m[1])
	}
	return all
}

func TestEveryCommandOfTheDocumentsIsRun(t *testing.T) {
	script, err := os.ReadFile("../../" + operate)
	if err != nil {
		t.Fatal(err)
	}
	operated := strings.Split(string(script), "\n")
	met := map[string]bool{}
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range commands(string(text)) {
			proof, listed := elsewhere[command]
			switch {
			case listed:
				holds(t, command, proof.file, proof.holds)
			case slices.Contains(runHere, command):
				if !met[command] {
					t.Run(command, func(t *testing.T) { runIt(t, command) })
				}
			case slices.Contains(operated, command), excused[command] != "":
			default:
				t.Errorf("%s: nobody runs %q: put it into %s, or into the lists of this test", file, command, operate)
			}
			met[command] = true
		}
	}
	for command := range elsewhere {
		if !met[command] {
			t.Errorf("%q is on the list and in no document", command)
		}
	}
	for command := range excused {
		if !met[command] {
			t.Errorf("%q is excused and in no document", command)
		}
	}
	holds(t, "make run", "Makefile", "\nrun: postgres build\n\tbin/yolchi demo\n\n") // that is all it is
	if len(met) < 40 {
		t.Errorf("only %d commands were found: %v", len(met), slices.Sorted(maps.Keys(met)))
	}
}

func holds(t *testing.T, command, file, text string) {
	t.Helper()
	content, err := os.ReadFile("../../" + file)
	if err != nil || !strings.Contains(string(content), text) {
		t.Errorf("%q is to be run by %s, which does not hold %q (%v)", command, file, text, err)
	}
}

// runIt runs a command that prints something and ends.
func runIt(t *testing.T, command string) {
	command = strings.TrimPrefix(command, "go run ./cmd/")
	args := strings.Fields(command)[1:]
	if out, errs, code := program(t, nil, args...); code != 0 || out == "" {
		t.Errorf("exit %d\n%.200s\n%s", code, out, errs)
	}
}

// What the documents write after the program's name is what the program takes.
func TestTheProgramTakesWhatTheDocumentsWrite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "FILE")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`\byolchi ((?:run|backup|restore|health|content|simulate|migrate|rebuild)\b.*)$`)
	seen := 0
	for _, document := range documents(t) {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range commands(string(text)) {
			m := name.FindStringSubmatch(command)
			if m == nil || strings.HasSuffix(command, "--help") || command == "yolchi backup" {
				continue
			}
			args := strings.Fields(m[1])
			for i, arg := range args {
				if strings.HasPrefix(arg, "/var/") || arg == "FILE" {
					args[i] = file
				}
			}
			parser := kong.Must(&cli{}, kong.Name("yolchi"))
			if _, err := parser.Parse(args); err != nil {
				t.Errorf("%s: %s: %v", document, command, err)
			}
			seen++
		}
	}
	if seen < 8 {
		t.Errorf("only %d commands were found", seen)
	}
}

// The README's own command, with the token that stands there.
func TestTheBotRunsAsTheReadmeSays(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const command = "TELEGRAM_BOT_TOKEN=123456:your-token bin/yolchi run"
	if !slices.Contains(commands(string(text)), command) {
		t.Fatalf("the README does not say %s", command)
	}
	home := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(home, "bin"), 0o755), os.Symlink(self, filepath.Join(home, "bin/yolchi"))); err != nil {
		t.Fatal(err)
	}
	world := sandbox.New(sandbox.Config{Token: "123456:your-token"})
	defer world.Close()
	world.AddPerson(sandbox.Person{ID: aziza, FirstName: "Aziza", Language: "en"})
	telegram := httptest.NewServer(world.Handler())
	defer telegram.Close()

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-c", "exec env "+command)
	shell.Dir = home
	shell.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, programVariable + "=1", "TELEGRAM_API_URL=" + telegram.URL, "DATABASE_URL=" + pgtest.DSN(t)}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	world.Say(aziza, aziza, "/start")
	_, errAnswer := world.Await(ctx, aziza, func(m []sandbox.Message) bool { return m[len(m)-1].From.Bot })
	if err := errors.Join(errAnswer, shell.Process.Signal(syscall.SIGTERM), shell.Wait()); err != nil {
		t.Error(err)
	}
}

// The commands by which docs/install.md backs a database in a container up and
// restores it, without docker before them.
func TestTheBackupOfAContainerIsRestored(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	from, to := pgtest.DSN(t), pgtest.DSN(t)
	execute(t, from, `INSERT INTO chats (chat_id, kind, created_at, updated_at) VALUES (7, 'private', now(), now())`)
	dir := t.TempDir()
	ran := 0
	for _, command := range commands(string(text)) {
		inside, ok := strings.CutPrefix(command, "docker compose exec -T db ")
		if !ok {
			continue
		}
		dsn := to
		if strings.HasPrefix(inside, "pg_dump ") {
			dsn = from
		}
		host, rest, _ := strings.Cut(strings.TrimPrefix(dsn, "host='"), "'")
		database := rest[strings.LastIndex(rest, "dbname=")+len("dbname="):]
		inside = strings.NewReplacer("--dbname=yolchi ", "--dbname="+database+" ", " yolchi > ", " "+database+" > ").Replace(inside)
		shell := exec.CommandContext(t.Context(), "sh", "-c", inside)
		shell.Dir = dir
		shell.Env = append(os.Environ(), "PGHOST="+host)
		if out, err := shell.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", inside, err, out)
		}
		ran++
	}
	var chats int
	if err := queryRow(t, to, &chats, `SELECT count(*) FROM chats WHERE chat_id = 7`); err != nil || chats != 1 || ran != 2 {
		t.Errorf("after %d commands there are %d chats (%v)", ran, chats, err)
	}
}

// Whatever a page refers to is there.
func TestTheLinksOfTheDocumentsLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	for _, file := range append(documents(t), "../../CHANGELOG.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			path, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			target := file
			if path != "" {
				target = filepath.Join(filepath.Dir(file), path)
			}
			content, err := os.ReadFile(target)
			var headings []string
			for _, h := range heading.FindAllStringSubmatch(string(content), -1) {
				headings = append(headings, strings.ReplaceAll(strings.ToLower(h[1]), " ", "-"))
			}
			if info, errStat := os.Stat(target); errors.Is(err, fs.ErrNotExist) || errStat == nil && !info.IsDir() && anchor != "" && !slices.Contains(headings, anchor) {
				t.Errorf("%s refers to %s, which is not there", file, m[1])
			}
		}
	}
}
