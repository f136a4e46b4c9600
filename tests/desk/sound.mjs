// G.711 A-law (ITU-T G.711), pure tones, and an ear that says whose tone it hears (Goertzel).

export const RATE = 8000;
/** Everybody's own tone, Hz: multiples of 10, so that a window of 100 ms holds whole waves, and between the notes of the waiting music. */
export const TONES = { reception1: 1210, reception2: 1440, reception3: 1710, citizen: 1060, citizen2: 1330, citizen3: 1570, phone: 1840, phone2: 2050, outside: 1930 };
/** Softer than this, of full scale, is silence. */
const SILENT = 0.004;
/** A window of the ear, ms. */
export const WINDOW = 100;

export const DECODE = Int16Array.from({ length: 256 }, (_, octet) => {
  const a = octet ^ 0x55, segment = (a >> 4) & 7;
  let value = ((a & 15) << 4) + 8;
  if (segment) value = (value + 256) << (segment - 1);
  return a & 0x80 ? value : -value;
});
/** The octet whose value is nearest, for each sample. */
const ENCODE = new Uint8Array(65536);
{
  const order = [...DECODE.keys()].sort((a, b) => DECODE[a] - DECODE[b]);
  let at = 0;
  for (let sample = -32768; sample < 32768; sample += 1) {
    while (at < 255 && Math.abs(DECODE[order[at + 1]] - sample) <= Math.abs(DECODE[order[at]] - sample)) at += 1;
    ENCODE[sample + 32768] = order[at];
  }
}

/** An endless tone in packets of 20 ms. `loud` is its amplitude, of full scale; 0 is silence. */
export class Tone {
  constructor(hertz, loud = 0.25) {
    Object.assign(this, { hertz, loud, at: 0 });
  }
  packet(length = RATE / 50) {
    const out = Buffer.alloc(length);
    for (let i = 0; i < length; i += 1) out[i] = ENCODE[32768 + Math.round(32767 * this.loud * Math.sin((2 * Math.PI * this.hertz * this.at++) / RATE))];
    return out;
  }
}

/** A mono WAV file of 16 bits with a tone, as Chromium’s invented microphone reads it: long, for its beginning anew can be heard. */
export function wav(hertz, seconds = 60, rate = 48000, loud = 0.3) {
  const samples = seconds * rate, file = Buffer.alloc(44 + 2 * samples);
  file.write('RIFF', 0); file.writeUInt32LE(36 + 2 * samples, 4); file.write('WAVEfmt ', 8); file.writeUInt32LE(16, 16); file.writeUInt16LE(1, 20); file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24); file.writeUInt32LE(2 * rate, 28); file.writeUInt16LE(2, 32); file.writeUInt16LE(16, 34); file.write('data', 36); file.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i += 1) file.writeInt16LE(Math.round(32767 * loud * Math.sin((2 * Math.PI * hertz * i) / rate)), 44 + 2 * i);
  return file;
}

/** How much of these samples (−1 to 1) is this frequency, 0 to 1, and how loud they are. */
export function share(samples, hertz, rate = RATE) {
  const k = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let a = 0, b = 0, power = 0;
  for (const x of samples) {
    const c = x + k * a - b;
    b = a;
    a = c;
    power += x * x;
  }
  return power ? (2 * (a * a + b * b - k * a * b)) / (samples.length * power) : 0;
}
export const level = (samples) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / (samples.length || 1));

/** Who is heard in these samples: names of TONES, or `sound` (music, words), or `silence`. */
export function who(samples, rate = RATE) {
  const loud = level(samples);
  if (loud < SILENT) return ['silence'];
  const heard = Object.entries(TONES).map(([name, hertz]) => [name, share(samples, hertz, rate)]).filter(([, s]) => s > 0.2).sort((x, y) => y[1] - x[1]);
  const together = heard.reduce((sum, [, s]) => sum + s, 0);
  return together > 0.6 ? heard.map(([name]) => name) : ['sound'];
}

/** What somebody heard, window by window, and questions to it. A subclass or owner pushes `{at, who}` in order of time. */
export class Hearing {
  constructor() {
    this.windows = [];
  }
  /** All windows that begin in the time from `since` to `until`. */
  between(since = 0, until = Date.now()) {
    return this.windows.filter((w) => w.at >= since && w.at < until);
  }
  last() {
    return this.windows.at(-1)?.who ?? ['nothing'];
  }
  /** Waits until `name` alone, or `a+b` together and nobody else, is heard in `n` windows after each other that began after `since`; the moment of the first. */
  async hears(name, { ms = 8000, since = Date.now() - 2 * WINDOW, n = 2 } = {}) {
    const wanted = name.split('+').sort().join();
    const end = Date.now() + ms;
    for (;;) {
      let run = 0, first = 0;
      for (const w of this.between(since)) {
        if ([...w.who].sort().join() === wanted) {
          if (!run) first = w.at;
          run += 1;
          if (run >= n) return first;
        } else run = 0;
      }
      if (Date.now() > end) throw new Error(`${name} not heard within ${ms} ms; heard ${this.told(since)}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }
  /** Was this voice heard all the time, and nobody else? On a busy machine a window in twenty may hold a seam of the decoder (`sound`) or no packet; never three
   * together, which is what music or silence would be, and never somebody else's tone. */
  whole(name, since, until = Date.now()) {
    const windows = this.between(since, until);
    const odd = windows.map((w) => !(w.who.length === 1 && w.who[0] === name));
    const other = windows.some((w) => w.who.some((n) => n !== name && n in TONES));
    return windows.length > 0 && !other && odd.filter(Boolean).length <= Math.max(1, windows.length / 20) && !odd.some((o, i) => o && odd[i + 1] && odd[i + 2]);
  }
  /** The longest time, ms, in which nothing or silence was heard. */
  gap(since, until = Date.now()) {
    let longest = 0, from = null;
    for (const w of this.between(since, until)) {
      if (w.who[0] === 'silence' || w.who[0] === 'nothing') {
        from ??= w.at;
        longest = Math.max(longest, w.at + WINDOW - from);
      } else from = null;
    }
    return longest;
  }
  /** Everybody who was heard in the time, with how many windows. */
  heard(since, until = Date.now()) {
    const all = {};
    for (const w of this.between(since, until)) for (const name of w.who) all[name] = (all[name] ?? 0) + 1;
    return all;
  }
  /** The story as a line: who, for how many tenths of a second. */
  told(since, until = Date.now()) {
    const runs = [];
    for (const w of this.between(since, until)) {
      const name = w.who.join('+');
      if (runs.at(-1)?.[0] === name) runs.at(-1)[1] += 1;
      else runs.push([name, 1]);
    }
    return runs.map(([name, n]) => `${name} ${(n * WINDOW) / 1000} s`).join(', ') || 'nothing';
  }
}

/** The ear of a telephone: packets of A-law, looked at each 100 ms. What did not come is `nothing`. */
export class Ear extends Hearing {
  constructor() {
    super();
    this.parts = [];
    this.packets = []; // arrival of each, for questions finer than a window
    this.timer = setInterval(() => this.look(), WINDOW);
    this.next = Date.now();
  }
  take(octets) {
    const samples = Float32Array.from(octets, (o) => DECODE[o] / 32768);
    this.parts.push(samples);
    this.packets.push({ at: Date.now(), samples });
    if (this.packets.length > 3000) this.packets.splice(0, 1000);
  }
  look() {
    // A process that stood still finds its packets in the socket, after this: they are read first.
    this.late = !this.late && Date.now() > this.next + 2 * WINDOW;
    if (this.late) return void setTimeout(() => this.look(), 5);
    const now = Date.now();
    const samples = new Float32Array(this.parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of this.parts) { samples.set(p, at); at += p.length; }
    this.parts = [];
    // A busy machine looks late: the time since is told as so many windows.
    const heard = samples.length < 160 ? ['nothing'] : who(samples);
    for (; this.next + WINDOW <= now; this.next += WINDOW) this.windows.push({ at: this.next, who: heard });
  }
  /** When the first packet with this tone alone came after `since`, ms since 1970; undefined when none did. */
  first(name, since) {
    return this.packets.find((p) => p.at >= since && level(p.samples) > SILENT && share(p.samples, TONES[name]) > 0.6)?.at;
  }
  close() {
    clearInterval(this.timer);
  }
}
