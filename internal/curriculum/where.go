package curriculum

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// tree is a place from which content is read. Its name stands before the names of its files; it is
// empty for the program's own.
type tree struct {
	fsys fs.FS
	name string
}

// unknown says where a file names something that does not exist.
func (t tree) unknown(file, kind, id string) error {
	text := fmt.Sprintf("there is no %s %q", kind, id)
	return Problem{file, t.line(file, text), text}
}

// placed are the problems with their lines and the whole names of their files, in that order.
func (l *Library) placed(problems []Problem) []Problem {
	for i, p := range problems {
		if p.Line == 0 {
			p.Line = l.from.line(p.File, p.Text)
		}
		problems[i] = Problem{path.Join(l.from.name, p.File), p.Line, p.Text}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return problems
}

// line finds the line of a file that the text of a problem is about: it follows the text's first
// words into the file ("question one: option 2: …") as far as they lead, and looks from there for
// what is quoted. It is 1 if that says nothing.
func (t tree) line(file, text string) (line int) {
	line = 1
	defer func() { _ = recover() }() // of a file that the parser cannot bear; it is reported as such
	data, err := fs.ReadFile(t.fsys, file)
	if err != nil {
		return line
	}
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil || len(parsed.Docs) == 0 {
		return line
	}
	node := parsed.Docs[0].Body
	words := quotedIn(text)
	if m := mentionForm.FindStringSubmatch(text); m != nil {
		words = append([]string{m[1]}, words...)
	}
	for step := range strings.SplitSeq(text, ": ") {
		next, at := follow(node, step)
		if at == 0 {
			break
		}
		node, line = next, at
	}
	for _, word := range words {
		form := regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(word) + `($|[^\w-])`)
		for i, s := range strings.Split(string(data), "\n") {
			if i+1 >= line && form.MatchString(s) {
				return i + 1
			}
		}
	}
	return line
}

var (
	quotedForm  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	mentionForm = regexp.MustCompile(`^(?:topic|roadmap) ([\w/-]+)`)
)

// quotedIn are the words that a problem quotes from the file.
func quotedIn(text string) []string {
	var words []string
	for _, quoted := range quotedForm.FindAllString(text, -1) {
		if word, err := strconv.Unquote(quoted); err == nil && word != "" {
			words = append(words, word)
		}
	}
	return words
}

// lists are where a problem's words for one of many lead to.
var lists = map[string]string{"question": "questions", "stage": "stages", "variant": "variants", "option": "options", "point": "checklist", "note": "links"}

// follow goes one step down: to a key, or to one of a list by its id, name or number from 1. The
// line is 0 if there is no such step.
func follow(node ast.Node, step string) (next ast.Node, line int) {
	if value, at := child(node, step); at != 0 {
		return value, at
	}
	kind, rest, _ := strings.Cut(step, " ")
	list, ok := lists[kind]
	if !ok {
		return nil, 0
	}
	if value, at := child(node, list); at != 0 {
		node = value
	}
	id, _, _ := strings.Cut(rest, " ")
	id = strings.TrimSuffix(id[strings.LastIndex(id, "/")+1:], ",")
	if value, at := child(node, id); at != 0 {
		return value, at
	}
	items, ok := node.(*ast.SequenceNode)
	if !ok {
		return nil, 0
	}
	for i, item := range items.Values {
		for _, key := range []string{"id", "lang"} {
			if value, at := child(item, key); at != 0 && value != nil && value.GetToken() != nil && value.GetToken().Value == id {
				return item, at
			}
		}
		if strconv.Itoa(i+1) == id {
			return item, item.GetToken().Position.Line
		}
	}
	return nil, 0
}

// child is the value of a key, and the line of the key; 0 if there is none.
func child(node ast.Node, key string) (ast.Node, int) {
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	}
	for _, pair := range pairs {
		if token := pair.Key.GetToken(); token.Value == key {
			return pair.Value, token.Position.Line
		}
	}
	return nil, 0
}
