package bot

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"yolchi/internal/sandbox"
)

// docs/privacy.md names each list of the file that /export sends.
func TestThePrivacyPageNamesEachListOfAnExport(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.begin(aziza)
	w.say(aziza, "/export")
	var document map[string]json.RawMessage
	if err := json.Unmarshal(w.files(aziza)[exportJSON], &document); err != nil {
		t.Fatal(err)
	}
	_, lists, found := strings.Cut(string(page), "The lists: ")
	lists, _, _ = strings.Cut(lists, "\n")
	named := map[string]bool{}
	for i, word := range strings.Split(lists, "`") {
		if i%2 == 1 {
			named[word] = true
		}
	}
	if !found || len(named) == 0 {
		t.Fatal("the page names no lists")
	}
	for name, value := range document {
		if list := strings.HasPrefix(string(value), "["); list != named[name] && (list || named[name]) {
			t.Errorf("%q is a list: %v; it is named among the lists: %v", name, list, named[name])
		}
		delete(named, name)
	}
	for name := range named {
		t.Errorf("the page names %q, which is in no export", name)
	}
}

// Feedback lies in chats that /forget does not reach: it says no more of who
// wrote it than an answer needs.
func TestFeedbackDoesNotTellTheUsername(t *testing.T) {
	t.Parallel()
	w := operated(t)
	w.sandbox.AddPerson(sandbox.Person{ID: 77, FirstName: "Sardor", Username: "sardor_dev", Language: "uz"})
	w.begin(77)
	w.say(77, "/feedback It is good.")
	for _, admin := range []int64{aziza, emma} {
		if text := w.got(admin).Text; strings.Contains(text, "sardor_dev") || !strings.Contains(text, "Sardor") || !strings.Contains(text, "77") {
			t.Errorf("an administrator reads:\n%s", text)
		}
	}
}
