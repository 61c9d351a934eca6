package sandbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsWrittenInAThreadSaysSo(t *testing.T) {
	w := newWorld(t, Config{})
	sql := w.AddThread(aziza, forum, "SQL")
	if got := w.kinds(w.updates()); !cmp.Equal(got, []string{"forum_topic_created"}) {
		t.Errorf("the bot heard %v", got)
	}
	if _, err := w.Post(Post{Person: bobur, Chat: forum, Thread: sql, Text: "/today"}); err != nil {
		t.Fatal(err)
	}
	var m wireMessage
	w.last("message", &m)
	if m.Thread != sql || !m.IsTopic || m.ReplyTo == nil || m.ReplyTo.ID != sql || m.ReplyTo.TopicCreated.Name != "SQL" {
		t.Errorf("the bot heard %+v", m)
	}
	var text, poll wireMessage
	w.ok(&text, "sendMessage", "chat_id=-1008", "text=a", "message_thread_id="+itoa(sql))
	w.ok(&poll, "sendPoll", "chat_id=-1008", "question=Q", `options=["a"]`, "message_thread_id="+itoa(sql))
	w.Press(bobur, forum, text.ID, "x")
	var q struct{ Message wireMessage }
	if w.last("callback_query", &q); q.Message.Thread != sql || !q.Message.IsTopic || poll.Thread != sql || !poll.IsTopic {
		t.Errorf("pressed in %+v, poll in %+v", q.Message, poll)
	}
	w.Reply(bobur, forum, text.ID, "javob")
	if w.last("message", &m); m.Thread != sql || m.ReplyTo.ID != text.ID {
		t.Errorf("an answer came as %+v", m)
	}
	var answer wireMessage
	w.ok(&answer, "sendMessage", "chat_id=-1008", "text=a", `reply_parameters={"message_id":`+itoa(m.ID)+`}`)
	if answer.Thread != sql {
		t.Errorf("the bot's answer stands in %d", answer.Thread)
	}
	w.Say(bobur, forum, "/today")
	var general wireMessage
	if w.last("message", &general); general.Thread != 0 || general.IsTopic || general.ReplyTo != nil {
		t.Errorf("the topic General has a number: %+v", general)
	}
}

func TestAnAnswerInASupergroupNamesItsThreadButNoTopic(t *testing.T) {
	w := newWorld(t, Config{})
	first := w.Say(aziza, super, "bir")
	second := w.Reply(bobur, super, first, "ikki")
	w.Reply(aziza, super, second, "uch")
	var m wireMessage
	if w.last("message", &m); m.Thread != first || m.IsTopic || m.ReplyTo.ID != second {
		t.Errorf("the bot heard %+v", m)
	}
	var sent wireMessage
	if w.ok(&sent, "sendMessage", "chat_id=-1007", "text=a", "message_thread_id="+itoa(first)); sent.Thread != 0 {
		t.Errorf("a message without an answer stands in thread %d", sent.Thread)
	}
}

func TestAClosedOrDeletedTopicTakesNothing(t *testing.T) {
	w := newWorld(t, Config{})
	send := func() string { return w.said("sendMessage", "chat_id=-1008", "text=a", "message_thread_id=7") }
	w.SetAdmin(forum, aziza, true)
	w.CloseThread(aziza, forum, 7, true)
	w.CloseThread(aziza, forum, 7, true)
	if got := send(); got != "400 Bad Request: TOPIC_CLOSED" {
		t.Errorf("a closed topic answers %q", got)
	}
	for person, may := range map[int64]bool{aziza: true, bobur: false} {
		if _, err := w.Post(Post{Person: person, Chat: forum, Thread: 7, Text: "a"}); (err == nil) != may {
			t.Errorf("person %d in a closed topic: %v", person, err)
		}
	}
	w.Join(aziza, forum, true)
	if got := send(); got != "" {
		t.Errorf("an administrator is told %q", got)
	}
	w.CloseThread(aziza, forum, 7, false)
	w.DeleteThread(forum, 7)
	if got := send(); got != "400 Bad Request: message thread not found" {
		t.Errorf("a deleted topic answers %q", got)
	}
	if got := w.Messages(forum); len(got) != 0 {
		t.Errorf("the topic is gone, but the chat shows %+v", got)
	}
	if got := w.kinds(w.updates()); !cmp.Equal(got, []string{"forum_topic_closed", "my_chat_member", "forum_topic_reopened"}) {
		t.Errorf("the bot heard %v", got)
	}
	if w.AddThread(aziza, super, "x") != 0 {
		t.Error("a group without topics got one")
	}
	if _, err := w.Post(Post{Person: bobur, Chat: forum, Thread: 7, Text: "a"}); err == nil {
		t.Error("somebody wrote in a topic that is gone")
	}
}
