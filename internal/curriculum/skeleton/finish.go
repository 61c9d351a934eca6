package skeleton

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// finish gives every stage a topic at least, and the links of a stage to its topics.
func (r *reader) finish() {
	r.flush()
	if len(r.out.stages) == 0 {
		r.begin(r.out.title, r.out.title, nil)
	}
	for _, s := range r.out.stages {
		if len(s.topics) == 0 {
			s.add(s.title, s.title, s.title, nil)
		}
		for _, l := range s.links {
			s.give(l)
		}
	}
}

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
