package sandbox

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// groupActions are what the menu of a group or channel offers. All but "add" to a group are for administrators.
var groupActions = map[string]func(s *Server, c *chat, by int64){
	"add":     func(s *Server, c *chat, by int64) { s.join(c, by, c.kind == "channel") },
	"promote": func(s *Server, c *chat, by int64) { s.join(c, by, true) },
	"demote":  func(s *Server, c *chat, by int64) { s.setBot(c, by, standing{Status: "member"}) },
	"mute":    func(s *Server, c *chat, by int64) { s.setBot(c, by, c.muted()) },
	"unmute":  func(s *Server, c *chat, by int64) { s.join(c, by, c.kind == "channel") },
}

// muted is the bot without the right to write: in a supergroup it is restricted, in a channel an administrator all the
// same.
func (c *chat) muted() standing {
	if c.kind == "channel" {
		return standing{Status: "administrator", NoPost: true}
	}
	return standing{Status: "restricted", NoText: true, NoPolls: true}
}

func (s *Server) webGroup(_ *http.Request, a action) (any, error) {
	name := strings.TrimSpace(a.Text)
	s.mu.Lock()
	c := s.groupChat(a.Chat)
	err := c.mayChange(a, name)
	do := groupActions[a.Do]
	if err == nil && do != nil {
		do(s, c, a.Person)
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	id := a.Chat
	switch a.Do {
	case "remove":
		s.Kick(a.Person, a.Chat)
	case "upgrade":
		id = s.Migrate(a.Chat)
	case "topic":
		id = s.AddThread(a.Person, a.Chat, name)
	}
	return map[string]int64{"id": id}, nil
}

// mayChange says why a person cannot do this with the group c, if so.
func (c *chat) mayChange(a action, name string) error {
	switch {
	case c == nil || c.deleted || !c.isMember(a.Person):
		return notInChat
	case c.migratedTo != 0:
		return hasMigrated
	case !c.isAdmin(a.Person) && (a.Do != "add" || c.kind == "channel"):
		return adminNeeded
	case a.Do == "upgrade" && c.kind != "group", a.Do == "topic" && !c.group.Forum:
		return groupNeeded
	case a.Do == "topic" && (name == "" || utf8.RuneCountInString(name) > 128):
		return threadName
	}
	return nil
}

// webOpen follows a link to the bot.
func (s *Server) webOpen(_ *http.Request, a action) (any, error) {
	id, err := s.Open(a.Person, a.Link, a.Chat)
	return map[string]int64{"id": id}, err
}

// holding finds the chat in which a message of the page stands: it may be the group that a supergroup was. The lock is
// held.
func (s *Server) holding(chat, message int64) *chat {
	c := s.chats[chat]
	if c != nil && c.byID[message] == nil && s.chats[c.migratedFrom] != nil {
		return s.chats[c.migratedFrom]
	}
	return c
}
