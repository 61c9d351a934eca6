package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"yolchi/internal/locale"
	"yolchi/internal/telegram"
)

// command is something that can be typed. The list feeds the dispatch, the
// menu in Telegram and the help; the sentence about it is "command.<name>".
type command struct {
	name   string
	run    func(t *turn, ctx context.Context, args string) error
	anyway bool // also before the chat is set up
	group  bool // also in groups
}

// commands in the order of the menu. The table is made by a function because
// the help shows it.
func commands() []command {
	return []command{
		{name: "today", run: (*turn).todayCommand},
		{name: "next", run: (*turn).nextCommand},
		{name: "quiz", run: (*turn).quizCommand},
		{name: "progress", run: (*turn).progressCommand},
		{name: "roadmap", run: (*turn).roadmapCommand},
		{name: "undo", run: (*turn).undoCommand},
		{name: "remind", run: (*turn).remindCommand},
		{name: "pause", run: (*turn).pauseCommand},
		{name: "resume", run: (*turn).resumeCommand},
		{name: "roadmaps", run: (*turn).roadmapsCommand},
		{name: "timezone", run: (*turn).timezoneCommand},
		{name: "language", run: (*turn).languageCommand, anyway: true},
		{name: "settings", run: (*turn).settingsCommand},
		{name: "help", run: (*turn).helpCommand, anyway: true, group: true},
		{name: "start", run: (*turn).startCommand, anyway: true, group: true},
		{name: "stop", run: (*turn).stopCommand, anyway: true},
	}
}

// presses are what buttons do, by the first word of their data. setup says
// that it belongs to setting the chat up.
var presses = map[string]struct {
	run   func(t *turn, ctx context.Context, arg string) error
	setup bool
}{
	"lang":     {run: (*turn).pressLanguage, setup: true},
	"road":     {run: (*turn).pressRoadmap, setup: true},
	"hour":     {run: (*turn).pressHour, setup: true},
	"zones":    {run: (*turn).pressZones, setup: true},
	"zone":     {run: (*turn).pressZone, setup: true},
	"hours":    {run: (*turn).pressHours, setup: true},
	"today":    {run: (*turn).pressToday},
	"done":     {run: (*turn).pressDone},
	"know":     {run: (*turn).pressKnow},
	"later":    {run: (*turn).pressLater},
	"in":       {run: (*turn).pressIn},
	"back":     {run: (*turn).pressBack},
	"undo":     {run: (*turn).pressUndo},
	"stages":   {run: (*turn).pressStages},
	"stage":    {run: (*turn).pressStage},
	"project":  {run: (*turn).pressProject},
	"topic":    {run: (*turn).pressTopic},
	"read":     {run: (*turn).pressRead},
	"go":       {run: (*turn).pressGo},
	"quiz":     {run: (*turn).pressQuiz},
	"again":    {run: (*turn).pressAgain},
	"progress": {run: (*turn).pressProgress},
	"roads":    {run: (*turn).pressRoads},
	"about":    {run: (*turn).pressAbout},
	"settings": {run: (*turn).pressSettings},
	"langs":    {run: (*turn).pressLanguages},
	"days":     {run: (*turn).pressDays},
	"day":      {run: (*turn).pressDay},
	"remind":   {run: (*turn).pressRemind},
	"pause":    {run: (*turn).pressPause},
	"resume":   {run: (*turn).pressResume},
	"help":     {run: (*turn).pressHelp, setup: true},
}

// errOld says that a button belongs to something that is not there any more.
var errOld = errors.New("the button is old")

// press does what a button says. A button that means nothing any more says so
// kindly.
func (t *turn) press(ctx context.Context, data string) error {
	version, rest, _ := strings.Cut(data, ":")
	word, arg, _ := strings.Cut(rest, ":")
	press, ok := presses[word]
	switch {
	case t.chat.Kind != "private":
		return nil
	case version != callbackVersion || !ok:
		t.toast(t.plain("button.old"))
		return nil
	case !t.chat.Ready && !press.setup:
		return t.setup(ctx)
	}
	if err := t.wake(ctx); err != nil {
		return err
	}
	err := press.run(t, ctx, arg)
	if errors.Is(err, errOld) {
		t.toast(t.plain("button.old"))
		return nil
	}
	return err
}

// message answers what somebody wrote.
func (t *turn) message(ctx context.Context, m telegram.Message) error {
	if t.chat.Kind != "private" {
		return t.groupMessage(m)
	}
	if m.Kind == "service" || m.From != nil && m.From.IsBot {
		return nil
	}
	if err := t.wake(ctx); err != nil {
		return err
	}
	if name, args, ok := telegram.Command(m.Text, t.bot.Me.Username); ok {
		return t.command(ctx, name, args)
	}
	if m.Text == "" {
		return t.hint(ctx, "hint.media")
	}
	return t.typed(ctx, m.Text)
}

func (t *turn) command(ctx context.Context, name, args string) error {
	asked := t.chat.Awaiting != ""
	t.chat.Awaiting = ""
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		if !t.chat.Ready && !c.anyway {
			return t.setup(ctx)
		}
		if asked {
			if err := t.tx.Save(ctx); err != nil {
				return err
			}
		}
		return c.run(t, ctx, args)
	}
	return t.hint(ctx, "hint.command")
}

// typed reads text as the answer to what was asked last.
func (t *turn) typed(ctx context.Context, text string) error {
	switch {
	case t.chat.Awaiting == awaitingHour:
		return t.typedHour(ctx, text)
	case t.chat.Awaiting == awaitingZone:
		return t.typedZone(ctx, text)
	case !t.chat.Ready:
		return t.setup(ctx)
	}
	return t.hint(ctx, "hint.text")
}

// hint says what can be done instead of what the bot does not understand.
func (t *turn) hint(ctx context.Context, key string) error {
	if !t.chat.Ready {
		return t.setup(ctx)
	}
	t.say(screen{t.T(key), rows(row(button(t.plain("button.today"), "today"), button(t.plain("button.help"), "help")))})
	return nil
}

// groupMessage answers in groups and channels only what is addressed to the
// bot.
func (t *turn) groupMessage(m telegram.Message) error {
	name, _, ok := telegram.Command(m.Text, t.bot.Me.Username)
	if !ok || !slices.ContainsFunc(commands(), func(c command) bool { return c.name == name && c.group }) {
		return nil
	}
	link := telegram.Button{Text: t.plain("button.private"), URL: "https://t.me/" + t.bot.Me.Username + "?start"}
	t.say(screen{t.T("group.private"), rows(row(link))})
	return nil
}

// wake notes that whoever speaks to us has not blocked us.
func (t *turn) wake(ctx context.Context) error {
	if t.chat.BlockedAt == nil {
		return nil
	}
	t.chat.BlockedAt = nil
	return t.tx.Save(ctx)
}

// membership notes where the bot may speak and where not.
func (t *turn) membership(ctx context.Context, m telegram.ChatMemberUpdated) error {
	out := m.New.Status == "kicked" || m.New.Status == "left"
	if out == (t.chat.BlockedAt != nil) {
		return nil
	}
	t.chat.BlockedAt = nil
	if out {
		now := t.now()
		t.chat.BlockedAt = &now
	}
	return t.tx.Save(ctx)
}

// plain is a sentence for where Telegram takes no HTML: buttons and toasts.
func (t *turn) plain(key string, pairs ...any) string {
	args := make(locale.Args, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return t.bot.Texts.T(t.lang(), key, args)
}
