package picture

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

const (
	// minSize is the smallest text, in pixels: 22 of 1200 can be read on a phone.
	minSize = 22
	// leading is the height of a line in sizes of its text.
	leading = 1.25
	// ascent is how far below the top of its line a text stands, likewise.
	ascent = 0.97
	// maxRunes bounds the work on a text. No place holds more.
	maxRunes = 400

	ellipsis = "…"
)

// Weights, an index of canvas.fonts.
const (
	regular = iota
	bold
)

// style is what one font.Face can draw.
type style struct {
	weight int
	size   float64
}

// typefaces are DejaVu Sans, regular and bold. Unlike the Go fonts they have
// the Uzbek letters U+02BB and U+02BC, and Cyrillic. Parsed once; a parsed font
// may be shared, a face of it may not.
var typefaces = sync.OnceValues(func() (fonts [2]*opentype.Font, err error) {
	for weight, data := range [][]byte{regular: dejavusans.TTF, bold: dejavusansbold.TTF} {
		if fonts[weight], err = opentype.Parse(data); err != nil {
			return fonts, fmt.Errorf("parsing the font of weight %d: %w", weight, err)
		}
	}
	return fonts, nil
})

// scripts are those that come out right letter by letter, left to right. The
// font has letters of more, but nothing here joins or reorders them.
var scripts = []*unicode.RangeTable{
	unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Georgian, unicode.Common,
}

// drawable says whether both weights have the letter.
func (c *canvas) drawable(r rune) bool {
	if r == utf8.RuneError || !unicode.IsGraphic(r) || !unicode.In(r, scripts...) {
		return false
	}
	var buffer sfnt.Buffer
	for _, f := range c.fonts {
		if glyph, err := f.GlyphIndex(&buffer, r); err != nil || glyph == 0 {
			return false
		}
	}
	return true
}

// words splits a text where its lines may be broken and leaves out what cannot
// be drawn, such as emoji. A no-break space is part of a word.
func (c *canvas) words(text string) []string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			return ' '
		case c.drawable(r):
			return r
		}
		return -1
	}, norm.NFC.String(text))
	if n := 0; utf8.RuneCountInString(clean) > maxRunes {
		for i := range clean {
			if n++; n == maxRunes {
				clean = clean[:i] + ellipsis
				break
			}
		}
	}
	return strings.FieldsFunc(clean, func(r rune) bool { return r == ' ' })
}

// personName is a name as it can be drawn, or "" if it has a letter that
// cannot: half a name would be an insult. Fancy and wide letters become plain
// ones; emoji are left out.
func (c *canvas) personName(name string) string {
	name = norm.NFKC.String(name)
	for _, r := range name {
		letter := unicode.In(r, unicode.L, unicode.Mn, unicode.Mc) && !unicode.Is(unicode.Variation_Selector, r)
		if letter && !c.drawable(r) {
			return ""
		}
	}
	return strings.Join(c.words(name), " ")
}

func (c *canvas) face(s style) font.Face {
	face, ok := c.faces[s]
	if !ok {
		// The only error is about options that are not set here.
		face, _ = opentype.NewFace(c.fonts[s.weight], &opentype.FaceOptions{Size: s.size, DPI: 72, Hinting: font.HintingNone})
		c.faces[s] = face
	}
	return face
}

func (c *canvas) width(text string, s style) float64 {
	return float64(font.MeasureString(c.face(s), text)) / 64
}

// block is a text set in lines that fit a place.
type block struct {
	style
	lines []string
	width float64 // of the longest line
}

func (b block) height() float64 { return float64(len(b.lines)) * b.size * leading }

// fit sets a text as big as the place allows, at most at the size of the style.
// At the smallest size words are broken too; what does not fit even then ends
// with an ellipsis.
func (c *canvas) fit(text string, s style, width, height float64) block {
	words := c.words(text)
	for ; s.size > minSize; s.size = max(minSize, s.size-2) {
		lines, whole := c.wrap(words, s, width)
		if whole && float64(len(lines))*s.size*leading <= height {
			return c.balance(words, block{style: s, lines: lines}, width)
		}
	}
	lines, _ := c.wrap(words, s, width)
	if room := max(1, int(height/s.size/leading)); len(lines) > room {
		lines = lines[:room]
		last := lines[room-1]
		for last != "" && c.width(last+ellipsis, s) > width {
			_, n := utf8.DecodeLastRuneInString(last)
			last = last[:len(last)-n]
		}
		lines[room-1] = strings.TrimSpace(last) + ellipsis
		return c.measured(block{style: s, lines: lines})
	}
	return c.balance(words, block{style: s, lines: lines}, width)
}

// balance makes the lines of a block about equally long.
func (c *canvas) balance(words []string, b block, width float64) block {
	for narrow := width * 0.95; len(b.lines) > 1 && narrow > width/2; narrow *= 0.95 {
		lines, whole := c.wrap(words, b.style, narrow)
		if !whole || len(lines) > len(b.lines) {
			break
		}
		b.lines = lines
	}
	return c.measured(b)
}

func (c *canvas) measured(b block) block {
	for _, line := range b.lines {
		b.width = max(b.width, c.width(line, b.style))
	}
	return b
}

// wrap fills lines with words. A word wider than a line is broken, and then the
// answer is not whole.
func (c *canvas) wrap(words []string, s style, width float64) (lines []string, whole bool) {
	whole = true
	line := ""
	for _, word := range words {
		if joined := line + " " + word; line != "" && c.width(joined, s) <= width {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for c.width(word, s) > width {
			whole = false
			n := c.head(word, s, width)
			if n == len(word) {
				break
			}
			lines = append(lines, word[:n])
			word = word[n:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines, whole
}

// head is how many bytes of a word fit a line, at least one letter. The marks of
// oʻ, gʻ and the like stay with their letter.
func (c *canvas) head(word string, s style, width float64) int {
	n := 0
	for i, r := range word {
		if i == 0 || unicode.Is(unicode.Lm, r) {
			continue
		}
		if n > 0 && c.width(word[:i], s) > width {
			return n
		}
		n = i
	}
	if n == 0 {
		return len(word)
	}
	return n
}

// Where a text stands at its x.
const (
	left   = 0.0
	middle = 0.5
	right  = 1.0
)

// put draws a block whose top is at y, and answers where it ends.
func (c *canvas) put(b block, x, y, align float64, in color.Color) float64 {
	for _, line := range b.lines {
		c.line(line, b.style, x-align*c.width(line, b.style), y+ascent*b.size, in)
		y += b.size * leading
	}
	return y
}

// line draws one line of text from x on its base line. gg could draw it too, but
// transforms each letter, which takes longer and blurs.
func (c *canvas) line(text string, s style, x, base float64, in color.Color) {
	face := c.face(s)
	dot := fixed.Point26_6{X: fixed.Int26_6(math.Round(x * 64)), Y: fixed.Int26_6(math.Round(base)) << 6}
	drawer := font.Drawer{Dst: c.image, Src: image.NewUniform(in), Face: face, Dot: dot}
	drawer.DrawString(text)
	bounds, _ := font.BoundString(face, text)
	c.texts = append(c.texts, placed{text, s.size, image.Rect(
		(bounds.Min.X + dot.X).Floor(), (bounds.Min.Y + dot.Y).Floor(),
		(bounds.Max.X + dot.X).Ceil(), (bounds.Max.Y + dot.Y).Ceil())})
}
