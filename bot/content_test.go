package bot

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/sandbox"
)

// taught is a bot that teaches a library.
func taught(b *Bot, library *curriculum.Library) *Bot {
	b.Teach(library)
	return b
}

// without is the test's library as somebody may leave it who edits its files:
// without a roadmap, a topic, a question ("topic/question"), or with one
// replaced by its successor ("topic>other").
func without(t testing.TB, gone ...string) *curriculum.Library {
	t.Helper()
	tree := fstest.MapFS{}
	content := os.DirFS("testdata/content")
	err := fs.WalkDir(content, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content, name)
		tree[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range gone {
		id, next, _ := strings.Cut(id, ">")
		topic, question, _ := strings.Cut(id, "/")
		for name, file := range tree {
			text := string(file.Data)
			switch {
			case question != "" && strings.HasPrefix(name, "topics/"+topic+"."):
				text = regexp.MustCompile(`(?m)^  (- id: )?`+question+`\b.*\n(    .*\n)*`).ReplaceAllString(text, "")
			case question == "" && (strings.HasPrefix(name, "topics/"+topic+".") || strings.HasPrefix(name, "roadmaps/"+topic+".")):
				delete(tree, name)
				continue
			case question == "" && strings.Count(name, ".") == 1 && next != "" && !strings.Contains(text, next):
				text = replaced(text, topic, next)
			case question == "" && strings.Count(name, ".") == 1:
				text = replaced(text, topic, "")
			}
			tree[name] = &fstest.MapFile{Data: []byte(text)}
		}
		kind := "topics"
		if question != "" {
			kind = "questions"
		}
		if next != "" {
			tree["retired.yaml"] = &fstest.MapFile{Data: []byte(kind + ": {" + id + ": " + next + "}\n")}
		}
	}
	library, err := curriculum.Load(tree)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// replaced puts another topic, or none, where one stands in a list.
func replaced(text, topic, next string) string {
	return regexp.MustCompile(`\[[a-z, -]*\]`).ReplaceAllStringFunc(text, func(list string) string {
		ids := strings.Split(strings.Trim(list, "[]"), ", ")
		if i := slices.Index(ids, topic); i >= 0 && next != "" {
			ids[i] = next
		} else if i >= 0 {
			ids = slices.Delete(ids, i, i+1)
		}
		return "[" + strings.Join(ids, ", ") + "]"
	})
}

// reloads are conversations in which the library changes: "without x y" is a
// reload, "without" alone brings everything back.
var reloads = map[string][]string{
	"gone": {
		"/start", "[language.name]", "[short-road]", "[09:00]", "/next",
		"# the topic where one stands is gone", "without slices", "[button.done]", "/today", "/progress",
		"# so it is when one wants to go on from there", "without", "/start side-road", "without slices", "/next",
		"# the road is gone, and what one learned is not", "/start short-road", "without short-road", "@+1 09:00", "/next", "/roadmap", "/settings", "[button.today]",
		"# it comes back, and so does one's place", "without", "/today",
	},
	"retired": {
		"/start", "[language.name]", "[short-road]", "[09:00]", "/next",
		"# another topic takes the place of the one where one stands", "without slices>tests", "[button.know]", "/undo", "/today", "/next",
		"# what one learned under the old name counts", "/start side-road", "/progress",
	},
	"grown": {
		"without servers", "/start", "[language.name]", "[short-road]", "[09:00]", "/next", "/next",
		"# a finished road has grown", "without", "@+1 09:00", "/next",
	},
	"asked": {
		"/start", "[language.name]", "[short-road]", "[09:00]", "[button.quiz]",
		"# the question that waits is gone", "without loops/how-often", "vote 1",
		"# the next one is gone", "without", "/quiz", "without loops/two-right", "vote 1",
		"# there is nothing to repeat of what is gone", "without loops/how-often loops/two-right", "@+1 10:00", "/review", "/quiz",
		"# the stage that is asked about is gone", "without", "/next", "/next", "[button.checkpoint]", "without short-road", "right", "right", "right",
	},
}

func TestScreensAfterAReload(t *testing.T) {
	for name, steps := range reloads {
		for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
			t.Run(name+"."+lang, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				var said strings.Builder
				for _, step := range steps {
					if gone, ok := strings.CutPrefix(step, "without"); ok {
						w.bot.Teach(without(t, strings.Fields(gone)...))
						said.WriteString("-------- " + step + "\n")
						continue
					}
					said.WriteString(w.script(person, lang, []string{step}))
				}
				golden(t, name+"."+lang, said.String())
				w.nothingFailed()
			})
		}
	}
}

// nothingFailed says that no update was set aside.
func (w *world) nothingFailed() {
	w.t.Helper()
	failed, err := w.bot.Store.Failed(w.ctx)
	if err != nil || len(failed) > 0 {
		w.t.Errorf("set aside: %+v, %v", failed, err)
	}
}

// Whatever is taken out or put back while people and a group are at work: each
// update has its effect, each due topic is dealt with, and the log stays the
// truth.
func TestNoReloadBreaksAConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	w.begin(emma)
	w.begin(dmitriy)
	people := []int64{emma, dmitriy, aziza}
	words := []string{
		"/next", "/next", "/today", "/quiz", "/review", "/undo", "/roadmap", "/progress", "/streak", "/notes", "/find slices", "/choose",
		"/roadmaps", "/start side-road", "/start short-road", "/start t_slices", "/settings", "/top", "/resume",
	}
	libraries := []*curriculum.Library{
		without(t), without(t, "short-road"), without(t, "slices"), without(t, "slices>tests"), without(t, "servers"), without(t, "side-road", "loops"),
		without(t, "loops/two-right"), without(t, "loops/how-often", "slices/what-append-does"), without(t, "loops", "servers>slices"),
	}
	random := rand.New(rand.NewPCG(8, 2026))
	for range 400 {
		person := people[random.IntN(len(people))]
		chat := person
		if random.IntN(5) == 0 {
			chat = studyGroup
		}
		switch random.IntN(9) {
		case 0:
			w.tick(w.Now().Add(time.Duration(random.IntN(30*60)) * time.Minute))
		case 1, 2:
			if _, err := w.sandbox.Post(sandbox.Post{Person: person, Chat: chat, Text: words[random.IntN(len(words))]}); err != nil {
				t.Fatal(err)
			}
		case 3, 4:
			w.voteAtRandom(random, person, chat)
		case 5:
			w.bot.Teach(libraries[random.IntN(len(libraries))])
		default:
			w.pressAtRandom(random, person, chat)
		}
		w.settle()
	}
	w.nothingFailed()
	found, err := w.bot.Store.Rebuild(w.ctx, w.Now(), true, nil)
	if err != nil || found.Differences != 0 || found.Chats < 4 {
		t.Errorf("after the reloads a check finds %+v, %v", found, err)
	}
}

// A question whose successor is asked in its place counts like itself.
func TestAQuestionIsReplacedWhileItWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.press(emma, w.label("en", "button.quiz"))
	w.bot.Teach(without(t, "loops/how-often>loops/two-right"))
	w.say(emma, "/quiz")
	w.press(emma, w.label("en", "button.again"))
	if text := w.poll(emma).Question; !strings.Contains(text, "Which of these are loops?") {
		t.Fatalf("the successor is not asked, but %q", text)
	}
	w.answer(emma, emma, true)
	if quiz, open := w.openQuiz(emma); !open || quiz.Answered != 1 || quiz.Correct != 1 {
		t.Errorf("after the answer to the successor the quiz is %+v", quiz)
	}
	w.nothingFailed()
}

// A group whose road is gone is told so once a week, and whoever asks at once.
func TestAGroupWhoseRoadIsGoneIsToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.setUp(studyGroup, "en", "English")
	w.transcript(studyGroup)
	w.bot.Teach(without(t, "short-road"))
	day := func(number int) { // a poll that ends with it may hold the chat for a moment
		w.tick(time.Date(2026, 11, number, 4, 0, 0, 0, time.UTC))
		w.settle()
		w.tick(time.Date(2026, 11, number, 4, 1, 0, 0, time.UTC))
	}
	day(21) // Saturday
	if said := w.transcript(studyGroup); said != "" {
		t.Errorf("on a day inside the week it is told:\n%s", said)
	}
	const gone = "isn't offered here any more"
	day(22)
	if said := w.transcript(studyGroup); !strings.Contains(said, gone) || !strings.Contains(said, "[A side road]") {
		t.Errorf("on the week's last day it is told:\n%s", said)
	}
	for _, command := range []string{"/today", "/roadmap", "/progress", "/next"} {
		w.in(aziza, studyGroup, 0, command)
		if said := w.transcript(studyGroup); !strings.Contains(said, gone) {
			t.Errorf("%s is answered by:\n%s", command, said)
		}
	}
	w.pressIn(aziza, studyGroup, "A side road")
	day(23)
	if said := w.transcript(studyGroup); !strings.Contains(said, "<b>Slices</b>") {
		t.Errorf("on the new road the next day brings:\n%s", said)
	}
	w.nothingFailed()
}

// A turn that is under way when the library changes ends with the one that it
// began with.
func TestATurnSeesOneLibrary(t *testing.T) {
	b := taught(&Bot{Texts: testTexts(t)}, without(t))
	v := b.view()
	b.Teach(without(t, "slices"))
	if _, ok := v.Library.Topic("slices"); !ok || len(v.Index.Find("slices", 1)) != 1 {
		t.Error("the library changed under a turn")
	}
	if v := b.view(); len(v.Index.Find("slices", 1)) != 0 || v.content == nil {
		t.Error("a new turn sees the library of before")
	}
}

// A road of somebody's own, made of the library's topics: it is offered, found,
// and named by the questionnaire where its code is in that language.
func TestAnOwnRoadIsOfferedBesideOurs(t *testing.T) {
	t.Parallel()
	w := newLongWorld(t)
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"roadmaps/school.yaml":    "order: 0\ncode_languages: [ruby]\nstages:\n  - {id: lessons, topics: [" + w.bot.view().Library.Topics()[0].ID + "]}\n",
		"roadmaps/school.en.yaml": "title: Our school\nintro: Hello\noutro: Bye\nstages:\n  lessons: {title: Lessons, goal: Know them}\n",
		"roadmaps/school.uz.yaml": "title: Maktab\nintro: Salom\noutro: Xayr\nstages:\n  lessons: {title: Darslar, goal: Ularni bilish}\n",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	library, err := w.bot.view().Library.Add(tree, "school", func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	w.bot.Teach(library)
	w.script(emma, "en", []string{"/start", "[language.name]", "/choose", "[aim/product]", "[taste/sentence]", "[market/remote]"})
	if text := w.last(emma).Text; !strings.Contains(text, "Ruby") {
		t.Fatalf("the answers lead to:\n%s", text)
	}
	w.script(emma, "en", []string{"[Ruby → school]", "[09:00]", "/roadmaps"})
	if said := w.format(w.last(emma)); !strings.Contains(said, "[📍 Our school]") || strings.Index(said, "Our school") > strings.Index(said, "long") {
		t.Errorf("/roadmaps says:\n%s", said)
	}
	w.nothingFailed()
}
