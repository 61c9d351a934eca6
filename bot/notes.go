package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

const (
	maxNote   = 1000 // characters
	maxNotes  = 500  // of one chat
	notesPage = 5
	noteShown = 600 // characters of a note in the list: five have room in one message
)

// lessonOf is the topic whose lesson a message carries; nil if it carries none.
// The buttons under it tell; those that other screens have too count only if
// the topic's title stands above.
func (t *turn) lessonOf(m *telegram.Message) *curriculum.Topic {
	if m == nil || m.From == nil || m.From.ID != t.bot.Me.ID {
		return nil
	}
	for _, data := range m.Buttons {
		version, word, arg := parsePress(data)
		if version != callbackVersion {
			continue
		}
		id := arg[strings.LastIndex(arg, ":")+1:] // "in" has an hour before it
		topic, ok := t.bot.Library.Topic(id)
		switch {
		case !ok:
		case word == "know", word == "later", word == "in", word == "back", word == "mute":
			return topic
		case (word == "done" || word == "quiz") && titled(m.Text, topic):
			return topic
		}
	}
	// A lesson in several messages has its buttons under the last one, one that
	// is closed perhaps none with its name.
	for _, data := range m.Buttons {
		if _, word, _ := parsePress(data); word != "today" && word != "review" && word != "choose" {
			return nil
		}
	}
	for _, topic := range t.bot.Library.Topics() {
		if titled(m.Text, topic) {
			return topic
		}
	}
	return nil
}

// leadLines is how much stands above a lesson's title at most: a line of its
// own, news of the streak, and what parts them from it.
const leadLines = 5

// titled says whether a message begins with the topic's title, perhaps below a
// lead.
func titled(text string, topic *curriculum.Topic) bool {
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), leadLines+1)]
	return slices.ContainsFunc(locale.Languages, func(lang string) bool { return slices.Contains(lines, topic.Text[lang].Title) })
}

// addNote keeps what was answered to a lesson.
func (t *turn) addNote(ctx context.Context, topic *curriculum.Topic, text string) error {
	if n := len([]rune(text)); n > maxNote {
		t.say(screen{t.T("note.long", "Length", n, "Most", maxNote), nil})
		return nil
	}
	added, err := t.tx.AddNote(ctx, topic.ID, text, maxNotes)
	if err != nil {
		return err
	}
	keys := rows(row(button(t.plain("button.notes"), "notes", "0")))
	if !added {
		t.say(screen{t.T("note.full", "Most", maxNotes), keys})
		return nil
	}
	t.say(screen{t.T("note.added", "Topic", topic.Text[t.lang()].Title), keys})
	return nil
}

// withNotes shows the chat's notes below the lesson, folded, or where they have
// no room in a message of their own before its buttons.
func (t *turn) withNotes(ctx context.Context, topic *curriculum.Topic, screens []screen) ([]screen, error) {
	notes, err := t.tx.TopicNotes(ctx, topic.ID)
	if err != nil || len(notes) == 0 {
		return screens, err
	}
	last := &screens[len(screens)-1]
	folded := last.html + "\n\n" + t.notesBlock(notes, maxMessage)
	if telegram.Length(folded) <= maxMessage {
		last.html = folded
		return screens, nil
	}
	head := "<b>" + telegram.Escape(topic.Text[t.lang()].Title) + "</b>\n"
	own := screen{head + t.notesBlock(notes, maxMessage-telegram.Length(head)), last.keys}
	last.keys = nil
	return append(screens, own), nil
}

// notesBlock are notes as a folded quote of at most so many characters; of more
// the newest are shown.
func (t *turn) notesBlock(notes []store.Note, most int) string {
	title := t.T("notes.own") + "\n"
	room := most - telegram.Length(title)
	var lines []string
	for _, note := range slices.Backward(notes) {
		line := "• " + telegram.Escape(note.Text)
		if room -= telegram.Length(line) + 1; room < 0 {
			break
		}
		lines = append(lines, line)
	}
	slices.Reverse(lines)
	return title + "<blockquote expandable>" + strings.Join(lines, "\n") + "</blockquote>"
}

// notesCommand lists the notes, newest first.
func (t *turn) notesCommand(ctx context.Context, _ string) error { return t.notes(ctx, 0, 0) }

// pressNotes turns to another page.
func (t *turn) pressNotes(ctx context.Context, arg string) error {
	page, err := strconv.Atoi(arg)
	if err != nil || page < 0 || page > maxNotes {
		return errOld
	}
	return t.notes(ctx, page, 0)
}

// notes shows a page of notes, each with a button that deletes it. The one that
// is asked about has been tapped once.
func (t *turn) notes(ctx context.Context, page int, asked int64) error {
	notes, all, err := t.tx.Notes(ctx, notesPage, page*notesPage)
	if err != nil {
		return err
	}
	if len(notes) == 0 && page > 0 { // the last of its page was deleted
		return t.notes(ctx, (max(all, 1)-1)/notesPage, 0)
	}
	if all == 0 {
		t.show(screen{t.T("notes.none"), rows(row(button(t.plain("button.today"), "today")))})
		return nil
	}
	lines := []string{t.T("notes.title", "Count", all)}
	var keys telegram.Keyboard
	var marks []telegram.Button
	for i, note := range notes {
		n, id := page*notesPage+i+1, strconv.FormatInt(note.ID, 10)
		day := t.date(study.DayOf(note.At.In(t.chat.Location())))
		lines = append(lines, "", fmt.Sprintf("%d. <b>%s</b> · %s", n, telegram.Escape(t.title(note.Topic)), telegram.Escape(day)), telegram.Escape(cut(note.Text, noteShown)))
		if note.ID == asked {
			sure := button(t.plain("notes.sure", "Number", n), "note", "gone", id, strconv.Itoa(page))
			sure.Style = "danger"
			keys = append(keys, row(sure, button(t.plain("notes.keep"), "notes", strconv.Itoa(page))))
			continue
		}
		marks = append(marks, button(fmt.Sprintf("🗑 %d", n), "note", "ask", id, strconv.Itoa(page)))
	}
	if len(marks) > 0 {
		keys = append(keys, marks)
	}
	var turns []telegram.Button
	if page > 0 {
		turns = append(turns, button(t.plain("notes.newer"), "notes", strconv.Itoa(page-1)))
	}
	if (page+1)*notesPage < all {
		turns = append(turns, button(t.plain("notes.older"), "notes", strconv.Itoa(page+1)))
	}
	if len(turns) > 0 {
		keys = append(keys, turns)
	}
	t.show(screen{firstMessage(strings.Join(lines, "\n")), keys})
	return nil
}

// pressNote deletes a note at the second tap.
func (t *turn) pressNote(ctx context.Context, arg string) error {
	wish, rest, _ := strings.Cut(arg, ":")
	idText, pageText, _ := strings.Cut(rest, ":")
	id, err := strconv.ParseInt(idText, 10, 64)
	page, err2 := strconv.Atoi(pageText)
	if err != nil || err2 != nil || page < 0 || page > maxNotes {
		return errOld
	}
	switch wish {
	case "ask":
		return t.notes(ctx, page, id)
	case "gone":
		deleted, err := t.tx.DeleteNote(ctx, id)
		if err != nil {
			return err
		}
		if deleted {
			t.toast(t.plain("notes.deleted"))
		}
		return t.notes(ctx, page, 0)
	}
	return errOld
}
