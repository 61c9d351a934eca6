package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// Person is a Telegram user. Language is the language_code of the app, "" if it tells none.
// Started: has pressed Start before, so that the bot may write.
type Person struct {
	ID                            int64
	FirstName, LastName, Username string
	Language                      string
	Started                       bool
}

// Topic is a thread of a forum.
type Topic struct {
	ID   int64
	Name string
}

// Group is a chat of several people: Type is "group", "supergroup" or "channel". The first of Admins is its creator.
// Admins are members too. Absent: the bot is not in it (yet).
type Group struct {
	ID                    int64
	Title, Type, Username string
	Forum                 bool
	Topics                []Topic
	Members, Admins       []int64
	BotAdmin, Absent      bool
}

type person struct {
	Person
}

// chat holds what one chat knows. msgs are in the order of their ids; byID finds one.
type chat struct {
	id         int64
	kind       string
	group      Group // zero for a private chat
	person     *person
	botStatus  string // "member", "administrator", "left", "kicked"
	started    bool   // private: the person has written or pressed Start
	migratedTo int64
	msgs       []*message
	byID       map[int64]*message
	pinned     []int64
	bucket     bucket // messages a second
	minute     bucket // messages a minute, groups only
}

// AddPerson adds somebody with an own private chat, or changes who that is.
func (s *Server) AddPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addPerson(p)
	s.chatsChanged()
}

func (s *Server) addPerson(p Person) *chat {
	if old := s.people[p.ID]; old != nil {
		old.Person = p
		return s.chats[p.ID]
	}
	who := &person{Person: p}
	c := &chat{id: p.ID, kind: "private", person: who, botStatus: "member", started: p.Started, byID: map[int64]*message{}}
	s.people[p.ID], s.chats[p.ID] = who, c
	s.order = append(s.order, p.ID)
	return c
}

// AddGroup adds a group, supergroup or channel; one that is there already stays as it is. The bot hears nothing of it;
// see Join for a bot that is added later.
func (s *Server) AddGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addGroup(g)
	s.chatsChanged()
}

func (s *Server) addGroup(g Group) *chat {
	if old := s.chats[g.ID]; old != nil {
		return old
	}
	g.Members, g.Admins, g.Topics = slices.Clone(g.Members), slices.Clone(g.Admins), slices.Clone(g.Topics)
	for _, id := range g.Admins {
		if !slices.Contains(g.Members, id) {
			g.Members = append(g.Members, id)
		}
	}
	c := &chat{id: g.ID, kind: g.Type, group: g, botStatus: "member", byID: map[int64]*message{}}
	switch {
	case g.Absent:
		c.botStatus = "left"
	case g.BotAdmin:
		c.botStatus = "administrator"
	}
	s.chats[g.ID] = c
	s.order = append(s.order, g.ID)
	return c
}

func (s *Server) chatsChanged() {
	s.publish("chats", func() any { return map[string]any{} })
	s.changed()
}

// Block makes a person stop the bot; Unblock takes that back. The bot hears of it by my_chat_member.
func (s *Server) Block(person int64) { s.setBlocked(person, "kicked") }

// Unblock lets the bot write to the person again.
func (s *Server) Unblock(person int64) { s.setBlocked(person, "member") }

func (s *Server) setBlocked(id int64, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[id]; c != nil && c.person != nil {
		s.setBotStatus(c, c.person.ID, status)
	}
}

// Kick removes the bot from a group; by is who does it.
func (s *Server) Kick(by, group int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[group]; c != nil {
		s.setBotStatus(c, by, "kicked")
	}
}

// Join puts the bot into a group, or makes it an administrator there; by is who does it.
func (s *Server) Join(by, group int64, admin bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[group]
	if c == nil {
		return
	}
	status := "member"
	if admin {
		status = "administrator"
	}
	wasIn := c.botStatus == "member" || c.botStatus == "administrator"
	s.setBotStatus(c, by, status)
	if !wasIn && c.kind != "channel" {
		m := &message{from: by, kind: "service", text: "", service: &service{NewMembers: []wireUser{s.bot()}}}
		s.append(c, m)
		s.enqueue("message", s.wire(m))
	}
}

// setBotStatus changes what the bot is in a chat and tells it. The lock is held.
func (s *Server) setBotStatus(c *chat, by int64, status string) {
	if c.botStatus == status {
		return
	}
	old := c.botStatus
	c.botStatus = status
	s.enqueue("my_chat_member", memberUpdate{
		Chat: c.wire(), From: s.user(by), Date: s.cfg.Now().Unix(),
		Old: s.botMember(old), New: s.botMember(status),
	})
	s.chatsChanged()
}

// Migrate turns a group into a supergroup with a new id, which it returns. The bot gets both service messages.
func (s *Server) Migrate(group int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.chats[group]
	if old == nil || old.kind != "group" || old.migratedTo != 0 {
		return 0
	}
	g := old.group
	g.ID = -1000000000000 + group
	g.Type = "supergroup"
	g.BotAdmin = old.botStatus == "administrator"
	fresh := s.addGroup(g)
	old.migratedTo = g.ID
	by := int64(0)
	if len(g.Admins) > 0 {
		by = g.Admins[0]
	}
	out := &message{from: by, kind: "service", service: &service{MigrateTo: g.ID}}
	s.append(old, out)
	s.enqueue("message", s.wire(out))
	in := &message{from: by, kind: "service", service: &service{MigrateFrom: group}}
	s.append(fresh, in)
	s.enqueue("message", s.wire(in))
	s.chatsChanged()
	return g.ID
}

// find resolves chat_id: a number or @username. The lock is held.
func (s *Server) find(id string) (*chat, error) {
	if id == "" {
		return nil, badRequest("chat_id is empty")
	}
	if name, ok := strings.CutPrefix(id, "@"); ok {
		for _, c := range s.chats {
			if c.person == nil && strings.EqualFold(c.group.Username, name) {
				return c, nil
			}
		}
		return nil, badRequest("chat not found")
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || s.chats[n] == nil {
		return nil, badRequest("chat not found")
	}
	return s.chats[n], nil
}

// writable says why the bot may not write to c, if so.
func (c *chat) writable() error {
	switch {
	case c.migratedTo != 0:
		e := badRequest("group chat was upgraded to a supergroup chat")
		e.MigrateTo = c.migratedTo
		return e
	case c.person != nil && c.botStatus == "kicked":
		return forbidden("bot was blocked by the user")
	case c.person != nil && !c.started:
		return forbidden("bot can't initiate conversation with a user")
	case c.botStatus == "kicked":
		return forbidden("bot was kicked from the " + c.kind + " chat")
	case c.botStatus == "left":
		return forbidden("bot is not a member of the " + c.kind + " chat")
	case c.kind == "channel" && c.botStatus != "administrator":
		return badRequest("need administrator rights in the channel chat")
	}
	return nil
}

// isMember says whether a person takes part in the chat.
func (c *chat) isMember(id int64) bool {
	if c.person != nil {
		return c.person.ID == id
	}
	return slices.Contains(c.group.Members, id)
}
