//go:build unix

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"yolchi/internal/localpg"
)

// node is one Postgres cluster of a pair that replicates.
type node struct {
	bin, data, socket string
	credential        *syscall.Credential // nil: the user of this program
	log               *os.File
	server            *exec.Cmd
}

// newNode makes an empty directory for a cluster.
func newNode(s *stage, name string) (*node, error) {
	bin, err := localpg.Find()
	if err != nil {
		return nil, err
	}
	server, err := filepath.EvalSymlinks(filepath.Join(bin, "postgres")) // beside it are all the others
	if err != nil {
		return nil, err
	}
	n := &node{bin: filepath.Dir(server), socket: filepath.Join(s.dir, name), log: s.log}
	n.data = filepath.Join(n.socket, "data")
	if err := os.Mkdir(n.socket, 0o755); err != nil {
		return nil, err
	}
	if os.Geteuid() != 0 {
		return n, nil
	}
	u, err := user.Lookup("postgres") // Postgres does not run as root
	if err != nil {
		return nil, err
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	n.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return n, errors.Join(errUID, errGID, os.Chown(n.socket, int(uid), int(gid)))
}

func (n *node) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(n.bin, program), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = n.socket, n.log, n.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: n.credential}
	return cmd
}

// start runs the server and returns when it answers.
func (n *node) start(ctx context.Context, s *stage, options ...string) error {
	n.server = n.command("postgres", append([]string{"-D", n.data, "-k", n.socket, "-h", ""}, options...)...)
	if err := n.server.Start(); err != nil {
		return err
	}
	s.closers = append(s.closers, n.kill)
	return n.until(ctx, "SELECT true")
}

// kill ends the server and all its children with -9.
func (n *node) kill() {
	if n.server.ProcessState == nil {
		_ = syscall.Kill(-n.server.Process.Pid, syscall.SIGKILL)
		_ = n.server.Wait() // a killed one has no better end
	}
}

// until asks the server again and again until it says true.
func (n *node) until(ctx context.Context, query string) error {
	db, err := sql.Open("postgres", "host="+n.socket+" user=yolchi dbname=postgres sslmode=disable")
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		var yes bool
		err := db.QueryRowContext(ctx, query).Scan(&yes)
		if err == nil && yes {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("waiting for Postgres: %w (%v)", ctx.Err(), err)
		}
		sleep(ctx, 20*time.Millisecond)
	}
}

// replicated starts a primary that commits nothing without its standby.
func replicated(ctx context.Context, s *stage) (primary, standby *node, err error) {
	if primary, err = newNode(s, "a"); err != nil {
		return nil, nil, err
	}
	if standby, err = newNode(s, "b"); err != nil {
		return nil, nil, err
	}
	if err := primary.command("initdb", "-D", primary.data, "-U", "yolchi", "-A", "trust", "-E", "UTF8", "--locale=C").Run(); err != nil {
		return nil, nil, fmt.Errorf("initdb: %w", err)
	}
	if err := primary.start(ctx, s); err != nil {
		return nil, nil, err
	}
	if err := standby.command("pg_basebackup", "-h", primary.socket, "-U", "yolchi", "-D", standby.data, "-R", "-X", "stream", "-c", "fast").Run(); err != nil {
		return nil, nil, fmt.Errorf("pg_basebackup: %w", err)
	}
	if err := standby.start(ctx, s); err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("postgres", "host="+primary.socket+" user=yolchi dbname=postgres sslmode=disable")
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	for _, query := range []string{
		"ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()", "CREATE DATABASE yolchi",
	} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return nil, nil, err
		}
	}
	return primary, standby, primary.until(ctx, "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')")
}

func runFailover(ctx context.Context, s *stage) (a account, err error) {
	primary, standby, err := replicated(ctx, s)
	if err != nil {
		return a, err
	}
	s.dsn = fmt.Sprintf("host=%s,%s port=5432,5432 user=yolchi dbname=yolchi sslmode=disable target_session_attrs=read-write", primary.socket, standby.socket)
	audience, crowd, err := s.cast(ctx, 1000, 15, 30)
	if err != nil {
		return a, err
	}
	if _, err := s.start(); err != nil {
		return a, err
	}
	go crowd.talk(ctx)
	sleep(ctx, 15*time.Second)
	s.say("%d answered, %d delivered; the primary is killed", crowd.answered.Load(), audience.settled(ctx))
	primary.kill()
	sleep(ctx, 5*time.Second)
	answered := crowd.answered.Load()
	if err := standby.until(ctx, "SELECT pg_promote()"); err != nil {
		return a, err
	}
	promoted := time.Now()
	settled := audience.settled(ctx)
	for crowd.answered.Load() == answered && ctx.Err() == nil {
		sleep(ctx, 20*time.Millisecond)
	}
	spoke := time.Since(promoted)
	for audience.settled(ctx) == settled && settled < audience.chats && ctx.Err() == nil {
		sleep(ctx, 20*time.Millisecond)
	}
	sent := time.Since(promoted)
	s.say("the standby was promoted; the first answer came after %s, the first delivery after %s", spoke.Round(time.Millisecond), sent.Round(time.Millisecond))
	a.expect(max(spoke, sent) <= 10*time.Second, "after the promotion it took %s to an answer, %s to a delivery", spoke, sent)
	served(ctx, audience, crowd)
	return a, accounts(ctx, &a, audience, crowd)
}
