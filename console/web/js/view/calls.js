// The left column: who comes back, rings, waits, is held, is to be called back.
import { html, keyed } from '../view.js';
import { t, brief, keyName, lang, phone } from '../i18n.js';
import { incoming, transferring, waiting, waitsSince, ringsHere } from '../reducer.js';
import { age, called, callerName, cause, due, icon, menuPath, nameOf, targetOf } from './parts.js';

/** A caller should not wait longer for a person, ms. */
export const TOO_LONG = 60_000;
/** A held caller is remembered after, ms. */
export const FORGOTTEN = 45_000;

/** @param {Desk} desk */
export function calls(desk) {
  const { state } = desk;
  const going = transferring(state);
  const coming = incoming(state);
  const held = waiting(state);
  const tasks = Object.values(state.tasks).sort((a, b) => (a.due_ms ?? Infinity) - (b.due_ms ?? Infinity) || a.at_ms - b.at_ms);
  const missed = Object.values(state.missed).sort((a, b) => b.at_ms - a.at_ms);
  return html`
    ${heading('h-calls', t('calls.title'), coming.length + going.length)}
    <ul class="rows" aria-labelledby="h-calls">
      ${keyed(going, (c) => c.id, (c) => onItsWay(desk, c))}
      ${keyed(coming, (c) => c.id, (c) => arriving(desk, c))}
    </ul>
    ${coming.length + going.length ? '' : html`<p class="empty">${t('calls.none')}</p>`}
    ${held.length ? html`${heading('h-held', t('calls.held'), held.length)}
      <ul class="rows" aria-labelledby="h-held">${keyed(held, (c) => c.id, (c, i) => standing(desk, c, i + 1))}</ul>` : ''}
    ${tasks.length ? html`${heading('h-tasks', t('calls.tasks'), tasks.length)}
      <ul class="rows" aria-labelledby="h-tasks">${keyed(tasks, (x) => x.id, (x) => task(desk, x))}</ul>` : ''}
    ${missed.length ? html`${heading('h-missed', t('calls.missed'), missed.length)}
      <ul class="rows" aria-labelledby="h-missed">${keyed(missed, (x) => x.id, (x) => miss(desk, x))}</ul>` : ''}`;
}

/** @param {string} id @param {string} text @param {number} count */
const heading = (id, text, count) => html`<h2 class="head"><span id="${id}">${text}</span><span class="num">${count || ''}</span></h2>`;

/** @param {Desk} desk @param {CallView} call */
function arriving(desk, call) {
  const rings = ringsHere(desk.state, call);
  const since = waitsSince(call);
  const kind = call.returned ? 'back' : rings ? 'rings' : '';
  const sign = call.returned ? 'back' : rings ? 'bell' : 'clock';
  const about = [call.lang?.toUpperCase(), menuPath(call).at(-1) ?? called(call.service)].filter(Boolean).join(' · ');
  return html`<li><button type="button" class="row ${kind}" data-late="${`${since}+${TOO_LONG}`}" @click="${() => desk.run('answer_call', call.id)}">
    ${icon(sign, `sign ${rings && !call.returned ? 'bell' : ''}`)}${icon('alert', 'sign late')}
    <span class="name clip">${callerName(call)}</span>${age(since, 'time')}
    <span class="about clip"><span class="late">${t('calls.too_long')} · </span>${call.returned ? whence(desk, call.returned) : about}</span></button></li>`;
}

/** From whom they come back; from me when I held them too long. @param {Desk} desk @param {ReturnedView} back */
export const whence = ({ state }, { from, why: code, after_ms }) =>
  (from === state.me?.station || from === state.me?.display ? t('calls.returned_hold')
    : t(after_ms < 1000 ? 'calls.returned_at_once' : 'calls.returned', { name: nameOf(state, from), why: why(code), after: Math.round(after_ms / 1000) }));

/** @param {string} code */
const why = (code) => {
  const key = `why.${code}`;
  const text = t(key);
  return text === key ? t('why.other') : text;
};

/** @param {Desk} desk @param {CallView} call */
const onItsWay = (desk, call) => html`<li><button type="button" class="row going" @click="${() => desk.run('take_back', call.id)}">
  ${icon('forward', 'sign')}<span class="name clip">${callerName(call)}</span>${age(call.since_ms, 'time')}
  <span class="about clip">${t('calls.to', { name: targetOf(desk.state, call) })} <kbd>${keyName('Escape')}</kbd></span></button></li>`;

/** @param {Desk} desk @param {CallView} call @param {number} n */
const standing = (desk, call, n) => html`<li class="join"><button type="button" class="row" data-late="${`${call.since_ms}+${FORGOTTEN}`}"
  aria-keyshortcuts="${n < 10 ? `Alt+${n}` : null}" @click="${() => desk.run('retrieve', n)}">
  ${icon(call.state === 'parked' ? 'park' : 'pause', 'sign')}${icon('alert', 'sign late')}
  <span class="name clip">${callerName(call)}</span>${age(call.since_ms, 'time')}
  <span class="about clip">${n < 10 ? html`<kbd>Alt ${n}</kbd>` : ''}<span class="late">${t('calls.forgotten')} · </span>${
    [call.state === 'parked' && call.slot ? t('calls.slot', { slot: call.slot }) : '', call.lang?.toUpperCase(), called(call.service)].filter(Boolean).join(' · ')}</span></button>${call.state === 'held' && desk.mode === 'talking' && desk.can('merge') ? html`<button type="button" class="done" aria-label="${t('calls.merge', { name: callerName(call) })}" @click="${() => desk.run('merge', call.id)}">${icon('people')}</button>` : ''}</li>`;

/** Who is to be called back. @param {TaskView|MissedView} x */
const whose = (x) => x.name || x.near || phone(x.number) || t('caller.withheld');

/** @param {Desk} desk @param {TaskView} x */
const task = (desk, x) => html`<li class="two"><button type="button" class="row" data-late="${x.due_ms ? `${x.due_ms}+0` : null}" @click="${() => desk.run('call_number', x.number)}">
  ${icon('note', 'sign')}${icon('alert', 'sign late')}<span class="name clip">${whose(x)}</span>
  <span class="about clip"><span class="late">${t('calls.overdue')} · </span>${[x.whom ? t('calls.for', { name: nameOf(desk.state, x.whom) }) : '', x.text || called(x.service)].filter(Boolean).join(' · ')}</span><span class="time num">${due(desk, x.due_ms)}</span></button>
  <button type="button" class="done" aria-label="${t('calls.done', { name: whose(x) })}" @click="${() => desk.run('task_done', x.id)}">${icon('check')}</button></li>`;

/** @param {Desk} desk @param {MissedView} x */
const miss = (desk, x) => html`<li class="two"><button type="button" class="row" aria-disabled="${x.number ? null : 'true'}" @click="${() => desk.run('call_number', x.number)}">
  ${icon('missed', 'sign')}<span class="name clip">${whose(x)}</span>
  <span class="about clip" title="${x.why?.[lang()] ?? null}">${x.why?.[lang()] ?? cause(x.cause)}</span><span class="time num">${brief(x.at_ms, desk.now)}</span></button>
  <button type="button" class="done" aria-label="${t('calls.done', { name: whose(x) })}" @click="${() => desk.run('task_done', x.id)}">${icon('check')}</button></li>`;
