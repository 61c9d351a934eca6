package sandbox

import (
	"net/url"
	"regexp"
	"strings"
)

// startPayload is what a deep link may carry (https://core.telegram.org/bots/features#deep-linking).
var startPayload = regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`)

// Open follows a link to the bot as a person's app does, and returns the chat to which it leads:
//
//	t.me/bot?start=x                    "/start x" in the private chat
//	t.me/bot?startgroup=x               adds the bot to chat, then "/start@bot x" there
//	t.me/bot?startgroup=x&admin=…       the same as an administrator
//	t.me/bot?startchannel&admin=…       makes the bot an administrator of the channel chat; without post_messages among
//	                                    the rights it may not post
//
// chat is the one that the person picks; it is of no account for a private link.
func (s *Server) Open(person int64, link string, chat int64) (int64, error) {
	u, err := url.Parse(link)
	if err != nil || !strings.EqualFold(u.Hostname(), "t.me") || !strings.EqualFold(strings.Trim(u.Path, "/"), BotUsername) {
		return 0, noSuchLink
	}
	q := u.Query()
	payload := q.Get("start") + q.Get("startgroup")
	if !startPayload.MatchString(payload) {
		return 0, noSuchLink
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.people[person] == nil:
		return 0, noPerson
	case q.Has("startgroup"):
		return chat, s.openGroup(person, chat, q.Has("admin"), payload)
	case q.Has("startchannel"):
		c := s.groupChat(chat)
		switch {
		case c == nil || c.kind != "channel" || c.deleted:
			return 0, channelNeeded
		case !c.isAdmin(person):
			return 0, adminNeeded
		}
		post := strings.Contains(q.Get("admin"), "post_messages")
		s.setBot(c, person, standing{Status: "administrator", NoPost: !post})
		return chat, nil
	case payload == "":
		return person, nil
	}
	_, err = s.postBy(Post{Person: person, Chat: person, Text: "/start " + payload})
	return person, err
}

func (s *Server) openGroup(person, chat int64, admin bool, payload string) error {
	c := s.groupChat(chat)
	switch {
	case c == nil || c.kind == "channel":
		return groupNeeded
	case c.migratedTo != 0:
		return hasMigrated
	case !c.isMember(person) || c.deleted:
		return notInChat
	case admin && !c.isAdmin(person):
		return adminNeeded
	}
	if admin || !c.bot.in() {
		s.join(c, person, admin)
	}
	if payload == "" {
		return nil
	}
	_, err := s.postBy(Post{Person: person, Chat: chat, Text: "/start@" + BotUsername + " " + payload})
	return err
}
