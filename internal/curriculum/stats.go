package curriculum

// Stats counts what a roadmap holds in one language.
type Stats struct {
	Roadmap, Language string
	Stages, Topics    int
	Written           int // topics with a lesson
	Words             int // of lessons, without blocks of code
	Questions         int
	Projects          int // stages that end in one
	Run, Built        int // pieces of code of lessons that are run, and that are only built or parsed
}

// Stats counts every roadmap in every language.
func (l *Library) Stats() []Stats {
	var all []Stats
	for _, r := range l.roadmaps {
		for _, lang := range Languages {
			all = append(all, r.stats(lang))
		}
	}
	return all
}

func (r *Roadmap) stats(lang string) Stats {
	s := Stats{Roadmap: r.ID, Language: lang, Stages: len(r.Stages)}
	for _, stage := range r.Stages {
		if stage.Text[lang].Project != nil {
			s.Projects++
		}
		for _, t := range stage.Topics {
			s.Topics++
			if !t.Written() {
				continue
			}
			s.Written++
			s.Words += countWords(t.Text[lang].Lesson)
			s.Questions += len(t.Questions)
			switch {
			case t.Code != nil && t.Code.Run:
				s.Run++
			case t.Code != nil:
				s.Built++
			}
		}
	}
	return s
}
