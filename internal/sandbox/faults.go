package sandbox

import (
	"context"
	"net/http"
	"time"
)

// FaultKind is a way in which a call goes wrong.
type FaultKind int

// The kinds of faults.
const (
	Status500  FaultKind = iota + 1 // a JSON error of the server
	HTML502                         // the page of a proxy
	Reset                           // the connection breaks without an answer
	Hang                            // no answer until the client gives up
	Truncate                        // the answer breaks off in the middle; the call was carried out
	RetryAfter                      // 429 with Fault.Seconds
	Status403                       // Forbidden: bot was blocked by the user
	Status401                       // Unauthorized
)

// Fault makes calls fail. Method and Chat choose which ones ("" and 0: any); Times says how many, 0 means one.
// After: the call is carried out first, only its answer is lost.
type Fault struct {
	Method  string
	Chat    int64
	Times   int
	Kind    FaultKind
	Seconds int // of RetryAfter
	After   bool
}

// Fail adds a fault behind those that are already there. The first one that fits a call is used up by it.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, f)
}

// takeFault gives the fault for this call; the zero Fault: none. The lock is held.
func (s *Server) takeFault(method string, chat int64) Fault {
	for i := range s.faults {
		f := &s.faults[i]
		if (f.Method != "" && f.Method != method) || (f.Chat != 0 && f.Chat != chat) {
			continue
		}
		got := *f
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
		}
		s.changed()
		return got
	}
	return Fault{}
}

// strike answers with the fault. body is what would have been the answer.
func (s *Server) strike(ctx context.Context, w http.ResponseWriter, f Fault, body []byte) int {
	switch f.Kind {
	case Status500:
		return write(w, &apiError{Code: http.StatusInternalServerError, Description: "Internal Server Error"})
	case HTML502:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html><head><title>502 Bad Gateway</title></head></html>"))
		return http.StatusBadGateway
	case RetryAfter:
		return write(w, tooMany(max(f.Seconds, 1)))
	case Status403:
		return write(w, forbidden("bot was blocked by the user"))
	case Status401:
		return write(w, unauthorized())
	case Hang:
		select {
		case <-ctx.Done():
		case <-s.done:
		}
	case Truncate:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush() // so that the half arrives before the break
	}
	panic(http.ErrAbortHandler) // net/http breaks the connection without a word
}

// Call is a call that a bot made. Chat is 0 where none was named. At is real time, whatever clock the server shows.
// Code is the HTTP status of the answer, 0 if there was none.
type Call struct {
	Method string
	Chat   int64
	Params map[string]string
	At     time.Time
	Code   int
}

// maxCalls bounds what Calls remembers, so that a demo may run for weeks.
const maxCalls = 1 << 17

// Calls returns what the bot called and was answered, oldest first; the very old ones are forgotten.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

func (s *Server) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= maxCalls {
		s.calls = append([]Call(nil), s.calls[maxCalls/2:]...)
	}
	s.calls = append(s.calls, c)
	s.changed()
}
