// Package picture draws the pictures that the bot sends: how far a learner has
// come, a card to share when something is finished, and a month of figures for
// an operator. It turns plain data and texts that are translated already into
// PNG bytes, the same bytes for the same data. It must never read a clock, a
// file or a locale, and never let a text run over an edge: what is too long is
// set smaller, then broken, and in the end shortened with a visible "…".
package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// Every picture has one size, in pixels. Telegram shows it about 400 wide in a
// chat, so what matters is drawn big.
const (
	Width  = 1200
	Height = 800

	margin = 48
	inner  = Width - 2*margin
)

// One accent, the turquoise of tiles, on a light ground; all texts contrast at
// least 4.5:1 with what they stand on (WCAG 2.2, 1.4.3).
var (
	paper  = color.RGBA{0xf6, 0xf8, 0xf7, 0xff}
	white  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ink    = color.RGBA{0x17, 0x2b, 0x33, 0xff}
	muted  = color.RGBA{0x4f, 0x61, 0x69, 0xff}
	faint  = color.RGBA{0xc4, 0xd1, 0xd0, 0xff}
	accent = color.RGBA{0x0b, 0x73, 0x6e, 0xff}
	tint   = color.RGBA{0xdd, 0xef, 0xec, 0xff}
)

// canvas is a picture being drawn. It serves one goroutine.
type canvas struct {
	*gg.Context
	image *image.RGBA
	fonts [2]*opentype.Font // by weight
	faces map[style]font.Face
	texts []placed
}

// placed is a text that was drawn, and the pixels that it may have coloured.
type placed struct {
	text string
	size float64
	box  image.Rectangle
}

func newCanvas() (*canvas, error) {
	fonts, err := typefaces()
	if err != nil {
		return nil, err
	}
	pixels := image.NewRGBA(image.Rect(0, 0, Width, Height))
	c := &canvas{gg.NewContextForRGBA(pixels), pixels, fonts, map[style]font.Face{}, nil}
	c.SetColor(paper)
	c.Clear()
	return c, nil
}

// png encodes fast rather than small: Telegram packs photos anew anyway.
func (c *canvas) png() ([]byte, error) {
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, c.plain()); err != nil {
		return nil, fmt.Errorf("encoding the picture: %w", err)
	}
	return out.Bytes(), nil
}

// plain is the picture in 256 colours, which halves the bytes and the time to
// encode them. The named colours stay exact; of those between, at the edges of
// shapes, the ones that differ by less than 8 of 255 become one. A picture that
// has more colours even so stays as it is.
func (c *canvas) plain() image.Image {
	named := []color.RGBA{paper, white, ink, muted, faint, accent, tint}
	for _, step := range heatSteps {
		named = append(named, step.in)
	}
	out := image.NewPaletted(c.image.Rect, make(color.Palette, 0, 256))
	var index [1 << 15]uint16 // of a colour's upper five bits, 1 more than in the palette
	add := func(key uint16, rgb color.RGBA) bool {
		if len(out.Palette) == 256 {
			return false
		}
		out.Palette = append(out.Palette, rgb)
		index[key] = uint16(len(out.Palette))
		return true
	}
	for _, rgb := range named {
		add(bucket(rgb.R, rgb.G, rgb.B), rgb)
	}
	var last uint32 // most pixels are like the one before; no pixel is 0, all are opaque
	for i := range out.Pix {
		rgba := c.image.Pix[4*i : 4*i+4]
		now := binary.NativeEndian.Uint32(rgba)
		if now == last {
			out.Pix[i] = out.Pix[i-1]
			continue
		}
		last = now
		key := bucket(rgba[0], rgba[1], rgba[2])
		if index[key] == 0 && !add(key, color.RGBA{rgba[0], rgba[1], rgba[2], 0xff}) {
			return c.image
		}
		out.Pix[i] = uint8(index[key] - 1)
	}
	return out
}

func bucket(r, g, b uint8) uint16 {
	return uint16(r>>3)<<10 | uint16(g>>3)<<5 | uint16(b>>3)
}

// fill paints the path that was drawn.
func (c *canvas) fill(in color.Color) {
	c.SetColor(in)
	c.Fill()
}

// stroke draws along the path with a pen of the given width.
func (c *canvas) stroke(in color.Color, width float64) {
	c.SetColor(in)
	c.SetLineWidth(width)
	c.Stroke()
}

// disc is a filled circle.
func (c *canvas) disc(x, y, radius float64, in color.Color) {
	c.DrawCircle(x, y, radius)
	c.fill(in)
}

// polygon is filled; points are x, y pairs.
func (c *canvas) polygon(in color.Color, points ...float64) {
	for i := 0; i < len(points); i += 2 {
		c.LineTo(points[i], points[i+1])
	}
	c.ClosePath()
	c.fill(in)
}
