package curriculum

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// runTime bounds one program of a lesson.
const runTime = 20 * time.Second

// RunConfig says what [RunCode] may use.
type RunConfig struct {
	// Examples is the directory of the Go module that pins the libraries of the lessons
	// (locales/examples). It is copied, never written.
	Examples string
	// Database is the address of a PostgreSQL database in which SQL may be run, a test database:
	// the address is seen in the list of processes. Each code has a schema of its own there, which
	// is dropped again. Without it SQL is not proved.
	Database string
	// Progress is told of each step, if it is not nil. It is told of the longest ones, which
	// concern all programs at once, with done unchanged.
	Progress func(done, total int, what string)
}

// RunReport is what [RunCode] found.
type RunReport struct {
	Problems []Problem
	Run      map[string]int      // pieces of code that were run, by language
	Parsed   map[string]int      // those that were only parsed, or built
	Unproved map[string]Unproved // those that nobody looked at
}

// Unproved is code of one language.
type Unproved struct {
	Pieces int
	Why    string // nobody looked at it
}

// Languages are those of which anything was run or parsed, sorted.
func (r RunReport) Languages() []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(r.Run)), maps.Keys(r.Parsed))
	slices.Sort(all)
	return slices.Compact(all)
}

// RunCode proves the code of all topics and its variants: Go is vetted, built and run, and its
// output compared; of other languages that which an installed tool can prove. What code prints is
// compared without the white space at the ends of lines. Its error says that the proof itself
// could not be made.
func RunCode(ctx context.Context, l *Library, cfg RunConfig) (RunReport, error) {
	dir, err := os.MkdirTemp("", "curriculum-")
	if err != nil {
		return RunReport{}, fmt.Errorf("running the code of lessons: %w", err)
	}
	defer os.RemoveAll(dir)
	r := &runner{
		cfg: cfg, dir: dir,
		report: RunReport{Run: map[string]int{}, Parsed: map[string]int{}, Unproved: map[string]Unproved{}},
	}
	gos, others := snippets(l)
	r.total = len(gos) + len(others)
	if err := r.goCode(ctx, gos); err != nil {
		return r.report, fmt.Errorf("running the Go code of lessons: %w", err)
	}
	for _, s := range others {
		r.step(s.at())
		if err := r.other(ctx, s); err != nil {
			return r.report, fmt.Errorf("running the code of %s: %w", s.at(), err)
		}
	}
	r.report.Problems = l.placed(r.report.Problems)
	return r.report, nil
}

// snippet is a piece of code to prove.
type snippet struct {
	topic    string
	question string // empty for the topic's own code
	variant  bool
	lang     string
	text     string
	output   string
	run      bool
}

func (s snippet) at() string {
	switch {
	case s.question != "":
		return s.question
	case s.variant:
		return s.topic + " in " + s.lang
	}
	return s.topic
}

// snippets collects what can be proved. The Go code of questions is not in it: pieces of programs
// cannot be built, and [Check] parses them. So a topic has at most one snippet in Go.
func snippets(l *Library) (gos, others []snippet) {
	for _, t := range l.topics {
		add := func(c *Code, variant bool) {
			s := snippet{topic: t.ID, variant: variant, lang: language(c.Lang), text: c.Text + "\n", output: c.Output, run: c.Run}
			if s.lang == "go" {
				gos = append(gos, s)
			} else {
				others = append(others, s)
			}
		}
		if t.Code != nil {
			add(t.Code, false)
		}
		for _, v := range t.Variants {
			add(v, true)
		}
		for _, q := range t.Questions {
			lang := language(q.Lang)
			if q.Code != "" && !q.Broken && lang != "go" {
				others = append(others, snippet{topic: t.ID, question: q.ID, lang: lang, text: q.Code + "\n"})
			}
		}
	}
	return gos, others
}

// language brings the names that people give to a language down to one.
func language(name string) string {
	switch name {
	case "js", "node":
		return "javascript"
	case "py":
		return "python"
	case "sh", "bash", "console":
		return "shell"
	case "ts":
		return "typescript"
	case "yml":
		return "yaml"
	}
	return name
}

type runner struct {
	cfg         RunConfig
	dir         string
	done, total int
	report      RunReport
}

// step counts a snippet as looked at, begin announces a longer step.
func (r *runner) step(what string) {
	r.done++
	r.begin(what)
}

func (r *runner) begin(what string) {
	if r.cfg.Progress != nil {
		r.cfg.Progress(r.done, r.total, what)
	}
}

func (r *runner) add(s snippet, format string, args ...any) {
	what := "code: "
	switch {
	case s.question != "":
		what = "question " + s.question + ": code: "
	case s.variant:
		what = "variant " + s.lang + ": "
	}
	r.report.Problems = append(r.report.Problems, Problem{File: topicPath(s.topic, ""), Text: what + fmt.Sprintf(format, args...)})
}

// printed is what a program wrote: on its standard output, and on both, one after the other.
type printed struct{ out, all string }

// command runs a program in a directory to its end. A program that fails is a *failure; other
// errors mean that it could not be started, or that ctx is over.
func command(ctx context.Context, dir string, limit time.Duration, stdin string, name string, args ...string) (printed, error) {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(bounded, name, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Stdout = &out
	cmd.Stderr = &complaints
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	p := printed{out.String(), out.String() + complaints.String()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return p, ctx.Err()
	case bounded.Err() != nil:
		return p, &failure{fmt.Sprintf("not done after %v", limit)}
	case errors.As(err, &exit), errors.Is(err, exec.ErrWaitDelay):
		return p, &failure{strings.TrimSpace(p.all + "\n" + err.Error())}
	}
	return p, err
}

// failure is a program's own: the code is wrong, not the machine.
type failure struct{ why string }

func (f *failure) Error() string { return f.why }

// sameOutput reports whether a program printed what the lesson says: on its standard output, or
// on both together.
func sameOutput(want string, got printed) bool {
	want = trimmed(want)
	return trimmed(got.out) == want || trimmed(got.all) == want
}

// trimmed is text without white space at the end of its lines and empty lines at its end.
func trimmed(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// compare adds a problem if the output is another than the lesson's.
func (r *runner) compare(s snippet, got printed, err error) error {
	var failed *failure
	switch {
	case errors.As(err, &failed):
		r.add(s, "%s", failed.why)
	case err != nil:
		return err
	case !sameOutput(s.output, got):
		r.add(s, "prints\n%s\nbut the output says\n%s", trimmed(got.all), s.output)
	}
	return nil
}

// proved counts a snippet that was looked at.
func (r *runner) proved(s snippet, run bool) {
	if run {
		r.report.Run[s.lang]++
	} else {
		r.report.Parsed[s.lang]++
	}
}

// unproved counts a snippet that nobody looked at.
func (r *runner) unproved(s snippet, why string) {
	r.report.Unproved[s.lang] = Unproved{r.report.Unproved[s.lang].Pieces + 1, why}
}

// place makes a directory of its own for a snippet.
func (r *runner) place(s snippet) (string, error) {
	dir := filepath.Join(r.dir, "run", strings.ReplaceAll(s.at(), "/", "."))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making a directory: %w", err)
	}
	return dir, nil
}
