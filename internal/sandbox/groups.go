package sandbox

import "slices"

// Join puts the bot into a group, or makes it an administrator there; by is who does it. In a channel an administrator
// may post; see Promote.
func (s *Server) Join(by, group int64, admin bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.groupChat(group); c != nil {
		s.join(c, by, admin)
	}
}

func (s *Server) join(c *chat, by int64, admin bool) {
	to := standing{Status: "member"}
	if admin {
		to.Status = "administrator"
	}
	wasIn := c.bot.in()
	s.setBot(c, by, to)
	if !wasIn && c.kind != "channel" {
		s.tell(c, by, &service{NewMembers: []wireUser{s.bot()}})
	}
}

// Promote makes the bot an administrator of a channel who may post or not; by is who does it.
func (s *Server) Promote(by, channel int64, post bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.groupChat(channel); c != nil {
		s.setBot(c, by, standing{Status: "administrator", NoPost: !post && c.kind == "channel"})
	}
}

// Restrict forbids the bot, a member of a supergroup, to send texts or polls there; by is who does it. With both true
// it is a plain member again. Only supergroups restrict single members.
func (s *Server) Restrict(by, supergroup int64, text, polls bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groupChat(supergroup)
	if c == nil || c.kind != "supergroup" || !c.bot.in() {
		return
	}
	to := standing{Status: "member"}
	if !text || !polls {
		to = standing{Status: "restricted", NoText: !text, NoPolls: !polls}
	}
	s.setBot(c, by, to)
}

// SetPermissions says what the members of a group may send. Administrators may send everything. The bot is told nothing:
// it sees it in getChat, or when it sends.
func (s *Server) SetPermissions(group int64, text, polls bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.groupChat(group); c != nil {
		c.group.NoText, c.group.NoPolls = !text, !polls
		s.chatsChanged()
	}
}

// Kick removes the bot from a group; by is who does it. In a group that is no supergroup the bot also gets the service
// message about it.
func (s *Server) Kick(by, group int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groupChat(group)
	if c == nil || !c.bot.in() {
		return
	}
	s.setBot(c, by, standing{Status: "kicked"})
	gone := s.bot()
	switch c.kind {
	case "group":
		s.tell(c, by, &service{LeftMember: &gone})
	case "supergroup":
		s.note(c, by, &service{LeftMember: &gone})
	}
}

// Delete deletes a group or channel for everybody; by is who does it. The bot hears that it has left; when a supergroup
// was once a group, also for that one (https://github.com/tdlib/telegram-bot-api/issues/266).
func (s *Server) Delete(by, group int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groupChat(group)
	if c == nil || c.deleted {
		return
	}
	c.deleted = true
	if old := s.chats[c.migratedFrom]; old != nil && c.bot.in() {
		s.setBot(old, by, standing{Status: "left"})
	}
	s.setBot(c, by, standing{Status: "left"})
	s.chatsChanged()
}

// groupChat finds a group, supergroup or channel. The lock is held.
func (s *Server) groupChat(id int64) *chat {
	if c := s.chats[id]; c != nil && c.person == nil {
		return c
	}
	return nil
}

// setBot changes what the bot is in a chat and tells it. The lock is held.
func (s *Server) setBot(c *chat, by int64, to standing) {
	if c.bot == to {
		return
	}
	was, is := s.botMember(c, c.bot), s.botMember(c, to)
	c.bot = to
	s.enqueue("my_chat_member", memberUpdate{Chat: c.wire(), From: s.user(by), Date: s.cfg.Now().Unix(), Old: was, New: is})
	s.chatsChanged()
}

// note puts a service message into a chat. The lock is held.
func (s *Server) note(c *chat, by int64, what *service) *message {
	m := &message{from: by, kind: "service", service: what}
	s.append(c, m)
	return m
}

// tell is note, and the bot gets the message. The lock is held.
func (s *Server) tell(c *chat, by int64, what *service) *message {
	m := s.note(c, by, what)
	s.enqueue("message", s.wire(m))
	return m
}

// MigrationUpdate is one of the updates by which the bot hears that a group became a supergroup.
type MigrationUpdate int

// The updates about a migration. They belong to different chats, so their order is not promised. There is none about
// leaving the group (https://github.com/tdlib/telegram-bot-api/issues/266).
const (
	JoinedSupergroup MigrationUpdate = iota + 1 // my_chat_member of the supergroup, from "left" to what the bot was
	MigratedTo                                  // the service message in the group, with migrate_to_chat_id
	MigratedFrom                                // the service message in the supergroup, with migrate_from_chat_id
)

// Migrate turns a group into a supergroup with a new id, which it returns; 0 if it is no group. The bot gets all the
// updates about it, the two messages in the order in which they were seen (https://github.com/tucnak/telebot/issues/187);
// see MigrateSilently for another one.
func (s *Server) Migrate(group int64) int64 {
	id := s.MigrateSilently(group)
	s.TellMigration(group, MigratedTo, MigratedFrom, JoinedSupergroup)
	return id
}

// MigrateSilently is Migrate without an update to the bot: it learns of it by its next call, or by TellMigration.
func (s *Server) MigrateSilently(group int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.groupChat(group)
	if old == nil || old.kind != "group" || old.migratedTo != 0 || old.deleted {
		return 0
	}
	g := old.group
	g.ID, g.Type = -1000000000000+group, "supergroup"
	fresh := s.addGroup(g)
	fresh.bot = old.bot
	place := slices.Index(s.order, group)
	s.order = slices.Insert(s.order[:len(s.order)-1], place, g.ID) // where people look for it
	old.migratedTo, fresh.migratedFrom = g.ID, group
	s.note(old, old.founder(), &service{MigrateTo: g.ID})
	s.note(fresh, old.founder(), &service{MigrateFrom: group}).anonymous = true // so it comes from Telegram
	s.chatsChanged()
	return g.ID
}

// TellMigration sends the bot these updates about a group that has migrated, in this order. A bot that was not in it
// hears nothing.
func (s *Server) TellMigration(group int64, order ...MigrationUpdate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.groupChat(group)
	if old == nil || old.migratedTo == 0 || !old.bot.in() {
		return
	}
	fresh := s.chats[old.migratedTo]
	for _, update := range order {
		switch update {
		case JoinedSupergroup:
			s.enqueue("my_chat_member", memberUpdate{
				Chat: fresh.wire(), From: s.user(old.founder()), Date: s.cfg.Now().Unix(),
				Old: s.botMember(fresh, standing{Status: "left"}), New: s.botMember(fresh, old.bot),
			})
		case MigratedTo:
			s.tellNote(old, func(m *message) bool { return m.service.MigrateTo != 0 })
		case MigratedFrom:
			s.tellNote(fresh, func(m *message) bool { return m.service.MigrateFrom != 0 })
		}
	}
}

// tellNote sends the bot a service message that stands in c already.
func (s *Server) tellNote(c *chat, is func(*message) bool) {
	for _, m := range c.msgs {
		if m.service != nil && is(m) {
			s.enqueue("message", s.wire(m))
		}
	}
}
