package bot

import (
	"fmt"
	"strings"
	"testing"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
	"yolchi/locales"
)

// maxEntities is how much formatting Telegram keeps in one message; what is
// beyond it silently loses its form (tdlib, "get_message_text", limit 100).
const maxEntities = 100

// Every real lesson, and every page of a roadmap, is what Telegram takes: valid,
// within the limits, with buttons that fit, in at most three messages.
func TestEveryLessonFitsTelegram(t *testing.T) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	b := taught(&Bot{Texts: testTexts(t)}, library)
	messages := map[int]int{}
	for _, lang := range locale.Languages {
		for _, roadmap := range library.Roadmaps() {
			for _, code := range append([]string{""}, roadmap.CodeLanguages...) {
				turn := &turn{bot: b.view(), chat: &store.Chat{Kind: "private", Language: lang, RoadmapID: roadmap.ID, CodeLanguage: code}}
				for i, stage := range roadmap.Stages {
					fits(t, lang+" "+stage.ID, turn.stageScreen(road{Roadmap: roadmap}, stage, i+1))
					for _, topic := range stage.Topics {
						screens := turn.lessonScreens(topic, study.TopicOpened, turn.T("daily.fresh.1"))
						messages[len(screens)]++
						if len(screens) > 3 {
							t.Errorf("%s %s %s needs %d messages", lang, topic.ID, code, len(screens))
						}
						for _, s := range screens {
							fits(t, lang+" "+topic.ID+" "+code, s)
						}
					}
				}
			}
		}
	}
	t.Logf("lessons by messages: %v", messages)
}

func fits(t *testing.T, what string, s screen) {
	t.Helper()
	if err := telegram.ValidHTML(s.html); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if n := telegram.Length(s.html); n == 0 || n > maxMessage {
		t.Errorf("%s: %d characters", what, n)
	}
	if n := strings.Count(s.html, "</"); n > maxEntities {
		t.Errorf("%s: %d pieces of formatting", what, n)
	}
	for _, row := range s.keys {
		for _, button := range row {
			if n := len(button.Data); n == 0 || n > 64 {
				t.Errorf("%s: button %q has %d bytes of data", what, button.Text, n)
			}
		}
	}
	if buttons := fmt.Sprint(s.keys); strings.Contains(buttons, "<") {
		t.Errorf("%s: a button shows markup: %s", what, buttons)
	}
}
