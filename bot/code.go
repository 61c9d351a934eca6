package bot

import (
	"cmp"
	"context"
	"slices"

	"yolchi/internal/curriculum"
	"yolchi/internal/telegram"
)

// codeNames are programming languages as people call them, the same in every
// language.
var codeNames = map[string]string{
	"javascript": "JavaScript (Node.js)", "js": "JavaScript", "typescript": "TypeScript", "ts": "TypeScript",
	"python": "Python", "java": "Java", "ruby": "Ruby", "php": "PHP", "go": "Go",
}

func codeName(lang string) string { return cmp.Or(codeNames[lang], lang) }

// askedCode in a button stands for the language of code that is to be asked
// for, whatever was chosen before.
const askedCode = "ask"

// offersCode says whether some roadmap lets its learners read code in a
// language.
func (v view) offersCode(lang string) bool {
	return slices.ContainsFunc(v.Library.Roadmaps(), func(r *curriculum.Roadmap) bool { return slices.Contains(r.CodeLanguages, lang) })
}

// needsCode says that the chat's roadmap asks for a language of code and the
// chat has chosen none that it offers.
func (t *turn) needsCode() bool {
	roadmap := t.roadmap()
	return roadmap != nil && len(roadmap.CodeLanguages) > 0 && !slices.Contains(roadmap.CodeLanguages, t.chat.CodeLanguage)
}

// askCode asks for the language of code of the chat's roadmap.
func (t *turn) askCode(ctx context.Context) error {
	t.chat.Awaiting = ""
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	roadmap := t.roadmap()
	t.show(screen{t.T("code.ask"), t.codeKeys(roadmap, "road", roadmap.ID)})
	return nil
}

// codeKeys are the languages of a roadmap, each of which does what is said.
func (t *turn) codeKeys(roadmap *curriculum.Roadmap, do ...string) telegram.Keyboard {
	var keys telegram.Keyboard
	for i, lang := range roadmap.CodeLanguages {
		b := button(codeName(lang), append(slices.Clone(do), lang)...)
		if lang == t.chat.CodeLanguage {
			b.Text = "✅ " + b.Text
		}
		if i%2 == 0 {
			keys = append(keys, nil)
		}
		keys[len(keys)-1] = append(keys[len(keys)-1], b)
	}
	return keys
}

// pressCode shows the languages of code in the settings, or sets one.
func (t *turn) pressCode(ctx context.Context, lang string) error {
	roadmap := t.roadmap()
	if roadmap == nil || len(roadmap.CodeLanguages) == 0 {
		return errOld
	}
	if lang == "" {
		keys := append(t.codeKeys(roadmap, "code"), row(button(t.plain("button.back"), "settings")))
		t.show(screen{t.T("code.ask"), keys})
		return nil
	}
	if !slices.Contains(roadmap.CodeLanguages, lang) {
		return errOld
	}
	t.chat.CodeLanguage = lang
	if err := t.changed(ctx, "code_language", lang); err != nil {
		return err
	}
	t.toast(t.plain("settings.saved"))
	t.show(t.settings())
	return nil
}

// code is a topic's code as the chat reads it, and whether that is in another
// language than the one it chose.
func (t *turn) code(topic *curriculum.Topic) (code *curriculum.Code, foreign bool) {
	chosen := ""
	if roadmap := t.roadmap(); roadmap != nil && len(roadmap.CodeLanguages) > 0 {
		chosen = t.chat.CodeLanguage
	}
	if topic.Code == nil { // also of a copy that is shown without its code
		return nil, false
	}
	code = topic.CodeIn(chosen)
	return code, chosen != "" && code.Foreign(chosen)
}

// reading tells the bodies of one lesson apart: "" with the main code, the
// language of a variant, or "foreign" with a line about the language.
func (t *turn) reading(topic *curriculum.Topic) string {
	switch code, foreign := t.code(topic); {
	case foreign:
		return "foreign"
	case code != topic.Code:
		return code.Lang
	}
	return ""
}
