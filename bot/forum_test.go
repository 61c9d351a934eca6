package bot

import (
	"strings"
	"testing"

	"yolchi/internal/locale"
	"yolchi/internal/sandbox"
)

func TestThreadsOfAForumFollowTheirOwnRoads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup", Forum: true, Topics: []sandbox.Topic{{ID: 11, Name: "Go"}, {ID: 22, Name: "Side"}, {ID: 33, Name: "New"}}})
	w.sandbox.Join(aziza, studyGroup, false)
	w.settle()
	for _, thread := range []int64{11, 22} {
		w.in(aziza, studyGroup, thread, "/start")
		for _, text := range []string{"Sozlash", "English", "A short road", "09:00"} {
			w.pressIn(aziza, studyGroup, text)
		}
	}
	w.tick(w.Now())
	w.tick(w.clock("+1 09:00"))
	count := func(thread int64) (polls int) {
		for _, m := range w.sandbox.Messages(studyGroup) {
			if m.Thread == thread && m.Poll != nil {
				polls++
			}
		}
		return polls
	}
	if count(11) != 2 || count(22) != 2 {
		t.Errorf("two days brought %d and %d questions", count(11), count(22))
	}
	w.in(aziza, studyGroup, 33, "/move") // from which one?
	if text := w.last(studyGroup).Text; text != w.bot.Texts.T(locale.Uzbek, "move.many", nil) {
		t.Errorf("moving one of two says:\n%s", text)
	}
	w.in(emma, studyGroup, 22, "/top") // another road's board is empty
	if text := w.last(studyGroup).Text; !strings.Contains(text, "No points yet") || w.last(studyGroup).Thread != 22 {
		t.Errorf("the board of the other thread says:\n%s", text)
	}
}

func TestARoadMovesToAnotherThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup", Forum: true, Topics: []sandbox.Topic{{ID: 11, Name: "Go"}, {ID: 22, Name: "New"}}})
	w.sandbox.Join(aziza, studyGroup, false)
	w.settle()
	w.in(aziza, studyGroup, 11, "/start")
	for _, text := range []string{"Sozlash", "English", "A short road", "09:00"} {
		w.pressIn(aziza, studyGroup, text)
	}
	w.tick(w.Now())
	w.pressIn(emma, studyGroup, "✅ Done")
	w.in(aziza, studyGroup, 22, "/move")
	w.tick(w.clock("+1 09:00"))
	if last := w.last(studyGroup); last.Thread != 22 || last.Poll == nil {
		t.Errorf("after the move it posts in thread %d:\n%s", last.Thread, last.Text)
	}
	w.in(emma, studyGroup, 22, "/top")
	if text := w.last(studyGroup).Text; !strings.Contains(text, "Emma · 2") {
		t.Errorf("the points did not come along:\n%s", text)
	}
}
