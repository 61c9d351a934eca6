package bot

import (
	"context"
	"errors"
	"strings"

	"yolchi/internal/locale"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// command is something that can be typed. The list feeds the dispatch, the
// menus in Telegram and the help; the sentence about it is "command.<name>", in
// groups "command.<name>.group" where the two differ.
type command struct {
	name    string
	run     func(t *turn, ctx context.Context, args string) error // in a private chat; nil: not there
	group   func(t *turn, ctx context.Context, args string) error // in groups; nil: not there
	anyway  bool                                                  // also before the chat is set up
	manager bool                                                  // in groups only administrators may
	other   bool                                                  // groups have another sentence
	admin   bool                                                  // only for who runs the bot: nobody else sees it
	read    bool                                                  // offered only where somebody who runs the bot reads it

	strangers bool // also for a person of whom nothing is kept: it keeps nothing
}

// commands in the order of the menu. The table is made by a function because
// the help shows it.
func commands() []command {
	return []command{
		{name: "today", run: (*turn).todayCommand, group: (*turn).groupToday},
		{name: "next", run: (*turn).nextCommand, group: (*turn).groupNext, manager: true, other: true},
		{name: "quiz", run: (*turn).quizCommand, group: (*turn).roundCommand, other: true},
		{name: "review", run: (*turn).reviewCommand},
		{name: "top", group: (*turn).topCommand},
		{name: "progress", run: (*turn).progressCommand, group: (*turn).groupProgress, other: true},
		{name: "streak", run: (*turn).streakCommand},
		{name: "roadmap", run: (*turn).roadmapCommand, group: (*turn).groupRoadmap},
		{name: "find", run: (*turn).findCommand},
		{name: "notes", run: (*turn).notesCommand},
		{name: "undo", run: (*turn).undoCommand},
		{name: "remind", run: (*turn).remindCommand, group: (*turn).remindCommand, manager: true},
		{name: "pause", run: (*turn).pauseCommand},
		{name: "resume", run: (*turn).resumeCommand},
		{name: "roadmaps", run: (*turn).roadmapsCommand},
		{name: "choose", run: (*turn).chooseCommand, anyway: true},
		{name: "timezone", run: (*turn).timezoneCommand, group: (*turn).timezoneCommand, manager: true},
		{name: "language", run: (*turn).languageCommand, anyway: true},
		{name: "channels", run: (*turn).channelsCommand, anyway: true},
		{name: "settings", run: (*turn).settingsCommand, group: (*turn).groupSettings, manager: true},
		{name: "move", group: (*turn).moveCommand, manager: true, anyway: true},
		{name: "hide", group: (*turn).hideCommand},
		{name: "help", run: (*turn).helpCommand, group: (*turn).groupHelp, anyway: true, strangers: true},
		{name: "start", run: (*turn).startCommand, group: (*turn).groupStart, anyway: true},
		{name: "stop", run: (*turn).stopCommand, anyway: true},
		{name: "feedback", run: (*turn).feedbackCommand, anyway: true, read: true},
		{name: "stats", run: (*turn).statsCommand, anyway: true, admin: true},
		{name: "lookup", run: (*turn).lookupCommand, anyway: true, admin: true},
		{name: "privacy", run: (*turn).privacyCommand, anyway: true, strangers: true},
		{name: "export", run: (*turn).exportCommand, anyway: true, strangers: true},
		{name: "forget", run: (*turn).forgetCommand, group: (*turn).groupForget, anyway: true, strangers: true},
		{name: "broadcast", run: (*turn).broadcastCommand, anyway: true, admin: true},
	}
}

// sentence is the key of what the command does.
func (c command) sentence(group bool) string {
	if group && c.other {
		return "command." + c.name + ".group"
	}
	return "command." + c.name
}

// presses are what buttons do, by the first word of their data. setup says
// that it belongs to setting the chat up, shared that it does something in
// groups and channels, manager that only administrators may press it there,
// admin that it is for who runs the bot,
// topic that its argument is one, or ends in one: "in:hour:topic".
var presses = map[string]struct {
	run     func(t *turn, ctx context.Context, arg string) error
	setup   bool
	shared  bool
	manager bool
	admin   bool
	topic   bool
}{
	"setup":    {run: (*turn).pressSetup, setup: true, shared: true, manager: true},
	"lang":     {run: (*turn).pressLanguage, setup: true, shared: true, manager: true},
	"road":     {run: (*turn).pressRoadmap, setup: true, shared: true, manager: true},
	"hour":     {run: (*turn).pressHour, setup: true, shared: true, manager: true},
	"zones":    {run: (*turn).pressZones, setup: true, shared: true, manager: true},
	"zone":     {run: (*turn).pressZone, setup: true, shared: true, manager: true},
	"hours":    {run: (*turn).pressHours, setup: true, shared: true, manager: true},
	"roads":    {run: (*turn).pressRoads, setup: true, shared: true, manager: true},
	"settings": {run: (*turn).pressSettings, shared: true, manager: true},
	"langs":    {run: (*turn).pressLanguages, shared: true, manager: true},
	"days":     {run: (*turn).pressDays, shared: true, manager: true},
	"day":      {run: (*turn).pressDay, shared: true, manager: true},
	"remind":   {run: (*turn).pressRemind, shared: true, manager: true},
	"pause":    {run: (*turn).pressPause, shared: true, manager: true},
	"resume":   {run: (*turn).pressResume, shared: true, manager: true},
	"paces":    {run: (*turn).pressPaces, shared: true, manager: true},
	"pace":     {run: (*turn).pressPace, shared: true, manager: true},
	"gnext":    {run: (*turn).groupNext, shared: true, manager: true},
	"gdone":    {run: (*turn).pressGroupDone, shared: true, topic: true},
	"today":    {run: (*turn).pressToday},
	"done":     {run: (*turn).pressDone, topic: true},
	"know":     {run: (*turn).pressKnow, topic: true},
	"later":    {run: (*turn).pressLater, topic: true},
	"in":       {run: (*turn).pressIn, topic: true},
	"back":     {run: (*turn).pressBack, topic: true},
	"undo":     {run: (*turn).pressUndo},
	"stages":   {run: (*turn).pressStages},
	"stage":    {run: (*turn).pressStage},
	"project":  {run: (*turn).pressProject},
	"topic":    {run: (*turn).pressTopic, topic: true},
	"read":     {run: (*turn).pressRead, topic: true},
	"go":       {run: (*turn).pressGo, topic: true},
	"quiz":     {run: (*turn).pressQuiz, topic: true},
	"again":    {run: (*turn).pressAgain},
	"anew":     {run: (*turn).pressAnew},
	"dunno":    {run: (*turn).pressDunno, setup: true},
	"where":    {run: (*turn).pressWhere, setup: true},
	"review":   {run: (*turn).reviewCommand},
	"check":    {run: (*turn).pressCheckpoint},
	"testout":  {run: (*turn).pressTestOut},
	"progress": {run: (*turn).pressProgress},
	"choose":   {run: (*turn).pressChoose, setup: true},
	"code":     {run: (*turn).pressCode, shared: true, manager: true},
	"streak":   {run: (*turn).pressStreak},
	"saver":    {run: (*turn).pressSaver},
	"mute":     {run: (*turn).pressMute, topic: true},
	"weekly":   {run: (*turn).pressWeekly},
	"daily":    {run: (*turn).pressDaily},
	"about":    {run: (*turn).pressAbout},
	"notes":    {run: (*turn).pressNotes},
	"note":     {run: (*turn).pressNote},
	"help":     {run: (*turn).pressHelp, setup: true},
	"feedback": {run: (*turn).pressFeedback, setup: true, admin: true},
	"export":   {run: (*turn).pressExport, setup: true},
	"forget":   {run: (*turn).pressForget, setup: true},
	"noann":    {run: (*turn).pressNoAnnouncements, shared: true, manager: true},
	"bcast":    {run: (*turn).pressBroadcast, setup: true, admin: true},
}

// errOld says that a button belongs to something that is not there any more.
var errOld = errors.New("the button is old")

// press does what a button says. A button that means nothing any more says so
// kindly.
func (t *turn) press(ctx context.Context, data string) error {
	version, word, arg := parsePress(data)
	press, ok := presses[word]
	switch {
	case version != callbackVersion || !ok || t.shared() && !press.shared || press.admin && !t.admin():
		t.toast(t.plain("button.old"))
		return nil
	case t.shared() && press.manager && !t.allowed():
		return nil
	case !t.chat.Ready && !press.setup && !t.shared():
		return t.setup(ctx)
	case !t.chat.Ready && !press.setup:
		t.toast(t.plain("button.old"))
		return nil
	}
	if err := t.wake(ctx); err != nil {
		return err
	}
	if press.topic {
		arg = t.bot.current(arg)
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
	switch {
	case t.here.ChatID != t.chat.ChatID:
		return t.channelMessage(ctx)
	case t.shared():
		return t.groupMessage(ctx, m)
	case m.Kind == "service" || m.From != nil && m.From.IsBot:
		return nil
	case m.Via != nil && m.Via.ID == t.bot.Me.ID: // our own card, shared here
		return nil
	}
	if err := t.wake(ctx); err != nil {
		return err
	}
	if name, args, ok := telegram.Command(m.Text, t.bot.Me.Username); ok {
		return t.command(ctx, name, args)
	}
	if strings.HasPrefix(t.chat.Awaiting, awaitingAnnouncement) && m.ReplyTo == nil && t.admin() { // an answer is about something else
		return t.typedAnnouncement(ctx, m)
	}
	if m.Text == "" {
		return t.hint(ctx, "hint.media")
	}
	if user, id, ok := t.feedbackOf(m.ReplyTo); ok {
		return t.answerFeedback(ctx, user, id, m.Text)
	}
	if topic := t.lessonOf(m.ReplyTo); topic != nil && t.chat.Ready {
		return t.addNote(ctx, topic, m.Text)
	}
	return t.typed(ctx, m.Text)
}

func (t *turn) command(ctx context.Context, name, args string) error {
	asked := t.chat.Awaiting != ""
	t.chat.Awaiting = ""
	for _, c := range commands() {
		if c.name != name || c.run == nil {
			continue
		}
		if c.admin && !t.admin() {
			t.bot.Log.Info("somebody who is no administrator tried a command of administrators", "user", t.user(), "command", name)
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
	case t.chat.Awaiting == awaitingFind:
		return t.typedFind(ctx, text)
	case t.chat.Awaiting == awaitingFeedback:
		return t.typedFeedback(ctx, text)
	case t.chat.Awaiting == awaitingHour:
		return t.typedHour(ctx, text)
	case t.chat.Awaiting == awaitingZone:
		return t.typedZone(ctx, text)
	case !t.chat.Ready:
		return t.setup(ctx)
	}
	return t.hint(ctx, "hint.text")
}

// onWeGo answers a word after a long silence: it was all that was asked for.
func (t *turn) onWeGo(ctx context.Context) error {
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	if at == "" {
		return t.finished(ctx)
	}
	t.say(screen{t.T("silence.back") + "\n" + t.upcoming(at), rows(row(button(t.plain("button.today"), "today"), button(t.plain("button.help"), "help")))})
	return nil
}

// hint says what can be done instead of what the bot does not understand.
func (t *turn) hint(ctx context.Context, key string) error {
	if !t.chat.Ready {
		return t.setup(ctx)
	}
	if t.back && key != "hint.command" {
		return t.onWeGo(ctx)
	}
	t.say(screen{t.T(key), rows(row(button(t.plain("button.today"), "today"), button(t.plain("button.help"), "help")))})
	return nil
}

// wake notes that whoever speaks to us has not blocked us, and has spoken.
func (t *turn) wake(ctx context.Context) error {
	if t.chat.BlockedAt == nil && t.chat.Started {
		return t.heard(ctx)
	}
	unblocked := t.chat.BlockedAt != nil
	t.back = t.chat.Rhythm != study.Daily
	t.chat.Heard()
	t.chat.BlockedAt, t.chat.Started = nil, true
	if err := t.tx.Save(ctx); err != nil || !unblocked {
		return err
	}
	return t.keepSaver(ctx)
}

// plain is a sentence for where Telegram takes no HTML: buttons and toasts.
func (t *turn) plain(key string, pairs ...any) string {
	args := make(locale.Args, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return t.bot.Texts.T(t.lang(), key, args)
}
