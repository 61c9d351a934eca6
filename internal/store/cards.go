package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"yolchi/internal/memory"
	"yolchi/internal/study"
)

// answerWrite is an answer that changes a card.
type answerWrite struct {
	key   memory.Key
	right bool
	day   study.Day
}

// remember lets an answer in somebody's own log change what they know of the
// question. A group has no memory of its own.
func (t *Tx) remember(e study.Event) {
	if t.Chat.Kind == "private" {
		t.group.writes.answers = append(t.group.writes.answers, answerWrite{memory.Key{User: e.User, Question: e.Question}, e.Detail.Right, e.Day})
	}
}

// cardRow is a memory.Card as it is stored.
type cardRow struct {
	User       int64     `db:"user_id"`
	Question   string    `db:"question_id"`
	Stability  float64   `db:"stability"`
	Difficulty float64   `db:"difficulty"`
	Reps       int       `db:"reps"`
	Lapses     int       `db:"lapses"`
	Last       study.Day `db:"last"`
	Due        study.Day `db:"due"`
}

const cardColumns = `user_id, question_id, stability, difficulty, reps, lapses, last, due`

func (r cardRow) card() memory.Card {
	return memory.Card{Stability: r.Stability, Difficulty: r.Difficulty, Reps: r.Reps, Lapses: r.Lapses, Last: r.Last, Due: r.Due}
}

func (r cardRow) key() memory.Key { return memory.Key{User: r.User, Question: r.Question} }

// writeCards carries the answers into the cards. A person may answer the same
// question in two chats at once: whoever comes second waits for the first. On
// one day they wait at the day's row already, around midnight only the card is
// the same.
func (g *group) writeCards(ctx context.Context, w writes) error {
	if len(w.answers) == 0 {
		return nil
	}
	cards := map[memory.Key]memory.Card{}
	for _, answer := range w.answers {
		cards[answer.key] = memory.Card{Last: answer.day, Due: answer.day}
	}
	if err := g.lockCards(ctx, cards); err != nil {
		return err
	}
	for _, answer := range w.answers {
		cards[answer.key] = memory.Review(cards[answer.key], answer.right, answer.day)
	}
	return g.putCards(ctx, cards)
}

// lockCards reads the cards as they are and holds them until the transaction
// ends. One that is not there is made out of the given card, without an answer:
// only a row can be held.
func (g *group) lockCards(ctx context.Context, cards map[memory.Key]memory.Card) error {
	var rows []cardRow
	// To set a column to what it is holds the row and returns its newest state.
	err := g.tx.SelectContext(ctx, &rows, insertCards+` DO UPDATE SET reps = cards.reps RETURNING `+cardColumns, cardArrays(cards)...)
	if err != nil {
		return fmt.Errorf("reading the cards: %w", err)
	}
	for _, row := range rows {
		cards[row.key()] = row.card()
	}
	return nil
}

// putCards stores the cards over what is there.
func (g *group) putCards(ctx context.Context, cards map[memory.Key]memory.Card) error {
	return g.exec(ctx, "storing the cards", insertCards+` DO UPDATE SET stability = excluded.stability, difficulty = excluded.difficulty,
			reps = excluded.reps, lapses = excluded.lapses, last = excluded.last, due = excluded.due`, cardArrays(cards)...)
}

const insertCards = `INSERT INTO cards (` + cardColumns + `)
	SELECT * FROM unnest($1::bigint[], $2::text[], $3::float8[], $4::float8[], $5::integer[], $6::integer[], $7::date[], $8::date[])
	ON CONFLICT (user_id, question_id)`

// cardArrays are the cards as the columns of insertCards.
func cardArrays(cards map[memory.Key]memory.Card) []any {
	var users, reps, lapses pq.Int64Array
	var stabilities, difficulties pq.Float64Array
	var questions, lasts, dues pq.StringArray
	// In one order everywhere: two transactions must not wait for each other.
	for _, key := range slices.SortedFunc(maps.Keys(cards), compareCards) {
		card := cards[key]
		users, questions = append(users, key.User), append(questions, key.Question)
		stabilities, difficulties = append(stabilities, card.Stability), append(difficulties, card.Difficulty)
		reps, lapses = append(reps, int64(card.Reps)), append(lapses, int64(card.Lapses))
		lasts, dues = append(lasts, card.Last.String()), append(dues, card.Due.String())
	}
	return []any{users, questions, stabilities, difficulties, reps, lapses, lasts, dues}
}

func compareCards(a, b memory.Key) int {
	return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Question, b.Question))
}

// Cards are all that the person of this chat remembers, by question.
func (t *Tx) Cards(ctx context.Context) (map[string]memory.Card, error) {
	var rows []cardRow
	if err := t.all(ctx, &rows, `SELECT `+cardColumns+` FROM cards WHERE user_id = $1`, t.Chat.ChatID); err != nil {
		return nil, fmt.Errorf("reading the cards: %w", err)
	}
	cards := make(map[string]memory.Card, len(rows))
	for _, row := range rows {
		cards[row.Question] = row.card()
	}
	return cards, nil
}

// Recall is what decides which questions come back on a local day: all that
// memory.Today looks at.
type Recall struct {
	Cards map[string]memory.Card // due, or answered on the day; by question
	Days  map[study.Day]study.Activity
}

// Recall reads what decides about today's reviews: once for all chats that
// share the transaction, and anew if this one has written.
func (t *Tx) Recall(ctx context.Context) (Recall, error) {
	if t.group.wrote[t.Chat.Key] {
		if err := t.group.flush(ctx); err != nil {
			return Recall{}, err
		}
		all, err := t.group.readRecalls(ctx, []*Chat{t.Chat}, t.Now)
		return all[t.Chat.Key], err
	}
	if t.group.recalls == nil {
		all, err := t.group.readRecalls(ctx, slices.Collect(maps.Values(t.group.chats)), t.Now)
		if err != nil {
			return Recall{}, err
		}
		t.group.recalls = all
	}
	return t.group.recalls[t.Chat.Key], nil
}

func (g *group) readRecalls(ctx context.Context, chats []*Chat, now time.Time) (map[Key]Recall, error) {
	all := make(map[Key]Recall, len(chats))
	var users pq.Int64Array
	var days pq.StringArray
	for _, chat := range chats {
		if chat.Kind == "private" {
			users, days = append(users, chat.ChatID), append(days, chat.Today(now).String())
			all[chat.Key] = Recall{map[string]memory.Card{}, map[study.Day]study.Activity{}}
		}
	}
	const wanted = `WITH wanted AS (SELECT * FROM unnest($1::bigint[], $2::date[]) AS w(user_id, today)) `
	var cards []cardRow
	// Person by person along the index (OFFSET 0 keeps it so): never through the whole table.
	err := g.tx.SelectContext(ctx, &cards, wanted+`SELECT c.* FROM wanted CROSS JOIN LATERAL (SELECT `+cardColumns+` FROM cards
		WHERE cards.user_id = wanted.user_id AND (due <= today OR last = today) OFFSET 0) AS c`, users, days)
	if err != nil {
		return nil, fmt.Errorf("reading which cards are due: %w", err)
	}
	for _, row := range cards {
		all[Person(row.User)].Cards[row.Question] = row.card()
	}
	if len(cards) == 0 {
		return all, nil
	}
	// Only the last days of study decide: today and the two before it.
	var studied []struct {
		User int64     `db:"user_id"`
		Day  study.Day `db:"day"`
		dayRow
	}
	err = g.tx.SelectContext(ctx, &studied, wanted+`SELECT user_id, day, topics, answers, reviews, paused FROM wanted CROSS JOIN LATERAL (
		SELECT day, topics, answers, reviews, paused FROM study_days WHERE chat_id = user_id AND thread_id = 0 AND day <= today
			AND answers > 0 ORDER BY day DESC LIMIT 3) AS studied`, users, days) // as study.Activity.Studied says it
	if err != nil {
		return nil, fmt.Errorf("reading the last days of study: %w", err)
	}
	for _, row := range studied {
		all[Person(row.User)].Days[row.Day] = row.activity()
	}
	return all, nil
}

// NextDue is the day from which the first of the person's questions is due, and
// on how many days the one that came back most was answered: 0 if there is none,
// 1 if none has come back yet.
func (t *Tx) NextDue(ctx context.Context) (due study.Day, days int, err error) {
	var rows []struct {
		Due  study.Day `db:"due"`
		Days int       `db:"days"`
	}
	err = t.all(ctx, &rows, `SELECT min(due) AS due, max(reps) AS days FROM cards WHERE user_id = $1 HAVING count(*) > 0`, t.Chat.ChatID)
	if err != nil {
		return 0, 0, fmt.Errorf("reading when the next question is due: %w", err)
	}
	if len(rows) == 0 {
		return 0, 0, nil
	}
	return rows[0].Due, rows[0].Days, nil
}
