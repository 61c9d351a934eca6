package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two documents with one title become two roadmaps of one directory.
func TestASecondDocumentOfTheSameTitleTakesAnIDOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"go-start", "go-developer"} {
		document, err := os.ReadFile(filepath.Join(filepath.Dir(seed), name+".md"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, name+".md", string(document))
	}
	if out, code := author(t, dir, "yolchi content import go-start.md --to mine"); code != 0 {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	out, code := author(t, dir, "yolchi content import go-developer.md --to mine")
	holdsAll(t, out, "nothing was written", "--id ID")
	if code != 1 {
		t.Errorf("without an id: exit %d", code)
	}
	out, code = author(t, dir, "yolchi content import go-developer.md --to mine --id golang-developer")
	holdsAll(t, out, "roadmaps/golang-developer.yaml")
	if code != 0 {
		t.Errorf("with an id: exit %d:\n%s", code, out)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "mine", "roadmaps", "*.yaml")); err != nil || len(left) != 6 {
		t.Errorf("the roadmaps are %v (%v)", left, err)
	}
	out, _ = author(t, dir, "yolchi content check --no-run --content-dir mine")
	for _, word := range []string{"stands here twice", ": id "} {
		if strings.Contains(out, word) {
			t.Errorf("the check says %q:\n%s", word, out)
		}
	}
	for command, want := range map[string]string{
		"yolchi content import go-start.md --id go-start": "the program has a roadmap go-start already",
		"yolchi content import go-start.md --id Go_Start": `"Go_Start" cannot be an id`,
		"yolchi content import go-start.md --id ../x":     "cannot be an id",
	} {
		if out, code := author(t, dir, command); code != 1 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, want %q:\n%s", command, code, want, out)
		}
	}
}
