package bot

import (
	"strings"
	"testing"

	"yolchi/internal/sandbox"
)

// Which of the updates about a migration comes first is not known, and one may
// be missing: the group hears hello once, and not that we are back.
func TestAGroupThatBecomesASupergroupHearsHelloOnce(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]sandbox.MigrationUpdate{
		"messages first":  {sandbox.MigratedTo, sandbox.MigratedFrom, sandbox.JoinedSupergroup},
		"messages turned": {sandbox.MigratedFrom, sandbox.MigratedTo, sandbox.JoinedSupergroup},
		"joined first":    {sandbox.JoinedSupergroup, sandbox.MigratedTo, sandbox.MigratedFrom},
		"joined between":  {sandbox.MigratedTo, sandbox.JoinedSupergroup, sandbox.MigratedFrom},
		"one message":     {sandbox.JoinedSupergroup, sandbox.MigratedFrom},
	} {
		for _, ready := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", set up"}[ready], func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				const small = -4321
				w.group(sandbox.Group{ID: small, Type: "group"})
				if ready {
					w.setUp(small, "en", "English")
				} else {
					w.sandbox.Join(aziza, small, false)
					w.settle()
				}
				before := w.spoken(small)
				if before == 0 {
					t.Fatal("the group heard no hello at all")
				}
				moved := w.sandbox.MigrateSilently(small)
				w.sandbox.TellMigration(small, order...)
				w.settle()
				if n := w.spoken(moved); n != 0 {
					t.Errorf("the supergroup hears:\n%s", w.transcript(moved))
				}
				w.in(aziza, moved, 0, "/settings")
				if text := w.last(moved).Text; ready != strings.Contains(text, "A short road") {
					t.Errorf("asked for its settings it says:\n%s", text)
				}
			})
		}
	}
}

// spoken is how many messages of the bot stand in a chat.
func (w *world) spoken(chat int64) (n int) {
	for _, m := range w.sandbox.Messages(chat) {
		if m.From.Bot && m.Service == nil {
			n++
		}
	}
	return n
}
