package sandbox

import (
	"encoding/json"
	"regexp"
	"slices"
	"unicode/utf8"
)

// profile is what the bot says of itself, by language code ("" is for everybody else).
type profile struct {
	texts    map[string]map[string]string // name, description, short_description
	commands map[commandKey][]BotCommand
	order    []commandKey
}

// BotCommand is one line of the command menu.
type BotCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

type commandKey struct {
	scope, language string
}

func newProfile() profile {
	return profile{
		texts: map[string]map[string]string{
			"name": {"": "Yoʻlchi"}, "description": {}, "short_description": {},
		},
		commands: map[commandKey][]BotCommand{},
	}
}

// text is what a person with this language sees.
func (p *profile) text(field, language string) string {
	if t, ok := p.texts[field][language]; ok {
		return t
	}
	return p.texts[field][""]
}

var languageCode = regexp.MustCompile(`^([a-z]{2})?$`)

// setText makes the method that sets one of the texts; limit is in characters.
func setText(field string, limit int) method {
	return func(s *Server, p params) (any, error) {
		lang, text := p.get("language_code"), p.get(field)
		if !languageCode.MatchString(lang) {
			return nil, badRequest("invalid language code specified")
		}
		if utf8.RuneCountInString(text) > limit {
			return nil, badRequest("%s is too long", field) // Telegram's words are not published
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if text == "" && (field != "name" || lang != "") {
			delete(s.profile.texts[field], lang)
		} else if text != "" {
			s.profile.texts[field][lang] = text
		}
		s.publish("commands", func() any { return map[string]any{} })
		s.changed()
		return true, nil
	}
}

func getText(field string) method {
	return func(s *Server, p params) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return map[string]string{field: s.profile.text(field, p.get("language_code"))}, nil
	}
}

// key reads scope and language_code. The scope becomes one word: "all_private_chats", "chat:-5", "chat_member:-5:7".
func (p params) commandKey() (commandKey, error) {
	scope := struct {
		Type string          `json:"type"`
		Chat json.RawMessage `json:"chat_id"`
		User json.RawMessage `json:"user_id"`
	}{Type: "default"}
	if err := p.object("scope", &scope, "can't parse BotCommandScope JSON object"); err != nil {
		return commandKey{}, err
	}
	k := commandKey{scope: scope.Type, language: p.get("language_code")}
	switch scope.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
	case "chat", "chat_administrators":
		k.scope += ":" + string(scope.Chat)
	case "chat_member":
		k.scope += ":" + string(scope.Chat) + ":" + string(scope.User)
	default:
		return k, badRequest("can't parse BotCommandScope: unsupported type specified")
	}
	if !languageCode.MatchString(k.language) {
		return k, badRequest("invalid language code specified")
	}
	return k, nil
}

var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func setMyCommands(s *Server, p params) (any, error) {
	key, err := p.commandKey()
	if err != nil {
		return nil, err
	}
	var list []BotCommand
	if err := p.object("commands", &list, "can't parse commands JSON object"); err != nil {
		return nil, err
	}
	if len(list) > 100 {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for i := range list {
		if n := len(list[i].Command); n > 0 && list[i].Command[0] == '/' {
			list[i].Command = list[i].Command[1:]
		}
		if !commandName.MatchString(list[i].Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := utf8.RuneCountInString(list[i].Description); n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.setCommands(key, list)
	return true, nil
}

func deleteMyCommands(s *Server, p params) (any, error) {
	key, err := p.commandKey()
	if err != nil {
		return nil, err
	}
	s.setCommands(key, nil)
	return true, nil
}

func (s *Server) setCommands(key commandKey, list []BotCommand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pr := &s.profile
	pr.order = slices.DeleteFunc(pr.order, func(k commandKey) bool { return k == key })
	delete(pr.commands, key)
	if len(list) > 0 {
		pr.order = append(pr.order, key)
		pr.commands[key] = list
	}
	s.publish("commands", func() any { return map[string]any{} })
	s.changed()
}

func getMyCommands(s *Server, p params) (any, error) {
	key, err := p.commandKey()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]BotCommand{}, s.profile.commands[key]...), nil
}
