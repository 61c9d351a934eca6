package curriculum

import (
	"cmp"
	"errors"
	"fmt"
	"io"
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
		from:      tree{fsys: fsys},
	}
	if err := l.fill(f); err != nil {
		return nil, err
	}
	return l, nil
}

// fill takes the topics and then the roadmaps of the files.
func (l *Library) fill(f *files) error {
	var problems []error
	for _, id := range slices.Sorted(maps.Keys(f.topics)) {
		t, err := newTopic(l.from, id, f)
		problems = append(problems, err)
		l.topics = append(l.topics, t)
		l.topic[id] = t
		for _, q := range t.Questions {
			l.question[q.ID] = q
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.roadmaps)) {
		r, err := l.newRoadmap(id, f)
		problems = append(problems, err)
		l.roadmaps = append(l.roadmaps, r)
		l.roadmap[id] = r
	}
	l.sort()
	return errors.Join(problems...)
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
	broken       map[string]bool // the files that cannot be read; an empty stand-in takes their place
}

func readFiles(fsys fs.FS) (*files, error) {
	f := &files{broken: map[string]bool{}}
	var problems [5]error
	f.roadmaps, f.roadmapTexts, problems[0] = readDir[roadmapFile, roadmapTextFile](fsys, roadmapDir, f.broken)
	f.topics, f.topicTexts, problems[1] = readDir[topicFile, topicTextFile](fsys, topicDir, f.broken)
	f.retired, problems[2] = readRetired(fsys)
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

// readDir reads <id>.yaml into N and <id>.<language>.yaml into T, several files at a time. A
// directory that is not there holds no files, and those that editors leave behind count for none.
func readDir[N, T any](fsys fs.FS, dir string, unread map[string]bool) (map[string]*N, map[string]*T, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("listing %s: %w", dir, err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), "~")
	})
	neutral, texts := make([]*N, len(entries)), make([]*T, len(entries))
	problems := make([]error, len(entries))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range entries {
		work.Go(func() error {
			name := path.Join(dir, e.Name())
			switch id, lang, ok := fileName(e.Name()); {
			case !ok:
				problems[i] = Problem{name, 1, "want a name like id.yaml, id.en.yaml or id.uz.yaml"}
			case lang == "":
				neutral[i], problems[i] = readFile[N](fsys, name)
			default:
				if _, err := fs.Stat(fsys, path.Join(dir, id+".yaml")); err != nil {
					problems[i] = Problem{name, 1, fmt.Sprintf("there is no %s.yaml beside it", id)}
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
		if problems[i] != nil {
			unread[path.Join(dir, e.Name())] = true
			if _, lang, ok := fileName(e.Name()); ok && lang == "" {
				byID[key] = new(N)
			}
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

func readFile[T any](fsys fs.FS, name string) (_ *T, err error) {
	defer func() { // a broken file of somebody else must not end the program
		if cause := recover(); cause != nil {
			err = Problem{name, 1, fmt.Sprintf("this cannot be read as YAML: %v", cause)}
		}
	}()
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("reading content: %w", err)
	}
	v := new(T)
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return nil, Problem{name, at.GetToken().Position.Line, at.GetMessage()}
		}
		return nil, Problem{name, 1, err.Error()}
	}
	return v, nil
}

func newTopic(from tree, id string, files *files) (*Topic, error) {
	f := files.topics[id]
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
		if text, ok := files.topicTexts[id+"."+lang]; ok {
			problems = append(problems, t.say(from, lang, text))
		}
	}
	if files.broken[topicPath(id, "")] { // nobody knows which questions it has
		problems = nil
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
func (t *Topic) say(from tree, lang string, f *topicTextFile) error {
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
		problems = append(problems, from.unknown(topicPath(t.ID, lang), "question", short))
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

func (l *Library) newRoadmap(id string, files *files) (*Roadmap, error) {
	f := files.roadmaps[id]
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
			problems = append(problems, l.from.unknown(contentPath(roadmapDir, id, ""), "topic", topicID))
		}
		stages[s.ID] = stage
		r.Stages = append(r.Stages, stage)
	}
	for _, lang := range Languages {
		text, ok := files.roadmapTexts[id+"."+lang]
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
			problems = append(problems, l.from.unknown(contentPath(roadmapDir, id, lang), "stage", stageID))
		}
	}
	if files.broken[contentPath(roadmapDir, id, "")] {
		problems = nil
	}
	return r, errors.Join(problems...)
}
