package bot

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/locales"
)

// newLongWorld has a road with weeks that leaves the language of code open, and
// a questionnaire.
func newLongWorld(t testing.TB) *world {
	t.Helper()
	library, err := curriculum.Load(os.DirFS("testdata/long"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.bot.Teach(library)
	return w
}

var longConversations = map[string][]string{
	"choice": {
		"# before anything is set up", "/choose", "[aim/product]", "[button.back]", "[aim/depth]", "[taste/strict]", "[market/remote]",
		"# straight to its road", "[Go → go-road]", "[09:00]",
		"# below its lesson, in a message of its own", "/roadmaps", "[which-road]", "[button.today]", "[button.choose]",
		"# two languages that are close", "[aim/product]", "[taste/sentence]", "[market/self]",
		"# second thoughts", "[button.back]", "[market/work]", "[button.rechoose]",
		"# on the page of its stage, and at the end of its road", "/roadmap", "[crossing]", "/next",
		"# a road without the chosen language asks for another", "[button.choose]", "[aim/product]", "[taste/sentence]", "[market/remote]",
		"[Ruby → long-road]", "[Python]",
		"# chosen together with the road", "/choose", "[aim/data]", "[taste/sentence]", "[market/work]", "[Python → long-road]",
	},
	"code": {
		"/start", "[language.name]", "[long-road]",
		"# asked after the road", "what?", "[Python]", "[09:00]",
		"# a road that asks nothing", "/roadmaps", "[go-road]", "[button.today]", "/settings",
		"# the choice is kept", "/roadmaps", "[long-road]",
		"# a variant in the chosen language", "/next",
		"# what is the same in all languages says nothing", "/next",
		"# another language is named", "/next",
		"# changed in the settings", "/settings", "[button.code]", "[button.back]", "[button.code]", "[Go]", "/today",
	},
	"plan": {
		"/start", "[language.name]", "[long-road]", "[Python]", "[09:00]", "/remind off",
		"# the first day", "/progress", "/roadmap", "[ground]",
		"# ahead", "/next", "/next", "/progress", "/next", "/progress", "/roadmap", "[height]",
		"# as planned", "/undo", "/undo", "@+8 10:00", "/progress",
		"# behind: the plan waits", "@+7 10:00", "/progress", "/roadmap", "[height]",
		"# a rest is no time", "/pause 14", "@+14 10:00", "/progress",
		"# after its weeks", "@+30 10:00", "/progress", "/roadmap", "[height]",
		"# done", "/next", "/next", "/next", "/progress",
	},
}

func TestScreensOfTheLongRoad(t *testing.T) {
	for name, steps := range longConversations {
		for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
			t.Run(name+"."+lang, func(t *testing.T) {
				t.Parallel()
				w := newLongWorld(t)
				golden(t, name+"."+lang, w.script(person, lang, steps))
			})
		}
	}
}

// option is the label of an option of the questionnaire: "question/option".
func (w *world) option(lang, key string) (string, bool) {
	question, option, _ := strings.Cut(key, "/")
	if choice := w.bot.view().Library.Choice(); choice != nil {
		for _, q := range choice.Questions {
			for _, o := range q.Options {
				if q.ID == question && o.ID == option {
					return o.Text[lang].Label, true
				}
			}
		}
	}
	return "", false
}

// Whatever anybody answers, in either language: each question and each result
// is a screen that Telegram takes, and every language that is named has its
// road below.
func TestEveryWayThroughTheQuestionnaireFitsTelegram(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	choice := library.Choice()
	if choice == nil || len(choice.Questions) != 6 {
		t.Fatalf("the questionnaire is %+v", choice)
	}
	b := taught(&Bot{Texts: testTexts(t)}, library)
	results := 0
	for _, lang := range locale.Languages {
		turn := &turn{bot: b.view(), chat: &store.Chat{Kind: "private", Language: lang}}
		var walk func(given string)
		walk = func(given string) {
			if len(given) < len(choice.Questions) {
				fits(t, lang+" question "+given, turn.choiceQuestion(choice, given))
				for i := range choice.Questions[len(given)].Options {
					walk(given + string(rune('0'+i)))
				}
				return
			}
			results++
			answers, ok := choiceAnswers(choice, given)
			verdicts := choice.Result(answers)
			s := turn.choiceResult(choice, verdicts, given)
			fits(t, lang+" result "+given, s)
			if !ok || len(s.keys) != len(verdicts)+1 {
				t.Errorf("%s %s: buttons %v for %v", lang, given, s.keys, verdicts)
			}
		}
		walk("")
	}
	if results < 2*729 {
		t.Errorf("only %d results", results)
	}
}

func TestTheResultIsLoggedAndGoNeedsNoSecondQuestion(t *testing.T) {
	t.Parallel()
	w := newLongWorld(t)
	w.say(emma, "/choose")
	for _, label := range []string{"Depth", "Strict", "Far away", "Go → The Go road", "09:00"} {
		w.press(emma, label)
	}
	w.tx(emma, func(ctx context.Context, tx *store.Tx) error {
		if tx.Chat.RoadmapID != "go-road" || !tx.Chat.Ready {
			t.Errorf("the chat follows %q, ready %v", tx.Chat.RoadmapID, tx.Chat.Ready)
		}
		log, err := tx.Log(ctx)
		var chosen []string
		for _, e := range log {
			if e.Kind == study.Changed && e.Detail.Setting == "choice" {
				chosen = append(chosen, e.Detail.Value)
			}
		}
		if diff := cmp.Diff([]string{"go"}, chosen); diff != "" {
			t.Errorf("logged (-want +got):\n%s", diff)
		}
		return err
	})
}

func TestAStaleAnswerOfTheQuestionnaireIsAnOldButton(t *testing.T) {
	t.Parallel()
	w := newLongWorld(t)
	w.say(emma, "/choose")
	question := w.last(emma).ID
	before := w.messages(emma)
	for _, data := range []string{
		"1:choose:0", "1:choose:-3", "1:choose:-x", "1:choose:-0000", "1:choose:-\xff", "1:road:long-road:cobol", "1:road:long-road:ruby",
	} {
		if toast := w.pressData(emma, question, data); toast != "This button is from long ago. /today shows where you are." {
			t.Errorf("%q is answered by %q", data, toast)
		}
	}
	if w.messages(emma) != before {
		t.Errorf("an old button brought:\n%s", w.last(emma).Text)
	}
	w.press(emma, "Depth") // and the question still works
	if text := w.last(emma).Text; !strings.Contains(text, "2 of 3") {
		t.Errorf("after an answer the chat shows:\n%s", text)
	}
}

// The same lesson is kept once for each code that it shows: nobody reads
// another person's language.
func TestTwoChatsReadTheSameLessonInTheirOwnLanguages(t *testing.T) {
	t.Parallel()
	library, err := curriculum.Load(os.DirFS("testdata/long"))
	if err != nil {
		t.Fatal(err)
	}
	b := taught(&Bot{Texts: testTexts(t)}, library)
	topic, _ := library.Topic("handlers")
	for range 2 { // the second time from memory
		for code, want := range map[string]string{"python": `print("python")`, "javascript": `console.log("node")`, "go": `fmt.Println("go")`, "": `fmt.Println("go")`} {
			turn := &turn{bot: b.view(), chat: &store.Chat{Kind: "private", Language: "en", RoadmapID: "long-road", CodeLanguage: code}}
			if html := strings.Join(turn.lessonParts(topic, ""), "\n"); !strings.Contains(strings.ReplaceAll(html, "&quot;", `"`), want) {
				t.Errorf("a chat that reads %q gets:\n%s", code, html)
			}
		}
	}
	bodies := 0
	b.view().bodies.Range(func(any, any) bool { bodies++; return true })
	if bodies != 3 { // "go" and "" read the same
		t.Errorf("%d bodies are kept, want 3", bodies)
	}
}

func TestEveryOfferedLanguageHasAName(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	var offered []string
	for _, l := range library.Choice().Languages {
		offered = append(offered, l.ID)
	}
	asking := 0
	for _, r := range library.Roadmaps() {
		if len(r.CodeLanguages) > 0 {
			asking++
		}
		offered = append(offered, r.CodeLanguages...)
		for _, topic := range r.Topics() {
			if topic.Code != nil && topic.Code.Foreign("") {
				offered = append(offered, topic.Code.Lang)
			}
		}
	}
	if asking == 0 {
		t.Error("no roadmap asks for a language of code")
	}
	slices.Sort(offered)
	for _, lang := range slices.Compact(offered) {
		if codeNames[lang] == "" {
			t.Errorf("%s has no name", lang)
		}
	}
}

// A group chooses its language of code in its set-up. Below a lesson in two
// languages the code stands once.
func TestAGroupReadsTheCodeThatItChose(t *testing.T) {
	t.Parallel()
	w := newLongWorld(t)
	w.group(sandbox.Group{ID: studyGroup, Type: "supergroup"})
	w.sandbox.Join(aziza, studyGroup, false)
	w.settle()
	for _, label := range []string{w.label("uz", "button.setup"), "Oʻzbekcha + English", "Uzun yoʻl", "Python", "09:00"} {
		w.pressIn(aziza, studyGroup, label)
	}
	w.tick(w.Now())
	w.in(aziza, studyGroup, 0, "/next")
	w.transcript(studyGroup)
	w.tick(w.clock("+1 09:00"))
	post := w.transcript(studyGroup)
	if strings.Count(post, "<pre data-lang") != 1 || !strings.Contains(post, `print("python")`) || !strings.Contains(post, "A handler answers.") {
		t.Errorf("the post is:\n%s", post)
	}
	if strings.Contains(post, w.label("uz", "button.choose")) {
		t.Errorf("a group is offered the questionnaire:\n%s", post)
	}
	w.in(aziza, studyGroup, 0, "/settings")
	w.pressIn(aziza, studyGroup, w.label("uz", "button.code"))
	w.pressIn(aziza, studyGroup, "Go")
	if text := w.transcript(studyGroup); !strings.Contains(text, "Darslardagi kod: Go") {
		t.Errorf("after the choice the settings are:\n%s", text)
	}
}

// The set-up of a channel stands in a private chat: its buttons carry the
// channel's id as well.
func TestTheLanguagesOfCodeFitIntoTheButtonsOfAChannel(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, roadmap := range library.Roadmaps() {
		chat := &store.Chat{Key: store.Key{ChatID: -1009999999999}, Kind: "channel", Language: "en", RoadmapID: roadmap.ID}
		turn := &turn{bot: taught(&Bot{Texts: testTexts(t)}, library).view(), chat: chat, here: store.Person(emma)}
		fits(t, roadmap.ID, screen{"x", turn.about(turn.codeKeys(roadmap, "road", roadmap.ID))})
	}
}
