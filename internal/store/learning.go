package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"yolchi/internal/study"
)

// Record appends an event to the chat's log and carries what follows from it
// into the derived tables, exactly as study.Fold does. Instant and local day
// are the transaction's.
func (t *Tx) Record(ctx context.Context, e study.Event) error {
	e.At, e.Day = t.Now, t.Chat.Today(t.Now)
	t.group.wrote[t.Chat.Key] = true
	t.group.writes.events = append(t.group.writes.events, eventWrite{t.Chat.Key, e})
	return t.derive(ctx, e)
}

func (t *Tx) derive(ctx context.Context, e study.Event) error {
	if e.Detail.To != nil {
		if err := t.stand(ctx, e.Roadmap, *e.Detail.To); err != nil {
			return err
		}
	}
	if e.Detail.Points > 0 {
		if err := t.addPoints(ctx, e.User, e.Detail.Points); err != nil {
			return err
		}
	}
	switch e.Kind {
	case study.Opened:
		return t.setTopic(ctx, e.Topic, study.TopicOpened, false)
	case study.Done:
		if err := t.setTopic(ctx, e.Topic, study.TopicDone, true); err != nil {
			return err
		}
		return t.addToDay(ctx, e.Day, study.Activity{Topics: 1})
	case study.Known:
		return t.setTopic(ctx, e.Topic, study.TopicKnown, true)
	case study.Answered:
		t.remember(e)
		return t.addToDay(ctx, e.Day, study.Activity{Answers: 1})
	case study.Reviewed:
		return t.addToDay(ctx, e.Day, study.Activity{Reviews: 1})
	case study.Undone:
		return t.undo(ctx, e)
	case study.Paused:
		return t.exec(ctx, "marking the pause", `INSERT INTO study_days (chat_id, thread_id, day, paused)
			SELECT $1, $2, d::date, true FROM generate_series($3::date, $4::date - 1, interval '1 day') AS d
			ON CONFLICT (chat_id, thread_id, day) DO UPDATE SET paused = true`, t.Chat.ChatID, t.Chat.ThreadID, e.Day, *e.Detail.Until)
	case study.Resumed:
		if err := t.exec(ctx, "ending the pause", `UPDATE study_days SET paused = false
			WHERE chat_id = $1 AND thread_id = $2 AND day > $3 AND paused`, t.Chat.ChatID, t.Chat.ThreadID, e.Day); err != nil {
			return err
		}
		return t.dropEmptyDays(ctx, e.Day+1)
	}
	return nil
}

// stand moves the chat's position on a roadmap.
func (t *Tx) stand(ctx context.Context, roadmap, topic string) error {
	return put(ctx, t.group, &t.group.writes.positions, positionKey{t.Chat.Key, roadmap}, positionWrite{topic, timestamp(&t.Now)})
}

// setTopic stores how far the chat is with a topic; over an earlier state only
// if it may overwrite.
func (t *Tx) setTopic(ctx context.Context, topic string, state study.TopicState, overwrite bool) error {
	return put(ctx, t.group, &t.group.writes.states, topicKey{t.Chat.Key, topic}, stateWrite{state, timestamp(&t.Now), overwrite})
}

func (t *Tx) addToDay(ctx context.Context, day study.Day, more study.Activity) error {
	return put(ctx, t.group, &t.group.writes.days, dayKey{t.Chat.Key, day}, more)
}

func (t *Tx) undo(ctx context.Context, e study.Event) error {
	if e.Detail.Step == study.Moved {
		return nil
	}
	var err error
	if e.Detail.Was == "" {
		err = t.exec(ctx, "forgetting the topic's state",
			`DELETE FROM topic_states WHERE chat_id = $1 AND thread_id = $2 AND topic_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, e.Topic)
	} else {
		err = t.setTopic(ctx, e.Topic, e.Detail.Was, true)
	}
	if err != nil || e.Detail.Step != study.Done {
		return err
	}
	if err := t.addToDay(ctx, *e.Detail.StepDay, study.Activity{Topics: -1}); err != nil {
		return err
	}
	return t.dropEmptyDays(ctx, *e.Detail.StepDay)
}

// dropEmptyDays keeps no row for a day on which nothing happened.
func (t *Tx) dropEmptyDays(ctx context.Context, from study.Day) error {
	return t.exec(ctx, "tidying the days", `DELETE FROM study_days
		WHERE chat_id = $1 AND thread_id = $2 AND day >= $3 AND topics = 0 AND answers = 0 AND reviews = 0 AND NOT paused`, t.Chat.ChatID, t.Chat.ThreadID, from)
}

// standing is how far a chat is.
type standing struct {
	positions map[string]string // roadmap → topic
	states    map[string]study.TopicState
	noted     map[string]bool // topics with a note on them
}

// standing reads how far the chat is: once for all chats that share the
// transaction, and anew if this one has written.
func (t *Tx) standing(ctx context.Context) (standing, error) {
	if t.group.wrote[t.Chat.Key] {
		if err := t.group.flush(ctx); err != nil {
			return standing{}, err
		}
		all, err := t.group.readStandings(ctx, []Key{t.Chat.Key})
		return all[t.Chat.Key], err
	}
	if t.group.standings == nil {
		all, err := t.group.readStandings(ctx, slices.Collect(maps.Keys(t.group.chats)))
		if err != nil {
			return standing{}, err
		}
		t.group.standings = all
	}
	return t.group.standings[t.Chat.Key], nil
}

// noted stands where a topic's state would, for a topic with a note on it.
const noted = "noted"

func (g *group) readStandings(ctx context.Context, keys []Key) (map[Key]standing, error) {
	all := make(map[Key]standing, len(keys))
	for _, key := range keys {
		all[key] = standing{map[string]string{}, map[string]study.TopicState{}, map[string]bool{}}
	}
	chats, threads := columns(keys)
	var rows []struct {
		Key
		Roadmap string           `db:"roadmap_id"` // "" for a topic's state
		Topic   string           `db:"topic_id"`
		State   study.TopicState `db:"state"`
	}
	err := g.tx.SelectContext(ctx, &rows, `WITH wanted AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS w(chat_id, thread_id))
		SELECT chat_id, thread_id, roadmap_id, topic_id, '' AS state FROM enrollments JOIN wanted USING (chat_id, thread_id)
		UNION ALL SELECT chat_id, thread_id, '', topic_id, state FROM topic_states JOIN wanted USING (chat_id, thread_id)
		UNION ALL (SELECT DISTINCT chat_id, thread_id, '', topic_id, 'noted' FROM notes JOIN wanted USING (chat_id, thread_id))`, chats, threads)
	if err != nil {
		return nil, fmt.Errorf("reading how far the chats are: %w", err)
	}
	for _, row := range rows {
		switch {
		case row.Roadmap != "":
			all[row.Key].positions[row.Roadmap] = row.Topic
		case row.State == noted:
			all[row.Key].noted[row.Topic] = true
		default:
			all[row.Key].states[row.Topic] = row.State
		}
	}
	return all, nil
}

// Position is where the chat stands on a roadmap: a topic, or "" at its end.
// It is not enrolled if false.
func (t *Tx) Position(ctx context.Context, roadmap string) (topic string, enrolled bool, err error) {
	s, err := t.standing(ctx)
	topic, enrolled = s.positions[roadmap]
	if t.Successor != nil && topic != "" {
		topic = t.Successor(topic)
	}
	return topic, enrolled, err
}

// Started is when the chat began with a roadmap, the zero time if it did not.
func (t *Tx) Started(ctx context.Context, roadmap string) (time.Time, error) {
	var rows []time.Time
	err := t.all(ctx, &rows, `SELECT started_at FROM enrollments
		WHERE chat_id = $1 AND thread_id = $2 AND roadmap_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, roadmap)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when the road began: %w", err)
	}
	if len(rows) == 0 {
		return time.Time{}, nil
	}
	return rows[0], nil
}

// TopicStates is how far the chat is with each topic that it met. What it did
// with a topic that has a successor counts for that one, too. It is not to be
// changed.
func (t *Tx) TopicStates(ctx context.Context) (map[string]study.TopicState, error) {
	s, err := t.standing(ctx)
	if err != nil || t.Successor == nil {
		return s.states, err
	}
	states, copied := s.states, false
	for id, state := range s.states {
		next := t.Successor(id)
		if next == id || states[next].Closed() {
			continue
		}
		if !copied {
			states, copied = maps.Clone(s.states), true
		}
		states[next] = state
	}
	return states, nil
}

// Days is what happened on each local day.
func (t *Tx) Days(ctx context.Context) (map[study.Day]study.Activity, error) {
	var rows []struct {
		Day study.Day `db:"day"`
		dayRow
	}
	if err := t.all(ctx, &rows, `SELECT day, topics, answers, reviews, paused FROM study_days
		WHERE chat_id = $1 AND thread_id = $2`, t.Chat.ChatID, t.Chat.ThreadID); err != nil {
		return nil, fmt.Errorf("reading the days: %w", err)
	}
	days := make(map[study.Day]study.Activity, len(rows))
	for _, row := range rows {
		days[row.Day] = row.activity()
	}
	return days, nil
}

// dayRow is a study.Activity as it is stored.
type dayRow struct {
	Topics  int  `db:"topics"`
	Answers int  `db:"answers"`
	Reviews int  `db:"reviews"`
	Paused  bool `db:"paused"`
}

func (r dayRow) activity() study.Activity {
	return study.Activity{Topics: r.Topics, Answers: r.Answers, Reviews: r.Reviews, Paused: r.Paused}
}

// Passed are the stages whose checkpoint the chat has passed.
func (t *Tx) Passed(ctx context.Context) (map[string]bool, error) {
	var stages []string
	err := t.all(ctx, &stages, `SELECT DISTINCT detail->>'stage' FROM events
		WHERE chat_id = $1 AND thread_id = $2 AND kind = $3`, t.Chat.ChatID, t.Chat.ThreadID, string(study.Passed))
	if err != nil {
		return nil, fmt.Errorf("reading which stages were passed: %w", err)
	}
	passed := make(map[string]bool, len(stages))
	for _, stage := range stages {
		passed[stage] = true
	}
	return passed, nil
}

// LastSteps is the newest step of the chat that was not taken back, and with
// it, newest first, those that were one act with it: the topics of a stage that
// was known as a whole. It is empty if there is none.
func (t *Tx) LastSteps(ctx context.Context) ([]study.Event, error) {
	// Each undone takes back the newest step before it that still stood, so the
	// newest standing step is the first one, going back, that no later undone
	// is left for.
	var rows []eventRow
	err := t.all(ctx, &rows, `SELECT `+eventColumns+` FROM events
		WHERE chat_id = $1 AND thread_id = $2 AND kind IN ('done', 'known', 'moved', 'undone') ORDER BY event_id DESC LIMIT 400`,
		t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return nil, fmt.Errorf("reading the last steps: %w", err)
	}
	taken := 0
	var steps []study.Event
	for _, row := range rows {
		e, err := row.event()
		switch {
		case err != nil:
			return nil, err
		case len(steps) > 0 && !oneAct(steps[0], e):
			return steps, nil
		case e.Kind == study.Undone:
			taken++
		case taken > 0:
			taken--
		default:
			steps = append(steps, e)
		}
	}
	return steps, nil
}

// oneAct says whether two steps that follow each other were made by one test-out.
func oneAct(a, b study.Event) bool {
	return a.Kind == study.Known && b.Kind == study.Known && a.Detail.Stage != "" && a.Detail.Stage == b.Detail.Stage && a.At.Equal(b.At)
}

// Log is the chat's whole log, oldest event first.
func (t *Tx) Log(ctx context.Context) ([]study.Event, error) {
	var rows []eventRow
	err := t.all(ctx, &rows, `SELECT `+eventColumns+` FROM events
		WHERE chat_id = $1 AND thread_id = $2 ORDER BY event_id`, t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return nil, fmt.Errorf("reading the log: %w", err)
	}
	log := make([]study.Event, len(rows))
	for i, row := range rows {
		if log[i], err = row.event(); err != nil {
			return nil, err
		}
	}
	return log, nil
}

const eventColumns = `at, day, user_id, kind, roadmap_id, topic_id, question_id, detail`

type eventRow struct {
	At       time.Time `db:"at"`
	Day      study.Day `db:"day"`
	User     int64     `db:"user_id"`
	Kind     string    `db:"kind"`
	Roadmap  string    `db:"roadmap_id"`
	Topic    string    `db:"topic_id"`
	Question string    `db:"question_id"`
	Detail   []byte    `db:"detail"`
}

func (r eventRow) event() (study.Event, error) {
	e := study.Event{At: r.At, Day: r.Day, User: r.User, Kind: study.Kind(r.Kind), Roadmap: r.Roadmap, Topic: r.Topic, Question: r.Question}
	if err := json.Unmarshal(r.Detail, &e.Detail); err != nil {
		return e, fmt.Errorf("decoding an event's detail: %w", err)
	}
	return e, nil
}
