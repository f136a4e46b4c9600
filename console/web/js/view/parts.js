// Pieces that every pane uses: icons, buttons, ages, presence as shape and word.
import { html, keyed } from '../view.js';
import { t, brief, day, has, keyName, moment, phone, languageName } from '../i18n.js';
import { keyOf, ariaKey } from '../keys.js';

/** @param {string} name @param {string} [kind] */
export const icon = (name, kind = '') => html`<svg class="i ${kind}" aria-hidden="true"><use href="${`/icons.svg#${name}`}"></use></svg>`;

/** An age that counts by itself (see `tick`). @param {number|null|undefined} since @param {string} [kind] */
export const age = (since, kind = '') => html`<span class="num ${kind}" data-since="${since ?? null}"></span>`;

/** The button of a command, with its key. @param {Desk} desk @param {string} command
 * @param {Button} [how] */
export function act(desk, command, how = {}) {
  const key = how.key ?? keyOf(command, desk.mode);
  const off = how.off || desk.mode === 'reconnecting';
  return html`<button type="button" class="btn ${how.kind ?? ''}" data-command="${command}" aria-disabled="${off ? 'true' : null}"
    aria-keyshortcuts="${key ? ariaKey(key) : null}" @click="${() => off || desk.run(command, how.arg)}">
    ${how.icon ? icon(how.icon) : ''}<span>${how.label ?? t(`cmd.${command}`)}</span>${key ? html`<kbd aria-hidden="true">${keyName(key)}</kbd>` : ''}</button>`;
}

/** @param {CallView} call */
export const callerName = (call) => call.caller.name || callerNumber(call) || t('caller.withheld');
/** @param {CallView} call */
export const callerNumber = (call) => call.caller.near || phone(call.caller.number);

/** The choices made in the menu, without the language. @param {CallView} call */
export const menuPath = (call) => call.ivr.map((step) => step.replace(/^[^:]*: /, '')).filter((step) => step !== call.lang).map((step) => (services[step] ? called(step) : step));

/** Names of services by language. @type {Record<string, Record<string, string|undefined>>} */
let services = {};
/** @param {State} state */
export const know = (state) => (services = state.services);

/** A service in the page's language, else in another. @param {string|undefined} service */
export function called(service) {
  if (!service) return '';
  const names = services[service] ?? {};
  return names[document.documentElement.lang] ?? Object.values(names)[0] ?? service.charAt(0).toUpperCase() + service.slice(1);
}

/** @param {CallView} call */
export function callerFacts(call) {
  const way = menuPath(call).join(' › ') || called(call.service);
  return [
    call.caller.name ? callerNumber(call) || t('caller.withheld') : '',
    call.caller.name && call.caller.source === 'network' ? t('caller.network') : '',
    call.lang ? languageName(call.lang) : '',
    way,
    call.earlier_today ? t('card.today', { n: call.earlier_today }) : '',
  ].filter(Boolean).join(' · ');
}

/** In the name of the town that was called. @param {CallView} call */
export const greeting = (call) => (call.label ? t('card.greet', { label: call.label.split(' · ')[0] ?? '' }) : '');

/** Until when somebody is to be called back. @param {Desk} desk @param {number|undefined} at */
export const due = ({ now }, at) => (at ? t('calls.before', { time: brief(at, now) }) : '');

/** When a service is open today, or on the next day that it is. @param {Desk} desk @param {ResultItem} item */
export function openHours({ now }, { hours }) {
  const [first] = hours ?? [];
  if (!hours || !first) return '';
  const times = hours.map(([from, until]) => `${moment(from, from)}–${moment(until, until)}`).join(', ');
  const today = new Date(first[0]).toDateString() === new Date(now).toDateString();
  return `${today ? '' : `${day(first[0], now)} `}${times}`;
}

/** @param {string} code */
export const cause = (code) => t(`cause.${has(`cause.${code}`) ? code : 'other'}`);

/** As the call says, else as a search has shown them. @param {State} state @param {CallView} call */
export const targetOf = (state, call) => call.target_name ?? nameOf(state, call.target);

/** @param {State} state @param {string|undefined} target */
export function nameOf(state, target) {
  if (!target) return '';
  return state.names[target] ?? phone(target);
}

const SHAPE = { free: 'free', ringing: 'bell', busy: 'phone', unreachable: 'unknown' };
const TONE = { free: 'free', ringing: 'ringing', busy: 'busy', unreachable: 'away' };

/** @param {PresenceView|undefined} p */
export const shape = (p) => (p ? icon(p.away && p.state === 'free' ? 'open' : SHAPE[p.state], `${tone(p)}`) : '');
/** @param {PresenceView|undefined} p */
export const tone = (p) => (p ? (p.away && p.state === 'free' ? 'away' : TONE[p.state]) : 'away');

/** The line's own state, and the absence beside it. @param {PresenceView|undefined} p @param {number} now */
export function words(p, now) {
  if (!p) return '';
  const line = html`<span>${t(`presence.${p.state}`)}</span>${p.state === 'busy' || p.state === 'ringing' ? html` ${age(p.since_ms)}` : ''}`;
  if (!p.away) return line;
  const away = p.away.until_ms ? t('presence.away', { until: moment(p.away.until_ms, now) }) : t('presence.is_away');
  return p.state === 'free' ? html`<span>${away}</span>` : html`${line}<span> · ${away}</span>`;
}

/** Where a colleague's calls go, by occasion. @param {Desk} desk @param {ResultItem|null} row */
export function forwards({ state }, row) {
  const p = row?.account ? state.presence[row.account] : undefined;
  const all = [...(p?.away?.to ? [{ when: 'is_away', to: p.away.to }] : []), ...(p?.forwards ?? [])];
  return keyed(all, (f) => f.when, (f) => html`<div><dt>${t(`presence.${f.when}`)}</dt><dd>→ ${nameOf(state, f.to)}</dd></div>`);
}

/** Repaints the ages. @param {ParentNode} page @param {number} now @param {(ms: number) => string} clock */
export function tick(page, now, clock) {
  for (const element of page.querySelectorAll('[data-since]')) {
    const text = clock(now - Number(element.getAttribute('data-since')));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of page.querySelectorAll('[data-late]')) {
    const [since = 0, limit = 0] = (element.getAttribute('data-late') ?? '').split('+').map(Number);
    element.toggleAttribute('data-too-late', now - since > limit);
  }
}
