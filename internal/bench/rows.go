//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/lib/pq"
)

// What a study day has: the questions of its topic, and of the review.
const (
	newADay     = 5
	reviewsADay = 10
)

// rows: the bytes of a chat, and of a study day, on the disk. Each day comes
// after the one before, the chats of a day in no order, as it happens: so the
// indexes are as full as they will be. What is kept for two weeks only stands
// apart.
func rows(ctx context.Context, b *bench) (figures []figure, failure error) {
	chats, days := b.size(4_000, 500), b.size(30, 5)
	source, err := b.chats(ctx, chats)
	if err != nil {
		return nil, err
	}
	name, err := b.copyOf(ctx, source, "rows", 0)
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, b.drop(ctx, name)) }()
	if err := b.sql(ctx, name, "TRUNCATE topic_states", "VACUUM FULL", "ANALYZE"); err != nil {
		return nil, err
	}
	before, err := b.tables(ctx, name)
	if err != nil {
		return nil, err
	}
	b.say("%d chats study for %d days", chats, days)
	for day := range days {
		if err := b.studyDay(ctx, name, chats, day); err != nil {
			return nil, err
		}
	}
	if err := b.sql(ctx, name, "VACUUM (ANALYZE)", "CHECKPOINT"); err != nil {
		return nil, err
	}
	after, err := b.tables(ctx, name)
	if err != nil {
		return nil, err
	}
	var chat, kept, passing float64
	for table, size := range before {
		if size.rows > 0 && table != "goose_db_version" {
			chat += float64(size.bytes) / float64(chats)
		}
	}
	var lines []figure
	for table, size := range after {
		grown, bytes := size.rows-before[table].rows, size.bytes-before[table].bytes
		if grown <= 0 {
			continue
		}
		lines = append(lines, plain("rows, "+table, float64(bytes)/float64(grown), "bytes").
			noted("a row with its indexes; %.4g rows a study day", float64(grown)/float64(chats*days)))
		part := float64(bytes) / float64(chats*days)
		if table == "updates" || table == "deliveries" {
			passing += part
		} else {
			kept += part
		}
	}
	slices.SortFunc(lines, func(x, y figure) int { return int(y.Value - x.Value) })
	return append([]figure{
		plain("rows, chat", chat, "bytes").noted("its settings and position"),
		plain("rows, study day", kept, "bytes").noted("kept for ever: a topic done, %d of its questions, %d of the review", newADay, reviewsADay),
		plain("rows, study day, for two weeks", passing, "bytes").noted("updates and the delivery"),
	}, lines...), nil
}

// studyDay writes what the bot writes when each chat gets its topic, answers
// its questions and those of the review, and is done.
func (b *bench) studyDay(ctx context.Context, name string, chats, day int) error {
	topic := pq.QuoteLiteral(fmt.Sprintf("go-some-topic-%02d", day))
	at := fmt.Sprintf("'%s'::timestamptz + %d * interval '1 day'", b.clock.Now().Format("2006-01-02 15:04:05Z07:00"), day)
	shuffled := fmt.Sprintf("hashint8(g + %d)", day*1_000_003)
	each := fmt.Sprintf("FROM generate_series(1, %d) AS g ", chats)
	answers := each + fmt.Sprintf(", generate_series(1, %d) AS n ORDER BY %s, n", newADay+reviewsADay, shuffled)
	event := `INSERT INTO events (chat_id, at, day, user_id, kind, roadmap_id, topic_id, question_id, detail) SELECT g, ` + at + `, (` + at + `)::date, `
	question := topic + ` || '/some-question-' || n`
	return b.sql(ctx, name,
		"SET session_replication_role = replica", // the keys are right: they need no looking up
		`INSERT INTO deliveries (chat_id, kind, day, due_at, run_at, state, attempts, sent_at)
			SELECT g, 'topic', (`+at+`)::date, `+at+`, `+at+`, 'sent', 1, `+at+` `+each+`ORDER BY `+shuffled,
		event+`0, 'opened', 'go-start', `+topic+`, '', '{}' `+each+`ORDER BY `+shuffled,
		`INSERT INTO topic_states (chat_id, topic_id, state, at) SELECT g, `+topic+`, 'done', `+at+` `+each+`ORDER BY `+shuffled,
		fmt.Sprintf(`INSERT INTO quizzes (chat_id, user_id, kind, topic_id, questions, answered, correct, started_at, ended_at, last_at)
			SELECT g, g, kind, CASE kind WHEN 'topic' THEN %[1]s ELSE '' END, ARRAY(SELECT %[2]s FROM generate_series(1, size) n), size, size / 2, %[3]s, %[3]s, %[3]s
			%[4]s, (VALUES ('topic', %[5]d), ('review', %[6]d)) AS v(kind, size) ORDER BY %[7]s, size`, topic, question, at, each, newADay, reviewsADay, shuffled),
		`INSERT INTO polls (chat_id, poll_id, message_id, quiz_id, user_id, question_id, sent_at, answered_at, chosen, correct)
			SELECT g, (5000000000000000000 + hashint8(g * 31 + n)::bigint * 7 + `+fmt.Sprint(day)+`)::text, n, g, g, `+question+`, `+at+`, `+at+`, '{1}', n < 4 `+answers,
		event+`g, 'answered', 'go-start', `+topic+`, `+question+`, '{"took": 12345, "right": true, "chosen": [1]}' `+answers,
		event+`g, 'done', 'go-start', `+topic+`, '', '{"to": "go-some-topic-01", "was": "opened", "from": "go-some-topic-00"}' `+each+`ORDER BY `+shuffled,
		fmt.Sprintf(`INSERT INTO cards (user_id, question_id, stability, difficulty, reps, lapses, last, due)
			SELECT g, %[1]s, 3.17, 5.3, 1, 0, (%[2]s)::date, (%[2]s)::date + 3 %[3]s, generate_series(1, %[4]d) AS n ORDER BY %[5]s, n`, question, at, each, newADay, shuffled),
		fmt.Sprintf(`UPDATE cards SET stability = stability * 3, reps = reps + 1, last = (%[1]s)::date, due = (%[1]s)::date + 7
			WHERE due = (%[1]s)::date`, at), // as many as were new three days ago, and those of a week ago
		`INSERT INTO study_days (chat_id, day, topics, answers, reviews) SELECT g, (`+at+`)::date, 1, `+fmt.Sprint(newADay+reviewsADay)+`, 1 `+each+`ORDER BY `+shuffled,
		fmt.Sprintf(`INSERT INTO updates (chat_id, update_id, at) SELECT g, %d + row_number() OVER (ORDER BY hashint8(g + n)), %s %s, generate_series(1, %d) AS n`,
			day*100_000_000, at, each, newADay+reviewsADay+3), // the two quizzes begin, and the topic is done
	)
}

// tableSize is a table with its indexes and what is stored apart.
type tableSize struct{ rows, bytes int64 }

func (b *bench) tables(ctx context.Context, name string) (sizes map[string]tableSize, failure error) {
	db, err := sql.Open("postgres", b.server.DSN(name))
	if err != nil {
		return nil, err
	}
	defer func() { failure = errors.Join(failure, db.Close()) }()
	rows, err := db.QueryContext(ctx, `SELECT relname, GREATEST(reltuples, 0)::bigint, pg_total_relation_size(oid)
		FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
	if err != nil {
		return nil, fmt.Errorf("asking for the sizes of the tables: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	sizes = map[string]tableSize{}
	for rows.Next() {
		var table string
		var size tableSize
		if err := rows.Scan(&table, &size.rows, &size.bytes); err != nil {
			return nil, fmt.Errorf("asking for the sizes of the tables: %w", err)
		}
		sizes[table] = size
	}
	return sizes, rows.Err()
}
