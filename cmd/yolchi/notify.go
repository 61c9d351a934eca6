package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"time"
)

// What systemd is told (sd_notify(3)).
const (
	notifyReady    = "READY=1\nSTATUS=Working"
	notifyStopping = "STOPPING=1\nSTATUS=Finishing what is under way"
)

// notifyTimeout bounds the wait for room in systemd's queue.
const notifyTimeout = 2 * time.Second

// takeNotifySocket returns the address to which systemd wants to be told how
// the program is, "" without systemd. No child inherits it: a private Postgres
// would speak for us.
func takeNotifySocket() string {
	socket := os.Getenv("NOTIFY_SOCKET")
	_ = os.Unsetenv("NOTIFY_SOCKET") // it fails for names that cannot be set
	return socket
}

// announce tells systemd that the program works, and as soon as ctx ends that
// it stops. The returned function waits for that.
func announce(ctx context.Context, socket string, log *slog.Logger) (wait func()) {
	notify(socket, notifyReady, log)
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		notify(socket, notifyStopping, log)
	})
	return func() {
		if !stop() {
			<-told
		}
	}
}

// notify tells systemd how the program is. That it could not is logged: the
// work goes on, and systemd says what it missed.
func notify(socket, state string, log *slog.Logger) {
	if socket == "" {
		return
	}
	// An address that begins with @ is an abstract one; net knows that.
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err == nil {
		defer conn.Close() //nolint:errcheck // a datagram is gone or not
		if err = conn.SetWriteDeadline(time.Now().Add(notifyTimeout)); err == nil {
			_, err = conn.Write([]byte(state))
		}
	}
	if err != nil {
		log.Warn("systemd was not told how the program is", "error", err)
	}
}
