package bot

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"yolchi/internal/picture"
	"yolchi/internal/telegram"
)

// drawing is what a picture shows, as data: it is kept with the call that owes
// it, and drawn when that is sent. Exactly one field is set.
type drawing struct {
	Progress *picture.Progress `json:"progress,omitempty"`
	Card     *picture.Card     `json:"card,omitempty"`
	Month    *picture.Month    `json:"month,omitempty"`
}

// drawingStyle is part of what names a picture: who changes how pictures look
// counts it up, so that none is sent as it looked before.
const drawingStyle = "1"

// hash names the picture by its content.
func (d drawing) hash() []byte {
	data, err := json.Marshal(d)
	if err != nil { // plain data: cannot fail
		panic(err)
	}
	sum := sha256.Sum256(append([]byte(drawingStyle), data...))
	return sum[:]
}

// personal says that somebody's name stands in it: it is not kept for others.
func (d drawing) personal() bool { return d.Card != nil && d.Card.Name != "" }

func (d drawing) png() ([]byte, error) {
	switch {
	case d.Progress != nil:
		return picture.DrawProgress(*d.Progress)
	case d.Card != nil:
		return picture.DrawCard(*d.Card)
	case d.Month != nil:
		return picture.DrawMonth(*d.Month)
	}
	return nil, errors.New("there is nothing to draw")
}

// illustrate sends a picture with a caption that says the same in words.
func (t *turn) illustrate(d drawing, caption string, keys telegram.Keyboard) {
	t.send(telegram.SendPhoto(t.here.ChatID, caption, keys).WithRef(d))
}

// transmit makes a call. A picture is drawn now, unless Telegram has it. One
// that cannot be drawn, or that Telegram does not take, becomes its caption.
func (b *Bot) transmit(ctx context.Context, call telegram.Call, priority telegram.Priority) (telegram.Result, error) {
	if call.IsDocument() {
		return b.transmitExport(ctx, call, priority)
	}
	if !call.IsPhoto() {
		return b.Sender.Send(ctx, call, priority)
	}
	var d drawing
	if err := json.Unmarshal(call.Ref, &d); err != nil {
		return telegram.Result{}, fmt.Errorf("reading what to draw: %w", err)
	}
	hash := d.hash()
	id, known, err := b.Store.Picture(ctx, hash)
	if err != nil { // it can be drawn all the same
		b.Log.Warn("nobody knows whether Telegram has a picture", "error", err)
	}
	if known {
		result, err := b.Sender.Send(ctx, call.WithFile(id), priority)
		if kind(err) != telegram.Bad { // else it was another bot's file
			return result, err
		}
	}
	b.drawing.Lock() // a picture in the making takes 4 MB: one at a time
	png, err := d.png()
	b.drawing.Unlock()
	if err != nil {
		b.Log.Error("a picture was not drawn", "error", err)
		return b.Sender.Send(ctx, call.WithoutPhoto(), priority)
	}
	result, err := b.Sender.Send(ctx, call.WithUpload(png), priority)
	switch {
	case kind(err) == telegram.Bad:
		b.Log.Error("a picture was refused", "error", err)
		return b.Sender.Send(ctx, call.WithoutPhoto(), priority)
	case err == nil && result.FileID != "" && !d.personal():
		if err := b.Store.KeepPicture(ctx, hash, result.FileID, b.Now()); err != nil {
			b.Log.Warn("a picture will be drawn again", "error", err)
		}
	}
	return result, err
}
