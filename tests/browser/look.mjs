// Pictures of the desk in every state, for people to look at: node look.mjs [state,…] [lang,…] [theme,…] [1366x625,…] [density] [query]
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launch, open } from './browser.mjs';
import { HERE, serve } from './server.mjs';
import { STATES, script } from './world.mjs';

const [states, langs = 'nl', themes = 'light', sizes = '1366x625', density = 'comfort', query = ''] = process.argv.slice(2);
const folder = path.resolve(HERE, '../../target/browser/pictures');
mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const name of !states || states === 'all' ? Object.keys(STATES) : states.split(',')) {
  for (const lang of langs.split(',')) for (const theme of themes.split(',')) for (const size of sizes.split(',')) {
    const house = await serve({ hello: script(STATES[name]) });
    const [width, height] = size.split('x').map(Number);
    const { page, context, faults } = await open(browser, house.url, { lang, theme, width, height, density });
    await page.waitForTimeout(500);
    if (query) await page.fill('#q', query);
    await page.waitForTimeout(STATES[name].silent ? 3300 : 300);
    await page.screenshot({ path: path.join(folder, `${name}-${lang}-${theme}-${size}.png`) });
    if (faults.length) console.log(name, faults.slice(0, 5));
    await context.close();
    house.close();
  }
}
await browser.close();
