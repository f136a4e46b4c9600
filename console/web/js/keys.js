// The keyboard: one table, state × key → command (CONSOLE.md 2.5), of which F1, tooltips and tests are made. Only keys in the same
// place on AZERTY, QWERTZ and QWERTY; digits go by their place.

export const STATES = /** @type {const} */ ([
  'idle', 'ringing', 'talking', 'consult', 'merged', 'held', 'transferring', 'wrapup', 'reconnecting', 'detached', 'elsewhere',
]);

const _ = null;
const same = (/** @type {string} */ command) => STATES.map(() => command);

/** @type {Keys} */
export const TABLE = {
  //             idle        ringing     talking      consult    merged      held        transferring wrapup     reconn.  detached    elsewhere
  F2:           ['next',     'answer',   'answer',    _,         'answer',   'next',     'next',      'finish',  _,       'to_phone', 'takeover'],
  F3:           same('search'),
  F4:           ['dial',     'deflect',  'transfer',  _,         _,          'dial',     'dial',      'dial',    _,       _,          _],
  F8:           [_,          _,          'hold',      'swap',    'hold',     'resume',   _,           _,         _,       _,          _],
  'Shift+F8':   [_,          _,          'park',      _,         _,          'park',     _,           _,         _,       _,          _],
  F9:           [_,          _,          'consult',   'connect', 'connect',  _,          _,           _,         _,       _,          _],
  F12:          [_,          _,          'hangup',    _,         'hangup',   _,          _,           _,         _,       'hangup',   _],
  Escape:       same('back'),
  'Alt+Digit':  ['retrieve', 'retrieve', 'retrieve',  _,         'retrieve', 'retrieve', 'retrieve',  'retrieve', _,      _,          _],
  'Alt+Digit0': same('speak'),
  F6:           same('pane'),
  'Shift+F6':   same('pane_back'),
  'Ctrl+KeyK':  same('palette'),
  F1:           same('help'),
};

/** In the search field. @type {Keys} */
export const FIELD = {
  Enter:        ['dial',     'deflect',  'enter',     _,         _,          'dial',     'dial',      'dial',    _,       _,          _],
  'Ctrl+Enter': [_,          _,          'enter_other', _,       _,          _,          _,           _,         _,       _,          _],
  ArrowRight:   same('row_more'),
  ArrowLeft:    same('row_less'),
  ArrowDown:    same('row_down'),
  ArrowUp:      same('row_up'),
  PageDown:     same('page_down'),
  PageUp:       same('page_up'),
};

/** In the outcome list. @type {Keys} */
export const OUTCOME = { Digit: STATES.map((s) => (s === 'wrapup' ? 'outcome_n' : null)) };

/** In the note. @type {Keys} */
export const NOTE = { 'Ctrl+Enter': STATES.map((s) => (s === 'reconnecting' || s === 'elsewhere' ? null : 'task')) };

/** Keys that lines of the table may stand on: none that a browser or a thin client keeps. */
export const PLACES = ['F1', 'F2', 'F3', 'F4', 'F6', 'F8', 'F9', 'F12', 'Shift+F4', 'Shift+F6', 'Shift+F8', 'Shift+F9', 'Shift+F12'];

/** XiVO answers with F3 and transfers with F4; its F5 and F7 are the browser's. @type {Record<string, Record<string, string>>} */
export const PRESETS = { standard: {}, xivo: { F2: 'F3', F3: 'F2' } };

/** @type {Record<string, string>} */
let places = {};
/** @param {Record<string, string>} to */
export const place = (to) => (places = to);

/** The key of a line of the table. @param {string} line */
export const placed = (line) => places[line] ?? line;

/** A line on another key changes keys with what stood there, so that none is lost or double. @param {string} line @param {string} key */
export const moved = (line, key) => ({ ...places, [lineOf(key)]: placed(line), [line]: key });

const lineOf = (/** @type {string} */ key) => PLACES.find((line) => placed(line) === key) ?? key;

/** The numeric pad, for who switched it on (WCAG 2.1.4). */
const PAD = /** @type {Record<string, string>} */ ({
  NumpadEnter: 'F2', NumpadDivide: 'F3', NumpadAdd: 'F9', NumpadMultiply: 'F8', NumpadSubtract: 'F12',
});

/** The name of a key in the table. @param {KeyboardEvent} e */
export function chord(e) {
  const { code } = e;
  if (e.metaKey || (e.ctrlKey && e.altKey) || e.getModifierState?.('AltGraph')) return ''; // AltGr writes letters
  // Ctrl+K goes by the letter on the key.
  const name = e.ctrlKey && e.key.toLowerCase() === 'k' ? 'KeyK' : /^(Digit|F\d|Arrow|Page|Enter|Escape|Numpad)/.test(code) ? code : '';
  if (!name) return '';
  return (e.ctrlKey ? 'Ctrl+' : '') + (e.altKey ? 'Alt+' : '') + (e.shiftKey ? 'Shift+' : '') + name;
}

/** The command of a key in a state.
 * @param {string} key @param {Mode} mode @param {{field?: 'search'|'note'|'outcome'|'text'|null, pad?: boolean, off?: boolean}} where
 * @returns {{command: string, n?: number}|null} */
export function find(key, mode, { field = null, pad = false, off = false } = {}) {
  const column = STATES.indexOf(mode);
  if (!pad || key !== 'NumpadEnter') key = key.replace('NumpadEnter', 'Enter');
  const at = (/** @type {(string|null)[]|undefined} */ line) => (line?.[column] ? { command: line[column] } : null);
  const numbered = (/** @type {(string|null)[]|undefined} */ line, /** @type {RegExpExecArray} */ [, n]) => {
    const hit = at(line);
    return hit && { ...hit, n: Number(n) };
  };
  if (field === 'search' && FIELD[key]) return at(FIELD[key]);
  if (field === 'note' && NOTE[key]) return at(NOTE[key]);
  const choice = field === 'outcome' && /^(?:Digit|Numpad)([1-6])$/.exec(key);
  if (choice) return numbered(OUTCOME.Digit, choice);
  if (off && key !== 'Escape') return null;
  const means = PAD[key];
  if (means) return pad && !(field && key !== 'NumpadEnter') ? at(TABLE[means]) : null;
  const digit = /^Alt\+Digit([1-9])$/.exec(key);
  if (digit) return numbered(TABLE['Alt+Digit'], digit);
  return at(TABLE[lineOf(key)]);
}

/** Every key of a state. @param {Mode} mode */
export function keysOf(mode) {
  const column = STATES.indexOf(mode);
  const from = (/** @type {Keys} */ table, /** @type {string} */ field) =>
    Object.entries(table).flatMap(([key, line]) => (line[column] ? [{ key: field ? key : placed(key), command: /** @type {string} */ (line[column]), field }] : []));
  return [...from(TABLE, ''), ...from(FIELD, 'search'), ...from(NOTE, 'note'), ...from(OUTCOME, 'outcome')];
}

/** The key of a command in a state, or ''. @param {string} command @param {Mode} mode */
export function keyOf(command, mode) {
  const column = STATES.indexOf(mode);
  for (const [key, line] of Object.entries(TABLE)) if (line[column] === command) return placed(key);
  return '';
}

/** As aria-keyshortcuts wants it. @param {string} key */
export const ariaKey = (key) => key.replace('Ctrl', 'Control').replace('Alt+Digit0', 'Alt+0').replace(/Alt\+Digit$/, 'Alt+1').replace('KeyK', 'K') || null;
