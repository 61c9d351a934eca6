package sandbox

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

type poll struct {
	id          string
	question    string
	options     []pollOption
	kind        string // "quiz" or "regular"
	anonymous   bool
	multiple    bool
	revoting    bool
	shuffle     bool
	right       []int
	explanation string
	explEnts    []Entity
	description string
	descEnts    []Entity
	openPeriod  int64 // seconds
	closeAt     time.Time
	closed      bool
	voters      map[int64][]int
	msg         *message
}

type pollOption struct {
	text  string
	votes int
}

func persistentID(i int) string { return fmt.Sprintf("o%d", i) }

// wire is the poll as the bot sees it; full adds what stands only inside a message.
func (p *poll) wire(full bool) wirePoll {
	w := wirePoll{
		ID: p.id, Question: p.question, Total: len(p.voters), IsClosed: p.closed, IsAnonymous: p.anonymous,
		Multiple: p.multiple, Revoting: p.revoting, Type: p.kind, CorrectIDs: p.right,
		Explanation: p.explanation, ExplEntities: p.explEnts,
	}
	for i, o := range p.options {
		w.Options = append(w.Options, wireOption{PersistentID: persistentID(i), Text: o.text, VoterCount: o.votes})
	}
	if len(p.right) == 1 {
		w.CorrectID = &p.right[0]
	}
	if !p.closeAt.IsZero() {
		w.OpenPeriod, w.CloseDate = p.openPeriod, p.closeAt.Unix()
	}
	if full {
		w.Description, w.DescEntities = p.description, p.descEnts
	}
	return w
}

// Limits of polls: api.json and TDLib (MessageContent.cpp, PollOption.cpp).
const (
	maxQuestion    = 300
	maxOption      = 100
	maxOptions     = 12
	maxExplanation = 200
	maxDescription = 1024
	minOpen        = 5
	maxOpen        = 2628000
)

func sendPoll(s *Server, p params) (any, error) {
	po, err := readPoll(p)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	switch date := p.number("close_date", 0); {
	case po.openPeriod != 0:
		po.closeAt = now.Add(time.Duration(po.openPeriod) * time.Second)
	case date != 0:
		po.closeAt = time.Unix(date, 0)
		po.openPeriod = date - now.Unix()
	}
	if po.openPeriod != 0 && (po.openPeriod < minOpen || po.openPeriod > maxOpen) {
		return nil, badRequest("POLL_CLOSE_DATE_INVALID")
	}
	return s.post(p, &message{kind: "poll", poll: po})
}

func readPoll(p params) (*poll, error) {
	po := &poll{
		kind: "regular", anonymous: !p.has("is_anonymous") || p.yes("is_anonymous"), multiple: p.yes("allows_multiple_answers"),
		shuffle: p.yes("shuffle_options"), closed: p.yes("is_closed"), voters: map[int64][]int{},
		openPeriod: min(max(p.number("open_period", 0), 0), maxOpen),
	}
	var err error
	if po.question, _, err = p.formatted("question", "question_parse_mode", "question_entities"); err != nil {
		return nil, err
	}
	if po.options, err = readOptions(p); err != nil {
		return nil, err
	}
	if po.description, po.descEnts, err = p.formatted("description", "description_parse_mode", "description_entities"); err != nil {
		return nil, err
	}
	switch p.get("type") {
	case "", "regular":
	case "quiz":
		po.kind = "quiz"
		if err := po.readQuiz(p); err != nil {
			return nil, err
		}
	default:
		return nil, badRequest("unsupported poll type specified")
	}
	po.revoting = po.kind != "quiz"
	if p.has("allows_revoting") {
		po.revoting = p.yes("allows_revoting")
	}
	return po, po.check()
}

func readOptions(p params) ([]pollOption, error) {
	var list []json.RawMessage
	if err := p.object("options", &list, "can't parse options JSON object"); err != nil {
		return nil, err
	}
	var out []pollOption
	for _, raw := range list {
		var o struct {
			Text      string          `json:"text"`
			ParseMode string          `json:"text_parse_mode"`
			Entities  json.RawMessage `json:"text_entities"`
		}
		if json.Unmarshal(raw, &o.Text) != nil && json.Unmarshal(raw, &o) != nil {
			return nil, badRequest("expected an option to be of type String")
		}
		one := params{vals: map[string]string{"text": o.Text, "parse_mode": o.ParseMode, "entities": string(o.Entities)}}
		text, _, err := one.formatted("text", "parse_mode", "entities")
		if err != nil {
			return nil, err
		}
		out = append(out, pollOption{text: text})
	}
	return out, nil
}

func (po *poll) readQuiz(p params) (err error) {
	if p.has("correct_option_ids") {
		if err := p.object("correct_option_ids", &po.right, "can't parse correct option identifiers JSON object"); err != nil {
			return err
		}
	} else if p.has("correct_option_id") {
		po.right = []int{int(p.number("correct_option_id", -1))}
	}
	po.explanation, po.explEnts, err = p.formatted("explanation", "explanation_parse_mode", "explanation_entities")
	return err
}

// check finds what Telegram refuses. The texts for a long explanation or description and for a closing time are not
// published; the others are TDLib's or the server's.
func (po *poll) check() error {
	switch n := utf8.RuneCountInString(po.question); {
	case n == 0:
		return badRequest("text must be non-empty")
	case n > maxQuestion:
		return badRequest("poll question length must not exceed %d", maxQuestion)
	}
	switch n := len(po.options); {
	case n == 0:
		return badRequest("poll must have at least one answer option")
	case n > maxOptions:
		return badRequest("poll can't have more than %d options", maxOptions)
	}
	seen := map[string]bool{}
	for _, o := range po.options {
		switch n := utf8.RuneCountInString(o.text); {
		case n == 0:
			return badRequest("text must be non-empty")
		case n > maxOption:
			return badRequest("poll options length must not exceed %d", maxOption)
		}
		if seen[o.text] {
			return badRequest("POLL_OPTION_DUPLICATE")
		}
		seen[o.text] = true
	}
	if utf8.RuneCountInString(po.description) > maxDescription {
		return badRequest("message caption is too long")
	}
	if po.kind == "quiz" {
		return po.checkQuiz()
	}
	return nil
}

func (po *poll) checkQuiz() error {
	if len(po.right) == 0 {
		return badRequest("correct quiz option list must be non-empty")
	}
	for i, n := range po.right {
		if i > 0 && po.right[i-1] >= n {
			return badRequest("correct quiz option list must be increasing")
		}
	}
	if po.right[0] < 0 || po.right[len(po.right)-1] >= len(po.options) {
		return badRequest("wrong quiz correct_option_id")
	}
	if len(po.right) > 1 && !po.multiple {
		return badRequest("QUIZ_CORRECT_ANSWERS_TOO_MUCH")
	}
	if utf8.RuneCountInString(po.explanation) > maxExplanation || strings.Count(po.explanation, "\n") > 2 {
		return badRequest("message is too long")
	}
	return nil
}

func stopPoll(s *Server, p params) (any, error) {
	kb, err := p.keyboard()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.own(p, "message with poll to stop", "poll can't be stopped")
	if err != nil {
		return nil, err
	}
	if m.poll == nil {
		return nil, badRequest("message with poll to stop not found")
	}
	if m.poll.closed {
		return nil, badRequest("poll has already been closed")
	}
	m.markup = kb
	s.closePoll(m.poll)
	return m.poll.wire(false), nil
}

// closePoll ends the voting and tells the bot. The lock is held.
func (s *Server) closePoll(p *poll) {
	p.closed = true
	s.enqueue("poll", p.wire(false))
	s.show("poll", p.msg)
}

// closeDue closes the polls whose time is over. The lock is held.
func (s *Server) closeDue() {
	if len(s.closing) == 0 {
		return
	}
	now := s.cfg.Now()
	for len(s.closing) > 0 && !s.closing[0].closeAt.After(now) {
		if p := heap.Pop(&s.closing).(*poll); !p.closed {
			s.closePoll(p)
		}
	}
}

// watchClosing sees to it that the next poll is closed in its time, also while nobody calls. The lock is held.
func (s *Server) watchClosing() {
	if len(s.closing) == 0 {
		return
	}
	if s.closer != nil {
		s.closer.Stop()
	}
	s.closer = time.AfterFunc(max(s.closing[0].closeAt.Sub(s.cfg.Now()), 0)+time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		select {
		case <-s.done:
		default:
			s.closeDue()
			s.watchClosing()
		}
	})
}

// pollHeap has the poll that closes next at its top.
type pollHeap []*poll

func (h pollHeap) Len() int           { return len(h) }
func (h pollHeap) Less(i, j int) bool { return h[i].closeAt.Before(h[j].closeAt) }
func (h pollHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *pollHeap) Push(x any)        { *h = append(*h, x.(*poll)) }
func (h *pollHeap) Pop() any {
	old := *h
	p := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return p
}

// addPoll makes a new poll known. The lock is held.
func (s *Server) addPoll(p *poll, m *message) {
	p.id = s.newID()
	s.knowPoll(p, m)
}

func (s *Server) knowPoll(p *poll, m *message) {
	p.msg = m
	s.polls[p.id] = p
	if !p.closeAt.IsZero() && !p.closed {
		heap.Push(&s.closing, p)
		s.watchClosing()
	}
}

// Vote chooses options of a poll, by their place in the bot's list. Strangers to the chat may vote too: a poll can be
// forwarded. The bot gets poll_answer, or poll if the poll is anonymous.
func (s *Server) Vote(person int64, pollID string, options ...int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.voting(person, pollID)
	if err != nil {
		return err
	}
	chosen := slices.Clone(options)
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	switch {
	case len(chosen) == 0 || chosen[0] < 0 || chosen[len(chosen)-1] >= len(p.options):
		return noOption
	case len(chosen) > 1 && !p.multiple:
		return oneAnswer
	case p.voters[person] != nil && !p.revoting:
		return keepsAnswer
	}
	s.count(p, person, chosen)
	return nil
}

// RetractVote takes a vote back; quizzes refuse it.
func (s *Server) RetractVote(person int64, pollID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.voting(person, pollID)
	if err != nil {
		return err
	}
	if p.voters[person] == nil || !p.revoting {
		return noVote
	}
	s.count(p, person, nil)
	return nil
}

func (s *Server) voting(person int64, pollID string) (*poll, error) {
	s.closeDue()
	p := s.polls[pollID]
	switch {
	case p == nil || p.msg.chat.byID[p.msg.id] == nil:
		return nil, noPoll
	case s.people[person] == nil:
		return nil, noPerson
	case p.closed:
		return nil, pollClosed
	}
	return p, nil
}

// count replaces somebody's vote; nil takes it away. The lock is held.
func (s *Server) count(p *poll, person int64, chosen []int) {
	for _, i := range p.voters[person] {
		p.options[i].votes--
	}
	delete(p.voters, person)
	for _, i := range chosen {
		p.options[i].votes++
	}
	if chosen != nil {
		p.voters[person] = chosen
	}
	if p.anonymous {
		s.enqueue("poll", p.wire(false))
	} else {
		who := s.user(person)
		a := pollAnswer{PollID: p.id, User: &who, OptionIDs: []int{}, PersistentIDs: []string{}}
		for _, i := range chosen {
			a.OptionIDs = append(a.OptionIDs, i)
			a.PersistentIDs = append(a.PersistentIDs, persistentID(i))
		}
		s.enqueue("poll_answer", a)
	}
	s.show("poll", p.msg)
}
