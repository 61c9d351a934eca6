package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// Post is a message that a person writes. Kind: "" is text; sticker, voice, document and video have no text.
// Anonymous: an administrator of a supergroup writes as the group; the bot sees GroupAnonymousBot (1087968824) as from
// and the group as sender_chat. How an administrator has written last is how getChatMember shows is_anonymous.
type Post struct {
	Person, Chat    int64
	Thread, ReplyTo int64
	Text, Kind      string
	Anonymous       bool
}

// Post writes p and returns the id of the message.
func (s *Server) Post(p Post) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.postBy(p)
}

func (s *Server) postBy(p Post) (int64, error) {
	c := s.chats[p.Chat]
	if c == nil || s.people[p.Person] == nil {
		return 0, notInChat
	}
	if to := c.byID[p.ReplyTo]; to != nil && p.Thread == 0 {
		p.Thread = to.thread
	}
	if err := c.mayPost(p); err != nil {
		return 0, err
	}
	text, ents := fixText(p.Text, nil)
	m := &message{
		from: p.Person, kind: p.Kind, text: text, ents: findEntities(text, ents), thread: p.Thread, replyTo: p.ReplyTo,
		anonymous: p.Anonymous,
	}
	if m.kind == "" {
		m.kind = "text"
	}
	if c.person != nil {
		c.started = true
	}
	c.setAnonymous(p.Person, p.Anonymous)
	s.append(c, m)
	if s.hears(m) {
		s.enqueue(updateKind(m, false), s.wire(m))
	}
	return m.id, nil
}

// mayPost says why a person cannot write p, if so.
func (c *chat) mayPost(p Post) error {
	admin := c.isAdmin(p.Person)
	t := c.topic(p.Thread)
	switch {
	case !c.isMember(p.Person) || c.deleted:
		return notInChat
	case c.migratedTo != 0:
		return hasMigrated
	case c.person != nil && c.bot.Status == "kicked":
		return hasStopped
	case p.Kind == "" && strings.TrimSpace(p.Text) == "":
		return emptyMessage
	case c.kind == "channel" && !admin:
		return adminsOnly
	case c.group.NoText && !admin:
		return mayNotWrite
	case p.Thread != 0 && t == nil:
		return noThread
	case t != nil && t.Closed && !admin:
		return threadClosed
	case p.Anonymous && (!admin || c.kind != "supergroup"):
		return notAnonymous
	case p.ReplyTo != 0 && c.byID[p.ReplyTo] == nil:
		return replyGone
	}
	return nil
}

// setAnonymous keeps whether an administrator's presence is hidden.
func (c *chat) setAnonymous(person int64, on bool) {
	if i := slices.Index(c.group.Anonymous, person); i >= 0 && !on {
		c.group.Anonymous = slices.Delete(c.group.Anonymous, i, i+1)
	} else if i < 0 && on {
		c.group.Anonymous = append(c.group.Anonymous, person)
	}
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
	case !c.bot.in() || c.deleted:
		return false
	case c.person != nil || c.bot.admin():
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
	q := callbackQuery{ID: s.newID(), From: s.user(person), ChatInstance: strconv.FormatInt(chat, 10), Data: data}
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

// DemoAdmin is who runs the bot in the demo: Aziza.
const DemoAdmin = 101

// DemoPeople are the people of the demo and where they meet: a group, a forum and a channel, which the bot does not know
// yet.
func (s *Server) DemoPeople() {
	const aziza, bobur, emma = DemoAdmin, 102, 103
	s.AddPerson(Person{ID: aziza, FirstName: "Aziza", Username: "aziza", Language: "uz"})
	s.AddPerson(Person{ID: bobur, FirstName: "Bobur", Username: "bobur", Language: "uz"})
	s.AddPerson(Person{ID: emma, FirstName: "Emma", Username: "emma", Language: "en"})
	all := []int64{aziza, bobur, emma}
	s.AddGroup(Group{ID: -2000000001, Title: "Go kechasi", Type: "group", Members: all, Admins: []int64{aziza}, Absent: true})
	s.AddGroup(Group{
		ID: -1001000000002, Title: "Backend forum", Type: "supergroup", Forum: true, Members: all, Admins: []int64{aziza},
		Topics: []Topic{{ID: 2, Name: "Go"}, {ID: 3, Name: "SQL"}}, Absent: true,
	})
	s.AddGroup(Group{
		ID: -1001000000003, Title: "Har kuni Go", Type: "channel", Username: "har_kuni_go", Members: all,
		Admins: []int64{aziza}, Absent: true,
	})
}
