// The line to write in: drafts, answers to a message, edits, and the menu of
// commands. Typed text leaves the line only when the server has taken it.

import { $, h, label, recall, remember } from './dom.js';
import { preview } from './message.js';
import { t } from './words.js';

export class Composer {
  #input = $('input');
  #menu = $('menu');
  #drafts = recall('drafts', {});
  #key = '';
  #about = null; // {kind: 'reply'|'edit', message}
  #commands = [];
  #shown = [];
  #active = -1;
  #submit;

  // submit(text, about) sends or throws.
  constructor(submit) {
    this.#submit = submit;
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
    $('menu-button').addEventListener('click', () => {
      if (this.#shown.length) return this.#close();
      this.#input.focus();
      this.#show(this.#commands);
    });
    $('about').querySelector('button').addEventListener('click', () => this.setAbout(null));
  }

  // open turns to another chat or person.
  open(key, commands) {
    this.#commands = commands;
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
    document.body.toggleAttribute('data-about', Boolean(about));
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

  // choose sends a command of the menu. A text that was begun stays.
  async #choose(at) {
    const text = `/${this.#shown[at].command}`;
    const begun = this.#input.value;
    this.#close();
    await this.#submit(text, null).catch(() => {});
    if (!/^\/\w*$/.test(begun) || this.#input.value !== begun) return;
    this.#input.value = '';
    this.#keep(this.#key, '');
  }

  #keep(key, text) {
    if (this.#about?.kind === 'edit') return;
    if (text) this.#drafts[key] = text; else delete this.#drafts[key];
    remember('drafts', this.#drafts);
  }

  #suggest() {
    const typed = /^\/([a-z0-9_]*)$/i.exec(this.#input.value);
    this.#show(typed ? this.#commands.filter((one) => one.command.startsWith(typed[1].toLowerCase())) : []);
  }

  #show(commands) {
    this.#shown = commands;
    this.#active = -1;
    this.#menu.hidden = commands.length === 0;
    this.#menu.replaceChildren(...commands.map((one, at) => h('div', { role: 'option', id: `command-${at}`, 'data-at': at, 'data-command': one.command },
      h('b', {}, `/${one.command}`), h('span', {}, one.description))));
    this.#menu.scrollTop = 0;
    this.#input.setAttribute('aria-expanded', String(commands.length > 0));
    this.#input.removeAttribute('aria-activedescendant');
  }

  #close() { if (this.#shown.length) this.#show([]); }

  #move(by) {
    const options = [...this.#menu.children];
    options[this.#active]?.removeAttribute('aria-selected');
    this.#active = (this.#active + by + options.length + (this.#active < 0 && by < 0 ? 1 : 0)) % options.length;
    options[this.#active].setAttribute('aria-selected', 'true');
    options[this.#active].scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-activedescendant', `command-${this.#active}`);
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
