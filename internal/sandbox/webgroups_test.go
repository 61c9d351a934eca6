package sandbox

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// page is a chat as the web chat sees it.
type page struct {
	ID      int64   `json:"id"`
	Bot     string  `json:"bot"`
	BotMute bool    `json:"bot_mute"`
	Was     int64   `json:"was"`
	Topics  []Topic `json:"topics"`
}

func (w *world) page(chat int64) (page, []Message) {
	w.t.Helper()
	var st struct {
		Chats    []page               `json:"chats"`
		Messages map[string][]Message `json:"messages"`
	}
	if err := json.Unmarshal(mustJSON(w.state()), &st); err != nil {
		w.t.Fatal(err)
	}
	for _, c := range st.Chats {
		if c.ID == chat {
			return c, st.Messages[itoa(chat)]
		}
	}
	return page{}, nil
}

func TestTheMenuOfAGroupDoesWhatItSays(t *testing.T) {
	w := newWorld(t, Config{})
	w.AddGroup(Group{ID: absent, Title: "Yangi", Type: "supergroup", Members: []int64{aziza, bobur}, Admins: []int64{aziza}, Absent: true})
	w.SetAdmin(forum, aziza, true)
	for _, c := range []struct {
		do           string
		person, chat int64
		code         int
		bot          string
		mute         bool
	}{
		{"promote", bobur, absent, 409, "left", false},
		{"add", 77, absent, 409, "left", false},
		{"add", bobur, absent, 200, "member", false},
		{"mute", bobur, absent, 409, "member", false},
		{"mute", aziza, absent, 200, "restricted", true},
		{"unmute", aziza, absent, 200, "member", false},
		{"promote", aziza, absent, 200, "administrator", false},
		{"demote", aziza, absent, 200, "member", false},
		{"remove", aziza, absent, 200, "kicked", false},
		{"add", bobur, channel, 409, "administrator", false},
		{"mute", aziza, channel, 200, "administrator", true},
		{"remove", aziza, channel, 200, "kicked", false},
		{"add", aziza, channel, 200, "administrator", false},
		{"upgrade", aziza, super, 409, "administrator", false},
		{"topic", aziza, super, 409, "administrator", false},
		{"topic", bobur, forum, 409, "member", false},
	} {
		code, out := w.api("group", fmt.Sprintf(`{"person":%d,"chat":%d,"do":%q,"text":"SQL"}`, c.person, c.chat, c.do))
		if got, _ := w.page(c.chat); code != c.code || got.Bot != c.bot || got.BotMute != c.mute {
			t.Errorf("%s by %d in %d: %d %v, then %+v", c.do, c.person, c.chat, code, out, got)
		}
	}
	code, out := w.api("group", `{"person":1,"chat":-1008,"do":"topic","text":"SQL"}`)
	if got, _ := w.page(forum); code != 200 || len(got.Topics) != 2 || float64(got.Topics[1].ID) != out["id"] {
		t.Errorf("a topic: %d %v, then %+v", code, out, got.Topics)
	}
	if code, _ := w.api("group", `{"person":1,"chat":-1008,"do":"topic","text":" "}`); code != 409 {
		t.Errorf("a topic without a name: %d", code)
	}
}

func TestAnUpgradedGroupKeepsItsMessagesAndButtons(t *testing.T) {
	w := newWorld(t, Config{})
	var m wireMessage
	w.ok(&m, "sendMessage", "chat_id=-5", "text=salom", `reply_markup={"inline_keyboard":[[{"text":"x","callback_data":"a"}]]}`)
	code, out := w.api("group", `{"person":1,"chat":-5,"do":"upgrade"}`)
	id := int64(out["id"].(float64))
	got, log := w.page(id)
	if code != 200 || got.Was != group || len(log) != 3 || log[0].ID != m.ID || log[0].Chat != id {
		t.Errorf("%d: %+v with %+v", code, got, log)
	}
	if old, _ := w.page(group); old.ID != 0 {
		t.Error("the old group is still shown")
	}
	if code, _ := w.api("press", fmt.Sprintf(`{"person":2,"chat":%d,"message":%d,"data":"a"}`, id, m.ID)); code != 200 {
		t.Errorf("pressing the old button: %d", code)
	}
	var q struct{ Message wireMessage }
	if w.last("callback_query", &q); q.Message.Chat.ID != group {
		t.Errorf("the press came from chat %d", q.Message.Chat.ID)
	}
	if code, _ := w.api("group", `{"person":1,"chat":-5,"do":"remove"}`); code != 409 {
		t.Errorf("a change of the old group: %d", code)
	}
}

func TestTheWebChatWritesAnonymouslyAndFollowsLinks(t *testing.T) {
	w := newWorld(t, Config{})
	if code, _ := w.api("send", `{"person":1,"chat":-1007,"text":"a","anonymous":true}`); code != 200 {
		t.Errorf("send: %d", code)
	}
	if m := w.Messages(super)[0]; m.From.ID != super || m.Author != aziza {
		t.Errorf("the chat shows %+v", m)
	}
	if code, out := w.api("open", `{"person":2,"link":"https://t.me/yolchi_bot?startgroup=x","chat":-1007}`); code != 200 || out["id"] != float64(super) {
		t.Errorf("open: %d %v", code, out)
	}
	if code, out := w.api("open", `{"person":2,"link":"https://t.me/yolchi_bot?startchannel","chat":-1009}`); code != 409 || out["error"] != sentences[adminNeeded].uz {
		t.Errorf("open: %d %v", code, out)
	}
}

func TestGroupsOutliveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.json")
	w := newWorld(t, Config{HistoryFile: path})
	w.AddThread(aziza, forum, "SQL")
	w.Restrict(aziza, forum, false, true)
	w.Promote(aziza, channel, false)
	if _, err := w.Post(Post{Person: aziza, Chat: super, Text: "a", Anonymous: true}); err != nil {
		t.Fatal(err)
	}
	id, _ := w.quiz("-5")
	moved := w.Migrate(group)
	w.SetMember(super, bobur, "kicked")
	w.AddGroup(Group{ID: absent, Title: "x", Type: "group", Members: []int64{aziza}})
	w.Delete(aziza, absent)
	before := mustJSON(w.state())
	w.Close()

	again := newWorld(t, Config{HistoryFile: path, Now: w.cfg.Now})
	if diff := cmp.Diff(string(before), string(mustJSON(again.state()))); diff != "" {
		t.Error(diff)
	}
	var m struct{ Status string }
	if again.ok(&m, "getChatMember", "chat_id=-1007", "user_id=2"); m.Status != "kicked" {
		t.Errorf("Bobur is %s", m.Status)
	}
	if err := again.Vote(bobur, id, 1); err != nil {
		t.Error(err)
	}
	if a := again.call("sendMessage", "chat_id=-5", "text=a"); a.Parameters.MigrateTo != moved {
		t.Errorf("the old group answers %+v", a)
	}
	if got := again.said("sendMessage", "chat_id=-1008", "text=a"); got == "" {
		t.Error("a restricted bot may write again")
	}
}

func FuzzOpen(f *testing.F) {
	for _, link := range []string{"https://t.me/yolchi_bot?start=x", "t.me/yolchi_bot?startgroup=a&admin=b", "tg://resolve?domain=x", "https://t.me/yolchi_bot?startchannel&admin=post_messages"} {
		f.Add(link, int64(group))
	}
	s := New(Config{Token: token})
	s.AddPerson(Person{ID: aziza})
	s.AddGroup(Group{ID: group, Title: "x", Type: "group", Members: []int64{aziza}, Absent: true})
	s.AddGroup(Group{ID: channel, Title: "x", Type: "channel", Admins: []int64{aziza}, Absent: true})
	f.Fuzz(func(t *testing.T, link string, chat int64) {
		if id, err := s.Open(aziza, link, chat); err == nil && id != aziza && id != chat {
			t.Errorf("%q leads to %d", link, id)
		}
	})
}
