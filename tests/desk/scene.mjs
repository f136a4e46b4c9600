// A scene: the small town, desks, telephones and citizens, for one test. The town and the desks go on to the next test; after a failure they are new.
import { test } from '../browser/suite.mjs';
import { closeBrowsers, desk } from './desk.mjs';
import { Citizen, Outside, Phone, pause } from './phone.mjs';
import { town } from './town.mjs';

let serial = 0;
/** The town and the desks that go from scene to scene. */
const house = { place: null, desks: new Map() };

/** Ends everything that stands. */
export async function strike(at = house) {
  for (const d of at.desks.values()) await d.close();
  at.desks.clear();
  const was = at.place;
  at.place = null;
  await was?.close();
}
/** What else is to be ended after the last scene. */
export const endings = [];
export async function end() {
  for (const one of endings) await one();
  await strike();
  await closeBrowsers();
}

/** What is written, by title: another browser's desk may play it again. */
const written = [];
export function script(beginning) {
  const found = written.filter(({ title }) => title.startsWith(beginning));
  if (found.length !== 1) throw new Error(`${found.length} scenes begin with “${beginning}”`);
  return found[0];
}

/** `names` are the desks that are at work; others go home. `body` gets what it needs to play. A scene that is `early` has a house of its own. */
export function scene(title, names, body, how = {}) {
  written.push({ title, names, body });
  test(title, async () => {
    const at = how.early ? { place: null, desks: new Map() } : house;
    await play(at, title, names, body, how);
    if (how.early) await strike(at);
  }, how);
}

async function play(at, title, names, body, how) {
  const played = [];
  const keep = async (made) => {
    const one = await made;
    played.push(one);
    return one;
  };
  let number = 0;
  try {
    if (how.town || (at.place && at.place.demo !== Boolean(how.demo))) await strike(at);
    const place = at.place ??= Object.assign(await town(`town-${(serial += 1)}-${title}`.slice(0, 60), { demo: how.demo, ...how.town }), { demo: Boolean(how.demo) });
    const here = await staff(at, names);
    const stage = {
      town: place, desks: here, desk: here[0],
      /** A desk phone; `does` says what it does when called. */
      phone: (user, more = {}) => keep(Phone.at(place, String(user), more)),
      /** A citizen who calls reception, from a number of their own. */
      citizen: (more = {}) => keep(Citizen.calls(place, { number: `+3247012${String(3000 + (number += 1))}`, ...more })),
      outside: (more = {}) => keep(Outside.open(place, more)),
      /** Another desk, which the scene ends. */
      more: (user, more = {}) => keep(desk(place, user, more)),
    };
    // A telephone of the line, so that it is never without anybody; it rings and nobody takes it.
    if (!how.demo && !how.alone) await stage.phone(2104, { does: 'ring' });
    await body(stage);
    for (const d of here) if (d.faults.length) throw new Error(`the page of ${d.user} complains: ${d.faults.slice(0, 3).join(' | ')}`);
  } catch (e) {
    const told = [];
    for (const d of [...at.desks.values(), ...played.filter((p) => p.page)]) {
      await d.picture(`failed-${title.replace(/[^\w]+/g, '-').slice(0, 50)}-${d.user}`).catch(() => {});
      told.push(`${d.user}: ${JSON.stringify(await d.screen().catch(() => 'gone'))}`);
    }
    for (const p of played) for (const c of p.calls ?? []) told.push(`${p.user} ${c.state} ${c.why ?? ''} heard ${c.ear.told(Date.now() - 8000)}`);
    await Promise.all(played.map((p) => p.close().catch(() => {})));
    await strike(at).catch((why) => told.push(String(why)));
    e.stack = `${e.stack?.split('\n').slice(0, 4).join('\n')}\n${told.join('\n')}`;
    throw e;
  }
  await Promise.all(played.map((p) => p.close().catch(() => {})));
  if (how.town) return strike(at);
  for (const name of names) await at.desks.get(name)?.free().catch(() => {});
}

/** The desks of these names, free and at work; all others go home. */
async function staff(at, names) {
  for (const [name, d] of at.desks) if (!names.includes(name)) {
    await d.close();
    at.desks.delete(name);
  }
  const here = [];
  for (const name of names) {
    const d = at.desks.get(name) ?? (await desk(at.place, name, { lang: 'nl' }));
    at.desks.set(name, d);
    await d.free();
    Object.assign(d, { keys: 0, letters: 0 });
    d.faults.length = 0;
    here.push(d);
  }
  return here;
}

/** A citizen in conversation with the desk. Who holds somebody is not rung: they see who waits, and F2 takes them. */
export async function talk(desk, citizen, more) {
  const c = await citizen(more);
  await desk.shows((s) => s.mode === 'ringing' || (s.mode === 'held' && s.acts.includes('next')), 15000);
  await desk.page.keyboard.press('F2');
  await desk.in('talking');
  await c.ear.hears(desk.user);
  await desk.ear.hears(more?.tone ?? 'citizen');
  return c;
}

/** Numbers that a person feels: half of them are below the first, all but one in twenty below the second. */
export function quantiles(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return { p50: at(0.5), p95: at(0.95), n: sorted.length };
}
/** Says a measured time, and holds its median to twice the target: the machine of the tests is a busy one. */
export function measured(what, list, target) {
  const { p50, p95, n } = quantiles(list);
  console.log(`measured: ${what}: p50 ${Math.round(p50)} ms, p95 ${Math.round(p95)} ms, target ${target} ms, ${n} times`);
  if (!(p50 <= 2 * target)) throw new Error(`${what}: the median is ${Math.round(p50)} ms, twice the target is ${2 * target} ms (${list.map(Math.round).join(', ')})`);
}
export { pause };
