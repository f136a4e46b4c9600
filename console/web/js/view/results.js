// The search field and what it found; the highlighted row is what Enter and the buttons act on.
import { html, keyed } from '../view.js';
import { t, keyName } from '../i18n.js';
import { other } from '../reducer.js';
import { shown, highlighted, instead, target } from '../search.js';
import { forwards, icon, openHours, shape, tone, words, act } from './parts.js';
import { FIELD, STATES, placed } from '../keys.js';

/** @param {Desk} desk */
export function field(desk) {
  const { state } = desk;
  const row = highlighted(state);
  return html`<div class="box">${icon('search')}<label class="vh" for="q">${t('search.label')}</label>
    <input id="q" type="text" role="combobox" aria-expanded="${String(state.items.length > 0)}" aria-controls="found" aria-autocomplete="list"
      aria-activedescendant="${row ? active(state) : null}" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search" aria-keyshortcuts="${placed('F3')}"
      aria-describedby="hint" placeholder="${t('search.placeholder')}" .value="${state.query}" @input="${(/** @type {any} */ e) => desk.run('type', e.target.value)}" />
    <kbd aria-hidden="true">${keyName(placed('F3'))}</kbd></div>
    <p class="hint" id="hint">${hint(desk)}</p>`;
}

/** @param {Desk['state']} state */
const active = (state) => (state.more === null ? `r${state.selected}` : `n${state.moreSelected}`);

/** What Enter will do, in words; or what went wrong. @param {Desk} desk */
function hint(desk) {
  const { state, prefs } = desk;
  if (state.notice) {
    const { key, places, tone } = state.notice;
    return html`<span class="notice ${tone === 'bad' ? 'busy' : 'free'}">${icon(tone === 'bad' ? 'alert' : 'check')}<span>${t(key, places)}</span></span>`;
  }
  const typed = state.query.trim();
  if (!typed && state.more === null && state.selected < 0) return html`<span>${t(state.items.length ? 'search.usual' : 'search.begin')}</span>`;
  const row = highlighted(state);
  const to = target(state);
  const column = STATES.indexOf(desk.mode);
  const enter = FIELD.Enter?.[column];
  const other = FIELD['Ctrl+Enter']?.[column];
  const does = (/** @type {string} */ c) => t(`hint.${c === 'enter' ? prefs.enter : c === 'enter_other' ? (prefs.enter === 'transfer' ? 'consult' : 'transfer') : c}`);
  return html`<span>${typed ? t('search.found', { n: state.items.length }) : ''}</span>
    ${enter && state.items.length ? html`<span><kbd>${keyName('Enter')}</kbd> ${does(enter)}${to && row && to.name !== row.name ? ` → ${to.name}` : ''}</span>` : ''}
    ${other && state.items.length ? html`<span><kbd>${keyName('Ctrl+Enter')}</kbd> ${does(other)}</span>` : ''}
    ${state.items.length ? html`<span><kbd>${state.more === null ? '→' : '←'}</kbd> ${t(state.more === null ? 'hint.more' : 'hint.less')}</span>` : ''}`;
}

/** @param {Desk} desk */
export function results(desk) {
  const { state } = desk;
  const open = state.more === null ? null : state.items.find((i) => i.id === state.more);
  const { first, rows } = shown(state);
  const pages = Math.ceil(state.items.length / state.page);
  return html`<div class="list">
    <ul role="listbox" id="found" aria-label="${t('search.results')}">
      ${open ? keyed(other(state), (n) => `${open.id} ${n.target} ${n.kind}`, (n, i) => html`<li role="option" id="n${i}" class="opt" aria-selected="${String(i === state.moreSelected)}"
          @click="${() => desk.run('select', i)}">${icon(n.kind === 'mobile' ? 'mobile' : n.kind === 'desk' ? 'deskphone' : n.kind === 'warn' ? 'bell' : 'phone')}<span class="name clip">${n.kind === 'deputy' ? open.deputy ?? open.name : open.name}</span>
          <span class="about clip">${t(n.kind === 'warn' ? 'cmd.warn' : `number.${n.kind}`)}</span><span class="pres"></span><span class="num number">${n.near}</span></li>`)
        : rows.map((item, i) => option(desk, item, first + i))}
    </ul>
    ${!state.items.length && state.query.trim() && state.foundFor === state.query ? html`<p class="empty">${t('search.nothing', { text: state.query.trim() })}<br />${t('search.nothing_hint')}</p>` : ''}
    ${!open && pages > 1 ? html`<p class="more soft small">${t('search.page', { page: Math.floor(first / state.page) + 1, pages })} <kbd>${keyName('PageDown')}</kbd></p>` : ''}
  </div>
  ${detail(desk)}`;
}

/** @param {Desk} desk @param {ResultItem} item @param {number} index */
function option(desk, item, index) {
  const { state } = desk;
  const p = item.account ? state.presence[item.account] : undefined;
  const queue = item.kind === 'service' ? state.queues[item.numbers[0]?.target ?? ''] ?? state.queues[item.name] : undefined;
  const stands = instead(state, item);
  const about = [stands ? `→ ${stands.name}` : '', p?.with ? t('presence.with', { name: p.with }) : '', item.ask ? t('detail.ask_so', { ask: item.ask }) : '', p || queue ? openHours(desk, item) : '', item.detail, item.also === 'sound' ? t('search.sounds') : item.also ? t('search.also', { name: item.also }) : ''].filter(Boolean).join(' · ');
  return html`<li role="option" id="r${index}" class="opt" aria-selected="${String(index === state.selected)}" @click="${() => desk.run('select', index)}">
    <span class="shape">${p ? shape(p) : icon(KIND[item.kind], 'soft')}</span>
    <span class="name clip">${marked(item)}</span><span class="about clip">${about}</span>
    <span class="pres clip ${tone(p)}">${p ? words(p, desk.now) : queue ? t(queue.open ? 'queue.open' : 'queue.closed', { n: queue.waiting }) : openHours(desk, item)}</span>
    <span class="num number">${item.numbers[stands?.n ?? 0]?.near ?? ''}</span></li>`;
}

const KIND = { person: 'unknown', function: 'people', service: 'people', place: 'building', partner: 'building', number: 'phone' };

/** The name with what matched underlined. @param {ResultItem} item */
function marked({ name, marks }) {
  if (!marks.length) return name;
  const parts = [];
  let at = 0;
  for (const [from, length] of [...marks].sort((a, b) => a[0] - b[0])) {
    if (from < at) continue;
    parts.push(html`<span>${name.slice(at, from)}<mark>${name.slice(from, from + length)}</mark></span>`);
    at = from + length;
  }
  return html`${parts}${name.slice(at)}`;
}

/** On a wide screen: everything about the highlighted row. @param {Desk} desk */
function detail(desk) {
  const { state } = desk;
  const item = highlighted(state);
  if (!item) return html`<section class="detail" aria-hidden="true"></section>`;
  const p = item.account ? state.presence[item.account] : undefined;
  const warned = item.account !== undefined && state.watching.includes(item.account);
  return html`<section class="detail" aria-label="${t('detail.title', { name: item.name })}">
    <h3 class="name">${item.name}</h3><p class="soft">${item.detail}</p>
    ${p ? html`<p class="pres ${tone(p)}">${shape(p)}<span>${words(p, desk.now)}${p.with ? ` · ${t('presence.with', { name: p.with })}` : ''}</span></p>` : ''}
    <dl class="facts">${keyed(item.numbers, (n) => `${n.kind}${n.target}`, (n) => html`<div><dt>${t(`number.${n.kind}`)}</dt><dd class="num">${n.kind === 'deputy' && item.deputy ? `${item.deputy} · ` : ''}${n.near}</dd></div>`)}
      ${item.deputy && !item.numbers.some((n) => n.kind === 'deputy') ? html`<div><dt>${t('number.deputy')}</dt><dd>${item.deputy}</dd></div>` : ''}
      ${item.hours ? html`<div><dt>${t('detail.hours')}</dt><dd class="num">${openHours(desk, item)}</dd></div>` : ''}${item.ask ? html`<div><dt>${t('detail.ask')}</dt><dd>${item.ask}</dd></div>` : ''}
      ${forwards(desk, item)}</dl>
    <div class="line">${p && p.state !== 'free' && !warned ? act(desk, 'warn', { arg: item.account }) : ''}${warned ? html`<p class="small soft">${t('detail.warned')}</p>` : ''}
      ${item.account && desk.can('away') ? act(desk, 'away') : ''}${item.kind === 'service' && desk.can('words') ? act(desk, 'words') : ''}</div>
  </section>`;
}

/** Colleagues and services often used here. @param {Desk} desk */
export function tiles(desk) {
  const usual = desk.state.usual.slice(0, 16);
  return html`<section class="tiles" aria-labelledby="h-tiles"><h2 class="vh" id="h-tiles">${t('tiles.title')}</h2><ul>
    ${keyed(usual, (i) => i.id, (item) => {
      const p = item.account ? desk.state.presence[item.account] : undefined;
      return html`<li><button type="button" class="tile" @click="${() => desk.run('pick', item.name)}"><span class="shape">${p ? shape(p) : icon(KIND[item.kind], 'soft')}</span>
        <span class="name clip">${item.name}</span><span class="clip small ${tone(p)}">${p ? words(p, desk.now) : item.detail}</span></button></li>`;
    })}</ul></section>`;
}
