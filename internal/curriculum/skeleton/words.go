package skeleton

import (
	"regexp"
	"strings"
	"unicode"

	"yolchi/internal/curriculum"
)

// What a label or a heading says about the text below it.
type kind int

const (
	group     kind = iota // it names what follows, whatever that is
	subjects              // the topics of the stage
	resources             // what to read
	projects              // what to build
)

// labels are the usual ones, folded.
var labels = func() map[string]kind {
	all := map[string]kind{}
	for k, words := range map[kind]string{
		subjects: "topics, key topics, main topics, core topics, topics to learn, what to learn, you will learn, skills, " +
			"mavzular, asosiy mavzular, oʻrganiladigan mavzular, nimalarni oʻrganish kerak, темы, основные темы, что изучить",
		resources: "resources, learning resources, useful resources, useful links, links, books, reading, further reading, materials, references, " +
			"resurslar, foydali resurslar, manbalar, foydali manbalar, havolalar, foydali havolalar, kitoblar, materiallar, adabiyotlar, " +
			"ресурсы, ссылки, книги, материалы, литература",
		projects: "project, projects, project examples, example projects, project ideas, practice, practice projects, mini project, " +
			"loyiha, loyihalar, loyiha gʻoyalari, namuna loyihalar, amaliyot, amaliy loyihalar, проект, проекты, практика, примеры проектов",
	} {
		for word := range strings.SplitSeq(words, ", ") {
			all[folded(word)] = k
		}
	}
	return all
}()

// kindOf says what a label announces.
func kindOf(label string) kind { return labels[folded(label)] }

// closings, openings and contents head what is no stage.
var (
	closings = words("conclusion", "conclusions", "summary", "final thoughts", "final words", "wrap up", "wrapping up", "next steps", "xulosa", "yakun", "yakuniy soʻz", "soʻnggi soʻz", "заключение", "вывод", "выводы", "итог", "итоги")
	openings = words("introduction", "intro", "overview", "about", "about this roadmap", "kirish", "soʻzboshi", "введение", "вступление")
	contents = words("table of contents", "contents", "mundarija", "содержание", "оглавление")
)

func words(all ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range all {
		set[folded(w)] = true
	}
	return set
}

func closing(line string) bool { return closings[folded(line)] }

// folded are the letters of a text, to compare what people would read as one.
func folded(s string) string { return curriculum.Fold(s, unicode.IsLetter) }

// namesRoadmap tells the title of a roadmap from those of other texts.
var namesRoadmap = regexp.MustCompile(`(?i)road\s?map|yo.?l xaritasi|дорожная карта|роадмап`)

var numberForm = regexp.MustCompile(`^(?:(?i:(?:stage|phase|step|part|module|level|bosqich|qism|modul|этап|шаг|часть)\s*\d{1,3}\s*[.:)–—-]\s*|\d{1,3}\s*-\s*(?:bosqich|qadam|qism|modul)\s*[.:)–—-]\s*)|\d{1,3}(?:\.\d{1,3})*[.):]\s+|\d{1,3}(?:\.\d{1,3})+\s+|\d{1,3}\s+[–—-]\s+)`)

// heading is the name in a heading: without its number and its duration.
func heading(text string) string {
	if onlyDuration(text) {
		return ""
	}
	name := strings.TrimSpace(insideForm.ReplaceAllString(text, ""))
	name = strings.TrimSpace(numberForm.ReplaceAllString(name, ""))
	name = strings.TrimRight(name, " :")
	if onlyDuration(name) {
		return ""
	}
	return name
}
