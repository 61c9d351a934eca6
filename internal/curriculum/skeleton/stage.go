package skeleton

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"

	"yolchi/internal/curriculum"
)

// aim makes a paragraph the goal of the stage, as far as there is room.
func (s *stage) aim(text, raw string) {
	if s.weeks == nil {
		s.weeks, s.lasts = duration(text)
	}
	longer := strings.TrimSpace(s.goal + " " + text)
	whole := units(longer) <= maxGoal
	switch {
	case whole:
		s.goal = longer
	case s.goal == "":
		s.goal = short(sentences(text, maxGoal), maxGoal)
	}
	if !whole || lossyForm.MatchString(raw) {
		s.notes = append(s.notes, raw)
	}
}

// lossyForm finds what plain text may leave out.
var lossyForm = regexp.MustCompile(`[<\\\[]|://|&#?[0-9a-zA-Z]+;`)

// sentences are the first ones of a text that are no longer than limit together, or all of it.
func sentences(text string, limit int) string {
	end := 0
	for i, r := range text {
		if strings.ContainsRune(".!?", r) && strings.HasPrefix(text[i+1:], " ") && units(text[:i+1]) <= limit {
			end = i + 1
		}
	}
	if end == 0 {
		return text
	}
	return text[:end]
}

// keep notes a text for the author of the topic.
func (t *topic) keep(raw string, all []curriculum.Link) {
	t.notes = append(t.notes, raw)
	for _, l := range all {
		t.link(l)
	}
}

// link gives the topic a link if it has room, and says whether it has it now.
func (t *topic) link(l curriculum.Link) bool {
	if slices.ContainsFunc(t.links, func(have curriculum.Link) bool { return have.URL == l.URL }) {
		return slices.Contains(t.links, l)
	}
	if len(t.links) == maxLinks {
		return false
	}
	t.links = append(t.links, l)
	return true
}

// add adds a topic; raw is what its title was taken from, and text the same without markup.
func (s *stage) add(title, raw, text string, all []curriculum.Link) *topic {
	title = strings.TrimRight(title, " .;,:")
	if title == "" {
		title = text
	}
	t := &topic{title: short(title, maxTitle)}
	if strings.Trim(raw, " #*_\t\n.;,:") != t.title {
		t.notes = append(t.notes, raw)
	}
	for _, l := range all {
		t.link(l)
	}
	s.topics = append(s.topics, t)
	return t
}

// named is the name at the beginning of a bullet: what is bold, or stands before a colon or a dash,
// or else all of its first paragraph.
func named(first ast.Node, source []byte) string {
	text := taskForm.ReplaceAllString(plain(first, source), "")
	if e, ok := first.FirstChild().(*ast.Emphasis); ok && e.Level == 2 {
		name := plain(e, source)
		rest := strings.TrimSpace(strings.TrimPrefix(text, name))
		if strings.HasSuffix(name, ":") || rest == "" || strings.ContainsAny(rest[:1], ":-.,;") || strings.HasPrefix(rest, "—") || strings.HasPrefix(rest, "–") {
			return name
		}
	}
	if at := colonForm.FindStringIndex(text); at != nil && at[0] > 1 && utf8.RuneCountInString(text[:at[0]]) <= maxTitle {
		return text[:at[0]]
	}
	return text
}

var (
	taskForm  = regexp.MustCompile(`^\[[ xX]\]\s+`)
	colonForm = regexp.MustCompile(`:(?:\s|$)|\s[—–-]\s`)
)

// give gives a link to the topic that it speaks of; where no topic has room it stays a note.
func (s *stage) give(l found) {
	var best *topic
	most := -1
	for _, t := range s.topics {
		if len(t.links) < maxLinks && alike(t.title, l.Title+" "+l.URL) > most {
			best, most = t, alike(t.title, l.Title+" "+l.URL)
		}
	}
	if best == nil || !best.link(l.Link) {
		s.notes = append(s.notes, "- ["+l.Title+"]("+l.URL+")")
		best = nil
	}
	switch {
	case l.raw == "":
	case best != nil:
		best.notes = append(best.notes, l.raw)
	default:
		s.notes = append(s.notes, "- "+l.raw)
	}
}

// alike counts the words of a title that stand in a text.
func alike(title, text string) (n int) {
	have := map[string]bool{}
	letters := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), letters) {
		have[w] = true
	}
	for w := range strings.FieldsFuncSeq(strings.ToLower(title), letters) {
		if utf8.RuneCountInString(w) > 2 && have[w] {
			n++
		}
	}
	return n
}
