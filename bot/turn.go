package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// turn is the handling of one update or delivery: what is known, and what is
// to be said.
type turn struct {
	bot      view
	tx       *store.Tx
	chat     *store.Chat // the transaction's: save stores changes
	here     store.Key   // where it is said: the chat itself, or in private for a channel
	from     *telegram.User
	rights   rights // what the person may decide for the chat
	callback *telegram.Callback
	reached  []store.Reached // by an announcement, for who chooses whom it is for
	tally    store.Tally     // of the announcement that is on its way, for who looks at it

	answered bool // the pressed button was answered
	strayed  bool // the topic where the chat stood is not on its road any more, see present
	back     bool // the chat had grown silent, and this is its first sign of life
	out      []telegram.Call
}

// screen is what a chat is shown: Telegram HTML and the buttons under it.
type screen struct {
	html string
	keys telegram.Keyboard
}

// update is the one place where an update finds its handler.
func (t *turn) update(ctx context.Context, u telegram.Update) error {
	switch {
	case t.tx.Stranger():
		return t.stranger(ctx, u)
	case u.MyChatMember != nil:
		return t.membership(ctx, *u.MyChatMember)
	case u.PollAnswer != nil:
		return t.pollAnswer(ctx, *u.PollAnswer)
	case u.Callback != nil:
		t.callback = u.Callback
		return t.press(ctx, u.Callback.Data)
	case u.Poll != nil:
		return t.pollState(ctx, *u.Poll)
	case u.Message != nil:
		return t.message(ctx, *u.Message)
	}
	return nil
}

// calls are what the turn has to say; the pressed button is answered first.
func (t *turn) calls() []telegram.Call {
	if t.callback != nil && !t.answered {
		t.toast("")
	}
	return t.out
}

// say sends a new message.
func (t *turn) say(s screen) {
	t.send(telegram.SendMessage(t.here.ChatID, s.html, t.about(s.keys)))
}

// send adds a call that makes a message where the turn speaks.
func (t *turn) send(call telegram.Call) { t.out = append(t.out, call.InThread(t.here.ThreadID)) }

// about lets the buttons of a channel's set-up, which stand in a private chat,
// say which channel they are about.
func (t *turn) about(kb telegram.Keyboard) telegram.Keyboard {
	if t.here.ChatID == t.chat.ChatID {
		return kb
	}
	named := make(telegram.Keyboard, len(kb))
	for i, row := range kb {
		named[i] = slices.Clone(row)
		for j, b := range row {
			if rest, ok := strings.CutPrefix(b.Data, callbackVersion+":"); ok {
				named[i][j].Data = fmt.Sprintf("%s:@%d:%s", callbackVersion, t.chat.ChatID, rest)
			}
		}
	}
	return named
}

// show changes the message whose button was pressed, or sends a new one.
func (t *turn) show(s screen) {
	if m := t.pressed(); m != 0 && t.callback.Message.Kind != "photo" { // a picture cannot become a text
		t.out = append(t.out, telegram.EditMessage(t.here.ChatID, m, s.html, t.about(s.keys)))
		return
	}
	t.say(s)
}

// keys changes only the buttons of the message whose button was pressed.
func (t *turn) keys(kb telegram.Keyboard) {
	if m := t.pressed(); m != 0 {
		t.out = append(t.out, telegram.EditKeyboard(t.here.ChatID, m, t.about(kb)))
	}
}

// pressed is the message whose button was pressed, 0 if there is none.
func (t *turn) pressed() int64 {
	if t.callback == nil || t.callback.Message == nil {
		return 0
	}
	return t.callback.Message.ID
}

// toast answers the pressed button with a short line over the chat.
func (t *turn) toast(text string) {
	if t.callback == nil || t.answered {
		return
	}
	t.answered = true
	t.out = append([]telegram.Call{telegram.AnswerCallback(t.callback.ID, text, false)}, t.out...)
}

// T is a sentence in the chat's language; its fields are escaped for Telegram
// HTML here and nowhere else.
func (t *turn) T(key string, pairs ...any) string { return t.bot.text(t.lang(), key, pairs...) }

// text is a sentence of a language. Pairs are names of fields and their values.
func (b *Bot) text(lang, key string, pairs ...any) string {
	args := make(locale.Args, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		value := pairs[i+1]
		switch v := value.(type) {
		case string:
			value = telegram.Escape(v)
		case markup:
			value = string(v)
		}
		args[pairs[i].(string)] = value
	}
	return b.Texts.T(lang, key, args)
}

// markup is a field that is Telegram HTML already.
type markup string

// lang is the chat's language, or the best guess before it was chosen.
func (t *turn) lang() string {
	if t.chat.Language != "" {
		first, _, _ := strings.Cut(t.chat.Language, "+")
		return first
	}
	if t.from != nil {
		if lang, ok := locale.Guess(t.from.Language); ok {
			return lang
		}
	}
	return locale.English
}

// second is the other language of a chat that wants both, "" of any other.
func (t *turn) second() string {
	_, second, _ := strings.Cut(t.chat.Language, "+")
	return second
}

func (t *turn) now() time.Time { return t.tx.Now }

func (t *turn) today() study.Day { return t.chat.Today(t.tx.Now) }

// admin says whether the person runs the bot and speaks to it in private.
func (t *turn) admin() bool {
	return t.from != nil && t.chat.ChatID == t.from.ID && slices.Contains(t.bot.Admins, t.from.ID)
}

// user is who acts: the person, or the chat itself where nobody is named.
func (t *turn) user() int64 {
	if t.from != nil {
		return t.from.ID
	}
	return 0
}

// roadmap is the one that the chat follows now; nil if it is not known (any
// more).
func (t *turn) roadmap() *curriculum.Roadmap {
	roadmap, ok := t.bot.Library.Roadmap(t.chat.RoadmapID)
	if !ok {
		return nil
	}
	return roadmap
}

// button makes a button that does something here. Its data is at most 64 bytes
// and lives as long as the message: the leading version tells old meanings
// from new ones.
func button(text string, parts ...string) telegram.Button {
	return telegram.Button{Text: text, Data: callbackVersion + ":" + strings.Join(parts, ":")}
}

const callbackVersion = "1"

// row and rows make a keyboard readable where it is written.
func row(buttons ...telegram.Button) []telegram.Button { return buttons }

func rows(rows ...[]telegram.Button) telegram.Keyboard { return rows }
