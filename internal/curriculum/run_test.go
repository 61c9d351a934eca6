package curriculum

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// lessons is a library of topics with nothing but code.
func lessons(code map[string]Code) *Library {
	l := &Library{}
	for id, c := range code {
		l.topics = append(l.topics, &Topic{ID: id, Code: &c})
	}
	return l
}

// examples is a module without dependencies.
func examples(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module yolchi-examples\n\ngo 1.26\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func program(body string) string {
	return "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\t" + body + "\n\t_ = os.Args\n\tfmt.Print()\n}"
}

func TestGoCodeIsVettedBuiltRunAndItsOutputCompared(t *testing.T) {
	l := lessons(map[string]Code{
		"right":        {"go", program(`fmt.Println("one "); fmt.Println("two")`), "one\ntwo", true},
		"on-stderr":    {"go", program(`fmt.Fprintln(os.Stderr, "one")`), "one", true},
		"built-only":   {"go", program(`os.Exit(3)`), "", false},
		"library":      {"go", "package shop\n\nfunc Total(n int) int { return 2 * n }", "", false},
		"tests":        {"go", "package shop\n\nimport \"testing\"\n\nfunc TestTotal(t *testing.T) { t.Log(\"x\") }", "", true},
		"other-output": {"go", program(`fmt.Println("one")`), "two", true},
		"exits":        {"go", program(`os.Exit(3)`), "", true},
		"not-vetted":   {"go", program(`fmt.Printf("%d", "x")`), "", true},
		"not-built":    {"go", program(`x := 1`), "", true},
		"not-parsed":   {"go", program(`x := (`), "", true},
		"not-there":    {"go", "package main\n\nimport \"github.com/nobody/nothing\"\n\nfunc main() { nothing.Do() }", "", true},
		"failed-test":  {"go", "package shop\n\nimport \"testing\"\n\nfunc TestTotal(t *testing.T) { t.Fatal(\"wrong sum\") }", "", true},
	})
	steps, last := 0, 0
	report, err := RunCode(t.Context(), l, RunConfig{Examples: examples(t), Progress: func(done, total int, _ string) {
		if done < last || total != 12 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		steps, last = steps+1, done
	}})
	if err != nil {
		t.Fatal(err)
	}
	if last != 12 || steps < 12 {
		t.Errorf("progress ended with %d after %d steps", last, steps)
	}
	want := map[string]string{
		"other-output": "prints\none\nbut the output says\ntwo",
		"exits":        "exit status 3",
		"not-vetted":   "Printf format %d has arg",
		"not-built":    "declared and not used: x",
		"not-parsed":   "not-parsed/main.go:",
		"not-there":    "no required module provides package github.com/nobody/nothing",
		"failed-test":  "wrong sum",
	}
	for _, p := range report.Problems {
		id := strings.TrimSuffix(filepath.Base(p.File), ".yaml")
		if want[id] == "" || !strings.Contains(p.Text, want[id]) {
			t.Errorf("%s; want %q", p, want[id])
		}
		delete(want, id)
	}
	for id := range want {
		t.Errorf("nothing was said of %s", id)
	}
	if run, built := report.Run["go"], report.Parsed["go"]; run != 6 || built != 2 {
		t.Errorf("%d programs were run and %d only built, want 6 and 2", run, built)
	}
}

func TestOtherLanguagesAreProvedByTheirOwnParsers(t *testing.T) {
	l := lessons(map[string]Code{
		"json-right":  {"json", `{"a": [1]}`, "", true},
		"json-wrong":  {"json", `{"a": 1,}`, "", true},
		"yaml-right":  {"yaml", "a:\n  - b\n", "", true},
		"yaml-wrong":  {"yml", "a: [\nb: {", "", true},
		"shell-right": {"bash", "if true; then echo; fi", "", true},
		"shell-wrong": {"sh", "if true; then", "", true},
		"unknown":     {"cobol", "STOP RUN.", "", true},
	})
	l.topics = append(l.topics, &Topic{ID: "asked", Questions: []*Question{
		{ID: "asked/wrong", Lang: "json", Code: "{"},
		{ID: "asked/meant", Lang: "json", Code: "{", Broken: true},
	}})
	report, err := RunCode(t.Context(), l, RunConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var wrong []string
	for _, p := range report.Problems {
		if !strings.Contains(p.Text, "does not parse: ") {
			t.Error(p)
		}
		wrong = append(wrong, strings.TrimSuffix(filepath.Base(p.File), ".yaml"))
	}
	if diff := cmp.Diff([]string{"asked", "json-wrong", "shell-wrong", "yaml-wrong"}, wrong); diff != "" {
		t.Errorf("wrong code (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"json": 3, "yaml": 2, "shell": 2}, report.Parsed); diff != "" || len(report.Run) > 0 {
		t.Errorf("parsed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]Unproved{"cobol": {1, "nothing here can"}}, report.Unproved); diff != "" {
		t.Errorf("unproved (-want +got):\n%s", diff)
	}
}

// needs skips a test that needs an installed program, but fails it under YOLCHI_REQUIRE.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("YOLCHI_REQUIRE") == "1" {
		t.Fatalf("%s is not installed", program)
	}
	t.Skipf("%s is not installed; please install it to prove its language", program)
}

func TestAnInstalledLanguageIsRunAndItsOutputCompared(t *testing.T) {
	const class = "class Code {\n  public static void main(String[] args) {\n    System.out.println(\"one\");\n  }\n}"
	programs := map[string][]string{ // by the program that runs them
		"python3": {"python", "print('one')"},
		"node":    {"javascript", "import { EOL } from \"node:os\";\nprocess.stdout.write(\"one\" + EOL);"},
		"php":     {"php", "<?php\necho \"one\\n\";"},
		"ruby":    {"ruby", "puts 'one'"},
		"javac":   {"java", class},
	}
	for program, p := range programs {
		t.Run(p[0], func(t *testing.T) {
			needs(t, program)
			lang, text := p[0], p[1]
			l := lessons(map[string]Code{
				"right":  {lang, text, "one", true},
				"other":  {lang, text, "two", true},
				"broken": {lang, text + "\n}", "one", false},
				"parsed": {lang, text, "one", false},
				"fails":  {lang, text + "\n}", "one", true},
			})
			report, err := RunCode(t.Context(), l, RunConfig{})
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Problems) != 3 || !strings.Contains(report.Problems[0].String(), "broken.yaml:1: code: does not parse: ") ||
				!strings.Contains(report.Problems[1].String(), "fails.yaml:1: code: ") ||
				!strings.Contains(report.Problems[2].String(), "other.yaml:1: code: prints\none\nbut the output says\ntwo") {
				t.Errorf("problems: %v", report.Problems)
			}
			if report.Run[lang] != 3 || report.Parsed[lang] != 2 {
				t.Errorf("%d were run and %d parsed, want 3 and 2", report.Run[lang], report.Parsed[lang])
			}
		})
	}
}

func TestVariantsAreProvedLikeTheMainCode(t *testing.T) {
	l := &Library{topics: []*Topic{{
		ID: "greeting", Code: &Code{"json", `{"a": 1}`, "", true},
		Variants: []*Code{{"go", program(`fmt.Println("one")`), "two", true}, {"yaml", "a: [", "", true}},
	}}}
	report, err := RunCode(t.Context(), l, RunConfig{Examples: examples(t)})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Problems) != 2 || !strings.HasPrefix(report.Problems[0].String(), "topics/greeting.yaml:1: variant go: prints\none") ||
		!strings.HasPrefix(report.Problems[1].String(), "topics/greeting.yaml:1: variant yaml: does not parse: ") {
		t.Errorf("problems: %v", report.Problems)
	}
}

func TestTestsOfOtherLanguagesNeedOnlyPass(t *testing.T) {
	needs(t, "python3")
	suite := func(want string) string {
		return "import unittest\n\n\nclass CodeTest(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(1, " + want + ")\n\n\nunittest.main()"
	}
	shown := ".\n" + strings.Repeat("-", 70) + "\nRan 1 test in 9.999s\n\nOK"
	l := lessons(map[string]Code{"silent": {"python", suite("1"), "", true}, "shown": {"python", suite("1"), shown, true}, "wrong": {"python", suite("2"), "", true}})
	report, err := RunCode(t.Context(), l, RunConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].String(), "wrong.yaml:1: code: ") || report.Run["python"] != 3 {
		t.Errorf("%v", report)
	}
}

// asked is a library of one topic with nothing but the code of a question.
func asked(lang, code string) *Library {
	return &Library{topics: []*Topic{{ID: "asked", Questions: []*Question{{ID: "asked/it", Lang: lang, Code: code}}}}}
}

func TestAQuestionMayShowAPieceOfAProgram(t *testing.T) {
	needs(t, "javac")
	needs(t, "php")
	tests := []struct {
		lang, code string
		right      bool
	}{
		{"java", "import org.acme.Nothing;\n\npublic class Shop extends Nothing {}", true},
		{"java", "@GetMapping(\"/books\")\nList<Book> all() { return books.findAll(); }", true},
		{"java", "var n = 1;\nif (n > 0) return;", true},
		{"java", "var n = ;", false},
		{"php", "$n = 1;", true},
		{"php", "$n = ;", false},
		{"typescript", "@Get(':id') one(@Param('id') id: string): Book { return this.books[id]; }", true},
		{"ts", "type Id = string | number;\nlet id: Id = 1;", true},
		{"typescript", "class Book {\n  id: number;\n}\n\n@Get(':id') one(@Param('id') id: string): Book { return this.books[id]; }", true},
		{"typescript", "class Book {\n\n@Get(':id') one(@Param('id') id: string): Book { return this.books[id]; }", false},
		{"typescript", "let id: = 1;", false},
		{"proto", "syntax = \"proto3\";\nmessage Book { string title = 1; }", true},
		{"proto", "message Book { string title = ; }", false},
		{"proto", "rpc Watch(Book) returns (stream Book);", true},
		{"dockerfile", "FROM golang:1.26 AS build\nRUN go build \\\n    -o /app .\n# slim\nCMD [\"/app\"]", true},
		{"dockerfile", "FROM golang:1.26\nRUNS go build", false},
		{"dockerfile", "CMD [\"/app\", ]", false},
		{"dockerfile", "RUN go build \\", false},
		{"graphql", "{ book(id: 7) { title } }", true},
		{"graphql", "type Query { book(id: ID!): Book }", true},
		{"graphql", "type Query { book(id: ID!: Book }", false},
		{"graphql", "{ book(id: 7) { title }", false},
	}
	for _, test := range tests {
		report, err := RunCode(t.Context(), asked(test.lang, test.code), RunConfig{Examples: filepath.Join("..", "..", "locales", "examples")})
		if err != nil {
			t.Fatal(err)
		}
		if right := len(report.Problems) == 0; right != test.right || report.Parsed[language(test.lang)] != 1 {
			t.Errorf("%s:\n%s\n%v", test.lang, test.code, report)
		}
	}
}

func TestAMissingToolIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	l := lessons(map[string]Code{"a": {"python", "x = 1", "", true}, "b": {"sql", "SELECT 1;", "1", true}, "c": {"java", "class C {}", "", true}})
	report, err := RunCode(t.Context(), l, RunConfig{Database: "dbname=x"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Unproved{"python": {1, "python3 is not installed"}, "java": {1, "javac is not installed"}, "sql": {1, "psql is not installed"}}
	if diff := cmp.Diff(want, report.Unproved); diff != "" {
		t.Error(diff)
	}
}

// stub puts a program of that name first in PATH.
func stub(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

func TestSQLRunsInASchemaOfItsOwnAndItsValuesAreCompared(t *testing.T) {
	l := lessons(map[string]Code{"a": {"sql", "SELECT name, n FROM t;", "name | n\nAli Vali | 1\nx | 2", true}})
	stub(t, "psql", `input=$(cat)
case "$input" in *"CREATE SCHEMA"*"SELECT name"*)
	printf '   name   | n \n----------+---\n Ali Vali | 1\n x        | %s\n(2 rows)\n\n' "$ROWS";;
esac
`)
	for rows, problems := range map[string]int{"2": 0, "3": 1} {
		t.Setenv("ROWS", rows)
		report, err := RunCode(t.Context(), l, RunConfig{Database: "dbname=x"})
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Problems) != problems || report.Run["sql"] != 1 {
			t.Errorf("with %s: %v", rows, report)
		}
	}
}

func TestAProgramThatDoesNotEndIsStopped(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	_, err := command(t.Context(), t.TempDir(), 1, "", "sleep", "60")
	var failed *failure
	if !errors.As(err, &failed) || !strings.Contains(failed.why, "not done after") {
		t.Errorf("command = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := RunCode(ctx, lessons(map[string]Code{"a": {"go", program(""), "", true}}), RunConfig{Examples: examples(t)}); !errors.Is(err, context.Canceled) {
		t.Errorf("RunCode after the end = %v", err)
	}
}
