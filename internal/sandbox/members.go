package sandbox

import (
	"maps"
	"slices"
)

// SetAdmin makes a member an administrator of a group, or a plain member again. The bot is told nothing.
func (s *Server) SetAdmin(group, person int64, admin bool) {
	status := "member"
	if admin {
		status = "administrator"
	}
	s.SetMember(group, person, status)
}

// SetMember gives a person another place in a group: "creator", "administrator", "member", "left" or "kicked". Who comes
// or goes makes a service message in groups and supergroups; of anything else the bot is told nothing.
func (s *Server) SetMember(group, person int64, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.groupChat(group)
	if c == nil || s.people[person] == nil {
		return
	}
	g, was := &c.group, c.isMember(person)
	is := status != "left" && status != "kicked"
	others := func(list []int64) []int64 {
		return slices.DeleteFunc(list, func(id int64) bool { return id == person })
	}
	g.Admins, g.Banned = others(g.Admins), others(g.Banned)
	switch status {
	case "creator":
		g.Admins = slices.Insert(g.Admins, 0, person)
	case "administrator":
		g.Admins = append(g.Admins, person)
	case "kicked":
		g.Banned = append(g.Banned, person)
	}
	if !c.isAdmin(person) {
		g.Anonymous = others(g.Anonymous)
	}
	if is && !was {
		g.Members = append(g.Members, person)
	} else if !is {
		g.Members = others(g.Members)
	}
	if is != was && c.kind != "channel" {
		s.tellMember(c, person, is)
	}
	s.chatsChanged()
}

// tellMember notes that somebody came or went. The lock is held.
func (s *Server) tellMember(c *chat, person int64, came bool) {
	who := s.user(person)
	what := &service{LeftMember: &who}
	if came {
		what = &service{NewMembers: []wireUser{who}}
	}
	if m := s.note(c, person, what); c.bot.in() {
		s.enqueue("message", s.wire(m))
	}
}

// members finds a chat whose members the bot may ask for. The lock is held.
func (s *Server) members(p params) (*chat, error) {
	c, err := s.readable(p)
	switch {
	case err != nil:
		return nil, err
	case c.migratedTo != 0:
		return nil, c.writable()
	}
	return c, nil
}

func getChatMember(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := p.number("user_id", 0)
	if id <= 0 {
		return nil, badRequest("invalid user_id specified")
	}
	c, err := s.members(p)
	switch {
	case err != nil:
		return nil, err
	case id == s.me:
		return s.botMember(c, c.bot), nil
	case id == anonymousBot:
		return map[string]any{"user": anonymousUser(), "status": "left"}, nil
	case s.people[id] == nil:
		return nil, badRequest("user not found")
	case c.person != nil && c.person.ID != id:
		return nil, badRequest("member not found")
	case c.kind == "channel" && !c.bot.admin():
		return nil, badRequest("member list is inaccessible")
	}
	return s.member(c, id), nil
}

func getChatMemberCount(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.members(p)
	if err != nil {
		return nil, err
	}
	if c.person != nil {
		return 2, nil
	}
	return len(c.group.Members) + 1, nil
}

func getChatAdministrators(s *Server, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.members(p)
	switch {
	case err != nil:
		return nil, err
	case c.person != nil:
		return nil, badRequest("there are no administrators in the private chat")
	case c.kind == "channel" && !c.bot.admin():
		return nil, badRequest("member list is inaccessible")
	}
	list := []map[string]any{}
	for _, id := range c.group.Admins {
		if !c.hidden(id) {
			list = append(list, s.member(c, id))
		}
	}
	if c.bot.admin() {
		list = append(list, s.botMember(c, c.bot))
	}
	return list, nil
}

// hidden says whether a person's presence is kept from the bot: that of anonymous administrators, unless the bot is an
// administrator itself. That they are missing in the list is known (https://github.com/tdlib/telegram-bot-api/issues/667);
// that getChatMember says "left" then is a guess on the safe side, for the method is guaranteed to administrators only.
func (c *chat) hidden(id int64) bool {
	return !c.bot.admin() && slices.Contains(c.group.Anonymous, id)
}

// member is a person as a ChatMember. The lock is held.
func (s *Server) member(c *chat, id int64) map[string]any {
	m := map[string]any{"user": s.user(id), "status": "left"}
	anonymous := slices.Contains(c.group.Anonymous, id)
	switch {
	case c.hidden(id):
	case c.person == nil && id == c.creator():
		m["status"], m["is_anonymous"] = "creator", anonymous
	case c.isAdmin(id):
		m["status"] = "administrator"
		maps.Copy(m, adminRights(c.kind, true))
		m["is_anonymous"] = anonymous
	case slices.Contains(c.group.Banned, id):
		m["status"], m["until_date"] = "kicked", 0
	case c.isMember(id):
		m["status"] = "member"
	}
	return m
}

// botMember is the bot as a ChatMember. The lock is held.
func (s *Server) botMember(c *chat, as standing) map[string]any {
	m := map[string]any{"user": s.bot(), "status": as.Status}
	switch as.Status {
	case "administrator":
		maps.Copy(m, adminRights(c.kind, !as.NoPost))
	case "restricted":
		maps.Copy(m, permissions(!as.NoText, !as.NoPolls))
		m["is_member"], m["until_date"] = true, 0
	case "kicked":
		m["until_date"] = 0
		if c.kind == "group" { // these know no banned members: TDLib's on_update_chat_participant
			delete(m, "until_date")
			m["status"] = "left"
		}
	}
	return m
}

// adminRights are those that a chat of this kind has: json_store_administrator_rights in the server's Client.cpp.
func adminRights(kind string, post bool) map[string]any {
	rights := map[string]any{"can_be_edited": false, "is_anonymous": false}
	names := []string{
		"can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
		"can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
	}
	switch kind {
	case "channel":
		rights["can_post_messages"] = post
		names = append(names, "can_edit_messages", "can_manage_direct_messages")
	case "supergroup":
		names = append(names, "can_manage_topics", "can_pin_messages", "can_manage_tags")
	case "group":
		names = append(names, "can_pin_messages", "can_manage_tags")
	}
	for _, name := range names {
		rights[name] = true
	}
	return rights
}

// permissions are ChatPermissions: text stands for all media as well.
func permissions(text, polls bool) map[string]any {
	all := map[string]any{"can_send_polls": polls}
	for _, name := range []string{
		"can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
		"can_send_video_notes", "can_send_voice_notes", "can_send_other_messages", "can_add_web_page_previews",
	} {
		all[name] = text
	}
	for _, name := range []string{"can_react_to_messages", "can_edit_tag", "can_invite_users"} {
		all[name] = true
	}
	for _, name := range []string{"can_change_info", "can_pin_messages", "can_manage_topics"} {
		all[name] = false
	}
	return all
}
