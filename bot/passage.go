package bot

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"yolchi/internal/curriculum"
)

// passage is the part of a lesson, in Markdown, that has most to do with a
// text: a paragraph with the list or code that belongs to it. It is "" if no
// part has any of the text's words. Rare words weigh more than those that stand
// in every part, and of two parts with the same words the shorter one wins:
// a long one has a bit of everything.
func passage(lesson, wanted string) string {
	parts := passages(lesson)
	has := make([]map[string]bool, len(parts))
	in := map[string]int{} // in how many parts a word stands
	for i, part := range parts {
		has[i] = stems(part)
		for word := range has[i] {
			in[word]++
		}
	}
	// In order: the sum of the same weights must not differ by its rounding.
	words := slices.Sorted(maps.Keys(stems(wanted)))
	best, most := "", 0.0
	for i, part := range parts {
		score := 0.0
		for _, word := range words {
			if has[i][word] {
				score += math.Log(1 + float64(len(parts))/float64(in[word]))
			}
		}
		if score /= math.Sqrt(float64(max(len(has[i]), 1))); score > most {
			best, most = part, score
		}
	}
	return best
}

// answering is the part of a lesson that answers one of its questions, "" if
// none has anything to do with it. All that a question says helps to find it,
// but for the wrong options.
func answering(lesson string, question curriculum.QuestionText, right []int) string {
	wanted := question.Prompt + " " + question.Explanation
	for _, i := range right {
		wanted += " " + question.Options[i]
	}
	return passage(lesson, wanted)
}

// passages are the paragraphs of a lesson, each with what follows it and makes
// no sense alone: a piece of code, a list, whatever comes after a colon.
func passages(lesson string) []string {
	var parts []string
	for _, block := range blocks(lesson) {
		last := len(parts) - 1
		if last >= 0 && (hangs(block) || strings.HasSuffix(strings.TrimSpace(parts[last]), ":")) {
			parts[last] += "\n\n" + block
			continue
		}
		parts = append(parts, block)
	}
	return parts
}

func hangs(block string) bool {
	for _, mark := range []string{"```", "- ", "* ", "1. ", "|"} {
		if strings.HasPrefix(block, mark) {
			return true
		}
	}
	return false
}

// blocks are what empty lines part, but for those inside of code.
func blocks(lesson string) []string {
	var all, block []string
	fenced := false
	end := func() {
		if len(block) > 0 {
			all = append(all, strings.Join(block, "\n"))
			block = nil
		}
	}
	for line := range strings.Lines(lesson) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		}
		if strings.TrimSpace(line) == "" && !fenced {
			end()
			continue
		}
		block = append(block, line)
	}
	end()
	return all
}

// stemLength is how much of a word tells it from others: what follows is often
// an ending, in Uzbek above all.
const stemLength = 4

// stems are the beginnings of a text's words and its numbers, without the short
// words, which stand everywhere.
func stems(text string) map[string]bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
	found := make(map[string]bool, len(words))
	for _, word := range words {
		if runes := []rune(word); len(runes) > 2 || unicode.IsDigit(runes[0]) {
			found[string(runes[:min(len(runes), stemLength)])] = true
		}
	}
	return found
}
