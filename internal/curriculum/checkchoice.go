package curriculum

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The limits of the questionnaire, beside those of all content.
const (
	maxLabel   = 40  // UTF-16 units: what a button shows on a telephone
	maxReason  = 160 // UTF-16 units
	minAnswers = 3
	maxAnswers = 4
	mostPoints = 3
)

// choice proves the questionnaire: both languages are complete, every result can be reached, and
// each that can be reached has its reasons.
func (c *checker) choice(choice *Choice) {
	if choice == nil {
		return
	}
	if r := c.l.roadmap[choice.Roadmap]; r == nil {
		c.add(choicePath, "there is no roadmap %q", choice.Roadmap)
	} else if _, _, ok := r.Find(choice.Topic); !ok {
		c.add(choicePath, "the roadmap %s holds no topic %q", r.ID, choice.Topic)
	}
	known := map[string]bool{}
	for _, l := range choice.Languages {
		if !slices.Contains(variantLanguages, l.ID) || known[l.ID] {
			c.add(choicePath, "language %q: want each of %s once", l.ID, strings.Join(variantLanguages, ", "))
		}
		if c.l.roadmap[l.Roadmap] == nil {
			c.add(choicePath, "language %s: there is no roadmap %q", l.ID, l.Roadmap)
		}
		known[l.ID] = true
	}
	questions := map[string]bool{}
	for _, q := range choice.Questions {
		c.choiceQuestion(q, known)
		if questions[q.ID] {
			c.add(choicePath, "question %s stands here twice", q.ID)
		}
		questions[q.ID] = true
	}
	for _, lang := range Languages {
		w := writing{c, contentPath(".", "choice", lang), lang}
		w.line("title", choice.Text[lang].Title, maxTitle)
		w.line("intro", choice.Text[lang].Intro, maxPrompt)
		w.markdown("unknown", choice.Text[lang].Unknown)
	}
	c.choiceResults(choice)
}

func (c *checker) choiceQuestion(q *ChoiceQuestion, known map[string]bool) {
	c.id(choicePath, q.ID)
	if n := len(q.Options); n < minAnswers || n > maxAnswers {
		c.add(choicePath, "question %s: %d options, want %d to %d", q.ID, n, minAnswers, maxAnswers)
	}
	for _, lang := range Languages {
		w := writing{c, contentPath(".", "choice", lang), lang}
		w.line("question "+q.ID, q.Prompt[lang], maxPrompt)
	}
	seen := map[string]bool{}
	for _, o := range q.Options {
		at := fmt.Sprintf("question %s, option %s", q.ID, o.ID)
		c.id(choicePath, o.ID)
		if seen[o.ID] {
			c.add(choicePath, "%s stands here twice", at)
		}
		seen[o.ID] = true
		for _, id := range slices.Sorted(maps.Keys(o.Points)) {
			if p := o.Points[id]; !known[id] || p < 1 || p > mostPoints {
				c.add(choicePath, "%s: %d points for %q, want 1 to %d for a language above", at, p, id, mostPoints)
			}
		}
		for _, lang := range Languages {
			c.choiceOption(writing{c, contentPath(".", "choice", lang), lang}, at, o)
		}
	}
}

func (c *checker) choiceOption(w writing, at string, o *ChoiceOption) {
	text := o.Text[w.lang]
	w.line(at, text.Label, maxLabel)
	for _, id := range slices.Sorted(maps.Keys(o.Points)) {
		w.line(at+": reason for "+id, text.Reasons[id], maxReason)
	}
	for _, id := range slices.Sorted(maps.Keys(text.Reasons)) {
		if o.Points[id] == 0 {
			w.add(at, "a reason for %s, which gets no points here", id)
		}
	}
}

// choiceResults tries every way to answer.
func (c *checker) choiceResults(choice *Choice) {
	if len(choice.Languages) == 0 || len(choice.Questions) == 0 {
		c.add(choicePath, "no languages or no questions")
		return
	}
	reached := map[string]bool{}
	thin := ""
	choice.every(func(answers []int) {
		for _, v := range choice.Result(answers) {
			reached[v.ID] = true
			if len(v.For) < minReasons {
				thin = fmt.Sprintf("answers %v lead to %s for %d reasons, want at least %d", answers, v.ID, len(v.For), minReasons)
			}
		}
	})
	if thin != "" {
		c.add(choicePath, "%s", thin)
	}
	for _, l := range choice.Languages {
		if !reached[l.ID] {
			c.add(choicePath, "no answers lead to %s", l.ID)
		}
	}
}

// every calls f with each way to answer all questions.
func (c *Choice) every(f func(answers []int)) {
	answers := make([]int, len(c.Questions))
	var from func(q int)
	from = func(q int) {
		if q == len(answers) {
			f(answers)
			return
		}
		for i := range c.Questions[q].Options {
			answers[q] = i
			from(q + 1)
		}
	}
	from(0)
}
