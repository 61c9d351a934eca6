package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"yolchi/internal/study"
	"yolchi/internal/telegram"
)

// Broadcast is an announcement of who runs the bot to many chats.
type Broadcast struct {
	ID       int64      `db:"broadcast_id"` // 0: not stored yet
	ChatID   int64      `db:"chat_id"`      // the private chat of who wrote it
	Uzbek    string     `db:"text_uz"`      // Telegram HTML; "" if there is none in this language
	English  string     `db:"text_en"`
	Audience Audience   `db:"audience"` // "" until chosen
	State    string     `db:"state"`
	Size     int        `db:"size"` // chats of the audience, as counted when it was chosen
	Cursor   int64      `db:"cursor"`
	Planned  bool       `db:"planned"` // every chat has its delivery
	Started  *time.Time `db:"started_at"`
	Message  int64      `db:"message_id"` // shows the progress; 0 until it is sent
}

// The states of a broadcast. It goes from one to the next in this order; only
// Running and Paused take turns, and who stops it leaves Done out.
const (
	Draft   = "draft"
	Running = "running"
	Paused  = "paused"
	Stopped = "stopped"
	Done    = "done"
)

// openBroadcast holds for at most one at a time, see Begin.
const openBroadcast = `state IN ('running', 'paused')`

const broadcastColumns = `broadcast_id, chat_id, text_uz, text_en, audience, state, size, cursor, planned, started_at, message_id`

// announcement begins the kind of the deliveries of a broadcast; its id comes
// after it.
const announcement = "announcement:"

// Kind is the kind of the broadcast's deliveries.
func (b Broadcast) Kind() string { return announcement + strconv.FormatInt(b.ID, 10) }

// BroadcastOf is the broadcast that a kind of deliveries belongs to, and false
// of any other kind.
func BroadcastOf(kind string) (id int64, ok bool) {
	digits, ok := strings.CutPrefix(kind, announcement)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil
}

// Audience says which chats a broadcast is for: AudienceAll, or what to look at
// and its value, such as "kind:private", "lang:uz" and "road:go-start".
type Audience string

// The audiences, or how they begin.
const (
	AudienceAll  = "all"
	AudienceKind = "kind:" // private, group or channel
	AudienceLang = "lang:"
	AudienceRoad = "road:"
)

// Reached are chats that can be sent an announcement and are alike.
type Reached struct {
	Kind     string `db:"kind"`
	Language string `db:"language"`
	Road     string `db:"roadmap_id"`
	Zone     string `db:"zone"`
	Chats    int    `db:"chats"`
}

// Holds says whether such chats belong to the audience.
func (a Audience) Holds(r Reached) bool {
	kind := r.Kind
	if kind == "supergroup" {
		kind = "group"
	}
	switch a {
	case AudienceAll, AudienceKind + Audience(kind), AudienceRoad + Audience(r.Road):
		return true
	}
	lang, ok := strings.CutPrefix(string(a), AudienceLang)
	return ok && strings.Contains("+"+r.Language+"+", "+"+lang+"+")
}

// reachable are the chats of an alias that can be sent an announcement on the
// day $1; of a forum the first thread that follows a road.
func reachable(c string) string {
	const on = `c.ready AND c.started AND c.announcements AND c.stopped_at IS NULL AND c.blocked_at IS NULL
		AND (c.paused_until IS NULL OR c.paused_until <= $1)`
	return strings.ReplaceAll(on, "c.", c+".") + ` AND (` + c + `.thread_id = 0 OR NOT EXISTS (SELECT 1 FROM chats AS other
		WHERE other.chat_id = ` + c + `.chat_id AND other.thread_id < ` + c + `.thread_id AND ` + strings.ReplaceAll(on, "c.", "other.") + `))`
}

// Reach counts the chats that can be sent an announcement at now. It looks at
// all of them, so it belongs into no transaction that others share.
func (s *Store) Reach(ctx context.Context, now time.Time) ([]Reached, error) {
	var reached []Reached
	err := s.db.SelectContext(ctx, &reached, `SELECT kind, language, roadmap_id, zone, count(*) AS chats FROM chats AS c
		WHERE `+reachable("c")+` GROUP BY kind, language, roadmap_id, zone`, study.DayOf(now))
	if err != nil {
		return nil, fmt.Errorf("counting who an announcement reaches: %w", err)
	}
	return reached, nil
}

// Draft is the broadcast that the person is writing, and false if there is none.
func (t *Tx) Draft(ctx context.Context) (Broadcast, bool, error) {
	return t.broadcast(ctx, `state = 'draft' AND chat_id = $1 AND thread_id = 0`, t.Chat.ChatID)
}

// OpenBroadcast is the one, of whoever, that is running or paused, and false if
// there is none.
func (t *Tx) OpenBroadcast(ctx context.Context) (Broadcast, bool, error) {
	return t.broadcast(ctx, openBroadcast)
}

// Broadcast is one by its id, and false if there is none.
func (s *Store) Broadcast(ctx context.Context, id int64) (Broadcast, bool, error) {
	return broadcast(ctx, s.db, `broadcast_id = $1`, id)
}

// OpenBroadcast is what it is in a transaction.
func (s *Store) OpenBroadcast(ctx context.Context) (Broadcast, bool, error) {
	return broadcast(ctx, s.db, openBroadcast)
}

func (t *Tx) broadcast(ctx context.Context, where string, args ...any) (Broadcast, bool, error) {
	if err := t.group.flush(ctx); err != nil {
		return Broadcast{}, false, err
	}
	return broadcast(ctx, t.group.tx, where, args...)
}

func broadcast(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) (b Broadcast, ok bool, err error) {
	err = sqlx.GetContext(ctx, q, &b, `SELECT `+broadcastColumns+` FROM broadcasts WHERE `+where+` ORDER BY broadcast_id LIMIT 1`, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return Broadcast{}, false, nil
	}
	if err != nil {
		return Broadcast{}, false, fmt.Errorf("reading the announcement: %w", err)
	}
	return b, true, nil
}

// SaveDraft stores what the person wrote and chose; b.ID is set if it was 0.
func (t *Tx) SaveDraft(ctx context.Context, b *Broadcast) error {
	if b.ID == 0 {
		err := t.get(ctx, &b.ID, `INSERT INTO broadcasts (chat_id, text_uz, text_en) VALUES ($1, $2, $3) RETURNING broadcast_id`,
			t.Chat.ChatID, b.Uzbek, b.English)
		if err != nil {
			return fmt.Errorf("storing the announcement: %w", err)
		}
		return nil
	}
	return t.exec(ctx, "storing the announcement", `UPDATE broadcasts SET text_uz = $2, text_en = $3, audience = $4, size = $5
		WHERE broadcast_id = $1 AND state = 'draft'`, b.ID, b.Uzbek, b.English, string(b.Audience), b.Size)
}

// DropDraft forgets what the person wrote.
func (t *Tx) DropDraft(ctx context.Context) error {
	return t.exec(ctx, "forgetting the announcement", `DELETE FROM broadcasts WHERE chat_id = $1 AND thread_id = 0 AND state = 'draft'`, t.Chat.ChatID)
}

// Begin lets a draft go out, unless another broadcast does: then it changes
// nothing and says false.
func (t *Tx) Begin(ctx context.Context, b *Broadcast) (begun bool, err error) {
	const doing = "beginning the announcement"
	// One begins after the other. A unique index could not begin with the chat.
	if err := t.exec(ctx, doing, `SELECT pg_advisory_xact_lock(hashtext('broadcasts'))`); err != nil {
		return false, err
	}
	err = t.exec(ctx, doing, `UPDATE broadcasts SET state = 'running', started_at = $2
		WHERE broadcast_id = $1 AND state = 'draft' AND NOT EXISTS (SELECT 1 FROM broadcasts WHERE `+openBroadcast+`)`, b.ID, t.Now)
	if err != nil {
		return false, err
	}
	now, ok, err := t.broadcast(ctx, `broadcast_id = $1`, b.ID)
	if err != nil || !ok || now.State != Running {
		return false, err
	}
	*b = now
	return true, nil
}

// Steer sets the state of a broadcast that has begun and is not over, and shows
// its progress in the message from then on, if that stands in the chat of who
// wrote it. It returns the broadcast as it is then, and false if there is none.
func (t *Tx) Steer(ctx context.Context, id int64, state string, message int64) (Broadcast, bool, error) {
	err := t.exec(ctx, "steering the announcement", `UPDATE broadcasts SET state = $2, message_id = CASE WHEN chat_id = $3 THEN $4 ELSE message_id END
		WHERE broadcast_id = $1 AND `+openBroadcast, id, state, t.Chat.ChatID, message)
	if err != nil {
		return Broadcast{}, false, err
	}
	return t.broadcast(ctx, `broadcast_id = $1`, id)
}

// Tally is what became of a broadcast's deliveries.
type Tally struct {
	Sent    int `db:"sent"`
	Waiting int `db:"waiting"` // not begun, those of Morning included
	Morning int `db:"morning"` // for whom it is not the hour
	Hand    int `db:"hand"`    // on the way, or to be tried again
	Gone    int `db:"gone"`    // Telegram does not let us write there any more
	Failed  int `db:"failed"`
	Left    int `db:"left_out"` // did not want it any more
}

// Over is how many are settled.
func (c Tally) Over() int { return c.Sent + c.Gone + c.Failed + c.Left }

// All is how many there are.
func (c Tally) All() int { return c.Over() + c.Waiting + c.Hand }

// Tally counts what became of a broadcast so far. It takes tenths of a second
// for a million chats, so it belongs into no transaction that others share.
func (s *Store) Tally(ctx context.Context, b Broadcast, now time.Time) (c Tally, err error) {
	// Each part has its own index: of a million rows none is read but those that were dropped.
	err = s.db.GetContext(ctx, &c, `SELECT sent, waiting, hand, gone, failed, left_out, morning FROM
		(SELECT count(*) AS sent FROM deliveries WHERE kind = $1 AND kind LIKE 'announcement:%' AND state = 'sent') AS s,
		(SELECT count(*) AS waiting, count(*) FILTER (WHERE run_at > $2) AS morning FROM deliveries WHERE kind = $1 AND state = 'waiting') AS w,
		(SELECT count(*) AS hand FROM deliveries WHERE kind = $1 AND kind LIKE 'announcement:%' AND state = 'pending') AS h,
		(SELECT count(*) FILTER (WHERE error LIKE $3) AS gone, count(*) FILTER (WHERE error <> '' AND error NOT LIKE $3) AS failed,
			count(*) FILTER (WHERE error = '') AS left_out
			FROM deliveries WHERE kind = $1 AND kind LIKE 'announcement:%' AND state = 'dropped') AS d`,
		b.Kind(), now, "%"+telegram.Gone.String()+"%")
	if err != nil {
		return Tally{}, fmt.Errorf("counting an announcement: %w", err)
	}
	return c, nil
}

// Untold are the broadcasts that are not over, and those whose last figures
// nobody has seen.
func (s *Store) Untold(ctx context.Context) ([]Broadcast, error) {
	var open []Broadcast
	err := s.db.SelectContext(ctx, &open, `SELECT `+broadcastColumns+` FROM broadcasts WHERE state <> 'draft' AND NOT told ORDER BY broadcast_id`)
	if err != nil {
		return nil, fmt.Errorf("reading the announcements: %w", err)
	}
	return open, nil
}

// EndBroadcast notes that every chat was served. One that was paused or stopped
// meanwhile stays so.
func (s *Store) EndBroadcast(ctx context.Context, id int64) error {
	return s.idempotent(ctx, `UPDATE broadcasts SET state = 'done' WHERE broadcast_id = $1 AND state = 'running'`, id)
}

// ToldBroadcast notes that the last figures were shown of one that is over.
func (s *Store) ToldBroadcast(ctx context.Context, id int64) error {
	return s.idempotent(ctx, `UPDATE broadcasts SET told = true WHERE broadcast_id = $1 AND state IN ('stopped', 'done')`, id)
}

// WatchBroadcast notes which message of who wrote it shows the progress.
func (s *Store) WatchBroadcast(ctx context.Context, id, chatID, message int64) error {
	return s.idempotent(ctx, `UPDATE broadcasts SET message_id = $3 WHERE broadcast_id = $1 AND chat_id = $2`, id, chatID, message)
}
