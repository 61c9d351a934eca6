package picture

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"yolchi/internal/study"
)

// MaxStages is how many stops the road has room for.
const MaxStages = 24

// Progress is how far somebody has come on a roadmap. Texts that are "" are left
// out; both titles may have 60 letters, the other texts about half of that.
type Progress struct {
	Title   string   // the roadmap's
	Stages  []Stage  // 1 to MaxStages
	Here    int      // the present stage's index; -1 when the whole road is walked
	Place   string   // such as "Stage 3 of 10", or what to say at the end of the road
	Stage   string   // the present stage's title
	Figures []Figure // at most 3
	Heat    Heat
	Finish  string // when the road ends at this pace, up to 70 letters
}

// Stage is how many of a stage's topics are closed.
type Stage struct{ Closed, All int }

func (s Stage) closed() bool { return s.Closed >= s.All }

// Figure is a number and what it counts, such as "87%", "right answers".
type Figure struct{ Value, Label string }

// Heat is what was done on each day of the last 26 weeks.
type Heat struct {
	Title  string
	Today  study.Day
	Done   map[study.Day]int // topics and answers; other days are not looked at
	Months [12]string        // short names: one that has no room over its weeks is left out
}

// DrawProgress is the picture of p as a PNG.
func DrawProgress(p Progress) ([]byte, error) {
	c, err := p.draw()
	if err != nil {
		return nil, fmt.Errorf("drawing progress: %w", err)
	}
	return c.png()
}

func (p Progress) draw() (*canvas, error) {
	if n := len(p.Stages); n < 1 || n > MaxStages {
		return nil, fmt.Errorf("a road of %d stages, not 1 to %d", n, MaxStages)
	}
	if p.Here < -1 || p.Here >= len(p.Stages) {
		return nil, fmt.Errorf("stage %d of %d", p.Here, len(p.Stages))
	}
	if n := len(p.Figures); n > 3 {
		return nil, fmt.Errorf("%d figures, more than 3", n)
	}
	c, err := newCanvas()
	if err != nil {
		return nil, err
	}
	title := c.fit(p.Title, style{bold, 52}, inner, 96)
	c.put(title, margin, (roadTop-title.height())/2, left, ink)
	c.road(p.Stages, p.Here)
	c.place(p)
	c.heat(p.Heat)
	c.figures(p.Figures)
	c.put(c.fit(p.Finish, style{bold, 28}, inner, 40), margin, 744, left, accent)
	return c, nil
}

// The road winds about a middle line, from the left edge to a flag.
const (
	roadTop   = 128.0
	roadEnd   = 370.0
	roadY     = 271.0
	roadSway  = 43.0
	roadFirst = 110.0
	roadLast  = 1030.0
	flagX     = 1120.0
	roadPen   = 14.0
)

// stop is where the stage stands on the road. A single stage stands halfway.
func stop(i, n int) (x, y float64) {
	x = (roadFirst + roadLast) / 2
	if n > 1 {
		x = roadFirst + (roadLast-roadFirst)*float64(i)/float64(n-1)
	}
	if i%2 == 0 {
		return x, roadY + roadSway
	}
	return x, roadY - roadSway
}

func (c *canvas) road(stages []Stage, here int) {
	c.DrawRectangle(0, roadTop, Width, roadEnd-roadTop)
	c.fill(white)
	end := true
	walked := func(closed bool) color.Color {
		if closed {
			return accent
		}
		return faint
	}
	fromX, fromY := -20.0, roadY
	bend := func(x, y float64, in color.Color) {
		half := (fromX + x) / 2
		c.MoveTo(fromX, fromY)
		c.CubicTo(half, fromY, half, y, x, y)
		c.stroke(in, roadPen)
		fromX, fromY = x, y
	}
	for i := range stages {
		x, y := stop(i, len(stages))
		bend(x, y, walked(i == 0 || stages[i-1].closed()))
		end = end && stages[i].closed()
	}
	bend(flagX, roadY, walked(end))
	c.flag(end)
	for i, stage := range stages {
		x, y := stop(i, len(stages))
		c.stop(x, y, i+1, stage, i == here)
	}
}

// stop draws a numbered stop: filled when it is closed, else with an arc as long
// as the share of it that is.
func (c *canvas) stop(x, y float64, number int, stage Stage, here bool) {
	radius, size, text := 27.0, 24.0, color.Color(muted)
	if here {
		radius, size, text = 37, 32, ink
		c.disc(x, y, radius+9, tint)
	}
	c.disc(x, y, radius, faint)
	if stage.closed() {
		c.disc(x, y, radius, accent)
		text = white
	} else {
		c.disc(x, y, radius-6, white)
		if share := float64(max(0, stage.Closed)) / float64(stage.All); share > 0 {
			c.DrawArc(x, y, radius-3, -math.Pi/2, -math.Pi/2+2*math.Pi*share)
			c.stroke(accent, 6)
		}
	}
	label := c.fit(strconv.Itoa(number), style{bold, size}, 2*radius, size*leading)
	c.put(label, x, y-label.height()/2-1, middle, text)
	if here {
		c.pin(x, y-radius-6, 15)
	}
}

// pin is the mark of where one stands; its point is at x, y.
func (c *canvas) pin(x, y, radius float64) {
	top := y - 2.1*radius
	c.polygon(ink, x-0.86*radius, top+0.5*radius, x, y, x+0.86*radius, top+0.5*radius)
	c.disc(x, top, radius, ink)
	c.disc(x, top, radius*0.4, white)
}

// flag stands where the road ends.
func (c *canvas) flag(reached bool) {
	cloth := muted
	if reached {
		cloth = accent
	}
	c.polygon(cloth, flagX, roadY-78, flagX+52, roadY-59, flagX, roadY-40)
	c.MoveTo(flagX, roadY)
	c.LineTo(flagX, roadY-78)
	c.stroke(ink, 6)
	c.disc(flagX, roadY, 12, ink)
}

// place says which stage is the present one.
func (c *canvas) place(p Progress) {
	const top, room = roadEnd + 8, 90.0
	if p.Here < 0 {
		end := c.fit(p.Place, style{bold, 40}, inner, room)
		c.put(end, margin, top+(room-end.height())/2, left, accent)
		return
	}
	const text = margin + 44
	label := c.fit(p.Place, style{regular, 26}, inner-44, 33)
	title := c.fit(p.Stage, style{bold, 36}, inner-44, room-label.height())
	y := top + (room-label.height()-title.height())/2
	c.pin(margin+15, y+46, 15)
	c.put(title, text, c.put(label, text, y, left, muted), left, ink)
}

// The heat map has a column for each week, Monday on top.
const (
	weeks     = 26
	heatX     = margin
	heatY     = 552.0
	heatPitch = 25.0
	heatCell  = 21.0
	heatWidth = weeks * heatPitch
)

// heatSteps are the colours of a day, and from how much done it has them.
var heatSteps = []struct {
	from int
	in   color.RGBA
}{
	{0, color.RGBA{0xe3, 0xe9, 0xe8, 0xff}},
	{1, color.RGBA{0xb3, 0xdc, 0xd6, 0xff}},
	{3, color.RGBA{0x6d, 0xbb, 0xb3, 0xff}},
	{7, color.RGBA{0x26, 0x94, 0x8d, 0xff}},
	{15, color.RGBA{0x08, 0x57, 0x53, 0xff}},
}

func (c *canvas) heat(h Heat) {
	c.put(c.fit(h.Title, style{regular, 26}, heatWidth, 33), heatX, heatY-72, left, muted)
	monday := h.Today - study.Day((h.Today.Weekday()+6)%7) - (weeks-1)*7
	for i, step := range heatSteps {
		for day := monday; day <= h.Today; day++ {
			done := h.Done[day]
			if done < step.from && i > 0 || i+1 < len(heatSteps) && done >= heatSteps[i+1].from {
				continue
			}
			week, weekday := int(day-monday)/7, int(day-monday)%7
			c.DrawRoundedRectangle(heatX+float64(week)*heatPitch, heatY+float64(weekday)*heatPitch, heatCell, heatCell, 4)
		}
		c.fill(step.in)
	}
	c.months(h, monday)
}

// months writes each month's name over the first week that begins in it.
func (c *canvas) months(h Heat, monday study.Day) {
	s := style{regular, 24}
	month := func(week int) int {
		_, m, _ := (monday + study.Day(7*week)).Date()
		return int(m) - 1
	}
	for first := 0; first < weeks; {
		next := first + 1
		for next < weeks && month(next) == month(first) {
			next++
		}
		name := c.fit(h.Months[month(first)], s, heatWidth, 30)
		if name.width <= float64(next-first)*heatPitch-6 {
			c.put(name, heatX+float64(first)*heatPitch, heatY-33, left, muted)
		}
		first = next
	}
}

// figures stand in a column beside the heat map.
func (c *canvas) figures(figures []Figure) {
	const x = heatX + heatWidth + 56
	const width = Width - margin - x
	y := heatY - 72
	for _, f := range figures {
		y = c.put(c.fit(f.Value, style{bold, 40}, width, 50), x, y, left, ink)
		c.put(c.fit(f.Label, style{regular, 26}, width, 33), x, y-4, left, muted)
		y += 36
	}
}
