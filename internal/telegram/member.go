package telegram

import (
	"context"
	"encoding/json"
)

// Member is somebody's place in a chat.
type Member struct {
	User   User
	Status string // "creator", "administrator", "member", "restricted", "left" or "kicked"
	// Present: is in the chat now. For the bot in a private chat: not blocked.
	Present bool
	// CanPost: may write messages there, as far as this member's own rights go.
	CanPost bool
	// CanPoll: may send polls there, as far as this member's own rights go.
	CanPoll bool
}

// Admin reports whether the member may decide for the chat.
func (m Member) Admin() bool { return m.Status == "creator" || m.Status == "administrator" }

// UnmarshalJSON reads any of the Bot API's ChatMember types.
func (m *Member) UnmarshalJSON(raw []byte) error {
	var w struct {
		User     User   `json:"user"`
		Status   string `json:"status"`
		IsMember bool   `json:"is_member"`
		Post     *bool  `json:"can_post_messages"` // administrators of channels only
		Send     bool   `json:"can_send_messages"` // restricted only
		Polls    bool   `json:"can_send_polls"`    // restricted only
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	*m = Member{User: w.User, Status: w.Status}
	switch w.Status {
	case "creator", "member":
		m.Present, m.CanPost, m.CanPoll = true, true, true
	case "administrator":
		post := w.Post == nil || *w.Post
		m.Present, m.CanPost, m.CanPoll = true, post, post
	case "restricted":
		m.Present, m.CanPost, m.CanPoll = w.IsMember, w.IsMember && w.Send, w.IsMember && w.Polls
	}
	return nil
}

// AnonymousAdmin is the account in whose name administrators write who hide
// behind their group (core.telegram.org/bots/api#message, "sender_chat").
const AnonymousAdmin = 1087968824

// Member asks what somebody is in a chat.
func (c *Client) Member(ctx context.Context, chat, user int64) (Member, error) {
	var m Member
	err := c.get(ctx, "getChatMember", map[string]string{"chat_id": num(chat), "user_id": num(user)}, &m)
	return m, err
}
