package picture

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yolchi/internal/study"
)

var update = flag.Bool("update", false, "write the golden files anew")

// friday is the day that the samples are of.
var friday = study.DayOf(time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC))

// studied is a made-up half year: more on weekdays, with a pause in summer.
func studied(days int) map[study.Day]int {
	done := map[study.Day]int{}
	for i := range days {
		if day := friday - study.Day(i); (i < 70 || i > 90) && i*i%11 != 4 {
			done[day] = i * 7 % 19
		}
	}
	return done
}

var (
	uzbekMonths   = [12]string{"yan", "fev", "mart", "apr", "may", "iyun", "iyul", "avg", "sen", "okt", "noy", "dek"}
	englishMonths = [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// stages is a road of n stages of which so many are closed, and half of the
// next.
func stages(n, closed int) []Stage {
	road := make([]Stage, n)
	for i := range road {
		road[i].All = 12
		switch {
		case i < closed:
			road[i].Closed = 12
		case i == closed:
			road[i].Closed = 6
		}
	}
	return road
}

func month(title string, names ...string) Month {
	m := Month{Title: title}
	for i := range m.Days {
		m.Days[i] = time.Date(2026, time.November, 20+i-Days+1, 0, 0, 0, 0, time.UTC).Format("02.01")
	}
	for i, name := range names {
		s := Series{Name: name}
		for day := range s.Values {
			s.Values[day] = 900/(i+1) + day*(24-7*i) + (day*day*37+i*91)%140
		}
		m.Series = append(m.Series, s)
	}
	return m
}

// samples are the pictures that stand as goldens.
var samples = map[string]picture{
	"progress.start.uz": Progress{
		Title: "Noldan Go backend", Stages: []Stage{{0, 11}, {0, 7}, {0, 4}, {0, 9}, {0, 6}, {0, 8}, {0, 5}, {0, 4}, {0, 9}, {0, 6}},
		Place: "1-bosqich, jami 10 ta", Stage: "Go tili",
		Figures: []Figure{{"0 / 69", "mavzu oʻtildi"}, {"0", "ketma-ket oʻquv kuni"}},
		Heat:    Heat{"Oxirgi 26 hafta", friday, nil, uzbekMonths}, Finish: "Shu surʼatda yoʻl 2027-yil 15-martda tugaydi",
	},
	"progress.start.en": Progress{
		Title: "Go backend from zero", Stages: []Stage{{0, 11}, {0, 7}, {0, 4}, {0, 9}, {0, 6}, {0, 8}, {0, 5}, {0, 4}, {0, 9}, {0, 6}},
		Place: "Stage 1 of 10", Stage: "The Go language",
		Figures: []Figure{{"0 / 69", "topics done"}, {"0", "study days in a row"}},
		Heat:    Heat{"Last 26 weeks", friday, nil, englishMonths}, Finish: "At this pace the road ends on 15 March 2027",
	},
	"progress.middle.uz": Progress{
		Title: "Go: chuqurroq", Stages: stages(10, 4), Here: 4,
		Place: "5-bosqich, jami 10 ta", Stage: "Mikroservislar va ularning aloqasi",
		Figures: []Figure{{"54 / 120", "mavzu oʻtildi"}, {"87%", "toʻgʻri javob"}, {"23", "ketma-ket oʻquv kuni"}},
		Heat:    Heat{"Oxirgi 26 hafta", friday, studied(150), uzbekMonths}, Finish: "Shu surʼatda yoʻl 2027-yil 15-martda tugaydi",
	},
	"progress.middle.en": Progress{
		Title: "Go, further", Stages: stages(10, 4), Here: 4,
		Place: "Stage 5 of 10", Stage: "Microservices and how they talk",
		Figures: []Figure{{"54 / 120", "topics done"}, {"87%", "right answers"}, {"23", "study days in a row"}},
		Heat:    Heat{"Last 26 weeks", friday, studied(150), englishMonths}, Finish: "At this pace the road ends on 15 March 2027",
	},
	"progress.long.uz": Progress{
		Title: "Mikroservislar, maʼlumotlar bazalari va xavfsizlik: toʻliq yoʻl", Stages: stages(6, 1), Here: 1,
		Place: "2-bosqich, jami 6 ta", Stage: "Autentifikatsiya, avtorizatsiya va foydalanuvchi maʼlumotlari",
		Figures: []Figure{{"1 234 / 12 345", "mavzu oʻtildi yoki bilasiz"}, {"100%", "birinchi urinishda toʻgʻri"}, {"1 023", "ketma-ket oʻquv kuni, uzilmay"}},
		Heat:    Heat{"Oxirgi 26 haftada nechta mavzu va savol", friday, studied(400), uzbekMonths}, Finish: "Shu surʼatda davom etsangiz, yoʻl 2027-yil 15-sentabrda, yakshanba kuni tugaydi",
	},
	"progress.long.en": Progress{
		Title: "Microservices, databases and security for backend engineers", Stages: stages(6, 1), Here: 1,
		Place: "Stage 2 of 6", Stage: "Authentication, authorization and keeping user data private",
		Figures: []Figure{{"1 234 / 12 345", "topics done or known already"}, {"100%", "right at the first attempt"}, {"1 023", "study days in a row, unbroken"}},
		Heat:    Heat{"Topics and questions of the last 26 weeks", friday, studied(400), englishMonths}, Finish: "At this pace the road ends on Wednesday, the 15th of September in the year 2027",
	},
	"progress.end.uz": Progress{
		Title: "Qaysi backend tili?", Stages: stages(14, 14), Here: -1, Place: "Yoʻl oxirigacha bosib oʻtildi!",
		Figures: []Figure{{"58 / 58", "mavzu oʻtildi"}, {"91%", "toʻgʻri javob"}, {"104", "ketma-ket oʻquv kuni"}},
		Heat:    Heat{"Oxirgi 26 hafta", friday, studied(182), uzbekMonths},
	},
	"progress.end.en": Progress{
		Title: "Which backend language?", Stages: stages(14, 14), Here: -1, Place: "You walked the whole road!",
		Figures: []Figure{{"58 / 58", "topics done"}, {"91%", "right answers"}, {"104", "study days in a row"}},
		Heat:    Heat{"Last 26 weeks", friday, studied(182), englishMonths},
	},
	"card.stage.uz": Card{
		Lead: "Bosqich tugadi", Title: "Maʼlumotlar bazasi bilan ishlash", Roadmap: "Go backend dasturchisi",
		Name: "Gʻayrat", Date: "20-noyabr, 2026", Figure: "12 ta mavzu · 87% toʻgʻri javob", Bot: "@yolchi_bot",
	},
	"card.stage.en": Card{
		Lead: "Stage finished", Title: "Working with databases", Roadmap: "Go backend developer",
		Name: "Дилноза", Date: "20 November 2026", Figure: "12 topics · 87% right answers", Bot: "@yolchi_bot",
	},
	"card.roadmap.uz": Card{
		Whole: true, Lead: "Yoʻl oxirigacha bosib oʻtildi", Title: "Go backend dasturchisi",
		Name: "Oʻgʻiloy", Date: "20-noyabr, 2026", Figure: "120 ta mavzu · 11 bosqich · 214 kun", Bot: "@yolchi_bot",
	},
	"card.roadmap.en": Card{
		Whole: true, Lead: "The whole road is walked", Title: "Go backend developer",
		Name: "Aziz", Date: "20 November 2026", Figure: "120 topics · 11 stages · 214 days", Bot: "@yolchi_bot",
	},
	"month.uz": month("Oxirgi 30 kun", "Faol chatlar", "Yangi chatlar", "Qaytganlar", "Botni toʻxtatganlar"),
	"month.en": month("Last 30 days", "Active chats", "New chats", "Returned", "Blocked the bot"),
}

func TestGolden(t *testing.T) {
	for name, sample := range samples {
		t.Run(name, func(t *testing.T) {
			c := drawn(t, sample)
			c.keepApart(t)
			got, err := c.png()
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".png")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if n := different(pixels(t, got), pixels(t, want)); n > 60 {
				out := filepath.Join(t.ArtifactDir(), name+".png")
				if err := os.WriteFile(out, got, 0o644); err != nil {
					t.Error(err)
				}
				t.Errorf("%d pixels differ from %s; with -artifacts what was drawn stays at %s, -update takes it over", n, golden, out)
			}
		})
	}
}

// a picture is what can be drawn.
type picture interface{ draw() (*canvas, error) }

func drawn(t testing.TB, p picture) *canvas {
	t.Helper()
	c, err := p.draw()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pixels(t *testing.T, data []byte) *image.Paletted {
	t.Helper()
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	paletted, ok := decoded.(*image.Paletted)
	if !ok || paletted.Bounds() != image.Rect(0, 0, Width, Height) {
		t.Fatalf("a %T of %v", decoded, decoded.Bounds())
	}
	return paletted
}

// different is how many pixels differ by more than processors may round apart.
func different(a, b *image.Paletted) (n int) {
	var far [256][256]bool
	for i, x := range a.Palette {
		for j, y := range b.Palette {
			x, y := x.(color.RGBA), y.(color.RGBA)
			apart := func(x, y uint8) bool { return max(x, y)-min(x, y) > 24 }
			far[i][j] = apart(x.R, y.R) || apart(x.G, y.G) || apart(x.B, y.B)
		}
	}
	for i, x := range a.Pix {
		if far[x][b.Pix[i]] {
			n++
		}
	}
	return n
}
