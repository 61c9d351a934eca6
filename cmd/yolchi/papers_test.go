package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestThePapersOfTheProjectCanBeRead(t *testing.T) {
	read := 0
	err := filepath.WalkDir("../../.github", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yml") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var content map[string]any
		if err := yaml.Unmarshal(text, &content); err != nil || len(content) == 0 {
			t.Errorf("%s: %v", path, err)
		}
		if strings.Contains(path, "ISSUE_TEMPLATE") && !strings.HasSuffix(path, "config.yml") {
			for _, key := range []string{"name", "description", "body"} { // GitHub hides a template without them
				if content[key] == nil {
					t.Errorf("%s has no %s", path, key)
				}
			}
		}
		read++
		return nil
	})
	if err != nil || read < 6 {
		t.Errorf("%d files were read (%v)", read, err)
	}
	for path, want := range map[string]string{
		"LICENSE": "MIT License", "CHANGELOG.md": "## Unreleased", "CONTRIBUTING.md": "make test", ".github/pull_request_template.md": "make test",
	} {
		if text, err := os.ReadFile("../../" + path); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not hold %q (%v)", path, want, err)
		}
	}
}

// GitHub runs what .ci/run runs, and each way of .ci/operate.
func TestGitHubRunsTheProjectsOwnCommands(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Strategy struct {
				Matrix map[string][]string `yaml:"matrix"`
			} `yaml:"strategy"`
			Steps []struct {
				Run string `yaml:"run"`
			} `yaml:"steps"`
		} `yaml:"jobs"`
	}
	text, err := os.ReadFile("../../.github/workflows/ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &workflow); err != nil {
		t.Fatal(err)
	}
	var runs []string
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			runs = append(runs, step.Run)
		}
	}
	for _, want := range []string{".ci/run", ".ci/operate ${{ matrix.way }}", "make bench", "make chaos"} {
		if !slices.Contains(runs, want) {
			t.Errorf("no step runs %s", want)
		}
	}
	ways := workflow.Jobs["operate"].Strategy.Matrix["way"]
	script, err := os.ReadFile("../../" + operate)
	if err != nil || len(ways) == 0 || !strings.Contains(string(script), "\n"+strings.Join(ways, " | ")+") \"$1\" ;;\n") {
		t.Errorf("%s does not know the ways %v (%v)", operate, ways, err)
	}
}

func TestAReleaseIsBuiltAsTheMakefileBuilds(t *testing.T) {
	var release struct {
		Version int `yaml:"version"`
		Builds  []struct {
			Main    string   `yaml:"main"`
			Binary  string   `yaml:"binary"`
			Env     []string `yaml:"env"`
			Flags   []string `yaml:"flags"`
			LDFlags []string `yaml:"ldflags"`
			Systems []string `yaml:"goos"`
		} `yaml:"builds"`
		Archives []struct {
			Files []string `yaml:"files"`
		} `yaml:"archives"`
	}
	text, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &release); err != nil {
		t.Fatal(err)
	}
	if release.Version != 2 || len(release.Builds) != 1 || len(release.Archives) != 1 {
		t.Fatalf("%+v", release)
	}
	build := release.Builds[0]
	got := strings.Join(build.Env, " ") + " go build " + strings.Join(build.Flags, " ") + ` -ldflags "` +
		strings.ReplaceAll(strings.Join(build.LDFlags, " "), "{{ .Version }}", "$(VERSION)") + `" -o bin/` + build.Binary + " " + build.Main
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(makefile), "\t"+got+"\n") {
		t.Errorf("the Makefile does not build by\n%s", got)
	}
	if diff := cmp.Diff([]string{"linux", "darwin"}, build.Systems); diff != "" { // localpg runs on no other
		t.Error(diff)
	}
	for _, pattern := range release.Archives[0].Files {
		if found, err := filepath.Glob("../../" + pattern); err != nil || len(found) == 0 {
			t.Errorf("the archive's %s is not there (%v)", pattern, err)
		}
	}
}
