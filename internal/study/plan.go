package study

// Plan lays a roadmap out in weeks. A week is as many study days as the chat has in one, so that
// neither other days nor a pause is time that passes.
type Plan struct {
	Stages []PlanStage
	Start  Day      // the local day on which the chat began
	Days   Weekdays // its study days, as they are now
}

// PlanStage is a stage with its number of topics and the weeks that it takes, both ends included
// and at least 1.
type PlanStage struct{ Topics, MinWeeks, MaxWeeks int }

// Pace is what a plan says of a day. Between the fastest way through it and the slowest one a chat
// is on time.
type Pace struct {
	Week     int // the present one, from 1; it may be past Max
	Min, Max int // the weeks of the whole plan
	Stage    int // the index of the stage that the plan expects in this week
	Ahead    int // topics closed beyond what the fastest way asks for up to today
	Behind   int // topics open that the slowest way closed before today
}

// Over says that more weeks have passed than the plan has.
func (p Pace) Over() bool { return p.Week > p.Max }

// Pace is where the plan is on the given day, for a chat that closed so many of its topics. What
// happened on the days tells which were a pause.
func (p Plan) Pace(today Day, closed int, days map[Day]Activity) Pace {
	passed := 0 // study days before today
	for day := p.Start; day < today; day++ {
		if p.counts(day, days) {
			passed++
		}
	}
	until := passed // today included
	if p.counts(today, days) {
		until++
	}
	perWeek := max(p.Days.Count(), 1)
	pace := Pace{Week: passed/perWeek + 1}
	for _, s := range p.Stages {
		pace.Min += s.MinWeeks
		pace.Max += s.MaxWeeks
	}
	pace.Stage = p.stage(pace.Week)
	pace.Ahead = max(0, closed-p.topics(until, perWeek, PlanStage.fast, 1))
	pace.Behind = max(0, p.topics(passed, perWeek, PlanStage.slow, 0)-closed)
	return pace
}

// counts says whether the day is time that passes.
func (p Plan) counts(day Day, days map[Day]Activity) bool {
	return p.Days.Has(day.Weekday()) && !days[day].Paused
}

func (s PlanStage) fast() int { return s.MinWeeks }
func (s PlanStage) slow() int { return s.MaxWeeks }

// topics is how many the plan has closed after so many study days, a stage taking as many weeks as
// the given way says. Of a topic that is under way it counts the part up: 1 as a whole one, 0 as none.
func (p Plan) topics(days, perWeek int, weeks func(PlanStage) int, part int) int {
	closed := 0
	for _, s := range p.Stages {
		length := max(weeks(s), 1) * perWeek
		if days < length {
			return closed + (s.Topics*days+part*(length-1))/length
		}
		days -= length
		closed += s.Topics
	}
	return closed
}

// stage is the one of the given week if each takes the middle of its weeks.
func (p Plan) stage(week int) int {
	halves := 0 // half weeks, to stay with whole numbers
	for i, s := range p.Stages {
		halves += s.MinWeeks + s.MaxWeeks
		if 2*(week-1) < halves {
			return i
		}
	}
	return max(len(p.Stages)-1, 0)
}
