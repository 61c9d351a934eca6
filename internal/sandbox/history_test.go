package sandbox

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestChatsOutliveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.json")
	w := newWorld(t, Config{HistoryFile: path})
	w.fill(`reply_markup={"inline_keyboard":[[{"text":"x","callback_data":"a"}]]}`)
	id, message := w.quiz("-1007", "open_period=600")
	if err := w.Vote(bobur, id, 1); err != nil {
		t.Fatal(err)
	}
	w.ok(nil, "pinChatMessage", "chat_id=-1007", "message_id="+itoa(message))
	w.ok(nil, "setMyName", "name=Yoʻl", "language_code=uz")
	w.ok(nil, "setMyCommands", `commands=[{"command":"bugun","description":"x"}]`)
	w.Block(bobur)
	before, waiting := mustJSON(w.state()), w.Pending()
	w.Close()

	again := newWorld(t, Config{HistoryFile: path, Now: w.cfg.Now})
	if diff := cmp.Diff(string(before), string(mustJSON(again.state()))); diff != "" {
		t.Error(diff)
	}
	if again.Pending() != waiting {
		t.Errorf("%d updates wait, want %d", again.Pending(), waiting)
	}
	again.ok(nil, "sendMessage", "chat_id=1", "text=yana")
	if got := again.Messages(aziza); got[len(got)-1].ID <= message {
		t.Error("an id was used twice")
	}
	w.now = w.now.Add(time.Hour)
	again.ClockMoved()
	if got := again.Messages(super); !got[0].Poll.Closed || got[0].Poll.Options[1].Votes != 1 || !got[0].Pinned {
		t.Errorf("the quiz after the restart: %+v", got[0].Poll)
	}
}

func TestAHistoryThatCannotBeReadIsPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, Config{HistoryFile: path})
	w.Close()
	if raw, err := os.ReadFile(path + ".broken"); err != nil || string(raw) != "{" {
		t.Errorf("the broken file holds %q, error %v", raw, err)
	}
}
