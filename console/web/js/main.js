// The desk: puts state, socket, sound, keys and views together.
import { render } from './view.js';
import { Store } from './store.js';
import { reduce, start, isMine, live, mode, ringing, subject, transferring, waiting } from './reducer.js';
import { Line } from './socket.js';
import { Search } from './search.js';
import { Media } from './media.js';
import { Ring } from './ring.js';
import { Announcer } from './announce.js';
import { chord, find, place } from './keys.js';
import { lang, load, t, clock, languageName } from './i18n.js';
import { actions, allowed } from './actions.js';
import * as choices from './prefs.js';
import { Windows } from './windows.js';
import { tick, called, know, callerFacts, callerName, nameOf, targetOf } from './view/parts.js';
import { calls } from './view/calls.js';
import { card } from './view/card.js';
import { field, results, tiles } from './view/results.js';
import { context } from './view/context.js';
import { banner, header, footer } from './view/banner.js';
import { FORGOTTEN } from './view/calls.js';

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const PANES = ['calls', 'card', 'q', 'context'];
/** A note is saved when the hand rests so long, ms. */
const REST = 300;
/** The headset is listened to for so long at the beginning, ms. */
const CHECK = 2000;

/** @type {Store<State, Action>} */
const store = new Store(reduce, start());
/** @type {Hands['set']} */
const set = (set) => store.dispatch({ t: 'set', set });
let prefs = choices.read();
choices.wear(prefs);

const announcer = new Announcer({ polite: at('polite'), assertive: at('assertive') });
const say = announcer.say.bind(announcer);
const ring = new Ring((blocked) => {
  if (blocked || store.state.fault === 'bell') set({ fault: blocked ? 'bell' : null });
});
const media = new Media({
  send: (up) => line.send({ t: 'media', ...up }),
  fault: ({ kind, label }) => {
    if (kind === 'lost' || kind === 'changed') {
      notice(`fault.${kind}`, { name: label ?? '' }, kind === 'lost' ? 'bad' : 'good');
      if (kind === 'lost') say(t('fault.lost', { name: label ?? '' }));
    } else {
      set({ fault: kind });
      if (kind !== 'silent_output') media.report(false);
    }
  },
  returned: (device) => notice('fault.back', { name: device.label }, 'good'),
  devices: () => windows.devices(media.list),
  connected: () => checked || check(),
}, /** @type {HTMLAudioElement} */ (at('ear')));
media.wanted = { mic: prefs.mic, speaker: prefs.speaker };

/** Kept by a reload; another tab has another, also a copy of this one. */
let tab = sessionStorage.getItem('tab') ?? crypto.randomUUID();
const alone = () => new Promise((done) => navigator.locks.request(tab, { ifAvailable: true }, (lock) => {
  done(lock);
  return lock && new Promise(() => {});
}));
while (!(await alone())) tab = crypto.randomUUID();
sessionStorage.setItem('tab', tab);
let take = false;
let pressed = 0;
let locked = false;
let spoke = false;
let checked = false;
/** The next tab may have the microphone. @type {() => void} */
let release = () => {};

const line = new Line({
  hello: () => {
    const { epoch, seq, whole, me } = store.state;
    /** @type {ClientMsg} */
    const hello = { t: 'hello', proto: 1, tab, audio: prefs.audio, lang: document.documentElement.lang, ...(me && { station: me.station }), ...(whole && { epoch, since: seq }), ...(take && { take }) };
    take = false;
    return hello;
  },
  message: (m) => hear(m),
  link: (link) => set({ link }),
  dropped: (id, key) => {
    store.dispatch({ t: 'dropped', id, key, at: now() });
    say(t(key));
  },
  slow: (id) => store.dispatch({ t: 'slow', id }),
  delay: (delay) => set({ delay }),
  ended: (why) => {
    if (why === 'signed_out') location.assign('/sign-in');
    if (why === 'version') location.reload();
    return why === 'slow' || why === 'restart';
  },
});
const search = new Search({ send: (m) => line.send(m), dispatch: (a) => store.dispatch(a), state: () => store.state });
const now = () => Date.now() + line.offset;

/** @param {ServerMsg} msg */
function hear(msg) {
  const done = msg.t === 'ack' ? store.state.pending[msg.id]?.cmd.cmd : '';
  store.dispatch(msg);
  if (msg.t === 'welcome') {
    const { audio } = prefs;
    prefs = choices.of(msg.me.user);
    dress();
    if (prefs.audio !== audio) return line.open(); // the server is to know how this person speaks
    // This browser had the station last and its tab is gone: taken back without asking.
    if (!msg.me.owner && locked && localStorage.getItem('lease') === `${msg.me.station} ${msg.me.lease}`) takeover();
    sound();
    search.again();
  }
  if (msg.t === 'media') media.hear(msg);
  if (done === 'words') {
    notice('terms.done', {}, 'good');
    search.again();
  }
  if (msg.t === 'ack' && msg.misses) {
    windows.missed = msg.misses;
    windows.open('misses');
  }
  if (msg.t === 'ev' && 'me' in msg) sound();
  if (msg.t === 'ev' && 'prefs' in msg) {
    prefs = { ...prefs, ...msg.prefs };
    choices.write(msg.prefs);
    dress();
  }
  if (msg.t === 'ack' && msg.moved !== undefined) {
    const key = msg.left?.length ? 'away.moved_but' : 'away.moved';
    const how = { n: msg.moved, names: msg.left?.join(', ') ?? '' };
    notice(key, how, 'good');
    say(t(key, how), { polite: true });
  }
  if (msg.t === 'nack') say(t(msg.text_key, msg.by ? { by: msg.by } : undefined));
  if (store.state.hole) line.send({ t: 'look' });
}

function sound() {
  const { me, media: heard } = store.state;
  if (me?.owner) localStorage.setItem('lease', `${me.station} ${me.lease}`);
  if (!me?.owner) {
    media.stop();
    if (spoke) {
      spoke = false;
      release();
      queue();
    }
    return;
  }
  if (!locked) return;
  spoke = true;
  if (prefs.audio !== 'browser') toPhone();
  else if (!media.pc || media.pc.connectionState === 'failed' || media.pc.connectionState === 'closed') media.start();
  else if (heard !== 'up') media.recover();
}

/** When the sound begins: does her headset work? Said in one line, unless she is at work already. */
async function check() {
  checked = true;
  const heard = await media.check(CHECK);
  const place = { name: media.track?.label ?? '' };
  const { notice: told, query } = store.state;
  if (!heard) notice('fault.still', place);
  else if (!told && !query && mode(store.state) === 'idle') notice('sound.works', place, 'good');
  say(t(heard ? 'sound.works' : 'fault.still', place), { polite: heard });
}

function toPhone() {
  line.send({ t: 'media', media: 'phone', mobile: prefs.audio === 'mobile', ...(prefs.phone && { target: prefs.phone }) });
}

function takeover() {
  take = true;
  line.open();
}

// One tab has the microphone; when it goes, the next one gets the lock.
function queue() {
  locked = false;
  navigator.locks.request('station-audio', () => {
    locked = true;
    const { me } = store.state;
    if (me && !me.owner && localStorage.getItem('lease') === `${me.station} ${me.lease}`) takeover();
    else if (me) sound();
    return new Promise((done) => (release = () => done(undefined)));
  });
}
queue();

/** @param {string} key @param {Record<string, string|number>} [places] @param {'bad'|'good'} [tone] */
const notice = (key, places, tone = 'bad') => set({ notice: { key, places, tone, at: now() } });

const run = (/** @type {string} */ command, /** @type {any} */ arg) => {
  const doing = deeds[command] ?? windows.deeds[command];
  doing?.(arg);
};

const desk = () => /** @type {Desk} */ ({ state: store.state, prefs, mode: mode(store.state), now: now(), run, can: (c) => allowed(store.state, c) });
const windows = new Windows({ desk, store, media, ring, order, choose, complain: notice });

/** @param {Command} cmd @param {CallView|null} [call] */
function order(cmd, call) {
  if (store.state.link !== 'up') {
    notice('nack.no_link');
    return;
  }
  const id = line.order(cmd, call ? { call: call.id, v: call.v } : undefined);
  store.dispatch({ t: 'sent', id, cmd, at: now() });
}

/** @param {Partial<Prefs>} patch */
async function choose(patch) {
  prefs = { ...prefs, ...patch };
  choices.write(patch);
  // Without a line it goes when there is one.
  if (Object.keys(choices.chosen(prefs)).some((name) => name in patch)) line.order({ cmd: 'prefs', prefs: choices.chosen(prefs) });
  await dress();
  await media.choose(patch);
  if ('audio' in patch || 'phone' in patch) {
    if (prefs.audio !== 'browser') media.stop();
    sound();
  }
  if (patch.notify) Notification.requestPermission?.();
}

/** Puts on what was chosen. */
async function dress() {
  choices.wear(prefs);
  place(prefs.places);
  announcer.verbosity = prefs.verbosity;
  Object.assign(ring, { device: prefs.bell, volume: prefs.volume });
  if (lang() !== document.documentElement.lang) await load(document.documentElement.lang);
  measure();
  store.repaint();
}

const deeds = actions({
  store, set, order, complain: notice, prefs: () => prefs, now, pressed: () => pressed, choose, takeover, sound,
  speak: (text) => say(text, { polite: true, asked: true }),
  type: (text) => search.type(text),
  focusSearch: () => {
    windows.open(null);
    const q = /** @type {HTMLInputElement} */ (at('q'));
    q.focus();
    q.select();
  },
  nextPane: (back) => {
    const here = PANES.findIndex((id) => at(id).contains(document.activeElement));
    const next = at(PANES[(here + (back ? PANES.length - (here < 0 ? 0 : 1) : 1)) % PANES.length] ?? 'q');
    const inside = next.id === 'card' || next.id === 'q' ? null : next.querySelector('button, textarea, input, a');
    /** @type {HTMLElement} */ (inside ?? next).focus();
  },
  toPhone,
  mute: (muted) => {
    media.mute(muted);
    set({ muted });
    say(t(muted ? 'say.muted' : 'say.unmuted'));
  },
  open: (name) => windows.open(name),
  signOut: async () => {
    await fetch('/sign-out', { method: 'POST' });
    location.assign('/sign-in');
  },
});
let resting = 0;
deeds.note = (/** @type {{call: string, text: string}} */ { call, text }) => {
  store.dispatch({ t: 'draft', call, text });
  clearTimeout(resting);
  resting = setTimeout(() => saveNote(call), REST);
};
deeds.prefs = choose;
deeds.sound_again = async () => {
  set({ fault: null });
  await ring.ready();
  media.audio.play().catch(() => {});
  if (prefs.audio === 'browser' && store.state.media !== 'up') await media.start();
};

/** @param {string} call */
function saveNote(call) {
  const draft = store.state.drafts[call];
  if (!draft?.dirty || store.state.link !== 'up' || Object.values(store.state.pending).some((p) => p.cmd.cmd === 'note')) return;
  order({ cmd: 'note', call, text: draft.text, v: draft.v });
}

// --- keys ---
const inOutcomes = (/** @type {Element|null} */ element) => Boolean(element?.closest('.outcomes'));
for (const hand of ['keydown', 'click']) addEventListener(hand, (e) => (pressed = e.timeStamp), true);
addEventListener('keydown', (e) => {
  if (e.isComposing) return;
  const key = chord(e);
  const element = /** @type {HTMLElement} */ (e.target);
  // Letters in the list of outcomes are the beginning of a name: the field has them.
  if (inOutcomes(element) && /^\p{L}$/u.test(e.key) && !e.ctrlKey && !e.altKey && !e.metaKey) at('q').focus();
  if (!key) return;
  const field = element.id === 'q' ? 'search' : element.id === 'note' ? 'note' : inOutcomes(element) ? 'outcome' : element.matches?.('input, textarea, select') ? 'text' : null;
  if (windows.key(e, key, element)) return;
  const found = find(key, mode(store.state), { field, pad: prefs.pad, off: !prefs.keys });
  if (!found) {
    if (/^(F12|F3|F1|F6|F8|F9|F4|F2)$/.test(key) && prefs.keys) e.preventDefault(); // never the browser's own
    return;
  }
  const { command } = found;
  const q = /** @type {HTMLInputElement} */ (element);
  if (command === 'row_more' && (q.selectionEnd !== q.value.length || store.state.more !== null || store.state.selected < 0)) return;
  if (command === 'row_less' && store.state.more === null) return;
  if (!allowed(store.state, command)) return;
  e.preventDefault();
  if (!e.repeat || /^(row|page)_/.test(command)) run(command, found.n);
});

// --- what follows from a change: sound, words, title ---
const gone = (/** @type {State} */ s) => s.me !== null && s.stations[s.me.station]?.state === 'out' && !live(s);
store.watch((state, before, action) => {
  const was = mode(before);
  const is = mode(state);
  const call = ringing(state);
  // The exchange lets her sound go after the last conversation: sought again, it would be that of somebody on duty.
  if (gone(state) && !gone(before)) media.stop();
  ring.set(Boolean(call) && is === 'ringing');
  if (call && call.id !== ringing(before)?.id) {
    const about = call.lang ? languageName(call.lang) : '';
    if (!call.returned) say(t('say.call', { name: callerName(call), about: [about, called(call.service)].filter(Boolean).join(', ') }), { still: () => ringing(store.state)?.id === call.id });
    notify(call);
  }
  if (!call) shown?.close();
  if (is !== was) arrive(is, was, state, before);
  for (const c of Object.values(state.calls)) {
    const old = before.calls[c.id];
    if (c.returned && !old?.returned) say(t('say.returned', { name: callerName(c) }));
    if (c.state === 'parked' && old && old.state !== 'parked' && isMine(before, old)) {
      const where = { name: callerName(c), slot: c.slot ?? '' };
      say(t('say.parked', where), { polite: true });
      notice('say.parked', where, 'good');
    }
  }
  for (const account of state.watching) {
    if (state.presence[account]?.state === 'free' && before.presence[account]?.state !== 'free') {
      set({ watching: state.watching.filter((a) => a !== account) });
      notice('detail.free', { name: nameOf(state, account) }, 'good');
      say(t('detail.free', { name: nameOf(state, account) }), { polite: true });
    }
  }
  if (state.emergencies.length > before.emergencies.length) say(t('alarm.title', { number: state.emergencies[0]?.number ?? '' }));
  if (/^(ack|nack|ev)$/.test(action.t) && Object.values(state.drafts).some((d) => d.dirty)) for (const id of Object.keys(state.drafts)) saveNote(id);
  if (state.items !== before.items || state.usual !== before.usual || state.watching !== before.watching) search.subscribe(state);
  if (subject(state)?.id !== subject(before)?.id && state.query === '' && state.link === 'up') search.again();
  if (state.items !== before.items && state.query.trim()) say(t('search.found', { n: state.items.length }), { polite: true });
});

/** The outcomes get the focus when they are painted. */
let correct = false;

/** @param {string} is @param {string} was @param {State} state @param {State} before */
function arrive(is, was, state, before) {
  const call = live(state);
  const still = () => mode(store.state) === is;
  const here = document.activeElement;
  if (is === 'wrapup') correct = !state.dialog && !(here instanceof HTMLTextAreaElement || here instanceof HTMLInputElement ? here.value : here instanceof HTMLSelectElement);
  else if (inOutcomes(here)) at('q').focus();
  if (is === 'talking' && was !== 'talking') {
    say(call?.state === 'ringing' ? t('say.rings', { name: targetOf(state, call) }) : t('card.talking'), { polite: true });
    const writing = document.activeElement;
    const unsent = writing instanceof HTMLTextAreaElement ? writing.value : writing instanceof HTMLInputElement && writing.id !== 'q' ? writing.value : '';
    // Not painted yet when the line is quicker than the words.
    const q = /** @type {HTMLInputElement|null} */ (document.getElementById('q'));
    if ((was === 'ringing' || was === 'idle') && !unsent && !state.dialog) q?.focus();
    if (state.tried) q?.select(); // whom else she means is typed over it
  }
  if (is === 'consult' && call) say(t(call.state === 'consult_ringing' ? 'say.rings' : 'say.answers', { name: targetOf(state, call) }), { polite: true });
  const [gone] = transferring(state);
  if (is === 'transferring' && gone) say(t('card.transferring', { name: targetOf(state, gone) }), { polite: true });
  if (is === 'reconnecting' && before.me) say(t(live(state) ? 'card.control_lost' : 'link.lost'), { still });
  if (was === 'reconnecting' && before.me && is !== 'elsewhere') say(t('say.back'));
  if (is === 'detached') say(t('card.detached'), { still });
  if (is === 'elsewhere') say(t('card.elsewhere'));
}

// --- notification and title ---
/** @type {Notification|null} */
let shown = null;
/** @param {CallView} call */
function notify(call) {
  if (!prefs.notify || !document.hidden || globalThis.Notification?.permission !== 'granted') return;
  shown = new Notification(`☎ ${callerName(call)}`, { body: callerFacts(call), tag: call.id, requireInteraction: true });
  shown.onclick = () => {
    window.focus();
    shown?.close();
  };
}

const HOUSE = document.title;
function title() {
  const call = ringing(store.state) ?? live(store.state);
  const rings = Boolean(ringing(store.state));
  const about = call ? [callerName(call), called(call.service)].filter(Boolean).join(' — ') : '';
  const text = !call ? HOUSE : rings && Math.floor(now() / 1000) % 2 ? `☎ ${t('card.ringing')}` : `${rings ? '☎ ' : ''}${about}`;
  if (document.title !== text) document.title = text;
}

// --- paint ---
let fitted = '';
store.paint = () => {
  const d = desk();
  document.body.dataset.mode = d.mode;
  at('skip').textContent = t('skip.search');
  document.documentElement.dataset.control = d.state.link;
  know(store.state);
  render(banner(d), at('band'));
  render(header(d), at('top'));
  render(calls(d), at('calls'));
  render(card(d), at('card-slot'));
  render(field(d), at('search'));
  render(results(d), at('results'));
  render(tiles(d), at('tiles'));
  render(context(d), at('context'));
  render(footer(d), at('foot'));
  fit(false);
  if (correct) /** @type {HTMLElement|null} */ (at('card-slot').querySelector('.outcomes :checked'))?.focus();
  correct = false;
  windows.paint(d);
  tick(document, d.now, clock);
  title();
};

/** Where words are long, buttons give up their keys. Asked of other words and of another room only: it costs a layout. */
function fit(again = true) {
  const acts = at('card-slot').querySelector('.acts');
  const words = acts?.textContent ?? '';
  if (!again && words === fitted) return;
  fitted = words;
  acts?.classList.remove('tight');
  acts?.classList.toggle('tight', acts.scrollWidth > acts.clientWidth);
}

/** How many rows the list can show. */
function measure() {
  fit();
  const list = at('results');
  const rows = Math.floor((list.clientHeight - 8) / parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')));
  const single = matchMedia('(max-width: 760px)').matches;
  set({ page: single ? 6 : Math.max(3, Math.min(12, rows)) });
}

addEventListener('resize', measure);
addEventListener('beforeunload', (e) => {
  if (live(store.state) && store.state.me?.owner && prefs.audio === 'browser') e.preventDefault();
});
/** @type {Set<string>} */
const reminded = new Set();
setInterval(() => {
  tick(document, now(), clock);
  title();
  for (const c of waiting(store.state)) {
    const age = now() - c.since_ms;
    for (const after of [FORGOTTEN, 2 * FORGOTTEN]) {
      const key = `${c.id} ${c.since_ms} ${after}`;
      if (age < after || age > after + 5000 || reminded.has(key) || c.state !== 'held') continue;
      reminded.add(key);
      say(t('say.held', { name: callerName(c), time: clock(age) }), { polite: after === FORGOTTEN });
      if (!live(store.state)) ring.chime(0.75);
    }
  }
  const { notice: told } = store.state;
  if (told && now() - told.at > 8000) set({ notice: null });
}, 1000);

await load(document.documentElement.lang);
store.paint(store.state);
await dress();
line.open();
at('q').focus();
