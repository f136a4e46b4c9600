// One station, one place: a second tab, a second computer, taking over, and a late order from where it was.
import { holds, same } from '../browser/suite.mjs';
import { pause, scene, talk } from './scene.mjs';
import { until } from './phone.mjs';

scene('places: a second tab only looks; it takes over with one key, and the conversation goes on there', [], async (stage) => {
  const desk = await stage.more('reception1', { own: true });
  const c = await talk(desk, stage.citizen, { name: 'E. Lefèvre' });
  const first = desk.page;
  desk.page = await desk.context.newPage();
  desk.watch(desk.page);
  await desk.page.goto(`${desk.url}/`);
  await desk.in('elsewhere');
  holds(/Lefèvre|venster|plaats/i.test(JSON.stringify(await desk.screen())), 'it says where');
  await desk.page.keyboard.press('F12');
  await c.ear.hears('reception1');
  const taken = Date.now();
  await desk.page.keyboard.press('F2');
  await desk.in('talking', 10000);
  await until(() => first.evaluate(() => document.body.dataset.mode).then((m) => m === 'elsewhere'), { ms: 5000, why: 'the first tab looks on' });
  await c.ear.hears('reception1', { since: taken + 300, ms: 10000 });
  await first.close({ runBeforeUnload: false });
  await c.ear.hears('reception1', { since: Date.now(), ms: 8000 });
  await c.hangUp();
});

scene('places: a second computer takes over; a late order from the first is refused, and the first looks on', ['reception1'], async ({ desk, more, citizen }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  const other = await more('reception1', { tone: 'reception3', ready: false });
  await other.in('elsewhere');
  holds(/Reception 1/.test((await other.screen()).meta), JSON.stringify(await other.screen()));
  const taken = Date.now();
  await other.press('F2');
  await other.in('talking');
  await c.ear.hears('reception3', { since: taken, ms: 10000 });
  await other.ear.hears('citizen', { since: taken, ms: 10000 });
  await desk.in('elsewhere');
  const { id } = other.call((v) => v.state === 'talking');
  const late = await desk.page.evaluate(async (call) => {
    const now = Date.now().toString(16).padStart(12, '0');
    const r = await fetch('/cmd', { method: 'POST', headers: { 'content-type': 'application/json', 'x-tab': sessionStorage.getItem('tab') },
      body: JSON.stringify({ t: 'cmd', id: `${now.slice(0, 8)}-${now.slice(8)}-7${crypto.randomUUID().slice(15)}`, at_ms: Date.now(), cmd: 'hangup', call }) });
    return r.json();
  }, id);
  same([late.t, late.code], ['nack', 'not_owner']);
  same(c.call.state, 'talking');
  await desk.press('F2'); // and back
  await desk.in('talking');
  await c.ear.hears('reception1', { since: Date.now(), ms: 10000 });
  await other.in('elsewhere');
  await c.hangUp();
});

scene('places: a tab that the browser copied is a second tab: it looks on, and the first works on undisturbed', [], async (stage) => {
  const desk = await stage.more('reception1', { own: true });
  const c = await talk(desk, stage.citizen, { name: 'E. Lefèvre' });
  const since = Date.now();
  const [copy] = await Promise.all([desk.context.waitForEvent('page'), desk.page.evaluate(() => void window.open('/'))]);
  await until(() => copy.evaluate(() => document.body.dataset.mode).then((m) => m === 'elsewhere', () => false), { ms: 8000, why: 'the copy looks on' });
  const [one, two] = await Promise.all([desk.page, copy].map((p) => p.evaluate(() => sessionStorage.getItem('tab'))));
  holds(one !== two, `two tabs: ${one}, ${two}`);
  same(desk.frames.filter((f) => f.t === 'welcome' && f.at >= since).length, 0, 'the first was not disturbed');
  same(await desk.mode(), 'talking');
  await c.ear.hears('reception1', { since });
  await c.hangUp();
});

scene('places: the desk is opened at another computer a moment before the last one closes: it has the place and the sound, and nobody presses a key', [], async (stage) => {
  const last = await stage.more('reception1');
  const next = await stage.more('reception1', { tone: 'reception3', ready: false });
  await next.in('elsewhere');
  await last.close();
  await next.sounds(8000);
  same(next.keys, 0);
  const c = await stage.citizen({ name: 'E. Lefèvre' });
  await next.in('ringing', 15000);
  await next.press('F2');
  await c.ear.hears('reception3');
  await next.ear.hears('citizen');
  await c.hangUp();
});

/** The citizen hears words and is let go, as when nobody is there. */
async function letGo(c, ms) {
  await until(() => c.call.state === 'over', { ms, why: () => `words, and the end: ${c.ear.told(0)}` });
  same(c.call.why, 'theirs');
  holds(c.ear.heard(0).sound > 5, `words: ${c.ear.told(0)}`);
}

scene('places: the last one out is asked once more; then who waits and who calls hear that nobody is there, and the conversation is kept', ['reception1'], async ({ desk, citizen }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  const waits = await citizen({ tone: 'citizen2' });
  await desk.shows((s) => s.calls.length === 1, 15000);
  const status = () => desk.page.selectOption('#status', 'out');
  await status();
  await desk.shows((s) => /laatste/.test(s.hint));
  same(waits.call.state, 'talking', 'nothing happens yet');
  await status();
  await letGo(waits, 30000);
  await letGo(await citizen({ tone: 'citizen3' }), 30000);
  const since = Date.now();
  await pause(500);
  holds(c.ear.whole('reception1', since), `the conversation is kept: ${c.ear.told(since)}`);
  await c.hangUp();
  // Out she stays, also when her page has been without sound for long enough to seek it.
  await pause(6000);
  same(await desk.page.inputValue('#status'), 'out');
  const ready = Date.now();
  await desk.page.selectOption('#status', 'ready');
  await until(() => desk.frames.some((f) => f.at >= ready && f.station?.station === desk.user && f.station.state === 'ready'), { why: 'at work again, with sound' });
  const next = await talk(desk, citizen);
  await next.hangUp();
}, { alone: true, early: true });

scene('places: the last one closes the window without a word: after a minute who waits hears that nobody is there, and the desk finds them among the missed', ['reception1'], async (stage) => {
  const { desk } = stage;
  const waits = await stage.citizen({ name: 'E. Lefèvre' });
  await desk.in('ringing', 15000);
  const closed = Date.now();
  await desk.close();
  await letGo(waits, 100000);
  console.log(`measured: the last window closed: who waits hears that nobody is there after ${Math.round((waits.call.overAt - closed) / 1000)} s`);
  await letGo(await stage.citizen({ tone: 'citizen3' }), 30000);
  const again = await stage.more('reception1');
  await until(() => again.page.locator('[aria-labelledby=h-missed]').innerText().then((t) => /Lefèvre|0470/.test(t), () => false), { ms: 8000, why: 'the missed call' });
}, { alone: true, early: true });
