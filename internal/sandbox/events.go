package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// event goes to the web chats.
type event struct {
	kind string
	data []byte
}

// maxBehind is how many events a slow page may lie behind before it is cut off; it then connects and loads anew.
const maxBehind = 1024

// publish tells the web chats. build is called only if there are some. The lock is held.
func (s *Server) publish(kind string, build func() any) {
	if len(s.subs) == 0 {
		return
	}
	e := event{kind, mustJSON(build())}
	for sub := range s.subs {
		select {
		case sub <- e:
		default:
			delete(s.subs, sub)
			close(sub)
		}
	}
}

// serveEvents is the stream of server-sent events.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	sub := make(chan event, maxBehind)
	s.mu.Lock()
	s.subs[sub] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.subs, sub)
		s.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	send := func(e event) error {
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.kind, e.data); err != nil {
			return fmt.Errorf("sending an event: %w", err)
		}
		return flush.Flush()
	}
	if send(event{"hello", []byte("{}")}) != nil {
		return
	}
	alive := time.NewTicker(20 * time.Second) // notices pages that are gone
	defer alive.Stop()
	for {
		var err error
		select {
		case e, open := <-sub:
			if !open {
				return
			}
			err = send(e)
		case <-alive.C:
			_, err = fmt.Fprint(w, ": alive\n\n")
			_ = flush.Flush()
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
		if err != nil {
			return
		}
	}
}
