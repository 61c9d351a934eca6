package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yolchi/internal/study"
)

// Record appends an event to the chat's log and carries what follows from it
// into the derived tables, exactly as study.Fold does. Instant and local day
// are the transaction's.
func (t *Tx) Record(ctx context.Context, e study.Event) error {
	e.At, e.Day = t.Now, t.Chat.Today(t.Now)
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("encoding the event's detail: %w", err)
	}
	_, err = t.tx.ExecContext(ctx, `INSERT INTO events (chat_id, at, day, user_id, kind, roadmap_id, topic_id, question_id, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		t.Chat.ID, e.At, e.Day, e.User, e.Kind, e.Roadmap, e.Topic, e.Question, string(detail))
	if err != nil {
		return fmt.Errorf("logging %s: %w", e.Kind, err)
	}
	return t.derive(ctx, e)
}

func (t *Tx) derive(ctx context.Context, e study.Event) error {
	if e.Detail.To != nil {
		if err := t.stand(ctx, e.Roadmap, *e.Detail.To); err != nil {
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
		return t.addToDay(ctx, e.Day, 1, 0)
	case study.Known:
		return t.setTopic(ctx, e.Topic, study.TopicKnown, true)
	case study.Answered:
		return t.addToDay(ctx, e.Day, 0, 1)
	case study.Undone:
		return t.undo(ctx, e)
	case study.Paused:
		return t.exec(ctx, "marking the pause", `INSERT INTO study_days (chat_id, day, paused)
			SELECT $1, d::date, true FROM generate_series($2::date, $3::date - 1, interval '1 day') AS d
			ON CONFLICT (chat_id, day) DO UPDATE SET paused = true`, t.Chat.ID, e.Day, *e.Detail.Until)
	case study.Resumed:
		if err := t.exec(ctx, "ending the pause", `UPDATE study_days SET paused = false
			WHERE chat_id = $1 AND day >= $2 AND paused`, t.Chat.ID, e.Day); err != nil {
			return err
		}
		return t.dropEmptyDays(ctx, e.Day)
	}
	return nil
}

// stand moves the chat's position on a roadmap.
func (t *Tx) stand(ctx context.Context, roadmap, topic string) error {
	return t.exec(ctx, "moving the position", `INSERT INTO enrollments (chat_id, roadmap_id, topic_id, started_at)
		VALUES ($1, $2, $3, $4) ON CONFLICT (chat_id, roadmap_id) DO UPDATE SET topic_id = $3`,
		t.Chat.ID, roadmap, topic, t.Now)
}

// setTopic stores how far the chat is with a topic; over an earlier state only
// if it may overwrite.
func (t *Tx) setTopic(ctx context.Context, topic string, state study.TopicState, overwrite bool) error {
	return t.exec(ctx, "storing the topic's state", `INSERT INTO topic_states (chat_id, topic_id, state, at)
		VALUES ($1, $2, $3, $4) ON CONFLICT (chat_id, topic_id) DO UPDATE SET state = $3, at = $4 WHERE $5`,
		t.Chat.ID, topic, state, t.Now, overwrite)
}

func (t *Tx) addToDay(ctx context.Context, day study.Day, topics, answers int) error {
	return t.exec(ctx, "counting the day", `INSERT INTO study_days (chat_id, day, topics, answers)
		VALUES ($1, $2, $3, $4) ON CONFLICT (chat_id, day)
		DO UPDATE SET topics = study_days.topics + $3, answers = study_days.answers + $4`,
		t.Chat.ID, day, topics, answers)
}

func (t *Tx) undo(ctx context.Context, e study.Event) error {
	if e.Detail.Step == study.Moved {
		return nil
	}
	var err error
	if e.Detail.Was == "" {
		err = t.exec(ctx, "forgetting the topic's state",
			`DELETE FROM topic_states WHERE chat_id = $1 AND topic_id = $2`, t.Chat.ID, e.Topic)
	} else {
		err = t.setTopic(ctx, e.Topic, e.Detail.Was, true)
	}
	if err != nil || e.Detail.Step != study.Done {
		return err
	}
	if err := t.addToDay(ctx, *e.Detail.StepDay, -1, 0); err != nil {
		return err
	}
	return t.dropEmptyDays(ctx, *e.Detail.StepDay)
}

// dropEmptyDays keeps no row for a day on which nothing happened.
func (t *Tx) dropEmptyDays(ctx context.Context, from study.Day) error {
	return t.exec(ctx, "tidying the days", `DELETE FROM study_days
		WHERE chat_id = $1 AND day >= $2 AND topics = 0 AND answers = 0 AND NOT paused`, t.Chat.ID, from)
}

// exec runs a statement whose result nobody needs.
func (t *Tx) exec(ctx context.Context, doing, query string, args ...any) error {
	if _, err := t.tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// Position is where the chat stands on a roadmap: a topic, or "" at its end.
// It is not enrolled if false.
func (t *Tx) Position(ctx context.Context, roadmap string) (topic string, enrolled bool, err error) {
	err = t.tx.GetContext(ctx, &topic, `SELECT topic_id FROM enrollments WHERE chat_id = $1 AND roadmap_id = $2`,
		t.Chat.ID, roadmap)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("reading the position: %w", err)
	}
	return topic, true, nil
}

// TopicStates is how far the chat is with each topic that it met.
func (t *Tx) TopicStates(ctx context.Context) (map[string]study.TopicState, error) {
	var rows []struct {
		Topic string           `db:"topic_id"`
		State study.TopicState `db:"state"`
	}
	if err := t.tx.SelectContext(ctx, &rows, `SELECT topic_id, state FROM topic_states WHERE chat_id = $1`, t.Chat.ID); err != nil {
		return nil, fmt.Errorf("reading the topics' states: %w", err)
	}
	states := make(map[string]study.TopicState, len(rows))
	for _, row := range rows {
		states[row.Topic] = row.State
	}
	return states, nil
}

// Days is what happened on each local day.
func (t *Tx) Days(ctx context.Context) (map[study.Day]study.Activity, error) {
	var rows []struct {
		Day     study.Day `db:"day"`
		Topics  int       `db:"topics"`
		Answers int       `db:"answers"`
		Paused  bool      `db:"paused"`
	}
	if err := t.tx.SelectContext(ctx, &rows, `SELECT day, topics, answers, paused FROM study_days WHERE chat_id = $1`, t.Chat.ID); err != nil {
		return nil, fmt.Errorf("reading the days: %w", err)
	}
	days := make(map[study.Day]study.Activity, len(rows))
	for _, row := range rows {
		days[row.Day] = study.Activity{Topics: row.Topics, Answers: row.Answers, Paused: row.Paused}
	}
	return days, nil
}

// LastStep is the newest step of the chat that was not taken back, and false
// if there is none.
func (t *Tx) LastStep(ctx context.Context) (study.Event, bool, error) {
	// Each undone takes back the newest step before it that still stood, so the
	// newest standing step is the first one, going back, that no later undone
	// is left for.
	var rows []eventRow
	err := t.tx.SelectContext(ctx, &rows, `SELECT `+eventColumns+` FROM events
		WHERE chat_id = $1 AND kind IN ('done', 'known', 'moved', 'undone') ORDER BY event_id DESC LIMIT 400`, t.Chat.ID)
	if err != nil {
		return study.Event{}, false, fmt.Errorf("reading the last steps: %w", err)
	}
	taken := 0
	for _, row := range rows {
		switch {
		case study.Kind(row.Kind) == study.Undone:
			taken++
		case taken > 0:
			taken--
		default:
			e, err := row.event()
			return e, err == nil, err
		}
	}
	return study.Event{}, false, nil
}

// Log is the chat's whole log, oldest event first.
func (t *Tx) Log(ctx context.Context) ([]study.Event, error) {
	var rows []eventRow
	err := t.tx.SelectContext(ctx, &rows, `SELECT `+eventColumns+` FROM events WHERE chat_id = $1 ORDER BY event_id`, t.Chat.ID)
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
