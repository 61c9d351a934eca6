package sandbox

import "slices"

// AddThread opens a topic in a forum and returns its id, 0 if the chat is none; by is who opens it. The bot gets the
// service message.
func (s *Server) AddThread(by, forum int64, name string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groupChat(forum)
	if c == nil || !c.group.Forum {
		return 0
	}
	m := s.openTopic(c, Topic{Name: name}, by)
	c.group.Topics = append(c.group.Topics, Topic{ID: m.id, Name: name})
	if c.bot.in() {
		s.enqueue("message", s.wire(m))
	}
	s.chatsChanged()
	return m.id
}

// openTopic puts the message that opens a topic into a chat; a topic without an id gets the next one. The lock is held.
func (s *Server) openTopic(c *chat, t Topic, by int64) *message {
	m := &message{from: by, kind: "service", service: &service{TopicCreated: &topicCreated{Name: t.Name, Color: 7322096}}}
	m.id, m.thread = t.ID, t.ID
	s.append(c, m)
	return m
}

// CloseThread closes a topic or opens it again; by is who does it. Only administrators write in a closed one.
func (s *Server) CloseThread(by, forum, thread int64, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groupChat(forum)
	if c == nil {
		return
	}
	t := c.topic(thread)
	if t == nil || t.Closed == closed {
		return
	}
	t.Closed = closed
	what := &service{TopicReopened: &struct{}{}}
	if closed {
		what = &service{TopicClosed: &struct{}{}}
	}
	m := &message{from: by, kind: "service", thread: thread, service: what}
	s.append(c, m)
	if c.bot.in() {
		s.enqueue("message", s.wire(m))
	}
	s.chatsChanged()
}

// DeleteThread deletes a topic with all its messages. The bot hears nothing of it.
func (s *Server) DeleteThread(forum, thread int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groupChat(forum)
	if c == nil || c.topic(thread) == nil {
		return
	}
	c.group.Topics = slices.DeleteFunc(c.group.Topics, func(t Topic) bool { return t.ID == thread })
	for _, m := range slices.Clone(c.msgs) {
		if m.thread == thread {
			s.remove(m)
		}
	}
	s.chatsChanged()
}

// topic finds a thread of a forum; nil if there is none.
func (c *chat) topic(id int64) *Topic {
	i := slices.IndexFunc(c.group.Topics, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return &c.group.Topics[i]
}

// thread reads message_thread_id as check_message_topic in the server's Client.cpp does: only forums have threads that
// one can choose, and in other groups it is passed over.
func (c *chat) thread(id int64, to *message) (int64, error) {
	if !c.group.Forum && c.person == nil {
		return 0, nil
	}
	if id == 0 {
		if to != nil && c.group.Forum {
			id = to.thread // an answer stands where the question stands
		}
		if id == 0 {
			return 0, nil
		}
	}
	switch t := c.topic(id); {
	case t == nil:
		return 0, badRequest("message thread not found")
	case t.Closed && !c.bot.admin():
		return 0, badRequest("TOPIC_CLOSED")
	}
	return id, nil
}

// root is the message that began the line of answers in which m stands, 0 if m answers none.
func (m *message) root() int64 {
	root := int64(0)
	for at := m; at != nil && at.replyTo != 0; at = at.chat.byID[at.replyTo] {
		root = at.replyTo
	}
	return root
}
