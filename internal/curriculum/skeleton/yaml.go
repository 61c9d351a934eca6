package skeleton

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// page is a YAML file that is written line by line.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p, format+"\n", args...)
}

// comment writes a text, of any number of lines, as a comment.
func (p *page) comment(indent, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		p.line("%s", strings.TrimRight(indent+"# "+printable(line), " "))
	}
}

// beside is a comment at the end of a line, if there is anything to say.
func beside(text string) string {
	if text = strings.Join(strings.Fields(printable(strings.ReplaceAll(text, "\n", " "))), " "); text == "" {
		return ""
	}
	return " # " + text
}

// quoted is a text of one line as YAML.
func quoted(s string) string { return `"` + escapes.Replace(printable(s)) + `"` }

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// field writes a text of any number of lines.
func (p *page) field(name, text string) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "\n") {
		p.line("%s: %s", name, quoted(text))
		return
	}
	var b page
	b.line("%s: |", name)
	for line := range strings.SplitSeq(text, "\n") {
		b.line("%s", strings.TrimRight("  "+printable(line), " "))
	}
	var read map[string]string
	if err := yaml.Unmarshal([]byte(b.String()), &read); err == nil && strings.TrimSpace(read[name]) != "" {
		p.WriteString(b.String())
		return
	}
	p.line(`%s: "%s"`, name, escapes.Replace(strings.ReplaceAll(text, "\t", " "))) // what no block can hold
}

// printable is a line without signs that no YAML may hold, or nobody sees.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF:
			return '\uFFFD'
		}
		return r
	}, line)
}
