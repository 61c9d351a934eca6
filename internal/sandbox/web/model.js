// What the page knows: people, chats, messages, the bot's clock, and what each
// person has read. No element of the page is touched here.

import { recall, remember } from './dom.js';

// inLanguage picks from texts by language code; "" holds the one for everybody.
export const inLanguage = (texts, code) => texts?.[code] || texts?.[''] || '';

// A room is what stands on one screen: a chat, or one topic of a forum.
export const roomOf = (chat, thread = 0) => (chat.is_forum ? `${chat.id}/${thread || 0}` : chat.id);

export class Model {
  #logs = new Map(); // room → messages, oldest first
  #read = recall('read', {}); // "person:room" → id of the last message seen

  load(state) {
    this.bot = state.bot;
    this.people = state.people ?? [];
    this.canJump = Boolean(state.can_jump);
    this.commands = state.commands ?? [];
    this.chats = new Map((state.chats ?? []).map((chat) => [chat.id, chat]));
    this.moved = new Map([...this.chats.values()].filter((chat) => chat.was).map((chat) => [chat.was, chat.id]));
    this.#logs = new Map();
    const all = Object.values(state.messages ?? {}).flatMap((list) => list ?? []);
    for (const message of all.sort((one, other) => one.id - other.id)) this.put(message);
    this.setClock(state.now);
  }

  // The clock of the bot runs on between two words of the server.
  setClock(now) { this.clock = { now, at: performance.now() }; }

  now() { return this.clock.now + performance.now() - this.clock.at; }

  person(id) { return this.people.find((person) => person.id === id); }

  // chat gives a chat as a person sees it: the private one bears the bot's name.
  chat(id) {
    if (id > 0) {
      const title = inLanguage(this.bot.name, this.person(id)?.language_code) || this.bot.first_name;
      return { ...this.chats.get(id), id, type: 'private', title, members: [id] };
    }
    return this.chats.get(id);
  }

  chatsOf(person) {
    const groups = [...this.chats.values()].filter((chat) => chat.type !== 'private' && chat.members?.includes(person));
    return [this.chat(person), ...groups];
  }

  log(room) {
    if (!this.#logs.has(room)) this.#logs.set(room, []);
    return this.#logs.get(room);
  }

  // roomOf is where a message stands.
  roomOf(message) { return roomOf(this.chats.get(message.chat) ?? { id: message.chat }, message.thread); }

  // place is the index of a message in its log, or where it would stand.
  place(room, id) {
    const log = this.log(room);
    let low = 0;
    let high = log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (log[middle].id < id) low = middle + 1; else high = middle;
    }
    return low;
  }

  find(room, id) {
    const message = this.log(room)[this.place(room, id)];
    return message?.id === id ? message : undefined;
  }

  // put stores a message or its newer form.
  put(message) {
    if (message.service?.kind === 'arrived') return; // the group has said already what became of it
    const room = this.roomOf(message);
    const index = this.place(room, message.id);
    const known = this.log(room)[index]?.id === message.id;
    this.log(room).splice(index, known ? 1 : 0, message);
  }

  remove(chat, id) {
    for (const room of this.roomsOf(this.chats.get(chat))) {
      if (this.find(room, id)) this.log(room).splice(this.place(room, id), 1);
    }
  }

  roomsOf(chat) {
    if (!chat) return [];
    return [roomOf(chat), ...(chat.is_forum ? chat.topics.map((topic) => roomOf(chat, topic.id)) : [])];
  }

  // unread counts backwards, so that it is cheap in a long chat that was read.
  unread(person, room) {
    const log = this.log(room);
    const seen = this.#read[`${person}:${room}`] ?? 0;
    let count = 0;
    for (let i = log.length - 1; i >= 0 && log[i].id > seen; i--) {
      if (log[i].author !== person && !log[i].service) count++;
    }
    return count;
  }

  markRead(person, room) {
    const last = this.log(room).at(-1)?.id ?? 0;
    if (last <= (this.#read[`${person}:${room}`] ?? 0)) return;
    this.#read[`${person}:${room}`] = last;
    remember('read', this.#read);
  }

  // roleOf is what a person is in a group: 'owner', 'admin' or nothing.
  roleOf(person, chat) {
    const place = chat.admins?.indexOf(person) ?? -1;
    return place < 0 ? '' : place === 0 ? 'owner' : 'admin';
  }

  // commandsFor picks one list as Telegram does: the narrowest scope first,
  // in each scope the person's language before the one for everybody.
  // https://core.telegram.org/bots/api#determining-list-of-commands
  commandsFor(person, chat) {
    const admin = chat.admins?.includes(person.id);
    const scopes = chat.type === 'private'
      ? [`chat:${chat.id}`, 'all_private_chats']
      : [`chat_member:${chat.id}:${person.id}`, admin && `chat_administrators:${chat.id}`, `chat:${chat.id}`,
        admin && 'all_chat_administrators', 'all_group_chats'];
    for (const scope of [...scopes, 'default']) {
      for (const language of [person.language_code, '']) {
        const list = this.commands.find((one) => one.scope === scope && (one.language_code ?? '') === language);
        if (list?.commands?.length) return list.commands;
      }
    }
    return [];
  }
}
