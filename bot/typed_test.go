package bot

import (
	"strings"
	"testing"
	"time"

	"yolchi/internal/study"
)

func TestAReminderIsReadAsPeopleTypeIt(t *testing.T) {
	every, work := study.EveryDay, study.MondayToFri
	weekend := every &^ work
	mon, wed, fri := study.Of(time.Monday), study.Of(time.Wednesday), study.Of(time.Friday)
	for _, c := range []struct {
		text string
		want wish
	}{
		{"08:30", wish{minute: 510}},
		{"8.30", wish{minute: 510}},
		{"0830", wish{minute: 510}},
		{"8", wish{minute: 480}},
		{"0:00", wish{minute: 0}},
		{"23:59", wish{minute: 1439}},
		{"9pm", wish{minute: 21 * 60}},
		{"12am", wish{minute: 0}},
		{"12:30pm", wish{minute: 750}},
		{"at 9", wish{minute: 540}},
		{"soat 9 da", wish{minute: 540}},
		{"soat 9da", wish{minute: 540}},
		{"8.30 mon-fri", wish{minute: 510, days: work}},
		{"8:30 Mon – Fri", wish{minute: 510, days: work}},
		{"8:30 monday to friday", wish{minute: 510, days: work}},
		{"8:30 du-ju", wish{minute: 510, days: work}},
		{"8:30 dushanba-juma", wish{minute: 510, days: work}},
		{"8:30 mon,wed,fri", wish{minute: 510, days: mon | wed | fri}},
		{"8:30 mon, wed, fri", wish{minute: 510, days: mon | wed | fri}},
		{"8:30 fri-mon", wish{minute: 510, days: fri | weekend | mon}},
		{"har kuni 7:00", wish{minute: 420, days: every}},
		{"every day 7:00", wish{minute: 420, days: every}},
		{"7:00 ish kunlari", wish{minute: 420, days: work}},
		{"7:00 dam olish kunlari", wish{minute: 420, days: weekend}},
		{"weekends", wish{minute: -1, days: weekend}},
		{"shanba", wish{minute: -1, days: study.Of(time.Saturday)}},
		{"off", wish{minute: -1, off: true}},
		{"OʻCHIR", wish{minute: -1, off: true}},
		{"o'chir", wish{minute: -1, off: true}},
		{"on", wish{minute: -1, on: true}},
	} {
		got, err := parseRemind(c.text)
		if err != nil || got != c.want {
			t.Errorf("parseRemind(%q) = %+v, %v, want %+v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", " ", "25:00", "24:00", "9:60", "13pm", "0pm", "soon", "8:30 someday", "8:30 9:30", "on off", "mon-", "-", "8:30 m"} {
		if got, err := parseRemind(text); err == nil {
			t.Errorf("parseRemind(%q) = %+v, want an error", text, got)
		}
	}
}

func TestAPlaceIsFoundAsPeopleCallIt(t *testing.T) {
	for text, want := range map[string]string{
		"Tashkent": "Asia/Tashkent", "toshkent": "Asia/Tashkent", "ТОШКЕНТ": "Asia/Tashkent", " Fargʻona ": "Asia/Tashkent",
		"farg'ona": "Asia/Tashkent", "Fargona": "Asia/Tashkent", "qo‘qon": "Asia/Tashkent", "Buxoro": "Asia/Samarkand",
		"new york": "America/New_York", "New_York": "America/New_York", "america/new_york": "America/New_York",
		"Europe/Paris": "Europe/Paris", "paris": "Europe/Paris", "São Paulo": "", "sao paulo": "America/Sao_Paulo",
		"+5": "Etc/GMT-5", "utc+5": "Etc/GMT-5", "GMT-03:00": "Etc/GMT+3", "UTC+0": "Etc/GMT", "+15": "", "-13": "",
		"Atlantis": "", "": "", "asia/": "", "../etc": "",
	} {
		got, ok := findZone(text)
		if got != want || ok != (want != "") {
			t.Errorf("findZone(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestEveryZoneThatCanBeChosenExists(t *testing.T) {
	names := strings.Fields(zoneList)
	names = append(names, offeredZones...)
	for _, p := range places {
		names = append(names, p.zone)
	}
	for _, name := range names {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, lang := range []string{"en", "uz"} {
			if zoneName(name, lang) == "" {
				t.Errorf("%s has no name in %s", name, lang)
			}
		}
	}
}

func FuzzReminder(f *testing.F) {
	for _, text := range []string{"8:30 mon-fri", "soat 9da har kuni", "off", "ʻʻʻ", "99999999999999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parseRemind(text)
		if err == nil && (w.minute < -1 || w.minute >= 24*60 || w.days > study.EveryDay) {
			t.Fatalf("parseRemind(%q) = %+v", text, w)
		}
		if zone, ok := findZone(text); ok {
			if _, err := time.LoadLocation(zone); err != nil {
				t.Fatalf("findZone(%q) = %q, which does not exist", text, zone)
			}
		}
	})
}

// A button's data comes from anywhere: whatever it holds, the chat is answered
// and nothing breaks.
func FuzzButtonData(f *testing.F) {
	for word := range presses {
		f.Add(callbackVersion + ":" + word + ":loops")
		f.Add(callbackVersion + ":" + word)
	}
	f.Add("1:in:hour:loops")
	f.Add("::::")
	f.Add("\xff\x00")
	w := newWorld(f)
	w.begin(emma)
	lesson := w.last(emma).ID
	f.Fuzz(func(t *testing.T, data string) {
		w.t = t
		before := len(w.sandbox.Calls())
		w.pressData(emma, lesson, data)
		answered := false
		for _, call := range w.sandbox.Calls()[before:] {
			answered = answered || call.Method == "answerCallbackQuery"
		}
		if !answered {
			t.Fatalf("%q was not answered", data)
		}
		if failed, err := w.bot.Store.Failed(w.ctx); err != nil || len(failed) > 0 {
			t.Fatalf("%q was set aside: %+v, %v", data, failed, err)
		}
	})
}
