package monitor

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestThePagesTellHowTheProgramIs(t *testing.T) {
	defer http.DefaultClient.CloseIdleConnections()
	m := New()
	m.Update("message", "applied")
	m.Handled("/today", 3*time.Millisecond)
	m.Delivery("topic", "sent", 12*time.Second)
	m.Delivery("topic", "missed", time.Hour)
	m.Repeat("delivery")
	m.Refused("too many requests")
	m.Waiting(2)
	m.Polling(true)
	var trouble error
	server := httptest.NewServer(m.Handler(func(context.Context) error { return trouble }, false))
	defer server.Close()

	_, metrics := get(t, server.URL+"/metrics")
	for _, line := range []string{
		`yolchi_updates_total{kind="message",result="applied"} 1`,
		`yolchi_handling_seconds_count{command="/today"} 1`,
		`yolchi_deliveries_total{kind="topic",result="sent"} 1`,
		`yolchi_deliveries_total{kind="topic",result="missed"} 1`,
		`yolchi_delivery_lateness_seconds_bucket{le="15"} 1`,
		`yolchi_delivery_lateness_seconds_count 1`, // only what was sent can be late
		`yolchi_repeats_total{what="delivery"} 1`,
		`yolchi_refusals_total{kind="too many requests"} 1`,
		`yolchi_updates_waiting 2`,
		`yolchi_polling 1`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	for _, c := range []struct {
		path   string
		err    error
		status int
	}{
		{"/healthz", nil, 200}, {"/readyz", nil, 200}, {"/healthz", errors.New("no database"), 200},
		{"/readyz", errors.New("no database"), 503}, {"/debug/pprof/", nil, 404}, {"/", nil, 404},
	} {
		trouble = c.err
		if status, body := get(t, server.URL+c.path); status != c.status || c.status == 503 && !strings.Contains(body, "no database") {
			t.Errorf("%s with %v: %d %s", c.path, c.err, status, body)
		}
	}
}

func TestTheDashboardAndThePagesNameOnlyWhatThereIs(t *testing.T) {
	dashboard, err := os.ReadFile("../../deploy/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(dashboard) {
		t.Fatal("the dashboard is no JSON")
	}
	for _, page := range []string{"../../deploy/README.md", "../../docs/growing.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		dashboard = append(dashboard, text...)
	}
	m := New()
	db, err := sql.Open("postgres", "") // never connected
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	m.WatchPool(db)
	m.Update("", "")
	m.Handled("", 0)
	m.Delivery("", "sent", 0)
	m.Repeat("")
	m.Refused("")
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, family := range families {
		known[family.GetName()] = true
	}
	asked := regexp.MustCompile(`(?:yolchi|go_sql)_[a-z_]*[a-z]`).FindAllString(string(dashboard), -1)
	for _, name := range asked {
		if !known[strings.TrimSuffix(name, "_bucket")] {
			t.Errorf("there is no metric %s", name)
		}
	}
	if len(asked) < 8 {
		t.Errorf("the dashboard asks for %d metrics only", len(asked))
	}
}

func TestServingEndsWithItsContext(t *testing.T) {
	defer http.DefaultClient.CloseIdleConnections()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Serve(ctx, listener, New().Handler(func(context.Context) error { return nil }, true))
	}()
	if status, _ := get(t, "http://"+listener.Addr().String()+"/debug/pprof/"); status != 200 {
		t.Errorf("profiles that were asked for: %d", status)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
