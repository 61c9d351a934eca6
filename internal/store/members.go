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

// Member is somebody who takes part in a group.
type Member struct {
	UserID int64  `db:"user_id"`
	Name   string `db:"name"`
	Hidden bool   `db:"hidden"`
	Points int    `db:"points"` // of the time that was asked for
	Place  int    `db:"place"`  // equal points share one
}

// Person is a transaction about somebody's own chat, which is made known if it
// is not: what they do in a group counts for them. It shares this transaction
// and does not lock the person's chat, so it is for the log only.
func (t *Tx) Person(ctx context.Context, user int64, name string) (*Tx, error) {
	key := Person(user)
	if t.group.chats[key] == nil || t.group.strangers[key] {
		err := t.group.exec(ctx, "adding the person", `INSERT INTO chats (chat_id, kind, title, started, created_at, updated_at)
			VALUES ($1, 'private', $2, false, $3, $3) ON CONFLICT (chat_id, thread_id) DO NOTHING`, user, name, t.Now)
		if err != nil {
			return nil, err
		}
		if err := t.group.read(ctx, []Key{key}, ""); err != nil {
			return nil, err
		}
		t.group.wrote[key] = true // nothing was read for it
		delete(t.group.strangers, key)
	}
	return &Tx{group: t.group, Chat: t.group.chats[key], Now: t.Now}, nil
}

// Join makes somebody a member, or keeps their name up to date.
func (t *Tx) Join(ctx context.Context, user int64, name string) error {
	return t.exec(ctx, "adding the member", `INSERT INTO members (chat_id, thread_id, user_id, name, week, joined_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (chat_id, thread_id, user_id) DO UPDATE SET name = $4 WHERE members.name <> $4`,
		t.Chat.ChatID, t.Chat.ThreadID, user, name, t.week(), t.Now)
}

// week is the Monday of the chat's present week.
func (t *Tx) week() study.Day { return t.Chat.Today(t.Now).Monday() }

// addPoints gives a member points, for the week and for ever.
func (t *Tx) addPoints(ctx context.Context, user int64, points int) error {
	return t.exec(ctx, "giving points", `UPDATE members SET points = points + $4,
		week_points = CASE WHEN week = $5 THEN week_points ELSE 0 END + $4, week = $5
		WHERE chat_id = $1 AND thread_id = $2 AND user_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, user, points, t.week())
}

// Hide takes a member's name off the board or puts it back, and says whether it
// is hidden now. Who is no member yet becomes one.
func (t *Tx) Hide(ctx context.Context, user int64, name string) (hidden bool, err error) {
	if err := t.Join(ctx, user, name); err != nil {
		return false, err
	}
	err = t.get(ctx, &hidden, `UPDATE members SET hidden = NOT hidden
		WHERE chat_id = $1 AND thread_id = $2 AND user_id = $3 RETURNING hidden`, t.Chat.ChatID, t.Chat.ThreadID, user)
	if err != nil {
		return false, fmt.Errorf("hiding the member: %w", err)
	}
	return hidden, nil
}

// boardSize is how many names a board has.
const boardSize = 15

// weekBoard and allBoard read the first names along an index.
const (
	weekBoard = `SELECT user_id, name, hidden, week_points AS points, rank() OVER (ORDER BY week_points DESC) AS place FROM members
		WHERE chat_id = $1 AND thread_id = $2 AND week = $3 AND week_points > 0 ORDER BY week_points DESC LIMIT $4`
	allBoard = `SELECT user_id, name, hidden, points, rank() OVER (ORDER BY points DESC) AS place FROM members
		WHERE chat_id = $1 AND thread_id = $2 AND points > 0 ORDER BY points DESC LIMIT $3`
)

// WeekBoard is who has the most points since Monday, 15 names at most.
func (t *Tx) WeekBoard(ctx context.Context) ([]Member, error) {
	var board []Member
	if err := t.all(ctx, &board, weekBoard, t.Chat.ChatID, t.Chat.ThreadID, t.week(), boardSize); err != nil {
		return nil, fmt.Errorf("reading the board of the week: %w", err)
	}
	return board, nil
}

// AllBoard is who has the most points of all time, 15 names at most.
func (t *Tx) AllBoard(ctx context.Context) ([]Member, error) {
	var board []Member
	if err := t.all(ctx, &board, allBoard, t.Chat.ChatID, t.Chat.ThreadID, boardSize); err != nil {
		return nil, fmt.Errorf("reading the board of all time: %w", err)
	}
	return board, nil
}

// RoundBoard is how many questions of a group's quiz each member had right.
func (t *Tx) RoundBoard(ctx context.Context, quiz int64) ([]Member, error) {
	var board []Member
	err := t.all(ctx, &board, `SELECT v.user_id, m.name, m.hidden, count(*) FILTER (WHERE v.correct) AS points,
			rank() OVER (ORDER BY count(*) FILTER (WHERE v.correct) DESC) AS place
		FROM polls p JOIN votes v USING (chat_id, thread_id, poll_id)
			JOIN members m ON m.chat_id = v.chat_id AND m.thread_id = v.thread_id AND m.user_id = v.user_id
		WHERE p.chat_id = $1 AND p.thread_id = $2 AND p.quiz_id = $3
		GROUP BY v.user_id, m.name, m.hidden ORDER BY points DESC LIMIT $4`, t.Chat.ChatID, t.Chat.ThreadID, quiz, boardSize)
	if err != nil {
		return nil, fmt.Errorf("reading the board of the round: %w", err)
	}
	return board, nil
}

// Mark notes that a member is done with a topic; false if that is known.
func (t *Tx) Mark(ctx context.Context, topic string, user int64) (bool, error) {
	var fresh int
	err := t.get(ctx, &fresh, `WITH marked AS (INSERT INTO marks (chat_id, thread_id, topic_id, user_id, at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM marked`,
		t.Chat.ChatID, t.Chat.ThreadID, topic, user, t.Now)
	if err != nil {
		return false, fmt.Errorf("marking the topic as done: %w", err)
	}
	return fresh > 0, nil
}

// Marks is how many members are done with a topic.
func (t *Tx) Marks(ctx context.Context, topic string) (int, error) {
	var n int
	err := t.get(ctx, &n, `SELECT count(*) FROM marks WHERE chat_id = $1 AND thread_id = $2 AND topic_id = $3`,
		t.Chat.ChatID, t.Chat.ThreadID, topic)
	if err != nil {
		return 0, fmt.Errorf("counting who is done: %w", err)
	}
	return n, nil
}

// Members is how many people take part.
func (t *Tx) Members(ctx context.Context) (int, error) {
	var n int
	err := t.get(ctx, &n, `SELECT count(*) FROM members WHERE chat_id = $1 AND thread_id = $2`, t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return 0, fmt.Errorf("counting the members: %w", err)
	}
	return n, nil
}

// Vote stores what a member answered to a poll that all see; false if they have
// answered it before.
func (t *Tx) Vote(ctx context.Context, poll string, user int64, chosen []int, correct bool) (bool, error) {
	numbers := make(pq.Int64Array, len(chosen))
	for i, n := range chosen {
		numbers[i] = int64(n)
	}
	var fresh int
	err := t.get(ctx, &fresh, `WITH voted AS (
			INSERT INTO votes (chat_id, thread_id, poll_id, user_id, chosen, correct, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING correct),
		counted AS (UPDATE polls SET votes = votes + 1, right_votes = right_votes + $6::boolean::int
			WHERE chat_id = $1 AND thread_id = $2 AND poll_id = $3 AND EXISTS (SELECT 1 FROM voted))
		SELECT count(*) FROM voted`,
		t.Chat.ChatID, t.Chat.ThreadID, poll, user, numbers, correct, t.Now)
	if err != nil {
		return false, fmt.Errorf("storing the vote: %w", err)
	}
	return fresh > 0, nil
}

// SetVotes notes how many answered an anonymous poll, and how many right.
func (t *Tx) SetVotes(ctx context.Context, poll string, votes, right int) error {
	return t.exec(ctx, "noting the votes", `UPDATE polls SET votes = $4, right_votes = $5
		WHERE chat_id = $1 AND thread_id = $2 AND poll_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, poll, votes, right)
}

// ClosePoll notes that a poll takes no answers any more; false if that is known.
func (t *Tx) ClosePoll(ctx context.Context, poll string) (bool, error) {
	var fresh int
	err := t.get(ctx, &fresh, `WITH closed AS (UPDATE polls SET closed_at = $4
		WHERE chat_id = $1 AND thread_id = $2 AND poll_id = $3 AND closed_at IS NULL RETURNING 1) SELECT count(*) FROM closed`,
		t.Chat.ChatID, t.Chat.ThreadID, poll, t.Now)
	if err != nil {
		return false, fmt.Errorf("closing the poll: %w", err)
	}
	return fresh > 0, nil
}

// NextQuestion notes that a round's question is over.
func (t *Tx) NextQuestion(ctx context.Context, quiz int64) error {
	return t.exec(ctx, "going on with the round", `UPDATE quizzes SET answered = answered + 1
		WHERE chat_id = $1 AND thread_id = $2 AND quiz_id = $3`, t.Chat.ChatID, t.Chat.ThreadID, quiz)
}

// AnsweredBefore says whether the person of this chat's log has answered the
// question before.
func (t *Tx) AnsweredBefore(ctx context.Context, question string) (bool, error) {
	var before bool
	err := t.get(ctx, &before, `SELECT EXISTS (SELECT 1 FROM events
		WHERE chat_id = $1 AND thread_id = $2 AND kind = 'answered' AND question_id = $3)`, t.Chat.ChatID, t.Chat.ThreadID, question)
	if err != nil {
		return false, fmt.Errorf("looking whether the question was answered before: %w", err)
	}
	return before, nil
}

// Result is how a question of the day went.
type Result struct {
	Question string `db:"question_id"`
	Votes    int    `db:"votes"`
	Right    int    `db:"right_votes"`
}

// DayResults are the questions of the days from one to another, both included,
// that anybody answered, oldest first.
func (t *Tx) DayResults(ctx context.Context, from, to study.Day) ([]Result, error) {
	var results []Result
	err := t.all(ctx, &results, `SELECT question_id, votes, right_votes FROM polls
		WHERE chat_id = $1 AND thread_id = $2 AND day BETWEEN $3 AND $4 AND votes > 0 ORDER BY day, sent_at`,
		t.Chat.ChatID, t.Chat.ThreadID, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading how the questions of the day went: %w", err)
	}
	return results, nil
}

// LastResult is how the newest question of the days from one to another went;
// the zero Result if there was none.
func (t *Tx) LastResult(ctx context.Context, from, to study.Day) (Result, error) {
	var results []Result
	err := t.all(ctx, &results, `SELECT question_id, votes, right_votes FROM polls
		WHERE chat_id = $1 AND thread_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day DESC, sent_at DESC LIMIT 1`,
		t.Chat.ChatID, t.Chat.ThreadID, from, to)
	if err != nil {
		return Result{}, fmt.Errorf("reading how the last question went: %w", err)
	}
	if len(results) == 0 {
		return Result{}, nil
	}
	return results[0], nil
}

// TopicsBetween are the topics that the chat was shown first on the days from
// one to another, both included.
func (t *Tx) TopicsBetween(ctx context.Context, from, to study.Day) ([]string, error) {
	var topics []string
	err := t.all(ctx, &topics, `SELECT topic_id FROM events
		WHERE chat_id = $1 AND thread_id = $2 AND kind = 'opened' AND day BETWEEN $3 AND $4
		GROUP BY topic_id ORDER BY min(event_id)`, t.Chat.ChatID, t.Chat.ThreadID, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading the topics of the days: %w", err)
	}
	return topics, nil
}

// ShownOn is the last day on which the chat was shown the topic, and false if
// it never was.
func (t *Tx) ShownOn(ctx context.Context, topic string) (study.Day, bool, error) {
	var days []study.Day
	err := t.all(ctx, &days, `SELECT day FROM events
		WHERE chat_id = $1 AND thread_id = $2 AND kind = 'opened' AND topic_id = $3 ORDER BY event_id DESC LIMIT 1`,
		t.Chat.ChatID, t.Chat.ThreadID, topic)
	if err != nil {
		return 0, false, fmt.Errorf("reading when the topic was shown: %w", err)
	}
	if len(days) == 0 {
		return 0, false, nil
	}
	return days[0], true, nil
}

// Owe plans a delivery; of several of one kind on one day the newest instant
// counts.
func (t *Tx) Owe(ctx context.Context, kind string, day study.Day, at time.Time) error {
	return t.exec(ctx, "planning a delivery", `INSERT INTO deliveries (chat_id, thread_id, kind, day, due_at, run_at)
		VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (chat_id, thread_id, kind, day)
		DO UPDATE SET due_at = $5, run_at = $5, state = 'pending', attempts = 0, claimed = false, error = ''`,
		t.Chat.ChatID, t.Chat.ThreadID, kind, day, at)
}

// PollChat is who was sent the poll, and false if nobody was.
func (s *Store) PollChat(ctx context.Context, pollID string) (Key, bool, error) {
	var key Key
	err := s.db.GetContext(ctx, &key, `SELECT chat_id, thread_id FROM polls WHERE poll_id = $1`, pollID)
	if errors.Is(err, sql.ErrNoRows) {
		return Key{}, false, nil
	}
	if err != nil {
		return Key{}, false, fmt.Errorf("reading whose poll it is: %w", err)
	}
	return key, true, nil
}

// Threads are the roads that a chat follows, one for each thread.
func (t *Tx) Threads(ctx context.Context) ([]int64, error) {
	var threads []int64
	err := t.all(ctx, &threads, `SELECT thread_id FROM chats WHERE chat_id = $1 AND ready ORDER BY thread_id`, t.Chat.ChatID)
	if err != nil {
		return nil, fmt.Errorf("reading the chat's threads: %w", err)
	}
	return threads, nil
}

// MoveHere takes everything that another thread of the chat follows into this
// one, which must not follow anything yet.
func (t *Tx) MoveHere(ctx context.Context, from int64) error {
	err := t.exec(ctx, "making room for the road", `DELETE FROM chats WHERE chat_id = $1 AND thread_id = $2 AND NOT ready`,
		t.Chat.ChatID, t.Chat.ThreadID)
	if err != nil {
		return err
	}
	return t.exec(ctx, "moving the road", `UPDATE chats SET thread_id = $2, updated_at = $4 WHERE chat_id = $1 AND thread_id = $3`,
		t.Chat.ChatID, t.Chat.ThreadID, from, t.Now)
}

// OpenThreads notes for all other threads of the chat whether we may write
// there. One that is open again goes on with its next topic.
func (t *Tx) OpenThreads(ctx context.Context, open bool) error {
	if !open {
		return t.exec(ctx, "closing the threads", `UPDATE chats SET blocked_at = $3, next_at = NULL, updated_at = $3
			WHERE chat_id = $1 AND thread_id <> $2 AND blocked_at IS NULL`, t.Chat.ChatID, t.Chat.ThreadID, t.Now)
	}
	return t.exec(ctx, "opening the threads", `UPDATE chats SET blocked_at = NULL, next_at = CASE WHEN ready AND remind_on THEN $3::timestamptz END,
		updated_at = $3 WHERE chat_id = $1 AND thread_id <> $2 AND blocked_at IS NOT NULL`, t.Chat.ChatID, t.Chat.ThreadID, t.Now)
}

// Knows says whether we may write to the person in private.
func (t *Tx) Knows(ctx context.Context, user int64) (bool, error) {
	var known bool
	err := t.get(ctx, &known, `SELECT EXISTS (SELECT 1 FROM chats
		WHERE chat_id = $1 AND thread_id = 0 AND started AND blocked_at IS NULL)`, user)
	if err != nil {
		return false, fmt.Errorf("asking whether somebody has spoken to us: %w", err)
	}
	return known, nil
}

// Channels are the channels that the person set up, by title.
func (t *Tx) Channels(ctx context.Context, owner int64) ([]Chat, error) {
	var chats []Chat
	err := t.all(ctx, &chats, `SELECT `+chatColumns+` FROM chats WHERE kind = 'channel' AND owner_id = $1 ORDER BY title`, owner)
	if err != nil {
		return nil, fmt.Errorf("reading the channels of a person: %w", err)
	}
	return chats, nil
}
