package store

import (
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
	lockForUpdate = " ORDER BY chat_id, thread_id FOR NO KEY UPDATE OF chats" // in one order: two groups never wait for each other in a circle
)

// visit is what somebody wants to do with one chat in a transaction.
type visit struct {
	key     Key
	now     time.Time
	arrival *Arrival // nil: no update is recorded
	do      func(*Tx) ([]telegram.Call, error)

	calls    []telegram.Call
	err      error
	stranger bool // when it was done; see Tx.Stranger
}

// WithChat runs f in a transaction that holds the known chat locked, and keeps
// its effect if f returns nil. f may run twice, the first time without effect.
func (s *Store) WithChat(ctx context.Context, key Key, now time.Time, f func(*Tx) error) error {
	_, err := s.visit(ctx, &s.changes, visit{key: key, now: now, do: onlyError(f)})
	return err
}

// View runs f in a transaction that only looks at the chat. Nothing is locked:
// somebody else may change it meanwhile.
func (s *Store) View(ctx context.Context, key Key, now time.Time, f func(*Tx) error) error {
	_, err := s.visit(ctx, &s.views, visit{key: key, now: now, do: onlyError(f)})
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
	s.together(ctx, visits, lockForUpdate)
	return nil // each visit has its own error
}

func (s *Store) look(ctx context.Context, visits []*visit) error {
	s.together(ctx, visits, "")
	return nil
}

// together serves the visits in one transaction. If one of them fails, each
// gets a transaction of its own: nobody fails for another's reason.
func (s *Store) together(ctx context.Context, visits []*visit, lock string) {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		g := &group{tx: tx, visits: visits, wrote: map[Key]bool{}, strangers: map[Key]bool{}}
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
	chats  map[Key]*Chat // those that are there; several visits to one see what each wrote

	standings map[Key]standing // read for all as soon as one asks; nil before
	recalls   map[Key]Recall   // likewise
	wrote     map[Key]bool     // whose standing is not the newest any more
	strangers map[Key]bool     // see Tx.Stranger
	writes    writes
}

func (g *group) serve(ctx context.Context, lock string) error {
	if err := g.meet(ctx, lock); err != nil {
		return err
	}
	g.admitStrangers()
	for _, v := range g.visits {
		chat, known := g.chats[v.key]
		if !known {
			v.err = ErrNoChat
			continue
		}
		if v.run(&Tx{group: g, Chat: chat, Now: v.now}); v.err != nil {
			return v.err
		}
		v.stranger = g.strangers[v.key]
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

// meet reads the visited chats, and makes those known whose update says what
// they are.
func (g *group) meet(ctx context.Context, lock string) error {
	g.chats = make(map[Key]*Chat, len(g.visits))
	var all []Key
	for _, v := range g.visits {
		all = append(all, v.key)
	}
	if err := g.read(ctx, all, lock); err != nil {
		return err
	}
	var fresh []*visit
	for _, v := range g.visits {
		if g.chats[v.key] == nil && v.arrival != nil && v.arrival.Kind != "" && !v.arrival.Fleeting {
			fresh = append(fresh, v)
		}
	}
	slices.SortFunc(fresh, func(a, b *visit) int { return a.key.compare(b.key) })
	all = nil
	for _, v := range fresh {
		all = append(all, v.key)
		if err := g.add(ctx, v.key, v.arrival.Kind, v.arrival.Title, v.now); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return g.read(ctx, all, lock)
}

func (g *group) read(ctx context.Context, keys []Key, lock string) error {
	chats, threads := columns(keys)
	var rows []Chat
	err := g.tx.SelectContext(ctx, &rows, `SELECT `+chatColumns+` FROM chats
		WHERE (chat_id, thread_id) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))`+lock, chats, threads)
	if err != nil {
		return fmt.Errorf("reading the chats: %w", err)
	}
	for i := range rows {
		g.chats[rows[i].Key] = &rows[i]
	}
	return nil
}

func (g *group) add(ctx context.Context, key Key, kind, title string, now time.Time) error {
	return g.exec(ctx, "adding the chat", `INSERT INTO chats (chat_id, thread_id, kind, title, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (chat_id, thread_id) DO NOTHING`, key.ChatID, key.ThreadID, kind, title, now)
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
		chats, updates, ats = append(chats, v.recordedUnder()), append(updates, v.arrival.UpdateID), append(ats, at)
		if len(v.calls) == 0 {
			continue
		}
		text, err := encodeCalls(v.calls)
		if err != nil {
			return err
		}
		owed = append(owed, v.key.ChatID, v.arrival.UpdateID, v.now, text)
	}
	if len(chats) == 0 {
		return nil
	}
	result, err := g.tx.ExecContext(ctx, `INSERT INTO updates (chat_id, update_id, at)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS v(chat_id, update_id, at)
		WHERE NOT EXISTS (SELECT 1 FROM updates u WHERE u.chat_id = 0 AND u.update_id = v.update_id) -- of who was forgotten
		ON CONFLICT (chat_id, update_id) DO NOTHING`, chats, updates, ats)
	if err != nil {
		return fmt.Errorf("recording the updates: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n < int64(len(chats)) {
		return errors.Join(errRepeat, err)
	}
	if err := g.noteSeen(ctx); err != nil {
		return err
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
