package telegram

import "strconv"

// MaxInline is how many results of an inline query are offered; Telegram takes
// 50 (core.telegram.org/bots/api#answerinlinequery).
const MaxInline = 10

const inlineMethod = "answerInlineQuery"

// AnswersInline says that the call answers an inline query.
func (c Call) AnswersInline() bool { return c.Method == inlineMethod }

// InlineQuery is somebody typing "@bot words" in any chat.
type InlineQuery struct {
	ID    string `json:"id"`
	From  User   `json:"from"`
	Query string `json:"query"` // at most 256 characters; may be empty
}

// Article is one result of an inline query: a card that sends a message.
type Article struct {
	ID          string // 1–64 bytes, its own in one answer
	Title       string // plain text
	Description string // plain text; may be empty
	HTML        string // the message, Telegram HTML
	Keyboard    Keyboard
}

// InlineAnswer is what an inline query offers.
type InlineAnswer struct {
	Articles []Article // at most MaxInline are shown
	Personal bool      // only this person may get it from Telegram's cache
	Seconds  int       // in Telegram's cache
	// Start, if set, is the text of a button over the results that opens the
	// private chat with /start and this payload of A–Z, a–z, 0–9, _ and -.
	Start, Payload string
}

// AnswerInline answers an inline query, within seconds: an old one is refused
// as NotFound. Not paced.
func AnswerInline(query string, a InlineAnswer) Call {
	results := make([]map[string]any, 0, len(a.Articles))
	for _, article := range a.Articles[:min(len(a.Articles), MaxInline)] {
		result := map[string]any{
			"type": "article", "id": article.ID, "title": article.Title,
			"input_message_content": map[string]any{
				"message_text": article.HTML, "parse_mode": "HTML", "link_preview_options": map[string]bool{"is_disabled": true},
			},
		}
		if article.Description != "" {
			result["description"] = article.Description
		}
		if len(article.Keyboard) > 0 {
			result["reply_markup"] = map[string]Keyboard{"inline_keyboard": article.Keyboard}
		}
		results = append(results, result)
	}
	c := Call{Method: inlineMethod}.with("inline_query_id", query).with("results", encode(results)).
		with("cache_time", strconv.Itoa(a.Seconds)).with("is_personal", strconv.FormatBool(a.Personal))
	if a.Start != "" {
		c = c.with("button", encode(map[string]string{"text": a.Start, "start_parameter": a.Payload}))
	}
	return c
}
