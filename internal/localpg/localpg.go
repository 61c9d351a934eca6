//go:build unix

// Package localpg runs a private PostgreSQL server from the programs that are
// installed on this machine, so that the bot needs no database server of its
// own to be tried out. The server lives as a child process, listens on a Unix
// socket only, keeps its data between runs and ends with its parent.
//
// It must never delete or convert data, listen on a network address or
// download anything.
package localpg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// What Start can refuse with; each is a sentence for the person who runs the
// program. Compare with errors.Is.
var (
	ErrNotInstalled = errors.New("PostgreSQL is not installed: install it (apt install postgresql, brew install postgresql) or give the address of a database")
	ErrInUse        = errors.New("the data directory is in use by another process: stop that one, or choose another directory")
	ErrVersion      = errors.New("the database was made by another major version of PostgreSQL: install that version, or choose another directory")
	ErrNoAccess     = errors.New("the user that the database runs as cannot enter the data directory or run PostgreSQL: let that user pass through every directory above (chmod o+x), or choose another directory")
)

const (
	superuser = "yolchi" // owns everything in the cluster
	database  = "yolchi" // made on the first start
	port      = "5432"   // only a part of the socket's name
)

// Config says where the data lives and how the server runs.
type Config struct {
	// Dir is the data directory of the program; the cluster takes its
	// subdirectory "postgres". Made when it is missing.
	Dir string
	// Log gets the server's own lines at debug level; nil drops them.
	Log *slog.Logger
	// NoSync turns durability off: a power cut may destroy the data. For tests.
	NoSync bool
}

// Server is a running private PostgreSQL. Its methods may be called from any
// goroutine.
type Server struct {
	cluster   *cluster
	process   *process
	sockets   string // directory of the Unix socket
	temporary bool   // sockets was made for this run and goes with it

	patience patience
	stop     func() error
}

// patience bounds how long a process may take to follow a signal before the
// next harder one.
type patience struct{ fast, immediate, kill time.Duration }

var defaultPatience = patience{fast: 10 * time.Second, immediate: 5 * time.Second, kill: 5 * time.Second}

// Start makes the cluster if there is none, clears what a killed run left
// behind, and returns when the server answers and has the database "yolchi".
// ctx bounds the start alone; the server runs until Stop. As root the server
// runs as the owner of the cluster's directory, or as postgres or nobody when
// the directory is new.
//
// It fails with ErrNotInstalled, ErrInUse, ErrVersion or ErrNoAccess, or with
// the server's own last lines.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	c, err := openCluster(cfg)
	if err != nil {
		return nil, err
	}
	s, err := startIn(ctx, c)
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	return s, nil
}

func startIn(ctx context.Context, c *cluster) (*Server, error) {
	if err := c.clearLeftovers(defaultPatience); err != nil {
		return nil, err
	}
	if err := c.ensureData(ctx); err != nil {
		return nil, err
	}
	s := &Server{cluster: c, patience: defaultPatience}
	s.stop = sync.OnceValue(s.end)
	var err error
	if s.sockets, s.temporary, err = c.socketDir(); err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		return nil, errors.Join(err, s.removeSockets())
	}
	return s, nil
}

// launch starts the server and waits until it answers; on an error it is ended
// again.
func (s *Server) launch(ctx context.Context) error {
	args := []string{
		"-D", s.cluster.data(), "-k", s.sockets, "-h", "", "-p", port,
		"-c", "unix_socket_permissions=0700",
		"-c", "timezone=UTC", "-c", "log_timezone=UTC",
		// The log of the server must not carry what people wrote: no
		// failing statements with their values.
		"-c", "log_min_messages=log", "-c", "log_min_error_statement=panic",
		"-c", "log_line_prefix=", "-c", "logging_collector=off", "-c", "log_destination=stderr",
	}
	if s.cluster.noSync {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
	}
	var err error
	s.process, err = s.cluster.run(s.cluster.data(), syscall.SIGINT, "postgres", args...)
	if err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return errors.Join(err, s.process.end(s.patience))
	}
	return nil
}

// ready waits until the server says so in its pid file and answers a query.
func (s *Server) ready(ctx context.Context) error {
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for {
		if f := readPidFile(s.cluster.data()); f.pid == s.process.pid() && f.ready {
			return s.ensureDatabase(ctx)
		}
		select {
		case <-poll.C:
		case <-s.process.done:
			return fmt.Errorf("PostgreSQL ended while it started: %s", s.process.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL to start: %w", ctx.Err())
		}
	}
}

func (s *Server) ensureDatabase(ctx context.Context) error {
	err := s.exec(ctx, database, "SELECT")
	if pq.As(err, pqerror.InvalidCatalogName) != nil {
		err = s.exec(ctx, "postgres", "CREATE DATABASE "+database)
	}
	if err != nil {
		return fmt.Errorf("opening the database %q: %w", database, err)
	}
	return nil
}

func (s *Server) exec(ctx context.Context, name, query string) (err error) {
	db, err := sql.Open("postgres", s.DSN(name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, query)
	return err
}

// DSN returns the lib/pq connection string of a database in this server. It
// holds no secret: who may enter the socket's directory may connect.
func (s *Server) DSN(name string) string {
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace
	return fmt.Sprintf("host='%s' port=%s user=%s dbname='%s' sslmode=disable", quote(s.sockets), port, superuser, quote(name))
}

// Stop ends the server: politely (open transactions are rolled back), then at
// once, then by force, within about 20 seconds. It returns an error if force
// was needed or the server had ended by itself; the data is safe even then.
// Further calls return the same.
func (s *Server) Stop() error { return s.stop() }

func (s *Server) end() error {
	var early error
	select {
	case <-s.process.done:
		early = fmt.Errorf("PostgreSQL had ended by itself (%w): %s", s.process.err, s.process.lastWords())
	default:
	}
	return errors.Join(early, s.process.end(s.patience), s.removeSockets(), s.cluster.close())
}

func (s *Server) removeSockets() error {
	if !s.temporary {
		return nil
	}
	return s.cluster.removeOldSockets()
}

// maxSocketPath is the longest path of a Unix socket in bytes that every
// system takes: macOS and the BSDs have 104 with the final NUL, Linux 108.
const maxSocketPath = 103

const (
	socketName   = ".s.PGSQL." + port
	socketPrefix = "yolchi-pg-" // of a temporary socket directory
)

// socketDir returns the cluster's own directory, or a new short one for this
// run where the path is too long or has signs that PostgreSQL and lib/pq read
// as a list.
func (c *cluster) socketDir() (dir string, temporary bool, err error) {
	if len(filepath.Join(c.root, socketName)) <= maxSocketPath && !strings.ContainsAny(c.root, `,"`) {
		return c.root, false, nil
	}
	dir, err = os.MkdirTemp("", socketPrefix)
	if err == nil {
		err = os.WriteFile(c.socketNote(), []byte(dir), 0o600)
	}
	if err == nil {
		err = c.account.own(dir)
	}
	if err != nil {
		return "", false, fmt.Errorf("making a directory for the database socket: %w", err)
	}
	return dir, true, nil
}

// socketNote is the file that names a temporary socket directory.
func (c *cluster) socketNote() string { return filepath.Join(c.root, "socket-directory") }

// removeSocketDir removes a temporary socket directory with what a killed
// server left in it, and nothing else.
func removeSocketDir(dir string) error {
	return removeFiles(filepath.Join(dir, socketName), filepath.Join(dir, socketName+".lock"), dir)
}
