package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// history is what a server keeps over a restart: everything except presses that nobody answered, faults and calls.
type history struct {
	NextMessage, NextID, NextUpdate int64
	Chats                           []savedChat
	Files                           []savedFile
	Updates                         []savedUpdate
	Texts                           map[string]map[string]string
	Commands                        []savedCommands
}

type savedChat struct {
	Person     *Person `json:",omitempty"`
	Group      *Group  `json:",omitempty"`
	BotStatus  string
	Started    bool
	MigratedTo int64
	// Deleted: for everybody. NoPost, NoText and NoPolls are rights that the bot lacks.
	Deleted, NoPost, NoText, NoPolls bool
	Pinned                           []int64
	Messages                         []savedMessage
}

type savedMessage struct {
	ID, Thread, From, Date, Edited, ReplyTo int64
	Kind, Text, Photo, Effect, Reaction     string
	Entities                                []Entity   `json:",omitempty"`
	Poll                                    *savedPoll `json:",omitempty"`
	Markup                                  *markup    `json:",omitempty"`
	Service                                 *service   `json:",omitempty"`
	Protected, Anonymous, Via               bool
}

type savedPoll struct {
	ID, Question, Kind, Explanation, Description   string
	Options                                        []string
	Anonymous, Multiple, Revoting, Shuffle, Closed bool
	Right                                          []int
	ExplanationEntities, DescriptionEntities       []Entity
	OpenPeriod                                     int64
	CloseAt                                        time.Time
	Voters                                         map[int64][]int
}

type savedFile struct {
	ID, Kind      string
	Name          string `json:",omitempty"`
	Width, Height int
	Data          []byte
}

type savedUpdate struct {
	ID   int64
	Kind string
	Body json.RawMessage
}

type savedCommands struct {
	Scope, Language string
	Commands        []BotCommand
}

// saveEvery keeps a busy chat from being written all the time.
const saveEvery = time.Second

// keepHistory writes the file after changes, until Close; then once more.
func (s *Server) keepHistory() {
	save := func() {
		if err := s.save(); err != nil {
			s.cfg.Log.Error("the history of the sandbox was not written", "err", err)
		}
	}
	for {
		select {
		case <-s.dirty:
			save()
		case <-s.done:
			save()
			return
		}
		select {
		case <-time.After(saveEvery):
		case <-s.done:
		}
	}
}

// save writes the history beside its place and then moves it there, so that a crash leaves the old or the new one.
func (s *Server) save() error {
	s.mu.Lock()
	h := s.snapshot()
	s.mu.Unlock()
	raw, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encoding the history: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(s.cfg.HistoryFile), ".history-*")
	if err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.cfg.HistoryFile)
	}
	if err != nil {
		return fmt.Errorf("writing the history: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// snapshot copies the world. The lock is held.
func (s *Server) snapshot() history {
	h := history{NextMessage: s.nextMsg, NextID: s.nextID, NextUpdate: s.queue.next, Texts: map[string]map[string]string{}}
	for _, id := range s.order {
		h.Chats = append(h.Chats, s.chats[id].save())
	}
	for _, f := range s.files {
		h.Files = append(h.Files, savedFile{f.id, f.kind, f.name, f.width, f.height, f.data})
	}
	for _, u := range s.queue.items {
		h.Updates = append(h.Updates, savedUpdate{u.id, u.kind, mustJSON(u.body)})
	}
	for field, texts := range s.profile.texts {
		h.Texts[field] = map[string]string{}
		for lang, text := range texts {
			h.Texts[field][lang] = text
		}
	}
	for _, k := range s.profile.order {
		h.Commands = append(h.Commands, savedCommands{k.scope, k.language, s.profile.commands[k]})
	}
	return h
}

func (c *chat) save() savedChat {
	out := savedChat{
		BotStatus: c.bot.Status, Started: c.started, MigratedTo: c.migratedTo, Pinned: slices.Clone(c.pinned),
		Deleted: c.deleted, NoPost: c.bot.NoPost, NoText: c.bot.NoText, NoPolls: c.bot.NoPolls,
	}
	if c.person != nil {
		p := c.person.Person
		out.Person = &p
	} else {
		g := c.group.clone()
		out.Group = &g
	}
	for _, m := range c.msgs {
		sm := savedMessage{
			ID: m.id, Thread: m.thread, From: m.from, Date: m.date, Edited: m.edited, ReplyTo: m.replyTo, Kind: m.kind,
			Text: m.text, Effect: m.effect, Reaction: m.reaction, Entities: m.ents, Markup: m.markup, Service: m.service,
			Protected: m.protected, Anonymous: m.anonymous, Via: m.via,
		}
		if m.photo != nil {
			sm.Photo = m.photo.id
		}
		if m.poll != nil {
			sm.Poll = m.poll.save()
		}
		out.Messages = append(out.Messages, sm)
	}
	return out
}

func (p *poll) save() *savedPoll {
	out := &savedPoll{
		ID: p.id, Question: p.question, Kind: p.kind, Explanation: p.explanation, Description: p.description,
		Anonymous: p.anonymous, Multiple: p.multiple, Revoting: p.revoting, Shuffle: p.shuffle, Closed: p.closed,
		Right: p.right, ExplanationEntities: p.explEnts, DescriptionEntities: p.descEnts,
		OpenPeriod: p.openPeriod, CloseAt: p.closeAt, Voters: map[int64][]int{},
	}
	for _, o := range p.options {
		out.Options = append(out.Options, o.text)
	}
	for id, chosen := range p.voters {
		out.Voters[id] = chosen
	}
	return out
}

// loadHistory takes up the world of the file. One that cannot be read is put aside, never overwritten.
func (s *Server) loadHistory() {
	path := s.cfg.HistoryFile
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var h history
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	if err != nil {
		s.cfg.Log.Error("the history of the sandbox cannot be read and is put aside", "err", errors.Join(err, os.Rename(path, path+".broken")))
		return
	}
	s.restore(h)
}

func (s *Server) restore(h history) {
	s.nextMsg, s.nextID = max(s.nextMsg, h.NextMessage), max(s.nextID, h.NextID)
	s.queue.next = max(s.queue.next, h.NextUpdate)
	for _, f := range h.Files {
		s.files[f.ID] = &file{id: f.ID, kind: f.Kind, name: f.Name, width: f.Width, height: f.Height, data: f.Data}
	}
	for _, u := range h.Updates {
		s.queue.items = append(s.queue.items, update{u.ID, u.Kind, u.Body})
	}
	for field, texts := range h.Texts {
		s.profile.texts[field] = texts
	}
	for _, c := range h.Commands {
		k := commandKey{c.Scope, c.Language}
		s.profile.order = append(s.profile.order, k)
		s.profile.commands[k] = c.Commands
	}
	for _, c := range h.Chats {
		s.restoreChat(c)
	}
	for id, c := range s.chats {
		if fresh := s.chats[c.migratedTo]; fresh != nil {
			fresh.migratedFrom = id
		}
	}
}

func (s *Server) restoreChat(saved savedChat) {
	var c *chat
	switch {
	case saved.Person != nil:
		c = s.addPerson(*saved.Person)
	case saved.Group != nil:
		c = s.addGroup(*saved.Group)
	default:
		return
	}
	c.started, c.migratedTo, c.pinned, c.deleted = saved.Started, saved.MigratedTo, saved.Pinned, saved.Deleted
	c.bot = standing{Status: saved.BotStatus, NoPost: saved.NoPost, NoText: saved.NoText, NoPolls: saved.NoPolls}
	for _, sm := range saved.Messages {
		m := &message{
			id: sm.ID, chat: c, thread: sm.Thread, from: sm.From, date: sm.Date, edited: sm.Edited, replyTo: sm.ReplyTo,
			kind: sm.Kind, text: sm.Text, effect: sm.Effect, reaction: sm.Reaction, ents: sm.Entities, markup: sm.Markup,
			service: sm.Service, protected: sm.Protected, anonymous: sm.Anonymous, via: sm.Via, photo: s.files[sm.Photo],
		}
		if sm.Poll != nil {
			s.restorePoll(*sm.Poll, m)
		}
		c.msgs = append(c.msgs, m)
		c.byID[m.id] = m
	}
}

func (s *Server) restorePoll(sp savedPoll, m *message) {
	p := &poll{
		id: sp.ID, question: sp.Question, kind: sp.Kind, anonymous: sp.Anonymous, multiple: sp.Multiple, revoting: sp.Revoting,
		shuffle: sp.Shuffle, right: sp.Right, explanation: sp.Explanation, explEnts: sp.ExplanationEntities,
		description: sp.Description, descEnts: sp.DescriptionEntities, openPeriod: sp.OpenPeriod, closeAt: sp.CloseAt,
		closed: sp.Closed, voters: map[int64][]int{},
	}
	for _, text := range sp.Options {
		p.options = append(p.options, pollOption{text: text})
	}
	for id, chosen := range sp.Voters {
		p.voters[id] = chosen
		for _, i := range chosen {
			if i >= 0 && i < len(p.options) {
				p.options[i].votes++
			}
		}
	}
	m.poll = p
	s.knowPoll(p, m)
}
