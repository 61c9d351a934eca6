// Package curriculum holds what is taught: roadmaps, their stages, topics and questions, in every
// language. It loads them, looks them up and checks them.
//
// After [Load] the data never changes and may be read by any number of goroutines. Nothing here
// reads a clock, talks to a network or renders for Telegram, and nothing treats a lesson as a
// template. Only [RunCode], which proves the code in lessons, starts programs.
package curriculum

import "slices"

// Languages are those in which everything is written, in the order of their codes.
var Languages = []string{"en", "uz"}

// Library is all content. Make one with [Load].
type Library struct {
	roadmaps  []*Roadmap
	topics    []*Topic
	roadmap   map[string]*Roadmap
	topic     map[string]*Topic
	question  map[string]*Question
	choice    *Choice // nil if there is no questionnaire
	retired   retiredFile
	published []string // the ledger: every id ever published
	from      tree     // where it was read
	own       *Library // what was added, see Add; nil if nothing
}

// Roadmap is an ordered list of stages.
type Roadmap struct {
	ID     string
	Stages []*Stage
	Text   map[string]RoadmapText // by language
	// CodeLanguages are the programming languages of which a learner chooses one to read the code
	// in; none if the roadmap does not ask.
	CodeLanguages []string
	Own           bool // somebody added it, see [Library.Add]
	order         int
}

// RoadmapText is a roadmap in one language. Intro and Outro are Markdown.
type RoadmapText struct{ Title, Intro, Outro string }

// Stage is an ordered list of topics inside a roadmap.
type Stage struct {
	ID     string
	Weeks  *Weeks // nil if its document names no duration
	Topics []*Topic
	Text   map[string]StageText // by language
}

// Weeks is how long a stage takes, both ends included.
type Weeks struct {
	Min int `yaml:"min" json:"min"`
	Max int `yaml:"max" json:"max"`
}

// StageText is a stage in one language, in plain text.
type StageText struct {
	Title, Goal string
	Project     *Project // what to build at the stage's end; nil if not written yet
}

// Project is what a learner builds with a whole stage. Title and checklist are
// plain text, the task is Markdown.
type Project struct {
	Title, Task string
	Checklist   []string // what has to be true of it: 4 to 6 points
}

// Topic is one lesson with its questions. Several roadmaps may hold the same one.
type Topic struct {
	ID        string
	Minutes   int      // the time that its lesson and task need
	Requires  []string // ids of topics that should come before
	Links     []Link
	Code      *Code   // nil if the topic has none
	Variants  []*Code // the same in other languages, for those who learn one of them
	Questions []*Question
	Text      map[string]TopicText // by language
}

// Link leads to something worth reading; its title stays in the language of the page.
type Link struct{ Title, URL string }

// Code is the main piece of code of a topic, or a variant of it.
type Code struct {
	Lang   string // the name of the language, as after ``` in Markdown
	Text   string
	Output string // exactly what it prints; empty if nothing
	Run    bool   // false if it can be built, but not run here
}

// TopicText is a topic in one language. Lesson, Task and Hint are Markdown, the rest is plain text.
// LinkNotes stand in the order of Topic.Links and may be missing.
type TopicText struct {
	Title, Why, Lesson, Task, Hint string
	LinkNotes                      []string
}

// Question is a quiz question. All its texts are plain.
type Question struct {
	ID      string // topic/short
	TopicID string
	Right   []int  // indexes into the options, increasing
	Code    string // what the question is about; empty if nothing
	Lang    string // the language of Code
	Broken  bool   // Code is wrong on purpose
	Text    map[string]QuestionText
}

// QuestionText is a question in one language.
type QuestionText struct {
	Prompt      string
	Options     []string
	Explanation string
}

// Roadmaps returns all roadmaps in the order in which they are offered.
func (l *Library) Roadmaps() []*Roadmap { return l.roadmaps }

// Topics returns all topics, sorted by id.
func (l *Library) Topics() []*Topic { return l.topics }

// Roadmap finds a roadmap.
func (l *Library) Roadmap(id string) (*Roadmap, bool) {
	r, ok := l.roadmap[id]
	return r, ok
}

// Topic finds a topic. The id of a retired one leads to its successor, whose ID then differs.
func (l *Library) Topic(id string) (*Topic, bool) {
	t, ok := l.topic[successor(l.retired.Topics, id)]
	return t, ok
}

// Question finds a question. The id of a retired one leads to its successor, whose ID then differs.
func (l *Library) Question(id string) (*Question, bool) {
	q, ok := l.question[successor(l.retired.Questions, id)]
	return q, ok
}

// successor follows a retired id to the one that stands today. The number of steps is bounded, for
// a circle in the file must not hang a program; [Check] reports it.
func successor(retired map[string]string, id string) string {
	for range len(retired) {
		next, ok := retired[id]
		if !ok {
			break
		}
		id = next
	}
	return id
}

// Topics returns the roadmap's topics in the order of study.
func (r *Roadmap) Topics() []*Topic {
	var all []*Topic
	for _, s := range r.Stages {
		all = append(all, s.Topics...)
	}
	return all
}

// Find says where in the roadmap a topic stands: the index of its stage, and its index in it.
func (r *Roadmap) Find(topicID string) (stage, topic int, ok bool) {
	for i, s := range r.Stages {
		for j, t := range s.Topics {
			if t.ID == topicID {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// Written reports whether the topic can be taught: in every language, with questions.
func (t *Topic) Written() bool {
	for _, lang := range Languages {
		if t.Text[lang].Lesson == "" {
			return false
		}
	}
	return len(t.Questions) > 0
}

// CodeIn returns the code of the topic in a programming language: the variant for it, or else the
// main code. It is nil if the topic has none.
func (t *Topic) CodeIn(lang string) *Code {
	for _, v := range t.Variants {
		if v.Lang == language(lang) {
			return v
		}
	}
	return t.Code
}

// Foreign reports whether the code is in a programming language other than the given one. What is
// the same whatever one writes (SQL, a shell, YAML) is foreign to nobody.
func (c *Code) Foreign(lang string) bool {
	is := language(c.Lang)
	return is != language(lang) && (is == "typescript" || slices.Contains(variantLanguages, is))
}

// begun reports whether anything beyond its title, reason and links is written.
func (t *Topic) begun() bool {
	for _, text := range t.Text {
		if text.Lesson != "" || text.Task != "" || text.Hint != "" {
			return true
		}
	}
	return t.Code != nil || len(t.Variants) > 0 || len(t.Questions) > 0
}
