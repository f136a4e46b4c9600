// The band across the top (control lost, alarm, help asked for) and the header under it.
import { html } from '../view.js';
import { t, keyName, moment, LANGUAGES } from '../i18n.js';
import { placed } from '../keys.js';
import { age, icon } from './parts.js';
import { TOO_LONG } from './calls.js';

/** @param {Desk} desk */
export function banner(desk) {
  const { state, mode, run } = desk;
  const alarm = state.emergencies[0];
  if (alarm) {
    return html`<div class="band">${icon('alert')}<p class="grow"><b>${t('alarm.title', { number: alarm.number })}</b> ${t('alarm.where', {
      who: state.names[alarm.account] ?? alarm.account, site: alarm.site ?? '–', room: alarm.room ?? '–', time: moment(alarm.at_ms, desk.now) })}</p>
      <button type="button" class="btn" @click="${() => run('alarm_seen', alarm.call)}">${t('cmd.alarm_seen')}</button></div>`;
  }
  if (mode === 'reconnecting' && state.me) return html`<div class="band">${icon('alert')}<p class="grow"><b>${t('link.lost')}</b> ${t('link.lost_hint')}</p></div>`;
  if (state.media === 'refused' || state.fault) {
    return html`<div class="band">${icon('muted')}<p class="grow"><b>${t(`fault.${state.fault ?? 'refused'}`)}</b> ${t(`fault.${state.fault ?? 'refused'}_hint`)}</p>
      <button type="button" class="btn" @click="${() => run('sound_again')}">${t('cmd.sound_again')}</button><button type="button" class="btn" @click="${() => run('settings')}">${t('cmd.settings')}</button></div>`;
  }
  if (state.help) {
    return html`<div class="band calm">${icon('people')}<p class="grow"><b>${t('help.asked', { by: state.help.by })}</b> ${state.help.queue ?? ''}</p>
      <button type="button" class="btn" @click="${() => run('help_seen')}">${t('cmd.close')}</button></div>`;
  }
  return html``;
}

/** @param {Desk} desk */
export function header(desk) {
  const { state, prefs, run } = desk;
  const queues = Object.values(state.queues);
  const waiting = queues.reduce((n, q) => n + q.waiting, 0);
  const since = Math.min(...queues.map((q) => q.longest_since_ms ?? Infinity));
  const me = state.me && state.stations[state.me.station];
  const ready = me?.state !== 'paused' && me?.state !== 'out';
  return html`
    <div class="org"><span class="crest" aria-hidden="true"></span><span class="clip">${state.line?.town ?? ''}</span></div>
    ${state.line ? html`<span class="chip ${state.line.state === 'open' ? 'ok' : 'bad'}">${icon(state.line.state === 'open' ? 'free' : 'barred')}<span>${house(desk)}</span></span>` : ''}
    ${waiting ? html`<span class="chip wait num" data-late="${`${since}+${TOO_LONG}`}">${icon('clock', 'sign')}${icon('alert', 'sign late')}<span>${t('queue.waiting', { n: waiting })} · ${
      t('queue.longest')} ${age(since)}</span></span>` : html`<span class="chip">${icon('check')}<span>${t('queue.nobody')}</span></span>`}
    <span class="grow"></span>
    <button type="button" class="btn quiet" aria-haspopup="dialog" @click="${() => run('settings')}">${icon(prefs.audio === 'desk' ? 'deskphone' : prefs.audio === 'mobile' ? 'mobile' : 'headset', state.media === 'up' ? 'free' : 'away')}<span
      class="wide">${t(`audio.${prefs.audio}`)}</span><span class="vh">${t(`media.${state.media}`)}</span></button>
    <span class="pick ${ready ? 'free' : 'away'}">${icon(ready ? 'free' : 'open')}<label class="vh" for="status">${t('status.title')}</label>
      <select id="status" .value="${me?.state === 'paused' ? me.reason ?? 'break' : me?.state === 'out' ? 'out' : 'ready'}" ?disabled="${desk.mode === 'reconnecting' || desk.mode === 'elsewhere'}"
        @change="${(/** @type {any} */ e) => run('status', e.target.value)}">${['ready', 'break', 'counter', 'work', 'out'].map((v) => html`<option value="${v}">${t(`status.${v}`)}</option>`)}</select></span>
    <span class="pick"><label class="vh" for="lang">${t('settings.lang')}</label><select id="lang" class="short" .value="${document.documentElement.lang}"
      @change="${(/** @type {any} */ e) => run('prefs', { lang: e.target.value })}">${LANGUAGES.map((l) => html`<option value="${l}" lang="${l}">${l.toUpperCase()}</option>`)}</select></span>
    <button type="button" class="btn quiet" aria-keyshortcuts="${placed('F1')}" aria-haspopup="dialog" @click="${() => run('help')}"><span>${t('cmd.help')}</span> <kbd aria-hidden="true">${keyName(placed('F1'))}</kbd></button>`;
}

/** @param {Desk} desk */
function house({ state, now }) {
  const line = state.line;
  if (!line) return '';
  return line.until_ms ? t(`line.${line.state}_until`, { time: moment(line.until_ms, now) }) : t(`line.${line.state}`);
}

/** @param {Desk} desk */
export const footer = ({ state, run }) => html`<span class="num">${state.link === 'up' ? t('link.up', { ms: state.delay }) : t('link.down')}</span>
  ${state.line ? html`<span class="num">${t('foot.number', { number: state.line.number })}</span>` : ''}<span class="grow"></span>
  ${state.demo ? html`<a href="/call" target="_blank" rel="noopener">${t('foot.citizen')}</a>` : ''}
  <button type="button" class="foot" aria-keyshortcuts="Control+K" aria-haspopup="dialog" @click="${() => run('palette')}">${t('cmd.palette')} <kbd aria-hidden="true">${keyName('Ctrl+KeyK')}</kbd></button>`;
