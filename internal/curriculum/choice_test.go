package curriculum

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"yolchi/locales"
)

// asking is a sound library with a questionnaire.
func asking() fstest.MapFS {
	tree := maps.Clone(sound())
	for name, text := range map[string]string{
		"choice.yaml": `
roadmap: road
topic: go-maps
languages: [{id: python, roadmap: road}, {id: ruby, roadmap: road}, {id: go, roadmap: road}]
close: 1
ties: [place]
questions:
  - id: aim
    options:
      - {id: quick, points: {python: 2, ruby: 2}}
      - {id: deep, points: {go: 3}}
      - {id: easy, points: {python: 1, go: 1}}
  - id: place
    options:
      - {id: near, points: {python: 2, ruby: 1, go: 1}}
      - {id: far, points: {ruby: 2, go: 2, python: 1}}
      - {id: here, points: {python: 1, go: 2}}
`,
		"choice.en.yaml": `
title: Which?
intro: Two questions.
unknown: I **cannot** know.
questions:
  aim:
    prompt: What for?
    options:
      quick: {label: Quick, reasons: {python: P., ruby: R.}}
      deep: {label: Deep, reasons: {go: G.}}
      easy: {label: Easy, reasons: {python: P., go: G.}}
  place:
    prompt: Where?
    options:
      near: {label: Near, reasons: {python: P., ruby: R., go: G.}}
      far: {label: Far, reasons: {ruby: R., go: G., python: P.}}
      here: {label: Here, reasons: {python: P., go: G.}}
`,
		"choice.uz.yaml": `
title: Qaysi?
intro: Ikki savol.
unknown: Bila **olmayman**.
questions:
  aim:
    prompt: Nima uchun?
    options:
      quick: {label: Tez, reasons: {python: P., ruby: R.}}
      deep: {label: Chuqur, reasons: {go: G.}}
      easy: {label: Oson, reasons: {python: P., go: G.}}
  place:
    prompt: Qayerda?
    options:
      near: {label: Yaqinda, reasons: {python: P., ruby: R., go: G.}}
      far: {label: Uzoqda, reasons: {ruby: R., go: G., python: P.}}
      here: {label: Shu yerda, reasons: {python: P., go: G.}}
`,
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

// named are the ids of a result, with the answers that speak for each.
func named(verdicts []Verdict) map[string][]string {
	out := map[string][]string{}
	for _, v := range verdicts {
		for _, o := range v.For {
			out[v.ID] = append(out[v.ID], o.ID)
		}
	}
	return out
}

func TestTheAnswersNameOneLanguageOrTwo(t *testing.T) {
	choice := load(t, asking()).Choice()
	for _, c := range []struct {
		name    string
		answers []int
		first   string
		want    map[string][]string
	}{
		{"two that are close", []int{0, 0}, "python", map[string][]string{"python": {"quick", "near"}, "ruby": {"quick", "near"}}},
		{"as many points: the deciding question", []int{0, 1}, "ruby", map[string][]string{"ruby": {"quick", "far"}, "python": {"quick", "far"}}},
		{"one far ahead", []int{1, 1}, "go", map[string][]string{"go": {"deep", "far"}}},
		{"the second has one reason only", []int{0, 2}, "python", map[string][]string{"python": {"quick", "here"}}},
		{"strongest reason first", []int{2, 2}, "go", map[string][]string{"go": {"here", "easy"}, "python": {"easy", "here"}}},
		{"a second place that is shared, for one reason", []int{2, 1}, "go", map[string][]string{"go": {"far", "easy"}}},
	} {
		got := choice.Result(c.answers)
		if got[0].ID != c.first {
			t.Errorf("%s: %s comes first, want %s", c.name, got[0].ID, c.first)
		}
		if diff := cmp.Diff(c.want, named(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// People whom everybody would send the same way are sent that way.
func TestTheQuestionnaireSendsPeopleWhereTheyBelong(t *testing.T) {
	choice := load(t, locales.FS).Choice()
	for _, c := range []struct{ who, answers, want string }{
		{"wants to work in a bank", "job firms years before order enterprise", "java"},
		{"analyses data for herself", "product data weeks sentence ready self", "python"},
		{"makes sites for the shops of his street", "orders sites weeks reload ready studios", "php"},
		{"builds a product alone and fast", "product sites weeks sentence ready remote", "ruby"},
		{"wants to run services under load", "depth load months before little remote", "go"},
		{"wants a job in a studio, page and server", "job load months reload little studios", "javascript"},
	} {
		var answers []int
		for i, id := range strings.Fields(c.answers) {
			for j, o := range choice.Questions[i].Options {
				if o.ID == id {
					answers = append(answers, j)
				}
			}
		}
		if len(answers) != len(choice.Questions) {
			t.Errorf("%s: answers %v", c.who, answers)
			continue
		}
		if got := choice.Result(answers); got[0].ID != c.want {
			t.Errorf("who %s is sent to %v, want %s", c.who, named(got), c.want)
		}
	}
}

// Every combination of answers is tried. No language is out of reach or the
// answer to everything.
func TestEveryCombinationOfAnswersHasAReasonedResult(t *testing.T) {
	choice := load(t, locales.FS).Choice()
	combinations, first, all := 0, map[string]int{}, map[string]int{}
	choice.every(func(answers []int) {
		combinations++
		verdicts := choice.Result(answers)
		if n := len(verdicts); n < 1 || n > 2 {
			t.Fatalf("%v names %d languages", answers, n)
		}
		first[verdicts[0].ID]++
		for _, v := range verdicts {
			all[v.ID]++
			reasons := map[string]bool{}
			for _, o := range v.For {
				for _, lang := range Languages {
					reasons[lang+o.Text[lang].Reasons[v.ID]] = o.Text[lang].Reasons[v.ID] != ""
				}
			}
			if delete(reasons, ""); len(v.For) < minReasons || len(reasons) != len(v.For)*len(Languages) {
				t.Fatalf("%v names %s for %v", answers, v.ID, reasons)
			}
		}
	})
	if want := 4 * 4 * 3 * 3 * 3 * 4; combinations != want || len(all) != 6 {
		t.Errorf("%d combinations lead to %v, want %d and six languages", combinations, all, want)
	}
	for id, n := range first {
		if share := n * 100 / combinations; share < 5 || share > 30 {
			t.Errorf("%s comes first for %d%% of the combinations, want 5%% to 30%%", id, share)
		}
	}
	t.Logf("of %d combinations first %v, named %v", combinations, first, all)
}

func TestALibraryMayHaveNoQuestionnaire(t *testing.T) {
	if l := load(t, sound()); l.Choice() != nil {
		t.Errorf("there is a questionnaire: %+v", l.Choice())
	}
}

func TestASoundQuestionnaireBreaksNoRule(t *testing.T) {
	for _, p := range Check(load(t, asking()), showAll).Problems {
		t.Error(p)
	}
}

func TestEveryRuleOfTheQuestionnaireIsProved(t *testing.T) {
	const (
		neutral = "choice.yaml"
		english = "choice.en.yaml"
		uzbek   = "choice.uz.yaml"
	)
	for _, test := range []struct{ file, old, new, want string }{
		{neutral, "roadmap: road\ntopic", "roadmap: gone\ntopic", `choice.yaml: there is no roadmap "gone"`},
		{neutral, "topic: go-maps", "topic: gone", `the roadmap road holds no topic "gone"`},
		{neutral, "{id: go, roadmap: road}", "{id: go, roadmap: gone}", `language go: there is no roadmap "gone"`},
		{neutral, "{id: go, roadmap: road}", "{id: go, roadmap: road}, {id: cobol, roadmap: road}", `language "cobol": want each of`},
		{neutral, "{id: go, roadmap: road}", "{id: go, roadmap: road}, {id: go, roadmap: road}", `language "go": want each of`},
		{neutral, "{id: go, roadmap: road}", "{id: go, roadmap: road}, {id: java, roadmap: road}", "no answers lead to java"},
		{neutral, "quick, points: {python: 2,", "quick, points: {python: 9,", "option quick: 9 points for \"python\""},
		{neutral, "deep, points: {go: 3}", "deep, points: {php: 1}", "option deep: 1 points for \"php\""},
		{neutral, "points: {ruby: 2, go: 2, python: 1}", "points: {}", "1 reasons, want at least 2"},
		{neutral, "- {id: easy", "- {id: deep, points: {go: 3}}\n      - {id: easy", "option deep stands here twice"},
		{neutral, "- {id: easy", "- {id: Easy, points: {go: 3}}\n      - {id: easy", `id "Easy": want lower-case words`},
		{neutral, "- {id: easy", "- {id: a}\n      - {id: b}\n      - {id: easy", "question aim: 5 options, want 3 to 4"},
		{english, "title: Which?\n", "", "choice.en.yaml: title: missing"},
		{english, "**cannot**", "**cannot", "unknown: ** or ` is not closed"},
		{english, "label: Far,", "label: " + strings.Repeat("x", 41) + ",", "option far: 41 characters, want at most 40"},
		{english, "prompt: Where?", "prompt: \"**Where**?\"", "question place: holds Markdown"},
		{english, "{go: G.}", "{go: G., ruby: R.}", "option deep: a reason for ruby, which gets no points here"},
		{uzbek, "{go: G.}", "{}", "choice.uz.yaml: question aim, option deep: reason for go: missing"},
		{uzbek, "label: Yaqinda", "label: So'ngra", `"So'ngra": want U+02BB`},
		{uzbek, "", "", "choice.uz.yaml: unknown: missing"},
		{"roadmaps/road.yaml", "order: 1", "order: 1\ncode_languages: [go, cobol]", `code_languages: "cobol": want each of`},
		{"roadmaps/road.yaml", "order: 1", "order: 1\ncode_languages: [go, go]", `code_languages: "go": want each of`},
	} {
		t.Run(test.want, func(t *testing.T) {
			tree := asking()
			if test.old == "" {
				delete(tree, test.file)
			} else {
				text := string(tree[test.file].Data)
				changed := strings.Replace(text, test.old, test.new, 1)
				if changed == text {
					t.Fatalf("%s does not hold %q", test.file, test.old)
				}
				tree[test.file] = &fstest.MapFile{Data: []byte(changed)}
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

func TestLoadNamesFileAndLineOfAProblemInTheQuestionnaire(t *testing.T) {
	for _, test := range []struct{ file, old, new, want string }{
		{"choice.yaml", "close: 1", "near: 1", `choice.yaml:5: unknown field "near"`},
		{"choice.yaml", "ties: [place]", "ties: [gone]", `choice.yaml:6: there is no question "gone"`},
		{"choice.en.yaml", "  place:", "  gone:", `choice.en.yaml:12: there is no question "gone"`},
		{"choice.en.yaml", "      far:", "      gone:", `choice.en.yaml:16: there is no option of place named "gone"`},
		{"choice.en.yaml", "label: Far", "lable: Far", `choice.en.yaml:16: unknown field "lable"`},
	} {
		tree := asking()
		changed := strings.Replace(string(tree[test.file].Data), test.old, test.new, 1)
		tree[test.file] = &fstest.MapFile{Data: []byte(changed)}
		if _, err := Load(tree); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Load = %v, want %q", err, test.want)
		}
	}
}

func TestCodeIsForeignOnlyAmongProgrammingLanguages(t *testing.T) {
	for _, c := range []struct {
		code, chosen string
		want         bool
	}{
		{"go", "python", true}, {"go", "go", false}, {"js", "javascript", false}, {"javascript", "js", false}, {"ts", "javascript", true},
		{"py", "python", false}, {"ruby", "php", true}, {"sql", "go", false}, {"sh", "java", false}, {"yaml", "go", false},
		{"json", "php", false}, {"dockerfile", "go", false}, {"graphql", "python", false}, {"proto", "java", false},
	} {
		if got := (&Code{Lang: c.code}).Foreign(c.chosen); got != c.want {
			t.Errorf("code in %s for somebody who reads %s: foreign %v", c.code, c.chosen, got)
		}
	}
}
