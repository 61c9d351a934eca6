package picture

import (
	"fmt"
	"math"
	"strconv"
)

// Days is how many days a Month shows.
const Days = 30

// Month is a picture of the last 30 days for an operator.
type Month struct {
	Title  string
	Days   [Days]string // short dates, oldest first; as many are written as have room
	Series []Series     // 1 to 4, all on one axis: bars, then lines
}

// Series is a figure of each day, oldest first. What is below 0 counts as 0.
type Series struct {
	Name   string
	Values [Days]int
}

// DrawMonth is the picture of m as a PNG.
func DrawMonth(m Month) ([]byte, error) {
	c, err := m.draw()
	if err != nil {
		return nil, fmt.Errorf("drawing a month: %w", err)
	}
	return c.png()
}

// chart is where the values stand.
const (
	chartTop    = 236.0
	chartBottom = 722.0
	chartRight  = Width - margin - 16
)

// dashes tell apart the series after the first, by form and not by colour.
var dashes = [][]float64{nil, {20, 14}, {1, 13}}

func (m Month) draw() (*canvas, error) {
	if n := len(m.Series); n < 1 || n > 1+len(dashes) {
		return nil, fmt.Errorf("%d series, not 1 to %d", n, 1+len(dashes))
	}
	c, err := newCanvas()
	if err != nil {
		return nil, err
	}
	c.put(c.fit(m.Title, style{bold, 44}, inner, 76), margin, 32, left, ink)
	c.legend(m.Series)
	highest := 0
	for _, s := range m.Series {
		for _, v := range s.Values {
			highest = max(highest, v)
		}
	}
	step, top := axis(highest)
	from := c.grid(step, top)
	pitch := (chartRight - from) / Days
	at := func(day, value int) (x, y float64) {
		return from + (float64(day)+0.5)*pitch, chartBottom - (chartBottom-chartTop)*float64(max(0, value))/top
	}
	for day, v := range m.Series[0].Values {
		if x, y := at(day, v); v > 0 {
			c.DrawRectangle(x-0.36*pitch, y, 0.72*pitch, chartBottom-y)
		}
	}
	c.fill(heatSteps[2].in)
	for i, s := range m.Series[1:] {
		for day, v := range s.Values {
			c.LineTo(at(day, v))
		}
		c.pen(i)
	}
	c.dates(m.Days, from, pitch)
	return c, nil
}

// pen draws along the path as the i-th line.
func (c *canvas) pen(i int) {
	c.SetDash(dashes[i]...)
	c.stroke(ink, 6)
	c.SetDash()
}

// legend names the series, two in a row.
func (c *canvas) legend(series []Series) {
	const sample, column = 56.0, inner / 2
	for i, s := range series {
		x, y := margin+float64(i%2)*column, 118+float64(i/2)*44
		if i == 0 {
			c.DrawRectangle(x, y+8, sample, 20)
			c.fill(heatSteps[2].in)
		} else {
			c.MoveTo(x+3, y+18)
			c.LineTo(x+sample-3, y+18)
			c.pen(i - 1)
		}
		c.put(c.fit(s.Name, style{regular, 26}, column-sample-36, 36), x+sample+14, y, left, ink)
	}
}

// axis divides the height into at most 5 equal steps of a round number.
func axis(highest int) (step, top float64) {
	step = math.Pow(10, math.Floor(math.Log10(max(1, float64(highest)/5))))
	for _, times := range []float64{1, 2, 5, 10} {
		if steps := math.Ceil(max(1, float64(highest)) / (step * times)); steps <= 5 {
			return step * times, step * times * steps
		}
	}
	return step * 10, step * 50
}

// grid draws the axis and answers where the days begin, right of its numbers.
func (c *canvas) grid(step, top float64) (from float64) {
	s := style{regular, 24}
	var labels []block
	for v := 0.0; v <= top; v += step {
		label := c.fit(grouped(v), s, inner/2, 30)
		labels = append(labels, label)
		from = max(from, margin+label.width+16)
	}
	for i, label := range labels {
		y := chartBottom - (chartBottom-chartTop)*float64(i)*step/top
		c.DrawLine(from, y, chartRight, y)
		in := faint
		if i == 0 {
			in = muted
		}
		c.stroke(in, 2)
		c.put(label, from-16, y-label.height()/2, right, muted)
	}
	return from
}

// grouped writes a number with its thousands apart, which reads alike in every
// language.
func grouped(v float64) string {
	text := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u00a0" + text[i:]
	}
	return text
}

// dates writes every so manyth of the dates, as there is room, up to the last.
func (c *canvas) dates(dates [Days]string, from, pitch float64) {
	var labels [Days]block
	widest := 0.0
	for day, date := range dates {
		labels[day] = c.fit(date, style{regular, 24}, inner/2, 30)
		widest = max(widest, labels[day].width)
	}
	step := int(math.Ceil((widest + 24) / pitch))
	for day := Days - 1; day >= 0; day -= step {
		x := from + (float64(day)+0.5)*pitch - labels[day].width/2
		c.put(labels[day], max(margin, min(x, Width-margin-labels[day].width)), chartBottom+12, left, muted)
	}
}
