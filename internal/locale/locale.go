// Package locale turns a key into a sentence of a language: the go-i18n bundle
// of the bot's own words and the one function that translates. Lessons and
// questions are data and must never pass through it: Go code is full of "{{".
package locale

import (
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The languages of the bot. Their codes are those of Telegram.
const (
	English = "en"
	Uzbek   = "uz"
)

// Languages are all of them, in the order in which they are offered.
var Languages = []string{Uzbek, English}

// Args are the fields of a sentence. "Count" chooses the plural form.
type Args map[string]any

// Bundle holds every sentence in every language. It does not change after
// Load and may be used by several goroutines.
type Bundle struct {
	localizers map[string]*i18n.Localizer
	log        *slog.Logger
}

// Load reads ui.<language>.yaml for each language from the root of fsys.
func Load(fsys fs.FS, log *slog.Logger) (*Bundle, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	b := &Bundle{localizers: map[string]*i18n.Localizer{}, log: log}
	for _, lang := range Languages {
		if _, err := bundle.LoadMessageFileFS(fsys, "ui."+lang+".yaml"); err != nil {
			return nil, fmt.Errorf("loading the texts of language %s: %w", lang, err)
		}
	}
	for _, lang := range Languages {
		b.localizers[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return b, nil
}

// T is the sentence of key in lang with its fields filled in. A sentence that
// is missing in lang comes in English, one that is missing everywhere is its
// key; both are logged. Anything but a known language is English.
func (b *Bundle) T(lang, key string, args Args) string {
	localizer, ok := b.localizers[lang]
	if !ok {
		localizer = b.localizers[English]
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: map[string]any(args)}
	if count, ok := args["Count"]; ok {
		config.PluralCount = count
	}
	text, err := localizer.Localize(config)
	if err != nil {
		b.log.Error("a text is missing", "key", key, "language", lang, "error", err)
	}
	if text == "" {
		return key
	}
	return text
}

// Guess is the language for somebody with Telegram's language_code, and false
// if the code says nothing: then both are shown.
func Guess(code string) (lang string, ok bool) {
	if len(code) >= 2 {
		for _, lang := range Languages {
			if code[:2] == lang && (len(code) == 2 || code[2] == '-' || code[2] == '_') {
				return lang, true
			}
		}
	}
	return "", false
}

// Names as calendars print them; months of English are short, as in "20 Nov".
var (
	months = map[string][12]string{
		English: {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		Uzbek:   {"yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avgust", "sentabr", "oktabr", "noyabr", "dekabr"},
	}
	weekdays = map[string][7]string{
		English: {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		Uzbek:   {"yak", "du", "se", "chor", "pay", "ju", "shan"},
	}
	longWeekdays = map[string][7]string{
		English: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		Uzbek:   {"yakshanba", "dushanba", "seshanba", "chorshanba", "payshanba", "juma", "shanba"},
	}
)

// shortMonths are for where there is little room.
var shortMonths = map[string][12]string{
	English: months[English],
	Uzbek:   {"yan", "fev", "mart", "apr", "may", "iyun", "iyul", "avg", "sen", "okt", "noy", "dek"},
}

// ShortMonths are the names of the months, at most four letters each.
func ShortMonths(lang string) [12]string {
	if names, ok := shortMonths[lang]; ok {
		return names
	}
	return shortMonths[English]
}

// Date is a calendar day in words, without its year: "Friday, 20 Nov",
// "20-noyabr, juma".
func Date(lang string, month time.Month, day int, weekday time.Weekday) string {
	if lang == Uzbek {
		return fmt.Sprintf("%d-%s, %s", day, months[Uzbek][month-1], longWeekdays[Uzbek][weekday])
	}
	return fmt.Sprintf("%s, %d %s", longWeekdays[English][weekday], day, months[English][month-1])
}

// DateOfYear is a calendar day with its year: "20 Nov 2027", "2027-yil
// 20-noyabr".
func DateOfYear(lang string, year int, month time.Month, day int) string {
	if lang == Uzbek {
		return fmt.Sprintf("%d-yil %d-%s", year, day, months[Uzbek][month-1])
	}
	return fmt.Sprintf("%d %s %d", day, months[English][month-1], year)
}

// Month is a month with its year: "November 2026", "2026-yil noyabr".
func Month(lang string, year int, month time.Month) string {
	if lang == Uzbek {
		return fmt.Sprintf("%d-yil %s", year, months[Uzbek][month-1])
	}
	return fmt.Sprintf("%s %d", month, year)
}

// Weekday is the short name of a day of the week.
func Weekday(lang string, day time.Weekday) string {
	if lang == Uzbek {
		return weekdays[Uzbek][day]
	}
	return weekdays[English][day]
}
