// A poll or quiz inside a bubble: to answer, or answered.

import { $, avatar, h, icon } from './dom.js';
import { richText } from './richtext.js';
import { t } from './words.js';

const folded = new Set(); // "poll:person" whose explanation was closed again

// order gives the options as this person sees them. A shuffled poll has another
// order for each person, and for one person always the same.
function order(poll, person) {
  if (!poll.shuffle) return poll.options;
  const rank = (option) => {
    let hash = 2166136261; // FNV-1a
    for (const c of `${person}/${poll.id}/${option.index}`) hash = Math.imul(hash ^ c.codePointAt(0), 16777619) >>> 0;
    return Math.imul(hash ^ (hash >>> 15), 2246822519) >>> 0;
  };
  return [...poll.options].sort((a, b) => rank(a) - rank(b));
}

export function pollView(poll, view) {
  const answer = poll.answers?.[view.person.id];
  const chosen = answer?.chosen ?? [];
  const answered = chosen.length > 0;
  const done = answered || poll.closed;
  const options = order(poll, view.person.id);
  const multiple = poll.multiple && !done;
  const again = answered && !poll.closed && (poll.type !== 'quiz' || poll.revoting);
  return h('section', { class: multiple || again ? 'poll' : 'poll short', 'data-testid': 'poll', 'data-id': poll.id, 'aria-label': poll.question },
    poll.description_html && h('div', { class: 'text' }, richText(poll.description_html, view.commands)),
    h('h3', {}, poll.question),
    h('p', { class: 'kind' }, kind(poll), done && poll.explanation && bulb(poll, view)),
    h('ul', {}, ...options.map((option) => h('li', {}, done ? result(poll, option, chosen) : choice(poll, option, multiple)))),
    done && poll.explanation && explanation(poll, view),
    total(poll, view, done),
    multiple && h('button', { type: 'button', class: 'wide vote', disabled: true }, t('vote')),
    again && h('button', { type: 'button', class: 'link retract' }, t('retract')));
}

// total counts the voters. Who they are and what they chose can be looked up,
// as in Telegram, once one has voted oneself; never in an anonymous poll.
function total(poll, view, done) {
  const text = poll.total ? t('votes', { n: poll.total }) : t('noVotes');
  if (poll.anonymous || !done || !poll.total) return h('p', { class: 'total' }, text);
  const faces = votersOf(poll, view.model).slice(0, 3).map(({ id, name }) => {
    const face = h('span', { class: 'avatar', 'aria-hidden': 'true' });
    avatar(face, { id, title: name });
    return face;
  });
  return h('button', { type: 'button', class: 'total link voters', 'data-testid': 'voters', title: t('voters') }, ...faces, text);
}

// votersOf lists who voted, with names; option limits it to those who chose it.
function votersOf(poll, model, option) {
  return Object.entries(poll.answers ?? {})
    .filter(([, answer]) => option === undefined || answer.chosen.includes(option))
    .map(([id]) => ({ id: Number(id), name: model.person(Number(id))?.first_name ?? id }));
}

// showVoters opens the list of who chose what.
export function showVoters(poll, view) {
  const box = $('voters');
  box.querySelector('h2').textContent = poll.question;
  box.querySelector('ul').replaceChildren(...order(poll, view.person.id).map((option) => h('li', {},
    h('h3', {}, option.text, h('span', {}, String(option.votes))),
    h('p', {}, votersOf(poll, view.model, option.index).map((one) => one.name).join(', ')))));
  box.querySelector('button').textContent = t('ok');
  box.showModal();
}

function kind(poll) {
  if (poll.closed) return t('closed');
  return t(`${poll.type === 'quiz' ? 'quiz' : 'poll'}${poll.anonymous ? 'Anonymous' : ''}`);
}

const optionAttributes = (option) => ({ class: 'option', 'data-testid': 'poll-option', 'data-index': option.index });

function choice(poll, option, multiple) {
  const role = multiple ? { role: 'checkbox', 'aria-checked': 'false' } : {};
  return h('button', { type: 'button', ...optionAttributes(option), ...role },
    h('span', { class: `dot${multiple ? ' square' : ''}` }), h('span', { class: 'label' }, option.text));
}

function result(poll, option, chosen) {
  const mine = chosen.includes(option.index);
  const right = poll.type === 'quiz' ? (poll.right ?? []).includes(option.index) : mine;
  const state = right ? 'right' : mine ? 'wrong' : 'other';
  const percent = poll.total ? Math.round((option.votes * 100) / poll.total) : 0;
  const bar = h('span', { class: 'share' });
  bar.style.setProperty('--share', `${percent}%`);
  const said = [poll.type === 'quiz' && state !== 'other' && t(state), mine && t('chosen')].filter(Boolean).join(', ');
  return h('div', { ...optionAttributes(option), 'data-state': state, 'data-chosen': mine },
    h('span', { class: 'percent' }, `${percent}%`),
    h('span', { class: 'label' }, option.text, said && h('span', { class: 'unseen' }, ` (${said})`)),
    h('span', { class: 'mark', 'aria-hidden': 'true' }, { right: '✓', wrong: '✕', other: '' }[state]),
    bar);
}

const key = (poll, view) => `${poll.id}:${view.person.id}`;

function bulb(poll, view) {
  const open = !folded.has(key(poll, view));
  return h('button', { type: 'button', class: 'bulb', 'aria-expanded': String(open), 'aria-label': t('explanation'), title: t('explanation') }, icon('bulb'));
}

function explanation(poll, view) {
  return h('div', { class: 'explanation text', 'data-testid': 'explanation', hidden: folded.has(key(poll, view)) },
    poll.explanation_html ? richText(poll.explanation_html, view.commands) : poll.explanation);
}

// pressed handles a click inside a poll; vote, retract and voters are what it may cause.
export function pressed(target, poll, view, { vote, retract, voters }) {
  const section = target.closest('.poll');
  const busy = (element) => { element.setAttribute('aria-busy', 'true'); return () => element.removeAttribute('aria-busy'); };
  const button = target.closest('button');
  if (!button || section.querySelector('[aria-busy]')) return;
  if (button.matches('.bulb')) {
    const open = folded.delete(key(poll, view)) || !folded.add(key(poll, view));
    button.setAttribute('aria-expanded', String(open));
    section.querySelector('.explanation').hidden = !open;
  } else if (button.matches('.voters')) {
    voters(poll);
  } else if (button.matches('.retract')) {
    retract(poll).finally(busy(button));
  } else if (button.matches('.vote')) {
    const checked = [...section.querySelectorAll('[aria-checked=true]')].map((option) => Number(option.dataset.index));
    vote(poll, checked.sort((a, b) => a - b)).finally(busy(button));
  } else if (button.matches('[role=checkbox]')) {
    button.setAttribute('aria-checked', String(button.getAttribute('aria-checked') !== 'true'));
    section.querySelector('.vote').disabled = !section.querySelector('[aria-checked=true]');
  } else if (button.matches('.option')) {
    vote(poll, [Number(button.dataset.index)]).finally(busy(button));
  }
}
