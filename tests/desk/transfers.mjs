// Transfers that do not go as hoped, warm transfers step by step, unusual targets, hold and park.
import { holds, same } from '../browser/suite.mjs';
import { pause, scene, talk } from './scene.mjs';
import { until } from './phone.mjs';

/** The caller is back: first in the list, with the reason, and still the same person. */
async function back(desk, c, why, since) {
  await desk.in('ringing', 40000);
  const { calls, who } = await desk.screen();
  holds(why.test(calls[0]), `first in the list, with the reason ${why}: ${JSON.stringify(calls)}`);
  holds(/Lefèvre/.test(who), `the name: ${who}`);
  holds(c.ear.gap(since) <= 1000, `silence for the citizen: ${c.ear.told(since)}`);
  await desk.press('F2');
  await desk.in('talking');
  await c.ear.hears('reception1');
  await desk.ear.hears('citizen');
}

for (const [situation, number, find, does, why] of [
  ['is busy', 2103, 'carli', 'busy', /Carlier.*in gesprek/],
  ['refuses', 2103, 'carli', 'refuse', /Carlier.*(weigerde|in gesprek)/],
  ['does not answer', 2103, 'carli', 'ring', /van .*Carlier na [12]\d s: nam niet op/],
]) {
  scene(`transfers: the target ${situation}: the citizen comes back first in the list, with the reason, and was never in silence`, ['reception1'], async ({ desk, citizen, phone }) => {
    await phone(number, { does });
    const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
    const since = Date.now();
    await desk.find(find);
    await desk.press('Enter');
    await back(desk, c, why, since);
    await c.hangUp();
  }, { early: does === 'ring' });
}

for (const [what, typed, why, key = 'Enter', order = 'transfer_blind'] of [
  ['a number that does not exist', '2777', /bestaat niet/], ['a phone that is not registered', 'baumg', /geen toestel aangemeld/],
  ['asking first at a number of the town, where a menu answers,', '054310001', /antwoordt een menu/, 'Control+Enter', 'consult_start'],
]) {
  scene(`transfers: ${what} is refused at once with the reason, and the conversation stays`, ['reception1'], async ({ desk, citizen }) => {
    const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
    const since = Date.now();
    await desk.type(typed);
    await until(async () => (await desk.found()).length > 0, { why: 'a row' });
    await desk.press(key);
    await desk.shows((s) => why.test(s.hint) && s.mode === 'talking');
    await until(() => desk.answers(order, since).length, { why: 'an answer' });
    same(desk.answers(order, since).map((a) => a.t), ['nack']);
    await pause(1000);
    const { reception1, sound = 0, ...others } = c.ear.heard(since); // a window that a busy machine tore is no music
    holds(reception1 > 8 && sound <= 2 && !Object.keys(others).length, `the citizen heard ${c.ear.told(since)}`);
    await c.hangUp();
  });
}

scene('transfers: taken back in the instant the target answers: one of two lawful ends, every time', ['reception1'], takenBack);
async function takenBack({ desk, citizen, phone, times = process.argv.includes('long') ? 500 : 50, slower = 1 }) {
  const kris = await phone(2103);
  const ends = { back: 0, gone: 0 };
  let c = null;
  for (let i = 0; i < times; i += 1) {
    c ??= await talk(desk, citizen, { name: 'E. Lefèvre' });
    await desk.find('carli', /Carlier/);
    const sent = Date.now();
    await desk.page.keyboard.press('Enter');
    const rang = await kris.rings({ since: sent });
    await desk.in(['transferring', 'wrapup']);
    const answer = () => rang.answer();
    const late = ((i % 10) - 3) * slower; // from a little before to a little after
    if (late < 0) { answer(); await pause(-late); }
    const pressed = desk.page.keyboard.press('Escape');
    if (late >= 0) setTimeout(answer, late);
    await pressed;
    const ordered = Date.now();
    // Who was first, the exchange alone knows: its answer to the order is waited for, or that there was no order any more.
    await until(() => desk.answers('take_back', sent).some((m) => m.t === 'ack' || m.t === 'nack') || Date.now() - ordered > 700, { why: 'an answer to the order' });
    await until(async () => (await desk.mode()) === 'talking' || (rang.state === 'talking' && ['idle', 'wrapup', 'held'].includes(await desk.mode())), { ms: 6000, why: async () => `an end of round ${i}: ${JSON.stringify(await desk.screen())}, the phone ${rang.state}` });
    const since = Date.now() + 100;
    if ((await desk.mode()) === 'talking') {
      ends.back += 1;
      await c.ear.hears('reception1', { since });
      await desk.ear.hears('citizen', { since });
      await until(() => rang.state === 'over', { ms: 3000, why: 'the phone is free again' });
      same(c.ear.heard(since).phone, undefined, 'never three');
    } else {
      ends.gone += 1;
      await c.ear.hears('phone', { since });
      await rang.ear.hears('citizen', { since });
      // A browser's ear is a third of a second behind.
      await pause(600);
      same([c.ear.heard(since).reception1, desk.ear.heard(since + 400).citizen], [undefined, undefined], 'never three');
      await c.hangUp();
      c = null;
      await desk.free();
    }
  }
  console.log(`measured: taken back in the instant of the answer: ${ends.back} came back, ${ends.gone} were gone`);
  await c?.hangUp();
}

scene('transfers: warm, completed while it rings', ['reception1'], async ({ desk, citizen, phone }) => {
  const kris = await phone(2103);
  const c = await talk(desk, citizen, { name: 'E. Lefèvre', number: '+32479123456' });
  const since = Date.now();
  await desk.find('carli');
  await desk.press('Control+Enter');
  const rang = await kris.rings();
  await desk.in('consult');
  await desk.press('F9');
  await desk.in(['idle', 'wrapup', 'transferring']);
  await pause(500);
  rang.answer();
  await c.ear.hears('phone');
  await rang.ear.hears('citizen');
  same(rang.display.number, '+32479123456');
  holds(c.ear.gap(since) <= 1000, `silence for the citizen: ${c.ear.told(since)}`);
  await c.hangUp();
});

scene('transfers: warm, the target hangs up in the middle: the citizen is with reception again', ['reception1'], async ({ desk, citizen, phone }) => {
  const kris = await phone(2103);
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  const since = Date.now();
  await desk.find('carli');
  await desk.press('Control+Enter');
  const rang = await kris.rings();
  rang.answer();
  await rang.ear.hears('reception1');
  await rang.hangUp();
  await desk.in(['talking', 'held']);
  if ((await desk.mode()) === 'held') await desk.press('F8');
  await c.ear.hears('reception1');
  holds(c.ear.gap(since) <= 1000, `silence for the citizen: ${c.ear.told(since)}`);
  await c.hangUp();
});

scene('transfers: warm, the citizen hangs up in the middle: reception talks on with the target, or is free', ['reception1'], async ({ desk, citizen, phone }) => {
  const kris = await phone(2103);
  const c = await talk(desk, citizen);
  await desk.find('carli');
  await desk.press('Control+Enter');
  const rang = await kris.rings();
  rang.answer();
  await rang.ear.hears('reception1');
  await c.hangUp();
  await desk.in(['talking', 'idle', 'wrapup']);
  if ((await desk.mode()) === 'talking') {
    await rang.ear.hears('reception1');
    await desk.press('F12');
  }
  await until(() => rang.state === 'over', { ms: 8000, why: 'the phone is free' });
  await desk.free();
});

scene('transfers: warm, three times from one to the other and back: who speaks hears, who waits hears music', ['reception1'], async ({ desk, citizen, phone }) => {
  const kris = await phone(2103);
  const c = await talk(desk, citizen);
  await desk.find('carli');
  await desk.press('Control+Enter');
  const rang = await kris.rings();
  rang.answer();
  await rang.ear.hears('reception1');
  for (const [speaks, waits, tone] of [[c, rang, 'citizen'], [rang, c, 'phone'], [c, rang, 'citizen']]) {
    const since = Date.now();
    await desk.press('F8');
    await speaks.ear.hears('reception1', { since });
    await desk.ear.hears(tone, { since });
    await waits.ear.hears('sound', { since, n: 3 });
  }
  await desk.press('F9');
  await c.ear.hears('phone');
  await rang.ear.hears('citizen');
  await c.hangUp();
});

scene('transfers: two callers and the operator in one conversation: three voices, held and back, separated, and left to each other', ['reception1'], async ({ desk, citizen }) => {
  const one = await talk(desk, citizen, { name: 'E. Lefèvre' });
  await desk.press('F8');
  await desk.in('held');
  const two = await talk(desk, citizen, { name: 'J. Baumgarten', tone: 'citizen2' });
  const all = async (since) => {
    await one.ear.hears('citizen2+reception1', { since });
    await two.ear.hears('citizen+reception1', { since });
    await desk.ear.hears('citizen+citizen2', { since });
  };
  const does = async (deed, mode) => {
    const since = Date.now();
    await deed();
    await desk.in(mode);
    return since;
  };
  await all(await does(() => desk.page.locator('#calls .join .done').click(), 'merged'));
  const { who } = await desk.screen();
  holds(/Lefèvre/.test(who) && /Baumgarten/.test(who), `both names: ${who}`);
  // Held together, and together back.
  let since = await does(() => desk.press('F8'), 'held');
  for (const c of [one, two]) await c.ear.hears('sound', { since, n: 3 });
  await all(await does(() => desk.press('F8'), 'merged'));
  // Apart again, and once more together.
  since = await does(() => desk.press('Escape'), 'talking');
  const [spoken, waits] = (await desk.screen()).who.includes('Lefèvre') ? [one, two] : [two, one];
  await spoken.ear.hears('reception1', { since });
  await waits.ear.hears('sound', { since, n: 3 });
  await all(await does(() => desk.command('samenvoegen'), 'merged'));
  since = Date.now();
  await desk.press('F9');
  await one.ear.hears('citizen2', { since });
  await two.ear.hears('citizen', { since });
  await pause(500);
  same(Object.keys(desk.ear.heard(Date.now() - 300)).filter((n) => n.startsWith('citizen')), [], 'the operator hears nobody');
  await one.hangUp();
  await two.answered().catch(() => {});
});

scene('transfers: eight callers at one desk: none is lost; two of them are merged, and six hear music', ['reception1'], async ({ desk, citizen }) => {
  const all = [];
  for (let n = 0; n < 8; n += 1) {
    all.push(await talk(desk, citizen, { name: `Beller ${n + 1}`, tone: ['citizen', 'citizen2'][n] ?? 'citizen3' }));
    if (n === 7) break;
    await desk.press('F8');
    await desk.in('held');
  }
  // The first of those who wait is whom she talked with first.
  const [one, two, ...others] = all;
  const talks = async (c, tone) => {
    const since = Date.now();
    await desk.in('talking');
    await c.ear.hears('reception1', { since });
    await desk.ear.hears(tone, { since });
  };
  await desk.press('Alt+Digit2');
  await talks(two, 'citizen2');
  let since = Date.now();
  await desk.page.locator('#calls .join').filter({ hasText: 'Beller 1' }).locator('.done').click();
  await desk.in('merged');
  await one.ear.hears('citizen2+reception1', { since });
  await two.ear.hears('citizen+reception1', { since });
  await desk.ear.hears('citizen+citizen2', { since });
  for (const c of others) await c.ear.hears('sound', { since, n: 3 });
  since = Date.now();
  await desk.press('F9');
  await one.ear.hears('citizen2', { since });
  await two.ear.hears('citizen', { since });
  same(all.map((c) => c.call.state), all.map(() => 'talking'), 'nobody is lost');
  same((await desk.screen()).held.length + (await desk.screen()).calls.length, 6);
  for (const c of others) {
    await desk.press('Alt+Digit1');
    await talks(c, 'citizen3');
    await c.hangUp();
    await desk.in(['wrapup', 'held', 'idle']);
  }
  await one.hangUp();
  await two.hangUp();
});

scene('transfers: to a number outside, which shows the town’s number or the citizen’s', ['reception1'], async ({ desk, citizen, outside }) => {
  const operator = await outside();
  const c = await talk(desk, citizen, { number: '+32479123456' });
  await desk.type('0475998877');
  await until(async () => /0475/.test((await desk.row()) ?? ''), { why: 'a row for the number' });
  await desk.press('Enter');
  const rang = await operator.rings();
  same(rang.dialled, '+32475998877');
  holds(/^\+32(479123456|54310000)$/.test(rang.display.number), `a number that is ours or the citizen's: ${JSON.stringify(rang.shown)}`);
  rang.answer();
  await c.ear.hears('outside');
  await rang.ear.hears('citizen');
  await c.hangUp();
  await until(() => rang.state === 'over', { why: 'the end outside' });
});

scene('transfers: 112 and 101 ring nobody by a transfer', ['reception1'], async ({ desk, citizen, outside }) => {
  const operator = await outside();
  const c = await talk(desk, citizen);
  for (const number of ['112', '101']) {
    const since = Date.now();
    await desk.type(number);
    // People whose number ends so stand before the number itself, which is the last row.
    await until(async () => (await desk.row())?.startsWith(number) || void (await desk.press('ArrowDown')), { step: 50, why: async () => `the row of ${number}: ${await desk.row()}` });
    await desk.press('Enter');
    await until(() => desk.answers('transfer_blind', since).length, { why: 'an answer' });
    same(desk.answers('transfer_blind', since)[0].t, 'nack', number);
    await pause(300);
    same(operator.calls.length, 0, `${number} is not called`);
    await desk.in('talking');
    await c.ear.hears('reception1', { since });
    await desk.page.locator('#q').fill('');
  }
  await c.hangUp();
});

scene('transfers: to a service that is closed: refused or back with words, never lost', ['reception1'], async ({ desk, citizen }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  const since = Date.now();
  await desk.find('bibli');
  await desk.press('Enter');
  await until(() => desk.answers('transfer_blind', since).length, { why: 'an answer' });
  const mode = await until(async () => { const m = await desk.mode(); return ['talking', 'ringing', 'idle', 'wrapup'].includes(m) && m; }, { why: 'an end' });
  holds(c.call.state === 'talking', `the citizen is there still: ${mode}`);
  holds(c.ear.gap(since) <= 1000, `silence for the citizen: ${c.ear.told(since)}`);
  await c.hangUp();
});

scene('transfers: to oneself: without a desk phone it is refused; where there is one it rings, shows the citizen, and one key takes them back', ['reception1'], async ({ desk, citizen, phone }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre', number: '+32479123456' });
  const since = Date.now();
  const sends = async () => {
    await desk.type('2105');
    await until(async () => (await desk.row())?.includes('2105'), { why: async () => `a row: ${await desk.found()}` });
    await desk.press('Enter');
  };
  await sends();
  await desk.shows((s) => /geen toestel aangemeld/.test(s.hint) && s.mode === 'talking');
  const own = await phone(2105);
  await sends();
  const rang = await own.rings();
  same([rang.display.name, rang.display.number], ['E. Lefèvre', '+32479123456']);
  await desk.in(['transferring', 'wrapup']);
  await desk.press('Escape');
  same(await rang.over, 'cancelled');
  await desk.in('talking');
  await c.ear.hears('reception1');
  holds(c.ear.gap(since) <= 1000, `silence for the citizen: ${c.ear.told(since)}`);
  await c.hangUp();
});

scene('transfers: a held caller is remembered after 45 s and called back after two minutes', ['reception1'], async ({ desk, citizen }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  const since = Date.now();
  await desk.press('F8');
  await desk.in('held');
  await until(() => desk.page.evaluate(() => document.querySelectorAll('#calls [data-late][data-too-late]').length), { ms: 60000, step: 200, why: 'the reminder' });
  const after = Date.now() - since;
  holds(after > 43000 && after < 50000, `the reminder came after ${after} ms`);
  holds(c.ear.gap(since) <= 1000, `silence for the citizen: ${c.ear.told(since)}`);
  // Two minutes after the hand that held her the caller comes back to it: it rings, and says why.
  await desk.in('ringing', 90000);
  const called = Date.now() - since;
  holds(called > 118000 && called < 126000, `called back after ${called} ms`);
  holds(/te lang in wacht/.test((await desk.screen()).calls[0]), `first in the list, with the reason: ${JSON.stringify(await desk.screen())}`);
  holds(c.ear.gap(since) <= 1000, `silence for the citizen: ${c.ear.told(since)}`);
  await desk.press('F2');
  await desk.in('talking');
  await c.ear.hears('reception1');
  await c.hangUp();
}, { early: true });

scene('transfers: parked at one desk, picked up at the other with Alt+1', ['reception1', 'reception2'], async ({ desks: [one, two], citizen }) => {
  await two.command('pauze');
  const c = await talk(one, citizen, { name: 'E. Lefèvre' });
  await one.press('Shift+F8');
  await c.ear.hears('sound');
  await two.shows((s) => s.held.some((x) => /Lefèvre/.test(x)));
  await two.press('Alt+Digit1');
  await two.in('talking');
  await c.ear.hears('reception2');
  await two.ear.hears('citizen');
  holds(/Lefèvre/.test((await two.screen()).who), 'the name');
  await c.hangUp();
  await two.command('beschikbaar');
  await one.free();
});

scene('transfers: Alt+3 takes the third of those who wait', ['reception1'], async ({ desk, citizen }) => {
  const all = [];
  for (const [name, tone] of [['Een', 'citizen'], ['Twee', 'citizen2'], ['Drie', 'citizen3']]) {
    all.push(await talk(desk, citizen, { name, tone }));
    await desk.press('F8');
    await desk.in('held');
  }
  await desk.press('Alt+Digit3');
  await desk.in('talking');
  await all[2].ear.hears('reception1');
  holds(/Drie/.test((await desk.screen()).who), 'the third');
  for (const c of all) await c.hangUp();
});
