// The web chat of the sandbox: who is here, which chat is open, and how events
// of the server reach the page. The address "#/person/chat/topic" holds it all,
// so that a reload and the back button keep the place.

import { drawChats } from './chats.js';
import { Composer } from './composer.js';
import { $, avatar, h, label, recall, remember } from './dom.js';
import { askTopic, drawInvite, drawMenu, drawPeople, isAnonymous, pickChat, statusLine } from './group.js';
import { MessageList } from './list.js';
import { preview, side } from './message.js';
import { inLanguage, Model, roomOf } from './model.js';
import { alertBox, announce, sayTrouble, toast } from './notices.js';
import { Pending } from './pending.js';
import { showVoters } from './poll.js';
import { listen, loadState, post } from './server.js';
import { clockText, languageName, t, useLanguageOf, useZone } from './words.js';

const model = new Model();
const pending = new Pending(() => list.settle());
const view = { model, person: null, chat: null, thread: 0, room: null, commands: new Set(), isPending: (message, data) => pending.has(view.person.id, message, data) };
const phone = matchMedia('(max-width: 719px)');

// ask does something at the server and tells the reader when that failed.
async function ask(action, body) {
  try {
    return await post(action, { person: view.person.id, ...body });
  } catch (error) {
    sayTrouble(error);
    throw error;
  }
}
const quietly = (promise) => promise.catch(() => {}); // ask has told it already

const here = () => ({ chat: view.chat.id, thread: view.thread });
const say = (text, more) => ask('send', { ...here(), text, anonymous: isAnonymous(view), ...more });

const list = new MessageList({
  press: (message, data) => pending.press(view.person.id, message, data, ask('press', { ...here(), message: message.id, data })),
  vote: (poll, options) => quietly(ask('vote', { poll: poll.id, options })),
  retract: (poll) => quietly(ask('retract', { poll: poll.id })),
  voters: (poll) => showVoters(poll, view),
  reply: (message) => composer.setAbout({ kind: 'reply', message }),
  edit: (message) => composer.setAbout({ kind: 'edit', message }),
  command: (text) => quietly(say(text)),
  link: openLink,
  seen: () => {
    if (!view.chat || document.hidden || (phone.matches && document.body.dataset.view === 'list')) return;
    model.markRead(view.person.id, view.room);
    later();
  },
});

const composer = new Composer((text, about) => {
  if (about?.kind === 'edit') return ask('edit', { ...here(), message: about.message.id, text });
  return say(text, about && { reply_to: about.message.id });
}, {
  ask: (text, signal) => post('inline', { person: view.person.id, chat: view.chat.id, text }, signal),
  send: ({ query }, { id }, about) => ask('choose', { ...here(), query, result: id, reply_to: about?.message.id, anonymous: isAnonymous(view) }),
  start: (parameter) => follow(`https://t.me/${model.bot.username}?start=${parameter}`, []),
});

// openLink follows deep links to our own bot inside of this page, as Telegram
// does; it tells whether it took care of the link.
function openLink(href) {
  let url;
  try { url = new URL(href); } catch { return true; }
  if (url.protocol === 'tg:') toast(t('elsewhere'));
  if (!/^https?:$/.test(url.protocol)) return true;
  if (url.hostname !== 't.me' || url.pathname.slice(1).toLowerCase() !== model.bot.username?.toLowerCase()) return false;
  const keys = [...url.searchParams.keys()];
  if (keys.length && !keys.some((key) => /^start(group|channel)?$/.test(key))) toast(t('elsewhere'));
  else quietly(follow(href, keys));
  return true;
}

// follow opens a link to the bot, in a group or channel that the reader picks
// if the link asks for one.
async function follow(link, keys) {
  const wanted = ['startgroup', 'startchannel'].find((key) => keys.includes(key));
  const chat = wanted && await pickChat(view, wanted === 'startchannel');
  if (wanted && !chat) return;
  const { id } = await ask('open', { link, chat });
  go(view.person.id, id);
}

// Where we are

function go(person, chat, thread) {
  const hash = ['#', person, chat, chat && thread].filter(Boolean).join('/');
  if (location.hash === hash) show(); else location.hash = hash;
}

// show draws everything for the person and chat of the address.
function show(stay = false) {
  const [, wanted, chat, topic] = location.hash.split('/').map(Number);
  const person = model.person(wanted) ?? model.person(recall('person', 0)) ?? model.people[0];
  if (!person) return speak();
  const open = model.chatsOf(person.id).find((one) => one.id === (model.moved.get(chat) ?? chat)) ?? model.chat(person.id);
  const thread = open.topics?.find((one) => one.id === topic)?.id ?? 0;
  const room = roomOf(open, thread);
  const same = stay && view.person?.id === person.id && view.room === room;
  if (view.person?.id !== person.id) $('toasts').replaceChildren(); // they were for somebody else
  Object.assign(view, { person, chat: open, thread, room });
  remember('person', person.id);
  document.documentElement.lang = useLanguageOf(person.language_code);
  document.body.dataset.view = wanted && !chat ? 'list' : 'chat';
  const commands = model.commandsFor(person, open);
  view.commands = new Set(['start', ...commands.map((one) => one.command)]);
  speak();
  people();
  header();
  composer.open(`${person.id}:${room}`, commands, model.bot.username);
  foot();
  list.open(view, same);
  drawChats(view);
}

function speak() {
  composer.speak();
  label($('theme'), t(dark() ? 'toLight' : 'toDark'));
  label($('add'), t('addPerson'));
  label($('back'), t('back'));
  label($('more'), t('more'));
  label($('down'), t('down'));
  label($('jump'), t('jump'));
  $('jump').firstElementChild.textContent = t('jumpShort');
  $('scroll').setAttribute('aria-label', t('messages'));
  $('chats').parentElement.setAttribute('aria-label', t('chats'));
  document.querySelector('.who label').textContent = t('you');
}

function people() {
  const nameOf = (one) => {
    const unread = model.chatsOf(one.id).flatMap((chat) => model.roomsOf(chat)).reduce((sum, room) => sum + model.unread(one.id, room), 0);
    const mark = unread && one.id !== view.person.id ? ` · ${unread}` : '';
    return `${one.first_name} (${languageName(one.language_code)})${mark}`;
  };
  const options = model.people.map((one) => h('option', { value: one.id }, nameOf(one)));
  const now = [...$('person').options].map((one) => one.text).join();
  if (now !== options.map((one) => one.text).join()) $('person').replaceChildren(...options);
  $('person').value = view.person.id;
}

function header() {
  const { chat } = view;
  const topic = chat.topics?.find((one) => one.id === view.thread);
  avatar($('avatar'), chat);
  $('title').textContent = topic ? `# ${topic.name}` : chat.title;
  $('status').textContent = statusLine(view);
  $('jump').hidden = !model.canJump;
  drawMenu(view, (action) => quietly(act(action)), () => show(true));
  tick();
}

function tick() {
  if (!view.person) return;
  const text = clockText(model.now());
  if ($('clock').textContent === text) return;
  $('clock').textContent = text;
  $('clock').title = t('clock');
  $('clock').setAttribute('aria-label', `${t('clock')}: ${text}`);
  list.tellDays();
  later();
}

// foot chooses what stands under the messages: the composer, Start, or why one
// cannot write.
function foot() {
  const { chat, person } = view;
  const empty = chat.type === 'private' && model.log(chat.id).length === 0;
  const blocked = chat.type === 'private' && Boolean(person.blocked);
  const admin = chat.type === 'private' || model.roleOf(person.id, chat);
  const closed = chat.topics?.find((one) => one.id === view.thread)?.closed;
  const why = admin ? '' : chat.type === 'channel' ? 'adminsOnly' : chat.mute ? 'groupMute' : closed ? 'topicClosed' : '';
  $('intro').hidden = !empty;
  $('intro').querySelector('h2').textContent = t('intro');
  $('intro').querySelector('p').textContent = inLanguage(model.bot.description, person.language_code);
  $('start').hidden = !empty && !blocked;
  $('start').textContent = t(blocked ? 'unblock' : 'start');
  $('composer').hidden = empty || blocked || Boolean(why);
  $('input').placeholder = t(isAnonymous(view) ? 'writeAnonymously' : 'write');
  $('note').hidden = !blocked && !why;
  $('note').textContent = blocked ? t('blocked') : why && t(why);
  drawPeople(view, (id) => go(id, chat.id, view.thread));
  drawInvite(view, (action) => quietly(act(action)));
}

// act does what a menu says.
async function act(action) {
  if (action === 'block') return block(!view.person.blocked);
  const text = action === 'topic' ? await askTopic() : undefined;
  if (action === 'topic' && !text) return;
  const { id } = await ask('group', { chat: view.chat.id, do: action, text });
  await reload();
  if (action === 'topic') go(view.person.id, view.chat.id, id);
}

// later redraws the list of chats once for a burst of messages.
let due = false;
function later() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; drawChats(view); people(); });
}

// What the server tells

let waiting = null; // events that come while the state is on its way
let loading;

const reload = () => { loading ??= load().finally(() => { loading = undefined; }); return loading; };

async function load() {
  waiting = [];
  const state = await loadState().catch(() => null);
  const events = waiting;
  waiting = null;
  if (!state) { setTimeout(reload, 1000); return; }
  model.load(state);
  useZone(state.time_zone);
  $('line').hidden = true;
  show(true);
  events.forEach(([kind, data]) => happened(kind, data));
}

let soon; // several changes of commands come together when a bot starts
function reloadSoon() {
  clearTimeout(soon);
  soon = setTimeout(reload, 150);
}

function happened(kind, data) {
  if (kind === 'hello') return reload();
  if (waiting) return waiting.push([kind, data]);
  if (kind === 'commands' || kind === 'chats') return reloadSoon();
  if (kind === 'clock') { model.setClock(data.now); return tick(); }
  if (kind === 'toast') return answered(data);
  if (kind === 'delete') model.remove(data.chat, data.id); else model.put(data);
  later();
  if (data.chat !== view.chat?.id) return;
  if (kind === 'delete') list.redraw();
  else if (model.roomOf(data) === view.room && model.find(view.room, data.id)) list.put(data);
  foot();
  if (kind === 'message' && model.roomOf(data) === view.room && side(data, view.person, view.chat) !== 'me') announce(`${data.from?.name ?? ''}: ${preview(data)}`);
}

function answered({ person, text, alert, url, callback_id: id }) {
  pending.answered(person, id);
  if (person !== view.person.id) return;
  if (url) openLink(url);
  if (!text) return;
  if (alert) alertBox(text); else toast(text);
}

// What the reader does

const dark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

$('theme').addEventListener('click', () => {
  const theme = dark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem('yolchi.theme', theme); } catch { /* only for this page, then */ }
  label($('theme'), t(dark() ? 'toLight' : 'toDark'));
});

$('chats').addEventListener('click', (event) => {
  const item = event.target.closest('button');
  if (!item) return;
  go(view.person.id, Number(item.dataset.id), Number(item.dataset.thread) || undefined);
  if (!phone.matches) $('input').focus();
});

$('back').addEventListener('click', () => go(view.person.id));

$('person').addEventListener('change', () => {
  const person = Number($('person').value);
  const stays = view.chat.type !== 'private' && view.chat.members.includes(person);
  if (phone.matches) go(person); else if (stays) go(person, view.chat.id, view.thread); else go(person, person);
});

$('start').addEventListener('click', async () => {
  if (view.person.blocked) return block(false);
  await quietly(ask('send', { ...here(), text: '/start' }));
  $('input').focus({ preventScroll: true });
});

async function block(blocked) {
  await quietly(ask('block', { blocked }));
  reload();
}

$('jump').addEventListener('click', async () => {
  if ($('jump').hasAttribute('aria-busy')) return;
  $('jump').setAttribute('aria-busy', 'true');
  try {
    const { now } = await ask('jump', { chat: view.chat.id });
    if (now) model.setClock(now);
    tick();
  } catch { /* told already */ }
  $('jump').removeAttribute('aria-busy');
});

$('add').addEventListener('click', () => {
  const form = $('newcomer').querySelector('form');
  form.reset();
  form.querySelector('h2').textContent = t('addPerson');
  const labels = form.querySelectorAll('label span');
  labels[0].textContent = t('firstName');
  labels[1].textContent = t('language');
  const [cancel, add] = form.querySelectorAll('button');
  cancel.onclick = () => $('newcomer').close('');
  cancel.textContent = t('cancel');
  add.textContent = t('add');
  form.first_name.required = true;
  $('newcomer').returnValue = '';
  $('newcomer').showModal();
});

$('newcomer').addEventListener('close', async () => {
  if ($('newcomer').returnValue !== 'add') return;
  const form = $('newcomer').querySelector('form');
  try {
    const added = await ask('people', { first_name: form.first_name.value.trim(), language_code: form.language_code.value });
    await reload();
    go(added.id, added.id);
  } catch { /* told already */ }
});

addEventListener('hashchange', () => show());
document.addEventListener('visibilitychange', () => { if (!document.hidden && list.atBottom && view.chat) list.toBottom(); });
setInterval(tick, 1000);
listen(happened, () => { $('line').textContent = t('offline'); $('line').hidden = false; });
