package sandbox

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
	if c.person == nil && (!c.bot.in() || c.deleted) {
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
		Permissions  map[string]any  `json:"permissions,omitempty"`
	}{wireChat: c.wire(), MaxReactions: 11, Gifts: map[string]bool{}}
	if c.kind == "group" || c.kind == "supergroup" {
		full.Permissions = permissions(!c.group.NoText, !c.group.NoPolls)
	}
	if n := len(c.pinned); n > 0 {
		full.Pinned = s.wire(c.byID[c.pinned[n-1]])
	}
	return full, nil
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
	gone := s.bot()
	s.setBot(c, s.me, standing{Status: "left"})
	if c.kind != "channel" {
		s.note(c, s.me, &service{LeftMember: &gone})
	}
	return true, nil
}
