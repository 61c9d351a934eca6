package sandbox

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

//go:embed web
var webFiles embed.FS

// webRoutes serves the web chat and its API: JSON in and out, errors as {"error": sentence} with 4xx.
func (s *Server) webRoutes() {
	files, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic(err) // the folder is embedded
	}
	static := http.FileServerFS(files)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-cache")
		static.ServeHTTP(w, r)
	})
	s.mux.HandleFunc("GET /files/{id}", s.serveFile)
	s.mux.HandleFunc("GET /api/events", s.serveEvents)
	s.mux.HandleFunc("GET /api/state", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.state())
	})
	actions := map[string]func(*http.Request, action) (any, error){
		"send": s.webSend, "press": s.webPress, "vote": s.webVote, "retract": s.webRetract,
		"edit": s.webEdit, "block": s.webBlock, "jump": s.webJump, "people": s.webPeople,
		"group": s.webGroup, "open": s.webOpen, "inline": s.webInline, "choose": s.webChoose,
	}
	for name, do := range actions {
		s.mux.HandleFunc("POST /api/"+name, func(w http.ResponseWriter, r *http.Request) { s.serveAction(w, r, do) })
	}
}

// action is what a web chat asks for; each action uses some of the fields.
type action struct {
	Person    int64  `json:"person"`
	Chat      int64  `json:"chat"`
	Thread    int64  `json:"thread"`
	Message   int64  `json:"message"`
	ReplyTo   int64  `json:"reply_to"`
	Text      string `json:"text"`
	Data      string `json:"data"`
	Poll      string `json:"poll"`
	Query     string `json:"query"`
	Result    string `json:"result"`
	Options   []int  `json:"options"`
	Blocked   bool   `json:"blocked"`
	Anonymous bool   `json:"anonymous"`
	Do        string `json:"do"`
	Link      string `json:"link"`
	FirstName string `json:"first_name"`
	Language  string `json:"language_code"`
}

func (s *Server) serveAction(w http.ResponseWriter, r *http.Request, do func(*http.Request, action) (any, error)) {
	// A foreign page can post a form, but JSON only with the server's leave.
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var a action
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&a); err != nil || kind != "application/json" {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "JSON is expected"})
		return
	}
	result, err := do(r, a)
	if err != nil {
		writeJSON(w, http.StatusConflict, map[string]string{"error": s.sentence(err, cmp.Or(a.Person, a.Chat))})
		return
	}
	writeJSON(w, http.StatusOK, result)
}

// sentence says an error in a person's language.
func (s *Server) sentence(err error, person int64) string {
	var r refusal
	if !errors.As(err, &r) {
		return err.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.in(s.user(person).LanguageCode)
}

func (s *Server) webSend(_ *http.Request, a action) (any, error) {
	id, err := s.Post(Post{Person: a.Person, Chat: a.Chat, Thread: a.Thread, ReplyTo: a.ReplyTo, Text: a.Text, Anonymous: a.Anonymous})
	return map[string]int64{"id": id}, err
}

func (s *Server) webPress(_ *http.Request, a action) (any, error) {
	s.mu.Lock()
	c := s.holding(a.Chat, a.Message)
	ok := c != nil && c.isMember(a.Person) && c.byID[a.Message] != nil && c.byID[a.Message].markup.has(a.Data)
	s.mu.Unlock()
	if !ok {
		return nil, buttonGone
	}
	return map[string]string{"callback_id": s.Press(a.Person, c.id, a.Message, a.Data)}, nil
}

func (s *Server) webVote(_ *http.Request, a action) (any, error) {
	return struct{}{}, s.Vote(a.Person, a.Poll, a.Options...)
}

func (s *Server) webRetract(_ *http.Request, a action) (any, error) {
	return struct{}{}, s.RetractVote(a.Person, a.Poll)
}

func (s *Server) webEdit(_ *http.Request, a action) (any, error) {
	return struct{}{}, s.Edit(a.Person, a.Chat, a.Message, a.Text)
}

func (s *Server) webBlock(_ *http.Request, a action) (any, error) {
	if a.Blocked {
		s.Block(a.Person)
	} else {
		s.Unblock(a.Person)
	}
	return struct{}{}, nil
}

func (s *Server) webJump(r *http.Request, a action) (any, error) {
	if s.cfg.Jump == nil {
		return nil, clockFixed
	}
	now, err := s.cfg.Jump(r.Context(), a.Chat)
	if err != nil {
		return nil, err
	}
	s.ClockMoved()
	return map[string]int64{"now": now.UnixMilli()}, nil
}

// ClockMoved tells the server that its clock (Config.Now) was moved: polls may be over now.
func (s *Server) ClockMoved() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeDue()
	s.watchClosing()
	s.publish("clock", func() any { return map[string]int64{"now": s.cfg.Now().UnixMilli()} })
	s.changed()
}

func (s *Server) webPeople(_ *http.Request, a action) (any, error) {
	name := strings.TrimSpace(a.FirstName)
	if name == "" {
		return nil, nameMissing
	}
	if !languageCode.MatchString(a.Language) {
		return nil, badLanguage
	}
	s.mu.Lock()
	id := int64(101)
	for s.people[id] != nil {
		id++
	}
	s.mu.Unlock()
	s.AddPerson(Person{ID: id, FirstName: name, Language: a.Language})
	return map[string]int64{"id": id}, nil
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files[r.PathValue("id")]
	s.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	f.attach(w.Header())
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(f.data)
}

// state is everything that a web chat needs at its start.
func (s *Server) state() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeDue()
	messages := map[string][]any{}
	people, chats := []any{}, []any{}
	for _, id := range s.order {
		c := s.chats[id]
		if c.migratedTo != 0 || c.deleted {
			continue
		}
		messages[strconv.FormatInt(id, 10)] = s.shown(c)
		chats = append(chats, c.state())
		if p := c.person; p != nil {
			people = append(people, map[string]any{
				"id": p.ID, "first_name": p.FirstName, "username": p.Username, "language_code": p.Language,
				"blocked": c.bot.Status == "kicked",
			})
		}
	}
	commands := []any{}
	for _, k := range s.profile.order {
		commands = append(commands, map[string]any{
			"scope": k.scope, "language_code": k.language, "commands": s.profile.commands[k],
		})
	}
	return map[string]any{
		"now": s.cfg.Now().UnixMilli(), "can_jump": s.cfg.Jump != nil, "time_zone": s.cfg.TimeZone,
		"bot": map[string]any{
			"id": s.me, "first_name": s.profile.text("name", ""), "username": BotUsername, "name": s.profile.texts["name"],
			"description": s.profile.texts["description"], "short_description": s.profile.texts["short_description"],
		},
		"commands": commands, "people": people, "chats": chats, "messages": messages,
	}
}

func (c *chat) state() map[string]any {
	if c.person != nil {
		return map[string]any{
			"id": c.id, "type": c.kind, "title": c.person.FirstName, "members": []int64{c.id}, "admins": []int64{}, "is_forum": false,
			"started": c.started, "blocked": c.bot.Status == "kicked",
		}
	}
	topics := []any{}
	for _, t := range c.group.Topics {
		topics = append(topics, map[string]any{"id": t.ID, "name": t.Name, "closed": t.Closed})
	}
	return map[string]any{
		"id": c.id, "type": c.kind, "title": c.group.Title, "members": append([]int64{}, c.group.Members...),
		"admins": append([]int64{}, c.group.Admins...), "is_forum": c.group.Forum, "topics": topics,
		"was": c.migratedFrom, "mute": c.group.NoText, "bot": c.bot.Status,
		"bot_mute": c.bot.NoPost || c.bot.NoText,
	}
}

// shown is the log of a chat as the page wants it: that of a supergroup begins with that of the group it was.
func (s *Server) shown(c *chat) []any {
	list := []any{}
	if old := s.chats[c.migratedFrom]; old != nil {
		list = s.shown(old)
	}
	for _, m := range c.msgs {
		list = append(list, s.forWeb(m))
	}
	return list
}

// shownAs is the chat in which the page shows the messages of c.
func (c *chat) shownAs() int64 {
	if c.migratedTo != 0 {
		return c.migratedTo
	}
	return c.id
}

// forWeb is m as the page wants it: the right answers only of a poll that somebody answered or that is closed.
func (s *Server) forWeb(m *message) Message {
	v := s.view(m)
	v.Chat = m.chat.shownAs()
	if p := v.Poll; p != nil && !p.Closed && len(p.Answers) == 0 {
		p.Right, p.Explanation, p.ExplanationHTML = []int{}, "", ""
	}
	return v
}
