package bot

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"yolchi/internal/locale"
	"yolchi/internal/telegram"
)

// Whatever the database may hold has words in both languages.
func TestALookHasWordsForEveryStateAndKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var keys []string
	for constraint, prefix := range map[string]string{
		"deliveries_state_check": "lookup.", "deliveries_kind_check": "lookup.delivery.", "quizzes_kind_check": "lookup.quiz.",
	} {
		for _, word := range w.allowed(constraint) {
			keys = append(keys, prefix+metricKind(word))
		}
	}
	keys = append(keys, "lookup.update."+kindOf(telegram.Update{}))
	fields := reflect.TypeFor[telegram.Update]()
	for i := range fields.NumField() {
		if field := fields.Field(i); field.Type.Kind() == reflect.Pointer {
			u := reflect.New(fields).Elem()
			u.Field(i).Set(reflect.New(field.Type.Elem()))
			keys = append(keys, "lookup.update."+kindOf(u.Interface().(telegram.Update)))
		}
	}
	if len(keys) < 5+8+4+9 {
		t.Errorf("only these are known: %v", keys)
	}
	for _, key := range keys {
		for _, lang := range locale.Languages {
			if text := w.bot.text(lang, key, "When", "today"); text == key || strings.Contains(text, "<no value>") {
				t.Errorf("%s has no words in %s", key, lang)
			}
		}
	}
}

// allowed are the words that a constraint names.
func (w *world) allowed(constraint string) (words []string) {
	w.t.Helper()
	var definition string
	err := w.bot.Store.Pool().QueryRowContext(w.ctx, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1`, constraint).Scan(&definition)
	if err != nil {
		w.t.Fatalf("%s: %v", constraint, err)
	}
	for _, m := range regexp.MustCompile(`'([^']+)'`).FindAllStringSubmatch(definition, -1) {
		words = append(words, m[1])
	}
	return words
}
