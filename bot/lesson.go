package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// maxMessage is Telegram's limit for one message, in UTF-16 units.
const maxMessage = telegram.MaxText

// position is where a topic stands on the chat's roadmap. Zero numbers mean
// that it is not on it.
type position struct {
	stage, stages, topic, topics int
}

func positionOf(roadmap *curriculum.Roadmap, topic string) position {
	if roadmap == nil {
		return position{}
	}
	stage, i, ok := roadmap.Find(topic)
	if !ok {
		return position{}
	}
	return position{stage + 1, len(roadmap.Stages), i + 1, len(roadmap.Stages[stage].Topics)}
}

// lesson shows a topic under a line of its own, and logs that it was opened.
// An empty topic is the end of the roadmap.
func (t *turn) lesson(ctx context.Context, id, lead string) error {
	if id == "" {
		return t.finished(ctx)
	}
	topic, ok := t.bot.Library.Topic(id)
	if !ok {
		return errOld
	}
	id = topic.ID // that of its successor, if it is retired
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	screens, err := t.withNotes(ctx, topic, t.lessonScreens(topic, states[id], lead))
	if err != nil {
		return err
	}
	screens, err = t.withReview(ctx, screens)
	if err != nil {
		return err
	}
	for _, s := range screens {
		t.say(s)
	}
	return t.record(ctx, study.Event{Kind: study.Opened, Roadmap: t.chat.RoadmapID, Topic: id})
}

// lessonScreens are the messages that a topic needs; the buttons stand under
// the last one.
func (t *turn) lessonScreens(topic *curriculum.Topic, state study.TopicState, lead string) []screen {
	parts := t.lessonParts(topic, lead)
	screens := make([]screen, len(parts))
	for i, part := range parts {
		screens[i].html = part
	}
	screens[len(screens)-1].keys = t.lessonKeys(topic, state)
	return screens
}

// lessonParts is the text of a topic in as few messages as it fits.
func (t *turn) lessonParts(topic *curriculum.Topic, lead string) []string {
	text := topic.Text[t.lang()]
	title := "<b>" + telegram.Escape(text.Title) + "</b>\n"
	head := strings.TrimSpace(title + t.place(topic))
	if lead != "" {
		head = lead + "\n\n" + head
	}
	body := t.bot.lessonBody(topic, t.lang(), t.reading(topic), t.lessonBlocks)
	whole := strings.TrimSpace(head + "\n\n" + body.html)
	if telegram.Length(head)+2+body.length <= maxMessage {
		return []string{whole}
	}
	// Each part has the title above it: who answers one of them means this topic.
	parts := telegram.Split(whole, maxMessage-telegram.Length(title))
	for i := range parts[1:] {
		parts[i+1] = title + parts[i+1]
	}
	return parts
}

// body is what a lesson says to everybody: valid HTML, and its length as
// Telegram counts it.
type body struct {
	html   string
	length int
}

// lessonBody is a topic's body, rendered once for each language and for each
// code that it shows, see reading: thousands may get the same lesson in one
// minute.
func (c *content) lessonBody(topic *curriculum.Topic, lang, reading string, render func(*curriculum.Topic) []string) body {
	key := [3]string{topic.ID, lang, reading}
	if known, ok := c.bodies.Load(key); ok {
		return known.(body)
	}
	html := strings.Join(render(topic), "\n\n")
	if telegram.ValidHTML(html) != nil {
		html = telegram.Escape(html)
	}
	made := body{html, telegram.Length(html)}
	c.bodies.Store(key, made)
	return made
}

// lessonBlocks are the parts of a lesson below its head.
func (t *turn) lessonBlocks(topic *curriculum.Topic) []string {
	text := topic.Text[t.lang()]
	var blocks []string
	add := func(block string) { blocks = append(blocks, strings.TrimSpace(block)) }
	if text.Why != "" {
		add("<i>" + telegram.Escape(text.Why) + "</i>")
	}
	if !topic.Written() {
		add(t.T("lesson.unwritten"))
		add(t.links(topic))
		return blocks
	}
	add(telegram.HTML(text.Lesson))
	if code, foreign := t.code(topic); code != nil {
		if foreign {
			add("<i>" + t.T("code.other", "Language", codeName(code.Lang)) + "</i>")
		}
		add(codeHTML(code.Lang, code.Text))
		if code.Output != "" {
			add(t.T("lesson.output") + "\n<pre>" + telegram.Escape(strings.TrimRight(code.Output, "\n")) + "</pre>")
		}
	}
	if text.Task != "" {
		task := t.T("lesson.task") + "\n" + telegram.HTML(text.Task)
		if text.Hint != "" {
			task += "\n" + t.T("lesson.hint") + " " + hidden(telegram.HTML(text.Hint))
		}
		add(task)
	}
	add(t.links(topic))
	return blocks
}

// hidden is a text that shows at a tap. Telegram allows no code in a spoiler, so
// inline code loses its form there; a block of code is folded in a quote.
func hidden(html string) string {
	if strings.Contains(html, "<pre>") {
		return "<blockquote expandable>" + html + "</blockquote>"
	}
	return "<tg-spoiler>" + strings.NewReplacer("<code>", "", "</code>", "").Replace(html) + "</tg-spoiler>"
}

// place is "Stage 3 of 10 · topic 2 of 4 · 25 min".
func (t *turn) place(topic *curriculum.Topic) string {
	var parts []string
	if p := positionOf(t.roadmap(), topic.ID); p.stage > 0 {
		parts = append(parts, t.T("lesson.place", "Stage", p.stage, "Stages", p.stages, "Topic", p.topic, "Topics", p.topics))
	}
	if topic.Minutes > 0 {
		parts = append(parts, t.T("lesson.minutes", "Count", topic.Minutes))
	}
	return strings.Join(parts, " · ")
}

// links are where to read on.
func (t *turn) links(topic *curriculum.Topic) string {
	if len(topic.Links) == 0 {
		return ""
	}
	lines := []string{t.T("lesson.links")}
	notes := topic.Text[t.lang()].LinkNotes
	for i, link := range topic.Links {
		line := fmt.Sprintf(`• <a href="%s">%s</a>`, telegram.Escape(link.URL), telegram.Escape(link.Title))
		if i < len(notes) && notes[i] != "" {
			line += " — " + telegram.Escape(notes[i])
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func codeHTML(lang, code string) string {
	return `<pre><code class="language-` + telegram.Escape(lang) + `">` + telegram.Escape(strings.TrimRight(code, "\n")) + "</code></pre>"
}

// lessonKeys are the buttons under a lesson.
func (t *turn) lessonKeys(topic *curriculum.Topic, state study.TopicState) telegram.Keyboard {
	var first []telegram.Button
	if !state.Closed() {
		first = append(first, button(t.plain("button.done"), "done", topic.ID))
	}
	if len(topic.Questions) > 0 {
		first = append(first, button(t.plain("button.quiz"), "quiz", topic.ID))
	}
	if state.Closed() {
		return append(rows(append(first, button(t.plain("button.next"), "today"))), t.chooseKey(topic.ID)...)
	}
	keys := rows(first, row(button(t.plain("button.later"), "later", topic.ID), button(t.plain("button.know"), "know", topic.ID)))
	return append(keys, t.chooseKey(topic.ID)...)
}

// closedKeys changes the buttons of the message whose button closed a topic.
// Only a lesson gets those of a closed one; anything else, such as the result of
// a quiz, loses the pressed button alone.
func (t *turn) closedKeys(topic *curriculum.Topic, state study.TopicState) {
	m := t.callback.Message
	if m == nil || len(m.Keyboard) == 0 || t.lessonOf(m) != nil {
		t.keys(t.lessonKeys(topic, state))
		return
	}
	var left telegram.Keyboard
	for _, buttons := range m.Keyboard {
		buttons = slices.DeleteFunc(slices.Clone(buttons), func(b telegram.Button) bool { return b.Data == t.callback.Data })
		if len(buttons) > 0 {
			left = append(left, buttons)
		}
	}
	t.keys(left)
}

// finished is the end of a roadmap.
func (t *turn) finished(ctx context.Context) error {
	roadmap := t.roadmap()
	if roadmap == nil {
		t.say(t.roadmapChoice())
		return nil
	}
	text := roadmap.Text[t.lang()]
	html := t.T("finished.title", "Roadmap", text.Title) + "\n\n" + telegram.HTML(text.Outro)
	keys := append(t.chooseKeyOf(roadmap, nil), rows(
		row(button(t.plain("button.roadmap"), "stages"), button(t.plain("button.progress"), "progress")),
		row(button(t.plain("button.roads"), "roads")),
	)...)
	t.say(screen{firstMessage(html), keys})
	return nil
}

// firstMessage is as much of a text as one message holds.
func firstMessage(html string) string {
	if parts := telegram.Split(html, maxMessage); len(parts) > 0 {
		return parts[0]
	}
	return html
}

// topicIDs are the roadmap's topics in order.
func topicIDs(roadmap *curriculum.Roadmap) []string {
	topics := roadmap.Topics()
	ids := make([]string, len(topics))
	for i, topic := range topics {
		ids[i] = topic.ID
	}
	return ids
}
