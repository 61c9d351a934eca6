package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
	"yolchi/internal/sandbox"
)

// YOLCHI_CONTENT_DIR=my-roadmaps go run ./cmd/yolchi demo: somebody opens the web
// chat and is offered the directory's road.
func TestTheDemoTeachesADirectory(t *testing.T) {
	t.Parallel()
	pgtest.DSN(t) // it says what is to be done where there is no PostgreSQL
	dir, err := os.MkdirTemp("", "yolchi-demo-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // the database may run as another user
		t.Fatal(err)
	}
	var log bytes.Buffer
	demo := exec.Command(os.Args[0], "demo", "--no-open", "--addr", "127.0.0.1:0", "--data-dir", dir)
	demo.Env = append(os.Environ(), programVariable+"=1", "YOLCHI_CONTENT_DIR="+schoolDir(t))
	demo.Stderr = &log
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		_, _ = io.Copy(io.Discard, out)
		if err := demo.Wait(); err != nil {
			t.Errorf("the demo ended with %v:\n%s", err, &log)
		}
	})
	url := ""
	for lines := bufio.NewScanner(out); url == "" && lines.Scan(); {
		_, url, _ = strings.Cut(lines.Text(), "open ")
	}
	if url == "" {
		t.Fatal("the demo printed no address")
	}
	offered(t, url)
}

// offered presses what a newcomer presses in the web chat, until the school's
// road is shown.
func offered(t *testing.T, url string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	events, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	act := func(name string, action map[string]any) {
		t.Helper()
		body, err := json.Marshal(action)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Post(url+"/api/"+name, "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			text, _ := io.ReadAll(response.Body)
			t.Fatalf("%s %s: %s %s", name, body, response.Status, text)
		}
	}
	lines := bufio.NewScanner(events.Body)
	lines.Buffer(nil, 8<<20)
	act("send", map[string]any{"person": sandbox.DemoAdmin, "chat": sandbox.DemoAdmin, "text": "/start"})
	for lines.Scan() {
		var event struct {
			ID int64 `json:"id"`
		}
		line := lines.Text()
		_ = json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &event) // other lines name the event
		switch {
		case strings.Contains(line, "Our school"):
			return
		case strings.Contains(line, "1:lang:en"):
			act("press", map[string]any{"person": sandbox.DemoAdmin, "chat": sandbox.DemoAdmin, "message": event.ID, "data": "1:lang:en"})
		}
	}
	t.Errorf("the school's road is not offered (%v)", lines.Err())
}

// The command of docs/memory.md takes minutes under the race detector: it is run
// with fewer learners.
func TestTheSimulationOfTheDocumentsRunsWithFewerLearners(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/memory.md")
	if err != nil {
		t.Fatal(err)
	}
	all := commands(string(text))
	i := slices.IndexFunc(all, func(command string) bool { return strings.HasPrefix(command, "yolchi simulate --learners 1000 ") })
	if i < 0 {
		t.Fatalf("the page has no such command: %v", all)
	}
	command := strings.Replace(all[i], "--learners 1000", "--learners 5", 1)
	out, errs, code := program(t, nil, strings.Fields(command)[1:]...)
	if code != 0 || errs != "" || !strings.Contains(out, "known at the end, of all learned") {
		t.Errorf("%s: exit %d\n%s%s", command, code, out, errs)
	}
}
