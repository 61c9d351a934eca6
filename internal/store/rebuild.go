package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lib/pq"
	"golang.org/x/sync/errgroup"

	"yolchi/internal/memory"
	"yolchi/internal/study"
)

// Rebuilt is what Rebuild found.
type Rebuilt struct {
	Chats       int // looked at
	Wrong       int // of them, those whose tables differed from their log
	Differences int // rows that were missing, too much or not as the log says
}

// rebuildPage is how many chats are listed at once.
const rebuildPage = 1000

// Rebuild compares everything that is derived from the chats' logs with the
// logs (positions, states of topics, days of study, cards, members' points, and
// what follows from the streak) and mends what differs; it mends nothing if it
// is only to check. Each chat is locked while it is looked at, so the bot may
// run meanwhile. progress, if set, is told how far it is.
func (s *Store) Rebuild(ctx context.Context, now time.Time, check bool, progress func(done, total int)) (Rebuilt, error) {
	var total int
	if err := s.db.GetContext(ctx, &total, `SELECT count(*) FROM chats`); err != nil {
		return Rebuilt{}, fmt.Errorf("counting the chats: %w", err)
	}
	sum := rebuildSum{total: total, progress: progress}
	var last *Key
	for {
		keys, err := s.chatsAfter(ctx, last)
		if err != nil || len(keys) == 0 {
			return sum.Rebuilt, err
		}
		if err := s.rebuildChats(ctx, keys, now, check, &sum); err != nil {
			return sum.Rebuilt, err
		}
		last = &keys[len(keys)-1]
	}
}

// rebuildSum counts what several goroutines find.
type rebuildSum struct {
	mu sync.Mutex
	Rebuilt
	total    int
	progress func(done, total int) // may be nil
}

func (s *rebuildSum) add(differences int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Chats++
	s.Differences += differences
	if differences > 0 {
		s.Wrong++
	}
	if s.progress != nil {
		s.progress(s.Chats, s.total)
	}
}

// rebuildChats rebuilds the chats side by side.
func (s *Store) rebuildChats(ctx context.Context, keys []Key, now time.Time, check bool, sum *rebuildSum) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(groupsAtOnce * maxGroup)
	for _, key := range keys {
		group.Go(func() error {
			differences := 0
			err := s.WithChat(ctx, key, now, func(t *Tx) (err error) {
				differences, err = t.rebuild(ctx, check)
				return err
			})
			if errors.Is(err, ErrNoChat) { // it moved meanwhile
				return nil
			}
			if err != nil {
				return fmt.Errorf("rebuilding chat %d: %w", key.ChatID, err)
			}
			sum.add(differences)
			return nil
		})
	}
	return group.Wait()
}

func (s *Store) chatsAfter(ctx context.Context, last *Key) ([]Key, error) {
	where, args := "", []any{rebuildPage}
	if last != nil {
		where, args = `WHERE (chat_id, thread_id) > ($2, $3)`, append(args, last.ChatID, last.ThreadID)
	}
	var keys []Key
	if err := s.db.SelectContext(ctx, &keys, `SELECT chat_id, thread_id FROM chats `+where+` ORDER BY chat_id, thread_id LIMIT $1`, args...); err != nil {
		return nil, fmt.Errorf("listing the chats: %w", err)
	}
	return keys, nil
}

// rebuild compares the chat's derived tables with its log, and writes those
// anew that differ.
func (t *Tx) rebuild(ctx context.Context, check bool) (differences int, err error) {
	log, err := t.Log(ctx)
	if err != nil {
		return 0, err
	}
	want := study.Fold(log)
	var tables []derived
	for _, compare := range []func(context.Context, []study.Event, study.State) ([]derived, error){
		t.standingTables, t.daysTable, t.cardsTable, t.boardTable,
	} {
		more, err := compare(ctx, log, want)
		if err != nil {
			return 0, err
		}
		tables = append(tables, more...)
	}
	for _, table := range append(tables, t.rhythmTable(log, want.Days)) {
		differences += table.differences
		if table.differences > 0 && !check {
			if err := table.mend(ctx); err != nil {
				return 0, err
			}
		}
	}
	return differences, nil
}

// derived is a table, or a part of one, that follows from the log.
type derived struct {
	differences int
	mend        func(context.Context) error
}

func (t *Tx) rhythmTable(log []study.Event, days map[study.Day]study.Activity) derived {
	table := derived{0, t.putRhythm}
	if t.rhythmDiffers(log, days) {
		table.differences = 1
	}
	return table
}

func (t *Tx) standingTables(ctx context.Context, log []study.Event, want study.State) ([]derived, error) {
	all, err := t.group.readStandings(ctx, []Key{t.Chat.Key})
	is, at := all[t.Chat.Key], timesOf(log)
	return []derived{
		{differing(want.Positions, is.positions), func(ctx context.Context) error { return t.putPositions(ctx, want.Positions, at.started) }},
		{differing(want.Topics, is.states), func(ctx context.Context) error { return t.putTopics(ctx, want.Topics, at.changed) }},
	}, err
}

func (t *Tx) daysTable(ctx context.Context, _ []study.Event, want study.State) ([]derived, error) {
	is, err := t.Days(ctx)
	return []derived{{differing(want.Days, is), func(ctx context.Context) error { return t.putDays(ctx, want.Days) }}}, err
}

// cardsTable is none for a group, which has no memory of its own.
func (t *Tx) cardsTable(ctx context.Context, log []study.Event, _ study.State) ([]derived, error) {
	if t.Chat.Kind != "private" {
		return nil, nil
	}
	is, err := t.Cards(ctx)
	want := memory.Fold(log)
	return []derived{{differing(want, byKey(t.Chat.ChatID, is)), func(ctx context.Context) error { return t.putPersonsCards(ctx, want) }}}, err
}

func (t *Tx) boardTable(ctx context.Context, log []study.Event, _ study.State) ([]derived, error) {
	is, err := t.scores(ctx)
	want := scoresOf(log, is)
	return []derived{{differing(want, is), func(ctx context.Context) error { return t.putScores(ctx, want) }}}, err
}

// differing is how many entries are not the same in both.
func differing[K, V comparable](a, b map[K]V) int {
	n := 0
	for key, value := range a {
		if other, ok := b[key]; !ok || other != value {
			n++
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			n++
		}
	}
	return n
}

func byKey(user int64, cards map[string]memory.Card) map[memory.Key]memory.Card {
	all := make(map[memory.Key]memory.Card, len(cards))
	for question, card := range cards {
		all[memory.Key{User: user, Question: question}] = card
	}
	return all
}

// times are the instants that the derived rows carry.
type times struct {
	started map[string]time.Time // a roadmap was first followed
	changed map[string]time.Time // a topic got its state
}

func timesOf(log []study.Event) times {
	at := times{map[string]time.Time{}, map[string]time.Time{}}
	for _, e := range log {
		if _, known := at.started[e.Roadmap]; !known && e.Detail.To != nil {
			at.started[e.Roadmap] = e.At
		}
		_, met := at.changed[e.Topic]
		if e.Kind == study.Done || e.Kind == study.Known || e.Kind == study.Undone || e.Kind == study.Opened && !met {
			at.changed[e.Topic] = e.At
		}
		if e.Kind == study.Undone && e.Detail.Was == "" {
			delete(at.changed, e.Topic)
		}
	}
	return at
}

func (t *Tx) putPositions(ctx context.Context, positions map[string]string, started map[string]time.Time) error {
	var roadmaps, topics, ats pq.StringArray
	for roadmap, topic := range positions {
		at := started[roadmap]
		roadmaps, topics, ats = append(roadmaps, roadmap), append(topics, topic), append(ats, timestamp(&at))
	}
	return t.replace(ctx, "enrollments", `(chat_id, thread_id, roadmap_id, topic_id, started_at)
		SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::timestamptz[])`, roadmaps, topics, ats)
}

func (t *Tx) putTopics(ctx context.Context, states map[string]study.TopicState, changed map[string]time.Time) error {
	var topics, names, ats pq.StringArray
	for topic, state := range states {
		at := changed[topic]
		topics, names, ats = append(topics, topic), append(names, string(state)), append(ats, timestamp(&at))
	}
	return t.replace(ctx, "topic_states", `(chat_id, thread_id, topic_id, state, at)
		SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::timestamptz[])`, topics, names, ats)
}

func (t *Tx) putDays(ctx context.Context, all map[study.Day]study.Activity) error {
	var days pq.StringArray
	var topics, answers, reviews pq.Int64Array
	var paused pq.BoolArray
	for day, activity := range all {
		days, paused = append(days, day.String()), append(paused, activity.Paused)
		topics, answers, reviews = append(topics, int64(activity.Topics)), append(answers, int64(activity.Answers)), append(reviews, int64(activity.Reviews))
	}
	return t.replace(ctx, "study_days", `(chat_id, thread_id, day, topics, answers, reviews, paused)
		SELECT $1, $2, * FROM unnest($3::date[], $4::integer[], $5::integer[], $6::integer[], $7::boolean[])`, days, topics, answers, reviews, paused)
}

// replace deletes the chat's rows of a table and inserts others. The table and
// the text of the insert are our own; $1 and $2 are the chat and its thread.
func (t *Tx) replace(ctx context.Context, table, insert string, args ...any) error {
	err := t.exec(ctx, "clearing "+table, `DELETE FROM `+table+` WHERE chat_id = $1 AND thread_id = $2`, t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return err
	}
	return t.exec(ctx, "rebuilding "+table, `INSERT INTO `+table+` `+insert, append([]any{t.Chat.ChatID, t.Chat.ThreadID}, args...)...)
}

func (t *Tx) putPersonsCards(ctx context.Context, cards map[memory.Key]memory.Card) error {
	if err := t.exec(ctx, "clearing the cards", `DELETE FROM cards WHERE user_id = $1`, t.Chat.ChatID); err != nil {
		return err
	}
	return t.group.putCards(ctx, cards)
}
