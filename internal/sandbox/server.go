// Package sandbox is a local Telegram: a Bot API server with people, groups and a web chat in memory. It is for the
// demo and for tests that run the whole bot. Its checks and error texts are Telegram's own, as far as they are public.
//
// It must never listen to anything but the loopback, never talk to the real Telegram, and never be told a real token.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config says what a Server is.
type Config struct {
	// Token of the one bot, "<id>:<secret>".
	Token string
	// Now is the clock that dates messages and closes polls; nil: time.Now.
	Now func() time.Time
	// Log takes what goes wrong in the server itself; nil: nowhere.
	Log *slog.Logger
	// Limits are Telegram's sending limits; nil: none are enforced.
	Limits *Limits
	// Jump moves the clock to the next reminder of a chat and says what it shows then. nil: no such control is shown.
	Jump func(ctx context.Context, chat int64) (time.Time, error)
	// TimeZone is the IANA zone in which the web chat shows times; "" is the browser's own.
	TimeZone string
	// HistoryFile keeps the chats over a restart; "": they live in memory only.
	HistoryFile string
}

// ErrClosed is what waiting calls return after Close.
var ErrClosed = errors.New("the sandbox is closed")

// Server is the Bot API server and its world. All methods may be used at the same time.
type Server struct {
	cfg    Config
	me     int64
	done   chan struct{}
	close  sync.Once
	saving sync.WaitGroup
	dirty  chan struct{} // the history file is behind
	mux    *http.ServeMux
	real   func() time.Time // limits and the times of calls: never the movable clock

	mu        sync.Mutex
	people    map[int64]*person
	order     []int64 // people and groups in the order in which they came
	chats     map[int64]*chat
	polls     map[string]*poll
	files     map[string]*file
	nextMsg   int64
	nextID    int64 // polls, files, callbacks
	callbacks map[string]callback
	inline    map[string]*inlineAsked // by id
	parsed    map[string]parsed       // by HTML
	closing   pollHeap
	closer    *time.Timer // closes the next poll
	profile   profile
	queue     updateQueue
	faults    []Fault
	calls     []Call
	global    bucket
	paid      bucket
	waiters   map[chan struct{}]struct{}
	subs      map[chan event]struct{}
}

// New makes a server without people. Close it.
func New(cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	id, _, _ := strings.Cut(cfg.Token, ":")
	me, _ := strconv.ParseInt(id, 10, 64)
	first := firstID(time.Now())
	s := &Server{
		cfg: cfg, me: me, done: make(chan struct{}), dirty: make(chan struct{}, 1), real: time.Now,
		people: map[int64]*person{}, chats: map[int64]*chat{}, polls: map[string]*poll{}, files: map[string]*file{},
		nextMsg: first, nextID: time.Now().UnixMicro(), callbacks: map[string]callback{}, inline: map[string]*inlineAsked{}, parsed: map[string]parsed{},
		profile: newProfile(), queue: updateQueue{next: first},
		waiters: map[chan struct{}]struct{}{}, subs: map[chan event]struct{}{},
	}
	s.routes()
	if cfg.HistoryFile != "" {
		s.loadHistory()
		s.saving.Go(s.keepHistory)
	}
	return s
}

// firstID gives the first update and message id: eight ids a second since 2026, so that a server that starts again
// uses no id twice, yet stays within 31 bits until 2034 (and begins anew then).
func firstID(now time.Time) int64 {
	const since2026 = 1767225600
	return (now.Unix()-since2026)*8%(1<<31-1<<26) + 1
}

// Close ends every waiting request and writes the history. The server answers nothing useful afterwards.
func (s *Server) Close() {
	s.close.Do(func() { close(s.done) })
	s.mu.Lock()
	if s.closer != nil {
		s.closer.Stop()
	}
	s.mu.Unlock()
	s.saving.Wait()
}

// BotUsername is the name by which people call the bot in groups, without "@".
const BotUsername = "yolchi_bot"

// Wait returns nil as soon as cond is true. cond is asked at once and after every change in the server; it may call
// the server's methods.
func (s *Server) Wait(ctx context.Context, cond func() bool) error {
	changed := make(chan struct{}, 1)
	s.mu.Lock()
	s.waiters[changed] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiters, changed)
		s.mu.Unlock()
	}()
	for !cond() {
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting in the sandbox: %w", ctx.Err())
		case <-s.done:
			return ErrClosed
		}
	}
	return nil
}

// Await waits until cond holds for the messages of a chat and returns them.
func (s *Server) Await(ctx context.Context, chat int64, cond func([]Message) bool) ([]Message, error) {
	var last []Message
	err := s.Wait(ctx, func() bool {
		last = s.Messages(chat)
		return cond(last)
	})
	return last, err
}

// changed wakes everybody who waits, and the writer of the history. The lock is held.
func (s *Server) changed() {
	if s.cfg.HistoryFile != "" {
		select {
		case s.dirty <- struct{}{}:
		default:
		}
	}
	for w := range s.waiters {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// newID gives an id that no other poll, file or callback has had. The lock is held.
func (s *Server) newID() string {
	s.nextID++
	return strconv.FormatInt(s.nextID, 10)
}
