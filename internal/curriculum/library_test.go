package curriculum

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/telegram"
	"yolchi/locales"
)

// These tests prove the content itself, not the code of this package.

func shown(markdown string) error { return telegram.ValidHTML(telegram.HTML(markdown)) }

func TestTheCurriculumKeepsItsRules(t *testing.T) {
	report := Check(load(t, locales.FS), shown)
	for _, p := range report.Problems {
		t.Error(p)
	}
}

// TestEveryBulletOfTheDocumentsIsTaught reads the lists that name, for every bullet of the document
// behind a roadmap, the topics that teach it.
func TestEveryBulletOfTheDocumentsIsTaught(t *testing.T) {
	for _, r := range load(t, locales.FS).Roadmaps() {
		data, err := os.ReadFile(filepath.Join("testdata", "bullets", r.ID+".yaml"))
		if err != nil {
			t.Errorf("no bullets of the document behind %s: %v", r.ID, err)
			continue
		}
		var bullets []struct {
			Bullet string
			Topics []string
		}
		if err := yaml.UnmarshalWithOptions(data, &bullets, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		if len(bullets) < 50 {
			t.Errorf("%s: only %d bullets", r.ID, len(bullets))
		}
		for _, b := range bullets {
			if b.Bullet == "" || len(b.Topics) == 0 {
				t.Errorf("%s: %q is taught by %v", r.ID, b.Bullet, b.Topics)
			}
			for _, topic := range b.Topics {
				if _, _, ok := r.Find(topic); !ok {
					t.Errorf("%s: %q is taught by %s, which the roadmap does not hold", r.ID, b.Bullet, topic)
				}
			}
		}
	}
}

func TestTheProgramsOfTheLessonsDoWhatTheySay(t *testing.T) {
	prove(t, load(t, locales.FS), "")
}

func TestTheSQLOfTheLessonsDoesWhatItSays(t *testing.T) {
	l := load(t, locales.FS)
	l.topics = slices.DeleteFunc(l.topics, func(t *Topic) bool { return t.Code == nil || t.Code.Lang != "sql" })
	for _, t := range l.topics {
		t.Variants = nil // proved above
	}
	prove(t, l, pgtest.Empty(t))
}

func prove(t *testing.T, l *Library, database string) {
	report, err := RunCode(t.Context(), l, RunConfig{Examples: filepath.Join("..", "..", "locales", "examples"), Database: database})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error(p)
	}
	for lang, un := range report.Unproved {
		if os.Getenv("YOLCHI_REQUIRE") == "1" && strings.HasSuffix(un.Why, notInstalled) {
			t.Errorf("%s was not proved: %s", lang, un.Why)
		}
	}
	t.Logf("run %v, only parsed %v, not looked at %v", report.Run, report.Parsed, report.Unproved)
}
