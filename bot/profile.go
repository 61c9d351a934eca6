package bot

import (
	"context"
	"fmt"
	"slices"

	"yolchi/internal/locale"
	"yolchi/internal/telegram"
)

// Profile is the bot as Telegram shows it: name, descriptions, menu.
type Profile interface {
	Commands(ctx context.Context, scope telegram.Scope, lang string) ([]telegram.BotCommand, error)
	SetCommands(ctx context.Context, scope telegram.Scope, lang string, list []telegram.BotCommand) error
	Name(ctx context.Context, lang string) (string, error)
	SetName(ctx context.Context, lang, name string) error
	Description(ctx context.Context, lang string) (string, error)
	SetDescription(ctx context.Context, lang, text string) error
	ShortDescription(ctx context.Context, lang string) (string, error)
	SetShortDescription(ctx context.Context, lang, text string) error
}

// Introduce tells Telegram the bot's name, descriptions and menu, for everyone
// and in each language, where they differ from what it knows; and the longer
// menu for those who run the bot. One of them whom Telegram does not know keeps
// nobody from theirs.
func Introduce(ctx context.Context, p Profile, texts *locale.Bundle, admins []int64) error {
	var unknown error
	for _, code := range append([]string{""}, locale.Languages...) {
		lang := code
		if lang == "" {
			lang = locale.English
		}
		if err := introduceCommands(ctx, p, texts, code, lang, len(admins) > 0); err != nil {
			return fmt.Errorf("setting the menu: %w", err)
		}
		for _, id := range admins {
			if err := setMenu(ctx, p, telegram.ScopeChat(id), code, adminMenu(texts, lang)); err != nil {
				unknown = fmt.Errorf("setting the menu of administrator %d, who must have written to the bot: %w", id, err)
			}
		}
		for _, field := range []struct {
			key string
			get func(context.Context, string) (string, error)
			set func(context.Context, string, string) error
		}{
			{"profile.name", p.Name, p.SetName},
			{"profile.description", p.Description, p.SetDescription},
			{"profile.short", p.ShortDescription, p.SetShortDescription},
		} {
			want := texts.T(lang, field.key, nil)
			have, err := field.get(ctx, code)
			if err == nil && have != want {
				err = field.set(ctx, code, want)
			}
			if err != nil {
				return fmt.Errorf("setting %s: %w", field.key, err)
			}
		}
	}
	return unknown
}

// introduceCommands sets the whole menu, and for groups what the bot answers
// there. read says that somebody reads what people write.
func introduceCommands(ctx context.Context, p Profile, texts *locale.Bundle, code, lang string, read bool) error {
	want := map[telegram.Scope][]telegram.BotCommand{}
	add := func(scope telegram.Scope, c command, group bool) {
		entry := telegram.BotCommand{Command: c.name, Description: texts.T(lang, c.sentence(group), nil)}
		want[scope] = append(want[scope], entry)
	}
	for _, c := range commands() {
		if c.run != nil && !c.admin && (read || !c.read) {
			add(telegram.ScopeDefault, c, false)
		}
		if c.group == nil {
			continue
		}
		add(telegram.ScopeAdmins, c, true)
		if !c.manager {
			add(telegram.ScopeGroups, c, true)
		}
	}
	for scope, list := range want {
		if err := setMenu(ctx, p, scope, code, list); err != nil {
			return err
		}
	}
	return nil
}

// adminMenu is every command of a private chat.
func adminMenu(texts *locale.Bundle, lang string) (list []telegram.BotCommand) {
	for _, c := range commands() {
		if c.run != nil {
			list = append(list, telegram.BotCommand{Command: c.name, Description: texts.T(lang, c.sentence(false), nil)})
		}
	}
	return list
}

func setMenu(ctx context.Context, p Profile, scope telegram.Scope, code string, list []telegram.BotCommand) error {
	have, err := p.Commands(ctx, scope, code)
	if err != nil || slices.Equal(have, list) {
		return err
	}
	return p.SetCommands(ctx, scope, code, list)
}
