package telegram

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAMessageKeepsItsFormatting(t *testing.T) {
	for _, c := range []struct{ text, entities, want string }{
		{"plain & <b>", "", "plain &amp; &lt;b&gt;"},
		{"🙂 bold and link", `{"type":"bold","offset":3,"length":4},{"type":"text_link","offset":12,"length":4,"url":"https://go.dev/?a=1&b=2"}`,
			`🙂 <b>bold</b> and <a href="https://go.dev/?a=1&amp;b=2">link</a>`},
		{"bold italic", `{"type":"bold","offset":0,"length":11},{"type":"italic","offset":5,"length":6}`, "<b>bold <i>italic</i></b>"},
		{"all", `{"type":"bold","offset":0,"length":3},{"type":"underline","offset":0,"length":3},{"type":"strikethrough","offset":0,"length":3}`, "<b><u><s>all</s></u></b>"},
		{"crossing", `{"type":"bold","offset":0,"length":5},{"type":"italic","offset":3,"length":5}`, "<b>cross</b>ing"},
		{"go build", `{"type":"code","offset":0,"length":8},{"type":"bold","offset":0,"length":2}`, "<code>go build</code>"},
		{"a quote\nafter", `{"type":"blockquote","offset":0,"length":7}`, "<blockquote>a quote</blockquote>\nafter"},
		{"go.dev @emma", `{"type":"url","offset":0,"length":6},{"type":"mention","offset":7,"length":5}`, "go.dev @emma"},
		{"bad", `{"type":"text_link","offset":0,"length":3,"url":"javascript:\"><"}`, "bad"},
		{"wide", `{"type":"bold","offset":2,"length":9},{"type":"bold","offset":-1,"length":2},{"type":"bold","offset":1,"length":0}`, "wide"},
	} {
		raw := `{"message_id":1,"date":1,"text":` + encode(c.text) + `,"entities":[` + c.entities + `]}`
		var m Message
		if err := json.Unmarshal([]byte(raw), &m); err != nil {
			t.Fatal(err)
		}
		if got := m.HTML(); got != c.want {
			t.Errorf("%s becomes %s, want %s", raw, got, c.want)
		}
	}
}

func FuzzMessageHTML(f *testing.F) {
	f.Add("🙂 bold and link", "bold", 3, 4, "text_link", 12, 4, "https://go.dev")
	f.Add("<&>", "pre", 0, 3, "code", 1, 2, `x:"`)
	f.Fuzz(func(t *testing.T, text, kind1 string, at1, length1 int, kind2 string, at2, length2 int, url string) {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "") // no update holds one
		m := Message{Text: text, Entities: []Entity{{kind1, at1, length1, url}, {kind2, at2, length2, url}}}
		html := m.HTML()
		if err := ValidHTML(html); err != nil {
			t.Errorf("%q is not valid: %v", html, err)
		}
		if got := visible(html); got != text {
			t.Errorf("%q shows %q, want %q", html, got, text)
		}
	})
}
