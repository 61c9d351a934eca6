package sandbox

import (
	"bytes"
	"image"
	"image/png"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func onePixel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHTMLBecomesTextAndEntities(t *testing.T) {
	for _, c := range []struct {
		in, text string
		ents     []Entity
	}{
		{"oddiy", "oddiy", nil},
		{"a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#x27; &nbsp;", `a <b> & "c" 'd' &nbsp;`, nil},
		{"&lt&gt", "<>", nil},
		{"<b>q</b>", "q", []Entity{{Type: "bold", Length: 1}}},
		{"😀<i>x</i>", "😀x", []Entity{{Type: "italic", Offset: 2, Length: 1}}},
		{"<B>q</b >", "q", []Entity{{Type: "bold", Length: 1}}},
		{"<b><i>ab</i>c</b>", "abc", []Entity{{Type: "bold", Length: 3}, {Type: "italic", Length: 2}}},
		{"<b>a</b><strong>b</strong>", "ab", []Entity{{Type: "bold", Length: 2}}},
		{"<b>a <code>x</code> b</b>", "a x b", []Entity{
			{Type: "bold", Length: 2}, {Type: "code", Offset: 2, Length: 1}, {Type: "bold", Offset: 3, Length: 2},
		}},
		{"<pre>x</pre>", "x", []Entity{{Type: "pre", Length: 1}}},
		{`<pre><code class="language-go">a := 1</code></pre>`, "a := 1", []Entity{{Type: "pre", Length: 6, Language: "go"}}},
		{`<code class="language-go">a</code>`, "a", []Entity{{Type: "code", Length: 1}}},
		{"<blockquote>a</blockquote>", "a", []Entity{{Type: "blockquote", Length: 1}}},
		{"<blockquote expandable>a<b>b</b></blockquote>", "ab", []Entity{
			{Type: "expandable_blockquote", Length: 2}, {Type: "bold", Offset: 1, Length: 1},
		}},
		{"<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", []Entity{{Type: "blockquote", Length: 2}}},
		{"<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab", []Entity{{Type: "spoiler", Length: 2}}},
		{`<a href="https://go.dev/a?b=1&amp;c=2">Go</a>`, "Go", []Entity{{Type: "text_link", Length: 2, URL: "https://go.dev/a?b=1&c=2"}}},
		{`<a href="javascript:alert(1)">x</a>`, "x", nil},
		{`<tg-time unix="1700000000" format="wDT">bugun</tg-time>`, "bugun", []Entity{{Type: "date_time", Length: 5, UnixTime: 1700000000, DateTimeFormat: "wDT"}}},
		{"\n  <b>a</b> \n ", "a", []Entity{{Type: "bold", Length: 1}}},
		{"<b></b>a", "a", nil},
		{"<b>a</>", "a", []Entity{{Type: "bold", Length: 1}}},
		{"/start @yolchi_bot #go https://go.dev/x.", "/start @yolchi_bot #go https://go.dev/x.", []Entity{
			{Type: "bot_command", Length: 6}, {Type: "mention", Offset: 7, Length: 11},
			{Type: "hashtag", Offset: 19, Length: 3}, {Type: "url", Offset: 23, Length: 16},
		}},
		{"<code>/start</code>", "/start", []Entity{{Type: "code", Length: 6}}},
	} {
		text, ents, err := params{vals: map[string]string{"t": c.in, "m": "HTML"}}.formatted("t", "m", "e")
		if err != nil || text != c.text {
			t.Errorf("%q: text %q, error %v", c.in, text, err)
		}
		if len(ents) == 0 {
			ents = nil
		}
		if diff := cmp.Diff(c.ents, ents); diff != "" {
			t.Errorf("%q: %s", c.in, diff)
		}
	}
}

func TestBrokenHTMLIsRefusedInTelegramsWords(t *testing.T) {
	for in, want := range map[string]string{
		"a<x>b":                  `Unsupported start tag "x" at byte offset 1`,
		"oʻ<br/>":                `Unsupported start tag "br/" at byte offset 3`,
		"<h1>":                   `Unsupported start tag "h1" at byte offset 0`,
		"1 < 2":                  `Unsupported start tag "" at byte offset 2`,
		"if a<b":                 "Unclosed start tag at byte offset 4",
		"<b>a":                   `Can't find end tag corresponding to start tag "b"`,
		"a</b>":                  "Unexpected end tag at byte offset 1",
		"<b>a</i>":               `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`,
		"<b>a</b":                "Unclosed end tag at byte offset 4",
		"<span>a</span>":         `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		`<a href="x>a</a>`:       "Unclosed start tag at byte offset 0",
		"<a href=x/y>a</a>":      "Unexpected end of name token at byte offset 8",
		`<a "x">a</a>`:           `Empty attribute name in the tag "a" at byte offset 0`,
		"<a href":                `Unclosed start tag "a" at byte offset 0`,
		"<a href=":               `Unclosed start tag "a" at byte offset 0`,
		"&#xd800;":               "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
		"<tg-emoji>a</tg-emoji>": "Invalid custom emoji identifier specified",
	} {
		if _, _, err := parseHTML(in); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
}

func TestShownHTMLIsSafeAndNested(t *testing.T) {
	text := `a <script>&"'` + "\nb"
	got := renderHTML(text, []Entity{
		{Type: "bold", Length: 5}, {Type: "text_link", Offset: 2, Length: 3, URL: `javascript:"`},
		{Type: "pre", Offset: 4, Length: 4, Language: `"><x`}, {Type: "spoiler", Offset: 9, Length: 99},
	})
	want := `<b>a &lt;s<pre data-lang="&#34;&gt;&lt;x">c</pre></b>ript<span class="spoiler">&gt;&amp;&#34;&#39;` + "\nb</span>"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<b>a</b>", "&#x41;<a href='x.y'>z</a>", "<pre><code class=\"language-go\">x</code></pre>", "<b", "</", "<a \x00", "😀<i>q</i>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		text, ents, err := params{vals: map[string]string{"t": in, "m": "html"}}.formatted("t", "m", "e")
		if err != nil {
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("broken text %q", text)
		}
		total := utf16Count(text)
		for _, e := range ents {
			if e.Offset < 0 || e.Length <= 0 || e.end() > total {
				t.Fatalf("entity %+v lies outside of %q", e, text)
			}
		}
		z := html.NewTokenizer(bytes.NewReader([]byte(renderHTML(text, ents))))
		for depth := 0; ; {
			switch z.Next() {
			case html.ErrorToken:
				if depth != 0 {
					t.Fatalf("tags are not balanced for %q", in)
				}
				return
			case html.StartTagToken:
				depth++
			case html.EndTagToken:
				depth--
			}
		}
	})
}
