package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const seed = "../../internal/curriculum/skeleton/testdata/documents/go-start.md"

// author runs the program in a directory, as an author does.
func author(t *testing.T, dir, command string) (output string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, strings.Fields(strings.TrimPrefix(command, "yolchi "))...)
	cmd.Dir = dir
	cmd.Env = []string{programVariable + "=1", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	out, _ := cmd.CombinedOutput() // the exit code tells
	return string(out), cmd.ProcessState.ExitCode()
}

func holdsAll(t *testing.T, text string, words ...string) {
	t.Helper()
	if word := missing(text, words); word != "" {
		t.Errorf("it does not say %q:\n%s", word, text)
	}
}

// What docs/authors.md says of both commands, in its order.
func TestADocumentIsImportedAsTheDocumentsSay(t *testing.T) {
	dir := t.TempDir()
	document, err := os.ReadFile(seed)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "roadmap.md", string(document))

	out, code := author(t, dir, "yolchi content import roadmap.md")
	holdsAll(t, out, "golang-backend-developer-roadmap/, from a document in Uzbek")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	out, code = author(t, dir, "yolchi content import roadmap.md --to my-roadmaps")
	holdsAll(t, out, "my-roadmaps/, from a document in Uzbek", "roadmaps/golang-backend-developer-roadmap.yaml", "docker-va-kubernetes: docker-2, kubernetes-2",
		"Stages: 10, topics: 31, files: 96.", "What to do next:", "yolchi content check --content-dir my-roadmaps")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "my-roadmaps", "*", "*.yaml")); err != nil || len(left) != 96 {
		t.Errorf("%d files (%v)", len(left), err)
	}

	out, code = author(t, dir, "yolchi content check --no-run --content-dir my-roadmaps")
	holdsAll(t, out, "golang-backend-developer-roadmap.en.yaml:2: title: missing", "topics/docker-2.en.yaml:2: title: missing")
	if code != 1 || strings.Contains(out, ".uz.yaml") {
		t.Errorf("exit %d; of the document's language nothing is missing:\n%s", code, out)
	}

	out, code = author(t, dir, "yolchi content import roadmap.md --to my-roadmaps")
	holdsAll(t, out, "nothing was written", "my-roadmaps/roadmaps/golang-backend-developer-roadmap.uz.yaml", "my-roadmaps/topics/docker-2.yaml", "--to DIR")
	if code != 1 {
		t.Errorf("imported twice: exit %d", code)
	}

	out, code = author(t, dir, "yolchi content new school-rules --to my-roadmaps")
	holdsAll(t, out, "my-roadmaps/topics/school-rules.yaml", "school-rules.en.yaml", "school-rules.uz.yaml", "What to do next:")
	if code != 0 {
		t.Errorf("exit %d", code)
	}
}

func TestWithoutADirectoryTheRoadmapsNameIsTaken(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "our-school.txt", "Things that every backend developer of our school knows, and that we ask for at the end of the year, are these.\n\n- Redis\n- Tea\n")
	out, code := author(t, dir, "yolchi content import our-school.txt")
	holdsAll(t, out, "our-school/, from a document in English", "our-school: redis-2, tea", "Stages: 1, topics: 2, files: 9.")
	if code != 0 {
		t.Errorf("exit %d", code)
	}
	if _, err := os.Stat(filepath.Join(dir, "our-school/topics/tea.uz.yaml")); err != nil {
		t.Error(err)
	}
	write(t, dir, "more.md", "# More\n\n## One\n\n- Tea\n")
	out, code = author(t, dir, "yolchi content import more.md --to our-school")
	holdsAll(t, out, "one: tea-2", "Stages: 1, topics: 1, files: 6.") // another roadmap of the directory has a topic tea
	if code != 0 {
		t.Errorf("exit %d", code)
	}
}

func TestWhatCannotBeImportedOrBegunIsSaidInOneSentence(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "empty.md", "\n")
	write(t, dir, "russian.md", "# Привет\n\n- мир\n")
	write(t, dir, "topics/there.uz.yaml", "title: Bor\n")
	for command, want := range map[string]string{
		"yolchi content import nowhere.md":  "no such file",
		"yolchi content import empty.md":    "empty.md: there is no text in the document",
		"yolchi content import russian.md":  "say with --language en or --language uz",
		"yolchi content new Slices":         `"Slices" cannot be an id: write lower-case Latin words joined by hyphens`,
		"yolchi content new ../slices":      "cannot be an id",
		"yolchi content new go-slices":      "the program has a topic go-slices already",
		"yolchi content new there":          "nothing was written, for these files are there already, and left as they are:\n  topics/there.uz.yaml",
		"yolchi content import":             `expected "<file>"`,
		"yolchi content import x --lang=fr": "unknown flag",
	} {
		out, code := author(t, dir, command)
		if code != 1 || !strings.HasPrefix(out, "yolchi: ") || !strings.Contains(out, want) || strings.Contains(out, "goroutine") {
			t.Errorf("%s: exit %d, want %q:\n%s", command, code, want, out)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*", "*")); err != nil || len(left) != 1 {
		t.Errorf("something was written: %v (%v)", left, err)
	}
}

func TestTheCheckNamesTheTopicsThatAreStillToBeWritten(t *testing.T) {
	dir := schoolDir(t)
	rewrite(t, dir, "roadmaps/school.yaml", "school-errors]", "school-errors, school-new, school-later]")
	for _, id := range []string{"new", "later"} {
		for end, text := range map[string]string{".yaml": "minutes: 30\n", ".en.yaml": "title: Later " + id + "\n", ".uz.yaml": "title: Keyin " + id + "\n"} {
			write(t, dir, "topics/school-"+id+end, text)
		}
	}
	out, code := author(t, dir, "yolchi content check --no-run --content-dir "+dir)
	holdsAll(t, out, "2 topics written,   2 not yet written", "still to be written: school-new, school-later", "The texts are in order.")
	if code != 0 {
		t.Errorf("exit %d", code)
	}
}
