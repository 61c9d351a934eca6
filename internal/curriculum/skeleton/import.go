package skeleton

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"yolchi/internal/curriculum"
)

// maxDocument is the size that nobody's roadmap reaches, in bytes.
const maxDocument = 256 << 10

// Options say how a document is imported.
type Options struct {
	Name     string                              // the title of a document that has none; not empty
	ID       string                              // the roadmap's id, as [ValidID] takes it; made of its title if empty
	Language string                              // that of the document; seen from its words if empty
	Taken    func(kind, id string) (stands bool) // whether a "roadmap" or "topic" has the id already
}

// Import makes the skeleton of a roadmap of a Markdown document: its headings become stages, its
// bullets topics, its links those of topics, "6-8 weeks" a duration. The files of the document's
// language have its titles and texts, those of the other are empty in the same places, with the
// other's words beside them. The same document always becomes the same files.
func Import(document []byte, o Options) (*Skeleton, error) {
	if len(document) > maxDocument {
		return nil, fmt.Errorf("the document is longer than %d kB: divide it, or leave out what is no roadmap", maxDocument>>10)
	}
	text, err := decoded(document)
	if err != nil {
		return nil, err
	}
	text = cleaned(text)
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return nil, errors.New("there is no text in the document: write a heading for each stage and a bullet for each topic, then import it again")
	}
	lang := o.Language
	if lang == "" {
		if lang, err = language(text); err != nil {
			return nil, err
		}
	}
	if lang == "uz" {
		text = uzbek(text)
	}
	w := &writer{out: read(text, o.Name), lang: lang, id: o.ID, taken: o.Taken, skeleton: &Skeleton{Language: lang}}
	w.write()
	return w.skeleton, nil
}

// other is the language in which everything is still to be written.
func other(lang string) string {
	for _, l := range curriculum.Languages {
		if l != lang {
			return l
		}
	}
	return ""
}

// writer writes the files of an outline.
type writer struct {
	out      *outline
	lang     string
	id       string // that the roadmap is to have, or empty
	taken    func(kind, id string) bool
	skeleton *Skeleton

	stages []string // the ids of the stages, in order
	topics [][]string
	ours   map[string]string // by an id of ours: the standing one that it had to give way to
}

func (w *writer) write() {
	w.name()
	id := w.skeleton.ID
	w.file("roadmaps/"+id+".yaml", w.roadmap())
	w.file("roadmaps/"+id+"."+w.lang+".yaml", w.roadmapText())
	w.file("roadmaps/"+id+"."+other(w.lang)+".yaml", w.roadmapTodo())
	for i, s := range w.out.stages {
		w.skeleton.Stages = append(w.skeleton.Stages, Stage{w.stages[i], w.topics[i]})
		for j, t := range s.topics {
			name := "topics/" + w.topics[i][j]
			w.file(name+".yaml", topicNeutral(t))
			w.file(name+"."+w.lang+".yaml", w.topicText(t))
			w.file(name+"."+other(w.lang)+".yaml", w.topicTodo(t, name))
		}
	}
}

func (w *writer) file(path, text string) {
	w.skeleton.Files = append(w.skeleton.Files, File{path, text})
}

// name gives everything its id.
func (w *writer) name() {
	free := func(kind string, n names, title string) string {
		for {
			id := n.take(title, kind)
			if w.taken == nil || !w.taken(kind, id) {
				return id
			}
		}
	}
	if w.skeleton.ID = w.id; w.id == "" {
		w.skeleton.ID = free("roadmap", names{}, w.out.title)
	}
	w.ours = map[string]string{}
	stages, topics := names{}, names{}
	for i, s := range w.out.stages {
		title := s.title
		if title == "" {
			title = fmt.Sprintf("stage-%d", i+1)
		}
		w.stages = append(w.stages, stages.take(title, "stage"))
		var ids []string
		for _, t := range s.topics {
			id := free("topic", topics, t.title)
			if first := (names{}).take(t.title, "topic"); first != id && w.taken != nil && w.taken("topic", first) {
				w.ours[id] = first
			}
			ids = append(ids, id)
		}
		w.topics = append(w.topics, ids)
	}
}

func (w *writer) roadmap() string {
	var p page
	p.comment("", "Made from a document by: yolchi content import. Each stage and topic has its name there beside it.")
	for _, text := range w.out.head {
		p.comment("", text)
	}
	p.line("order: 100 # its place among the roadmaps, the smallest first")
	p.line("stages:")
	for i, s := range w.out.stages {
		p.line("  - id: %s%s", w.stages[i], beside(s.source))
		if s.weeks != nil {
			p.line("    weeks: {min: %d, max: %d}%s", s.weeks.Min, s.weeks.Max, beside(s.lasts))
		}
		p.line("    topics:%s", beside(strings.Join(s.over, " ")))
		for j, t := range s.topics {
			id := w.topics[i][j]
			if standing := w.ours[id]; standing != "" {
				p.line("      # There is a lesson named %s already: to take it, write %s here and delete topics/%s.*", standing, standing, id)
			}
			p.line("      - %s%s", id, beside(t.title))
		}
	}
	return p.String()
}

// stageTitle is the title of a stage in a language; one without a name has a number in both.
func (w *writer) stageTitle(i int, lang string) string {
	if title := short(w.out.stages[i].title, maxTitle); title != "" {
		if lang == w.lang {
			return title
		}
		return ""
	}
	if lang == "uz" {
		return fmt.Sprintf("%d-bosqich", i+1)
	}
	return fmt.Sprintf("Stage %d", i+1)
}

func (w *writer) roadmapText() string {
	var p page
	p.field("title", short(w.out.title, maxTitle))
	p.field("intro", strings.Join(w.out.intro, "\n\n"))
	p.field("outro", strings.Join(w.out.outro, "\n\n"))
	p.line("stages:")
	for i, s := range w.out.stages {
		if len(s.notes) > 0 {
			p.comment("  ", say[w.lang].document)
			for _, text := range s.notes {
				p.comment("  ", text)
			}
		}
		p.line("  %s:", w.stages[i])
		p.line("    title: %s", quoted(w.stageTitle(i, w.lang)))
		p.line("    goal: %s", quoted(markForm.ReplaceAllString(s.goal, "")))
	}
	return p.String()
}

func (w *writer) roadmapTodo() string {
	var p page
	to := other(w.lang)
	p.comment("", fmt.Sprintf(say[to].todo, "roadmaps/"+w.skeleton.ID+"."+w.lang+".yaml"))
	p.line(`title: ""%s`, beside("TODO: "+w.out.title))
	p.line(`intro: "" # TODO`)
	p.line(`outro: "" # TODO`)
	p.line("stages:")
	for i, s := range w.out.stages {
		p.line("  %s:", w.stages[i])
		p.line("    title: %s%s", quoted(w.stageTitle(i, to)), beside("TODO: "+s.title))
		p.line(`    goal: ""%s`, beside("TODO: "+s.goal))
	}
	return p.String()
}

func topicNeutral(t *topic) string {
	var p page
	p.comment("", "Not written yet. What belongs here is said in docs/authors.md and by: yolchi content new")
	p.line("minutes: 30 # to read it and do the task: 10 to 120")
	if len(t.links) > 0 {
		p.line("links:")
	}
	for _, l := range t.links {
		p.line("  - title: %s", quoted(l.Title))
		p.line("    url: %s", quoted(l.URL))
	}
	return p.String()
}

func (w *writer) topicText(t *topic) string {
	var p page
	if len(t.notes) > 0 {
		p.comment("", say[w.lang].document)
		for _, text := range t.notes {
			p.comment("", text)
		}
	}
	p.line("title: %s", quoted(t.title))
	return p.String()
}

func (w *writer) topicTodo(t *topic, name string) string {
	var p page
	p.comment("", fmt.Sprintf(say[other(w.lang)].todo, name+"."+w.lang+".yaml"))
	p.line(`title: ""%s`, beside("TODO: "+t.title))
	return p.String()
}

// say holds what the files tell their author.
var say = map[string]struct{ document, todo string }{
	"en": {
		document: "From the document, to be used in what you write:",
		todo:     "TODO: write this in English; %s has the document's words.",
	},
	"uz": {
		document: "Hujjatdan, yozayotganda foydalanish uchun:",
		todo:     "TODO: buni oʻzbekcha yozing; hujjatning oʻz soʻzlari %s faylida.",
	},
}
