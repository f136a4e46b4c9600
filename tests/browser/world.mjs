// A reception desk on a Tuesday morning, told in real protocol messages: one snapshot for each state of the desk.
export const NOW = Date.UTC(2026, 10, 24, 9, 14, 30);
const ago = (s) => NOW - s * 1000;
const CAPS = ['answer', 'next', 'hangup', 'hold', 'resume', 'park', 'pickup', 'transfer_blind', 'take_back', 'consult_start', 'consult_complete', 'consult_cancel', 'swap', 'merge', 'dial', 'dtmf',
  'ready', 'pause', 'out', 'serve', 'wrapup', 'note', 'task', 'task_done', 'closure', 'reopen', 'away', 'forward', 'words', 'misses', 'help'];

export const me = (owner = true) => ({ user: 'reception1', display: 'An Claes', roles: ['receptionist'], station: 'loket-1', owner, lease: 3, ...(owner ? {} : { owned_by: 'An Claes · Loket 2' }) });
export const welcome = (owner = true, epoch = 7) => ({ t: 'welcome', epoch, seq: 40, server_ms: NOW, replay: false, me: me(owner), caps: CAPS, demo: true });

let made = 0;
export const call = (more = {}) => ({
  id: (0x1000 + made++).toString(16).padStart(32, '0'), v: 4, state: 'queued', since_ms: ago(9), began_ms: ago(60), caller: { number: '+32479123456', near: '0479 12 34 56', source: 'unknown' },
  label: 'Gemeente Voorbeeld', dialled: '+3292660700', ivr: [], history: [], ...more,
});
const lefevre = (more) => call({
  id: 'a'.repeat(32), caller: { number: '+32479123456', near: '0479 12 34 56', name: 'Mevr. E. Lefèvre', source: 'directory' }, lang: 'fr', service: 'bevolking', waiting_since_ms: ago(168), since_ms: ago(134),
  ivr: ['taal: fr', 'keuze: Population', 'keuze: Carte d’identité'], station: 'loket-1',
  history: [{ at_ms: ago(86400), with: 'Sofie De Smet', outcome: 'informed', note: 'Afspraak voor identiteitskaart verplaatst.' }, { at_ms: ago(86400 * 21), outcome: 'callback' }], ...more,
});
const back = () => call({ id: 'b'.repeat(32), caller: { number: '+32475998877', near: '0475 99 88 77', name: 'Mevr. A. Peeters', source: 'directory' }, lang: 'nl', service: 'wegen', waiting_since_ms: ago(12), since_ms: ago(12), returned: { from: '2340', why: 'no-answer', after_ms: 20000 } });
const late = () => call({ id: 'c'.repeat(32), caller: { number: '+32498765432', near: '0498 76 54 32', source: 'unknown' }, lang: 'nl', service: 'bevolking', ivr: ['taal: nl', 'keuze: Identiteitskaart'], waiting_since_ms: ago(78), since_ms: ago(78), position: 1 });
const fresh = () => call({ id: 'd'.repeat(32), caller: { number: '+3211223344', near: '011 22 33 44', name: 'M. Lambert', source: 'network' }, lang: 'fr', service: 'onthaal', waiting_since_ms: ago(9), position: 2 });
const muller = (more) => call({ id: 'e'.repeat(32), state: 'held', station: 'loket-1', caller: { number: '+4915123456789', near: '+49 151 23456789', name: 'Dhr. J. Müller', source: 'directory' }, lang: 'de', service: 'belastingen', since_ms: ago(65), ...more });
const parked = () => call({ id: 'f'.repeat(32), state: 'parked', slot: 71, caller: { number: '+3292223344', near: '09 222 33 44', name: 'Garage Wouters', source: 'directory' }, lang: 'nl', service: 'wegen', since_ms: ago(31) });

const station = (state, more = {}) => ({ station: 'loket-1', user: 'An Claes', state, since_ms: ago(120), audio: 'browser', media: true, ...more });
export const queues = () => [
  { queue: 'onthaal', waiting: 1, longest_since_ms: ago(9), ready: 1, talking: 2, estimate_ms: 40000, open: true },
  { queue: 'bevolking', waiting: 1, longest_since_ms: ago(78), ready: 0, talking: 2, open: true },
  { queue: 'belastingen', waiting: 0, ready: 1, talking: 0, open: true },
];
/** Names in one language here: the others take the first there is. */
const services = () => ['bevolking', 'onthaal', 'wegen', 'belastingen', 'bouwen'].map((id) => ({ id, names: { nl: id.charAt(0).toUpperCase() + id.slice(1) }, closed: { nl: 'Wij zijn nu gesloten. Bel ons terug tijdens de openingsuren.', fr: 'Nous sommes fermés. Rappelez-nous pendant les heures d’ouverture.' } }));
const tasks = () => [
  { id: 't1', v: 1, number: '+3211223345', near: '011 22 33 45', name: 'Dhr. K. Yılmaz', lang: 'nl', service: 'bouwen', text: 'Vraag over bouwvergunning Kerkstraat', by: 'An Claes', at_ms: ago(3000), due_ms: NOW + 75 * 60000, done: false },
];
const missed = () => [{ id: 'm1', at_ms: ago(5400), number: '+32486112233', near: '0486 11 22 33', dialled: '+3292660700', cause: 'closed', done: false }];

export const PEOPLE = [
  ['Sofie De Smet', 'Bevolking · loketmedewerker', '2104', 'free', 600], ['Kris Peeters', 'Bevolking · diensthoofd', '2101', 'busy', 190], ['Anaïs Peeters', 'Burgerlijke stand', '2110', 'ringing', 3],
  ['Wim Peters', 'Wegen · werfleider', '2340', 'free', 900, 'away'], ['Els Van den Broeck', 'Bevolking · vreemdelingenzaken', '2107', 'busy', 42], ['Jürgen Müller', 'Belastingen · Steuern', '2402', 'unreachable', 9000],
  ['Fatima El Amrani', 'Sociale dienst', '2501', 'free', 30], ['Ceylan Yılmaz', 'Bouwen en wonen', '2610', 'free', 30], ['Dirk D’Hondt', 'Groendienst · ploegbaas', '2344', 'free', 30], ['Nguyễn Thị Lan', 'Bibliotheek', '2710', 'busy', 700],
  ['Greet Vandenbroucke', 'Secretariaat', '2001', 'free', 30], ['Jan Janssens', 'Jeugd en sport', '2820', 'free', 30], ['Marie-Claire Dupont', 'Population · guichet', '2105', 'free', 30], ['Luc Ceulemans', 'ICT · helpdesk', '2900', 'free', 30],
];
const person = ([name, detail, number, state, since, away]) => ({
  id: `p${number}`, kind: 'person', name, detail, account: number, marks: [], numbers: [{ target: number, near: number, kind: 'desk' }, { target: `+3247811${number}`, near: `0478 11 ${number.slice(0, 2)} ${number.slice(2)}`, kind: 'mobile' }],
  presence: { account: number, state, since_ms: ago(since), ...(away && { away: { until_ms: NOW + 3.5 * 3600000, to: '2344', by: 'Wim Peters' } }) }, ...(away && { deputy: 'Dirk D’Hondt' }),
});
const hours = [[8.5, 12], [13, 16.5]].map((day) => day.map((hour) => Date.UTC(2026, 10, 24) + (hour - 1) * 3600000));
const service = (name, detail, target) => ({ id: `s${target}`, kind: 'service', name, detail, marks: [], numbers: [{ target, near: '8001', kind: 'service' }], hours, ask: 'Naam en geboortedatum', words: ['paspoort', 'eID'] });
export const items = () => [...PEOPLE.map(person), service('Bevolking', 'Dienst · loket 1 tot 4', 'bevolking'), { id: 'x1', kind: 'partner', name: 'Politie Voorbeeld', detail: 'Kerkplein 1', marks: [], numbers: [{ target: '+3293334455', near: '09 333 44 55', kind: 'outside' }] }];

/** What the server finds: enough to work with, not the real ranking. */
export function find(text) {
  const fold = (s) => s.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  const words = fold(text).split(/\s+/).filter(Boolean);
  if (!words.length) return items();
  if (/^\d{3,}$/.test(text)) return [{ id: `n${text}`, kind: 'number', name: text, detail: '', marks: [], numbers: [{ target: text, near: text, kind: 'outside' }] }];
  return items().filter((i) => words.every((w) => fold(`${i.name} ${i.detail}`).includes(w) || (w === 'peet' && /Peters/.test(i.name))))
    .map((i) => ({ ...i, marks: words.flatMap((w) => { const at = fold(i.name).indexOf(w); return at < 0 ? [] : [[at, w.length]]; }), ...(words.includes('peet') && /Peters/.test(i.name) && { also: 'sound' }) }));
}

const desks = (mine) => [mine, { station: 'loket-2', user: 'Bart Maes', state: 'talking', since_ms: ago(300), audio: 'browser', media: true }, { station: 'loket-3', user: 'Nora Haddad', state: 'paused', reason: 'counter', since_ms: ago(400), audio: 'desk', media: false }];
export const snapshot = (calls, mine = station('ready'), more = {}) => ({
  t: 'snapshot', seq: 40, calls, queues: queues(), stations: desks(mine), presence: [], me: me(), line: { town: 'Gemeente Voorbeeld', number: '09 266 07 00', state: 'open', until_ms: NOW + 165.5 * 60000 },
  closures: [], services: services(), tasks: tasks(), missed: missed(), emergencies: [], ...more,
});

/** The states of CONSOLE.md 2.4. `media` and `then` are what is said after the snapshot. */
export const STATES = {
  idle: { snapshot: () => snapshot([], station('ready'), { queues: queues().map((q) => ({ ...q, waiting: 0, longest_since_ms: undefined })) }) },
  ringing: { snapshot: () => snapshot([lefevre({ state: 'ringing', waiting_since_ms: ago(7), since_ms: ago(7) }), back(), late(), fresh(), muller()], station('ringing', { call: 'a'.repeat(32) })) },
  talking: { snapshot: () => snapshot([lefevre({ state: 'talking', waited_ms: 34000 }), back(), late(), fresh(), muller(), parked()], station('talking', { call: 'a'.repeat(32) })) },
  consult: { snapshot: () => snapshot([lefevre({ state: 'consult_talking', target: '2104', since_ms: ago(14) }), late(), fresh(), muller()], station('talking', { call: 'a'.repeat(32) })) },
  merged: { snapshot: () => snapshot([lefevre({ state: 'merged', target: '+4915123456789', since_ms: ago(20) }), muller({ state: 'merged', target: '+32479123456', since_ms: ago(20) }), late(), fresh(), parked()], station('talking', { call: 'a'.repeat(32) })) },
  held: { snapshot: () => snapshot([muller(), late(), parked()], station('ready')) },
  transferring: { snapshot: () => snapshot([lefevre({ state: 'transferring', target: '2101', since_ms: ago(6) }), fresh()], station('ready')) },
  wrapup: { first: () => snapshot([lefevre({ state: 'talking', waited_ms: 34000, target: 'loket-1' }), late(), fresh()], station('talking', { call: 'a'.repeat(32) })),
    snapshot: () => snapshot([late(), fresh()], station('wrap_up')) },
  reconnecting: { snapshot: () => snapshot([lefevre({ state: 'talking', waited_ms: 34000 }), late(), fresh(), muller()], station('talking', { call: 'a'.repeat(32) })), silent: true },
  detached: { snapshot: () => snapshot([lefevre({ state: 'reattaching', reattach_until_ms: NOW + 24000 }), late(), fresh()], station('talking', { call: 'a'.repeat(32), media: false })), media: 'lost' },
  elsewhere: { welcome: () => welcome(false), snapshot: () => ({ ...snapshot([late(), fresh()], station('ready')), me: me(false) }) },
};

/** Answers a page in one state, and keeps the clock going. Orders are acknowledged. */
export function script(state, { silent = state.silent, order } = {}) {
  let served = false;
  return (msg, peer) => {
    if (msg.t === 'hello') {
      if (silent && served) return peer.socket.destroy(); // a server that is gone stays gone
      peer.say(state.welcome?.() ?? welcome());
      if (state.first) peer.say(state.first());
      peer.say(state.snapshot());
      if (state.media) peer.say({ t: 'media', media: state.media });
      peer.clock = setInterval(() => (peer.socket.destroyed ? clearInterval(peer.clock) : peer.say({ t: 'tick', seq: peer.seq ?? 40, server_ms: NOW })), 1000);
    }
    if (msg.t === 'sub' && silent) {
      served = true; // the page is painted: from here on the server is gone
      clearInterval(peer.clock);
    }
    if (msg.t === 'search') peer.say({ t: 'results', q: msg.q, items: (state.find ?? find)(msg.text) });
    if (msg.t === 'cmd') (order ?? ((m) => peer.say({ t: 'ack', id: m.id, seq: 40 })))(msg, peer);
  };
}
