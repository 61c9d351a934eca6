package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	testSecret = "AAH-secret_half_of_the_token"
	testToken  = "4242:" + testSecret
)

// roundTrip is a Telegram without a network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, kind, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {kind}},
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

func answerJSON(body string) *http.Response { return answer(200, "application/json", body) }

// clientOver is a client that is past New.
func clientOver(rt roundTrip, log io.Writer) *Client {
	c := &Client{
		token: testToken, log: slog.New(slog.NewTextHandler(log, nil)),
		calls: &http.Client{Transport: rt}, poll: &http.Client{Transport: rt},
	}
	c.api.Token = testToken
	c.api.SetAPIEndpoint("http://telegram.test/bot%s/%s")
	return c
}

// startServer serves the Bot API under a real port; getMe is answered.
func startServer(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getMe") {
			reply(w, 200, `{"ok":true,"result":{"id":4242,"is_bot":true,"username":"YolchiBot"}}`)
			return
		}
		h(w, r)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	c, err := New(t.Context(), Config{Token: testToken, BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return c
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func refuse(code int, description, parameters string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reply(w, code, `{"ok":false,"error_code":`+num(int64(code))+`,"description":"`+description+`"`+parameters+`}`)
	}
}

func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>"+r.URL.Path+"</html>")
	}
}

// hangUp reads the request and ends the connection after the given bytes.
func hangUp(head string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, head)
		_ = conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
}

// failures is every way a call can fail, and what it must be called.
var failures = []struct {
	name string
	do   http.HandlerFunc
	want Error
}{
	{"429", refuse(429, "Too Many Requests: retry after 7", `,"parameters":{"retry_after":7}`), Error{Kind: Retry, Code: 429, RetryAfter: 7 * time.Second}},
	{"429 without a time", refuse(429, "Too Many Requests", ``), Error{Kind: Retry, Code: 429, RetryAfter: time.Second}},
	{"blocked", refuse(403, "Forbidden: bot was blocked by the user", ``), Error{Kind: Gone, Code: 403}},
	{"chat not found", refuse(400, "Bad Request: chat not found", ``), Error{Kind: Gone, Code: 400}},
	{"no rights", refuse(400, "Bad Request: not enough rights to send text messages to the chat", ``), Error{Kind: Gone, Code: 400}},
	{"polls forbidden", refuse(400, "Bad Request: CHAT_SEND_POLL_FORBIDDEN", ``), Error{Kind: Gone, Code: 400}},
	{"migrated", refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", `,"parameters":{"migrate_to_chat_id":-1007}`), Error{Kind: Migrated, Code: 400, MigrateTo: -1007}},
	{"not modified", refuse(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message", ``), Error{Kind: NotModified, Code: 400}},
	{"edit not found", refuse(400, "Bad Request: message to edit not found", ``), Error{Kind: NotFound, Code: 400}},
	{"too old to edit", refuse(400, "Bad Request: message can't be edited", ``), Error{Kind: NotFound, Code: 400}},
	{"late answer", refuse(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", ``), Error{Kind: NotFound, Code: 400}},
	{"our mistake", refuse(400, "Bad Request: can't parse entities: Unsupported start tag", ``), Error{Kind: Bad, Code: 400}},
	{"unknown method", refuse(404, "Not Found", ``), Error{Kind: Bad, Code: 404}},
	{"revoked", refuse(401, "Unauthorized", ``), Error{Kind: Unauthorized, Code: 401}},
	{"other poller", refuse(409, "Conflict: terminated by other getUpdates request", ``), Error{Kind: Conflict, Code: 409}},
	{"500", refuse(500, "Internal Server Error", ``), Error{Kind: Server, Code: 500}},
	{"description with the token", refuse(400, "Bad Request: "+testToken, ``), Error{Kind: Bad, Code: 400}},
	{"502 of a proxy", page(502), Error{Kind: Server, Code: 502}},
	{"503 of a proxy", page(503), Error{Kind: Server, Code: 503}},
	{"504 of a proxy", page(504), Error{Kind: Unknown, Code: 504}},
	{"login page of a network", page(200), Error{Kind: Server, Code: 200}},
	{"redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere"+r.URL.Path, http.StatusFound)
	}, Error{Kind: Server, Code: http.StatusFound}},
	{"half a reply", hangUp("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"ok\":tr"), Error{Kind: Unknown}},
	{"cut off JSON", func(w http.ResponseWriter, r *http.Request) { reply(w, 200, `{"ok":tr`) }, Error{Kind: Unknown, Code: 200}},
	{"reset after the request", hangUp(""), Error{Kind: Unknown}},
	{"garbage", hangUp("SSH-2.0-OpenSSH\r\n"), Error{Kind: Unknown}},
	{"JSON of a proxy", func(w http.ResponseWriter, r *http.Request) { reply(w, 502, `{"message":"`+testToken+`"}`) }, Error{Kind: Server, Code: 502}},
	{"JSON of another shape", func(w http.ResponseWriter, r *http.Request) { reply(w, 200, `{"ok":"`+testToken+`"}`) }, Error{Kind: Unknown, Code: 200}},
}

func TestEveryFailureHasItsKindAndNeverTheToken(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c := startServer(t, f.do)
			_, err := c.Do(t.Context(), SendMessage(7, "hi", nil))
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("error %v", err)
			}
			f.want.Method = "sendMessage"
			if diff := cmp.Diff(f.want, *got, cmpopts.IgnoreUnexported(Error{}), cmpopts.IgnoreFields(Error{}, "Description")); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), testSecret) {
					t.Errorf("the token is in %q", e)
				}
			}
		})
	}
}

// Transport errors of the library hold the URL, and that the token.
func TestRequestThatNeverLeftIsANetworkError(t *testing.T) {
	c := startServer(t, nil)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	c.api.SetAPIEndpoint("http://" + dead.Addr().String() + "/bot%s/%s")
	_, err = c.Do(t.Context(), SendMessage(7, "hi", nil))
	if kindOf(err) != Network || strings.Contains(err.Error(), testSecret) {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = c.Do(stopped, SendMessage(7, "hi", nil))
	if kindOf(err) != Network || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// The library cannot cancel. A send that is cancelled on its way may
// have been shown.
func TestCancelledRequestReturnsAtOnceWithUnknownOutcome(t *testing.T) {
	arrived := make(chan struct{})
	c := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := c.Do(ctx, SendMessage(7, "hi", nil))
	if !errors.Is(err, ErrUnknownOutcome) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// The library's default client waits for ever.
func TestSilentServerIsGivenUp(t *testing.T) {
	c := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		<-r.Context().Done()
	})
	if c.calls.Timeout != callTimeout || c.poll.Timeout <= pollTimeout {
		t.Fatalf("timeouts %v and %v", c.calls.Timeout, c.poll.Timeout)
	}
	c.calls.Timeout = 50 * time.Millisecond
	_, err := c.Do(t.Context(), SendMessage(7, "hi", nil))
	if !errors.Is(err, ErrUnknownOutcome) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// The library's Send fails after success where the result is true.
func TestResultsOfAllShapes(t *testing.T) {
	for body, want := range map[string]Result{
		`{"message_id":5,"date":1,"chat":{"id":7}}`:          {MessageID: 5},
		`{"message_id":5,"chat":{"id":7},"poll":{"id":"p"}}`: {MessageID: 5, PollID: "p"},
		`{"id":"p","question":"?","is_closed":true}`:         {PollID: "p"},
		`true`:                          {},
		`[1]`:                           {},
		`{"message_id":"unreadable"}`:   {}, // it is sent: an error would send it again
		`{"message_id":5,"id":{"x":1}}`: {MessageID: 5},
	} {
		c := clientOver(func(*http.Request) (*http.Response, error) {
			return answerJSON(`{"ok":true,"result":` + body + `}`), nil
		}, io.Discard)
		got, err := c.Do(t.Context(), SendQuiz(7, Quiz{}))
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", body, got, err, want)
		}
		text, err := c.Do(t.Context(), SendMessage(7, "hi", nil))
		if err != nil || text.MessageID != want.MessageID {
			t.Errorf("%s as a text: %+v, %v; want %d", body, text, err, want.MessageID)
		}
	}
}

func TestCallIsPostedAsItIs(t *testing.T) {
	var got string
	c := clientOver(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		got = r.Method + " " + r.URL.Path + " " + string(body)
		return answerJSON(`{"ok":true,"result":true}`), err
	}, io.Discard)
	if _, err := c.Do(t.Context(), AnswerCallback("c", "a&b", false).WithRef("private")); err != nil {
		t.Fatal(err)
	}
	if want := "POST /bot" + testToken + "/answerCallbackQuery callback_query_id=c&text=a%26b"; got != want {
		t.Errorf("posted %s", got)
	}
}

// The library gives up when Telegram is away for a moment.
func TestStartWaitsForTelegram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		tries := 0
		c := clientOver(func(*http.Request) (*http.Response, error) {
			switch tries++; tries {
			case 1:
				return nil, errors.New("dial " + testToken)
			case 2:
				return answer(502, "text/html", "<html>"), nil
			case 3:
				return answer(429, "application/json", `{"ok":false,"error_code":429,"parameters":{"retry_after":60}}`), nil
			}
			return answerJSON(`{"ok":true,"result":{"id":4242,"is_bot":true,"username":"YolchiBot"}}`), nil
		}, &log)
		start := time.Now()
		if err := c.introduce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.Me().Username != "YolchiBot" || time.Since(start) < time.Minute {
			t.Errorf("%+v after %v", c.Me(), time.Since(start))
		}
		if strings.Contains(log.String(), testSecret) {
			t.Errorf("the token is in the log:\n%s", &log)
		}
	})
}

func TestStartEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clientOver(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }, io.Discard)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := c.introduce(ctx); kindOf(err) != Network {
			t.Errorf("%v", err)
		}
	})
}

func TestWrongTokenIsToldAtOnce(t *testing.T) {
	for _, h := range []http.HandlerFunc{refuse(401, "Unauthorized", ""), refuse(404, "Not Found", "")} {
		server := httptest.NewServer(h)
		_, err := New(t.Context(), Config{Token: testToken, BaseURL: server.URL})
		server.Close()
		if !errors.Is(err, ErrUnauthorized) || strings.Contains(err.Error(), testSecret) {
			t.Errorf("%v", err)
		}
	}
	for _, token := range []string{"", "no token", testSecret, "1:%s", "1:a/b\n"} {
		if _, err := New(t.Context(), Config{Token: token}); !errors.Is(err, ErrUnauthorized) || token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("token %q: %v", token, err)
		}
	}
	for _, base := range []string{"api.telegram.org", "ftp://x", "://", "http://"} {
		if _, err := New(t.Context(), Config{Token: testToken, BaseURL: base}); err == nil || strings.Contains(err.Error(), testSecret) {
			t.Errorf("address %q: %v", base, err)
		}
	}
}

func TestProfileIsReadAndWrittenByLanguage(t *testing.T) {
	var asked []string
	c := clientOver(func(r *http.Request) (*http.Response, error) {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		asked = append(asked, method+" "+r.PostForm.Encode())
		results := map[string]string{
			"getMyName": `{"name":"Yoʻlchi"}`, "getMyDescription": `{"description":"d"}`,
			"getMyShortDescription": `{"short_description":"s"}`, "getMyCommands": `[{"command":"bugun","description":"Bugungi mavzu"}]`,
			"getChatMember": `{"status":"administrator","user":{"id":8},"can_post_messages":false}`,
		}
		if result, ok := results[method]; ok {
			return answerJSON(`{"ok":true,"result":` + result + `}`), nil
		}
		return answerJSON(`{"ok":true,"result":true}`), nil
	}, io.Discard)
	ctx := t.Context()
	name, err1 := c.Name(ctx, "uz")
	about, err2 := c.Description(ctx, "uz")
	short, err3 := c.ShortDescription(ctx, "uz")
	list, err4 := c.Commands(ctx, ScopePrivate, "uz")
	member, err5 := c.ChatMember(ctx, -7, 8)
	err := errors.Join(err1, err2, err3, err4, err5,
		c.SetName(ctx, "uz", name), c.SetDescription(ctx, "", about), c.SetShortDescription(ctx, "en", short),
		c.SetCommands(ctx, ScopeDefault, "", nil), c.SetCommands(ctx, ScopeGroups, "uz", list))
	if err != nil {
		t.Fatal(err)
	}
	if name != "Yoʻlchi" || about != "d" || short != "s" || !member.Admin() || member.CanPost {
		t.Errorf("%q %q %q %+v", name, about, short, member)
	}
	want := []string{
		"getMyName language_code=uz", "getMyDescription language_code=uz", "getMyShortDescription language_code=uz",
		"getMyCommands language_code=uz&scope=%7B%22type%22%3A%22all_private_chats%22%7D",
		"getChatMember chat_id=-7&user_id=8",
		"setMyName language_code=uz&name=Yo%CA%BBlchi", "setMyDescription description=d&language_code=",
		"setMyShortDescription language_code=en&short_description=s",
		"setMyCommands commands=%5B%5D&language_code=&scope=%7B%22type%22%3A%22default%22%7D", // never "null"
		"setMyCommands commands=%5B%7B%22command%22%3A%22bugun%22%2C%22description%22%3A%22Bugungi+mavzu%22%7D%5D&language_code=uz&scope=%7B%22type%22%3A%22all_group_chats%22%7D",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
}

// What we take apart is the library's pointer, not its value.
func TestLibraryStillReturnsItsErrorAsAPointer(t *testing.T) {
	api := tgbotapi.BotAPI{Client: &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return answerJSON(`{"ok":false,"error_code":400,"description":"x"}`), nil
	})}}
	api.SetAPIEndpoint("http://telegram.test/bot%s/%s")
	_, err := api.MakeRequest("getMe", nil)
	var value tgbotapi.Error
	var pointer *tgbotapi.Error
	if errors.As(err, &value) || !errors.As(err, &pointer) {
		t.Errorf("%T", err)
	}
}
