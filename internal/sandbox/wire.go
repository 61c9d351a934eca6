package sandbox

import "encoding/json"

// The types of this file are the Bot API's own, with the fields that a bot of ours can meet.

type wireUser struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

type wireChat struct {
	ID        int64  `json:"id"`
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Type      string `json:"type"`
	IsForum   bool   `json:"is_forum,omitempty"`
}

type wirePhoto struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileSize     int    `json:"file_size"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
}

type wireMessage struct {
	ID        int64        `json:"message_id"`
	Thread    int64        `json:"message_thread_id,omitempty"`
	IsTopic   bool         `json:"is_topic_message,omitempty"`
	From      *wireUser    `json:"from,omitempty"`
	Sender    *wireChat    `json:"sender_chat,omitempty"`
	Via       *wireUser    `json:"via_bot,omitempty"`
	Chat      wireChat     `json:"chat"`
	Date      int64        `json:"date"`
	EditDate  int64        `json:"edit_date,omitempty"`
	ReplyTo   *wireMessage `json:"reply_to_message,omitempty"`
	Text      string       `json:"text,omitempty"`
	Entities  []Entity     `json:"entities,omitempty"`
	Photo     []wirePhoto  `json:"photo,omitempty"`
	Caption   string       `json:"caption,omitempty"`
	CaptionEn []Entity     `json:"caption_entities,omitempty"`
	Poll      *wirePoll    `json:"poll,omitempty"`
	Effect    string       `json:"effect_id,omitempty"`
	Protected bool         `json:"has_protected_content,omitempty"`
	Markup    *markup      `json:"reply_markup,omitempty"`
	Sticker   *wireFile    `json:"sticker,omitempty"`
	Voice     *wireFile    `json:"voice,omitempty"`
	Document  *wireFile    `json:"document,omitempty"`
	Video     *wireFile    `json:"video,omitempty"`
	service
}

// service is what a service message tells.
type service struct {
	NewMembers    []wireUser    `json:"new_chat_members,omitempty"`
	LeftMember    *wireUser     `json:"left_chat_member,omitempty"`
	MigrateTo     int64         `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom   int64         `json:"migrate_from_chat_id,omitempty"`
	Pinned        *wireMessage  `json:"pinned_message,omitempty"`
	TopicCreated  *topicCreated `json:"forum_topic_created,omitempty"`
	TopicClosed   *struct{}     `json:"forum_topic_closed,omitempty"`
	TopicReopened *struct{}     `json:"forum_topic_reopened,omitempty"`
}

type topicCreated struct {
	Name  string `json:"name"`
	Color int    `json:"icon_color"`
}

// wireFile stands for media whose content nobody looks at.
type wireFile struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	Type         string `json:"type,omitempty"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	Duration     int    `json:"duration"`
	Emoji        string `json:"emoji,omitempty"`
	FileName     string `json:"file_name,omitempty"` // of a document
	FileSize     int    `json:"file_size,omitempty"`
}

type wireOption struct {
	PersistentID string `json:"persistent_id"`
	Text         string `json:"text"`
	VoterCount   int    `json:"voter_count"`
}

type wirePoll struct {
	ID           string       `json:"id"`
	Question     string       `json:"question"`
	Options      []wireOption `json:"options"`
	Total        int          `json:"total_voter_count"`
	OpenPeriod   int64        `json:"open_period,omitempty"`
	CloseDate    int64        `json:"close_date,omitempty"`
	IsClosed     bool         `json:"is_closed"`
	IsAnonymous  bool         `json:"is_anonymous"`
	Multiple     bool         `json:"allows_multiple_answers"`
	Revoting     bool         `json:"allows_revoting"`
	MembersOnly  bool         `json:"members_only"`
	Type         string       `json:"type"`
	CorrectID    *int         `json:"correct_option_id,omitempty"`
	CorrectIDs   []int        `json:"correct_option_ids,omitempty"`
	Explanation  string       `json:"explanation,omitempty"`
	ExplEntities []Entity     `json:"explanation_entities,omitempty"`
	Description  string       `json:"description,omitempty"`
	DescEntities []Entity     `json:"description_entities,omitempty"`
}

type pollAnswer struct {
	PollID        string    `json:"poll_id"`
	User          *wireUser `json:"user,omitempty"`
	OptionIDs     []int     `json:"option_ids"`
	PersistentIDs []string  `json:"option_persistent_ids"`
}

type callbackQuery struct {
	ID              string   `json:"id"`
	From            wireUser `json:"from"`
	Message         any      `json:"message,omitempty"`
	InlineMessageID string   `json:"inline_message_id,omitempty"`
	ChatInstance    string   `json:"chat_instance"`
	Data            string   `json:"data"`
}

// inaccessible stands for a message that is gone.
type inaccessible struct {
	Chat wireChat `json:"chat"`
	ID   int64    `json:"message_id"`
	Date int64    `json:"date"`
}

type inlineQuery struct {
	ID       string   `json:"id"`
	From     wireUser `json:"from"`
	Query    string   `json:"query"`
	Offset   string   `json:"offset"`
	ChatType string   `json:"chat_type,omitempty"`
}

type memberUpdate struct {
	Chat wireChat       `json:"chat"`
	From wireUser       `json:"from"`
	Date int64          `json:"date"`
	Old  map[string]any `json:"old_chat_member"`
	New  map[string]any `json:"new_chat_member"`
}

// bot is the bot as a user. The lock is held.
func (s *Server) bot() wireUser {
	return wireUser{ID: s.me, IsBot: true, FirstName: s.profile.text("name", ""), Username: BotUsername}
}

// anonymousBot is the user in whose name Telegram shows anonymous administrators to bots.
const anonymousBot = 1087968824

func anonymousUser() wireUser {
	return wireUser{ID: anonymousBot, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}
}

// user is a person as a user, the bot itself, or a bare id for a stranger. The lock is held.
func (s *Server) user(id int64) wireUser {
	if id == s.me {
		return s.bot()
	}
	p := s.people[id]
	if p == nil {
		return wireUser{ID: id}
	}
	return wireUser{ID: id, FirstName: p.FirstName, LastName: p.LastName, Username: p.Username, LanguageCode: p.Language}
}

func (c *chat) wire() wireChat {
	if p := c.person; p != nil {
		return wireChat{ID: c.id, Type: c.kind, FirstName: p.FirstName, LastName: p.LastName, Username: p.Username}
	}
	return wireChat{ID: c.id, Type: c.kind, Title: c.group.Title, Username: c.group.Username, IsForum: c.group.Forum}
}

// wire is a message as the bot sees it, a copy that nobody changes later. The lock is held.
func (s *Server) wire(m *message) *wireMessage {
	w := s.wireAlone(m)
	replyTo := m.replyTo
	if replyTo == 0 && m.thread < m.id {
		replyTo = m.thread // what answers nothing in a topic answers the message that opened it
	}
	if to := m.chat.byID[replyTo]; to != nil {
		w.ReplyTo = s.wireAlone(to)
	}
	return w
}

func (s *Server) wireAlone(m *message) *wireMessage {
	w := &wireMessage{
		ID: m.id, Thread: m.thread, IsTopic: m.thread != 0, Chat: m.chat.wire(), Date: m.date, EditDate: m.edited,
		Effect: m.effect, Protected: m.protected, Markup: m.markup,
	}
	if m.service != nil {
		w.service = *m.service
	}
	if m.chat.kind == "supergroup" && !m.chat.group.Forum {
		w.Thread = m.root()
	}
	if m.via {
		bot := s.bot()
		w.Via = &bot
	}
	from := s.user(m.from)
	switch {
	case m.chat.kind == "channel":
		w.Sender = &w.Chat
	case m.anonymous:
		from = anonymousUser()
		w.From, w.Sender = &from, &w.Chat
	default:
		w.From = &from
	}
	switch m.kind {
	case "photo":
		w.Caption, w.CaptionEn = m.text, m.ents
		if m.photo != nil {
			w.Photo = []wirePhoto{m.photo.wire()}
		}
	case "poll":
		p := m.poll.wire(true)
		w.Poll = &p
	case "sticker":
		w.Sticker = &wireFile{FileID: "sticker", FileUniqueID: "sticker", Type: "regular", Width: 512, Height: 512, Emoji: "👍"}
	case "voice":
		w.Voice = &wireFile{FileID: "voice", FileUniqueID: "voice", Duration: 3}
	case "document":
		w.Document = &wireFile{FileID: "document", FileUniqueID: "document"}
		if m.photo != nil {
			w.Document = &wireFile{FileID: m.photo.id, FileUniqueID: "u" + m.photo.id, FileName: m.photo.name, FileSize: len(m.photo.data)}
			w.Caption, w.CaptionEn = m.text, m.ents
		}
	case "video":
		w.Video = &wireFile{FileID: "video", FileUniqueID: "video", Duration: 3}
	default:
		w.Text, w.Entities = m.text, m.ents
	}
	return w
}

// reply is the envelope of every answer.
type reply struct {
	OK          bool        `json:"ok"`
	Result      any         `json:"result,omitempty"`
	ErrorCode   int         `json:"error_code,omitempty"`
	Description string      `json:"description,omitempty"`
	Parameters  *parameters `json:"parameters,omitempty"`
}

type parameters struct {
	RetryAfter int   `json:"retry_after,omitempty"`
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
}

func (e *apiError) reply() reply {
	r := reply{ErrorCode: e.Code, Description: e.Description}
	if e.RetryAfter != 0 || e.MigrateTo != 0 {
		r.Parameters = &parameters{e.RetryAfter, e.MigrateTo}
	}
	return r
}

func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own plain types: cannot fail
	}
	return raw
}
