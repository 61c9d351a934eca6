package telegram

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCommandReadsWhatIsMeantForThisBot(t *testing.T) {
	for _, c := range []struct {
		text, name, args string
		ok               bool
	}{
		{"/today", "today", "", true},
		{"/Today  now ", "today", "now", true},
		{"/today@YolchiBot x", "today", "x", true},
		{"/today@yolchibot", "today", "", true},
		{"/start q_12", "start", "q_12", true},
		{"/start\nq_12", "start", "q_12", true},
		{"/foo😀bar", "foo", "😀bar", true}, // UTF-16 offsets on bytes
		{"/bugun o‘qish", "bugun", "o‘qish", true},
		{"/today@OtherBot x", "", "", false},
		{"/today@YolchiBot2", "", "", false},
		{"/today@", "", "", false},
		{"today", "", "", false},
		{" /today", "", "", false},
		{"/", "", "", false},
		{"/ today", "", "", false},
		{"/usr/bin/go", "", "", false},
		{"/oʻtkaz", "o", "ʻtkaz", true}, // Telegram marks only the ASCII part
		{"/" + strings.Repeat("a", 33), "", "", false},
		{"", "", "", false},
	} {
		name, args, ok := Command(c.text, "YolchiBot")
		if name != c.name || args != c.args || ok != c.ok {
			t.Errorf("Command(%q) = %q, %q, %v; want %q, %q, %v", c.text, name, args, ok, c.name, c.args, c.ok)
		}
	}
}

func FuzzCommand(f *testing.F) {
	f.Add("/today@YolchiBot x", "YolchiBot")
	f.Add("/foo😀bar", "")
	f.Add("/a@b/c", "b")
	f.Fuzz(func(t *testing.T, text, bot string) {
		name, args, ok := Command(text, bot)
		if !ok {
			if name != "" || args != "" {
				t.Fatalf("no command, and yet %q, %q", name, args)
			}
			return
		}
		if len(name) < 1 || len(name) > maxCommand || name != strings.ToLower(name) {
			t.Errorf("a name like %q", name)
		}
		if strings.TrimSpace(args) != args || !strings.Contains(text, args) {
			t.Errorf("arguments %q out of %q", args, text)
		}
		if utf8.ValidString(text) && !utf8.ValidString(args) {
			t.Errorf("broke the text %q into %q", text, args)
		}
	})
}
