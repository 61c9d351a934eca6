// Small helpers to make elements. Text always goes in as text, never as HTML.

export const $ = (id) => document.getElementById(id);

// h makes an element. Attributes that are false, null or undefined stay away.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

// icon draws a symbol of index.html. It says nothing to a screen reader: its
// button carries the label.
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

export function label(element, text) {
  element.setAttribute('aria-label', text);
  element.title = text;
}

// avatar fills a round picture: the road for the bot, a letter for the others.
export function avatar(element, chat) {
  element.replaceChildren();
  element.dataset.tone = Math.abs(chat.was || chat.id) % 997 % 5;
  if (chat.type === 'private') {
    element.append(h('img', { src: 'favicon.svg', alt: '' }));
  } else {
    element.append([...chat.title.trim()][0]?.toUpperCase() ?? '?');
  }
}

// remember and recall keep small things over a reload; a closed storage
// (private window) only forgets.
export function remember(key, value) {
  try { localStorage.setItem(`yolchi.${key}`, JSON.stringify(value)); } catch { /* forget */ }
}

export function recall(key, otherwise) {
  try { return JSON.parse(localStorage.getItem(`yolchi.${key}`)) ?? otherwise; } catch { return otherwise; }
}
