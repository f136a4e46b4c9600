// Colleagues as the desk shows them: who stands in, who is busy with whom, who is told of, and who is left when one goes.
import { within } from './house.mjs';
import { test, same, holds } from './suite.mjs';
import { STATES, NOW, call, items, snapshot } from './world.mjs';

/** Kris Peeters as the server finds her: Sofie De Smet stands in. */
const withDeputy = (presence) => {
  const kris = items().find((i) => i.account === '2101');
  return { ...kris, deputy: 'Sofie De Smet', numbers: [...kris.numbers, { target: '2104', near: '2104', kind: 'deputy' }], presence: { ...kris.presence, ...presence } };
};

test('colleagues: a caller who came back stands first with the reason, not among the held, and F2 takes them', async () => {
  const back = call({ id: 'b'.repeat(32), state: 'held', station: 'loket-1', since_ms: NOW - 4000, returned: { from: '2340', why: 'busy', after_ms: 9000 } });
  const waits = call({ id: 'c'.repeat(32), waiting_since_ms: NOW - 90000 });
  await within({ snapshot: () => snapshot([waits, back]) }, {}, async (h) => {
    await h.in('ringing');
    await h.page.waitForFunction(() => /in gesprek/.test(document.querySelector('#calls .row')?.textContent ?? ''));
    same(await h.page.locator('#h-held').count(), 0);
    await h.page.keyboard.press('F2');
    same((await h.order('resume')).call, back.id);
  });
});

test('colleagues: who comes back says after how long, and one key tries the deputy of who did not answer', async () => {
  const back = call({ id: 'b'.repeat(32), state: 'held', station: 'loket-1', since_ms: NOW - 4000, returned: { from: '2101', why: 'no-answer', after_ms: 25000 } });
  const state = { snapshot: () => snapshot([back]), find: (text) => (!text || text === '2101' ? [withDeputy({ state: 'free' }), ...(text ? [] : items().slice(2))] : items().filter((i) => i.name.startsWith(text))) };
  const rings = async (h) => {
    await h.in('ringing');
    await h.page.waitForFunction(() => /Terug van Kris Peeters na 25 s: nam niet op/.test(document.querySelector('#calls .row')?.innerText ?? ''));
    await h.page.keyboard.press('F2');
    await h.order('resume');
    h.peer().say({ t: 'ev', seq: 41, call: { ...back, v: 5, state: 'talking', returned: undefined } });
    h.peer().seq = 41;
    await h.in('talking');
    await h.page.waitForFunction(() => /doorverbinden → Sofie De Smet/.test(document.querySelector('#hint').textContent) && /→ Sofie De Smet[^]*2104/.test(document.querySelector('#r0').textContent));
  };
  await within(state, {}, async (h) => {
    await rings(h);
    await h.page.keyboard.press('Enter');
    const order = await h.order('transfer_blind');
    same([order.call, order.target], [back.id, '2104']);
  });
  // She may mean another, who is typed over it; and after the call nothing of it stays.
  for (const other of [true, false]) {
    await within(state, {}, async (h) => {
      await rings(h);
      if (other) {
        await h.page.keyboard.type('Fatima');
        await h.page.waitForFunction(() => /^Fatima/.test(document.querySelector('#r0 .name')?.textContent ?? ''));
        await h.page.keyboard.press('Enter');
        same((await h.order('transfer_blind')).target, '2501');
      } else {
        h.peer().say({ t: 'ev', seq: 42, gone: { id: back.id, why: 'normal' } });
        await h.page.waitForFunction(() => document.querySelector('#q').value === '');
      }
    });
  }
});

test('colleagues: the row of who is absent names who stands in, whom Enter reaches; a busy one says with whom', async () => {
  const cases = [
    [{ state: 'free', away: { until_ms: NOW + 3.5e6, by: 'x' } }, '→ Sofie De Smet', '2104'], // nobody was said to take their calls: the deputy
    [{ state: 'free', away: { until_ms: NOW + 3.5e6, by: 'x', to: '2501' } }, '→ Fatima El Amrani', '2101'], // the exchange sends them there
    [{ state: 'busy', with: 'Jan Janssens', since_ms: NOW - 190000 }, 'met Jan Janssens', '2101'],
  ];
  for (const [presence, says, target] of cases) {
    await within({ ...STATES.talking, find: (text) => (text ? [withDeputy(presence)] : items().filter((i) => i.account !== '2101')) }, {}, async (h) => {
      await h.in('talking');
      await h.page.waitForSelector('#r0');
      await h.page.keyboard.type('kris');
      await h.page.waitForFunction((words) => document.querySelector('#r0 .about')?.textContent.startsWith(words), says);
      holds(await h.page.evaluate((words) => {
        const range = document.createRange();
        const text = [...document.querySelector('#r0 .about').childNodes].find((n) => n.data?.startsWith(words));
        range.setStart(text, 0);
        range.setEnd(text, words.length);
        return range.getBoundingClientRect().right <= document.querySelector('#r0 .about').getBoundingClientRect().right;
      }, says), `${says} can be read at 1366`);
      if (presence.state === 'busy') await h.page.waitForFunction(() => /In gesprek 3:10/.test(document.querySelector('#r0 .pres').textContent));
      await h.page.keyboard.press('Enter');
      same((await h.order('transfer_blind')).target, target, says);
    });
  }
});

test('colleagues: the last one there is asked once more before callers go to the night service; a task says for whom it is', async () => {
  const alone = { ...STATES.idle, snapshot: () => {
    const all = STATES.idle.snapshot();
    return { ...all, stations: all.stations.filter((s) => s.state !== 'talking'), tasks: all.tasks.map((x) => ({ ...x, whom: '2104' })), queues: [{ queue: 'onthaal', waiting: 2, ready: 1, talking: 0, open: true }] };
  } };
  const leave = (h, how) => (how ? h.page.selectOption('#status', 'out') : h.page.keyboard.press('Control+k').then(() => h.page.keyboard.type('afmelden van')).then(() => h.page.keyboard.press('Enter')));
  for (const how of [true, false]) {
    await within(alone, {}, async (h) => {
      await h.in('idle');
      await h.page.waitForFunction(() => /voor Sofie De Smet · Vraag over/.test(document.querySelector('#calls').textContent));
      await leave(h, how);
      await h.page.waitForFunction(() => /laatste.*2/.test(document.querySelector('#hint').textContent));
      same([h.said.length, await h.page.inputValue('#status')], [0, 'ready']);
      await leave(h, how);
      await h.order('out');
    });
  }
  await within('idle', {}, async (h) => {
    await h.in('idle');
    await leave(h, true);
    await h.order('out', 3000); // Bart talks at the next desk
  });
});

test('colleagues: who is not free is told of when free: the last row of the other numbers, said and shown once', async () => {
  await within('talking', {}, async (h) => {
    const { page } = h;
    await h.in('talking');
    await page.waitForSelector('#r0');
    await page.evaluate(() => {
      window.said = [];
      Document.prototype.ariaNotify = (text) => window.said.push(text);
    });
    // Kris Peeters is busy; Sofie De Smet is free, and has no such row.
    for (const [name, rows] of [['sofie', 2], ['kris', 3]]) {
      await page.fill('#q', name);
      await page.waitForFunction((n) => document.querySelector('#r0 .name')?.textContent.toLowerCase().startsWith(n), name);
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((n) => document.querySelector('#n0') && document.querySelectorAll('#found .opt').length === n, rows);
    }
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('#n2').getAttribute('aria-selected') === 'true' && /Waarschuw als vrij/.test(document.querySelector('#n2').textContent));
    await page.keyboard.press('Enter');
    await page.waitForSelector('#r0');
    same([h.said.length, await page.inputValue('#q')], [0, 'kris'], 'nobody was called');
    let seq = 40;
    const is = (state) => { h.peer().seq = seq += 1; h.peer().say({ t: 'ev', seq, presence: [{ account: '2101', state, since_ms: NOW + seq }] }); };
    for (const state of ['ringing', 'free', 'busy', 'free']) is(state);
    await page.waitForFunction(() => /Kris Peeters is nu vrij/.test(document.querySelector('#hint').textContent));
    same(await page.evaluate(() => window.said.filter((x) => /Kris/.test(x))), ['Kris Peeters is nu vrij.']);
  });
});

test('colleagues: where the calls of one go, by occasion, is seen, set and ended in one window', async () => {
  const forwards = [{ when: 'busy', to: '2104', by: 'reception2' }];
  await within({ ...STATES.idle, find: (text) => (text ? [withDeputy({ state: 'free', forwards })] : items()) }, {}, async (h) => {
    const open = async () => {
      await h.page.keyboard.press('Control+k');
      await h.page.waitForSelector('dialog[open] #p');
      await h.page.keyboard.type('doorschakelen');
      await h.page.keyboard.press('Enter');
      await h.page.waitForSelector('#a-when');
    };
    await h.in('idle');
    await h.page.waitForSelector('#r0');
    await h.page.keyboard.type('kris');
    await h.page.waitForFunction(() => /In gesprek[^]*→ Sofie De Smet/.test(document.querySelector('.detail .facts')?.textContent ?? '') || innerWidth < 1400);
    await open();
    holds(/In gesprek\s*→ Sofie De Smet/.test(await h.page.innerText('dialog .facts')), 'what holds is seen');
    holds(await h.page.evaluate(() => document.activeElement?.id === 'a-when'), 'the keyboard begins at when');
    await h.page.keyboard.press('ArrowDown');
    await h.page.keyboard.press('ArrowDown');
    same(await h.page.inputValue('#a-when'), 'no_answer');
    same(await h.page.locator('#a-until, #a-service').count(), 0);
    await h.page.focus('#a-to');
    await h.page.keyboard.press('Enter');
    await h.page.waitForSelector('dialog .error');
    await h.page.keyboard.type('2501');
    await h.page.keyboard.press('Enter');
    const set = await h.order('forward');
    same([set.account, set.when, set.to], ['2101', 'no_answer', '2501']);
    await open();
    await h.page.keyboard.press('ArrowDown');
    await h.page.click('dialog .end .btn:first-child');
    while (h.said.length < 2) await h.page.waitForTimeout(20);
    const ended = h.said[1];
    same([ended.account, ended.when, ended.to], ['2101', 'busy', undefined]);
    await open();
    await h.page.fill('#a-until', '2026-12-24T12:00');
    await h.page.focus('#a-to');
    await h.page.keyboard.press('Enter');
    const away = await h.order('away');
    same([away.account, away.until_ms > NOW, away.to], ['2101', true, undefined]);
  });
});
