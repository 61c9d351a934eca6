package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// A channel is set up in a private chat. Its buttons there name it, and so does
// the deep link that opens its settings: the id without its minus.

// channelOf is the channel that an update in a private chat is about, 0 if it
// is about none.
func channelOf(u telegram.Update) int64 {
	digits := ""
	switch {
	case u.Callback != nil:
		_, rest, _ := strings.Cut(u.Callback.Data, ":@")
		digits, _, _ = strings.Cut(rest, ":")
		digits = strings.TrimPrefix(digits, "-")
	case u.Message != nil:
		digits, _ = strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(u.Message.Text, "/start")), channelLink)
		if !strings.HasPrefix(u.Message.Text, "/start "+channelLink) {
			digits = ""
		}
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id <= 0 {
		return 0
	}
	return -id
}

const channelLink = "c_"

// link opens the channel's settings for whoever is its administrator.
func (t *turn) link() string {
	return fmt.Sprintf("https://t.me/%s?start=%s%d", t.bot.Me.Username, channelLink, -t.chat.ChatID)
}

// inviteOwner offers the set-up to who added the bot: in private if they have
// spoken to it, else by a post with a link.
func (t *turn) inviteOwner(ctx context.Context, who telegram.User) error {
	known, err := t.tx.Knows(ctx, who.ID)
	if err != nil {
		return err
	}
	if known {
		t.here = store.Person(who.ID)
		t.say(screen{t.T("channel.hello", "Title", t.chat.Title), rows(row(button(t.plain("button.setup"), "setup")))})
		return nil
	}
	t.say(screen{t.T("channel.hello.post"), rows(row(telegram.Button{Text: t.plain("button.setup"), URL: t.link()}))})
	return nil
}

// channelsCommand lists the channels that the person set up.
func (t *turn) channelsCommand(ctx context.Context, _ string) error {
	channels, err := t.tx.Channels(ctx, t.user())
	if err != nil {
		return err
	}
	if len(channels) == 0 {
		t.say(screen{t.T("channels.none"), nil})
		return nil
	}
	var keys telegram.Keyboard
	for _, c := range channels {
		keys = append(keys, row(telegram.Button{Text: c.Title, Data: fmt.Sprintf("%s:@%d:setup", callbackVersion, c.ChatID)}))
	}
	t.say(screen{t.T("channels.list"), keys})
	return nil
}

// channelMessage opens a channel's set-up in the private chat.
func (t *turn) channelMessage(ctx context.Context) error {
	if !t.allowed() {
		return nil
	}
	if !t.chat.Ready {
		return t.setup(ctx)
	}
	t.say(t.settings())
	return nil
}
