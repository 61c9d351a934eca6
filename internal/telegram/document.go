package telegram

// documentMethod sends a file.
const documentMethod = "sendDocument"

// File is what a document consists of: a name with its ending, and at most
// 50 MB.
type File struct {
	Name string
	Data []byte
}

// SendDocument sends a file with Telegram HTML under it, at most MaxCaption.
// Which file that is stays open until WithDocument says so.
func SendDocument(chat int64, caption string) Call {
	return chatCall(documentMethod, chat).with("caption", caption).with("parse_mode", "HTML")
}

// IsDocument says that the call sends a file.
func (c Call) IsDocument() bool { return c.Method == documentMethod }

// WithDocument sends this file.
func (c Call) WithDocument(file File) Call {
	c.Document = &file
	return c
}
