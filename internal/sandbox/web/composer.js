// The line to write in: drafts, answers to a message, edits, and the menu of
// commands or of what the bot offers. Typed text leaves the line only when the
// server has taken it.

import { $, h, label, recall, remember } from './dom.js';
import { Inline } from './inline.js';
import { preview } from './message.js';
import { t } from './words.js';

export class Composer {
  #input = $('input');
  #menu = $('menu');
  #drafts = recall('drafts', {});
  #key = '';
  #about = null; // {kind: 'reply'|'edit', message}
  #commands = [];
  #bot = '';
  #shown = []; // rows of the menu: {attributes, content, run}; one without run cannot be chosen
  #active = -1;
  #submit;
  #inline;

  // submit(text, about) sends or throws; inline is how the bot is asked.
  constructor(submit, inline) {
    this.#submit = submit;
    this.#inline = new Inline(inline);
    this.#input.addEventListener('input', () => { this.#keep(this.#key, this.#input.value); this.#suggest(); });
    this.#input.addEventListener('keydown', (event) => this.#keydown(event));
    this.#input.addEventListener('blur', () => this.#close());
    $('composer').addEventListener('submit', (event) => { event.preventDefault(); this.#send(); });
    // Without this a tap would first blur the line, and the menu were gone.
    for (const element of [this.#menu, $('menu-button'), $('send')]) {
      element.addEventListener('mousedown', (event) => event.preventDefault());
    }
    this.#menu.addEventListener('click', (event) => {
      const option = event.target.closest('[role=option]');
      if (option) this.#choose(Number(option.dataset.at));
    });
    this.#input.addEventListener('focus', () => this.#suggest());
    $('menu-button').addEventListener('click', () => {
      if (this.#shown.length) return this.#close();
      this.#input.focus();
      this.#show(this.#commands.map((one) => this.#command(one)));
    });
    $('about').querySelector('button').addEventListener('click', () => this.setAbout(null));
  }

  // open turns to another chat or person; bot is the name by which the bot is called.
  open(key, commands, bot) {
    this.#commands = commands;
    this.#bot = bot;
    $('menu-button').hidden = commands.length === 0;
    if (key === this.#key) return;
    this.#key = key;
    this.#close();
    this.setAbout(null);
    this.#input.value = this.#drafts[key] ?? '';
  }

  speak() {
    this.#input.setAttribute('aria-label', t('write'));
    this.#menu.setAttribute('aria-label', t('menu'));
    $('menu-button').querySelector('span').textContent = t('menu');
    $('menu-button').setAttribute('aria-label', t('menu'));
    label($('send'), t('send'));
    label($('about').querySelector('button'), t('cancel'));
  }

  setAbout(about) {
    const wasEdit = this.#about?.kind === 'edit';
    this.#about = about;
    $('about').hidden = !about;
    if (about) {
      $('about').querySelector('use').setAttribute('href', `#i-${about.kind}`);
      $('about').querySelector('p').replaceChildren(h('b', {}, t(about.kind)), ` ${preview(about.message)}`);
      if (about.kind === 'edit') this.#input.value = about.message.text;
      this.#input.focus();
    }
    // The draft that an edit has hidden comes back.
    if (wasEdit && about?.kind !== 'edit') this.#input.value = this.#drafts[this.#key] ?? '';
  }

  async #send() {
    const text = this.#input.value.trim();
    if (!text || $('composer').hasAttribute('aria-busy')) return;
    const key = this.#key;
    const about = this.#about;
    this.#close();
    $('composer').setAttribute('aria-busy', 'true');
    try {
      await this.#submit(text, about);
      if (about?.kind !== 'edit' && this.#drafts[key]?.trim() === text) this.#keep(key, '');
      if (this.#key === key && this.#input.value.trim() === text) {
        this.#input.value = '';
        this.setAbout(null);
      }
    } catch {
      // The page has said why; the text stays.
    } finally {
      $('composer').removeAttribute('aria-busy');
    }
  }

  // choose does what a row of the menu says.
  async #choose(at) {
    const { run } = this.#shown[at];
    if (!run) return;
    this.#close();
    await Promise.resolve(run()).catch(() => {}); // the page has said why
  }

  // command is a row that sends a command. A text that was begun stays.
  #command({ command, description }) {
    return {
      attributes: { 'data-command': command },
      content: [h('b', {}, `/${command}`), h('span', {}, description)],
      run: async () => {
        const begun = this.#input.value;
        await this.#submit(`/${command}`, null);
        if (/^\/\w*$/.test(begun)) this.#empty(begun);
      },
    };
  }

  // name is a row that writes the bot's name, after which one types what to find.
  #name() {
    return {
      attributes: { 'data-testid': 'inline-name' },
      content: [h('b', {}, `@${this.#bot}`), h('span', {}, t('inlineHint'))],
      run: () => { this.#input.value = `@${this.#bot} `; this.#input.dispatchEvent(new Event('input')); },
    };
  }

  // empty clears the line and its draft, unless something else was typed meanwhile.
  #empty(text) {
    if (this.#input.value !== text) return;
    this.#input.value = '';
    this.#keep(this.#key, '');
  }

  #keep(key, text) {
    if (this.#about?.kind === 'edit') return;
    if (text) this.#drafts[key] = text; else delete this.#drafts[key];
    remember('drafts', this.#drafts);
  }

  #suggest() {
    this.#inline.cancel();
    const text = this.#input.value;
    const query = this.#about?.kind === 'edit' ? undefined : Inline.query(text, this.#bot);
    if (query !== undefined) return this.#inline.find(query, (rows, busy) => this.#offer(text, rows, busy));
    if (/^@\w*$/.test(text) && this.#bot.startsWith(text.slice(1).toLowerCase())) return this.#show([this.#name()]);
    const typed = /^\/([a-z0-9_]*)$/i.exec(text);
    this.#show(typed ? this.#commands.filter((one) => one.command.startsWith(typed[1].toLowerCase())).map((one) => this.#command(one)) : []);
  }

  // offer shows what the bot has for a text; what was offered before stays
  // until then. A row that was chosen takes the text away.
  #offer(text, rows, busy) {
    this.#menu.setAttribute('aria-busy', String(busy));
    if (busy && this.#shown.some((row) => row.run)) return;
    this.#show(rows.map((row) => ({ ...row, run: row.run && (async () => {
      await row.run(this.#about);
      this.#empty(text);
      this.setAbout(null);
    }) })), busy);
  }

  #show(rows, busy = false) {
    this.#shown = rows;
    this.#active = -1;
    this.#menu.setAttribute('aria-busy', String(busy));
    this.#menu.hidden = rows.length === 0;
    this.#menu.replaceChildren(...rows.map((row, at) => h('div', { role: 'option', id: `option-${at}`, 'data-at': at, ...row.attributes }, ...row.content)));
    this.#menu.scrollTop = 0;
    this.#input.setAttribute('aria-expanded', String(rows.length > 0));
    this.#input.removeAttribute('aria-activedescendant');
  }

  #close() {
    this.#inline.cancel();
    if (this.#shown.length) this.#show([]);
  }

  #move(by) {
    const options = [...this.#menu.children];
    options[this.#active]?.removeAttribute('aria-selected');
    this.#active = (this.#active + by + options.length + (this.#active < 0 && by < 0 ? 1 : 0)) % options.length;
    options[this.#active].setAttribute('aria-selected', 'true');
    options[this.#active].scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-activedescendant', `option-${this.#active}`);
  }

  #keydown(event) {
    if (event.isComposing) return;
    const open = this.#shown.length > 0;
    const key = event.key;
    if (open && (key === 'ArrowDown' || key === 'ArrowUp')) this.#move(key === 'ArrowDown' ? 1 : -1);
    else if (open && key === 'Escape') this.#close();
    else if (open && key === 'Enter' && this.#active >= 0) this.#choose(this.#active);
    else if (key === 'Enter' && !event.shiftKey) this.#send();
    else if (key === 'Escape' && this.#about) this.setAbout(null);
    else return;
    event.preventDefault();
  }
}
