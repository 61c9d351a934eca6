package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// api posts to the API of the web chat.
func (w *world) api(action, body string, header ...string) (int, map[string]any) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/api/"+action, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	_ = json.NewDecoder(resp.Body).Decode(&out) // a refusal of the host is plain text
	return resp.StatusCode, out
}

func TestTheWebChatWritesPressesAndVotes(t *testing.T) {
	w := newWorld(t, Config{})
	if code, _ := w.api("send", `{"person":2,"chat":2,"text":"/start"}`); code != 200 {
		t.Fatalf("send: %d", code)
	}
	var m wireMessage
	w.ok(&m, "sendMessage", "chat_id=2", "parse_mode=HTML", "text=<b>Salom</b>",
		`reply_markup={"inline_keyboard":[[{"text":"Ha","callback_data":"yes"}]]}`)
	press := fmt.Sprintf(`{"person":2,"chat":2,"message":%d,"data":"yes"}`, m.ID)
	if code, out := w.api("press", press); code != 200 || out["callback_id"] == "" {
		t.Errorf("press: %d %v", code, out)
	}
	if code, out := w.api("press", strings.Replace(press, "yes", "no", 1)); code != 409 || out["error"] == "" {
		t.Errorf("pressing a button that is not there: %d %v", code, out)
	}
	id, _ := w.quiz("2")
	if code, out := w.api("vote", fmt.Sprintf(`{"person":2,"poll":%q,"options":[1]}`, id)); code != 200 {
		t.Errorf("vote: %d %v", code, out)
	}
	if code, _ := w.api("retract", fmt.Sprintf(`{"person":2,"poll":%q}`, id)); code != 409 {
		t.Errorf("retract: %d", code)
	}
	if code, out := w.api("people", `{"first_name":"Lola","language_code":"uz"}`); code != 200 || out["id"] == nil {
		t.Errorf("people: %d %v", code, out)
	}
	w.api("block", `{"person":2,"blocked":true}`)
	if code, _ := w.api("send", `{"person":2,"chat":2,"text":"a"}`); code != 409 {
		t.Errorf("a person who stopped the bot wrote to it: %d", code)
	}
	if code, _ := w.api("send", `{"person":1,"chat":2,"text":"a"}`); code != 409 {
		t.Errorf("a person wrote in a foreign chat: %d", code)
	}
	if code, out := w.api("jump", `{"chat":2}`); code != 409 || out["error"] == "" {
		t.Errorf("jump without a clock: %d %v", code, out)
	}
}

func TestTheStateHoldsWhatThePageNeeds(t *testing.T) {
	w := newWorld(t, Config{Jump: func(context.Context, int64) (time.Time, error) { return time.Time{}, nil }})
	w.ok(nil, "setMyCommands", `commands=[{"command":"bugun","description":"Bugungi mavzu"}]`, "language_code=uz", `scope={"type":"all_private_chats"}`)
	w.ok(nil, "setMyDescription", "description=Salom", "language_code=uz")
	w.quiz("1")
	resp, err := w.http.Get(w.url + "/api/state")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var st struct {
		Now     int64 `json:"now"`
		CanJump bool  `json:"can_jump"`
		Bot     struct {
			Description map[string]string `json:"description"`
		} `json:"bot"`
		Commands []struct {
			Scope    string       `json:"scope"`
			Language string       `json:"language_code"`
			Commands []BotCommand `json:"commands"`
		} `json:"commands"`
		People   []map[string]any     `json:"people"`
		Chats    []map[string]any     `json:"chats"`
		Messages map[string][]Message `json:"messages"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&st); err != nil {
		t.Fatal(err)
	}
	if st.Now != w.now.UnixMilli() || !st.CanJump || st.Bot.Description["uz"] != "Salom" || len(st.People) != 2 || len(st.Chats) != 6 {
		t.Errorf("state %+v", st)
	}
	if len(st.Commands) != 1 || st.Commands[0].Scope != "all_private_chats" || st.Commands[0].Commands[0].Command != "bugun" {
		t.Errorf("commands %+v", st.Commands)
	}
	if m := st.Messages["1"]; len(m) != 1 || len(m[0].Poll.Right) != 0 || m[0].Poll.Explanation != "" {
		t.Errorf("an unanswered quiz tells its answer: %+v", m)
	}
}

func TestEventsTellWhatHappens(t *testing.T) {
	w := newWorld(t, Config{})
	resp, err := w.http.Get(w.url + "/api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func(kind, part string) {
		t.Helper()
		for lines.Scan() {
			if got, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				lines.Scan()
				if got != kind || !strings.Contains(lines.Text(), part) {
					t.Fatalf("event %s %s, want %s with %s", got, lines.Text(), kind, part)
				}
				return
			}
		}
		t.Fatal("the stream ended")
	}
	next("hello", "{}")
	var m wireMessage
	w.ok(&m, "sendMessage", "chat_id=1", "text=bir")
	next("message", `"text":"bir"`)
	w.ok(nil, "editMessageText", "chat_id=1", "message_id="+itoa(m.ID), "text=ikki")
	next("edit", `"edited":true`)
	w.ok(nil, "answerCallbackQuery", "callback_query_id="+w.Press(aziza, aziza, m.ID, "x"), "text=Rahmat", "show_alert=true")
	next("toast", `"alert":true`)
	w.ok(nil, "deleteMessage", "chat_id=1", "message_id="+itoa(m.ID))
	next("delete", `"id":`+itoa(m.ID))
	id, _ := w.quiz("1")
	next("message", id)
	if err := w.Vote(aziza, id, 0); err != nil {
		t.Fatal(err)
	}
	next("poll", `"chosen":[0]`)
	w.ok(nil, "setMyName", "name=Yoʻl", "language_code=uz")
	next("commands", "{}")
	w.AddPerson(Person{ID: 50, FirstName: "x"})
	next("chats", "{}")
	w.now = w.now.Add(time.Hour)
	w.ClockMoved()
	next("clock", itoa(w.now.UnixMilli()))
}

func TestRefusalsAreSaidInBothLanguages(t *testing.T) {
	for r, s := range sentences {
		if s.en == "" || s.uz == "" || strings.ContainsAny(s.uz, "'`‘’") || refusal(r).in("uz") != s.uz || refusal(r).in("ru") != s.en {
			t.Errorf("sentence %d: %+v", r, s)
		}
	}
	w := newWorld(t, Config{})
	if _, out := w.api("vote", `{"person":1,"poll":"x","options":[0]}`); out["error"] != sentences[noPoll].uz {
		t.Errorf("Aziza is told %v", out)
	}
}

func TestTheClockJumps(t *testing.T) {
	var w *world
	w = newWorld(t, Config{Jump: func(_ context.Context, chat int64) (time.Time, error) {
		if chat != aziza {
			return time.Time{}, errors.New("this chat has no reminder")
		}
		w.now = w.now.Add(24 * time.Hour)
		return w.now, nil
	}})
	id, _ := w.quiz("1", "open_period=60")
	if code, out := w.api("jump", `{"chat":1}`); code != 200 || out["now"] != float64(w.now.UnixMilli()) {
		t.Errorf("jump: %d %v", code, out)
	}
	if m := w.Messages(aziza); !m[0].Poll.Closed {
		t.Errorf("poll %s is open a day later", id)
	}
	if code, out := w.api("jump", `{"chat":2}`); code != 409 || out["error"] != "this chat has no reminder" {
		t.Errorf("jump: %d %v", code, out)
	}
}

func TestForeignPagesAreRefused(t *testing.T) {
	w := newWorld(t, Config{})
	const body = `{"person":1,"chat":1,"text":"a"}`
	for _, h := range [][]string{
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Content-Type", "text/plain"},
	} {
		if code, _ := w.api("send", body, h...); code != 403 && code != 400 {
			t.Errorf("%v: %d", h, code)
		}
	}
	if code, _ := w.api("send", body, "Origin", w.url, "Sec-Fetch-Site", "same-origin"); code != 200 {
		t.Errorf("the own page: %d", code)
	}
	for host, want := range map[string]int{"evil.example": 403, "127.0.0.1.evil.example:80": 403, "localhost:1": 200, "[::1]:1": 200, "127.0.0.1": 200} {
		r := httptest.NewRequest(http.MethodGet, "/api/state", nil)
		r.Host = host
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, r)
		if rec.Code != want {
			t.Errorf("host %s: %d, want %d", host, rec.Code, want)
		}
	}
}

func TestAWrongTokenAndAWrongPathAreRefused(t *testing.T) {
	w := newWorld(t, Config{})
	for path, want := range map[string]string{
		"/bot4242:other/getMe": `{"ok":false,"error_code":401,"description":"Unauthorized"}`,
		"/botx/getMe":          `{"ok":false,"error_code":404,"description":"Not Found"}`,
		"/nothing/getMe":       `{"ok":false,"error_code":404,"description":"Not Found"}`,
	} {
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "localhost"
		w.Handler().ServeHTTP(rec, r)
		if got := strings.TrimSpace(rec.Body.String()); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestThePageAndItsPhotosAreServed(t *testing.T) {
	w := newWorld(t, Config{})
	w.mu.Lock()
	w.files["p9"] = &file{id: "p9", data: onePixel(t), kind: "image/png"}
	w.mu.Unlock()
	for path, want := range map[string]string{"/": "text/html", "/app.js": "text/javascript", "/files/p9": "image/png"} {
		resp, err := w.http.Get(w.url + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), want) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
}
