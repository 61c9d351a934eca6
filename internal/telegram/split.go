package telegram

import (
	"errors"
	"fmt"
	"html"
	"iter"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxText is the longest text of one message in UTF-16 units, counted after its tags are parsed
// (Bot API, sendMessage).
const MaxText = 4096

// attribute says what a tag's attribute may hold, and whether the tag is nothing without it.
type attribute struct {
	value    *regexp.Regexp
	required bool
}

var (
	anything = regexp.MustCompile(`.`)
	digits   = regexp.MustCompile(`^[0-9]+$`)

	// tags are those of https://core.telegram.org/bots/api#html-style.
	tags = map[string]map[string]attribute{
		"b": {}, "strong": {}, "i": {}, "em": {}, "u": {}, "ins": {}, "s": {}, "strike": {}, "del": {},
		"tg-spoiler": {}, "pre": {},
		"span":       {"class": {regexp.MustCompile(`^tg-spoiler$`), true}},
		"a":          {"href": {anything, true}},
		"code":       {"class": {regexp.MustCompile(`^language-.`), false}},
		"blockquote": {"expandable": {regexp.MustCompile(`^$`), false}},
		"tg-emoji":   {"emoji-id": {digits, true}},
		"tg-time":    {"unix": {digits, true}, "format": {anything, false}},
	}

	tagForm       = regexp.MustCompile(`^<(/?)([a-z][a-z-]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)>`)
	attributeForm = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	entityForm    = regexp.MustCompile(`^&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});`)
)

// piece is a tag or one visible character of formatted text.
type piece struct {
	raw   string // as it stands in the source
	tag   string // the tag's name; "" for a character
	close bool
	char  rune
}

// width is what Telegram counts: UTF-16 units of the visible character.
func (p piece) width() int {
	if p.tag != "" {
		return 0
	}
	return utf16.RuneLen(p.char)
}

func (p piece) space() bool { return p.tag == "" && unicode.IsSpace(p.char) }

// each takes formatted text apart. Its only error, which ends it, is that of a sign that is neither
// text nor a known tag; whether the tags are balanced is for [ValidHTML].
func each(s string) iter.Seq2[piece, error] {
	return func(yield func(piece, error) bool) {
		if !utf8.ValidString(s) {
			yield(piece{}, errors.New("text is not valid UTF-8"))
			return
		}
		for at := 0; at < len(s); {
			p, err := next(s[at:])
			if err != nil {
				yield(p, fmt.Errorf("at byte %d: %w", at, err))
				return
			}
			if !yield(p, nil) {
				return
			}
			at += len(p.raw)
		}
	}
}

func next(s string) (piece, error) {
	switch s[0] {
	case '<':
		return tag(s)
	case '>':
		return piece{}, errors.New(`">" must be written &gt;`)
	case 0:
		return piece{}, errors.New("text holds a zero byte")
	case '&':
		raw := entityForm.FindString(s)
		if raw == "" {
			return piece{}, errors.New(`"&" must be written &amp;`)
		}
		char, _ := utf8.DecodeRuneInString(html.UnescapeString(raw))
		return piece{raw: raw, char: char}, nil
	}
	char, size := utf8.DecodeRuneInString(s)
	return piece{raw: s[:size], char: char}, nil
}

func tag(s string) (piece, error) {
	m := tagForm.FindStringSubmatch(s)
	if m == nil {
		return piece{}, errors.New(`"<" must be written &lt;`)
	}
	raw, end, name, rest := m[0], m[1], m[2], m[3]
	allowed, known := tags[name]
	if !known {
		return piece{}, fmt.Errorf("<%s> is no tag of Telegram's", name)
	}
	if end != "" {
		if rest != "" {
			return piece{}, fmt.Errorf("</%s> has attributes", name)
		}
		return piece{raw: raw, tag: name, close: true}, nil
	}
	found := map[string]bool{}
	for _, a := range attributeForm.FindAllStringSubmatch(rest, -1) {
		rule, known := allowed[a[1]]
		if !known || !rule.value.MatchString(a[2]) || found[a[1]] {
			return piece{}, fmt.Errorf("<%s> cannot have %s", name, a[0])
		}
		found[a[1]] = true
	}
	for a, rule := range allowed {
		if rule.required && !found[a] {
			return piece{}, fmt.Errorf("<%s> needs %s", name, a)
		}
	}
	return piece{raw: raw, tag: name}, nil
}

// ValidHTML reports why Telegram would refuse a text in parse mode "HTML", or show it otherwise
// than written. It follows https://core.telegram.org/bots/api#html-style to the letter, and so
// also refuses what the server silently forgives: a bare "&" or ">", a tag inside code, a quote
// inside a quote.
func ValidHTML(s string) error {
	var open []piece
	in := map[string]int{}
	for p, err := range each(s) {
		switch {
		case err != nil:
			return err
		case p.tag == "":
		case !p.close:
			wholeBlock := p.tag == "code" && len(open) > 0 && open[len(open)-1].tag == "pre"
			if (in["pre"] > 0 || in["code"] > 0) && (!wholeBlock || in["code"] > 0) {
				return fmt.Errorf("%s stands inside code", p.raw)
			}
			if in[p.tag] > 0 && (p.tag == "blockquote" || p.tag == "a") {
				return fmt.Errorf("%s stands inside another one", p.raw)
			}
			if p.tag == "code" && p.raw != "<code>" && !wholeBlock {
				return fmt.Errorf("%s must stand directly inside <pre>", p.raw)
			}
			open = append(open, p)
			in[p.tag]++
		case len(open) == 0:
			return fmt.Errorf("%s closes nothing", p.raw)
		case open[len(open)-1].tag != p.tag:
			return fmt.Errorf("%s closes %s", p.raw, open[len(open)-1].raw)
		default:
			open = open[:len(open)-1]
			in[p.tag]--
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%s is not closed", open[len(open)-1].raw)
	}
	return nil
}

// Length is the length of formatted text as Telegram counts it: UTF-16 units of what is visible.
// A text that is not valid HTML counts as it stands.
func Length(s string) int {
	sum := 0
	for p, err := range each(s) {
		if err != nil {
			return len(utf16.Encode([]rune(strings.ToValidUTF8(s, "\uFFFD"))))
		}
		sum += p.width()
	}
	return sum
}

// visible is formatted text without its formatting.
func visible(s string) string {
	var b strings.Builder
	for p, err := range each(s) {
		if err != nil {
			return strings.ToValidUTF8(s, "\uFFFD")
		}
		if p.tag == "" {
			b.WriteRune(p.char)
		}
	}
	return b.String()
}

// blank says that valid formatted text shows nothing.
func blank(s string) bool {
	for p := range each(s) {
		if p.tag == "" && !p.space() {
			return false
		}
	}
	return true
}

// Split cuts formatted text into messages of at most limit UTF-16 units (at least 2), each valid
// by itself, and loses nothing but white space where it cuts. It cuts between paragraphs if it
// can, else between lines, else between words. A block of code stays whole unless it alone is
// longer than limit; then it is cut between its lines. A text with nothing to see gives nothing.
// A text that is not valid HTML is sent as it is written rather than not at all.
func Split(s string, limit int) []string {
	if ValidHTML(s) != nil {
		s = Escape(strings.ReplaceAll(s, "\x00", ""))
	}
	if blank(s) {
		return nil
	}
	if Length(s) <= limit {
		return []string{s}
	}
	var all []piece
	for p := range each(s) { // valid: checked above
		all = append(all, p)
	}
	c := cutter{all: all, ranks: rank(all, limit)}
	var parts []string
	for c.at < len(all) {
		if part := c.write(c.end(limit)); !blank(part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// How good a place is to cut, best last.
const (
	never = iota
	anywhere
	codeLine
	word
	line
	paragraph
)

// rank says for each piece how good it is to cut before it.
func rank(all []piece, limit int) []int {
	ranks := make([]int, len(all))
	inCode, long := false, false
	for i, p := range all {
		switch {
		case p.tag == "pre":
			inCode = !p.close
			long = inCode && blockWidth(all[i:]) > limit
			if inCode {
				ranks[i] = paragraph
			}
		case p.tag == "blockquote" && !p.close:
			ranks[i] = paragraph
		case p.tag != "" || inCode && !long:
			ranks[i] = never
		case inCode && p.char == '\n':
			ranks[i] = codeLine
		case inCode:
			ranks[i] = anywhere
		case p.char == '\n' && i+1 < len(all) && all[i+1].char == '\n':
			ranks[i] = paragraph
		case p.char == '\n':
			ranks[i] = line
		case p.space():
			ranks[i] = word
		default:
			ranks[i] = anywhere
		}
	}
	return ranks
}

// blockWidth is the width of the block of code whose opening tag comes first.
func blockWidth(all []piece) int {
	sum := 0
	for _, p := range all {
		if p.tag == "pre" && p.close {
			break
		}
		sum += p.width()
	}
	return sum
}

// cutter writes the parts one after the other.
type cutter struct {
	all   []piece
	ranks []int
	at    int     // the first piece not yet written
	open  []piece // tags open at this place
}

func (c *cutter) inCode() bool {
	for _, p := range c.open {
		if p.tag == "pre" {
			return true
		}
	}
	return false
}

// end chooses where the part that begins at c.at ends.
func (c *cutter) end(limit int) int {
	inCode := c.inCode()
	for !inCode && c.at < len(c.all) && c.all[c.at].space() {
		c.at++
	}
	if inCode && c.all[c.at].char == '\n' {
		c.at++ // the cut itself ends the line
	}
	best, room, begun := 0, limit, false
	for i := c.at; i < len(c.all); i++ {
		if begun && c.ranks[i] != never && (best == 0 || c.ranks[i] >= c.ranks[best]) {
			best = i
		}
		if room -= c.all[i].width(); room < 0 {
			return max(c.trim(best), c.at+1)
		}
		begun = begun || c.all[i].tag == ""
	}
	return len(c.all)
}

// trim moves a cut between words, lines or paragraphs before the white space that precedes it.
func (c *cutter) trim(cut int) int {
	for c.ranks[cut] >= word && cut > c.at && c.all[cut-1].space() {
		cut--
	}
	return cut
}

// write renders the pieces up to end. Tags are opened only when text follows them, so that no
// part ends with an empty tag.
func (c *cutter) write(end int) string {
	var b strings.Builder
	written := 0 // how many of c.open stand in this part
	for ; c.at < end; c.at++ {
		switch p := c.all[c.at]; {
		case p.tag == "":
			for ; written < len(c.open); written++ {
				b.WriteString(c.open[written].raw)
			}
			b.WriteString(p.raw)
		case !p.close:
			c.open = append(c.open, p)
		default:
			if written == len(c.open) {
				b.WriteString(p.raw)
				written--
			}
			c.open = c.open[:len(c.open)-1]
		}
	}
	for ; written > 0; written-- {
		b.WriteString("</" + c.open[written-1].tag + ">")
	}
	return b.String()
}
