// The bell, on the device chosen for ringing. It rings because the state says so: it cannot go on after somebody else answered.

/** One second of sound, two of rest. */
const CHIME = [[0, 659.3], [0.18, 880], [0.5, 659.3], [0.68, 880]];
const PERIOD = 3;

export class Ring {
  /** @param {(blocked: boolean) => void} blocked the browser lets no sound out */
  constructor(blocked) {
    this.blocked = blocked;
    /** @type {AudioContext|null} */
    this.context = null;
    this.device = '';
    this.volume = 0.7;
    this.timer = 0;
    this.on = false;
    /** @type {GainNode|null} */
    this.gain = null;
  }

  async ready() {
    if (!this.context) {
      this.context = new AudioContext();
      this.gain = this.context.createGain();
      this.gain.connect(this.context.destination);
    }
    if (this.gain) this.gain.gain.value = this.volume;
    // A promise that never settles is a refusal too.
    await Promise.race([this.context.resume().catch(() => {}), new Promise((done) => setTimeout(done, 1500))]);
    await /** @type {any} */ (this.context).setSinkId?.(this.device).catch(() => {});
    this.blocked(this.context.state !== 'running');
    return this.context.state === 'running';
  }

  /** @param {boolean} on */
  set(on) {
    if (on === this.on) return;
    this.on = on;
    clearInterval(this.timer);
    if (!on) {
      this.hush();
      return;
    }
    const again = () => this.chime();
    this.timer = setInterval(again, PERIOD * 1000);
    again();
  }

  /** Once. @param {number} [pitch] */
  async chime(pitch = 1) {
    const wanted = this.on;
    if (!(await this.ready()) || (wanted && !this.on)) return;
    for (const [at, hertz] of CHIME) this.tone(/** @type {number} */ (at), /** @type {number} */ (hertz) * pitch);
  }

  /** @param {number} at @param {number} hertz */
  tone(at, hertz) {
    const { context, gain } = this;
    if (!context || !gain) return;
    const from = context.currentTime + at;
    const tone = context.createOscillator();
    const shape = context.createGain();
    tone.type = 'sine';
    tone.frequency.value = hertz;
    shape.gain.setValueAtTime(0, from);
    shape.gain.linearRampToValueAtTime(0.5, from + 0.01);
    shape.gain.exponentialRampToValueAtTime(0.001, from + 0.45);
    tone.connect(shape).connect(gain);
    tone.start(from);
    tone.stop(from + 0.5);
  }

  /** Silences also tones already planned. */
  hush() {
    if (!this.context || !this.gain) return;
    this.gain.disconnect();
    this.gain = this.context.createGain();
    this.gain.gain.value = this.volume;
    this.gain.connect(this.context.destination);
  }
}
