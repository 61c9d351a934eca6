package sandbox

import (
	"maps"
	"slices"
)

func getMe(s *Server, _ params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return struct {
		wireUser
		CanJoin bool `json:"can_join_groups"`
		ReadAll bool `json:"can_read_all_group_messages"`
		Inline  bool `json:"supports_inline_queries"`
	}{s.bot(), true, false, true}, nil
}

func getWebhookInfo(s *Server, _ params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"url": "", "has_custom_certificate": false, "pending_update_count": len(s.queue.items)}, nil
}

func deleteWebhook(s *Server, p params) (any, error) {
	if p.yes("drop_pending_updates") {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queue.items = nil
		s.changed()
	}
	return true, nil
}

// readable finds a chat that the bot may look at. The lock is held.
func (s *Server) readable(p params) (*chat, error) {
	c, err := s.find(p.get("chat_id"))
	if err != nil {
		return nil, err
	}
	if c.person == nil && (c.botStatus == "kicked" || c.botStatus == "left") {
		return nil, c.writable()
	}
	return c, nil
}

func sendChatAction(s *Server, p params) (any, error) {
	if p.get("action") == "" {
		return nil, badRequest("wrong parameter action in request")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(p.get("chat_id"))
	if err != nil {
		return nil, err
	}
	if err := c.writable(); err != nil {
		return nil, err
	}
	return true, nil
}

func getChat(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.readable(p)
	if err != nil {
		return nil, err
	}
	full := struct {
		wireChat
		AccentColor  int             `json:"accent_color_id"`
		MaxReactions int             `json:"max_reaction_count"`
		Gifts        map[string]bool `json:"accepted_gift_types"`
		Pinned       *wireMessage    `json:"pinned_message,omitempty"`
	}{wireChat: c.wire(), MaxReactions: 11, Gifts: map[string]bool{}}
	if n := len(c.pinned); n > 0 {
		full.Pinned = s.wire(c.byID[c.pinned[n-1]])
	}
	return full, nil
}

func getChatMember(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.readable(p)
	if err != nil {
		return nil, err
	}
	id := p.number("user_id", 0)
	switch {
	case id <= 0:
		return nil, badRequest("invalid user_id specified")
	case id == s.me:
		return s.botMember(c.botStatus), nil
	case s.people[id] == nil:
		return nil, badRequest("user not found")
	}
	return s.member(c, id), nil
}

func getChatMemberCount(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.readable(p)
	if err != nil {
		return nil, err
	}
	if c.person != nil {
		return 2, nil
	}
	return len(c.group.Members) + 1, nil
}

func getChatAdministrators(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.readable(p)
	if err != nil {
		return nil, err
	}
	if c.person != nil {
		return nil, badRequest("there are no administrators in the private chat")
	}
	list := []map[string]any{}
	for _, id := range c.group.Admins {
		list = append(list, s.member(c, id))
	}
	if c.botStatus == "administrator" {
		list = append(list, s.botMember(c.botStatus))
	}
	return list, nil
}

func leaveChat(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.readable(p)
	if err != nil {
		return nil, err
	}
	if c.person != nil {
		return nil, badRequest("chat member status can't be changed in private chats")
	}
	s.setBotStatus(c, s.me, "left")
	return true, nil
}

// SetAdmin makes a member an administrator of a group, or a plain member again. The bot is told nothing.
func (s *Server) SetAdmin(group, person int64, admin bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[group]
	if c == nil || c.person != nil {
		return
	}
	c.group.Admins = slices.DeleteFunc(c.group.Admins, func(id int64) bool { return id == person })
	if admin {
		c.group.Admins = append(c.group.Admins, person)
		if !slices.Contains(c.group.Members, person) {
			c.group.Members = append(c.group.Members, person)
		}
	}
	s.chatsChanged()
}

// member is a ChatMember. The lock is held.
func (s *Server) member(c *chat, id int64) map[string]any {
	m := map[string]any{"user": s.user(id), "status": "left"}
	switch {
	case c.person == nil && len(c.group.Admins) > 0 && c.group.Admins[0] == id:
		m["status"], m["is_anonymous"] = "creator", false
	case c.person == nil && slices.Contains(c.group.Admins, id):
		m["status"] = "administrator"
		maps.Copy(m, adminRights())
	case c.isMember(id):
		m["status"] = "member"
	}
	return m
}

// botMember is the bot as a ChatMember. The lock is held.
func (s *Server) botMember(status string) map[string]any {
	m := map[string]any{"user": s.bot(), "status": status}
	switch status {
	case "administrator":
		maps.Copy(m, adminRights())
	case "kicked":
		m["until_date"] = 0
	}
	return m
}

func adminRights() map[string]any {
	rights := map[string]any{"can_be_edited": false, "is_anonymous": false}
	for _, name := range []string{
		"can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
		"can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
		"can_post_messages", "can_edit_messages", "can_pin_messages", "can_manage_topics",
	} {
		rights[name] = true
	}
	return rights
}
