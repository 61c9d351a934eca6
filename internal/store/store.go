// Package store keeps everything in Postgres through sqlx: one file for each
// family of tables, the SQL beside the method that runs it. "Now" is passed in,
// columns are listed, and every write stands in a transaction or is idempotent
// by a key, for lib/pq may send an autocommit statement twice. It must never
// decide what a learner sees or when something is due: that is bot's and
// study's work.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yolchi/migrations"
)

// Limits on what the database may cost us in time: a connection that is dead
// without saying so is noticed after readTimeout, which is longer than any
// statement may take but those of a migration.
const (
	connectTimeout   = 5 * time.Second
	statementTimeout = 30 * time.Second
	readTimeout      = 45 * time.Second
	lockTimeout      = 10 * time.Second // of a change of the schema: whoever comes after it waits as well
)

// maxBatch is how many rows one transaction writes at the most.
const maxBatch = 200

// Store is a pool of connections to one database. It may be used by several
// goroutines.
type Store struct {
	db          *sqlx.DB
	changes     batch[*visit]
	views       batch[*visit]
	settlements batch[settlement]
	sent        batch[updateKey]
}

// Open connects to the database that dsn names, with at most the given number
// of connections, and brings its schema up to date. No error holds the
// password.
func Open(ctx context.Context, dsn string, connections int) (*Store, error) {
	if err := migrate(ctx, dsn); err != nil {
		return nil, err
	}
	db, err := Connect(ctx, dsn, connections)
	if err != nil {
		return nil, err
	}
	s := &Store{db: sqlx.NewDb(db, "postgres")}
	s.changes = batch[*visit]{flush: s.change, limit: maxGroup, workers: groupsAtOnce}
	s.views = batch[*visit]{flush: s.look, limit: maxGroup, workers: groupsAtOnce}
	s.settlements = batch[settlement]{flush: s.settle, limit: maxBatch, workers: 1}
	s.sent = batch[updateKey]{flush: s.markSent, limit: maxBatch, workers: 1}
	return s, nil
}

// migrate brings the schema up to date over a connection of its own, on which a
// statement may take as long as a large table needs.
func migrate(ctx context.Context, dsn string) error {
	cfg, err := configOf(dsn)
	if err != nil {
		return err
	}
	cfg.Runtime["statement_timeout"] = "0"
	cfg.Runtime["lock_timeout"] = fmt.Sprint(lockTimeout.Milliseconds())
	db, err := pool(ctx, dsn, cfg, &dialer{}, 1)
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, db); err != nil {
		return errors.Join(redact(err, dsn), db.Close())
	}
	return db.Close()
}

// Connect opens a pool of connections to the database that dsn names, as a URL
// or as key=value pairs, and looks at nothing in it. No error holds the
// password.
func Connect(ctx context.Context, dsn string, connections int) (*sql.DB, error) {
	cfg, err := configOf(dsn)
	if err != nil {
		return nil, err
	}
	if _, set := cfg.Runtime["statement_timeout"]; !set {
		cfg.Runtime["statement_timeout"] = fmt.Sprint(statementTimeout.Milliseconds())
	}
	return pool(ctx, dsn, cfg, &dialer{read: readTimeout}, connections)
}

// configOf reads a dsn, and adds what holds for every connection.
func configOf(dsn string) (pq.Config, error) {
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		return cfg, errors.New("the database address cannot be read: write it as postgres://user:password@host:5432/name?sslmode=require")
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	// One round trip for a statement with parameters instead of two, and no
	// unnamed prepared statement that a pooler could lose.
	cfg.BinaryParameters = true
	if cfg.Runtime == nil {
		cfg.Runtime = map[string]string{}
	}
	return cfg, nil
}

// pool opens connections and looks whether the database answers.
func pool(ctx context.Context, dsn string, cfg pq.Config, dial *dialer, connections int) (*sql.DB, error) {
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("reading the database address: %w", redact(err, dsn))
	}
	connector.Dialer(dial)
	db := sql.OpenDB(reach{connector})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: check DATABASE_URL and whether the server is running", redact(err, dsn)), db.Close())
	}
	return db, nil
}

// Close ends all connections.
func (s *Store) Close() error { return s.db.Close() }

// Pool is the pool of connections, for its statistics.
func (s *Store) Pool() *sql.DB { return s.db.DB }

// Tx is a transaction about one chat, whose row it holds locked unless it only
// looks: two changes of the same chat never run at the same time, in however
// many processes. Behind it other chats may share the transaction.
type Tx struct {
	Chat *Chat     // as it is now; Save stores changes
	Now  time.Time // the instant of everything that this transaction does
	// Successor, if set, tells which topic took the place of one: itself, if
	// none did.
	Successor func(topic string) string

	group *group
}

// exec runs a statement whose result nobody needs.
func (t *Tx) exec(ctx context.Context, doing, query string, args ...any) error {
	t.group.wrote[t.Chat.Key] = true
	if err := t.group.flush(ctx); err != nil {
		return err
	}
	return t.group.exec(ctx, doing, query, args...)
}

// get reads one row, after all that was written.
func (t *Tx) get(ctx context.Context, row any, query string, args ...any) error {
	if err := t.group.flush(ctx); err != nil {
		return err
	}
	return t.group.tx.GetContext(ctx, row, query, args...)
}

// all reads all rows, after all that was written.
func (t *Tx) all(ctx context.Context, rows any, query string, args ...any) error {
	if err := t.group.flush(ctx); err != nil {
		return err
	}
	return t.group.tx.SelectContext(ctx, rows, query, args...)
}

// ErrNoChat says that the chat is not known.
var ErrNoChat = errors.New("no such chat")

// inTx runs f in a transaction and commits it if f returns nil.
func (s *Store) inTx(ctx context.Context, f func(*sqlx.Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing, after an error that error counts
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// errUnreachable is in every error of making a connection: with several hosts
// lib/pq says in words alone that none of them takes writes.
var errUnreachable = errors.New("the database cannot be reached")

// reach marks the errors of its connector.
type reach struct{ *pq.Connector }

func (r reach) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return conn, nil
}

// Unavailable says that err is about reaching the database, not about what was
// asked of it: the same may succeed later.
func Unavailable(err error) bool {
	if errors.Is(err, errUnreachable) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	var network net.Error
	if errors.As(err, &network) {
		return true
	}
	if e := pq.As(err); e != nil {
		switch e.Code.Class() {
		case "08", "53", "57", "40", "25": // connection, resources, shutdown, serialization, read-only after a failover
			return true
		}
	}
	return false
}

// dialer bounds every read, so that a dead network is noticed. lib/pq leaves
// it to the operating system otherwise, which takes many minutes.
type dialer struct {
	net.Dialer
	read time.Duration // 0: no bound
}

func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil || d.read == 0 {
		return conn, err
	}
	return boundedConn{conn, d.read}, nil
}

type boundedConn struct {
	net.Conn
	read time.Duration
}

func (c boundedConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.read)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// redact takes the password of dsn out of an error's text.
func redact(err error, dsn string) error {
	text := err.Error()
	for _, secret := range passwords(dsn) {
		text = strings.ReplaceAll(text, secret, "***")
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// passwords are the forms in which the password of dsn could show up.
func passwords(dsn string) []string {
	var found []string
	if u, err := url.Parse(dsn); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok && password != "" {
			found = append(found, password, url.QueryEscape(password), url.PathEscape(password))
		}
	}
	if cfg, err := pq.NewConfig(dsn); err == nil && cfg.Password != "" {
		found = append(found, cfg.Password)
	}
	return found
}
