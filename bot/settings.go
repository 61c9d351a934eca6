package bot

import (
	"context"
	"strings"
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
		t.T("settings.language", "Value", t.plain("language.name")),
	}
	pause := button(t.plain("button.pause"), "pause")
	if t.chat.PausedUntil != nil && *t.chat.PausedUntil > t.today() {
		lines = append(lines, t.T("settings.paused", "Day", t.date(*t.chat.PausedUntil)))
		pause = button(t.plain("button.resume"), "resume")
	}
	return screen{strings.Join(lines, "\n"), rows(
		row(button(t.plain("button.roads"), "roads"), button(t.plain("button.language"), "langs")),
		row(button(t.plain("button.hour"), "hours"), button(t.plain("button.days"), "days")),
		row(button(t.plain("button.zone"), "zones"), pause),
	)}
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
	for _, c := range commands() {
		lines = append(lines, "/"+c.name+" — "+t.T("command."+c.name))
	}
	lines = append(lines, "", t.T("help.end"))
	return screen{strings.Join(lines, "\n"), nil}
}
