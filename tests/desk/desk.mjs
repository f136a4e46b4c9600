// A receptionist at a real desk: signs in with Chromium, speaks a tone of her own, hears, presses keys as a person does, reads the screen.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launch, launchServer, open } from '../browser/browser.mjs';
import { listen } from './ear.mjs';
import { pause, until } from './phone.mjs';
import { Hearing, TONES, WINDOW, wav } from './sound.mjs';
import { KEPT } from './town.mjs';

const FILES = mkdtempSync(path.join(os.tmpdir(), 'centrale-tones-'));

/** The switches with which a browser's invented microphone speaks this tone. A crash must take one tab only. */
export function speaking(tone) {
  const file = path.join(FILES, `${tone}.wav`);
  writeFileSync(file, wav(TONES[tone]));
  return [`--use-file-for-fake-audio-capture=${file}`, '--process-per-tab', '--site-per-process', '--autoplay-policy=no-user-gesture-required'];
}

const browsers = new Map();
/** One browser for each tone, kept for all tests. */
export async function browserOf(tone) {
  let browser = browsers.get(tone);
  if (!browser?.isConnected()) browsers.set(tone, (browser = await launch(speaking(tone))));
  return browser;
}
export const closeBrowsers = () => Promise.all([...browsers.values()].map((b) => b.close()));

/** In the page, before its own script: the moment of each key, and of each paint of another state. A pure tone is noise to be suppressed, so the
 * microphone is taken as it is. */
function overhear() {
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (want) => getUserMedia(want?.audio ? { ...want, audio: { ...(want.audio === true ? {} : want.audio), echoCancellation: false, noiseSuppression: false, autoGainControl: false } } : want);
  const Real = RTCPeerConnection;
  globalThis.connections = [];
  globalThis.RTCPeerConnection = class extends Real {
    constructor(...how) { super(...how); globalThis.connections.push(this); }
  };
  const tell = (what) => globalThis.overheard?.(what);
  addEventListener('keydown', (e) => e.isTrusted && tell({ t: 'key', key: e.code, at: performance.timeOrigin + e.timeStamp }), true);
  let mode;
  const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => tell({ t: 'mode', mode, at: Date.now() })));
  document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
    if (document.body.dataset.mode === mode) return;
    mode = document.body.dataset.mode;
    painted();
  }).observe(document.body, { attributes: true, attributeFilter: ['data-mode'] }));

  // What the search answered, once it can be seen: the page paints before the next frame, and the frame after that begins when it is shown.
  const asked = new Map();
  const Line = WebSocket;
  globalThis.WebSocket = class extends Line {
    constructor(...how) {
      super(...how);
      this.addEventListener('message', ({ data }) => {
        if (!data.startsWith('{"t":"results"')) return;
        const text = asked.get(JSON.parse(data).q);
        requestAnimationFrame(() => requestAnimationFrame(() => tell({ t: 'found', text, at: performance.timeOrigin + performance.now() })));
      });
    }
    send(data) {
      if (data.startsWith('{"t":"search"')) { const { q, text } = JSON.parse(data); asked.set(q, text); }
      super.send(data);
    }
  };
}

/** What a page is given before its own script, each with its argument: `overheard`, which the page must have, is told of it. */
export const WATCHERS = [[overhear], [listen, { tones: Object.entries(TONES), window: WINDOW }]];

/** Opens the desk of one person. `own`: in a browser process of its own, which may be killed. `storageState` goes on with the session of an earlier browser. */
export async function desk(town, user = 'reception1', { tone = user, browser, own = false, switches = [], show, url = town.url, audio = 'browser', lang = 'nl', storageState, signIn = !storageState, ready = true, prefs = {}, into, ...how } = {}) {
  const told = { ear: new Hearing(), edges: [], keyed: [], modes: [], finds: [], frames: [], said: [] };
  const d = new Desk(told, { town, user, url, tone, switches, password: town.password(user) });
  if (own || show) {
    Object.assign(d, await launchServer([...speaking(tone), ...switches], show ? { headless: false, env: { ...process.env, ...show } } : {}));
    browser = d.browser;
  }
  const prepare = async (context) => {
    d.context = context;
    await context.exposeBinding('overheard', (_, what) => (into ?? d).overheard(what));
    for (const watcher of WATCHERS) await context.addInitScript(...watcher);
  };
  const opened = await open(browser ?? (await browserOf(tone)), url, { path: signIn ? `/sign-in?lang=${lang}` : '/', lang, prefs: { audio, motion: false, ...prefs }, prepare, storageState, ...how });
  Object.assign(d, opened);
  if (into) into.watch(opened.page);
  else d.watch(opened.page);
  if (signIn) await d.signIn();
  if (ready) await d.ready();
  if (own) d.kept = await d.context.storageState();
  return d;
}

export class Desk {
  constructor(told, place) {
    Object.assign(this, told, place, { keys: 0, letters: 0 });
  }
  overheard(what) {
    if (what.t === 'ear') this.ear.windows.push({ at: what.at, who: what.who });
    if (what.t === 'edge') this.edges.push(what);
    if (what.t === 'key') this.keyed.push(what);
    if (what.t === 'mode') this.modes.push(what);
    if (what.t === 'found') this.finds.push(what);
  }
  /** Reads the words on the line beside the page, without touching them. */
  watch(page) {
    page.on('websocket', (socket) => {
      const read = (list) => ({ payload }) => {
        try { list.push({ at: Date.now(), ...JSON.parse(payload) }); } catch { list.push({ at: Date.now(), t: 'unread' }); }
        if (list.length > 5000) list.splice(0, 2000);
      };
      socket.on('framereceived', read(this.frames));
      socket.on('framesent', read(this.said));
    });
  }
  async signIn() {
    await this.page.locator('#user').fill(this.user);
    await this.page.locator('#password').fill(this.password);
    await this.page.locator('form button').click();
    await this.page.waitForURL(`${this.url}/`, { waitUntil: 'commit' });
  }
  /** Waits until the desk is there: control, sound, and somebody who takes calls. */
  async ready(ms = 20000) {
    await this.sounds(ms);
  }
  /** Waits until the server hears this desk. */
  sounds(ms = 20000) {
    return until(() => this.page.evaluate(() => Boolean(document.querySelector('#top .i.free')) && ['idle', 'ringing', 'talking', 'consult', 'held', 'transferring', 'wrapup'].includes(document.body.dataset.mode)).catch(() => false), { ms, why: async () => `sound at the desk of ${this.user}: ${await this.page.evaluate(() => document.body.innerText.replace(/\s+/g, ' ').slice(0, 300)).catch(String)}` });
  }

  // --- hands ---
  /** One key, counted; as Playwright names it. */
  async press(key) {
    this.keys += 1;
    await this.page.keyboard.press(key);
  }
  /** Words are counted as letters. */
  async type(text, delay = 0) {
    this.letters += [...text].length;
    await this.page.keyboard.type(text, { delay });
  }
  /** Types into the search field and waits for the row it means. */
  async find(text, name = new RegExp(text, 'i')) {
    await this.type(text);
    await until(async () => name.test((await this.row()) ?? ''), { ms: 5000, why: async () => `${name} highlighted; found ${JSON.stringify(await this.found())}` });
  }
  row() { return this.page.evaluate(() => document.querySelector('#found [aria-selected="true"]')?.textContent.replace(/\s+/g, ' ').trim()); }
  found() { return this.page.evaluate(() => [...document.querySelectorAll('#found .opt')].map((e) => e.textContent.replace(/\s+/g, ' ').trim())); }
  /** A command by its name (Ctrl+K). */
  async command(words) {
    await this.press('Control+k');
    await this.page.waitForSelector('dialog[open] #p');
    await this.type(words);
    await this.press('Enter');
  }
  button(name) { return this.page.getByRole('button', { name }); }

  // --- eyes ---
  in(mode, ms = 10000) {
    const modes = [mode].flat();
    return until(async () => modes.includes(await this.mode().catch(() => null)), { ms, step: 20, why: async () => `${modes} at the desk of ${this.user}: ${JSON.stringify(await this.screen().catch((why) => String(why)))}` });
  }
  mode() { return this.page.evaluate(() => document.body.dataset.mode); }
  /** What stands on the screen, in words. */
  screen() {
    return this.page.evaluate(() => {
      const text = (e) => e?.innerText.replace(/\s+/g, ' ').trim() ?? '';
      const rows = (list) => [...document.querySelectorAll(`ul[aria-labelledby="${list}"] .row`)].map(text);
      return {
        mode: document.body.dataset.mode, who: text(document.querySelector('#who')), meta: text(document.querySelector('#card .meta')), word: text(document.querySelector('#card .st')),
        hint: text(document.querySelector('#hint')), band: text(document.querySelector('#band')), calls: rows('h-calls'), held: rows('h-held'),
        acts: [...document.querySelectorAll('#card .acts .btn')].map((b) => b.dataset.command + (b.getAttribute('aria-disabled') ? ' off' : '')), focus: document.activeElement?.id,
      };
    });
  }
  async shows(what, ms = 5000) {
    let screen;
    await until(async () => what((screen = await this.screen())), { ms, why: () => `the desk of ${this.user} shows ${JSON.stringify(screen)}: ${what}` });
    return screen;
  }
  /** The newest view of the call that the server told this desk. */
  call(want = () => true) {
    for (const f of [...this.frames].reverse()) {
      if (f.t === 'ev' && f.call && want(f.call)) return f.call;
      const found = f.t === 'snapshot' && f.calls.find(want);
      if (found) return found;
    }
    return null;
  }
  /** Since when this desk rings, as the server says it. */
  rang() { return this.frames.findLast((f) => f.t === 'ev' && f.station?.station === this.user && f.station.state === 'ringing')?.station.since_ms; }
  answers(cmd, since = 0) {
    const ids = this.said.filter((m) => m.t === 'cmd' && m.cmd === cmd && m.at >= since).map((m) => m.id);
    return this.frames.filter((f) => ids.includes(f.id));
  }
  /** When a state was painted last, since a moment. */
  painted(mode, since = 0) { return this.modes.find((m) => m.mode === mode && m.at >= since)?.at; }
  /** When the key was struck last. */
  struck(code) { return this.keyed.findLast((k) => k.key === code)?.at; }
  /** When this tone began to be heard in the page. */
  firstHeard(name, since) { return this.edges.find((e) => e.who === name && e.at >= since)?.at; }
  /** How late that is, ms, each of so many times: from a tone that begins in the page, on its way through the same ear, to the moment that is told for it. */
  async late(times) {
    const all = [];
    await this.page.evaluate((hertz) => whistle(hertz), TONES.outside);
    for (let i = 0; i < times; i += 1) {
      const off = await this.page.evaluate(() => whistling.off());
      await until(() => i === 0 || this.firstHeard('silence', off), { why: 'silence' });
      await pause(300 + 25 * Math.random()); // at any moment between two looks of the ear
      const on = await this.page.evaluate(() => whistling.on());
      all.push(await until(() => this.firstHeard('outside', on), { why: 'the whistle' }) - on);
    }
    await this.page.evaluate(() => whistling.end());
    return all;
  }

  async picture(name) {
    mkdirSync(path.join(KEPT, 'pictures'), { recursive: true });
    await this.page.screenshot({ path: path.join(KEPT, 'pictures', `${name}.png`) });
  }
  /** Free again: nothing on the desk, no wrap-up. */
  async free(ms = 15000) {
    for (const end = Date.now() + ms; ;) {
      const mode = await this.mode();
      if (mode === 'idle') return;
      if (mode === 'wrapup') await this.page.keyboard.press('F2');
      if (Date.now() > end) throw new Error(`the desk of ${this.user} does not become free: ${JSON.stringify(await this.screen())}`);
      await pause(100);
    }
  }
  async close() {
    await this.context.close().catch(() => {});
    await this.server?.close().catch(() => {});
  }

  // --- misfortunes ---
  async reload() {
    await this.page.reload({ waitUntil: 'commit' });
  }
  /** The tab dies as it does when its memory is gone; a person opens the desk again. */
  async crash() {
    const cdp = await this.context.newCDPSession(this.page);
    const gone = new Promise((done) => this.page.once('crash', done));
    cdp.send('Page.crash').catch(() => {});
    await gone;
    await this.again();
  }
  /** The tab is closed, by Ctrl+W for instance, and the desk opened again. */
  async reopen() {
    await this.page.close({ runBeforeUnload: false });
    await this.again();
  }
  async again() {
    const old = this.page;
    this.page = await this.context.newPage();
    this.watch(this.page);
    this.page.on('pageerror', (e) => this.faults.push(`error: ${e.message}`));
    await this.page.goto(`${this.url}/`, { waitUntil: 'commit' });
    await old.close({ runBeforeUnload: false }).catch(() => {});
  }
  /** kill -9 of the whole browser. */
  kill() {
    for (const pid of family(this.pid).reverse()) try { process.kill(pid, 'SIGKILL'); } catch { /* gone already */ }
  }
  async die() {
    this.kept = await this.context.storageState();
    this.kill();
    await this.revive();
  }
  /** The browser is started again, with the profile it had. */
  async revive() {
    await this.server.close().catch(() => {});
    const { context, page, faults, browser, server, pid } = await desk(this.town, this.user, { own: true, tone: this.tone, switches: this.switches, storageState: this.kept, ready: false, into: this });
    Object.assign(this, { context, page, faults, browser, server, pid });
  }
  signal(name) {
    for (const pid of family(this.pid)) try { process.kill(pid, name); } catch { /* gone already */ }
  }
}

/** All descendants of a process, whichever of its threads began them; itself first. */
export function family(pid) {
  const all = [pid];
  for (const p of all) {
    try {
      for (const thread of readdirSync(`/proc/${p}/task`)) all.push(...readFileSync(`/proc/${p}/task/${thread}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number));
    } catch { /* it has ended */ }
  }
  return all;
}
export { launchServer, pause, until };
