package skeleton

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleaned is the text in the form that the rest works with: line feeds, no control characters.
func cleaned(text string) string {
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || r == '\uFEFF' {
			return ' '
		}
		return r
	}, text)
}

var frontForm = regexp.MustCompile(`(?s)^---\n([A-Za-z_-]+:.*?)\n---[ \t]*(?:\n|$)`)

// front takes the front matter off, which is not Markdown.
func front(text string) (matter, rest string) {
	if m := frontForm.FindStringSubmatch(text); m != nil {
		return m[1], text[len(m[0]):]
	}
	return "", text
}

var (
	fenceForm    = regexp.MustCompile("^ {0,3}(?:```|~~~)")
	bulletForm   = regexp.MustCompile(`^([ \t]*)[•◦▪▫‣●○■□·∙➢➤](?:[ \t]+|$)`)
	listForm     = regexp.MustCompile(`^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)`)
	numberedForm = regexp.MustCompile(`^(\d{1,2}(?:\.\d{1,2})*)[.)]?[ \t]+\S`)
)

// bulleted is the text with Markdown's own bullets in place of those that people paste.
func bulleted(text string) string {
	lines := strings.Split(text, "\n")
	fenced, base := false, -1
	for i, line := range lines {
		if fenceForm.MatchString(line) {
			fenced = !fenced
		}
		m := bulletForm.FindStringSubmatchIndex(line)
		switch {
		case fenced || strings.TrimSpace(line) == "":
		case m == nil:
			base = -1
		default:
			indent := m[3]
			if base < 0 || indent < base {
				base = indent
			}
			lines[i] = strings.Repeat(" ", indent-base) + "- " + line[m[1]:]
		}
	}
	return strings.Join(lines, "\n")
}

// marked makes Markdown of a document without a single heading: its first line is the title, what
// is numbered and followed by more begins a stage, and so does a line that is a duration.
func marked(text string) string {
	lines := strings.Split(text, "\n")
	if numbered(lines) == 0 {
		phased(lines)
	}
	for i, line := range lines {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if title(line) && !listForm.MatchString(line) && !strings.HasPrefix(line, "#") {
			lines[i] = "# " + line + "\n"
		}
		break
	}
	return strings.Join(lines, "\n")
}

// title reports whether the line may be a title: short, and no sentence.
func title(line string) bool {
	end, _ := utf8.DecodeLastRuneInString(line)
	return utf8.RuneCountInString(line) <= 80 && !strings.ContainsRune(".!?…:;,|>`", end) && !strings.ContainsAny(line[:1], "|><`~=-[")
}

// numbered turns "2. Databases" and "2.1 SQL" into headings where they stand over something.
func numbered(lines []string) (headings int) {
	for i, line := range lines {
		m := numberedForm.FindStringSubmatch(line)
		if m == nil || !title(strings.TrimSpace(line)) || i > 0 && strings.TrimSpace(lines[i-1]) != "" {
			continue
		}
		depth := strings.Count(m[1], ".")
		next := i + 1
		for next < len(lines) && strings.TrimSpace(lines[next]) == "" {
			next++
		}
		if next == len(lines) || strings.HasPrefix(lines[next], "    ") || strings.HasPrefix(lines[next], "\t") {
			continue
		}
		indented := strings.HasPrefix(lines[next], " ") && !listForm.MatchString(lines[next])
		n := numberedForm.FindStringSubmatch(lines[next])
		if indented || n != nil && strings.Count(n[1], ".") == depth || depth == 0 && line[len(m[1])] == ' ' {
			continue
		}
		lines[i] = strings.Repeat("#", min(2+depth, 6)) + " " + line
		headings++
	}
	if headings > 0 {
		for i, line := range lines {
			if closing(line) {
				lines[i] = "## " + line
			}
		}
	}
	return headings
}

// phased turns lines that are durations into headings, and the lines after them into bullets.
func phased(lines []string) {
	begun := false
	for i, line := range lines {
		switch {
		case strings.TrimSpace(line) == "":
		case onlyDuration(line) && !listForm.MatchString(line):
			lines[i] = "\n## " + strings.TrimSpace(line) + "\n"
			begun = true
		case begun && closing(line):
			lines[i] = "\n## " + line + "\n"
		case begun && !listForm.MatchString(line) && utf8.RuneCountInString(line) <= 200:
			lines[i] = "- " + strings.TrimSpace(line)
		}
	}
}
