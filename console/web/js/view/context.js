// The right column: this caller, the greeting, the note; and how the day goes.
import { html, keyed } from '../view.js';
import { t, has, day, lang, keyName, languageName, phone } from '../i18n.js';
import { subject } from '../reducer.js';
import { age, called, callerNumber, cause, due, greeting, icon, menuPath } from './parts.js';

/** @param {Desk} desk */
export function context(desk) {
  const call = subject(desk.state);
  return html`${keyed(call ? [call] : [], (c) => c.id, (c) => about(desk, c))}${today(desk)}`;
}

/** @param {Desk} desk @param {CallView} call */
function about(desk, call) {
  const draft = desk.state.drafts[call.id];
  const note = draft?.text ?? call.note?.text ?? '';
  return html`<div class="about-call">
    <h2 class="head" id="h-about">${t('context.caller')}</h2>
    <div class="panel">
      ${call.history.length ? html`<ul class="history">${keyed(call.history, (h) => `${h.at_ms}${h.with ?? ''}`, (h) => contact(desk, h))}</ul>` : html`<p class="soft">${t('context.first')}</p>`}
    </div>
    <h2 class="head">${t('context.number')}</h2>
    <div class="panel">
      <p><span class="soft">${t('context.dialled')}</span> <span class="num">${call.dialled ? phone(call.dialled) : t('context.inside')}</span><span class="soft">${call.label.replace(/^.*?( · |$)/, '$1')}</span></p>
      ${call.label ? html`<p><span class="soft">${t('context.say')}</span> <b>${greeting(call)}</b></p>` : ''}
      ${menuPath(call).length ? html`<p><span class="soft">${t('context.chose')}</span> ${menuPath(call).join(' › ')}</p>` : ''}
      ${call.reason && why(call.reason) ? html`<p><span class="soft">${t('context.why')}</span> ${why(call.reason)}</p>` : ''}
    </div>
    <h2 class="head"><label for="note">${t('context.note')}</label><span class="soft small">${note && !draft?.dirty ? t('context.saved') : ''}</span></h2>
    <textarea class="note" id="note" maxlength="4000" placeholder="${t('context.note_hint')}" .value="${note}" ?readonly="${!desk.can('note')}"
      @input="${(/** @type {any} */ e) => desk.run('note', { call: call.id, text: e.target.value })}"></textarea>
    <p class="under">${desk.can('task') ? html`<button type="button" class="btn" aria-describedby="would" @click="${() => desk.run('task')}">${icon('note')}<span>${t('cmd.task')}</span> <kbd aria-hidden="true">${keyName('Ctrl+Enter')}</kbd></button>
      <span class="soft small" id="would">${[callerNumber(call), call.lang ? languageName(call.lang) : '', called(call.service), due(desk, call.due_ms)].filter(Boolean).join(' · ')}</span>` : ''}</p>
  </div>`;
}

/** @param {Desk} desk @param {ContactView} h */
const contact = ({ now }, h) => html`<li><span class="soft">${day(h.at_ms, now)}</span> ${h.with ? html`→ <b>${phone(h.with)}</b> ` : ''}<span class="soft">· ${how(h.outcome)}</span>${
  h.note ? html`<br /><span class="said">${h.note}</span>` : ''}</li>`;

/** Why a call is here, in a sentence, if it needs one. @param {ReasonView} reason */
const why = ({ rule, inputs, result, text }) => text?.[lang()] ?? (has(`reason.${rule}`) ? t(`reason.${rule}`, { ...Object.fromEntries(inputs), result }) : '');

/** @param {string} outcome */
const how = (outcome) => (has(`outcome.${outcome}`) ? t(`outcome.${outcome}`) : cause(outcome));

/** @param {Desk} desk */
function today(desk) {
  const queues = Object.values(desk.state.queues).sort((a, b) => b.waiting - a.waiting || a.queue.localeCompare(b.queue));
  const stations = Object.values(desk.state.stations).filter((s) => s.state !== 'out').sort((a, b) => a.station.localeCompare(b.station));
  return html`<div class="today">
    <h2 class="head">${t('today.queues')}</h2>
    <ul class="panel facts">${keyed(queues, (q) => q.queue, queue)}</ul>
    <h2 class="head">${t('today.desks')}</h2>
    <ul class="panel facts">${keyed(stations, (s) => s.station, (s) => place(desk, s))}</ul>
    ${desk.state.closures.length ? html`<h2 class="head">${t('today.closed')}</h2><ul class="panel facts">${keyed(desk.state.closures, (c) => c.id, (c) => html`<li><span class="clip">${
      called(c.service) || t('closure.house')}</span><button type="button" class="btn small" @click="${() => desk.run('reopen', c.id)}">${t('cmd.reopen')}</button></li>`)}</ul>` : ''}
  </div>`;
}

/** @param {QueueView} q */
const queue = (q) => html`<li><span class="clip">${called(q.queue)}</span><span class="num soft">${
  !q.open ? t('queue.closed') : q.waiting ? html`${t('queue.waiting', { n: q.waiting })} · ${age(q.longest_since_ms)}` : t('queue.nobody')}</span></li>`;

const SIGN = { out: 'unknown', calling: 'bell', ready: 'free', ringing: 'bell', talking: 'phone', wrap_up: 'note', paused: 'open' };
const TONE = { out: 'away', calling: 'ringing', ready: 'free', ringing: 'ringing', talking: 'busy', wrap_up: 'away', paused: 'away' };

/** @param {Desk} desk @param {StationView} s */
const place = (desk, s) => html`<li><span class="clip">${s.user ?? s.station}${s.station === desk.state.me?.station ? html` <span class="soft">${t('today.you')}</span>` : ''}</span>
  <span class="pres small ${TONE[s.state]}">${icon(SIGN[s.state])}<span>${t(`station.${s.state}`)}</span></span></li>`;
