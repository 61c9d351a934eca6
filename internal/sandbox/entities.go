package sandbox

import (
	"cmp"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Entity is a MessageEntity of the Bot API: a marked part of a text. Offset and Length are UTF-16 code units.
type Entity struct {
	Type           string `json:"type"`
	Offset         int    `json:"offset"`
	Length         int    `json:"length"`
	URL            string `json:"url,omitempty"`
	Language       string `json:"language,omitempty"`
	CustomEmojiID  string `json:"custom_emoji_id,omitempty"`
	UnixTime       int64  `json:"unix_time,omitempty"`
	DateTimeFormat string `json:"date_time_format,omitempty"`
}

func (e Entity) end() int { return e.Offset + e.Length }

func utf16Len(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

func utf16Count(s string) int {
	n := 0
	for _, r := range s {
		n += utf16Len(r)
	}
	return n
}

// entityOrder is the order among entities of the same range, outer first.
var entityOrder = map[string]int{
	"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49,
	"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99,
}

func sortEntities(ents []Entity) {
	order := func(e Entity) int {
		if n, ok := entityOrder[e.Type]; ok {
			return n
		}
		return 50
	}
	slices.SortStableFunc(ents, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length), cmp.Compare(order(a), order(b)))
	})
}

// maxEntities is how many entities Telegram keeps in a message; the rest is dropped without a word.
const maxEntities = 100

// fixText trims the text as Telegram does and makes the entities obey its nesting rules: code and links do not
// overlap, a quote stands in no quote, and styles are cut where code stands.
func fixText(text string, ents []Entity) (string, []Entity) {
	text = strings.TrimRight(text, " \n\t\r\v\x00")
	total := utf16Count(text)
	ents = slices.DeleteFunc(ents, func(e Entity) bool { return e.Length <= 0 || e.Offset < 0 || e.Offset >= total })
	for i := range ents {
		ents[i].Length = min(ents[i].Length, total-ents[i].Offset)
	}
	sortEntities(ents)
	ents = nest(ents)
	ents = ents[:min(len(ents), maxEntities)]
	first := len(text)
	if len(ents) > 0 {
		first = ents[0].Offset
	}
	cut := 0
	for cut < first && cut < len(text) && (text[cut] == ' ' || text[cut] == '\n') {
		cut++
	}
	for i := range ents {
		ents[i].Offset -= cut
	}
	return text[cut:], ents
}

func nest(ents []Entity) []Entity {
	var solid, quotes []Entity
	styles := map[string][]Entity{}
	for _, e := range ents {
		switch e.Type {
		case "bold", "italic", "underline", "strikethrough", "spoiler":
			styles[e.Type] = mergeInto(styles[e.Type], e)
		case "blockquote", "expandable_blockquote":
			if n := len(quotes); n == 0 || quotes[n-1].end() <= e.Offset {
				quotes = append(quotes, e)
			}
		default:
			if n := len(solid); n == 0 || solid[n-1].end() <= e.Offset {
				solid = append(solid, e)
			}
		}
	}
	out := slices.Concat(quotes, solid)
	for _, list := range styles {
		for _, e := range list {
			out = append(out, withoutCode(e, solid)...)
		}
	}
	sortEntities(out)
	return out
}

func mergeInto(list []Entity, e Entity) []Entity {
	if n := len(list); n > 0 && list[n-1].end() >= e.Offset {
		list[n-1].Length = max(list[n-1].end(), e.end()) - list[n-1].Offset
		return list
	}
	return append(list, e)
}

func withoutCode(e Entity, solid []Entity) []Entity {
	var out []Entity
	for _, c := range solid {
		if (c.Type != "code" && c.Type != "pre") || c.end() <= e.Offset || c.Offset >= e.end() {
			continue
		}
		if c.Offset > e.Offset {
			part := e
			part.Length = c.Offset - e.Offset
			out = append(out, part)
		}
		end := e.end()
		e.Offset = min(c.end(), end)
		e.Length = end - e.Offset
	}
	if e.Length > 0 {
		out = append(out, e)
	}
	return out
}

var autoEntity = regexp.MustCompile(`^(?:https?://[^\s<>"]+|/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?|@[A-Za-z][A-Za-z0-9_]{3,31}|#[\pL\pN_]+)`)

// findEntities adds what Telegram finds by itself: commands, links, mentions, hashtags; not inside code or links.
func findEntities(text string, ents []Entity) []Entity {
	if !strings.ContainsAny(text, "/@#") {
		return ents
	}
	counted, off := 0, 0
	var found []Entity
	for at := 0; at < len(text); at++ {
		word := autoWord(text, at)
		if word == "" {
			continue
		}
		off += utf16Count(text[counted:at])
		counted = at
		at += len(word) - 1
		e := Entity{Type: autoType(word[0]), Offset: off, Length: utf16Count(word)}
		if !slices.ContainsFunc(ents, func(o Entity) bool {
			return entityOrder[o.Type] > 0 && entityOrder[o.Type] < 90 && o.Offset < e.end() && e.Offset < o.end()
		}) {
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		return ents
	}
	all := slices.Concat(ents, found)
	sortEntities(all)
	return all
}

// autoWord is the command, link, mention or hashtag that begins at a place in the text, "" if none does.
func autoWord(text string, at int) string {
	begins := strings.IndexByte("/@#", text[at]) >= 0 || strings.HasPrefix(text[at:], "http")
	if !begins || at > 0 && !strings.ContainsRune(" \n\t([{\"'«", rune(text[at-1])) {
		return ""
	}
	word := autoEntity.FindString(text[at:])
	if strings.HasPrefix(word, "http") {
		word = strings.TrimRight(word, ".,;:!?)»")
	}
	return word
}

func autoType(first byte) string {
	switch first {
	case '/':
		return "bot_command"
	case '@':
		return "mention"
	case '#':
		return "hashtag"
	}
	return "url"
}

// checkedLink gives the link as Telegram stores it, or "" if Telegram makes no link of it.
func checkedLink(link string) string {
	link = strings.TrimSpace(link)
	if !strings.Contains(link, "://") {
		link = "http://" + link
	}
	u, err := url.Parse(link)
	if err != nil || strings.ContainsAny(link, " \n\t") {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if !strings.Contains(u.Hostname(), ".") && !strings.Contains(u.Hostname(), ":") {
			return ""
		}
		if u.Path == "" {
			u.Path = "/"
		}
		return u.String()
	case "tg", "ton":
		return link
	}
	return ""
}

// renderHTML makes safe HTML of a text and its entities: only b, i, u, s, code, pre[data-lang], a[href], blockquote
// (class expandable) and span.spoiler; line breaks stay "\n".
func renderHTML(text string, ents []Entity) string {
	units := utf16.Encode([]rune(text))
	type open struct {
		end   int
		close string
	}
	var (
		b     strings.Builder
		stack []open
		pos   int
	)
	emit := func(to int) {
		if to > pos {
			b.WriteString(html.EscapeString(string(utf16.Decode(units[pos:to]))))
			pos = to
		}
	}
	closeUntil := func(limit int) {
		for len(stack) > 0 && stack[len(stack)-1].end <= limit {
			top := stack[len(stack)-1]
			emit(top.end)
			b.WriteString(top.close)
			stack = stack[:len(stack)-1]
		}
	}
	for _, e := range ents {
		start, end := min(max(e.Offset, pos), len(units)), min(e.end(), len(units))
		closeUntil(start)
		if len(stack) > 0 {
			end = min(end, stack[len(stack)-1].end)
		}
		if start >= end {
			continue
		}
		opening, closing := tagsOf(e, func() string { return string(utf16.Decode(units[start:end])) })
		if opening == "" {
			continue
		}
		emit(start)
		b.WriteString(opening)
		stack = append(stack, open{end, closing})
	}
	closeUntil(len(units))
	emit(len(units))
	return b.String()
}

func tagsOf(e Entity, content func() string) (opening, closing string) {
	switch e.Type {
	case "bold":
		return "<b>", "</b>"
	case "italic":
		return "<i>", "</i>"
	case "underline":
		return "<u>", "</u>"
	case "strikethrough":
		return "<s>", "</s>"
	case "spoiler":
		return `<span class="spoiler">`, "</span>"
	case "code":
		return "<code>", "</code>"
	case "pre":
		if e.Language != "" {
			return `<pre data-lang="` + html.EscapeString(e.Language) + `">`, "</pre>"
		}
		return "<pre>", "</pre>"
	case "blockquote":
		return "<blockquote>", "</blockquote>"
	case "expandable_blockquote":
		return `<blockquote class="expandable">`, "</blockquote>"
	case "text_link", "url":
		href := e.URL
		if href == "" {
			href = content()
		}
		if href = checkedLink(href); href != "" {
			return `<a href="` + html.EscapeString(href) + `">`, "</a>"
		}
	}
	return "", ""
}
