package bot

import (
	"strings"
	"testing"

	"yolchi/internal/telegram"
)

func TestTheBotIntroducesItselfOnlyWhereSomethingChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.bot.Sender.(unpaced).client
	introduce := func() (changes int) {
		t.Helper()
		before := len(w.sandbox.Calls())
		if err := Introduce(w.ctx, client, w.bot.Texts, w.bot.Admins); err != nil {
			t.Fatal(err)
		}
		for _, call := range w.sandbox.Calls()[before:] {
			if strings.HasPrefix(call.Method, "set") {
				changes++
			}
		}
		return changes
	}
	if introduce() == 0 {
		t.Error("the first time nothing was set")
	}
	if n := introduce(); n != 0 {
		t.Errorf("the second time %d things were set", n)
	}
	private := 0
	for _, c := range commands() {
		if c.run != nil && !c.admin && !c.read {
			private++
		}
	}
	for _, lang := range []string{"", "uz", "en"} {
		menu, err := client.Commands(w.ctx, telegram.ScopeDefault, lang)
		if err != nil || len(menu) != private || menu[0].Command != "today" {
			t.Errorf("the menu in %q: %v, %v", lang, menu, err)
		}
	}
	group, err := client.Commands(w.ctx, telegram.ScopeGroups, "uz")
	if err != nil || len(group) != 9 {
		t.Errorf("the menu in groups: %v, %v", group, err)
	}
}
