package telegram

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// kinds holds an update of each kind: who did it, where, and what the message is.
var kinds = []struct {
	name, raw  string
	chat, from int64
	kind       string // of the message; empty if there is none
}{
	{"text", `{"update_id":1,"message":{"message_id":5,"date":1700000000,"chat":{"id":7,"type":"private"},"from":{"id":7},"text":"hi"}}`, 7, 7, "text"},
	{"edited", `{"update_id":1,"edited_message":{"message_id":5,"date":1,"chat":{"id":-7,"type":"group"},"from":{"id":8},"text":"hi"}}`, -7, 8, "text"},
	{"channel post", `{"update_id":1,"channel_post":{"message_id":5,"date":1,"chat":{"id":-100,"type":"channel"},"sender_chat":{"id":-100,"type":"channel"},"text":"hi"}}`, -100, 0, "text"},
	{"photo with caption", `{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":7},"from":{"id":7},"photo":[{}],"caption":"/today"}}`, 7, 7, "photo"},
	{"animation is no document", `{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":7},"from":{"id":7},"document":{},"animation":{}}}`, 7, 7, "animation"},
	{"voice", `{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":7},"from":{"id":7},"voice":{}}}`, 7, 7, "voice"},
	{"members join", `{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":-7},"from":{"id":8},"new_chat_members":[{"id":9,"is_bot":true}]}}`, -7, 8, "service"},
	{"migration", `{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":-7},"from":{"id":8},"migrate_to_chat_id":-1007}}`, -7, 8, "service"},
	{"press", `{"update_id":1,"callback_query":{"id":"c","from":{"id":8},"message":{"message_id":5,"date":1,"chat":{"id":-7},"from":{"id":99},"text":"hi"},"data":"v1:x"}}`, -7, 8, "text"},
	{"press on an inaccessible message", `{"update_id":1,"callback_query":{"id":"c","from":{"id":8},"message":{"message_id":5,"date":0,"chat":{"id":-7}},"data":"v1:x"}}`, -7, 8, "service"},
	{"press on an inline message", `{"update_id":1,"callback_query":{"id":"c","from":{"id":8},"inline_message_id":"i","data":"v1:x"}}`, 8, 8, ""},
	{"vote", `{"update_id":1,"poll_answer":{"poll_id":"p","user":{"id":8},"option_ids":[1],"option_persistent_ids":["b"]}}`, 8, 8, ""},
	{"vote of a chat", `{"update_id":1,"poll_answer":{"poll_id":"p","voter_chat":{"id":-100},"option_ids":[]}}`, -100, 0, ""},
	{"vote of nobody", `{"update_id":1,"poll_answer":{"poll_id":"p","option_ids":[]}}`, 0, 0, ""},
	{"poll", `{"update_id":1,"poll":{"id":"p","options":[{"text":"a","voter_count":3}],"total_voter_count":3}}`, 0, 0, ""},
	{"blocked", `{"update_id":1,"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"date":1,"old_chat_member":{"status":"member","user":{"id":99}},"new_chat_member":{"status":"kicked","user":{"id":99},"until_date":0}}}`, 7, 7, ""},
	{"of no kind we know", `{"update_id":1,"chosen_inline_result":{"id":"q","from":{"id":8}}}`, 0, 0, ""},
}

// The library's resolvers panic or return nil for half of these.
func TestEveryKindOfUpdateTellsItsChatAndPerson(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			u, id, err := decodeUpdate([]byte(k.raw))
			if err != nil || id != 1 {
				t.Fatalf("id %d, %v", id, err)
			}
			if got := u.ChatID(); got != k.chat {
				t.Errorf("chat %d, want %d", got, k.chat)
			}
			var from int64
			if who := u.From(); who != nil {
				from = who.ID
			}
			if from != k.from {
				t.Errorf("from %d, want %d", from, k.from)
			}
			var kind string
			if m := u.message(); m != nil {
				kind = m.Kind
			}
			if kind != k.kind {
				t.Errorf("kind %q, want %q", kind, k.kind)
			}
			if empty := k.name == "of no kind we know"; u.empty() != empty {
				t.Errorf("empty is %v", u.empty())
			}
		})
	}
}

// The library's types have no threads, topics or reply chats.
func TestMessageIsReadInFull(t *testing.T) {
	u, _, err := decodeUpdate([]byte(`{"update_id":9,"message":{"message_id":5,"message_thread_id":3,"is_topic_message":true,
		"date":1700000000,"chat":{"id":-1007,"type":"supergroup","title":"Go kechasi","is_forum":true},
		"from":{"id":8,"first_name":"Aziza","last_name":"K","username":"aziza","language_code":"uz"},
		"sender_chat":{"id":-1007,"type":"supergroup"},"text":"salom",
		"reply_to_message":{"message_id":4,"date":1700000000,"chat":{"id":-1007},"from":{"id":99,"is_bot":true},
			"poll":{"id":"p","question":"?","options":[{"persistent_id":"x","text":"a","voter_count":2}],"total_voter_count":2,"is_closed":true,"type":"quiz","correct_option_ids":[0]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Update{ID: 9, Message: &Message{
		ID: 5, ThreadID: 3, IsTopic: true, Date: time.Unix(1700000000, 0).UTC(), Kind: "text", Text: "salom",
		Chat:       Chat{ID: -1007, Type: "supergroup", Title: "Go kechasi", IsForum: true},
		From:       &User{ID: 8, FirstName: "Aziza", LastName: "K", Username: "aziza", Language: "uz"},
		SenderChat: &Chat{ID: -1007, Type: "supergroup"},
		ReplyTo: &Message{
			ID: 4, Date: time.Unix(1700000000, 0).UTC(), Kind: "poll", Chat: Chat{ID: -1007}, From: &User{ID: 99, IsBot: true},
			Poll: &Poll{
				ID: "p", Question: "?", Options: []PollOption{{"x", "a", 2}},
				Total: 2, Closed: true, Type: "quiz", Right: []int{0},
			},
		},
	}}
	if diff := cmp.Diff(want, u); diff != "" {
		t.Error(diff)
	}
}

// Date 0 marks a message of which nothing but the id is known.
func TestInaccessibleMessageKeepsItsChatAndID(t *testing.T) {
	u, _, err := decodeUpdate([]byte(`{"update_id":1,"callback_query":{"id":"c","from":{"id":8},"message":{"message_id":5,"date":0,"chat":{"id":-7}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if m := u.Callback.Message; !m.Inaccessible || m.ID != 5 || m.Chat.ID != -7 {
		t.Errorf("%+v", m)
	}
}

// Postgres refuses NUL and broken UTF-8 (22021).
func TestTextIsFitForPostgres(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`a\u0000b`, "ab"},
		{`\u0000`, ""},
		{`a\\u0000b`, `a\u0000b`}, // a backslash and letters, as typed
		{`a\\\u0000b`, `a\b`},
		{`\ud83d\u0000`, "\ufffd"},
		{"bad \xff byte", "bad \ufffd byte"},
		{`half \ud83d`, "half \ufffd"},
		{`\ud83d\ude00 "quoted\"`, `😀 "quoted"`},
	} {
		raw := `{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"title":"` + strings.ReplaceAll(c.in, `"q`, `\"q`) + `"},"text":"` + strings.ReplaceAll(c.in, `"q`, `\"q`) + `"}}`
		u, _, err := decodeUpdate([]byte(raw))
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if u.Message.Text != c.want || u.Message.Chat.Title != c.want {
			t.Errorf("%s became %q and %q, want %q", c.in, u.Message.Text, u.Message.Chat.Title, c.want)
		}
	}
}

func TestMembersOfAllStatuses(t *testing.T) {
	for _, c := range []struct {
		raw                  string
		present, post, admin bool
	}{
		{`{"status":"creator"}`, true, true, true},
		{`{"status":"administrator"}`, true, true, true},
		{`{"status":"administrator","can_post_messages":true}`, true, true, true},
		{`{"status":"administrator","can_post_messages":false}`, true, false, true},
		{`{"status":"member"}`, true, true, false},
		{`{"status":"restricted","is_member":true,"can_send_messages":true}`, true, true, false},
		{`{"status":"restricted","is_member":true}`, true, false, false},
		{`{"status":"restricted","can_send_messages":true}`, false, false, false},
		{`{"status":"left"}`, false, false, false},
		{`{"status":"kicked"}`, false, false, false},
	} {
		var m Member
		if err := json.Unmarshal([]byte(c.raw), &m); err != nil {
			t.Fatal(err)
		}
		if m.Present != c.present || m.CanPost != c.post || m.Admin() != c.admin {
			t.Errorf("%s: %+v, admin %v", c.raw, m, m.Admin())
		}
	}
}

func FuzzDecodeUpdate(f *testing.F) {
	for _, k := range kinds {
		f.Add([]byte(k.raw))
	}
	f.Add([]byte(`{"update_id":1,"message":{"text":"\u0000\\u0000","chat":null,"date":-1}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if json.Valid(raw) && !json.Valid(dropNUL(raw)) {
			t.Fatalf("dropNUL broke %q", raw)
		}
		u, _, err := decodeUpdate(raw)
		if err != nil {
			return
		}
		u.ChatID()
		u.From()
		if m := u.message(); m != nil {
			for _, s := range []string{m.Text, m.Caption, m.Chat.Title} {
				if !utf8.ValidString(s) || bytes.ContainsRune([]byte(s), 0) {
					t.Errorf("text %q", s)
				}
			}
		}
	})
}
