package curriculum

import (
	"fmt"
	"strings"
	"unicode"
)

// The two signs that Uzbek in Latin script has beside its letters.
const (
	turnedComma = 'ʻ' // U+02BB, in oʻ and gʻ only
	apostrophe  = 'ʼ' // U+02BC, the tutuq belgisi, after any other letter
)

// wrongSigns are typed or pasted for the two.
const wrongSigns = "'`´‘’‛′ʹʾʿ＇"

// isApostrophe says that a sign is one of the two, or typed for them.
func isApostrophe(r rune) bool {
	return r == turnedComma || r == apostrophe || strings.ContainsRune(wrongSigns, r)
}

// foreignNames are written as their owners write them.
var foreignNames = strings.NewReplacer("Let's Encrypt", "Lets Encrypt", "O'Reilly", "OReilly")

// misspelt says which signs of a text are not those of its language. Code and addresses in it are
// passed over.
func misspelt(s, lang string) []string {
	runes := []rune(foreignNames.Replace(withoutCode(s)))
	var found []string
	for i, r := range runes {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			found = append(found, fmt.Sprintf("%q: %c is Cyrillic", around(runes, i), r))
		case lang != "uz":
		case r == turnedComma && !afterOG(runes, i):
			found = append(found, fmt.Sprintf("%q: U+02BB stands only after o and g; here it is U+02BC", around(runes, i)))
		case r == apostrophe && (i == 0 || !unicode.IsLetter(runes[i-1])):
			found = append(found, fmt.Sprintf("%q: U+02BC follows no letter", around(runes, i)))
		case r == apostrophe && afterOG(runes, i):
			found = append(found, fmt.Sprintf("%q: after o and g it is U+02BB", around(runes, i)))
		case strings.ContainsRune(wrongSigns, r) && inWord(runes, i):
			found = append(found, fmt.Sprintf("%q: want U+02BB after o and g, else U+02BC", around(runes, i)))
		}
	}
	return found
}

func afterOG(runes []rune, i int) bool {
	return i > 0 && strings.ContainsRune("oOgG", runes[i-1])
}

// inWord reports whether the sign at i stands inside a word, or ends one in o or g that no quote
// of the same kind began.
func inWord(runes []rune, i int) bool {
	if i == 0 || !unicode.IsLetter(runes[i-1]) {
		return false
	}
	if i+1 < len(runes) && unicode.IsLetter(runes[i+1]) {
		return true
	}
	start := i
	for start > 0 && unicode.IsLetter(runes[start-1]) {
		start--
	}
	return afterOG(runes, i) && (start == 0 || !strings.ContainsRune(wrongSigns, runes[start-1]))
}

// around is the word that holds the sign at i, to find it by.
func around(runes []rune, i int) string {
	from, to := i, i+1
	for from > 0 && !unicode.IsSpace(runes[from-1]) {
		from--
	}
	for to < len(runes) && !unicode.IsSpace(runes[to]) {
		to++
	}
	return string(runes[from:to])
}
