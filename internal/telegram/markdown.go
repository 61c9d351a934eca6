package telegram

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// lessons reads the Markdown of lessons: CommonMark with tables and ~~strikethrough~~.
var lessons = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))

// escaper replaces what Telegram's HTML mode asks to be escaped, and the quote for attributes.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Escape makes any text safe to stand in Telegram HTML, as text or as an attribute's value.
func Escape(s string) string {
	return escaper.Replace(strings.ToValidUTF8(s, "\uFFFD"))
}

// HTML turns Markdown into the HTML that Telegram's parse mode "HTML" accepts. The result always
// passes [ValidHTML]. What Telegram has no tag for becomes text: a heading is a bold line, a list
// has "• " or "1. ", a table stands in a code block, an image is a link, raw HTML is shown as typed.
func HTML(markdown string) string {
	src := []byte(strings.ToValidUTF8(markdown, "\uFFFD"))
	r := renderer{src: src}
	return strings.TrimSpace(r.blocks(lessons.Parser().Parse(text.NewReader(src)), "\n\n"))
}

// renderer walks one parsed document.
type renderer struct {
	src    []byte
	quoted bool // inside a blockquote: Telegram does not nest them
	linked bool // inside a link, which can hold neither code nor a second link
	depth  int  // lists around the current one
}

// blocks renders the children of n, leaving out the empty ones.
func (r *renderer) blocks(n ast.Node, between string) string {
	var parts []string
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if s := r.block(c); strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, between)
}

func (r *renderer) block(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Heading:
		return wrap("b", r.inline(n))
	case *ast.Paragraph, *ast.TextBlock:
		return r.inline(n)
	case *ast.Blockquote:
		return r.quote(n)
	case *ast.FencedCodeBlock:
		return pre(string(n.Language(r.src)), r.lines(n))
	case *ast.CodeBlock:
		return pre("", r.lines(n))
	case *ast.HTMLBlock:
		raw := r.lines(n)
		if n.HasClosure() {
			raw += string(n.ClosureLine.Value(r.src))
		}
		return literal([]byte(strings.TrimRight(raw, "\n")))
	case *ast.List:
		return r.list(n)
	case *ast.ThematicBreak:
		return "———"
	case *extast.Table:
		return r.table(n)
	default:
		return r.blocks(n, "\n\n")
	}
}

func (r *renderer) quote(n ast.Node) string {
	if r.quoted {
		return r.blocks(n, "\n\n")
	}
	r.quoted = true
	s := wrap("blockquote", r.blocks(n, "\n\n"))
	r.quoted = false
	return s
}

func (r *renderer) list(n *ast.List) string {
	between := "\n\n"
	if n.IsTight {
		between = "\n"
	}
	indent := strings.Repeat("   ", r.depth)
	r.depth++
	defer func() { r.depth-- }()
	var items []string
	number := n.Start
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		mark := "• "
		if n.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		items = append(items, indent+mark+r.blocks(c, between))
	}
	return strings.Join(items, between)
}

// table shows a table as aligned plain text, for Telegram has none in ordinary messages.
func (r *renderer) table(n ast.Node) string {
	var rows [][]string
	var widths []int
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cell := visible(r.inline(c))
			if len(cells) == len(widths) {
				widths = append(widths, 0)
			}
			widths[len(cells)] = max(widths[len(cells)], utf8.RuneCountInString(cell))
			cells = append(cells, cell)
		}
		rows = append(rows, cells)
	}
	var b strings.Builder
	for _, cells := range rows {
		line := ""
		for i, cell := range cells {
			line += cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return pre("", b.String())
}

// lines is the raw text of a code or HTML block.
func (r *renderer) lines(n ast.Node) string {
	return string(n.Lines().Value(r.src))
}

// inline renders what stands inside a paragraph, a heading or a cell.
func (r *renderer) inline(parent ast.Node) string {
	var b strings.Builder
	for c := parent.FirstChild(); c != nil; c = c.NextSibling() {
		b.WriteString(r.span(c))
	}
	return b.String()
}

func (r *renderer) span(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Text:
		return r.text(n)
	case *ast.String:
		return literal(n.Value)
	case *ast.CodeSpan:
		return r.code(n)
	case *ast.Emphasis:
		if n.Level >= 2 {
			return wrap("b", r.inline(n))
		}
		return wrap("i", r.inline(n))
	case *extast.Strikethrough:
		return wrap("s", r.inline(n))
	case *ast.Link:
		return r.link(n.Destination, n)
	case *ast.Image:
		return r.link(n.Destination, n)
	case *ast.AutoLink:
		return literal(n.Label(r.src)) // Telegram links a bare address by itself
	case *ast.RawHTML:
		return literal(n.Segments.Value(r.src))
	default:
		return r.inline(n)
	}
}

func (r *renderer) text(n *ast.Text) string {
	value := n.Segment.Value(r.src)
	s := ""
	if n.IsRaw() {
		s = literal(value)
	} else {
		s = unescaped(value)
	}
	switch {
	case n.HardLineBreak():
		return s + "\n"
	case n.SoftLineBreak():
		return s + " "
	}
	return s
}

func (r *renderer) code(n ast.Node) string {
	var b bytes.Buffer
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(bytes.ReplaceAll(t.Segment.Value(r.src), []byte("\n"), []byte(" ")))
		}
	}
	if r.linked {
		return literal(b.Bytes())
	}
	return wrap("code", literal(b.Bytes()))
}

// link renders a link or an image. One that Telegram would not open is left as its text.
func (r *renderer) link(to []byte, n ast.Node) string {
	if r.linked {
		return r.inline(n)
	}
	r.linked = true
	label := r.inline(n)
	r.linked = false
	address := string(util.URLEscape(to, true))
	if strings.TrimSpace(label) == "" {
		label = Escape(address)
	}
	scheme, rest, _ := strings.Cut(strings.ToLower(address), ":")
	switch scheme {
	case "http", "https", "tg", "mailto":
		if rest != "" && label != "" {
			return `<a href="` + Escape(address) + `">` + label + "</a>"
		}
	}
	return label
}

// pre is a block of code; a language makes Telegram colour it.
func pre(language, code string) string {
	code = literal([]byte(strings.TrimRight(code, "\n")))
	if language == "" {
		return wrap("pre", code)
	}
	if code == "" {
		return ""
	}
	return `<pre><code class="language-` + Escape(language) + `">` + code + "</code></pre>"
}

// wrap puts inner between the tags, or nothing around nothing.
func wrap(tag, inner string) string {
	if inner == "" {
		return ""
	}
	return "<" + tag + ">" + inner + "</" + tag + ">"
}

// literal escapes text in which Markdown has no meaning.
func literal(s []byte) string { return written(s, html.DefaultWriter.RawWrite) }

// unescaped escapes ordinary text after resolving Markdown's own backslashes and entities.
func unescaped(s []byte) string { return written(s, html.DefaultWriter.Write) }

func written(s []byte, write func(util.BufWriter, []byte)) string {
	var b strings.Builder
	w := bufio.NewWriterSize(&b, 256)
	write(w, s)
	_ = w.Flush() // a strings.Builder never fails
	return strings.ReplaceAll(b.String(), "\x00", "\uFFFD")
}
