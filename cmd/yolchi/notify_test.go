package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yolchi/internal/localpg/pgtest"
)

// systemd is the end of the socket that systemd listens on.
func systemd(t *testing.T, address string) *net.UnixConn {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// hear returns what the program tells next.
func hear(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 1<<10)
	n, err := conn.Read(text)
	if err != nil {
		t.Fatalf("the program tells nothing: %v", err)
	}
	return string(text[:n])
}

func TestSystemdIsToldWhenTheProgramIsReadyAndWhenItStops(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"a file":   filepath.Join(t.TempDir(), "notify"),
		"abstract": fmt.Sprintf("@yolchi-test-%d", os.Getpid()), // containers give such ones
	} {
		t.Run(name, func(t *testing.T) {
			conn := systemd(t, address)
			r := newRough(t, pgtest.DSN(t))
			p := r.start("NOTIFY_SOCKET=" + address)
			if said := hear(t, conn); said != notifyReady {
				t.Errorf("it tells %q", said)
			}
			p.end()
			if said := hear(t, conn); said != notifyStopping {
				t.Errorf("it tells %q", said)
			}
		})
	}
}

func TestWithoutSystemdTheProgramRunsAllTheSame(t *testing.T) {
	t.Parallel()
	r := newRough(t, pgtest.DSN(t))
	r.start("NOTIFY_SOCKET=/nowhere/at/all")
	r.setUp()
}
