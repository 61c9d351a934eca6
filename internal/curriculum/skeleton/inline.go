package skeleton

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"

	"yolchi/internal/curriculum"
)

// The lengths of texts that content allows, in UTF-16 units.
const (
	maxTitle     = 60
	maxGoal      = 300
	maxLinkTitle = 100
	maxLinks     = 3
)

// plain is the text of a node on one line, without its markup.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	spell(&b, n, source)
	return strings.Join(strings.Fields(b.String()), " ")
}

func spell(b *strings.Builder, n ast.Node, source []byte) {
	switch n := n.(type) {
	case *ast.Text:
		text := n.Value(source)
		if _, code := n.Parent().(*ast.CodeSpan); !code {
			text = util.UnescapePunctuations(util.ResolveNumericReferences(util.ResolveEntityNames(text)))
		}
		b.Write(text)
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.WriteByte(' ')
		}
		return
	case *ast.String:
		b.Write(n.Value)
		return
	case *ast.AutoLink:
		b.Write(n.Label(source))
		return
	case *ast.RawHTML:
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		spell(b, c, source)
		if c.Type() == ast.TypeBlock {
			b.WriteByte(' ')
		}
	}
}

// links are those in a node that lead to the web.
func links(n ast.Node, source []byte) (found []curriculum.Link) {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		title, address := "", ""
		switch n := n.(type) {
		case *ast.Link:
			title, address = plain(n, source), string(n.Destination)
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkURL {
				title, address = string(n.Label(source)), string(n.URL(source))
			}
		}
		if u, err := url.Parse(address); entering && err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
			if title == "" || strings.Contains(title, "://") {
				title = u.Host + strings.TrimSuffix(u.Path, "/")
			}
			found = append(found, curriculum.Link{Title: short(title, maxLinkTitle), URL: address})
		}
		return ast.WalkContinue, nil
	})
	return found
}

// onlyLink reports whether a bullet is a link and nothing else, so that the link says it all.
func onlyLink(item ast.Node, source []byte, link curriculum.Link) bool {
	block := item.FirstChild()
	if block == nil || block.FirstChild() == nil || block.FirstChild().NextSibling() != nil || plain(item, source) != link.Title {
		return false
	}
	l, ok := block.FirstChild().(*ast.Link)
	return ok && len(l.Title) == 0 && string(l.Destination) == link.URL && !strings.Contains(link.URL, "&")
}

// markForm are characters by which text would be taken for Markdown where none is rendered.
var markForm = regexp.MustCompile("[*`]{2,}|`")

// short is a text of at most limit units on one line, cut between words if it has to be.
func short(text string, limit int) string {
	text = strings.Join(strings.Fields(markForm.ReplaceAllString(text, "")), " ")
	if units(text) <= limit {
		return text
	}
	cut := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(cut + " " + word)
		if units(longer)+1 > limit {
			break
		}
		cut = longer
	}
	if cut == "" { // one endless word
		for _, r := range text {
			if units(cut)+3 > limit {
				break
			}
			cut += string(r)
		}
	}
	return strings.TrimRight(cut, " ,;:.–—-(") + "…"
}

// units counts as Telegram does.
func units(s string) int { return len(utf16.Encode([]rune(s))) }
