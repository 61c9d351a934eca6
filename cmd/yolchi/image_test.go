package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"yolchi/internal/sandbox"
)

// nobody is the user of the Dockerfile.
const nobody = 65532

// The image is built by hand, as its Dockerfile says: an empty root directory
// with nothing but what the last stage copies. In it the static binary runs as
// a user without rights, against the real database, and answers.
func TestTheImageHoldsEverythingTheProgramNeeds(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("YOLCHI_REQUIRE") == "1" {
			t.Fatal("only root can change the root directory")
		}
		t.Skip("only root can change the root directory")
	}
	s := newStage(t)
	root := imageRoot(t)
	var log bytes.Buffer
	program := exec.CommandContext(s.ctx, "/yolchi", "run")
	program.Path = "/yolchi"
	program.Dir = "/"
	program.Env = []string{
		"TELEGRAM_BOT_TOKEN=" + demoToken, "TELEGRAM_API_URL=" + s.url,
		"DATABASE_URL=" + overTCP(t, s.dsn),
	}
	program.Stderr = &log
	program.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	s.world.Say(aziza, aziza, "/start")
	_, err := s.world.Await(s.ctx, aziza, func(m []sandbox.Message) bool { return len(m) == 2 })
	if err != nil {
		t.Errorf("the program in the image does not answer: %v", err)
	}
	if err := program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := program.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if t.Failed() {
		t.Logf("it logged:\n%s", &log)
	}
}

// imageRoot is a directory with what the Dockerfile's last stage copies.
func imageRoot(t *testing.T) string {
	t.Helper()
	dockerfile, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.MkdirTemp("", "yolchi-image-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	_, last, _ := strings.Cut(string(dockerfile), "FROM scratch")
	copied := 0
	for line := range strings.Lines(last) {
		words := strings.Fields(line)
		if len(words) != 4 || words[0] != "COPY" || words[1] != "--from=build" {
			continue
		}
		copied++
		to := filepath.Join(root, words[3])
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if from := words[2]; from == "/src/bin/yolchi" {
			build(t, to)
		} else {
			copyFile(t, from, to)
		}
	}
	if copied != 2 {
		t.Fatalf("the Dockerfile's last stage copies %d files, want 2", copied)
	}
	return root
}

func build(t *testing.T, to string) {
	t.Helper()
	compile := exec.CommandContext(t.Context(), "go", "build", "-o", to, ".")
	compile.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("building the static program: %v\n%s", err, out)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// overTCP is the address of the test's database through a door on the loopback
// interface: its Unix socket lies outside of the image.
func overTCP(t *testing.T, dsn string) string {
	t.Helper()
	fields := map[string]string{}
	for field := range strings.FieldsSeq(dsn) {
		key, value, _ := strings.Cut(field, "=")
		fields[key] = strings.Trim(value, "'")
	}
	socket := filepath.Join(fields["host"], ".s.PGSQL."+fields["port"])
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for {
			in, err := door.Accept()
			if err != nil {
				return
			}
			go pass(ctx, in, socket)
		}
	}()
	t.Cleanup(func() {
		cancel()
		door.Close()
		<-closed
	})
	host, port, err := net.SplitHostPort(door.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "host=" + host + " port=" + port + " user=" + fields["user"] + " dbname=" + fields["dbname"] + " sslmode=disable"
}

func pass(ctx context.Context, in net.Conn, socket string) {
	defer in.Close()
	out, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer out.Close()
	defer context.AfterFunc(ctx, func() { in.Close(); out.Close() })()
	go func() {
		_, _ = io.Copy(out, in)
		out.Close()
	}()
	_, _ = io.Copy(in, out)
}
