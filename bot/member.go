package bot

import (
	"context"
	"slices"

	"yolchi/internal/store"
	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// What a group's board counts. Nothing is ever taken away.
const (
	pointsFirst = 3 // a right answer to a question that is new to them
	pointsLater = 1 // a right answer to one that they have met
	pointsTopic = 2 // done with a topic
)

// member is a person in this group: they are made one, and what they do here
// counts in their own chat as well. It is nil for who is nobody in particular.
func (t *turn) member(ctx context.Context) (*turn, error) {
	if t.from == nil || t.from.IsBot || t.from.ID == telegram.AnonymousAdmin {
		return nil, nil
	}
	if err := t.tx.Join(ctx, t.from.ID, t.from.FirstName); err != nil {
		return nil, err
	}
	tx, err := t.tx.Person(ctx, t.from.ID, t.from.FirstName)
	if err != nil {
		return nil, err
	}
	tx.Successor = t.bot.successor
	person := &turn{bot: t.bot, tx: tx, chat: tx.Chat, here: tx.Chat.Key, from: t.from, rights: manager}
	return person, person.heard(ctx)
}

// pressGroupDone marks the group's topic as done by whoever pressed.
func (t *turn) pressGroupDone(ctx context.Context, id string) error {
	if _, ok := t.bot.Library.Topic(id); !ok {
		return errOld
	}
	person, err := t.member(ctx)
	if err != nil || person == nil {
		return err
	}
	fresh, err := t.tx.Mark(ctx, id, t.from.ID)
	if err != nil {
		return err
	}
	if !fresh {
		t.toast(t.plain("done.already"))
		return nil
	}
	err = t.record(ctx, study.Event{Kind: study.Marked, Roadmap: t.chat.RoadmapID, Topic: id, Detail: study.Detail{Points: pointsTopic}})
	if err != nil {
		return err
	}
	if err := person.learned(ctx, id); err != nil {
		return err
	}
	if person.chat.Started && person.chat.BlockedAt == nil { // a card perhaps, for them alone
		t.out = append(t.out, person.out...)
	}
	t.toast(t.plain("group.done"))
	t.out = append(t.out, labelCall(t.here, t.pressed(), id))
	return nil
}

// learned closes a topic in a person's own chat, if it is open there.
func (t *turn) learned(ctx context.Context, id string) error {
	states, err := t.tx.TopicStates(ctx)
	if err != nil || states[id].Closed() {
		return err
	}
	if roadmap := t.roadmap(); roadmap != nil {
		if _, _, on := roadmap.Find(id); on {
			_, err := t.close(ctx, id, study.Done)
			return err
		}
	}
	return t.record(ctx, study.Event{Kind: study.Done, Topic: id, Detail: study.Detail{Was: states[id]}})
}

// groupAnswer counts a member's answer to a poll that all see: the first one,
// while the poll is open.
func (t *turn) groupAnswer(ctx context.Context, poll store.Poll, answer telegram.PollAnswer) error {
	question, ok := t.bot.Library.Question(poll.QuestionID)
	if !ok || len(answer.Options) == 0 {
		return nil
	}
	person, err := t.member(ctx)
	if err != nil || person == nil {
		return err
	}
	chosen := slices.Sorted(slices.Values(answer.Options))
	right := slices.Equal(chosen, slices.Sorted(slices.Values(question.Right)))
	fresh, err := t.tx.Vote(ctx, poll.ID, t.from.ID, chosen, right)
	if err != nil || !fresh {
		return err
	}
	before, err := person.tx.AnsweredBefore(ctx, question.ID)
	if err != nil {
		return err
	}
	event := study.Event{Kind: study.Answered, Roadmap: t.chat.RoadmapID, Topic: question.TopicID, Question: question.ID,
		Detail: study.Detail{Chosen: chosen, Right: right, Took: t.now().Sub(poll.SentAt).Milliseconds()}}
	here := event
	here.Detail.Points = pointsOf(right, before)
	if err := t.record(ctx, here); err != nil {
		return err
	}
	return person.record(ctx, event)
}

func pointsOf(right, before bool) int {
	switch {
	case !right:
		return 0
	case before:
		return pointsLater
	}
	return pointsFirst
}

// pollState notes what Telegram tells of a poll that all see: how many have
// answered it, and that it is over.
func (t *turn) pollState(ctx context.Context, p telegram.Poll) error {
	poll, ok, err := t.tx.Poll(ctx, p.ID)
	if err != nil || !ok || poll.UserID != 0 {
		return err
	}
	if p.Anonymous {
		right := 0
		for _, i := range p.Right {
			if i < len(p.Options) {
				right += p.Options[i].Votes
			}
		}
		if err := t.tx.SetVotes(ctx, poll.ID, p.Total, min(right, p.Total)); err != nil {
			return err
		}
	}
	if !p.Closed {
		return nil
	}
	return t.pollOver(ctx, poll)
}
