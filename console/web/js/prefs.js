// What a person chose for this desk: looks, keys, devices. Kept by the browser under the person's name.

/** @typedef {typeof DEFAULTS} Prefs */
const DEFAULTS = {
  lang: '', theme: /** @type {'auto'|'light'|'dark'} */ ('auto'), density: /** @type {'compact'|'comfort'|'large'} */ ('comfort'),
  enter: /** @type {'transfer'|'consult'} */ ('transfer'), keys: true, pad: false, motion: true, notify: false,
  verbosity: /** @type {'full'|'short'|'asked'} */ ('full'), audio: /** @type {'browser'|'desk'|'mobile'} */ ('browser'), phone: '',
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
    // A browser that keeps nothing still works; the choice lasts as long as the page.
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

/** The language of the browser when nobody chose one. */
export const guess = () => /** @type {string} */ (navigator.languages?.map((l) => l.slice(0, 2)).find((l) => /nl|fr|de|en/.test(l)) ?? 'nl');
