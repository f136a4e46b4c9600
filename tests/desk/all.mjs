// All tests of the desk against the real program, in order; with words, those whose name begins with one of them. `long` injects 1 000 crashes.
import { run } from '../browser/suite.mjs';
import { end } from './scene.mjs';

const words = process.argv.slice(2).filter((w) => w !== 'long');
const PARTS = ['first', 'tasks', 'transfers', 'races', 'faults', 'lines', 'places', 'hostile', 'looks', 'keyboard', 'firefox'];
for (const part of PARTS) if (!words.length || words.some((w) => part.startsWith(w.split(':')[0]))) await import(`./${part}.mjs`).catch((e) => { if (e.code !== 'ERR_MODULE_NOT_FOUND' || !e.message.includes(`${part}.mjs`)) throw e; });
const code = await run(words);
await end();
process.exit(code);
