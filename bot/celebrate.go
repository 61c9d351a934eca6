package bot

import (
	"context"
	"strings"

	"yolchi/internal/curriculum"
	"yolchi/internal/locale"
	"yolchi/internal/picture"
	"yolchi/internal/study"
)

// celebrateStep sends a card if closing the topic has finished the whole road,
// or a stage without a checkpoint: where there is one, it brings the card. states
// are those before. What was only known before is no reason to celebrate.
func (t *turn) celebrateStep(ctx context.Context, id string, kind study.Kind, states map[string]study.TopicState) error {
	roadmap := t.roadmap()
	if roadmap == nil || t.shared() {
		return nil
	}
	i, _, ok := roadmap.Find(id)
	if !ok {
		return nil
	}
	walked := func(topics []*curriculum.Topic) bool {
		done := kind == study.Done
		for _, topic := range topics {
			if topic.ID != id && !states[topic.ID].Closed() {
				return false
			}
			done = done || states[topic.ID] == study.TopicDone
		}
		return done
	}
	switch {
	case walked(roadmap.Topics()):
		return t.celebrateRoad(ctx, roadmap)
	case walked(roadmap.Stages[i].Topics) && !hasCheckpoint(roadmap.Stages[i]):
		return t.celebrate(ctx, roadmap, roadmap.Stages[i])
	}
	return nil
}

// celebrate sends a card to share: the stage is finished.
func (t *turn) celebrate(ctx context.Context, roadmap *curriculum.Roadmap, stage *curriculum.Stage) error {
	figures := []string{t.plain("roadmaps.topics", "Count", len(stage.Topics))}
	answered, correct, err := t.tx.TopicAccuracy(ctx, stageTopicIDs(stage))
	if err != nil {
		return err
	}
	if answered > 0 {
		figures = append(figures, t.plain("card.right", "Percent", correct*100/answered))
	}
	t.card(picture.Card{
		Lead: t.plain("card.stage"), Title: stage.Text[t.lang()].Title, Roadmap: roadmap.Text[t.lang()].Title,
		Figure: strings.Join(figures, " · "),
	})
	return nil
}

// celebrateRoad sends a card to share: the whole road is walked.
func (t *turn) celebrateRoad(ctx context.Context, roadmap *curriculum.Roadmap) error {
	days, err := t.tx.Days(ctx)
	if err != nil {
		return err
	}
	studied := 0
	for _, day := range days {
		if day.Studied() {
			studied++
		}
	}
	t.card(picture.Card{
		Whole: true, Lead: t.plain("card.road"), Title: roadmap.Text[t.lang()].Title,
		Figure: strings.Join([]string{
			t.plain("roadmaps.topics", "Count", len(roadmap.Topics())),
			t.plain("card.stages", "Count", len(roadmap.Stages)),
			t.plain("card.days", "Count", studied),
		}, " · "),
	})
	return nil
}

// card sends what is the same on every card, too.
func (t *turn) card(c picture.Card) {
	year, month, day := t.today().Date()
	c.Date = locale.DateOfYear(t.lang(), year, month, day)
	c.Bot = "@" + t.bot.Me.Username
	c.Name = t.chat.Title
	if t.from != nil {
		c.Name = t.from.FirstName
	}
	figures := c.Figure
	if c.Roadmap != "" {
		figures = c.Roadmap + " · " + figures
	}
	t.illustrate(drawing{Card: &c}, t.T("card.caption", "Lead", c.Lead, "Title", c.Title, "Figures", figures, "Bot", c.Bot), nil)
}
