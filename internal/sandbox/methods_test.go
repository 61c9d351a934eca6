package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParametersMayComeAsJSONOrInTheAddress(t *testing.T) {
	w := newWorld(t, Config{})
	body := `{"chat_id":1,"text":"salom","reply_markup":{"inline_keyboard":[[{"text":"x","callback_data":"a"}]]}}`
	resp, err := w.http.Post(w.url+"/bot"+token+"/sendMessage", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp, err = w.http.Get(w.url + "/bot" + token + "/sendMessage?chat_id=1&text=xayr"); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	got := w.Messages(aziza)
	if resp.StatusCode != http.StatusOK || len(got) != 2 || got[0].Keyboard[0][0].Data != "a" || got[1].Text != "xayr" {
		t.Errorf("the chat shows %+v", got)
	}
}

func TestTheProfileIsKeptByLanguage(t *testing.T) {
	w := newWorld(t, Config{})
	for _, field := range []string{"name", "description", "short_description"} {
		suffix := map[string]string{"name": "Name", "description": "Description", "short_description": "ShortDescription"}[field]
		w.ok(nil, "setMy"+suffix, field+"=any")
		w.ok(nil, "setMy"+suffix, field+"=uzbek", "language_code=uz")
		for lang, want := range map[string]string{"uz": "uzbek", "en": "any", "": "any"} {
			var got map[string]string
			if w.ok(&got, "getMy"+suffix, "language_code="+lang); got[field] != want {
				t.Errorf("%s in %q is %q, want %q", field, lang, got[field], want)
			}
		}
		if a := w.call("setMy"+suffix, field+"="+strings.Repeat("ʻ", 513)); a.Code != 400 {
			t.Errorf("a %s of 513 characters was taken", field)
		}
	}
	want := []BotCommand{{"bugun", "Bugungi mavzu"}}
	set := []string{"commands=" + string(mustJSON(want)), "language_code=uz", `scope={"type":"chat","chat_id":-5}`}
	w.ok(nil, "setMyCommands", set...)
	var got, other []BotCommand
	w.ok(&got, "getMyCommands", set[1:]...)
	w.ok(&other, "getMyCommands", "language_code=uz")
	if !cmp.Equal(got, want) || len(other) != 0 {
		t.Errorf("commands of the chat %v, of all %v", got, other)
	}
	w.ok(nil, "deleteMyCommands", set[1:]...)
	if w.ok(&got, "getMyCommands", set[1:]...); len(got) != 0 {
		t.Errorf("deleted commands are still there: %v", got)
	}
}

func TestWhoIsWhoInAChat(t *testing.T) {
	w := newWorld(t, Config{})
	w.SetAdmin(super, bobur, true)
	for _, c := range []struct{ params, want string }{
		{"chat_id=-1007 user_id=1", "creator"},
		{"chat_id=-1007 user_id=2", "administrator"},
		{"chat_id=-5 user_id=2", "member"},
		{"chat_id=-1009 user_id=2", "left"},
		{"chat_id=-5 user_id=4242", "member"},
		{"chat_id=-1007 user_id=4242", "administrator"},
		{"chat_id=1 user_id=1", "member"},
	} {
		var m struct{ Status string }
		if w.ok(&m, "getChatMember", strings.Split(c.params, " ")...); m.Status != c.want {
			t.Errorf("%s: %s, want %s", c.params, m.Status, c.want)
		}
	}
	var admins []json.RawMessage
	var count int
	w.ok(&admins, "getChatAdministrators", "chat_id=-1007")
	w.ok(&count, "getChatMemberCount", "chat_id=-1007")
	if len(admins) != 3 || count != 3 {
		t.Errorf("%d administrators, %d members", len(admins), count)
	}
	var sent wireMessage
	w.ok(&sent, "sendMessage", "chat_id=-1008", "message_thread_id=7", "text=a")
	var c struct {
		IsForum bool `json:"is_forum"`
	}
	w.ok(&c, "getChat", "chat_id=-1008")
	if !c.IsForum || sent.Thread != 7 || !sent.IsTopic {
		t.Errorf("forum %v, message %+v", c.IsForum, sent)
	}
}

func TestAnEditChangesTheMessageInItsPlace(t *testing.T) {
	w := newWorld(t, Config{})
	w.fill(`reply_markup={"inline_keyboard":[[{"text":"x","callback_data":"a"}]]}`)
	all := w.Messages(aziza)
	text, photo := itoa(all[0].ID), itoa(all[3].ID)
	w.ok(nil, "editMessageText", "chat_id=1", "message_id="+text, "text=yangi")
	w.ok(nil, "editMessageCaption", "chat_id=1", "message_id="+photo, "parse_mode=HTML", "caption=<i>yangi</i>")
	w.ok(nil, "pinChatMessage", "chat_id=1", "message_id="+text)
	w.ok(nil, "setMessageReaction", "chat_id=1", "message_id="+itoa(all[1].ID), `reaction=[{"type":"emoji","emoji":"👍"}]`)
	got := w.Messages(aziza)
	if m := got[0]; m.Text != "yangi" || !m.Edited || m.Keyboard != nil || !m.Pinned {
		t.Errorf("an edit without a keyboard gave %+v", m)
	}
	if got[3].CaptionHTML != "<i>yangi</i>" || got[1].Reaction != "👍" {
		t.Errorf("caption %q, reaction %q", got[3].CaptionHTML, got[1].Reaction)
	}
	if err := w.Edit(aziza, aziza, all[1].ID, "tuzatdim"); err != nil {
		t.Error(err)
	}
	if err := w.Edit(aziza, aziza, all[0].ID, "x"); err == nil {
		t.Error("a person edited the bot's message")
	}
	ups := w.updates()
	if last := ups[len(ups)-1]; last["edited_message"] == nil {
		t.Errorf("the bot heard %v", last)
	}
	w.ok(nil, "unpinChatMessage", "chat_id=1")
	if w.Messages(aziza)[0].Pinned {
		t.Error("the message is still pinned")
	}
}

func TestAPressCanBeAnsweredOnceAndNotForEver(t *testing.T) {
	w := newWorld(t, Config{})
	id := w.Press(aziza, aziza, 77, "v1:old")
	ups := w.updates()
	if len(ups) != 1 || !strings.Contains(string(ups[0]["callback_query"]), `"message_id":77,"date":0`) {
		t.Errorf("a press on a lost message came as %s", ups)
	}
	w.ok(nil, "answerCallbackQuery", "callback_query_id="+id)
	late := w.Press(aziza, aziza, 77, "v1:old")
	w.now = w.now.Add((callbackLife + 1) * 1e9)
	for _, q := range []string{id, late} {
		if a := w.call("answerCallbackQuery", "callback_query_id="+q); a.Code != 400 {
			t.Errorf("answered %+v", a)
		}
	}
	q := w.Inline(aziza, "bugun")
	w.ok(nil, "answerInlineQuery", "inline_query_id="+q, "results=[]")
}

func TestThingsThatAreNoTextArriveAsWhatTheyAre(t *testing.T) {
	w := newWorld(t, Config{})
	for _, kind := range []string{"sticker", "voice", "document", "video"} {
		w.SendKind(aziza, aziza, kind)
		ups := w.updates("offset=-1")
		var m map[string]json.RawMessage
		if err := json.Unmarshal(ups[0]["message"], &m); err != nil || m[kind] == nil || m["text"] != nil {
			t.Errorf("%s arrived as %s", kind, ups[0]["message"])
		}
	}
	w.Inject("strange_kind", json.RawMessage(`{"a":[1]}`))
	if ups := w.updates("offset=-1"); string(ups[0]["strange_kind"]) != `{"a":[1]}` {
		t.Errorf("updates %s", ups)
	}
}
