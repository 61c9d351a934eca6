package telegram

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Call is one request to Telegram, as data: it can be stored as JSON beside
// the effect that owes it and be sent later.
type Call struct {
	Method string `json:"method"`
	// ChatID is the chat whose limits the call counts against; 0: none, the
	// call is not paced.
	ChatID int64             `json:"chat,omitempty"`
	Params map[string]string `json:"params,omitempty"`
	// Ref is the caller's own note; it is never sent.
	Ref json.RawMessage `json:"ref,omitempty"`
	// Photo is a picture to upload, see WithUpload. It is not kept with the call.
	Photo []byte `json:"-"`
	// Document is a file to upload, see WithDocument. It is not kept either.
	Document *File `json:"-"`
}

// Button is one key under a message. Exactly one of Data (1–64 bytes) and URL
// is set. Style is "", "primary", "success" or "danger".
type Button struct {
	Text  string `json:"text"`
	Data  string `json:"callback_data,omitempty"`
	URL   string `json:"url,omitempty"`
	Style string `json:"style,omitempty"`
}

// Keyboard is the rows of buttons under a message; empty means none.
type Keyboard [][]Button

// Quiz is a poll with right answers.
type Quiz struct {
	Question    string   // plain text, 1–300 characters
	Options     []string // plain text, 1–100 characters each, at most 12
	Right       []int    // indexes into Options, at least one
	Explanation string   // Telegram HTML, at most 200 characters and 2 line feeds; may be empty
	Description string   // Telegram HTML above the question, at most 1024 characters; may be empty
	Shuffle     bool
	OpenSeconds int // 5–2,628,000; 0: open until stopped
	// Anonymous quizzes bring no poll answers; in channels no other kind is allowed.
	Anonymous bool
	Keyboard  Keyboard
}

// SendMessage sends Telegram HTML, without link previews.
func SendMessage(chat int64, html string, kb Keyboard) Call {
	return textCall("sendMessage", chat, html).keyboard(kb)
}

// EditMessage replaces text and keyboard of a message of the bot.
func EditMessage(chat, message int64, html string, kb Keyboard) Call {
	return textCall("editMessageText", chat, html).with("message_id", num(message)).keyboard(kb)
}

// EditKeyboard replaces the keyboard alone; an empty one takes it away.
func EditKeyboard(chat, message int64, kb Keyboard) Call {
	return chatCall("editMessageReplyMarkup", chat).with("message_id", num(message)).keyboard(kb)
}

// AnswerCallback ends the waiting mark on a pressed button; the text, at most
// 200 characters, shows as a toast or as an alert. Not paced.
func AnswerCallback(id, text string, alert bool) Call {
	c := Call{Method: "answerCallbackQuery", Params: map[string]string{"callback_query_id": id}}
	if text != "" {
		c.Params["text"] = text
	}
	if alert {
		c.Params["show_alert"] = "true"
	}
	return c
}

// SendQuiz sends a quiz poll. Its result carries the poll's id.
func SendQuiz(chat int64, q Quiz) Call {
	options := make([]struct {
		Text string `json:"text"`
	}, len(q.Options))
	for i, text := range q.Options {
		options[i].Text = text
	}
	right := slices.Compact(slices.Sorted(slices.Values(q.Right))) // Telegram wants them increasing
	c := chatCall("sendPoll", chat).
		with("type", "quiz").
		with("question", q.Question).
		with("options", encode(options)).
		with("correct_option_ids", encode(right)).
		with("allows_multiple_answers", strconv.FormatBool(len(right) > 1)).
		with("shuffle_options", strconv.FormatBool(q.Shuffle)).
		with("is_anonymous", strconv.FormatBool(q.Anonymous)) // left out it would be true
	if q.Explanation != "" {
		c = c.with("explanation", q.Explanation).with("explanation_parse_mode", "HTML")
	}
	if q.Description != "" {
		c = c.with("description", q.Description).with("description_parse_mode", "HTML")
	}
	if q.OpenSeconds > 0 {
		c = c.with("open_period", strconv.Itoa(q.OpenSeconds))
	}
	return c.keyboard(q.Keyboard)
}

// StopPoll closes a poll of the bot and takes its keyboard away.
func StopPoll(chat, message int64) Call {
	return chatCall("stopPoll", chat).with("message_id", num(message))
}

// InThread sends into a forum topic; 0 changes nothing.
func (c Call) InThread(id int64) Call {
	if id == 0 {
		return c
	}
	return c.with("message_thread_id", num(id))
}

// Silent sends without a sound.
func (c Call) Silent() Call { return c.with("disable_notification", "true") }

// ReplyTo sends as an answer to a message of the same chat, or on its own when
// that message is gone; 0 changes nothing.
func (c Call) ReplyTo(message int64) Call {
	if message == 0 {
		return c
	}
	return c.with("reply_parameters", encode(map[string]any{
		"message_id": message, "allow_sending_without_reply": true,
	}))
}

// WithEffect lets a new message arrive with an animation, by its id; only in
// private chats. Telegram refuses an id that it does not know.
func (c Call) WithEffect(id string) Call { return c.with("message_effect_id", id) }

// WithRef notes v, which must encode as JSON, on the call.
func (c Call) WithRef(v any) Call {
	c.Ref = json.RawMessage(encode(v))
	return c
}

// creates reports whether the call, made twice, would show something twice.
func (c Call) creates() bool { return strings.HasPrefix(c.Method, "send") }

func textCall(method string, chat int64, html string) Call {
	return chatCall(method, chat).
		with("text", html).
		with("parse_mode", "HTML").
		with("link_preview_options", `{"is_disabled":true}`)
}

func chatCall(method string, chat int64) Call {
	return Call{Method: method, ChatID: chat, Params: map[string]string{"chat_id": num(chat)}}
}

// with sets a parameter on a copy: calls are values and share no map.
func (c Call) with(key, value string) Call {
	c.Params = maps.Clone(c.Params)
	if c.Params == nil {
		c.Params = make(map[string]string)
	}
	c.Params[key] = value
	return c
}

func (c Call) keyboard(kb Keyboard) Call {
	if len(kb) == 0 {
		return c
	}
	return c.with("reply_markup", encode(map[string]Keyboard{"inline_keyboard": kb}))
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// encode panics on a value that JSON cannot hold: a mistake in the program.
func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// To is the call for another chat, such as the supergroup that a group became.
func (c Call) To(chat int64) Call {
	c.ChatID = chat
	return c.with("chat_id", num(chat))
}

// Anew is an edit of a message that is gone, as a new message.
func (c Call) Anew() Call {
	c.Method = "sendMessage"
	c = c.with("message_id", "")
	delete(c.Params, "message_id")
	return c
}

// Plain is the call without its effect, and false if it has none.
func (c Call) Plain() (Call, bool) {
	_, ok := c.Params["message_effect_id"]
	if ok {
		c = c.with("message_effect_id", "")
		delete(c.Params, "message_effect_id")
	}
	return c, ok
}
