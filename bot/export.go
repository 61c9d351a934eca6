package bot

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// exported names a file that is owed: it is made when it is sent, from what is
// kept then, and sent as a whole. Lang is for the sentence that comes if it
// cannot be.
type exported struct {
	Person int64  `json:"person"`
	File   string `json:"file"` // one of the names below
	Lang   string `json:"lang"`
}

const (
	exportJSON = "yolchi.json"
	exportCSV  = "yolchi.csv"
)

// exportCommand owes a person everything that is kept about them: all of it as
// one document, and their history as a table.
func (t *turn) exportCommand(_ context.Context, _ string) error {
	for _, file := range []struct{ name, caption string }{{exportJSON, "export.json"}, {exportCSV, "export.csv"}} {
		call := telegram.SendDocument(t.here.ChatID, t.T(file.caption))
		t.send(call.WithRef(exported{t.user(), file.name, t.lang()}))
	}
	return nil
}

func (t *turn) pressExport(ctx context.Context, _ string) error { return t.exportCommand(ctx, "") }

// transmitExport makes the file and sends it. One at a time: it is held in
// memory until Telegram has it.
func (b *Bot) transmitExport(ctx context.Context, call telegram.Call, priority telegram.Priority) (telegram.Result, error) {
	var wanted exported
	if err := json.Unmarshal(call.Ref, &wanted); err != nil {
		return telegram.Result{}, fmt.Errorf("reading which file to make: %w", err)
	}
	b.exporting.Lock()
	defer b.exporting.Unlock()
	var file []byte
	err := patiently(ctx, func() error {
		data, err := b.Store.Export(ctx, wanted.Person, b.Now())
		if err == nil {
			file, err = exportFile(wanted.File, data)
		}
		return err
	})
	if err == nil {
		result, err := b.Sender.Send(ctx, call.WithDocument(telegram.File{Name: wanted.File, Data: file}), priority)
		if kind(err) != telegram.Bad {
			return result, err
		}
	}
	b.Log.Error("an export was not made", "chat", call.ChatID, "file", wanted.File, "error", err)
	return b.Sender.Send(ctx, telegram.SendMessage(call.ChatID, b.text(wanted.Lang, "export.failed"), nil), priority)
}

func exportFile(name string, e *store.Export) ([]byte, error) {
	if name == exportCSV {
		return exportTable(e)
	}
	return exportDocument(e)
}

// exportDocument is everything as one JSON object, each row of a list on a line
// of its own.
func exportDocument(e *store.Export) ([]byte, error) {
	d := document{}
	d.field("format", e.Format)
	d.field("person", e.Person)
	d.field("made_at", e.MadeAt)
	rowsOf(&d, "chats", e.Chats)
	rowsOf(&d, "enrollments", e.Enrollments)
	rowsOf(&d, "topics", e.Topics)
	rowsOf(&d, "days", e.Days)
	rowsOf(&d, "notes", e.Notes)
	rowsOf(&d, "feedback", e.Feedback)
	rowsOf(&d, "broadcasts", e.Broadcasts)
	rowsOf(&d, "cards", e.Cards)
	rowsOf(&d, "quizzes", e.Quizzes)
	rowsOf(&d, "polls", e.Polls)
	rowsOf(&d, "deliveries", e.Deliveries)
	rowsOf(&d, "updates", e.Updates)
	rowsOf(&d, "failed", e.Failed)
	rowsOf(&d, "memberships", e.Memberships)
	rowsOf(&d, "votes", e.Votes)
	rowsOf(&d, "marks", e.Marks)
	rowsOf(&d, "channels", e.Channels)
	rowsOf(&d, "events", e.Events)
	d.field("left_out", e.LeftOut)
	d.out.WriteString("\n}\n")
	return d.out.Bytes(), d.err
}

// document writes a JSON object field by field.
type document struct {
	out bytes.Buffer
	err error
}

func (d *document) field(name string, value any) {
	d.begin(name)
	d.value(value)
}

func (d *document) begin(name string) {
	if d.out.Len() == 0 {
		d.out.WriteString("{\n")
	} else {
		d.out.WriteString(",\n")
	}
	d.value(name)
	d.out.WriteString(": ")
}

func (d *document) value(value any) {
	data, err := json.Marshal(value)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("encoding an export: %w", err)
	}
	d.out.Write(data)
}

// rowsOf writes a list.
func rowsOf[T any](d *document, name string, rows []T) {
	d.begin(name)
	d.out.WriteString("[")
	for i, row := range rows {
		if i > 0 {
			d.out.WriteString(",")
		}
		d.out.WriteString("\n  ")
		d.value(row)
	}
	d.out.WriteString("]")
}

// exportTable is the history as CSV: one line for each event.
func exportTable(e *store.Export) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{{"instant", "local_day", "kind", "chat", "roadmap", "topic", "question", "right"}}
	for _, event := range e.Events {
		right := ""
		if event.Kind == study.Answered {
			var detail study.Detail
			if err := json.Unmarshal(event.Detail, &detail); err != nil {
				return nil, fmt.Errorf("reading an event: %w", err)
			}
			right = strconv.FormatBool(detail.Right)
		}
		lines = append(lines, []string{event.At.UTC().Format(time.RFC3339), event.Day.String(), string(event.Kind),
			strconv.FormatInt(event.Chat, 10), event.Roadmap, event.Topic, event.Question, right})
	}
	if err := w.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("writing the history: %w", err)
	}
	return out.Bytes(), nil
}
