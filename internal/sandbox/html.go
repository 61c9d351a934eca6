package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseHTML reads Telegram's HTML style and gives the plain text and its entities, sorted as Telegram sorts them.
// Offsets are UTF-16 code units. What is refused, and the words of the refusal, follow parse_html in TDLib's
// MessageEntity.cpp; byte offsets in the errors count from the start of s.
func parseHTML(s string) (string, []Entity, error) {
	p := htmlParser{in: s}
	for p.pos < len(s) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, htmlErrorf("Can't find end tag corresponding to start tag %q", p.open[n-1].tag)
	}
	for i := range p.ents {
		if p.ents[i].Type == "code" {
			p.ents[i].Language = "" // only <pre><code class="language-x"> carries one
		}
	}
	out := p.out.String()
	if !utf8.ValidString(out) {
		return "", nil, htmlErrorf("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
	}
	sortEntities(p.ents)
	return out, p.ents, nil
}

// htmlError is said behind "can't parse entities: ", in Telegram's words.
type htmlError string

func (e htmlError) Error() string { return string(e) }

func htmlErrorf(format string, args ...any) error { return htmlError(fmt.Sprintf(format, args...)) }

type htmlParser struct {
	in   string
	pos  int
	out  strings.Builder
	off  int // UTF-16 length of out
	open []openTag
	ents []Entity
}

type openTag struct {
	tag, arg string
	unix     int64
	off      int // where it begins, UTF-16
	bytePos  int // where it begins in out
}

// at is the byte at i, or 0 behind the end, as in a C string.
func (p *htmlParser) at(i int) byte {
	if i < len(p.in) {
		return p.in[i]
	}
	return 0
}

func (p *htmlParser) step() error {
	switch p.in[p.pos] {
	case '&':
		if r, next := decodeEntity(p.in, p.pos); r != 0 {
			p.write(r)
			p.pos = next
			return nil
		}
	case '<':
		if p.at(p.pos+1) == '/' {
			return p.endTag()
		}
		return p.startTag()
	}
	r, n := utf8.DecodeRuneInString(p.in[p.pos:])
	p.write(r)
	p.pos += n
	return nil
}

func (p *htmlParser) write(r rune) {
	if r >= 0xd800 && r <= 0xdfff {
		p.out.WriteByte(0xff) // half of a surrogate pair: refused at the end
		return
	}
	p.out.WriteRune(r)
	p.off += utf16Len(r)
}

func (p *htmlParser) startTag() error {
	begin := p.pos
	i := begin + 1
	for !isSpace(p.at(i)) && p.at(i) != '>' {
		i++
	}
	if p.at(i) == 0 {
		return htmlErrorf("Unclosed start tag at byte offset %d", begin)
	}
	t := openTag{tag: strings.ToLower(p.in[begin+1 : i]), off: p.off, bytePos: p.out.Len()}
	if !knownTag(t.tag) {
		return htmlErrorf("Unsupported start tag \"%s\" at byte offset %d", t.tag, begin)
	}
	for p.at(i) != '>' {
		for p.at(i) != 0 && isSpace(p.at(i)) {
			i++
		}
		if p.at(i) == '>' {
			break
		}
		var err error
		if i, err = p.attribute(&t, i, begin); err != nil {
			return err
		}
	}
	if t.tag == "span" && t.arg != "spoiler" {
		return htmlErrorf("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	p.open = append(p.open, t)
	p.pos = i + 1
	return nil
}

// attribute reads one name, or name=value, at i and returns where it ends.
func (p *htmlParser) attribute(t *openTag, i, begin int) (int, error) {
	start := i
	for c := p.at(i); !isSpace(c) && c != '=' && c != '>' && c != '/' && c != '"' && c != '\''; c = p.at(i) {
		i++
	}
	name := p.in[start:min(i, len(p.in))]
	if name == "" {
		return 0, htmlErrorf("Empty attribute name in the tag \"%s\" at byte offset %d", t.tag, begin)
	}
	skip := func() {
		for p.at(i) != 0 && isSpace(p.at(i)) {
			i++
		}
	}
	skip()
	if p.at(i) != '=' {
		if p.at(i) == 0 {
			return 0, htmlErrorf("Unclosed start tag \"%s\" at byte offset %d", t.tag, begin)
		}
		if t.tag == "blockquote" && name == "expandable" {
			t.arg = "1"
		}
		return i, nil
	}
	i++
	skip()
	if p.at(i) == 0 {
		return 0, htmlErrorf("Unclosed start tag \"%s\" at byte offset %d", t.tag, begin)
	}
	value, next, err := p.value(i)
	if err != nil {
		return 0, err
	}
	if p.at(next) == 0 {
		return 0, htmlErrorf("Unclosed start tag at byte offset %d", begin)
	}
	t.set(name, value)
	return next, nil
}

func (p *htmlParser) value(i int) (string, int, error) {
	quote := p.at(i)
	if quote != '\'' && quote != '"' {
		start := i
		for c := p.at(i); isAlnum(c) || c == '.' || c == '-'; c = p.at(i) {
			i++
		}
		if !isSpace(p.at(i)) && p.at(i) != '>' {
			return "", 0, htmlErrorf("Unexpected end of name token at byte offset %d", start)
		}
		return strings.ToLower(p.in[start:min(i, len(p.in))]), i, nil
	}
	var b strings.Builder
	for i++; p.at(i) != quote && p.at(i) != 0; {
		if p.at(i) == '&' {
			if r, next := decodeEntity(p.in, i); r != 0 {
				b.WriteRune(r)
				i = next
				continue
			}
		}
		b.WriteByte(p.at(i))
		i++
	}
	if p.at(i) == quote {
		i++
	}
	return b.String(), i, nil
}

func (t *openTag) set(name, value string) {
	switch {
	case t.tag == "a" && name == "href", t.tag == "tg-emoji" && name == "emoji-id", t.tag == "tg-time" && name == "format":
		t.arg = value
	case t.tag == "code" && name == "class" && strings.HasPrefix(value, "language-"):
		t.arg = value[len("language-"):]
	case t.tag == "span" && name == "class" && strings.HasPrefix(value, "tg-"):
		t.arg = value[len("tg-"):]
	case t.tag == "blockquote" && name == "expandable":
		t.arg = "1"
	case t.tag == "tg-time" && name == "unix":
		t.unix, _ = strconv.ParseInt(value, 10, 32)
	}
}

func (p *htmlParser) endTag() error {
	begin := p.pos
	if len(p.open) == 0 {
		return htmlErrorf("Unexpected end tag at byte offset %d", begin)
	}
	i := begin + 1
	for !isSpace(p.at(i)) && p.at(i) != '>' {
		i++
	}
	name := strings.ToLower(p.in[begin+2 : max(begin+2, min(i, len(p.in)))])
	for isSpace(p.at(i)) && p.at(i) != 0 {
		i++
	}
	if p.at(i) != '>' {
		return htmlErrorf("Unclosed end tag at byte offset %d", begin)
	}
	t := p.open[len(p.open)-1]
	if name != "" && name != t.tag {
		return htmlErrorf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, t.tag, name)
	}
	if p.off > t.off {
		if err := p.close(t); err != nil {
			return err
		}
	}
	p.open = p.open[:len(p.open)-1]
	p.pos = i + 1
	return nil
}

// close turns the finished tag t into an entity.
func (p *htmlParser) close(t openTag) error {
	e := Entity{Type: entityOfTag[t.tag], Offset: t.off, Length: p.off - t.off}
	last := len(p.ents) - 1
	same := last >= 0 && p.ents[last].Offset == e.Offset && p.ents[last].Length == e.Length
	switch t.tag {
	case "tg-emoji":
		if id, err := strconv.ParseInt(t.arg, 10, 64); err != nil || id == 0 {
			return htmlErrorf("Invalid custom emoji identifier specified")
		}
		e.CustomEmojiID = t.arg
	case "tg-time":
		if strings.Trim(t.arg, "rRtTdDwW") != "" {
			return htmlErrorf("Invalid date-time format specified")
		}
		if t.unix <= 0 {
			return nil
		}
		e.UnixTime, e.DateTimeFormat = t.unix, t.arg
	case "a":
		url := t.arg
		if url == "" {
			url = p.out.String()[t.bytePos:]
		}
		if e.URL = checkedLink(url); e.URL == "" {
			return nil
		}
	case "pre":
		if same && p.ents[last].Type == "code" && p.ents[last].Language != "" {
			p.ents[last].Type = "pre"
			return nil
		}
	case "code":
		if same && p.ents[last].Type == "pre" && t.arg != "" {
			p.ents[last].Language = t.arg
			return nil
		}
		e.Language = t.arg
	case "blockquote":
		if t.arg != "" {
			e.Type = "expandable_blockquote"
		}
	}
	p.ents = append(p.ents, e)
	return nil
}

var entityOfTag = map[string]string{
	"a": "text_link", "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "strikethrough",
	"strike": "strikethrough", "del": "strikethrough", "u": "underline", "ins": "underline",
	"tg-spoiler": "spoiler", "span": "spoiler", "tg-emoji": "custom_emoji", "tg-time": "date_time",
	"pre": "pre", "code": "code", "blockquote": "blockquote",
}

func knownTag(tag string) bool {
	_, ok := entityOfTag[tag]
	return ok
}

// decodeEntity decodes the character reference at s[i] == '&' and says where it ends; 0 if it is none.
// Telegram knows the four named ones and takes them without the semicolon too.
func decodeEntity(s string, i int) (rune, int) {
	at := func(i int) byte {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	end := i + 1
	var res rune
	if at(end) == '#' {
		base, digits := 10, "0123456789"
		if end++; at(end) == 'x' {
			base, digits = 16, "0123456789abcdefABCDEF"
			end++
		}
		start := end
		for at(end) != 0 && strings.IndexByte(digits, at(end)) >= 0 {
			end++
		}
		n, err := strconv.ParseUint(s[start:min(end, len(s))], base, 32)
		if err != nil || n == 0 || n >= 0x10ffff || end-i >= 10 {
			return 0, 0
		}
		res = rune(n)
	} else {
		for isAlpha(at(end)) {
			end++
		}
		switch s[i+1 : end] {
		case "lt":
			res = '<'
		case "gt":
			res = '>'
		case "amp":
			res = '&'
		case "quot":
			res = '"'
		default:
			return 0, 0
		}
	}
	if at(end) == ';' {
		end++
	}
	return res, end
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0 || c == '\v'
}
func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isAlnum(c byte) bool { return isAlpha(c) || (c >= '0' && c <= '9') }
