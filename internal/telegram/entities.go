package telegram

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Entity is a formatted part of a text. Offset and Length are UTF-16 units.
type Entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url"` // of "text_link"
}

// entityTags are the kinds of entities that HTML keeps; Telegram finds links,
// names and hashtags in a text by itself.
var entityTags = map[string][2]string{
	"bold": {"<b>", "</b>"}, "italic": {"<i>", "</i>"}, "underline": {"<u>", "</u>"}, "strikethrough": {"<s>", "</s>"},
	"spoiler": {"<tg-spoiler>", "</tg-spoiler>"}, "code": {"<code>", "</code>"}, "pre": {"<pre>", "</pre>"},
	"text_link": {"", "</a>"}, "blockquote": {"<blockquote>", "</blockquote>"},
	"expandable_blockquote": {"<blockquote expandable>", "</blockquote>"},
}

// linkForm is what a link may hold: no address that Telegram shows holds more.
var linkForm = regexp.MustCompile(`^(https?|tg|mailto|tel):[^\s"<>]+$`)

// HTML is the message's text with its formatting. Formatting that Telegram would
// not take back is left out.
func (m Message) HTML() string {
	text := utf16.Encode([]rune(m.Text))
	entities := slices.Clone(m.Entities)
	slices.SortStableFunc(entities, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length))
	})
	w := formatter{text: text}
	for _, e := range entities {
		w.open(e)
	}
	w.to(len(text))
	w.closeFrom(0)
	if html := w.String(); ValidHTML(html) == nil {
		return html
	}
	return Escape(m.Text)
}

// formatter writes a text and the entities in it, outer ones first.
type formatter struct {
	strings.Builder
	text  []uint16
	at    int
	inner []Entity // those that are open
}

// to writes the text up to a place, and closes what ends on the way.
func (w *formatter) to(place int) {
	for len(w.inner) > 0 {
		last := w.inner[len(w.inner)-1]
		end := last.Offset + last.Length
		if end > place {
			break
		}
		w.write(end)
		w.closeFrom(len(w.inner) - 1)
	}
	w.write(place)
}

func (w *formatter) write(place int) {
	if place > w.at {
		w.WriteString(Escape(string(utf16.Decode(w.text[w.at:place]))))
		w.at = place
	}
}

// open begins an entity, unless it means nothing, does not nest, or Telegram
// takes nothing inside of what is open.
func (w *formatter) open(e Entity) {
	tags, known := entityTags[e.Type]
	if !known || e.Length <= 0 || e.Offset < 0 || e.Offset > len(w.text) || e.Length > len(w.text)-e.Offset ||
		w.splits(e.Offset) || w.splits(e.Offset+e.Length) {
		return
	}
	w.to(e.Offset)
	for _, outer := range w.inner {
		if e.Offset+e.Length > outer.Offset+outer.Length || outer.Type == "code" || outer.Type == "pre" || outer.Type == e.Type {
			return
		}
	}
	if e.Type == "text_link" {
		if !linkForm.MatchString(e.URL) {
			return
		}
		tags[0] = `<a href="` + Escape(e.URL) + `">`
	}
	w.WriteString(tags[0])
	w.inner = append(w.inner, e)
}

// splits says whether a place is inside of a character.
func (w *formatter) splits(place int) bool {
	return place > 0 && place < len(w.text) && utf16.IsSurrogate(rune(w.text[place])) &&
		utf16.DecodeRune(rune(w.text[place-1]), rune(w.text[place])) != utf8.RuneError
}

func (w *formatter) closeFrom(depth int) {
	for len(w.inner) > depth {
		w.WriteString(entityTags[w.inner[len(w.inner)-1].Type][1])
		w.inner = w.inner[:len(w.inner)-1]
	}
}
