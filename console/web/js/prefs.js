// What a person chose for this desk: looks, keys, devices. Kept by the browser under the person's name.

/** @type {Prefs} */
const DEFAULTS = {
  lang: '', theme: 'auto', density: 'comfort', enter: 'transfer', keys: true, pad: false, motion: true, notify: false, verbosity: 'full', audio: 'browser', phone: '',
  mic: '', speaker: '', bell: '', volume: 0.7,
};

const KEY = 'desk';

/** @returns {Prefs} */
export function read() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return { ...DEFAULTS };
  }
}

/** @param {Prefs} prefs */
export function write(prefs) {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // A browser that keeps nothing still works.
  }
}

/** Puts looks and language on the page. @param {Prefs} prefs */
export function wear({ theme, density, motion, lang }) {
  const { dataset } = document.documentElement;
  if (theme === 'auto') delete dataset.theme;
  else dataset.theme = theme;
  dataset.density = density;
  dataset.motion = motion ? 'on' : 'off';
  document.documentElement.lang = lang || guess();
}

export const guess = () => /** @type {string} */ (navigator.languages?.map((l) => l.slice(0, 2)).find((l) => /nl|fr|de|en/.test(l)) ?? 'nl');
