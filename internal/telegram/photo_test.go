package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPictureIsUploadedOnceAndThenNamed(t *testing.T) {
	png := []byte("\x89PNG the picture")
	var got []string
	c := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		photo := r.FormValue("photo")
		if file, _, err := r.FormFile("photo"); err == nil {
			data, _ := io.ReadAll(file)
			photo = string(data)
		}
		got = append(got, photo, r.FormValue("chat_id"), r.FormValue("caption"), r.FormValue("parse_mode"))
		reply(w, 200, `{"ok":true,"result":{"message_id":5,"photo":[{"file_id":"small"},{"file_id":"large"}]}}`)
	})
	call := SendPhoto(7, "<b>salom</b>", nil)
	result, err := c.Do(t.Context(), call.WithUpload(png))
	if err != nil || result != (Result{MessageID: 5, FileID: "large"}) {
		t.Fatalf("the upload brought %+v, %v", result, err)
	}
	if _, err := c.Do(t.Context(), call.WithUpload(png).WithFile(result.FileID)); err != nil {
		t.Fatal(err)
	}
	want := []string{string(png), "7", "<b>salom</b>", "HTML", "large", "7", "<b>salom</b>", "HTML"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The library loses the code of a refusal after an upload.
func TestARefusedUploadSaysWhatItMeans(t *testing.T) {
	for description, want := range map[string]Kind{
		`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`:                                         Gone,
		`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}`:                Retry,
		`{"ok":false,"error_code":400,"description":"Bad Request: IMAGE_PROCESS_FAILED"}`:                                              Bad,
		`{"ok":false,"error_code":401,"description":"Unauthorized"}`:                                                                   Unauthorized,
		`{"ok":false,"error_code":500,"description":"Internal Server Error"}`:                                                          Server,
		`{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1007}}`: Migrated,
		`<html>` + testSecret: Server,
	} {
		c := startServer(t, func(w http.ResponseWriter, r *http.Request) { reply(w, 200, description) })
		if strings.HasPrefix(description, "<") {
			c = startServer(t, func(w http.ResponseWriter, r *http.Request) { http.Error(w, description, http.StatusBadGateway) })
		}
		_, err := c.Do(t.Context(), SendPhoto(7, "", nil).WithUpload(bytes.Repeat([]byte("x"), 1<<20)))
		var e *Error
		if !errors.As(err, &e) || e.Kind != want {
			t.Errorf("%s is %v, want %v", description, err, want)
		}
		if err != nil && strings.Contains(err.Error(), testSecret) {
			t.Errorf("the token shows in %q", err)
		}
	}
}

func TestACallThatIsKeptHasNoPictureInIt(t *testing.T) {
	call := SendPhoto(7, "a", Keyboard{{{Text: "b", Data: "c"}}}).WithUpload([]byte("bytes")).WithRef("what to draw")
	raw, err := json.Marshal(call)
	if err != nil || strings.Contains(string(raw), "photo\"") {
		t.Errorf("it is kept as %s, %v", raw, err)
	}
	want := SendMessage(7, "a", Keyboard{{{Text: "b", Data: "c"}}})
	if diff := cmp.Diff(want, call.WithoutPhoto()); diff != "" {
		t.Errorf("without its picture:\n%s", diff)
	}
}

func TestAnInlineAnswerHasTheParametersOfTheBotAPI(t *testing.T) {
	got := AnswerInline("q", InlineAnswer{
		Articles: []Article{{ID: "jwt", Title: "JWT", Description: "why", HTML: "<b>JWT</b>", Keyboard: Keyboard{{{Text: "a", URL: "https://t.me/b"}}}}},
		Personal: true, Seconds: 60, Start: "Begin", Payload: "go",
	})
	want := Call{Method: "answerInlineQuery", Params: map[string]string{
		"inline_query_id": "q", "cache_time": "60", "is_personal": "true", "button": `{"text":"Begin","start_parameter":"go"}`,
		"results": `[{"type":"article","id":"jwt","title":"JWT","description":"why",
			"input_message_content":{"message_text":"<b>JWT</b>","parse_mode":"HTML","link_preview_options":{"is_disabled":true}},
			"reply_markup":{"inline_keyboard":[[{"text":"a","url":"https://t.me/b"}]]}}]`,
	}}
	if diff := cmp.Diff(normal(want), normal(got)); diff != "" {
		t.Error(diff)
	}
	if got := AnswerInline("q", InlineAnswer{}).Params["results"]; got != "[]" {
		t.Errorf("no results are %s", got)
	}
}

func TestAReplyTellsTheButtonsOfWhatItAnswers(t *testing.T) {
	u, _, err := decodeUpdate([]byte(`{"update_id":1,"message":{"message_id":2,"date":1,"chat":{"id":7,"type":"private"},"text":"note",
		"reply_to_message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"lesson","reply_markup":{"inline_keyboard":
			[[{"text":"a","callback_data":"1:done:jwt"},{"text":"b","url":"https://go.dev"}],[{"text":"c","callback_data":"1:know:jwt"}]]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1:done:jwt", "1:know:jwt"}, u.Message.ReplyTo.Buttons); diff != "" {
		t.Error(diff)
	}
}

func TestAnInlineQueryBelongsToThePerson(t *testing.T) {
	u, _, err := decodeUpdate([]byte(`{"update_id":1,"inline_query":{"id":"9","from":{"id":7,"language_code":"uz"},"query":"jwt","offset":""}}`))
	if err != nil || u.empty() || u.ChatID() != 7 || u.From().Language != "uz" || u.Inline.Query != "jwt" {
		t.Errorf("it is read as %+v, %v", u, err)
	}
}
