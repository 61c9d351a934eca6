package curriculum

import (
	"fmt"
	"go/format"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// writing checks the texts of one file in one language.
type writing struct {
	c    *checker
	file string
	lang string
}

func (w writing) add(at, format string, args ...any) {
	w.c.add(w.file, "%s: "+format, append([]any{at}, args...)...)
}

// line checks a text of one line.
func (w writing) line(at, s string, limit int) {
	if strings.Contains(s, "\n") {
		w.add(at, "more than one line")
	}
	w.plain(at, s, limit)
}

// plain checks a text of at most limit UTF-16 units.
func (w writing) plain(at, s string, limit int) {
	if s == "" {
		w.add(at, "missing")
	}
	if n := units(s); n > limit {
		w.add(at, "%d characters, want at most %d", n, limit)
	}
	w.spelling(at, s)
	if markedForm.MatchString(s) {
		w.add(at, "holds Markdown, which is not rendered here")
	}
}

func (w writing) spelling(at, s string) {
	for _, why := range misspelt(s, w.lang) {
		w.add(at, "%s", why)
	}
}

var (
	markedForm  = regexp.MustCompile("\\*\\*.+\\*\\*|`.+`|\\]\\(http")
	headingForm = regexp.MustCompile(`(?m)^ {0,3}#{1,6}\s`)
	tableForm   = regexp.MustCompile(`(?m)^ {0,3}\|`)
	quoteForm   = regexp.MustCompile(`(?m)^ {0,3}>`)
	htmlForm    = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
)

// markdown checks a text that is rendered: paragraphs, lists, emphasis, links and code only.
func (w writing) markdown(at, s string) {
	if s == "" {
		w.add(at, "missing")
		return
	}
	if err := w.c.render(s); err != nil {
		w.add(at, "cannot be shown: %v", err)
	}
	if strings.Count(s, "```")%2 != 0 {
		w.add(at, "a block of code is not closed")
	}
	words := withoutCode(s)
	for what, form := range map[string]*regexp.Regexp{
		"a heading": headingForm, "a table": tableForm, "HTML": htmlForm,
		"a quote": quoteForm, // the bot shows hints in a quote, and quotes cannot be nested
	} {
		if form.MatchString(words) {
			w.add(at, "holds %s", what)
		}
	}
	if strings.Count(words, "**")%2 != 0 || strings.Contains(words, "`") {
		w.add(at, "** or ` is not closed")
	}
	w.spelling(at, s)
}

// lesson checks what a written topic must have in each language.
func (w writing) lesson(text TopicText) {
	w.markdown("lesson", text.Lesson)
	if n := countWords(text.Lesson); n < minWords || n > maxWords {
		w.add("lesson", "%d words, want %d to %d", n, minWords, maxWords)
	}
	w.markdown("task", text.Task)
	w.markdown("hint", text.Hint)
}

// lazyOptions need no knowledge to answer, and placeForm points at an option by its place, which
// is another one for each reader.
var (
	lazyOptions = regexp.MustCompile(`(?i)\b(all|none|both|any) of the above\b|^(all|none|both|any) of (these|them)\b|yuqoridagilar|hammasi toʻgʻri|barchasi toʻgʻri`)
	placeForm   = regexp.MustCompile(`(?i)\b(option|answer|variant|javob) [A-E1-5]\b|\b(first|second|third|fourth|last) (option|answer)\b|\b(birinchi|ikkinchi|uchinchi|toʻrtinchi|oxirgi) (variant|javob)\b|\b[A-E1-5]-(variant|javob)\b`)
)

func (w writing) question(at string, text QuestionText) {
	w.plain(at+": prompt", text.Prompt, maxPrompt)
	w.plain(at+": explanation", text.Explanation, maxExplanation)
	if n := strings.Count(text.Explanation, "\n"); n > maxExplanationLF {
		w.add(at+": explanation", "%d line breaks, want at most %d", n, maxExplanationLF)
	}
	if n := len(text.Options); n < minOptions || n > maxOptions {
		w.add(at, "%d options, want %d to %d", n, minOptions, maxOptions)
	}
	seen := map[string]bool{}
	for i, option := range text.Options {
		w.option(fmt.Sprintf("%s: option %d", at, i+1), option)
		if seen[option] {
			w.add(at, "option %q stands here twice", option)
		}
		seen[option] = true
		if lazyOptions.MatchString(option) {
			w.add(at, "option %q refers to the others", option)
		}
	}
	if uneven(text.Options) {
		w.add(at, "the options differ too much in length")
	}
	for _, s := range append([]string{text.Prompt, text.Explanation}, text.Options...) {
		if placeForm.MatchString(s) {
			w.add(at, "%q points at the place of an option, but options are shuffled", s)
		}
	}
}

// project checks what a stage ends with; first is the same in the first language.
func (w writing) project(at string, p, first *Project) {
	switch {
	case p == nil && first == nil:
		return
	case p == nil || first == nil:
		w.add(at, "stands in one language only")
		return
	}
	w.line(at+": title", p.Title, maxTitle)
	w.markdown(at+": task", p.Task)
	if n := len(p.Checklist); n < minPoints || n > maxPoints || n != len(first.Checklist) {
		w.add(at, "%d points in the checklist, want %d to %d, as many in every language", n, minPoints, maxPoints)
	}
	for i, point := range p.Checklist {
		w.line(fmt.Sprintf("%s: point %d", at, i+1), point, maxPrompt)
	}
}

// option checks one option, which may be code as it is written, backquotes included.
func (w writing) option(at, s string) {
	if n := units(s); n < 1 || n > maxOption || strings.Contains(s, "\n") {
		w.add(at, "%d characters, want 1 to %d on one line", n, maxOption)
	}
	w.spelling(at, s)
}

// uneven reports whether the length of an option alone would give it away: three times the
// shortest one and 40 characters more.
func uneven(options []string) bool {
	if len(options) == 0 {
		return false
	}
	var lengths []int
	for _, o := range options {
		lengths = append(lengths, units(o))
	}
	return slices.Max(lengths) > 3*slices.Min(lengths)+40
}

// variantLanguages are those that a learner may choose.
var variantLanguages = []string{"javascript", "python", "java", "php", "go", "ruby"}

func (c *checker) code(file string, t *Topic) {
	seen := map[string]bool{}
	if t.Code != nil {
		c.piece(file, "code", t.Code)
		seen[language(t.Code.Lang)] = true
	} else if len(t.Variants) > 0 {
		c.add(file, "variants: there is no code of which they could be variants")
	}
	for _, v := range t.Variants {
		at := "variant " + v.Lang
		c.piece(file, at, v)
		if !slices.Contains(variantLanguages, v.Lang) {
			c.add(file, "%s: want one of %s", at, strings.Join(variantLanguages, ", "))
		}
		if seen[v.Lang] {
			c.add(file, "%s: there is code in this language already", at)
		}
		seen[v.Lang] = true
	}
}

// piece checks one piece of code.
func (c *checker) piece(file, at string, code *Code) {
	if n := strings.Count(code.Text, "\n") + 1; n > maxCodeLines {
		c.add(file, "%s: %d lines, want at most %d", at, n, maxCodeLines)
	}
	if code.Text == "" {
		c.add(file, "%s: empty", at)
	}
	if why := misformed(code.Lang, code.Text); why != "" {
		c.add(file, "%s: %s", at, why)
	}
}

// misformed says why a code is not as its language writes it. Only Go is judged here: a whole file
// or a piece of one must be as gofmt leaves it.
func misformed(lang, code string) string {
	if lang != "go" || code == "" {
		return ""
	}
	formatted, err := format.Source([]byte(code))
	if err != nil {
		return fmt.Sprintf("does not parse: %v", err)
	}
	if strings.TrimRight(string(formatted), "\n") != strings.TrimRight(code, "\n") {
		return "is not as gofmt writes it"
	}
	return ""
}

// shorteners hide where a link goes, and die.
var shorteners = []string{"bit.ly", "goo.gl", "t.co", "tinyurl.com", "is.gd", "ow.ly", "clck.ru", "cutt.ly", "rb.gy", "shorturl.at", "buff.ly"}

func (c *checker) links(file string, t *Topic) {
	if len(t.Links) > maxLinks {
		c.add(file, "links: %d, want at most %d", len(t.Links), maxLinks)
	}
	seen := map[string]bool{}
	for _, link := range t.Links {
		if link.Title == "" || units(link.Title) > maxOption {
			c.add(file, "links: the title %q: want 1 to %d characters", link.Title, maxOption)
		}
		u, err := url.Parse(link.URL)
		switch {
		case err != nil || u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") || strings.ContainsFunc(link.URL, unicode.IsSpace):
			c.add(file, "links: %q is not a plain https address", link.URL)
		case slices.Contains(shorteners, strings.TrimPrefix(u.Hostname(), "www.")):
			c.add(file, "links: %q is a shortener", link.URL)
		case seen[link.URL]:
			c.add(file, "links: %q stands here twice", link.URL)
		}
		seen[link.URL] = true
	}
}

// units counts as Telegram does.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

var (
	fenceForm   = regexp.MustCompile("(?s)```.*?(```|$)")
	spanForm    = regexp.MustCompile("``[^`]+(?:`[^`]+)*``|`[^`]+`")
	addressForm = regexp.MustCompile(`https?://\S+`)
)

// withoutCode is a text without its code and addresses, whose spelling is not ours. A letter that
// follows code (as Uzbek endings do) then follows a neutral sign.
func withoutCode(s string) string {
	for _, form := range []*regexp.Regexp{fenceForm, spanForm, addressForm} {
		s = form.ReplaceAllString(s, "§")
	}
	return s
}

// countWords counts the words of a lesson outside of its blocks of code.
func countWords(s string) int {
	n := 0
	for _, field := range strings.Fields(fenceForm.ReplaceAllString(s, " ")) {
		if strings.ContainsFunc(field, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// Fold makes texts comparable that people would read as one: of the signs that are kept the small
// letters, and no apostrophes.
func Fold(s string, keep ...func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if isApostrophe(r) || !slices.ContainsFunc(keep, func(is func(rune) bool) bool { return is(r) }) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
