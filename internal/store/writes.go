package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/lib/pq"

	"yolchi/internal/study"
)

// writes is what a group has to write and nobody has to see yet, by table. No
// key stands twice in one of them.
type writes struct {
	events    []eventWrite
	positions map[positionKey]positionWrite
	states    map[topicKey]stateWrite
	days      map[dayKey]study.Activity
	answers   []answerWrite
}

type (
	eventWrite struct {
		key   Key
		event study.Event
	}
	positionKey struct {
		Key
		roadmap string
	}
	positionWrite struct {
		topic string
		at    string
	}
	topicKey struct {
		Key
		topic string
	}
	stateWrite struct {
		state     study.TopicState
		at        string
		overwrite bool
	}
	dayKey struct {
		Key
		day study.Day
	}
)

// put keeps a row until the flush; one that is there already is written first.
func put[K comparable, V any](ctx context.Context, g *group, rows *map[K]V, key K, row V) error {
	if _, twice := (*rows)[key]; twice {
		if err := g.flush(ctx); err != nil {
			return err
		}
	}
	if *rows == nil {
		*rows = map[K]V{}
	}
	(*rows)[key] = row
	return nil
}

// key and compare order rows by whoever they belong to.
func (k Key) key() Key { return k }

func (k Key) compare(other Key) int {
	return cmp.Or(cmp.Compare(k.ChatID, other.ChatID), cmp.Compare(k.ThreadID, other.ThreadID))
}

// columns are the keys as two arrays.
func columns(keys []Key) (chats, threads pq.Int64Array) {
	for _, key := range keys {
		chats, threads = append(chats, key.ChatID), append(threads, key.ThreadID)
	}
	return chats, threads
}

// inOrder are the keys by chat: whoever else writes rows of several chats does
// it in this order, too.
func inOrder[K interface {
	comparable
	key() Key
}, V any](rows map[K]V) []K {
	return slices.SortedFunc(maps.Keys(rows), func(a, b K) int { return a.key().compare(b.key()) })
}

// flush writes what waits, one statement for each table. The log comes last:
// answers to one question stand there in the order in which they changed its
// card, whatever chats they were given in.
func (g *group) flush(ctx context.Context) error {
	w := g.writes
	g.writes = writes{}
	for _, write := range []func(context.Context, writes) error{g.writePositions, g.writeStates, g.writeDays, g.writeCards, g.writeEvents} {
		if err := write(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) writeEvents(ctx context.Context, w writes) error {
	if len(w.events) == 0 {
		return nil
	}
	var chats, threads, users pq.Int64Array
	var ats, days, kinds, roadmaps, topics, questions, details pq.StringArray
	for _, row := range w.events {
		e := row.event
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("encoding the event's detail: %w", err)
		}
		chats, threads, users = append(chats, row.key.ChatID), append(threads, row.key.ThreadID), append(users, e.User)
		ats, days, kinds = append(ats, timestamp(&e.At)), append(days, e.Day.String()), append(kinds, string(e.Kind))
		roadmaps, topics = append(roadmaps, e.Roadmap), append(topics, e.Topic)
		questions, details = append(questions, e.Question), append(details, string(detail))
	}
	return g.exec(ctx, "logging", `INSERT INTO events (chat_id, thread_id, at, day, user_id, kind, roadmap_id, topic_id, question_id, detail)
		SELECT chat_id, thread_id, at, day, user_id, kind, roadmap_id, topic_id, question_id, detail
		FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::date[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[])
			WITH ORDINALITY AS v(chat_id, thread_id, at, day, user_id, kind, roadmap_id, topic_id, question_id, detail, n)
		ORDER BY n`, chats, threads, ats, days, users, kinds, roadmaps, topics, questions, details)
}

func (g *group) writePositions(ctx context.Context, w writes) error {
	if len(w.positions) == 0 {
		return nil
	}
	var chats, threads pq.Int64Array
	var roadmaps, topics, ats pq.StringArray
	for _, key := range inOrder(w.positions) {
		row := w.positions[key]
		chats, threads, roadmaps = append(chats, key.ChatID), append(threads, key.ThreadID), append(roadmaps, key.roadmap)
		topics, ats = append(topics, row.topic), append(ats, row.at)
	}
	return g.exec(ctx, "moving the position", `INSERT INTO enrollments (chat_id, thread_id, roadmap_id, topic_id, started_at)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[])
		ON CONFLICT (chat_id, thread_id, roadmap_id) DO UPDATE SET topic_id = excluded.topic_id`, chats, threads, roadmaps, topics, ats)
}

func (g *group) writeStates(ctx context.Context, w writes) error {
	var chats, threads [2]pq.Int64Array
	var topics, states, ats [2]pq.StringArray
	for _, key := range inOrder(w.states) {
		row, i := w.states[key], 0
		if row.overwrite {
			i = 1
		}
		chats[i], threads[i], topics[i] = append(chats[i], key.ChatID), append(threads[i], key.ThreadID), append(topics[i], key.topic)
		states[i], ats[i] = append(states[i], string(row.state)), append(ats[i], row.at)
	}
	for i, conflict := range []string{"DO NOTHING", "DO UPDATE SET state = excluded.state, at = excluded.at"} {
		if len(chats[i]) == 0 {
			continue
		}
		err := g.exec(ctx, "storing the topics' states", `INSERT INTO topic_states (chat_id, thread_id, topic_id, state, at)
			SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[])
			ON CONFLICT (chat_id, thread_id, topic_id) `+conflict, chats[i], threads[i], topics[i], states[i], ats[i])
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *group) writeDays(ctx context.Context, w writes) error {
	if len(w.days) == 0 {
		return nil
	}
	var chats, threads, topics, answers, reviews pq.Int64Array
	var days pq.StringArray
	for _, key := range inOrder(w.days) {
		row := w.days[key]
		chats, threads, days = append(chats, key.ChatID), append(threads, key.ThreadID), append(days, key.day.String())
		topics, answers, reviews = append(topics, int64(row.Topics)), append(answers, int64(row.Answers)), append(reviews, int64(row.Reviews))
	}
	return g.exec(ctx, "counting the days", `INSERT INTO study_days (chat_id, thread_id, day, topics, answers, reviews)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::integer[], $5::integer[], $6::integer[])
		ON CONFLICT (chat_id, thread_id, day) DO UPDATE SET topics = study_days.topics + excluded.topics,
			answers = study_days.answers + excluded.answers, reviews = study_days.reviews + excluded.reviews`,
		chats, threads, days, topics, answers, reviews)
}

// exec runs a statement whose result nobody needs.
func (g *group) exec(ctx context.Context, doing, query string, args ...any) error {
	if _, err := g.tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
