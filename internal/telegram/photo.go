package telegram

import (
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// MaxCaption is Telegram's limit for the text under a picture, in UTF-16 units
// after parsing.
const MaxCaption = 1024

// photoMethod sends a picture.
const photoMethod = "sendPhoto"

// SendPhoto sends a picture with Telegram HTML under it. What picture that is
// stays open until WithFile or WithUpload says so.
func SendPhoto(chat int64, caption string, kb Keyboard) Call {
	return chatCall(photoMethod, chat).with("caption", caption).with("parse_mode", "HTML").keyboard(kb)
}

// IsPhoto says that the call sends a picture.
func (c Call) IsPhoto() bool { return c.Method == photoMethod }

// WithFile sends a picture that Telegram has already, see Result.FileID.
func (c Call) WithFile(id string) Call {
	c.Photo = nil
	return c.with("photo", id)
}

// WithUpload sends the picture itself, a PNG of at most 10 MB.
func (c Call) WithUpload(png []byte) Call {
	c = c.with("photo", "")
	delete(c.Params, "photo")
	c.Photo = png
	return c
}

// WithoutPhoto says in a plain message what would stand under the picture.
func (c Call) WithoutPhoto() Call {
	call := textCall("sendMessage", c.ChatID, c.Params["caption"])
	for key, value := range c.Params {
		if key != "caption" && key != "photo" {
			call = call.with(key, value)
		}
	}
	return call
}

// uploads are the files that go out with the call.
func (c Call) uploads() []tgbotapi.RequestFile {
	if c.Document != nil {
		return []tgbotapi.RequestFile{{Name: "document", Data: tgbotapi.FileBytes{Name: c.Document.Name, Bytes: c.Document.Data}}}
	}
	if c.Photo == nil {
		return nil
	}
	return []tgbotapi.RequestFile{{Name: "photo", Data: tgbotapi.FileBytes{Name: "picture.png", Bytes: c.Photo}}}
}
