package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/internal/study"
)

// maxExport is how many rows of one table an export has at the most, the
// newest: six years of studying every day.
const maxExport = 40_000

// Export is everything that is kept about a person. docs/privacy.md explains it
// to people; Format counts up when a field changes its meaning.
type Export struct {
	Format int
	Person int64
	MadeAt time.Time
	Lists  []ExportedList
}

// ExportedList is what is kept in one table, from old to new.
type ExportedList struct {
	Name    string
	Rows    iter.Seq[any]
	LeftOut int // how many older rows there are than fit
}

// ExportedChat is the settings of a private chat, as in Chat.
type ExportedChat struct {
	ThreadID      int64      `db:"thread_id" json:"thread"`
	Name          string     `db:"title" json:"name"`
	Language      string     `db:"language" json:"language"`
	Roadmap       string     `db:"roadmap_id" json:"roadmap"`
	CodeLanguage  string     `db:"code_language" json:"code_language"`
	Zone          string     `db:"zone" json:"zone"`
	RemindMinute  int        `db:"remind_minute" json:"remind_minute"` // after local midnight
	RemindDays    int        `db:"remind_days" json:"remind_days"`     // bit 0 is Monday
	RemindOn      bool       `db:"remind_on" json:"remind_on"`
	Ready         bool       `db:"ready" json:"set_up"`
	Started       bool       `db:"started" json:"has_written"`
	PausedUntil   *study.Day `db:"paused_until" json:"paused_until"`
	StoppedAt     *time.Time `db:"stopped_at" json:"stopped_at"`
	BlockedAt     *time.Time `db:"blocked_at" json:"blocked_at"`
	Awaiting      string     `db:"awaiting" json:"awaiting"`
	TopicDay      *study.Day `db:"topic_day" json:"topic_day"`
	NextAt        *time.Time `db:"next_at" json:"next_at"`
	SaverOn       bool       `db:"saver_on" json:"saver_on"`
	SaverMinute   int        `db:"saver_minute" json:"saver_minute"`
	SaverAt       *time.Time `db:"saver_at" json:"saver_at"`
	StreakDays    int        `db:"streak_days" json:"streak_days"`
	Announcements bool       `db:"announcements" json:"announcements"`
	StreakEnds    *study.Day `db:"streak_ends" json:"streak_ends"`
	StudiedDay    *study.Day `db:"studied_day" json:"studied_day"`
	Rhythm        string     `db:"rhythm" json:"rhythm"`
	Ignored       int        `db:"ignored" json:"ignored"`
	SeenAt        *time.Time `db:"seen_at" json:"seen_at"`
	CreatedAt     time.Time  `db:"created_at" json:"created_at"`
	UpdatedAt     time.Time  `db:"updated_at" json:"updated_at"`
}

// ExportedEnrollment is a road and the present topic on it, "" at its end.
type ExportedEnrollment struct {
	Roadmap   string    `db:"roadmap_id" json:"roadmap"`
	Topic     string    `db:"topic_id" json:"topic"`
	StartedAt time.Time `db:"started_at" json:"started_at"`
}

// ExportedTopic is opened, done or known.
type ExportedTopic struct {
	Topic string    `db:"topic_id" json:"topic"`
	State string    `db:"state" json:"state"`
	At    time.Time `db:"at" json:"at"`
}

// ExportedDay is what was done on a local day.
type ExportedDay struct {
	Day     study.Day `db:"day" json:"day"`
	Topics  int       `db:"topics" json:"topics"`
	Answers int       `db:"answers" json:"answers"`
	Reviews int       `db:"reviews" json:"reviews"`
	Paused  bool      `db:"paused" json:"paused"`
}

// ExportedNote is a note on a topic.
type ExportedNote struct {
	Topic string    `db:"topic_id" json:"topic"`
	Text  string    `db:"text" json:"text"`
	At    time.Time `db:"at" json:"at"`
}

// ExportedFeedback is what they wrote to those who run the bot.
type ExportedFeedback struct {
	At         time.Time  `db:"at" json:"at"`
	Day        study.Day  `db:"day" json:"day"`
	Text       string     `db:"text" json:"text"`
	Language   string     `db:"language" json:"language"`
	Context    string     `db:"context" json:"context"` // roadmap and topic at which they were
	AnsweredAt *time.Time `db:"answered_at" json:"answered_at"`
}

// ExportedBroadcast is a Broadcast that they wrote.
type ExportedBroadcast struct {
	ID        int64      `db:"broadcast_id" json:"broadcast"`
	Uzbek     string     `db:"text_uz" json:"uzbek"`
	English   string     `db:"text_en" json:"english"`
	Audience  string     `db:"audience" json:"audience"`
	State     string     `db:"state" json:"state"`
	StartedAt *time.Time `db:"started_at" json:"started_at"`
}

// ExportedCard is a memory.Card.
type ExportedCard struct {
	Question   string    `db:"question_id" json:"question"`
	Stability  float64   `db:"stability" json:"stability_days"`
	Difficulty float64   `db:"difficulty" json:"difficulty"` // 1 to 10
	Reps       int       `db:"reps" json:"days_answered"`
	Lapses     int       `db:"lapses" json:"missed"`
	Last       study.Day `db:"last" json:"last"`
	Due        study.Day `db:"due" json:"due"`
}

// ExportedQuiz is a Quiz.
type ExportedQuiz struct {
	ID        int64          `db:"quiz_id" json:"quiz"`
	Kind      string         `db:"kind" json:"kind"`
	Topic     string         `db:"topic_id" json:"topic"`
	Stage     string         `db:"stage_id" json:"stage"`
	Questions pq.StringArray `db:"questions" json:"questions"`
	Answered  int            `db:"answered" json:"answered"`
	Correct   int            `db:"correct" json:"correct"`
	StartedAt time.Time      `db:"started_at" json:"started_at"`
	LastAt    time.Time      `db:"last_at" json:"last_at"`
	EndedAt   *time.Time     `db:"ended_at" json:"ended_at"`
}

// ExportedPoll is a question of a quiz and its answer; Chosen counts from 0.
type ExportedPoll struct {
	Poll       string        `db:"poll_id" json:"poll"`
	Message    int64         `db:"message_id" json:"message"`
	Quiz       int64         `db:"quiz_id" json:"quiz"`
	Question   string        `db:"question_id" json:"question"`
	SentAt     time.Time     `db:"sent_at" json:"sent_at"`
	AnsweredAt *time.Time    `db:"answered_at" json:"answered_at"`
	Chosen     pq.Int64Array `db:"chosen" json:"chosen"`
	Correct    *bool         `db:"correct" json:"correct"`
}

// ExportedDelivery is a Delivery.
type ExportedDelivery struct {
	Kind     string     `db:"kind" json:"kind"`
	Day      study.Day  `db:"day" json:"day"`
	DueAt    time.Time  `db:"due_at" json:"due_at"`
	RunAt    time.Time  `db:"run_at" json:"run_at"`
	State    string     `db:"state" json:"state"`
	Attempts int        `db:"attempts" json:"attempts"`
	SentAt   *time.Time `db:"sent_at" json:"sent_at"`
	Error    string     `db:"error" json:"error"`
}

// ExportedUpdate is that something was received, and when.
type ExportedUpdate struct {
	ID int64     `db:"update_id" json:"update"`
	At time.Time `db:"at" json:"at"`
}

// ExportedFailure is a FailedUpdate.
type ExportedFailure struct {
	ID    int64     `db:"update_id" json:"update"`
	At    time.Time `db:"at" json:"at"`
	Kind  string    `db:"kind" json:"kind"`
	Error string    `db:"error" json:"error"`
}

// ExportedMember is the person in a group, or in a thread of one.
type ExportedMember struct {
	Chat       int64     `db:"chat_id" json:"chat"`
	Thread     int64     `db:"thread_id" json:"thread"`
	Group      string    `db:"title" json:"group"`
	Name       string    `db:"name" json:"name"`
	Hidden     bool      `db:"hidden" json:"hidden"`
	Points     int       `db:"points" json:"points"`
	Week       study.Day `db:"week" json:"week"` // the Monday of WeekPoints
	WeekPoints int       `db:"week_points" json:"week_points"`
	JoinedAt   time.Time `db:"joined_at" json:"joined_at"`
}

// ExportedVote is an answer to a group's question; Chosen counts from 0.
type ExportedVote struct {
	Chat     int64         `db:"chat_id" json:"chat"`
	Thread   int64         `db:"thread_id" json:"thread"`
	Poll     string        `db:"poll_id" json:"poll"`
	Question string        `db:"question_id" json:"question"`
	Chosen   pq.Int64Array `db:"chosen" json:"chosen"`
	Correct  bool          `db:"correct" json:"correct"`
	At       time.Time     `db:"at" json:"at"`
}

// ExportedMark is a topic that they did with a group.
type ExportedMark struct {
	Chat   int64     `db:"chat_id" json:"chat"`
	Thread int64     `db:"thread_id" json:"thread"`
	Topic  string    `db:"topic_id" json:"topic"`
	At     time.Time `db:"at" json:"at"`
}

// ExportedChannel is a channel that they added the bot to.
type ExportedChannel struct {
	Chat  int64  `db:"chat_id" json:"chat"`
	Title string `db:"title" json:"title"`
}

// ExportedEvent is a study.Event.
type ExportedEvent struct {
	Chat     int64           `db:"chat_id" json:"chat"`
	Thread   int64           `db:"thread_id" json:"thread"`
	At       time.Time       `db:"at" json:"at"`
	Day      study.Day       `db:"day" json:"day"`
	Kind     study.Kind      `db:"kind" json:"kind"`
	Roadmap  string          `db:"roadmap_id" json:"roadmap"`
	Topic    string          `db:"topic_id" json:"topic"`
	Question string          `db:"question_id" json:"question"`
	Detail   json.RawMessage `db:"detail" json:"detail"`
}

// Export reads everything that is kept about a person, as it is at one moment.
// The largest takes about 40 MB of memory, and 25 MB more as a document.
func (s *Store) Export(ctx context.Context, person int64, now time.Time) (*Export, error) {
	e := &Export{Format: 1, Person: person, MadeAt: now.UTC()}
	tx, err := s.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("beginning an export: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	for _, list := range exportedLists {
		read, err := list(ctx, tx, person)
		if err != nil {
			return nil, err
		}
		e.Lists = append(e.Lists, read)
	}
	return e, nil
}

// ExportEvents reads the list of events alone.
func (s *Store) ExportEvents(ctx context.Context, person int64) ([]ExportedEvent, error) {
	return exportedEvents.read(ctx, s.db, person)
}

// exportedLists are how each list is read; $1 is the person.
var exportedLists = []func(context.Context, sqlx.QueryerContext, int64) (ExportedList, error){
	exportedList[ExportedChat]{"chats", `thread_id, title, language, roadmap_id, code_language, zone, remind_minute, remind_days, remind_on, ready,
		started, paused_until, stopped_at, blocked_at, awaiting, topic_day, next_at, saver_on, saver_minute, saver_at, streak_days, streak_ends,
		studied_day, rhythm, ignored, announcements, seen_at, created_at, updated_at FROM chats WHERE chat_id = $1`, `thread_id`}.export,
	exportedList[ExportedEnrollment]{"enrollments", `roadmap_id, topic_id, started_at FROM enrollments WHERE chat_id = $1`, `started_at`}.export,
	exportedList[ExportedTopic]{"topics", `topic_id, state, at FROM topic_states WHERE chat_id = $1`, `at`}.export,
	exportedList[ExportedDay]{"days", `day, topics, answers, reviews, paused FROM study_days WHERE chat_id = $1`, `day`}.export,
	exportedList[ExportedNote]{"notes", `topic_id, text, at FROM notes WHERE chat_id = $1`, `note_id`}.export,
	exportedList[ExportedFeedback]{"feedback", `at, day, text, language, context, answered_at FROM feedback WHERE user_id = $1`, `feedback_id`}.export,
	exportedList[ExportedBroadcast]{"broadcasts", `broadcast_id, text_uz, text_en, audience, state, started_at FROM broadcasts WHERE chat_id = $1`, `broadcast_id`}.export,
	exportedList[ExportedCard]{"cards", `question_id, stability, difficulty, reps, lapses, last, due FROM cards WHERE user_id = $1`, `last`}.export,
	exportedList[ExportedQuiz]{"quizzes", `quiz_id, kind, topic_id, stage_id, questions, answered, correct, started_at, last_at, ended_at
		FROM quizzes WHERE chat_id = $1`, `quiz_id`}.export,
	exportedList[ExportedPoll]{"polls", `poll_id, message_id, quiz_id, question_id, sent_at, answered_at, chosen, correct
		FROM polls WHERE chat_id = $1`, `sent_at`}.export,
	exportedList[ExportedDelivery]{"deliveries", `kind, day, due_at, run_at, state, attempts, sent_at, error FROM deliveries WHERE chat_id = $1`, `due_at`}.export,
	exportedList[ExportedUpdate]{"updates", `update_id, at FROM updates WHERE chat_id = $1`, `update_id`}.export,
	exportedList[ExportedFailure]{"failed", `update_id, at, kind, error FROM failed_updates WHERE chat_id = $1`, `update_id`}.export,
	exportedList[ExportedMember]{"memberships", `m.chat_id, m.thread_id, c.title, m.name, m.hidden, m.points, m.week, m.week_points, m.joined_at
		FROM members m JOIN chats c USING (chat_id, thread_id) WHERE m.user_id = $1`, `m.joined_at`}.export,
	exportedList[ExportedVote]{"votes", `v.chat_id, v.thread_id, v.poll_id, COALESCE(p.question_id, '') AS question_id, v.chosen, v.correct, v.at
		FROM members m JOIN votes v USING (chat_id, thread_id, user_id) LEFT JOIN polls p USING (chat_id, thread_id, poll_id)
		WHERE m.user_id = $1`, `v.at`}.export,
	exportedList[ExportedMark]{"marks", `k.chat_id, k.thread_id, k.topic_id, k.at FROM members m JOIN marks k USING (chat_id, thread_id, user_id)
		WHERE m.user_id = $1`, `k.at`}.export,
	exportedList[ExportedChannel]{"channels", `chat_id, title FROM chats WHERE owner_id = $1`, `chat_id`}.export,
	exportedEvents.export,
}

var exportedEvents = exportedList[ExportedEvent]{"events", `chat_id, thread_id, at, day, kind, roadmap_id, topic_id, question_id, detail
		FROM events WHERE chat_id = $1 OR user_id = $1 AND chat_id < 0`, `event_id`}

// exportedList says how a list is read: what is selected, and the column that
// orders it.
type exportedList[T any] struct{ name, what, order string }

// read reads the newest rows, from old to new.
func (l exportedList[T]) read(ctx context.Context, q sqlx.QueryerContext, person int64) (rows []T, err error) {
	err = sqlx.SelectContext(ctx, q, &rows, `SELECT `+l.what+` ORDER BY `+l.order+` DESC LIMIT $2`, person, maxExport)
	if err != nil {
		return nil, fmt.Errorf("exporting %s: %w", l.name, err)
	}
	slices.Reverse(rows)
	return rows, nil
}

func (l exportedList[T]) export(ctx context.Context, q sqlx.QueryerContext, person int64) (ExportedList, error) {
	rows, err := l.read(ctx, q, person)
	all := len(rows)
	if err == nil && all == maxExport {
		if err = sqlx.GetContext(ctx, q, &all, `SELECT count(*) FROM (SELECT `+l.what+`) AS t`, person); err != nil {
			err = fmt.Errorf("counting %s: %w", l.name, err)
		}
	}
	return ExportedList{l.name, func(yield func(any) bool) {
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
	}, all - len(rows)}, err
}
