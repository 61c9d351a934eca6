package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kinds names the updates: the field of a service message, or else the kind.
func (w *world) kinds(ups []map[string]json.RawMessage) []string {
	w.t.Helper()
	out := []string{}
	for _, u := range ups {
		delete(u, "update_id")
		for kind, raw := range u {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(raw, &m); err != nil {
				w.t.Fatal(err)
			}
			for _, field := range []string{
				"migrate_to_chat_id", "migrate_from_chat_id", "new_chat_members", "left_chat_member", "forum_topic_created",
				"forum_topic_closed", "forum_topic_reopened",
			} {
				if m[field] != nil {
					kind = field
				}
			}
			out = append(out, kind)
		}
	}
	return out
}

// last is the newest update, decoded from the field of that kind.
func (w *world) last(kind string, out any) {
	w.t.Helper()
	ups := w.updates("offset=-1")
	if len(ups) != 1 || ups[0][kind] == nil {
		w.t.Fatalf("the bot heard %s, want %s", ups, kind)
	}
	if err := json.Unmarshal(ups[0][kind], out); err != nil {
		w.t.Fatal(err)
	}
}

// said is how a call was answered, "" if it succeeded.
func (w *world) said(method string, pairs ...string) string {
	w.t.Helper()
	a := w.call(method, pairs...)
	if a.OK {
		return ""
	}
	return fmt.Sprintf("%d %s", a.Code, a.Description)
}

func TestOnlyAnAdministratorWhoWritesAsTheGroupIsAnonymous(t *testing.T) {
	w := newWorld(t, Config{})
	id, err := w.Post(Post{Person: aziza, Chat: super, Text: "/settings", Anonymous: true})
	if err != nil {
		t.Fatal(err)
	}
	var m wireMessage
	if w.last("message", &m); m.From.ID != 1087968824 || m.From.Username != "GroupAnonymousBot" || m.Sender.ID != super {
		t.Errorf("the bot heard from %+v for %+v", m.From, m.Sender)
	}
	got := w.Messages(super)[0]
	if got.ID != id || got.From.Name != "Katta" || got.Author != aziza {
		t.Errorf("the chat shows %+v", got)
	}
	w.Press(aziza, super, id, "x")
	var q callbackQuery
	if w.last("callback_query", &q); q.From.ID != aziza {
		t.Errorf("a press came from %d: Telegram names the person", q.From.ID)
	}
	for name, p := range map[string]Post{
		"a member":                  {Person: bobur, Chat: super, Text: "a", Anonymous: true},
		"a group of the small kind": {Person: aziza, Chat: group, Text: "a", Anonymous: true},
	} {
		if _, err := w.Post(p); err == nil {
			t.Errorf("%s wrote anonymously", name)
		}
	}
}

func TestAnAnonymousAdministratorIsSeenByAdministratorsAlone(t *testing.T) {
	w := newWorld(t, Config{})
	if _, err := w.Post(Post{Person: aziza, Chat: super, Text: "a", Anonymous: true}); err != nil {
		t.Fatal(err)
	}
	see := func() (status string, anonymous bool, admins int) {
		var m struct {
			Status      string
			IsAnonymous bool `json:"is_anonymous"`
		}
		var list []json.RawMessage
		w.ok(&m, "getChatMember", "chat_id=-1007", "user_id=1")
		w.ok(&list, "getChatAdministrators", "chat_id=-1007")
		return m.Status, m.IsAnonymous, len(list)
	}
	if status, anonymous, n := see(); status != "creator" || !anonymous || n != 2 {
		t.Errorf("an administrator sees %s, anonymous %v, of %d", status, anonymous, n)
	}
	w.Join(aziza, super, false)
	if status, _, n := see(); status != "left" || n != 0 {
		t.Errorf("a member sees %s of %d", status, n)
	}
	w.Say(aziza, super, "men")
	if status, anonymous, n := see(); status != "creator" || anonymous || n != 1 {
		t.Errorf("after she wrote under her name: %s, anonymous %v, of %d", status, anonymous, n)
	}
}

func TestRightsAreThoseOfTheKindOfChat(t *testing.T) {
	w := newWorld(t, Config{})
	w.Join(aziza, group, true)
	for chat, want := range map[int64][3]bool{ // can_post_messages, can_pin_messages, can_manage_topics are there
		group: {false, true, false}, super: {false, true, true}, channel: {true, false, false},
	} {
		var m map[string]json.RawMessage
		w.ok(&m, "getChatMember", "chat_id="+itoa(chat), "user_id=4242")
		if got := [3]bool{m["can_post_messages"] != nil, m["can_pin_messages"] != nil, m["can_manage_topics"] != nil}; got != want {
			t.Errorf("chat %d: %v, want %v", chat, got, want)
		}
	}
}

func TestABotWithoutTheRightToWriteIsToldSo(t *testing.T) {
	const noText = "400 Bad Request: not enough rights to send text messages to the chat"
	const noPolls = "400 Bad Request: not enough rights to send polls to the chat"
	const noPost = "400 Bad Request: need administrator rights in the channel chat"
	for _, c := range []struct {
		name       string
		do         func(*world)
		chat       int64
		text, poll string
	}{
		{"restricted", func(w *world) { w.Restrict(aziza, forum, false, false) }, forum, noText, noPolls},
		{"texts only", func(w *world) { w.Restrict(aziza, forum, true, false) }, forum, "", noPolls},
		{"allowed again", func(w *world) { w.Restrict(aziza, forum, false, false); w.Restrict(aziza, forum, true, true) }, forum, "", ""},
		{"no member may", func(w *world) { w.SetPermissions(group, false, false) }, group, noText, noPolls},
		{"administrators may", func(w *world) { w.SetPermissions(super, false, false) }, super, "", ""},
		{"only supergroups restrict", func(w *world) { w.Restrict(aziza, group, false, false) }, group, "", ""},
		{"channel", func(w *world) { w.Promote(aziza, channel, false) }, channel, noPost, noPost},
		{"channel again", func(w *world) { w.Promote(aziza, channel, false); w.Promote(aziza, channel, true) }, channel, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, Config{})
			c.do(w)
			if got := w.said("sendMessage", "chat_id="+itoa(c.chat), "text=a"); got != c.text {
				t.Errorf("a text: %q, want %q", got, c.text)
			}
			if got := w.said("sendPoll", "chat_id="+itoa(c.chat), "question=Q", `options=["a"]`); got != c.poll {
				t.Errorf("a poll: %q, want %q", got, c.poll)
			}
		})
	}
}

func TestTheBotHearsThatItsRightsHaveChanged(t *testing.T) {
	w := newWorld(t, Config{})
	w.Promote(aziza, channel, false)
	w.Promote(aziza, channel, false) // nothing new
	w.Restrict(aziza, forum, false, true)
	w.SetPermissions(group, false, true) // Telegram tells nobody
	type member struct {
		Status string
		Post   *bool `json:"can_post_messages"`
		Send   *bool `json:"can_send_messages"`
		Polls  *bool `json:"can_send_polls"`
		In     *bool `json:"is_member"`
	}
	no, yes := false, true
	var got [][2]member
	for _, u := range w.updates() {
		var m struct {
			Old member `json:"old_chat_member"`
			New member `json:"new_chat_member"`
		}
		if err := json.Unmarshal(u["my_chat_member"], &m); err != nil {
			t.Fatal(err)
		}
		got = append(got, [2]member{m.Old, m.New})
	}
	want := [][2]member{
		{{Status: "administrator", Post: &yes}, {Status: "administrator", Post: &no}},
		{{Status: "member"}, {Status: "restricted", Send: &no, Polls: &yes, In: &yes}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var c struct{ Permissions map[string]bool }
	if w.ok(&c, "getChat", "chat_id=-5"); c.Permissions["can_send_messages"] || !c.Permissions["can_send_polls"] {
		t.Errorf("permissions %v", c.Permissions)
	}
}

func TestWhoComesAndGoesIsTold(t *testing.T) {
	w := newWorld(t, Config{})
	for _, status := range []string{"left", "member", "administrator", "kicked", "creator"} {
		w.SetMember(group, bobur, status)
		var m struct{ Status string }
		if w.ok(&m, "getChatMember", "chat_id=-5", "user_id=2"); m.Status != status {
			t.Errorf("%s is shown as %s", status, m.Status)
		}
	}
	want := []string{"left_chat_member", "new_chat_members", "left_chat_member", "new_chat_members"}
	if got := w.kinds(w.updates()); !cmp.Equal(got, want) {
		t.Errorf("the bot heard %v, want %v", got, want)
	}
}

func TestADeletedChatIsLeftAndAnswersSo(t *testing.T) {
	w := newWorld(t, Config{})
	super5 := w.Migrate(group)
	w.updates("offset=-1")
	before := w.Pending()
	w.Delete(aziza, channel)
	w.Delete(aziza, channel)
	w.Delete(aziza, super5)
	ups := w.updates()[before:]
	var chats []int64
	for _, u := range ups {
		var m memberUpdate
		if err := json.Unmarshal(u["my_chat_member"], &m); err != nil || m.New["status"] != "left" {
			t.Fatalf("the bot heard %s", u)
		}
		chats = append(chats, m.Chat.ID)
	}
	if !cmp.Equal(chats, []int64{channel, group, super5}) {
		t.Errorf("it has left %v", chats)
	}
	w.AddGroup(Group{ID: -6, Title: "x", Type: "group", Members: []int64{aziza}})
	w.Delete(aziza, -6)
	for chat, want := range map[int64]string{
		channel: "403 Forbidden: bot was kicked from the channel chat", super5: "403 Forbidden: bot was kicked from the supergroup chat",
		-6: "403 Forbidden: the group chat was deleted",
	} {
		if got := w.said("sendMessage", "chat_id="+itoa(chat), "text=a"); got != want {
			t.Errorf("chat %d: %q, want %q", chat, got, want)
		}
	}
	if w.Say(aziza, channel, "a") != 0 {
		t.Error("somebody wrote in a deleted channel")
	}
}

func TestAMigrationIsToldInAnyOrder(t *testing.T) {
	for _, order := range [][]MigrationUpdate{
		{MigratedFrom, MigratedTo}, {MigratedTo}, {MigratedTo, JoinedSupergroup, MigratedFrom}, {},
	} {
		w := newWorld(t, Config{})
		id := w.MigrateSilently(group)
		if w.Pending() != 0 {
			t.Error("the bot heard of a silent migration")
		}
		for _, method := range []string{"sendMessage text=a", "sendPoll question=Q options=[\"a\"]", "getChatMember user_id=1", "getChatAdministrators"} {
			a := w.call(strings.Fields(method)[0], append(strings.Fields(method)[1:], "chat_id=-5")...)
			if a.Code != 400 || a.Parameters.MigrateTo != id {
				t.Errorf("%s: %+v", method, a)
			}
		}
		w.TellMigration(group, order...)
		names := map[MigrationUpdate]string{
			JoinedSupergroup: "my_chat_member", MigratedTo: "migrate_to_chat_id", MigratedFrom: "migrate_from_chat_id",
		}
		want := []string{}
		for _, update := range order {
			want = append(want, names[update])
		}
		if got := w.kinds(w.updates()); !cmp.Equal(got, want) {
			t.Errorf("the bot heard %v, want %v", got, want)
		}
	}
}

func TestAQuizGoesOnOverAMigration(t *testing.T) {
	w := newWorld(t, Config{})
	id, _ := w.quiz("-5", "open_period=60")
	w.MigrateSilently(group)
	if err := w.Vote(bobur, id, 1); err != nil {
		t.Fatal(err)
	}
	var a pollAnswer
	if w.last("poll_answer", &a); a.PollID != id || a.User.ID != bobur {
		t.Errorf("the bot heard %+v", a)
	}
	w.now = w.now.Add(60e9)
	w.ClockMoved()
	var p wirePoll
	if w.last("poll", &p); !p.IsClosed || p.Total != 1 {
		t.Errorf("the bot heard %+v", p)
	}
}

func TestALinkLeadsToTheBot(t *testing.T) {
	const bot = "https://t.me/yolchi_bot?"
	for _, c := range []struct {
		link   string
		person int64
		chat   int64
		want   []string // what the bot hears, "!" if the link is refused
	}{
		{bot + "start=q_go-slices", bobur, 0, []string{"/start q_go-slices"}},
		{bot + "startgroup=road-go_1", bobur, absent, []string{"my_chat_member", "new_chat_members", "/start@yolchi_bot road-go_1"}},
		{bot + "startgroup", bobur, absent, []string{"my_chat_member", "new_chat_members"}},
		{bot + "startgroup=x&admin=pin_messages", aziza, absent, []string{"my_chat_member", "new_chat_members", "/start@yolchi_bot x"}},
		{bot + "startgroup=x", bobur, group, []string{"/start@yolchi_bot x"}},
		{bot + "startchannel&admin=post_messages", aziza, closed, []string{"my_chat_member"}},
		{bot + "startgroup=x&admin=pin_messages", bobur, absent, []string{"!"}},
		{bot + "startchannel&admin=post_messages", bobur, closed, []string{"!"}},
		{bot + "startgroup=x", bobur, closed, []string{"!"}},
		{bot + "start=a%20b", bobur, 0, []string{"!"}},
		{bot + "start=" + strings.Repeat("a", 65), bobur, 0, []string{"!"}},
		{"https://t.me/other_bot?start=x", bobur, 0, []string{"!"}},
	} {
		t.Run(strings.TrimPrefix(c.link, bot)+" "+itoa(c.person), func(t *testing.T) {
			w := newWorld(t, Config{})
			w.AddGroup(Group{ID: absent, Title: "Yangi", Type: "supergroup", Members: []int64{aziza, bobur}, Admins: []int64{aziza}, Absent: true})
			w.AddGroup(Group{ID: closed, Title: "Yangi kanal", Type: "channel", Members: []int64{bobur}, Admins: []int64{aziza}, Absent: true})
			_, err := w.Open(c.person, c.link, c.chat)
			ups := w.updates()
			got := w.kinds(ups)
			for i, u := range ups {
				var m wireMessage
				if got[i] == "message" && json.Unmarshal(u["message"], &m) == nil {
					got[i] = m.Text
				}
			}
			if err != nil {
				got = append(got, "!")
			}
			if !cmp.Equal(got, c.want) {
				t.Errorf("the bot heard %v, want %v", got, c.want)
			}
		})
	}
}

// Chats in which the bot is not yet.
const (
	absent = int64(-1010)
	closed = int64(-1011)
)
