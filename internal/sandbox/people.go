package sandbox

import (
	"slices"
	"strings"
)

// Post is a message that a person writes. Kind: "" is text; sticker, voice, document and video have no text.
type Post struct {
	Person, Chat    int64
	Thread, ReplyTo int64
	Text, Kind      string
}

// Post writes p and returns the id of the message.
func (s *Server) Post(p Post) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[p.Chat]
	switch {
	case c == nil || s.people[p.Person] == nil || !c.isMember(p.Person):
		return 0, notInChat
	case c.migratedTo != 0:
		return 0, hasMigrated
	case c.person != nil && c.botStatus == "kicked":
		return 0, hasStopped
	case p.Kind == "" && strings.TrimSpace(p.Text) == "":
		return 0, emptyMessage
	case c.kind == "channel" && !slices.Contains(c.group.Admins, p.Person):
		return 0, adminsOnly
	case p.ReplyTo != 0 && c.byID[p.ReplyTo] == nil:
		return 0, replyGone
	}
	text, ents := fixText(p.Text, nil)
	m := &message{
		from: p.Person, kind: p.Kind, text: text, ents: findEntities(text, ents), thread: p.Thread, replyTo: p.ReplyTo,
	}
	if m.kind == "" {
		m.kind = "text"
	}
	if c.person != nil {
		c.started = true
	}
	s.append(c, m)
	if s.hears(m) {
		s.enqueue(updateKind(m, false), s.wire(m))
	}
	return m.id, nil
}

// updateKind is the field of Update in which m comes.
func updateKind(m *message, edited bool) string {
	kind := "message"
	if m.chat.kind == "channel" {
		kind = "channel_post"
	}
	if edited {
		return "edited_" + kind
	}
	return kind
}

// hears says whether the bot gets m: in groups only commands and replies to itself, unless it is an administrator
// (https://core.telegram.org/bots/features#privacy-mode).
func (s *Server) hears(m *message) bool {
	c := m.chat
	switch {
	case c.botStatus != "member" && c.botStatus != "administrator":
		return false
	case c.person != nil || c.botStatus == "administrator":
		return true
	case strings.HasPrefix(m.text, "/"):
		_, name, named := strings.Cut(strings.Fields(m.text)[0], "@")
		return !named || strings.EqualFold(name, BotUsername)
	}
	to := c.byID[m.replyTo]
	return to != nil && to.from == s.me
}

// said is for tests, whose people exist: what cannot be is logged and gives 0.
func (s *Server) said(id int64, err error) int64 {
	if err != nil {
		s.cfg.Log.Error("a person of the sandbox could not do this", "err", err)
	}
	return id
}

// Say writes a text and returns the id of the message, 0 if that person cannot write there.
func (s *Server) Say(person, chat int64, text string) int64 {
	return s.said(s.Post(Post{Person: person, Chat: chat, Text: text}))
}

// Reply answers a message.
func (s *Server) Reply(person, chat, to int64, text string) int64 {
	return s.said(s.Post(Post{Person: person, Chat: chat, ReplyTo: to, Text: text}))
}

// SendKind sends something that is not text: sticker, voice, document, video.
func (s *Server) SendKind(person, chat int64, kind string) int64 {
	return s.said(s.Post(Post{Person: person, Chat: chat, Kind: kind}))
}

// Edit changes the text of a person's own message.
func (s *Server) Edit(person, chat, message int64, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil || c.byID[message] == nil || c.byID[message].from != person || c.byID[message].kind != "text" {
		return notOwnMessage
	}
	text, _ = fixText(text, nil)
	if text == "" {
		return emptyMessage
	}
	m := c.byID[message]
	m.text, m.ents, m.edited = text, findEntities(text, nil), s.cfg.Now().Unix()
	s.show("edit", m)
	if s.hears(m) {
		s.enqueue(updateKind(m, true), s.wire(m))
	}
	return nil
}

// Press presses a button and returns the id of the callback query. It does not look whether the button stands there:
// an old app may show an old keyboard. A message that is gone comes to the bot as an inaccessible one.
func (s *Server) Press(person, chat, message int64, data string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil || s.people[person] == nil {
		return ""
	}
	q := callbackQuery{ID: s.newID(), From: s.user(person), ChatInstance: "1", Data: data}
	if m := c.byID[message]; m != nil {
		q.Message = s.wire(m)
	} else {
		q.Message = inaccessible{Chat: c.wire(), ID: message}
	}
	s.callbacks[q.ID] = callback{person: person, unix: s.cfg.Now().Unix()}
	s.enqueue("callback_query", q)
	return q.ID
}

// Inline types "@bot query" somewhere and returns the id of the inline query.
func (s *Server) Inline(person int64, query string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := inlineQuery{ID: s.newID(), From: s.user(person), Query: query}
	s.inline[q.ID] = true
	s.enqueue("inline_query", q)
	return q.ID
}

// DemoPeople are the people and the group of the demo.
func (s *Server) DemoPeople() {
	s.AddPerson(Person{ID: 101, FirstName: "Aziza", Username: "aziza", Language: "uz"})
	s.AddPerson(Person{ID: 102, FirstName: "Bobur", Username: "bobur", Language: "uz"})
	s.AddPerson(Person{ID: 103, FirstName: "Emma", Username: "emma", Language: "en"})
	s.AddGroup(Group{
		ID: -1001000000001, Title: "Go kechasi", Type: "supergroup",
		Members: []int64{101, 102, 103}, Admins: []int64{101},
	})
}
