// The desk against the real program, in order; with words, the tests whose name begins with one of them. Without, those that a machine of two cores
// plays in ten minutes; what they leave out is said. `long` injects 1 000 crashes.
import { run } from '../browser/suite.mjs';
import { end } from './scene.mjs';

const asked = process.argv.slice(2).filter((w) => w !== 'long');
const ORDINARY = ['first', 'tasks', 'transfers', 'races', 'places', 'hostile', 'keyboard', 'faults: talking: a', 'faults: holding', 'faults: consulting', 'faults: transferring',
  'faults: ringing', 'faults: 100', 'faults: the'];
const APART = {
  lines: 'cut lines, whose sound is judged by single packets, want a machine that does nothing else',
  looks: 'pictures and axe-core in every state of the real desk take ten minutes', firefox: 'Firefox finds no way to a server on 127.0.0.1',
};
const words = asked.length ? asked : process.argv.includes('long') ? [...ORDINARY, ...Object.keys(APART)] : ORDINARY;
if (words === ORDINARY) for (const [part, why] of Object.entries(APART)) console.log(`NOT RUN: ${part}: ${why}: tests/desk/run "${part}"`);
const PARTS = ['first', 'tasks', 'transfers', 'races', 'faults', 'lines', 'places', 'hostile', 'looks', 'keyboard', 'firefox'];
for (const part of PARTS) if (!words.length || words.some((w) => part.startsWith(w.split(':')[0]))) await import(`./${part}.mjs`).catch((e) => { if (e.code !== 'ERR_MODULE_NOT_FOUND' || !e.message.includes(`${part}.mjs`)) throw e; });
const code = await run(words);
await end();
process.exit(code);
