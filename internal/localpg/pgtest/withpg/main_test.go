//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"yolchi/internal/localpg/pgtest"
)

const roleVariable = "WITHPG_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "withpg":
		_ = os.Setenv(roleVariable, "command")
		main()
	case "command": // has withpg signalled, and takes the signal that comes down
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		if err := syscall.Kill(os.Getppid(), syscall.SIGTERM); err != nil {
			panic(err)
		}
		<-signals
		os.Exit(9)
	}
	os.Exit(m.Run())
}

// withpg runs this program with a command and returns the exit code.
func withpg(t *testing.T, command []string, env ...string) (code int, stdout string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], command...)
	cmd.Env = append(append(os.Environ(), roleVariable+"=withpg", pgtest.ClusterVariable+"="), env...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Log(log.String())
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

func TestTheCommandGetsAClusterThatEndsAfterIt(t *testing.T) {
	pgtest.Empty(t) // skips or fails without PostgreSQL
	code, out := withpg(t, shell(`echo "$`+pgtest.ClusterVariable+`"; exit 7`))
	if code != 7 {
		t.Errorf("exit code %d, want the command's 7", code)
	}
	_, host, ok := strings.Cut(out, "host='")
	if !ok {
		t.Fatalf("no cluster in the environment: %q", out)
	}
	host, _, _ = strings.Cut(host, "'")
	if _, err := os.Stat(filepath.Dir(host)); !os.IsNotExist(err) {
		t.Errorf("the cluster's directory %s is still there (%v)", host, err)
	}
}

func TestAGivenClusterIsUsed(t *testing.T) {
	code, out := withpg(t, shell(`echo "$`+pgtest.ClusterVariable+`"`), pgtest.ClusterVariable+"=host=elsewhere")
	if code != 0 || out != "host=elsewhere\n" {
		t.Errorf("code %d, %q, want the cluster of the environment", code, out)
	}
}

func TestASignalOfTheCommandIsAnExitCodeAsInShells(t *testing.T) {
	given := pgtest.ClusterVariable + "=host=elsewhere"
	if code, _ := withpg(t, shell("kill -TERM $$"), given); code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
}

func TestASignalGoesOnToTheCommand(t *testing.T) {
	if code, _ := withpg(t, []string{os.Args[0]}, pgtest.ClusterVariable+"=host=elsewhere"); code != 9 {
		t.Errorf("exit code %d, want the one of the command", code)
	}
}

func shell(script string) []string { return []string{"sh", "-c", script} }
