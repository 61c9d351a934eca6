package telegram

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHTMLShowsEveryMarkdownFormInTelegramsTags(t *testing.T) {
	tests := []struct{ name, markdown, want string }{
		{"nothing", "", ""},
		{"plain", "Gopher", "Gopher"},
		{"paragraphs", "one\n\n\ntwo", "one\n\ntwo"},
		{"wrapped source line", "one\ntwo", "one two"},
		{"hard line break", "one\\\ntwo", "one\ntwo"},
		{"bold and italic", "**a** *b* ***c***", "<b>a</b> <i>b</i> <i><b>c</b></i>"},
		{"strikethrough", "~~old~~", "<s>old</s>"},
		{"code keeps signs", "`a < b && *p`", "<code>a &lt; b &amp;&amp; *p</code>"},
		{"code in bold", "**`x`**", "<b><code>x</code></b>"},
		{"escapes", `a < b & c > d "e" \*f\*`, "a &lt; b &amp; c &gt; d &quot;e&quot; *f*"},
		{"entities", "&copy; &lt; &#65; &nosuch;", "© &lt; A &amp;nosuch;"},
		{"template signs", "`{{.Name}}` {{x}}", "<code>{{.Name}}</code> {{x}}"},
		{"uzbek letters", "oʻzgaruvchi, maʼlumot", "oʻzgaruvchi, maʼlumot"},
		{"heading", "# Go `fmt`", "<b>Go <code>fmt</code></b>"},
		{"heading underlined", "Go\n==", "<b>Go</b>"},
		{"link", "[Go](https://go.dev/?a=1&b=2)", `<a href="https://go.dev/?a=1&amp;b=2">Go</a>`},
		{"link with code", "[`fmt`](https://pkg.go.dev/fmt)", `<a href="https://pkg.go.dev/fmt">fmt</a>`},
		{"link without text", "[](https://go.dev)", `<a href="https://go.dev">https://go.dev</a>`},
		{"link nobody can open", "[x](javascript:alert(1)) [y](../y.md)", "x y"},
		{"bare address", "<https://go.dev>", "https://go.dev"},
		{"image", "![logo](https://go.dev/a.png)", `<a href="https://go.dev/a.png">logo</a>`},
		{"image in a link", "[![logo](https://a.uz/a.png)](https://go.dev)", `<a href="https://go.dev">logo</a>`},
		{"fenced code", "```go\nif a < b {\n\tx()\n}\n```", "<pre><code class=\"language-go\">if a &lt; b {\n\tx()\n}</code></pre>"},
		{"fenced code without language", "```\nplain\n```", "<pre>plain</pre>"},
		{"indented code", "    a\n    b", "<pre>a\nb</pre>"},
		{"empty code", "```go\n```", ""},
		{"quote", "> a\n>\n> b", "<blockquote>a\n\nb</blockquote>"},
		{"quote in a quote", "> a\n> > b", "<blockquote>a\n\nb</blockquote>"},
		{"list", "- a\n- **b**", "• a\n• <b>b</b>"},
		{"list after text", "Text:\n- a\n- b", "Text:\n\n• a\n• b"},
		{"numbers", "3. a\n4. b", "3. a\n4. b"},
		{"list in a list", "- a\n  - b\n- c", "• a\n   • b\n• c"},
		{"loose list", "- a\n\n- b", "• a\n\n• b"},
		{"code in a list", "- a\n  ```go\n  x()\n  ```", "• a\n<pre><code class=\"language-go\">x()</code></pre>"},
		{"rule", "a\n\n---\n\nb", "a\n\n———\n\nb"},
		{"table", "| a | bb |\n|---|---|\n| `1<2` | c |", "<pre>a    bb\n1&lt;2  c</pre>"},
		{"html is text", "<b>x</b> <script>y</script>", "&lt;b&gt;x&lt;/b&gt; &lt;script&gt;y&lt;/script&gt;"},
		{"html block is text", "<div>\nx & y\n</div>", "&lt;div&gt;\nx &amp; y\n&lt;/div&gt;"},
		{"html comment is text", "<!-- x -->", "&lt;!-- x --&gt;"},
		{"zero byte and bad UTF-8", "a\x00b\xff", "a\uFFFDb\uFFFD"},
		{"long list of stars", strings.Repeat("*", 5), "———"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := HTML(test.markdown)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("HTML(%q) (-want +got):\n%s", test.markdown, diff)
			}
			if err := ValidHTML(got); err != nil {
				t.Errorf("HTML(%q) = %q, which Telegram would refuse: %v", test.markdown, got, err)
			}
		})
	}
}

func TestEscapedTextIsTextAgain(t *testing.T) {
	for _, s := range []string{"", `<a href="x">&amp;</a>`, "a && b", "'o\xff"} {
		escaped := Escape(s)
		if err := ValidHTML(escaped); err != nil {
			t.Errorf("Escape(%q) = %q: %v", s, escaped, err)
		}
		if got, want := visible(escaped), strings.ToValidUTF8(s, "\uFFFD"); got != want {
			t.Errorf("Escape(%q) reads %q, want %q", s, got, want)
		}
	}
}

func FuzzHTMLIsAlwaysValid(f *testing.F) {
	for _, s := range []string{
		"**a** `b` [c](https://d.e)", "> q\n> - x\n>   ```go\n>   y\n>   ```", "|a|\n|-|\n|`b|c`|",
		"<b>&amp;&#0;</b>", "1. a\n   > b\n\n![x](y)", "[a]: https://b\n[a]", "~~x **y~~ z**", "```a\"><b>\nc\n```",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := HTML(s); ValidHTML(got) != nil {
			t.Errorf("HTML(%q) = %q: %v", s, got, ValidHTML(got))
		}
	})
}
