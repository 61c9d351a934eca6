// What the page knows: people, chats, messages, the bot's clock, and what each
// person has read. No element of the page is touched here.

import { recall, remember } from './dom.js';

// inLanguage picks from texts by language code; "" holds the one for everybody.
export const inLanguage = (texts, code) => texts?.[code] || texts?.[''] || '';

export class Model {
  #logs = new Map(); // chat id → messages, oldest first
  #read = recall('read', {}); // "person:chat" → id of the last message seen

  load(state) {
    this.bot = state.bot;
    this.people = state.people ?? [];
    this.canJump = Boolean(state.can_jump);
    this.commands = state.commands ?? [];
    this.chats = new Map((state.chats ?? []).map((chat) => [chat.id, chat]));
    this.#logs = new Map();
    for (const [id, list] of Object.entries(state.messages ?? {})) {
      this.#logs.set(Number(id), [...(list ?? [])].sort((a, b) => a.id - b.id));
    }
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

  log(chat) {
    if (!this.#logs.has(chat)) this.#logs.set(chat, []);
    return this.#logs.get(chat);
  }

  // place is the index of a message in its log, or where it would stand.
  place(chat, id) {
    const log = this.log(chat);
    let low = 0;
    let high = log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (log[middle].id < id) low = middle + 1; else high = middle;
    }
    return low;
  }

  find(chat, id) {
    const message = this.log(chat)[this.place(chat, id)];
    return message?.id === id ? message : undefined;
  }

  // put stores a message or its newer form.
  put(message) {
    const index = this.place(message.chat, message.id);
    const known = this.log(message.chat)[index]?.id === message.id;
    this.log(message.chat).splice(index, known ? 1 : 0, message);
  }

  remove(chat, id) {
    if (this.find(chat, id)) this.log(chat).splice(this.place(chat, id), 1);
  }

  // unread counts backwards, so that it is cheap in a long chat that was read.
  unread(person, chat) {
    const log = this.log(chat);
    const seen = this.#read[`${person}:${chat}`] ?? 0;
    let count = 0;
    for (let i = log.length - 1; i >= 0 && log[i].id > seen; i--) {
      if (log[i].from?.id !== person) count++;
    }
    return count;
  }

  markRead(person, chat) {
    const last = this.log(chat).at(-1)?.id ?? 0;
    if (last <= (this.#read[`${person}:${chat}`] ?? 0)) return;
    this.#read[`${person}:${chat}`] = last;
    remember('read', this.#read);
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
