package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// maxReply bounds a reply in bytes; a hundred updates are far smaller.
const maxReply = 32 << 20

// newHTTPClient makes a client with connections of its own, so that the long
// poll and the calls cannot hold each other up.
func newHTTPClient(timeout time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 128
	// Shorter than servers keep theirs: a request on a connection that the
	// server just closed has an unknown outcome.
	transport.IdleConnTimeout = 30 * time.Second
	return &http.Client{
		Transport: transport,
		Timeout:   timeout,
		// A redirect would carry the token elsewhere; its 3xx is an error then.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// exchange is what the library sees as its HTTP client, for one request: it
// adds the context, and lets the library see nothing but Bot API replies.
type exchange struct {
	ctx    context.Context
	client *http.Client
	method string
	token  string
	result json.RawMessage // of a request that succeeded
	code   int             // of one that was refused
}

// Do returns a reply of the Bot API, or an *Error.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	// From here on Telegram may have seen the request. The hook runs before the
	// bytes leave, so it never says "no" wrongly.
	var left atomic.Bool
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{WroteHeaders: func() { left.Store(true) }})
	resp, err := x.client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, x.lost(err, left.Load())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return nil, x.lost(err, true)
	}
	var reply struct {
		OK     *bool           `json:"ok"`
		Result json.RawMessage `json:"result"`
		Code   int             `json:"error_code"`
	}
	if err := json.Unmarshal(body, &reply); err != nil || reply.OK == nil {
		return nil, x.unreadable(resp)
	}
	x.code = reply.Code
	if *reply.OK {
		x.result, body = reply.Result, []byte(`{"ok":true}`) // read once: the library need not do it again
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// lost is the error for a request that got no answer.
func (x *exchange) lost(err error, left bool) *Error {
	e := &Error{Kind: Network, Method: x.method, Description: redact(err.Error(), x.token), cause: x.ctx.Err()}
	if left {
		e.Kind = Unknown
	}
	if e.cause == nil && errors.Is(err, context.DeadlineExceeded) {
		e.cause = context.DeadlineExceeded // the client's own timeout
	}
	return e
}

// unreadable is the error for an answer that is not from the Bot API: a page
// of a proxy, or a reply that was cut off.
func (x *exchange) unreadable(resp *http.Response) *Error {
	kind := resp.Header.Get("Content-Type")
	e := &Error{
		Kind: Server, Method: x.method, Code: resp.StatusCode,
		Description: fmt.Sprintf("not an answer of the Bot API (content type %.60q)", kind),
	}
	cutOff := resp.StatusCode == http.StatusOK && strings.HasPrefix(kind, "application/json")
	if cutOff || resp.StatusCode == http.StatusGatewayTimeout {
		e.Kind = Unknown
	}
	return e
}

// redact takes the secret half of the token out of a text.
func redact(text, token string) string {
	_, secret, _ := strings.Cut(token, ":")
	return strings.ReplaceAll(text, secret, "<secret>")
}
