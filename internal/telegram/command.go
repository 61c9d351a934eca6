package telegram

import "strings"

// maxCommand is the longest name of a command, in bytes (core.telegram.org/bots/api#botcommand).
const maxCommand = 32

// Command reads "/name@bot args". The name comes back in lower case, the
// arguments without space around them. ok is false for text that is no command
// and for a command that is addressed to another bot.
func Command(text, botUsername string) (name, args string, ok bool) {
	rest, found := strings.CutPrefix(text, "/")
	if !found {
		return "", "", false
	}
	name, rest = asciiWord(rest)
	if name == "" || len(name) > maxCommand {
		return "", "", false
	}
	if after, mention := strings.CutPrefix(rest, "@"); mention {
		var bot string
		if bot, rest = asciiWord(after); !strings.EqualFold(bot, botUsername) {
			return "", "", false
		}
	}
	if strings.HasPrefix(rest, "/") { // a path such as /usr/bin
		return "", "", false
	}
	return strings.ToLower(name), strings.TrimSpace(rest), true
}

// asciiWord cuts off the leading letters, digits and underscores, ASCII only.
func asciiWord(s string) (head, tail string) {
	i := 0
	for i < len(s) && (s[i] == '_' || '0' <= s[i] && s[i] <= '9' || 'a' <= s[i]|0x20 && s[i]|0x20 <= 'z') {
		i++
	}
	return s[:i], s[i:]
}
