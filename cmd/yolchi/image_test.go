package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"yolchi/internal/sandbox"
)

// nobody is the user of the Dockerfile.
const nobody = 65532

// mostInImage is the size that the image may have, in bytes, as it lies on the
// disk; what is pulled is compressed.
const mostInImage = 30_000_000

// The image is built by hand, as its Dockerfile says: an empty root directory
// with nothing but what the last stage copies. In it the static binary runs as
// a user without rights, against the real database, and answers; it knows time
// zones, and says whether it is well.
func TestTheImageHoldsEverythingTheProgramNeeds(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("YOLCHI_REQUIRE") == "1" {
			t.Fatal("only root can change the root directory")
		}
		t.Skip("only root can change the root directory")
	}
	s := newStage(t)
	root := imageRoot(t)
	image := readDockerfile(t)
	listen := freeAddress(t)
	var log bytes.Buffer
	inImage := func(args []string) *exec.Cmd {
		program := exec.CommandContext(s.ctx, args[0], args[1:]...)
		program.Path, program.Dir = args[0], "/"
		program.Env = []string{
			"TELEGRAM_BOT_TOKEN=" + demoToken, "TELEGRAM_API_URL=" + s.url,
			"DATABASE_URL=" + overTCP(t, s.dsn), "YOLCHI_LISTEN=" + listen,
		}
		program.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return program
	}
	program := inImage(append(image.words(t, "ENTRYPOINT"), image.words(t, "CMD")...))
	program.Stderr = &log
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	s.world.Say(aziza, aziza, "/start")
	s.press("1:lang:uz")
	s.press("1:road:go-start")
	s.press("1:hour:540")
	s.await("the first lesson", func(m []sandbox.Message) bool { return len(m) > 2 })
	var hour string
	if err := queryRow(t, s.dsn, &hour, `SELECT to_char(next_at AT TIME ZONE 'Asia/Tashkent', 'HH24:MI') FROM chats`); err != nil || hour != "09:00" {
		t.Errorf("the next topic is planned for %s (%v): are there no time zones?", hour, err)
	}
	health := image.words(t, "HEALTHCHECK")
	if out, err := inImage(health).Output(); err != nil || string(out) != "ok\n" {
		t.Errorf("%v says %q, %v", health, out, err)
	}
	if err := program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := program.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if _, err := inImage(health).Output(); err == nil {
		t.Errorf("%v finds the program well that has ended", health)
	}
	if t.Failed() {
		t.Logf("it logged:\n%s", &log)
	}
	lookIntoImage(t, root)
}

// lookIntoImage says how large the image is and that the program has left
// nothing in it: it runs on a file system that nobody can write to.
func lookIntoImage(t *testing.T, root string) {
	t.Helper()
	var size int64
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		size += info.Size()
		files = append(files, strings.TrimPrefix(path, root))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/etc/ssl/certs/ca-certificates.crt", "/yolchi"}, files); diff != "" {
		t.Errorf("what the image holds afterwards:\n%s", diff)
	}
	if size > mostInImage {
		t.Errorf("the image has %d bytes, more than %d", size, mostInImage)
	}
	t.Logf("the image has %.1f MB", float64(size)/1e6)
	certificates, err := os.ReadFile(filepath.Join(root, "etc/ssl/certs/ca-certificates.crt"))
	if err != nil {
		t.Fatal(err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(certificates) {
		t.Error("the image holds no certificate")
	}
}

// dockerfile are the instructions of the last stage.
type dockerfile []string

func readDockerfile(t *testing.T) dockerfile {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, found := strings.Cut(string(text), "FROM scratch\n")
	if !found {
		t.Fatal("the Dockerfile's last stage is not empty")
	}
	return strings.Split(last, "\n")
}

// words are the words of the command that an instruction names, as a JSON list.
func (d dockerfile) words(t *testing.T, instruction string) (words []string) {
	t.Helper()
	for _, line := range d {
		if strings.HasPrefix(line, instruction+" ") {
			if err := json.Unmarshal([]byte(line[strings.Index(line, "["):]), &words); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			return words
		}
	}
	t.Fatalf("the Dockerfile has no %s", instruction)
	return nil
}

func TestTheImageRunsAsNobody(t *testing.T) {
	if user := fmt.Sprintf("USER %[1]d:%[1]d", nobody); !slices.Contains(readDockerfile(t), user) {
		t.Errorf("the Dockerfile does not say %s", user)
	}
}

// One file of settings is all that docker compose needs.
func TestComposeRunsTheBotAndItsDatabase(t *testing.T) {
	text, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type service struct {
		Build       string            `yaml:"build"`
		Image       string            `yaml:"image"`
		Restart     string            `yaml:"restart"`
		ReadOnly    bool              `yaml:"read_only"`
		CapDrop     []string          `yaml:"cap_drop"`
		Security    []string          `yaml:"security_opt"`
		Grace       time.Duration     `yaml:"stop_grace_period"`
		EnvFile     string            `yaml:"env_file"`
		Environment map[string]string `yaml:"environment"`
		Volumes     []string          `yaml:"volumes"`
		Health      struct {
			Test []string `yaml:"test"`
		} `yaml:"healthcheck"`
		DependsOn map[string]struct {
			Condition string `yaml:"condition"`
		} `yaml:"depends_on"`
	}
	var file struct {
		Services map[string]service `yaml:"services"`
		Volumes  map[string]any     `yaml:"volumes"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	bot, db := file.Services["bot"], file.Services["db"]
	for what, right := range map[string]bool{
		"the bot starts again":                   bot.Restart == "unless-stopped" && db.Restart == "unless-stopped",
		"the bot cannot write":                   bot.ReadOnly,
		"the bot has no rights":                  slices.Equal(bot.CapDrop, []string{"ALL"}) && slices.Contains(bot.Security, "no-new-privileges:true"),
		"the bot has time to finish":             bot.Grace > farewell,
		"the bot waits for its database":         bot.DependsOn["db"].Condition == "service_healthy",
		"the database is asked how it is":        slices.Contains(db.Health.Test, "pg_isready"),
		"the data outlives the containers":       slices.Contains(db.Volumes, "data:/var/lib/postgresql/data") && len(file.Volumes) == 1,
		"all settings come from .env":            bot.EnvFile == ".env",
		"the health check finds its page":        strings.HasPrefix(bot.Environment["YOLCHI_LISTEN"], ":"),
		"a missing token is told before it runs": strings.Contains(bot.Environment["TELEGRAM_BOT_TOKEN"], ":?"),
		"the database's own door is shut":        !strings.Contains(string(text), "ports:"),
	} {
		if !right {
			t.Errorf("compose.yaml: it is not so that %s", what)
		}
	}
}

// Whoever copies .env.example finds each setting of the program there, and no
// other.
func TestTheExampleNamesAllSettings(t *testing.T) {
	example, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllStringSubmatch(string(example), -1)
	var got []string
	for _, m := range named {
		got = append(got, m[1])
	}
	help, _, _ := program(t, nil, "run", "--help")
	want := []string{"POSTGRES_PASSWORD"} // compose.yaml's
	for _, m := range regexp.MustCompile(`\(\$?([A-Z][A-Z_]+)\)`).FindAllStringSubmatch(strings.Join(strings.Fields(help), " "), -1) {
		want = append(want, m[1])
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf(".env.example (-settings of yolchi run +named):\n%s", diff)
	}
}

// imageRoot is a directory with what the Dockerfile's last stage copies.
func imageRoot(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("", "yolchi-image-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	copied := 0
	for _, line := range readDockerfile(t) {
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
	compile := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", to, ".") // as make build
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
