package backup

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/lib/pq"
)

// tools are PostgreSQL's programs, with the address of one database in their
// environment: a command line can be read by everybody on the machine.
type tools struct {
	bin    string
	env    []string
	server int // major version
}

// environment is this program's, with the database of dsn as libpq reads it.
func environment(dsn string) ([]string, error) {
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, errors.New("the database address cannot be read")
	}
	if cfg.SSLInline {
		return nil, errors.New("PostgreSQL's programs do not know sslinline: name the files of key and certificate in DATABASE_URL")
	}
	hosts, addresses, ports := []string{cfg.Host}, []string{address(cfg.Hostaddr)}, []string{strconv.Itoa(int(cfg.Port))}
	for _, other := range cfg.Multi {
		hosts, addresses = append(hosts, other.Host), append(addresses, address(other.Hostaddr))
		ports = append(ports, strconv.Itoa(int(other.Port)))
	}
	ours := map[string]string{
		"PGHOST": strings.Join(hosts, ","), "PGPORT": strings.Join(ports, ","),
		"PGDATABASE": cfg.Database, "PGUSER": cfg.User, "PGPASSWORD": cfg.Password, "PGPASSFILE": cfg.Passfile,
		"PGSSLMODE":     cmp.Or(string(cfg.SSLMode), "require"), // lib/pq's default, not libpq's
		"PGSSLROOTCERT": cfg.SSLRootCert, "PGSSLCERT": cfg.SSLCert, "PGSSLKEY": cfg.SSLKey,
		"PGSSLNEGOTIATION": string(cfg.SSLNegotiation), "PGTARGETSESSIONATTRS": string(cfg.TargetSessionAttrs),
		"PGOPTIONS": cfg.Options,
		"PGSERVICE": "", // cfg has it in it
		"LC_ALL":    "C",
	}
	if slices.ContainsFunc(addresses, func(a string) bool { return a != "" }) {
		ours["PGHOSTADDR"] = strings.Join(addresses, ",")
	}
	env := slices.DeleteFunc(os.Environ(), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		_, set := ours[name]
		return set || name == "PGHOSTADDR"
	})
	for name, value := range ours {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env, nil
}

func address(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// command is one of the programs; what it says goes to the returned listener.
func (t *tools) command(ctx context.Context, p Progress, name string, args ...string) (*exec.Cmd, *listener) {
	cmd := exec.CommandContext(ctx, filepath.Join(t.bin, name), args...)
	cmd.Env = t.env
	l := &listener{name: name, progress: p}
	cmd.Stderr = l
	return cmd, l
}

// dump runs pg_dump into w.
func (t *tools) dump(ctx context.Context, w io.Writer, p Progress, args ...string) error {
	cmd, said := t.command(ctx, p, "pg_dump", append(args, "--no-password", "--verbose")...)
	cmd.Stdout = &counter{w, said}
	return said.explain(ctx, cmd.Run())
}

// list runs pg_restore to print a part of a backup.
func (t *tools) list(ctx context.Context, args ...string) (string, error) {
	cmd, said := t.command(ctx, nil, "pg_restore", args...)
	out, err := cmd.Output()
	return string(out), said.explain(ctx, err)
}

// fill runs the SQL of a backup between first and last, in one psql. Only last
// may commit: when anything fails before, it is not sent.
func (t *tools) fill(ctx context.Context, p Progress, file, first, last string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	psql, answered := t.command(ctx, nil, "psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-")
	in, err := psql.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting psql: %w", err)
	}
	reading, said := t.command(ctx, p, "pg_restore", "--no-owner", "--no-privileges", "--no-tablespaces", "--verbose", "--file=-", file)
	out, err := reading.StdoutPipe()
	if err != nil {
		return fmt.Errorf("starting pg_restore: %w", err)
	}
	if err := psql.Start(); err != nil {
		return fmt.Errorf("starting psql: %w", err)
	}
	if err := reading.Start(); err != nil {
		cancel()
		return errors.Join(fmt.Errorf("starting pg_restore: %w", err), psql.Wait())
	}
	passed := t.pass(&counter{in, said}, out, first)
	if passed != nil { // psql has ended; it says why
		cancel()
	}
	read := said.explain(ctx, reading.Wait())
	if passed == nil && read == nil {
		_, passed = io.WriteString(in, last)
	}
	_ = in.Close() // psql may be gone
	filled := answered.explain(ctx, psql.Wait())
	switch {
	case filled != nil && answered.fault() != "": // the rest follows from it
		return filled
	case read != nil && passed == nil:
		return read
	case filled != nil:
		return filled
	}
	return passed
}

// pass writes first and then the SQL that out has.
func (t *tools) pass(w io.Writer, out io.Reader, first string) error {
	if _, err := io.WriteString(w, first); err != nil {
		return err
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if line != unknownBefore17 || t.server >= 17 {
			if _, err := io.WriteString(w, line); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(line, "CREATE ") { // the settings are over
			break
		}
	}
	_, err := io.Copy(w, lines)
	return err
}

// unknownBefore17 is what programs of PostgreSQL 17 and later write, and an
// older server does not know.
const unknownBefore17 = "SET transaction_timeout = 0;\n"

// counter tells how many bytes went through it.
type counter struct {
	w io.Writer
	l *listener
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.l.count(n)
	return n, err
}

// listener reads what a program says: what it is at, and what went wrong.
type listener struct {
	name     string
	progress Progress // nil: nobody listens

	mu     sync.Mutex
	part   string
	bytes  int64
	table  string
	faults []string // at most maxFaults
}

const maxFaults = 3

var (
	atTable = regexp.MustCompile(`^pg_\w+: (?:dumping contents of|processing data for) table "(?:\w+\.)?(\w+)"`)
	isFault = regexp.MustCompile(`(?i)\b(?:error|fatal|detail|hint):`)
)

func (l *listener) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part += string(b)
	for {
		line, rest, ok := strings.Cut(l.part, "\n")
		if !ok {
			return len(b), nil
		}
		l.part = rest
		if m := atTable.FindStringSubmatch(line); m != nil {
			l.table = m[1]
			l.tell()
		} else if isFault.MatchString(line) && len(l.faults) < maxFaults {
			l.faults = append(l.faults, strings.TrimSpace(line))
		}
	}
}

func (l *listener) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes += int64(n)
	l.tell()
}

func (l *listener) tell() {
	if l.progress != nil {
		l.progress(l.bytes, l.table)
	}
}

func (l *listener) fault() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.faults, "; ")
}

// explain adds what the program said to the error with which it ended.
func (l *listener) explain(ctx context.Context, err error) error {
	switch fault := l.fault(); {
	case err == nil:
		return nil
	case fault != "":
		return fmt.Errorf("%s: %s", l.name, fault)
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return fmt.Errorf("running %s: %w", l.name, err)
	}
}
