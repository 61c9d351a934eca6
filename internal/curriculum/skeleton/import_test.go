package skeleton

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"yolchi/internal/curriculum"
	"yolchi/internal/telegram"
)

// seeds are the documents behind our own roadmaps.
var seeds = []string{"go-start", "go-developer", "go-advanced", "backend-choice", "backend-master"}

func document(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "documents", name+".md"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// imported is the skeleton of a document and the library that it is.
func imported(t testing.TB, document string) (*Skeleton, *curriculum.Library) {
	t.Helper()
	s, err := Import([]byte(document), Options{Name: "Road"})
	if err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	return s, library(t, s)
}

// library reads a skeleton as the program reads content.
func library(t testing.TB, s *Skeleton) *curriculum.Library {
	t.Helper()
	tree := fstest.MapFS{}
	for _, f := range s.Files {
		tree[f.Path] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	l, err := curriculum.Load(tree)
	if err != nil {
		t.Fatalf("it cannot be read: %v\n%s", err, shown(s))
	}
	return l
}

// shown are all files, one after the other.
func shown(s *Skeleton) string {
	var b strings.Builder
	for _, f := range s.Files {
		b.WriteString("=== " + f.Path + "\n" + f.Text)
	}
	return b.String()
}

// problems are what the check finds beside what is still to be written in the other language; the
// ids of a new tree are new.
func problems(l *curriculum.Library, lang string) (found []string) {
	report := curriculum.Check(l, func(markdown string) error { return telegram.ValidHTML(telegram.HTML(markdown)) })
	for _, p := range report.Problems {
		if p.File != "ids.txt" && !(lang != "" && strings.HasSuffix(p.File, "."+other(lang)+".yaml") && strings.HasSuffix(p.Text, "missing")) {
			found = append(found, p.File+": "+p.Text)
		}
	}
	return found
}

func counted(text string) map[string]int {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(apostrophes, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
	count := map[string]int{}
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		count[w]++
	}
	return count
}

// lost are the words of a document that stand in no file, or not as often.
func lost(document string, s *Skeleton) (words []string) {
	var lines []string
	for line := range strings.SplitSeq(cleaned([]byte(document)), "\n") {
		lines = append(lines, itemForm.ReplaceAllString(strings.TrimLeft(line, " \t>"), "")) // the number of a bullet is its place
	}
	var written strings.Builder // without what waits in the other language
	for _, f := range s.Files {
		if !strings.HasSuffix(f.Path, "."+other(s.Language)+".yaml") {
			written.WriteString(f.Path + "\n" + f.Text)
		}
	}
	have := counted(written.String())
	want := counted(strings.Join(lines, "\n"))
	for _, w := range slices.Sorted(maps.Keys(want)) {
		if have[w] < want[w] {
			words = append(words, w)
		}
	}
	return words
}

func TestNothingOfTheDocumentsIsLost(t *testing.T) {
	for _, name := range seeds {
		t.Run(name, func(t *testing.T) {
			text := string(document(t, name))
			s, l := imported(t, text)
			if words := lost(text, s); len(words) > 0 {
				t.Errorf("lost: %q", words)
			}
			for _, p := range problems(l, s.Language) {
				if !strings.HasSuffix(p, "goal: missing") && !strings.HasSuffix(p, "tro: missing") { // the document has none
					t.Error(p)
				}
			}
			if os.Getenv("SHOW") != "" {
				dir := filepath.Join(os.Getenv("SHOW"), name)
				if err := Write(dir, s.Files); err != nil {
					t.Error(err)
				}
			}
			_ = path.Base
		})
	}
}
