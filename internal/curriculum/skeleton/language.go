package skeleton

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
)

// errLanguage asks for what cannot be seen from the document.
var errLanguage = errors.New("the document seems to be neither in English nor in Uzbek in Latin script; say with --language en or --language uz which of the two its files are to be")

// frequent are words by which a language is known.
var frequent = map[string][]string{
	"en": {"the", "and", "of", "to", "for", "with", "in", "is", "are", "using", "how", "learn", "from", "your", "you", "basics", "understanding", "building"},
	"uz": {"va", "bilan", "uchun", "bu", "ham", "yoki", "kerak", "boʻlish", "yordamida", "qilish", "haqida", "asoslari", "oʻrganish", "ishlash", "yaratish", "hafta", "oy", "boʻyicha", "kitob", "bosqich"},
}

// language is that of the text; English if nothing speaks for either.
func language(text string) (string, error) {
	letters, foreign := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if !unicode.Is(unicode.Latin, r) && r != turnedComma && r != apostrophe {
				foreign++
			}
		}
	}
	if 2*foreign > letters {
		return "", errLanguage
	}
	count := map[string]int{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(uzbek(text)), func(r rune) bool { return !unicode.IsLetter(r) }) {
		for lang, words := range frequent {
			for _, w := range words {
				if w == word {
					count[lang]++
				}
			}
		}
	}
	if count["uz"] > count["en"] {
		return "uz", nil
	}
	return "en", nil
}

const (
	turnedComma = 'ʻ' // U+02BB, in oʻ and gʻ
	apostrophe  = 'ʼ' // U+02BC, after any other letter
)

// apostrophes are those that people type for the two signs, and the two.
const apostrophes = "'`´‘’‛′ʹʾʿ＇ʻʼ"

// codeForm is what keeps its spelling: code, addresses, and the names of fields between them.
var codeForm = regexp.MustCompile("(?s)```.*?(?:```|$)|~~~.*?(?:~~~|$)|``[^`\n]+``|`[^`\n]+`|https?://[^\\s)>]+|\\]\\([^)\n]*\\)")

// uzbek is the text with the two Uzbek signs where other apostrophes were typed for them, as the
// check of content wants them.
func uzbek(text string) string {
	var b strings.Builder
	from := 0
	for _, at := range codeForm.FindAllStringIndex(text, -1) {
		b.WriteString(spelt(text[from:at[0]]))
		b.WriteString(text[at[0]:at[1]])
		from = at[1]
	}
	b.WriteString(spelt(text[from:]))
	return b.String()
}

// spelt sets the signs right in a text without code.
func spelt(text string) string {
	runes := []rune(text)
	start := 0 // of the word
	for i, r := range runes {
		if !strings.ContainsRune(apostrophes, r) {
			if !unicode.IsLetter(r) {
				start = i + 1
			}
			continue
		}
		if i == start || !unicode.IsLetter(runes[i-1]) {
			start = i + 1
			continue // it opens a quotation
		}
		og := strings.ContainsRune("oOgG", runes[i-1])
		inside := i+1 < len(runes) && unicode.IsLetter(runes[i+1])
		quoted := start > 0 && strings.ContainsRune(apostrophes, runes[start-1])
		switch {
		case og && (inside || !quoted):
			runes[i] = turnedComma
		case inside:
			runes[i] = apostrophe
		}
	}
	return string(runes)
}
