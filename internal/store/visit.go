package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/internal/telegram"
)

// Chats that come at the same moment share a transaction: what costs time is
// the number of statements and commits, not of rows. A group is at most
// maxGroup chats, and some groups run side by side, so that one slow chat holds
// up few others.
const (
	maxGroup      = 32
	groupsAtOnce  = 4
	lockForUpdate = " ORDER BY chat_id FOR NO KEY UPDATE" // in one order: two groups never wait for each other in a circle
)

// visit is what somebody wants to do with one chat in a transaction.
type visit struct {
	chatID  int64
	now     time.Time
	arrival *Arrival // nil: no update is recorded
	do      func(*Tx) ([]telegram.Call, error)

	calls []telegram.Call
	err   error
}

// WithChat runs f in a transaction that holds the known chat locked, and keeps
// its effect if f returns nil. f may run twice, the first time without effect.
func (s *Store) WithChat(ctx context.Context, chatID int64, now time.Time, f func(*Tx) error) error {
	_, err := s.visit(ctx, &s.changes, visit{chatID: chatID, now: now, do: onlyError(f)})
	return err
}

// View runs f in a transaction that only looks at the chat. Nothing is locked:
// somebody else may change it meanwhile.
func (s *Store) View(ctx context.Context, chatID int64, now time.Time, f func(*Tx) error) error {
	_, err := s.visit(ctx, &s.views, visit{chatID: chatID, now: now, do: onlyError(f)})
	return err
}

func onlyError(f func(*Tx) error) func(*Tx) ([]telegram.Call, error) {
	return func(t *Tx) ([]telegram.Call, error) { return nil, f(t) }
}

func (s *Store) visit(ctx context.Context, b *batch[*visit], v visit) ([]telegram.Call, error) {
	if err := b.write(ctx, &v); err != nil {
		return nil, err
	}
	return v.calls, v.err
}

func (s *Store) change(ctx context.Context, visits []*visit) error {
	return s.groups(ctx, visits, lockForUpdate)
}

func (s *Store) look(ctx context.Context, visits []*visit) error { return s.groups(ctx, visits, "") }

// groups serves all visits, in groups in which no chat stands twice. Each visit
// learns its own error.
func (s *Store) groups(ctx context.Context, visits []*visit, lock string) error {
	for len(visits) > 0 {
		var now, later []*visit
		for _, v := range visits {
			if slices.ContainsFunc(now, func(other *visit) bool { return other.chatID == v.chatID }) {
				later = append(later, v)
			} else {
				now = append(now, v)
			}
		}
		s.together(ctx, now, lock)
		visits = later
	}
	return nil
}

// together serves the visits in one transaction. If one of them fails, each
// gets a transaction of its own: nobody fails for another's reason.
func (s *Store) together(ctx context.Context, visits []*visit, lock string) {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		g := &group{tx: tx, visits: visits}
		return g.serve(ctx, lock)
	})
	switch {
	case err == nil:
	case len(visits) == 1, Unavailable(err):
		for _, v := range visits {
			v.calls, v.err = nil, err
		}
	default:
		for _, v := range visits {
			s.together(ctx, []*visit{v}, lock)
		}
	}
}

// group is a transaction that several chats share. What they all read is read
// at once; what they write waits until somebody has to see it.
type group struct {
	tx     *sqlx.Tx
	visits []*visit
	known  pq.Int64Array // the chats that are there

	standings map[int64]standing // read for all as soon as one asks; nil before
	writes    writes
}

func (g *group) serve(ctx context.Context, lock string) error {
	chats, err := g.chats(ctx, lock)
	if err != nil {
		return err
	}
	for _, v := range g.visits {
		chat, known := chats[v.chatID]
		if !known {
			v.err = ErrNoChat
			continue
		}
		t := &Tx{group: g, Chat: chat, Now: v.now}
		if v.run(t); v.err != nil {
			return v.err
		}
	}
	if err := g.recordUpdates(ctx); err != nil {
		return err
	}
	return g.flush(ctx)
}

// run turns a panic into an error: one chat's trouble ends nobody else's visit.
func (v *visit) run(t *Tx) {
	defer func() {
		if r := recover(); r != nil {
			v.calls, v.err = nil, fmt.Errorf("panicked: %v\n%s", r, debug.Stack())
		}
	}()
	v.calls, v.err = v.do(t)
}

// chats reads the visited chats, and makes those known whose update says what
// they are.
func (g *group) chats(ctx context.Context, lock string) (map[int64]Chat, error) {
	chats := make(map[int64]Chat, len(g.visits))
	all := make(pq.Int64Array, len(g.visits))
	for i, v := range g.visits {
		all[i] = v.chatID
	}
	if err := g.readChats(ctx, chats, all, lock); err != nil {
		return nil, err
	}
	var fresh []*visit
	for _, v := range g.visits {
		if _, known := chats[v.chatID]; !known && v.arrival != nil && v.arrival.Kind != "" {
			fresh = append(fresh, v)
		}
	}
	if len(fresh) > 0 {
		if err := g.addChats(ctx, chats, fresh, lock); err != nil {
			return nil, err
		}
	}
	for id := range chats {
		g.known = append(g.known, id)
	}
	return chats, nil
}

func (g *group) readChats(ctx context.Context, into map[int64]Chat, ids pq.Int64Array, lock string) error {
	var rows []Chat
	if err := g.tx.SelectContext(ctx, &rows, `SELECT `+chatColumns+` FROM chats WHERE chat_id = ANY($1)`+lock, ids); err != nil {
		return fmt.Errorf("reading the chats: %w", err)
	}
	for _, chat := range rows {
		into[chat.ID] = chat
	}
	return nil
}

func (g *group) addChats(ctx context.Context, into map[int64]Chat, fresh []*visit, lock string) error {
	slices.SortFunc(fresh, func(a, b *visit) int { return cmp.Compare(a.chatID, b.chatID) })
	var ids pq.Int64Array
	for _, v := range fresh {
		ids = append(ids, v.chatID)
		_, err := g.tx.ExecContext(ctx, `INSERT INTO chats (chat_id, kind, title, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $4) ON CONFLICT (chat_id) DO NOTHING`, v.chatID, v.arrival.Kind, v.arrival.Title, v.now)
		if err != nil {
			return fmt.Errorf("adding the chat: %w", err)
		}
	}
	return g.readChats(ctx, into, ids, lock)
}

// errRepeat ends the transaction of an update that took effect before.
var errRepeat = errors.New("the update took effect before")

// recordUpdates stands at the end of the transaction: the chats' locks keep a
// second handling of the same updates away until then.
func (g *group) recordUpdates(ctx context.Context) error {
	var chats, updates pq.Int64Array
	var ats pq.StringArray
	var owed []any // four for each row: as an array the texts would be quoted and read letter by letter
	for _, v := range g.visits {
		if v.arrival == nil || v.err != nil {
			continue
		}
		at := timestamp(&v.now)
		chats, updates, ats = append(chats, v.chatID), append(updates, v.arrival.UpdateID), append(ats, at)
		if len(v.calls) == 0 {
			continue
		}
		text, err := encodeCalls(v.calls)
		if err != nil {
			return err
		}
		owed = append(owed, v.chatID, v.arrival.UpdateID, v.now, text)
	}
	if len(chats) == 0 {
		return nil
	}
	result, err := g.tx.ExecContext(ctx, `INSERT INTO updates (chat_id, update_id, at)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[])
		ON CONFLICT (chat_id, update_id) DO NOTHING`, chats, updates, ats)
	if err != nil {
		return fmt.Errorf("recording the updates: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n < int64(len(chats)) {
		return errors.Join(errRepeat, err)
	}
	if len(owed) == 0 {
		return nil
	}
	var rows strings.Builder
	for i := 0; i < len(owed); i += 4 {
		fmt.Fprintf(&rows, ", ($%d, $%d, $%d, $%d)", i+1, i+2, i+3, i+4)
	}
	return g.exec(ctx, "noting what is owed", `INSERT INTO owed (chat_id, update_id, at, calls) VALUES `+rows.String()[2:], owed...)
}
