package curriculum

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/parser"
)

// tool proves the code of a language with programs.
type tool struct {
	file  string   // what the code is written to
	parse []string // the command that only parses that file
	run   []string // the command that runs it; nil if that needs more than the tool
	made  string   // the package of the module of examples that the parser is built from; empty if it is installed
	// around is what may be around a question's piece of a program, in the order to be tried.
	around []string
}

var tools = map[string]tool{
	"python": {
		file:  "code.py",
		parse: []string{"python3", "-c", "import ast; ast.parse(open('code.py', encoding='utf-8').read())"},
		run:   []string{"python3", "-B", "code.py"},
	},
	"javascript": {file: "code.js", parse: []string{"node", "--check", "code.js"}, run: []string{"node", "code.js"}},
	"shell":      {file: "code.sh", parse: []string{"bash", "-n", "code.sh"}},
	"php":        {file: "code.php", parse: []string{"php", "-l", "code.php"}, run: []string{"php", "code.php"}},
	"ruby":       {file: "code.rb", parse: []string{"ruby", "-c", "code.rb"}, run: []string{"ruby", "code.rb"}},
	"java": { // after parsing javac would look for the libraries
		file:   "Code.java",
		parse:  []string{"javac", "-XDshould-stop.ifNoError=PARSE", "-XDshould-stop.ifError=PARSE", "-proc:none", "-encoding", "UTF-8", "Code.java"},
		run:    []string{"java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "Code.java"},
		around: []string{"class Code {\n%s}\n", "class Code {\nvoid code() {\n%s}\n}\n"},
	},
	"typescript": {
		file:   "code.ts",
		parse:  []string{"esbuild", "--log-level=error", `--tsconfig-raw={"compilerOptions":{"experimentalDecorators":true}}`, "code.ts"},
		made:   "github.com/evanw/esbuild/cmd/esbuild",
		around: []string{"class Code {\n%s}\n"},
	},
	"graphql": {file: "code.graphql", parse: []string{"parsegraphql", "code.graphql"}, made: "./internal/parsegraphql"},
	"proto":   {file: "code.proto", parse: []string{"parseproto", "code.proto"}, made: "./internal/parseproto"},
}

// notInstalled ends the reason why a language was not looked at on this machine.
const notInstalled = " is not installed"

// moduleForm tells the JavaScript that node reads only from a file named .mjs.
var moduleForm = regexp.MustCompile(`(?m)^(import|export|await|const .* = await) `)

// suiteForm tells the programs that are tests.
var suiteForm = regexp.MustCompile(`(?m)^import unittest\b|from ["']node:test["']`)

// other proves a snippet that is not Go.
func (r *runner) other(ctx context.Context, s snippet) error {
	switch s.lang {
	case "json":
		var v any
		r.parsed(s, json.Unmarshal([]byte(s.text), &v))
		return nil
	case "yaml":
		_, err := parser.ParseBytes([]byte(s.text), 0)
		r.parsed(s, err)
		return nil
	case "sql":
		return r.sql(ctx, s)
	case "dockerfile":
		r.parsed(s, parseDockerfile(s.text))
		return nil
	}
	t, ok := tools[s.lang]
	if !ok {
		r.unproved(s, "nothing here can")
		return nil
	}
	if s.lang == "javascript" && moduleForm.MatchString(s.text) {
		t.file, t.parse, t.run = "code.mjs", []string{"node", "--check", "code.mjs"}, []string{"node", "code.mjs"}
	}
	if t.made != "" {
		program, err := r.made(ctx, t.made)
		if err != nil {
			return err
		}
		t.parse = append([]string{program}, t.parse[1:]...)
	} else if _, err := exec.LookPath(t.parse[0]); err != nil {
		r.unproved(s, t.parse[0]+notInstalled)
		return nil
	}
	return r.tool(ctx, s, t)
}

func (r *runner) parsed(s snippet, err error) {
	r.proved(s, false)
	if err != nil {
		r.add(s, "does not parse: %v", err)
	}
}

func (r *runner) tool(ctx context.Context, s snippet, t tool) error {
	dir, err := r.place(s)
	if err != nil {
		return err
	}
	suite := suiteForm.MatchString(s.text)
	if t.run == nil || !s.run || s.output == "" && !suite {
		err := r.parse(ctx, dir, s, t)
		var failed *failure
		if err != nil && !errors.As(err, &failed) {
			return err
		}
		r.parsed(s, err)
		return nil
	}
	r.proved(s, true) // and parsed by the way
	if err := os.WriteFile(filepath.Join(dir, t.file), []byte(s.text), 0o600); err != nil {
		return fmt.Errorf("writing the code: %w", err)
	}
	got, err := command(ctx, dir, runTime, "", t.run[0], t.run[1:]...)
	if suite {
		return r.passed(s, got, err)
	}
	return r.compare(s, got, err)
}

// parse tries a snippet as it is. A question's piece of a program it also tries in what may be
// around it, and by its paragraphs, which may come from several places.
func (r *runner) parse(ctx context.Context, dir string, s snippet, t tool) error {
	err := r.try(ctx, dir, s, t)
	var failed *failure
	paragraphs := strings.SplitAfter(s.text, "\n\n")
	if s.question == "" || t.around == nil || len(paragraphs) == 1 || !errors.As(err, &failed) {
		return err
	}
	for _, s.text = range paragraphs {
		if r.try(ctx, dir, s, t) != nil {
			return err
		}
	}
	return nil
}

// try parses a snippet in everything that may be around it, until one fits.
func (r *runner) try(ctx context.Context, dir string, s snippet, t tool) error {
	tries := []string{s.text}
	if s.lang == "php" && !strings.Contains(s.text, "<?") {
		tries[0] = "<?php\n" + s.text // without it PHP would take everything for HTML
	}
	if s.question != "" {
		for _, around := range t.around {
			tries = append(tries, fmt.Sprintf(around, s.text))
		}
	}
	var first error
	for _, text := range tries {
		if err := os.WriteFile(filepath.Join(dir, t.file), []byte(text), 0o600); err != nil {
			return fmt.Errorf("writing the code: %w", err)
		}
		_, err := command(ctx, dir, runTime, "", t.parse[0], t.parse[1:]...)
		var failed *failure
		if !errors.As(err, &failed) {
			return err
		}
		first = cmp.Or(first, err)
	}
	return first
}

// schema is where the SQL of one lesson lives.
const schema = "curriculum_check"

// sql runs a topic's SQL as a reader would, with psql, in a schema of its own.
func (r *runner) sql(ctx context.Context, s snippet) error {
	switch _, err := exec.LookPath("psql"); {
	case r.cfg.Database == "":
		r.unproved(s, "no database was given")
		return nil
	case err != nil:
		r.unproved(s, "psql"+notInstalled)
		return nil
	}
	dir, err := r.place(s)
	if err != nil {
		return err
	}
	if !s.run {
		_, err := r.psql(ctx, dir, unexecuted(s.text))
		return r.parsedBy(s, err)
	}
	r.proved(s, true)
	const drop = "SET client_min_messages = error;\nDROP SCHEMA IF EXISTS " + schema + " CASCADE;\n"
	before := drop + "CREATE SCHEMA " + schema + ";\nSET search_path = " + schema + ";\n"
	got, err := r.psql(ctx, dir, before+s.text)
	if _, err := r.psql(ctx, dir, drop); err != nil {
		return fmt.Errorf("cleaning the database: %w", err)
	}
	got = printed{layout(got.out), layout(got.all)}
	s.output = layout(s.output)
	return r.compare(s, got, err)
}

// unexecuted is SQL that Postgres parses and does not run: it stands behind a
// RETURN. BEGIN opens a block there, so it is taken out.
func unexecuted(text string) string {
	text = strings.TrimSpace(commentForm.ReplaceAllString(beginForm.ReplaceAllString(text, ""), ""))
	return "SET client_min_messages = error;\nDO $parse$ BEGIN RETURN;\n" + strings.TrimSuffix(text, ";") + "\n; END $parse$;\n"
}

var (
	beginForm   = regexp.MustCompile(`(?im)^\s*BEGIN\s*;`)
	commentForm = regexp.MustCompile(`(?m)--.*$`)
)

// parsedBy counts a snippet as parsed, and adds a problem if that failed.
func (r *runner) parsedBy(s snippet, err error) error {
	var failed *failure
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	r.parsed(s, err)
	return nil
}

func (r *runner) psql(ctx context.Context, dir, text string) (printed, error) {
	return command(ctx, dir, runTime, text, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", r.cfg.Database)
}

var (
	ruleForm  = regexp.MustCompile(`^[-+\s]+$`)
	countForm = regexp.MustCompile(`^\(\d+ rows?\)$`)
	spaceForm = regexp.MustCompile(`\s*(\||\s)\s*`)
)

// layout reduces a printed table to its values, so that only they are compared, not how wide the
// columns are or whether the rows are counted.
func layout(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" || ruleForm.MatchString(line) || countForm.MatchString(line) {
			continue
		}
		lines = append(lines, strings.TrimSpace(spaceForm.ReplaceAllString(line, "$1")))
	}
	return strings.Join(lines, "\n")
}
