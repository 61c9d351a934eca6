package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

const (
	lookupThreads = 5   // of one forum
	lookupFailed  = 3   // updates that were set aside
	lookupError   = 120 // characters of an error
)

// lookupCommand shows the state of a chat to who supports it: nothing that
// anybody wrote.
func (t *turn) lookupCommand(ctx context.Context, args string) error {
	id, err := strconv.ParseInt(strings.ReplaceAll(args, "−", "-"), 10, 64)
	if err != nil {
		t.say(screen{t.T("lookup.how", "Own", t.user()), nil})
		return nil
	}
	if id, err = t.tx.Moved(ctx, id); err != nil {
		return err
	}
	dossiers, err := t.tx.Dossiers(ctx, id)
	if err != nil {
		return err
	}
	if len(dossiers) == 0 {
		t.say(screen{t.T("lookup.unknown", "ID", id), nil})
		return nil
	}
	lines := t.chatLines(dossiers[0])
	at, heard, err := t.tx.LastUpdate(ctx, id)
	if err != nil {
		return err
	}
	if heard {
		lines = append(lines, t.T("lookup.heard", "When", t.when(at)))
	}
	for _, d := range dossiers[:min(len(dossiers), lookupThreads)] {
		lines = append(append(lines, ""), t.dossierLines(d)...)
	}
	if more := len(dossiers) - lookupThreads; more > 0 {
		lines = append(lines, "", t.T("lookup.more", "More", more))
	}
	failed, err := t.tx.FailedOf(ctx, id, lookupFailed)
	if err != nil {
		return err
	}
	if len(failed) > 0 {
		lines = append(lines, "", t.T("lookup.failed"))
	}
	for _, f := range failed {
		lines = append(lines, "• "+telegram.Escape(t.when(f.At))+", "+t.T("lookup.update."+f.Kind)+": "+errorText(f.Error))
	}
	t.say(screen{firstMessage(strings.Join(lines, "\n")), nil})
	return nil
}

// errorText is the beginning of an error's first line.
func errorText(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return "<code>" + telegram.Escape(cut(first, lookupError)) + "</code>"
}

// chatLines say what is the same in all threads of a chat.
func (t *turn) chatLines(d store.Dossier) []string {
	of := &turn{bot: t.bot, chat: &d.Chat}
	language := t.plain("stats.unspoken")
	if d.Language != "" {
		language = of.languageName()
	}
	kind := "lookup.group"
	switch d.Kind {
	case "private":
		kind = "lookup.private"
	case "channel":
		kind = "lookup.channel"
	}
	lines := []string{
		t.T("lookup.title", "Title", d.Title, "ID", d.ChatID),
		t.T(kind) + " · " + telegram.Escape(language),
		t.T("lookup.came", "When", t.when(d.CreatedAt)),
	}
	if !d.Started {
		lines = append(lines, t.T("lookup.member"))
	}
	if d.BlockedAt != nil {
		lines = append(lines, t.T("lookup.blocked", "When", t.when(*d.BlockedAt)))
	}
	return lines
}

// dossierLines are the road of a chat or a thread, and what came of it lately.
func (t *turn) dossierLines(d store.Dossier) []string {
	var lines []string
	if d.ThreadID != 0 {
		lines = append(lines, t.T("lookup.thread", "ID", d.ThreadID))
	}
	lines = append(lines, t.roadLine(d))
	if d.Ready {
		lines = append(lines, t.rhythmLines(d)...)
	}
	if d.Quiz != nil {
		lines = append(lines, t.T("lookup.quiz", "Kind", t.plain("lookup.quiz."+d.Quiz.Kind), "Answered", d.Quiz.Answered, "All", len(d.Quiz.Questions), "When", t.when(d.Quiz.StartedAt)))
	}
	if len(d.Deliveries) == 0 {
		return lines
	}
	lines = append(lines, t.T("lookup.deliveries"))
	for _, delivery := range d.Deliveries {
		lines = append(lines, "• "+t.deliveryLine(delivery))
	}
	return lines
}

// roadLine is where the chat stands.
func (t *turn) roadLine(d store.Dossier) string {
	road, ok := t.bot.Library.Roadmap(d.RoadmapID)
	switch {
	case !d.Ready || !ok:
		return t.T("lookup.unset")
	case !d.Enrolled:
		return t.T("lookup.unbegun", "Road", road.Text[t.lang()].Title)
	case d.Topic == "":
		return t.T("lookup.end", "Road", road.Text[t.lang()].Title)
	}
	return t.T("lookup.road", "Road", road.Text[t.lang()].Title, "Topic", t.title(d.Topic))
}

// rhythmLines say when the topic comes, and why it does not.
func (t *turn) rhythmLines(d store.Dossier) []string {
	lines := []string{t.T("lookup.hour", "Days", t.days(d.RemindDays), "Hour", clock(d.RemindMinute), "Zone", zoneName(d.Zone, t.lang()))}
	switch {
	case d.NextAt != nil:
		lines = append(lines, t.T("lookup.next", "When", t.when(*d.NextAt)))
	case !d.RemindOn:
		lines = append(lines, t.T("lookup.off"))
	}
	if d.StoppedAt != nil {
		lines = append(lines, t.T("lookup.stopped", "When", t.when(*d.StoppedAt)))
	}
	if d.PausedUntil != nil && *d.PausedUntil > d.Today(t.now()) {
		lines = append(lines, t.T("settings.paused", "Day", t.date(*d.PausedUntil)))
	}
	switch d.Rhythm {
	case study.Weekly:
		lines = append(lines, t.T("lookup.weekly"))
	case study.Silent:
		lines = append(lines, t.T("lookup.silent"))
	}
	return lines
}

// deliveryLine is what became of a delivery.
func (t *turn) deliveryLine(d store.DossierDelivery) string {
	line := t.T("lookup.delivery."+metricKind(d.Kind)) + ", " + telegram.Escape(t.when(d.DueAt)) + ": " + t.T("lookup."+d.State, "When", t.when(d.RunAt))
	if d.State == store.Sent && d.SentAt != nil {
		line += " " + d.SentAt.In(t.chat.Location()).Format(time.TimeOnly)
	}
	if d.Error != "" {
		line += " " + errorText(d.Error)
	}
	return line
}
