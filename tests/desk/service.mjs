// Services at the desk: what to ask and until when they are open, their words, what a closed one says; and the headset in the morning.
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { holds, same } from '../browser/suite.mjs';
import { scene } from './scene.mjs';
import { until } from './phone.mjs';
import { wav } from './sound.mjs';

scene('service: a search in vain is listed; the word is given to a service, which is found by it, with its hours and what to ask', ['reception1'], async ({ desk, town }) => {
  const { page } = desk;
  const search = async (text) => {
    await page.fill('#q', text);
    await until(() => desk.finds.some((f) => f.text === text), { why: `an answer to ${text}` });
  };
  await page.fill('#q', '');
  await search('trottinette');
  await until(() => page.locator('#results .empty').count(), { why: 'nothing found' });
  await until(() => /\b1\b.*trottinette/.test(town.command('people', 'misses').text), { ms: 5000, why: () => town.command('people', 'misses').text });
  await page.fill('#q', '');
  await desk.command('vergeefs');
  await until(() => page.locator('dialog[open]').innerText().then((t) => /trottinette[^]*1 keer/.test(t), () => false), { why: 'the list' });
  await page.keyboard.press('Escape');

  await search('civil');
  await until(async () => /Civil status/.test(await desk.row()), { why: 'the service' });
  await desk.command('woorden van');
  await page.waitForSelector('#w-words');
  holds((await page.inputValue('#w-words')).includes('geboorte'), 'its words');
  await page.locator('#w-words').press('End');
  await page.locator('#w-words').fill(`${await page.inputValue('#w-words')}, trottinette`);
  await page.locator('dialog[open] [type="submit"]').click();
  await until(() => desk.answers('words').some((a) => a.t === 'ack'), { why: () => JSON.stringify(desk.answers('words')) });
  await page.fill('#q', '');
  await until(async () => {
    await page.fill('#q', 'trottinet');
    await page.fill('#q', 'trottinette');
    return /Civil status/.test((await desk.row()) ?? '');
  }, { ms: 8000, step: 500, why: async () => JSON.stringify(await desk.found()) });
  holds(/vraag: Whose deed/.test(await desk.row()), await desk.row());
  same(/trottinette/.test(town.command('people', 'misses').text), false, 'no miss any more');
  holds(/reception1 +words +done +civil-status: \+ trottinette$/m.test(town.command('audit', '--action', 'words').text), town.command('audit').text);

  // A service of the dialplan has hours: the small town's Population never closes.
  await page.fill('#q', 'populat');
  await until(async () => /0:00–23:59/.test((await desk.row()) ?? ''), { ms: 5000, why: () => desk.row() });
  await page.fill('#q', '');
});

scene('service: who closes reads what callers will hear, before it is closed', ['reception1'], async ({ desk }) => {
  await desk.command('sluit');
  const heard = () => desk.page.locator('#c-hears').innerText();
  await until(() => heard().then((t) => /Wie dan belt, hoort: .*gesloten/i.test(t), () => false), { why: heard });
  await desk.page.selectOption('#c-service', 'population');
  await until(() => heard().then((t) => /Wie dan belt, hoort: .*gesloten/i.test(t)), { why: heard });
  await desk.page.keyboard.press('Escape');
});

scene('service: the headset is listened to when she signs in: one line at the desk, and a sentence for who looks after the machines', [], async ({ more, town }) => {
  const desk = await more('reception1', { own: true });
  await desk.shows((s) => /^Headset: .+ werkt$/.test(s.hint), 8000);
  const audit = () => town.command('audit', '--action', 'sound-test').text;
  await until(() => /reception1 +sound-test +works +reception1: .+ is heard/.test(audit()), { ms: 5000, why: audit });
  await desk.command('instellingen');
  await desk.button('Verbinding testen').click();
  await until(() => /a (good|poor) way to the exchange: \d+ ms there and back/.test(audit()), { ms: 15000, step: 500, why: audit });
});

scene('service: a microphone that is switched off is one clear fault', [], async ({ more, town }) => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'centrale-still-')), 'still.wav');
  writeFileSync(file, wav(0));
  const desk = await more('reception2', { own: true, switches: [`--use-file-for-fake-audio-capture=${file}`] });
  await desk.shows((s) => /komt geen geluid/.test(s.hint), 8000);
  const audit = () => town.command('audit', '--action', 'sound-test').text;
  await until(() => /reception2 +sound-test +fault +reception2: .+ is not heard/.test(audit()), { ms: 5000, why: audit });
});
