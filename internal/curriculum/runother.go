package curriculum

import (
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

// tool proves the code of a language with an installed program.
type tool struct {
	program string
	file    string   // what the code is written to
	parse   []string // arguments that only parse that file
	run     []string // arguments that run it; nil if that needs more than the tool
}

var tools = map[string]tool{
	"python":     {"python3", "code.py", []string{"-c", "import ast; ast.parse(open('code.py', encoding='utf-8').read())"}, []string{"-B", "code.py"}},
	"javascript": {"node", "code.js", []string{"--check", "code.js"}, []string{"code.js"}},
	"shell":      {"bash", "code.sh", []string{"-n", "code.sh"}, nil},
	"php":        {"php", "code.php", []string{"-l", "code.php"}, []string{"code.php"}},
	"ruby":       {"ruby", "code.rb", []string{"-c", "code.rb"}, []string{"code.rb"}},
}

// moduleForm tells the JavaScript that node reads only from a file named .mjs.
var moduleForm = regexp.MustCompile(`(?m)^(import|export|await|const .* = await) `)

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
	}
	t, ok := tools[s.lang]
	if !ok {
		r.report.Unproved[s.lang] = "nothing here can"
		return nil
	}
	program, err := exec.LookPath(t.program)
	if err != nil {
		r.report.Unproved[s.lang] = t.program + " is not installed"
		return nil
	}
	if s.lang == "javascript" && moduleForm.MatchString(s.text) {
		t.file, t.parse, t.run = "code.mjs", []string{"--check", "code.mjs"}, []string{"code.mjs"}
	}
	return r.tool(ctx, s, t, program)
}

func (r *runner) parsed(s snippet, err error) {
	r.report.Proved[s.lang]++
	if err != nil {
		r.add(s, "does not parse: %v", err)
	}
}

func (r *runner) tool(ctx context.Context, s snippet, t tool, program string) error {
	dir, err := r.place(s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, t.file), []byte(s.text), 0o600); err != nil {
		return fmt.Errorf("writing the code: %w", err)
	}
	r.report.Proved[s.lang]++
	_, err = command(ctx, dir, runTime, "", program, t.parse...)
	var failed *failure
	if errors.As(err, &failed) {
		r.add(s, "does not parse: %s", failed.why)
		return nil
	} else if err != nil || !s.run || s.output == "" || t.run == nil {
		return err
	}
	got, err := command(ctx, dir, runTime, "", program, t.run...)
	return r.compare(s, got, err)
}

// schema is where the SQL of one lesson lives.
const schema = "curriculum_check"

// sql runs a topic's SQL as a reader would, with psql, in a schema of its own.
func (r *runner) sql(ctx context.Context, s snippet) error {
	switch _, err := exec.LookPath("psql"); {
	case !s.run:
		return nil
	case r.cfg.Database == "":
		r.report.Unproved["sql"] = "no database was given"
		return nil
	case err != nil:
		r.report.Unproved["sql"] = "psql is not installed"
		return nil
	}
	dir, err := r.place(s)
	if err != nil {
		return err
	}
	r.report.Proved["sql"]++
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
