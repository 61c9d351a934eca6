package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// begin takes a person through the set-up to the first lesson.
func (w *world) begin(person int64) {
	w.t.Helper()
	w.say(person, "/start")
	w.press(person, "English")
	w.press(person, "A short road")
	w.press(person, "09:00")
}

// messages is how many messages the chat shows.
func (w *world) messages(chat int64) int { return len(w.sandbox.Messages(chat)) }

func TestFromStartToTheFirstTopicAreThreeTaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	if last := w.last(emma); !strings.Contains(last.Text, "Stage 1 of 2 · topic 1 of 2") {
		t.Errorf("after three taps the chat shows:\n%s", last.Text)
	}
}

func TestWhoSpeaksNeitherLanguageIsGreetedInBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.say(dmitriy, "/start")
	text := w.last(dmitriy).Text
	if !strings.Contains(text, "Salom, Dmitriy!") || !strings.Contains(text, "Hi, Dmitriy!") {
		t.Errorf("the greeting is:\n%s", text)
	}
}

func TestADeepLinkGoesStraightToItsRoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.say(emma, "/start side-road")
	w.press(emma, "English")
	w.press(emma, "19:00")
	if text := w.last(emma).Text; !strings.Contains(text, "Slices\nStage 1 of 1") {
		t.Errorf("the first lesson is:\n%s", text)
	}
}

func TestADoubleTapCountsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	lesson := w.last(emma)
	done := lesson.Keyboard[0][0]
	w.sandbox.Press(emma, emma, lesson.ID, done.Data)
	toast := w.pressData(emma, lesson.ID, done.Data)
	if want := "This topic is already behind you."; toast != want {
		t.Errorf("the second tap says %q, want %q", toast, want)
	}
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		at, _, err := tx.Position(ctx, "short-road")
		if at != "slices" {
			t.Errorf("two taps on Done lead to %q", at)
		}
		return err
	})
}

func TestAnOldOrForeignButtonSaysSoKindly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	lesson := w.last(emma).ID
	for _, data := range []string{
		"", "1", "1:", "0:done:loops", "1:nonsense", "1:done:gone", "1:stage:gone", "1:topic:gone", "1:read:", "1:go:gone", "1:road:gone",
		"1:hour:9999", "1:hour:x", "1:zone:Mars/Base", "1:day:9", "1:pause:x", "1:in:never:loops", "1:lang:xx", "1:again", "\x00\xff",
	} {
		before := w.messages(emma)
		if toast := w.pressData(emma, lesson, data); toast != "This button is from long ago. /today shows where you are." {
			t.Errorf("%q is answered by %q", data, toast)
		}
		if w.messages(emma) != before {
			t.Errorf("%q brought a message:\n%s", data, w.last(emma).Text)
		}
	}
}

func TestStrangeInputIsAnsweredAsAPersonWould(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	hint := "I understand commands and buttons better than words."
	for _, c := range []struct{ text, want string }{
		{strings.Repeat("🦜", 4096), hint},
		{"/" + strings.Repeat("a", 33), hint},
		{"/remind 25:99", "I could not read that as a time."},
		{"/remind " + strings.Repeat("mon ", 500), "Your topic comes Mon at"},
		{"/pause -1", "I can pause for 1 to 90 days"},
		{"/pause 99999999999999999999", "I can pause for 1 to 90 days"},
		{"/timezone ../../etc/passwd", "I do not know \"../../etc/passwd\" as a place."},
		{"/timezone <b>x</b>", "I do not know \"<b>x</b>\" as a place."},
		{"'; DROP TABLE chats; --", hint},
		{"/start '; DROP TABLE chats; --", "A short road"},
		{"{{.Name}} <no value>", hint},
		{"/TODAY", "Stage 1 of 2"},
		{"/today@yolchi_bot", "Stage 1 of 2"},
		{"/today@another_bot", hint},
	} {
		w.say(emma, c.text)
		if last := w.last(emma); !last.From.Bot || !strings.Contains(last.Text, c.want) {
			t.Errorf("%.40q is answered by:\n%s\nwant %q", c.text, last.Text, c.want)
		}
	}
	for _, kind := range []string{"sticker", "voice", "document", "video"} {
		w.sandbox.SendKind(emma, emma, kind)
		w.settle()
		if want := "Thank you! I can only read text and buttons, though."; w.last(emma).Text != want {
			t.Errorf("a %s is answered by:\n%s", kind, w.last(emma).Text)
		}
	}
}

func TestAnEditedMessageIsSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	id := w.sandbox.Say(emma, emma, "/today")
	w.settle()
	before := w.messages(emma)
	if err := w.sandbox.Edit(emma, emma, id, "/next"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if w.messages(emma) != before {
		t.Errorf("an edit is answered by:\n%s", w.last(emma).Text)
	}
}

func TestOnlyThePersonWhoIsAskedCanAnswerAQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.begin(dmitriy)
	w.press(emma, "❓ Quiz")
	poll := w.poll(emma)
	answer := func(user int64, options []int) {
		w.sandbox.Inject("poll_answer", raw(map[string]any{"poll_id": poll.ID, "option_ids": options,
			"user": map[string]any{"id": user, "first_name": "X"}}))
		w.settle()
	}
	quiz := func() (q store.Quiz) {
		w.tx(emma, func(ctx context.Context, tx *store.Tx) (err error) {
			q, _, err = tx.OpenQuiz(ctx, emma)
			return err
		})
		return q
	}
	for name, do := range map[string]func(){
		"a stranger who was forwarded it": func() { answer(dmitriy, []int{1}) },
		"somebody the bot never met":      func() { answer(999, []int{1}) },
		"a vote taken back":               func() { answer(emma, []int{}) },
		"an answer to a poll of another life": func() {
			w.sandbox.Inject("poll_answer", raw(map[string]any{"poll_id": "1", "option_ids": []int{1}, "user": map[string]any{"id": emma}}))
			w.settle()
		},
	} {
		do()
		if q := quiz(); q.Answered != 0 {
			t.Errorf("%s counted: %+v", name, q)
		}
	}
	answer(emma, []int{1})
	answer(emma, []int{1}) // the same answer again
	if q := quiz(); q.Answered != 1 || q.Correct != 1 {
		t.Errorf("her own answer counted as %+v", q)
	}
	w.vote(emma, "for { }", "for range s { }") // the second question ends the quiz
	before := w.messages(emma)
	answer(emma, []int{0})
	if w.messages(emma) != before {
		t.Errorf("an answer after the end brought:\n%s", w.last(emma).Text)
	}
	err := w.bot.Store.WithChat(w.ctx, store.Person(999), w.Now(), func(*store.Tx) error { return nil })
	if !errors.Is(err, store.ErrNoChat) {
		t.Errorf("a stranger's vote made a chat of them: %v", err)
	}
}

// What the tables say is what the log says, whatever was done in which order.
func TestTheTablesCanBeRebuiltFromTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.script(emma, "en", slices.Concat(
		conversations["lessons"],
		[]string{"/quiz", "vote 0", "vote 0", "vote 0 2", "/undo", "/undo", "/pause 3", "/pause 9", "@+1 10:00", "/next", "/resume", "/undo"},
		[]string{"/roadmaps", "[side-road]", "/next", "/undo", "/roadmaps", "[short-road]"},
		conversations["daily"][4:],
	))
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		log, err := tx.Log(ctx)
		if err != nil {
			return err
		}
		got := study.State{Positions: map[string]string{}}
		for _, road := range []string{"short-road", "side-road"} {
			at, enrolled, err := tx.Position(ctx, road)
			if err != nil {
				return err
			}
			if enrolled {
				got.Positions[road] = at
			}
		}
		if got.Topics, err = tx.TopicStates(ctx); err != nil {
			return err
		}
		if got.Days, err = tx.Days(ctx); err != nil {
			return err
		}
		if len(log) < 30 {
			t.Errorf("the log has only %d events", len(log))
		}
		if diff := cmp.Diff(study.Fold(log), got); diff != "" {
			t.Errorf("tables (-log +tables):\n%s", diff)
		}
		return nil
	})
}

func TestARepeatedUpdateChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	u := telegram.Update{ID: 77, Message: &telegram.Message{ID: 5, Kind: "text", Text: "/next",
		Chat: telegram.Chat{ID: emma, Type: "private"}, From: &telegram.User{ID: emma}}}
	first, err := w.bot.apply(w.ctx, u)
	if err != nil || len(first) == 0 {
		t.Fatalf("the first time: %v, %v", first, err)
	}
	again, err := w.bot.apply(w.ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("what is owed is not what was answered (-first +again):\n%s", diff)
	}
	if err := w.bot.Store.Sent(w.ctx, emma, u.ID); err != nil {
		t.Fatal(err)
	}
	if again, err = w.bot.apply(w.ctx, u); err != nil || len(again) != 0 {
		t.Errorf("after it was sent %d calls are owed, %v", len(again), err)
	}
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		at, _, err := tx.Position(ctx, "short-road")
		if at != "slices" {
			t.Errorf("one /next, handled three times, leads to %q", at)
		}
		return err
	})
}

func TestWhatADeadProcessOwedIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	u := telegram.Update{ID: 78, Message: &telegram.Message{ID: 5, Kind: "text", Text: "/progress",
		Chat: telegram.Chat{ID: emma, Type: "private"}, From: &telegram.User{ID: emma}}}
	if _, err := w.bot.apply(w.ctx, u); err != nil { // and the process dies before it answers
		t.Fatal(err)
	}
	for range 2 { // the second time nothing is owed, or it is being sent
		if err := w.dispatcher.Resend(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.dispatcher.Wait()
	if got := strings.Count(w.transcript(emma), "the road ends on"); got != 1 {
		t.Errorf("the progress was shown %d times, want once", got)
	}
}

func TestAnUpdateThatAlwaysFailsIsSetAsideAndTheChatGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	// A chat type that the schema refuses: every try fails in the database.
	w.sandbox.Inject("message", raw(map[string]any{"message_id": 1, "date": 1, "text": "/start",
		"chat": map[string]any{"id": 4711, "type": "unheard-of"}, "from": map[string]any{"id": 4711}}))
	w.say(emma, "/progress")
	if text := w.last(emma).Text; !strings.Contains(text, "the road ends on") {
		t.Errorf("the other chat is answered by:\n%s", text)
	}
	failed, err := w.bot.Store.Failed(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(failed) != 1 || failed[0].ChatID != 4711 || failed[0].Kind != "message" || failed[0].Error == "" {
		t.Errorf("set aside: %+v", failed)
	}
}

func TestABlockedBotIsSilentAndForgetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.press(emma, "✅ Done")
	w.sandbox.Block(emma)
	w.settle()
	before := len(w.sandbox.Calls())
	w.tick(w.clock("+1 09:00"))
	for _, call := range w.sandbox.Calls()[before:] {
		if call.Method == "sendMessage" {
			t.Errorf("a message to who blocked the bot: %v", call.Params)
		}
	}
	w.sandbox.Unblock(emma)
	w.settle()
	w.tick(w.clock("+1 09:00"))
	if text := w.last(emma).Text; !strings.Contains(text, "Slices\nStage 1 of 2 · topic 2 of 2") {
		t.Errorf("after the return comes:\n%s", text)
	}
}

func TestInAGroupTheBotIsBrief(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const group = -100200300
	w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go kechasi", Type: "supergroup", Members: []int64{aziza, emma}})
	for _, c := range []struct {
		text string
		want int // messages of the bot
	}{{"hello all", 0}, {"/today@another_bot", 0}, {"/undo", 0}, {"/start", 1}, {"/help@yolchi_bot", 2}} {
		w.sandbox.Say(emma, group, c.text)
		w.settle()
		got := 0
		for _, m := range w.sandbox.Messages(group) {
			if m.From.Bot && m.Kind != "service" {
				got++
			}
		}
		if got != c.want {
			t.Errorf("after %q the bot has spoken %d times, want %d", c.text, got, c.want)
		}
	}
}

// A person who presses far more than anybody can mean is asked for patience
// once, and costs nobody else anything.
func TestAFloodIsSlowedAndCostsOthersNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.begin(dmitriy)
	block := make(chan struct{})
	w.bot.Sender = gated{w.bot.Sender, emma, block}
	before := w.messages(emma)
	const presses = 120 // more than Telegram hands out at once
	for range presses {
		w.sandbox.Say(emma, emma, "/progress")
	}
	w.sandbox.Say(dmitriy, dmitriy, "/progress")
	if _, err := w.sandbox.Await(w.ctx, dmitriy, func(m []sandbox.Message) bool {
		return strings.Contains(m[len(m)-1].Text, "the road ends on")
	}); err != nil {
		t.Fatal(err)
	}
	close(block)
	w.settle()
	answers, pleas := 0, 0
	for _, m := range w.sandbox.Messages(emma)[before:] {
		switch {
		case strings.Contains(m.Text, "the road ends on"):
			answers++
		case strings.Contains(m.Text, "faster than I can walk"):
			pleas++
		}
	}
	if answers == 0 || answers > maxPerson+1 || pleas != 1 {
		t.Errorf("%d presses brought %d answers and %d pleas", presses, answers, pleas)
	}
	w.say(emma, "/progress")
	if !strings.Contains(w.last(emma).Text, "the road ends on") {
		t.Errorf("after the flood she is answered by:\n%s", w.last(emma).Text)
	}
}

// gated holds back what is sent to one chat until the gate opens.
type gated struct {
	Sender
	chat int64
	open <-chan struct{}
}

func (g gated) Send(ctx context.Context, call telegram.Call, p telegram.Priority) (telegram.Result, error) {
	if call.ChatID == g.chat {
		<-g.open
	}
	return g.Sender.Send(ctx, call, p)
}

// A group that became a supergroup while its topic was on the way gets it under
// its new id, once, and everything it had goes along.
func TestADeliveryFollowsAChatThatMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const group = -4321
	w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go kechasi", Type: "group", Members: []int64{emma}})
	_, err := w.bot.Store.Apply(w.ctx, store.Arrival{UpdateID: 1, Key: store.Person(group), Kind: "group", Now: w.Now()}, func(tx *store.Tx) ([]telegram.Call, error) {
		tx.Chat.Ready, tx.Chat.RemindOn, tx.Chat.RoadmapID, tx.Chat.Language = true, true, "short-road", "en"
		return nil, tx.Save(w.ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	moved := w.sandbox.MigrateSilently(group)
	w.tick(w.clock("+1 09:00"))
	w.sandbox.TellMigration(group, sandbox.MigratedTo, sandbox.MigratedFrom, sandbox.JoinedSupergroup)
	w.settle()
	w.tick(w.clock("09:10")) // long after the claim
	lessons := 0
	for _, m := range w.sandbox.Messages(moved) {
		if strings.Contains(m.Text, "Stage 1 of 2 · topic 1 of 2") {
			lessons++
		}
	}
	if lessons != 1 {
		t.Errorf("the moved group has its topic %d times", lessons)
	}
}
