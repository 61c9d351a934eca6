package bot

import (
	"context"
	"strings"

	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// maxAnnouncement is how long an announcement may be in one language, in
// characters as Telegram counts them: two languages have room in one message.
const maxAnnouncement = 2000

// What the next typed text is, while an announcement is being written: its text
// in the language that follows, or the word that sends it.
const (
	awaitingAnnouncement = "announce:"
	awaitingWord         = "announce:word"
)

// broadcastCommand begins an announcement, goes on with the one that is being
// written, or shows the one that is on its way.
func (t *turn) broadcastCommand(ctx context.Context, _ string) error {
	open, ok, err := t.tx.OpenBroadcast(ctx)
	if err != nil {
		return err
	}
	if ok {
		t.watch(open)
		return nil
	}
	draft, ok, err := t.tx.Draft(ctx)
	if err != nil {
		return err
	}
	if !ok || draft.Uzbek+draft.English == "" {
		return t.askAnnouncement(ctx, t.lang(), t.T("broadcast.hello"))
	}
	return t.preview(ctx, draft, t.T("broadcast.kept"))
}

// askAnnouncement asks for the text in a language.
func (t *turn) askAnnouncement(ctx context.Context, lang, lead string) error {
	t.chat.Awaiting = awaitingAnnouncement + lang
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	html := t.T("broadcast.write."+lang, "Most", t.number(maxAnnouncement))
	if lead != "" {
		html = lead + "\n\n" + html
	}
	t.show(screen{html, rows(row(button(t.plain("button.bcast.skip"), "bcast", "skip", lang)))})
	return nil
}

// typedAnnouncement takes what was typed while an announcement is written.
func (t *turn) typedAnnouncement(ctx context.Context, m telegram.Message) error {
	lang := strings.TrimPrefix(t.chat.Awaiting, awaitingAnnouncement)
	switch {
	case t.chat.Awaiting == awaitingWord:
		return t.typedWord(ctx, m.Text)
	case m.Text == "":
		t.say(screen{t.T("broadcast.media"), nil})
		return nil
	}
	html := m.HTML()
	if n := telegram.Length(html); n > maxAnnouncement {
		t.say(screen{t.T("broadcast.long", "Length", t.number(n), "Most", t.number(maxAnnouncement)), nil})
		return nil
	}
	draft, _, err := t.tx.Draft(ctx)
	if err != nil {
		return err
	}
	*written(&draft, lang) = html
	if err := t.tx.SaveDraft(ctx, &draft); err != nil {
		return err
	}
	return t.afterText(ctx, draft, lang)
}

// skipLanguage leaves a language out, and what was written in it before.
func (t *turn) skipLanguage(ctx context.Context, draft store.Broadcast, lang string) error {
	if draft.ID != 0 {
		*written(&draft, lang) = ""
		if err := t.tx.SaveDraft(ctx, &draft); err != nil {
			return err
		}
	}
	return t.afterText(ctx, draft, lang)
}

// afterText asks for the other language, unless it is there or was asked for
// before.
func (t *turn) afterText(ctx context.Context, draft store.Broadcast, lang string) error {
	if other := otherLanguage(lang); lang == t.lang() && *written(&draft, other) == "" {
		return t.askAnnouncement(ctx, other, "")
	}
	t.chat.Awaiting = ""
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	if draft.Uzbek+draft.English == "" {
		t.show(screen{t.T("broadcast.empty"), nil})
		return nil
	}
	return t.preview(ctx, draft, "")
}

// written is the text of an announcement in a language, "" if it has none.
func written(b *store.Broadcast, lang string) *string {
	if lang == locale.Uzbek {
		return &b.Uzbek
	}
	return &b.English
}

func otherLanguage(lang string) string {
	if lang == locale.Uzbek {
		return locale.English
	}
	return locale.Uzbek
}

// preview shows the announcement as it will come, one message for each
// language, and what can be done with it.
func (t *turn) preview(ctx context.Context, draft store.Broadcast, lead string) error {
	var change []telegram.Button
	for _, lang := range []string{locale.Uzbek, locale.English} {
		key := "button.bcast.write." + lang
		if *written(&draft, lang) != "" {
			key = "button.bcast.change." + lang
			to := *t.chat
			to.Language = lang
			s := t.bot.announcementScreen(draft, to)
			s.keys = rows(row(button(s.keys[0][0].Text, "bcast", "sample")))
			t.say(s)
		}
		change = append(change, button(t.plain(key), "bcast", "write", lang))
	}
	html := t.T("broadcast.preview")
	if draft.Uzbek == "" || draft.English == "" {
		html += "\n" + t.T("broadcast.single")
	}
	if lead != "" {
		html = lead + "\n\n" + html
	}
	away := button(t.plain("button.bcast.drop"), "bcast", "drop")
	away.Style = "danger"
	t.say(screen{html, rows(row(button(t.plain("button.bcast.whom"), "bcast", "whom")), change, row(away))})
	return nil
}

// pressBroadcast does what the buttons of an announcement say.
func (t *turn) pressBroadcast(ctx context.Context, arg string) error {
	wish, rest, _ := strings.Cut(arg, ":")
	switch wish {
	case "pause", "resume", "stop":
		return t.steer(ctx, wish, rest)
	case "sample":
		t.toast(t.plain("broadcast.sample"))
		return nil
	}
	draft, ok, err := t.tx.Draft(ctx)
	switch {
	case err != nil:
		return err
	case (wish == "skip" || wish == "write") && (rest == locale.Uzbek || rest == locale.English):
		if wish == "skip" {
			return t.skipLanguage(ctx, draft, rest)
		}
		return t.askAnnouncement(ctx, rest, "")
	case !ok:
		return errOld
	case wish == "whom":
		return t.whom(ctx)
	case wish == "to":
		return t.choose(ctx, draft, store.Audience(rest))
	case wish == "drop":
		t.chat.Awaiting = ""
		if err := t.tx.DropDraft(ctx); err != nil {
			return err
		}
		if err := t.tx.Save(ctx); err != nil {
			return err
		}
		t.show(screen{t.T("broadcast.dropped"), nil})
		return nil
	}
	return errOld
}
