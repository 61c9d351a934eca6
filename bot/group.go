package bot

import (
	"context"
	"slices"
	"strings"

	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// shared says whether the chat is a group or a channel: several people follow
// one road there.
func (t *turn) shared() bool { return t.chat.Kind != "private" }

// concerns says whether a message of a group is for us: a command that we
// answer there.
func (b *Bot) concerns(m telegram.Message) bool {
	name, _, ok := telegram.Command(m.Text, b.Me.Username)
	return ok && slices.ContainsFunc(commands(), func(c command) bool { return c.name == name && c.group != nil })
}

// groupMessage answers a command in a group, briefly.
func (t *turn) groupMessage(ctx context.Context, m telegram.Message) error {
	name, args, _ := telegram.Command(m.Text, t.bot.Me.Username)
	if err := t.wake(ctx); err != nil {
		return err
	}
	for _, c := range commands() {
		if c.name != name || c.group == nil {
			continue
		}
		if !t.chat.Ready && !c.anyway {
			t.say(t.hello())
			return nil
		}
		if c.manager && !t.allowed() {
			return nil
		}
		return c.group(t, ctx, args)
	}
	return nil
}

// hello introduces the bot to a group that is not set up.
func (t *turn) hello() screen {
	return screen{t.T("group.hello"), rows(row(button(t.plain("button.setup"), "setup")))}
}

// groupStart greets, or says where the group stands. A link that added the bot
// says /start with a word behind it: the greeting came with the adding.
func (t *turn) groupStart(ctx context.Context, args string) error {
	if !t.chat.Ready && args != "" {
		return nil
	}
	if !t.chat.Ready {
		t.say(t.hello())
		return nil
	}
	return t.groupToday(ctx, "")
}

// pressSetup begins the set-up, or goes on with it.
func (t *turn) pressSetup(ctx context.Context, _ string) error {
	if t.chat.Ready {
		t.show(t.settings())
		return nil
	}
	return t.setup(ctx)
}

// beginShared ends the set-up of a group or channel: its first topic comes at
// the next tick, the same way as every other.
func (t *turn) beginShared(ctx context.Context) error {
	today := t.today()
	t.chat.Ready, t.chat.TopicDay = true, &today
	if err := t.changed(ctx, "hour", clock(t.chat.RemindMinute)); err != nil {
		return err
	}
	if err := t.tx.Owe(ctx, "topic", today, t.now()); err != nil {
		return err
	}
	road := t.roadmap().Text[t.lang()].Title
	t.show(screen{t.T("group.ready", "Roadmap", road, "Days", t.days(t.chat.RemindDays), "Hour", clock(t.chat.RemindMinute),
		"Zone", zoneName(t.chat.Zone, t.lang()), "Pace", t.paceText()), rows(row(button(t.plain("button.settings"), "settings")))})
	return nil
}

// groupToday says which topic the group is at; the lesson stands in its post.
func (t *turn) groupToday(ctx context.Context, _ string) error {
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	topic, ok := t.bot.Library.Topic(at)
	if !ok {
		return t.finished(ctx)
	}
	text := topic.Text[t.lang()]
	t.say(screen{strings.Join([]string{
		"<b>" + telegram.Escape(text.Title) + "</b>", t.place(topic), "", telegram.Escape(text.Why),
	}, "\n"), rows(row(t.privately("button.read", "t_"+at)))})
	return nil
}

// privately is a button that leads to the private chat; what it carries is for
// startCommand.
func (t *turn) privately(key, payload string) telegram.Button {
	return telegram.Button{Text: t.plain(key), URL: "https://t.me/" + t.bot.Me.Username + "?start=" + payload}
}

// groupRoadmap shows the stages in words alone.
func (t *turn) groupRoadmap(ctx context.Context, _ string) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	if road.Roadmap == nil {
		return t.finished(ctx)
	}
	t.say(screen{strings.Join(t.stageLines(road), "\n"), nil})
	return nil
}

// groupProgress is how far the group is together.
func (t *turn) groupProgress(ctx context.Context, _ string) error {
	road, err := t.road(ctx)
	if err != nil {
		return err
	}
	if road.Roadmap == nil {
		return t.finished(ctx)
	}
	members, err := t.tx.Members(ctx)
	if err != nil {
		return err
	}
	results, err := t.tx.DayResults(ctx, t.today().Monday(), t.today())
	if err != nil {
		return err
	}
	closed, all := road.closed()
	lines := []string{
		t.T("standing.title", "Roadmap", road.Text[t.lang()].Title),
		bar(closed, all) + " " + t.T("done.count", "Done", closed, "All", all), "",
		t.T("group.members", "Count", members),
	}
	if votes, right := sum(results); votes > 0 {
		lines = append(lines, t.T("group.week", "Count", votes, "Percent", right*100/votes))
	}
	t.say(screen{strings.Join(lines, "\n"), rows(row(t.privately("button.mine", "me")))})
	return nil
}

// groupNext closes the group's topic; the next one comes at its hour.
func (t *turn) groupNext(ctx context.Context, _ string) error {
	at, err := t.present(ctx)
	if err != nil {
		return err
	}
	if at == "" {
		return t.finished(ctx)
	}
	if t.strayed { // this one was not posted yet
		t.say(screen{t.upcoming(at), nil})
		return nil
	}
	next, err := t.close(ctx, at, study.Done)
	if err != nil {
		return err
	}
	if next == "" {
		return t.finished(ctx)
	}
	t.say(screen{t.upcoming(next), nil})
	return nil
}

// groupSettings shows what administrators can set.
func (t *turn) groupSettings(_ context.Context, _ string) error {
	t.say(t.settings())
	return nil
}

// groupHelp says what the bot answers in groups.
func (t *turn) groupHelp(_ context.Context, _ string) error {
	lines := []string{t.T("group.help"), ""}
	for _, c := range commands() {
		if c.group != nil {
			lines = append(lines, "/"+c.name+" — "+t.T(c.sentence(true)))
		}
	}
	t.say(screen{strings.Join(lines, "\n"), rows(row(t.privately("button.private", "group")))})
	return nil
}

// membership notes where the bot may speak and where not.
func (t *turn) membership(ctx context.Context, m telegram.ChatMemberUpdated) error {
	open := m.New.Present && m.New.CanPost
	was := m.Old.Present && m.Old.CanPost && t.chat.BlockedAt == nil
	t.chat.BlockedAt = nil
	if !open {
		now := t.now()
		t.chat.BlockedAt = &now
	} else if !t.shared() {
		t.chat.Heard()
	}
	if t.shared() {
		if err := t.tx.OpenThreads(ctx, open); err != nil {
			return err
		}
		if err := t.greet(ctx, m, open, was); err != nil {
			return err
		}
	}
	return t.tx.Save(ctx)
}

// greet says hello where the bot was let in, and tells the one who set a
// channel up when it was shut out.
func (t *turn) greet(ctx context.Context, m telegram.ChatMemberUpdated, open, was bool) error {
	channel := t.chat.Kind == "channel"
	switch {
	case open == was:
	case channel && open:
		if !m.From.IsBot {
			t.chat.OwnerID = m.From.ID
		}
		return t.inviteOwner(ctx, m.From)
	case channel && t.chat.OwnerID != 0:
		t.out = append(t.out, telegram.SendMessage(t.chat.OwnerID, t.T("channel.lost", "Title", t.chat.Title), nil))
	case channel, !open:
	case t.chat.Ready:
		t.say(screen{t.T("group.back", "When", t.when(t.chat.Schedule().Next(t.now()))), nil})
	default:
		t.say(t.hello())
	}
	return nil
}

// hideCommand takes one's name off the board or puts it back.
func (t *turn) hideCommand(ctx context.Context, _ string) error {
	if t.from == nil || t.from.ID == telegram.AnonymousAdmin {
		return nil
	}
	hidden, err := t.tx.Hide(ctx, t.from.ID, t.from.FirstName)
	if err != nil {
		return err
	}
	key := "hide.off"
	if hidden {
		key = "hide.on"
	}
	t.say(screen{t.T(key, "Name", t.T("board.hidden")), nil})
	return nil
}
