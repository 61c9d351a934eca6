package sandbox

import (
	"cmp"
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

// Topic is a thread of a forum. Its ID is also the id of the message that opened it, as in Telegram.
type Topic struct {
	ID     int64
	Name   string
	Closed bool
}

// Group is a chat of several people: Type is "group", "supergroup" or "channel". The first of Admins is its creator.
// Admins are members too; Anonymous are those of them who write as the group. Absent: the bot is not in it (yet).
// NoText and NoPolls: members who are no administrators may send none, and so may the bot.
type Group struct {
	ID                                 int64
	Title, Type, Username              string
	Forum                              bool
	Topics                             []Topic
	Members, Admins, Anonymous, Banned []int64
	BotAdmin, Absent                   bool
	NoText, NoPolls                    bool
}

type person struct {
	Person
}

// standing is the bot's own place in a chat. NoPost counts for an administrator of a channel; NoText and NoPolls for a
// restricted bot.
type standing struct {
	Status                  string // "member", "administrator", "restricted", "left", "kicked"
	NoPost, NoText, NoPolls bool
}

// chat holds what one chat knows. msgs are in the order of their ids; byID finds one.
type chat struct {
	id           int64
	kind         string
	group        Group // zero for a private chat
	person       *person
	bot          standing
	started      bool  // private: the person has written or pressed Start
	migratedTo   int64 // the supergroup that this group became
	migratedFrom int64 // the group that this supergroup was
	deleted      bool
	msgs         []*message
	byID         map[int64]*message
	pinned       []int64
	bucket       bucket // messages a second
	minute       bucket // messages a minute, groups only
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
	c := &chat{id: p.ID, kind: "private", person: who, bot: standing{Status: "member"}, started: p.Started, byID: map[int64]*message{}}
	s.people[p.ID], s.chats[p.ID] = who, c
	s.order = append(s.order, p.ID)
	return c
}

// AddGroup adds a group, supergroup or channel; one that is there already stays as it is. The bot hears nothing of it;
// see Join for a bot that is added later.
func (s *Server) AddGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chats[g.ID] == nil {
		c := s.addGroup(g)
		for _, t := range c.group.Topics {
			s.openTopic(c, t, c.founder())
		}
	}
	s.chatsChanged()
}

func (s *Server) addGroup(g Group) *chat {
	g = g.clone()
	for _, id := range g.Admins {
		if !slices.Contains(g.Members, id) {
			g.Members = append(g.Members, id)
		}
	}
	slices.SortFunc(g.Topics, func(a, b Topic) int { return cmp.Compare(a.ID, b.ID) })
	c := &chat{id: g.ID, kind: g.Type, group: g, bot: standing{Status: "member"}, byID: map[int64]*message{}}
	switch {
	case g.Absent:
		c.bot.Status = "left"
	case g.BotAdmin:
		c.bot.Status = "administrator"
	}
	s.chats[g.ID] = c
	s.order = append(s.order, g.ID)
	return c
}

// clone gives a copy that shares nothing with g.
func (g Group) clone() Group {
	g.Topics = slices.Clone(g.Topics)
	g.Members, g.Admins = slices.Clone(g.Members), slices.Clone(g.Admins)
	g.Anonymous, g.Banned = slices.Clone(g.Anonymous), slices.Clone(g.Banned)
	return g
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
		s.setBot(c, c.person.ID, standing{Status: status})
	}
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

// writable says why the bot has no access to c, if so: check_chat_access in the server's Client.cpp.
func (c *chat) writable() error {
	switch {
	case c.migratedTo != 0:
		e := badRequest("group chat was upgraded to a supergroup chat")
		e.MigrateTo = c.migratedTo
		return e
	case c.deleted && c.kind == "group":
		return forbidden("the group chat was deleted")
	case c.person != nil && c.bot.Status == "kicked":
		return forbidden("bot was blocked by the user")
	case c.person != nil && !c.started:
		return forbidden("bot can't initiate conversation with a user")
	case c.bot.Status == "kicked" || c.deleted:
		return forbidden("bot was kicked from the " + c.kind + " chat")
	case c.bot.Status == "left":
		return forbidden("bot is not a member of the " + c.kind + " chat")
	}
	return nil
}

// sendable says which right the bot lacks to send m to c, if so. The texts are TDLib's (DialogManager.cpp and
// MessageContent.cpp).
func (c *chat) sendable(m *message) error {
	if c.kind == "channel" {
		if !c.bot.admin() || c.bot.NoPost {
			return badRequest("need administrator rights in the channel chat")
		}
		return nil
	}
	if c.bot.admin() {
		return nil
	}
	noText, noPolls := c.bot.NoText || c.group.NoText, c.bot.NoPolls || c.group.NoPolls
	switch {
	case m.kind == "poll" && noPolls:
		return badRequest("not enough rights to send polls to the chat")
	case m.kind == "photo" && noText:
		return badRequest("not enough rights to send photos to the chat")
	case m.kind == "document" && noText:
		return badRequest("not enough rights to send documents to the chat")
	case m.kind == "text" && noText:
		return badRequest("not enough rights to send text messages to the chat")
	}
	return nil
}

func (b standing) admin() bool { return b.Status == "administrator" }

// in says whether the bot takes part in the chat.
func (b standing) in() bool {
	return b.Status == "member" || b.Status == "administrator" || b.Status == "restricted"
}

// isMember says whether a person takes part in the chat.
func (c *chat) isMember(id int64) bool {
	if c.person != nil {
		return c.person.ID == id
	}
	return slices.Contains(c.group.Members, id)
}

func (c *chat) isAdmin(id int64) bool { return slices.Contains(c.group.Admins, id) }

// creator is the person who owns the group; 0 if nobody does.
func (c *chat) creator() int64 {
	if len(c.group.Admins) == 0 {
		return 0
	}
	return c.group.Admins[0]
}

// founder did what nobody in particular has done: the creator, or a member of a group that has none.
func (c *chat) founder() int64 {
	if id := c.creator(); id != 0 || len(c.group.Members) == 0 {
		return id
	}
	return c.group.Members[0]
}
