package bot

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
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
// one document, and their history as a table. Who asks again before it came is
// answered by what comes.
func (t *turn) exportCommand(ctx context.Context, _ string) error {
	coming, err := t.tx.Owes(ctx, telegram.SendDocument(0, "").Method)
	if err != nil || coming {
		return err
	}
	for _, file := range []struct{ name, caption string }{{exportJSON, "export.json"}, {exportCSV, "export.csv"}} {
		call := telegram.SendDocument(t.here.ChatID, t.T(file.caption))
		t.send(call.WithRef(exported{t.user(), file.name, t.lang()}))
	}
	return nil
}

func (t *turn) pressExport(ctx context.Context, _ string) error { return t.exportCommand(ctx, "") }

// transmitExport makes the file and sends it.
func (b *Bot) transmitExport(ctx context.Context, call telegram.Call, priority telegram.Priority) (telegram.Result, error) {
	var wanted exported
	if err := json.Unmarshal(call.Ref, &wanted); err != nil {
		return telegram.Result{}, fmt.Errorf("reading which file to make: %w", err)
	}
	file, err := b.exportFile(ctx, wanted)
	if err == nil {
		var result telegram.Result
		result, err = b.Sender.Send(ctx, call.WithDocument(telegram.File{Name: wanted.File, Data: file}), priority)
		if kind(err) != telegram.Bad {
			return result, err
		}
	}
	if ctx.Err() != nil {
		return telegram.Result{}, err // still owed
	}
	b.Log.Error("an export was not made", "chat", call.ChatID, "file", wanted.File, "error", err)
	return b.Sender.Send(ctx, telegram.SendMessage(call.ChatID, b.text(wanted.Lang, "export.failed"), nil), priority)
}

// exportFile makes the file. One at a time, for what it is made of takes much
// memory.
func (b *Bot) exportFile(ctx context.Context, wanted exported) (file []byte, err error) {
	if err := b.exporting.enter(ctx); err != nil {
		return nil, fmt.Errorf("waiting to make an export: %w", err)
	}
	defer b.exporting.leave()
	err = patiently(ctx, func() error {
		if wanted.File == exportCSV {
			events, err := b.Store.ExportEvents(ctx, wanted.Person)
			if err == nil {
				file, err = exportTable(events)
			}
			return err
		}
		data, err := b.Store.Export(ctx, wanted.Person, b.Now())
		if err == nil {
			file, err = exportDocument(data)
		}
		return err
	})
	return file, err
}

// seat is where one can be at a time. The zero seat is free.
type seat struct {
	make sync.Once
	free chan struct{}
}

// enter waits until the seat is free, or for ctx.
func (s *seat) enter(ctx context.Context) error {
	s.make.Do(func() { s.free = make(chan struct{}, 1) })
	select {
	case s.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *seat) leave() { <-s.free }

// exportDocument is everything as one JSON object, each row of a list on a line
// of its own.
func exportDocument(e *store.Export) ([]byte, error) {
	d := document{}
	d.field("format", e.Format)
	d.field("person", e.Person)
	d.field("made_at", e.MadeAt)
	left := map[string]int{}
	for _, list := range e.Lists {
		d.rows(list)
		if list.LeftOut > 0 {
			left[list.Name] = list.LeftOut
		}
	}
	d.field("left_out", left)
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

// rows writes a list.
func (d *document) rows(list store.ExportedList) {
	d.begin(list.Name)
	between := "[\n  "
	for row := range list.Rows {
		d.out.WriteString(between)
		d.value(row)
		between = ",\n  "
	}
	if between[0] == '[' {
		d.out.WriteString("[")
	}
	d.out.WriteString("]")
}

// exportTable is the history as CSV: one line for each event.
func exportTable(events []store.ExportedEvent) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{{"instant", "local_day", "kind", "chat", "roadmap", "topic", "question", "right"}}
	for _, event := range events {
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
