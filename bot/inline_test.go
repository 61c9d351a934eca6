package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"yolchi/internal/sandbox"
)

// inline types "@bot query" and returns the parameters of the answer.
func (w *world) inline(person int64, query string) map[string]string {
	w.t.Helper()
	id := w.sandbox.Inline(person, query)
	w.settle()
	for _, call := range w.sandbox.Calls() {
		if call.Method == "answerInlineQuery" && call.Params["inline_query_id"] == id {
			return call.Params
		}
	}
	w.t.Fatalf("%q was not answered", query)
	return nil
}

func titles(t *testing.T, params map[string]string) (all []string) {
	t.Helper()
	var results []struct {
		Title  string `json:"title"`
		Markup struct {
			Rows [][]struct {
				URL string `json:"url"`
			} `json:"inline_keyboard"`
		} `json:"reply_markup"`
	}
	if err := json.Unmarshal([]byte(params["results"]), &results); err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		_, link, _ := strings.Cut(r.Markup.Rows[0][0].URL, "?")
		all = append(all, r.Title+" "+link)
	}
	return all
}

func TestInAnyChatATopicIsOfferedAsACard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	if got := strings.Join(titles(t, w.inline(emma, "SLCIES")), ","); got != "Slices start=t_slices" {
		t.Errorf("a word finds %q", got)
	}
	if got := strings.Join(titles(t, w.inline(emma, "")), ","); got != "Loops <for> start=t_loops" {
		t.Errorf("no word finds %q", got)
	}
	if got := strings.Join(titles(t, w.inline(aziza, "slices")), ","); got != "Slayslar start=t_slices" {
		t.Errorf("who is new here finds %q", got)
	}
	nothing := w.inline(aziza, "")
	if nothing["results"] != "[]" || !strings.Contains(nothing["button"], "Yoʻlchini ochish") {
		t.Errorf("who is new here gets %v", nothing)
	}
	var recorded int
	if err := w.bot.Store.Pool().QueryRowContext(w.ctx, `SELECT count(*) FROM chats WHERE chat_id = $1`, aziza).Scan(&recorded); err != nil || recorded > 0 {
		t.Errorf("who only typed our name is kept: %d, %v", recorded, err)
	}
	if err := w.bot.Store.Pool().QueryRowContext(w.ctx, `SELECT count(*) FROM owed`).Scan(&recorded); err != nil || recorded > 0 {
		t.Errorf("%d answers are owed, %v", recorded, err)
	}
}

func TestACardLeadsToItsLesson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/start t_slices")
	if text := w.last(emma).Text; !strings.HasPrefix(text, "Slices\n") {
		t.Errorf("the link leads to %q", text)
	}
}

func TestACardSharedWithUsIsNoQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	id := w.sandbox.Inline(emma, "slices")
	w.settle()
	before := len(w.sandbox.Messages(emma))
	if _, err := w.sandbox.Choose(sandbox.Post{Person: emma, Chat: emma}, id, "slices"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if messages := w.sandbox.Messages(emma); len(messages) != before+1 || !messages[before].Via || len(messages[before].Keyboard) != 1 {
		t.Errorf("the chat ends with:\n%s", w.transcript(emma))
	}
}
