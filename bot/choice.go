package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// shownReasons is how many reasons stand below each language of a result.
const shownReasons = 3

// chooseCommand begins the questionnaire that helps to choose a language.
func (t *turn) chooseCommand(_ context.Context, _ string) error {
	choice := t.bot.Library.Choice()
	if choice == nil {
		t.say(t.roadmapChoice())
		return nil
	}
	t.say(t.choiceQuestion(choice, ""))
	return nil
}

// pressChoose begins the questionnaire in a new message, or goes on in the one
// that holds it. The argument is "-" and the answers so far, a digit for each:
// all that has to be known stands in the buttons.
func (t *turn) pressChoose(ctx context.Context, arg string) error {
	choice := t.bot.Library.Choice()
	if choice == nil {
		return errOld
	}
	if arg == "" {
		return t.chooseCommand(ctx, "")
	}
	given, ok := strings.CutPrefix(arg, "-")
	answers, known := choiceAnswers(choice, given)
	if !ok || !known {
		return errOld
	}
	if len(answers) < len(choice.Questions) {
		t.show(t.choiceQuestion(choice, given))
		return nil
	}
	verdicts := choice.Result(answers)
	var named []string
	for _, v := range verdicts {
		named = append(named, v.ID)
	}
	t.show(t.choiceResult(choice, verdicts, given))
	return t.record(ctx, study.Event{Kind: study.Changed, Detail: study.Detail{Setting: "choice", Value: strings.Join(named, ",")}})
}

// choiceAnswers reads the answers so far, and says false if the questionnaire
// has no such options (any more).
func choiceAnswers(choice *curriculum.Choice, given string) (answers []int, ok bool) {
	if len(given) > len(choice.Questions) {
		return nil, false
	}
	for i, digit := range []byte(given) {
		answer := int(digit) - '0'
		if answer < 0 || answer >= len(choice.Questions[i].Options) {
			return nil, false
		}
		answers = append(answers, answer)
	}
	return answers, true
}

// choiceQuestion asks the question that follows on the given answers.
func (t *turn) choiceQuestion(choice *curriculum.Choice, given string) screen {
	n, text := len(given), choice.Text[t.lang()]
	lines := []string{
		t.T("choice.title", "Title", text.Title) + " · " + t.T("choice.progress", "Number", n+1, "All", len(choice.Questions)), "",
	}
	var keys telegram.Keyboard
	for i, option := range choice.Questions[n].Options {
		keys = append(keys, row(button(option.Text[t.lang()].Label, "choose", "-"+given+strconv.Itoa(i))))
	}
	if n == 0 {
		lines = append(lines, telegram.Escape(text.Intro), "")
	} else {
		keys = append(keys, row(button(t.plain("button.back"), "choose", "-"+given[:n-1])))
	}
	lines = append(lines, "<b>"+telegram.Escape(choice.Questions[n].Prompt[t.lang()])+"</b>")
	return screen{strings.Join(lines, "\n"), keys}
}

// choiceResult names the languages with their reasons, what the answers cannot
// tell, and the roads to go on with.
func (t *turn) choiceResult(choice *curriculum.Choice, verdicts []curriculum.Verdict, given string) screen {
	lines := []string{t.T("choice.one", "Language", codeName(verdicts[0].ID))}
	if len(verdicts) > 1 {
		lines = []string{t.T("choice.two", "First", codeName(verdicts[0].ID), "Second", codeName(verdicts[1].ID))}
	}
	var keys telegram.Keyboard
	for _, v := range verdicts {
		lines = append(lines, "", t.T("choice.for", "Language", codeName(v.ID), "For", len(v.For), "All", len(choice.Questions)))
		for _, option := range v.For[:min(len(v.For), shownReasons)] {
			lines = append(lines, "• "+telegram.Escape(option.Text[t.lang()].Reasons[v.ID]))
		}
		if roadmap, ok := t.bot.Library.Roadmap(v.Roadmap); ok {
			parts := []string{"road", roadmap.ID}
			switch {
			case len(roadmap.CodeLanguages) == 0 || slices.Contains(roadmap.CodeLanguages, v.ID):
				if t.bot.offersCode(v.ID) {
					parts = append(parts, v.ID)
				}
			default:
				parts = append(parts, askedCode)
				lines = append(lines, t.T("choice.elsewhere", "Language", codeName(v.ID), "Roadmap", roadmap.Text[t.lang()].Title))
			}
			keys = append(keys, row(button(codeName(v.ID)+" → "+roadmap.Text[t.lang()].Title, parts...)))
		}
		keys = append(keys, t.ownRoads(v.ID)...)
	}
	lines = append(lines, "", telegram.HTML(choice.Text[t.lang()].Unknown), "", t.T("choice.on"))
	keys = append(keys, row(button(t.plain("button.back"), "choose", "-"+given[:len(given)-1]), button(t.plain("button.rechoose"), "choose", "-")))
	return screen{strings.Join(lines, "\n"), keys}
}

// chooseKey offers the questionnaire below the lesson on choosing a language.
// It is for one person: groups and channels have none.
func (t *turn) chooseKey(topic string) telegram.Keyboard {
	if choice := t.bot.Library.Choice(); choice == nil || choice.Topic != topic || t.shared() {
		return nil
	}
	return rows(row(button(t.plain("button.choose"), "choose")))
}

// chooseKeyOf offers it on the pages of the roadmap that leads to it: below the
// stage with its lesson, and at the end for stage nil.
func (t *turn) chooseKeyOf(roadmap *curriculum.Roadmap, stage *curriculum.Stage) telegram.Keyboard {
	choice := t.bot.Library.Choice()
	if choice == nil || choice.Roadmap != roadmap.ID || stage != nil && !slices.Contains(stageTopicIDs(stage), choice.Topic) {
		return nil
	}
	return t.chooseKey(choice.Topic)
}
