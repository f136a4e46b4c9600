// Names that want to be more than text, in every list, in the history, in the notes, in journeys and in the log.
import { readFileSync } from 'node:fs';
import { holds, same } from '../browser/suite.mjs';
import { pause, scene } from './scene.mjs';
import { until } from './phone.mjs';

const NAMES = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', "'-alert(1)-'", '<svg/onload=alert(1)>', '{{7*7}} ${7*7}', 'javascript:alert(1)', '=HYPERLINK("http://a")', 'A\u202eB\u0000\u0007\u001b[31mC', '&lt;b&gt;', 'Ωმ漢字 🏛️',
  'x'.repeat(7000), 'x'.repeat(10240)];

for (const name of NAMES) {
  scene(`hostile: a caller called ${JSON.stringify(name.length > 30 ? `${name.slice(0, 20)}… (${name.length})` : name)} is text everywhere`, ['reception1'], async ({ desk, citizen, town }) => {
    const dialogs = [];
    const note = (d) => { dialogs.push(d.message()); d.dismiss(); };
    desk.page.on('dialog', note);
    const raw = `"${name.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')}" `;
    const number = `+3247${String(1000000 + NAMES.indexOf(name))}`;
    const c = await citizen({ raw, number });
    if (name.length > 8192) {
      // Longer than a line may be: nobody is called by it, and the log says why.
      await until(() => /malformed/.test(readFileSync(town.log, 'utf8')), { why: 'a line in the log' });
      holds(c.call.state !== 'talking', 'no call');
      c.call.end('unheard'); // there is nothing to take back
      return;
    }
    await until(() => ['talking', 'over'].includes(c.call.state), { why: 'an answer or a refusal' });
    if (c.call.state === 'over') {
      holds(/[\u0000-\u001f]/.test(name), `refused with ${c.call.why}`);
      return;
    }
    for (const step of ['list', 'card', 'held', 'history']) {
      if (step === 'list') await desk.in('ringing', 15000);
      if (step === 'card') { await desk.press('F2'); await desk.in('talking'); await desk.page.fill('#note', name.slice(0, 300).replace(/\u0000/g, '')); await pause(600); }
      if (step === 'held') { await desk.press('F8'); await desk.in('held'); await desk.press('F8'); await desk.in('talking'); }
      if (step === 'history') {
        await c.hangUp();
        await desk.free();
        const again = await citizen({ raw, number });
        await desk.in('ringing', 15000);
        await pause(300);
        await again.hangUp();
      }
      const { html, wide, text } = await desk.page.evaluate(() => ({
        html: [...document.querySelectorAll('main img, main script, main b.x, main svg:not(.i), [onerror], [onload]')].map((e) => e.outerHTML), wide: document.documentElement.scrollWidth > innerWidth, text: document.body.innerText.slice(0, 20000),
      }));
      same([html, wide], [[], false], step);
      holds(!/49 49/.test(text), 'nothing is worked out');
      holds(!/[\u0000-\u0008\u000e-\u001f]/.test(text), 'no control characters');
      if (step !== 'history' && /^[<"'&]/.test(name)) holds(text.includes(name.replace(/\s+/g, ' ').slice(0, 24)), `the name as text, ${step}: ${text.slice(0, 300)}`);
    }
    same(dialogs, []);
    desk.page.off('dialog', note);
    const { text } = town.command('journeys', '-n', '3');
    holds(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202e]/.test(text), `journeys without control characters: ${JSON.stringify(text.slice(0, 200))}`);
    holds(!/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(readFileSync(town.log, 'utf8')), 'the log without control characters');
    holds(text.split('\n').every((l) => l.length < 1000), 'no endless line');
    await desk.free();
  });
}
