package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// nigora is a person whose id and name stand nowhere by chance.
const nigora = 7000000501

// impersonal are the tables that know nobody: what they have is of the program,
// of groups, of counts, or of what Telegram has.
var impersonal = []string{"census", "day_figures", "goose_db_version", "leases", "moves", "pictures"}

// tables are all of the database.
func (w *world) tables() (names []string) {
	w.t.Helper()
	rows, err := w.bot.Store.Pool().QueryContext(w.ctx, `SELECT table_name FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			w.t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return names
}

// traces are how many rows of each table have the words in any of their
// columns, whatever their types: as a number, or inside of a text.
func (w *world) traces(words ...string) map[string]int {
	w.t.Helper()
	found := map[string]int{}
	for _, table := range w.tables() {
		var n int
		err := w.bot.Store.Pool().QueryRowContext(w.ctx, `SELECT count(*) FROM "`+table+`" AS t WHERE to_jsonb(t)::text ~ $1`,
			`\m(`+strings.Join(words, "|")+`)\M`).Scan(&n)
		if err != nil {
			w.t.Fatal(err)
		}
		if n > 0 {
			found[table] = n
		}
	}
	return found
}

// nothingOf fails if anything is kept about her.
func (w *world) nothingOf(when string) {
	w.t.Helper()
	if found := w.traces(fmt.Sprint(nigora), "Nigora"); len(found) > 0 {
		w.t.Errorf("%s there are rows about her: %v", when, found)
	}
}

// aFullLife lets her use everything there is, and returns the newest update
// that the bot had from her.
func (w *world) aFullLife() (newest int64) {
	w.t.Helper()
	w.sandbox.AddPerson(sandbox.Person{ID: nigora, FirstName: "Nigora", Language: "en"})
	w.begin(nigora)
	w.bot.Admins = []int64{nigora}
	w.reply(nigora, w.lesson(nigora), "A note that is mine")
	w.say(nigora, "/feedback Words of mine")
	w.say(nigora, "/broadcast")
	w.say(nigora, "News of mine")
	w.say(nigora, "/today")
	w.press(nigora, "❓ Quiz")
	w.answer(nigora, nigora, false)
	w.say(nigora, "/remind 09:30")
	w.press(nigora, "✅ Done")
	w.say(nigora, "/progress")
	w.tick(w.clock("+1 09:30"))
	w.say(nigora, "/review")

	w.sandbox.AddGroup(sandbox.Group{ID: studyGroup, Type: "supergroup", Forum: true, Title: "Go kechasi", Absent: true,
		Members: []int64{nigora, emma, dmitriy}, Admins: []int64{nigora}, Topics: []sandbox.Topic{{ID: 11, Name: "Go"}}})
	w.sandbox.Join(nigora, studyGroup, false)
	w.settle()
	w.in(nigora, studyGroup, 11, "/start")
	for _, text := range []string{"Set up", "English", "A short road", "09:00"} {
		w.pressIn(nigora, studyGroup, text)
	}
	w.tick(w.Now())
	w.pressIn(nigora, studyGroup, "✅ Done")
	w.pressIn(emma, studyGroup, "✅ Done")
	w.answer(nigora, studyGroup, true)
	w.answer(emma, studyGroup, true)

	w.sandbox.AddGroup(sandbox.Group{ID: channel, Type: "channel", Title: "Go kanali", Absent: true, Members: []int64{nigora}, Admins: []int64{nigora}})
	w.sandbox.Join(nigora, channel, true)
	w.settle()
	w.pressIn(nigora, nigora, "Set up")
	for _, text := range []string{"English", "A short road", "09:00"} {
		w.pressIn(nigora, nigora, text)
	}
	w.tick(w.Now())

	// What a process leaves that dies: replies to her and about her channel, and
	// updates that failed, of hers and of her group.
	for id, key := range map[int64]store.Key{1: store.Person(nigora), 2: {ChatID: channel}} {
		_, err := w.bot.Store.Apply(w.ctx, store.Arrival{UpdateID: id, Key: key, Now: w.Now()}, func(*store.Tx) ([]telegram.Call, error) {
			return []telegram.Call{telegram.SendMessage(nigora, "Hi, Nigora", nil)}, nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	for id, chat := range map[int64]int64{3: nigora, 4: studyGroup} {
		a := store.Arrival{UpdateID: id, Key: store.Key{ChatID: chat}, Now: w.Now()}
		if err := w.bot.Store.SetAside(w.ctx, a, "message", fmt.Errorf("chat %d: it failed", nigora)); err != nil {
			w.t.Fatal(err)
		}
	}
	err := w.bot.Store.Pool().QueryRowContext(w.ctx, `SELECT max(update_id) FROM updates WHERE chat_id = $1`, nigora).Scan(&newest)
	if err != nil {
		w.t.Fatal(err)
	}
	return newest
}

// forget lets her delete everything.
func (w *world) forget() {
	w.t.Helper()
	w.say(nigora, "/forget")
	w.press(nigora, "Delete everything")
}

func TestNothingIsLeftOfWhoWantsToBeForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	newest := w.aFullLife()
	before := w.traces(fmt.Sprint(nigora))
	for _, table := range w.tables() {
		if before[table] == 0 && !slices.Contains(impersonal, table) {
			t.Errorf("nothing about her stands in %s: let her use it, and see that /forget and /export know it", table)
		}
	}
	poll := w.poll(nigora)
	late, _, err := w.bot.Store.Plan(w.ctx, w.clock("+1 09:30"), time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	w.forget()
	w.nothingOf("afterwards")
	if last := w.last(nigora).Text; !strings.Contains(last, "Everything about you is deleted.") {
		t.Errorf("the last words are:\n%s", last)
	}

	shown := w.messages(nigora)
	for _, d := range late {
		if d.ChatID == nigora {
			if err := w.bot.Deliver(w.ctx, d, func() func() { return func() {} }); err != nil {
				t.Error(err)
			}
		}
	}
	if w.messages(nigora) != shown {
		t.Errorf("a late delivery came:\n%s", w.last(nigora).Text)
	}
	w.nothingOf("after a late delivery")
	if err := w.sandbox.Vote(nigora, poll.ID, 0); err == nil {
		w.settle()
	}
	w.nothingOf("after an answer to an old question")
	for _, m := range w.sandbox.Messages(nigora) {
		for _, row := range m.Keyboard {
			for _, b := range row {
				if b.Data != "" && !strings.HasPrefix(b.Data, "1:@") && !strings.HasPrefix(b.Data, "1:export") {
					w.pressData(nigora, m.ID, b.Data)
				}
			}
		}
	}
	w.nothingOf("after all old buttons")
	for _, text := range []string{"Thank you!", "/today", "/help", "/privacy", "/export", "/settings", "/start forget"} {
		w.say(nigora, text)
	}
	w.sandbox.SendKind(nigora, nigora, "sticker")
	w.settle()
	w.nothingOf("after what was said")
	w.sandbox.Block(nigora)
	w.sandbox.Unblock(nigora)
	w.settle()
	w.nothingOf("after the bot was blocked and let in again")
	again := telegram.Update{ID: newest, Message: &telegram.Message{ID: 1, Text: "/start", Kind: "text",
		Chat: telegram.Chat{ID: nigora, Type: "private", FirstName: "Nigora"}, From: &telegram.User{ID: nigora, FirstName: "Nigora"}}}
	if calls, err := w.bot.apply(w.ctx, again); len(calls) > 0 || err != nil {
		t.Errorf("an update that Telegram repeats brought %v, %v", calls, err)
	}
	w.nothingOf("after an old update was repeated")

	w.say(nigora, "/start")
	if found := w.traces(fmt.Sprint(nigora)); found["chats"] != 1 || found["events"]+found["cards"] > 0 {
		t.Errorf("a fresh start has %v", found)
	}
}

func TestGroupsAndChannelsGoOnWithoutWhoIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.aFullLife()
	posts := func() int { return w.messages(studyGroup) + w.messages(channel) }
	w.forget()
	w.in(emma, studyGroup, 11, "/top")
	if board := w.last(studyGroup).Text; strings.Contains(board, "Nigora") || !strings.Contains(board, "Emma") {
		t.Errorf("the board is:\n%s", board)
	}
	before := posts()
	w.tick(w.clock("+1 09:00"))
	if posts() < before+4 { // a lesson and a question each
		t.Errorf("%d posts came in the group and the channel", posts()-before)
	}
	w.nothingOf("on the next day")
	if rebuilt, err := w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil); err != nil || rebuilt.Differences != 0 {
		t.Errorf("tables and logs differ: %+v, %v", rebuilt, err)
	}
	w.pressIn(nigora, studyGroup, "✅ Done")
	if found := w.traces(fmt.Sprint(nigora)); found["members"] != 1 || found["marks"] != 1 {
		t.Errorf("who takes part again has %v", found)
	}
}

func TestWhoOnlyTookPartInAGroupCanBeForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sandbox.AddPerson(sandbox.Person{ID: nigora, FirstName: "Nigora", Language: "en"})
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup", Members: []int64{aziza, nigora}})
	w.setUp(studyGroup, "en", "English")
	w.pressIn(nigora, studyGroup, "✅ Done")
	w.answer(nigora, studyGroup, true)
	w.in(nigora, studyGroup, 0, "/forget")
	link := w.last(studyGroup).Keyboard[0][0].URL
	if !strings.HasSuffix(link, "?start=forget") {
		t.Fatalf("in the group the button leads to %q", link)
	}
	w.say(nigora, "/start forget")
	w.press(nigora, "Delete everything")
	w.nothingOf("afterwards")
}

func TestWhoHidTheirNameAndNothingElseCanBeForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sandbox.AddPerson(sandbox.Person{ID: nigora, FirstName: "Nigora", Language: "en"})
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup", Members: []int64{aziza, nigora}})
	w.setUp(studyGroup, "en", "English")
	w.in(nigora, studyGroup, 0, "/hide") // they have no chat of their own
	w.say(nigora, "/forget")
	w.press(nigora, "Delete everything")
	w.nothingOf("afterwards")
}

func TestNothingIsDeletedWithoutAYes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.aFullLife()
	before := w.traces(fmt.Sprint(nigora))
	w.say(nigora, "/forget")
	w.press(nigora, "Keep it")
	after := w.traces(fmt.Sprint(nigora))
	for _, grown := range []string{"updates", "owed"} {
		delete(before, grown)
		delete(after, grown)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}

// Somebody answers in a group at the very moment at which they are forgotten:
// it is all there, or nothing is.
func TestWhatIsCountedDuringForgettingIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.aFullLife()
	for round := range int64(15) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			u := telegram.Update{ID: 880000 + round, Callback: &telegram.Callback{ID: "1", Data: "1:gdone:slices",
				From:    telegram.User{ID: nigora, FirstName: "Nigora"},
				Message: &telegram.Message{ID: 1, ThreadID: 11, IsTopic: true, Chat: telegram.Chat{ID: studyGroup, Type: "supergroup"}}}}
			for {
				if _, err := w.bot.apply(w.ctx, u); err == nil {
					return
				} else if !store.Unavailable(err) {
					t.Error(err)
					return
				}
			}
		}()
		for {
			_, err := w.bot.Store.Apply(w.ctx, store.Arrival{UpdateID: 890000 + round, Key: store.Person(nigora), Kind: "private", Fleeting: true, Now: w.Now()},
				func(tx *store.Tx) ([]telegram.Call, error) { return nil, tx.Forget(w.ctx) })
			if err == nil {
				break
			}
			if !store.Unavailable(err) {
				t.Fatal(err)
			}
		}
		<-done
		found := w.traces(fmt.Sprint(nigora))
		delete(found, "owed") // of the press
		whole := []string{"chats", "events", "marks", "members", "study_days", "topic_states"}
		if names := slices.Sorted(maps.Keys(found)); len(names) > 0 && !slices.Equal(names, whole) {
			t.Fatalf("round %d left %v", round, found)
		}
	}
	if rebuilt, err := w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil); err != nil || rebuilt.Differences != 0 {
		t.Errorf("tables and logs differ: %+v, %v", rebuilt, err)
	}
}

// Exactly once holds for the deletion, too: repeated, it owes only its answer.
func TestForgettingTwiceSaysGoodbyeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.aFullLife()
	u := telegram.Update{ID: 870000, Callback: &telegram.Callback{ID: "1", Data: "1:forget:yes", From: telegram.User{ID: nigora},
		Message: &telegram.Message{ID: 1, Chat: telegram.Chat{ID: nigora, Type: "private"}}}}
	first, err := w.bot.apply(w.ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.bot.apply(w.ctx, u)
	if diff := cmp.Diff(first, second); diff != "" || err != nil || len(first) == 0 {
		t.Errorf("again it owes %v: %s", err, diff)
	}
	if err := w.bot.Store.Sent(w.ctx, nigora, u.ID); err != nil {
		t.Fatal(err)
	}
	if third, err := w.bot.apply(w.ctx, u); len(third) > 0 || err != nil {
		t.Errorf("once it was said it owes %v, %v", third, err)
	}
	w.nothingOf("afterwards")
}

// A picture with somebody's name is not kept for others.
func TestAPictureWithANameIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.press(emma, "✅ Done")
	w.say(emma, "/next")
	w.say(emma, "/next")
	var kept int
	if err := w.bot.Store.Pool().QueryRowContext(context.Background(), `SELECT count(*) FROM pictures`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if uploads, _ := w.photos(); uploads == 0 || kept != 0 {
		t.Errorf("of %d cards %d are kept", uploads, kept)
	}
}
