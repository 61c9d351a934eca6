// "@bot words" in the line to write in: asks the bot for results and offers
// them as rows of the menu, as Telegram does above its own line.

import { h } from './dom.js';
import { t } from './words.js';

const pause = 200; // ms after a letter: who types on asks once

export class Inline {
  #ask;
  #timer;
  #stop = new AbortController();

  // ask(query, signal) asks the bot; send(answer, result, about) sends a result,
  // perhaps as an answer to a message, and start(parameter) opens the private chat.
  constructor({ ask, send, start }) {
    this.#ask = ask;
    this.send = send;
    this.start = start;
  }

  // query is what a text asks our bot; undefined if it asks nothing.
  static query(text, bot) {
    const [, name, words] = /^@(\w+)\s([^]*)$/.exec(text) ?? [];
    return name && name.toLowerCase() === bot?.toLowerCase() ? words.trim() : undefined;
  }

  // find calls show(rows, busy) now and once the bot has answered; row by row
  // as Composer wants its menu.
  find(query, show) {
    this.cancel();
    const stop = new AbortController();
    this.#stop = stop;
    show([line(t('searching'))], true);
    this.#timer = setTimeout(async () => {
      const answer = await this.#ask(query, stop.signal).catch(() => ({}));
      if (!stop.signal.aborted) show(this.#rows(answer), false);
    }, pause);
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  #rows(answer) {
    const { results = [], button } = answer;
    const rows = results.map((result) => ({
      attributes: { class: 'result', 'data-testid': 'inline-result', 'data-result': result.id },
      content: [face(result.title), h('span', { class: 'about' }, h('b', {}, result.title), h('span', {}, result.description))],
      run: (about) => this.send(answer, result, about),
    }));
    if (button) {
      rows.unshift({
        attributes: { class: 'switch', 'data-testid': 'inline-button' },
        content: [h('b', {}, button.text)],
        run: () => this.start(button.start_parameter),
      });
    }
    return rows.length ? rows : [line(t('nothing'))];
  }
}

// face stands where a result without a picture has its first letter.
const face = (title) => h('span', { class: 'face', 'aria-hidden': 'true' }, [...title.trim()][0]?.toUpperCase() ?? '');

const line = (text) => ({ attributes: { class: 'line', 'aria-disabled': 'true' }, content: [h('span', {}, text)] });
