// One message as a row: bubble, keyboard, tools. Pure: what is pressed is
// handled by the list that holds the rows.

import { h, icon } from './dom.js';
import { pollView } from './poll.js';
import { plainText, richText } from './richtext.js';
import { hour, t } from './words.js';

const effects = { '5104841245755180586': '🔥', '5107584321108051014': '👍', '5044134455711629726': '❤️', '5046509860389126442': '🎉' };

export function side(message, person, chat) {
  if (message.from?.bot || !message.from) return 'bot';
  return message.author === person.id && chat?.type !== 'channel' ? 'me' : 'other';
}

// preview is a message in one line.
export function preview(message) {
  if (message.service) return noteText(message);
  if (message.poll) return `${t(message.poll.type === 'quiz' ? 'quiz' : 'poll')}: ${message.poll.question}`;
  const text = (message.text || plainText(message.caption_html) || `(${message.kind ?? ''})`).replace(/\s+/g, ' ').trim();
  if (message.document) return `${message.document.name}: ${text}`;
  return message.photo ? `${t('photo')}: ${text}` : text;
}

// noteText says what a service message tells.
function noteText({ service, from }) {
  const who = (service.names ?? []).join(', ');
  const alone = who === from?.name && (service.kind === 'joined' || service.kind === 'left');
  return t(alone ? `${service.kind}Alone` : service.kind, { by: from?.name ?? '', who });
}

// view holds who looks: {person, chat, room, model, commands, isPending}.
export function messageRow(message, view) {
  if (message.service) return note(message);
  const from = side(message, view.person, view.chat);
  const named = view.chat.type !== 'private' && (from !== 'me' || message.from.id === view.chat.id);
  const answered = message.reply_to && view.model.find(view.room, message.reply_to);
  return h('li', { class: message.keyboard?.length ? 'row keyed' : 'row', 'data-testid': 'message', 'data-id': message.id, 'data-from': from, 'data-sender': message.from?.id ?? 0 },
    h('div', { class: 'stack' },
      h('div', { class: `bubble${message.photo ? ' pictured' : ''}` },
        named && h('p', { class: 'sender', 'data-tone': Math.abs(message.from?.id ?? 0) % 997 % 5 }, message.from?.name ?? '', role(message, view)),
        message.via && h('p', { class: 'via', 'data-testid': 'via' }, t('via', { bot: view.model.bot.username })),
        answered && h('button', { type: 'button', class: 'reply', 'data-to': answered.id },
          h('b', {}, answered.from?.name ?? ''), h('span', {}, preview(answered))),
        message.photo && photo(message),
        message.document && file(message.document),
        message.poll && pollView(message.poll, view),
        text(message, view)),
      keyboard(message, view),
      tools(message, from)),
    effects[message.effect] && h('span', { class: 'effect', 'aria-hidden': 'true' }, effects[message.effect]));
}

function note(message) {
  return h('li', { class: 'row note', 'data-testid': 'message', 'data-id': message.id, 'data-from': 'service', 'data-sender': `note ${message.id}` },
    h('span', {}, noteText(message)));
}

// role marks administrators, and those who write as the group.
function role(message, { chat, model }) {
  if (chat.type === 'channel') return null;
  const word = message.from?.id === chat.id ? 'anonymous'
    : message.from?.bot ? chat.bot === 'administrator' && 'admin' : model.roleOf(message.author, chat);
  return word && h('span', { class: 'role' }, t(word));
}

function text(message, view) {
  const html = message.photo ? message.caption_html : message.html;
  const content = html || message.photo ? richText(html, view.commands) : h('i', {}, preview(message));
  return h('div', { class: 'text' }, !message.poll && content,
    h('span', { class: 'meta' }, message.reaction && h('span', { class: 'reaction' }, message.reaction),
      message.pinned && h('span', { title: t('pinned') }, '📌 '), message.edited && `${t('edited')} `,
      h('time', { datetime: new Date(message.date).toISOString() }, hour(message.date))));
}

function photo(message) {
  return h('a', { class: 'photo', href: message.photo, target: '_blank', rel: 'noopener' },
    h('img', { src: message.photo, alt: plainText(message.caption_html) || t('photo'), width: message.width || null, height: message.height || null }));
}

// file can be saved under its name.
function file({ path, name, size }) {
  return h('a', { class: 'file', href: path, download: name, 'data-testid': 'file' },
    h('b', {}, name), h('span', {}, `${Math.max(1, Math.round(size / 1024))} KB`));
}

function keyboard(message, view) {
  if (!message.keyboard?.length) return null;
  return h('div', { class: 'keyboard' }, ...message.keyboard.map((row) => h('div', {}, ...row.map((button) => {
    const busy = button.data && view.isPending(message, button.data);
    return h('button', {
      type: 'button', 'data-testid': 'button', 'data-data': button.data || null, 'data-url': button.url || null,
      'data-style': button.style || null, 'aria-busy': busy && 'true',
    }, button.text, button.url && icon('link'));
  }))));
}

function tools(message, from) {
  const tool = (name) => h('button', { type: 'button', class: 'round', 'data-tool': name, 'aria-label': t(name), title: t(name) }, icon(name));
  return h('div', { class: 'tools' }, tool('reply'), from === 'me' && message.text && !message.via && tool('edit'));
}
