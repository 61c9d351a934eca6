package bot

import (
	"cmp"
	"context"
	"strings"

	"yolchi/internal/telegram"
)

func (t *turn) settingsCommand(ctx context.Context, _ string) error {
	t.say(t.settings())
	return nil
}

func (t *turn) pressSettings(ctx context.Context, _ string) error {
	t.show(t.settings())
	return nil
}

// settings shows everything that can be set, each with its button.
func (t *turn) settings() screen {
	road := "—"
	if roadmap := t.roadmap(); roadmap != nil {
		road = roadmap.Text[t.lang()].Title
	}
	remind := t.plain("settings.off")
	if t.chat.RemindOn && t.chat.StoppedAt == nil {
		remind = t.days(t.chat.RemindDays) + ", " + clock(t.chat.RemindMinute)
	}
	lines := []string{
		t.T("settings.title"), "",
		t.T("settings.roadmap", "Value", road),
		t.T("settings.remind", "Value", remind),
		t.T("settings.zone", "Value", zoneName(t.chat.Zone, t.lang()), "Now", t.now().In(t.chat.Location()).Format("15:04")),
		t.T("settings.language", "Value", t.languageName()),
	}
	if t.shared() {
		lines = append(lines, t.T("settings.pace", "Value", t.paceText()))
	}
	pause := button(t.plain("button.pause"), "pause")
	if t.chat.PausedUntil != nil && *t.chat.PausedUntil > t.today() {
		lines = append(lines, t.T("settings.paused", "Day", t.date(*t.chat.PausedUntil)))
		pause = button(t.plain("button.resume"), "resume")
	}
	keys := rows(
		row(button(t.plain("button.roads"), "roads"), button(t.plain("button.language"), "langs")),
		row(button(t.plain("button.hour"), "hours"), button(t.plain("button.days"), "days")),
		row(button(t.plain("button.zone"), "zones"), pause),
	)
	if roadmap := t.roadmap(); roadmap != nil && len(roadmap.CodeLanguages) > 0 {
		lines = append(lines, t.T("settings.code", "Value", cmp.Or(codeName(t.chat.CodeLanguage), "—")))
		keys = append(keys, row(button(t.plain("button.code"), "code")))
	}
	if t.shared() {
		keys = append(keys, row(button(t.plain("button.pace"), "paces"), button(t.plain("button.gnext"), "gnext")))
	}
	if !t.shared() {
		lines = append(lines, t.T("settings.saver", "Value", t.saverText()))
		keys = append(keys, row(button(t.plain("button.saver"), "saver"), button(t.plain("button.streak"), "streak")))
	}
	lines, keys = t.announcementSetting(lines, keys)
	if t.chat.Kind == "channel" {
		lines = append(lines, "", t.T("channel.link", "Link", t.link()))
	}
	return screen{strings.Join(lines, "\n"), keys}
}

// languageName is the language that the chat is spoken to in, or both.
func (t *turn) languageName() string {
	if t.second() != "" {
		return t.plain("language.both")
	}
	return t.plain("language.name")
}

// helpCommand says what the bot does and which commands there are.
func (t *turn) helpCommand(ctx context.Context, _ string) error {
	t.say(t.help())
	return nil
}

func (t *turn) pressHelp(ctx context.Context, _ string) error {
	t.show(t.help())
	return nil
}

func (t *turn) help() screen {
	lines := []string{t.T("help.title"), ""}
	var forAdmins []string
	for _, c := range commands() {
		line := "/" + c.name + " — " + t.T(c.sentence(false))
		switch {
		case c.run == nil, c.read && len(t.bot.Admins) == 0:
		case c.admin:
			forAdmins = append(forAdmins, line)
		default:
			lines = append(lines, line)
		}
	}
	if t.admin() && len(forAdmins) > 0 {
		lines = append(append(lines, "", t.T("help.admin")), forAdmins...)
	}
	lines = append(lines, "", t.T("help.end"))
	return screen{strings.Join(lines, "\n"), rows(row(
		telegram.Button{Text: t.plain("button.add.group"), URL: "https://t.me/" + t.bot.Me.Username + "?startgroup=yolchi"},
		telegram.Button{Text: t.plain("button.add.channel"), URL: "https://t.me/" + t.bot.Me.Username + "?startchannel&admin=post_messages"},
	))}
}
