package study

import "time"

// Kind says what happened. The words are stored: they never change.
type Kind string

// What a chat can do. Undone takes back one of the three steps Done, Known
// and Moved.
const (
	Enrolled Kind = "enrolled" // chose a roadmap, or came back to it
	Opened   Kind = "opened"   // was shown a lesson
	Done     Kind = "done"     // finished a topic
	Known    Kind = "known"    // knew it already
	Moved    Kind = "moved"    // goes on from another topic
	Undone   Kind = "undone"
	Answered Kind = "answered" // a quiz question
	Reviewed Kind = "reviewed" // finished a review
	Passed   Kind = "passed"   // a stage's checkpoint
	Marked   Kind = "marked"   // in a group: a member is done with its topic
	Paused   Kind = "paused"
	Resumed  Kind = "resumed" // the pause ends with that day
	Changed  Kind = "changed" // a setting
	Stopped  Kind = "stopped"
	Returned Kind = "returned" // messages are wanted again
)

// Event is a row of the append-only log.
type Event struct {
	At       time.Time
	Day      Day   // the chat's local day then
	User     int64 // 0 when nobody did it
	Kind     Kind
	Roadmap  string
	Topic    string
	Question string
	Detail   Detail
}

// Detail is what only some kinds of events carry.
type Detail struct {
	From    string     `json:"from,omitempty"`    // Done, Known, Moved: the position before
	To      *string    `json:"to,omitempty"`      // the position afterwards, where it changed; "" at the end of the roadmap
	Was     TopicState `json:"was,omitempty"`     // the topic's state before; Undone: the state it gets back
	Step    Kind       `json:"step,omitempty"`    // Undone: what was taken back
	StepDay *Day       `json:"stepDay,omitempty"` // Undone: and on which day it had counted
	Until   *Day       `json:"until,omitempty"`   // Paused: the first day that is not
	Chosen  []int      `json:"chosen,omitempty"`  // Answered
	Right   bool       `json:"right,omitempty"`
	Unknown bool       `json:"unknown,omitempty"` // Answered: "I don't know", without guessing
	Stage   string     `json:"stage,omitempty"`   // Passed; Known: the stage that was known as a whole
	Took    int64      `json:"took,omitempty"`    // milliseconds from question to answer
	Points  int        `json:"points,omitempty"`  // Answered, Marked: what it brought the member on the group's board
	Setting string     `json:"setting,omitempty"`
	Value   string     `json:"value,omitempty"`
	Days    Weekdays   `json:"days,omitempty"` // Changed: the study days from now on
	Left    *Day       `json:"left,omitempty"` // Changed: the local day that it was until then, if a zone to the east ended it
}

// SettingHour in Detail.Setting is the hour of the daily topic. Its choice ends
// the set-up: what a chat changes first is its hour.
const SettingHour = "hour"

// MovesStreak says whether such an event can change how the streak stands or
// when it ends.
func (k Kind) MovesStreak() bool {
	switch k {
	case Answered, Changed, Paused, Resumed, Returned:
		return true
	}
	return false
}

// TopicState is how far a chat is with a topic; "" before it was met.
type TopicState string

// The states of a topic.
const (
	TopicOpened TopicState = "opened"
	TopicDone   TopicState = "done"
	TopicKnown  TopicState = "known"
)

// Closed says that the topic needs no further lesson.
func (s TopicState) Closed() bool { return s == TopicDone || s == TopicKnown }

// State is everything that follows from a chat's log.
type State struct {
	Positions map[string]string     // by roadmap; "" at the end of it
	Topics    map[string]TopicState // by topic
	Days      map[Day]Activity
}

// Fold rebuilds the state from the whole log, oldest event first. It needs no
// roadmaps: what an event did to the position stands in it.
func Fold(log []Event) State {
	s := State{Positions: map[string]string{}, Topics: map[string]TopicState{}, Days: map[Day]Activity{}}
	for _, e := range log {
		s.apply(e)
	}
	return s
}

func (s State) apply(e Event) {
	if e.Detail.To != nil {
		s.Positions[e.Roadmap] = *e.Detail.To
	}
	day := s.Days[e.Day]
	switch e.Kind {
	case Opened:
		if s.Topics[e.Topic] == "" {
			s.Topics[e.Topic] = TopicOpened
		}
		return
	case Done, Known:
		s.Topics[e.Topic] = e.Kind.state()
		if e.Kind == Done {
			day.Topics++
		}
	case Undone:
		s.undo(e)
		return
	case Answered:
		day.Answers++
	case Reviewed:
		day.Reviews++
	case Paused:
		for d := e.Day; d < *e.Detail.Until; d++ {
			paused := s.Days[d]
			paused.Paused = true
			s.Days[d] = paused
		}
		return
	case Resumed:
		s.resume(e.Day + 1)
		return
	default:
		return
	}
	s.set(e.Day, day)
}

func (s State) undo(e Event) {
	if e.Detail.Step == Moved {
		return
	}
	if s.Topics[e.Topic] = e.Detail.Was; e.Detail.Was == "" {
		delete(s.Topics, e.Topic)
	}
	if e.Detail.Step == Done {
		day := s.Days[*e.Detail.StepDay]
		day.Topics--
		s.set(*e.Detail.StepDay, day)
	}
}

// resume ends the pause before the given day: it and what follows count again.
// The day on which somebody comes back was one of rest, and costs nothing.
func (s State) resume(from Day) {
	for d, day := range s.Days {
		if d >= from && day.Paused {
			day.Paused = false
			s.set(d, day)
		}
	}
}

// set keeps no day on which nothing happened.
func (s State) set(d Day, activity Activity) {
	if activity == (Activity{}) {
		delete(s.Days, d)
		return
	}
	s.Days[d] = activity
}

// state is what a topic becomes by an event that closes it.
func (k Kind) state() TopicState {
	if k == Known {
		return TopicKnown
	}
	return TopicDone
}

// Step says whether the event is one that /undo can take back.
func (k Kind) Step() bool { return k == Done || k == Known || k == Moved }
