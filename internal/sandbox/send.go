package sandbox

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/gif" // the formats that Telegram takes as photos
	_ "image/jpeg"
	_ "image/png"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxText    = 4096 // code points after parsing; TDLib: message_text_length_max
	maxCaption = 1024
	maxPhoto   = 10 << 20
)

// formatted reads a text with its parse mode or entities, trimmed and with what Telegram finds by itself.
func (p params) formatted(text, mode, entities string) (string, []Entity, error) {
	raw := p.get(text)
	if !utf8.ValidString(raw) {
		return "", nil, badRequest("strings must be encoded in UTF-8")
	}
	if len(raw) > 1<<15 {
		return "", nil, badRequest("text is too long")
	}
	var ents []Entity
	switch strings.ToLower(p.get(mode)) {
	case "", "none":
		if err := p.object(entities, &ents, "can't parse entities JSON object"); err != nil {
			ents = nil // Telegram passes over them
		}
	case "html":
		var err error
		if raw, ents, err = parseHTML(raw); err != nil {
			return "", nil, badRequest("can't parse entities: %s", err)
		}
	case "markdown", "markdownv2":
		return "", nil, badRequest("the sandbox does not read Markdown; send parse_mode HTML")
	default:
		return "", nil, badRequest("unsupported parse_mode")
	}
	raw, ents = fixText(raw, ents)
	return raw, findEntities(raw, ents), nil
}

// maxParsed bounds the HTML texts whose form is kept in mind: a bot sends many people the same.
const maxParsed = 64

// parsed is what an HTML text turned out to be. It is never changed.
type parsed struct {
	text string
	ents []Entity
}

// messageText reads the text of a message. A text that was parsed before is not parsed again.
func (s *Server) messageText(p params) (string, []Entity, error) {
	key := p.get("text")
	if key == "" {
		return "", nil, badRequest("message text is empty")
	}
	html := p.get("parse_mode") == "HTML"
	s.mu.Lock()
	known, ok := s.parsed[key]
	s.mu.Unlock()
	if html && ok {
		return known.text, slices.Clone(known.ents), nil
	}
	text, ents, err := p.formatted("text", "parse_mode", "entities")
	switch {
	case err != nil:
	case text == "":
		err = badRequest("text must be non-empty")
	case utf8.RuneCountInString(text) > maxText:
		err = badRequest("message is too long")
	}
	if html && err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.parsed) >= maxParsed {
			clear(s.parsed)
		}
		s.parsed[key] = parsed{text, slices.Clone(ents)}
	}
	return text, ents, err
}

func (p params) caption() (string, []Entity, error) {
	text, ents, err := p.formatted("caption", "parse_mode", "caption_entities")
	if err == nil && utf8.RuneCountInString(text) > maxCaption {
		err = badRequest("message caption is too long")
	}
	return text, ents, err
}

func sendMessage(s *Server, p params) (any, error) {
	text, ents, err := s.messageText(p)
	if err != nil {
		return nil, err
	}
	return s.post(p, &message{kind: "text", text: text, ents: ents})
}

// post sends a message of the bot: everything that all kinds of messages have in common.
func (s *Server) post(p params, m *message) (any, error) {
	var err error
	if m.markup, err = p.keyboard(); err != nil {
		return nil, err
	}
	m.from, m.effect, m.protected = s.me, p.get("message_effect_id"), p.yes("protect_content")
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(p.get("chat_id"))
	if err != nil {
		return nil, err
	}
	if err := c.writable(); err != nil {
		return nil, err
	}
	if err := c.sendable(m); err != nil {
		return nil, err
	}
	if err := s.limit(c, p.yes("allow_paid_broadcast")); err != nil {
		return nil, err
	}
	if m.replyTo, err = c.replyTarget(p); err != nil {
		return nil, err
	}
	if m.thread, err = c.thread(p.number("message_thread_id", 0), c.byID[m.replyTo]); err != nil {
		return nil, err
	}
	if m.effect != "" && c.person == nil {
		return nil, badRequest("message effects can be used only in private chats")
	}
	if m.poll != nil {
		if c.kind == "channel" && !m.poll.anonymous {
			return nil, badRequest("non-anonymous polls can't be sent to channel chats")
		}
		s.addPoll(m.poll, m)
	}
	s.append(c, m)
	return s.wire(m), nil
}

// replyTarget reads reply_parameters, or the older reply_to_message_id.
func (c *chat) replyTarget(p params) (int64, error) {
	to := struct {
		ID      int64           `json:"message_id"`
		Chat    json.RawMessage `json:"chat_id"`
		Without bool            `json:"allow_sending_without_reply"`
	}{ID: p.number("reply_to_message_id", 0), Without: p.yes("allow_sending_without_reply")}
	if err := p.object("reply_parameters", &to, "can't parse reply parameters JSON object"); err != nil {
		return 0, err
	}
	if to.ID == 0 || c.byID[to.ID] != nil {
		return to.ID, nil
	}
	if to.Without {
		return 0, nil
	}
	return 0, badRequest("message to be replied not found")
}

// file is a photo or a document.
type file struct {
	id            string
	data          []byte
	kind          string // media type
	name          string // of a document
	width, height int
}

func (f *file) path() string {
	if f == nil {
		return ""
	}
	return "/files/" + f.id
}

func (f *file) wire() wirePhoto {
	return wirePhoto{FileID: f.id, FileUniqueID: "u" + f.id, FileSize: len(f.data), Width: f.width, Height: f.height}
}

func sendPhoto(s *Server, p params) (any, error) {
	text, ents, err := p.caption()
	if err != nil {
		return nil, err
	}
	f, err := s.photo(p)
	if err != nil {
		return nil, err
	}
	return s.post(p, &message{kind: "photo", text: text, ents: ents, photo: f})
}

// photo takes an uploaded picture ("attach://name" or the field itself), or the id of one that was sent before.
func (s *Server) photo(p params) (*file, error) {
	name := "photo"
	if attached, ok := strings.CutPrefix(p.get("photo"), "attach://"); ok {
		name = attached
	}
	data, ok := p.files[name]
	if !ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch f := s.files[p.get("photo")]; {
		case p.get("photo") == "":
			return nil, badRequest("there is no photo in the request")
		case f == nil:
			return nil, badRequest("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
		default:
			return f, nil
		}
	}
	if len(data) > maxPhoto {
		return nil, badRequest("file is too big")
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, badRequest("IMAGE_PROCESS_FAILED")
	}
	w, h := size.Width, size.Height
	if w+h > 10000 || w > 20*h || h > 20*w {
		return nil, badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	f := &file{data: data, kind: "image/" + format, width: w, height: h}
	s.mu.Lock()
	defer s.mu.Unlock()
	f.id = "p" + s.newID()
	s.files[f.id] = f
	return f, nil
}

// own finds the message that a method is about, in a chat to which the bot may write, and refuses those that the bot
// did not write. The lock is held.
func (s *Server) own(p params, what, refusal string) (*message, error) {
	m, err := s.target(p, what)
	if err != nil {
		return nil, err
	}
	if m.from != s.me || m.kind == "service" {
		return nil, badRequest("%s", refusal)
	}
	return m, nil
}

// target finds the message that a method is about. The lock is held.
func (s *Server) target(p params, what string) (*message, error) {
	c, err := s.find(p.get("chat_id"))
	if err != nil {
		return nil, err
	}
	if err := c.writable(); err != nil {
		return nil, err
	}
	m := c.byID[p.number("message_id", 0)]
	if m == nil {
		return nil, badRequest("%s not found", what)
	}
	return m, nil
}

func deleteMessage(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.target(p, "message to delete")
	if err != nil {
		return nil, err
	}
	if !s.deletable(m) {
		return nil, badRequest("message can't be deleted")
	}
	s.remove(m)
	return true, nil
}

// deletable follows the list at deleteMessage: own and, in private chats, foreign messages of the last 48 hours;
// an administrator may delete what he likes.
func (s *Server) deletable(m *message) bool {
	if m.chat.bot.admin() {
		return true
	}
	young := s.cfg.Now().Unix()-m.date < 48*60*60
	return young && (m.from == s.me || m.chat.person != nil)
}

func deleteMessages(s *Server, p params) (any, error) {
	var ids []int64
	if err := p.object("message_ids", &ids, "can't parse message identifiers JSON object"); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, badRequest("message identifiers are not specified")
	}
	if len(ids) > 100 {
		return nil, badRequest("too many message identifiers specified")
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
	for _, id := range ids {
		if m := c.byID[id]; m != nil && s.deletable(m) {
			s.remove(m)
		}
	}
	return true, nil
}
