package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"yolchi/internal/locale"
	"yolchi/internal/sandbox"
	"yolchi/internal/store"
)

const (
	studyGroup = -1001
	channel    = -1002
)

// group makes a group with Aziza as its creator; the bot is not in it yet.
func (w *world) group(g sandbox.Group) {
	g.Title, g.Absent = "Go kechasi", true
	if g.Members == nil {
		g.Members = []int64{aziza, emma, dmitriy}
	}
	g.Admins = []int64{aziza}
	w.sandbox.AddGroup(g)
	w.transcript(g.ID) // how the group came to be is the sandbox's own story
}

// in says something in a group, or in one of its threads.
func (w *world) in(person, group, thread int64, text string) {
	w.t.Helper()
	if _, err := w.sandbox.Post(sandbox.Post{Person: person, Chat: group, Thread: thread, Text: text}); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// pressIn taps the newest button of a chat whose text begins so.
func (w *world) pressIn(person, chat int64, text string) (toast string) {
	w.t.Helper()
	messages := w.sandbox.Messages(chat)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, row := range messages[i].Keyboard {
			for _, b := range row {
				if strings.HasPrefix(b.Text, text) {
					id := w.sandbox.Press(person, chat, messages[i].ID, b.Data)
					w.settle()
					return w.toast(id)
				}
			}
		}
	}
	w.t.Fatalf("there is no button %q in:\n%s", text, w.transcript(chat))
	return ""
}

func (w *world) toast(callback string) (text string) {
	for _, call := range w.sandbox.Calls() {
		if call.Method == "answerCallbackQuery" && call.Params["callback_query_id"] == callback {
			text = call.Params["text"]
		}
	}
	return text
}

// setUp lets Aziza add the bot and set it up, in one of the languages or both.
func (w *world) setUp(group int64, lang, language string) {
	w.t.Helper()
	w.sandbox.Join(aziza, group, false)
	w.settle()
	w.pressIn(aziza, group, w.label("uz", "button.setup"))
	w.pressIn(aziza, group, language)
	w.pressIn(aziza, group, map[string]string{"en": "A short road", "uz": "Qisqa yoʻl"}[lang])
	w.pressIn(aziza, group, "09:00")
	w.tick(w.Now())
	w.settle()
}

// answer lets somebody vote for the n-th option of the newest poll, in the
// order of the bot: right or not.
func (w *world) answer(person, chat int64, right bool) {
	w.t.Helper()
	poll := w.poll(chat)
	chosen := poll.Right
	if !right {
		chosen = []int{(poll.Right[0] + 1) % len(poll.Options)}
	}
	if err := w.sandbox.Vote(person, poll.ID, chosen...); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

func TestScreensInAGroup(t *testing.T) {
	for _, c := range []struct{ name, lang, language string }{
		{"group.en", locale.English, "English"}, {"group.uz", locale.Uzbek, "Oʻzbekcha"}, {"group.both", locale.Uzbek, "Oʻzbekcha + English"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var b strings.Builder
			show := func(heading string) {
				fmt.Fprintf(&b, "\n======== %s\n%s", heading, w.transcript(studyGroup))
			}
			w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
			w.sandbox.Join(aziza, studyGroup, false)
			w.settle()
			show("the bot is added")
			toast := w.pressIn(emma, studyGroup, w.label("uz", "button.setup"))
			fmt.Fprintf(&b, "(toast for a member) %s\n", toast)
			w.pressIn(aziza, studyGroup, w.label("uz", "button.setup"))
			show("set up: the language")
			w.pressIn(aziza, studyGroup, c.language)
			show("the roadmap")
			w.pressIn(aziza, studyGroup, map[string]string{"en": "A short road", "uz": "Qisqa yoʻl"}[c.lang])
			show("the hour")
			w.pressIn(aziza, studyGroup, "09:00")
			show("set up")
			w.tick(w.Now())
			show("the first topic")
			fmt.Fprintf(&b, "(toast) %s\n", w.pressIn(emma, studyGroup, w.label(c.lang, "button.done")))
			fmt.Fprintf(&b, "(toast) %s\n", w.pressIn(emma, studyGroup, w.label(c.lang, "button.done")))
			w.answer(emma, studyGroup, true)
			w.answer(dmitriy, studyGroup, false)
			show("done once, answered twice")
			for _, command := range []string{"/top", "/hide", "/top", "/today", "/roadmap", "/progress", "/settings", "/help", "/forget", "/next"} {
				w.in(emma, studyGroup, 0, command)
				show(command)
			}
			w.in(aziza, studyGroup, 0, "/settings@yolchi_bot")
			w.pressIn(aziza, studyGroup, w.label(c.lang, "button.pace"))
			show("the pace")
			w.pressIn(aziza, studyGroup, "3")
			show("three members")
			w.in(aziza, studyGroup, 0, "/quiz")
			show("a round")
			for range roundQuestions {
				if w.sandbox.Messages(studyGroup)[len(w.sandbox.Messages(studyGroup))-1].Poll == nil {
					break
				}
				w.answer(emma, studyGroup, true)
				w.at(w.Now().Add(roundOpen))
				w.sandbox.ClockMoved()
				w.settle()
			}
			show("the round is over")
			w.tick(w.clock("+2 09:00")) // Sunday, the last study day of the week
			show("Sunday")
			w.tick(w.clock("20:00"))
			show("the week")
			golden(t, c.name, b.String())
		})
	}
}

// What somebody does in a group is theirs: it counts in their own chat.
func TestWhatOneDoesInAGroupCountsInOnesOwnChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	w.pressIn(emma, studyGroup, "✅ Done")
	w.answer(emma, studyGroup, true)
	w.pressIn(dmitriy, studyGroup, "✅ Done") // who never spoke to the bot
	w.say(emma, "/today")
	if text := w.last(emma).Text; !strings.Contains(text, "topic 2 of 2") {
		t.Errorf("after the group's topic she is at:\n%s", text)
	}
	before := w.messages(dmitriy)
	w.tick(w.clock("+1 09:00"))
	if w.messages(dmitriy) != before {
		t.Error("somebody who never spoke to the bot was written to")
	}
	w.begin(dmitriy)
	w.tx(dmitriy, func(ctx context.Context, tx *store.Tx) error {
		states, err := tx.TopicStates(ctx)
		if !states["loops"].Closed() {
			t.Errorf("what he did in the group is forgotten: %v", states)
		}
		return err
	})
}

// crowd sets the group up with n people beside Aziza.
func (w *world) crowd(n int64) (people []int64) {
	w.t.Helper()
	for id := int64(1000); id < 1000+n; id++ {
		w.sandbox.AddPerson(sandbox.Person{ID: id, FirstName: fmt.Sprint("P", id)})
		people = append(people, id)
	}
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup", Members: append([]int64{aziza}, people...)})
	w.setUp(studyGroup, "en", "English")
	return people
}

func TestTheButtonCountsWithoutFloodingTheGroup(t *testing.T) {
	t.Parallel()
	const people = 40
	w := newWorld(t)
	members := w.crowd(people)
	var lesson sandbox.Message
	for _, m := range w.sandbox.Messages(studyGroup) {
		if len(m.Keyboard) > 0 && strings.HasPrefix(m.Keyboard[0][0].Text, "✅ Done") {
			lesson = m
		}
	}
	data := lesson.Keyboard[0][0].Data
	w.dispatcher.mu.Lock()
	w.dispatcher.labelPause = 2 * time.Second // far longer than a press takes
	w.dispatcher.mu.Unlock()
	for _, id := range members {
		w.sandbox.Press(id, studyGroup, lesson.ID, data)
	}
	_, err := w.sandbox.Await(w.ctx, studyGroup, func(messages []sandbox.Message) bool {
		for _, m := range messages {
			if m.ID == lesson.ID {
				return m.Keyboard[0][0].Text == fmt.Sprintf("✅ Done · %d", people)
			}
		}
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	w.settle()
	edits := 0
	for _, call := range w.sandbox.Calls() {
		if call.Method == "editMessageReplyMarkup" && call.Chat == studyGroup {
			edits++
		}
	}
	if edits > people/2 {
		t.Errorf("%d presses made %d edits", people, edits)
	}
}

func TestOnlyAdministratorsDecideInAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	w.in(aziza, studyGroup, 0, "/settings")
	for _, text := range []string{"Other roads", "Time", "Days", "Pace", "Rest", "Language", "Next topic"} {
		if toast := w.pressIn(emma, studyGroup, text); !strings.Contains(toast, "Only administrators") {
			t.Errorf("a member pressed %q and read %q", text, toast)
		}
	}
	asked := 0
	for _, call := range w.sandbox.Calls() {
		if call.Method == "getChatMember" && call.Params["user_id"] == fmt.Sprint(emma) {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("Telegram was asked %d times about one person within a minute", asked)
	}
	w.sandbox.Fail(sandbox.Fault{Method: "getChatMember", Kind: sandbox.Status500, Times: 1})
	if toast := w.pressIn(dmitriy, studyGroup, "Days"); !strings.Contains(toast, "try again in a minute") {
		t.Errorf("when Telegram does not say, one reads %q", toast)
	}
}

func TestAGroupThatShutsTheBotOutLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	w.sandbox.Kick(aziza, studyGroup)
	w.settle()
	before := w.messages(studyGroup)
	w.tick(w.clock("+1 09:00"))
	if n := w.messages(studyGroup); n != before {
		t.Errorf("it was written to, %d messages", n-before)
	}
	w.sandbox.Join(aziza, studyGroup, false)
	w.settle()
	if text := w.last(studyGroup).Text; !strings.Contains(text, "We go on where we stopped: tomorrow at 09:00") {
		t.Errorf("added again it says:\n%s", text)
	}
	w.tick(w.clock("+1 09:00"))
	if !strings.Contains(w.transcript(studyGroup), "topic 2 of 2") {
		t.Error("it does not go on with the second topic")
	}
}

func TestAnAnonymousAdministratorSetsTheGroupUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup", Anonymous: []int64{aziza}})
	w.sandbox.Join(aziza, studyGroup, true) // only to an administrator Telegram tells who hides
	w.settle()
	for _, text := range []string{"Sozlash", "English", "A short road", "09:00"} {
		w.pressIn(aziza, studyGroup, text)
	}
	if _, err := w.sandbox.Post(sandbox.Post{Person: aziza, Chat: studyGroup, Text: "/settings", Anonymous: true}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if text := w.last(studyGroup).Text; !strings.Contains(text, "Settings") {
		t.Errorf("in the group's own name one reads:\n%s", text)
	}
}

func TestDeepLinksLeadToALessonAndAQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.say(emma, "/start t_slices")
	if text := w.last(emma).Text; !strings.Contains(text, "Slices") {
		t.Errorf("the lesson's link shows:\n%s", text)
	}
	question := w.bot.view().Library.Topics()[0].Questions[0]
	w.say(emma, "/start "+questionLink(question.ID))
	if poll := w.poll(emma); poll.Question == "" {
		t.Error("the question's link shows no question")
	}
	for _, topic := range w.bot.view().Library.Topics() {
		for _, q := range topic.Questions {
			if questionOf(questionLink(q.ID)) != q.ID {
				t.Errorf("%s does not survive its link", q.ID)
			}
		}
	}
}

// However much is typed in a group, Telegram's 20 messages a minute are enough.
func TestAGroupThatTypesMuchIsAnsweredLittle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	before := w.messages(studyGroup)
	gate := make(chan struct{})
	w.bot.Sender = gated{w.bot.Sender, studyGroup, gate}
	const typed = 60
	for range typed {
		w.sandbox.Say(emma, studyGroup, "/today")
	}
	if err := w.sandbox.Wait(w.ctx, func() bool { return w.sandbox.Pending() == 0 }); err != nil {
		t.Fatal(err)
	}
	close(gate)
	w.settle()
	if answers := w.messages(studyGroup) - before - typed; answers < 1 || answers > maxTalk+2 {
		t.Errorf("%d commands brought %d answers", typed, answers)
	}
}

// A group moves on with the calendar, when so many are done, or when an
// administrator says so.
func TestAGroupMovesOnAsItsAdministratorsChose(t *testing.T) {
	for _, c := range []struct {
		name, pace string
		between    func(w *world)
		moved      bool
	}{
		{"calendar", "A new topic each study day", nil, true},
		{"nobody is done", "1", nil, false},
		{"one is done", "1", func(w *world) { w.pressIn(emma, studyGroup, "✅ Done") }, true},
		{"one of three is done", "3", func(w *world) { w.pressIn(emma, studyGroup, "✅ Done") }, false},
		{"the administrator says nothing", "The next topic when", nil, false},
		{"the administrator says next", "The next topic when", func(w *world) { w.in(aziza, studyGroup, 0, "/next") }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
			w.setUp(studyGroup, "en", "English")
			w.in(aziza, studyGroup, 0, "/settings")
			w.pressIn(aziza, studyGroup, "Pace")
			w.pressIn(aziza, studyGroup, c.pace)
			if c.between != nil {
				c.between(w)
			}
			w.transcript(studyGroup)
			w.tick(w.clock("+1 09:00"))
			if moved := strings.Contains(w.transcript(studyGroup), "topic 2 of 2"); moved != c.moved {
				t.Errorf("the second day brings the second topic: %v, want %v", moved, c.moved)
			}
		})
	}
}
