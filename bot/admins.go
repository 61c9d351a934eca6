package bot

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// rights is what a person may decide for a group or a channel.
type rights uint8

const (
	anybody rights = iota
	manager        // an administrator, or whoever's own chat it is
	unsure         // Telegram did not say
)

// adminsKept is how long an answer of Telegram counts.
const adminsKept = time.Minute

// admins remembers for a minute who may decide where.
type admins struct {
	mu    sync.Mutex
	known map[[2]int64]known // by chat and person
}

type known struct {
	admin bool
	until time.Time
}

func (a *admins) get(chat, user int64, now time.Time) (admin, fresh bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.known[[2]int64{chat, user}]
	return k.admin, ok && now.Before(k.until)
}

func (a *admins) put(chat, user int64, admin bool, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = map[[2]int64]known{}
	}
	for key, k := range a.known { // a minute's worth is few
		if !now.Before(k.until) {
			delete(a.known, key)
		}
	}
	a.known[[2]int64{chat, user}] = known{admin, now.Add(adminsKept)}
}

// rights says what the person behind an update may decide, and asks Telegram
// only where that matters.
func (b *Bot) rights(ctx context.Context, u telegram.Update, key store.Key) rights {
	from := u.From()
	switch {
	case key.ChatID > 0:
		return manager
	case !b.decides(u):
		return anybody
	case u.Message != nil && u.Message.SenderChat != nil && u.Message.SenderChat.ID == key.ChatID:
		return manager // an administrator in the group's own name
	case from == nil:
		return anybody
	case from.ID == telegram.AnonymousAdmin:
		return manager
	}
	now := time.Now()
	admin, fresh := b.admins.get(key.ChatID, from.ID, now)
	if !fresh {
		member, err := b.Chats.Member(ctx, key.ChatID, from.ID)
		if err != nil {
			b.Log.Warn("Telegram does not say who is an administrator", "chat", key.ChatID, "error", err)
			return unsure
		}
		admin = member.Admin()
		b.admins.put(key.ChatID, from.ID, admin, now)
	}
	if admin {
		return manager
	}
	return anybody
}

// decides says whether an update wants something that only administrators may.
func (b *Bot) decides(u telegram.Update) bool {
	switch {
	case u.Callback != nil:
		_, word, _ := parsePress(u.Callback.Data)
		return presses[word].manager || channelOf(u) != 0
	case u.Message != nil:
		name, _, ok := telegram.Command(u.Message.Text, b.Me.Username)
		return ok && (channelOf(u) != 0 || slices.ContainsFunc(commands(), func(c command) bool { return c.name == name && c.manager }))
	}
	return false
}

// parsePress takes the data of a button apart. A channel's button, pressed in
// private, names its channel after an "@".
func parsePress(data string) (version, word, arg string) {
	version, rest, _ := strings.Cut(data, ":")
	if strings.HasPrefix(rest, "@") {
		_, rest, _ = strings.Cut(rest, ":")
	}
	word, arg, _ = strings.Cut(rest, ":")
	return version, word, arg
}

// allowed says whether the person may decide for the chat, and tells them if
// not.
func (t *turn) allowed() bool {
	switch t.rights {
	case manager:
		return true
	case unsure:
		t.tell("admin.unsure")
	default:
		t.tell("admin.only")
	}
	return false
}

// tell says a sentence over the chat to who pressed a button, or in the chat to
// who typed.
func (t *turn) tell(key string, pairs ...any) {
	if t.callback != nil {
		t.toast(t.plain(key, pairs...))
		return
	}
	t.say(screen{t.T(key, pairs...), nil})
}
