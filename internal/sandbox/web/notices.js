// What the page says to the reader outside of the messages.

import { $, h } from './dom.js';
import { t } from './words.js';

const stay = 5000; // ms, as long as Telegram shows one

export function toast(text, trouble = false) {
  const line = h('p', { 'data-testid': 'toast', class: trouble ? 'trouble' : '' }, text);
  $('toasts').append(line);
  line.addEventListener('click', () => line.remove());
  setTimeout(() => line.remove(), stay);
  while ($('toasts').children.length > 3) $('toasts').firstChild.remove();
}

// alertBox waits for the reader's OK. A second one takes the place of the first.
export function alertBox(text) {
  const box = $('alert');
  box.querySelector('p').textContent = text;
  box.querySelector('button').textContent = t('ok');
  box.dataset.testid = 'toast';
  box.onclose = () => delete box.dataset.testid;
  if (!box.open) box.showModal();
}

// sayTrouble shows why something was refused, in a kind line.
export function sayTrouble(error) {
  if (error.gone) return toast(t('gone'), true);
  toast(t('refused', { why: error.message }), true);
}

// announce lets a screen reader speak a new message.
export function announce(text) {
  $('announce').replaceChildren(h('p', {}, text));
}
