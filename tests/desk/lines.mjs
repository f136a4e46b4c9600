// The line between page and server: cut for a second, five and forty, the web side begun anew, and a page that stops reading.
import net from 'node:net';
import { launchServer, open } from '../browser/browser.mjs';
import { holds, same } from '../browser/suite.mjs';
import { WATCHERS, speaking } from './desk.mjs';
import { pause, scene, talk } from './scene.mjs';
import { until } from './phone.mjs';
import { Hearing } from './sound.mjs';

/** A piece of network between browser and console that can be cut. */
async function cable(to) {
  const ends = new Set(), dead = new Set();
  let cut = false;
  const server = net.createServer((here) => {
    if (cut) return void here.destroy();
    const there = net.connect(to, '127.0.0.1');
    for (const [a, b] of [[here, there], [there, here]]) {
      ends.add(a);
      a.on('data', (octets) => dead.has(a) || b.write(octets));
      a.on('error', () => {});
      a.on('close', () => { ends.delete(a); dead.delete(a); b.destroy(); });
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: server.address().port,
    cut() { cut = true; for (const e of ends) e.destroy(); },
    /** As when a cable is drawn from a switch: nobody is told, and what is said arrives nowhere. */
    silence({ also }) { for (const e of ends) dead.add(e); cut = also; },
    mend() { cut = false; },
    close() { this.cut(); server.close(); },
  };
}

for (const seconds of [1, 5, 40]) {
  scene(`lines: cut for ${seconds} s in conversation: the sound is whole, orders are not done later, and the desk is back`, [], async (stage) => {
    const wire = await cable(stage.town.web);
    try {
      const desk = await stage.more('reception1', { own: true, switches: [`--host-resolver-rules=MAP 127.0.0.1:${stage.town.web} 127.0.0.1:${wire.port}`] });
      const c = await talk(desk, stage.citizen, { name: 'E. Lefèvre' });
      await pause(500);
      const cut = Date.now();
      wire.cut();
      if (seconds > 2) {
        await desk.in('reconnecting', 5000);
        const { acts, band } = await desk.screen();
        same(acts.filter((a) => !a.endsWith(' off')), [], 'commands cannot be given');
        holds(/Geen verbinding/.test(band), band);
        await desk.press('F8');
        await desk.press('F12');
      }
      await pause(Math.max(0, cut + 1000 * seconds - Date.now()));
      const mended = Date.now();
      wire.mend();
      await desk.in('talking', 12000);
      const back = Date.now() - mended;
      await pause(700);
      holds(c.ear.whole('reception1', cut + 200), `the sound is whole: ${c.ear.told(cut + 200)}`);
      same(await desk.mode(), 'talking');
      same(desk.frames.filter((f) => f.t === 'welcome' && f.at >= cut).at(-1)?.replay, true, 'it goes on where it stopped');
      await desk.press('F8');
      await desk.in('held');
      await desk.press('F8');
      await desk.in('talking');
      console.log(`measured: line cut for ${seconds} s: control is back ${back} ms after it is mended, target 3000 ms`);
      holds(back <= 4000, `control is back after ${back} ms`);
      await c.hangUp();
    } finally {
      wire.close();
    }
  }, { early: seconds > 20 });
}

/** Said into a line that is dead already, before the page can know. `others` says whether new connections fail, too. Gives the moment of the key. */
async function intoTheDead(desk, wire, key, others) {
  wire.silence({ also: others });
  await pause(700); // sooner, the page would be told by the missing answer and not by the silence
  const at = Date.now();
  await desk.press(key);
  await desk.in('reconnecting', 5000);
  return at;
}

scene('lines: an order said into a dead line is done once when the line is back at once; after six seconds it is not done, and the operator is told so', [], async (stage) => {
  const wire = await cable(stage.town.web);
  try {
    const desk = await stage.more('reception1', { own: true, switches: [`--host-resolver-rules=MAP 127.0.0.1:${stage.town.web} 127.0.0.1:${wire.port}`] });
    const kris = await stage.phone(2103);
    const orders = (cmd, since) => desk.said.filter((m) => m.t === 'cmd' && m.cmd === cmd && m.at >= since);
    const late = async (key, cmd) => {
      await desk.page.evaluate(() => {
        globalThis.announced = [];
        Document.prototype.ariaNotify = (text) => announced.push(text);
      });
      const at = await intoTheDead(desk, wire, key, true);
      await pause(at + 6000 - Date.now());
      wire.mend();
      await desk.shows((s) => s.mode !== 'reconnecting' && /die opdracht is niet uitgevoerd/.test(s.hint), 8000);
      await until(() => desk.page.evaluate(() => announced.some((text) => /niet uitgevoerd/.test(text))), { ms: 4000, why: async () => `the announcement, but ${await desk.page.evaluate(() => announced.join(' | '))}` });
      same(orders(cmd, at).length, 1, `${cmd} is not said again`);
    };
    const c = await stage.citizen({ name: 'E. Lefèvre' });
    await desk.in('ringing', 15000);
    await late('F2', 'answer');
    same(c.ear.heard(0).reception1, undefined, 'nobody answered');
    await desk.press('F2');
    await desk.in('talking');
    await c.ear.hears('reception1');
    await late('F12', 'hangup');
    await desk.in('talking');
    await desk.find('carli', /Carlier/);
    await late('Enter', 'transfer_blind');
    await desk.in('talking');
    same([c.call.state, kris.calls.length], ['talking', 0]);
    await c.ear.hears('reception1');
    const at = await intoTheDead(desk, wire, 'F8', false);
    await desk.in('held', 4000);
    const [first, ...again] = orders('hold', at);
    same(again.map((m) => m.id), [first.id], 'the same order once more');
    same(desk.answers('hold', at).map((m) => m.t), ['ack'], 'done once');
    holds(Date.now() - at < 5000, 'while it is young');
    await c.ear.hears('sound');
    await desk.press('F8');
    await desk.in('talking');
    await c.hangUp();
  } finally {
    wire.close();
  }
});

scene('lines: centrale web restart with a call up: not one packet is missing, and the desks are back', ['reception1'], async ({ desk, citizen, town }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  await pause(1000);
  const lost = c.call.sound.lost ?? 0, began = Date.now();
  const { code, text } = await town.asked('web', 'restart');
  same(code, 0, text);
  await until(() => desk.frames.some((f) => f.t === 'welcome' && f.at >= began), { ms: 10000, why: 'a new welcome' });
  await desk.in('talking', 8000);
  const back = Date.now() - began;
  await pause(1500);
  same((c.call.sound.lost ?? 0) - lost, 0, 'packets missing');
  holds(c.ear.whole('reception1', began + 100), `the citizen heard ${c.ear.told(began + 100)}`);
  holds(desk.ear.whole('citizen', began + 100), `reception heard ${desk.ear.told(began + 100)}`);
  await desk.press('F8');
  await desk.in('held');
  await desk.press('F8');
  await desk.in('talking');
  holds(back <= 5000, `the desk is back after ${back} ms`);
  console.log(`measured: web restart: the desk is back after ${back} ms`);
  await c.hangUp();
});

/** A citizen's page that has called, chosen reception and hears it. */
async function page(stage) {
  const ear = new Hearing();
  const { server, browser } = await launchServer(speaking('citizen'));
  const { page, context } = await open(browser, stage.town.url, { path: '/call', prepare: async (c) => {
    await c.exposeBinding('overheard', (_, what) => what.t === 'ear' && ear.windows.push({ at: what.at, who: what.who }));
    for (const watcher of WATCHERS) await c.addInitScript(...watcher);
    await c.addInitScript(() => {
      const Line = WebSocket;
      globalThis.parted = 0;
      globalThis.WebSocket = class extends Line {
        constructor(...how) { super(...how); this.addEventListener('close', () => (globalThis.parted += 1)); }
      };
    });
  } });
  await page.locator('.go').click();
  await page.waitForFunction(() => document.querySelector('.key[aria-disabled]') === null, null, { timeout: 15000 });
  await pause(1500);
  await page.keyboard.press('0');
  return { page, ear, close: () => context.close().then(() => server.close()) };
}

scene("lines: centrale web restart while a citizen's page talks: the call goes on, keys and hanging up work after it, also in the middle of it", ['reception1'], async (stage) => {
  const { desk, town } = stage;
  for (const early of [false, true]) {
    const c = await page(stage);
    try {
      await desk.in('ringing', 20000);
      await desk.press('F2');
      await desk.in('talking');
      await c.ear.hears('reception1');
      await desk.ear.hears('citizen');
      const began = Date.now();
      const restarted = town.asked('web', 'restart');
      if (early) {
        await c.page.waitForFunction(() => parted > 0, null, { polling: 5, timeout: 10000 });
        await c.page.locator('.go').click();
      }
      const { code, text } = await restarted;
      same(code, 0, text);
      if (!early) {
        await until(() => desk.frames.some((f) => f.t === 'welcome' && f.at >= began), { ms: 10000, why: 'a new welcome' });
        await desk.in('talking', 8000);
        await pause(2500);
        holds(c.ear.whole('reception1', began + 100), `the citizen heard ${c.ear.told(began + 100)}`);
        holds(desk.ear.whole('citizen', began + 100), `reception heard ${desk.ear.told(began + 100)}`);
        same(await c.page.evaluate(() => document.querySelectorAll('.key[aria-disabled]').length), 0, 'it talks');
        await c.page.locator('.go').click();
      }
      const hung = Date.now();
      await desk.in(['wrapup', 'idle'], 8000);
      console.log(`measured: a citizen's page hangs up ${early ? 'while the web side is away' : 'after a web restart'}: reception sees it after ${Date.now() - hung} ms`);
      await desk.free();
    } finally {
      await c.close();
    }
  }
  // What nobody knows names no call.
  same(await desk.page.evaluate(() => new Promise((done) => {
    const stranger = new WebSocket(new URL('/call/ws', location.href.replace('http', 'ws')));
    stranger.onmessage = ({ data }) => done(JSON.parse(data));
    stranger.onopen = () => stranger.send(JSON.stringify({ t: 'again', call: '0'.repeat(32) }));
  })), { t: 'ended', why: 'gone' });
}, { demo: true });

scene('lines: a page that stops reading costs others nothing, and the server no memory', ['reception1'], async (stage) => {
  const { desk, town } = stage;
  const slow = await stage.more('reception2', { own: true });
  await slow.command('pauze');
  await pause(500);
  const before = town.resident();
  slow.signal('SIGSTOP');
  const shown = [];
  for (let i = 0; i < 40; i += 1) {
    const began = Date.now();
    const c = await stage.citizen({ name: `Burger ${i} ${'x'.repeat(80)}` });
    await desk.in('ringing', 15000);
    shown.push((await until(() => desk.painted('ringing', began), { why: 'paint' })) - desk.rang());
    await c.hangUp();
    await desk.in('idle');
  }
  const grown = town.resident() - before;
  slow.signal('SIGCONT');
  await slow.shows((s) => s.mode === 'idle' && s.calls.length === 0, 15000);
  shown.sort((a, b) => a - b);
  const c = await stage.citizen({ name: 'E. Lefèvre' });
  await slow.shows((s) => s.calls.some((x) => /Lefèvre/.test(x)), 10000);
  await c.hangUp();
  console.log(`measured: beside a frozen page, ringing to painted: median ${shown[20]} ms, worst ${shown.at(-1)} ms; the server grew by ${grown} KiB`);
  holds(shown[20] <= 300, `others: ${shown}`);
  holds(grown < 24 * 1024, `the server grew by ${grown} KiB`);
});
