package skeleton

import (
	"cmp"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"yolchi/internal/curriculum"
)

// reader goes through the blocks of a document and fills the outline.
type reader struct {
	source []byte
	blocks []block
	level  int // of the headings of stages; 0 if there are none
	out    *outline
	last   int // the last block that is more than a paragraph

	page  *[]string // the opening or closing page, while one is read
	stage *stage    // or else the stage
	topic *topic    // whose heading stands above; nil under the stage's own
	depth int       // of that heading
	label string    // above the next list, as it stands
	kind  kind      // of that label
}

// read makes an outline of a document; name is its title if it has none of its own.
func read(text, name string) *outline {
	matter, text := front(text)
	text = bulleted(text)
	source := []byte(text)
	blocks := parse(source)
	if len(headings(blocks)) == 0 {
		source = []byte(marked(text))
		blocks = parse(source)
	}
	heading, level := levels(headings(blocks), source)
	r := &reader{source: source, blocks: blocks, level: level, out: &outline{}, last: lastOther(blocks)}
	if matter != "" {
		r.out.head = append(r.out.head, matter)
		if m := titleForm.FindStringSubmatch(matter); m != nil {
			r.out.title = strings.Trim(m[1], `"'`)
		}
	}
	called := ""
	if heading != nil {
		called = plain(heading, source)
	}
	r.out.title = cmp.Or(called, r.out.title, name)
	r.page = &r.out.intro
	for i, b := range blocks {
		if heading != nil && b.node == ast.Node(heading) {
			r.named(b.raw, called)
			continue
		}
		r.block(i, b)
	}
	r.finish()
	return r.out
}

// named goes on below the heading that names the roadmap.
func (r *reader) named(raw, text string) {
	if lossyForm.MatchString(raw) || short(text, maxTitle) != text {
		r.out.head = append(r.out.head, raw)
	}
	r.flush()
	r.page, r.stage, r.topic = &r.out.intro, nil, nil
}

func (r *reader) block(i int, b block) {
	if b.node.Kind() != ast.KindList {
		r.flush()
	}
	switch n := b.node.(type) {
	case *ast.Heading:
		r.heading(i, n, b.raw)
	case *ast.LinkReferenceDefinition:
		r.out.head = append(r.out.head, b.raw)
	case *ast.ThematicBreak:
	case *ast.List:
		r.list(n, b)
	case *ast.Paragraph:
		r.paragraph(i, n, b.raw)
	default:
		r.other(n, b.raw)
	}
}

func (r *reader) heading(i int, h *ast.Heading, raw string) {
	text := plain(h, r.source)
	r.label = ""
	switch {
	case h.Level < r.level || h.Level == r.level && r.noStage(i, text):
		r.page = &r.out.intro
		if len(r.out.stages) > 0 && (closing(text) || h.Level == r.level) {
			r.page = &r.out.outro
		}
		r.stage, r.topic = nil, nil
		r.say(bold(raw))
	case h.Level == r.level:
		r.page, r.topic = nil, nil
		r.begin(text, raw, links(h, r.source))
	case r.stage == nil:
		r.say(bold(raw))
	case r.topic != nil && h.Level > r.depth:
		r.topic.keep(raw, links(h, r.source))
	default:
		if _, known := labels[folded(text)]; known {
			r.topic = nil
			r.announce(raw, text)
			return
		}
		r.depth = h.Level
		r.topic = r.stage.add(heading(text), raw, text, links(h, r.source))
	}
}

// noStage reports whether the heading, though of their level, names no stage: opening words without
// a list, the contents, closing words, or what to read about all of it.
func (r *reader) noStage(i int, text string) bool {
	name := folded(text)
	switch {
	case closings[name] || labels[name] == resources:
		return len(r.out.stages) > 0
	case contents[name]:
		return true
	case !openings[name]:
		return false
	}
	for _, b := range r.blocks[i+1:] {
		switch n := b.node.(type) {
		case *ast.List:
			return false
		case *ast.Heading:
			if n.Level <= r.level {
				return true
			}
		}
	}
	return true
}

// bold makes a line in bold letters of a heading, for pages have none.
func bold(raw string) string {
	text := strings.Join(strings.Fields(underlineForm.ReplaceAllString(strings.TrimSpace(raw), "")), " ")
	text = strings.TrimSpace(strings.Trim(text, "#"))
	if text == "" {
		return ""
	}
	if strings.ContainsAny(text, "*`[<") {
		return text
	}
	return "**" + text + "**"
}

// underlineForm is what makes a heading of the line above.
var underlineForm = regexp.MustCompile(`\n[ \t]*(?:=+|-+)[ \t]*$`)

// say adds to the page that is read.
func (r *reader) say(raw string) {
	if raw != "" {
		*r.page = append(*r.page, raw)
	}
}

// begin begins a stage.
func (r *reader) begin(text, raw string, all []curriculum.Link) {
	r.stage = &stage{title: heading(text), source: text}
	r.stage.weeks, r.stage.lasts = duration(text)
	if lossyForm.MatchString(raw) {
		r.stage.notes = append(r.stage.notes, raw)
	}
	for _, l := range all {
		r.stage.links = append(r.stage.links, found{l, ""})
	}
	r.out.stages = append(r.out.stages, r.stage)
}

func (r *reader) paragraph(i int, p *ast.Paragraph, raw string) {
	text := plain(p, r.source)
	switch {
	case r.page != nil:
		r.say(raw)
	case r.lasts(text, raw):
	case r.isLabel(i, p, text):
		r.announce(raw, text)
	case r.topic != nil:
		r.topic.keep(raw, links(p, r.source))
	case r.trailing(i):
		r.out.outro = append(r.out.outro, raw)
	default:
		for _, l := range links(p, r.source) {
			r.stage.links = append(r.stage.links, found{l, ""})
		}
		r.stage.aim(text, raw)
	}
}

// lasts takes a text for the duration of the stage if it is one, and says whether it was.
func (r *reader) lasts(text, raw string) bool {
	if r.topic != nil || !onlyDuration(text) {
		return false
	}
	if r.stage.weeks != nil {
		r.stage.notes = append(r.stage.notes, raw)
		return true
	}
	r.stage.weeks, r.stage.lasts = duration(text)
	if strings.Trim(raw, " *_()[].") != r.stage.lasts {
		r.stage.notes = append(r.stage.notes, raw)
	}
	return true
}

// trailing reports whether nothing but paragraphs follows the last list of the document: they close
// it, not the stage.
func (r *reader) trailing(i int) bool {
	return i > r.last && r.last >= 0 && r.blocks[r.last].node.Kind() == ast.KindList
}

// isLabel reports whether the paragraph names what follows it: "Resources:".
func (r *reader) isLabel(i int, p *ast.Paragraph, text string) bool {
	if p.Lines().Len() != 1 || text == "" || utf8.RuneCountInString(text) > 60 || len(links(p, r.source)) > 0 {
		return false
	}
	if strings.HasSuffix(text, ":") {
		return true
	}
	_, known := labels[folded(text)]
	return known || i+1 < len(r.blocks) && r.blocks[i+1].node.Kind() == ast.KindList && title(text)
}

// announce remembers a label for the list below it.
func (r *reader) announce(raw, text string) {
	if r.topic != nil {
		r.topic.notes = append(r.topic.notes, raw)
		return
	}
	r.flush()
	r.label, r.kind = raw, kindOf(text)
	switch r.kind {
	case subjects:
		r.stage.over = append(r.stage.over, text)
	case resources, projects:
		r.stage.notes = append(r.stage.notes, raw)
	}
}

// flush keeps a label below which there was no list.
func (r *reader) flush() {
	if r.label != "" && r.kind == group {
		r.stage.notes = append(r.stage.notes, r.label)
		r.label = ""
	}
}

func (r *reader) list(list *ast.List, b block) {
	if r.page != nil && r.level > 0 {
		r.say(b.raw)
		return
	}
	all := items(list, r.source, b.end)
	if r.stage == nil && r.nest(all) {
		return
	}
	if r.stage == nil || r.page != nil {
		r.page = nil
		if r.stage == nil {
			r.begin(r.out.title, r.out.title, nil)
		}
	}
	if r.topic != nil {
		r.topic.keep(b.raw, links(list, r.source))
		return
	}
	label, kind := r.label, r.kind
	r.label = ""
	if label == "" {
		kind = subjects
	}
	before := len(r.stage.topics)
	for _, item := range all {
		r.item(item, label, kind)
	}
	if kind == group && len(r.stage.topics) == before {
		r.stage.notes = append(r.stage.notes, label)
	}
}

// item is one bullet under a label.
func (r *reader) item(item block, label string, kind kind) {
	if item.raw == "" {
		return
	}
	all := links(item.node, r.source)
	text := plain(item.node, r.source)
	switch {
	case r.lasts(text, item.raw):
	case kind == resources && len(all) > 0:
		for i, l := range all {
			raw := ""
			if i == 0 && !onlyLink(item.node, r.source, l) {
				raw = item.raw
			}
			r.stage.links = append(r.stage.links, found{l, raw})
		}
	case kind == resources || kind == projects:
		r.stage.notes = append(r.stage.notes, "- "+item.raw)
	default:
		first := item.node.FirstChild()
		if first == nil {
			return
		}
		t := r.stage.add(named(first, r.source), item.raw, text, all)
		if kind == group {
			t.notes = append([]string{label}, t.notes...)
		}
	}
}

// nest makes stages of the bullets of a list that has bullets below them, and says whether it did.
func (r *reader) nest(all []block) bool {
	nested := 0
	for _, item := range all {
		first := item.node.FirstChild()
		if first == nil || first.Kind() == ast.KindList {
			return false
		}
		if second := first.NextSibling(); second != nil {
			if second.Kind() != ast.KindList || second.NextSibling() != nil {
				return false
			}
			nested++
		}
	}
	if nested < 2 || 2*nested < len(all) {
		return false
	}
	r.page = nil
	for _, item := range all {
		first := item.node.FirstChild()
		text := plain(first, r.source)
		raw := item.raw
		inner, ok := first.NextSibling().(*ast.List)
		if ok {
			raw = strings.TrimSpace(itemForm.ReplaceAllString(string(r.source[item.node.Pos():max(item.node.Pos(), inner.Pos())]), ""))
		}
		r.begin(text, raw, links(first, r.source))
		if ok {
			for _, below := range items(inner, r.source, item.end) {
				r.item(below, "", subjects)
			}
		}
	}
	r.page = &r.out.outro
	r.stage = nil
	return true
}

// other is a block that no field of content takes: code, a table, a quotation.
func (r *reader) other(n ast.Node, raw string) {
	switch {
	case r.page != nil && (n.Kind() == ast.KindBlockquote || n.Kind() == extast.KindTable || n.Kind() == ast.KindHTMLBlock):
		r.out.head = append(r.out.head, raw) // a page of ours holds no such thing
	case r.page != nil:
		r.say(raw)
	case r.topic != nil:
		r.topic.keep(raw, links(n, r.source))
	case len(r.stage.topics) > 0:
		last := r.stage.topics[len(r.stage.topics)-1]
		last.keep(raw, links(n, r.source))
	default:
		r.stage.notes = append(r.stage.notes, raw)
	}
}

// finish gives every stage a topic at least, and the links of a stage to its topics.
func (r *reader) finish() {
	r.flush()
	if len(r.out.stages) == 0 {
		r.begin(r.out.title, r.out.title, nil)
	}
	for _, s := range r.out.stages {
		if len(s.topics) == 0 {
			s.add(s.title, s.title, s.title, nil)
		}
		for _, l := range s.links {
			s.give(l)
		}
	}
}
