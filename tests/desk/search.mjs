// The search of a large town on a slow computer: a directory of 20 000 by the product's own import, and a processor six times slower.
// The slow network that Chromium can play does not reach a WebSocket, and so is not played.
import { holds, same } from '../browser/suite.mjs';
import { chance, people } from './chance.mjs';
import { measured, quantiles, scene } from './scene.mjs';
import { until } from './phone.mjs';

const SEED = 20000, ROUNDS = 7, NAMES = 4;
const large = people(20000, SEED);
/** A hand that types well, ms between two letters. */
const HAND = 120;

/** What somebody types of a name who knows how it is written: the family name, or the first name and its beginning, without accents. */
function fragment(name, next) {
  const plain = name.normalize('NFD').replace(/[\u0300-\u036f’]/g, '').replace('ı', 'i').toLowerCase().split(' ');
  return (next() < 0.5 ? plain.at(-1) : `${plain[0]} ${plain.at(-1).slice(0, 3)}`).slice(0, 9);
}

/** From each letter's key to the paint of what it found, ms; letters whose answer a newer one overtook have none. */
async function typed(desk, text) {
  const since = desk.keyed.length;
  await desk.type(text, HAND);
  const keys = await until(() => { const list = desk.keyed.slice(since); return list.length >= text.length && list; }, { why: 'the keys' });
  const painted = (n) => desk.finds.find((f) => f.at >= keys[n].at && f.text === text.slice(0, n + 1));
  await until(() => painted(text.length - 1), { why: () => `“${text}” painted: ${JSON.stringify(desk.finds.slice(-3))}` });
  const times = keys.map((key, n) => painted(n) && painted(n).at - key.at).filter((t) => t !== undefined);
  await desk.page.keyboard.press('Escape');
  await until(async () => (await desk.page.inputValue('#q')) === '', { why: 'an empty field' });
  return times;
}

scene('search: among 20 000 people, on a computer six times slower, each letter is painted with its keystroke', [], async ({ more }) => {
  const desk = await more('reception1');
  same(large.csv.split('\n').length, 20002);
  const cdp = await desk.context.newCDPSession(desk.page);
  await desk.page.evaluate(() => { listening = false; });
  await desk.page.focus('#q');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  const next = chance(SEED), all = [], rounds = [];
  let letters = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const times = [];
    for (let i = 0; i < NAMES; i += 1) {
      const text = fragment(large.names[Math.floor(next() * large.names.length)], next);
      letters += text.length;
      times.push(...(await typed(desk, text)));
    }
    all.push(...times);
    rounds.push(quantiles(times).p50);
  }
  holds(all.length >= 0.9 * letters, `${all.length} of ${letters} letters were painted before the next was typed`);
  const { p50, p95 } = quantiles(all);
  console.log(`measured: a letter among 20 000 people at a sixth of the speed: p50 ${Math.round(p50)} ms, p95 ${Math.round(p95)} ms, ${all.length} letters, target 50 ms`);
  measured('the median letter of each round', rounds, 50);
}, { early: true, town: { people: large.csv } });
