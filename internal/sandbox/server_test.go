package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token   = "4242:test"
	aziza   = int64(1) // has started the bot
	bobur   = int64(2) // has not
	group   = int64(-5)
	super   = int64(-1007)
	forum   = int64(-1008)
	channel = int64(-1009)
)

// world is a server with people, and a client that speaks to it.
type world struct {
	*Server
	t    *testing.T
	url  string
	now  time.Time
	http *http.Client
}

func newWorld(t *testing.T, cfg Config) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	cfg.Token = token
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return w.now }
	}
	w.Server = New(cfg)
	w.AddPerson(Person{ID: aziza, FirstName: "Aziza", Language: "uz", Started: true})
	w.AddPerson(Person{ID: bobur, FirstName: "Bobur", Language: "uz"})
	both := []int64{aziza, bobur}
	w.AddGroup(Group{ID: group, Title: "Guruh", Type: "group", Members: both, Admins: []int64{aziza}})
	w.AddGroup(Group{ID: super, Title: "Katta", Type: "supergroup", Members: both, Admins: []int64{aziza}, BotAdmin: true})
	w.AddGroup(Group{ID: forum, Title: "Forum", Type: "supergroup", Forum: true, Members: both, Topics: []Topic{{ID: 7, Name: "Go"}}})
	w.AddGroup(Group{ID: channel, Title: "Kanal", Type: "channel", Username: "kanal", Admins: []int64{aziza}, BotAdmin: true})
	srv := httptest.NewServer(w.Handler())
	w.url, w.http = srv.URL, srv.Client()
	t.Cleanup(func() {
		w.Close()
		srv.Close()
	})
	return w
}

// answer is the envelope of the Bot API.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  parameters      `json:"parameters"`
}

// call calls a method with "key=value" parameters.
func (w *world) call(method string, pairs ...string) answer {
	w.t.Helper()
	form := url.Values{}
	for _, p := range pairs {
		k, v, _ := strings.Cut(p, "=")
		form.Set(k, v)
	}
	a, err := w.try(context.Background(), method, form)
	if err != nil {
		w.t.Fatalf("%s: %v", method, err)
	}
	return a
}

func (w *world) try(ctx context.Context, method string, form url.Values) (answer, error) {
	var a answer
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/bot"+token+"/"+method, strings.NewReader(form.Encode()))
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := w.http.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	return a, json.NewDecoder(resp.Body).Decode(&a)
}

// ok calls a method that must succeed and decodes its result.
func (w *world) ok(out any, method string, pairs ...string) {
	w.t.Helper()
	a := w.call(method, pairs...)
	if !a.OK {
		w.t.Fatalf("%s %q: %d %s", method, pairs, a.Code, a.Description)
	}
	if out != nil {
		if err := json.Unmarshal(a.Result, out); err != nil {
			w.t.Fatalf("%s: %v in %s", method, err, a.Result)
		}
	}
}

func (w *world) updates(pairs ...string) []map[string]json.RawMessage {
	w.t.Helper()
	var out []map[string]json.RawMessage
	w.ok(&out, "getUpdates", pairs...)
	return out
}

func TestTheRealLibraryTalksToTheServer(t *testing.T) {
	w := newWorld(t, Config{})
	bot, err := tgbotapi.NewBotAPIWithClient(token, w.url+"/bot%s/%s", w.http)
	if err != nil {
		t.Fatal(err)
	}
	if bot.Self.UserName != BotUsername || bot.Self.ID != 4242 {
		t.Errorf("getMe gave %+v", bot.Self)
	}
	w.Say(aziza, aziza, "/start salom")
	ups, err := bot.GetUpdates(tgbotapi.UpdateConfig{Timeout: 5})
	if err != nil || len(ups) != 1 {
		t.Fatalf("updates %v, error %v", ups, err)
	}
	m := ups[0].Message
	if m.Command() != "start" || m.CommandArguments() != "salom" || m.From.LanguageCode != "uz" || !m.Chat.IsPrivate() {
		t.Errorf("the library understood %+v", m)
	}

	out := tgbotapi.NewMessage(aziza, "Salom, <b>Aziza</b>!")
	out.ParseMode = "HTML"
	out.ReplyMarkup = tgbotapi.NewInlineKeyboardMarkup(tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData("Ha", "yes")))
	sent, err := bot.Send(out)
	if err != nil {
		t.Fatal(err)
	}
	if sent.Text != "Salom, Aziza!" || sent.Entities[0].Type != "bold" {
		t.Errorf("sent %+v", sent)
	}
	w.Press(aziza, aziza, int64(sent.MessageID), "yes")
	ups, err = bot.GetUpdates(tgbotapi.UpdateConfig{Offset: ups[0].UpdateID + 1, Timeout: 5})
	if err != nil || len(ups) != 1 || ups[0].CallbackQuery.Data != "yes" {
		t.Fatalf("updates %+v, error %v", ups, err)
	}
	if _, err := bot.Request(tgbotapi.NewCallback(ups[0].CallbackQuery.ID, "Rahmat")); err != nil {
		t.Error(err)
	}
	poll := tgbotapi.NewPoll(aziza, "2+2?", "3", "4")
	poll.Type, poll.CorrectOptionID, poll.IsAnonymous = "quiz", 1, false
	if sent, err = bot.Send(poll); err != nil || sent.Poll.Type != "quiz" {
		t.Fatalf("%+v %v", sent, err)
	}
	if err := w.Vote(aziza, sent.Poll.ID, 1); err != nil {
		t.Error(err)
	}
	ups, err = bot.GetUpdates(tgbotapi.UpdateConfig{Offset: ups[0].UpdateID + 1, Timeout: 5})
	if err != nil || len(ups) != 1 || ups[0].PollAnswer.OptionIDs[0] != 1 {
		t.Fatalf("updates %+v, error %v", ups, err)
	}
	stopped, err := bot.StopPoll(tgbotapi.NewStopPoll(aziza, sent.MessageID))
	if err != nil || !stopped.IsClosed || stopped.TotalVoterCount != 1 {
		t.Errorf("%+v %v", stopped, err)
	}
	photo, err := bot.Send(tgbotapi.NewPhoto(aziza, tgbotapi.FileBytes{Name: "a.png", Bytes: onePixel(t)}))
	if err != nil || len(photo.Photo) != 1 {
		t.Errorf("%+v %v", photo, err)
	}
	if got := w.Messages(aziza); len(got) != 4 || got[3].Photo == nil {
		t.Errorf("the chat shows %+v", got)
	}
}
