package curriculum

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// school is what somebody adds to the sound library: a roadmap of one topic of their own, as long
// as the library's, and one of the library.
func school() fstest.MapFS {
	ours := sound()
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"roadmaps/school.yaml":          "order: 0\nstages:\n  - {id: first, topics: [go-maps, school-rules]}\n",
		"roadmaps/school.en.yaml":       "title: School\nintro: Hello\noutro: Bye\nstages:\n  first: {title: First, goal: Know}\n",
		"roadmaps/school.uz.yaml":       "title: Maktab\nintro: Salom\noutro: Xayr\nstages:\n  first: {title: Avval, goal: Bilish}\n",
		"topics/school-rules.yaml":      strings.Replace(string(ours["topics/go-slices.yaml"].Data), "minutes: 25", "minutes: 25\nrequires: [go-maps]", 1),
		"topics/school-rules.en.yaml":   strings.Replace(string(ours["topics/go-slices.en.yaml"].Data), "Slices", "Rules", 1),
		"topics/school-rules.uz.yaml":   strings.Replace(string(ours["topics/go-slices.uz.yaml"].Data), "Slayslar", "Qoidalar", 1),
		"retired.yaml":                  "topics: {school-laws: school-rules}\nquestions: {school-laws/one: school-rules/one}\n",
		"topics/.school-rules.yaml.swp": "an editor's",
		"roadmaps/school.yaml~":         "an editor's",
		"ids.txt":                       "not looked at",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func add(t *testing.T, tree fstest.MapFS) (*Library, error) {
	t.Helper()
	return load(t, sound()).Add(tree, "/srv/school", showAll)
}

func TestAnAddedRoadmapStandsBesideOurs(t *testing.T) {
	ours := load(t, sound())
	l, err := ours.Add(school(), "/srv/school", showAll)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range l.Roadmaps() {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff([]string{"school", "road"}, ids); diff != "" {
		t.Errorf("roadmaps by their order (-want +got):\n%s", diff)
	}
	school, _ := l.Roadmap("school")
	road, _ := l.Roadmap("road")
	if !school.Own || road.Own {
		t.Error("one of the roadmaps is not whose it is")
	}
	shared, _ := l.Topic("go-maps")
	before, _ := ours.Topic("go-maps")
	if school.Stages[0].Topics[0] != shared || shared != before {
		t.Error("the topic of both roadmaps is not one")
	}
	for _, retired := range []string{"school-laws", "go-arrays"} {
		if _, ok := l.Topic(retired); !ok {
			t.Errorf("the retired %s leads nowhere", retired)
		}
	}
	if q, ok := l.Question("school-laws/one"); !ok || q.ID != "school-rules/one" {
		t.Error("a retired question leads nowhere")
	}
	if found := NewIndex(l).Find("rules", 1); len(found) != 1 || found[0].ID != "school-rules" {
		t.Errorf("the search finds %v", found)
	}
	if own := l.Own(); own == nil || len(own.Topics()) != 1 || len(own.Roadmaps()) != 1 {
		t.Error("what was added is not told apart")
	}
	if _, known := ours.Roadmap("school"); known || len(ours.Topics()) != 2 || ours.Own() != nil {
		t.Error("the library itself has changed")
	}
}

// All mistakes are told at once, each with its file and line, and none that only follows from
// another.
func TestEveryMistakeOfADirectoryIsToldAtOnce(t *testing.T) {
	tree := school()
	change := func(file, old, new string) {
		text := string(tree[file].Data)
		if !strings.Contains(text, old) {
			t.Fatalf("%s does not hold %q", file, old)
		}
		tree[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
	}
	change("roadmaps/school.yaml", "school-rules]", "school-rules, gone, broken, torn]")
	change("roadmaps/school.en.yaml", "goal: Know", "gaol: Know")
	change("topics/school-rules.en.yaml", "    options: [aaa, bbb, ccc]\n    explanation: word.\n  two", "    options: [aaa, aaa, ccc]\n    explanation: word.\n  two")
	change("topics/school-rules.yaml", "minutes: 25", "minutes: 500")
	delete(tree, "topics/school-rules.uz.yaml")
	tree["topics/broken.yaml"] = &fstest.MapFile{Data: []byte("minutes: 20\nquestions: [\n")}
	tree["topics/broken.en.yaml"] = &fstest.MapFile{Data: []byte("title: Broken\nquestions: {one: {prompt: P}}\n")}
	tree["topics/torn.yaml"] = &fstest.MapFile{Data: []byte("minutes: 20\n")}
	tree["topics/torn.en.yaml"] = &fstest.MapFile{Data: []byte("title: Torn\nlessen: |\n  Text\n")}
	tree["topics/go-slices.yaml"] = &fstest.MapFile{Data: []byte("minutes: 20\n")}
	tree["retired.yaml"] = &fstest.MapFile{Data: []byte("topics:\n  school-laws: nothing\n")}
	_, err := add(t, tree)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("Add = %v, want problems", err)
	}
	want := []string{
		`/srv/school/retired.yaml:2: topic school-laws: want an id that is gone and a successor that stands`,
		`/srv/school/roadmaps/school.en.yaml:5: unknown field "gaol"`,
		`/srv/school/roadmaps/school.yaml:3: there is no topic "gone"`,
		`/srv/school/topics/broken.yaml:2: sequence end token ']' not found`,
		`/srv/school/topics/go-slices.yaml:1: there is a topic go-slices already, in the program's own topics/go-slices.yaml: give this one another name`,
		`/srv/school/topics/school-rules.en.yaml:11: question one: option "aaa" stands here twice`,
		`/srv/school/topics/school-rules.uz.yaml:1: missing: please add this file with the topic in Uzbek; everything is there in both languages`,
		`/srv/school/topics/school-rules.yaml:2: minutes: 500, want 10 to 120`,
		`/srv/school/topics/torn.en.yaml:2: unknown field "lessen"`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestADirectoryWithoutRoadmapsIsAMistake(t *testing.T) {
	_, err := add(t, fstest.MapFS{})
	if err == nil || !strings.Contains(err.Error(), "/srv/school holds no roadmaps") {
		t.Errorf("an empty directory: %v", err)
	}
	tree := school()
	tree["roadmaps/road.yaml"] = tree["roadmaps/school.yaml"]
	if _, err := add(t, tree); err == nil || !strings.Contains(err.Error(), "there is a roadmap road already") {
		t.Errorf("a roadmap of ours: %v", err)
	}
	tree = school()
	tree["topics/go-arrays.yaml"] = tree["topics/school-rules.yaml"]
	if _, err := add(t, tree); err == nil || !strings.Contains(err.Error(), "there is a topic go-arrays already") {
		t.Errorf("a topic that we retired: %v", err)
	}
}

// The line of a problem is the one to change.
func TestAProblemsLineIsWhereItStands(t *testing.T) {
	files := fstest.MapFS{"x.yaml": {Data: []byte(`title: T
stages:
  - id: first
    weeks: {min: 1, max: 2}
    topics:
      - go-maps
      - go-maps-more
questions:
  one:
    prompt: P
    options:
      - a
      - b
lesson: |
  Some words.

  A wrоng word.
`)}}
	for text, want := range map[string]int{
		"title: missing":                                   1,
		"stage first: weeks from 1 to 2":                   3,
		"topic go-maps-more stands here twice":             7,
		`there is no topic "go-maps"`:                      6,
		"question one: prompt: 301 characters":             10,
		"question one: option 2: 101 characters":           13,
		"question a-topic/one asks the same as others/two": 9,
		`lesson: "wrоng": о is Cyrillic`:                   17,
		"lesson: 5 words, want 120 to 220":                 14,
		"the right answer always stands in the same place": 1,
		"missing": 1,
	} {
		if got := (tree{fsys: files}).line("x.yaml", text); got != want {
			t.Errorf("%q is said of line %d, want %d", text, got, want)
		}
	}
}

// Whatever stands in a file, it is refused or taken, and nothing ends the program.
func FuzzAdd(f *testing.F) {
	for _, file := range school() {
		f.Add(string(file.Data), string(file.Data))
	}
	f.Add("stages: [null]\n", "questions: {one: null}\n")
	f.Add("stages:\n  - topics: [~]\n", "links: [null]\nquestions: [~]\n")
	f.Add("a: &a [*a]", "? [x]\n: y")
	ours, err := Load(sound())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, roadmap, topic string) {
		for _, name := range []string{"", ".en"} {
			tree := maps.Clone(school())
			tree["roadmaps/school"+name+".yaml"] = &fstest.MapFile{Data: []byte(roadmap)}
			tree["topics/school-rules"+name+".yaml"] = &fstest.MapFile{Data: []byte(topic)}
			l, err := ours.Add(tree, "dir", showAll)
			if (l == nil) == (err == nil) {
				t.Errorf("neither taken nor refused: %v", err)
			}
			if l != nil {
				NewIndex(l)
			}
		}
	})
}
