//go:build unix

// Withpg runs a command with a PostgreSQL cluster that all test binaries of
// the command share, and ends with the command's exit code:
//
//	go run ./internal/localpg/pgtest/withpg go test ./...
//
// If the environment names a cluster already, that one is used. Without an
// installed PostgreSQL the command runs without a cluster; its tests decide.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"yolchi/internal/localpg"
	"yolchi/internal/localpg/pgtest"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(args []string) (code int, failure error) {
	if len(args) == 0 {
		return 2, errors.New("no command given")
	}
	// Ctrl-C reaches the command as well; the cluster ends after it.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT, syscall.SIGTERM)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	if os.Getenv(pgtest.ClusterVariable) == "" {
		dsn, stop, err := pgtest.Start(context.Background())
		switch {
		case errors.Is(err, localpg.ErrNotInstalled):
			fmt.Fprintln(os.Stderr, "withpg:", err)
		case err != nil:
			return 1, err
		default:
			defer func() { failure = errors.Join(failure, stop()) }()
			cmd.Env = append(cmd.Env, pgtest.ClusterVariable+"="+dsn)
		}
	}
	return wait(cmd, interrupts)
}

// wait runs cmd, passes signals on and returns its exit code; 128 and the
// signal's number if a signal ended it, as shells do.
func wait(cmd *exec.Cmd, interrupts <-chan os.Signal) (int, error) {
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case sig := <-interrupts:
			_ = cmd.Process.Signal(sig)
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return 1, err
			}
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return cmd.ProcessState.ExitCode(), nil
		}
	}
}
