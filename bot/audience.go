package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// perSecond is how many messages a second Telegram takes for nothing.
const perSecond = 30

// reached counts who an announcement reaches, for who is about to choose. That
// takes seconds where there are a million chats, so it is done before the visit,
// which others share.
func (b *Bot) reached(ctx context.Context, u telegram.Update) ([]store.Reached, error) {
	if u.Callback == nil || !slices.Contains(b.Admins, u.Callback.From.ID) {
		return nil, nil
	}
	_, word, arg := parsePress(u.Callback.Data)
	if wish, _, _ := strings.Cut(arg, ":"); word != "bcast" || wish != "whom" && wish != "to" {
		return nil, nil
	}
	return b.Store.Reach(ctx, b.Now())
}

// crowd is how many chats an audience has now, and for how many of them it is
// not the hour.
type crowd struct{ chats, asleep int }

func (t *turn) crowdOf(audience store.Audience) (c crowd) {
	for _, r := range t.reached {
		if !audience.Holds(r) {
			continue
		}
		c.chats += r.Chats
		if study.Waking(t.now(), store.Chat{Zone: r.Zone}.Location()).After(t.now()) {
			c.asleep += r.Chats
		}
	}
	return c
}

// audiences are all that can be chosen, in the order of the buttons.
func (t *turn) audiences() (all []store.Audience) {
	all = append(all, store.AudienceAll)
	for _, kind := range []string{"private", "group", "channel"} {
		all = append(all, store.Audience(store.AudienceKind+kind))
	}
	for _, lang := range []string{locale.Uzbek, locale.English} {
		all = append(all, store.Audience(store.AudienceLang+lang))
	}
	for _, roadmap := range t.bot.Library.Roadmaps() {
		all = append(all, store.Audience(store.AudienceRoad+roadmap.ID))
	}
	return all
}

// audienceName is an audience in words.
func (t *turn) audienceName(audience store.Audience) string {
	if id, ok := strings.CutPrefix(string(audience), store.AudienceRoad); ok {
		if roadmap, ok := t.bot.Library.Roadmap(id); ok {
			return roadmap.Text[t.lang()].Title
		}
		return id
	}
	return t.plain("audience." + strings.ReplaceAll(string(audience), ":", "."))
}

// whom offers the audiences that are not empty. No word sends anything before
// one is chosen.
func (t *turn) whom(ctx context.Context) error {
	t.chat.Awaiting = ""
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	var keys telegram.Keyboard
	for _, audience := range t.audiences() {
		if c := t.crowdOf(audience); c.chats > 0 {
			keys = append(keys, row(button(t.audienceName(audience)+" · "+t.number(c.chats), "bcast", "to", string(audience))))
		}
	}
	if len(keys) == 0 {
		t.show(screen{t.T("broadcast.nobody"), nil})
		return nil
	}
	t.show(screen{t.T("broadcast.whom"), keys})
	return nil
}

// choose keeps the audience, says what it means, and asks for the word.
func (t *turn) choose(ctx context.Context, draft store.Broadcast, audience store.Audience) error {
	c := t.crowdOf(audience)
	if c.chats == 0 || draft.Uzbek+draft.English == "" {
		return errOld
	}
	draft.Audience, draft.Size = audience, c.chats
	if err := t.tx.SaveDraft(ctx, &draft); err != nil {
		return err
	}
	t.chat.Awaiting = awaitingWord
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	lines := []string{
		"<b>" + telegram.Escape(t.audienceName(audience)) + "</b>",
		t.T("broadcast.size", "Chats", t.chats(c.chats), "Time", t.span(seconds(c.chats-c.asleep))), "",
	}
	if c.asleep > 0 {
		lines = append(lines, t.T("broadcast.asleep", "Number", t.number(c.asleep), "Hour", clock(study.WakingFrom)))
	}
	lines = append(lines, t.T("broadcast.order"), "", t.T("broadcast.confirm", "Word", t.plain("broadcast.word")))
	t.show(screen{strings.Join(lines, "\n"), rows(row(button(t.plain("button.back"), "bcast", "whom")))})
	return nil
}

// typedWord sends the announcement if the word is right.
func (t *turn) typedWord(ctx context.Context, text string) error {
	draft, ok, err := t.tx.Draft(ctx)
	if err != nil {
		return err
	}
	if !ok || draft.Audience == "" {
		return t.hint(ctx, "hint.text")
	}
	right := false
	for _, lang := range locale.Languages {
		right = right || fold(text) == fold(t.bot.Texts.T(lang, "broadcast.word", nil))
	}
	if !right {
		t.say(screen{t.T("broadcast.unsent", "Word", t.plain("broadcast.word")), nil})
		return nil
	}
	t.chat.Awaiting = ""
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	begun, err := t.tx.Begin(ctx, &draft)
	if err != nil {
		return err
	}
	if !begun { // somebody else did meanwhile
		if draft, ok, err = t.tx.OpenBroadcast(ctx); err != nil || !ok {
			return errOr(err, errOld)
		}
	}
	t.watch(draft)
	return nil
}

// seconds is how long it takes at least to send so many messages.
func seconds(messages int) time.Duration {
	return time.Duration((messages+perSecond-1)/perSecond) * time.Second
}

// chats is a number of chats in words.
func (t *turn) chats(n int) string {
	if n == 1 {
		return t.plain("broadcast.chat")
	}
	return t.plain("broadcast.chats", "Number", t.number(n))
}
