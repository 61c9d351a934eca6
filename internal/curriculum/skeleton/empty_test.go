package skeleton

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yolchi/internal/curriculum"
)

// withTopic is a roadmap with one more topic in its first stage.
func withTopic(t *testing.T, files []File, id string) *curriculum.Library {
	t.Helper()
	s, err := Import([]byte("# Road\n\nIntro.\n\n## Stage\n\nGoal.\n\n- First\n\n## Conclusion\n\nBye.\n"), Options{Name: "Road", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range s.Files {
		f.Text = strings.Replace(f.Text, "- first # First", "- first\n      - "+id, 1)
		f.Text = strings.ReplaceAll(f.Text, `: "" # TODO`, `: "Matn" # TODO`)
		s.Files[i] = f
	}
	s.Files = append(s.Files, files...)
	return library(t, s)
}

func TestAnEmptyTopicIsReadAndTheCheckSaysWhatToFillIn(t *testing.T) {
	files, err := Topic("go-slices")
	if err != nil {
		t.Fatal(err)
	}
	found := strings.Join(problems(withTopic(t, files, "go-slices"), ""), "\n")
	for _, want := range []string{
		`go-slices.yaml: links: "" is not a plain https address`,
		"go-slices.yaml: code: empty",
		"go-slices.en.yaml: title: missing",
		"go-slices.en.yaml: why: missing",
		"go-slices.en.yaml: lesson: missing",
		"go-slices.uz.yaml: task: missing",
		"go-slices.uz.yaml: hint: missing",
		"go-slices.uz.yaml: question several-right: prompt: missing",
		"go-slices.uz.yaml: question wrong-code: explanation: missing",
		"go-slices.uz.yaml: question one-right: option 1: 0 characters",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("the check does not say %q:\n%s", want, found)
		}
	}
}

// fill writes into each empty field what an author would, with words of the language.
func fill(file File) File {
	english := strings.HasSuffix(file.Path, ".en.yaml")
	word := map[bool]string{true: "word", false: "soʻz"}[english]
	fields := map[string]string{
		"url":    `"https://go.dev/tour/moretypes/7"`,
		"lesson": "|\n  " + strings.Repeat(word+" ", 130) + "and **bold**.",
		"task":   "|\n  " + word,
		"text":   "|\n    package main\n\n    import \"fmt\"\n\n    func main() { fmt.Println(1) }",
		"output": "|\n    1",
		"code":   "|\n      x := 1",
	}
	n := 0
	var lines []string
	for line := range strings.SplitSeq(file.Text, "\n") {
		before, ok := strings.CutSuffix(line, `""`)
		if ok && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			n++
			name := strings.Trim(before, " -:")
			value, known := fields[name]
			if !known {
				value = fmt.Sprintf("%s %d", word, n)
			}
			line = before + value
		}
		lines = append(lines, line)
	}
	file.Text = strings.Join(lines, "\n")
	return file
}

func TestAnEmptyTopicThatIsFilledInIsWritten(t *testing.T) {
	files, err := Topic("go-slices")
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i] = fill(files[i])
	}
	l := withTopic(t, files, "go-slices")
	for _, p := range problems(l, "") {
		t.Error(p)
	}
	topic, ok := l.Topic("go-slices")
	if !ok || !topic.Written() {
		t.Errorf("it is not written: %+v", topic)
	}
	var kinds struct{ several, code, broken bool }
	for _, q := range topic.Questions {
		kinds.several = kinds.several || len(q.Right) > 1
		kinds.code = kinds.code || q.Code != "" && !q.Broken
		kinds.broken = kinds.broken || q.Code != "" && q.Broken
	}
	if !kinds.several || !kinds.code || !kinds.broken {
		t.Errorf("not a question of each kind: %+v", kinds)
	}
}

// Each field of the files has a comment, in the languages that its reader may know.
func TestEveryFieldOfAnEmptyTopicIsExplained(t *testing.T) {
	files, err := Topic("go-slices")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{
		{"Minutes to read", "Darsni oʻqib", "have to come before", "oldin oʻrganiladigan", "worth reading", "arziydigan", "at most 25 lines", "koʻpi bilan 25 satr", "variants:", "counted from 0", "0 dan sanab", "broken: true:"},
		{"at most 60 characters", "One sentence", "120 to 220 words", "15 to 40 minutes", "who are stuck", "Why each link", "prompt:", "options:", "explanation:"},
		{"koʻpi bilan 60", "Bitta gap", "120–220 soʻz", "15–40 daqiqalik", "Qiynalganlar", "Har havola", "prompt:", "options:", "explanation:"},
	} {
		for _, w := range want {
			if !strings.Contains(files[i].Text, w) {
				t.Errorf("%s does not say %q", files[i].Path, w)
			}
		}
		if strings.Contains(files[i].Text, placeholder) {
			t.Errorf("%s still says %s", files[i].Path, placeholder)
		}
	}
}

func TestABadIDIsRefused(t *testing.T) {
	for _, id := range []string{"", "Go", "go slices", "../etc", "go_slices", "-go", "go-", "1go", "con", "oʻzbek", strings.Repeat("a", 33), "go/slices", "go.en"} {
		if files, err := Topic(id); err == nil || len(files) > 0 || !strings.Contains(err.Error(), "lower-case Latin words") {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestFilesAreNeverOverwrittenNorWrittenElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "road")
	files := []File{{"topics/a.yaml", "a"}, {"roadmaps/b.yaml", "b"}}
	if err := Write(dir, files); err != nil {
		t.Fatal(err)
	}
	err := Write(dir, append([]File{{"topics/new.yaml", "new"}}, files...))
	var exist *ExistError
	if !errors.As(err, &exist) || len(exist.Paths) != 2 || !strings.HasSuffix(exist.Paths[0], "road/topics/a.yaml") {
		t.Errorf("written over: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "topics/new.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half of it was written: %v", err)
	}
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"../x.yaml", "/x.yaml", "link/x.yaml", "topics/../../x.yaml"} {
		if err := Write(dir, []File{{path, "x"}}); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("outside stands %v (%v)", left, err)
	}
}
