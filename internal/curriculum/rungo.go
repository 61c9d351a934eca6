package curriculum

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// buildTime bounds one command of the Go tool over all lessons; the first one may have to
// download and compile the libraries.
const buildTime = 15 * time.Minute

var (
	mainForm = regexp.MustCompile(`(?m)^func main\(\)`)
	testForm = regexp.MustCompile(`(?m)^func (Test|Benchmark|Fuzz|Example)\w*\(`)
)

// isTest reports whether a snippet is a file of tests rather than a program.
func (s snippet) isTest() bool {
	return testForm.MatchString(s.text) && !mainForm.MatchString(s.text)
}

// module makes a copy of the module of examples, unless there is one.
func (r *runner) module() (string, error) {
	dir := filepath.Join(r.dir, "go")
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.CopyFS(dir, os.DirFS(r.cfg.Examples)); err != nil {
		return "", fmt.Errorf("copying the module of examples: %w", err)
	}
	return dir, nil
}

// made builds a program of the module of examples, unless it is built already.
func (r *runner) made(ctx context.Context, pkg string) (string, error) {
	program := filepath.Join(r.dir, path.Base(pkg))
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	module, err := r.module()
	if err != nil {
		return "", err
	}
	r.begin("go build " + pkg)
	if _, err := command(ctx, module, buildTime, "", "go", "build", "-o", program, pkg); err != nil {
		return "", fmt.Errorf("building %s: %w", pkg, err)
	}
	return program, nil
}

// goCode proves all Go programs in one copy of the module of examples: one package each.
func (r *runner) goCode(ctx context.Context, all []snippet) error {
	if len(all) == 0 {
		return nil
	}
	module, err := r.module()
	if err != nil {
		return err
	}
	for _, s := range all {
		name := "main.go"
		if s.isTest() {
			name = "main_test.go"
		}
		if err := os.MkdirAll(filepath.Join(module, s.topic), 0o700); err != nil {
			return fmt.Errorf("writing the programs: %w", err)
		}
		if err := os.WriteFile(filepath.Join(module, s.topic, name), []byte(s.text), 0o600); err != nil {
			return fmt.Errorf("writing the programs: %w", err)
		}
	}
	all, err = r.loadable(ctx, module, all)
	if err != nil {
		return err
	}
	r.begin("go vet")
	all, err = r.vet(ctx, module, all)
	if err != nil {
		return err
	}
	r.begin("go build")
	if err := r.build(ctx, module, all); err != nil {
		return err
	}
	for _, s := range all {
		r.step(s.at())
		if err := r.runGo(ctx, module, s); err != nil {
			return err
		}
		r.proved(s, s.run)
	}
	return nil
}

// loadable leaves out what does not parse or imports what is not there, for one such package
// would stop the Go tool for all.
func (r *runner) loadable(ctx context.Context, module string, all []snippet) ([]snippet, error) {
	p, err := command(ctx, module, buildTime, "", "go", append([]string{"list", "-e", "-test", "-json=Dir,Error,DepsErrors"}, packages(all)...)...)
	if err != nil {
		return nil, fmt.Errorf("listing the programs: %w", err)
	}
	wrong := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(p.out)); ; {
		var found struct {
			Dir        string
			Error      *struct{ Err string }
			DepsErrors []struct{ Err string }
		}
		if err := d.Decode(&found); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("listing the programs: %w", err)
		}
		for _, e := range found.DepsErrors {
			wrong[filepath.Base(found.Dir)] = e.Err
		}
		if found.Error != nil {
			wrong[filepath.Base(found.Dir)] = found.Error.Err
		}
	}
	return r.sort(all, wrong), nil
}

// sort reports the snippets that are wrong and returns the others.
func (r *runner) sort(all []snippet, wrong map[string]string) []snippet {
	var right []snippet
	for _, s := range all {
		if why, ok := wrong[s.topic]; ok {
			r.add(s, "%s", why)
			r.step(s.at())
		} else {
			right = append(right, s)
		}
	}
	return right
}

// vet leaves out what go vet refuses, which includes all that does not compile.
func (r *runner) vet(ctx context.Context, module string, all []snippet) ([]snippet, error) {
	if len(all) == 0 {
		return nil, nil
	}
	p, err := command(ctx, module, buildTime, "", "go", append([]string{"vet"}, packages(all)...)...)
	var failed *failure
	if err == nil {
		return all, nil
	} else if !errors.As(err, &failed) {
		return nil, fmt.Errorf("vetting the programs: %w", err)
	}
	wrong := complaints(p.all)
	if len(wrong) == 0 {
		return nil, fmt.Errorf("vetting the programs: %w", err)
	}
	return r.sort(all, wrong), nil
}

// positionForm is how a complaint of the Go tool begins: with the file, below the topic's directory.
var positionForm = regexp.MustCompile(`^(?:vet: )?(?:\./)?([a-z0-9-]+)/main(?:_test)?\.go:`)

// complaints splits what the Go tool says by topic.
func complaints(said string) map[string]string {
	byTopic := map[string]string{}
	topic := ""
	for line := range strings.Lines(said) {
		if m := positionForm.FindStringSubmatch(line); m != nil {
			topic = m[1]
		}
		if topic != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "exit status") {
			byTopic[topic] += line
		}
	}
	return byTopic
}

// build makes all programs at once, into the directory bin.
func (r *runner) build(ctx context.Context, module string, all []snippet) error {
	var programs []snippet
	for _, s := range all {
		if mainForm.MatchString(s.text) {
			programs = append(programs, s)
		}
	}
	if len(programs) == 0 {
		return nil
	}
	args := append([]string{"build", "-ldflags=-s -w", "-o", filepath.Join(module, "bin") + string(filepath.Separator)}, packages(programs)...)
	if _, err := command(ctx, module, buildTime, "", "go", args...); err != nil {
		return fmt.Errorf("building the programs: %w", err)
	}
	return nil
}

// timeForm is what differs from one run of tests to the next.
var timeForm = regexp.MustCompile(`[0-9]+\.[0-9]+s\b`)

// passed compares what tests print, but not how long they took. Without an output in the lesson
// it is enough that they pass.
func (r *runner) passed(s snippet, got printed, err error) error {
	if s.output == "" {
		s.output = got.all
	}
	s.output = timeForm.ReplaceAllString(s.output, "0.00s")
	got.all = timeForm.ReplaceAllString(got.all, "0.00s")
	return r.compare(s, got, err)
}

func (r *runner) runGo(ctx context.Context, module string, s snippet) error {
	if !s.run {
		return nil
	}
	if s.isTest() {
		got, err := command(ctx, module, buildTime, "", "go", "test", "-count=1", "-v", "./"+s.topic)
		return r.passed(s, got, err)
	}
	dir, err := r.place(s)
	if err != nil {
		return err
	}
	got, err := command(ctx, dir, runTime, "", filepath.Join(module, "bin", s.topic))
	return r.compare(s, got, err)
}

func packages(all []snippet) []string {
	var names []string
	for _, s := range all {
		names = append(names, "./"+s.topic)
	}
	return names
}
