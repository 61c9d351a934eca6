package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// offeredHours are the minutes after midnight that a button offers.
var offeredHours = []int{7 * 60, 9 * 60, 13 * 60, 19 * 60, 21 * 60}

// startCommand greets a new chat and shows a known one where it stands. The
// argument is what a deep link carries: the id of a roadmap.
func (t *turn) startCommand(ctx context.Context, args string) error {
	if done, err := t.linked(ctx, args); done || err != nil {
		return err
	}
	linked, known := t.bot.Library.Roadmap(strings.ToLower(args))
	if !t.chat.Ready {
		if known {
			t.chat.RoadmapID = linked.ID
			if err := t.tx.Save(ctx); err != nil {
				return err
			}
		}
		t.say(t.greeting())
		return nil
	}
	if t.chat.StoppedAt != nil {
		t.chat.StoppedAt = nil
		if err := t.record(ctx, study.Event{Kind: study.Returned}); err != nil {
			return err
		}
		if err := t.tx.Save(ctx); err != nil {
			return err
		}
	}
	if known && linked.ID != t.chat.RoadmapID {
		return t.follow(ctx, linked)
	}
	return t.standing(ctx)
}

// linked follows a deep link out of a group or channel: to a lesson, to a
// question, to one's own progress. Who is not set up sees it all the same.
func (t *turn) linked(ctx context.Context, payload string) (done bool, err error) {
	kind, id, _ := strings.Cut(payload, "_")
	switch kind {
	case "t":
		if _, ok := t.bot.Library.Topic(id); ok {
			return true, t.lesson(ctx, id, "")
		}
	case "q":
		if question, ok := t.bot.Library.Question(questionOf(payload)); ok {
			return true, t.startRun(ctx, store.Quiz{Kind: store.TopicQuiz, TopicID: question.TopicID, Questions: []string{question.ID}})
		}
	case forgetLink:
		return true, t.forgetCommand(ctx, "")
	case "me":
		if t.chat.Ready {
			return true, t.progressCommand(ctx, "")
		}
	}
	return false, nil
}

// setup asks for what is still missing before the first topic.
func (t *turn) setup(ctx context.Context) error {
	switch {
	case t.chat.Language == "" && t.shared():
		t.show(screen{t.T("group.language"), t.languageKeys()})
	case t.chat.Language == "":
		t.show(t.greeting())
	case t.roadmap() == nil:
		t.show(t.roadmapChoice())
	case t.needsCode():
		return t.askCode(ctx)
	default:
		return t.askHour(ctx)
	}
	return nil
}

// greeting is the first message. It speaks the language of the person's app,
// or both if that says nothing.
func (t *turn) greeting() screen {
	name := ""
	if t.from != nil {
		name = t.from.FirstName
	}
	var texts []string
	for _, lang := range t.guesses() {
		texts = append(texts, t.bot.text(lang, "start.greeting", "Name", name))
	}
	return screen{strings.Join(texts, "\n\n"), t.languageKeys()}
}

// guesses are the languages to speak before one is chosen.
func (t *turn) guesses() []string {
	if t.from != nil {
		if lang, ok := locale.Guess(t.from.Language); ok {
			return []string{lang}
		}
	}
	return locale.Languages
}

func (t *turn) languageKeys() telegram.Keyboard {
	var keys []telegram.Button
	for _, lang := range locale.Languages {
		keys = append(keys, button(t.bot.Texts.T(lang, "language.name", nil), "lang", lang))
	}
	if t.shared() {
		return rows(keys, row(button(t.plain("language.both"), "lang", bothLanguages)))
	}
	return rows(keys)
}

// bothLanguages is a group's or channel's wish: Uzbek, and English below it.
const bothLanguages = locale.Uzbek + "+" + locale.English

// pressLanguage sets the language, in the set-up and later.
func (t *turn) pressLanguage(ctx context.Context, lang string) error {
	if t.bot.Texts.T(lang, "language.code", nil) != lang && !(t.shared() && lang == bothLanguages) {
		return errOld
	}
	t.chat.Language = lang
	if !t.chat.Ready {
		if err := t.tx.Save(ctx); err != nil {
			return err
		}
		return t.setup(ctx)
	}
	if err := t.changed(ctx, "language", lang); err != nil {
		return err
	}
	t.toast(t.plain("language.set"))
	t.show(t.settings())
	return nil
}

// pressRoadmap chooses a roadmap, perhaps with a language of code: in the
// set-up the hour comes next, later the chat goes on from where it stood there.
func (t *turn) pressRoadmap(ctx context.Context, arg string) error {
	id, code, _ := strings.Cut(arg, ":")
	roadmap, ok := t.bot.Library.Roadmap(id)
	if !ok || code != "" && code != askedCode && !t.bot.offersCode(code) {
		return errOld
	}
	chosen := false
	switch code {
	case "", t.chat.CodeLanguage:
	case askedCode:
		t.chat.CodeLanguage = ""
	default:
		t.chat.CodeLanguage, chosen = code, true
	}
	if t.chat.Ready {
		if chosen {
			if err := t.changed(ctx, "code_language", code); err != nil {
				return err
			}
		}
		return t.follow(ctx, roadmap)
	}
	t.chat.RoadmapID = id
	if t.chat.Language == "" { // the button of another greeting
		t.chat.Language = t.lang()
	}
	if t.needsCode() {
		return t.askCode(ctx)
	}
	return t.askHour(ctx)
}

// What a typed text may be the answer to.
const (
	awaitingHour = "hour"
	awaitingZone = "zone"
)

// askHour shows the offered hours; one may also be typed.
func (t *turn) askHour(ctx context.Context) error {
	t.chat.Awaiting = awaitingHour
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	ask, offered, width := "hour.ask", offeredHours, 3
	switch {
	case t.chat.Kind == "channel": // nobody types in one
		ask, offered, width = "channel.hour", channelHours(), 4
	case t.shared():
		ask = "group.hour"
	}
	var keys telegram.Keyboard
	for minutes := range slices.Chunk(offered, width) {
		var line []telegram.Button
		for _, minute := range minutes {
			line = append(line, button(clock(minute), "hour", strconv.Itoa(minute)))
		}
		keys = append(keys, line)
	}
	html := t.T(ask, "Zone", zoneName(t.chat.Zone, t.lang()), "Now", t.now().In(t.chat.Location()).Format("15:04"))
	t.show(screen{html, append(keys, row(button(t.plain("button.zone"), "zones")))})
	return nil
}

// channelHours are those of the day, in minutes after midnight.
func channelHours() (minutes []int) {
	for hour := 7; hour <= 22; hour++ {
		minutes = append(minutes, hour*60)
	}
	return minutes
}

func (t *turn) pressHours(ctx context.Context, _ string) error { return t.askHour(ctx) }

// pressHour sets the hour; in the set-up the road begins with it.
func (t *turn) pressHour(ctx context.Context, arg string) error {
	minute, err := strconv.Atoi(arg)
	if err != nil || minute < 0 || minute >= 24*60 {
		return errOld
	}
	return t.setHour(ctx, minute)
}

// typedHour reads the hour that was asked for.
func (t *turn) typedHour(ctx context.Context, text string) error {
	wish, err := parseRemind(text)
	if err != nil || wish.minute < 0 {
		t.say(screen{t.T("hour.unclear"), nil})
		return nil
	}
	if wish.days != 0 {
		t.chat.RemindDays = wish.days
	}
	return t.setHour(ctx, wish.minute)
}

func (t *turn) setHour(ctx context.Context, minute int) error {
	t.chat.RemindMinute, t.chat.RemindOn, t.chat.Awaiting = minute, true, ""
	if t.chat.Ready {
		if err := t.changed(ctx, study.SettingHour, clock(minute)); err != nil {
			return err
		}
		t.toast(t.plain("settings.saved"))
		t.show(t.reminder())
		return nil
	}
	roadmap := t.roadmap()
	if roadmap == nil {
		return t.setup(ctx)
	}
	return t.begin(ctx, roadmap)
}

// begin ends the set-up: the chat is enrolled and gets its first topic at
// once. That topic counts as today's.
func (t *turn) begin(ctx context.Context, roadmap *curriculum.Roadmap) error {
	if t.shared() {
		return t.beginShared(ctx)
	}
	today := t.today()
	t.chat.Ready, t.chat.Language, t.chat.TopicDay = true, t.lang(), &today
	if err := t.changed(ctx, study.SettingHour, clock(t.chat.RemindMinute)); err != nil {
		return err
	}
	topic, err := t.present(ctx)
	if err != nil {
		return err
	}
	t.show(screen{t.T("start.ready", "Hour", clock(t.chat.RemindMinute), "Days", t.days(t.chat.RemindDays),
		"Zone", zoneName(t.chat.Zone, t.lang()), "Roadmap", roadmap.Text[t.lang()].Title), nil})
	return t.lesson(ctx, topic, "")
}

// follow switches to a roadmap; each keeps its place. One that leaves the
// language of code open asks for it if none was chosen.
func (t *turn) follow(ctx context.Context, roadmap *curriculum.Roadmap) error {
	t.chat.RoadmapID = roadmap.ID
	if t.needsCode() {
		return t.askCode(ctx)
	}
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	if t.shared() {
		t.show(t.settings())
		return nil
	}
	states, err := t.tx.TopicStates(ctx)
	if err != nil {
		return err
	}
	_, enrolled, err := t.tx.Position(ctx, roadmap.ID)
	if err != nil {
		return err
	}
	if closed, _ := countClosed(topicIDs(roadmap), states); closed > 0 && !enrolled { // it comes from other roads
		return t.standing(ctx, "", t.T("road.behind", "Count", closed))
	}
	return t.standing(ctx)
}

// changed saves the chat and logs which setting became what.
func (t *turn) changed(ctx context.Context, setting, value string) error {
	return t.changedFrom(ctx, setting, value, t.today())
}

// changedFrom is changed for a setting that may end the local day: left is what
// it was until then.
func (t *turn) changedFrom(ctx context.Context, setting, value string, left study.Day) error {
	if err := t.tx.Save(ctx); err != nil {
		return err
	}
	detail := study.Detail{Setting: setting, Value: value, Days: t.chat.RemindDays}
	if left < t.today() {
		detail.Left = &left
	}
	return t.record(ctx, study.Event{Kind: study.Changed, Detail: detail})
}

// record logs what the person of this turn did.
func (t *turn) record(ctx context.Context, e study.Event) error {
	e.User = t.user()
	if err := t.tx.Record(ctx, e); err != nil {
		return err
	}
	return t.keepRhythm(ctx, e.Kind)
}

// languageCommand offers the languages.
func (t *turn) languageCommand(ctx context.Context, _ string) error {
	t.say(screen{t.T("language.ask"), t.languageKeys()})
	return nil
}

func (t *turn) pressLanguages(ctx context.Context, _ string) error {
	t.show(screen{t.T("language.ask"), t.languageKeys()})
	return nil
}

// roadmapsCommand offers the roadmaps.
func (t *turn) roadmapsCommand(ctx context.Context, _ string) error {
	t.say(t.roadmapChoice())
	return nil
}

func (t *turn) pressRoads(ctx context.Context, _ string) error {
	t.show(t.roadmapChoice())
	return nil
}

// stopCommand ends the messages and keeps everything else.
func (t *turn) stopCommand(ctx context.Context, _ string) error {
	if t.chat.Ready && t.chat.StoppedAt == nil {
		now := t.now()
		t.chat.StoppedAt = &now
		if err := t.record(ctx, study.Event{Kind: study.Stopped}); err != nil {
			return err
		}
		if err := t.tx.Save(ctx); err != nil {
			return err
		}
	}
	t.say(screen{t.T("stop.done"), nil})
	return nil
}
