package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// operated is a world that Aziza and Emma run, each in her own language.
func operated(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.bot.Admins = []int64{aziza, emma, 999} // the last one never came
	w.script(aziza, "uz", []string{"/start", "[language.name]", "[short-road]", "[09:00]"})
	w.script(emma, "en", []string{"/start", "[language.name]", "[short-road]", "[09:00]"})
	return w
}

// got is the newest message with feedback in an administrator's chat.
func (w *world) got(admin int64) sandbox.Message {
	w.t.Helper()
	messages := w.sandbox.Messages(admin)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, row := range messages[i].Keyboard {
			for _, b := range row {
				if strings.HasPrefix(b.Data, "1:feedback:") {
					return messages[i]
				}
			}
		}
	}
	w.t.Fatalf("no feedback came:\n%s", w.transcript(admin))
	return sandbox.Message{}
}

func TestFeedbackReachesThoseWhoRunTheBotAndIsAnswered(t *testing.T) {
	for _, lang := range []string{"en", "uz"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := operated(t)
			w.script(dmitriy, lang, []string{"/start", "[language.name]"})
			var b strings.Builder
			all := func(heading string) {
				fmt.Fprintf(&b, "\n======== %s\n", heading)
				for _, p := range []struct {
					name string
					id   int64
				}{{"Dmitriy", dmitriy}, {"Aziza", aziza}, {"Emma", emma}} {
					if text := w.transcript(p.id); text != "" {
						fmt.Fprintf(&b, "-------- %s\n%s", p.name, text)
					}
				}
			}
			w.say(dmitriy, "/feedback The roads are <hard> to tell apart")
			all("before the set-up is over")
			w.script(dmitriy, lang, []string{"[short-road]", "[09:00]"})
			w.say(dmitriy, "/feedback")
			w.say(dmitriy, "Loops & more: the second example prints 10, not 9. "+strings.Repeat("I tried it. ", 20))
			all("asked for the words")
			toast := w.pressData(emma, w.got(emma).ID, w.got(emma).Keyboard[0][0].Data)
			fmt.Fprintf(&b, "(toast) %s\n", toast)
			w.reply(emma, w.got(emma).ID, "Thank you! It is <mended> now.")
			all("answered")
			for range maxFeedbacks - 1 {
				w.say(dmitriy, "/feedback more")
			}
			w.transcript(dmitriy)
			w.transcript(emma)
			w.transcript(aziza)
			w.say(dmitriy, "/feedback one too many")
			all("too many")
			w.sandbox.Fail(sandbox.Fault{Method: "sendMessage", Chat: dmitriy, Kind: sandbox.Status403})
			w.reply(aziza, w.got(aziza).ID, "Rahmat!")
			all("blocked meanwhile")
			w.reply(aziza, w.got(aziza).ID, "Rahmat!")
			all("known to have blocked")
			golden(t, "feedback."+lang, b.String())
		})
	}
}

func TestTheNextDayFeedbackIsWelcomeAgain(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	for range maxFeedbacks + 2 {
		w.say(dmitriy, "/feedback again")
	}
	w.at(w.clock("+1 00:01")) // her own day begins
	w.say(dmitriy, "/feedback again")
	if got := strings.Count(w.transcript(emma), "Reply to answer"); got != maxFeedbacks+1 {
		t.Errorf("%d came", got)
	}
}

// Whatever dies when, each administrator has it, and the person one answer.
func TestFeedbackSurvivesACrash(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	said := telegram.Update{ID: 91, Message: &telegram.Message{ID: 5, Kind: "text", Text: "/feedback It hangs",
		Chat: telegram.Chat{ID: dmitriy, Type: "private"}, From: &telegram.User{ID: dmitriy, FirstName: "Dmitriy"}}}
	for range 2 { // the process dies before it answers, and Telegram repeats the update
		if _, err := w.bot.apply(w.ctx, said); err != nil {
			t.Fatal(err)
		}
	}
	w.resend()
	for name, chat := range map[string]int64{"Emma": emma, "Aziza": aziza} {
		if got := strings.Count(w.transcript(chat), "It hangs"); got != 1 {
			t.Errorf("%s has it %d times", name, got)
		}
	}
	asked := w.got(emma)
	answered := telegram.Update{ID: 92, Message: &telegram.Message{ID: 6, Kind: "text", Text: "It walks again",
		Chat: telegram.Chat{ID: emma, Type: "private"}, From: &telegram.User{ID: emma, FirstName: "Emma"},
		ReplyTo: &telegram.Message{ID: asked.ID, From: &w.bot.Me, Buttons: []string{asked.Keyboard[0][0].Data}}}}
	if _, err := w.bot.apply(w.ctx, answered); err != nil {
		t.Fatal(err)
	}
	w.resend()
	if got := strings.Count(w.transcript(dmitriy), "It walks again"); got != 1 {
		t.Errorf("the answer came %d times", got)
	}
	if text := w.last(emma).Text; text != "✅ Dmitriy has your answer." {
		t.Errorf("the administrator is told %q", text)
	}
}

// resend does what the next process does first.
func (w *world) resend() {
	w.t.Helper()
	if err := w.dispatcher.Resend(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	w.dispatcher.Wait()
}

func TestAnAdministratorWhoIsGoneKeepsFeedbackFromNobody(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	w.sandbox.Fail(sandbox.Fault{Method: "sendMessage", Chat: aziza, Kind: sandbox.Status403})
	w.say(dmitriy, "/feedback first")
	w.say(dmitriy, "/feedback second")
	if got := strings.Count(w.transcript(emma), "Reply to answer"); got != 2 {
		t.Errorf("the other administrator has %d of 2", got)
	}
}

func TestWhereNobodyReadsFeedbackIsNotOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	for _, admins := range [][]int64{nil, {aziza}} { // none, and one who cannot be reached
		w.bot.Admins = admins
		w.say(emma, "/feedback anybody there?")
		if text := w.last(emma).Text; !strings.Contains(text, "nobody reads messages here") {
			t.Errorf("with %v it is answered by %q", admins, text)
		}
		w.say(emma, "/help")
		if offered := strings.Contains(w.last(emma).Text, "/feedback"); offered != (len(admins) > 0) {
			t.Errorf("with %v the help offers it: %v", admins, offered)
		}
	}
	const group = -100200301
	w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go kechasi", Type: "supergroup", Members: []int64{emma}})
	before := w.messages(group)
	w.sandbox.Say(emma, group, "/feedback in a group")
	w.settle()
	if got := w.messages(group); got != before+1 {
		t.Errorf("in a group it is answered by %q", w.last(group).Text)
	}
}

func TestOnlyAReplyToFeedbackIsAnAnswer(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	w.say(dmitriy, "/feedback It hangs")
	before := w.messages(dmitriy)
	w.say(emma, "no answer")
	w.reply(emma, w.lesson(emma), "a note")
	w.reply(emma, w.got(emma).ID, "/today")
	data := w.got(emma).Keyboard[0][0].Data
	w.bot.Admins = []int64{aziza} // Emma runs it no more
	w.reply(emma, w.got(emma).ID, "no answer any more")
	if toast := w.pressData(emma, w.got(emma).ID, data); !strings.Contains(toast, "from long ago") {
		t.Errorf("her button says %q", toast)
	}
	if got := w.messages(dmitriy); got != before {
		t.Errorf("there came %q", w.last(dmitriy).Text)
	}
	if got := w.notes(emma); len(got) != 1 {
		t.Errorf("the notes are %q", got)
	}
}

// However long it may be, it has room in a message with what stands above it.
func TestTheLongestFeedbackFits(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	longest := strings.Repeat("<🙂>&", maxFeedback/5)
	w.say(dmitriy, "/feedback "+longest)
	if text := w.got(emma).Text; !strings.HasSuffix(text, longest) {
		t.Errorf("there came %.100q", text)
	}
	w.reply(emma, w.got(emma).ID, longest)
	if text := w.last(dmitriy).Text; !strings.Contains(text, longest) {
		t.Errorf("the answer is %.100q", text)
	}
	if text := w.last(aziza).Text; !strings.Contains(text, longest) {
		t.Errorf("the other administrator is told %.100q", text)
	}
	w.say(dmitriy, "/feedback "+longest+"x")
	w.reply(emma, w.got(emma).ID, longest+"x")
	for _, chat := range []int64{dmitriy, emma} {
		if text := w.last(chat).Text; !strings.Contains(text, "keep it under 3500 characters") {
			t.Errorf("a letter more is answered by %.100q", text)
		}
	}
}

func TestAnAnswerToWhatIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.begin(dmitriy)
	w.say(dmitriy, "/feedback It hangs")
	if _, err := w.bot.Store.Pool().ExecContext(w.ctx, `DELETE FROM feedback`); err != nil {
		t.Fatal(err)
	}
	w.reply(emma, w.got(emma).ID, "It walks again")
	if text := w.last(emma).Text; !strings.Contains(text, "can't be reached any more") {
		t.Errorf("the administrator is told %q", text)
	}
}

func FuzzFeedback(f *testing.F) {
	for _, text := range []string{"", " ", "<b>", "{{.Name}}", "'; DROP TABLE feedback; --", strings.Repeat("🙂", 2000), "ʻʼ\u0000\xff"} {
		f.Add(text)
	}
	w := operated(f)
	w.begin(dmitriy)
	f.Fuzz(func(t *testing.T, text string) {
		w.t = t
		if _, err := w.bot.Store.Pool().ExecContext(w.ctx, `DELETE FROM feedback`); err != nil { // so many a day
			t.Fatal(err)
		}
		text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "�") // as updates are read
		w.tx(dmitriy, func(ctx context.Context, tx *store.Tx) error {
			turn := &turn{bot: w.bot.view(), tx: tx, chat: tx.Chat, here: tx.Chat.Key}
			if err := turn.feedbackCommand(ctx, strings.TrimSpace(text)); err != nil {
				return err
			}
			for _, call := range turn.out {
				if html := call.Params["text"]; telegram.ValidHTML(html) != nil || telegram.Length(html) > maxMessage {
					t.Errorf("%q becomes %q", text, html)
				}
			}
			return nil
		})
	})
}
