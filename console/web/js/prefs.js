// What was chosen for this desk: looks, keys and speech are the person's and stand on the server, devices and the telephone are this
// browser's. It keeps both, so that a page looks as it should before the server has said a word.

/** @type {Prefs} */
const DEFAULTS = {
  lang: '', theme: 'auto', density: 'comfort', enter: 'transfer', keys: true, places: {}, pad: false, motion: true, notify: false, verbosity: 'full', audio: 'browser', phone: '',
  mic: '', speaker: '', bell: '', volume: 0.7,
};

/** What belongs to the computer, whoever works at it. */
const PLACE = ['mic', 'speaker', 'bell', 'volume'];

/** What is the person's, at every computer. @param {Prefs} prefs @returns {Chosen} */
export const chosen = ({ lang, theme, density, enter, keys, places, pad, motion, verbosity }) => ({ lang, theme, density, enter, keys, places, pad, motion, verbosity });

/** @param {string} key */
function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}');
  } catch {
    return {};
  }
}

/** Who was here last: what the page begins with. @type {string} */
let user = kept('user').name ?? '';

/** @returns {Prefs} */
export const read = () => ({ ...DEFAULTS, ...kept('desk'), ...kept(`desk ${user}`) });

/** @param {string} name @returns {Prefs} */
export function of(name) {
  user = name;
  keep('user', { name });
  return read();
}

/** @param {Partial<Prefs>} patch */
export function write(patch) {
  for (const [name, value] of Object.entries(patch)) {
    const key = PLACE.includes(name) ? 'desk' : `desk ${user}`;
    keep(key, { ...kept(key), [name]: value });
  }
}

/** @param {string} key @param {object} what */
function keep(key, what) {
  try {
    localStorage.setItem(key, JSON.stringify(what));
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
