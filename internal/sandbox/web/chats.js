// The list of chats at the side. A forum has its topics as rows below it.

import { $, avatar, h } from './dom.js';
import { preview } from './message.js';
import { roomOf } from './model.js';
import { day, hour, shortDay, t } from './words.js';

// drawChats shows the chats of the person who looks; view is {person, room, model}.
export function drawChats(view) {
  const active = document.activeElement?.closest('#chats button')?.dataset.room;
  $('chats').replaceChildren(...view.model.chatsOf(view.person.id).map((chat) => h('li', {},
    chatItem(chat, view),
    chat.is_forum && h('ul', {}, ...chat.topics.map((topic) => h('li', {}, topicItem(chat, topic, view)))))));
  if (active) $('chats').querySelector(`[data-room="${active}"]`)?.focus({ preventScroll: true });
}

function chatItem(chat, view) {
  const room = roomOf(chat);
  const picture = h('span', { class: 'avatar', 'aria-hidden': 'true' });
  avatar(picture, chat);
  return item('chat-item', { 'data-id': chat.id }, room, view,
    picture, h('b', {}, chat.title), ...news(chat, room, view));
}

function topicItem(chat, topic, view) {
  return item('thread-item', { class: 'topic', 'data-id': chat.id, 'data-thread': topic.id }, roomOf(chat, topic.id), view,
    h('b', {}, `# ${topic.name}`), ...news(chat, roomOf(chat, topic.id), view));
}

const item = (testid, attributes, room, view, ...children) => h('button', {
  type: 'button', 'data-testid': testid, 'data-room': room, 'aria-current': room === view.room && 'true', ...attributes,
}, ...children);

// news is the last message of a room, when it came, and how many were not read.
function news(chat, room, view) {
  const last = view.model.log(room).at(-1);
  const unread = view.model.unread(view.person.id, room);
  const author = last?.from && !last.service && (chat.type === 'group' || chat.type === 'supergroup') ? `${last.from.name}: ` : '';
  const date = last && (day(last.date) === day(view.model.now()) ? hour(last.date) : shortDay(last.date));
  return [
    h('time', {}, date ?? ''), h('span', { class: 'last' }, last ? author + preview(last) : ''),
    unread > 0 && h('span', { class: 'unread', 'aria-label': t('unread', { n: unread }) }, String(unread)),
  ];
}
