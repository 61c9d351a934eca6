package curriculum

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// How much a word weighs by where it stands.
const (
	titleWeight  = 12
	whyWeight    = 3
	lessonWeight = 1
)

// How much of its weight a word keeps by how it fits what was asked for.
const (
	exactFit  = 1.0
	prefixFit = 0.6 // "index" finds "indexes": Uzbek words end in many ways, too
	typoFit   = 0.4
)

// How many letters a word has in which one may be wrong: in a title, and
// anywhere; and one that may be only a beginning.
const (
	minTitleTypo = 3
	minTypo      = 4
	minPrefix    = 3
)

// Index finds topics by their words, in all languages at once. It does not
// change after NewIndex and may be used by several goroutines.
type Index struct {
	topics []*Topic // in the order of the roadmaps
	words  []string // all words, sorted
	places [][]place
	length [maxLength + 1][]int // words by their number of bytes, as indexes
	titles []title
}

// title is a title, or a word of one, to compare with.
type title struct {
	topic *Topic
	pairs map[[2]rune]bool
}

// What is looked at of a query: so many words, each of so many bytes at most.
const (
	maxAsked  = 8
	maxLength = 32
)

// place is a topic in which a word stands, and the weight that it has there.
type place struct{ topic, weight int }

// NewIndex reads all topics of the library that stand on a roadmap.
func NewIndex(library *Library) *Index {
	ix := &Index{}
	seen := map[string]bool{}
	for _, roadmap := range library.Roadmaps() {
		for _, topic := range roadmap.Topics() {
			if !seen[topic.ID] {
				seen[topic.ID] = true
				ix.topics = append(ix.topics, topic)
			}
		}
	}
	found := map[string]map[int]int{} // word → topic → weight
	for i, topic := range ix.topics {
		add := func(text string, weight int) {
			for _, word := range searchWords(text) {
				if found[word] == nil {
					found[word] = map[int]int{}
				}
				found[word][i] = max(found[word][i], weight)
			}
		}
		add(strings.ReplaceAll(topic.ID, "-", " "), titleWeight)
		for _, lang := range Languages {
			text := topic.Text[lang]
			add(text.Title, titleWeight)
			words := searchWords(text.Title)
			for _, word := range append(words, strings.Join(words, " ")) {
				ix.titles = append(ix.titles, title{topic, pairs(word)})
			}
			add(text.Why, whyWeight)
			add(text.Lesson, lessonWeight)
		}
	}
	for word := range found {
		ix.words = append(ix.words, word)
	}
	slices.Sort(ix.words)
	for i, word := range ix.words {
		var places []place
		for topic, weight := range found[word] {
			places = append(places, place{topic, weight})
		}
		ix.places = append(ix.places, places)
		if len(word) <= maxLength {
			ix.length[len(word)] = append(ix.length[len(word)], i)
		}
	}
	return ix
}

// Find is the topics in which all words of the query stand, the best first; if
// there are none, those in which some of them do. Apostrophes and case do not
// matter, a word may be a beginning, and one letter may be wrong, missing, too
// much, or swapped with its neighbour; of a word of three only if it is one of a
// title.
func (ix *Index) Find(query string, limit int) []*Topic {
	words := askedWords(query)
	type score struct {
		topic, words int
		points       float64
	}
	scores := make([]score, len(ix.topics))
	best := make([]float64, len(ix.topics)) // of one word
	most := 0
	for _, word := range words {
		clear(best)
		ix.fits(word, func(p place, fit float64) { best[p.topic] = max(best[p.topic], fit*float64(p.weight)) })
		for i, points := range best {
			if points > 0 {
				scores[i].topic, scores[i].words, scores[i].points = i, scores[i].words+1, scores[i].points+points
				most = max(most, scores[i].words)
			}
		}
	}
	if most == 0 {
		return nil
	}
	scores = slices.DeleteFunc(scores, func(s score) bool { return s.words < most })
	slices.SortFunc(scores, func(a, b score) int { return cmp.Or(cmp.Compare(b.points, a.points), a.topic-b.topic) })
	var found []*Topic
	for _, s := range scores[:min(len(scores), limit)] {
		found = append(found, ix.topics[s.topic])
	}
	return found
}

// fits calls do for each place of the words that fit, with how well they do. A
// word with a wrong letter is looked for only if none is written so.
func (ix *Index) fits(word string, do func(p place, fit float64)) {
	i, hit := slices.BinarySearch(ix.words, word)
	if hit {
		each(ix.places[i], exactFit, do)
		i++
	}
	for ; len(word) >= minPrefix && i < len(ix.words) && strings.HasPrefix(ix.words[i], word); i++ {
		each(ix.places[i], prefixFit, do)
		hit = true
	}
	if letters := len([]rune(word)); !hit && letters >= minTitleTypo {
		ix.nearly(word, letters < minTypo, do)
	}
}

// nearly does what fits does for the words that have one letter wrong; where
// only titles count, for words of three letters or more.
func (ix *Index) nearly(word string, titles bool, do func(p place, fit float64)) {
	n := len(word)
	for length := max(n-2, minTitleTypo); length <= min(n+2, maxLength); length++ { // a letter may have two bytes
		for _, i := range ix.length[length] {
			switch {
			case !oneTypo(word, ix.words[i]):
			case !titles:
				each(ix.places[i], typoFit, do)
			case len([]rune(ix.words[i])) >= minTitleTypo:
				each(inTitles(ix.places[i]), typoFit, do)
			}
		}
	}
}

func each(places []place, fit float64, do func(p place, fit float64)) {
	for _, p := range places {
		do(p, fit)
	}
}

// inTitles are the places that weigh as much as a title.
func inTitles(places []place) (titles []place) {
	for _, p := range places {
		if p.weight == titleWeight {
			titles = append(titles, p)
		}
	}
	return titles
}

// leastAlike is what two texts have at least in common to be called near.
const leastAlike = 0.45

// Nearest is the topic whose title looks most like the query, nil if none does.
func (ix *Index) Nearest(query string) *Topic {
	asked := pairs(strings.Join(askedWords(query), " "))
	var nearest *Topic
	best := leastAlike
	for _, t := range ix.titles {
		if like := alike(asked, t.pairs); like > best {
			nearest, best = t.topic, like
		}
	}
	return nearest
}

// pairs are the letters of a text, two by two.
func pairs(text string) map[[2]rune]bool {
	set := map[[2]rune]bool{}
	last := ' '
	for _, r := range text + " " {
		if r != ' ' || last != ' ' {
			set[[2]rune{last, r}] = true
		}
		last = r
	}
	return set
}

// alike is the share of pairs that two texts have in common (Dice).
func alike(a, b map[[2]rune]bool) float64 {
	common := 0
	for pair := range a {
		if b[pair] {
			common++
		}
	}
	return 2 * float64(common) / float64(max(len(a)+len(b), 1))
}

// oneTypo says whether a and b differ by one letter that is wrong, missing or
// too much, or by two neighbours that are swapped (Damerau). Equal ones do, too.
func oneTypo(a, b string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a)+len(b) > 8 { // two letters of at most four bytes
		return false
	}
	left, right := []rune(a), []rune(b)
	if len(left) == 2 && len(right) == 2 {
		return left[0] == right[1] && left[1] == right[0]
	}
	return len(left) <= 1 && len(right) <= 1
}

// askedWords are the words of a query.
func askedWords(query string) []string {
	words := slices.DeleteFunc(searchWords(query), func(word string) bool { return len(word) > maxLength })
	return words[:min(len(words), maxAsked)]
}

// searchWords are the words of a text, made comparable: small letters without
// apostrophes. Signs that belong to names, as in C++ and C#, stay.
func searchWords(text string) []string {
	return strings.FieldsFunc(strings.Map(func(r rune) rune {
		switch {
		case isApostrophe(r):
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '+' || r == '#':
			return unicode.ToLower(r)
		}
		return ' '
	}, text), func(r rune) bool { return r == ' ' })
}
