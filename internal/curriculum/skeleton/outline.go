package skeleton

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"yolchi/internal/curriculum"
)

// outline is what a document says, in the order of content.
type outline struct {
	title        string
	head         []string // of no place in the content: front matter, addresses of links
	intro, outro []string // paragraphs of Markdown
	stages       []*stage
}

type stage struct {
	title  string // "" if the document gives none
	source string // its heading as it stands
	goal   string
	weeks  *curriculum.Weeks
	lasts  string // the duration as it stands
	notes  []string
	over   []string // what stands over the topics
	topics []*topic
	links  []found // not yet given to a topic
}

type topic struct {
	title string
	links []curriculum.Link
	notes []string
}

// found is a link with the text that stood around it, if any did.
type found struct {
	curriculum.Link
	raw string
}

// block is one of the blocks of which the document is a row.
type block struct {
	node ast.Node
	raw  string // as it stands
	end  int    // where it ends in the source
}

var markdown parser.Parser = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

// parse takes a text apart.
func parse(source []byte) []block {
	document := markdown.Parse(text.NewReader(source))
	var blocks []block
	var starts []int
	for n := document.FirstChild(); n != nil; n = n.NextSibling() {
		at := min(max(n.Pos(), 0), len(source))
		starts = append(starts, bytes.LastIndexByte(source[:at], '\n')+1)
		blocks = append(blocks, block{node: n})
	}
	starts = append(starts, len(source))
	if len(blocks) > 0 {
		starts[0] = 0
	}
	for i := range blocks {
		blocks[i].end = max(starts[i], starts[i+1])
		blocks[i].raw = strings.Trim(string(source[starts[i]:blocks[i].end]), "\n")
	}
	return blocks
}

// lastOther is the last of the blocks that is more than a paragraph, -1 if none is.
func lastOther(blocks []block) int {
	for i, b := range slices.Backward(blocks) {
		switch b.node.(type) {
		case *ast.Paragraph, *ast.ThematicBreak, *ast.LinkReferenceDefinition:
		default:
			return i
		}
	}
	return -1
}

// headings are those among the blocks.
func headings(blocks []block) (all []*ast.Heading) {
	for _, b := range blocks {
		if h, ok := b.node.(*ast.Heading); ok {
			all = append(all, h)
		}
	}
	return all
}

// levels finds the heading that names the roadmap, which may be missing, and the level of those
// that name stages, 0 if there are none.
func levels(all []*ast.Heading, source []byte) (title *ast.Heading, level int) {
	count := map[int]int{}
	for _, h := range all {
		count[h.Level]++
	}
	var used []int
	for l := range count {
		used = append(used, l)
	}
	if len(used) == 0 {
		return nil, 0
	}
	slices.Sort(used)
	top := used[0]
	deeper := len(used) > 1
	switch {
	case count[top] == 1 && all[0].Level == top && (deeper || top == 1):
		title = all[0]
	case top == 1 && count[top] == 2 && deeper: // two texts in one document
		for _, h := range all {
			if h.Level == 1 && (title == nil || !namesRoadmap.MatchString(plain(title, source)) && namesRoadmap.MatchString(plain(h, source))) {
				title = h
			}
		}
	}
	if title != nil {
		used = used[1:]
	}
	for _, l := range used {
		if count[l] >= 2 {
			return title, l
		}
	}
	if len(used) == 0 {
		return title, 0
	}
	return title, used[0]
}

var (
	itemForm  = regexp.MustCompile(`^(?:[-*+]|\d{1,9}[.)])[ \t]*`)
	titleForm = regexp.MustCompile(`(?m)^title:[ \t]*(.+?)[ \t]*$`)
)

// items are the bullets of a list with the text of each as it stands, without the bullet itself.
func items(list ast.Node, source []byte, end int) (all []block) {
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		stop := end
		if next := n.NextSibling(); next != nil {
			stop = next.Pos()
		}
		at := min(max(n.Pos(), 0), len(source))
		stop = max(at, min(stop, len(source)))
		raw := strings.TrimRight(string(source[at:stop]), " \t\n")
		all = append(all, block{n, dedented(itemForm.ReplaceAllString(raw, "")), stop})
	}
	return all
}

// dedented takes from all lines but the first what they are indented by together.
func dedented(text string) string {
	lines := strings.Split(text, "\n")
	indent := -1
	for _, line := range lines[1:] {
		if rest := strings.TrimLeft(line, " "); rest != "" && (indent < 0 || len(line)-len(rest) < indent) {
			indent = len(line) - len(rest)
		}
	}
	for i, line := range lines {
		if i > 0 {
			lines[i] = strings.TrimRight(line[min(max(indent, 0), len(line)-len(strings.TrimLeft(line, " "))):], " \t")
		}
	}
	return strings.Join(lines, "\n")
}
