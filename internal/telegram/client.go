// Package telegram is the wire: it reads updates one by one, sends what is
// asked for at the pace that Telegram allows, and says in typed errors what
// went wrong. It is the only package that sees the Bot API library.
//
// It never decides what to say, never keeps anything, and never lets the token
// out: not in an error, not in a log.
package telegram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	officialURL = "https://api.telegram.org"
	callTimeout = 15 * time.Second
	pollTimeout = 30 * time.Second // how long Telegram holds a getUpdates without news
)

// tokenForm is the form of every token that BotFather gives. It also keeps
// characters out that would be quoted differently in a URL and in an error.
var tokenForm = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

// Config is what a Client needs.
type Config struct {
	Token   string
	BaseURL string       // empty: https://api.telegram.org
	Log     *slog.Logger // nil: no log
	Refused func(Kind)   // told of every request that did not succeed; nil: nobody
}

// Result is what a successful call brought back, as far as anybody needs it.
type Result struct {
	MessageID int64  // 0 if the call made no message
	PollID    string // of sendPoll and stopPoll
	FileID    string // of sendPhoto: sends the same picture again without its bytes
}

// Client speaks to the Bot API for one bot. It is safe for concurrent use.
type Client struct {
	api         tgbotapi.BotAPI // copied for each request, never used itself
	token       string
	calls, poll *http.Client
	log         *slog.Logger
	refused     func(Kind)
	me          User
	polled      atomic.Int64 // when the last getUpdates succeeded, Unix seconds
}

// Polled is when Telegram last answered a poll; the zero time if it never did.
func (c *Client) Polled() time.Time {
	if at := c.polled.Load(); at != 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// New asks Telegram who the bot is. While Telegram cannot be reached it tries
// again until ctx ends. A token that Telegram refuses is ErrUnauthorized.
func New(ctx context.Context, cfg Config) (*Client, error) {
	if !tokenForm.MatchString(cfg.Token) {
		return nil, &Error{Kind: Unauthorized, Description: "the token is not of the form 123456:ABC…"}
	}
	base, err := url.Parse(cmp.Or(cfg.BaseURL, officialURL))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("the address of the Bot API must look like %s", officialURL)
	}
	silenceLibrary()
	c := &Client{
		token:   cfg.Token,
		calls:   newHTTPClient(callTimeout),
		poll:    newHTTPClient(pollTimeout + 10*time.Second),
		log:     cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)),
		refused: cfg.Refused,
	}
	c.api.Token = cfg.Token
	// The library puts token and method in by Sprintf.
	c.api.SetAPIEndpoint(strings.ReplaceAll(strings.TrimRight(base.String(), "/"), "%", "%%") + "/bot%s/%s")
	if err := c.introduce(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("asking Telegram who the bot is: %w", err)
	}
	return c, nil
}

// introduce fills me in, however long Telegram is away.
func (c *Client) introduce(ctx context.Context) error {
	for failures := 1; ; failures++ {
		err := c.get(ctx, "getMe", nil, &c.me)
		if err == nil || ctx.Err() != nil {
			return err
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind == Unauthorized || e.Kind == Bad {
			return err
		}
		c.log.Warn("Telegram does not answer; trying again", "error", err)
		if pause(ctx, max(backoff(failures), e.RetryAfter)) != nil {
			return err
		}
	}
}

// Me is the bot itself.
func (c *Client) Me() User { return c.me }

// Close lets idle connections go. Calls made later open new ones.
func (c *Client) Close() {
	c.calls.CloseIdleConnections()
	c.poll.CloseIdleConnections()
}

// Do makes one attempt, without pacing. What fails is an *Error.
func (c *Client) Do(ctx context.Context, call Call) (Result, error) {
	raw, err := c.request(ctx, c.calls, call.Method, call.Params, call.uploads()...)
	if err != nil {
		return Result{}, err
	}
	if call.Method == "sendMessage" || call.Method == "editMessageText" {
		if id, ok := leadingID(raw); ok {
			return Result{MessageID: id}, nil
		}
	}
	// A Message, a Poll or true. It is done: what cannot be read is no failure.
	var reply struct {
		MessageID int64  `json:"message_id"`
		ID        string `json:"id"`
		Poll      struct {
			ID string `json:"id"`
		} `json:"poll"`
		Photo []struct {
			FileID string `json:"file_id"`
		} `json:"photo"` // the same picture in sizes, the largest last
	}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &reply); err != nil {
			c.log.Error("Telegram did it, but the answer cannot be read", "method", call.Method, "error", err)
		}
	}
	result := Result{MessageID: reply.MessageID, PollID: cmp.Or(reply.Poll.ID, reply.ID)}
	if n := len(reply.Photo); n > 0 {
		result.FileID = reply.Photo[n-1].FileID
	}
	return result, nil
}

// leadingID is the id of a message that begins with it, as Telegram's do: the
// rest, a whole lesson perhaps, need not be read.
func leadingID(message []byte) (int64, bool) {
	rest, ok := bytes.CutPrefix(message, []byte(`{"message_id":`))
	digits, _, more := bytes.Cut(rest, []byte(","))
	id, err := strconv.ParseInt(string(digits), 10, 64)
	return id, ok && more && err == nil
}

// get makes a request whose result is wanted; out may be nil.
func (c *Client) get(ctx context.Context, method string, params map[string]string, out any) error {
	raw, err := c.request(ctx, c.calls, method, params)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(dropNUL(raw), out); err != nil {
		return &Error{Kind: Server, Method: method, Description: "unreadable result"}
	}
	return nil
}

// request makes one request through the library, with files if there are any.
// Every error is an *Error.
func (c *Client) request(ctx context.Context, client *http.Client, method string, params map[string]string, files ...tgbotapi.RequestFile) (json.RawMessage, error) {
	api := c.api // BotAPI knows no context: each request gets a copy that does
	x := &exchange{ctx: ctx, client: client, method: method, token: c.token}
	api.Client = x
	var err error
	if len(files) > 0 {
		_, err = api.UploadFiles(method, params, files)
	} else {
		_, err = api.MakeRequest(method, params)
	}
	if err == nil {
		return x.result, nil
	}
	var theirs *tgbotapi.Error
	if errors.As(err, &theirs) && theirs.Code == 0 {
		theirs.Code = x.code // the library forgets it after an upload
	}
	e := c.meaning(method, err)
	if c.refused != nil && ctx.Err() == nil {
		c.refused(e.Kind)
	}
	return nil, e
}

// meaning is what an error of the library means.
func (c *Client) meaning(method string, err error) *Error {
	var ours *Error
	var theirs *tgbotapi.Error // the library returns a pointer, never the value
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &theirs):
		e := refused(method, theirs)
		e.Description = redact(e.Description, c.token)
		return e
	}
	return &Error{Kind: Server, Method: method, Description: redact(err.Error(), c.token)}
}

// backoff is how long to wait after the n-th failure in a row: n² seconds, at
// most 30, spread so that processes do not come back together.
func backoff(n int) time.Duration {
	whole := time.Duration(min(n*n, 30)) * time.Second
	return whole/2 + rand.N(whole/2)
}

// pause waits for d; it returns ctx's error if that ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// silenceLibrary turns off the library's own log, which holds the token. It is
// global there, so it is set once.
var silenceLibrary = sync.OnceFunc(func() { _ = tgbotapi.SetLogger(silence{}) })

type silence struct{}

func (silence) Println(...any)        {}
func (silence) Printf(string, ...any) {}
