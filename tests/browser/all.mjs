// All tests of the page, in order; with words, those whose name begins with one of them.
import { run } from './suite.mjs';

const words = process.argv.slice(2);
const PARTS = { source: ['types', 'size', 'source', 'words', 'keys', 'reducer'], view: ['view'], desk: ['desk'], colleagues: ['colleagues'], chosen: ['chosen'], sound: ['sound'], states: ['states'] };
for (const [part, begins] of Object.entries(PARTS)) {
  if (!words.length || words.some((w) => begins.some((b) => b.startsWith(w) || w.startsWith(b)))) await import(`./${part}.mjs`);
}
const code = await run(words);
process.exit(code);
