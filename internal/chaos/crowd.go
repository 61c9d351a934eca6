//go:build unix

package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yolchi/internal/sandbox"
)

// firstTalker is the chat id of the first of those who talk; those who wait for
// deliveries begin at 1.
const firstTalker = 1_000_000

// crowd are people who say /next again and again. Each answer names the topic
// that was closed, so that they can be told apart.
type crowd struct {
	s        *stage
	db       *sql.DB
	people   int
	each     int // how often everybody says it
	answered atomic.Int64

	mu      sync.Mutex
	slowest time.Duration
}

// newCrowd makes people who are set up and want no reminders. Everybody is
// answered once a second at most; 30 of them leave nothing of Telegram's limit
// to unpaid deliveries.
func newCrowd(ctx context.Context, s *stage, db *sql.DB, people, each int) (*crowd, error) {
	for i := range people {
		s.world.AddPerson(sandbox.Person{ID: int64(firstTalker + i), FirstName: "Talker", Started: true})
	}
	_, err := db.ExecContext(ctx, `INSERT INTO chats (chat_id, kind, language, roadmap_id, ready, created_at, updated_at)
		SELECT $1 + n, 'private', 'en', 'go-start', true, now(), now() FROM generate_series(0, $2 - 1) n`, firstTalker, people)
	return &crowd{s: s, db: db, people: people, each: each}, err
}

// talk lets everybody say it, each time after the answer to the last.
func (c *crowd) talk(ctx context.Context) {
	var all sync.WaitGroup
	for i := range c.people {
		all.Go(func() {
			chat := int64(firstTalker + i)
			sleep(ctx, time.Duration(i)*10*time.Millisecond)
			for said := 1; said <= c.each && ctx.Err() == nil; said++ {
				begun := time.Now()
				c.s.world.Say(chat, chat, "/next")
				for answers, _ := c.answers(chat); answers < said && ctx.Err() == nil; answers, _ = c.answers(chat) {
					sleep(ctx, 100*time.Millisecond)
				}
				c.answered.Add(1)
				c.took(time.Since(begun))
			}
		})
	}
	all.Wait()
}

func (c *crowd) took(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slowest = max(c.slowest, d)
}

func (c *crowd) done() bool { return int(c.answered.Load()) >= c.people*c.each }

// answers are the different answers that a chat was shown, and how many more
// there were.
func (c *crowd) answers(chat int64) (different, repeated int) {
	times := map[string]int{}
	for _, m := range c.s.world.Messages(chat) {
		if first, _, _ := strings.Cut(m.Text, "\n"); m.From.Bot && strings.HasSuffix(first, "is done. Next:") {
			times[first]++
		}
	}
	for _, n := range times {
		repeated += n - 1
	}
	return len(times), repeated
}

// progress tells how far it is until ctx ends.
func progress(ctx context.Context, s *stage, tell func() string) {
	for {
		sleep(ctx, 10*time.Second)
		if ctx.Err() != nil {
			return
		}
		s.say("%s", tell())
	}
}

// account compares what was said with what the log, the positions and the
// chats say. Answers may be repeated; effects may not.
func (c *crowd) account(ctx context.Context, a *account) error {
	sleep(ctx, 2*time.Second) // what would come twice comes now
	a.sent += c.people * c.each
	rows, err := c.db.QueryContext(ctx, `SELECT c.chat_id,
		(SELECT count(*) FROM events e WHERE e.chat_id = c.chat_id AND kind = 'done'),
		(SELECT count(*) FROM topic_states s WHERE s.chat_id = c.chat_id AND state = 'done'),
		(SELECT count(*) FROM events e WHERE e.chat_id = c.chat_id AND detail->>'to' = n.topic_id AND e.event_id =
			(SELECT max(event_id) FROM events l WHERE l.chat_id = c.chat_id AND l.detail ? 'to'))
		FROM chats c LEFT JOIN enrollments n USING (chat_id) WHERE c.chat_id >= $1`, firstTalker)
	if err != nil {
		return err
	}
	defer rows.Close()
	chats, repeated := 0, 0
	for rows.Next() {
		var chat int64
		var logged, states, standing int
		if err := rows.Scan(&chat, &logged, &states, &standing); err != nil {
			return err
		}
		chats++
		a.expect(logged <= c.each, "chat %d said /next %d times, and it took effect %d times", chat, c.each, logged)
		a.expect(states == logged && standing == 1, "chat %d: %d topics closed in the log, %d in the table; position right: %t", chat, logged, states, standing == 1)
		answers, again := c.answers(chat)
		a.delivered += min(logged, answers)
		a.lost += c.each - min(logged, answers, c.each)
		repeated += again
	}
	a.expect(chats == c.people, "%d chats talked, %d are known", c.people, chats)
	a.latest = max(a.latest, c.slowest)
	var aside int
	if err := c.db.QueryRowContext(ctx, `SELECT count(*) FROM failed_updates`).Scan(&aside); err != nil {
		return err
	}
	a.expect(aside == 0, "%d updates were set aside", aside)
	a.note("%d people said /next %d times each; slowest answer after %s; %d answers were shown again", c.people, c.each, c.slowest.Round(time.Millisecond), repeated)
	return rows.Err()
}

// audience are chats whose topic is due.
type audience struct {
	s     *stage
	db    *sql.DB
	chats int
}

// newAudience makes chats for which it is noon, so that the local day outlasts
// the run, and whose topic is due now.
func newAudience(ctx context.Context, s *stage, db *sql.DB, chats int) (*audience, error) {
	for i := range chats {
		s.world.AddPerson(sandbox.Person{ID: int64(i + 1), FirstName: "Learner", Started: true})
	}
	due := time.Now().UTC()
	zone := fmt.Sprintf("Etc/GMT%+d", due.Hour()-12) // its sign is the other way round
	_, err := db.ExecContext(ctx, `INSERT INTO chats (chat_id, kind, language, roadmap_id, ready, remind_on, zone, remind_minute, next_at, created_at, updated_at)
		SELECT n, 'private', 'en', 'go-start', true, true, $2, $3, $4, now(), now() FROM generate_series(1, $1) n`,
		chats, zone, 12*60+due.Minute(), due)
	return &audience{s: s, db: db, chats: chats}, err
}

// delivered counts the chats that were shown their topic, and how often more
// than once; only the last part of a lesson has buttons.
func (u *audience) delivered() (chats, repeated int) {
	for id := int64(1); id <= int64(u.chats); id++ {
		n := 0
		for _, m := range u.s.world.Messages(id) {
			if m.From.Bot && len(m.Keyboard) > 0 {
				n++
			}
		}
		if n > 0 {
			chats++
			repeated += n - 1
		}
	}
	return chats, repeated
}

// settled is how many deliveries are recorded as sent.
func (u *audience) settled(ctx context.Context) (n int) {
	_ = u.db.QueryRowContext(ctx, `SELECT count(*) FROM deliveries WHERE state = 'sent'`).Scan(&n) // 0 while the database is away
	return n
}

func (u *audience) account(ctx context.Context, a *account) error {
	sleep(ctx, 2*time.Second) // what would come twice comes now
	a.sent += u.chats
	chats, repeated := u.delivered()
	settled := u.settled(ctx)
	a.delivered += min(chats, settled)
	a.lost += u.chats - min(chats, settled)
	a.repeated += repeated
	var seconds sql.NullFloat64
	err := u.db.QueryRowContext(ctx, `SELECT extract(epoch FROM max(sent_at - greatest(due_at, (SELECT created_at FROM chats c WHERE c.chat_id = d.chat_id))))
		FROM deliveries d WHERE state = 'sent'`).Scan(&seconds)
	a.latest = max(a.latest, time.Duration(seconds.Float64*float64(time.Second)))
	return err
}

// cast brings the run's database, chats whose topic is due, and people who talk.
func (s *stage) cast(ctx context.Context, due, people, each int) (*audience, *crowd, error) {
	db, err := s.database(ctx)
	if err != nil {
		return nil, nil, err
	}
	waiting, err := newAudience(ctx, s, db, due)
	if err != nil {
		return nil, nil, err
	}
	talking, err := newCrowd(ctx, s, db, people, each)
	return waiting, talking, err
}

// served waits until everybody has what they are to get.
func served(ctx context.Context, waiting *audience, talking *crowd) {
	for (!talking.done() || waiting.settled(ctx) < waiting.chats) && ctx.Err() == nil {
		sleep(ctx, 200*time.Millisecond)
	}
}

// accounts compares what both were to get with what they have.
func accounts(ctx context.Context, a *account, waiting *audience, talking *crowd) error {
	if err := talking.account(ctx, a); err != nil {
		return err
	}
	return waiting.account(ctx, a)
}
