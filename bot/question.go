package bot

import (
	"fmt"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// numbered puts "2/5" before a question that is not the only one, where there
// is room for it.
func numbered(prompt string, quiz store.Quiz) string {
	if len(quiz.Questions) == 1 {
		return prompt
	}
	long := fmt.Sprintf("%d/%d · %s", quiz.Answered+1, len(quiz.Questions), prompt)
	if telegram.Length(telegram.Escape(long)) > maxQuestion {
		return prompt
	}
	return long
}

// numberedLines are options with their numbers, where there is room for them.
func numberedLines(options []string) []string {
	lines := make([]string, len(options))
	for i, option := range options {
		if lines[i] = fmt.Sprintf("%d. %s", i+1, option); telegram.Length(lines[i]) > maxOption {
			return options
		}
	}
	return lines
}

// quizOf is a question as a poll; its code stands above it. Code that is too
// long there is said before. A chat that wants both languages finds the other
// one in the description, too.
func (t *turn) quizOf(question *curriculum.Question, prompt string) telegram.Quiz {
	text := question.Text[t.lang()]
	var above []string
	if question.Code != "" {
		code := codeHTML(question.Lang, question.Code)
		if telegram.Length(code) > maxDescription {
			t.say(screen{code, nil})
		} else {
			above = append(above, code)
		}
	}
	options, shuffle := text.Options, true
	if second := t.second(); second != "" {
		options = numberedLines(options)
		shuffle = options[0] != text.Options[0] // numbers tie the two languages together; without them the order does
		other := question.Text[second]
		block := telegram.Escape(other.Prompt + "\n" + strings.Join(numberedLines(other.Options), "\n"))
		if telegram.Length(strings.Join(append(above, block), "\n")) <= maxDescription {
			above = append(above, block)
		}
	}
	return telegram.Quiz{
		Question: prompt, Options: options, Right: question.Right,
		Explanation: telegram.Escape(text.Explanation), Description: strings.Join(above, "\n"), Shuffle: shuffle,
	}
}
