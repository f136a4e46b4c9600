// Speaks to screen readers: short, rarely, and never what is no longer true.

/** Between two assertive sentences, ms: screen readers say them all. */
const GAP = 1500;

export class Announcer {
  /** @param {{polite: Element, assertive: Element, now?: () => number}} regions */
  constructor({ polite, assertive, now = () => performance.now() }) {
    this.regions = { polite, assertive };
    this.now = now;
    /** @type {'full'|'short'|'asked'} */
    this.verbosity = 'full';
    this.last = -GAP;
    /** @type {{text: string, still: () => boolean}|null} */
    this.next = null;
    this.timer = 0;
    /** @type {string[]} */
    this.log = [];
  }

  /** @param {string} text @param {{polite?: boolean, still?: () => boolean, asked?: boolean}} [how] */
  say(text, { polite = false, still = () => true, asked = false } = {}) {
    if (!text || (this.verbosity === 'asked' && !asked) || (this.verbosity === 'short' && polite && !asked)) return;
    if (polite) {
      this.speak('polite', text);
      return;
    }
    this.next = { text, still };
    const wait = this.last + GAP - this.now();
    clearTimeout(this.timer);
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  flush() {
    const next = this.next;
    this.next = null;
    if (!next?.still()) return;
    this.last = this.now();
    this.speak('assertive', next.text);
  }

  /** @param {'polite'|'assertive'} how @param {string} text */
  speak(how, text) {
    this.log.push(text);
    if (this.log.length > 100) this.log.shift();
    const region = this.regions[how];
    const page = /** @type {any} */ (document);
    if (typeof page.ariaNotify === 'function') {
      page.ariaNotify(text, { priority: how === 'assertive' ? 'high' : 'normal' });
      return;
    }
    region.textContent = '';
    requestAnimationFrame(() => (region.textContent = text));
  }
}
