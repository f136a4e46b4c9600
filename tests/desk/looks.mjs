// Every state of the real desk, with a real call behind it: axe-core, geometry, and pictures to be looked at (target/desk/pictures).
import { same } from '../browser/suite.mjs';
import { LANGUAGES, axe, geometry } from '../browser/sight.mjs';
import { scene, pause, talk } from './scene.mjs';
import { until } from './phone.mjs';

const SIZES = [[1366, 768 - 143], [1920, 1080 - 120]];

/** Pictures in four languages, two themes and two sizes; what is wrong, in words. */
async function look(d, name, sizes = SIZES) {
  const wrong = [];
  for (const [i, lang] of LANGUAGES.entries()) {
    await d.page.evaluate((l) => { const s = document.querySelector('#lang'); s.value = l; s.dispatchEvent(new Event('change', { bubbles: true })); }, lang);
    await d.page.waitForFunction((l) => document.documentElement.lang === l, lang);
    await pause(150);
    for (const theme of ['light', 'dark']) {
      await d.page.evaluate((t) => (document.documentElement.dataset.theme = t), theme);
      // Each language once and each theme twice: tests/browser asks it of every state in all eight.
      if ((i % 2 === 0) === (theme === 'light')) for (const v of await axe(d.page)) wrong.push(`${name} ${lang} ${theme}: ${v}`);
      for (const [width, height] of sizes) {
        await d.page.setViewportSize({ width, height });
        if (theme === 'light') for (const g of await geometry(d.page)) wrong.push(`${name} ${lang} ${width}: ${g}`);
        await d.picture(`${name}-${lang}-${theme}-${width}`);
      }
      await d.page.setViewportSize({ width: 1366, height: 625 });
    }
  }
  await d.page.evaluate(() => { const s = document.querySelector('#lang'); s.value = 'nl'; s.dispatchEvent(new Event('change', { bubbles: true })); document.documentElement.dataset.theme = 'light'; });
  return wrong;
}

scene('looks: every state of the real desk in four languages, two themes and two sizes', ['reception1'], async ({ desk, citizen, phone }) => {
  const wrong = [];
  const kris = await phone(2103), sofie = await phone(2101, { does: 'answer', tone: 'phone2' });
  await phone(2102);
  const see = async (name) => wrong.push(...(await look(desk, name)));
  const called = await sofie.call('2102');
  await until(() => called.state === 'ringing', { why: 'a colleague who calls a colleague' });
  await see('idle');
  const c = await citizen({ to: '+3254310000', number: '+32479123456', name: 'E. Lefèvre' });
  await c.chooses('21', 600);
  const waiting = [];
  await desk.in('ringing', 20000);
  await see('ringing');
  await desk.page.keyboard.press('F2');
  await desk.in('talking');
  for (const [n, name] of ['', 'Garage Wouters', 'M. Lambert'].entries()) waiting.push(await citizen({ name, number: `+3292223${340 + n}`, tone: 'citizen2' }));
  await desk.shows((s) => s.calls.length === 3, 10000);
  await see('talking');
  await desk.find('de', /De|de/);
  await see('searching');
  await desk.page.keyboard.press('Escape');
  await desk.find('carli', /Carlier/);
  await desk.page.keyboard.press('Control+Enter');
  await desk.in('consult');
  await see('consult');
  (await until(() => kris.calls.find((x) => x.state === 'ringing'), { why: 'carli' }).catch(() => null))?.answer();
  await pause(300);
  await see('consult-talking');
  await desk.page.keyboard.press('Escape');
  await desk.in('talking');
  await desk.page.keyboard.press('F8');
  await desk.in(['held', 'ringing']);
  await see('held');
  for (const w of waiting) await w.hangUp();
  await desk.in('held');
  await see('held-alone');
  await desk.page.keyboard.press('F8');
  await desk.in('talking');
  await desk.find('carli', /Carlier/);
  await desk.page.keyboard.press('Enter');
  await desk.in('transferring');
  await see('transferring');
  await desk.page.keyboard.press('Escape');
  await desk.in('talking');
  await c.hangUp();
  await desk.free();
  const last = await talk(desk, citizen, { name: 'M. Lambert' });
  await last.hangUp();
  await desk.in('wrapup');
  wrong.push(...(await look(desk, 'wrapup', [[1366, 625]])));
  await desk.free();
  await called.hangUp();
  same(wrong, []);
});

scene('looks: signing in, right and wrong, and a second place', ['reception1'], async ({ desk, town, more }) => {
  const wrong = [];
  const other = await more('reception1', { tone: 'reception2', ready: false });
  await other.in('elsewhere');
  wrong.push(...(await look(other, 'elsewhere')));
  for (const lang of LANGUAGES) {
    const page = await desk.context.browser().newContext({ viewport: { width: 1366, height: 625 } }).then((x) => x.newPage());
    await page.goto(`${town.url}/sign-in?lang=${lang}`);
    const d = Object.assign(Object.create(Object.getPrototypeOf(desk)), { page });
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme });
      for (const v of [...(await axe(page)), ...(await geometry(page))]) wrong.push(`sign-in ${lang} ${theme}: ${v}`);
      await d.picture(`sign-in-${lang}-${theme}`);
    }
    await page.fill('#user', 'reception1');
    await page.fill('#password', 'wrong');
    await page.locator('form button').click();
    await page.waitForSelector('.fault');
    for (const v of await axe(page)) wrong.push(`sign-in ${lang}: ${v}`);
    await d.picture(`sign-in-wrong-${lang}`);
    await page.context().close();
  }
  same(wrong, []);
});
