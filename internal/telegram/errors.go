package telegram

import (
	"errors"
	"fmt"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// Kind says what an error means for the one who asked.
type Kind uint8

const (
	// Bad: the request itself is wrong. A mistake of ours; it does not heal.
	Bad Kind = iota + 1
	// Retry: too many requests; wait RetryAfter.
	Retry
	// Gone: the bot cannot write to this chat: blocked, kicked, deleted, no rights.
	Gone
	// Migrated: the group is a supergroup now; MigrateTo is its id, if told.
	Migrated
	// NotModified: the message already looks like this.
	NotModified
	// NotFound: the message, poll, thread or button press is not there any
	// more, or cannot be changed any more. The chat itself is well.
	NotFound
	// Unauthorized: the token is wrong or was revoked.
	Unauthorized
	// Conflict: somebody else reads the updates of this bot.
	Conflict
	// Server: Telegram, or a proxy before it, failed; nothing was done.
	Server
	// Network: the request did not leave.
	Network
	// Unknown: the request left and no answer came; it may have been done.
	Unknown
)

var kindNames = [...]string{
	"", "bad request", "too many requests", "chat gone", "chat migrated", "not modified", "not found",
	"unauthorized", "conflict", "server error", "network error", "unknown outcome",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown kind"
}

// For errors.Is; every *Error of the kind matches.
var (
	ErrUnauthorized   = &Error{Kind: Unauthorized}
	ErrConflict       = &Error{Kind: Conflict}
	ErrUnknownOutcome = &Error{Kind: Unknown}
)

// Error is a request that did not succeed. It never holds the token.
type Error struct {
	Kind       Kind
	Method     string
	Code       int           // of Telegram, or the HTTP status; 0 if there was no answer
	RetryAfter time.Duration // Retry only
	MigrateTo  int64         // Migrated only
	// Description is Telegram's own text, for the log and not for people.
	Description string

	cause error // context errors only: any other could carry the token
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Method != "" {
		b.WriteString(e.Method + ": ")
	}
	b.WriteString(e.Kind.String())
	if e.Code != 0 {
		fmt.Fprintf(&b, " (%d)", e.Code)
	}
	if e.Description != "" {
		b.WriteString(": " + e.Description)
	}
	return b.String()
}

// Unwrap gives the context's error when that is what ended the request.
func (e *Error) Unwrap() error { return e.cause }

// Is matches the sentinels of this package by kind.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized, ErrConflict, ErrUnknownOutcome:
		return e.Kind == target.(*Error).Kind
	}
	return false
}

// kindOf is the kind of err, 0 if it is none of ours.
func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

// refused turns a refusal of Telegram into an Error.
func refused(method string, err *tgbotapi.Error) *Error {
	e := &Error{Method: method, Code: err.Code, Description: err.Message}
	switch {
	case err.MigrateToChatID != 0:
		e.Kind, e.MigrateTo = Migrated, err.MigrateToChatID
	case err.Code == 429 || err.RetryAfter > 0:
		e.Kind, e.RetryAfter = Retry, max(time.Duration(err.RetryAfter)*time.Second, time.Second)
	case err.Code == 401 || err.Code == 404 && (method == "getMe" || method == "getUpdates"):
		e.Kind = Unauthorized // a token of the wrong form is answered 404
	case err.Code == 403:
		e.Kind = Gone
	case err.Code == 409:
		e.Kind = Conflict
	case err.Code >= 500:
		e.Kind = Server
	default:
		e.Kind = kindOfText(strings.ToLower(err.Message))
	}
	return e
}

// refusals maps what Telegram says with a 400 to its meaning; the first match
// wins. Telegram has no codes for these. The texts stand in the server's source
// (tdlib/telegram-bot-api, telegram-bot-api/Client.cpp) and in tdlib.
var refusals = []struct {
	text string
	kind Kind
}{
	{"message is not modified", NotModified},
	{"upgraded to a supergroup", Migrated},

	{"message to edit not found", NotFound},
	{"message to delete not found", NotFound},
	{"message to be replied not found", NotFound},
	{"message with poll to stop not found", NotFound},
	{"message thread not found", NotFound},
	{"message can't be edited", NotFound},
	{"message can't be deleted", NotFound},
	{"message_id_invalid", NotFound},
	{"topic_deleted", NotFound},
	{"topic_closed", NotFound},
	{"poll has already been closed", NotFound},
	{"poll can't be stopped", NotFound},
	{"query is too old", NotFound},
	{"query_id_invalid", NotFound},

	{"chat not found", Gone},
	{"user not found", Gone},
	{"user is deactivated", Gone},
	{"input_user_deactivated", Gone},
	{"user_is_blocked", Gone},
	{"peer_id_invalid", Gone},
	{"group chat was deactivated", Gone},
	{"group chat was deleted", Gone},
	{"bot was kicked", Gone},
	{"bot is not a member", Gone},
	{"have no rights to send", Gone},
	{"not enough rights to send", Gone},
	{"need administrator rights", Gone},
	{"chat_admin_required", Gone},
	{"chat_restricted", Gone},
	{"chat_write_forbidden", Gone},
	{"_forbidden", Gone}, // chat_send_polls_forbidden, chat_send_plain_forbidden, …
	{"channel_private", Gone},
}

func kindOfText(description string) Kind {
	for _, r := range refusals {
		if strings.Contains(description, r.text) {
			return r.kind
		}
	}
	return Bad
}
