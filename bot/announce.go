package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// maxUnasked is how many messages a day may come that nobody asked for.
const maxUnasked = 2

// announcementScreen is an announcement as a chat sees it. Who wants both
// languages has both; a channel's readers cannot refuse for it.
func (b *Bot) announcementScreen(broadcast store.Broadcast, chat store.Chat) screen {
	t := &turn{bot: b.view(), chat: &chat, here: chat.Key}
	html, other := *written(&broadcast, t.lang()), *written(&broadcast, otherLanguage(t.lang()))
	if html == "" {
		html = other
	} else if t.second() != "" && other != "" {
		html += "\n\n· · ·\n\n" + other
	}
	if chat.Kind == "channel" {
		return screen{html, nil}
	}
	return screen{html, rows(row(button(t.plain("button.noann"), "noann")))}
}

// composeAnnouncement is compose for an announcement: asked once more, just
// before it is sent, are what its writer wishes and what the chat wishes.
func (b *Bot) composeAnnouncement(ctx context.Context, d store.Delivery, id int64) (calls []telegram.Call, outcome store.Outcome, err error) {
	broadcast, ok, err := b.Store.Broadcast(ctx, id)
	switch {
	case err != nil:
		return nil, store.Outcome{}, err
	case !ok:
		return nil, store.Outcome{State: store.Dropped}, nil
	case broadcast.State != store.Running:
		return nil, store.Outcome{State: store.Waiting, Unsure: d.Repeat}, nil
	}
	err = b.Store.View(ctx, d.Key, b.Now(), func(tx *store.Tx) error {
		t := b.turn(tx)
		if t.refusesAnnouncements() {
			outcome.State = store.Dropped
			return nil
		}
		at, err := t.announceAt(ctx)
		if err != nil {
			return err
		}
		if at.After(t.now()) {
			outcome = store.Outcome{State: store.Waiting, RunAt: at, Unsure: d.Repeat}
			return nil
		}
		t.say(b.announcementScreen(broadcast, *tx.Chat))
		calls = t.out
		return nil
	})
	if errors.Is(err, store.ErrNoChat) {
		return nil, store.Outcome{State: store.Dropped}, nil
	}
	return calls, outcome, err
}

func (t *turn) refusesAnnouncements() bool {
	c := t.chat
	return !c.Ready || !c.Announcements || c.StoppedAt != nil || c.BlockedAt != nil || c.PausedUntil != nil && t.today() < *c.PausedUntil
}

// announceAt is when the chat may have an announcement: now, or in the morning
// if it is night, or if a learner would have more today than is good.
func (t *turn) announceAt(ctx context.Context) (time.Time, error) {
	at := study.Waking(t.now(), t.chat.Location())
	if t.shared() || at.After(t.now()) {
		return at, nil
	}
	sent, _, err := t.tx.Unasked(ctx, t.today().At(0, t.chat.Location()))
	if err != nil {
		return time.Time{}, err
	}
	if next := t.chat.NextAt; next != nil && t.chat.Today(*next) <= t.today() {
		sent++ // today's topic is still to come
	}
	if sent >= maxUnasked {
		return (t.today() + 1).At(study.WakingFrom, t.chat.Location()), nil
	}
	return at, nil
}

// hadEnough says whether the learner had an announcement today: then the saver
// would be one message too many.
func (t *turn) hadEnough(ctx context.Context) (bool, error) {
	sent, announcements, err := t.tx.Unasked(ctx, t.today().At(0, t.chat.Location()))
	return announcements > 0 && sent >= maxUnasked, err
}

// pressNoAnnouncements refuses announcements, or wants them again: under one of
// them, or in the settings.
func (t *turn) pressNoAnnouncements(ctx context.Context, arg string) error {
	switch arg {
	case "", "on":
		t.chat.Announcements = arg == "on"
	case "set":
		t.chat.Announcements = !t.chat.Announcements
	default:
		return errOld
	}
	value, key, again := "on", "noann.on", button(t.plain("button.noann"), "noann")
	if !t.chat.Announcements {
		value, key, again = "off", "noann.off", button(t.plain("button.noann.on"), "noann", "on")
	}
	if err := t.changed(ctx, "announcements", value); err != nil {
		return err
	}
	t.toast(t.plain(key))
	if arg == "set" {
		t.show(t.settings())
		return nil
	}
	t.keys(rows(row(again)))
	return nil
}

// announcementSetting is the line and the button about announcements, for who
// has refused them, and for channels, which cannot do it under one of them.
func (t *turn) announcementSetting(lines []string, keys telegram.Keyboard) ([]string, telegram.Keyboard) {
	if t.chat.Announcements && t.chat.Kind != "channel" {
		return lines, keys
	}
	value, key := t.plain("noann.value.on"), "button.noann"
	if !t.chat.Announcements {
		value, key = t.plain("noann.value.off"), "button.noann.on"
	}
	return append(lines, t.T("settings.announcements", "Value", value)), append(keys, row(button(t.plain(key), "noann", "set")))
}

// metricKind is the kind of a delivery without what is one broadcast's own.
func metricKind(kind string) string {
	kind, _, _ = strings.Cut(kind, ":")
	return kind
}

// priorityOf is how a kind of deliveries is sent.
func priorityOf(kind string) telegram.Priority {
	if _, ok := store.BroadcastOf(kind); ok {
		return telegram.Announcements
	}
	return telegram.Deliveries
}
