package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

var nightGroup = Key{ChatID: -1001, ThreadID: 7}

// inGroup does something in a group that is set up.
func inGroup(t *testing.T, s *Store, now time.Time, f func(ctx context.Context, tx *Tx) error) {
	t.Helper()
	update := time.Now().UnixNano()
	_, err := s.Apply(t.Context(), Arrival{UpdateID: update, Key: nightGroup, Kind: "supergroup", Now: now},
		func(tx *Tx) ([]telegram.Call, error) { return nil, f(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheBoardKnowsThisWeekAndAllTime(t *testing.T) {
	t.Parallel()
	s := open(t)
	join := func(ctx context.Context, tx *Tx, user int64, points ...int) error {
		err := tx.Join(ctx, user, fmt.Sprint("P", user))
		for _, n := range points {
			err = errors.Join(err, tx.addPoints(ctx, user, n))
		}
		return err
	}
	inGroup(t, s, noon, func(ctx context.Context, tx *Tx) error { // Friday
		return errors.Join(join(ctx, tx, 1, 3, 3), join(ctx, tx, 2, 3), join(ctx, tx, 3, 3), join(ctx, tx, 4))
	})
	inGroup(t, s, noon.AddDate(0, 0, 4), func(ctx context.Context, tx *Tx) error { // Tuesday of the next week
		err := errors.Join(join(ctx, tx, 2, 1), join(ctx, tx, 5, 1))
		if hidden, hideErr := tx.Hide(ctx, 5, "P5"); !hidden {
			err = errors.Join(err, hideErr, errors.New("not hidden"))
		}
		week, weekErr := tx.WeekBoard(ctx)
		all, allErr := tx.AllBoard(ctx)
		if diff := cmp.Diff([]Member{{2, "P2", false, 1, 1}, {5, "P5", true, 1, 1}}, sorted(week)); diff != "" {
			t.Errorf("the week (-want +got):\n%s", diff)
		}
		want := []Member{{1, "P1", false, 6, 1}, {2, "P2", false, 4, 2}, {3, "P3", false, 3, 3}, {5, "P5", true, 1, 4}}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("all time (-want +got):\n%s", diff)
		}
		return errors.Join(err, weekErr, allErr)
	})
}

// sorted orders a board whose members all share a place.
func sorted(board []Member) []Member {
	if len(board) == 2 && board[0].UserID > board[1].UserID {
		board[0], board[1] = board[1], board[0]
	}
	return board
}

func TestTheBoardOfALargeGroupReadsAnIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	inGroup(t, s, noon, func(context.Context, *Tx) error { return nil })
	_, err := s.db.ExecContext(t.Context(), `INSERT INTO members (chat_id, thread_id, user_id, name, points, week, week_points, joined_at)
		SELECT $1, $2, n, 'P' || n, n % 700, $3, n % 90, $4 FROM generate_series(1, 5000) AS n`,
		nightGroup.ChatID, nightGroup.ThreadID, study.DayOf(noon).Monday(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(t.Context(), `ANALYZE members`); err != nil {
		t.Fatal(err)
	}
	for query, args := range map[string][]any{
		weekBoard: {nightGroup.ChatID, nightGroup.ThreadID, study.DayOf(noon).Monday(), boardSize},
		allBoard:  {nightGroup.ChatID, nightGroup.ThreadID, boardSize},
	} {
		var plan []string
		if err := s.db.SelectContext(t.Context(), &plan, "EXPLAIN "+query, args...); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(plan, "\n")
		if strings.Contains(text, "Seq Scan") || strings.Contains(text, "Sort") || !strings.Contains(text, "Index") {
			t.Errorf("the board is read so:\n%s", text)
		}
	}
}

func TestAVoteCountsOnceAndAPollClosesOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	inGroup(t, s, noon, func(ctx context.Context, tx *Tx) error { return tx.Join(ctx, 1, "P1") })
	day := study.DayOf(noon)
	if err := s.AddPoll(t.Context(), nightGroup, Poll{ID: "p", MessageID: 5, QuestionID: "q", Day: &day, SentAt: noon}); err != nil {
		t.Fatal(err)
	}
	if key, known, err := s.PollChat(t.Context(), "p"); key != nightGroup || !known || err != nil {
		t.Errorf("whose poll: %v %v %v", key, known, err)
	}
	if _, known, err := s.PollChat(t.Context(), "another"); known || err != nil {
		t.Errorf("a foreign poll: %v %v", known, err)
	}
	inGroup(t, s, noon, func(ctx context.Context, tx *Tx) error {
		first, err := tx.Vote(ctx, "p", 1, []int{2}, true)
		again, againErr := tx.Vote(ctx, "p", 1, []int{0}, false)
		other, otherErr := tx.Vote(ctx, "p", 2, []int{0}, false)
		closed, closeErr := tx.ClosePoll(ctx, "p")
		twice, twiceErr := tx.ClosePoll(ctx, "p")
		if !first || again || !other || !closed || twice {
			t.Errorf("fresh: %v %v %v, closed: %v %v", first, again, other, closed, twice)
		}
		results, resultErr := tx.DayResults(ctx, day, day)
		if diff := cmp.Diff([]Result{{"q", 2, 1}}, results); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		return errors.Join(err, againErr, otherErr, closeErr, twiceErr, resultErr)
	})
}

// Everything of a group goes along when it becomes a supergroup, in whichever
// order the two messages about it come, and however often.
func TestEverythingOfAGroupMoves(t *testing.T) {
	t.Parallel()
	s := open(t)
	small, large := Key{ChatID: -10}, Key{ChatID: -100}
	day := study.DayOf(noon)
	_, err := s.Apply(t.Context(), Arrival{UpdateID: 1, Key: small, Kind: "group", Now: noon}, func(tx *Tx) ([]telegram.Call, error) {
		tx.Chat.Ready, tx.Chat.RoadmapID = true, "r"
		_, markErr := tx.Mark(t.Context(), "a", 1)
		_, noteErr := tx.AddNote(t.Context(), "a", "a note", 1)
		return nil, errors.Join(noteErr, tx.Save(t.Context()), tx.Join(t.Context(), 1, "P1"), tx.addPoints(t.Context(), 1, 3), markErr,
			tx.Record(t.Context(), study.Event{Kind: study.Opened, Roadmap: "r", Topic: "a"}), tx.Owe(t.Context(), DigestDelivery, day, noon))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddPoll(t.Context(), small, Poll{ID: "p", QuestionID: "q", SentAt: noon}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Migrate(t.Context(), small.ChatID, large.ChatID, noon); err != nil {
			t.Fatal(err)
		}
	}
	err = s.View(t.Context(), large, noon, func(tx *Tx) error {
		board, err := tx.AllBoard(t.Context())
		marks, marksErr := tx.Marks(t.Context(), "a")
		log, logErr := tx.Log(t.Context())
		if notes, err := tx.TopicNotes(t.Context(), "a"); len(notes) != 1 || err != nil {
			t.Errorf("moved notes: %v, %v", notes, err)
		}
		if len(board) != 1 || marks != 1 || len(log) != 1 || tx.Chat.Kind != "supergroup" {
			t.Errorf("moved: %v, %d marks, %d events, %s", board, marks, len(log), tx.Chat.Kind)
		}
		return errors.Join(err, marksErr, logErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	if key, _, err := s.PollChat(t.Context(), "p"); key != large || err != nil {
		t.Errorf("the poll belongs to %v, %v", key, err)
	}
	claimed, err := s.Claim(t.Context(), noon, time.Minute, 10)
	if err != nil || len(claimed) != 1 || claimed[0].Key != large {
		t.Errorf("owed: %v, %v", claimed, err)
	}
}
