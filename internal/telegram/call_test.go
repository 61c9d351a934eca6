package telegram

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCallsCarryTheParametersOfTheBotAPI(t *testing.T) {
	kb := Keyboard{{{Text: "Ha", Data: "v1:y", Style: "success"}}, {{Text: "go.dev", URL: "https://go.dev"}}}
	const kbJSON = `{"inline_keyboard":[[{"text":"Ha","callback_data":"v1:y","style":"success"}],[{"text":"go.dev","url":"https://go.dev"}]]}`
	for _, c := range []struct {
		name string
		call Call
		want Call
	}{
		{"message", SendMessage(7, "<b>salom</b>", kb), Call{Method: "sendMessage", ChatID: 7, Params: map[string]string{
			"chat_id": "7", "text": "<b>salom</b>", "parse_mode": "HTML", "link_preview_options": `{"is_disabled":true}`, "reply_markup": kbJSON,
		}}},
		{"message in a topic", SendMessage(-7, "a", nil).InThread(3).Silent().ReplyTo(4), Call{Method: "sendMessage", ChatID: -7, Params: map[string]string{
			"chat_id": "-7", "text": "a", "parse_mode": "HTML", "link_preview_options": `{"is_disabled":true}`,
			"message_thread_id": "3", "disable_notification": "true", "reply_parameters": `{"allow_sending_without_reply":true,"message_id":4}`,
		}}},
		{"nothing to add", StopPoll(7, 5).InThread(0).ReplyTo(0), StopPoll(7, 5)},
		{"edit", EditMessage(7, 5, "a", nil), Call{Method: "editMessageText", ChatID: 7, Params: map[string]string{
			"chat_id": "7", "message_id": "5", "text": "a", "parse_mode": "HTML", "link_preview_options": `{"is_disabled":true}`,
		}}},
		{"keyboard", EditKeyboard(7, 5, kb), Call{Method: "editMessageReplyMarkup", ChatID: 7, Params: map[string]string{
			"chat_id": "7", "message_id": "5", "reply_markup": kbJSON,
		}}},
		{"answer", AnswerCallback("c", "ok", true), Call{Method: "answerCallbackQuery", Params: map[string]string{
			"callback_query_id": "c", "text": "ok", "show_alert": "true",
		}}},
		{"silent answer", AnswerCallback("c", "", false), Call{Method: "answerCallbackQuery", Params: map[string]string{"callback_query_id": "c"}}},
		{"stop", StopPoll(7, 5), Call{Method: "stopPoll", ChatID: 7, Params: map[string]string{"chat_id": "7", "message_id": "5"}}},
		{"quiz", SendQuiz(7, Quiz{
			Question: "?", Options: []string{"a", "b", "c"}, Right: []int{2, 0, 2}, Explanation: "e", Description: "<pre>d</pre>",
			Shuffle: true, OpenSeconds: 86400, Keyboard: kb,
		}), Call{Method: "sendPoll", ChatID: 7, Params: map[string]string{
			"chat_id": "7", "type": "quiz", "question": "?", "options": `[{"text":"a"},{"text":"b"},{"text":"c"}]`,
			"correct_option_ids": "[0,2]", "allows_multiple_answers": "true", "shuffle_options": "true", "is_anonymous": "false",
			"explanation": "e", "explanation_parse_mode": "HTML", "description": "<pre>d</pre>", "description_parse_mode": "HTML",
			"open_period": "86400", "reply_markup": kbJSON,
		}}},
		// The library's polls are anonymous unless told, and bring no answers.
		{"channel quiz", SendQuiz(-100, Quiz{Question: "?", Options: []string{"a", "b"}, Right: []int{1}, Anonymous: true}), Call{Method: "sendPoll", ChatID: -100, Params: map[string]string{
			"chat_id": "-100", "type": "quiz", "question": "?", "options": `[{"text":"a"},{"text":"b"}]`,
			"correct_option_ids": "[1]", "allows_multiple_answers": "false", "shuffle_options": "false", "is_anonymous": "true",
		}}},
	} {
		if diff := cmp.Diff(normal(c.want), normal(c.call)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// normal writes the JSON parameters in one way.
func normal(c Call) Call {
	out := Call{Method: c.Method, ChatID: c.ChatID, Ref: c.Ref, Params: map[string]string{}}
	for k, v := range c.Params {
		var parsed any
		if json.Unmarshal([]byte(v), &parsed) == nil {
			v = encode(parsed)
		}
		out.Params[k] = v
	}
	return out
}

func TestCallSurvivesBeingStored(t *testing.T) {
	call := SendMessage(-7, "oʻzbek <b>&amp;</b>", Keyboard{{{Text: "a", Data: "b"}}}).WithRef(map[string]int{"delivery": 4})
	raw, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	var back Call
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(call, back); diff != "" {
		t.Error(diff)
	}
}

func TestCallsShareNothing(t *testing.T) {
	first := SendMessage(7, "a", nil)
	second := first.Silent().InThread(3).WithRef(1)
	if _, changed := first.Params["disable_notification"]; changed || first.Ref != nil {
		t.Errorf("making %v changed %v", second, first)
	}
}

func TestCallIsTurnedWithoutTouchingTheOriginal(t *testing.T) {
	edit := EditMessage(-7, 5, "a", nil)
	for name, c := range map[string]struct{ got, want Call }{
		"to the supergroup":   {edit.To(-1007), EditMessage(-1007, 5, "a", nil)},
		"into a new message":  {edit.Anew(), SendMessage(-7, "a", nil)},
		"the original itself": {edit, EditMessage(-7, 5, "a", nil)},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestAnEffectCanBeTakenOffAgain(t *testing.T) {
	plain := SendMessage(7, "hi", nil)
	festive := plain.WithEffect("5")
	if festive.Params["message_effect_id"] != "5" || plain.Params["message_effect_id"] != "" {
		t.Errorf("with an effect: %v, before: %v", festive.Params, plain.Params)
	}
	if got, ok := festive.Plain(); !ok || !cmp.Equal(got, plain) {
		t.Errorf("without it again: %v, %v", got, ok)
	}
	if _, ok := plain.Plain(); ok {
		t.Error("a call without an effect had one")
	}
}
