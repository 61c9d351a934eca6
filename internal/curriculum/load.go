package curriculum

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"golang.org/x/sync/errgroup"
)

// The places of the content inside the tree that [Load] reads.
const (
	roadmapDir  = "roadmaps"
	topicDir    = "topics"
	retiredPath = "retired.yaml"
	ledgerPath  = "ids.txt"
)

// text is a YAML scalar as it was written: 1.0 stays "1.0" and null stays "null", for in an answer
// the writer means the characters.
type text string

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (t *text) UnmarshalYAML(node ast.Node) error {
	switch n := node.(type) {
	case *ast.StringNode:
		*t = text(n.Value)
	case *ast.LiteralNode:
		*t = text(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		*t = text(n.GetToken().Value)
	default:
		return &yaml.SyntaxError{Message: "want a text", Token: node.GetToken()}
	}
	return nil
}

// trim is the text without white space around it.
func (t text) trim() string { return strings.TrimSpace(string(t)) }

// block is code or output without the line ends that the YAML block adds.
func (t text) block() string { return strings.TrimRight(string(t), "\n") }

type (
	roadmapFile struct {
		Order         int      `yaml:"order"`
		CodeLanguages []string `yaml:"code_languages"`
		Stages        []struct {
			ID     string   `yaml:"id"`
			Weeks  *Weeks   `yaml:"weeks"`
			Topics []string `yaml:"topics"`
		} `yaml:"stages"`
	}
	roadmapTextFile struct {
		Title  text `yaml:"title"`
		Intro  text `yaml:"intro"`
		Outro  text `yaml:"outro"`
		Stages map[string]struct {
			Title text `yaml:"title"`
			Goal  text `yaml:"goal"`
			// Project is what a learner builds at the end of the stage.
			Project *struct {
				Title     text   `yaml:"title"`
				Task      text   `yaml:"task"`
				Checklist []text `yaml:"checklist"`
			} `yaml:"project"`
		} `yaml:"stages"`
	}
	topicFile struct {
		Minutes  int      `yaml:"minutes"`
		Requires []string `yaml:"requires"`
		Links    []struct {
			Title text `yaml:"title"`
			URL   text `yaml:"url"`
		} `yaml:"links"`
		Code      *codeFile  `yaml:"code"`
		Variants  []codeFile `yaml:"variants"`
		Questions []struct {
			ID     string `yaml:"id"`
			Right  []int  `yaml:"right"`
			Code   text   `yaml:"code"`
			Lang   string `yaml:"lang"`
			Broken bool   `yaml:"broken"`
		} `yaml:"questions"`
	}
	codeFile struct {
		Lang   string `yaml:"lang"`
		Text   text   `yaml:"text"`
		Output *text  `yaml:"output"` // of a variant: without it, that of the main code
		Run    *bool  `yaml:"run"`
	}
	topicTextFile struct {
		Title     text                        `yaml:"title"`
		Why       text                        `yaml:"why"`
		Lesson    text                        `yaml:"lesson"`
		Task      text                        `yaml:"task"`
		Hint      text                        `yaml:"hint"`
		Links     []text                      `yaml:"links"`
		Questions map[string]questionTextFile `yaml:"questions"`
	}
	questionTextFile struct {
		Prompt      text   `yaml:"prompt"`
		Options     []text `yaml:"options"`
		Explanation text   `yaml:"explanation"`
	}
	// retiredFile says which id took the place of one that is gone.
	retiredFile struct {
		Topics    map[string]string `yaml:"topics"`
		Questions map[string]string `yaml:"questions"`
	}
)

// Load reads the library from the tree that holds roadmaps, topics, choice.yaml, retired.yaml and
// ids.txt. It refuses what it cannot read or connect (unknown fields, unknown ids) and joins all such
// problems, each beginning with its file and line; whether the content is good is for [Check].
func Load(fsys fs.FS) (*Library, error) {
	f, err := readFiles(fsys)
	if err != nil {
		return nil, err
	}
	l := &Library{
		roadmap:   map[string]*Roadmap{},
		topic:     map[string]*Topic{},
		question:  map[string]*Question{},
		choice:    f.choice,
		retired:   f.retired,
		published: f.ledger,
	}
	var problems []error
	for _, id := range slices.Sorted(maps.Keys(f.topics)) {
		t, err := newTopic(fsys, id, f.topics[id], f.topicTexts)
		problems = append(problems, err)
		l.topics = append(l.topics, t)
		l.topic[id] = t
		for _, q := range t.Questions {
			l.question[q.ID] = q
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.roadmaps)) {
		r, err := l.newRoadmap(fsys, id, f.roadmaps[id], f.roadmapTexts)
		problems = append(problems, err)
		l.roadmaps = append(l.roadmaps, r)
		l.roadmap[id] = r
	}
	slices.SortStableFunc(l.roadmaps, func(a, b *Roadmap) int { return cmp.Compare(a.order, b.order) })
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return l, nil
}

// files is what was read, by id, and for texts by id and language ("go-start.en").
type files struct {
	roadmaps     map[string]*roadmapFile
	roadmapTexts map[string]*roadmapTextFile
	topics       map[string]*topicFile
	topicTexts   map[string]*topicTextFile
	choice       *Choice
	retired      retiredFile
	ledger       []string
}

func readFiles(fsys fs.FS) (*files, error) {
	f := &files{}
	var problems [5]error
	f.roadmaps, f.roadmapTexts, problems[0] = readDir[roadmapFile, roadmapTextFile](fsys, roadmapDir)
	f.topics, f.topicTexts, problems[1] = readDir[topicFile, topicTextFile](fsys, topicDir)
	retired, err := readFile[retiredFile](fsys, retiredPath)
	switch {
	case err == nil:
		f.retired = *retired
	case !errors.Is(err, fs.ErrNotExist):
		problems[2] = err
	}
	f.choice, problems[4] = readChoice(fsys)
	ledger, err := fs.ReadFile(fsys, ledgerPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		problems[3] = fmt.Errorf("reading the ledger of ids: %w", err)
	}
	for line := range strings.Lines(string(ledger)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			f.ledger = append(f.ledger, line)
		}
	}
	return f, errors.Join(problems[:]...)
}

// readDir reads <id>.yaml into N and <id>.<language>.yaml into T, several files at a time.
func readDir[N, T any](fsys fs.FS, dir string) (map[string]*N, map[string]*T, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, nil, fmt.Errorf("listing %s: %w", dir, err)
	}
	neutral, texts := make([]*N, len(entries)), make([]*T, len(entries))
	problems := make([]error, len(entries))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range entries {
		work.Go(func() error {
			name := path.Join(dir, e.Name())
			switch id, lang, ok := fileName(e.Name()); {
			case !ok:
				problems[i] = fmt.Errorf("%s:1: want a name like id.yaml, id.en.yaml or id.uz.yaml", name)
			case lang == "":
				neutral[i], problems[i] = readFile[N](fsys, name)
			default:
				if _, err := fs.Stat(fsys, path.Join(dir, id+".yaml")); err != nil {
					problems[i] = fmt.Errorf("%s:1: there is no %s.yaml beside it", name, id)
				}
				var broken error
				texts[i], broken = readFile[T](fsys, name)
				problems[i] = errors.Join(problems[i], broken)
			}
			return nil
		})
	}
	_ = work.Wait() // problems are collected, not returned
	byID, byText := map[string]*N{}, map[string]*T{}
	for i, e := range entries {
		key := strings.TrimSuffix(e.Name(), ".yaml")
		if neutral[i] != nil {
			byID[key] = neutral[i]
		}
		if texts[i] != nil {
			byText[key] = texts[i]
		}
	}
	return byID, byText, errors.Join(problems...)
}

// fileName takes "go-start.en.yaml" apart.
func fileName(name string) (id, lang string, ok bool) {
	base, isYAML := strings.CutSuffix(name, ".yaml")
	id, lang, hasLang := strings.Cut(base, ".")
	return id, lang, isYAML && id != "" && (!hasLang || slices.Contains(Languages, lang))
}

func readFile[T any](fsys fs.FS, name string) (*T, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("reading content: %w", err)
	}
	v := new(T)
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return nil, fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, at.GetMessage())
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}

func newTopic(fsys fs.FS, id string, f *topicFile, texts map[string]*topicTextFile) (*Topic, error) {
	t := &Topic{ID: id, Minutes: f.Minutes, Requires: f.Requires, Text: map[string]TopicText{}}
	for _, link := range f.Links {
		t.Links = append(t.Links, Link{Title: link.Title.trim(), URL: link.URL.trim()})
	}
	lang := "go"
	output := ""
	if f.Code != nil {
		lang = cmp.Or(f.Code.Lang, lang)
		t.Code = f.Code.code(lang, "")
		output = t.Code.Output
	}
	for _, v := range f.Variants {
		t.Variants = append(t.Variants, v.code(v.Lang, output))
	}
	for _, q := range f.Questions {
		t.Questions = append(t.Questions, &Question{
			ID: id + "/" + q.ID, TopicID: id, Right: q.Right, Code: q.Code.block(),
			Lang: cmp.Or(q.Lang, lang), Broken: q.Broken, Text: map[string]QuestionText{},
		})
	}
	var problems []error
	for _, lang := range Languages {
		if text, ok := texts[id+"."+lang]; ok {
			problems = append(problems, t.say(fsys, lang, text))
		}
	}
	return t, errors.Join(problems...)
}

func (c *codeFile) code(lang, output string) *Code {
	if c.Output != nil {
		output = c.Output.block()
	}
	return &Code{Lang: lang, Text: c.Text.block(), Output: output, Run: c.Run == nil || *c.Run}
}

// say adds the texts of one language.
func (t *Topic) say(fsys fs.FS, lang string, f *topicTextFile) error {
	t.Text[lang] = TopicText{
		Title: f.Title.trim(), Why: f.Why.trim(), Lesson: f.Lesson.trim(), Task: f.Task.trim(), Hint: f.Hint.trim(),
		LinkNotes: plain(f.Links),
	}
	left := maps.Clone(f.Questions)
	for _, q := range t.Questions {
		short := strings.TrimPrefix(q.ID, t.ID+"/")
		if text, ok := f.Questions[short]; ok {
			q.Text[lang] = QuestionText{Prompt: text.Prompt.trim(), Options: plain(text.Options), Explanation: text.Explanation.trim()}
			delete(left, short)
		}
	}
	var problems []error
	for _, short := range slices.Sorted(maps.Keys(left)) {
		problems = append(problems, unknown(fsys, path.Join(topicDir, t.ID+"."+lang+".yaml"), "question", short))
	}
	return errors.Join(problems...)
}

func plain(texts []text) []string {
	var out []string
	for _, t := range texts {
		out = append(out, t.trim())
	}
	return out
}

func (l *Library) newRoadmap(fsys fs.FS, id string, f *roadmapFile, texts map[string]*roadmapTextFile) (*Roadmap, error) {
	r := &Roadmap{ID: id, Text: map[string]RoadmapText{}, CodeLanguages: f.CodeLanguages, order: f.Order}
	var problems []error
	stages := map[string]*Stage{}
	for _, s := range f.Stages {
		stage := &Stage{ID: s.ID, Weeks: s.Weeks, Text: map[string]StageText{}}
		for _, topicID := range s.Topics {
			if t, ok := l.topic[topicID]; ok {
				stage.Topics = append(stage.Topics, t)
				continue
			}
			problems = append(problems, unknown(fsys, path.Join(roadmapDir, id+".yaml"), "topic", topicID))
		}
		stages[s.ID] = stage
		r.Stages = append(r.Stages, stage)
	}
	for _, lang := range Languages {
		text, ok := texts[id+"."+lang]
		if !ok {
			continue
		}
		r.Text[lang] = RoadmapText{Title: text.Title.trim(), Intro: text.Intro.trim(), Outro: text.Outro.trim()}
		for _, stageID := range slices.Sorted(maps.Keys(text.Stages)) {
			if stage, ok := stages[stageID]; ok {
				said := text.Stages[stageID]
				text := StageText{Title: said.Title.trim(), Goal: said.Goal.trim()}
				if p := said.Project; p != nil {
					text.Project = &Project{Title: p.Title.trim(), Task: p.Task.trim()}
					for _, item := range p.Checklist {
						text.Project.Checklist = append(text.Project.Checklist, item.trim())
					}
				}
				stage.Text[lang] = text
				continue
			}
			problems = append(problems, unknown(fsys, path.Join(roadmapDir, id+"."+lang+".yaml"), "stage", stageID))
		}
	}
	return r, errors.Join(problems...)
}

// unknown says where a file names something that does not exist.
func unknown(fsys fs.FS, name, kind, id string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("reading content: %w", err)
	}
	line := 1 + strings.Count(string(data[:max(0, strings.Index(string(data), id))]), "\n")
	return fmt.Errorf("%s:%d: there is no %s %q", name, line, kind, id)
}
