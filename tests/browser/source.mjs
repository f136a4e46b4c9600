// What is read from the files alone: sizes, words, keys, the reducer over the golden messages.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { HERE, WEB, sent } from './server.mjs';
import { test, same, holds } from './suite.mjs';

const read = (name) => readFileSync(path.join(WEB, name), 'utf8');
// Keys and reducer know nothing of a browser: they are the same modules here, by their text.
const load = (name) => import(`data:text/javascript,${encodeURIComponent(read(name))}`);
const { TABLE, FIELD, NOTE, OUTCOME, PLACES, PRESETS, STATES, chord, find, keyOf, keysOf, moved, place, placed } = await load('js/keys.js');
const { reduce, start, mode, live, incoming, waiting } = await load('js/reducer.js');
const files = (folder) => readdirSync(path.join(WEB, folder), { withFileTypes: true }).flatMap((f) => (f.isDirectory() ? files(path.join(folder, f.name)) : [path.join(folder, f.name)]));
const asSent = (name) => Buffer.from(name.endsWith('.js') ? sent(read(name)) : read(name));
const packed = (names) => names.reduce((sum, name) => sum + gzipSync(asSent(name), { level: 9 }).length, 0);
const LANGUAGES = ['nl', 'fr', 'de', 'en'];
const words = Object.fromEntries(LANGUAGES.map((l) => [l, JSON.parse(read(`lang/${l}.json`))]));

/** The modules a page loads: its first one and all that it imports. */
function modules(first, seen = new Set()) {
  if (seen.has(first)) return seen;
  seen.add(first);
  for (const [, from] of read(first).matchAll(/^import .*?from '([^']+)';/gm)) modules(path.join(path.dirname(first), from), seen);
  return seen;
}

test('types: tsc finds no fault in the JavaScript', () => {
  execFileSync(process.execPath, [path.resolve(HERE, 'node_modules/typescript/bin/tsc'), '-p', HERE], { stdio: 'pipe', encoding: 'utf8' });
});

// What a receptionist's browser fetches; the citizen's telephone is another page, which only the demo has.
test('size: all JavaScript of the desk packs into 45 KB, CSS into 8, icons into 6', () => {
  const together = (names) => gzipSync(Buffer.concat(names.map(asSent)), { level: 9 }).length;
  const desk = [...modules('js/main.js')];
  const css = ['css/tokens.css', 'css/base.css', 'css/console.css'];
  console.log(`    JavaScript of the desk ${together(desk)} bytes (file by file ${packed(desk)}), with the citizen's page ${together(files('js'))}; CSS ${together(css)}, icons ${packed(['icons.svg'])}`);
  holds(together(desk) <= 45 * 1024, 'JavaScript');
  holds(together(css) <= 8 * 1024, 'CSS');
  holds(packed(['icons.svg']) <= 6 * 1024, 'icons');
});

test('source: every module is reached from a page, and none is fetched from elsewhere', () => {
  const reached = new Set([...modules('js/main.js'), ...modules('js/citizen.js')]);
  same(files('js').filter((f) => !reached.has(f)), []);
  for (const f of [...files('js'), ...files('css'), 'index.html', 'call.html']) {
    const far = read(f).match(/https?:\/\/(?!www\.w3\.org)[^\s'"]+/g) ?? [];
    same(far, [], f);
    if (f.endsWith('.html')) holds(!/ style=|<style|<script>|\son\w+=/.test(read(f)), `${f}: inline style or script`);
  }
});

test('words: the four languages have the same keys and the same places', () => {
  const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join();
  for (const l of LANGUAGES) {
    same(Object.keys(words[l]).filter((k) => !(k in words.nl)), [], `only in ${l}`);
    same(Object.keys(words.nl).filter((k) => !words[l][k]?.trim()), [], `missing in ${l}`);
    // A plural of one may leave the number out.
    same(Object.keys(words.nl).filter((k) => !k.endsWith('.one') && places(words[l][k]) !== places(words.nl[k])), [], `places in ${l}`);
  }
});

test('words: every text the page asks for exists', () => {
  const has = (key) => key in words.nl || `${key}.other` in words.nl;
  const asked = files('js').flatMap((f) => [...read(f).matchAll(/(?:\bt|complain|notice)\(\s*'([\w.-]+)'/g)].map((m) => m[1]));
  same([...new Set(asked)].filter((k) => !has(k)), []);
  const commands = new Set(STATES.flatMap((s) => keysOf(s).map((k) => k.command)).filter((c) => c !== 'enter' && c !== 'enter_other'));
  same([...commands].filter((c) => !has(`cmd.${c}`)), []);
  same(STATES.filter((s) => !has(`mode.${s}`)), []);
  const server = readFileSync(path.resolve(WEB, '../PROTOCOL.md'), 'utf8').match(/`nack\.\w+`/g) ?? [];
  holds(server.length > 5, 'the contract names its texts');
  same(server.map((k) => k.slice(1, -1)).filter((k) => !has(k)), []);
});

test('keys: each row has a command or nothing for each of the states', () => {
  for (const [key, line] of Object.entries({ ...TABLE, ...FIELD, ...NOTE, ...OUTCOME })) same(line.length, STATES.length, key);
});

const FORBIDDEN = /^(F5|F7|F10|F11|Shift\+F10|Ctrl\+Alt.*|Ctrl\+F[123]|Shift\+F[123]|Alt\+Key.|Key.)$/;

test('keys: none that a browser, a keyboard layout or a thin client keeps for itself', () => {
  same(Object.keys({ ...TABLE, ...FIELD, ...NOTE }).filter((k) => FORBIDDEN.test(k)), []);
});

test('keys: in no preset, and after no exchange, a key is double, lost or one of those', () => {
  const sound = (what) => {
    const keys = Object.keys(TABLE).map(placed);
    same([keys.length - new Set(keys).size, keys.filter((k) => FORBIDDEN.test(k))], [0, []], what);
    for (const mode of STATES) for (const { key, command, field } of keysOf(mode)) if (!/Digit/.test(key)) same(find(key, mode, { field: field || null })?.command, command, `${what}: ${key} in ${mode}`);
  };
  same(PLACES.filter((k) => FORBIDDEN.test(k)), []);
  for (const [name, to] of Object.entries(PRESETS)) {
    place(to);
    sound(name);
    for (const line of PLACES.filter((l) => TABLE[l])) for (const key of PLACES) {
      place(moved(line, key));
      same(placed(line), key);
      sound(`${name}, ${line} on ${key}`);
    }
  }
  place(PRESETS.xivo);
  same([keyOf('answer', 'ringing'), find('F3', 'ringing'), find('F2', 'ringing'), find('NumpadEnter', 'ringing', { pad: true })], ['F3', { command: 'answer' }, { command: 'search' }, { command: 'answer' }]);
  place({});
});

test('keys: digits go by their place on the board, and AltGr is never ours', () => {
  const press = (code, key, more = {}) => chord({ code, key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...more });
  same(press('Digit3', '"', { altKey: true }), 'Alt+Digit3', 'Belgian AZERTY');
  same(find('Alt+Digit3', 'talking'), { command: 'retrieve', n: 3 });
  same(press('Digit0', 'à', { altKey: true }), 'Alt+Digit0');
  same(press('KeyK', 'k', { ctrlKey: true }), 'Ctrl+KeyK');
  same(press('Digit2', '@', { ctrlKey: true, altKey: true }), '', 'AltGr');
  same(press('Digit2', '@', { altKey: true, getModifierState: (m) => m === 'AltGraph' }), '', 'AltGr on Linux');
  same(press('KeyA', 'a'), '');
});

test('keys: the numeric pad is off until it is switched on, and shortcuts can be removed', () => {
  same(find('NumpadEnter', 'ringing'), null);
  same(find('Ctrl+NumpadEnter', 'talking', { field: 'search' }), { command: 'enter_other' });
  same(find('NumpadEnter', 'ringing', { pad: true }), { command: 'answer' });
  same(find('NumpadSubtract', 'talking', { pad: true }), { command: 'hangup' });
  same(find('NumpadSubtract', 'talking', { pad: true, field: 'search' }), null, 'a minus typed in a field');
  same(find('F12', 'talking', { off: true }), null);
  same(find('Escape', 'talking', { off: true }), { command: 'back' });
});

test('keys: Esc never hangs up, and F12 does nothing where no citizen is in conversation', () => {
  for (const s of STATES) same(find('Escape', s), { command: 'back' });
  for (const s of ['idle', 'ringing', 'consult', 'held', 'transferring', 'wrapup', 'reconnecting', 'elsewhere']) same(find('F12', s), null, s);
});

const golden = JSON.parse(readFileSync(path.resolve(WEB, '../fixtures/server.json'), 'utf8'));

test('reducer: takes every golden message of the server, also twice and out of order', () => {
  for (const [name, msg] of Object.entries(golden)) {
    const once = reduce(reduce({ ...start(), seq: 0 }, golden.snapshot), { ...msg, ...(msg.t === 'ev' && { seq: golden.snapshot.seq + 1 }) });
    same(reduce(once, { ...msg, ...(msg.t === 'ev' && { seq: golden.snapshot.seq + 1 }) }).calls, once.calls, `${name} twice`);
    mode(once);
  }
});

test('reducer: a higher version replaces, a lower one is passed over', () => {
  const held = { ...golden.ev_call_held, seq: 1 };
  const state = reduce({ ...start(), whole: true }, held);
  const older = { ...held, seq: 2, call: { ...held.call, v: held.call.v - 1, state: 'queued' } };
  same(reduce(state, older).calls[held.call.id].state, 'held');
  const newer = { ...held, seq: 2, call: { ...held.call, v: held.call.v + 1, state: 'talking' } };
  same(reduce(state, newer).calls[held.call.id].state, 'talking');
});

test('reducer: a hole in the numbers asks for a snapshot and takes nothing', () => {
  const state = { ...start(), seq: 10, whole: true };
  const next = reduce(state, { ...golden.ev_call_held, seq: 12 });
  same([next.hole, Object.keys(next.calls).length, next.seq], [true, 0, 10]);
  same(reduce(next, golden.snapshot).hole, false);
  same(reduce(state, { t: 'tick', seq: 11, server_ms: 0 }).hole, true);
});

test('reducer: before the snapshot nothing is known: an event is not taken for it, and a broken line has nothing to go on from', () => {
  const { whole, calls } = reduce({ ...start(), seq: 10 }, { ...golden.ev_call_held, seq: 11 });
  same([whole, calls], [false, {}]);
  const welcome = { ...golden.welcome, replay: false };
  const known = reduce(reduce(start(), welcome), golden.snapshot);
  same([known.whole, reduce(known, { ...welcome, replay: true }).whole, reduce(known, welcome).whole], [true, true, false]);
});

test('reducer: a colleague who calls a colleague never rings at the desk, also while the desk rings', () => {
  const { snapshot } = golden;
  const [one] = snapshot.calls;
  const mine = { ...one, id: 'a'.repeat(32), state: 'queued', waiting_since_ms: 5, station: undefined };
  const theirs = { ...one, id: 'b'.repeat(32), state: 'ringing', station: undefined, waiting_since_ms: undefined, since_ms: 1, returned: undefined };
  const me = { ...snapshot.stations[0], station: snapshot.me.station, state: 'ringing', call: mine.id };
  const state = reduce({ ...start(), link: 'up' }, { ...snapshot, calls: [theirs, mine], stations: [me] });
  same([mode(state), incoming(state).map((c) => c.id[0])], ['ringing', ['a']]);
});

test('reducer: results of an older question are dropped', () => {
  const asked = reduce(reduce(start(), { t: 'typed', text: 'p', q: 1 }), { t: 'typed', text: 'pe', q: 2 });
  const item = golden.results.items[0];
  const painted = reduce(asked, { t: 'results', q: 2, items: [item] });
  same(reduce(painted, { t: 'results', q: 1, items: [] }).items.length, 1);
  same([painted.selected, reduce(reduce(painted, { t: 'typed', text: '', q: 3 }), { t: 'results', q: 3, items: [item] }).selected], [0, -1], 'nothing is highlighted in an empty field');
});

test('reducer: what is highlighted stays so when the same is asked again, wherever it stands then, and not when something else is', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ ...golden.results.items[0], id }));
  const ask = (state, q, text, items) => reduce(reduce(state, { t: 'typed', text, q }), { t: 'results', q, items });
  const chosen = reduce(ask(start(), 1, 'pee', [a, b]), { t: 'select', index: 1 });
  same([ask(chosen, 2, 'pee', [c, a, b]).selected, ask(chosen, 2, 'pee', [a, c]).selected, ask(chosen, 2, 'peet', [a, b]).selected, ask(chosen, 2, '', [a, b]).selected], [2, 0, 0, -1]);
});

test('reducer: presence changes no order and no highlight', () => {
  const items = [1, 2, 3].map((n) => ({ ...golden.results.items[0], id: `r${n}`, account: `a${n}` }));
  let state = reduce(reduce(reduce(start(), { t: 'typed', text: 'x', q: 1 }), { t: 'results', q: 1, items }), { t: 'select', index: 1 });
  for (let n = 0; n < 50; n++) state = reduce(state, { t: 'ev', seq: n + 1, presence: [{ account: 'a1', state: n % 2 ? 'free' : 'busy', since_ms: n }] });
  same([state.selected, state.items.map((i) => i.id)], [1, ['r1', 'r2', 'r3']]);
});

test('reducer: what comes back is first, held callers are counted by age, my words in a note stay', () => {
  const c = (id, more) => ({ ...golden.ev_call_held.call, id, state: 'queued', station: undefined, ...more });
  const me = golden.snapshot.me;
  const state = reduce(start(), { ...golden.snapshot, calls: [c('1', { waiting_since_ms: 5 }), c('2', { waiting_since_ms: 1 }), c('3', { waiting_since_ms: 9, returned: { from: 'x', why: 'busy', after_ms: 1 } }),
    c('4', { state: 'held', station: me.station, since_ms: 7 }), c('5', { state: 'parked', since_ms: 1 }), c('6', { state: 'held', station: me.station, since_ms: 2 }), c('7', { state: 'held', station: 'other' })] });
  same(incoming(state).map((x) => x.id), ['3', '2', '1']);
  same(waiting(state).map((x) => x.id), ['6', '4', '5']);
  const typed = reduce(state, { t: 'draft', call: '4', text: 'mine' });
  const theirs = reduce(typed, { t: 'ev', seq: state.seq + 1, call: c('4', { v: 99, note: { v: 3, text: 'theirs', by: 'B' } }) });
  same(theirs.drafts['4'], { text: 'mine', v: 3, dirty: true });
  same(live(state), null);
});
