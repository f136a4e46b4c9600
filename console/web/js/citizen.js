// A citizen's telephone in the browser: calls the central number, hears the menu, presses keys. Demonstration only.
import { html, render } from './view.js';
import { LANGUAGES, clock, load, t, has } from './i18n.js';
import { gathered } from './media.js';
import { guess } from './prefs.js';
import { icon } from './view/parts.js';

const ear = /** @type {HTMLAudioElement} */ (document.getElementById('ear'));
const phone = /** @type {HTMLElement} */ (document.getElementById('phone'));
const polite = /** @type {HTMLElement} */ (document.getElementById('polite'));

const state = { state: /** @type {'idle'|'calling'|'talking'|'ended'} */ ('idle'), why: '', since: 0, typed: '' };
/** @type {WebSocket|null} */
let socket = null;
/** @type {RTCPeerConnection|null} */
let pc = null;
/** @type {MediaStream|null} */
let mic = null;
/** What names the call to a web side that began anew. */
let known = '';
/** Between two tries to reach it, ms. */
const AGAIN = 500;

const busy = () => state.state === 'calling' || state.state === 'talking';

async function call() {
  become('calling');
  try {
    mic = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
  } catch {
    end('denied');
    return;
  }
  const line = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  pc = line;
  for (const track of mic.getAudioTracks()) line.addTransceiver(track, { direction: 'sendrecv' });
  line.ontrack = ({ track }) => {
    ear.srcObject = new MediaStream([track]);
    ear.play().catch(() => {});
  };
  line.onconnectionstatechange = () => {
    if (line === pc && line.connectionState === 'connected') become('talking');
    if (line === pc && line.connectionState === 'failed') end('unavailable');
  };
  await line.setLocalDescription();
  await gathered(line);
  connect(line);
}

/** The socket of a call, the first one or, after its end, the next: the call lives in the exchange, and goes on without. @param {RTCPeerConnection} line */
function connect(line) {
  if (line !== pc) return; // hung up meanwhile
  socket = wire();
  socket.onopen = () => say(known ? { t: 'again', call: known } : { t: 'offer', sdp: line.localDescription?.sdp ?? '' });
  socket.onclose = () => {
    if (line === pc && known) setTimeout(connect, AGAIN, line);
    else if (line === pc) end('unavailable');
  };
  socket.onmessage = ({ data }) => {
    /** @type {Citizen} */
    const msg = JSON.parse(data);
    if (msg.t === 'answer') {
      known = msg.call;
      line.setRemoteDescription({ type: 'answer', sdp: msg.sdp }).catch(() => end('unavailable'));
    }
    if (msg.t === 'ended') end(msg.why);
  };
}

const wire = () => new WebSocket(new URL('/call/ws', location.href.replace(/^http/, 'ws')));

/** Whether it could be said. @param {Citizen} msg */
function say(msg, to = socket) {
  if (to?.readyState !== WebSocket.OPEN) return false;
  to.send(JSON.stringify(msg));
  return true;
}

/** Hangs up at a web side that is not there yet. @param {string} call @param {number} tries */
function later(call, tries) {
  const to = wire();
  to.onopen = () => say({ t: 'again', call }, to) && say({ t: 'hangup' }, to);
  to.onerror = () => tries && setTimeout(later, AGAIN, call, tries - 1);
}

/** @param {string} why */
function end(why) {
  if (!say({ t: 'hangup' }) && known) later(known, 20);
  known = '';
  const old = socket;
  socket = null;
  if (old) old.onclose = null;
  old?.close();
  pc?.close();
  pc = null;
  mic?.getTracks().forEach((track) => track.stop());
  mic = null;
  state.why = has(`citizen.${why}`) ? why : '';
  become('ended');
}

/** @param {'idle'|'calling'|'talking'|'ended'} to */
function become(to) {
  if (state.state === to) return;
  if (to === 'calling') Object.assign(state, { typed: '', why: '' });
  state.state = to;
  state.since = Date.now();
  polite.textContent = words();
  paint();
}

const words = () => t(`citizen.${state.state === 'ended' && state.why ? state.why : state.state}`);

/** One key: by RTP where the browser can, as the exchange hears a telephone; else by the socket. @param {string} digit */
function press(digit) {
  if (state.state !== 'talking') return;
  const tones = pc?.getSenders()[0]?.dtmf;
  if (tones?.canInsertDTMF) tones.insertDTMF(tones.toneBuffer + digit, 120, 60);
  else say({ t: 'digit', digit });
  state.typed = (state.typed + digit).slice(-12);
  paint();
  const key = phone.querySelector(`[data-key="${CSS.escape(digit)}"]`);
  key?.setAttribute('data-down', '');
  setTimeout(() => key?.removeAttribute('data-down'), 150);
}

function paint() {
  const up = busy();
  const [tone, sign] = state.state === 'talking' ? ['free', 'phone'] : state.state === 'calling' ? ['ringing', 'bell'] : state.why ? ['busy', 'alert'] : ['', state.state === 'ended' ? 'check' : 'phone'];
  render(html`<section class="phone" aria-labelledby="title">
    <div><div class="head"><h1 id="title">${t('citizen.title')}</h1>
      <label class="vh" for="lang">${t('settings.lang')}</label><select id="lang" class="pick" .value="${document.documentElement.lang}" @change="${(/** @type {any} */ e) => speak(e.target.value)}">${
        LANGUAGES.map((l) => html`<option value="${l}" lang="${l}">${l.toUpperCase()}</option>`)}</select></div>
      <p class="intro">${t('citizen.intro')}</p></div>
    <div class="display"><p class="state ${tone ?? ''}">${icon(sign ?? 'phone')}<span>${words()}</span></p>
      <p class="time num">${state.state === 'talking' ? clock(Date.now() - state.since) : ''}</p><p class="typed num">${up ? state.typed : ''}</p></div>
    <div class="keys" role="group" aria-label="${t('citizen.keypad')}">${[...'123456789*0#'].map((d) => html`<button type="button" class="key" data-key="${d}"
      aria-disabled="${state.state === 'talking' ? null : 'true'}" @click="${() => press(d)}">${d}</button>`)}</div>
    <button type="button" class="btn go ${up ? 'danger' : 'call'}" @click="${() => (up ? end('') : call())}">${icon(up ? 'hangup' : 'phone')}<span>${t(up ? 'citizen.hangup' : 'citizen.call')}</span></button>
    <p class="foot">${t('citizen.hint')}<br />${t('citizen.demo')}</p></section>`, phone);
}

/** @param {string} lang */
async function speak(lang) {
  document.documentElement.lang = lang;
  await load(lang);
  document.title = t('citizen.title');
  paint();
}

addEventListener('keydown', (e) => {
  const digit = /^[0-9*#]$/.test(e.key) ? e.key : /^(Digit|Numpad)\d$/.test(e.code) && !e.ctrlKey && !e.altKey ? e.code.slice(-1) : '';
  if (digit && !(e.target instanceof HTMLSelectElement)) press(digit);
});
setInterval(() => state.state === 'talking' && paint(), 1000);
await speak(guess());
