// The desk against the real program, in order; with words, the tests whose name begins with one of them. Without, those that a machine of two cores
// plays in a quarter of an hour; what they leave out is said. `long` plays all, and injects 1 000 crashes. Firefox's part is begun by `run`, in a network of its own.
import { run, titles } from '../browser/suite.mjs';
import { end } from './scene.mjs';

const LONG = process.argv.includes('long');
const asked = process.argv.slice(2).filter((w) => w !== 'long');
const ORDINARY = ['first', 'tasks', 'transfers', 'races', 'places', 'hostile', 'keyboard', 'search', 'devices', 'faults: talking: ', 'faults: holding', 'faults: consulting', 'faults: transferring',
  'faults: ringing', 'faults: 100', 'faults: the', 'lines', 'looks', 'chosen', 'service'];
const words = asked.length ? asked : LONG ? [...ORDINARY, 'faults'] : ORDINARY;
const PARTS = ['first', 'tasks', 'transfers', 'races', 'faults', 'lines', 'places', 'hostile', 'looks', 'keyboard', 'chosen', 'service', 'search', 'devices', 'firefox'];
for (const part of PARTS) if (!words.length || words.some((w) => part.startsWith(w.split(':')[0]))) await import(`./${part}.mjs`).catch((e) => { if (e.code !== 'ERR_MODULE_NOT_FOUND' || !e.message.includes(`${part}.mjs`)) throw e; });
if (!asked.length) for (const name of titles()) if (!words.some((w) => name.startsWith(w))) console.log(`NOT RUN: ${name} (tests/desk/run long plays it)`);
const code = await run(words);
await end();
process.exit(code);
