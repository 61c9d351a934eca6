package sandbox

import (
	"slices"
	"unicode/utf8"
)

func notModified() *apiError {
	return badRequest("message is not modified: specified new message content and reply markup are exactly the same as a " +
		"current content and reply markup of the message")
}

func editMessageText(s *Server, p params) (any, error) {
	text, ents, err := s.messageText(p)
	if err != nil {
		return nil, err
	}
	return s.edit(p, func(m *message) error {
		if m.kind != "text" {
			return badRequest("there is no text in the message to edit")
		}
		return m.retext(text, ents, p)
	})
}

func editMessageCaption(s *Server, p params) (any, error) {
	text, ents, err := p.caption()
	if err != nil {
		return nil, err
	}
	return s.edit(p, func(m *message) error {
		if m.kind != "photo" {
			return badRequest("there is no caption in the message to edit")
		}
		return m.retext(text, ents, p)
	})
}

func editMessageReplyMarkup(s *Server, p params) (any, error) {
	return s.edit(p, func(m *message) error { return m.retext(m.text, m.ents, p) })
}

// retext gives m a new text and keyboard. An edit without a keyboard takes the old one away.
func (m *message) retext(text string, ents []Entity, p params) error {
	kb, err := p.keyboard()
	if err != nil {
		return err
	}
	if m.text == text && slices.Equal(m.ents, ents) && sameMarkup(m.markup, kb) {
		return notModified()
	}
	m.text, m.ents, m.markup = text, ents, kb
	return nil
}

func (s *Server) edit(p params, change func(*message) error) (any, error) {
	if p.get("inline_message_id") != "" {
		return nil, badRequest("MESSAGE_ID_INVALID")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.own(p, "message to edit", "message can't be edited")
	if err != nil {
		return nil, err
	}
	oldText, oldEnts := m.text, m.ents
	if err := change(m); err != nil {
		return nil, err
	}
	if m.text != oldText || !slices.Equal(m.ents, oldEnts) {
		m.edited = s.cfg.Now().Unix() // a new keyboard alone shows no "edited"
	}
	s.show("edit", m)
	return s.wire(m), nil
}

// callback is a button that was pressed and not answered yet.
type callback struct {
	person int64
	unix   int64
}

// callbackLife is how long a press can be answered, in seconds. Telegram does not publish its number.
const callbackLife = 15 * 60

func answerCallbackQuery(s *Server, p params) (any, error) {
	text := p.get("text")
	if utf8.RuneCountInString(text) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	id := p.get("callback_query_id")
	s.mu.Lock()
	defer s.mu.Unlock()
	cb, ok := s.callbacks[id]
	if !ok || s.cfg.Now().Unix()-cb.unix > callbackLife {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	delete(s.callbacks, id)
	s.publish("toast", func() any {
		return map[string]any{"person": cb.person, "text": text, "alert": p.yes("show_alert"), "callback_id": id, "url": p.get("url")}
	})
	s.changed()
	return true, nil
}

func pinChatMessage(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.target(p, "message to pin")
	if err != nil {
		return nil, err
	}
	c := m.chat
	if c.person == nil && !c.bot.admin() {
		return nil, badRequest("not enough rights to manage pinned messages in the chat")
	}
	if !slices.Contains(c.pinned, m.id) {
		c.pinned = append(c.pinned, m.id)
		s.show("edit", m)
	}
	return true, nil
}

func unpinChatMessage(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(p.get("chat_id"))
	if err != nil {
		return nil, err
	}
	id := p.number("message_id", 0)
	if id == 0 && len(c.pinned) > 0 {
		id = c.pinned[len(c.pinned)-1]
	}
	i := slices.Index(c.pinned, id)
	if i < 0 {
		return nil, badRequest("message to unpin not found")
	}
	c.pinned = slices.Delete(c.pinned, i, i+1)
	s.show("edit", c.byID[id])
	return true, nil
}

func setMessageReaction(s *Server, p params) (any, error) {
	var list []struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	}
	if err := p.object("reaction", &list, "can't parse reaction types JSON object"); err != nil {
		return nil, err
	}
	if len(list) > 1 {
		return nil, badRequest("REACTIONS_TOO_MANY")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.target(p, "message to react")
	if err != nil {
		return nil, err
	}
	m.reaction = ""
	if len(list) == 1 {
		m.reaction = list[0].Emoji
	}
	s.show("edit", m)
	return true, nil
}
