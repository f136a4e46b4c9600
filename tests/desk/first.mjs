// The README's first steps: the demo town, a citizen through the menu, and a receptionist who answers.
import { holds, same } from '../browser/suite.mjs';
import { scene, pause } from './scene.mjs';

scene('first: a citizen calls the demo town, presses 1 and 0, reception answers with F2, each hears the other, and the citizen hangs up', ['reception1'], async ({ desk, citizen }) => {
  const c = await citizen({ number: '+32479123456', name: 'E. Lefèvre' });
  await c.chooses('10', 600);
  await desk.in('ringing', 20000);
  const screen = await desk.screen();
  holds(/Lefèvre|0479 12 34 56/.test(screen.who), `who calls: ${JSON.stringify(screen)}`);
  await desk.press('F2');
  await desk.in('talking');
  await c.ear.hears('reception1');
  await desk.ear.hears('citizen');
  await pause(1000);
  // The other, and not oneself.
  same([Object.keys(c.ear.heard(Date.now() - 700)), Object.keys(desk.ear.heard(Date.now() - 700))], [['reception1'], ['citizen']]);
  // Sent on to the town's own number, which needs no telephone: the menu again, in the language chosen, and 0 leads back.
  await desk.type('054310000');
  const sent = Date.now();
  await desk.press('F4');
  await desk.in(['wrapup', 'idle']);
  await c.ear.hears('sound', { since: sent, ms: 5000 });
  same(desk.keys, 2);
  await c.chooses('0', 1500);
  await desk.in('ringing', 20000);
  await desk.press('F2');
  await desk.in('talking');
  await c.ear.hears('reception1', { since: Date.now() });
  await c.hangUp();
  await desk.in(['wrapup', 'idle']);
}, { demo: true });

scene('first: the sound test goes by way of the exchange: she hears herself, is told that all is well, and hears nothing after it', ['reception1'], async ({ desk }) => {
  await desk.command('instel');
  await desk.page.waitForSelector('dialog[open] .settings');
  const began = Date.now();
  await desk.button('Verbinding testen').click();
  await desk.ear.hears('reception1', { since: began, ms: 4000 });
  await desk.page.waitForFunction(() => /verbinding is goed/.test(document.querySelector('dialog .say')?.textContent ?? ''), null, { timeout: 8000 });
  await pause(600);
  same(Object.keys(desk.ear.heard(Date.now() - 300)), ['silence']);
  await desk.press('Escape');
}, { demo: true });

scene('first: the ears of these tests are not deaf: who is mute is not heard, and who is heard is nobody else', ['reception1'], async ({ desk, citizen }) => {
  const c = await citizen({ loud: 0 });
  await desk.in('ringing', 15000);
  await desk.press('F2');
  await desk.in('talking');
  await c.ear.hears('reception1');
  const fails = async (what) => same(await what.then(() => 'heard', () => 'not heard'), 'not heard');
  await fails(desk.ear.hears('citizen', { ms: 1500 }));
  await fails(c.ear.hears('citizen', { ms: 300 }));
  await fails(c.ear.hears('sound', { ms: 300 }));
  const since = Date.now();
  await desk.page.getByRole('button', { name: 'Micro' }).click();
  await fails(c.ear.hears('reception1', { since: since + 1000, ms: 2500 }));
  holds(c.ear.gap(since) > 1000, `who is mute is silent: ${c.ear.told(since)}`);
  await desk.page.getByRole('button', { name: 'Micro' }).click();
  await c.ear.hears('reception1');
  await c.hangUp();
});
