// What a person chose for this desk, and what follows from it: looks, keys, the numeric pad, Enter, notifications.
import { within } from './house.mjs';
import { test, same, holds } from './suite.mjs';
import { STATES, NOW, me, welcome } from './world.mjs';

const A = 'a'.repeat(32);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

test('chosen: at a shared desk everybody finds their own looks, language, keys and Enter again, and the same bell', async () => {
  let user = 'reception1';
  const who = () => ({ ...me(), user });
  const state = { ...STATES.talking, welcome: () => ({ ...welcome(), me: who() }), snapshot: () => ({ ...STATES.talking.snapshot(), me: who() }) };
  await within(state, {}, async (h) => {
    const { page } = h;
    const worn = () => page.evaluate(() => ['lang', 'theme', 'enter', 'volume'].map((id) => document.getElementById(`s-${id}`).value).concat(document.documentElement.lang, document.documentElement.dataset.theme ?? ''));
    const settings = async () => {
      await h.in('talking');
      await page.click('#top [aria-haspopup=dialog]');
      await page.waitForSelector('#s-lang');
    };
    await settings();
    const fresh = await worn();
    same(fresh, ['nl', 'light', 'transfer', '0.7', 'nl', 'light']);
    await page.selectOption('#s-theme', 'dark');
    await page.selectOption('#s-enter', 'consult');
    await page.selectOption('#s-lang', 'fr');
    await page.fill('#s-volume', '0.3');
    await page.waitForFunction(() => document.querySelector('#s-volume').value === '0.3' && document.documentElement.lang === 'fr');
    const hers = await worn();
    same(hers, ['fr', 'dark', 'consult', '0.3', 'fr', 'dark']);
    for (const [name, wears] of [['reception2', ['nl', 'light', 'transfer', '0.3', 'nl', 'light']], ['reception1', hers]]) {
      user = name;
      await page.reload();
      await settings();
      same(await worn(), wears, name);
      same(await page.textContent('#dialog-title'), name === 'reception2' ? 'Geluid en instellingen' : 'Son et réglages');
    }
    same(h.faults, []);
  });
});

test('chosen: XiVO’s keys answer when chosen, and a single key is moved; buttons and the field show it, a reload keeps it', async () => {
  await within('ringing', {}, async (h) => {
    const { page } = h;
    const settings = async () => {
      await page.click('#top [aria-haspopup=dialog]');
      await page.waitForSelector('#s-places');
    };
    await h.in('ringing');
    await settings();
    await page.selectOption('#s-places', 'xivo');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('[data-command="answer"] kbd').textContent === 'F3' && document.querySelector('#search kbd').textContent === 'F2');
    await page.reload();
    await h.in('ringing');
    await page.waitForFunction(() => document.querySelector('[data-command="answer"] kbd').textContent === 'F3');
    await page.focus('#note');
    await page.keyboard.press('F2');
    same(await page.evaluate(() => document.activeElement.id), 'q');
    same(h.said.map((m) => m.cmd), ['prefs']);
    await page.keyboard.press('F3');
    same((await h.order('answer')).call, A);
    h.peer().say({ t: 'ev', seq: 41, call: { ...STATES.talking.snapshot().calls[0], v: 5 } });
    h.peer().seq = 41;
    await h.in('talking');
    await settings();
    await page.click('details summary');
    await page.selectOption('[id="k-F12"]', 'Shift+F9');
    same(await page.inputValue('#s-places'), 'own');
    await page.keyboard.press('Escape');
    h.said.length = 0;
    await page.keyboard.press('F12');
    await pause(150);
    same(h.said.length, 0, 'nothing stands there now');
    await page.keyboard.press('Shift+F9');
    await h.order('hangup');
    same(h.faults, []);
  });
});

test('chosen: F3 goes to the field and selects what stands there; Alt+0 speaks the situation, whatever else is silent', async () => {
  await within('talking', { prefs: { verbosity: 'asked' } }, async (h) => {
    const { page } = h;
    await h.in('talking');
    await page.fill('#q', 'peet');
    await page.focus('#note');
    await page.keyboard.press('F3');
    same(await page.evaluate(() => { const q = document.activeElement; return [q.id, q.selectionStart, q.selectionEnd]; }), ['q', 0, 4]);
    await page.evaluate(() => {
      window.said = [];
      Document.prototype.ariaNotify = (text) => window.said.push(text);
    });
    await page.keyboard.press('Alt+Digit0');
    await page.waitForFunction(() => window.said.length > 0);
    holds(/^In gesprek met Mevr\. E\. Lefèvre, 2:1\d\. 3 wachten\. 2 bellers in wacht\.$/.test((await page.evaluate(() => window.said))[0]), JSON.stringify(await page.evaluate(() => window.said)));
  });
});

test('chosen: the numeric pad, switched on, answers, searches, announces, holds and hangs up; in a field its signs are signs', async () => {
  await within('ringing', { prefs: { pad: true } }, async (h) => {
    const { page } = h;
    await h.in('ringing');
    await page.focus('#q');
    await page.keyboard.press('NumpadEnter');
    same((await h.order('answer')).call, A);
    h.peer().say({ t: 'ev', seq: 41, call: { ...STATES.talking.snapshot().calls[0], v: 5 } });
    h.peer().seq = 41;
    await h.in('talking');
    await page.waitForSelector('#r0');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('NumpadDivide');
    same([await page.evaluate(() => document.activeElement.id), await page.inputValue('#q')], ['q', '']);
    await page.keyboard.press('NumpadSubtract');
    await pause(150);
    same([await page.inputValue('#q'), h.said.some((m) => m.cmd === 'hangup')], ['-', false], 'a minus in a field is a minus');
    await page.fill('#q', 'peet');
    await page.waitForFunction(() => document.querySelector('#r0')?.getAttribute('aria-selected') === 'true' && /Peeters/.test(document.querySelector('#r0').textContent));
    for (const [key, cmd] of [['NumpadMultiply', 'hold'], ['NumpadAdd', 'consult_start'], ['NumpadSubtract', 'hangup']]) {
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press(key);
      same((await h.order(cmd)).call, A, key);
    }
  });
});

test('chosen: whose Enter announces, transfers with Ctrl+Enter, and the line under the field says so', async () => {
  await within('talking', { prefs: { enter: 'consult' } }, async (h) => {
    await h.in('talking');
    for (const [key, cmd] of [['Enter', 'consult_start'], ['Control+Enter', 'transfer_blind']]) {
      await h.page.keyboard.type('peet');
      await h.page.waitForFunction(() => /Peeters/.test(document.querySelector('#r0')?.textContent ?? '') && /Enter eerst aankondigen[^]*Ctrl Enter doorverbinden/.test(document.querySelector('#hint').textContent));
      h.said.length = 0;
      await h.page.keyboard.press(key);
      same([(await h.order(cmd)).target, h.said.filter((m) => /transfer|consult/.test(m.cmd)).length], ['2101', 1], key);
      await h.page.waitForFunction(() => document.querySelector('#q').value === '');
    }
  });
});

test('chosen: a hidden page notifies of a caller once, by the call’s id; the title names them; both go when it rings no more', async () => {
  await within('idle', { prefs: { notify: true } }, async (h) => {
    const { page } = h;
    await h.in('idle');
    const house = await page.title();
    await page.evaluate(() => {
      window.notes = [];
      window.Notification = class {
        static permission = 'granted';
        constructor(title, how) { Object.assign(this, { title, tag: how.tag, body: how.body, open: true }); window.notes.push(this); }
        close() { this.open = false; }
      };
    });
    const told = () => page.evaluate(() => window.notes.map(({ title, tag, open }) => [title, tag, open]));
    const ring = STATES.ringing.snapshot().calls[0];
    let seq = 40;
    const say = (what) => { h.peer().seq = seq += 1; h.peer().say({ t: 'ev', seq, ...what }); };
    say({ call: ring });
    await h.in('ringing');
    same(await told(), [], 'who looks at the page needs none');
    say({ gone: { id: ring.id, why: 'caller-hung-up' } });
    await h.in('idle');
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }));
    say({ call: { ...ring, v: 20 } });
    await h.in('ringing');
    say({ call: { ...ring, v: 21 } });
    await page.waitForFunction(() => /Lefèvre — Bevolking/.test(document.title));
    same(await told(), [['☎ Mevr. E. Lefèvre', A, true]]);
    say({ gone: { id: ring.id, why: 'answered-elsewhere' } });
    await h.in('idle');
    same(await told(), [['☎ Mevr. E. Lefèvre', A, false]]);
    await page.waitForFunction((t) => document.title === t, house);
    same(h.faults, []);
  });
});
