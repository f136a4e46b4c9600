// The line to the server, which comes back by itself, and the orders without an answer.

/** Longest silence of a live line, ms: the server ticks each second. */
const SILENCE = 2500;
/** An older order about a call is not repeated, ms: the world moved on. */
const OLD = 5000;
/** No answer for so long, ms: say so. */
const UNANSWERED = 2000;
const AGES = /^(answer|next|hangup|hold|resume|park|pickup|transfer_blind|take_back|consult_\w+|swap|dial|dtmf)$/;

/** A UUIDv7 (RFC 9562, 5.7). @param {number} now ms */
export function uuid7(now) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) & 255;
  bytes[6] = (/** @type {number} */ (bytes[6]) & 15) | 112;
  bytes[8] = (/** @type {number} */ (bytes[8]) & 63) | 128;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export class Line {
  /** @param {LineDesk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {WebSocket|null} */
    this.socket = null;
    /** @type {Map<string, {msg: Extract<ClientMsg, {t: 'cmd'}>, at: number}>} */
    this.unanswered = new Map();
    this.tries = 0;
    this.heard = 0;
    this.offset = 0;
    this.retry = 0;
    this.stopped = false;
    const wake = () => this.wake();
    addEventListener('online', wake);
    addEventListener('pageshow', wake);
    document.addEventListener('visibilitychange', () => document.hidden || wake());
    setInterval(() => this.watch(), 500);
  }

  open() {
    clearTimeout(this.retry);
    this.close();
    if (this.stopped) return;
    const socket = new WebSocket(new URL('/ws', location.href.replace(/^http/, 'ws')));
    this.socket = socket;
    this.heard = performance.now();
    const began = performance.now();
    socket.onopen = () => this.send(this.desk.hello());
    socket.onmessage = ({ data }) => this.socket === socket && this.hear(JSON.parse(data), began);
    socket.onclose = () => this.socket === socket && this.down();
  }

  close() {
    const old = this.socket;
    this.socket = null;
    old?.close();
  }

  /** @param {ServerMsg} msg @param {number} began */
  hear(msg, began) {
    this.heard = performance.now();
    if (msg.t === 'welcome') {
      this.tries = 0;
      this.desk.delay(Math.round((this.heard - began) / 2));
    }
    if (msg.t === 'welcome' || msg.t === 'tick') this.offset = msg.server_ms - Date.now();
    if (msg.t === 'ack' || msg.t === 'nack') {
      const order = this.unanswered.get(msg.id);
      if (order) this.desk.delay(Math.round(performance.now() - order.at));
      this.unanswered.delete(msg.id);
    }
    this.desk.message(msg);
    if (msg.t === 'welcome') this.again();
    if (msg.t === 'bye') {
      this.stopped = !this.desk.ended(msg.why);
      this.down();
    }
  }

  down() {
    this.close();
    this.desk.link('lost');
    clearTimeout(this.retry);
    if (this.stopped) return;
    // Spread, so that a room of desks does not knock together.
    const wait = this.tries === 0 ? 0 : Math.min(2000, 250 * 2 ** (this.tries - 1)) * (0.5 + Math.random());
    this.tries += 1;
    this.retry = setTimeout(() => this.open(), wait);
  }

  /** The network or the person came back. */
  wake() {
    if (this.stopped || (this.socket && performance.now() - this.heard < SILENCE)) return;
    this.tries = 0;
    this.open();
  }

  watch() {
    const now = performance.now();
    if (this.socket && now - this.heard > SILENCE * (this.socket.readyState === WebSocket.OPEN ? 1 : 2)) this.down();
    for (const [id, { at }] of this.unanswered) {
      if (this.socket?.readyState === WebSocket.OPEN && now - at > UNANSWERED) {
        this.unanswered.delete(id);
        this.desk.dropped(id, 'nack.no_answer');
        this.send({ t: 'look' });
      }
    }
  }

  /** The server does each id once. */
  again() {
    const now = performance.now();
    for (const [id, order] of this.unanswered) {
      if (AGES.test(order.msg.cmd) && now - order.at > OLD) {
        this.unanswered.delete(id);
        this.desk.dropped(id, 'nack.too_old');
      } else {
        this.send(order.msg);
      }
    }
  }

  /** @param {ClientMsg} msg */
  send(msg) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(msg));
    return true;
  }

  /** Sends an order; its id. @param {Command} cmd @param {If} [seen] */
  order(cmd, seen) {
    const now = Date.now();
    const id = uuid7(now);
    const msg = /** @type {Extract<ClientMsg, {t: 'cmd'}>} */ ({ t: 'cmd', id, at_ms: Math.round(now + this.offset), ...(seen && { if: seen }), ...cmd });
    this.unanswered.set(id, { msg, at: performance.now() });
    this.send(msg);
    setTimeout(() => this.unanswered.has(id) && this.desk.slow(id), 150);
    return id;
  }
}
