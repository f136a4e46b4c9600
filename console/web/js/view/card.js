// The one live conversation. Its height never changes, so that nothing below it ever moves.
import { html, keyed } from '../view.js';
import { t, clock } from '../i18n.js';
import { incoming, live, merging, mode, outgoing, ringing, subject, transferring, waiting, waitsSince, busyWith } from '../reducer.js';
import { act, age, callerFacts, callerName, greeting, icon, targetOf } from './parts.js';
import { whence } from './calls.js';

export const OUTCOMES = /** @type {const} */ (['informed', 'transferred', 'callback', 'referred', 'nothing', 'other']);

/** @param {Desk} desk */
export function card(desk) {
  const face = FACES[desk.mode](desk);
  const slow = Object.values(desk.state.pending).find((p) => p.slow);
  const call = live(desk.state);
  const acts = (face.acts ?? []).filter(([command]) => desk.can(command));
  return html`<section class="card ${face.edge ?? ''}" id="card" aria-labelledby="who" tabindex="-1">
    <div class="id"><h2 class="who clip ${face.edge?.includes('none') ? 'soft' : ''}" id="who">${face.who}</h2><p class="meta clip">${face.meta ?? ''}</p></div>
    <div class="side">${face.since ? age(face.since, 'timer') : ''}${call && desk.prefs.audio === 'browser' ? mute(desk) : ''}</div>
    <p class="st ${face.tone ?? 'away'}">${face.sign ? icon(face.sign, desk.mode === 'ringing' ? 'bell' : '') : ''}<span>${face.word ?? ''}</span>${
      slow ? html`<span class="soft"> · ${t(`cmd.${NAMES[slow.cmd.cmd] ?? slow.cmd.cmd}`)}: ${t('card.working')}</span>` : ''}</p>
    ${face.outcomes ? outcomes(desk) : ''}
    <div class="acts" role="group" aria-label="${t('card.actions')}">${keyed(acts, ([command]) => command, ([command, how]) => act(desk, command, how))}</div>
  </section>`;
}

/** Orders whose command has another name. */
const NAMES = /** @type {Record<string, string>} */ ({
  transfer_blind: 'transfer', consult_start: 'consult', consult_complete: 'connect', wrapup: 'finish',
});

/** @param {Desk} desk */
const mute = ({ state, run }) => html`<button type="button" class="btn quiet mute ${state.muted ? 'on' : ''}" aria-pressed="${String(state.muted)}"
  aria-label="${t('cmd.mute')}" @click="${() => run('mute')}">${icon(state.muted ? 'muted' : 'mic')}<span>${state.muted ? t('card.muted') : t('cmd.mute')}</span></button>`;

/** @type {Record<Mode, (desk: Desk) => Face>} */
const FACES = {
  idle: (desk) => {
    const next = incoming(desk.state)[0];
    const me = desk.state.me && desk.state.stations[desk.state.me.station];
    const away = me?.state === 'paused' || me?.state === 'out';
    return {
      edge: 'none', who: t(away ? 'card.away' : 'card.idle'),
      meta: next ? html`${t('card.next', { name: callerName(next) })} · ${age(waitsSince(next))}` : me?.unanswered ? t('card.unanswered', { n: me.unanswered }) : t(away ? 'card.away_hint' : 'card.idle_hint'),
      acts: next ? [['next', { kind: 'call', icon: 'phone' }]] : away ? [['ready', { kind: 'primary' }]] : [],
    };
  },
  ringing: (desk) => {
    const call = /** @type {CallView} */ (ringing(desk.state));
    return {
      edge: 'ring', tone: 'ringing', sign: 'bell', who: callerName(call), meta: callerFacts(call), since: waitsSince(call),
      word: call.returned ? whence(desk, call.returned) : greeting(call) || t('card.ringing'),
      acts: [['answer', { kind: 'call', icon: 'phone' }], ['deflect', {}]],
    };
  },
  talking: ({ state }) => {
    const call = /** @type {CallView} */ (live(state));
    const rings = ringing(state);
    if (outgoing(state, call)) {
      const calling = call.state === 'ringing';
      return {
        edge: calling ? 'consult' : 'talk', tone: calling ? 'accent' : 'free', sign: calling ? 'bell' : 'phone', who: targetOf(state, call), since: call.since_ms, meta: t('card.you_called'),
        word: t(calling ? 'card.ringing' : 'card.talking'), acts: [...(calling ? [] : /** @type {[string, Button][]} */ ([['hold', {}]])), ['hangup', { kind: 'danger end', icon: 'hangup' }]],
      };
    }
    return {
      edge: 'talk', tone: 'free', sign: 'phone', who: callerName(call), since: call.since_ms,
      meta: [callerFacts(call), (call.waited_ms ?? 0) > 999 ? t('card.waited', { time: clock(call.waited_ms ?? 0) }) : ''].filter(Boolean).join(' · '),
      word: rings ? `${t('card.talking')} · ${t('card.also', { name: callerName(rings) })}` : t('card.talking'),
      acts: [['transfer', { kind: 'primary', icon: 'forward' }], ['consult', {}], ['hold', {}], ['park', {}], ['hangup', { kind: 'danger end', icon: 'hangup' }]],
    };
  },
  consult: ({ state }) => {
    const call = /** @type {CallView} */ (live(state));
    const rings = call.state === 'consult_ringing';
    const swapped = call.state === 'consult_swapped';
    return {
      edge: 'consult', tone: 'accent', sign: rings ? 'bell' : 'announce', who: swapped ? callerName(call) : targetOf(state, call), since: call.since_ms,
      meta: html`${t('card.hears_music', { name: swapped ? targetOf(state, call) : callerName(call) })} · ${age(call.since_ms)}`,
      word: t(rings ? 'card.consult_ringing' : swapped ? 'card.talking' : 'card.consult_talking'),
      acts: [['connect', { kind: 'primary', icon: 'forward' }], ['consult_cancel', { key: 'Escape' }], ['swap', { off: rings }]],
    };
  },
  merged: ({ state }) => {
    const both = merging(state);
    return {
      edge: 'talk', tone: 'free', sign: 'phone', who: both.map(callerName).join(' + '), since: both[0]?.since_ms, meta: both.map(callerFacts).join(' + '), word: t('card.merged'),
      acts: [['connect', { kind: 'primary', icon: 'forward' }], ['consult_cancel', { key: 'Escape', label: t('card.separate') }], ['hold', {}], ['hangup', { kind: 'danger end', icon: 'hangup' }]],
    };
  },
  held: ({ state }) => {
    const held = waiting(state).filter((c) => c.state === 'held');
    const first = /** @type {CallView} */ (held[0]);
    return {
      edge: 'none', who: t('card.idle'), sign: 'pause', word: t('card.held', { n: held.length }), meta: html`${t('card.hears_music', { name: callerName(first) })} · ${age(first.since_ms)}`,
      acts: [['resume', { kind: 'primary', icon: 'play' }], ['park', {}], ...(incoming(state).length ? [/** @type {[string, Button]} */ (['next', {}])] : [])],
    };
  },
  transferring: ({ state }) => {
    const call = /** @type {CallView} */ (transferring(state)[0]);
    return {
      edge: 'none', who: t('card.idle'), sign: 'forward', tone: 'accent', word: t('card.transferring', { name: targetOf(state, call) }), since: call.since_ms,
      meta: t('card.free_again', { name: callerName(call) }),
      acts: [['take_back', { key: 'Escape', icon: 'back' }], ...(incoming(state).length ? [/** @type {[string, Button]} */ (['next', { kind: 'call', icon: 'phone' }])] : [])],
    };
  },
  wrapup: ({ state }) => ({
    edge: 'after', who: state.last ? callerName(state.last) : t('card.idle'), meta: state.last ? callerFacts(state.last) : '',
    sign: 'note', word: t('card.wrapup'), outcomes: true, acts: [['finish', { kind: 'primary', icon: 'check' }]],
  }),
  reconnecting: (desk) => {
    const { state } = desk;
    const call = live(state);
    const was = call ? FACES[mode({ ...state, link: 'up' })](desk) : null;
    return {
      ...(was ?? { who: t('card.idle') }), edge: was ? 'lost' : 'lost none', tone: 'busy', sign: 'alert',
      word: state.link === 'connecting' && !state.me ? t('card.connecting') : call ? t('card.control_lost') : t('card.no_link'),
    };
  },
  detached: ({ state, prefs }) => {
    const call = /** @type {CallView} */ (live(state));
    return {
      edge: 'lost', tone: 'busy', sign: 'alert', who: callerName(call), meta: callerFacts(call), since: call.since_ms, word: t('card.detached'),
      acts: [['to_phone', { icon: prefs.audio === 'mobile' ? 'mobile' : 'deskphone' }], ['hangup', { kind: 'danger end', icon: 'hangup' }]],
    };
  },
  elsewhere: ({ state }) => ({
    edge: 'none', who: t('card.elsewhere'), meta: state.me?.owned_by ? t('card.elsewhere_by', { by: state.me.owned_by }) : t('card.elsewhere_tab'),
    sign: 'lock', word: t('card.read_only'), acts: [['takeover', { kind: 'primary' }]],
  }),
};

/** @param {Desk} desk */
function outcomes(desk) {
  const chosen = outcome(desk.state);
  const id = subject(desk.state)?.id ?? '';
  return html`<div class="outcomes" role="radiogroup" aria-label="${t('outcome.title')}">${keyed(OUTCOMES, (o) => o, (o) => html`<label
    class="outcome"><input type="radio" name="outcome" value="${o}" .checked="${o === chosen}" ?disabled="${Boolean(busyWith(desk.state, 'wrapup'))}"
    @change="${() => desk.run('outcome', { call: id, outcome: o })}" /><span>${t(`outcome.${o}`)}</span></label>`)}</div>`;
}

/** What the call came to. @param {State} state */
export function outcome(state) {
  const { last, chosen } = state;
  if (last && chosen?.call === last.id) return chosen.outcome;
  if (last && Object.values(state.tasks).some((x) => x.number === last.caller.number && x.at_ms >= last.began_ms)) return 'callback';
  return last?.target ? 'transferred' : 'informed';
}
