package telegram

import (
	"context"
	"encoding/json"
)

// BotCommand is one line of the command menu: a name of 1–32 characters out of
// a–z, 0–9 and _, and 1–256 characters of text.
type BotCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Scope says whom a list of commands is for
// (core.telegram.org/bots/api#botcommandscope).
type Scope struct {
	Type   string `json:"type"`
	ChatID int64  `json:"chat_id,omitempty"`
}

// The scopes that need no chat.
var (
	ScopeDefault = Scope{Type: "default"}
	ScopePrivate = Scope{Type: "all_private_chats"}
	ScopeGroups  = Scope{Type: "all_group_chats"}
	ScopeAdmins  = Scope{Type: "all_chat_administrators"}
)

// ScopeChat is one chat; its list stands before all others.
func ScopeChat(chat int64) Scope { return Scope{Type: "chat", ChatID: chat} }

const languageParam = "language_code"

// Commands are those set for exactly this scope and language ("" for all
// others). Languages are ISO 639-1, two letters.
func (c *Client) Commands(ctx context.Context, scope Scope, lang string) ([]BotCommand, error) {
	var list []BotCommand
	err := c.get(ctx, "getMyCommands", map[string]string{"scope": encode(scope), languageParam: lang}, &list)
	return list, err
}

// SetCommands replaces the commands of a scope and language.
func (c *Client) SetCommands(ctx context.Context, scope Scope, lang string, list []BotCommand) error {
	if list == nil {
		list = []BotCommand{} // "null" is no list for Telegram
	}
	params := map[string]string{"scope": encode(scope), languageParam: lang, "commands": encode(list)}
	return c.get(ctx, "setMyCommands", params, nil)
}

// Name is the bot's name in a language, at most 64 characters.
func (c *Client) Name(ctx context.Context, lang string) (string, error) {
	return c.profile(ctx, "getMyName", "name", lang)
}

// SetName sets the name for a language. Telegram allows it a few times a day.
func (c *Client) SetName(ctx context.Context, lang, name string) error {
	return c.get(ctx, "setMyName", map[string]string{languageParam: lang, "name": name}, nil)
}

// Description is what an empty chat with the bot shows, at most 512 characters.
func (c *Client) Description(ctx context.Context, lang string) (string, error) {
	return c.profile(ctx, "getMyDescription", "description", lang)
}

// SetDescription sets the description for a language.
func (c *Client) SetDescription(ctx context.Context, lang, text string) error {
	return c.get(ctx, "setMyDescription", map[string]string{languageParam: lang, "description": text}, nil)
}

// ShortDescription stands on the bot's profile page, at most 120 characters.
func (c *Client) ShortDescription(ctx context.Context, lang string) (string, error) {
	return c.profile(ctx, "getMyShortDescription", "short_description", lang)
}

// SetShortDescription sets the short description for a language.
func (c *Client) SetShortDescription(ctx context.Context, lang, text string) error {
	params := map[string]string{languageParam: lang, "short_description": text}
	return c.get(ctx, "setMyShortDescription", params, nil)
}

// ChatMember tells somebody's place in a chat now.
func (c *Client) ChatMember(ctx context.Context, chat, user int64) (Member, error) {
	var m Member
	err := c.get(ctx, "getChatMember", map[string]string{"chat_id": num(chat), "user_id": num(user)}, &m)
	return m, err
}

func (c *Client) profile(ctx context.Context, method, field, lang string) (string, error) {
	var fields map[string]json.RawMessage
	if err := c.get(ctx, method, map[string]string{languageParam: lang}, &fields); err != nil {
		return "", err
	}
	var text string
	if raw, ok := fields[field]; ok {
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", &Error{Kind: Server, Method: method, Description: "unreadable result"}
		}
	}
	return text, nil
}
