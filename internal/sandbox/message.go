package sandbox

import (
	"slices"
	"strconv"
)

// message is what stands in a chat. text and ents are the caption if kind is "photo". markup and ents are replaced,
// never changed in place, since copies of them are on their way to the bot.
type message struct {
	id           int64
	chat         *chat
	thread       int64
	from         int64
	date, edited int64 // Unix seconds
	kind         string
	text         string
	ents         []Entity
	photo        *file // or the document
	poll         *poll
	markup       *markup
	replyTo      int64
	effect       string
	protected    bool
	service      *service
	reaction     string // the bot's own
	anonymous    bool   // shows the group in the place of from
	via          bool   // a result of the bot that a person chose
}

// Message is what a person sees. For a photo or a document, Text is the caption.
type Message struct {
	ID          int64      `json:"id"`
	Chat        int64      `json:"chat"`
	Thread      int64      `json:"thread"`
	Date        int64      `json:"date"` // Unix milliseconds
	Edited      bool       `json:"edited"`
	From        Sender     `json:"from"`
	Author      int64      `json:"author"` // the person who wrote it, also as the group or channel; 0: the bot
	Kind        string     `json:"kind"`   // text, photo, poll, service, sticker, voice, document, video
	HTML        string     `json:"html"`   // safe, see renderHTML
	Text        string     `json:"text"`
	Entities    []Entity   `json:"-"`
	Photo       *string    `json:"photo"` // path on this server
	Width       int        `json:"width"` // of the photo, in pixels
	Height      int        `json:"height"`
	Document    *Document  `json:"document"`
	CaptionHTML string     `json:"caption_html"`
	Keyboard    [][]Button `json:"keyboard"`
	Poll        *Poll      `json:"poll"`
	ReplyTo     *int64     `json:"reply_to"`
	Via         bool       `json:"via"` // a result of the bot that the author chose
	Effect      string     `json:"effect"`
	Pinned      bool       `json:"pinned"`
	Reaction    string     `json:"reaction"`
	Service     *Note      `json:"service"` // of a service message
}

// Note is what a service message tells. Kind: "joined", "left", "upgraded" (in the group), "arrived" (in the supergroup
// that it became), "topic", "topic_closed", "topic_reopened", "pinned". Who came or went: Names; a topic: Names too.
type Note struct {
	Kind  string   `json:"kind"`
	Names []string `json:"names"`
}

// Sender wrote a message; in a channel it is the channel, and the group where an administrator is anonymous.
type Sender struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Bot  bool   `json:"bot"`
}

// Button is one button under a message. Data and URL are "" where the button has none.
type Button struct {
	Text  string `json:"text"`
	Data  string `json:"data"`
	URL   string `json:"url"`
	Style string `json:"style"`
}

// Poll is a poll as its voters see it. Options are in the order in which the bot sent them; Index says which that is.
type Poll struct {
	ID              string            `json:"id"`
	Question        string            `json:"question"`
	DescriptionHTML string            `json:"description_html"`
	Explanation     string            `json:"explanation"`
	ExplanationHTML string            `json:"explanation_html"`
	Type            string            `json:"type"`
	Anonymous       bool              `json:"anonymous"`
	Multiple        bool              `json:"multiple"`
	Revoting        bool              `json:"revoting"`
	Shuffle         bool              `json:"shuffle"`
	Closed          bool              `json:"closed"`
	CloseDate       int64             `json:"close_date"` // Unix milliseconds, 0: stays open
	Total           int               `json:"total"`
	Options         []Option          `json:"options"`
	Right           []int             `json:"right"`
	Answers         map[string]Answer `json:"answers"` // by person id
}

// Option is one answer of a poll.
type Option struct {
	Index int    `json:"index"`
	Text  string `json:"text"`
	Votes int    `json:"votes"`
}

// Answer is what one person chose, by Index. Correct is false in a poll that is no quiz.
type Answer struct {
	Chosen  []int `json:"chosen"`
	Correct bool  `json:"correct"`
}

// Messages returns what stands in a chat, oldest first.
func (s *Server) Messages(chat int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil {
		return nil
	}
	s.closeDue()
	out := make([]Message, 0, len(c.msgs))
	for _, m := range c.msgs {
		out = append(out, s.view(m))
	}
	return out
}

// append puts m at the end of c with the next id. The lock is held.
func (s *Server) append(c *chat, m *message) {
	if m.id == 0 { // all but the topics that a forum begins with
		s.nextMsg++
		m.id = s.nextMsg
		if m.service != nil && m.service.TopicCreated != nil {
			m.thread = m.id
		}
	}
	m.chat, m.date = c, s.cfg.Now().Unix()
	c.msgs = append(c.msgs, m)
	c.byID[m.id] = m
	s.show("message", m)
}

// remove takes m out of its chat. The lock is held.
func (s *Server) remove(m *message) {
	c := m.chat
	if i, ok := slices.BinarySearchFunc(c.msgs, m.id, func(m *message, id int64) int { return int(m.id - id) }); ok {
		c.msgs = slices.Delete(c.msgs, i, i+1)
	}
	delete(c.byID, m.id)
	c.pinned = slices.DeleteFunc(c.pinned, func(id int64) bool { return id == m.id })
	s.publish("delete", func() any { return map[string]int64{"chat": c.shownAs(), "id": m.id} })
	s.changed()
}

// show tells the web chats and whoever waits that m is new or changed. The lock is held.
func (s *Server) show(kind string, m *message) {
	s.publish(kind, func() any { return s.forWeb(m) })
	s.changed()
}

// view renders m. The lock is held.
func (s *Server) view(m *message) Message {
	v := Message{
		ID: m.id, Chat: m.chat.id, Thread: m.thread, Date: m.date * 1000, Edited: m.edited != 0, Kind: m.kind,
		From: s.sender(m), Text: m.text, Entities: slices.Clone(m.ents), Via: m.via, Effect: m.effect, Reaction: m.reaction,
		Pinned: slices.Contains(m.chat.pinned, m.id), Service: m.service.view(),
	}
	if m.from != s.me {
		v.Author = m.from
	}
	switch m.kind {
	case "photo":
		path := m.photo.path()
		v.Photo, v.CaptionHTML = &path, renderHTML(m.text, m.ents)
		if m.photo != nil {
			v.Width, v.Height = m.photo.width, m.photo.height
		}
	case "poll":
		v.Poll = m.poll.view()
	default:
		v.HTML = renderHTML(m.text, m.ents)
		if m.photo != nil {
			v.Document = &Document{m.photo.path(), m.photo.name, len(m.photo.data)}
		}
	}
	if m.replyTo != 0 {
		to := m.replyTo
		v.ReplyTo = &to
	}
	if m.markup != nil {
		v.Keyboard = m.markup.view()
	}
	return v
}

func (s *Server) sender(m *message) Sender {
	if m.chat.kind == "channel" || m.anonymous {
		return Sender{ID: m.chat.id, Name: m.chat.group.Title, Bot: m.from == s.me}
	}
	u := s.user(m.from)
	return Sender{ID: u.ID, Name: u.name(), Bot: u.IsBot}
}

func (u wireUser) name() string {
	if u.LastName == "" {
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

func (e *service) view() *Note {
	switch {
	case e == nil:
		return nil
	case len(e.NewMembers) > 0:
		n := &Note{Kind: "joined"}
		for _, u := range e.NewMembers {
			n.Names = append(n.Names, u.name())
		}
		return n
	case e.LeftMember != nil:
		return &Note{Kind: "left", Names: []string{e.LeftMember.name()}}
	case e.MigrateTo != 0:
		return &Note{Kind: "upgraded"}
	case e.MigrateFrom != 0:
		return &Note{Kind: "arrived"}
	case e.TopicCreated != nil:
		return &Note{Kind: "topic", Names: []string{e.TopicCreated.Name}}
	case e.TopicClosed != nil:
		return &Note{Kind: "topic_closed"}
	case e.TopicReopened != nil:
		return &Note{Kind: "topic_reopened"}
	}
	return &Note{Kind: "pinned"}
}

func (p *poll) view() *Poll {
	v := &Poll{
		ID: p.id, Question: p.question, DescriptionHTML: renderHTML(p.description, p.descEnts), Explanation: p.explanation, ExplanationHTML: renderHTML(p.explanation, p.explEnts),
		Type: p.kind, Anonymous: p.anonymous, Multiple: p.multiple, Revoting: p.revoting, Shuffle: p.shuffle,
		Closed: p.closed, Total: len(p.voters), Right: slices.Clone(p.right), Answers: map[string]Answer{},
	}
	if !p.closeAt.IsZero() {
		v.CloseDate = p.closeAt.UnixMilli()
	}
	for i, o := range p.options {
		v.Options = append(v.Options, Option{Index: i, Text: o.text, Votes: o.votes})
	}
	for id, chosen := range p.voters {
		v.Answers[strconv.FormatInt(id, 10)] = Answer{
			Chosen: slices.Clone(chosen), Correct: p.kind == "quiz" && slices.Equal(chosen, p.right),
		}
	}
	return v
}
