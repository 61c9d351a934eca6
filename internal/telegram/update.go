package telegram

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Update is one thing that happened, as Telegram reports it. At most one of
// the pointers is set. Updates of kinds that are not here are never handed out.
//
// All text in it is valid UTF-8 without NUL, so Postgres takes it as it is.
type Update struct {
	ID            int64              `json:"update_id"`
	Message       *Message           `json:"message"`
	EditedMessage *Message           `json:"edited_message"`
	ChannelPost   *Message           `json:"channel_post"`
	Callback      *Callback          `json:"callback_query"`
	PollAnswer    *PollAnswer        `json:"poll_answer"`
	Poll          *Poll              `json:"poll"`
	MyChatMember  *ChatMemberUpdated `json:"my_chat_member"`
	Inline        *InlineQuery       `json:"inline_query"`
}

// allowedUpdates names every kind that Update can hold. Telegram keeps the
// last list it was given, so the list always goes out in full.
const allowedUpdates = `["message","edited_message","channel_post","callback_query","poll_answer","poll","my_chat_member","inline_query"]`

// Message is a message of a chat, or what is left of it (Inaccessible).
type Message struct {
	ID          int64
	ThreadID    int64 // forum topic, or reply thread when IsTopic is false; 0 if none
	IsTopic     bool
	Date        time.Time
	Chat        Chat
	From        *User // nil in channels
	SenderChat  *Chat // set for posts in the name of a chat: channel, anonymous admin
	Via         *User // the bot whose inline result this is
	Text        string
	Entities    []Entity // of Text
	Caption     string
	ReplyTo     *Message
	Poll        *Poll
	MigrateTo   int64 // this group is now the supergroup with this id
	MigrateFrom int64 // this supergroup was the group with this id
	// Kind is "text", the name of the field that carries the content ("photo",
	// "sticker", "voice", …), or "service" for what is no content at all.
	Kind       string
	NewMembers []User
	Buttons    []string // the data of the buttons under it, those without any left out
	Keyboard   Keyboard // the buttons themselves
	// Inaccessible: Telegram tells only the chat and the id.
	Inaccessible bool
}

// Callback is a press on a button.
type Callback struct {
	ID      string   `json:"id"`
	From    User     `json:"from"`
	Message *Message `json:"message"` // nil for inline messages; may be Inaccessible
	Data    string   `json:"data"`
}

// PollAnswer is a vote in a poll that is not anonymous. Options are indexes
// into the options as they were sent, shuffled or not; none means that the
// vote was taken back. Exactly one of User and VoterChat is set.
type PollAnswer struct {
	PollID        string   `json:"poll_id"`
	User          *User    `json:"user"`
	VoterChat     *Chat    `json:"voter_chat"`
	Options       []int    `json:"option_ids"`
	PersistentIDs []string `json:"option_persistent_ids"`
}

// Poll is the state of a poll that the bot sent.
type Poll struct {
	ID        string       `json:"id"`
	Question  string       `json:"question"`
	Options   []PollOption `json:"options"`
	Total     int          `json:"total_voter_count"`
	Closed    bool         `json:"is_closed"`
	Anonymous bool         `json:"is_anonymous"`
	Type      string       `json:"type"` // "quiz" or "regular"
	Right     []int        `json:"correct_option_ids"`
}

// PollOption is one answer of a poll and how many chose it.
type PollOption struct {
	PersistentID string `json:"persistent_id"`
	Text         string `json:"text"`
	Votes        int    `json:"voter_count"`
}

// ChatMemberUpdated tells that the bot's own place in a chat changed: added,
// removed, blocked, unblocked, made admin.
type ChatMemberUpdated struct {
	Chat Chat   `json:"chat"`
	From User   `json:"from"`
	Old  Member `json:"old_chat_member"`
	New  Member `json:"new_chat_member"`
}

// Chat is a private chat, group, supergroup or channel.
type Chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"` // "private", "group", "supergroup" or "channel"
	Title     string `json:"title"`
	Username  string `json:"username"`
	FirstName string `json:"first_name"`
	IsForum   bool   `json:"is_forum"`
}

// Private reports whether the chat is one person's own chat with the bot.
func (c Chat) Private() bool { return c.Type == "private" }

// User is a person or a bot. Language is the IETF tag of the person's app,
// often empty: a first guess and no more.
type User struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Language  string `json:"language_code"`
}

// ChatID is the chat that the update belongs to; updates of one chat are
// handled in order. For a poll answer or an inline query, which name no chat, it
// is the id of the person. 0 means that it belongs to no chat.
func (u Update) ChatID() int64 {
	if m := u.message(); m != nil {
		return m.Chat.ID
	}
	switch {
	case u.Callback != nil:
		return u.Callback.From.ID
	case u.PollAnswer != nil && u.PollAnswer.User != nil:
		return u.PollAnswer.User.ID
	case u.PollAnswer != nil && u.PollAnswer.VoterChat != nil:
		return u.PollAnswer.VoterChat.ID
	case u.MyChatMember != nil:
		return u.MyChatMember.Chat.ID
	case u.Inline != nil:
		return u.Inline.From.ID
	}
	return 0
}

// From is the person who did it; nil when a chat or nobody did.
func (u Update) From() *User {
	switch {
	case u.Callback != nil:
		return &u.Callback.From
	case u.PollAnswer != nil:
		return u.PollAnswer.User
	case u.MyChatMember != nil:
		return &u.MyChatMember.From
	case u.Inline != nil:
		return &u.Inline.From
	}
	if m := u.message(); m != nil {
		return m.From
	}
	return nil
}

// empty reports whether the update is of no kind that the bot reads.
func (u Update) empty() bool {
	return u.message() == nil && u.Callback == nil && u.PollAnswer == nil && u.Poll == nil && u.MyChatMember == nil && u.Inline == nil
}

func (u Update) message() *Message {
	switch {
	case u.Message != nil:
		return u.Message
	case u.EditedMessage != nil:
		return u.EditedMessage
	case u.ChannelPost != nil:
		return u.ChannelPost
	case u.Callback != nil:
		return u.Callback.Message
	}
	return nil
}

// contentKinds are the fields of a message that carry content. The first one
// present names the kind: an animation also has a document, a venue a location.
var contentKinds = []string{
	"text", "rich_message", "animation", "audio", "document", "live_photo", "paid_media", "photo",
	"sticker", "story", "video", "video_note", "voice", "checklist", "contact", "dice", "game",
	"poll", "venue", "location", "invoice",
}

// UnmarshalJSON reads a Message or an InaccessibleMessage of the Bot API.
func (m *Message) UnmarshalJSON(raw []byte) error {
	var w struct {
		ID          int64    `json:"message_id"`
		ThreadID    int64    `json:"message_thread_id"`
		IsTopic     bool     `json:"is_topic_message"`
		Date        int64    `json:"date"`
		Chat        Chat     `json:"chat"`
		From        *User    `json:"from"`
		SenderChat  *Chat    `json:"sender_chat"`
		Via         *User    `json:"via_bot"`
		Text        string   `json:"text"`
		Entities    []Entity `json:"entities"`
		Caption     string   `json:"caption"`
		ReplyTo     *Message `json:"reply_to_message"`
		Poll        *Poll    `json:"poll"`
		MigrateTo   int64    `json:"migrate_to_chat_id"`
		MigrateFrom int64    `json:"migrate_from_chat_id"`
		NewMembers  []User   `json:"new_chat_members"`
		Markup      struct {
			Rows Keyboard `json:"inline_keyboard"`
		} `json:"reply_markup"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	*m = Message{
		ID: w.ID, ThreadID: w.ThreadID, IsTopic: w.IsTopic, Date: time.Unix(w.Date, 0).UTC(),
		Chat: w.Chat, From: w.From, SenderChat: w.SenderChat, Via: w.Via, Text: w.Text, Entities: w.Entities, Caption: w.Caption,
		ReplyTo: w.ReplyTo, Poll: w.Poll, MigrateTo: w.MigrateTo, MigrateFrom: w.MigrateFrom,
		NewMembers: w.NewMembers, Kind: "service", Inaccessible: w.Date == 0, Keyboard: w.Markup.Rows,
	}
	for _, row := range w.Markup.Rows {
		for _, b := range row {
			if b.Data != "" {
				m.Buttons = append(m.Buttons, b.Data)
			}
		}
	}
	if w.Text != "" {
		m.Kind = "text"
		return nil
	}
	var present map[string]json.RawMessage
	if err := json.Unmarshal(raw, &present); err != nil {
		return err
	}
	for _, kind := range contentKinds {
		if _, ok := present[kind]; ok {
			m.Kind = kind
			break
		}
	}
	return nil
}

// decodeUpdate reads one update. The id is returned also when the rest does
// not decode; it is 0 only when not even the id can be read.
func decodeUpdate(raw []byte) (Update, int64, error) {
	var id struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &id); err != nil {
		return Update{}, 0, fmt.Errorf("reading update id: %w", err)
	}
	var u Update
	if err := json.Unmarshal(dropNUL(raw), &u); err != nil {
		return Update{}, id.ID, fmt.Errorf("reading update %d: %w", id.ID, err)
	}
	return u, id.ID, nil
}

// dropNUL takes the escaped NUL characters out of a JSON text: Postgres stores
// none (22021). Broken UTF-8 is replaced by encoding/json itself.
func dropNUL(raw []byte) []byte {
	nul := []byte(`\u0000`)
	if !bytes.Contains(raw, nul) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] != '\\' || i+1 == len(raw):
			out = append(out, raw[i])
		case bytes.HasPrefix(raw[i:], nul):
			i += len(nul) - 1
		default:
			// An escape is copied whole, so that `\\u0000` stays a backslash and text.
			out = append(out, raw[i], raw[i+1])
			i++
		}
	}
	return out
}
