// The page's sound: what it offers and begins anew, and which microphone it is that speaks.
import { within } from './house.mjs';
import { test, same, holds } from './suite.mjs';
import { STATES } from './world.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

test('sound: one offer for a shift: answering and muting negotiate nothing', async () => {
  await within('idle', {}, async (h) => {
    await h.in('idle');
    const peer = h.peer();
    if (!peer.heard.some((m) => m.media === 'offer')) await peer.next((m) => m.media === 'offer', 10000);
    const offer = peer.heard.find((m) => m.media === 'offer');
    holds(/m=audio/.test(offer.sdp) && /opus/.test(offer.sdp) && /a=candidate/.test(offer.sdp), 'Opus and candidates in the offer');
    const before = peer.heard.filter((m) => m.sdp).length;
    peer.say({ t: 'ev', seq: 41, call: STATES.talking.snapshot().calls[0] });
    peer.seq = 41;
    await h.in('talking');
    same(peer.heard.filter((m) => m.sdp).length, before, 'answering negotiates nothing');
    await h.page.locator('.mute').click();
    await h.page.waitForSelector('.mute[aria-pressed="true"]');
  });
});

/** In the page, before its script: its connections, and a far end that answers offers. */
function far() {
  const Real = RTCPeerConnection;
  globalThis.connections = [];
  globalThis.RTCPeerConnection = class extends Real {
    constructor(...how) { super(...how); globalThis.connections.push(this); }
  };
  globalThis.answers = async (sdp) => {
    const end = new Real();
    await end.setRemoteDescription({ type: 'offer', sdp });
    for (const way of end.getTransceivers()) way.direction = 'sendrecv';
    await end.setLocalDescription(await end.createAnswer());
    return end.localDescription.sdp;
  };
}
/** The page's first offer is answered, and its sound said to be there. `answer` does the same for later ones. */
async function spoken(h) {
  const peer = h.peer();
  const offers = () => peer.heard.filter((m) => m.sdp);
  const answer = async ({ n, sdp }) => peer.say({ t: 'media', media: 'answer', n, sdp: await h.page.evaluate((s) => answers(s), sdp) });
  const stable = (is) => h.page.waitForFunction((want) => (connections.at(-1).signalingState === 'stable') === want, is, { timeout: 5000 });
  /** The next that the page says of its sound, and how long it took. */
  const next = async (since, ms) => {
    const began = Date.now();
    while (offers().length <= since && Date.now() < began + ms) await pause(20);
    return { ...offers()[since], after: Date.now() - began };
  };
  const first = await next(0, 10000);
  await answer(first);
  await stable(true);
  peer.say({ t: 'media', media: 'up' });
  return { peer, offers, answer, stable, next };
}
const prepare = (context) => context.addInitScript(far);

test('sound: lost sound is sought on a new path at once; what that does not heal in four seconds is begun anew, and again until it is heard', async () => {
  await within('talking', { prepare }, async (h) => {
    await h.in('talking');
    const { peer, offers, answer, stable, next } = await spoken(h);
    const print = ({ sdp }) => /a=fingerprint:(.*)/.exec(sdp)[1];
    same(offers().length, 1);
    peer.say({ t: 'media', media: 'lost' });
    const restart = await next(1, 2000);
    same([restart.media, print(restart) === print(offers()[0])], ['restart', true], 'at once, the same connection');
    await answer(restart);
    await stable(true);
    const anew = await next(2, 6000);
    same([anew.media, print(anew) === print(restart)], ['offer', false], 'then another one');
    holds(anew.after > 2500 && anew.after < 5500, `anew after ${anew.after} ms`);
    const again = await next(3, 6000);
    same(again.media, 'offer', 'and another');
    await answer(again);
    peer.say({ t: 'media', media: 'up' });
    await pause(5000);
    same(offers().length, 4, 'what is healed is left alone');
    same(await h.page.evaluate(() => connections.map((c) => c.connectionState === 'closed')), [true, true, false], 'one connection is left');
  });
});

test('sound: an answer that comes too late, to an offer before the newest, is not taken for an answer to that', async () => {
  await within('talking', { prepare }, async (h) => {
    await h.in('talking');
    const { peer, answer, stable, next } = await spoken(h);
    peer.say({ t: 'media', media: 'lost' });
    const restart = await next(1, 2000);
    const anew = await next(2, 6000);
    same([restart.media, anew.media], ['restart', 'offer']);
    peer.say({ t: 'media', media: 'up' }); // no third
    await answer(restart);
    await pause(1000);
    same(await h.page.evaluate(() => [connections.length, connections.at(-1).signalingState]), [2, 'have-local-offer']);
    await answer(anew);
    await stable(true);
  });
});

/** In the page, before its script: its computer, whose devices a test takes away and puts back. What is open is a true track of the browser's own. */
function computer() {
  const media = navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  const device = (kind, deviceId, label) => ({ kind, deviceId, label, groupId: deviceId });
  const all = [device('audioinput', 'built-in', 'Built-in microphone'), device('audioinput', 'headset', 'Headset'), device('audiooutput', 'loud', 'Loudspeaker')];
  const here = new Set(all.map((d) => d.deviceId));
  let speaks = null;
  globalThis.opened = [];
  media.enumerateDevices = async () => all.filter((d) => here.has(d.deviceId));
  media.getUserMedia = async ({ audio }) => {
    const id = audio.deviceId?.exact ?? 'built-in';
    if (!here.has(id)) throw new DOMException('no such device', 'OverconstrainedError');
    const stream = await open({ audio: true });
    const [track] = stream.getAudioTracks();
    track.getSettings = () => ({ deviceId: id });
    Object.defineProperty(track, 'label', { value: all.find((d) => d.deviceId === id).label });
    globalThis.opened.push(id);
    speaks = { id, track };
    return stream;
  };
  globalThis.plug = (id, is) => {
    here[is ? 'add' : 'delete'](id);
    if (!is && speaks?.id === id) {
      speaks.track.stop();
      speaks.track.dispatchEvent(new Event('ended'));
    }
    media.dispatchEvent(new Event('devicechange'));
  };
}

/** The settings of the sound, opened by name. */
const settings = async ({ page }) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('instellingen');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#s-mic');
};
const listed = (page) => page.$eval('#s-mic', (s) => s.selectedOptions[0]?.label);
const told = (h, what) => h.page.waitForFunction((w) => new RegExp(w).test(document.querySelector('#hint').textContent), what, { timeout: 5000 });

test('sound: a headset that goes is replaced and one that comes back is offered; the list shows what is open, and a choice is measured by it', async () => {
  await within('talking', { prepare: (c) => c.addInitScript(far).then(() => c.addInitScript(computer)), prefs: { mic: 'headset' } }, async (h) => {
    await h.in('talking');
    const { offers } = await spoken(h);
    await settings(h);
    same(await listed(h.page), 'Headset');
    await h.page.evaluate(() => plug('headset', false));
    await told(h, 'Headset weg.*Built-in microphone');
    await h.page.waitForFunction(() => document.querySelector('#s-mic').value === 'built-in', null, { timeout: 5000 });
    await h.page.evaluate(() => plug('headset', true));
    await told(h, 'Headset is er weer');
    await pause(300);
    same([await listed(h.page), await h.page.evaluate(() => opened)], ['Built-in microphone', ['headset', 'built-in']], 'it is not jumped to');
    // Another ear is no reason to open the headset.
    await h.page.selectOption('#s-speaker', 'loud');
    await pause(300);
    same(await h.page.evaluate(() => opened.length), 2);
    await h.page.selectOption('#s-mic', 'headset');
    await told(h, 'Microfoon: Headset');
    same([await listed(h.page), await h.page.evaluate(() => [opened, connections.at(-1).getSenders()[0].track.label])], ['Headset', [['headset', 'built-in', 'headset'], 'Headset']]);
    same(offers().length, 1, 'nothing is negotiated');
    same(h.faults, []);
  });
});

test('sound: a headset that was not there in the morning is told, and offered when it comes; a new connection does not jump to it', async () => {
  await within('talking', { prepare: (c) => c.addInitScript(far).then(() => c.addInitScript(computer)).then(() => c.addInitScript(() => plug('headset', false))), prefs: { mic: 'headset' } }, async (h) => {
    await h.in('talking');
    const { peer, next } = await spoken(h);
    await told(h, 'Headset weg.*Built-in microphone');
    await h.page.evaluate(() => plug('headset', true));
    await told(h, 'Headset is er weer');
    peer.say({ t: 'media', media: 'lost' });
    same([(await next(1, 2000)).media, (await next(2, 6000)).media], ['restart', 'offer']);
    peer.say({ t: 'media', media: 'up' });
    same(await h.page.evaluate(() => opened), ['built-in', 'built-in']);
    await settings(h);
    await h.page.selectOption('#s-mic', 'headset');
    await told(h, 'Microfoon: Headset');
    same(await h.page.evaluate(() => opened.at(-1)), 'headset');
  });
});

test('sound: the meter listens to the microphone that was chosen last', async () => {
  await within('idle', { prepare: (c) => c.addInitScript(far).then(() => c.addInitScript(computer)) }, async (h) => {
    await h.in('idle');
    await spoken(h);
    await settings(h);
    const heard = () => h.page.waitForFunction(() => /We horen je/.test(document.querySelector('.meter').textContent) && document.querySelector('meter').value > 0.06, null, { timeout: 8000 });
    await heard();
    await h.page.selectOption('#s-mic', 'headset');
    await told(h, 'Microfoon: Headset');
    await heard();
  });
});

/** In the page, before its script: a headset and a loudspeaker, and which of them each sound went to; `refused` lets none out. */
function outputs() {
  globalThis.sinks = { ear: [], bell: [] };
  navigator.mediaDevices.enumerateDevices = async () => ['headset', 'loudspeaker'].map((deviceId) => ({ deviceId, kind: 'audiooutput', label: deviceId }));
  const { play } = HTMLMediaElement.prototype;
  const { get } = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state');
  HTMLMediaElement.prototype.setSinkId = async (id) => { sinks.ear.push(id); };
  AudioContext.prototype.setSinkId = async (id) => { sinks.bell.push(id); };
  HTMLMediaElement.prototype.play = function () { return globalThis.refused ? Promise.reject(new DOMException('', 'NotAllowedError')) : play.call(this); };
  Object.defineProperty(BaseAudioContext.prototype, 'state', { get() { return globalThis.refused ? 'suspended' : get.call(this); } });
}

test('sound: the bell rings in the loudspeaker while the conversation is in the headset: each is moved alone', async () => {
  const both = async (context) => { await prepare(context); await context.addInitScript(outputs); };
  await within('talking', { prepare: both }, async (h) => {
    await h.in('talking');
    await spoken(h);
    const last = () => h.page.evaluate(() => [sinks.ear.at(-1), sinks.bell.at(-1)]);
    const rung = async () => {
      const before = await h.page.evaluate(() => sinks.bell.length);
      await h.page.getByRole('button', { name: 'Bel testen' }).click();
      await h.page.waitForFunction((n) => sinks.bell.length > n, before);
    };
    await h.page.click('#top [aria-haspopup=dialog]');
    await h.page.waitForFunction(() => document.querySelectorAll('#s-bell option').length === 3);
    await h.page.selectOption('#s-bell', 'loudspeaker');
    await rung();
    same([(await last())[0] || '', (await last())[1]], ['', 'loudspeaker'], 'the ear stays where it was');
    await h.page.selectOption('#s-speaker', 'headset');
    await h.page.waitForFunction(() => sinks.ear.at(-1) === 'headset');
    await rung();
    same(await last(), ['headset', 'loudspeaker']);
    same(h.faults, []);
  });
});

test('sound: a browser that lets no bell or no voice out is a fault on the screen, with a button that tries again', async () => {
  const both = async (context) => { await prepare(context); await context.addInitScript(outputs); await context.addInitScript(() => (globalThis.refused = true)); };
  for (const [state, words] of [['ringing', 'De bel kan niet rinkelen'], ['talking', 'De browser laat geen geluid horen']]) {
    await within(state, { prepare: both }, async (h) => {
      await h.in(state);
      if (state === 'talking') await spoken(h);
      await h.page.waitForFunction((w) => document.querySelector('.band')?.textContent.includes(w), words);
      await h.page.evaluate(() => (globalThis.refused = false));
      await h.page.locator('.band button').first().click();
      await h.page.waitForFunction(() => !document.querySelector('.band'));
    });
  }
});
