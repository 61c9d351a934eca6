package curriculum

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The limits of content, in UTF-16 units as Telegram counts them unless said otherwise. Those of
// questions are Telegram's own (Bot API, sendPoll).
const (
	maxTitle           = 60
	maxPrompt          = 300
	maxOption          = 100
	maxExplanation     = 200
	maxExplanationLF   = 2    // line feeds
	maxQuestionCode    = 1000 // shown in the poll's description of at most 1024
	maxCodeLines       = 25
	maxID              = 32 // bytes: two ids and a verb fit into the 64 of a button or a deep link
	minWords, maxWords = 120, 220
	minMinutes         = 10
	maxMinutes         = 120
	minQuestions       = 5
	minOptions         = 3
	maxOptions         = 5
	maxLinks           = 3
	minPoints          = 4
	maxPoints          = 6
)

// Problem is one broken rule.
type Problem struct {
	File string // inside the tree of content, or below the directory that was added to it
	Line int    // from 1
	Text string // where in the file, and what is wrong
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Error implements error.
func (p Problem) Error() string { return p.String() }

// Report is what [Check] found.
type Report struct {
	Problems []Problem
	Progress []Progress // one for each roadmap
	NewIDs   []string   // the lines that ids.txt still lacks; a problem, too
}

// Progress counts the topics of a roadmap.
type Progress struct {
	Roadmap            string
	Written, Unwritten int
}

// idForm is what a roadmap, stage, topic or question may be called.
var idForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Check proves every rule of the content that needs no tool but this program. Render says why a
// Markdown text cannot be shown.
func Check(l *Library, render func(markdown string) error) Report {
	c := &checker{l: l, render: render}
	for _, r := range l.roadmaps {
		c.roadmap(r)
	}
	homes := l.homes()
	for _, t := range l.topics {
		c.topic(t)
		if len(homes[t.ID]) == 0 {
			c.add(topicPath(t.ID, ""), "no roadmap holds this topic")
		}
	}
	c.choice(l.choice)
	c.prerequisites()
	c.alike()
	c.balance()
	c.ledger()
	c.retired()
	c.report.Problems = l.placed(c.report.Problems)
	return c.report
}

type checker struct {
	l      *Library
	render func(string) error
	report Report
}

func (c *checker) add(file, format string, args ...any) {
	c.report.Problems = append(c.report.Problems, Problem{File: file, Text: fmt.Sprintf(format, args...)})
}

func topicPath(id, lang string) string { return contentPath(topicDir, id, lang) }

// contentPath names the file of an id in one language, or the neutral one if lang is empty.
func contentPath(dir, id, lang string) string {
	if lang != "" {
		id += "." + lang
	}
	return path.Join(dir, id+".yaml")
}

// homes says which roadmaps hold a topic.
func (l *Library) homes() map[string][]string {
	homes := map[string][]string{}
	for _, r := range l.roadmaps {
		for _, t := range r.Topics() {
			homes[t.ID] = append(homes[t.ID], r.ID)
		}
	}
	return homes
}

// languageNames say in which language a missing file is to be written.
var languageNames = map[string]string{"en": "English", "uz": "Uzbek"}

// absent says that the file of a language is not there.
func (w writing) absent(what string) {
	w.c.add(w.file, "missing: please add this file with the %s in %s; everything is there in both languages", what, languageNames[w.lang])
}

func (c *checker) id(file, id string) {
	if !idForm.MatchString(id) || len(id) > maxID {
		c.add(file, "id %q: want lower-case words joined by hyphens, at most %d bytes", id, maxID)
	}
}

func (c *checker) roadmap(r *Roadmap) {
	file := contentPath(roadmapDir, r.ID, "")
	c.id(file, r.ID)
	for i, lang := range r.CodeLanguages {
		if !slices.Contains(variantLanguages, lang) || slices.Contains(r.CodeLanguages[:i], lang) {
			c.add(file, "code_languages: %q: want each of %s at most once", lang, strings.Join(variantLanguages, ", "))
		}
	}
	progress := Progress{Roadmap: r.ID}
	stages, topics := map[string]bool{}, map[string]bool{}
	for _, s := range r.Stages {
		c.id(file, s.ID)
		if stages[s.ID] {
			c.add(file, "stage %s stands here twice", s.ID)
		}
		stages[s.ID] = true
		if s.Weeks != nil && (s.Weeks.Min < 1 || s.Weeks.Max < s.Weeks.Min) {
			c.add(file, "stage %s: weeks from %d to %d", s.ID, s.Weeks.Min, s.Weeks.Max)
		}
		if len(s.Topics) == 0 {
			c.add(file, "stage %s has no topics", s.ID)
		}
		for _, t := range s.Topics {
			if topics[t.ID] {
				c.add(file, "topic %s stands here twice", t.ID)
			}
			topics[t.ID] = true
			if t.Written() {
				progress.Written++
			} else {
				progress.Unwritten++
			}
		}
	}
	c.report.Progress = append(c.report.Progress, progress)
	for _, lang := range Languages {
		c.roadmapText(r, lang)
	}
}

func (c *checker) roadmapText(r *Roadmap, lang string) {
	w := writing{c, contentPath(roadmapDir, r.ID, lang), lang}
	text, ok := r.Text[lang]
	if !ok {
		w.absent("roadmap")
		return
	}
	w.line("title", text.Title, maxTitle)
	w.markdown("intro", text.Intro)
	w.markdown("outro", text.Outro)
	for _, s := range r.Stages {
		w.line("stage "+s.ID+": title", s.Text[lang].Title, maxTitle)
		w.line("stage "+s.ID+": goal", s.Text[lang].Goal, maxPrompt)
		w.project("stage "+s.ID+": project", s.Text[lang].Project, s.Text[Languages[0]].Project)
	}
}

func (c *checker) topic(t *Topic) {
	file := topicPath(t.ID, "")
	c.id(file, t.ID)
	c.links(file, t)
	for _, lang := range Languages {
		w := writing{c, topicPath(t.ID, lang), lang}
		text, ok := t.Text[lang]
		if !ok {
			w.absent("topic")
			continue
		}
		w.line("title", text.Title, maxTitle)
		if n := len(text.LinkNotes); n != len(t.Text[Languages[0]].LinkNotes) || n > 0 && n != len(t.Links) {
			c.add(w.file, "links: %d notes; want one for each of %d links, in every language", n, len(t.Links))
		}
		for i, note := range text.LinkNotes {
			w.line(fmt.Sprintf("links: note %d", i+1), note, maxPrompt)
		}
		if t.begun() || text.Why != "" {
			w.line("why", text.Why, maxPrompt)
		}
		if t.begun() {
			w.lesson(text)
		}
	}
	if !t.begun() {
		return
	}
	if t.Minutes < minMinutes || t.Minutes > maxMinutes {
		c.add(file, "minutes: %d, want %d to %d", t.Minutes, minMinutes, maxMinutes)
	}
	if len(t.Links) == 0 {
		c.add(file, "links: none, want 1 to %d", maxLinks)
	}
	c.code(file, t)
	c.questions(file, t)
}

func (c *checker) questions(file string, t *Topic) {
	if len(t.Questions) < minQuestions {
		c.add(file, "questions: %d, want at least %d", len(t.Questions), minQuestions)
	}
	seen, places := map[string]bool{}, map[int]bool{}
	for _, q := range t.Questions {
		c.question(file, t, q)
		if seen[q.ID] {
			c.add(file, "question %s stands here twice", q.ID)
		}
		seen[q.ID] = true
		for _, place := range q.Right {
			places[place] = true
		}
	}
	if len(t.Questions) >= minQuestions && len(places) == 1 {
		c.add(file, "questions: the right answer always stands in the same place")
	}
}

func (c *checker) question(file string, t *Topic, q *Question) {
	short := strings.TrimPrefix(q.ID, t.ID+"/")
	c.id(file, short)
	at := "question " + short
	if !q.Broken {
		if why := misformed(q.Lang, q.Code); why != "" {
			c.add(file, "%s: code: %s (if that is meant: broken: true)", at, why)
		}
	}
	if n := units(q.Code); n > maxQuestionCode {
		c.add(file, "%s: code has %d characters, want at most %d", at, n, maxQuestionCode)
	}
	options := 0
	for _, text := range q.Text {
		options = max(options, len(text.Options))
	}
	if !slices.IsSorted(q.Right) || len(slices.Compact(slices.Clone(q.Right))) != len(q.Right) {
		c.add(file, "%s: right %v is not increasing", at, q.Right)
	}
	if options == 0 {
		options = maxOptions // their absence is reported by itself
	}
	if len(q.Right) == 0 || len(q.Right) >= options || slices.Min(q.Right) < 0 || slices.Max(q.Right) >= options {
		c.add(file, "%s: right %v of %d options", at, q.Right, options)
	}
	for _, lang := range Languages {
		w := writing{c, topicPath(t.ID, lang), lang}
		text, ok := q.Text[lang]
		switch {
		case ok:
			w.question(at, text)
			if n := len(text.Options); n > 0 && n != options {
				c.add(w.file, "%s: %d options, but %d in another language", at, n, options)
			}
		case t.Text[lang].Title != "":
			c.add(w.file, "%s: missing", at)
		}
	}
}

// prerequisites proves that they exist and that no roadmap puts a topic before what it needs.
func (c *checker) prerequisites() {
	for _, t := range c.l.topics {
		for _, need := range t.Requires {
			if _, ok := c.l.topic[need]; !ok || need == t.ID {
				c.add(topicPath(t.ID, ""), "requires: there is no other topic %q", need)
			}
		}
	}
	for _, r := range c.l.roadmaps {
		before := map[string]bool{}
		for _, t := range r.Topics() {
			before[t.ID] = true
			for _, need := range t.Requires {
				if _, _, here := r.Find(need); here && !before[need] {
					c.add(contentPath(roadmapDir, r.ID, ""), "topic %s stands before %s, which it requires", t.ID, need)
				}
			}
		}
	}
}

// alike looks for questions that ask the same about the same code.
func (c *checker) alike() {
	for _, lang := range Languages {
		seen := map[string]string{}
		for _, t := range c.l.topics {
			for _, q := range t.Questions {
				if q.Text[lang].Prompt == "" {
					continue // reported as missing
				}
				key := Fold(q.Text[lang].Prompt, unicode.IsLetter, unicode.IsDigit) + "\x00" + strings.Join(strings.Fields(q.Code), " ")
				if other, ok := seen[key]; ok {
					c.add(topicPath(t.ID, lang), "question %s asks the same as %s", q.ID, other)
				}
				seen[key] = q.ID
			}
		}
	}
}

// ledger proves that no id is lost, and lists the ids that are new. What was added has none.
func (c *checker) ledger() {
	if c.l.from.name != "" {
		return
	}
	known := map[string]bool{}
	for _, line := range c.l.published {
		known[line] = true
		kind, id, _ := strings.Cut(line, " ")
		var ok bool
		switch kind {
		case "roadmap":
			_, ok = c.l.roadmap[id]
		case "topic":
			_, ok = c.l.Topic(id)
		case "question":
			_, ok = c.l.Question(id)
		default:
			c.add(ledgerPath, "cannot read %q", line)
			continue
		}
		if !ok {
			c.add(ledgerPath, "%s is gone; name its successor in %s", line, retiredPath)
		}
	}
	for _, line := range c.l.ids() {
		if !known[line] {
			c.report.NewIDs = append(c.report.NewIDs, line)
		}
	}
	if n := len(c.report.NewIDs); n > 0 {
		c.add(ledgerPath, "%d ids are new, beginning with %q; add their lines", n, c.report.NewIDs[0])
	}
}

// retired proves that every retired id leads to one that stands.
func (c *checker) retired() {
	for _, id := range slices.Sorted(maps.Keys(c.l.retired.Topics)) {
		if _, ok := c.l.Topic(id); !ok || c.l.topic[id] != nil {
			c.add(retiredPath, "topic %s: want an id that is gone and a successor that stands", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.l.retired.Questions)) {
		if _, ok := c.l.Question(id); !ok || c.l.question[id] != nil {
			c.add(retiredPath, "question %s: want an id that is gone and a successor that stands", id)
		}
	}
}

// ids lists what the library holds in the form of the ledger.
func (l *Library) ids() []string {
	var ids []string
	for _, r := range l.roadmaps {
		ids = append(ids, "roadmap "+r.ID)
	}
	for _, t := range l.topics {
		ids = append(ids, "topic "+t.ID)
		for _, q := range t.Questions {
			ids = append(ids, "question "+q.ID)
		}
	}
	return ids
}
