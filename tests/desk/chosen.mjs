// What a person chose is there at every computer of hers; what belongs to the computer stays with it.
import { same } from '../browser/suite.mjs';
import { scene } from './scene.mjs';
import { until } from './phone.mjs';

const root = (d, name) => d.page.evaluate((n) => document.documentElement.dataset[n] ?? '', name);
const stands = (d, name, value) => until(async () => (await root(d, name)) === value, { ms: 5000, why: async () => `${name} ${value} at ${d.tone}: ${await root(d, name)}` });

scene('chosen: what a person chose at one computer is there at the other, at once and after signing in; the ear stays', [], async ({ more }) => {
  const here = await more('reception1', { own: true });
  await here.command('instellingen');
  for (const [id, value] of [['density', 'large'], ['theme', 'dark'], ['enter', 'consult'], ['verbosity', 'short']]) await here.page.locator(`#s-${id}`).selectOption(value);
  await here.page.locator('#s-speaker').selectOption({ index: 1 });
  await until(() => here.answers('prefs').length === 4 && here.answers('prefs').every((a) => a.t === 'ack'), { ms: 5000, why: () => `four choices kept: ${JSON.stringify(here.answers('prefs'))}` });

  const there = await more('reception1', { tone: 'reception3', ready: false });
  await there.in('elsewhere');
  await stands(there, 'density', 'large');
  await stands(there, 'theme', 'dark');
  same(await there.page.evaluate(() => [localStorage.getItem('desk reception1'), localStorage.getItem('desk')].map((kept) => Object.entries(JSON.parse(kept)).filter(([k]) => /^(enter|verbosity|speaker)$/.test(k)).flat())),
    [['enter', 'consult', 'verbosity', 'short'], []], 'kept for the next page; the ear is not');
  await there.command('instellingen');
  await there.page.locator('#s-theme').selectOption('light');
  await stands(here, 'theme', 'light');

  // A page that begins wears it before the server has said a word.
  await here.page.route('**/ws', () => {});
  await here.page.reload({ waitUntil: 'commit' });
  await here.page.waitForFunction(() => document.documentElement.dataset.density === 'large' && document.documentElement.dataset.theme === 'light');

  const colleague = await more('reception2');
  same([await root(colleague, 'density'), await root(colleague, 'theme')], ['comfort', 'light']);
});
