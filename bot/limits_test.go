package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"

	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// What is said where notes end, and how one turns their pages.
func TestScreensOfManyNotes(t *testing.T) {
	for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.beginIn(person, lang)
			lesson := w.lesson(person)
			w.transcript(person)
			var b strings.Builder
			show := func(heading string) { fmt.Fprintf(&b, "======== %s\n%s", heading, w.transcript(person)) }
			w.reply(person, lesson, strings.Repeat("a", maxNote+1))
			fmt.Fprintf(&b, "======== too long\n%s", strings.ReplaceAll(w.format(w.last(person)), buttonMark, ""))
			w.transcript(person)
			for n := range 12 {
				w.reply(person, lesson, fmt.Sprintf("%d.", n+1))
			}
			w.transcript(person)
			w.say(person, "/notes")
			show("the newest")
			w.press(person, w.label(lang, "notes.older"))
			show("older ones")
			w.press(person, w.label(lang, "notes.older"))
			show("the oldest")
			w.press(person, w.label(lang, "notes.newer"))
			show("back")
			w.tx(person, func(ctx context.Context, tx *store.Tx) error {
				for range maxNotes - 12 {
					if _, err := tx.AddNote(ctx, "loops", "more", maxNotes); err != nil {
						return err
					}
				}
				return nil
			})
			w.reply(person, lesson, "13.")
			show("full")
			golden(t, "manynotes."+lang, b.String())
		})
	}
}

// What somebody sees who types "@bot words" in any chat, and what is sent then.
func TestScreensOfInlineMode(t *testing.T) {
	for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var b strings.Builder
			show := func(heading, query string) {
				fmt.Fprintf(&b, "======== %s\n%s", heading, inlineText(t, w.inline(person, query)))
			}
			show("who is new here, without a word", "")
			show("a word", "slices")
			show("no such word", "qqqq")
			w.beginIn(person, lang)
			show("today's topic", "")
			golden(t, "inline."+lang, b.String())
		})
	}
}

func inlineText(t *testing.T, params map[string]string) string {
	t.Helper()
	var results []struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Content     struct {
			Text string `json:"message_text"`
		} `json:"input_message_content"`
		Markup struct {
			Rows telegram.Keyboard `json:"inline_keyboard"`
		} `json:"reply_markup"`
	}
	if err := json.Unmarshal([]byte(params["results"]), &results); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if text := params["button"]; text != "" {
		fmt.Fprintf(&b, "(button) %s\n", text)
	}
	for _, r := range results {
		fmt.Fprintf(&b, "%s / %s\n%s\n", r.Title, r.Description, html.UnescapeString(r.Content.Text))
		for _, row := range r.Markup.Rows {
			for _, button := range row {
				fmt.Fprintf(&b, "[%s] %s\n", button.Text, button.URL)
			}
		}
	}
	return b.String()
}
