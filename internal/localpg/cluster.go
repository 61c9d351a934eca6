//go:build unix

package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// cluster is a directory that this process alone may use, through a lock that
// the kernel takes back when the process dies.
type cluster struct {
	root    string // absolute, without symbolic links; holds the lock, the data and the socket
	bin     string // directory of the programs
	account *account
	lock    *os.File
	log     *slog.Logger
	noSync  bool
}

func (c *cluster) data() string { return filepath.Join(c.root, "data") }

// unfinished is where initdb works; it becomes data in one step. It is the
// only directory with contents that this package removes.
func (c *cluster) unfinished() string { return filepath.Join(c.root, "data.new") }

// openCluster makes the cluster's directory if it is missing, takes its lock
// and finds programs that fit its data.
func openCluster(cfg Config) (*cluster, error) {
	if cfg.Dir == "" {
		return nil, errors.New("starting PostgreSQL: no data directory given")
	}
	root, err := filepath.Abs(filepath.Join(cfg.Dir, "postgres"))
	if err != nil {
		return nil, fmt.Errorf("finding the data directory: %w", err)
	}
	c := &cluster{root: root, log: cfg.Log, noSync: cfg.NoSync}
	if err := c.prepare(); err != nil {
		return nil, fmt.Errorf("preparing the data directory: %w", err)
	}
	if err := c.takeLock(); err != nil {
		return nil, err
	}
	if c.bin, err = c.choosePrograms(); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *cluster) prepare() error {
	if err := os.MkdirAll(filepath.Dir(c.root), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(c.root, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	var err error
	if c.account, err = accountFor(c.root); err != nil {
		return err
	}
	if err := c.account.own(c.root); err != nil {
		return err
	}
	c.root, err = filepath.EvalSymlinks(c.root)
	return err
}

func (c *cluster) takeLock() error {
	path := filepath.Join(c.root, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("locking the data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("%w (%s)", ErrInUse, c.root)
		}
		return fmt.Errorf("locking %s: %w", path, err)
	}
	c.lock = f
	return c.account.own(path)
}

// close gives the lock back.
func (c *cluster) close() error { return c.lock.Close() }

// choosePrograms takes the first installation that can read the data, so that
// a newer one beside it does no harm.
func (c *cluster) choosePrograms() (string, error) {
	installed := installations(os.Getenv("PATH"), places)
	if len(installed) == 0 {
		return "", ErrNotInstalled
	}
	wanted, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return installed[0], nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the version of the database: %w", err)
	}
	version := strings.TrimSpace(string(wanted))
	var found []string
	for _, bin := range installed {
		has, err := majorVersion(bin)
		if err != nil {
			return "", err
		}
		if has == version {
			return bin, nil
		}
		found = append(found, has)
	}
	return "", fmt.Errorf("%w (%s was made by %s, installed: %s)", ErrVersion, c.data(), version, strings.Join(slices.Compact(found), ", "))
}

// ensureData makes the data directory if there is none.
func (c *cluster) ensureData(ctx context.Context) error {
	entries, err := os.ReadDir(c.data())
	switch {
	case err == nil && len(entries) > 0:
		if _, err := os.Stat(filepath.Join(c.data(), "PG_VERSION")); err != nil {
			return fmt.Errorf("%s is not a PostgreSQL data directory: move it away, or choose another directory (%w)", c.data(), err)
		}
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("looking into the data directory: %w", err)
	}
	if err := c.initialize(ctx); err != nil {
		return err
	}
	if err := os.Rename(c.unfinished(), c.data()); err != nil {
		return fmt.Errorf("putting the new database in place: %w", err)
	}
	if c.noSync {
		return nil
	}
	return syncDir(c.root)
}

// initialize runs initdb. The C locale sorts alike on every system; who may
// reach the socket is trusted (the directory has mode 0700).
func (c *cluster) initialize(ctx context.Context) error {
	args := []string{"-D", c.unfinished(), "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C"}
	if c.noSync {
		args = append(args, "--no-sync")
	}
	p, err := c.run(c.root, syscall.SIGTERM, "initdb", args...)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("making a new database: %w", ctx.Err()), p.end(defaultPatience))
	}
	if p.err != nil {
		return fmt.Errorf("making a new database: initdb: %w: %s", p.err, p.lastWords())
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("writing %s to disk: %w", path, err)
	}
	return nil
}

// removeFiles removes files and empty directories; what is not there is fine.
func removeFiles(paths ...string) error {
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing up after PostgreSQL: %w", err)
		}
	}
	return nil
}
