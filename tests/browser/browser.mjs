// Debian's Chromium with invented microphones, driven by playwright-core.
import { chromium } from 'playwright-core';

export const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

const ARGS = ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--disable-gpu', '--disable-dev-shm-usage'];

export const launch = (args = []) => chromium.launch({ executablePath: EXECUTABLE, args: [...ARGS, ...args] });

/** The same as a process of its own, whose id is known: to be killed, stopped, or shown on a screen. */
export async function launchServer(args = [], how = {}) {
  const server = await chromium.launchServer({ executablePath: EXECUTABLE, args: [...ARGS, ...args], ...how });
  return { server, browser: await chromium.connect(server.wsEndpoint()), pid: server.process().pid };
}

/** A page that collects what went wrong: errors, refused policies, requests to other hosts. */
export async function open(browser, url, { theme = 'light', lang = 'nl', density = 'comfort', width = 1366, height = 625, prefs = {}, path = '/', scale = 1, forced = false, prepare, storageState } = {}) {
  const context = await browser.newContext({
    storageState, ignoreHTTPSErrors: url.startsWith('https:'),
    viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', locale: 'nl-BE', timezoneId: 'Europe/Brussels', permissions: ['microphone'], deviceScaleFactor: scale, forcedColors: forced ? 'active' : 'none',
  });
  context.setDefaultTimeout(60000);
  await prepare?.(context);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (e) => faults.push(`error: ${e.name} ${e.message} ${e.stack}`));
  page.on('console', (m) => m.type() === 'error' && !/WebSocket connection/.test(m.text()) && faults.push(`console: ${m.text()}`));
  page.on('request', (r) => { if (!r.url().startsWith(url) && !r.url().startsWith(url.replace('http', 'ws'))) faults.push(`outside: ${r.url()}`); });
  await page.addInitScript(([p, l, t, d]) => {
    if (!localStorage.getItem('desk')) localStorage.setItem('desk', JSON.stringify({ lang: l, theme: t, density: d, ...p }));
    addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  }, [prefs, lang, theme, density]);
  await page.goto(url + path);
  return { page, context, faults };
}
