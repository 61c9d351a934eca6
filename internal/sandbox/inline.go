package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// inlineAsked is a "@bot words" that somebody typed. The answer is nil until the bot gives it.
type inlineAsked struct {
	person int64
	number int64 // later ones have larger numbers
	answer *inlineAnswer
}

type inlineAnswer struct {
	results []inlineResult
	button  *inlineButton
}

// inlineResult is what can be chosen, and the message that is sent then.
type inlineResult struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	message     message
}

// inlineButton stands over the results and leads to the private chat.
type inlineButton struct {
	Text  string `json:"text"`
	Start string `json:"start_parameter"`
}

// Inline types "@bot query" in the own chat with the bot and returns the id of the inline query.
func (s *Server) Inline(person int64, query string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.askInline(person, query, s.chats[person])
}

// maxQuery is how many characters of what is typed the bot is told (https://core.telegram.org/bots/api#inlinequery).
const maxQuery = 256

func (s *Server) askInline(person int64, query string, in *chat) string {
	q := inlineQuery{ID: s.newID(), From: s.user(person), Query: cut(query, maxQuery)}
	if in != nil {
		q.ChatType = in.kind
		if in.person != nil {
			q.ChatType = "sender"
		}
	}
	s.inline[q.ID] = &inlineAsked{person: person, number: s.nextID}
	s.enqueue("inline_query", q)
	s.changed()
	return q.ID
}

// cut gives at most n characters of a text.
func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

func answerInlineQuery(s *Server, p params) (any, error) {
	answer, err := s.inlineAnswer(p)
	if err != nil {
		return nil, err
	}
	id := p.get("inline_query_id")
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.inline[id]
	if asked == nil || asked.answer != nil {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	asked.answer = answer
	for other, one := range s.inline { // nobody chooses from what was shown before
		if one.person == asked.person && one.answer != nil && one.number < asked.number {
			delete(s.inline, other)
		}
	}
	s.changed()
	return true, nil
}

// inlineAnswer reads results and the button over them.
func (s *Server) inlineAnswer(p params) (*inlineAnswer, error) {
	var raw []map[string]json.RawMessage
	if err := p.object("results", &raw, "can't parse inline query results JSON object"); err != nil {
		return nil, err
	}
	if len(raw) > 50 {
		return nil, badRequest("RESULTS_TOO_MUCH")
	}
	a := &inlineAnswer{results: []inlineResult{}}
	for _, fields := range raw {
		result, err := s.inlineResult(fields)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(a.results, func(r inlineResult) bool { return r.ID == result.ID }) {
			return nil, badRequest("RESULT_ID_DUPLICATE")
		}
		a.results = append(a.results, result)
	}
	if err := p.object("button", &a.button, "can't parse inline query results button JSON object"); err != nil {
		return nil, err
	}
	if a.button != nil && (a.button.Start == "" || !startPayload.MatchString(a.button.Start)) {
		return nil, badRequest("START_PARAM_INVALID")
	}
	return a, nil
}

// inlineResult reads an article, or what else has a text as its message. Media are no results of ours.
func (s *Server) inlineResult(fields map[string]json.RawMessage) (r inlineResult, err error) {
	text := func(name string) (value string) {
		_ = json.Unmarshal(fields[name], &value) // what is no text counts as none
		return value
	}
	r = inlineResult{ID: text("id"), Title: text("title"), Description: text("description")}
	switch {
	case r.ID == "" || len(r.ID) > 64:
		return r, badRequest("RESULT_ID_INVALID")
	case text("type") != "article" || fields["input_message_content"] == nil:
		return r, badRequest("can't parse inline query result: the sandbox takes articles with a text")
	case strings.TrimSpace(r.Title) == "":
		return r, badRequest("ARTICLE_TITLE_EMPTY")
	}
	content := params{vals: map[string]string{}}
	if err := content.readJSON(strings.NewReader(string(fields["input_message_content"]))); err != nil {
		return r, badRequest("can't parse inline query result: can't parse input message content")
	}
	content.vals["text"] = content.vals["message_text"]
	if markup, ok := fields["reply_markup"]; ok {
		content.vals["reply_markup"] = string(markup)
	}
	r.message.via = true
	if r.message.text, r.message.ents, err = s.messageText(content); err != nil {
		return r, err
	}
	r.message.markup, err = content.keyboard()
	return r, err
}

// Choose sends a result of an inline query as p says; the text of p is of no account.
func (s *Server) Choose(p Post, query, result string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.inline[query]
	if asked == nil || asked.answer == nil || asked.person != p.Person {
		return 0, resultGone
	}
	for _, r := range asked.answer.results {
		if r.ID == result {
			m := r.message // its own copy: it may be chosen again
			p.Text, p.Kind = m.text, ""
			return s.write(p, &m)
		}
	}
	return 0, resultGone
}

// inlinePatience is how long the page waits for the bot's results.
const inlinePatience = 10 * time.Second

// webInline asks the bot and waits for what it offers. A bot that is silent offers nothing.
func (s *Server) webInline(r *http.Request, a action) (any, error) {
	s.mu.Lock()
	c := s.chats[a.Chat]
	if c == nil || s.people[a.Person] == nil || !c.isMember(a.Person) {
		s.mu.Unlock()
		return nil, notInChat
	}
	id := s.askInline(a.Person, a.Text, c)
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), inlinePatience)
	defer cancel()
	var answer *inlineAnswer
	err := s.Wait(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		asked := s.inline[id]
		if asked == nil { // somebody typed on, and that was answered before
			answer = &inlineAnswer{results: []inlineResult{}}
		} else {
			answer = asked.answer
		}
		return answer != nil
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		answer = &inlineAnswer{results: []inlineResult{}}
	case err != nil:
		return nil, err
	}
	return map[string]any{"query": id, "results": answer.results, "button": answer.button}, nil
}

func (s *Server) webChoose(_ *http.Request, a action) (any, error) {
	id, err := s.Choose(Post{Person: a.Person, Chat: a.Chat, Thread: a.Thread, ReplyTo: a.ReplyTo, Anonymous: a.Anonymous}, a.Query, a.Result)
	return map[string]int64{"id": id}, err
}
