package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"strings"
	"testing"

	"yolchi/internal/picture"
	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// photos are the pictures that were sent: by upload, and by the id of one that
// Telegram had.
func (w *world) photos() (uploads, known int) {
	for _, call := range w.sandbox.Calls() {
		switch {
		case call.Method != "sendPhoto":
		case call.Params["photo"] == "":
			uploads++
		default:
			known++
		}
	}
	return uploads, known
}

func TestTheSamePictureIsDrawnAndUploadedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/progress")
	w.say(emma, "/progress")
	if uploads, known := w.photos(); uploads != 1 || known != 1 {
		t.Errorf("%d uploads and %d by their id, want 1 and 1", uploads, known)
	}
	w.press(emma, "Today's topic")
	w.press(emma, "✅ Done")
	w.say(emma, "/progress")
	if uploads, _ := w.photos(); uploads != 2 {
		t.Errorf("%d uploads after something was done, want 2", uploads)
	}
}

func TestAPictureThatAnotherBotSentIsUploadedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/progress")
	forget(t, w)
	w.say(emma, "/progress")
	if uploads, known := w.photos(); uploads != 2 || known != 1 {
		t.Errorf("%d uploads and %d by their id, want 2 and 1", uploads, known)
	}
	if w.last(emma).Kind != "photo" {
		t.Errorf("the last message is %+v", w.last(emma))
	}
}

// forget gives every picture an id that Telegram does not know.
func forget(t *testing.T, w *world) {
	t.Helper()
	if _, err := w.bot.Store.Pool().ExecContext(w.ctx, `UPDATE pictures SET file_id = 'foreign'`); err != nil {
		t.Fatal(err)
	}
}

func TestAPictureThatTelegramDoesNotTakeBecomesItsCaption(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := &choosy{}
	b := &Bot{Store: w.bot.Store, Sender: sent, Now: w.Now, Log: w.bot.Log}
	drawn := drawing{Card: &picture.Card{Title: "A stage"}}
	for _, d := range []drawing{drawn, {Progress: &picture.Progress{Title: "A road without stages"}}} {
		sent.calls = nil
		if _, err := b.transmit(w.ctx, telegram.SendPhoto(emma, "<b>In words</b>", nil).WithRef(d), telegram.People); err != nil {
			t.Fatal(err)
		}
		last := sent.calls[len(sent.calls)-1]
		if last.Method != "sendMessage" || last.Params["text"] != "<b>In words</b>" {
			t.Errorf("instead came %+v", last)
		}
	}
}

// choosy is a Telegram that takes no pictures.
type choosy struct{ calls []telegram.Call }

func (c *choosy) Send(_ context.Context, call telegram.Call, _ telegram.Priority) (telegram.Result, error) {
	c.calls = append(c.calls, call)
	if call.IsPhoto() {
		return telegram.Result{}, &telegram.Error{Kind: telegram.Bad, Method: call.Method}
	}
	return telegram.Result{}, nil
}

// What is owed is stored without its picture, and drawn from that.
func TestAnOwedPictureIsData(t *testing.T) {
	drawn := picture.Progress{Title: "A road", Stages: []picture.Stage{{Closed: 1, All: 2}}, Place: "Stage 1 of 1"}
	call := telegram.SendPhoto(emma, "caption", nil).WithRef(drawing{Progress: &drawn})
	raw, err := json.Marshal(call)
	if err != nil || len(raw) > 1024 {
		t.Fatalf("%d bytes are owed, %v", len(raw), err)
	}
	var kept telegram.Call
	var d drawing
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(kept.Ref, &d); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(d.hash(), drawing{Progress: &drawn}.hash()) {
		t.Error("what was kept is another picture")
	}
	data, err := d.png()
	if err != nil {
		t.Fatal(err)
	}
	if size, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || size.Width != picture.Width || size.Height != picture.Height {
		t.Errorf("it is %+v, %v", size, err)
	}
}

// A button under a picture answers below it: a picture cannot become a text.
func TestButtonsUnderAPictureAnswerInANewMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.say(emma, "/progress")
	w.press(emma, "The road")
	messages := w.sandbox.Messages(emma)
	if n := len(messages); messages[n-2].Kind != "photo" || !strings.Contains(messages[n-1].Text, "A short road") {
		t.Errorf("the last messages are %+v", messages[n-2:])
	}
}

func TestWhatWasOnlyKnownBeforeIsNoReasonToCelebrate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.press(emma, "I know this")
	w.press(emma, "I know this")
	if uploads, _ := w.photos(); uploads != 0 {
		t.Errorf("%d cards came", uploads)
	}
	w.press(emma, "✅ Done")
	if last := w.sandbox.Messages(emma); !strings.Contains(photoTexts(last), "The whole road is walked: A short road") {
		t.Errorf("the pictures are %q", photoTexts(last))
	}
}

func photoTexts(messages []sandbox.Message) string {
	var b strings.Builder
	for _, m := range messages {
		if m.Kind == "photo" {
			b.WriteString(m.Text + "\n")
		}
	}
	return b.String()
}

// BenchmarkProgress is the whole of /progress at the sender's side for a picture
// that Telegram does not have: what is kept is read, named and drawn. The
// promise is less than 60 ms.
func BenchmarkProgress(b *testing.B) {
	w := newWorld(b)
	w.begin(emma)
	var call telegram.Call
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		t := &turn{bot: w.bot.view(), tx: tx, chat: tx.Chat, here: tx.Chat.Key}
		err := t.progress(ctx)
		call = t.out[0]
		return err
	})
	for b.Loop() {
		var d drawing
		if err := json.Unmarshal(call.Ref, &d); err != nil {
			b.Fatal(err)
		}
		d.hash()
		if _, err := d.png(); err != nil {
			b.Fatal(err)
		}
	}
}
