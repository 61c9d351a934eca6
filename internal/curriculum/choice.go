package curriculum

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

const choicePath = "choice.yaml"

// Choice is the questionnaire that helps to choose a programming language.
type Choice struct {
	Roadmap   string // its last page offers the questionnaire
	Topic     string // so does the lesson of this topic
	Languages []ChoiceLanguage
	Close     int   // a second language is named if it has at most so many points less
	Ties      []int // of languages with as many points, the one that these questions speak for, in this order
	Questions []*ChoiceQuestion
	Text      map[string]ChoiceText // by language
}

// ChoiceLanguage is a programming language that can be the result, and the roadmap to go on with.
type ChoiceLanguage struct{ ID, Roadmap string }

// ChoiceText is what stands around the questions. Unknown, what no questionnaire can know, is
// Markdown, the rest plain text.
type ChoiceText struct{ Title, Intro, Unknown string }

// ChoiceQuestion is answered by one of its options.
type ChoiceQuestion struct {
	ID      string
	Options []*ChoiceOption
	Prompt  map[string]string // by language
}

// ChoiceOption is an answer. It gives each language that it speaks for 1 to 3 points.
type ChoiceOption struct {
	ID     string
	Points map[string]int              // by programming language
	Text   map[string]ChoiceOptionText // by language
}

// ChoiceOptionText is an answer in one language, with the reason why it speaks for each of its
// programming languages.
type ChoiceOptionText struct {
	Label   string
	Reasons map[string]string
}

// Verdict is a language that answers speak for.
type Verdict struct {
	ChoiceLanguage
	Points int
	For    []*ChoiceOption // the answers that speak for it, the strongest first
}

// minReasons is how many answers have to speak for a language that is named.
const minReasons = 2

// Choice returns the questionnaire, nil if the library has none.
func (l *Library) Choice() *Choice { return l.choice }

// Result is the language that the answers speak for most, and a second one that is close to it.
// The answers are the index of an option for every question.
func (c *Choice) Result(answers []int) []Verdict {
	verdicts := make([]Verdict, len(c.Languages))
	for i, l := range c.Languages {
		verdicts[i] = c.verdict(l, answers)
	}
	slices.SortStableFunc(verdicts, func(a, b Verdict) int {
		order := cmp.Compare(b.Points, a.Points)
		for _, q := range c.Ties {
			points := c.Questions[q].Options[answers[q]].Points
			order = cmp.Or(order, cmp.Compare(points[b.ID], points[a.ID]))
		}
		return order
	})
	if len(verdicts) > 1 && verdicts[0].Points-verdicts[1].Points <= c.Close && len(verdicts[1].For) >= minReasons {
		return verdicts[:2]
	}
	return verdicts[:1]
}

func (c *Choice) verdict(l ChoiceLanguage, answers []int) Verdict {
	v := Verdict{ChoiceLanguage: l}
	for i, q := range c.Questions {
		option := q.Options[answers[i]]
		if option.Points[l.ID] > 0 {
			v.Points += option.Points[l.ID]
			v.For = append(v.For, option)
		}
	}
	slices.SortStableFunc(v.For, func(a, b *ChoiceOption) int { return cmp.Compare(b.Points[l.ID], a.Points[l.ID]) })
	return v
}

type (
	choiceFile struct {
		Roadmap   string `yaml:"roadmap"`
		Topic     string `yaml:"topic"`
		Languages []struct {
			ID      string `yaml:"id"`
			Roadmap string `yaml:"roadmap"`
		} `yaml:"languages"`
		Close     int      `yaml:"close"`
		Ties      []string `yaml:"ties"`
		Questions []struct {
			ID      string `yaml:"id"`
			Options []struct {
				ID     string         `yaml:"id"`
				Points map[string]int `yaml:"points"`
			} `yaml:"options"`
		} `yaml:"questions"`
	}
	choiceTextFile struct {
		Title     text                              `yaml:"title"`
		Intro     text                              `yaml:"intro"`
		Unknown   text                              `yaml:"unknown"`
		Questions map[string]choiceQuestionTextFile `yaml:"questions"`
	}
	choiceQuestionTextFile struct {
		Prompt  text                            `yaml:"prompt"`
		Options map[string]choiceOptionTextFile `yaml:"options"`
	}
	choiceOptionTextFile struct {
		Label   text            `yaml:"label"`
		Reasons map[string]text `yaml:"reasons"`
	}
)

// readChoice reads choice.yaml and its texts; without that file there is no questionnaire.
func readChoice(fsys fs.FS) (*Choice, error) {
	f, err := readFile[choiceFile](fsys, choicePath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c := &Choice{Roadmap: f.Roadmap, Topic: f.Topic, Close: f.Close, Text: map[string]ChoiceText{}}
	for _, l := range f.Languages {
		c.Languages = append(c.Languages, ChoiceLanguage(l))
	}
	for _, q := range f.Questions {
		question := &ChoiceQuestion{ID: q.ID, Prompt: map[string]string{}}
		for _, o := range q.Options {
			question.Options = append(question.Options, &ChoiceOption{ID: o.ID, Points: o.Points, Text: map[string]ChoiceOptionText{}})
		}
		c.Questions = append(c.Questions, question)
	}
	var problems []error
	for _, id := range f.Ties {
		i := slices.IndexFunc(c.Questions, func(q *ChoiceQuestion) bool { return q.ID == id })
		if i < 0 {
			problems = append(problems, tree{fsys: fsys}.unknown(choicePath, "question", id))
			continue
		}
		c.Ties = append(c.Ties, i)
	}
	for _, lang := range Languages {
		problems = append(problems, c.say(fsys, lang))
	}
	return c, errors.Join(problems...)
}

// say adds the texts of one language, if they are there.
func (c *Choice) say(fsys fs.FS, lang string) error {
	name := contentPath(".", "choice", lang)
	f, err := readFile[choiceTextFile](fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Text[lang] = ChoiceText{Title: f.Title.trim(), Intro: f.Intro.trim(), Unknown: f.Unknown.trim()}
	var problems []error
	for _, q := range c.Questions {
		said := f.Questions[q.ID]
		delete(f.Questions, q.ID)
		q.Prompt[lang] = said.Prompt.trim()
		for _, o := range q.Options {
			text := ChoiceOptionText{Label: said.Options[o.ID].Label.trim(), Reasons: map[string]string{}}
			for id, reason := range said.Options[o.ID].Reasons {
				text.Reasons[id] = reason.trim()
			}
			o.Text[lang] = text
			delete(said.Options, o.ID)
		}
		for _, id := range slices.Sorted(maps.Keys(said.Options)) {
			problems = append(problems, tree{fsys: fsys}.unknown(name, fmt.Sprintf("option of %s named", q.ID), id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.Questions)) {
		problems = append(problems, tree{fsys: fsys}.unknown(name, "question", id))
	}
	return errors.Join(problems...)
}
