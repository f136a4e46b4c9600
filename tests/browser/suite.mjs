// A few lines that run tests one after the other and count as cargo does, so that tests/run reads both alike.
import { performance } from 'node:perf_hooks';

const tests = [];
/** How often a test is tried; once while one is being written. */
const TRIES = Number(process.env.TRIES ?? 2);
/** `early` tests mostly wait: they begin with the first of their part (the word before the colon) and are asked for their outcome in their turn. */
export const test = (name, body, { early = false } = {}) => tests.push({ name, body, early });

export function same(is, want, what = '') {
  const [a, b] = [JSON.stringify(is), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what}${what ? ': ' : ''}is ${a}, should be ${b}`);
}
export function holds(fact, what) {
  if (!fact) throw new Error(what);
}

/** What there is, by name. */
export const titles = () => tests.map(({ name }) => name);

const underway = new Map();
/** Starts one ahead of its turn; what it throws is kept until then. */
function begin({ name, body }) {
  underway.set(name, body().then(() => null, (why) => why ?? new Error('failed')));
}

/** Runs all whose name begins with one of the words; the exit code says whether all passed. */
export async function run(words) {
  let passed = 0, failed = 0, part;
  const chosen = tests.filter(({ name }) => !words.length || words.some((w) => name.startsWith(w)));
  for (const { name, body } of chosen) {
    if (part !== (part = name.split(':')[0])) for (const t of chosen) if (t.early && t.name.startsWith(`${part}:`)) begin(t);
    // A browser on a busy machine is a real peer: what fails is tried once more, and the outcome says so.
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const began = performance.now();
      try {
        const going = underway.get(name);
        underway.delete(name);
        const why = await (going ?? body());
        if (why) throw why;
        passed += 1;
        console.log(`test ${name} ... ok (${Math.round(performance.now() - began)} ms)`);
        if (attempt > 1) console.log(`structure: passed at a later try only: ${name}`);
        break;
      } catch (e) {
        if (attempt === TRIES) failed += 1;
        const why = String(e.stack ?? e).split('\n').slice(0, 6).join('\n    ');
        console.log(`test ${name} ... ${attempt === TRIES ? 'FAILED' : 'failed at the first try'}\n    ${why}`);
      }
    }
  }
  console.log(`test result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; 0 ignored`);
  return failed ? 1 : 0;
}
