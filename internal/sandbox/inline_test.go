package sandbox

import (
	"fmt"
	"strings"
	"testing"
)

const twoResults = `results=[{"type":"article","id":"jwt","title":"JWT","description":"Tokens that sign themselves",` +
	`"input_message_content":{"message_text":"<b>JWT</b>","parse_mode":"HTML"},` +
	`"reply_markup":{"inline_keyboard":[[{"text":"Read","url":"https://t.me/yolchi_bot?start=t_jwt"}]]}},` +
	`{"type":"article","id":"keys","title":"Keys","input_message_content":{"message_text":"Keys"}}]`

func TestThePageAsksTheBotAndSendsWhatIsChosen(t *testing.T) {
	w := newWorld(t, Config{})
	shown := make(chan map[string]any, 1)
	go func() {
		_, out := w.api("inline", `{"person":2,"chat":-5,"text":"jwt"}`)
		shown <- out
	}()
	if err := w.Wait(t.Context(), func() bool { return w.Pending() == 1 }); err != nil {
		t.Fatal(err)
	}
	var q inlineQuery
	if w.last("inline_query", &q); q.Query != "jwt" || q.From.ID != bobur || q.ChatType != "group" {
		t.Errorf("the bot is asked %+v", q)
	}
	w.ok(nil, "answerInlineQuery", "inline_query_id="+q.ID, twoResults, `button={"text":"Open","start_parameter":"inline"}`)
	out := <-shown
	results, _ := out["results"].([]any)
	if len(results) != 2 || out["query"] != q.ID || fmt.Sprint(results[0]) != "map[description:Tokens that sign themselves id:jwt title:JWT]" ||
		fmt.Sprint(out["button"]) != "map[start_parameter:inline text:Open]" {
		t.Fatalf("the page shows %v", out)
	}
	choose := fmt.Sprintf(`{"person":2,"chat":-5,"query":%q,"result":"jwt"}`, q.ID)
	if code, out := w.api("choose", choose); code != 200 {
		t.Fatalf("choose: %d %v", code, out)
	}
	list := w.Messages(group)
	if m := list[len(list)-1]; m.HTML != "<b>JWT</b>" || !m.Via || m.Author != bobur || m.Keyboard[0][0].URL == "" {
		t.Errorf("the group reads %+v", m)
	}
	var m struct {
		Via  wireUser `json:"via_bot"`
		Text string   `json:"text"`
	}
	if w.last("message", &m); m.Via.Username != BotUsername || m.Text != "JWT" {
		t.Errorf("the bot hears %+v", m)
	}
	for _, bad := range []string{`"jwt"`, `"person":2`} { // a result that is not there, somebody else's query
		with := map[string]string{`"jwt"`: `"x"`, `"person":2`: `"person":1`}[bad]
		if code, _ := w.api("choose", strings.Replace(choose, bad, with, 1)); code != 409 {
			t.Errorf("%s for %s: %d", with, bad, code)
		}
	}
	if err := w.Edit(bobur, group, list[len(list)-1].ID, "mine"); err == nil {
		t.Error("a result was edited as one's own words")
	}
}

func TestOnlyTheNewestResultsCanBeChosen(t *testing.T) {
	w := newWorld(t, Config{})
	w.mu.Lock()
	w.nextID = 98 // ids are numbers: 99 comes before 100
	w.mu.Unlock()
	first, second := w.Inline(aziza, "j"), w.Inline(aziza, "jw")
	for _, id := range []string{first, second} {
		w.ok(nil, "answerInlineQuery", "inline_query_id="+id, twoResults)
	}
	if _, err := w.Choose(Post{Person: aziza, Chat: aziza}, first, "jwt"); err != resultGone {
		t.Errorf("the older one: %v", err)
	}
	if _, err := w.Choose(Post{Person: aziza, Chat: aziza}, second, "keys"); err != nil {
		t.Error(err)
	}
}

func TestInlineResultsAreReadAsTelegramDoes(t *testing.T) {
	w := newWorld(t, Config{})
	const content = `"input_message_content":{"message_text":"a"}`
	for results, want := range map[string]string{
		`[{"type":"article","id":"","title":"a",` + content + `}]`:                                                          "RESULT_ID_INVALID",
		`[{"type":"article","id":"a","title":" ",` + content + `}]`:                                                         "ARTICLE_TITLE_EMPTY",
		`[{"type":"article","id":"a","title":"a",` + content + `},{"type":"article","id":"a","title":"a",` + content + `}]`: "RESULT_ID_DUPLICATE",
		`[{"type":"article","id":"a","title":"a","input_message_content":{"message_text":""}}]`:                             "message text is empty",
		`[{"type":"article","id":"a","title":"a","input_message_content":{"message_text":"<b>","parse_mode":"HTML"}}]`:      "can't parse entities",
		`[` + strings.Repeat(`{},`, 50) + `{}]`:                                                                             "RESULTS_TOO_MUCH",
	} {
		if got := w.said("answerInlineQuery", "inline_query_id="+w.Inline(aziza, ""), "results="+results); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %s", results, got, want)
		}
	}
}
