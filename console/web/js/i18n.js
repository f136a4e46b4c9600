// Words of the desk in the operator's language; numbers and times as its people write them.

export const LANGUAGES = /** @type {const} */ (['nl', 'fr', 'de', 'en']);

/** @type {Record<string, string>} */
let words = {};
let language = 'nl';
let plural = new Intl.PluralRules('nl');

/** @param {string} lang @param {typeof fetch} [get] */
export async function load(lang, get = fetch) {
  const wanted = LANGUAGES.includes(/** @type {any} */ (lang)) ? lang : 'nl';
  const answer = await get(new URL(`../lang/${wanted}.json`, import.meta.url));
  use(wanted, await answer.json());
}

/** @param {string} lang @param {Record<string, string>} catalogue */
export function use(lang, catalogue) {
  language = lang;
  words = catalogue;
  plural = new Intl.PluralRules(lang);
}

export const lang = () => language;
export const has = (/** @type {string} */ key) => key in words || `${key}.other` in words;

/** The sentence of a key; with `n`, in that plural.
 * @param {string} key @param {Record<string, string|number>} [places] @returns {string} */
export function t(key, places) {
  let text = words[key];
  if (places && 'n' in places) text = words[`${key}.${plural.select(Number(places.n))}`] ?? words[`${key}.other`] ?? text;
  if (text === undefined) return key;
  return places ? text.replace(/\{(\w+)\}/g, (all, name) => String(places[name] ?? all)) : text;
}

/** A key as it is printed on the keyboards of the language. @param {string} key */
export const keyName = (key) => key.replace('Alt+Digit0', 'Alt+0').replace('Alt+Digit', 'Alt+1–9').replace('Key', '').replace(/^Digit$/, '1–6').split('+').map((k) => (has(`key.${k}`) ? t(`key.${k}`) : k)).join(' ');

/** An age: 0:07, 1:02:03. @param {number} ms */
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** 14:05, or "di 3 nov., 14:05". @param {number} at @param {number} now */
export function moment(at, now) {
  const date = new Date(at);
  const time = date.toLocaleTimeString(language, { hour: 'numeric', minute: '2-digit', hour12: false });
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.toLocaleDateString(language, { weekday: 'short', day: 'numeric', month: 'short' })}, ${time}`;
}

/** Today, yesterday, "3 nov.". @param {number} at @param {number} now */
export function day(at, now) {
  const midnight = (/** @type {number} */ ms) => new Date(ms).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
  if (days > -2 && days < 2) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day');
  return new Date(at).toLocaleDateString(language, { day: 'numeric', month: 'short' });
}

/** The same where room is short: of another day the day alone. @param {number} at @param {number} now */
export const brief = (at, now) => (new Date(at).toDateString() === new Date(now).toDateString() ? moment : day)(at, now);

/** @param {string} code */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A number as Belgium writes it; an inside number stays as it is.
 * @param {string} number */
export function phone(number) {
  const plain = number.replace(/[^\d+]/g, '');
  if (!/^\+?\d+$/.test(number.replace(/[\s./-]/g, '')) || plain.length < 7) return number;
  const national = plain.startsWith('+32') ? `0${plain.slice(3)}` : plain.startsWith('0032') ? `0${plain.slice(4)}` : plain;
  const pairs = (/** @type {string} */ digits) => digits.replace(/(\d{2})(?=\d)/g, '$1 ');
  if (/^04\d{8}$/.test(national)) return `${national.slice(0, 4)} ${pairs(national.slice(4))}`;
  if (/^0[2349]\d{7}$/.test(national)) return `${national.slice(0, 2)} ${national.slice(2, 5)} ${pairs(national.slice(5))}`;
  if (/^0\d{8}$/.test(national)) return `${national.slice(0, 3)} ${pairs(national.slice(3))}`;
  return national.startsWith('+') ? `${national.slice(0, 3)} ${pairs(national.slice(3))}` : national;
}
