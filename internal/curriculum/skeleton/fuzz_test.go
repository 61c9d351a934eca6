package skeleton

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

var pathForm = regexp.MustCompile(`^(?:roadmaps|topics)/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:\.en|\.uz)?\.yaml$`)

// Whatever the text: it becomes content that the program can read, under names that are valid
// everywhere, the same each time, and no word of it is lost.
func FuzzImport(f *testing.F) {
	for _, name := range seeds {
		f.Add(string(document(f, name)), "en")
	}
	for _, text := range awkward {
		f.Add(text, "uz")
	}
	f.Add("\xFF\xFE#\x00 \x00A\x00", "en")
	f.Add("\xFE\xFF\x00#\x00 \xD8\x00", "en")
	f.Add("# a\xff\x00", "en")
	f.Fuzz(func(t *testing.T, text, lang string) {
		document := []byte(text)
		text, unreadable := decoded(document)
		o := Options{Name: "Road", Language: map[bool]string{true: "uz", false: "en"}[lang == "uz"]}
		s, err := Import(document, o)
		if err != nil {
			if err.Error() == "" || unreadable == nil && len(document) < maxDocument && strings.ContainsFunc(text, unicode.IsLetter) {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, file := range s.Files {
			m := pathForm.FindStringSubmatch(file.Path)
			if m == nil || len(m[1]) > maxID || !idForm.MatchString(m[1]) || seen[file.Path] {
				t.Fatalf("the path %q", file.Path)
			}
			seen[file.Path] = true
		}
		l := library(t, s)
		for _, p := range problems(l, s.Language) {
			if strings.Contains(p, ": id ") || strings.Contains(p, "stands here twice") || strings.Contains(p, "no topics") || strings.Contains(p, "weeks from") || strings.Contains(p, "want at most") {
				t.Errorf("%s\n%s", p, shown(s))
			}
		}
		again, err := Import(document, o)
		if diff := cmp.Diff(s, again); diff != "" || err != nil {
			t.Errorf("the second time it is not the same: %v\n%s", err, diff)
		}
		if words := lost(text, s); len(words) > 0 {
			t.Errorf("lost: %q of\n%s\n%s", words, text, shown(s))
		}
	})
}

// awkward are documents with what people and programs put into them.
var awkward = map[string]string{
	"four levels":      "# R\n\n## A\n\n- one\n  - two\n    - three\n      - four\n- five\n\n## B\n\n1. six\n   1. seven\n2) eight\n",
	"Windows":          "\xEF\xBB\xBF# Road\r\n\r\n## One\r\n\r\n- a\r\n- b\r\n\r\n## Two\r\n\r\n- c\r\n",
	"twice":            "# R\n\n## Same\n\n- x\n- x\n\n## Same\n\n- x\n\n## Same!\n\n- X\n",
	"emoji":            "# 🚀 Road 🚀\n\n## 🎯\n\n- 🔥 hot\n- 🧊\n\n## 👩‍💻 Work\n\n- тест\n- 数据库\n",
	"long":             "# " + strings.Repeat("very ", 60) + "long\n\n## " + strings.Repeat("x", 300) + "\n\n- " + strings.Repeat("word ", 100) + "\n- " + strings.Repeat("😀", 90) + "\n\n## B\n",
	"no headings":      "Things to know\n\n- one\n- two\n- three\n",
	"nested, none":     "- Web\n  - HTTP\n  - JSON\n- Data\n  - SQL\n- Rest\n",
	"prose":            "This is a text, and it has no list at all. It goes on for a while, so that its first line is no title of anything.\n\nAnd it ends.\n",
	"injected":         "# a\": b\n\n## c # d: {e\n\n- \"f\": 'g' # h\n- - i\n- |\n- *x\n- ../../etc/passwd\n- con\n- ---\n- %TAG\n- a\\\n\n## ..\n\n- .\n",
	"all kinds":        "# R\n\nintro [l](https://l.example/ \"its title\")\n\n## A\n\ntext <b>bold</b> &amp; `code`\n\n- x\n\n```go\npackage main\n```\n\n| t | u |\n|---|---|\n| v | w |\n\n> quoted\n\n<div>html</div>\n\n![image](https://i.example/i.png)\n\n[ref]: https://r.example/ \"ref title\"\n\n***\n\n## B\n\nsee [ref] and <https://auto.example/>\n\n- [p](javascript:alert)\n- [q](/local)\n- [ ] task\n- [x] done\n",
	"setext":           "Road\n====\n\nOne\n---\n\n- a\n\nTwo\n---\n\n- b\n",
	"references":       "[a]: http://x.example/y 'z'\n",
	"control":          "# a\n\n- \x1b[31m b\u2028c\u0085d\n",
	"only a heading":   "# Road\n",
	"weeks everywhere": "## 2-1 weeks\n\n- a\n\n## B (0 weeks)\n\n6-8 weeks\n\n4 weeks\n\n- 5 weeks\n- c\n\n## C: 999 weeks\n\n- d\n",
	"tabs":             "#\tR\n\n##\tA\n\n-\ta\n\t-\tb\n\n\t\tcode\n",
}
