package curriculum

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// The exported form is a contract with readers outside of this program: every key is always there.
type (
	exportedLibrary struct {
		Roadmaps []exportedRoadmap `json:"roadmaps"`
	}
	exportedRoadmap struct {
		ID     string          `json:"id"`
		Title  string          `json:"title"`
		Intro  string          `json:"intro"`
		Outro  string          `json:"outro"`
		Stages []exportedStage `json:"stages"`
	}
	exportedStage struct {
		ID     string          `json:"id"`
		Title  string          `json:"title"`
		Goal   string          `json:"goal"`
		Weeks  *Weeks          `json:"weeks"`
		Topics []exportedTopic `json:"topics"`
	}
	exportedTopic struct {
		ID        string             `json:"id"`
		Title     string             `json:"title"`
		Why       string             `json:"why"`
		Lesson    string             `json:"lesson"`
		Code      *exportedCode      `json:"code"`
		Task      string             `json:"task"`
		Hint      string             `json:"hint"`
		Minutes   int                `json:"minutes"`
		Links     []exportedLink     `json:"links"`
		Questions []exportedQuestion `json:"questions"`
	}
	exportedCode struct {
		Lang   string `json:"lang"`
		Text   string `json:"text"`
		Output string `json:"output"`
	}
	exportedLink struct {
		Title string `json:"title"`
		URL   string `json:"url"`
	}
	exportedQuestion struct {
		ID          string   `json:"id"`
		Prompt      string   `json:"prompt"`
		Code        string   `json:"code"`
		Options     []string `json:"options"`
		Right       []int    `json:"right"`
		Explanation string   `json:"explanation"`
	}
)

// Export writes the whole library in one language as indented JSON. A topic stands in every
// roadmap that holds it. Lessons stay Markdown.
func (l *Library) Export(lang string) ([]byte, error) {
	if !slices.Contains(Languages, lang) {
		return nil, fmt.Errorf("exporting the curriculum: there is no language %q", lang)
	}
	all := exportedLibrary{Roadmaps: []exportedRoadmap{}}
	for _, r := range l.roadmaps {
		text := r.Text[lang]
		out := exportedRoadmap{ID: r.ID, Title: text.Title, Intro: text.Intro, Outro: text.Outro, Stages: []exportedStage{}}
		for _, s := range r.Stages {
			out.Stages = append(out.Stages, exportStage(s, lang))
		}
		all.Roadmaps = append(all.Roadmaps, out)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(all); err != nil {
		return nil, fmt.Errorf("exporting the curriculum: %w", err)
	}
	return b.Bytes(), nil
}

func exportStage(s *Stage, lang string) exportedStage {
	text := s.Text[lang]
	out := exportedStage{ID: s.ID, Title: text.Title, Goal: text.Goal, Weeks: s.Weeks, Topics: []exportedTopic{}}
	for _, t := range s.Topics {
		out.Topics = append(out.Topics, exportTopic(t, lang))
	}
	return out
}

func exportTopic(t *Topic, lang string) exportedTopic {
	text := t.Text[lang]
	out := exportedTopic{
		ID: t.ID, Title: text.Title, Why: text.Why, Lesson: text.Lesson, Task: text.Task, Hint: text.Hint,
		Minutes: t.Minutes, Links: []exportedLink{}, Questions: []exportedQuestion{},
	}
	if t.Code != nil {
		out.Code = &exportedCode{Lang: t.Code.Lang, Text: t.Code.Text, Output: t.Code.Output}
	}
	for _, link := range t.Links {
		out.Links = append(out.Links, exportedLink(link))
	}
	for _, q := range t.Questions {
		text := q.Text[lang]
		out.Questions = append(out.Questions, exportedQuestion{
			ID: q.ID, Prompt: text.Prompt, Code: q.Code, Options: append([]string{}, text.Options...),
			Right: append([]int{}, q.Right...), Explanation: text.Explanation,
		})
	}
	return out
}
