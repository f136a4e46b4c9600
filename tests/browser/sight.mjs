// What axe-core finds in a page, and what is too small to hit, clipped, or sticks out.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HERE } from './server.mjs';

const AXE = readFileSync(path.resolve(HERE, 'node_modules/axe-core/axe.min.js'), 'utf8');
export const LANGUAGES = ['nl', 'fr', 'de', 'en'];

export async function axe(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`);
  });
}

/** What is too small to hit, clipped, or sticks out. */
export const geometry = (page) => page.evaluate(() => {
  const wrong = [];
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`page is ${document.documentElement.scrollWidth} wide`);
  for (const e of document.querySelectorAll('button, a, select, input, textarea, summary')) {
    const r = e.getBoundingClientRect();
    if (!r.width || e.closest('.skip, [hidden]') || e.matches('.skip')) continue;
    const box = e.matches('.tick input') ? e.closest('label').getBoundingClientRect() : r;
    if (box.width < 24 || box.height < 24) wrong.push(`${e.className || e.id} is ${Math.round(box.width)}×${Math.round(box.height)}`);
  }
  for (const e of document.querySelectorAll('dialog[open], .pane, .palette ul, .list')) {
    if (e.scrollWidth > e.clientWidth + 1) wrong.push(`${e.className || e.tagName} is ${e.scrollWidth} wide inside, and has ${e.clientWidth}`);
  }
  for (const e of document.querySelectorAll('button, .chip, .outcome span')) {
    const r = e.getBoundingClientRect(), p = e.closest('.card, .top, dialog')?.getBoundingClientRect();
    if (p && r.width && (r.right > p.right + 0.5 || r.left < p.left - 0.5)) wrong.push(`“${e.textContent.trim()}” sticks out of its place`);
    if (e.scrollWidth > e.clientWidth + 1) wrong.push(`“${e.textContent.trim()}” is cut`);
  }
  return wrong;
});
