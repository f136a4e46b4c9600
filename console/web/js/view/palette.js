// Windows: every command by name (Ctrl+K), the keys of this state (F1), closing a service, absence, keypad.
import { html, keyed } from '../view.js';
import { t, brief, keyName, lang, moment } from '../i18n.js';
import { keysOf, keyOf } from '../keys.js';
import { highlighted } from '../search.js';
import { called, forwards, icon } from './parts.js';

/** Commands without a key, in the order of the list. */
export const BY_NAME = ['ready', 'break', 'counter', 'work', 'out', 'mute', 'keypad', 'take_back', 'merge', 'consult_cancel', 'task', 'warn', 'away', 'closure', 'words', 'misses', 'help_ask', 'settings',
  'light', 'dark', 'sign_out'];

/** When calls go elsewhere although nobody is away. */
const OCCASIONS = ['busy', 'no_answer', 'unreachable', 'closed'];

/** @param {string} text */
export const fold = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

/** What can be done now and fits the words typed. @param {Desk} desk @param {string} typed */
export function commands(desk, typed) {
  const keyed = [...new Set(keysOf(desk.mode).filter((k) => !k.field).map((k) => k.command))].filter((c) => !/^(back|pane|pane_back|palette|search|retrieve)$/.test(c));
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return [...new Set([...keyed, ...BY_NAME])].filter((c) => desk.can(c) && words.every((w) => fold(t(`cmd.${c}`) + ' ' + t(`words.${c}`)).includes(w)));
}

/** @param {Desk} desk @param {{typed: string, index: number}} at */
export function palette(desk, at) {
  const list = commands(desk, at.typed);
  const index = Math.max(0, Math.min(at.index, list.length - 1));
  return html`<div class="window palette"><h2 class="vh" id="dialog-title">${t('cmd.palette')}</h2>
    <div class="box">${icon('search')}<label class="vh" for="p">${t('palette.label')}</label><input id="p" type="text" role="combobox" aria-expanded="true" aria-controls="p-list" aria-autocomplete="list"
      aria-activedescendant="${list.length ? `p${index}` : null}" autocomplete="off" spellcheck="false" placeholder="${t('palette.label')}" .value="${at.typed}"
      @input="${(/** @type {any} */ e) => desk.run('palette_type', e.target.value)}" /><kbd aria-hidden="true">${keyName('Escape')}</kbd></div>
    <ul role="listbox" id="p-list" aria-label="${t('cmd.palette')}">${keyed(list, (c) => c, (c, i) => {
      const key = keyOf(c, desk.mode);
      return html`<li role="option" id="p${i}" aria-selected="${String(i === index)}" class="opt one" @click="${() => desk.run('palette_do', c)}"><span class="name clip">${t(`cmd.${c}`)}</span>${key ? html`<kbd>${keyName(key)}</kbd>` : html`<span></span>`}</li>`;
    })}</ul>${list.length ? '' : html`<p class="empty">${t('palette.nothing')}</p>`}</div>`;
}

/** @param {Desk} desk @param {string} title @param {unknown} body @param {string} [kind] */
export const frame = (desk, title, body, kind = '') => html`<div class="window ${kind}"><header class="title"><h2 id="dialog-title">${title.replace('…', '')}</h2><button type="button" class="btn quiet" @click="${() => desk.run('close')}">${
  icon('close')}<span>${t('cmd.close')}</span> <kbd aria-hidden="true">${keyName('Escape')}</kbd></button></header>${body}</div>`;

/** @param {Desk} desk */
export function help(desk) {
  const keys = keysOf(desk.mode);
  const line = (/** @type {{key: string, command: string}} */ k) => html`<tr><th scope="row"><kbd>${keyName(k.key)}</kbd></th><td>${t(`cmd.${k.command === 'enter' ? desk.prefs.enter : k.command === 'enter_other' ? (desk.prefs.enter === 'transfer' ? 'consult' : 'transfer') : k.command}`)}</td></tr>`;
  const part = (/** @type {string} */ title, /** @type {string} */ field) => {
    const list = keys.filter((k) => k.field === field);
    return list.length ? html`<section><h3>${title}</h3><table><tbody>${keyed(list, (k) => k.key, line)}</tbody></table></section>` : '';
  };
  return frame(desk, t('help.title', { state: t(`mode.${desk.mode}`) }), html`<div class="columns">${part(t('help.everywhere'), '')}<div>${part(t('help.search'), 'search')}${part(t('help.note'), 'note')}${part(t('outcome.title'), 'outcome')}</div></div>
    <p class="soft small">${t('help.remove')}</p>`, 'help');
}

/** @param {Desk} desk @param {Form} form */
export function closure(desk, form) {
  const set = (/** @type {string} */ name) => (/** @type {any} */ e) => desk.run('form', { [name]: e.target.value });
  const until = form.until ? new Date(form.until).getTime() : 0;
  return frame(desk, t('cmd.closure'), html`<form class="form" @submit="${(/** @type {Event} */ e) => { e.preventDefault(); desk.run('closure_do'); }}">
    <div class="field"><label for="c-service">${t('closure.what')}</label><select id="c-service" .value="${form.service}" @change="${set('service')}"><option value="">${t('closure.house')}</option>${
      Object.keys(desk.state.services).map((s) => /** @type {[string, string]} */ ([s, called(s)])).sort(([, a], [, b]) => a.localeCompare(b)).map(([s, name]) => html`<option value="${s}">${name}</option>`)}</select></div>
    <div class="field"><label for="c-text">${t('closure.why')}</label><input id="c-text" class="input" type="text" maxlength="200" required autocomplete="off" .value="${form.text}" @input="${set('text')}" /></div>
    <div class="field"><label for="c-until">${t('closure.until')}</label><input id="c-until" class="input num" type="datetime-local" required .value="${form.until}" @input="${set('until')}" aria-describedby="c-sure" /></div>
    <p class="say" id="c-sure">${form.error ? html`<span class="error">${icon('alert')} ${t(form.error)}</span>` : until ? t('closure.sure', { what: called(form.service) || t('closure.house'), time: moment(until, desk.now) }) : t('closure.must_end')}</p>
    <p class="soft" id="c-hears">${heard(desk, form.service)}</p>
    <div class="end"><button type="button" class="btn" @click="${() => desk.run('close')}">${t('cmd.cancel')}</button><button type="submit" class="btn primary">${t('closure.do')}</button></div></form>`);
}

/** What who calls then hears: each text once, in the language of the page if it is spoken. @param {Desk} desk @param {string} service */
function heard({ state }, service) {
  const said = (service ? [state.closed[service] ?? {}] : Object.values(state.closed)).map((texts) => texts[lang()] ?? Object.values(texts)[0]);
  const texts = [...new Set(said)].filter(Boolean);
  return texts.length ? t('closure.hears', { text: texts.join(' / ') }) : t('closure.hears_plan');
}

/** The words by which citizens' wishes find a service. @param {Desk} desk @param {Form} form */
export const terms = (desk, form) => frame(desk, t('terms.title', { name: highlighted(desk.state)?.name ?? '' }), html`<form class="form" @submit="${(/** @type {Event} */ e) => { e.preventDefault(); desk.run('words_do'); }}">
  <div class="field"><label for="w-words">${t('terms.label')}</label><textarea id="w-words" class="note" aria-describedby="w-hint" .value="${form.text}" @input="${(/** @type {any} */ e) => desk.run('form', { text: e.target.value })}"></textarea></div>
  <p class="soft" id="w-hint">${t('terms.hint')}</p>
  <div class="end"><button type="button" class="btn" @click="${() => desk.run('close')}">${t('cmd.cancel')}</button><button type="submit" class="btn primary">${t('terms.do')}</button></div></form>`);

/** What was searched for in vain. @param {Desk} desk @param {import('../../types/protocol.js').MissView[]} list */
export const misses = (desk, list) => frame(desk, t('cmd.misses'), list.length ? html`<ul class="facts">${keyed(list, (m) => m.text, (m) => html`<li><span class="clip">${m.text}</span><span class="num soft">${t('misses.times', { n: m.times })} · ${brief(m.at_ms, desk.now)}</span></li>`)}</ul>` : html`<p class="empty">${t('misses.none')}</p>`);

/** @param {Desk} desk @param {Form} form */
export function away(desk, form) {
  const row = highlighted(desk.state);
  const { when } = form;
  const set = (/** @type {string} */ name) => (/** @type {any} */ e) => desk.run('form', { [name]: e.target.value });
  const pick = (/** @type {string} */ name, /** @type {string} */ label, /** @type {[string, string][]} */ list) => html`<div class="field"><label for="a-${name}">${t(label)}</label><select id="a-${name}" class="input" @change="${set(name)}">${
    list.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select></div>`;
  return frame(desk, t('away.title', { name: row?.name ?? '' }), html`<form class="form" @submit="${(/** @type {Event} */ e) => { e.preventDefault(); desk.run('away_do'); }}">
    ${pick('when', 'away.when', [['', t('presence.is_away')], .../** @type {[string, string][]} */ (OCCASIONS.map((w) => [w, t(`presence.${w}`)]))])}
    ${!when && desk.state.caps.includes('away_all') ? pick('service', 'away.whom', [['', row?.name ?? ''], ['service', t('away.all_service')], ['site', t('away.all_site')]]) : ''}
    ${when ? '' : html`<div class="field"><label for="a-until">${t('away.until')}</label><input id="a-until" class="input num" type="datetime-local" .value="${form.until}" @input="${set('until')}" /></div>`}
    <div class="field"><label for="a-to">${t('away.to')}</label><input id="a-to" class="input" type="text" autocomplete="off" .value="${form.text}" @input="${set('text')}" aria-describedby="a-hint" /></div>
    <dl class="facts">${forwards(desk, row)}</dl>
    <p class="soft" id="a-hint">${form.error ? html`<span class="error">${t(form.error)}</span>` : when ? '' : t(form.service ? 'away.hint_all' : 'away.hint')}</p>
    <div class="end"><button type="button" class="btn" @click="${() => desk.run('away_end')}">${t(when ? 'away.off' : 'away.end')}</button><button type="submit" class="btn primary">${t(when ? 'away.forward' : 'away.do')}</button></div></form>`);
}

/** @param {Desk} desk @param {{text: string}} form */
export const keypad = (desk, form) => frame(desk, t('cmd.keypad'), html`<p class="digits num" role="status">${form.text || t('keypad.hint')}</p><div class="pad">${[...'123456789*0#'].map((d) => html`<button type="button" class="btn" @click="${() => desk.run('digit', d)}">${d}</button>`)}</div>`, 'narrow');
