package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/monitor"
	"yolchi/internal/sandbox"
	"yolchi/internal/schedule"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
	"yolchi/locales"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	aziza   = 501 // speaks Uzbek
	emma    = 502 // speaks English
	dmitriy = 503 // speaks neither
)

// world is the bot with its real library, store and clock that can be moved,
// before a sandbox instead of Telegram.
type world struct {
	t         testing.TB
	ctx       context.Context
	sandbox   *sandbox.Server
	bot       *Bot
	scheduler *schedule.Scheduler

	dispatcher *Dispatcher

	mu  sync.Mutex
	now time.Time

	shown map[int64]map[int64]string // what the transcript has of each chat
}

const worldToken = "1000000001:test-test-test-test-test-test-test"

// newWorld begins on Friday, 20 November 2026, at 09:00 in Tashkent.
func newWorld(t testing.TB) *world {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &world{t: t, ctx: ctx, now: time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC), shown: map[int64]map[int64]string{}}
	w.sandbox = sandbox.New(sandbox.Config{Token: worldToken, Now: w.Now})
	for _, p := range []sandbox.Person{
		{ID: aziza, FirstName: "Aziza", Language: "uz"},
		{ID: emma, FirstName: "Emma", Language: "en-GB"},
		{ID: dmitriy, FirstName: "Dmitriy", Language: "ru"},
	} {
		w.sandbox.AddPerson(p)
	}
	server := httptest.NewServer(w.sandbox.Handler())
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := store.Open(ctx, pgtest.DSN(t), 8)
	if err != nil {
		t.Fatal(err)
	}
	client, err := telegram.New(ctx, telegram.Config{Token: worldToken, BaseURL: server.URL, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.bot = &Bot{
		Store: db, Texts: testTexts(t), Me: client.Me(), Metrics: monitor.New(), Now: w.Now, Log: log,
		Sender: unpaced{client}, Chats: client,
	}
	w.bot.Teach(testLibrary(t))
	w.scheduler = &schedule.Scheduler{Store: db, Deliverer: w.bot, Reporter: w.bot, Now: w.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	w.dispatcher = NewDispatcher(ctx, w.bot)
	w.dispatcher.labelPause = 50 * time.Millisecond
	polling := make(chan error, 1)
	go func() { polling <- client.Poll(ctx, w.dispatcher.Handle) }()
	t.Cleanup(func() {
		cancel()
		if err := <-polling; err != nil {
			t.Error(err)
		}
		w.dispatcher.Wait()
		client.Close()
		w.sandbox.Close()
		server.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// unpaced sends at once: the pace is the telegram package's own matter.
type unpaced struct{ client *telegram.Client }

func (u unpaced) Send(ctx context.Context, call telegram.Call, _ telegram.Priority) (telegram.Result, error) {
	result, err := u.client.Do(ctx, call)
	if kind(err) == telegram.NotModified {
		return result, nil
	}
	return result, err
}

func testLibrary(t testing.TB) *curriculum.Library {
	t.Helper()
	library, err := curriculum.Load(os.DirFS("testdata/content"))
	if err != nil {
		t.Fatal(err)
	}
	return library
}

func testTexts(t testing.TB) *locale.Bundle {
	t.Helper()
	texts, err := locale.Load(locales.FS, slog.New(slog.NewTextHandler(testWriter{t}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// testWriter shows the bot's warnings in the test's output.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// at moves the clock.
func (w *world) at(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// settle waits until the bot has answered everything.
func (w *world) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	if err := w.sandbox.Wait(ctx, func() bool { return w.sandbox.Pending() == 0 }); err != nil {
		w.t.Fatalf("waiting for the bot: %v", err)
	}
	w.dispatcher.Wait()
}

func (w *world) say(person int64, text string) {
	w.t.Helper()
	w.sandbox.Say(person, person, text)
	w.settle()
}

// press taps the newest button with this text.
func (w *world) press(person int64, text string) (toast string) {
	w.t.Helper()
	messages := w.sandbox.Messages(person)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, row := range messages[i].Keyboard {
			for _, b := range row {
				if b.Text == text {
					return w.pressData(person, messages[i].ID, b.Data)
				}
			}
		}
	}
	w.t.Fatalf("there is no button %q in:\n%s", text, w.transcript(person))
	return ""
}

func (w *world) pressData(person, message int64, data string) (toast string) {
	w.t.Helper()
	id := w.sandbox.Press(person, person, message, data)
	w.settle()
	for _, call := range w.sandbox.Calls() {
		if call.Method == "answerCallbackQuery" && call.Params["callback_query_id"] == id {
			toast = call.Params["text"]
		}
	}
	return toast
}

// vote answers the newest poll with the options of the given texts.
func (w *world) vote(person int64, texts ...string) {
	w.t.Helper()
	poll := w.poll(person)
	var chosen []int
	for _, option := range poll.Options {
		for _, text := range texts {
			if option.Text == text {
				chosen = append(chosen, option.Index)
			}
		}
	}
	if err := w.sandbox.Vote(person, poll.ID, chosen...); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// poll is the newest poll of a chat.
func (w *world) poll(chat int64) sandbox.Poll {
	w.t.Helper()
	messages := w.sandbox.Messages(chat)
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].Poll != nil {
			return *messages[i].Poll
		}
	}
	w.t.Fatal("there is no poll")
	return sandbox.Poll{}
}

// last is the newest message of a chat.
func (w *world) last(chat int64) sandbox.Message {
	w.t.Helper()
	messages := w.sandbox.Messages(chat)
	if len(messages) == 0 {
		w.t.Fatal("the chat is empty")
	}
	return messages[len(messages)-1]
}

// tick moves the clock and does what time does then.
func (w *world) tick(now time.Time) {
	w.t.Helper()
	w.at(now)
	if err := w.scheduler.Tick(w.ctx); err != nil {
		w.t.Fatal(err)
	}
}

// tx looks into the store.
func (w *world) tx(chat int64, f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	err := w.bot.Store.WithChat(w.ctx, store.Person(chat), w.Now(), func(tx *store.Tx) error { return f(w.ctx, tx) })
	if err != nil {
		w.t.Fatal(err)
	}
}

// transcript is what the chat shows since it was asked last: new messages, and
// those that were changed.
func (w *world) transcript(chat int64) string {
	shown := w.shown[chat]
	if shown == nil {
		shown = map[int64]string{}
		w.shown[chat] = shown
	}
	var b strings.Builder
	for _, m := range w.sandbox.Messages(chat) {
		text := w.format(m)
		before, known := shown[m.ID]
		if before == text {
			continue
		}
		shown[m.ID] = text
		body, buttons, _ := strings.Cut(text, buttonMark)
		switch oldBody, _, _ := strings.Cut(before, buttonMark); {
		case known && oldBody == body:
			b.WriteString("(new buttons)\n" + buttons + "\n")
			continue
		case known:
			b.WriteString("(changed)\n")
		}
		b.WriteString(body + buttons + "\n")
	}
	return b.String()
}

// buttonMark stands between a message and its buttons.
const buttonMark = "\x00"

// format is a message as a golden shows it.
func (w *world) format(m sandbox.Message) string {
	if !m.From.Bot {
		return "> " + m.Text + "\n" + buttonMark
	}
	var b strings.Builder
	if m.Photo != nil {
		b.WriteString("PHOTO\n" + html.UnescapeString(m.CaptionHTML) + "\n")
	} else if m.Document != nil {
		b.WriteString("FILE " + m.Document.Name + "\n" + html.UnescapeString(m.HTML) + "\n")
	} else if m.Poll != nil {
		fmt.Fprintf(&b, "POLL %s\n", m.Poll.Question)
		if m.Poll.DescriptionHTML != "" {
			b.WriteString(m.Poll.DescriptionHTML + "\n")
		}
		for _, option := range m.Poll.Options {
			mark := "( )"
			for _, right := range m.Poll.Right {
				if right == option.Index {
					mark = "(x)"
				}
			}
			fmt.Fprintf(&b, "%s %s\n", mark, option.Text)
		}
		if m.Poll.Explanation != "" {
			b.WriteString("! " + m.Poll.Explanation + "\n")
		}
	} else {
		b.WriteString(html.UnescapeString(m.HTML) + "\n")
	}
	b.WriteString(buttonMark)
	for _, row := range m.Keyboard {
		for i, button := range row {
			b.WriteString(strings.Repeat(" ", min(i, 1)) + "[" + button.Text + "]")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// raw makes JSON of what a test injects.
func raw(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}
