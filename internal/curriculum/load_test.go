package curriculum

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// small is a library of one roadmap with one written and one unwritten topic.
func small() fstest.MapFS {
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"roadmaps/road.yaml": `
order: 1
stages:
  - id: basics
    weeks: {min: 6, max: 8}
    topics: [go-slices, go-maps]
`,
		"roadmaps/road.en.yaml": `
title: The road
intro: Hello
outro: Bye
stages:
  basics: {title: Basics, goal: Know the basics}
`,
		"roadmaps/road.uz.yaml": `
title: Yoʻl
intro: Salom
outro: Xayr
stages:
  basics: {title: Asoslar, goal: Asoslarni bilish}
`,
		"topics/go-slices.yaml": `
minutes: 25
requires: [go-maps]
links:
  - title: "A Tour of Go: Slices"
    url: https://go.dev/tour/moretypes/7
code:
  lang: go
  text: |
    package main
  output: |
    done
questions:
  - id: append-shares
    right: [2]
    code: |
      s := []int{1, 2}
  - id: number
    right: [0, 1]
`,
		"topics/go-slices.en.yaml": `
title: Slices
why: Because.
lesson: |
  A **slice** and {{.Go}}.
task: Do it.
hint: Try it.
links: [The best page]
questions:
  append-shares: {prompt: What?, options: ["a", "b", "c"], explanation: So.}
  number: {prompt: Which?, options: [1.0, 0x10, true], explanation: So.}
`,
		"topics/go-slices.uz.yaml": `
title: Slayslar
lesson: Slays.
questions:
  append-shares: {prompt: Nima?, options: ["a", "b", "c"], explanation: Shunday.}
`,
		"topics/go-maps.yaml":    "links: []\n",
		"topics/go-maps.en.yaml": "title: Maps\n",
		"topics/go-maps.uz.yaml": "title: Maplar\n",
		"retired.yaml":           "topics: {go-arrays: go-lists, go-lists: go-slices}\nquestions: {go-slices/old: go-slices/number}\n",
		"ids.txt":                "# ids\n\ntopic go-slices\n",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

// with is small with one file replaced, or removed if the text is empty.
func with(name, text string) fstest.MapFS {
	tree := maps.Clone(small())
	if text == "" {
		delete(tree, name)
	} else {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func load(t *testing.T, fsys fs.FS) *Library {
	t.Helper()
	l, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLoadConnectsRoadmapsTopicsAndQuestions(t *testing.T) {
	l := load(t, small())
	r, ok := l.Roadmap("road")
	if !ok || len(l.Roadmaps()) != 1 || l.Roadmaps()[0] != r {
		t.Fatal("the roadmap is not there")
	}
	if stage, place, ok := r.Find("go-maps"); !ok || stage != 0 || place != 1 {
		t.Errorf("Find(go-maps) = %d, %d, %v", stage, place, ok)
	}
	if _, _, ok := r.Find("nothing"); ok {
		t.Error("Find found what is not there")
	}
	if diff := cmp.Diff(&Weeks{6, 8}, r.Stages[0].Weeks); diff != "" {
		t.Error(diff)
	}
	if got := r.Stages[0].Text["uz"]; got != (StageText{Title: "Asoslar", Goal: "Asoslarni bilish"}) {
		t.Errorf("stage in Uzbek: %+v", got)
	}
	slices, _ := l.Topic("go-slices")
	if diff := cmp.Diff(r.Topics()[0], slices); diff != "" {
		t.Error(diff)
	}
	want := &Topic{
		ID: "go-slices", Minutes: 25, Requires: []string{"go-maps"},
		Links: []Link{{"A Tour of Go: Slices", "https://go.dev/tour/moretypes/7"}},
		Code:  &Code{Lang: "go", Text: "package main", Output: "done", Run: true},
		Questions: []*Question{
			{
				ID: "go-slices/append-shares", TopicID: "go-slices", Right: []int{2}, Code: "s := []int{1, 2}", Lang: "go",
				Text: map[string]QuestionText{
					"en": {"What?", []string{"a", "b", "c"}, "So."},
					"uz": {"Nima?", []string{"a", "b", "c"}, "Shunday."},
				},
			},
			{
				ID: "go-slices/number", TopicID: "go-slices", Right: []int{0, 1}, Lang: "go",
				Text: map[string]QuestionText{"en": {"Which?", []string{"1.0", "0x10", "true"}, "So."}},
			},
		},
		Text: map[string]TopicText{
			"en": {"Slices", "Because.", "A **slice** and {{.Go}}.", "Do it.", "Try it.", []string{"The best page"}},
			"uz": {Title: "Slayslar", Lesson: "Slays."},
		},
	}
	if diff := cmp.Diff(want, slices); diff != "" {
		t.Errorf("topic (-want +got):\n%s", diff)
	}
	unwritten, _ := l.Topic("go-maps")
	if !slices.Written() || unwritten.Written() {
		t.Error("Written is wrong")
	}
}

func TestATopicHasItsCodeInSeveralLanguages(t *testing.T) {
	l := load(t, with("topics/go-maps.yaml", `
code: {lang: js, text: a, output: one}
variants:
  - {lang: python, text: b}
  - {lang: java, text: c, output: two, run: false}
  - {lang: php, text: d, output: ""}
`))
	topic, _ := l.Topic("go-maps")
	for lang, want := range map[string]*Code{
		"python":     {"python", "b", "one", true},
		"py":         {"python", "b", "one", true},
		"java":       {"java", "c", "two", false},
		"php":        {"php", "d", "", true},
		"javascript": {"js", "a", "one", true},
		"go":         {"js", "a", "one", true},
		"":           {"js", "a", "one", true},
	} {
		if diff := cmp.Diff(want, topic.CodeIn(lang)); diff != "" {
			t.Errorf("CodeIn(%q) (-want +got):\n%s", lang, diff)
		}
	}
	without := load(t, with("topics/go-maps.yaml", "minutes: 5\n"))
	if topic, _ := without.Topic("go-maps"); topic.CodeIn("go") != nil {
		t.Error("there is code where none was written")
	}
}

func TestARetiredIDLeadsToItsSuccessor(t *testing.T) {
	l := load(t, small())
	if got, ok := l.Topic("go-arrays"); !ok || got.ID != "go-slices" {
		t.Errorf("Topic(go-arrays) = %v, %v", got, ok)
	}
	if got, ok := l.Question("go-slices/old"); !ok || got.ID != "go-slices/number" {
		t.Errorf("Question(go-slices/old) = %v, %v", got, ok)
	}
	circle := load(t, with("retired.yaml", "topics: {a: b, b: a}\n"))
	if got, ok := circle.Topic("a"); ok {
		t.Errorf("a circle of successors led to %v", got)
	}
}

func TestLoadNamesFileAndLineOfEveryProblem(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"unknown field", "topics/go-maps.yaml", "minutes: 5\nlenks: []\n", `topics/go-maps.yaml:2: unknown field "lenks"`},
		{"field of a question", "topics/go-maps.yaml", "questions:\n  - id: a\n    rigth: [1]\n", `topics/go-maps.yaml:3: unknown field "rigth"`},
		{"field of a variant", "topics/go-maps.yaml", "variants:\n  - lang: php\n    prints: x\n", `topics/go-maps.yaml:3: unknown field "prints"`},
		{"field twice", "topics/go-maps.yaml", "minutes: 5\nminutes: 6\n", `topics/go-maps.yaml:2: mapping key "minutes" already defined at [1:1]`},
		{"not YAML", "topics/go-maps.yaml", "minutes: 5\n  - x: [\n", "topics/go-maps.yaml:2: "},
		{"wrong type", "topics/go-maps.yaml", "minutes: soon\n", "topics/go-maps.yaml:1: "},
		{"text is a list", "topics/go-maps.en.yaml", "title: Maps\nwhy: [a]\n", "topics/go-maps.en.yaml:2: want a text"},
		{"unknown topic", "roadmaps/road.yaml", "stages:\n  - id: basics\n    topics: [go-slices, go-x]\n", `roadmaps/road.yaml:3: there is no topic "go-x"`},
		{"unknown stage", "roadmaps/road.en.yaml", "title: R\nstages:\n  other: {title: O}\n", `roadmaps/road.en.yaml:3: there is no stage "other"`},
		{"unknown question", "topics/go-maps.en.yaml", "title: M\nquestions:\n  what: {prompt: P}\n", `topics/go-maps.en.yaml:3: there is no question "what"`},
		{"unknown language", "topics/go-maps.ru.yaml", "title: M\n", "topics/go-maps.ru.yaml:1: want a name like id.yaml"},
		{"text without its topic", "topics/go-x.en.yaml", "title: M\n", "topics/go-x.en.yaml:1: there is no go-x.yaml beside it"},
		{"retired", "retired.yaml", "topix: {}\n", `retired.yaml:1: unknown field "topix"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(with(test.file, test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Load = %v, want %q", err, test.want)
			}
		})
	}
	two := with("topics/go-maps.yaml", "x: 1\n")
	two["topics/go-slices.yaml"] = &fstest.MapFile{Data: []byte("y: 1\n")}
	if _, err := Load(two); err == nil || !strings.Contains(err.Error(), `"x"`) || !strings.Contains(err.Error(), `"y"`) {
		t.Errorf("want both problems, got %v", err)
	}
}

func TestExportKeepsItsContract(t *testing.T) {
	l := load(t, small())
	got, err := l.Export("en")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"roadmaps":[{"id":"road","title":"The road","intro":"Hello","outro":"Bye","stages":[
		{"id":"basics","title":"Basics","goal":"Know the basics","weeks":{"min":6,"max":8},"topics":[
			{"id":"go-slices","title":"Slices","why":"Because.","lesson":"A **slice** and {{.Go}}.",
			 "code":{"lang":"go","text":"package main","output":"done"},"task":"Do it.","hint":"Try it.","minutes":25,
			 "links":[{"title":"A Tour of Go: Slices","url":"https://go.dev/tour/moretypes/7"}],
			 "questions":[
				{"id":"go-slices/append-shares","prompt":"What?","code":"s := []int{1, 2}","options":["a","b","c"],"right":[2],"explanation":"So."},
				{"id":"go-slices/number","prompt":"Which?","code":"","options":["1.0","0x10","true"],"right":[0,1],"explanation":"So."}]},
			{"id":"go-maps","title":"Maps","why":"","lesson":"","code":null,"task":"","hint":"","minutes":0,"links":[],"questions":[]}]}]}]}`
	var gotJSON, wantJSON any
	if err := json.Unmarshal(got, &gotJSON); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &wantJSON); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantJSON, gotJSON); diff != "" {
		t.Errorf("export (-want +got):\n%s", diff)
	}
	if _, err := l.Export("ru"); err == nil {
		t.Error("exported a language that does not exist")
	}
}

// BenchmarkLoad loads as many topics as the whole curriculum has, each as long as a real one.
func BenchmarkLoad(b *testing.B) {
	tree := small()
	long := strings.Repeat("  Some words of a lesson, **bold** and `code`, about forty of them in a paragraph like this one.\n\n", 32)
	for i := range 150 {
		id := fmt.Sprintf("topics/topic-%d", i)
		tree[id+".yaml"] = tree["topics/go-slices.yaml"]
		for _, lang := range Languages {
			text := strings.Replace(string(tree["topics/go-slices."+lang+".yaml"].Data), "lesson:", "hint: x\nlesson:", 1)
			text = "task: |\n" + long + "\n" + strings.NewReplacer("task: Do it.\n", "", "hint: Try it.\n", "").Replace(text)
			tree[id+"."+lang+".yaml"] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	for b.Loop() {
		if _, err := Load(tree); err != nil {
			b.Fatal(err)
		}
	}
}
