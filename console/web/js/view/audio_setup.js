// Settings: which device talks and which rings, with a test of each; looks, keys, speech.
import { html } from '../view.js';
import { t, keyName, LANGUAGES } from '../i18n.js';
import { PLACES, PRESETS, TABLE, moved, placed } from '../keys.js';
import { frame } from './palette.js';
import { icon } from './parts.js';

/** @param {Desk} desk @param {Sound} sound @param {{mic: string, speaker: string}} used */
export function settings(desk, sound, used) {
  const { prefs, run } = desk;
  const of = (/** @type {string} */ kind) => sound.devices.filter((d) => d.kind === kind && d.deviceId !== 'default' && d.deviceId !== '');
  const choose = (/** @type {string} */ id, /** @type {string} */ label, /** @type {MediaDeviceInfo[]} */ list, /** @type {string} */ value) => html`<div class="field"><label for="${`s-${id}`}">${label}</label>
    <select id="${`s-${id}`}" .value="${value}" @change="${(/** @type {any} */ e) => run('prefs', { [id]: e.target.value })}"><option value="">${t('sound.system')}</option>${
      list.map((d, i) => html`<option value="${d.deviceId}">${d.label || `${label} ${i + 1}`}</option>`)}</select></div>`;
  const option = (/** @type {keyof Prefs} */ id, /** @type {string[]} */ values, /** @type {(v: string) => string} */ label) => html`<div class="field"><label for="${`s-${id}`}">${t(`settings.${id}`)}</label>
    <select id="${`s-${id}`}" .value="${String(id === 'lang' ? document.documentElement.lang : prefs[id])}" @change="${(/** @type {any} */ e) => run('prefs', { [id]: e.target.value })}">${values.map((v) => html`<option value="${v}">${label(v)}</option>`)}</select></div>`;
  const tick = (/** @type {'keys'|'pad'|'motion'|'notify'} */ id) => html`<label class="tick"><input type="checkbox" .checked="${prefs[id]}" @change="${(/** @type {any} */ e) => run('prefs', { [id]: e.target.checked })}" /><span>${t(`settings.${id}`)}</span></label>`;
  const named = (/** @type {string} */ id) => (/** @type {string} */ v) => t(`settings.${id}.${v}`);
  return frame(desk, t('cmd.settings'), html`<div class="columns">
    <section><h3>${t('settings.sound')}</h3><div class="form">
      ${option('audio', ['browser', 'desk', 'mobile'], (v) => t(`audio.${v}`))}
      ${prefs.audio === 'browser' ? html`
        ${choose('mic', t('sound.mic'), of('audioinput'), used.mic)}
        <div class="meter" role="img" aria-label="${t(sound.heard ? 'sound.heard' : 'sound.not_heard')}"><meter min="0" max="1" .value="${sound.level}" aria-hidden="true"></meter><span class="${sound.heard ? 'free' : 'soft'}">${
          icon(sound.heard ? 'check' : 'mic')} ${t(sound.heard ? 'sound.heard' : 'sound.not_heard')}</span></div>
        ${choose('speaker', t('sound.speaker'), of('audiooutput'), used.speaker)}
        <div class="line"><button type="button" class="btn" @click="${() => run('sound_playback')}">${icon('play')}<span>${t(sound.step === 'playback' ? 'sound.recording' : 'sound.playback')}</span></button>
          <button type="button" class="btn" @click="${() => run('sound_path')}">${icon('headset')}<span>${t(sound.step === 'echo' ? 'sound.echo' : 'sound.path')}</span></button></div>
        ${sound.quality ? html`<p class="say">${t(grade(sound.quality))} <span class="soft num">${t('sound.figures', { delay: sound.quality.delay, loss: sound.quality.loss, jitter: sound.quality.jitter })}</span></p>` : ''}`
        : html`<div class="field"><label for="s-phone">${t('settings.phone')}</label><input id="s-phone" class="input" type="text" autocomplete="off" .value="${prefs.phone}" @change="${(/** @type {any} */ e) => run('prefs', { phone: e.target.value })}" /></div>`}
      ${choose('bell', t('sound.bell'), of('audiooutput'), prefs.bell)}
      <div class="line"><div class="field grow"><label for="s-volume">${t('sound.volume')}</label><input id="s-volume" type="range" min="0" max="1" step="0.05" .value="${String(prefs.volume)}" @change="${(/** @type {any} */ e) => run('prefs', { volume: Number(e.target.value) })}" /></div>
        <button type="button" class="btn" @click="${() => run('sound_ring')}">${icon('bell')}<span>${t('sound.ring')}</span></button></div></div></section>
    <section><h3>${t('settings.looks')}</h3><div class="form">
      ${option('lang', [...LANGUAGES], (v) => t(`settings.lang.${v}`))}
      ${option('theme', ['auto', 'light', 'dark'], named('theme'))}
      ${option('density', ['compact', 'comfort', 'large'], named('density'))}
      ${option('enter', ['transfer', 'consult'], named('enter'))}
      ${option('verbosity', ['full', 'short', 'asked'], named('verbosity'))}
      ${keys(desk)}${tick('keys')}${tick('pad')}${tick('motion')}${tick('notify')}</div></section></div>`, 'settings');
}

/** Which key does what: as another house has it, or each command's own. @param {Desk} desk */
function keys({ prefs, run }) {
  const now = Object.keys(PRESETS).find((p) => PLACES.every((line) => (PRESETS[p]?.[line] ?? line) === placed(line))) ?? 'own';
  return html`<div class="field"><label for="s-places">${t('settings.places')}</label>
    <select id="s-places" .value="${now}" @change="${(/** @type {any} */ e) => run('prefs', { places: PRESETS[e.target.value] ?? prefs.places })}">${
      [...Object.keys(PRESETS), 'own'].map((p) => html`<option value="${p}">${t(`settings.places.${p}`)}</option>`)}</select></div>
    <details><summary>${t('settings.places_each')}</summary>${PLACES.flatMap((line) => {
      const command = TABLE[line]?.[2] ?? TABLE[line]?.[0];
      return command ? [html`<div class="field"><label for="${`k-${line}`}">${t(`cmd.${command}`)}</label><select id="${`k-${line}`}" .value="${placed(line)}"
        @change="${(/** @type {any} */ e) => run('prefs', { places: moved(line, e.target.value) })}">${PLACES.map((key) => html`<option value="${key}">${keyName(key)}</option>`)}</select></div>`] : [];
    })}</details>`;
}

/** @param {Quality} q */
const grade = (q) => (q.received === 0 ? 'sound.path_none' : !q.back ? 'sound.path_back' : q.loss > 3 || q.delay > 300 || q.jitter > 40 ? 'sound.path_bad' : 'sound.path_good');
