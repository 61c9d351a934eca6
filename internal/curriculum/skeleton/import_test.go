package skeleton

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/google/go-cmp/cmp"

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
	for line := range strings.SplitSeq(cleaned(document), "\n") {
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
			if parts := torn(text, s); len(parts) > 0 {
				t.Errorf("no longer together: %q", parts)
			}
			for _, p := range problems(l, s.Language) {
				if !strings.HasSuffix(p, "goal: missing") && !strings.HasSuffix(p, "tro: missing") { // the document has none
					t.Error(p)
				}
			}
		})
	}
}

// joined are the letters and digits of a text.
func joined(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) && !strings.ContainsRune(apostrophes, r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// torn are the pieces of a document between its markup that do not stand in one piece in the files
// of its language.
func torn(document string, s *Skeleton) (pieces []string) {
	var written strings.Builder
	for _, f := range s.Files {
		if !strings.HasSuffix(f.Path, "."+other(s.Language)+".yaml") {
			written.WriteString(joined(f.Text) + "\n")
		}
	}
	for line := range strings.SplitSeq(document, "\n") {
		line = itemForm.ReplaceAllString(strings.TrimLeft(line, " •"), "")
		for piece := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune("*[]()`#", r) }) {
			if !strings.Contains(written.String(), joined(piece)) {
				pieces = append(pieces, piece)
			}
		}
	}
	return pieces
}

// shape is a roadmap in short: each stage with its weeks and its topics with the number of links.
func shape(l *curriculum.Library, lang string) string {
	var b strings.Builder
	r := l.Roadmaps()[0]
	b.WriteString(r.Text[lang].Title + "\n")
	for _, s := range r.Stages {
		b.WriteString(s.ID)
		if s.Weeks != nil {
			fmt.Fprintf(&b, " %d-%d", s.Weeks.Min, s.Weeks.Max)
		}
		b.WriteString(":")
		for _, t := range s.Topics {
			b.WriteString(" " + t.ID + strings.Repeat("*", len(t.Links)))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTheDocumentsBecomeStagesAndTopics(t *testing.T) {
	for _, test := range []struct {
		name, language, title string
		stages, topics, links int
		holds                 []string
	}{
		{"go-start", "uz", "Golang backend developer roadmap", 10, 31, 21, []string{
			"\ngo-frameworklari-gin-echo-fiber: gin* echo* fiber*\n", "\ndocker-va-kubernetes: docker* kubernetes*\n"}},
		{"go-developer", "en", "Golang Backend Developer Roadmap", 11, 31, 0, []string{
			"\nrestful-api-development: crud-operations routing json-handling validation\n"}},
		{"go-advanced", "en", "Go Backend Development Roadmap", 17, 60, 0, []string{
			"\ndevops: go-is-popular-for-devops-tooling\n", " explore-web-frameworks "}},
		{"backend-choice", "en", "Backend Developer Roadmap", 8, 24, 0, []string{
			"\nessential-programming-languages: javascript-node-js python java ruby php go-golang\n", "\ndatabases: sql-databases nosql-databases\n"}},
		{"backend-master", "en", "Master server-side development with multiple programming…", 6, 21, 0, []string{
			"\nstage-1 6-8: ", "\nstage-2 6-8: ", "\nstage-3 8-10: ", "\nstage-4 6-8: ", "\nstage-5 8-10: ", "\nstage-6 6-8: "}},
	} {
		s, l := imported(t, string(document(t, test.name)))
		r := l.Roadmaps()[0]
		links := 0
		for _, topic := range l.Topics() {
			links += len(topic.Links)
		}
		got := shape(l, s.Language)
		if s.Language != test.language || r.Text[s.Language].Title != test.title || len(r.Stages) != test.stages || len(l.Topics()) != test.topics || links != test.links {
			t.Errorf("%s: %s, %d stages, %d topics, %d links\n%s", test.name, s.Language, len(r.Stages), len(l.Topics()), links, got)
		}
		for _, want := range test.holds {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not hold %q:\n%s", test.name, want, got)
			}
		}
	}
}

func TestImportingTwiceGivesTheSameFiles(t *testing.T) {
	for _, name := range seeds {
		first, _ := imported(t, string(document(t, name)))
		second, _ := imported(t, string(document(t, name)))
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestAwkwardDocumentsBecomeRoadmaps(t *testing.T) {
	long := strings.Repeat("x", 32)
	for name, want := range map[string]string{
		"four levels":      "R\na: one five\nb: six eight\n",
		"Windows":          "Road\none: a b\ntwo: c\n",
		"twice":            "R\nsame: x x-2\nsame-2: x-3\nsame-3: x-4\n",
		"emoji":            "🚀 Road 🚀\nstage: hot topic\nwork: test topic-2\n",
		"long":             "very very very very very very very very very very very very…\n" + long + ": word-word-word-word-word-word topic\nb: b\n",
		"no headings":      "Things to know\nthings-to-know: one two three\n",
		"nested, none":     "Road\nweb: http json\ndata: sql\nrest: rest\n",
		"prose":            "Road\nroad: road\n",
		"injected":         "a\": b\nc-d-e: f i topic x etc-passwd con-2 tag a\nstage: topic-2\n",
		"all kinds":        "R\na: x\nb: p** q task done\n",
		"setext":           "Road\none: a\ntwo: b\n",
		"references":       "Road\nroad: road\n",
		"control":          "a\na: topic-31m-b-c-d\n",
		"only a heading":   "Road\nroad: road\n",
		"weeks everywhere": "Road\nstage-2-1-weeks: a\nb 6-8: c\nc: d\n",
		"tabs":             "R\na: a\n",
	} {
		s, l := imported(t, awkward[name])
		if got := shape(l, s.Language); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if words := lost(awkward[name], s); len(words) > 0 {
			t.Errorf("%s: lost %q\n%s", name, words, shown(s))
		}
	}
}

func TestADocumentThatIsNoneIsRefusedKindly(t *testing.T) {
	for document, want := range map[string]string{
		"":                             "there is no text in the document",
		"\uFEFF \n\t#\n\n***\n":        "there is no text in the document",
		"# Привет\n\n- мир\n":          "say with --language",
		strings.Repeat("a", 256<<10+1): "longer than 256 kB",
	} {
		if _, err := Import([]byte(document), Options{Name: "Road"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", document, err)
		}
	}
}

func TestIdsThatStandAreNotGivenAgain(t *testing.T) {
	taken := func(kind, id string) bool {
		return kind == "topic" && id == "redis" || kind == "roadmap" && id == "road"
	}
	s, err := Import([]byte("# Road\n\n## A\n\n- Redis\n- Kafka\n"), Options{Name: "x", Taken: taken})
	if err != nil {
		t.Fatal(err)
	}
	if got := shape(library(t, s), "en"); s.ID != "road-2" || got != "Road\na: redis-2 kafka\n" || !strings.Contains(shown(s), "a lesson named redis already") {
		t.Errorf("%s: %s\n%s", s.ID, got, shown(s))
	}
}

func TestWhatIsStillToBeWrittenIsNamed(t *testing.T) {
	_, l := imported(t, "# Road\n\nIntro\n\n## A\n\nGoal.\n\n- one\n- two\n\n## Conclusion\n\nBye.\n")
	want := []string{
		"roadmaps/road.uz.yaml: title: missing", "roadmaps/road.uz.yaml: intro: missing", "roadmaps/road.uz.yaml: outro: missing",
		"roadmaps/road.uz.yaml: stage a: title: missing", "roadmaps/road.uz.yaml: stage a: goal: missing",
		"topics/one.uz.yaml: title: missing", "topics/two.uz.yaml: title: missing",
	}
	if diff := cmp.Diff(want, problems(l, "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDurationsBecomeWeeks(t *testing.T) {
	for text, want := range map[string]string{
		"6-8 weeks": "6-8", "6–8 hafta": "6-8", "2-3 oy": "8-12", "1 month": "4-4", "Duration: 4 weeks": "4-4", "Muddat: 2-3 oylik": "8-12",
		"(6 to 8 weeks)": "6-8", "**6-8 недель**": "6-8", "8-6 weeks": "", "0 weeks": "", "600 weeks": "", "weeks": "", "6-8": "", "6-8 weekdays": "", "16.5 weeks": "",
	} {
		got := ""
		if w, _ := duration(text); w != nil && onlyDuration(text) {
			got = fmt.Sprintf("%d-%d", w.Min, w.Max)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"1. Basics (6-8 weeks)": "Basics", "Stage 2: Web — 6–8 weeks": "Web", "3-bosqich: Asoslar (2 oy)": "Asoslar", "6-8 weeks": "", "2024 trends": "2024 trends", "IV": "IV",
	} {
		if got := heading(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestUzbekIsSpeltWithItsOwnSigns(t *testing.T) {
	for text, want := range map[string]string{
		"o'rganish, g‘oya, ma'lumot, API’larni": "oʻrganish, gʻoya, maʼlumot, APIʼlarni",
		"so‘z “sanʻat” to'":                     "soʻz “sanʼat” toʻ",
		"'go' and `o'z` [a](http://x/o'z)":      "'go' and `o'z` [a](http://x/o'z)",
	} {
		if got := uzbek(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNamesBecomeIDs(t *testing.T) {
	taken := names{}
	for _, test := range [][2]string{
		{"Oʻzgaruvchilar va maʼlumot turlari", "ozgaruvchilar-va-malumot-turlari"}, {"Основы Go", "osnovi-go"}, {"Ўзбек қўшиғи", "ozbek-qoshigi"},
		{"Café ﬁne", "cafe-fine"}, {"C++", "c"}, {"C#", "c-2"}, {"12-factor", "topic-12-factor"}, {"🚀", "topic"}, {"日本", "topic-2"}, {"NUL", "nul-2"},
		{strings.Repeat("ab-", 40), "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab"[:32]}, {strings.Repeat("ab-", 41), "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-2"},
	} {
		if got := taken.take(test[0], "topic"); got != test[1] || len(got) > maxID {
			t.Errorf("%q: %q, want %q", test[0], got, test[1])
		}
	}
}
