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

// answersADay is how many questions a study day has.
const answersADay = 5

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
		plain("rows, study day", kept, "bytes").noted("kept for ever: %d answers, a topic done", answersADay),
		plain("rows, study day, for two weeks", passing, "bytes").noted("updates and the delivery"),
	}, lines...), nil
}

// studyDay writes what the bot writes when each chat gets its topic, answers
// the questions and is done.
func (b *bench) studyDay(ctx context.Context, name string, chats, day int) error {
	topic := pq.QuoteLiteral(fmt.Sprintf("go-some-topic-%02d", day))
	at := fmt.Sprintf("'%s'::timestamptz + %d * interval '1 day'", b.clock.Now().Format("2006-01-02 15:04:05Z07:00"), day)
	anyOrder := fmt.Sprintf("FROM generate_series(1, %d) AS g ORDER BY hashint8(g + %d)", chats, day*1_000_003)
	answers := fmt.Sprintf("FROM generate_series(1, %d) AS g, generate_series(1, %d) AS n ORDER BY hashint8(g + %d), n", chats, answersADay, day*1_000_003)
	event := `INSERT INTO events (chat_id, at, day, user_id, kind, roadmap_id, topic_id, question_id, detail) SELECT g, ` + at + `, (` + at + `)::date, `
	return b.sql(ctx, name,
		"SET session_replication_role = replica", // the keys are right: they need no looking up
		`INSERT INTO deliveries (chat_id, kind, day, due_at, run_at, state, attempts, sent_at)
			SELECT g, 'topic', (`+at+`)::date, `+at+`, `+at+`, 'sent', 1, `+at+` `+anyOrder,
		event+`0, 'opened', 'go-start', `+topic+`, '', '{}' `+anyOrder,
		`INSERT INTO topic_states (chat_id, topic_id, state, at) SELECT g, `+topic+`, 'done', `+at+` `+anyOrder,
		`INSERT INTO quizzes (chat_id, user_id, topic_id, questions, answered, correct, started_at, ended_at)
			SELECT g, g, `+topic+`, ARRAY(SELECT `+topic+` || '/some-question-' || n FROM generate_series(1, 5) n), 5, 3, `+at+`, `+at+` `+anyOrder,
		`INSERT INTO polls (chat_id, poll_id, message_id, quiz_id, user_id, question_id, sent_at, answered_at, chosen, correct)
			SELECT g, (5000000000000000000 + hashint8(g * 31 + n)::bigint * 7 + `+fmt.Sprint(day)+`)::text, n, g, g, `+topic+` || '/some-question-' || n, `+at+`, `+at+`, '{1}', n < 4 `+answers,
		event+`g, 'answered', 'go-start', `+topic+`, `+topic+` || '/some-question-' || n, '{"took": 12345, "right": true, "chosen": [1]}' `+answers,
		event+`g, 'done', 'go-start', `+topic+`, '', '{"to": "go-some-topic-01", "was": "opened", "from": "go-some-topic-00"}' `+anyOrder,
		`INSERT INTO study_days (chat_id, day, topics, answers) SELECT g, (`+at+`)::date, 1, 5 `+anyOrder,
		fmt.Sprintf(`INSERT INTO updates (chat_id, update_id, at) SELECT g, %d + row_number() OVER (ORDER BY hashint8(g + n)), `+at+`
			FROM generate_series(1, %d) AS g, generate_series(1, %d) AS n`, day*100_000_000, chats, answersADay+2), // a press for the quiz and one when done
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
