// A few lines that run tests one after the other and count as cargo does, so that tests/run reads both alike.
import { performance } from 'node:perf_hooks';

const tests = [];
export const test = (name, body) => tests.push({ name, body });

export function same(is, want, what = '') {
  const [a, b] = [JSON.stringify(is), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what}${what ? ': ' : ''}is ${a}, should be ${b}`);
}
export function holds(fact, what) {
  if (!fact) throw new Error(what);
}

/** Runs all whose name begins with one of the words; the exit code says whether all passed. */
export async function run(words) {
  let passed = 0, failed = 0;
  for (const { name, body } of tests) {
    if (words.length && !words.some((w) => name.startsWith(w))) continue;
    // A browser on a busy machine is a real peer: what fails is tried once more, and the outcome says so.
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const began = performance.now();
      try {
        await body();
        passed += 1;
        console.log(`test ${name} ... ok (${Math.round(performance.now() - began)} ms)`);
        if (attempt > 1) console.log(`structure: passed at the second try only: ${name}`);
        break;
      } catch (e) {
        if (attempt > 1) failed += 1;
        const why = String(e.stack ?? e).split('\n').slice(0, 6).join('\n    ');
        console.log(`test ${name} ... ${attempt > 1 ? 'FAILED' : 'failed at the first try'}\n    ${why}`);
      }
    }
  }
  console.log(`test result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; 0 ignored`);
  return failed ? 1 : 0;
}
