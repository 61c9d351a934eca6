package picture

import (
	"fmt"
	"image/color"
	"math"
)

// Card is made to be shared when something is finished. Texts that are "" are
// left out; Title, Roadmap, Name and Figure may have 60 letters.
type Card struct {
	Whole   bool   // the whole roadmap is finished: a greater badge
	Lead    string // what happened, such as "Stage finished"
	Title   string // of the stage, or of the roadmap
	Roadmap string // the stage's roadmap
	Name    string // the learner's first name; left out if a letter of it cannot be drawn
	Date    string
	Figure  string // such as "12 topics · 87% right"
	Bot     string // @name
}

// DrawCard is the picture of the card as a PNG.
func DrawCard(card Card) ([]byte, error) {
	c, err := card.draw()
	if err != nil {
		return nil, fmt.Errorf("drawing a card: %w", err)
	}
	return c.png()
}

func (card Card) draw() (*canvas, error) {
	c, err := newCanvas()
	if err != nil {
		return nil, err
	}
	const frame = 24
	c.DrawRoundedRectangle(frame, frame, Width-2*frame, Height-2*frame, 28)
	c.SetColor(white)
	c.FillPreserve()
	c.stroke(accent, 4)
	c.badge(Width/2, 180, card.Whole)

	const width, top, bottom = inner - 96, 308.0, 676.0
	lines := []struct {
		block
		above float64 // room over it
		in    color.Color
	}{
		{c.fit(card.Lead, style{bold, 30}, width, 40), 0, accent},
		{c.fit(card.Title, style{bold, 64}, width, 120), 4, ink},
		{c.fit(card.Roadmap, style{regular, 30}, width, 58), 6, muted},
		{c.fit(c.personName(card.Name), style{bold, 40}, width, 58), 22, ink},
		{c.fit(card.Figure, style{regular, 30}, width, 62), 4, muted},
	}
	total := 0.0
	for _, line := range lines {
		if len(line.lines) > 0 {
			total += line.above + line.height()
		}
	}
	y := top + (bottom-top-total)/2
	for _, line := range lines {
		if len(line.lines) > 0 {
			y = c.put(line.block, Width/2, y+line.above, middle, line.in)
		}
	}
	const foot, half = 700, width/2 - 20
	c.put(c.fit(card.Date, style{regular, 28}, half, 40), margin+48, foot, left, muted)
	c.put(c.fit(card.Bot, style{bold, 28}, half, 40), Width-margin-48, foot, right, accent)
	return c, nil
}

// badge is a star with a tick, and for a whole roadmap a greater one with a flag
// on its mountain.
func (c *canvas) badge(x, y float64, whole bool) {
	if !whole {
		c.star(x, y, 112, tint)
		c.star(x, y, 92, accent)
		c.MoveTo(x-36, y+2)
		c.LineTo(x-10, y+28)
		c.LineTo(x+38, y-24)
		c.stroke(white, 16)
		return
	}
	for i := range 44 {
		// Points a golden angle apart spread evenly, in no pattern.
		angle, far := float64(i)*2.39996, 60+10*float64(i)
		sparkX, sparkY := far*math.Cos(angle), 0.27*far*math.Sin(angle)
		if math.Abs(sparkX) > 160 {
			c.star(x+sparkX, y+sparkY, 7+float64(i%4)*2, heatSteps[1+i%3].in)
		}
	}
	c.star(x, y, 128, tint)
	c.star(x, y, 106, accent)
	c.polygon(white, x-56, y+44, x-6, y-34, x+16, y+2, x+27, y-12, x+60, y+44)
	c.MoveTo(x-6, y-30)
	c.LineTo(x-6, y-66)
	c.stroke(white, 5)
	c.polygon(white, x-6, y-68, x+26, y-57, x-6, y-46)
}

// star is an eight-pointed star, two squares one over the other, as on the tiles
// of Samarkand.
func (c *canvas) star(x, y, radius float64, in color.Color) {
	c.DrawRegularPolygon(4, x, y, radius, 0)
	c.DrawRegularPolygon(4, x, y, radius, math.Pi/4)
	c.fill(in)
}
