package bot

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/telegram"
)

// files are the newest documents in a chat, by name.
func (w *world) files(chat int64) map[string][]byte {
	files := map[string][]byte{}
	for _, m := range w.sandbox.Messages(chat) {
		if m.Document != nil {
			files[m.Document.Name] = w.sandbox.File(m.Document.Path)
		}
	}
	return files
}

// Every row about a person stands in their export, the log in both files.
func TestAnExportHasEverythingThatIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.aFullLife()
	kept := w.traces(fmt.Sprint(nigora))
	w.say(nigora, "/export")
	files := w.files(nigora)
	var document map[string]json.RawMessage
	if err := json.Unmarshal(files[exportJSON], &document); err != nil {
		t.Fatalf("%v in:\n%s", err, files[exportJSON])
	}
	lists := map[string][]string{ // of each table
		"broadcasts": {"broadcasts"}, "cards": {"cards"}, "chats": {"chats", "channels"}, "deliveries": {"deliveries"}, "enrollments": {"enrollments"}, "events": {"events"},
		"failed_updates": {"failed"}, "feedback": {"feedback"}, "marks": {"marks"}, "members": {"memberships"}, "notes": {"notes"}, "polls": {"polls"},
		"quizzes": {"quizzes"}, "study_days": {"days"}, "topic_states": {"topics"}, "updates": {"updates"}, "votes": {"votes"},
	}
	kept["updates"]++        // the wish itself
	kept["failed_updates"]-- // the group's own
	delete(kept, "owed")     // on its way to them
	for table, rows := range kept {
		n := 0
		for _, name := range lists[table] {
			var list []map[string]any
			if err := json.Unmarshal(document[name], &list); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			n += len(list)
		}
		if n != rows {
			t.Errorf("of %d rows in %s the document has %d", rows, table, n)
		}
	}
	for _, want := range []string{`"A note that is mine"`, `"person": 7000000501`, `"format": 1`, `"left_out": {}`, `"name":"Nigora"`} {
		if !strings.Contains(string(files[exportJSON]), want) {
			t.Errorf("%s is not in the document", want)
		}
	}
	lines, err := csv.NewReader(strings.NewReader(string(files[exportCSV]))).ReadAll()
	if err != nil || len(lines) != kept["events"]+1 {
		t.Fatalf("the table has %d lines, want %d and a heading: %v", len(lines), kept["events"], err)
	}
	if diff := cmp.Diff([]string{"2026-11-20T04:00:00Z", "2026-11-20", "answered", fmt.Sprint(nigora), "short-road", "loops", "loops/how-often", "false"},
		lines[slices.IndexFunc(lines, func(line []string) bool { return line[2] == "answered" })]); diff != "" {
		t.Error(diff)
	}
}

// Who asks for the files and deletes everything in the same moment has them.
func TestAnExportIsMadeBeforeEverythingIsDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.aFullLife()
	w.say(nigora, "/forget")
	ask := w.last(nigora)
	w.sandbox.Press(nigora, nigora, ask.ID, ask.Keyboard[0][0].Data)
	w.sandbox.Press(nigora, nigora, ask.ID, ask.Keyboard[1][0].Data)
	w.settle()
	if files := w.files(nigora); !strings.Contains(string(files[exportJSON]), "A note that is mine") || !strings.Contains(string(files[exportCSV]), "answered") {
		t.Errorf("the files are:\n%s\n%s", files[exportJSON], files[exportCSV])
	}
	w.nothingOf("afterwards")
}

func TestAFileThatTelegramDoesNotTakeIsExcused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := &fileless{}
	b := &Bot{Store: w.bot.Store, Texts: w.bot.Texts, Sender: sent, Now: w.Now, Log: w.bot.Log}
	call := telegram.SendDocument(emma, "caption").WithRef(exported{emma, exportCSV, "en"})
	if _, err := b.transmit(w.ctx, call, telegram.People); err != nil {
		t.Fatal(err)
	}
	if last := sent.calls[len(sent.calls)-1]; !strings.Contains(last.Params["text"], "Please send /export again") {
		t.Errorf("instead came %+v", last)
	}
}

// fileless is a Telegram that takes no files.
type fileless struct{ calls []telegram.Call }

func (f *fileless) Send(_ context.Context, call telegram.Call, _ telegram.Priority) (telegram.Result, error) {
	f.calls = append(f.calls, call)
	if call.IsDocument() {
		return telegram.Result{}, &telegram.Error{Kind: telegram.Bad, Method: call.Method}
	}
	return telegram.Result{}, nil
}

// Who asks again while the files are on their way gets them once.
func TestWhoIsToGetAnExportGetsItOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	before := w.messages(emma)
	gate := make(chan struct{})
	w.bot.Sender = gated{w.bot.Sender, emma, gate}
	const wishes = 3
	for range wishes {
		w.sandbox.Say(emma, emma, "/export")
	}
	if err := w.sandbox.Wait(w.ctx, func() bool { return w.sandbox.Pending() == 0 }); err != nil {
		t.Fatal(err)
	}
	close(gate)
	w.settle()
	if n := w.messages(emma) - before - wishes; n != 2 || len(w.files(emma)) != 2 {
		t.Errorf("three wishes brought %d messages:\n%s", n, w.transcript(emma))
	}
	before = w.messages(emma)
	w.say(emma, "/export")
	if n := w.messages(emma) - before - 1; n != 2 {
		t.Errorf("after the files came, one more wish brought %d messages", n)
	}
}

// Who waits for the export of somebody else gives up when the program ends, and
// is still owed theirs.
func TestWaitingToMakeAnExportEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.bot.exporting.enter(w.ctx); err != nil {
		t.Fatal(err)
	}
	defer w.bot.exporting.leave()
	ended, end := context.WithCancel(w.ctx)
	end()
	call := telegram.SendDocument(emma, "caption").WithRef(exported{emma, exportJSON, "en"})
	if _, err := w.bot.transmit(ended, call, telegram.People); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

// While a slow network takes a file, those of others are made.
func TestAFileOnItsWayHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := &uploading{begun: make(chan struct{}, 2), end: make(chan struct{})}
	b := &Bot{Store: w.bot.Store, Texts: w.bot.Texts, Sender: sent, Now: w.Now, Log: w.bot.Log}
	var both sync.WaitGroup
	for _, person := range []int64{emma, aziza} {
		both.Go(func() {
			call := telegram.SendDocument(person, "caption").WithRef(exported{person, exportJSON, "en"})
			if _, err := b.transmit(w.ctx, call, telegram.People); err != nil {
				t.Error(err)
			}
		})
	}
	for range 2 {
		select {
		case <-sent.begun:
		case <-w.ctx.Done():
			t.Error("the second waits for the first")
		}
	}
	close(sent.end)
	both.Wait()
}

// uploading is a Telegram to which a file takes until the end.
type uploading struct{ begun, end chan struct{} }

func (u *uploading) Send(context.Context, telegram.Call, telegram.Priority) (telegram.Result, error) {
	u.begun <- struct{}{}
	<-u.end
	return telegram.Result{}, nil
}
