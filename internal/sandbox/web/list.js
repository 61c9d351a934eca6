// The messages of the open chat: draws the newest ones, older ones as the
// reader scrolls up, and keeps to the bottom while the reader is there.

import { $, h } from './dom.js';
import { messageRow } from './message.js';
import { pressed } from './poll.js';
import { reveal, toggleQuote } from './richtext.js';
import { day, dayName, t } from './words.js';

const step = 60; // rows drawn at once: a long chat opens as fast as a short one

export class MessageList {
  #scroll = $('scroll');
  #list = $('messages');
  #down = $('down');
  #view;
  #first = 0; // index in the log of the first drawn row
  #missed = 0; // messages that came while the reader was further up
  #act;
  atBottom = true;

  // act: {press, vote, retract, voters, reply, edit, command, link, seen}
  constructor(act) {
    this.#act = act;
    this.#scroll.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#list.addEventListener('click', (event) => this.#clicked(event));
    this.#list.addEventListener('keydown', (event) => {
      if (event.target.matches('.spoiler') && ['Enter', ' '].includes(event.key)) { event.preventDefault(); reveal(event.target); }
    });
    this.#down.addEventListener('click', () => { this.toBottom(); this.#scroll.focus(); });
    // Pictures, a growing composer and a phone's keyboard change the height.
    const watch = new ResizeObserver(() => { if (this.atBottom) this.toBottom(); });
    watch.observe(this.#scroll);
    watch.observe(this.#list);
  }

  get #log() { return this.#view.model.log(this.#view.room); }

  // open draws a chat; stay keeps the place where the reader was in it.
  open(view, stay = false) {
    const fromEnd = stay && !this.atBottom ? this.#scroll.scrollHeight - this.#scroll.scrollTop : 0;
    const drawn = stay ? Math.max(step, this.#list.querySelectorAll('.row').length) : step;
    this.#view = view;
    this.#first = Math.max(0, this.#log.length - drawn);
    this.#list.replaceChildren(...this.#rows(this.#first, this.#log.length));
    if (fromEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight - fromEnd; else this.toBottom();
  }

  toBottom() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.atBottom = true;
    this.#mark();
  }

  // put shows a new message or the new form of one that is drawn.
  put(message) {
    const index = this.#view.model.place(this.#view.room, message.id);
    if (index < this.#first) return;
    const old = this.#row(message.id);
    if (old) {
      this.#replace(old, message);
    } else if (index === this.#log.length - 1) {
      const mine = message.author === this.#view.person.id;
      this.#list.append(...this.#rows(index, index + 1));
      this.#list.lastElementChild.classList.add('new'); // only these come in with a movement
      if (!mine && !this.atBottom) this.#missed++;
      if (mine) this.atBottom = true;
    } else {
      this.open(this.#view, true);
    }
    if (!this.atBottom) return this.#mark();
    this.#trim();
    this.toBottom();
  }

  // trim forgets rows far above a reader who is at the bottom, so that a chat
  // that stays open for days stays quick.
  #trim() {
    if (this.#log.length - this.#first < 4 * step) return;
    this.#first = this.#log.length - 2 * step;
    const first = this.#log[this.#first];
    while (this.#list.firstElementChild.dataset.id !== String(first.id)) this.#list.firstElementChild.remove();
    this.#list.prepend(this.#separator(first));
  }

  #separator(message) {
    return h('li', { class: 'day', 'data-day': day(message.date), 'data-at': message.date }, h('span', {}, dayName(message.date, this.#view.model.now())));
  }

  // tellDays says anew which day is today: the clock has moved.
  tellDays() {
    for (const separator of this.#list.querySelectorAll('.day')) {
      separator.firstElementChild.textContent = dayName(Number(separator.dataset.at), this.#view.model.now());
    }
  }

  redraw() { this.open(this.#view, true); }

  // settle shows which buttons still wait for the bot.
  settle() {
    for (const button of this.#list.querySelectorAll('.keyboard [aria-busy]')) {
      const message = this.#message(button);
      if (!message || !this.#view.isPending(message, button.dataset.data)) button.removeAttribute('aria-busy');
    }
  }

  #row(id) { return this.#list.querySelector(`.row[data-id="${id}"]`); }

  #message(element) { return this.#view.model.find(this.#view.room, Number(element.closest('.row').dataset.id)); }

  #replace(old, message) {
    const row = messageRow(message, this.#view);
    const focused = old.contains(document.activeElement) && document.activeElement;
    row.classList.toggle('tail', old.classList.contains('tail'));
    old.replaceWith(row);
    if (!focused) return;
    // Who pressed a button by the keyboard stays in that message.
    const { data, index } = focused.dataset;
    const same = [...row.querySelectorAll('[data-data], [data-index]')]
      .find((one) => (data != null ? one.dataset.data === data : one.dataset.index === index));
    const next = same?.matches('button') ? same : row.querySelector('.keyboard button, .bulb') ?? this.#scroll;
    next.focus({ preventScroll: true });
  }

  // rows makes the elements from..to of the log, with a separator per day.
  #rows(from, to) {
    const out = [];
    let before = from > this.#first ? this.#log[from - 1] : undefined;
    let last = before && this.#row(before.id);
    for (const message of this.#log.slice(from, to)) {
      const row = messageRow(message, this.#view);
      row.classList.add('tail');
      if (!before || day(before.date) !== day(message.date)) {
        out.push(this.#separator(message));
      } else if (last?.dataset.sender === row.dataset.sender) {
        last.classList.remove('tail');
        row.classList.add('same');
      }
      out.push(row);
      before = message;
      last = row;
    }
    return out;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    this.atBottom = scrollHeight - scrollTop - clientHeight < 48;
    this.#mark();
    if (scrollTop < 600 && this.#first > 0) this.#older();
  }

  #older() {
    const end = this.#first;
    this.#first = Math.max(0, end - step);
    const height = this.#scroll.scrollHeight;
    const top = this.#scroll.scrollTop;
    const rows = this.#rows(this.#first, end);
    const joint = this.#list.firstElementChild;
    if (joint?.dataset.day === day(this.#log[end - 1].date)) joint.remove();
    this.#list.prepend(...rows);
    this.#scroll.scrollTop = top + this.#scroll.scrollHeight - height;
  }

  #mark() {
    if (this.atBottom) this.#missed = 0;
    this.#down.hidden = this.atBottom;
    this.#down.firstElementChild.textContent = this.#missed || '';
    if (this.atBottom) this.#act.seen();
  }

  #show(id) {
    const index = this.#view.model.place(this.#view.room, id);
    while (index < this.#first) this.#older();
    const row = this.#row(id);
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    row.classList.remove('found');
    requestAnimationFrame(() => row.classList.add('found'));
  }

  #clicked(event) {
    const target = event.target;
    const row = target.closest('.row');
    const message = row && this.#message(row);
    if (!message) return;
    const on = (selector) => target.closest(selector);
    if (on('.spoiler:not(.shown)')) { event.preventDefault(); return reveal(on('.spoiler')); }
    if (on('.fold') || (on('blockquote.folded') && !on('a, .link'))) return toggleQuote(on('blockquote'));
    if (on('[data-command]')) return this.#act.command(on('[data-command]').dataset.command);
    if (on('.text a')) { if (this.#act.link(on('a').href)) event.preventDefault(); return; }
    if (on('.poll')) return pressed(target, message.poll, this.#view, this.#act);
    if (on('.reply')) return this.#show(Number(on('.reply').dataset.to));
    if (on('[data-tool]')) return this.#act[on('[data-tool]').dataset.tool](message);
    const button = on('.keyboard button');
    if (!button) return;
    if (button.dataset.url) { if (!this.#act.link(button.dataset.url)) window.open(button.dataset.url, '_blank', 'noopener'); return; }
    if (!button.dataset.data || button.hasAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    this.#act.press(message, button.dataset.data);
  }
}
