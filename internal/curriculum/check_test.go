package curriculum

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// sound is a library that breaks no rule: one roadmap, one written topic and one unwritten.
func sound() fstest.MapFS {
	const neutral = `
minutes: 25
links:
  - {title: "A Tour of Go: Slices", url: "https://go.dev/tour/moretypes/7"}
code:
  lang: go
  text: |
    package main

    func main() {}
questions:
  - {id: one, right: [0]}
  - {id: two, right: [1]}
  - id: three
    right: [2]
    code: |
      s := []int{1, 2}
      s = append(s, 3)
  - {id: four, right: [0]}
  - {id: five, right: [0, 2]}
`
	text := func(title, word string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "title: %s\nwhy: %s.\nlesson: |\n  %s **b** `c o d e`\ntask: %s\nhint: %s\nlinks: [%s]\nquestions:\n",
			title, word, strings.Repeat(word+" ", 130), word, word, word)
		for _, id := range []string{"one", "two", "three", "four", "five"} {
			fmt.Fprintf(&b, "  %s:\n    prompt: %s %s?\n    options: [aaa, bbb, ccc]\n    explanation: %s.\n", id, word, id, word)
		}
		return b.String()
	}
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"roadmaps/road.yaml":       "order: 1\nstages:\n  - {id: basics, weeks: {min: 6, max: 8}, topics: [go-slices, go-maps]}\n",
		"roadmaps/road.en.yaml":    "title: Road\nintro: Hello\noutro: Bye\nstages:\n  basics: {title: Basics, goal: Know}\n",
		"roadmaps/road.uz.yaml":    "title: Yoʻl\nintro: Salom\noutro: Xayr\nstages:\n  basics: {title: Asos, goal: Bilish}\n",
		"topics/go-slices.yaml":    neutral,
		"topics/go-slices.en.yaml": text("Slices", "word"),
		"topics/go-slices.uz.yaml": text("Slayslar", "soʻz"),
		"topics/go-maps.yaml":      "requires: [go-slices]\nlinks:\n  - {title: Maps, url: \"https://go.dev/blog/maps\"}\n",
		"topics/go-maps.en.yaml":   "title: Maps\n",
		"topics/go-maps.uz.yaml":   "title: Maplar\n",
		"retired.yaml":             "topics: {go-arrays: go-slices}\nquestions: {go-arrays/one: go-slices/one}\n",
		"ids.txt": "roadmap road\ntopic go-maps\ntopic go-arrays\ntopic go-slices\nquestion go-arrays/one\n" +
			"question go-slices/one\nquestion go-slices/two\nquestion go-slices/three\nquestion go-slices/four\nquestion go-slices/five\n",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func showAll(string) error { return nil }

func TestASoundLibraryBreaksNoRule(t *testing.T) {
	report := Check(load(t, sound()), showAll)
	for _, p := range report.Problems {
		t.Error(p)
	}
	if diff := cmp.Diff([]Progress{{"road", 1, 1}}, report.Progress); diff != "" || len(report.Problems) > 0 {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

func TestEveryRuleIsProved(t *testing.T) {
	long := strings.Repeat("x", 301)
	const (
		neutral = "topics/go-slices.yaml"
		english = "topics/go-slices.en.yaml"
		uzbek   = "topics/go-slices.uz.yaml"
	)
	tests := []struct{ file, old, new, want string }{
		// Both languages, of one shape.
		{english, "", "", "go-slices.en.yaml: missing"},
		{uzbek, "task: soʻz\n", "", "uz.yaml: task: missing"},
		{uzbek, "hint: soʻz\n", "", "uz.yaml: hint: missing"},
		{uzbek, "why: soʻz.\n", "", "uz.yaml: why: missing"},
		{uzbek, "links: [soʻz]\n", "", "0 notes; want one for each of 1 links"},
		{uzbek, "  one:\n    prompt: soʻz one?\n    options: [aaa, bbb, ccc]\n    explanation: soʻz.\n", "", "question one: missing"},
		{uzbek, "one?\n    options: [aaa, bbb, ccc]", "one?\n    options: [aaa, bbb, ccc, ddd]", "question one: 3 options, but 4 in another language"},
		{"topics/go-maps.uz.yaml", "", "", "go-maps.uz.yaml: missing"},
		{"roadmaps/road.uz.yaml", "outro: Xayr\n", "", "road.uz.yaml: outro: missing"},
		{"roadmaps/road.uz.yaml", "  basics: {title: Asos, goal: Bilish}", "  basics: {title: Asos}", "stage basics: goal: missing"},
		// Lengths, counted as Telegram counts.
		{english, "title: Slices", "title: " + strings.Repeat("😀", 31), "title: 62 characters, want at most 60"},
		{english, "word one?", long, "question one: prompt: 301 characters, want at most 300"},
		{english, "[aaa, bbb, ccc]", "[" + long[:101] + ", bbb, ccc]", "question one: option 1: 101 characters, want 1 to 100"},
		{english, "explanation: word.", "explanation: " + long[:201], "explanation: 201 characters, want at most 200"},
		{english, "explanation: word.", `explanation: "a\nb\nc\nd"`, "explanation: 3 line breaks, want at most 2"},
		{english, strings.Repeat("word ", 20), "", "lesson: 115 words, want 120 to 220"},
		{english, "**b**", strings.Repeat("b ", 100), "words, want 120 to 220"},
		{neutral, "func main() {}", "func main() {}" + strings.Repeat("\n    //", 30), "code: 33 lines, want at most 25"},
		{neutral, "append(s, 3)", "append(s, 3) // " + strings.Repeat(long, 4), "question three: code has"},
		// What can be shown.
		{english, "**b**", "**b", "lesson: ** or ` is not closed"},
		{english, "**b**", "\n\n  # b", "lesson: holds a heading"},
		{english, "**b**", "\n\n  | b |", "lesson: holds a table"},
		{english, "**b**", "<b>b</b>", "lesson: holds HTML"},
		{english, "**b**", "\n\n  ```go", "a block of code is not closed"},
		{english, "word one?", `"**word** one?"`, "question one: prompt: holds Markdown"},
		{english, "why: word.", "why: a `word`.", "why: holds Markdown"},
		{english, "hint: word", `hint: "> word"`, "hint: holds a quote"},
		{english, "title: Slices", `title: "Sli\nces"`, "title: more than one line"},
		// Uzbek letters.
		{uzbek, "task: soʻz", "task: so'z", `task: "so'z": want U+02BB`},
		{uzbek, "task: soʻz", "task: so‘z", `task: "so‘z": want U+02BB`},
		{uzbek, "task: soʻz", "task: sanʻat", `"sanʻat": U+02BB stands only after o and g`},
		{uzbek, "task: soʻz", "task: soʼz", `"soʼz": after o and g it is U+02BB`},
		{uzbek, "task: soʻz", "task: bo'", `"bo'": want U+02BB`},
		{uzbek, "[aaa, bbb, ccc]", "[aаa, bbb, ccc]", "option 1: \"aаa\": а is Cyrillic"},
		{english, "task: word", "task: wоrd", "о is Cyrillic"},
		// Ids.
		{"topics/Go_x.yaml", "", "links: []", `id "Go_x": want lower-case words`},
		{"topics/" + long[:33] + ".yaml", "", "links: []", "at most 32 bytes"},
		{neutral, "questions:", "questions:\n  - {id: four, right: [1]}", "question go-slices/four stands here twice"},
		{"ids.txt", "topic go-maps\n", "", `1 ids are new, beginning with "topic go-maps"`},
		{"ids.txt", "topic go-maps\n", "topic go-maps\ntopic go-gone\n", "topic go-gone is gone; name its successor in retired.yaml"},
		{"ids.txt", "topic go-maps\n", "topic go-maps\nquestion go-slices/gone\n", "question go-slices/gone is gone"},
		{"ids.txt", "topic go-maps\n", "topic go-maps\nchapter x\n", `cannot read "chapter x"`},
		{"retired.yaml", "go-arrays: go-slices", "go-arrays: go-nothing", "topic go-arrays: want an id that is gone and a successor that stands"},
		{"retired.yaml", "go-arrays/one: go-slices/one", "go-arrays/one: go-slices/one, go-slices/two: go-slices/one", "question go-slices/two: want an id that is gone"},
		// Roadmaps and prerequisites.
		{"roadmaps/road.yaml", "topics: [go-slices, go-maps]", "topics: [go-slices, go-maps, go-maps]", "topic go-maps stands here twice"},
		{"roadmaps/road.yaml", "topics: [go-slices, go-maps]", "topics: [go-slices]", "go-maps.yaml: no roadmap holds this topic"},
		{"roadmaps/road.yaml", "topics: [go-slices, go-maps]", "topics: [go-maps, go-slices]", "topic go-maps stands before go-slices, which it requires"},
		{"roadmaps/road.yaml", "max: 8", "max: 5", "stage basics: weeks from 6 to 5"},
		{"topics/go-maps.yaml", "[go-slices]", "[go-x]", `requires: there is no other topic "go-x"`},
		{neutral, "minutes: 25", "minutes: 5", "minutes: 5, want 10 to 120"},
		// Links.
		{neutral, "https://go.dev/tour", "http://go.dev/tour", "is not a plain https address"},
		{neutral, "https://go.dev/tour/moretypes/7", "https://go dev/", "is not a plain https address"},
		{neutral, "https://go.dev/tour/moretypes/7", "https://bit.ly/x", "is a shortener"},
		{"topics/go-maps.yaml", "links:\n", "links:\n  - {title: Maps, url: \"https://go.dev/blog/maps\"}\n", "stands here twice"},
		// Code.
		{neutral, "func main() {}", "func main() { }", "code: is not as gofmt writes it"},
		{neutral, "s := []int{1, 2}", "s := []int{1, 2", "question three: code: does not parse"},
		// Variants.
		{neutral, "questions:", "variants: [{lang: cobol, text: STOP RUN.}]\nquestions:", "variant cobol: want one of javascript, python"},
		{neutral, "questions:", "variants: [{lang: go, text: package main}]\nquestions:", "variant go: there is code in this language already"},
		{neutral, "questions:", "variants: [{lang: php, text: a}, {lang: php, text: b}]\nquestions:", "variant php: there is code in this language already"},
		{neutral, "questions:", "variants: [{lang: java}]\nquestions:", "variant java: empty"},
		{neutral, "questions:", "variants: [{lang: ruby, text: \"" + strings.Repeat(`\n`, 25) + "x\"}]\nquestions:", "variant ruby: 26 lines, want at most 25"},
		{"topics/go-maps.yaml", "", "variants: [{lang: go, text: \"x  := 1\"}]", "variant go: is not as gofmt writes it"},
		{"topics/go-maps.yaml", "", "variants: [{lang: ruby, text: puts 1}]", "variants: there is no code of which they could be variants"},
		// Questions.
		{"topics/few.yaml", "", "questions: [{id: a, right: [0]}]", "few.yaml: questions: 1, want at least 5"},
		{neutral, "right: [1]", "right: [3]", "question two: right [3] of 3 options"},
		{neutral, "right: [1]", "right: []", "question two: right [] of 3 options"},
		{neutral, "right: [0, 2]", "right: [2, 0]", "question five: right [2 0] is not increasing"},
		{neutral, "right: [0, 2]", "right: [0, 1, 2]", "question five: right [0 1 2] of 3 options"},
		{english, "[aaa, bbb, ccc]", "[aaa, aaa, ccc]", `option "aaa" stands here twice`},
		{english, "[aaa, bbb, ccc]", "[aaa, bbb, All of the above]", "refers to the others"},
		{english, "[aaa, bbb, ccc]", "[a, bbb, " + long[:50] + "]", "the options differ too much in length"},
		{english, "explanation: word.", "explanation: So option B is right.", "points at the place of an option"},
		{english, "word two?", "Word, one", "question go-slices/two asks the same as go-slices/one"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			tree := sound()
			text := ""
			if file, ok := tree[test.file]; ok {
				text = string(file.Data)
			}
			if test.old == "" && test.new == "" {
				delete(tree, test.file)
			} else if test.old == "" {
				tree[test.file] = &fstest.MapFile{Data: []byte(test.new)}
			} else if changed := strings.Replace(text, test.old, test.new, 1); changed != text {
				tree[test.file] = &fstest.MapFile{Data: []byte(changed)}
			} else {
				t.Fatalf("%s does not hold %q", test.file, test.old)
			}
			report := Check(load(t, tree), showAll)
			for _, p := range report.Problems {
				if strings.Contains(p.File+": "+p.Text, test.want) {
					return
				}
			}
			t.Errorf("want %q, got %v", test.want, report.Problems)
		})
	}
}

func TestCheckShowsEveryMarkdownText(t *testing.T) {
	report := Check(load(t, sound()), func(s string) error { return errors.New("no: " + s[:3]) })
	shown := 0
	for _, p := range report.Problems {
		if strings.Contains(p.Text, "cannot be shown: no: ") {
			shown++
		}
	}
	if shown != 2*(2+3) { // intro, outro; lesson, task, hint
		t.Errorf("%d texts were shown, want 10: %v", shown, report.Problems)
	}
}

// many is a roadmap of topics whose questions have the given options and right places.
func many(topics int, options string, right func(n int) int) fstest.MapFS {
	tree := maps.Clone(sound())
	stage := "order: 1\nstages:\n  - {id: basics, topics: [go-slices, go-maps"
	n := 0
	for i := range topics {
		id := fmt.Sprintf("topic-%d", i)
		stage += ", " + id
		neutral, text := "questions:\n", "title: T\nquestions:\n"
		for range 5 {
			neutral += fmt.Sprintf("  - {id: q%d, right: [%d]}\n", n, right(n))
			text += fmt.Sprintf("  q%d: {prompt: P%d, options: %s, explanation: E}\n", n, n, options)
			n++
		}
		tree["topics/"+id+".yaml"] = &fstest.MapFile{Data: []byte(neutral)}
		for _, lang := range Languages {
			tree["topics/"+id+"."+lang+".yaml"] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	tree["roadmaps/road.yaml"] = &fstest.MapFile{Data: []byte(stage + "]}\n")}
	return tree
}

func TestNeitherPlaceNorLengthBetraysTheAnswer(t *testing.T) {
	tests := []struct {
		name    string
		options string
		right   func(int) int
		want    string
	}{
		{"always the first", "[aaa, bbb, ccc]", func(int) int { return 0 }, "the right answer always stands in the same place"},
		{"mostly the second", "[aaa, bbb, ccc]", func(n int) int { return min(n%5, 1) }, "right answers stand in place 2, want 15% to 45%"},
		{"never the third", "[aaa, bbb, ccc]", func(n int) int { return n % 2 }, "1% of the right answers stand in place 3"},
		{"mostly the longest", "[aaa, bbb, cccc]", func(n int) int { return 2 - n%2*(n%3) }, "the right answer is the longest, want at most 40%"},
		{"in one topic the longest", "[aaaa, bbb, ccc]", func(int) int { return 0 }, "in 100% of the questions the right answer is the longest"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := Check(load(t, many(10, test.options, test.right)), showAll)
			for _, p := range report.Problems {
				if strings.Contains(p.Text, test.want) {
					return
				}
			}
			t.Errorf("want %q, got %v", test.want, report.Problems)
		})
	}
}

func TestSpellingPassesOverCodeNamesAndAddresses(t *testing.T) {
	for _, s := range []string{
		"maʼlumot, oʻzgaruvchi, Gʻafur, sanʼat, eʼlon, taʼlim", "`it's` va `map`ga", "``a`b's``ga", "```go\nx := 'a'\ny's\n```",
		"Let's Encrypt sertifikati", "'a' belgisi", "u 'hello' deb yozadi", "'go' soʻzi", "https://a.uz/o'quv", `fmt.Println("a")`,
	} {
		if found := misspelt(s, "uz"); len(found) > 0 {
			t.Errorf("%q: %v", s, found)
		}
	}
	if found := misspelt("don't, it’s", "en"); len(found) > 0 {
		t.Errorf("English: %v", found)
	}
	for _, s := range []string{"o'quv", "bog`", "maʻlum", "ʼa", "kalit so´z", "`kod`da so'z"} {
		if len(misspelt(s, "uz")) != 1 {
			t.Errorf("%q: want one mistake, got %v", s, misspelt(s, "uz"))
		}
	}
}

func FuzzSpelling(f *testing.F) {
	f.Add("o'zgaruvchi `x` ```y")
	f.Add("ʻʼ''")
	f.Fuzz(func(t *testing.T, s string) {
		for _, why := range misspelt(s, "uz") {
			if why == "" {
				t.Errorf("%q: a mistake without words", s)
			}
		}
	})
}
