package telegram

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestValidHTMLIsTelegramsOwnCheck(t *testing.T) {
	for _, good := range []string{
		"", "text", "&lt;&gt;&amp;&quot;&#39;&#x2F;",
		"<b>a <i>b</i></b>", "<strong>a</strong><em>b</em><ins>c</ins><strike>d</strike><del>e</del>",
		"<pre>a\nb</pre>", `<pre><code class="language-go">x</code></pre>`, "<code>x</code>",
		`<a href="https://go.dev">Go</a>`, "<tg-spoiler>s</tg-spoiler>", `<span class="tg-spoiler">s</span>`,
		"<blockquote>q <code>x</code></blockquote>", "<blockquote expandable>q</blockquote>",
		`<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>`, `<tg-time unix="1647531900" format="wDT">t</tg-time>`,
	} {
		if err := ValidHTML(good); err != nil {
			t.Errorf("ValidHTML(%q) = %v", good, err)
		}
	}
	for bad, why := range map[string]string{
		"a < b":                         `at byte 2: "<" must be written &lt;`,
		"a > b":                         `at byte 2: ">" must be written &gt;`,
		"a && b":                        `at byte 2: "&" must be written &amp;`,
		"&nbsp;":                        `at byte 0: "&" must be written &amp;`,
		"<p>a</p>":                      "at byte 0: <p> is no tag of Telegram's",
		"a<br>":                         "at byte 1: <br> is no tag of Telegram's",
		"<b>a":                          "<b> is not closed",
		"a</b>":                         "</b> closes nothing",
		"<b><i>a</b></i>":               "</b> closes <i>",
		"<a>x</a>":                      "at byte 0: <a> needs href",
		`<b class="x">a</b>`:            `at byte 0: <b> cannot have class="x"`,
		`<span class="x">a</span>`:      `at byte 0: <span> cannot have class="x"`,
		"<code><b>a</b></code>":         "<b> stands inside code",
		"<pre><i>a</i></pre>":           "<i> stands inside code",
		`<code class="language-x">a`:    `<code class="language-x"> must stand directly inside <pre>`,
		"<blockquote><blockquote>a":     "<blockquote> stands inside another one",
		"<b>a</b class=\"x\">":          "at byte 4: </b> has attributes",
		"\xff":                          "text is not valid UTF-8",
		"a\x00":                         "at byte 1: text holds a zero byte",
		`<a href="a" href="b">x</a>`:    `at byte 0: <a> cannot have href="b"`,
		"<pre><pre>b</pre></pre>":       "<pre> stands inside code",
		"<code><code>b</code></code>":   "<code> stands inside code",
		"<pre><code><code>b</code>":     "<code> stands inside code",
		"<B>upper case</B>":             `at byte 0: "<" must be written &lt;`,
		"<blockquote expandable=\"1\">": `at byte 0: <blockquote> cannot have expandable="1"`,
	} {
		got := ""
		if err := ValidHTML(bad); err != nil {
			got = err.Error()
		}
		if got != why {
			t.Errorf("ValidHTML(%q) = %q, want %q", bad, got, why)
		}
	}
}

func TestLengthCountsWhatIsSeenInUTF16Units(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "oʻ": 2, "😀": 2, "<b>a</b>": 1, "&lt;&amp;": 2, "&#128512;": 2, "a < b": 5,
		`<a href="https://go.dev">Go</a>`: 2,
	} {
		if got := Length(s); got != want {
			t.Errorf("Length(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestSplitCutsWhereAReaderWould(t *testing.T) {
	tests := []struct {
		name  string
		text  string
		limit int
		want  []string
	}{
		{"nothing", "", 10, nil},
		{"only white space", "<b> \n</b>", 10, nil},
		{"short", "<b>abc</b>\n", 10, []string{"<b>abc</b>\n"}},
		{"exactly full", "0123456789", 10, []string{"0123456789"}},
		{"paragraph before line", "aa\nbb\n\ncc\ndd", 9, []string{"aa\nbb", "cc\ndd"}},
		{"line before word", "a b\nc d e", 8, []string{"a b", "c d e"}},
		{"word", "abc def ghi", 8, []string{"abc def", "ghi"}},
		{"one long word", "abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"wide signs", "😀😀😀", 4, []string{"😀😀", "😀"}},
		{"entities stay whole", "&lt;&lt;&lt;", 2, []string{"&lt;&lt;", "&lt;"}},
		{"tags are closed and opened again", "<b>abc <i>def ghi</i></b>", 8, []string{"<b>abc <i>def</i></b>", "<b><i>ghi</i></b>"}},
		{"link again", `<a href="https://a.uz">abc def</a>`, 4, []string{`<a href="https://a.uz">abc</a>`, `<a href="https://a.uz">def</a>`}},
		{"no empty tag at a cut", "abc\n\n<b>def</b>", 5, []string{"abc", "<b>def</b>"}},
		{"code stays whole", "ab\ncd <pre>1\n2\n3</pre>\nef", 8, []string{"ab\ncd", "<pre>1\n2\n3</pre>\nef"}},
		{"code alone too long", "a\n<pre><code class=\"language-go\">12\n  34\n56</code></pre>", 7, []string{
			"a", `<pre><code class="language-go">12` + "\n  34</code></pre>", `<pre><code class="language-go">56</code></pre>`,
		}},
		{"quote goes as one", "abc def <blockquote>ghi jkl</blockquote>", 12, []string{"abc def", "<blockquote>ghi jkl</blockquote>"}},
		{"not HTML at all", "a < b c", 5, []string{"a &lt; b", "c"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Split(test.text, test.limit)); diff != "" {
				t.Errorf("Split(%q, %d) (-want +got):\n%s", test.text, test.limit, diff)
			}
		})
	}
}

func TestALongLessonIsCutBetweenItsBlocks(t *testing.T) {
	block := "<pre>" + strings.Repeat("line of code\n", 100) + "</pre>"
	lesson := strings.Join([]string{strings.Repeat("word ", 700), block, strings.Repeat("more ", 500), block, block, block}, "\n\n")
	parts := Split(lesson, MaxText)
	for i, part := range parts {
		if opened, closed := strings.Count(part, "<pre>line"), strings.Count(part, "code\n</pre>"); opened != closed {
			t.Errorf("part %d cuts a block of code that would fit into one message", i)
		}
	}
	if len(parts) != 3 {
		t.Errorf("got %d parts, want 3", len(parts))
	}
}

func FuzzSplitLosesNothing(f *testing.F) {
	f.Add("**a** b\n\n```go\nx\n\ny\n```\n> c", 4)
	f.Add("- a\n- b\n\n| a | b |\n|---|---|\n| c | d |", 7)
	f.Add("😀😀 &amp; <b>", 2)
	f.Add("`a b` [c d e](https://f.uz) *g **h i***", 3)
	f.Fuzz(func(t *testing.T, markdown string, limit int) {
		limit = 2 + max(limit, -limit, 0)%5000
		text := HTML(markdown)
		var seen strings.Builder
		for _, part := range Split(text, limit) {
			if err := ValidHTML(part); err != nil {
				t.Errorf("part %q: %v", part, err)
			}
			if n := Length(part); n > limit {
				t.Errorf("part %q has %d units, limit %d", part, n, limit)
			}
			seen.WriteString(visible(part))
		}
		if got, want := inked(seen.String()), inked(visible(text)); got != want {
			t.Errorf("Split(%q, %d) shows %q, want %q", text, limit, got, want)
		}
	})
}

// inked is what remains of a text without white space.
func inked(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
