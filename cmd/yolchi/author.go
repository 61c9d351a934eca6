package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/curriculum/skeleton"
	"yolchi/locales"
)

type importCommand struct {
	File     string `arg:"" placeholder:"FILE" help:"The document, in Markdown or plain text: headings become stages, bullets topics, links their links, and \"6-8 weeks\" a duration."`
	To       string `placeholder:"DIR" help:"Directory to write into; by default a new one here, named after the roadmap. What stands there is never overwritten."`
	ID       string `placeholder:"ID" help:"Name of the roadmap for ever, in lower-case Latin words joined by hyphens: our-school; by default it is made of the title."`
	Language string `enum:"en,uz," default:"" help:"Language of the document, en or uz; by default it is seen from the words."`
}

func (c *importCommand) Run() error {
	if c.ID != "" {
		if err := skeleton.ValidID(c.ID); err != nil {
			return err
		}
	}
	document, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the document: %w", err)
	}
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		return fmt.Errorf("reading the program's own roadmaps: %w", err)
	}
	if c.ID != "" && stands(library, "roadmap", c.ID) {
		return fmt.Errorf("the program has a roadmap %s already: give yours another name", c.ID)
	}
	name := strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))
	s, err := c.read(document, strings.NewReplacer("-", " ", "_", " ").Replace(name), library)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	dir := c.To
	if dir == "" {
		dir = s.ID
	}
	if err := skeleton.Write(dir, s.Files); err != nil {
		return unwritten(err, "\nIf this is another document with the same title, give its roadmap a name of its own with --id ID")
	}
	fmt.Print(imported(s, dir))
	return nil
}

// read makes the skeleton. Ids that the program's own content has or had are not given, and in the
// directory none of another roadmap.
func (c *importCommand) read(document []byte, name string, library *curriculum.Library) (*skeleton.Skeleton, error) {
	options := skeleton.Options{Name: name, ID: c.ID, Language: c.Language, Taken: func(kind, id string) bool { return stands(library, kind, id) }}
	s, err := skeleton.Import(document, options)
	if err != nil || c.To == "" || there(c.To, "roadmap", s.ID) {
		return s, err // that the same document was imported before is for the writing to say
	}
	options.Taken = func(kind, id string) bool { return stands(library, kind, id) || there(c.To, kind, id) }
	return skeleton.Import(document, options)
}

// stands reports whether a "roadmap" or "topic" of the program has the id, or had it once.
func stands(library *curriculum.Library, kind, id string) bool {
	if kind == "roadmap" {
		_, ok := library.Roadmap(id)
		return ok
	}
	_, ok := library.Topic(id)
	return ok
}

// there reports whether the directory has a "roadmap" or "topic" with the id.
func there(dir, kind, id string) bool {
	_, err := os.Lstat(filepath.Join(dir, kind+"s", id+".yaml"))
	return !errors.Is(err, fs.ErrNotExist)
}

// unwritten says why nothing was written, and what else one can do.
func unwritten(err error, otherwise string) error {
	var exist *skeleton.ExistError
	if errors.As(err, &exist) {
		return fmt.Errorf("nothing was written, for these files are %w\nChoose another directory with --to DIR, or move them away%s", exist, otherwise)
	}
	return err
}

// toWrite names the topics of a roadmap that cannot be taught yet.
func toWrite(roadmap *curriculum.Roadmap) (ids []string) {
	for _, t := range roadmap.Topics() {
		if !t.Written() {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// imported says what was written and what its author does next.
func imported(s *skeleton.Skeleton, dir string) string {
	var b strings.Builder
	topics, language, other := 0, "English", "Uzbek"
	if s.Language == "uz" {
		language, other = other, language
	}
	fmt.Fprintf(&b, "%s/, from a document in %s\n  roadmaps/%s.yaml, .en.yaml, .uz.yaml\n  topics/, three files each\n", dir, language, s.ID)
	for _, stage := range s.Stages {
		fmt.Fprintf(&b, "    %s: %s\n", stage.ID, strings.Join(stage.Topics, ", "))
		topics += len(stage.Topics)
	}
	fmt.Fprintf(&b, `Stages: %d, topics: %d, files: %d. Nothing of the document is lost: what has no place of its own is a comment.

What to do next:
  1. Look through %s: move, join and rename while nobody learns from it yet.
  2. Write in the files: the document's words stand in .%s.yaml, and each TODO is to be written in %s.
  3. Ask what is still missing:  yolchi content check --content-dir %s
`, len(s.Stages), topics, len(s.Files), filepath.Join(dir, "roadmaps", s.ID+".yaml"), s.Language, other, dir)
	return b.String()
}

type newCommand struct {
	ID string `arg:"" placeholder:"ID" help:"Name of the topic for ever, in lower-case Latin words joined by hyphens: school-rules."`
	To string `default:"." placeholder:"DIR" help:"Directory of roadmaps to write into."`
}

func (c *newCommand) Run() error {
	files, err := skeleton.Topic(c.ID)
	if err != nil {
		return err
	}
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		return fmt.Errorf("reading the program's own roadmaps: %w", err)
	}
	if stands(library, "topic", c.ID) {
		return fmt.Errorf("the program has a topic %s already: your roadmap may hold it by that name, or give yours another", c.ID)
	}
	if err := skeleton.Write(c.To, files); err != nil {
		return unwritten(err, "")
	}
	for _, f := range files {
		fmt.Println(filepath.Join(c.To, f.Path))
	}
	fmt.Printf(`
What to do next:
  1. Fill in the three files; each field is explained there.
  2. Name %s in a stage of a roadmap in %s.
  3. Ask what is still missing:  yolchi content check --content-dir %s
`, c.ID, filepath.Join(c.To, "roadmaps"), c.To)
	return nil
}
