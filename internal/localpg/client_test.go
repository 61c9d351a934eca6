//go:build unix

package localpg

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fakeClient makes client programs that only know their version.
func fakeClient(t *testing.T, version string) string {
	t.Helper()
	server := fakePrograms(t, filepath.Join(openDir(t), version), version)
	for _, name := range clientPrograms {
		if err := os.Link(filepath.Join(server, "postgres"), filepath.Join(server, name)); err != nil {
			t.Fatal(err)
		}
	}
	return server
}

func TestTheClientIsOfTheServersVersionOrTheNextNewer(t *testing.T) {
	at := map[string]string{}
	for _, version := range []string{"14.9", "15.18 (Debian 15.18-0+deb12u1)", "17beta1", "18.1"} {
		at[version[:2]] = fakeClient(t, version)
	}
	for _, c := range []struct {
		server    int
		installed []string
		want      string
	}{
		{15, []string{"18", "17", "15", "14"}, "15"},
		{16, []string{"18", "17", "15", "14"}, "17"},
		{14, []string{"14", "15"}, "14"},
	} {
		var installed []string
		for _, version := range c.installed {
			installed = append(installed, at[version])
		}
		if got, err := findClient(c.server, installed); err != nil || got != at[c.want] {
			t.Errorf("for %d of %v: %s, %v", c.server, c.installed, got, err)
		}
	}
	if _, err := findClient(15, nil); !errors.Is(err, ErrNoClient) {
		t.Errorf("without any: %v", err)
	}
	_, err := findClient(17, []string{at["14"], at["15"]})
	if !errors.Is(err, ErrOldClient) || !strings.Contains(err.Error(), "postgresql-client-17") {
		t.Errorf("with older ones: %v", err)
	}
}

func TestAServerWithoutTheClientIsNotAClient(t *testing.T) {
	server, client := fakePrograms(t, openDir(t), "17"), fakeClient(t, "16.2")
	path := server + string(os.PathListSeparator) + client
	if got := installationsOf(clientPrograms, path, nil); !slices.Equal(got, []string{client}) {
		t.Errorf("%v, want %s", got, client)
	}
}

func TestTheRunningServerOfADirectoryIsFound(t *testing.T) {
	dir := openDir(t)
	if dsn, ok := Running(dir, "yolchi"); ok {
		t.Errorf("an empty directory has a server: %s", dsn)
	}
	server, err := Start(t.Context(), Config{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if dsn, ok := Running(dir, "yolchi"); !ok || dsn != server.DSN("yolchi") {
		t.Errorf("%q, %v, want %q", dsn, ok, server.DSN("yolchi"))
	}
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
	if dsn, ok := Running(dir, "yolchi"); ok {
		t.Errorf("a stopped server is found: %s", dsn)
	}
}
