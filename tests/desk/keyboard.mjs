// Real keys of a Belgian keyboard in a window on a screen: Xvfb, openbox, xdotool, setxkbmap.
import { spawn, spawnSync } from 'node:child_process';
import { holds, same } from '../browser/suite.mjs';
import { desk as open } from './desk.mjs';
import { pause, scene } from './scene.mjs';
import { until } from './phone.mjs';

const have = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const missing = ['Xvfb', 'openbox', 'xdotool', 'setxkbmap'].filter((p) => !have(p));
if (missing.length) console.log(`NOT RUN: real keys: ${missing.join(', ')} not installed`);

/** A screen of our own, for as long as it is needed. */
async function screen(body) {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1366x768x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const number = await new Promise((done, fail) => { server.stdout.once('data', (d) => done(String(d).trim())); server.once('exit', () => fail(new Error('no screen'))); });
  const env = { DISPLAY: `:${number}` };
  const manager = spawn('openbox', [], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const x = (program, ...args) => {
    const done = spawnSync(program, args, { env: { ...process.env, ...env }, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr}`);
    return done.stdout;
  };
  try {
    await pause(500);
    return await body({ env, x });
  } finally {
    manager.kill();
    server.kill();
  }
}

if (!missing.length) {
  for (const layout of ['be', 'fr', 'de', 'us']) {
    scene(`keyboard: real keys of a ${layout} keyboard: F2, letters, Enter, F8, Alt and the third digit key, F12`, [], async (stage) => {
      await screen(async ({ env, x }) => {
        x('setxkbmap', layout);
        const desk = await open(stage.town, 'reception1', { show: env });
        try {
          await desk.page.bringToFront();
          const window = x('xdotool', 'search', '--sync', '--onlyvisible', '--class', 'chromium').trim().split('\n').at(-1);
          x('xdotool', 'windowactivate', '--sync', window);
          const key = async (name) => { x('xdotool', 'key', '--clearmodifiers', name); await pause(50); };
          const kris = await stage.phone(2103);
          const names = ['citizen', 'citizen2', 'citizen3'], all = [];
          for (const tone of names) {
            const c = await stage.citizen({ tone });
            await desk.shows((s) => s.mode === 'ringing' || (s.mode === 'held' && s.acts.includes('next')), 15000);
            await key('F2');
            await desk.in('talking');
            await c.ear.hears('reception1');
            await key('F8');
            await desk.in('held');
            all.push(c);
          }
          // The third key of the digit row, which writes " on AZERTY.
          await key(`alt+${{ be: 'quotedbl', fr: 'quotedbl', de: '3', us: '3' }[layout]}`);
          await desk.in('talking');
          await all[2].ear.hears('reception1');
          x('xdotool', 'type', '--delay', '30', 'carli');
          await until(async () => /Carlier/.test((await desk.row()) ?? ''), { why: async () => `Kris: ${await desk.page.inputValue('#q')}` });
          await key('Return');
          const rang = await kris.rings();
          await key('Escape');
          same(await rang.over, 'cancelled');
          await desk.in('talking');
          await key('ctrl+k');
          await desk.page.waitForSelector('dialog[open] #p');
          await key('Escape');
          await key('F12');
          await until(() => all[2].call.state === 'over', { why: 'F12 ends it' });
          holds(all[0].call.state === 'talking' && all[1].call.state === 'talking', 'and nobody else');
          for (const c of all) await c.hangUp();
        } finally {
          await desk.close();
        }
      });
    });
  }
}
