package bot

import (
	"os"
	"slices"
	"strings"
	"testing"

	"yolchi/internal/curriculum"
	"yolchi/locales"
)

const lessonOfMaps = "A map keeps values by key. Reading a key that is not there gives the zero value.\n" +
	"\n" +
	"Two ways to make one:\n" +
	"\n" +
	"```go\n" +
	"m := map[string]int{}\n" +
	"\n" +
	"n := make(map[string]int)\n" +
	"```\n" +
	"\n" +
	"A nil map can be read, but writing to it panics.\n" +
	"\n" +
	"The order of iteration is random:\n" +
	"\n" +
	"- it differs between runs\n" +
	"- sort the keys if it matters\n"

func TestThePassageThatHoldsAnAnswerIsFound(t *testing.T) {
	for _, c := range []struct{ wanted, begins, ends string }{
		{"It panics: a nil map takes no writes", "A nil map", "panics."},
		{"Zero: what is missing reads as the zero value", "A map keeps", "zero value."},
		{"make(map[string]int) makes an empty one", "Two ways", "```"}, // the code belongs to its sentence, in one piece
		{"Iteration has no order, sorting helps", "The order", "matters"},
		{"PANICKED WRITERS", "A nil map", "panics."}, // endings and capitals do not matter
		{"Something else entirely, truly", "", ""},   // no word of it
		{"a b to of", "", ""}, // no word that says anything
		{"", "", ""},
	} {
		got := passage(lessonOfMaps, c.wanted)
		if !strings.HasPrefix(got, c.begins) || !strings.HasSuffix(got, c.ends) || c.begins == "" && got != "" {
			t.Errorf("passage(%q) =\n%s", c.wanted, got)
		}
	}
	if got := passage("", "anything"); got != "" {
		t.Errorf("an empty lesson holds %q", got)
	}
}

func TestUzbekEndingsDoNotHideAWord(t *testing.T) {
	lesson := "Slays massivga qaraydi.\n\nGorutina yengil: oʻzgaruvchini qulflash kerak.\n\nKanal maʼlumot uzatadi."
	if got := passage(lesson, "Oʻzgaruvchilarning hammasi qulflanadi"); !strings.HasPrefix(got, "Gorutina") {
		t.Errorf("found %q", got)
	}
}

// Every question of every written lesson leads to a part of it, in both
// languages, and mostly to a small one.
func TestEveryQuestionLeadsIntoItsLesson(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	none, whole, all := 0, 0, 0
	for _, topic := range library.Topics() {
		for _, question := range topic.Questions {
			for _, lang := range curriculum.Languages {
				text, lesson := question.Text[lang], topic.Text[lang].Lesson
				part := answering(lesson, text, question.Right)
				all++
				switch {
				case part == "":
					none++
				case len(part)*4 > len(lesson)*3:
					whole++
				}
			}
		}
	}
	t.Logf("%d questions: %d lead nowhere, %d to most of the lesson", all, none, whole)
	if all < 100 || none*100 > all || whole*20 > all {
		t.Errorf("%d questions: %d lead nowhere, %d to most of the lesson", all, none, whole)
	}
}

// What readers of the lessons found: in which language which question is
// answered by the part that begins so. Words alone cannot find every one of
// them; those on the first lines were once shown wrong to learners.
func TestTheRightPartOfTheRealLessonsIsShown(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	read, err := os.ReadFile("testdata/passages.txt")
	if err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	for line := range strings.Lines(string(read)) {
		fields := strings.SplitN(strings.TrimSpace(line), " ", 3)
		question, ok := library.Question(fields[1])
		if !ok {
			t.Fatalf("there is no question %s", fields[1])
		}
		topic, _ := library.Topic(question.TopicID)
		lesson := topic.Text[fields[0]].Lesson
		if !slices.ContainsFunc(passages(lesson), func(part string) bool { return strings.HasPrefix(part, fields[2]) }) {
			t.Errorf("no part of %s begins %q in %q any more", topic.ID, fields[2], fields[0])
		}
		got := answering(lesson, question.Text[fields[0]], question.Right)
		all++
		if strings.HasPrefix(got, fields[2]) {
			right++
			continue
		}
		t.Logf("%s %s leads to %.60q, not %q", fields[0], question.ID, got, fields[2])
		if all <= 7 {
			t.Errorf("%s leads elsewhere", question.ID)
		}
	}
	if all < 100 || right*100 < all*90 {
		t.Errorf("%d of %d questions lead to the right part", right, all)
	}
}

func FuzzPassage(f *testing.F) {
	f.Add(lessonOfMaps, "a nil map")
	f.Add("```\n\n```\n- x", "x")
	f.Fuzz(func(t *testing.T, lesson, wanted string) {
		part := passage(lesson, wanted)
		for line := range strings.Lines(part) {
			if !strings.Contains(lesson, strings.TrimRight(line, "\n")) {
				t.Fatalf("%q is not of the lesson %q", line, lesson)
			}
		}
	})
}
