// The desk in Debian's Firefox ESR: scenarios 1 to 12 as far as its invented devices and WebDriver BiDi allow.
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import { holds, same } from '../browser/suite.mjs';
import { launchFirefox } from '../browser/firefox.mjs';
import { Microphone } from './card.mjs';
import { Desk, WATCHERS } from './desk.mjs';
import { suffer } from './faults.mjs';
import { endings, pause, scene, script, talk } from './scene.mjs';
import { until } from './phone.mjs';
import { Hearing, TONES } from './sound.mjs';
import { ADDRESS } from './town.mjs';
import './races.mjs';
import './transfers.mjs';

console.log('NOT RUN: Firefox: Page.crash (WebDriver BiDi has none, and opens no tab any more when the process of one was killed; a closed tab and a killed browser stand for it)');

/** The piece of network between Firefox and the console, which can be cut: a proxy (RFC 9110, CONNECT). */
async function cable() {
  const ends = new Set();
  let cut = false;
  const server = http.createServer();
  server.on('connect', ({ url }, here, head) => {
    if (cut) return void here.destroy();
    const [address, port] = url.split(':');
    const there = net.connect(Number(port), address, () => { here.write('HTTP/1.1 200 OK\r\n\r\n'); there.write(head); });
    for (const [a, b] of [[here, there], [there, here]]) {
      ends.add(a);
      a.pipe(b);
      a.on('error', () => {});
      a.on('close', () => { ends.delete(a); b.destroy(); });
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const cutting = () => { cut = true; for (const e of ends) e.destroy(); };
  return { port: server.address().port, cut: cutting, mend: () => { cut = false; }, close() { cutting(); server.close(); } };
}

/** In the page, before its own script: the words on the line, which WebDriver BiDi does not tell. */
function overread() {
  const tell = (list, data) => globalThis.overheard?.({ t: 'line', list, at: Date.now(), data });
  const Line = WebSocket;
  globalThis.WebSocket = class extends Line {
    constructor(...how) {
      super(...how);
      this.addEventListener('message', ({ data }) => tell('frames', data));
    }
    send(data) {
      tell('said', data);
      super.send(data);
    }
  };
}

/** A desk whose page is Firefox's. */
class FirefoxDesk extends Desk {
  static async open(town, { user = 'reception1', real = false } = {}) {
    const told = { ear: new Hearing(), edges: [], keyed: [], modes: [], finds: [], frames: [], said: [] };
    const d = new FirefoxDesk(told, { town, user, real, url: town.url, tone: user, password: town.password(user), faults: [] });
    d.wire = await cable();
    await d.begin();
    return d;
  }
  async begin() {
    this.browser = await launchFirefox(TONES[this.user], { proxy: this.wire.port, real: this.real });
    this.pid = this.browser.process().pid;
    await this.tab();
    await this.page.goto(`${this.url}/sign-in?lang=nl`);
    await this.page.evaluate(() => localStorage.setItem('desk', JSON.stringify({ lang: 'nl', motion: false })));
    await this.page.type('#user', this.user);
    await this.page.type('#password', this.password);
    await Promise.all([this.page.waitForNavigation(), this.page.click('form button')]);
    await this.ready();
  }
  async tab() {
    this.page = await this.browser.newPage();
    await this.page.exposeFunction('overheard', (what) => this.overheard(what));
    for (const watcher of [...WATCHERS, [overread]]) await this.page.evaluateOnNewDocument(...watcher);
  }
  overheard(what) {
    if (what.t === 'line') this[what.list].push({ at: what.at, ...JSON.parse(what.data) });
    else super.overheard(what);
  }
  async press(key) {
    this.keys += 1;
    const [last, ...held] = key.split('+').reverse();
    for (const k of held.reverse()) await this.page.keyboard.down(k);
    await this.page.keyboard.press(last === 'k' ? 'KeyK' : last);
    for (const k of held.reverse()) await this.page.keyboard.up(k);
  }
  async type(text) {
    this.letters += [...text].length;
    await this.page.keyboard.type(text);
  }
  async reload() { await this.page.reload({ waitUntil: 'domcontentloaded' }); }
  async reopen() {
    const old = this.page;
    await this.tab();
    await old.close();
    await this.page.goto(`${this.url}/`, { waitUntil: 'domcontentloaded' });
  }
  /** kill -9 of the whole browser; the person signs in again. */
  async die() {
    this.kill();
    await this.begin();
  }
  async picture() {}
  close() {
    this.wire.close();
    return this.browser.close();
  }
}

let fox = null;
/** A scene with Firefox at the first desk. It goes on from test to test, as long as the town does and its microphones are of the same kind; a scene that is early has a Firefox of its own. */
const foxes = (title, body, names = [], { real = false, early = false, ...more } = {}) => scene(`firefox: ${title}`, names, async (stage) => {
  const kept = !early && fox?.town === stage.town && fox.browser.connected && fox.real === real;
  if (!early && !kept) await fox?.close().catch(() => {}); // it would have the place still
  const desk = kept ? fox : await FirefoxDesk.open(stage.town, { real });
  if (!early) fox = desk;
  try {
    await desk.free();
    await body({ ...stage, ...more, desk, desks: [desk, ...stage.desks] });
  } catch (e) {
    e.message += ` (Firefox: ${JSON.stringify(await desk.screen().catch(String))})`;
    await desk.close().catch(() => {});
    if (!early) fox = null;
    throw e;
  }
  if (early) await desk.close();
}, { early });
endings.push(() => fox?.close());

/** What stands in the other parts, with Firefox at the first desk. */
for (const [number, beginning, how] of [
  [3, 'races: F12 in the instant', { times: 6 }], [3, 'races: an order about what is not so any more'],
  [5, 'transfers: the target is busy'], [5, 'transfers: the target refuses'], [5, 'transfers: the target does not answer'], [5, 'transfers: a number that does not exist'], [5, 'transfers: a phone that is not registered'],
  [6, 'transfers: taken back in the instant', { times: 24, slower: 12 }], // its keys take longer on their way
  [7, 'transfers: warm, completed while it rings'], [7, 'transfers: warm, the target hangs up'], [7, 'transfers: warm, the citizen hangs up'], [7, 'transfers: warm, three times'],
  [8, 'transfers: to a number outside'], [8, 'transfers: to a service that is closed'], [8, 'transfers: to oneself'],
  [9, 'transfers: a held caller is remembered', { early: true }], [9, 'transfers: parked at one desk'],
]) {
  const { title, names, body } = script(beginning);
  foxes(`${number} ${title.split(': ').slice(1).join(': ')}`, body, names.slice(1), how);
}

foxes('1 F2 answers from search, note, palette and help', async ({ desk, citizen }) => {
  for (const where of ['search', 'note', 'palette', 'help']) {
    const c = await citizen();
    await desk.in('ringing', 15000);
    if (where === 'search') await desk.type('car');
    if (where === 'note') { await desk.page.focus('#note'); await desk.type('bezoeker'); }
    if (where === 'palette') { await desk.press('Control+k'); await pause(200); }
    if (where === 'help') { await desk.press('F1'); await pause(200); }
    await desk.press('F2');
    await desk.in('talking');
    await c.ear.hears('reception1');
    await desk.ear.hears('citizen');
    await c.hangUp();
    await desk.press('Escape');
    await desk.press('Escape');
    await desk.free();
  }
});

foxes('2 Firefox and Chromium press F2 together, twenty times: one bridge', async ({ desks: [desk, two], citizen }) => {
  for (let i = 0; i < 20; i += 1) {
    const c = await citizen();
    await Promise.all([desk.in('ringing', 15000), two.in('ringing', 15000)]);
    const since = Date.now();
    await Promise.all([desk.press('F2'), two.press('F2')]);
    const winner = await until(async () => ((await desk.mode()) === 'talking' ? desk : (await two.mode()) === 'talking' ? two : null), { why: 'a winner' });
    await c.ear.hears(winner.user, { since });
    const other = winner === two ? desk : two;
    await other.in('idle');
    same(c.ear.heard(since)[other.user], undefined);
    await c.hangUp();
    await winner.free();
  }
}, ['reception2']);

foxes('3 F2 twice is one answer', async ({ desk, citizen }) => {
  const c = await citizen(), d = await citizen({ tone: 'citizen2' });
  await desk.shows((s) => s.calls.length === 2, 15000);
  const since = Date.now();
  await desk.press('F2');
  await desk.press('F2');
  await desk.in('talking');
  await c.ear.hears('reception1', { since });
  await pause(500);
  same(d.ear.first('reception1', since), undefined, 'the second citizen waits');
  for (const x of [c, d]) await x.hangUp();
});

foxes('4 and 6 blind by name with one key, taken back with one, and gone with the citizen’s name', async ({ desk, citizen, phone }) => {
  const target = await phone(2103);
  const c = await talk(desk, citizen, { name: 'E. Lefèvre', number: '+32479123456' });
  for (const ends of ['back', 'there']) {
    await desk.find('carli', /Carlier/);
    await desk.press('Enter');
    const rang = await target.rings();
    same([rang.display.name, rang.display.number], ['E. Lefèvre', '+32479123456']);
    await desk.in(['transferring', 'wrapup']);
    if (ends === 'back') {
      await desk.press('Escape');
      same(await rang.over, 'cancelled');
      await desk.in('talking');
      await c.ear.hears('reception1');
    } else {
      rang.answer();
      await c.ear.hears('phone');
      await rang.ear.hears('citizen');
    }
  }
  await c.hangUp();
});

foxes('8 112 is no target of a transfer', async ({ desk, citizen, outside }) => {
  const operator = await outside();
  const c = await talk(desk, citizen);
  await desk.type('112');
  await until(async () => (await desk.row())?.startsWith('112') || void (await desk.press('ArrowDown')), { step: 50, why: 'the row of 112' });
  await desk.press('Enter');
  await until(() => desk.page.evaluate(() => document.querySelector('#hint .notice')?.textContent), { why: 'why not' });
  await pause(300);
  same([operator.calls.length, c.call.state, await desk.mode()], [0, 'talking', 'talking']);
  await desk.press('Escape');
  await c.hangUp();
});

foxes('9 hold, Alt+1, park, and back', async ({ desk, citizen }) => {
  const c = await talk(desk, citizen);
  for (const [key, mode, heard] of [['F8', 'held', 'sound'], ['Alt+Digit1', 'talking', 'reception1'], ['Shift+F8', ['idle', 'wrapup'], 'sound'], ['Alt+Digit1', 'talking', 'reception1']]) {
    const since = Date.now();
    await desk.press(key);
    await desk.in(mode);
    await c.ear.hears(heard, { since });
  }
  await c.hangUp();
});

for (const state of ['ringing', 'consulting', 'transferring']) {
  foxes(`10 ${state}: a reload, a closed tab and a killed browser lose nothing`, async (stage) => {
    const s = { ...stage, kris: await stage.phone(2103), c: await talk(stage.desk, stage.citizen, { name: 'E. Lefèvre' }) }, times = { control: [], sound: [] };
    for (const fault of ['reload', 'close and reopen', 'kill -9']) await suffer(s, state, fault, times);
    console.log(`measured: Firefox, ${state}: page there to control ${times.control.join(', ')} ms, to sound ${times.sound.join(', ')} ms`);
    await s.c.hangUp();
  });
}

foxes('10 reload, closed tab, and frozen for five seconds, in conversation', async ({ desk, citizen }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  for (const fault of ['reload', 'reopen', 'freeze']) {
    const before = Date.now();
    if (fault === 'freeze') {
      desk.signal('SIGSTOP');
      await pause(5000);
      desk.signal('SIGCONT');
    } else await desk[fault]();
    const here = Date.now();
    await desk.in('talking', 15000);
    await c.ear.hears('reception1', { since: here, ms: 12000 });
    await desk.ear.hears('citizen', { since: here, ms: 12000 });
    holds(c.ear.gap(before) <= 3000, `${fault}: ${c.ear.told(before)}`);
    console.log(`measured: Firefox, ${fault}: the citizen heard ${c.ear.told(before)}`);
  }
  await c.hangUp();
});

for (const seconds of [1, 5, 40]) {
  foxes(`11 the line is cut for ${seconds} s: the sound is whole, orders are not done later, and it goes on`, async ({ desk, citizen }) => {
    const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
    const cut = Date.now();
    desk.wire.cut();
    if (seconds > 2) {
      await desk.in('reconnecting', 5000);
      await desk.press('F8');
      await desk.press('F12');
    }
    await pause(Math.max(0, cut + 1000 * seconds - Date.now()));
    const mended = Date.now();
    desk.wire.mend();
    await until(() => desk.page.evaluate(() => document.documentElement.dataset.control === 'up'), { ms: 12000, why: 'control' });
    console.log(`measured: Firefox, line cut for ${seconds} s: control is back ${Date.now() - mended} ms after it is mended; the citizen heard ${c.ear.told(cut + 200)}`);
    await desk.in('talking');
    await pause(500);
    holds(c.ear.whole('reception1', cut + 200), `the sound is whole: ${c.ear.told(cut + 200)}`);
    await desk.press('F8');
    await desk.in('held');
    await desk.press('F8');
    await desk.in('talking');
    await c.hangUp();
  }, [], { early: seconds > 20 });
}

/** Cuts the way of Firefox's sound from its address, and nothing else; gives what mends it. */
function silenced() {
  const rule = ['pref', '0', 'from', ADDRESS, 'to', ADDRESS, 'ipproto', 'udp', 'blackhole'];
  execFileSync('ip', ['rule', 'add', ...rule]);
  return () => execFileSync('ip', ['rule', 'del', ...rule]);
}

foxes('12 the sound is cut and the line of words is not: music, and back', async ({ desk, citizen }) => {
  const c = await talk(desk, citizen);
  const cut = Date.now();
  const mend = silenced();
  try {
    await c.ear.hears('sound', { since: cut, ms: 6000 });
    await desk.in('detached', 6000);
  } finally {
    mend();
  }
  const healed = Date.now();
  await c.ear.hears('reception1', { since: healed, ms: 12000 });
  await desk.ear.hears('citizen', { since: healed, ms: 12000 });
  await desk.in('talking');
  console.log(`measured: Firefox, sound cut: the citizen heard ${c.ear.told(cut)}`);
  await c.hangUp();
});

foxes('12 the computer gets another address in mid-conversation: it goes on from there', async ({ desk, citizen }) => {
  const c = await talk(desk, citizen);
  const cut = Date.now();
  const other = `${ADDRESS}00`, network = (...words) => execFileSync('ip', words);
  const leaves = (from) => network('route', 'replace', 'default', 'via', '192.0.2.254', 'dev', 'desk0', 'src', from);
  const mend = silenced(); // what comes from the old address arrives nowhere
  try {
    network('addr', 'add', `${other}/24`, 'dev', 'desk0');
    leaves(other);
    // It may be quicker than the two seconds after which music plays: what is asked is where it speaks from.
    const address = () => desk.page.evaluate(async () => {
      const stats = await connections.filter((p) => p.connectionState === 'connected').at(-1)?.getStats();
      const pair = [...(stats?.values() ?? [])].find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded' && s.selected !== false);
      return pair && stats.get(pair.localCandidateId)?.address;
    });
    await until(async () => (await address()) === other, { ms: 15000, step: 100, why: async () => `from ${await address()} to ${other}` });
    const there = Date.now();
    await c.ear.hears('reception1', { since: there, ms: 6000, n: 5 });
    await desk.ear.hears('citizen', { since: there, ms: 6000 });
    await desk.in('talking');
    console.log(`measured: Firefox, another address: the citizen heard ${c.ear.told(cut)}`);
    await c.hangUp();
  } finally {
    mend();
    leaves(ADDRESS);
    network('addr', 'del', `${other}/24`, 'dev', 'desk0');
  }
});

foxes('13 the headset is unplugged and comes back: another microphone speaks, the list says which, and the headset speaks again when it is chosen', async ({ desk, citizen }) => {
  const spare = new Microphone('reception3', 'Webcam'), headset = new Microphone('reception1', 'Jabra');
  const { page } = desk;
  const listed = () => page.$eval('#s-mic', (s) => s.selectedOptions[0]?.label);
  const choose = async ({ label }) => page.select('#s-mic', await page.evaluate((l) => [...document.querySelectorAll('#s-mic option')].find((o) => o.label === l)?.value, label));
  const told = (what) => until(async () => what.test((await desk.screen()).hint), { step: 50, why: async () => `${what}: ${JSON.stringify(await desk.screen())}` });
  try {
    spare.plug().preferred();
    headset.plug();
    await desk.command('instellingen');
    await until(() => page.evaluate((l) => document.querySelector('#s-mic')?.textContent.includes(l), headset.label), { why: 'the headset in the list' });
    await choose(headset);
    await told(/Microfoon: Jabra/);
    await desk.press('Escape');
    const c = await talk(desk, citizen);
    await desk.command('instellingen');
    const out = Date.now();
    headset.unplug();
    await told(/Headset weg.*Webcam/);
    console.log(`measured: Firefox, headset unplugged: the page says so after ${Date.now() - out} ms`);
    same(await listed(), spare.label);
    await c.ear.hears('reception3', { since: out, ms: 15000 }); // this card begins a tone in pieces of two seconds
    const back = Date.now();
    headset.plug();
    await told(/Jabra is er weer/);
    await pause(1000);
    holds(c.ear.whole('reception3', back), `it is not jumped to: ${c.ear.told(back)}`);
    same(await listed(), spare.label);
    const chosen = Date.now();
    await choose(headset);
    await c.ear.hears('reception1', { since: chosen, ms: 15000 });
    same(await listed(), headset.label);
    await desk.press('Escape');
    await c.hangUp();
  } finally {
    for (const m of [spare, headset]) m.close();
  }
}, [], { real: true });
