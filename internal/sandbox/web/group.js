// What a group or channel has more than a private chat: its people side by
// side, the way to bring the bot in, and a menu of what its administrators do.

import { $, avatar, h, recall, remember } from './dom.js';
import { t } from './words.js';

const isIn = (chat) => ['member', 'administrator', 'restricted'].includes(chat.bot);
const anonymously = recall('anonymous', {}); // "person:chat" of those who write as the group

export const isAnonymous = ({ person, chat, model }) => chat.type === 'supergroup'
  && Boolean(model.roleOf(person.id, chat)) && Boolean(anonymously[`${person.id}:${chat.id}`]);

// statusLine is what stands under the name of a chat.
export function statusLine({ chat, thread }) {
  if (chat.type === 'private') return t('bot');
  const parts = [t(chat.type === 'channel' ? 'subscribers' : 'members', { n: chat.members.length })];
  if (thread) parts.unshift(chat.title);
  if (!isIn(chat)) parts.push(t('botAbsent'));
  else if (chat.bot_mute) parts.push(t('botMute'));
  else if (chat.bot === 'administrator') parts.push(t('botAdmin'));
  return parts.join(' · ');
}

// drawPeople shows who can act here, so that one tap lets another person do it.
export function drawPeople(view, become) {
  const { chat, model, person } = view;
  $('as').hidden = chat.type === 'private';
  if ($('as').hidden) return;
  const people = model.people.filter((one) => chat.members.includes(one.id));
  $('as').setAttribute('aria-label', t('you'));
  $('as').replaceChildren(h('span', {}, t('you')), ...people.map((one) => {
    const face = h('span', { class: 'avatar', 'aria-hidden': 'true' });
    avatar(face, { id: one.id, title: one.first_name });
    const role = model.roleOf(one.id, chat);
    const pill = h('button', { type: 'button', 'data-testid': 'as', 'data-id': one.id, 'aria-pressed': String(one.id === person.id) },
      face, one.first_name, role && h('small', {}, t(isAnonymous({ ...view, person: one }) ? 'anonymous' : role)));
    pill.addEventListener('click', () => become(one.id));
    return pill;
  }));
  const now = $('as').querySelector('[aria-pressed=true]');
  now?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

// drawInvite offers to add the bot where it is missing.
export function drawInvite({ chat, person, model }, act) {
  const may = chat.type !== 'channel' || model.roleOf(person.id, chat);
  $('invite').hidden = chat.type === 'private' || isIn(chat) || !may;
  $('invite').querySelector('p').textContent = t(chat.type === 'channel' ? 'notInChannel' : 'notInGroup');
  const button = $('invite').querySelector('button');
  button.textContent = t('addBot');
  button.onclick = () => act('add');
}

// drawMenu fills the "…" menu. act does it at the server.
export function drawMenu(view, act, redraw) {
  const { chat, person } = view;
  const item = (word, run, attributes = {}) => {
    const button = h('button', { type: 'button', 'data-testid': `do-${word}`, ...attributes }, t(word));
    button.addEventListener('click', () => { $('actions').hidePopover(); run(); });
    return button;
  };
  const items = chat.type === 'private'
    ? [item(person.blocked ? 'unblock' : 'block', () => act('block'), { 'data-testid': 'block' })]
    : groupItems(view, (word, action) => item(word, () => act(action)));
  if (chat.type === 'supergroup' && view.model.roleOf(person.id, chat)) {
    const on = isAnonymous(view);
    items.push(item(on ? 'openly' : 'anonymously', () => {
      anonymously[`${person.id}:${chat.id}`] = !on;
      remember('anonymous', anonymously);
      redraw();
    }));
  }
  $('actions').replaceChildren(...items);
  $('more').hidden = items.length === 0;
}

function groupItems({ chat, person, model }, item) {
  const admin = model.roleOf(person.id, chat);
  const channel = chat.type === 'channel';
  const items = [];
  if (!isIn(chat)) {
    if (admin || !channel) items.push(item('addBot', 'add'));
    if (admin && !channel) items.push(item('addBotAdmin', 'promote'));
  } else if (admin) {
    if (chat.bot_mute) items.push(item('unmute', 'unmute'));
    else if (channel || chat.type === 'supergroup') items.push(item('mute', 'mute'));
    if (!channel) items.push(chat.bot === 'administrator' ? item('demote', 'demote') : item('promote', 'promote'));
    items.push(item('remove', 'remove'));
  }
  if (admin && chat.is_forum) items.push(item('newTopic', 'topic'));
  if (admin && chat.type === 'group') items.push(item('upgrade', 'upgrade'));
  return items;
}

// askTopic asks for the name of a new topic; undefined if the reader thinks
// better of it.
export function askTopic() {
  const box = $('newtopic');
  const form = box.querySelector('form');
  form.reset();
  form.querySelector('h2').textContent = t('newTopic');
  form.querySelector('label span').textContent = t('topicName');
  const [cancel, add] = form.querySelectorAll('button');
  cancel.textContent = t('cancel');
  cancel.onclick = () => box.close('');
  add.textContent = t('add');
  box.returnValue = '';
  box.showModal();
  return new Promise((done) => {
    box.addEventListener('close', () => done(box.returnValue ? form.name.value.trim() : undefined), { once: true });
  });
}

// pickChat asks in which group or channel a link is to be followed.
export function pickChat({ person, model }, channel) {
  const box = $('pick');
  box.querySelector('h2').textContent = t(channel ? 'pickChannel' : 'pickGroup');
  const chats = model.chatsOf(person.id).filter((chat) => (channel
    ? chat.type === 'channel' && model.roleOf(person.id, chat) : chat.type === 'group' || chat.type === 'supergroup'));
  const none = h('p', {}, t(channel ? 'noChannel' : 'noGroup'));
  box.querySelector('.choices').replaceChildren(...(chats.length ? chats.map(choice) : [none]));
  const cancel = box.querySelector('form > button');
  cancel.textContent = t('cancel');
  box.returnValue = '';
  box.showModal();
  return new Promise((done) => {
    box.addEventListener('close', () => done(Number(box.returnValue) || undefined), { once: true });
  });
}

function choice(chat) {
  const picture = h('span', { class: 'avatar', 'aria-hidden': 'true' });
  avatar(picture, chat);
  return h('button', { value: chat.id, 'data-testid': 'pick', 'data-id': chat.id }, picture, chat.title);
}
