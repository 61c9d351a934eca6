package migrations

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// checksums are those of the migrations, as sha256sum prints them.
//
//go:embed checksums.txt
var checksums string

const checksumsFile = "checksums.txt"

// updateVariable makes the test write the file anew.
const updateVariable = "UPDATE_CHECKSUMS"

// A database that has a migration never runs it again: what is edited reaches
// new databases only, and the two differ from then on.
func TestAPublishedMigrationNeverChanges(t *testing.T) {
	files, err := fs.Glob(FS, "*.sql") // in order
	if err != nil {
		t.Fatal(err)
	}
	var now strings.Builder
	for _, file := range files {
		text, err := fs.ReadFile(FS, file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&now, "%x  %s\n", sha256.Sum256(text), file)
	}
	if os.Getenv(updateVariable) != "" {
		if err := os.WriteFile(checksumsFile, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	was := map[string]string{}
	for line := range strings.Lines(checksums) {
		sum, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		was[file] = sum
	}
	for line := range strings.Lines(now.String()) {
		sum, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		switch old, listed := was[file]; {
		case !listed:
			t.Errorf("%s is new: list it by  %s=1 go test ./migrations", file, updateVariable)
		case old != sum:
			t.Errorf("%s was changed: write a new migration instead. Only if no release and no database has it yet:  %s=1 go test ./migrations", file, updateVariable)
		}
		delete(was, file)
	}
	for file := range was {
		t.Errorf("%s is gone: a published migration stays", file)
	}
}
