package curriculum

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Problems are broken rules as one error, each on a line of its own.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Add is the library with the roadmaps and topics that somebody adds in a tree of the same form:
// roadmaps, topics and retired.yaml, nothing else is read. Added roadmaps may hold any topic of the
// library; no added id may stand in it already. Name stands before the files in problems; it must
// not be empty. Render says why a Markdown text cannot be shown. The library itself does not change,
// and the new one shares its topics.
//
// An error is [Problems], all that break a rule of [Check] or of [Load] at once, or says that the
// tree cannot be read.
func (l *Library) Add(fsys fs.FS, name string, render func(markdown string) error) (*Library, error) {
	own := &Library{
		roadmap: maps.Clone(l.roadmap), topic: maps.Clone(l.topic), question: maps.Clone(l.question),
		from: tree{fsys, name},
	}
	f, err := own.readOwn()
	problems, err := problemsOf(err)
	if err != nil {
		return nil, fmt.Errorf("reading the content of %s: %w", name, err)
	}
	if len(f.roadmaps) == 0 && len(problems) == 0 {
		return nil, fmt.Errorf("%s holds no roadmaps: put them into its directories %s and %s", name, roadmapDir, topicDir)
	}
	problems = append(problems, l.clashes(f)...)
	own.retired = retiredFile{merged(l.retired.Topics, f.retired.Topics), merged(l.retired.Questions, f.retired.Questions)}
	unconnected, _ := problemsOf(own.fill(f)) // it says nothing else
	problems = own.placed(append(problems, unconnected...))
	for _, p := range Check(own, render).Problems {
		if !f.doubts(strings.TrimPrefix(p.File, name+"/")) {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.File, b.File) })
		return nil, Problems(problems)
	}
	for _, r := range own.roadmaps {
		r.Own = true
	}
	all := *own
	all.roadmaps, all.topics = slices.Concat(l.roadmaps, own.roadmaps), slices.Concat(l.topics, own.topics)
	all.choice, all.published, all.from, all.own = l.choice, l.published, l.from, own
	all.sort()
	slices.SortFunc(all.topics, func(a, b *Topic) int { return cmp.Compare(a.ID, b.ID) })
	return &all, nil
}

// Own is only what [Library.Add] has added, to be checked and run by itself; topics are still looked
// up in the whole library. It is nil if nothing was added.
func (l *Library) Own() *Library { return l.own }

// sort puts the roadmaps into the order in which they are offered.
func (l *Library) sort() {
	slices.SortStableFunc(l.roadmaps, func(a, b *Roadmap) int { return cmp.Compare(a.order, b.order) })
}

// readOwn reads what was added. What the program alone has is not looked at.
func (l *Library) readOwn() (*files, error) {
	f := &files{broken: map[string]bool{}}
	var problems [3]error
	f.roadmaps, f.roadmapTexts, problems[0] = readDir[roadmapFile, roadmapTextFile](l.from.fsys, roadmapDir, f.broken)
	f.topics, f.topicTexts, problems[1] = readDir[topicFile, topicTextFile](l.from.fsys, topicDir, f.broken)
	f.retired, problems[2] = readRetired(l.from.fsys)
	return f, errors.Join(problems[:]...)
}

// readRetired reads retired.yaml; without that file nothing is retired.
func readRetired(fsys fs.FS) (retiredFile, error) {
	f, err := readFile[retiredFile](fsys, retiredPath)
	switch {
	case err == nil:
		return *f, nil
	case errors.Is(err, fs.ErrNotExist):
		return retiredFile{}, nil
	}
	return retiredFile{}, err
}

// clashes are the ids that stand in the library already, or stood there once.
func (l *Library) clashes(f *files) []Problem {
	var problems []Problem
	taken := func(dir, id, what string) {
		file := contentPath(dir, id, "")
		problems = append(problems, Problem{file, 1, fmt.Sprintf("there is a %s %s already, in the program's own %s: give this one another name", what, id, file)})
		f.broken[file] = true
	}
	for _, id := range slices.Sorted(maps.Keys(f.roadmaps)) {
		if l.roadmap[id] != nil {
			taken(roadmapDir, id, "roadmap")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.topics)) {
		if _, stands := l.Topic(id); stands {
			taken(topicDir, id, "topic")
		}
	}
	return problems
}

// doubts says that the problems of a file may come from one beside it that cannot be used.
func (f *files) doubts(file string) bool {
	id, _, _ := strings.Cut(path.Base(file), ".")
	for _, lang := range append([]string{""}, Languages...) {
		if f.broken[contentPath(path.Dir(file), id, lang)] {
			return true
		}
	}
	return false
}

// problemsOf takes the problems out of an error; rest is what is none.
func problemsOf(err error) (problems []Problem, rest error) {
	var problem Problem
	switch several, ok := err.(interface{ Unwrap() []error }); {
	case err == nil:
	case ok:
		for _, one := range several.Unwrap() {
			more, other := problemsOf(one)
			problems, rest = append(problems, more...), errors.Join(rest, other)
		}
	case errors.As(err, &problem):
		problems = []Problem{problem}
	default:
		rest = err
	}
	return problems, rest
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}
