//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// remote is the sandbox in its own process.
type remote struct {
	url      string
	cmd      *exec.Cmd
	lifeline io.WriteCloser
}

func startSandbox() (*remote, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r := &remote{cmd: exec.Command(self, "sandbox")}
	r.cmd.Stderr = os.Stderr
	if r.lifeline, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	answer, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	line, err := bufio.NewReader(answer).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the sandbox: %w", err), r.close())
	}
	r.url = strings.TrimSpace(line)
	return r, nil
}

func (r *remote) close() error { return errors.Join(r.lifeline.Close(), r.cmd.Wait()) }

// ask opens a page of the sandbox process; out may be nil.
func (r *remote) ask(ctx context.Context, page string, out any, pairs ...any) error {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/bench/"+page+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking the sandbox: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// patience bounds the wait for one row.
const patience = 5 * time.Minute

// wait waits until so many messages were sent and says what happened by then.
func (r *remote) wait(ctx context.Context, sent int) (account, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var a account
	return a, r.ask(ctx, "wait", &a, "sent", sent)
}
