// The browser is a replaceable microphone: reload, crash, closed, killed and frozen, in every state, with a citizen on the line.
import { holds, same } from '../browser/suite.mjs';
import { chance } from './chance.mjs';
import { measured, pause, scene, talk } from './scene.mjs';
import { until } from './phone.mjs';

const LONG = process.argv.includes('long');
/** The citizen is in silence no longer than this: two seconds until music, and what a busy machine adds. */
const STILL = 3000;

const STATES = {
  talking: { async enter() {}, async check({ desk, c }, since) {
    await c.ear.hears('reception1', { since, ms: 10000 });
    await desk.ear.hears('citizen', { since, ms: 10000 });
  }, async leave() {} },
  holding: { async enter({ desk, c }) {
    await desk.page.keyboard.press('F8');
    await desk.in('held');
    await c.ear.hears('sound');
  }, mode: ['held'], music: true, async check() {}, async leave({ desk }) { await desk.page.keyboard.press('F8'); } },
  consulting_ringing: { async enter(s) {
    await s.desk.find('carli', /Carlier/);
    await s.desk.press('Control+Enter');
    s.rang = await s.kris.rings();
    await s.desk.in('consult');
  }, mode: ['consult'], music: true, async check(s) { same(s.rang.state, 'ringing', 'it rings still'); }, async leave({ desk, rang }) {
    await desk.page.keyboard.press('Escape');
    await rang.over;
  } },
  consulting: { async enter(s) {
    await STATES.consulting_ringing.enter(s);
    s.rang.answer();
    await s.rang.ear.hears('reception1');
  }, mode: ['consult'], music: true, async check({ rang, desk }, since) {
    await rang.ear.hears('reception1', { since, ms: 10000 });
    await desk.ear.hears('phone', { since, ms: 10000 });
  }, async leave({ desk, rang }) {
    await desk.page.keyboard.press('Escape');
    await rang.over;
  } },
  transferring: { async enter(s) {
    await s.desk.find('carli', /Carlier/);
    await s.desk.page.keyboard.press('Enter');
    s.rang = await s.kris.rings();
    await s.desk.in(['transferring', 'wrapup']); // the work after a call that was given away comes first on the card
  }, mode: ['transferring', 'wrapup', 'held'], music: true, async check(s) { same(s.rang.state, 'ringing', 'it rings still'); }, async leave({ desk, rang }) {
    await desk.page.keyboard.press('Escape');
    await rang.over;
  } },
  ringing: { async enter(s) {
    await s.c.hangUp();
    await s.desk.free();
    s.c = await s.citizen({ name: 'E. Lefèvre' });
    await s.desk.in('ringing', 15000);
  }, mode: ['ringing'], music: true, async check() {}, async leave({ desk }) { await desk.page.keyboard.press('F2'); } },
};

const FAULTS = { reload: (d) => d.reload(), crash: (d) => d.crash(), 'close and reopen': (d) => d.reopen(), 'kill -9': (d) => d.die() };

/** Brings the desk into a state, breaks it, and holds what comes back. */
export async function suffer(s, state, fault, times) {
  try {
    await breaks(s, state, fault, times);
  } catch (e) {
    e.message = `${fault} in ${state}: ${e.message}`;
    e.stack = `${e.message}\n${e.stack}`;
    throw e;
  }
}
async function breaks(s, state, fault, times) {
  const { enter, check, leave, mode = ['talking'], music } = STATES[state];
  await enter(s);
  const before = Date.now();
  await FAULTS[fault](s.desk);
  const here = Date.now();
  await s.desk.in(mode, 20000);
  const control = Date.now();
  await s.desk.sounds(15000);
  await check(s, here);
  const sound = Date.now();
  same(s.c.call.state, 'talking', 'the citizen is on the line');
  const gap = s.c.ear.gap(before, sound);
  holds(gap <= (music ? 1000 : STILL), `${state}, ${fault}: silence for the citizen: ${gap} ms: ${s.c.ear.told(before, sound)}`);
  holds(/Lefèvre/.test(JSON.stringify(await s.desk.screen())), `${state}, ${fault}: the name is still there`);
  times.control.push(control - here);
  times.sound.push(sound - here);
  await leave(s);
  await s.desk.in('talking');
  await s.c.ear.hears('reception1', { since: Date.now() - 200, ms: 10000 });
}

for (const state of Object.keys(STATES)) {
  scene(`faults: ${state.replace('_', ', ')}: a reload, a crash, a closed tab and a killed browser lose nothing`, [], async (stage) => {
    const s = await set(stage);
    const times = { control: [], sound: [] };
    for (const fault of Object.keys(FAULTS)) await suffer(s, state, fault, times);
    console.log(`measured: ${state}: page there to control ${times.control.join(', ')} ms, to sound ${times.sound.join(', ')} ms`);
    await s.c.hangUp();
  });
}

async function set(stage) {
  const desk = await stage.more('reception1', { own: true });
  const s = { ...stage, desk, kris: await stage.phone(2103) };
  s.c = await talk(desk, stage.citizen, { name: 'E. Lefèvre' });
  return s;
}

scene(`faults: ${LONG ? 1000 : 100} random misfortunes with citizens on the line: none is lost`, [], async (stage) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e6), next = chance(seed), times = { control: [], sound: [] };
  console.log(`measured: seed ${seed}`);
  const s = await set(stage);
  const pick = (list) => list[Math.floor(next() * list.length)];
  for (let i = 0; i < (LONG ? 1000 : 100); i += 1) {
    const state = pick(Object.keys(STATES)), fault = next() < 0.1 ? 'kill -9' : pick(['reload', 'reload', 'crash', 'crash', 'close and reopen']);
    try {
      await suffer(s, state, fault, times);
    } catch (e) {
      e.message = `misfortune ${i} (SEED=${seed}): ${e.message}`;
      e.stack = `${e.message}\n${e.stack}`;
      throw e;
    }
  }
  measured('page there to control', times.control, 3000);
  measured('page there to sound', times.sound, 5000);
  await s.c.hangUp();
});

for (const state of LONG ? Object.keys(STATES) : ['talking', 'consulting']) {
  scene(`faults: ${state}: the browser is frozen for 20 s: music after two seconds, and all is back after it`, [], async (stage) => {
    const s = await set(stage);
    const { enter, check, leave, mode = ['talking'] } = STATES[state];
    await enter(s);
    const frozen = Date.now();
    s.desk.signal('SIGSTOP');
    await pause(20000);
    const story = s.c.ear.told(frozen);
    const thawed = Date.now();
    s.desk.signal('SIGCONT');
    await s.desk.in(mode, 15000);
    await check(s, thawed);
    const back = Date.now() - thawed;
    holds(s.c.ear.gap(frozen) <= STILL, `silence for the citizen: ${story}`);
    if (state === 'talking') holds(s.c.ear.heard(frozen + STILL, thawed).sound > 100, `music for the citizen: ${story}`);
    holds(back <= 10000, `back after ${back} ms`);
    console.log(`measured: ${state}, frozen for 20 s: ${story}; back after ${back} ms`);
    await leave(s);
    await s.c.hangUp();
  });
}

scene('faults: the browser does not come back: music after 2 s, the desk phone rings after 10 s, the next desk after 30 s', ['reception2'], async (stage) => {
  const { desks: [two] } = stage;
  await two.command('pauze');
  const own = await stage.phone(2105, { does: 'ring', tone: 'phone2' });
  const desk = await stage.more('reception1', { own: true });
  const c = await talk(desk, stage.citizen, { name: 'E. Lefèvre' });
  await two.command('beschikbaar');
  const lost = Date.now();
  desk.kill();
  const music = await c.ear.hears('sound', { since: lost, ms: 6000 }) - lost;
  holds(music <= STILL, `music after ${music} ms: ${c.ear.told(lost)}`);
  const rang = await own.rings({ ms: 15000, since: lost });
  const rings = rang.asked - lost;
  holds(rings > 8000 && rings < 14000, `the desk phone rings after ${rings} ms`);
  await two.in('ringing', 30000);
  const queued = Date.now() - lost;
  holds(queued > 27000 && queued < 36000, `the other desk rings after ${queued} ms`);
  const { who, calls } = await two.screen();
  holds(/Lefèvre/.test(who), `who: ${who} ${calls}`);
  await two.press('F2');
  await two.in('talking');
  await c.ear.hears('reception2');
  await two.ear.hears('citizen');
  holds(c.ear.gap(lost) <= STILL, `silence for the citizen: ${c.ear.told(lost)}`);
  await until(() => rang.state === 'over', { ms: 3000, why: 'the desk phone rings no more' });
  console.log(`measured: browser gone: music after ${music} ms, desk phone after ${rings} ms, next desk after ${queued} ms; the citizen heard ${c.ear.told(lost)}`);
  await c.hangUp();
});

scene('faults: the browser does not come back: the operator goes on at the desk phone', [], async (stage) => {
  const own = await stage.phone(2105, { does: 'ring', tone: 'phone2' });
  const desk = await stage.more('reception1', { own: true });
  const c = await talk(desk, stage.citizen, { name: 'E. Lefèvre' });
  const lost = Date.now();
  desk.kill();
  const rang = await own.rings({ ms: 20000, since: lost });
  holds(rang.display.number === c.user || rang.display.name === 'E. Lefèvre', `whom the phone shows: ${JSON.stringify(rang.shown)}`);
  rang.answer();
  await c.ear.hears('phone2');
  await rang.ear.hears('citizen');
  await c.hangUp();
  await until(() => rang.state === 'over', { why: 'the end at the desk phone' });
});

scene('faults: the sound is cut and the line of words is not: the desk says so, the citizen hears music, and it comes back', ['reception1'], async ({ desk, citizen }) => {
  const c = await talk(desk, citizen, { name: 'E. Lefèvre' });
  const cut = Date.now();
  const sends = (active) => desk.page.evaluate(async (on) => {
    const sender = connections.filter((p) => p.connectionState !== 'closed').at(-1).getSenders()[0];
    const how = sender.getParameters();
    how.encodings = how.encodings.map((e) => ({ ...e, active: on }));
    await sender.setParameters(how);
  }, active);
  await sends(false);
  await c.ear.hears('sound', { since: cut, ms: 6000 });
  await desk.in('detached', 6000);
  holds(c.ear.gap(cut) <= STILL, `silence for the citizen: ${c.ear.told(cut)}`);
  await pause(1500);
  const healed = Date.now();
  await sends(true);
  await c.ear.hears('reception1', { since: healed, ms: 10000 });
  await desk.ear.hears('citizen', { since: healed, ms: 10000 });
  await desk.in('talking');
  console.log(`measured: sound cut: ${c.ear.told(cut)}`);
  await c.hangUp();
});
