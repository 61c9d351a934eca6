package curriculum

import "slices"

// How the right answers of many questions may be spread, in percent. With four options chance
// gives 25; the bounds leave room for chance, but none for a habit that a learner could use.
const (
	enough           = 40 // questions, below which chance says nothing
	minPlace         = 15 // of each of the first three places
	maxPlace         = 45
	maxLongest       = 40 // of right answers that are longer than all others
	maxTopicsLongest = 80 // the same inside one topic
)

// balance proves that neither its place nor its length betrays the right answer: in no topic, in
// no roadmap, in no language.
func (c *checker) balance() {
	for _, lang := range Languages {
		for _, r := range c.l.roadmaps {
			var all []*Question
			for _, t := range r.Topics() {
				all = append(all, t.Questions...)
			}
			if n := share(all, lang, longest); len(all) >= enough && n > maxLongest {
				c.add(contentPath(roadmapDir, r.ID, lang), "in %d%% of the questions the right answer is the longest, want at most %d%%", n, maxLongest)
			}
		}
		for _, t := range c.l.topics {
			if n := share(t.Questions, lang, longest); len(t.Questions) >= minQuestions && n > maxTopicsLongest {
				c.add(topicPath(t.ID, lang), "in %d%% of the questions the right answer is the longest", n)
			}
		}
	}
	for _, r := range c.l.roadmaps {
		c.places(r)
	}
}

func (c *checker) places(r *Roadmap) {
	var all []*Question
	for _, t := range r.Topics() {
		all = append(all, t.Questions...)
	}
	if len(all) < enough {
		return
	}
	for place := range minOptions {
		n := share(all, Languages[0], func(q *Question, _ string) bool { return q.Right[0] == place })
		if n < minPlace || n > maxPlace {
			c.add(contentPath(roadmapDir, r.ID, ""), "%d%% of the right answers stand in place %d, want %d%% to %d%%", n, place+1, minPlace, maxPlace)
		}
	}
}

// share is the percentage of questions with one right answer of which is holds.
func share(questions []*Question, lang string, is func(*Question, string) bool) int {
	n, all := 0, 0
	for _, q := range questions {
		if len(q.Right) != 1 || q.Right[0] < 0 || q.Right[0] >= len(q.Text[lang].Options) {
			continue
		}
		all++
		if is(q, lang) {
			n++
		}
	}
	return n * 100 / max(all, 1)
}

// longest reports whether the right answer is longer than every other.
func longest(q *Question, lang string) bool {
	options := slices.Clone(q.Text[lang].Options)
	right := units(options[q.Right[0]])
	options = slices.Delete(options, q.Right[0], q.Right[0]+1)
	return !slices.ContainsFunc(options, func(o string) bool { return units(o) >= right })
}
