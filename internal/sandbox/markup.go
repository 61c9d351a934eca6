package sandbox

import (
	"encoding/json"
	"net/url"
	"strings"
)

// markup is an inline keyboard. Reply keyboards are checked and then left out: the web chat has none.
type markup struct {
	Rows [][]wireButton `json:"inline_keyboard"`
}

type wireButton struct {
	Text          string          `json:"text"`
	Style         string          `json:"style,omitempty"`
	URL           string          `json:"url,omitempty"`
	Data          string          `json:"callback_data,omitempty"`
	Inline        json.RawMessage `json:"switch_inline_query,omitempty"`
	InlineCurrent json.RawMessage `json:"switch_inline_query_current_chat,omitempty"`
	InlineChosen  json.RawMessage `json:"switch_inline_query_chosen_chat,omitempty"`
	Login         json.RawMessage `json:"login_url,omitempty"`
	WebApp        json.RawMessage `json:"web_app,omitempty"`
	Copy          json.RawMessage `json:"copy_text,omitempty"`
}

func (m *markup) view() [][]Button {
	rows := make([][]Button, len(m.Rows))
	for i, row := range m.Rows {
		for _, b := range row {
			rows[i] = append(rows[i], Button{Text: b.Text, Data: b.Data, URL: b.URL, Style: b.Style})
		}
	}
	return rows
}

// has says whether a button with this data stands in the keyboard.
func (m *markup) has(data string) bool {
	if m == nil {
		return false
	}
	for _, row := range m.Rows {
		for _, b := range row {
			if b.Data != "" && b.Data == data {
				return true
			}
		}
	}
	return false
}

const maxButtons = 100

// keyboard reads reply_markup; nil if there is none or it is empty.
func (p params) keyboard() (*markup, error) {
	var fields map[string]json.RawMessage
	if err := p.object("reply_markup", &fields, "object expected as reply markup"); err != nil || fields == nil {
		return nil, err
	}
	raw, ok := fields["inline_keyboard"]
	if !ok {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return nil, badRequest("can't parse inline keyboard: field \"inline_keyboard\" must be of type Array")
	}
	m := &markup{}
	count := 0
	for _, rawRow := range list {
		var row []wireButton
		if err := json.Unmarshal(rawRow, &row); err != nil || row == nil {
			return nil, badRequest("can't parse InlineKeyboardButton: expected an Array of InlineKeyboardButton")
		}
		for _, b := range row {
			if err := b.check(); err != nil {
				return nil, err
			}
		}
		if count += len(row); len(row) > 0 {
			m.Rows = append(m.Rows, row)
		}
	}
	if count > maxButtons {
		return nil, badRequest("reply markup is too long")
	}
	if count == 0 {
		return nil, nil
	}
	return m, nil
}

func (b wireButton) check() error {
	switch b.Style {
	case "", "danger", "success", "primary":
	default:
		return badRequest("can't parse inline keyboard button: invalid button style specified")
	}
	if strings.TrimSpace(b.Text) == "" {
		return badRequest("inline keyboard button text must be non-empty")
	}
	switch {
	case b.URL != "":
		if !buttonLink(b.URL) {
			return badRequest("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
		}
	case b.Data != "":
		if len(b.Data) > 64 {
			return badRequest("BUTTON_DATA_INVALID")
		}
	case b.Inline == nil && b.InlineCurrent == nil && b.InlineChosen == nil && b.Login == nil && b.WebApp == nil && b.Copy == nil:
		return badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	return nil
}

// buttonLink is true for links that Telegram puts on a button: a host with a dot, or tg://.
func buttonLink(link string) bool {
	if !strings.Contains(link, "://") {
		link = "http://" + link
	}
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "tg", "ton":
		return true
	case "http", "https":
		return strings.Contains(strings.Trim(u.Hostname(), "."), ".")
	}
	return false
}

// sameMarkup compares two keyboards.
func sameMarkup(a, b *markup) bool {
	if a == nil || b == nil {
		return a == b
	}
	return string(mustJSON(a)) == string(mustJSON(b))
}
