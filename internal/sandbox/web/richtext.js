// Formatted text. The server makes safe HTML already; here it is copied
// element by element from a short list all the same, for that copy also adds
// what a reader can press: folded quotes, spoilers and commands.

import { h, icon } from './dom.js';
import { t } from './words.js';

const plain = new Set(['b', 'strong', 'i', 'em', 'u', 'ins', 's', 'del', 'strike']);

// richText gives the nodes for a text; commands is a set of names ("today")
// that become pressable.
export function richText(html, commands = new Set()) {
  const template = document.createElement('template');
  template.innerHTML = html ?? '';
  const out = document.createDocumentFragment();
  copy(template.content, out, commands);
  return out;
}

// plainText is the same text without any form, for one-line previews.
export function plainText(html) {
  const template = document.createElement('template');
  template.innerHTML = html ?? '';
  return template.content.textContent;
}

function copy(from, to, commands) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      // The line break after a block is drawn by the block itself.
      const afterBlock = /^(PRE|BLOCKQUOTE)$/.test(to.lastChild?.nodeName ?? '');
      withCommands(afterBlock ? node.data.replace(/^\n/, '') : node.data, to, commands);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      element(node, to, commands);
    }
  }
}

function element(node, to, commands) {
  const name = node.localName;
  const into = (target, inner = target, names = commands) => { copy(node, inner, names); to.append(target); };
  if (plain.has(name)) return into(h(name));
  if (name === 'br') return to.append('\n');
  if (name === 'code') return into(h('code'), undefined, new Set());
  if (name === 'pre') return to.append(codeBlock(node));
  if (name === 'a' && /^https?:\/\//i.test(node.getAttribute('href') ?? '')) {
    return into(h('a', { href: node.getAttribute('href'), target: '_blank', rel: 'noopener noreferrer' }), undefined, new Set());
  }
  if (name === 'span' && node.classList.contains('spoiler')) {
    return into(h('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': t('spoiler') }));
  }
  if (name === 'blockquote') return quote(node, into);
  if (name !== 'script' && name !== 'style') copy(node, to, commands);
}

// quote folds an expandable quote that is longer than three lines or so.
function quote(node, into) {
  const text = node.textContent;
  const long = text.length > 150 || text.split('\n').length > 3;
  const inner = h('div');
  if (!node.classList.contains('expandable') || !long) return into(h('blockquote', {}, inner), inner);
  const button = h('button', { type: 'button', class: 'fold', 'aria-expanded': 'false', 'aria-label': t('unfold') }, icon('fold'));
  return into(h('blockquote', { class: 'foldable folded' }, inner, button), inner);
}

export function toggleQuote(blockquote) {
  const folded = blockquote.classList.toggle('folded');
  const button = blockquote.querySelector('.fold');
  button.setAttribute('aria-expanded', String(!folded));
  button.setAttribute('aria-label', t(folded ? 'unfold' : 'fold'));
}

export function reveal(spoiler) {
  spoiler.classList.add('shown');
  for (const name of ['role', 'tabindex', 'aria-label']) spoiler.removeAttribute(name);
}

function withCommands(text, to, commands) {
  let done = 0;
  for (const match of text.matchAll(/(?<=^|[\s(])\/([a-z0-9_]{1,32})(?:@\w+)?(?![\w/@])/g)) {
    if (!commands.has(match[1])) continue;
    to.append(text.slice(done, match.index), h('button', { type: 'button', class: 'link', 'data-command': match[0] }, match[0]));
    done = match.index + match[0].length;
  }
  to.append(text.slice(done));
}

const keywords = 'break|case|catch|chan|class|const|continue|def|default|defer|do|done|elif|else|fallthrough|fi|finally|for|from|func|function|go|goto|if|import|in|interface|lambda|let|map|new|package|range|return|select|static|struct|switch|then|throw|try|type|var|while|with|nil|null|true|false|None|True|False|any|bool|byte|error|int|string|FROM|RUN|COPY|CMD|ENTRYPOINT|WORKDIR|ENV|EXPOSE|SELECT|INSERT|INTO|VALUES|UPDATE|SET|DELETE|CREATE|TABLE|INDEX|WHERE|JOIN|LEFT|ON|GROUP|ORDER|BY|LIMIT|BEGIN|COMMIT|AND|OR|NOT|NULL|AS|PRIMARY|KEY|REFERENCES';
const hashed = /^(ba|z)?sh$|shell|ya?ml|docker|^py|toml|make|ini|conf/;

// grammar gives one expression whose groups are comment, string, keyword and
// number. It colours; it does not parse.
function grammar(language) {
  const comment = /sql$/.test(language) ? '--.*' : hashed.test(language) ? '#.*' : '//.*|/\\*[^]*?\\*/';
  return new RegExp(`(${comment})|("(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'|\`[^\`]*\`)|\\b(${keywords})\\b|\\b(\\d[\\w.]*)`, 'g');
}

function codeBlock(node) {
  const inner = node.querySelector('code');
  const named = node.dataset.lang || /language-([\w+#-]+)/.exec(inner?.className ?? '')?.[1] || '';
  const code = h('code');
  const text = node.textContent.replace(/\n$/, '');
  if (!named) {
    code.append(text);
    return h('pre', { tabindex: '0' }, code);
  }
  let done = 0;
  for (const match of text.matchAll(grammar(named.toLowerCase()))) {
    const kind = ['comment', 'string', 'keyword', 'number'][match.slice(1).findIndex((group) => group !== undefined)];
    code.append(text.slice(done, match.index), h('span', { class: kind }, match[0]));
    done = match.index + match[0].length;
  }
  code.append(text.slice(done));
  return h('pre', { 'data-lang': named, tabindex: '0' }, code);
}
