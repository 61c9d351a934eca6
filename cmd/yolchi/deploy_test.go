package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"yolchi/internal/monitor"
)

func TestTheSystemdUnitRunsTheProgramWithoutRights(t *testing.T) {
	text, err := os.ReadFile("../../deploy/yolchi.service")
	if err != nil {
		t.Fatal(err)
	}
	unit := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			unit[key] = value
		}
	}
	want := map[string]string{
		"Type": "notify", "ExecStart": "/usr/local/bin/yolchi run --data-dir=/var/lib/yolchi", "ExecReload": "/bin/kill -HUP $MAINPID", "Restart": "always", "User": "yolchi",
		"EnvironmentFile": "/etc/yolchi.env", "StateDirectory": "yolchi",
		"CapabilityBoundingSet": "", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes",
	}
	for key, value := range want {
		if got, set := unit[key]; !set || got != value {
			t.Errorf("%s is %q, want %q", key, got, value)
		}
	}
	if stop, err := time.ParseDuration(unit["TimeoutStopSec"]); err != nil || stop < 3*farewell { // and a private Postgres
		t.Errorf("TimeoutStopSec is %s (%v): what is under way may take %s, and a private Postgres 20s", unit["TimeoutStopSec"], err, farewell)
	}
}

// systemd itself finds no mistake in the unit, and little that it could still
// take from the program.
func TestSystemdFindsNoFaultInTheUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		if os.Getenv("YOLCHI_REQUIRE") == "1" {
			t.Fatal("systemd-analyze is not installed: apt install systemd")
		}
		t.Skip("systemd-analyze is not installed")
	}
	text, err := os.ReadFile("../../deploy/yolchi.service")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "yolchi.service") // with a program that is there
	if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), "/usr/local/bin/yolchi", self)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"verify", "--man=no", "--recursive-errors=no", unit},
		{"security", "--offline=true", "--no-pager", "--threshold=15", unit}, // 1.5 of 10
	} {
		out, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput()
		if err != nil || args[0] == "verify" && len(out) > 0 {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
		}
	}
}

// probe is a question of Kubernetes.
type probe struct {
	HTTPGet struct {
		Path string `yaml:"path"`
		Port string `yaml:"port"`
	} `yaml:"httpGet"`
	Period   int `yaml:"periodSeconds"`
	Timeout  int `yaml:"timeoutSeconds"`
	Failures int `yaml:"failureThreshold"`
}

// manifest is what the program relies on in deploy/kubernetes.yaml.
type manifest struct {
	Kind string `yaml:"kind"`
	Spec struct {
		Replicas     int            `yaml:"replicas"`
		MinAvailable int            `yaml:"minAvailable"`
		Selector     map[string]any `yaml:"selector"`
		Strategy     struct {
			Type    string         `yaml:"type"`
			Rolling map[string]int `yaml:"rollingUpdate"`
		} `yaml:"strategy"`
		Template struct {
			Metadata struct {
				Labels map[string]string `yaml:"labels"`
			} `yaml:"metadata"`
			Spec struct {
				Token    *bool `yaml:"automountServiceAccountToken"`
				Grace    int   `yaml:"terminationGracePeriodSeconds"`
				Security struct {
					NonRoot bool `yaml:"runAsNonRoot"`
					User    int  `yaml:"runAsUser"`
				} `yaml:"securityContext"`
				Containers []container `yaml:"containers"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

type container struct {
	Args      []string            `yaml:"args"`
	Env       []map[string]string `yaml:"env"`
	Ports     []map[string]any    `yaml:"ports"`
	Startup   probe               `yaml:"startupProbe"`
	Liveness  probe               `yaml:"livenessProbe"`
	Readiness probe               `yaml:"readinessProbe"`
	Security  struct {
		Escalation   *bool               `yaml:"allowPrivilegeEscalation"`
		ReadOnly     bool                `yaml:"readOnlyRootFilesystem"`
		Capabilities map[string][]string `yaml:"capabilities"`
	} `yaml:"securityContext"`
}

func readManifests(t *testing.T) (deployment, budget manifest) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[string]manifest{}
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		var m manifest
		if err := yaml.Unmarshal([]byte(part), &m); err != nil {
			t.Fatal(err)
		}
		byKind[m.Kind] = m
	}
	if len(byKind) != 2 {
		t.Fatalf("the manifest holds %d kinds", len(byKind))
	}
	return byKind["Deployment"], byKind["PodDisruptionBudget"]
}

func TestTheClusterRunsTwoWithoutRights(t *testing.T) {
	deployment, budget := readManifests(t)
	spec := deployment.Spec
	pod := spec.Template.Spec
	if len(pod.Containers) != 1 {
		t.Fatalf("there are %d containers", len(pod.Containers))
	}
	c := pod.Containers[0]
	is := func(p *bool, want bool) bool { return p != nil && *p == want }
	for what, right := range map[string]bool{
		"there are two":                       spec.Replicas == 2,
		"a new one comes before an old goes":  spec.Strategy.Type == "RollingUpdate" && spec.Strategy.Rolling["maxUnavailable"] == 0 && spec.Strategy.Rolling["maxSurge"] == 1,
		"maintenance leaves one":              budget.Spec.MinAvailable == 1,
		"what is under way may finish":        time.Duration(pod.Grace)*time.Second > 2*farewell,
		"it is the user of the image":         pod.Security.NonRoot && pod.Security.User == nobody,
		"it has no word in the cluster":       is(pod.Token, false),
		"it cannot write":                     c.Security.ReadOnly,
		"it has no rights and gets none":      is(c.Security.Escalation, false) && slices.Equal(c.Security.Capabilities["drop"], []string{"ALL"}),
		"it runs the bot":                     slices.Equal(c.Args, []string{"run"}),
		"a page is served where it is asked":  len(c.Ports) == 1 && fmt.Sprint(c.Ports[0]["containerPort"]) == "9090" && slices.ContainsFunc(c.Env, func(e map[string]string) bool { return e["name"] == "YOLCHI_LISTEN" && e["value"] == ":9090" }),
		"a slow migration is not interrupted": c.Startup.Period*c.Startup.Failures >= 600,
	} {
		if !right {
			t.Errorf("it is not so that %s", what)
		}
	}
	for _, m := range []manifest{deployment, budget} {
		labels := map[string]any{}
		for key, value := range spec.Template.Metadata.Labels {
			labels[key] = value
		}
		if diff := cmp.Diff(map[string]any{"matchLabels": labels}, m.Spec.Selector); diff != "" {
			t.Errorf("%s does not mean these pods:\n%s", m.Kind, diff)
		}
	}
}

// What the cluster asks is what the program answers: a process without its
// database is not ready, but is not started anew for it.
func TestTheClusterAsksForPagesThatThereAre(t *testing.T) {
	deployment, _ := readManifests(t)
	c := deployment.Spec.Template.Spec.Containers[0]
	pages := monitor.New().Handler(func(context.Context) error { return errors.New("no database") }, false)
	for _, q := range []struct {
		name  string
		probe probe
		want  int
	}{
		{"startup", c.Startup, http.StatusOK}, {"liveness", c.Liveness, http.StatusOK}, {"readiness", c.Readiness, http.StatusServiceUnavailable},
	} {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, q.probe.HTTPGet.Path, nil))
		if w.Code != q.want || q.probe.HTTPGet.Port != "http" {
			t.Errorf("%s asks %s at port %s, which answers %d", q.name, q.probe.HTTPGet.Path, q.probe.HTTPGet.Port, w.Code)
		}
		if q.probe.Timeout < 3 { // /readyz gives the database two seconds
			t.Errorf("%s waits %ds", q.name, q.probe.Timeout)
		}
	}
}
