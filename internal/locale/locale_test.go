package locale

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"yolchi/locales"
)

// texts are the raw texts of a language: each has one form, or the plural
// forms one and other.
func texts(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	file, err := locales.FS.ReadFile("ui." + lang + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(file, &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for key, value := range raw {
		forms := map[string]string{}
		switch v := value.(type) {
		case string:
			forms["other"] = v
		case map[string]any:
			for form, text := range v {
				forms[form] = fmt.Sprint(text)
			}
		}
		out[key] = forms
	}
	return out
}

var field = regexp.MustCompile(`\.([A-Z][A-Za-z]*)`)

func fields(text string) []string {
	found := map[string]bool{}
	for _, action := range regexp.MustCompile(`{{.*?}}`).FindAllString(text, -1) {
		for _, m := range field.FindAllStringSubmatch(action, -1) {
			found[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func load(t *testing.T) (*Bundle, *strings.Builder) {
	t.Helper()
	var log strings.Builder
	b, err := Load(locales.FS, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return b, &log
}

func TestBothLanguagesHaveTheSameTextsWithTheSameFields(t *testing.T) {
	en, uz := texts(t, English), texts(t, Uzbek)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(uz))); diff != "" {
		t.Fatalf("keys (-en +uz):\n%s", diff)
	}
	for key := range en {
		if diff := cmp.Diff(slices.Sorted(maps.Keys(en[key])), slices.Sorted(maps.Keys(uz[key]))); diff != "" {
			t.Errorf("forms of %s (-en +uz):\n%s", key, diff)
		}
		for form := range en[key] {
			if diff := cmp.Diff(fields(en[key][form]), fields(uz[key][form])); diff != "" {
				t.Errorf("fields of %s (-en +uz):\n%s", key, diff)
			}
		}
	}
}

func TestEveryTextIsRenderedWithAllItsFields(t *testing.T) {
	b, log := load(t)
	for _, lang := range Languages {
		for key, forms := range texts(t, lang) {
			args := Args{}
			for _, name := range fields(forms["one"] + forms["other"]) {
				args[name] = "⟨" + name + "⟩"
			}
			counts := []any{nil}
			if _, plural := forms["one"]; plural {
				counts = []any{0, 1, 2, 5, 21}
			}
			for _, count := range counts {
				if count != nil {
					args["Count"] = count
				}
				text := b.T(lang, key, args)
				if text == key || strings.TrimSpace(text) == "" || strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
					t.Errorf("%s in %s is %q", key, lang, text)
				}
				for name, value := range args {
					if !strings.Contains(text, fmt.Sprint(value)) {
						t.Errorf("%s in %s does not show %s: %q", key, lang, name, text)
					}
				}
			}
		}
	}
	if log.Len() > 0 {
		t.Errorf("something was missing:\n%s", log)
	}
}

func TestUzbekIsWrittenWithItsOwnLetters(t *testing.T) {
	foreign := regexp.MustCompile(`[oOgG]['‘’` + "`" + `]|\p{L}['‘’` + "`" + `]\p{L}|\p{Cyrillic}`)
	for key, forms := range texts(t, Uzbek) {
		for _, text := range forms {
			if bad := foreign.FindString(text); bad != "" {
				t.Errorf("%s has %q: %s", key, bad, text)
			}
		}
	}
}

// Every text that the code asks for by a literal key is there. The keys that it
// builds are rendered by the screens' own tests.
func TestEveryKeyInTheCodeIsThere(t *testing.T) {
	known := texts(t, English)
	key := regexp.MustCompile(`(?:\bT|\bplain|\btext)\((?:lang, |t\.lang\(\), )?"([a-z]+(?:\.[a-z]+)+)"`)
	files, err := filepath.Glob("../../bot/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no code is found: %v", err)
	}
	asked := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(source), -1) {
			asked++
			if _, ok := known[m[1]]; !ok {
				t.Errorf("%s asks for %q", filepath.Base(file), m[1])
			}
		}
	}
	if asked < 100 {
		t.Errorf("only %d keys were found in the code", asked)
	}
}

func TestAMissingTextIsShownInEnglishAndLogged(t *testing.T) {
	var log strings.Builder
	b, err := Load(fstest.MapFS{
		"ui.en.yaml": {Data: []byte(`greeting: "Hello"`)},
		"ui.uz.yaml": {Data: []byte(`other.key: "Salom"`)},
	}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if got := b.T(Uzbek, "greeting", nil); got != "Hello" {
		t.Errorf("missing in Uzbek: %q", got)
	}
	if got := b.T(English, "nowhere", nil); got != "nowhere" {
		t.Errorf("missing everywhere: %q", got)
	}
	if n := strings.Count(log.String(), "a text is missing"); n != 2 {
		t.Errorf("%d misses were logged, want 2", n)
	}
	if got := b.T("fr", "greeting", nil); got != "Hello" {
		t.Errorf("an unknown language: %q", got)
	}
}

func TestABrokenFileIsRefused(t *testing.T) {
	_, err := Load(fstest.MapFS{"ui.en.yaml": {Data: []byte("a: [")}, "ui.uz.yaml": {Data: []byte("a: b")}}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err == nil {
		t.Error("a broken file was loaded")
	}
}

func TestTheLanguageIsGuessedFromTheCode(t *testing.T) {
	for code, want := range map[string]string{
		"uz": Uzbek, "uz-Latn": Uzbek, "uz_UZ": Uzbek, "en": English, "en-GB": English,
		"": "", "ru": "", "kk": "", "e": "", "eng": "", "uzb": "",
	} {
		if got, ok := Guess(code); got != want || ok != (want != "") {
			t.Errorf("Guess(%q) = %q, %v, want %q", code, got, ok, want)
		}
	}
}

func TestDatesReadAsACalendarPrintsThem(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Date(English, 11, 20, 5), "Friday, 20 Nov"},
		{Date(Uzbek, 11, 20, 5), "20-noyabr, juma"},
		{DateOfYear(English, 2027, 1, 2), "2 Jan 2027"},
		{DateOfYear(Uzbek, 2027, 1, 2), "2027-yil 2-yanvar"},
		{Weekday(English, 1), "Mon"},
		{Weekday(Uzbek, 3), "chor"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
