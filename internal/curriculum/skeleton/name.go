package skeleton

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxID is the longest id that content may have, in bytes.
const maxID = 32

// idForm is what a topic or roadmap may be called.
var idForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// cyrillic spells Russian and Uzbek Cyrillic letters as people type them without.
var cyrillic = strings.NewReplacer(
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "yo", "ж", "j", "з", "z", "и", "i", "й", "y",
	"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f",
	"х", "x", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "sh", "ъ", "", "ы", "i", "ь", "", "э", "e", "ю", "yu", "я", "ya",
	"ў", "o", "қ", "q", "ғ", "g", "ҳ", "h",
)

// slug is the name in the letters of an id, or "" if nothing is left of it.
func slug(name string) string {
	name = cyrillic.Replace(norm.NFKC.String(strings.ToLower(name)))
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(name) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case strings.ContainsRune(apostrophes, r), unicode.Is(unicode.Mn, r): // inside of words
		default:
			gap = true
		}
	}
	return b.String()
}

// deviceForm is what Windows takes for a device, whatever follows the dot.
var deviceForm = regexp.MustCompile(`^(con|prn|aux|nul|(com|lpt)[0-9])$`)

// names gives out ids, each once. It holds those that are given, with the number to try next after
// each.
type names map[string]int

// take returns an id made of the name, or of the kind of thing that it names where the name has no
// letter to begin with.
func (n names) take(name, kind string) string {
	id := slug(name)
	if id == "" || id[0] < 'a' {
		id = strings.TrimSuffix(kind+"-"+id, "-")
	}
	id = cutID(id, maxID)
	free := id
	for n[free] > 0 || deviceForm.MatchString(free) {
		n[id] = max(n[id], 1) + 1
		suffix := "-" + strconv.Itoa(n[id])
		free = cutID(id, maxID-len(suffix)) + suffix
	}
	n[free] = 1
	return free
}

// cutID shortens an id, between words if it can.
func cutID(id string, limit int) string {
	if len(id) <= limit {
		return id
	}
	cut := id[:limit]
	if i := strings.LastIndexByte(cut, '-'); id[limit] != '-' && i > limit/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, "-")
}
