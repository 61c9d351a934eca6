package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"yolchi/internal/telegram"
)

// forgetWait is how long a confirmed /forget waits for what is being sent: the
// files of an /export perhaps, which are made from what is kept.
const forgetWait = 30 * time.Second

// forgetLink opens /forget from a group: its word behind /start.
const forgetLink = "forget"

// forgetCommand says what would be deleted, and asks.
func (t *turn) forgetCommand(_ context.Context, _ string) error {
	sure := button(t.plain("button.forget"), "forget", "yes")
	sure.Style = "danger"
	t.say(screen{t.T("forget.ask"), rows(
		row(button(t.plain("button.export"), "export")),
		row(sure, button(t.plain("button.keep"), "forget", "no")),
	)})
	return nil
}

// groupForget leads to the private chat: what is kept is one's own matter.
func (t *turn) groupForget(_ context.Context, _ string) error {
	t.say(screen{t.T("forget.group"), rows(row(t.privately("button.private", forgetLink)))})
	return nil
}

// pressForget deletes everything about the person, or nothing.
func (t *turn) pressForget(ctx context.Context, arg string) error {
	if arg != "yes" {
		t.show(screen{t.T("forget.kept"), nil})
		return nil
	}
	if err := t.tx.Forget(ctx); err != nil {
		return err
	}
	t.show(screen{t.T("forget.done"), nil})
	return nil
}

// isForget says whether the update is a confirmed /forget.
func isForget(u telegram.Update) bool {
	if u.Callback == nil {
		return false
	}
	_, word, arg := parsePress(u.Callback.Data)
	return word == "forget" && arg == "yes"
}

// privacyCommand says in a few sentences what is kept.
func (t *turn) privacyCommand(_ context.Context, _ string) error {
	t.say(screen{t.T("privacy.text", "ID", t.user()), nil})
	return nil
}

// fleeting says whether nothing is to be kept of a person whom this update
// comes from, if they are not known: all but what begins a road.
func (b *Bot) fleeting(u telegram.Update) bool {
	if u.Message == nil {
		return true
	}
	name, args, _ := telegram.Command(u.Message.Text, b.Me.Username)
	return name != "choose" && (name != "start" || args == forgetLink)
}

// stranger answers a person of whom nothing is kept, and keeps nothing: who was
// forgotten may still press old buttons or say goodbye.
func (t *turn) stranger(ctx context.Context, u telegram.Update) error {
	if u.Callback != nil {
		t.callback = u.Callback
		switch _, word, arg := parsePress(u.Callback.Data); word {
		case "forget":
			return t.pressForget(ctx, arg)
		case "export":
			return t.pressExport(ctx, arg)
		}
		t.toast(t.plain("button.old"))
		return nil
	}
	if u.Message == nil || u.Message.Kind == "service" {
		return nil
	}
	name, args, _ := telegram.Command(u.Message.Text, t.bot.Me.Username)
	if name == "start" { // with forgetLink
		return t.forgetCommand(ctx, args)
	}
	i := slices.IndexFunc(commands(), func(c command) bool { return c.name == name && c.strangers })
	if i < 0 {
		var texts []string
		for _, lang := range t.guesses() {
			texts = append(texts, t.bot.text(lang, "stranger"))
		}
		t.say(screen{strings.Join(texts, "\n\n"), nil})
		return nil
	}
	return commands()[i].run(t, ctx, args)
}
