package sandbox

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// method carries out one method of the Bot API. An error is an *apiError.
type method func(*Server, params) (any, error)

// methods are all that the bot can call, by name in small letters: Telegram does not mind the case. getUpdates stands
// in call, since it alone waits.
var methods = map[string]method{
	"getme":                  getMe,
	"getwebhookinfo":         getWebhookInfo,
	"deletewebhook":          deleteWebhook,
	"sendmessage":            sendMessage,
	"sendphoto":              sendPhoto,
	"senddocument":           sendDocument,
	"sendpoll":               sendPoll,
	"stoppoll":               stopPoll,
	"sendchataction":         sendChatAction,
	"editmessagetext":        editMessageText,
	"editmessagecaption":     editMessageCaption,
	"editmessagereplymarkup": editMessageReplyMarkup,
	"deletemessage":          deleteMessage,
	"deletemessages":         deleteMessages,
	"answercallbackquery":    answerCallbackQuery,
	"answerinlinequery":      answerInlineQuery,
	"pinchatmessage":         pinChatMessage,
	"unpinchatmessage":       unpinChatMessage,
	"setmessagereaction":     setMessageReaction,
	"getchat":                getChat,
	"getchatmember":          getChatMember,
	"getchatmembercount":     getChatMemberCount,
	"getchatadministrators":  getChatAdministrators,
	"leavechat":              leaveChat,
	"setmycommands":          setMyCommands,
	"getmycommands":          getMyCommands,
	"deletemycommands":       deleteMyCommands,
	"setmyname":              setText("name", 64),
	"getmyname":              getText("name"),
	"setmydescription":       setText("description", 512),
	"getmydescription":       getText("description"),
	"setmyshortdescription":  setText("short_description", 120),
	"getmyshortdescription":  getText("short_description"),
}

// Handler serves the Bot API, the web chat and its own API. The caller listens, on the loopback only.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !localHost(r.Host) || !sameOrigin(r) {
			http.Error(w, "only this machine may ask", http.StatusForbidden)
			return
		}
		s.mux.ServeHTTP(w, r)
	})
}

// localHost refuses foreign names for the loopback: a web page may have its own name point here (DNS rebinding).
func localHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// sameOrigin refuses what a foreign page makes the browser send. Bots send neither header.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/bot") && r.Header.Get("Sec-Fetch-Mode") == "navigate"
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

func (s *Server) routes() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("/{bot}/{method}", s.serveBot)
	s.webRoutes()
}

// serveBot answers /bot<token>/<method>.
func (s *Server) serveBot(w http.ResponseWriter, r *http.Request) {
	token, ok := strings.CutPrefix(r.PathValue("bot"), "bot")
	switch {
	case !ok, r.Method != http.MethodGet && r.Method != http.MethodPost, !strings.Contains(token, ":"):
		write(w, notFound())
		return
	case token != s.cfg.Token:
		write(w, unauthorized())
		return
	}
	p, err := readParams(w, r)
	if err != nil {
		write(w, err)
		return
	}
	c := Call{Method: r.PathValue("method"), Chat: p.number("chat_id", 0), Params: p.vals, At: s.real()}
	defer func() { s.record(c) }()
	s.mu.Lock()
	fault := s.takeFault(c.Method, c.Chat)
	s.mu.Unlock()
	if fault.Kind != 0 && fault.Kind != Truncate && !fault.After {
		c.Code = s.strike(r.Context(), w, fault, nil)
		return
	}
	result, err := s.call(r, c.Method, p)
	if fault.Kind != 0 {
		body, _ := json.Marshal(reply{OK: true, Result: result})
		c.Code = s.strike(r.Context(), w, fault, body)
		return
	}
	if err != nil {
		c.Code = write(w, err)
		return
	}
	c.Code = http.StatusOK
	writeJSON(w, http.StatusOK, reply{OK: true, Result: result})
}

func (s *Server) call(r *http.Request, name string, p params) (any, error) {
	name = strings.ToLower(name)
	if name == "getupdates" {
		return s.getUpdates(r.Context(), p)
	}
	m := methods[name]
	if m == nil {
		return nil, notFound()
	}
	s.mu.Lock()
	s.closeDue()
	s.mu.Unlock()
	return m(s, p)
}

// write sends an error in the Bot API's form and returns its status.
func write(w http.ResponseWriter, err error) int {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{Code: http.StatusInternalServerError, Description: "Internal Server Error"}
	}
	writeJSON(w, e.Code, e.reply())
	return e.Code
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the other side may be gone
}
