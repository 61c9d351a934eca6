//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"yolchi/internal/curriculum"
)

// history is how many topics each chat has behind it.
const history = 10

// chats makes a database with chats 1 to n, all set up and with a history, none
// of them due before two days are over. What is there already is used.
func (b *bench) chats(ctx context.Context, n int) (name string, err error) {
	name = fmt.Sprintf("chats_%d", n)
	if b.filled[name] {
		return name, nil
	}
	b.say("filling a database with %d chats", n)
	roadmap, topic, before, err := b.lesson()
	if err != nil {
		return "", err
	}
	if err := b.sql(ctx, "postgres", "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	db, err := b.open(ctx, name) // brings the schema
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		return "", err
	}
	now, r, t := pq.QuoteLiteral(b.clock.Now().Format("2006-01-02 15:04:05Z07:00")), pq.QuoteLiteral(roadmap), pq.QuoteLiteral(topic)
	statements := []string{
		"SET session_replication_role = replica", // the keys are right: they need no looking up
		fmt.Sprintf(`INSERT INTO chats (chat_id, kind, title, language, roadmap_id, zone, remind_minute, remind_on, ready, topic_day, next_at, created_at, updated_at)
			SELECT g, 'private', 'Person ' || g, CASE WHEN g %% 2 = 0 THEN 'uz' ELSE 'en' END, %[2]s, '%[4]s', g %% 1440, true, true,
			%[1]s::date + 1, ((%[1]s::date + 2)::timestamp + (g %% 1440) * interval '1 minute') AT TIME ZONE '%[4]s', %[1]s, %[1]s
			FROM generate_series(1, %[3]d) AS g`, now, r, n, zoneName),
		fmt.Sprintf(`INSERT INTO enrollments (chat_id, roadmap_id, topic_id, started_at)
			SELECT g, %s, %s, %s FROM generate_series(1, %d) AS g`, r, t, now, n),
	}
	for _, done := range before {
		if n <= 100_000 { // the largest is about deliveries and start alone
			statements = append(statements, fmt.Sprintf(`INSERT INTO topic_states (chat_id, topic_id, state, at)
				SELECT g, %s, 'done', %s FROM generate_series(1, %d) AS g`, pq.QuoteLiteral(done), now, n))
		}
	}
	statements = append(statements, "VACUUM (ANALYZE)", "CHECKPOINT")
	if err := b.sql(ctx, name, statements...); err != nil {
		return "", err
	}
	b.filled[name] = true
	return name, nil
}

// copyOf makes a database of its own for a row that changes it, with the first
// due chats due now.
func (b *bench) copyOf(ctx context.Context, source, name string, due int) (string, error) {
	return name, errors.Join(
		b.sql(ctx, "postgres", "CREATE DATABASE "+name+" TEMPLATE "+source),
		b.makeDue(ctx, name, due),
	)
}

// makeDue lets the hour of the first n chats come now.
func (b *bench) makeDue(ctx context.Context, name string, n int) error {
	now := b.clock.Now().In(zone())
	return b.sql(ctx, name,
		fmt.Sprintf(`UPDATE chats SET remind_minute = %d, topic_day = NULL, next_at = '%s' WHERE chat_id <= %d`,
			now.Hour()*60+now.Minute(), now.Truncate(60e9).Format("2006-01-02 15:04:05Z07:00"), n),
		"VACUUM (ANALYZE) chats", "CHECKPOINT")
}

func (b *bench) drop(ctx context.Context, name string) error {
	return b.sql(ctx, "postgres", "DROP DATABASE "+name)
}

// lesson is where all chats stand: the first topic with a whole lesson that
// fits into one message, and some topics besides.
func (b *bench) lesson() (roadmap, topic string, before []string, err error) {
	for _, r := range b.library.Roadmaps() {
		for _, t := range r.Topics() {
			if t.Written() && oneMessage(t) {
				for _, other := range r.Topics() {
					if other.ID != t.ID && len(before) < history {
						before = append(before, other.ID)
					}
				}
				return r.ID, t.ID, before, nil
			}
		}
	}
	return "", "", nil, errors.New("no lesson fits into one message")
}

// oneMessage is sure, not exact: Telegram counts less than bytes.
func oneMessage(t *curriculum.Topic) bool {
	const room = 3800
	for _, text := range t.Text {
		size := len(text.Title) + len(text.Why) + len(text.Lesson) + len(text.Task) + len(text.Hint)
		for _, note := range text.LinkNotes {
			size += len(note)
		}
		for _, link := range t.Links {
			size += len(link.Title)
		}
		if t.Code != nil {
			size += len(t.Code.Text) + len(t.Code.Output)
		}
		if size > room {
			return false
		}
	}
	return true
}
