package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"yolchi/internal/study"
)

// The kinds of quizzes.
const (
	TopicQuiz  = "topic"      // about a topic
	Review     = "review"     // what is due to be asked again
	Checkpoint = "checkpoint" // at the end of a stage
	TestOut    = "testout"    // instead of a stage's topics
)

// Quiz is a run of questions for one person in one chat.
type Quiz struct {
	ID        int64          `db:"quiz_id"`
	UserID    int64          `db:"user_id"`
	Kind      string         `db:"kind"`
	TopicID   string         `db:"topic_id"` // the topic it was started from; "" of other kinds
	StageID   string         `db:"stage_id"` // of a checkpoint or test-out
	Questions pq.StringArray `db:"questions"`
	Answered  int            `db:"answered"`
	Correct   int            `db:"correct"`
	StartedAt time.Time      `db:"started_at"`
	LastAt    time.Time      `db:"last_at"` // the newest answer, or the start
}

// Poll is a question as it was sent.
type Poll struct {
	ID         string     `db:"poll_id"`
	MessageID  int64      `db:"message_id"`
	QuizID     int64      `db:"quiz_id"`
	UserID     int64      `db:"user_id"`
	QuestionID string     `db:"question_id"`
	SentAt     time.Time  `db:"sent_at"`
	AnsweredAt *time.Time `db:"answered_at"`
	ClosedAt   *time.Time `db:"closed_at"`
	Day        *study.Day `db:"day"` // whose question of the day it was; nil in a quiz
}

const pollColumns = `poll_id, message_id, quiz_id, user_id, question_id, sent_at, answered_at, closed_at, day`

const quizColumns = `quiz_id, user_id, kind, topic_id, stage_id, questions, answered, correct, started_at, last_at`

// OpenQuiz is the quiz that the person has not finished, and false if there is
// none.
func (t *Tx) OpenQuiz(ctx context.Context, user int64) (Quiz, bool, error) {
	return t.quiz(ctx, `user_id = $3 AND ended_at IS NULL`, user)
}

// QuizByID is an open quiz of the chat, and false if it has ended.
func (t *Tx) QuizByID(ctx context.Context, quiz int64) (Quiz, bool, error) {
	return t.quiz(ctx, `quiz_id = $3 AND ended_at IS NULL`, quiz)
}

// AnyQuiz is a quiz of the chat, open or not, and false if there is none.
func (t *Tx) AnyQuiz(ctx context.Context, quiz int64) (Quiz, bool, error) {
	return t.quiz(ctx, `quiz_id = $3`, quiz)
}

func (t *Tx) quiz(ctx context.Context, where string, arg int64) (Quiz, bool, error) {
	var quiz Quiz
	err := t.get(ctx, &quiz, `SELECT `+quizColumns+` FROM quizzes WHERE chat_id = $1 AND thread_id = $2 AND `+where,
		t.Chat.ChatID, t.Chat.ThreadID, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return Quiz{}, false, nil
	}
	if err != nil {
		return Quiz{}, false, fmt.Errorf("reading the quiz: %w", err)
	}
	return quiz, true, nil
}

// StartQuiz begins a run of questions, of which user, kind, topic or stage and
// the questions are given; an open one of the same person ends.
func (t *Tx) StartQuiz(ctx context.Context, quiz Quiz) (Quiz, error) {
	err := t.exec(ctx, "ending the older quiz", `UPDATE quizzes SET ended_at = $4
		WHERE chat_id = $1 AND thread_id = $2 AND user_id = $3 AND ended_at IS NULL`, t.Chat.ChatID, t.Chat.ThreadID, quiz.UserID, t.Now)
	if err != nil {
		return Quiz{}, err
	}
	quiz.StartedAt, quiz.LastAt = t.Now, t.Now
	err = t.get(ctx, &quiz.ID, `INSERT INTO quizzes (chat_id, thread_id, user_id, kind, topic_id, stage_id, questions, started_at, last_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING quiz_id`,
		t.Chat.ChatID, t.Chat.ThreadID, quiz.UserID, quiz.Kind, quiz.TopicID, quiz.StageID, quiz.Questions, t.Now)
	if err != nil {
		return Quiz{}, fmt.Errorf("starting the quiz: %w", err)
	}
	return quiz, nil
}

// EndQuiz closes the quiz as it stands.
func (t *Tx) EndQuiz(ctx context.Context, quiz int64) error {
	return t.exec(ctx, "ending the quiz", `UPDATE quizzes SET ended_at = $4
		WHERE chat_id = $1 AND thread_id = $2 AND quiz_id = $3 AND ended_at IS NULL`, t.Chat.ChatID, t.Chat.ThreadID, quiz, t.Now)
}

// AddPoll notes that a question was sent as the given poll.
func (s *Store) AddPoll(ctx context.Context, key Key, poll Poll) error {
	err := s.idempotent(ctx, `INSERT INTO polls (chat_id, thread_id, poll_id, message_id, quiz_id, user_id, question_id, day, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (chat_id, thread_id, poll_id) DO NOTHING`,
		key.ChatID, key.ThreadID, poll.ID, poll.MessageID, poll.QuizID, poll.UserID, poll.QuestionID, poll.Day, poll.SentAt)
	if err != nil {
		return fmt.Errorf("noting the poll: %w", err)
	}
	return nil
}

// Poll is the question that was sent as the given poll, and false if it was
// not this chat's.
func (t *Tx) Poll(ctx context.Context, pollID string) (Poll, bool, error) {
	var poll Poll
	err := t.get(ctx, &poll, `SELECT `+pollColumns+` FROM polls
		WHERE chat_id = $1 AND thread_id = $2 AND poll_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, pollID)
	if errors.Is(err, sql.ErrNoRows) {
		return Poll{}, false, nil
	}
	if err != nil {
		return Poll{}, false, fmt.Errorf("reading the poll: %w", err)
	}
	return poll, true, nil
}

// AnswerPoll stores the answer to a poll of an open quiz and counts it there.
func (t *Tx) AnswerPoll(ctx context.Context, poll Poll, chosen []int, correct bool) error {
	numbers := make(pq.Int64Array, len(chosen))
	for i, n := range chosen {
		numbers[i] = int64(n)
	}
	err := t.exec(ctx, "storing the answer", `UPDATE polls SET answered_at = $4, chosen = $5, correct = $6
		WHERE chat_id = $1 AND thread_id = $2 AND poll_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, poll.ID, t.Now, numbers, correct)
	if err != nil {
		return err
	}
	return t.exec(ctx, "counting the answer", `UPDATE quizzes SET answered = answered + 1, correct = correct + $4::boolean::int, last_at = $5
		WHERE chat_id = $1 AND thread_id = $2 AND quiz_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, poll.QuizID, correct, t.Now)
}

// PollByMessage is the question that a message of the chat asks, and false if
// it asks none.
func (t *Tx) PollByMessage(ctx context.Context, message int64) (Poll, bool, error) {
	var polls []Poll
	err := t.all(ctx, &polls, `SELECT `+pollColumns+` FROM polls
		WHERE chat_id = $1 AND thread_id = $2 AND message_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, message)
	if err != nil {
		return Poll{}, false, fmt.Errorf("reading which question a message asks: %w", err)
	}
	if len(polls) == 0 {
		return Poll{}, false, nil
	}
	return polls[0], true, nil
}

// LastOfStage is when the person last started a quiz of this kind about a
// stage, and false if never.
func (t *Tx) LastOfStage(ctx context.Context, user int64, kind, stage string) (time.Time, bool, error) {
	var last []time.Time
	err := t.all(ctx, &last, `SELECT started_at FROM quizzes WHERE chat_id = $1 AND thread_id = $2 AND user_id = $3 AND kind = $4 AND stage_id = $5
		ORDER BY quiz_id DESC LIMIT 1`, t.Chat.ChatID, t.Chat.ThreadID, user, kind, stage)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reading when a stage was last asked about: %w", err)
	}
	if len(last) == 0 {
		return time.Time{}, false, nil
	}
	return last[0], true, nil
}

// OpenPoll is the quiz's newest question that waits for its answer, and false
// if none does.
func (t *Tx) OpenPoll(ctx context.Context, quiz int64) (Poll, bool, error) {
	var poll Poll
	err := t.get(ctx, &poll, `SELECT `+pollColumns+` FROM polls
		WHERE chat_id = $1 AND thread_id = $2 AND quiz_id = $3 AND answered_at IS NULL AND closed_at IS NULL ORDER BY sent_at DESC LIMIT 1`,
		t.Chat.ChatID, t.Chat.ThreadID, quiz)
	if errors.Is(err, sql.ErrNoRows) {
		return Poll{}, false, nil
	}
	if err != nil {
		return Poll{}, false, fmt.Errorf("reading the open question: %w", err)
	}
	return poll, true, nil
}

// ClosePolls notes that the quiz's questions that wait for their answer take none
// any more, and returns the messages that ask them.
func (t *Tx) ClosePolls(ctx context.Context, quiz int64) ([]int64, error) {
	var messages []int64
	err := t.all(ctx, &messages, `WITH closed AS (UPDATE polls SET closed_at = $4
		WHERE chat_id = $1 AND thread_id = $2 AND quiz_id = $3 AND answered_at IS NULL AND closed_at IS NULL RETURNING message_id)
		SELECT message_id FROM closed ORDER BY message_id`, t.Chat.ChatID, t.Chat.ThreadID, quiz, t.Now)
	if err != nil {
		return nil, fmt.Errorf("closing the questions of a quiz: %w", err)
	}
	return messages, nil
}

// Missed are the questions of the quiz that were answered wrong, in order.
func (t *Tx) Missed(ctx context.Context, quiz int64) ([]string, error) {
	var missed []string
	err := t.all(ctx, &missed, `SELECT question_id FROM polls
		WHERE chat_id = $1 AND thread_id = $2 AND quiz_id = $3 AND NOT correct ORDER BY answered_at`, t.Chat.ChatID, t.Chat.ThreadID, quiz)
	if err != nil {
		return nil, fmt.Errorf("reading the missed questions: %w", err)
	}
	return missed, nil
}

// Seen is how often each question was sent to the person in this chat.
func (t *Tx) Seen(ctx context.Context, user int64) (map[string]int, error) {
	var rows []struct {
		Question string `db:"question_id"`
		Times    int    `db:"times"`
	}
	err := t.all(ctx, &rows, `SELECT question_id, count(*) AS times FROM polls
		WHERE chat_id = $1 AND thread_id = $2 AND user_id = $3 GROUP BY question_id`, t.Chat.ChatID, t.Chat.ThreadID, user)
	if err != nil {
		return nil, fmt.Errorf("reading which questions were asked: %w", err)
	}
	seen := make(map[string]int, len(rows))
	for _, row := range rows {
		seen[row.Question] = row.Times
	}
	return seen, nil
}

// Accuracy is how many questions the chat has answered and how many of them
// right.
func (t *Tx) Accuracy(ctx context.Context) (answered, correct int, err error) {
	row := struct {
		Answered int `db:"answered"`
		Correct  int `db:"correct"`
	}{}
	// From the log: what was answered in a group counts as well.
	err = t.get(ctx, &row, `SELECT count(*) AS answered, count(*) FILTER (WHERE detail ->> 'right' = 'true') AS correct
		FROM events WHERE chat_id = $1 AND thread_id = $2 AND kind = 'answered'`, t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return 0, 0, fmt.Errorf("counting the answers: %w", err)
	}
	return row.Answered, row.Correct, nil
}
