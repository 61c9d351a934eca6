package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// heard notes a sign of life from whoever the turn is about.
func (t *turn) heard(ctx context.Context) error {
	t.back = t.chat.Rhythm != study.Daily
	if !t.chat.Heard() {
		return nil
	}
	return t.tx.SaveRhythm(ctx)
}

// keepRhythm brings what follows from the streak up to date after an event:
// the day on which it ends, and its saver.
func (t *turn) keepRhythm(ctx context.Context, kind study.Kind) error {
	if !kind.MovesStreak() || t.shared() || !t.chat.Ready {
		return nil
	}
	if kind == study.Answered && t.chat.StudiedDay != nil && *t.chat.StudiedDay == t.today() {
		return nil
	}
	s, err := t.streak(ctx)
	if err != nil {
		return err
	}
	t.chat.PlanSaver(s, t.now())
	return t.tx.SaveRhythm(ctx)
}

// keepSaver finds the next evening for the saver, if the streak still stands. A
// streak that only time has ended stays as the last event left it: so it can be
// rebuilt from the log.
func (t *turn) keepSaver(ctx context.Context) error {
	if t.shared() || !t.chat.Ready {
		return nil
	}
	s, err := t.streak(ctx)
	if err != nil || s.Days == 0 {
		return err
	}
	t.chat.PlanSaver(s, t.now())
	return t.tx.SaveRhythm(ctx)
}

// saver is the word in the evening; nothing if the streak does not need it
// after all.
func (t *turn) saver(ctx context.Context, d store.Delivery) error {
	s, err := t.streak(ctx)
	if err != nil || s.Days < store.SaverStreak || s.EndsOn != t.today() {
		return err
	}
	keys := rows(row(button(t.plain("button.today"), "today")), row(button(t.plain("button.quieter"), "mute", "saver")))
	at, _, err := t.find(ctx)
	if err != nil {
		return err
	}
	if topic, ok := t.bot.Library.Topic(at); ok && len(topic.Questions) > 0 {
		keys[0] = append(keys[0], button(t.plain("button.quiz"), "quiz", at))
	}
	t.say(screen{t.T(variant("saver", d.Day), "Days", s.Days), keys})
	return nil
}

// variant is the key of the wording of a day: none comes again within a week,
// for there are more of them than a week has days.
func variant(key string, day study.Day) string {
	return fmt.Sprintf("%s.%d", key, int(day)%leadCount+1)
}

// composeQuiet is what comes instead of a topic to who is silent, and the word
// for the streak; no calls if it is not to be said.
func (t *turn) composeQuiet(ctx context.Context, d store.Delivery) error {
	quieter := button(t.plain("button.quieter"), "mute", "topic")
	today := button(t.plain("button.today"), "today")
	switch d.Kind {
	case store.SaverDelivery:
		if enough, err := t.hadEnough(ctx); err != nil || enough {
			return err
		}
		return t.saver(ctx, d)
	case store.WeeklyDelivery:
		t.say(screen{t.T("weekly.offer"), rows(
			row(button(t.plain("button.weekly"), "weekly"), button(t.plain("button.daily"), "daily")), row(today, quieter),
		)})
	case store.SilenceDelivery:
		t.say(screen{t.T("silence.last"), rows(row(today, quieter))})
	}
	return nil
}

// quiet says whether a delivery is one of those that composeQuiet makes: the
// rhythm with which it began still holds.
func (t *turn) quiet(d store.Delivery) bool {
	switch d.Kind {
	case store.SaverDelivery:
		return true
	case store.WeeklyDelivery:
		return t.chat.Rhythm == study.Weekly
	case store.SilenceDelivery:
		return t.chat.Rhythm == study.Silent
	}
	return false
}

// daily says whether a delivery comes unasked at the chat's hour.
func daily(kind string) bool {
	return kind == store.TopicDelivery || kind == store.WeeklyDelivery || kind == store.SilenceDelivery
}

// muted adds the button that ends the daily topics under a lesson that came by
// itself.
func (t *turn) muted(keys telegram.Keyboard, topic string) telegram.Keyboard {
	return append(keys, row(button(t.plain("button.quieter"), "mute", "topic", topic)))
}

// stillMuted keeps that button under the message whose button was pressed, if
// it is there.
func (t *turn) stillMuted(keys telegram.Keyboard, topic string) telegram.Keyboard {
	mute := t.muted(nil, topic)
	if t.callback == nil || t.callback.Message == nil || !slices.Contains(t.callback.Message.Buttons, mute[0][0].Data) {
		return keys
	}
	return append(keys, mute...)
}

// pressMute ends, in one tap, what came unasked.
func (t *turn) pressMute(ctx context.Context, arg string) error {
	switch what, id, _ := strings.Cut(arg, ":"); what {
	case "saver":
		return t.setSaver(ctx, "off")
	case "topic":
		t.chat.RemindOn = false
		if err := t.changed(ctx, "remind", "off"); err != nil {
			return err
		}
		if err := t.unmuted(ctx, id); err != nil {
			return err
		}
		t.toast(t.plain("mute.toast"))
		keys := row(button(t.plain("button.on"), "remind", "on"))
		if t.chat.RemindDays.Count() > 1 {
			keys = append(keys, button(t.plain("button.weekly"), "weekly"))
		}
		t.say(screen{t.T("mute.done"), rows(keys)})
		return nil
	}
	return errOld
}

// unmuted takes the button that was pressed away.
func (t *turn) unmuted(ctx context.Context, id string) error {
	topic, ok := t.bot.Library.Topic(id)
	if !ok {
		t.keys(rows(row(button(t.plain("button.today"), "today"))))
		return nil
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	t.keys(t.lessonKeys(topic, states[id]))
	return nil
}

// pressWeekly makes today's weekday the only study day.
func (t *turn) pressWeekly(ctx context.Context, _ string) error {
	t.chat.RemindOn, t.chat.RemindDays = true, study.Of(t.today().Weekday())
	if err := t.changed(ctx, "days", t.days(t.chat.RemindDays)); err != nil {
		return err
	}
	t.toast(t.plain("settings.saved"))
	t.show(t.reminder())
	return nil
}

// pressDaily keeps the daily topics: the tap itself was the sign of life.
func (t *turn) pressDaily(_ context.Context, _ string) error {
	t.toast(t.plain("settings.saved"))
	t.show(t.reminder())
	return nil
}

// pressSaver shows when the saver comes, or sets it: to a minute after
// midnight, or off.
func (t *turn) pressSaver(ctx context.Context, arg string) error {
	if arg != "" {
		return t.setSaver(ctx, arg)
	}
	t.show(t.saverScreen())
	return nil
}

// offeredSavers are minutes after midnight.
var offeredSavers = []int{19 * 60, 20 * 60, 21 * 60, 22 * 60}

func (t *turn) saverScreen() screen {
	var hours []telegram.Button
	for _, minute := range offeredSavers {
		mark := ""
		if t.chat.SaverOn && minute == t.chat.SaverWish {
			mark = "✅ "
		}
		hours = append(hours, button(mark+clock(minute), "saver", strconv.Itoa(minute)))
	}
	last := row(button(t.plain("button.back"), "settings"))
	if t.chat.SaverOn {
		last = append(last, button(t.plain("button.off"), "saver", "off"))
	}
	html := t.T("saver.ask", "Days", store.SaverStreak, "Value", t.saverText())
	if at, ok := t.chat.SaverMinute(); t.chat.SaverOn && !ok {
		html += "\n\n" + t.T("saver.never")
	} else if t.chat.SaverOn && at != t.chat.SaverWish {
		html += "\n\n" + t.T("saver.moved", "Hour", clock(at))
	}
	return screen{html, rows(hours, last)}
}

// saverText is the saver's hour, or that there is none.
func (t *turn) saverText() string {
	if !t.chat.SaverOn {
		return t.plain("saver.off")
	}
	return clock(t.chat.SaverWish)
}

func (t *turn) setSaver(ctx context.Context, arg string) error {
	if arg != "off" {
		minute, err := strconv.Atoi(arg)
		if err != nil || minute < 0 || minute >= 24*60 {
			return errOld
		}
		t.chat.SaverWish = minute
	}
	t.chat.SaverOn = arg != "off"
	if err := t.changed(ctx, "saver", arg); err != nil {
		return err
	}
	t.toast(t.plain("settings.saved"))
	t.show(t.saverScreen())
	return nil
}

// replanSaver finds the next evening for the saver of a streak that was kept up
// elsewhere, as in a group.
func (b *Bot) replanSaver(ctx context.Context, key store.Key, now time.Time) error {
	return b.Store.WithChat(ctx, key, now, func(tx *store.Tx) error {
		return b.turn(tx).keepSaver(ctx)
	})
}
