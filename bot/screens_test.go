package bot

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a transcript with testdata/<name>.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// script is a conversation: each step is done, and what it shows is written
// down. Steps: "/x" and words are typed, "[key]" presses the button whose text
// has that key, "vote …" answers with these options, "reply …" answers the newest lesson, "@15:04" and "@+1 15:04"
// move the clock in Tashkent, "# …" is a heading.
func (w *world) script(person int64, lang string, steps []string) string {
	w.t.Helper()
	var b strings.Builder
	for _, step := range steps {
		switch {
		case strings.HasPrefix(step, "# "):
			fmt.Fprintf(&b, "\n======== %s\n", step[2:])
			continue
		case strings.HasPrefix(step, "@"):
			w.tick(w.clock(step[1:]))
			fmt.Fprintf(&b, "-------- %s\n", w.Now().In(tashkent).Format("Mon 2 Jan 15:04"))
		case strings.HasPrefix(step, "["):
			text := w.label(lang, strings.Trim(step, "[]"))
			toast := w.press(person, text)
			fmt.Fprintf(&b, "-------- [%s]\n", text)
			if toast != "" {
				fmt.Fprintf(&b, "(toast) %s\n", toast)
			}
		case step == "right", step == "wrong":
			w.answer(person, person, step == "right")
			fmt.Fprintf(&b, "-------- vote: %s\n", step)
		case strings.HasPrefix(step, "reply "):
			w.reply(person, w.lesson(person), step[6:])
		case strings.HasPrefix(step, "vote "):
			var texts []string
			for _, n := range strings.Fields(step[5:]) {
				texts = append(texts, w.poll(person).Options[int(n[0]-'0')].Text)
			}
			w.vote(person, texts...)
			fmt.Fprintf(&b, "-------- vote: %s\n", strings.Join(texts, " + "))
		default:
			w.say(person, step)
		}
		b.WriteString(w.transcript(person))
	}
	return b.String()
}

var tashkent = time.FixedZone("Asia/Tashkent", 5*60*60)

// clock reads "15:04" or "+1 15:04" (so many days on).
func (w *world) clock(text string) time.Time {
	w.t.Helper()
	now := w.Now().In(tashkent)
	days := 0
	if n, err := fmt.Sscanf(text, "+%d", &days); n == 1 && err == nil {
		_, text, _ = strings.Cut(text, " ")
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		w.t.Fatal(err)
	}
	return time.Date(now.Year(), now.Month(), now.Day()+days, at.Hour(), at.Minute(), 0, 0, tashkent)
}

// label is a button's text: that of a key, or the words themselves.
func (w *world) label(lang, key string) string {
	if n, ok := strings.CutPrefix(key, "review "); ok { // so many are due
		count := int(n[0] - '0')
		return w.bot.Texts.T(lang, "button.review", locale.Args{"Count": count, "Minutes": (count + 1) / 2})
	}
	if topic, road, ok := strings.Cut(key, " · "); ok {
		return w.label(lang, topic) + " · " + w.label(lang, road)
	}
	if mark, topic, ok := strings.Cut(key, " "); ok { // a topic or a note in a list
		return mark + " " + w.label(lang, topic)
	}
	if strings.HasPrefix(key, "notes.") {
		return w.bot.Texts.T(lang, key, locale.Args{"Number": 2})
	}
	if strings.HasPrefix(key, "button.") || strings.HasPrefix(key, "later.") || strings.HasPrefix(key, "audience.") || strings.HasPrefix(key, "language.") {
		return w.bot.Texts.T(lang, key, locale.Args{"Hour": "20:00"})
	}
	if topic, ok := w.bot.view().Library.Topic(key); ok {
		return topic.Text[lang].Title
	}
	if label, ok := w.option(lang, key); ok {
		return label
	}
	for _, roadmap := range w.bot.view().Library.Roadmaps() {
		if roadmap.ID == key {
			return roadmap.Text[lang].Title
		}
		for i, stage := range roadmap.Stages {
			if stage.ID == key {
				return fmt.Sprintf("%d. %s", i+1, stage.Text[lang].Title)
			}
		}
	}
	return key
}

var conversations = map[string][]string{
	"start": {
		"# the first three taps",
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# started again, nothing is lost",
		"/start",
	},
	"lessons": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# done", "[button.done]",
		"# the next one now", "[button.now]",
		"# later", "[button.later]", "[button.back]", "[button.later]", "[later.hour]", "@10:00",
		"# known", "[button.know]",
		"# a lesson that is not written yet, and the end", "/today", "/next", "/next", "/today",
		"# back again", "/undo", "/undo", "[button.today]", "/progress",
	},
	"daily": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# the same day brings nothing more", "@20:00",
		"# not done: the same topic, gently", "@+1 09:00",
		"# done: the next one", "[button.done]", "@+1 09:00",
		"# the bot was away over the hour", "@+1 15:30",
		"# it was away for two days", "@+2 08:00", "@09:00",
		"# off and on", "/remind off", "@+1 09:00", "/remind on", "@+1 09:00",
		"# stopped", "/stop", "@+1 09:00", "/remind", "/start", "@+1 09:00",
	},
	"quiz": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# one after another", "[button.quiz]", "/quiz", "[button.again]", "vote 1", "vote 0 1",
		"# all right", "[button.done]", "[button.now]", "[button.quiz]", "vote 0", "vote 0 2", "vote 1",
		"# none", "/next", "/quiz", "/progress",
	},
	"question": {
		"# a question that a link leads to, before anything is set up", "/start q_loops__how-often", "right",
		"# and after", "/start", "[language.name]", "[short-road]", "[09:00]",
		"/review", "/start q_slices__what-append-does", "/quiz", "wrong", "[button.where]", "/review",
	},
	"roadmap": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# walking through it", "/roadmap", "[first-steps]", "[button.project]", "[button.back]", "[▫️ slices]", "[button.read]",
		"# going on from there", "[button.go]", "/undo", "/roadmap", "[onward]", "[button.back]", "[button.about]",
		"# another road keeps its place", "/roadmaps", "[side-road]", "/roadmaps", "[short-road]", "/start side-road",
	},
	"notes": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# nothing yet", "/notes",
		"# a note on the lesson, and where it stands from then on", "reply A loop <is> a circle.", "/today", "@+1 09:00", "reply Ask about range",
		"# deleted by two taps", "[button.notes]", "[🗑 2]", "[notes.keep]", "[🗑 2]", "[notes.sure]", "/today",
		"# what is closed can be noted, too", "[button.done]", "reply Done now.", "/notes",
	},
	"switch": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# what was done on one road counts on another", "/next", "/next", "/roadmaps", "[side-road]", "/progress",
		"# the whole of the other road", "/next", "/roadmaps", "[short-road]",
	},
	"find": {
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# found, with a letter wrong, in the other language", "/find slice", "/find SLCIES", "/find sikl", "[loops · short-road]",
		"# asked for the words", "/find", "serverlar",
		"# nothing, nearly", "/find sliceses <b>", "/find қалам",
	},
	"forget": {
		"# nobody is known yet", "/privacy", "/forget", "[button.keep]", "Hello",
		"/start", "[language.name]", "[short-road]", "[09:00]",
		"# asked, and kept", "/privacy", "/forget", "[button.keep]",
		"# taken along, and deleted", "/forget", "[button.export]", "[button.forget]",
		"# nothing is left", "Thank you", "[button.done]", "/start",
	},
	"settings": {
		"# before the road begins the zone can be set",
		"/start", "[language.name]", "[short-road]", "[button.zone]", "Atlantis", "London", "25:99", "8.30",
		"# the reminder",
		"/remind", "/remind 21:15 mon-fri", "/remind 25:99", "[button.days]", "[button.back]", "[button.hour]", "[13:00]", "[button.off]", "[button.on]",
		"# the zone", "/timezone", "/timezone toshkent", "/timezone Oz", "/timezone +3",
		"# rest", "/pause", "/pause 7", "/settings", "[button.resume]", "/pause 400", "/resume",
		"# the language", "/language", "/help", "/settings",
		"# what the bot does not understand", "hello <b>there</b>", "/nonsense",
	},
}

func TestScreens(t *testing.T) {
	for name, steps := range conversations {
		for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
			t.Run(name+"."+lang, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				golden(t, name+"."+lang, w.script(person, lang, steps))
			})
		}
	}
}
