package bot

import (
	"log/slog"
	"os"
	"strings"
	"testing"

	"yolchi/internal/sandbox"
	"yolchi/internal/telegram"
)

// Who does not run the bot meets nothing of it.
func TestOnlyThoseWhoRunTheBotHaveItsCommands(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	w.say(dmitriy, "/nonsense")
	unknown := w.last(dmitriy).Text
	for _, c := range commands() {
		if !c.admin {
			continue
		}
		w.say(dmitriy, "/"+c.name)
		if text := w.last(dmitriy).Text; text != unknown {
			t.Errorf("/%s is answered by %q", c.name, text)
		}
		if c.group != nil {
			t.Errorf("/%s is there in groups", c.name)
		}
	}
	for word, p := range presses {
		if !p.admin {
			continue
		}
		if toast := w.pressData(dmitriy, w.last(dmitriy).ID, "1:"+word); !strings.Contains(toast, "from long ago") {
			t.Errorf("the button %q is answered by %q", word, toast)
		}
	}
	help := func(person int64) string {
		w.say(person, "/help")
		return w.last(person).Text
	}
	if text := help(dmitriy); strings.Contains(text, "/stats") || !strings.Contains(text, "/feedback") {
		t.Errorf("the help of a learner is:\n%s", text)
	}
	if text := help(emma); !strings.Contains(text, "For you, who run this bot:\n/stats — the bot in figures\n/lookup") {
		t.Errorf("the help of an administrator is:\n%s", text)
	}
	const group = -100200303
	w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go kechasi", Type: "supergroup", Members: []int64{emma}})
	before := w.messages(group)
	for _, text := range []string{"/stats", "/lookup 503", "/help"} {
		w.sandbox.Say(emma, group, text)
		w.settle()
	}
	if text := w.last(group).Text; w.messages(group) != before+4 || strings.Contains(text, "/stats") {
		t.Errorf("in a group an administrator is answered by %q", text)
	}
}

func TestTheMenuOfAnAdministratorIsLonger(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.bot.Admins = []int64{emma}
	client := w.bot.Sender.(unpaced).client
	if err := Introduce(w.ctx, client, w.bot.Texts, w.bot.Admins); err != nil {
		t.Fatal(err)
	}
	names := func(scope telegram.Scope) string {
		t.Helper()
		menu, err := client.Commands(w.ctx, scope, "en")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range menu {
			names = append(names, c.Command)
		}
		return " " + strings.Join(names, " ") + " "
	}
	for _, c := range []struct {
		scope                   telegram.Scope
		feedback, stats, lookup bool
	}{
		{telegram.ScopeDefault, true, false, false}, {telegram.ScopeChat(emma), true, true, true},
		{telegram.ScopeGroups, false, false, false}, {telegram.ScopeAdmins, false, false, false},
	} {
		menu := names(c.scope)
		for name, want := range map[string]bool{"feedback": c.feedback, "stats": c.stats, "lookup": c.lookup, "help": true} {
			if got := strings.Contains(menu, " "+name+" "); got != want {
				t.Errorf("%+v has /%s: %v", c.scope, name, got)
			}
		}
	}
}

// Who sets the bot up finds their own id in its log.
func TestTheLogTellsWhoTriedACommandOfAdministrators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	var log strings.Builder
	w.bot.Log = slog.New(slog.NewTextHandler(&log, nil))
	_, err := w.bot.apply(w.ctx, telegram.Update{ID: 93, Message: &telegram.Message{ID: 5, Kind: "text", Text: "/stats",
		Chat: telegram.Chat{ID: emma, Type: "private"}, From: &telegram.User{ID: emma}}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	const line = "somebody who is no administrator tried a command of administrators"
	if !strings.Contains(string(page), line) || !strings.Contains(log.String(), line+`" user=502 `) {
		t.Errorf("the log is %q", log.String())
	}
}
