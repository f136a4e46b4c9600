// Keys that cross: two operators at once, twice in a row, and a hang-up that must not reach the next citizen.
import { holds, same } from '../browser/suite.mjs';
import { pause, scene, talk } from './scene.mjs';
import { until } from './phone.mjs';

for (const where of ['body', 'search', 'note', 'palette', 'help', 'calls', 'another tab and back']) {
  scene(`races: F2 answers from: ${where}`, ['reception1'], async ({ desk, citizen }) => {
    const c = await citizen();
    await desk.in('ringing', 15000);
    if (where === 'body') await desk.page.evaluate(() => document.activeElement.blur());
    if (where === 'search') { await desk.page.focus('#q'); await desk.type('pee'); }
    if (where === 'note') { await desk.page.focus('#note'); await desk.type('bezoeker aan het loket'); }
    if (where === 'palette') { await desk.press('Control+k'); await desk.page.waitForSelector('dialog[open] #p'); await desk.type('slu'); }
    if (where === 'help') { await desk.press('F1'); await desk.page.waitForSelector('dialog[open]'); }
    if (where === 'calls') await desk.page.locator('#calls button').first().focus();
    if (where === 'another tab and back') {
      const other = await desk.context.newPage();
      await other.goto('about:blank');
      await other.bringToFront();
      await pause(200);
      await desk.page.bringToFront();
      await other.close();
    }
    await desk.press('F2');
    await desk.in('talking');
    await c.ear.hears('reception1');
    await desk.ear.hears('citizen');
    if (where === 'note') same(await desk.page.inputValue('#note'), 'bezoeker aan het loket');
    await c.hangUp();
    await desk.page.keyboard.press('Escape');
    await desk.page.locator('#q').fill('');
  });
}

scene('races: two operators press F2 together, two hundred times: one bridge, and the other is told by whom', ['reception1', 'reception2'], async ({ desks, citizen }) => {
  const times = 200, won = {}, told = [];
  let pressed = 0;
  for (let i = 0; i < times; i += 1) {
    const c = await citizen();
    await Promise.all(desks.map((d) => d.in('ringing', 15000)));
    await pause(pressed + 420 - Date.now()); // sooner, the loser's key would be the same press as the one before
    pressed = Date.now();
    await Promise.all(desks.map((d) => d.page.keyboard.press('F2')));
    const winner = await until(async () => (await Promise.all(desks.map((d) => d.mode()))).indexOf('talking') + 1, { ms: 4000, why: 'a winner' });
    const [w, l] = winner === 1 ? desks : [desks[1], desks[0]];
    won[w.user] = (won[w.user] ?? 0) + 1;
    await until(() => c.ear.first(w.user, pressed), { ms: 4000, why: `${w.user} in the citizen's ear` });
    if (i % 20 === 0) await w.ear.hears('citizen', { since: pressed });
    const answer = l.answers('answer', pressed)[0];
    if (answer) {
      same([answer.t, answer.code], ['nack', 'taken'], `round ${i}`);
      holds(answer.by?.includes(w.user.replace('reception', 'Reception ')), `by whom: ${JSON.stringify(answer)}`);
      told.push(answer.at - pressed);
    }
    await l.in('idle', 3000); // no phantom ring
    same(c.ear.first(l.user, pressed), undefined, 'the loser is not heard');
    await c.hangUp();
    await w.in('wrapup');
    await w.page.keyboard.press('F2');
    await w.in('idle');
  }
  console.log(`measured: two at once: ${JSON.stringify(won)}, ${told.length} losers told by whom, at most ${Math.max(...told)} ms after the key, target 300 ms`);
  holds(told.length > times / 4, `${told.length} of ${times} really crossed`);
  holds(Math.max(...told) <= 600, `told after ${told}`);
  // Who was just told that somebody else was first answers nobody within 400 ms: the second half of a double press is for no other caller.
  await pause(400);
});

scene('races: F2 twice within 80 ms is one answer', ['reception1'], async ({ desk, citizen }) => {
  const c = await citizen(), d = await citizen({ tone: 'citizen2' });
  await desk.shows((s) => s.mode === 'ringing' && s.calls.length === 2, 15000);
  const since = Date.now();
  await Promise.all([desk.press('F2'), desk.press('F2')]);
  await desk.in('talking');
  await c.ear.hears('reception1', { since });
  await pause(500);
  // The moments that the browser saw: a busy machine may bring the keys late, but then together.
  const [first, second] = await until(() => { const at = desk.keyed.filter((k) => k.key === 'F2' && k.at >= since); return at.length > 1 && at; }, { why: 'both keys' });
  holds(second.at - first.at <= 80, `the keys came ${second.at - first.at} ms after each other`);
  same(desk.said.filter((m) => m.at >= since && m.t === 'cmd').map((m) => m.cmd), ['answer']);
  same(d.ear.first('reception1', since), undefined, 'the second citizen waits');
  for (const x of [c, d]) await x.hangUp();
});

scene('races: F12 in the instant the citizen hangs up and the next is there: the next is untouched', ['reception1'], async ({ desk, citizen, times = 15 }) => {
  for (let i = 0; i < times; i += 1) {
    const c = await talk(desk, citizen);
    const next = await citizen({ tone: 'citizen2' });
    await desk.shows((s) => s.calls.length === 1, 15000);
    const late = (i % 5) * 4;
    const hung = c.hangUp();
    await pause(late);
    await Promise.all([desk.page.keyboard.press('F12'), hung]);
    await desk.page.keyboard.press('F12');
    await until(() => c.call.state === 'over', { why: 'the end of the first' });
    await pause(200);
    holds(next.call.state === 'talking', `round ${i}: the next citizen is on the line still: ${next.call.state} ${next.call.why}`);
    await desk.page.keyboard.press('F2');
    await desk.in('talking');
    await next.ear.hears('reception1');
    await next.hangUp();
    await desk.free();
  }
});

scene('races: an order about what is not so any more is refused: stale', ['reception1'], async ({ desk, citizen, town }) => {
  const c = await talk(desk, citizen);
  const call = desk.call((v) => v.state === 'talking');
  const answer = await desk.page.evaluate(async ({ call, v }) => {
    const id = crypto.randomUUID();
    const now = Date.now().toString(16).padStart(12, '0');
    const uuid = `${now.slice(0, 8)}-${now.slice(8)}-7${id.slice(15)}`;
    const r = await fetch('/cmd', { method: 'POST', headers: { 'content-type': 'application/json', 'x-tab': sessionStorage.getItem('tab') }, body: JSON.stringify({ t: 'cmd', id: uuid, at_ms: Date.now(), if: { call, v: v - 1 }, cmd: 'hangup', call }) });
    return r.status === 200 ? r.json() : { status: r.status };
  }, { call: call.id, v: call.v });
  same([answer.t, answer.code], ['nack', 'stale']);
  same(c.call.state, 'talking');
  holds(town.url, 'a town');
  await c.hangUp();
});
