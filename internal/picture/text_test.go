package picture

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"yolchi/internal/study"
)

// longest are titles of 60 letters that are hard to set.
var longest = []string{
	strings.Repeat("W", 60),
	strings.Repeat("oʻgʻ", 15),
	strings.Repeat("iyyii ", 10),
	"Autentifikatsiyalashtirilmaganlarning mikroservislashtirilishi",
	"Щ" + strings.Repeat("Ш", 59),
}

// The goldens are held to the same.
func TestNoTextLeavesThePictureOrCoversAnother(t *testing.T) {
	for _, title := range longest {
		for _, n := range []int{1, 14} {
			drawn(t, Progress{
				Title: title, Stages: stages(n, n-1), Here: n - 1, Place: title, Stage: title,
				Heat: Heat{Title: title, Today: friday, Months: uzbekMonths}, Finish: title,
			}).keepApart(t)
		}
		drawn(t, Card{Lead: title, Title: title, Roadmap: title, Name: title, Date: title, Figure: title, Bot: title}).keepApart(t)
		drawn(t, month(title, title, title, title, title)).keepApart(t)
	}
}

// keepApart fails on texts that touch one another, and on what keepInside does.
func (c *canvas) keepApart(t *testing.T) {
	t.Helper()
	c.keepInside(t)
	for i, text := range c.texts {
		for _, other := range c.texts[:i] {
			if text.box.Overlaps(other.box) {
				t.Errorf("%q at %v covers %q at %v", text.text, text.box, other.text, other.box)
			}
		}
	}
}

// keepInside fails on a text that is too small or leaves the picture.
func (c *canvas) keepInside(t *testing.T) {
	t.Helper()
	for _, text := range c.texts {
		if !text.box.In(c.image.Rect) {
			t.Errorf("%q at %v leaves the picture", text.text, text.box)
		}
		if text.size < minSize {
			t.Errorf("%q is %g px high", text.text, text.size)
		}
	}
}

func TestTitlesOf60LettersAreNotShortened(t *testing.T) {
	for _, title := range longest {
		for _, p := range []picture{Progress{Title: title, Stages: stages(3, 1), Stage: title}, Card{Title: title}} {
			if got := drawn(t, p).said(); strings.Contains(got, ellipsis) {
				t.Errorf("%q became %q", title, got)
			}
		}
	}
}

func (c *canvas) said() string {
	var lines []string
	for _, text := range c.texts {
		lines = append(lines, text.text)
	}
	return strings.Join(lines, "\n")
}

func TestWhatDoesNotFitIsSeenToBeShortened(t *testing.T) {
	c := blank(t)
	b := c.fit(strings.Repeat("uzundan uzun ", 90), style{bold, 40}, 300, 100)
	if last := b.lines[len(b.lines)-1]; !strings.HasSuffix(last, ellipsis) || b.height() > 100 || b.width > 300 {
		t.Errorf("%.0f × %.0f px: %q", b.width, b.height(), b.lines)
	}
}

// The mark of oʻ and gʻ never begins a line, and a no-break space breaks none.
func TestWhatBelongsTogetherStaysTogether(t *testing.T) {
	c := blank(t)
	for width := 30.0; width < 200; width += 3 {
		for _, line := range c.fit(strings.Repeat("oʻgʻ", 12), style{regular, 30}, width, 2000).lines {
			if strings.HasPrefix(line, "ʻ") {
				t.Fatalf("a line of %.0f px begins with the mark: %q", width, line)
			}
		}
	}
	if lines := c.fit("jami 1\u00a0234 ta", style{regular, minSize}, 100, 300).lines; len(lines) < 2 || !strings.Contains(strings.Join(lines, "|"), "1\u00a0234") {
		t.Errorf("broken as %q", lines)
	}
}

func TestLettersThatTheFontLacks(t *testing.T) {
	c := blank(t)
	for text, want := range map[string]string{
		"🚀 Go: chuqurroq ✨🇺🇿":      "Go: chuqurroq",
		"Oʻgʻil  maʼlumot\n":       "Oʻgʻil maʼlumot",
		"Ўзбек тили, қҳғ":          "Ўзбек тили, қҳғ",
		"编程 Go":                    "Go",
		"编程":                       "",
		"a\u202eb\u200bc\x00\xffd": "abcd",
	} {
		if got := strings.Join(c.words(text), " "); got != want {
			t.Errorf("%q is drawn as %q, not %q", text, got, want)
		}
	}
	for name, want := range map[string]string{
		"Gʻayrat":        "Gʻayrat",
		"Дилноза":        "Дилноза",
		"ნინო":           "ნინო",
		"Zoe\u0301":      "Zoé",
		"Ali 🚀❤\ufe0f🇺🇿": "Ali ❤",
		"𝓐𝓵𝓲":            "Ali",
		"李雷":             "",
		"Li 雷":           "",
		"علی":            "", // the font has the letters, but they would stand apart
		"שרה":            "",
		"अनु":            "",
		"A\u0335l\u0353": "",
		"🚀":              "",
	} {
		if got := c.personName(name); got != want {
			t.Errorf("the name %q is drawn as %q, not %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"Gʻayrat": "Go\nGʻayrat", "Li 雷": "Go"} {
		if got := drawn(t, Card{Title: "Go", Name: name}).said(); got != want {
			t.Errorf("the card of %q says %q, not %q", name, got, want)
		}
	}
}

// What keepInside proves rests on boxes; here the boxes are held against pixels.
func TestBoxesHoldWhatIsDrawn(t *testing.T) {
	c := blank(t)
	c.put(c.fit("Gʻijduvon, yoʻl — Ёлқин j", style{bold, 52}, 700, 200), 300, 300, left, ink)
	ground := image.NewUniform(paper)
	for y := range Height {
		for x := range Width {
			if c.image.At(x, y) == ground.At(x, y) {
				continue
			}
			in := false
			for _, text := range c.texts {
				in = in || image.Pt(x, y).In(text.box)
			}
			if !in {
				t.Fatalf("colour at %d, %d, outside of %v", x, y, c.texts)
			}
		}
	}
}

func blank(t *testing.T) *canvas {
	t.Helper()
	c, err := newCanvas()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSameDataSameBytes(t *testing.T) {
	for _, name := range []string{"progress.middle.uz", "card.roadmap.en", "month.en"} {
		want, err := drawn(t, samples[name]).png()
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				c, err := samples[name].draw()
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := c.png(); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s came out differently the second time (%v)", name, err)
				}
			})
		}
		group.Wait()
	}
}

func TestTextsContrastWithTheirGround(t *testing.T) {
	light := func(rgb color.RGBA) float64 {
		part := func(v uint8) float64 { return math.Pow((float64(v)/255+0.055)/1.055, 2.4) }
		return 0.2126*part(rgb.R) + 0.7152*part(rgb.G) + 0.0722*part(rgb.B)
	}
	for _, text := range []color.RGBA{ink, muted, accent} {
		for _, ground := range []color.RGBA{paper, white} {
			if ratio := (light(ground) + 0.05) / (light(text) + 0.05); ratio < 4.5 {
				t.Errorf("%v on %v: %.1f", text, ground, ratio)
			}
		}
	}
}

func TestHeatMapStandsByDay(t *testing.T) {
	first := friday - 25*7 - 4
	c := drawn(t, Progress{Stages: stages(1, 0), Heat: Heat{Today: friday, Done: map[study.Day]int{
		friday: 20, friday - 1: 1, friday + 1: 20, first: 4, first - 1: 20,
	}}})
	for _, cell := range []struct {
		week, weekday int
		step          int // -1 where nothing is drawn
	}{{25, 4, 4}, {25, 3, 1}, {25, 2, 0}, {25, 5, -1}, {25, 6, -1}, {0, 0, 2}, {0, 1, 0}} {
		want := paper
		if cell.step >= 0 {
			want = heatSteps[cell.step].in
		}
		x, y := heatX+float64(cell.week)*heatPitch+heatCell/2, heatY+float64(cell.weekday)*heatPitch+heatCell/2
		if got := c.image.RGBAAt(int(x), int(y)); got != want {
			t.Errorf("week %d, day %d is %v, not %v", cell.week, cell.weekday, got, want)
		}
	}
}

func TestAxisIsRound(t *testing.T) {
	for highest, want := range map[int][2]float64{
		0: {1, 1}, 1: {1, 1}, 5: {1, 5}, 6: {2, 6}, 99: {20, 100}, 1000: {200, 1000}, 1640: {500, 2000}, 12_000_000: {5e6, 15e6},
	} {
		if step, top := axis(highest); step != want[0] || top != want[1] {
			t.Errorf("up to %d: steps of %g to %g, not %v", highest, step, top, want)
		}
	}
	if got := grouped(12_000_000); got != "12\u00a0000\u00a0000" {
		t.Errorf("12 million is written %q", got)
	}
	drawn(t, Month{Series: []Series{{Values: [Days]int{-5, math.MaxInt, math.MinInt}}}}).keepApart(t)
}

func TestWhatCannotBeDrawnIsAnError(t *testing.T) {
	for name, p := range map[string]Progress{
		"no stages":       {},
		"too many stages": {Stages: stages(MaxStages+1, 0)},
		"stage after all": {Stages: stages(3, 0), Here: 3},
		"stage below -1":  {Stages: stages(3, 0), Here: -2},
		"four figures":    {Stages: stages(3, 0), Figures: make([]Figure, 4)},
	} {
		if _, err := DrawProgress(p); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, n := range []int{0, 5} {
		if _, err := DrawMonth(Month{Series: make([]Series, n)}); err == nil {
			t.Errorf("%d series: no error", n)
		}
	}
	for _, n := range []int{1, 2, MaxStages} {
		if data, err := DrawProgress(Progress{Stages: stages(n, n/2), Here: n / 2}); err != nil || len(data) == 0 {
			t.Errorf("%d stages: %v", n, err)
		}
	}
	if data, err := DrawCard(Card{}); err != nil || len(data) == 0 {
		t.Errorf("an empty card: %v", err)
	}
}

// A text is set inside its place and whole, or ends with an ellipsis.
func FuzzFit(f *testing.F) {
	for _, title := range longest {
		f.Add(title, uint16(1104), uint16(96))
	}
	f.Add("Qaysi backend tili? 🚀", uint16(300), uint16(50))
	f.Add("\xff\u202e\u0301 ⸻⸻⸻⸻⸻⸻ ﷽", uint16(100), uint16(40))
	f.Add("𝓖𝓸 Ｇｏ ǄǄ ⅷ ∫∫ ⎧⎨", uint16(90), uint16(30))
	f.Add("Ǆ", uint16(10), uint16(78)) // wider than its place, at the greatest size
	f.Fuzz(func(t *testing.T, text string, width, height uint16) {
		c := blank(t)
		// The narrowest place in a picture is wider than any letter.
		wide, high := 70+float64(width%1034), 28+float64(height%700)
		b := c.fit(text, style{bold, 52}, wide, high)
		if b.width > wide || b.height() > high || b.size < minSize {
			t.Errorf("%.1f × %.1f px at size %g in %.1f × %.1f: %q", b.width, b.height(), b.size, wide, high, b.lines)
		}
		got, want := strings.Join(b.lines, ""), strings.Join(c.words(text), "")
		if got = strings.ReplaceAll(got, " ", ""); got != want && !strings.HasSuffix(got, ellipsis) {
			t.Errorf("%q lost letters: %q", want, got)
		}
		c.put(b, margin, margin, left, ink)
		c.keepInside(t)
		if name := c.personName(text); !utf8.ValidString(name) {
			t.Errorf("the name %q is not UTF-8", name)
		}
	})
}
