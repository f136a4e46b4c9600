// Telephones: a desk phone that registers with the demo town, and a citizen who comes in over the operator's trunk.
import dgram from 'node:dgram';
import { Agent, credentials, header, nameOf, quote, tagOf, token, uriOf, userOf, write } from './sip.mjs';
import { Ear, Tone, TONES } from './sound.mjs';

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
/** Waits until `what` gives something true, and returns that. */
export async function until(what, { ms = 10000, why = 'it', step = 10 } = {}) {
  const end = Date.now() + ms;
  for (;;) {
    const is = await what();
    if (is) return is;
    if (Date.now() > end) throw new Error(`${typeof why === 'function' ? await why() : why} did not happen within ${ms} ms`);
    await pause(step);
  }
}

const KEYS = '0123456789*#';
const FRAME = 160; // samples of 20 ms
const talking = new Set();
let beat, due = 0;
/** All telephones speak on one beat; a machine that was late catches up, at most ten packets. */
function march() {
  due ||= performance.now();
  beat ??= setInterval(() => {
    const now = performance.now();
    if (now - due > 200) due = now - 200;
    for (; due <= now; due += 20) for (const sound of talking) sound.speak();
  }, 10);
}

/** One call's RTP (RFC 3550) with telephone-event (RFC 4733). */
class Sound {
  constructor(address, tone, loud) {
    this.socket = dgram.createSocket('udp4');
    this.tone = new Tone(tone, loud);
    this.ear = new Ear();
    this.keys = [];
    this.seq = Math.floor(Math.random() * 30000);
    this.stamp = Math.floor(Math.random() * 1e9);
    this.ssrc = Math.floor(Math.random() * 2 ** 32);
    this.queue = [];
    this.address = address;
    this.sends = true;
    this.socket.on('message', (data) => this.hear(data));
    this.socket.on('error', () => {});
  }
  async open() {
    await new Promise((done) => this.socket.bind(0, this.address, done));
    this.socket.setRecvBufferSize(1 << 19);
    this.port = this.socket.address().port;
    return this;
  }
  to(sdp) {
    const media = /m=audio (\d+) \S+ ([\d ]+)/.exec(sdp);
    if (!media) return;
    this.peer = { port: Number(media[1]), address: /c=IN IP4 (\S+)/.exec(sdp.slice(media.index))?.[1] ?? /c=IN IP4 (\S+)/.exec(sdp)?.[1] };
    this.event = Number(/a=rtpmap:(\d+) telephone-event\/8000/i.exec(sdp)?.[1] ?? 101);
    this.direction = /a=(sendonly|recvonly|inactive)/.exec(sdp)?.[1] ?? 'sendrecv';
    talking.add(this);
    march();
  }
  speak() {
    if (!this.peer || this.closed) return;
    const next = this.queue.shift();
    if (!next && !this.sends) return void (this.stamp += FRAME);
    if (next) this.packet(this.event, next.payload, next.stamp ?? (next.begins.stamp = this.stamp), next.marker);
    else this.packet(8, this.tone.packet(), this.stamp, false);
    this.stamp += FRAME;
  }
  packet(type, payload, stamp, marker) {
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = type | (marker ? 0x80 : 0);
    head.writeUInt16BE(this.seq = (this.seq + 1) & 0xffff, 2);
    head.writeUInt32BE(stamp >>> 0, 4);
    head.writeUInt32BE(this.ssrc, 8);
    this.socket.send(Buffer.concat([head, payload]), this.peer.port, this.peer.address);
  }
  /** One key, 120 ms long: six packets and the end three times, all with the stamp of its beginning. */
  press(key) {
    const begins = {};
    for (let i = 1; i <= 9; i += 1) {
      const payload = Buffer.from([KEYS.indexOf(key), (i > 6 ? 0x80 : 0) | 10, 0, 0]);
      payload.writeUInt16BE(Math.min(i, 7) * FRAME, 2);
      this.queue.push({ payload, begins, marker: i === 1, get stamp() { return begins.stamp; } });
    }
  }
  hear(data) {
    if (data.length < 12 || data[0] >> 6 !== 2) return;
    const type = data[1] & 127, payload = data.subarray(12 + 4 * (data[0] & 15));
    if (type === 8) {
      const seq = data.readUInt16BE(2);
      if (this.heardSeq !== undefined && this.heardSsrc === data.readUInt32BE(8)) this.lost = (this.lost ?? 0) + (((seq - this.heardSeq - 1) << 16) >> 16);
      Object.assign(this, { heardSeq: seq, heardSsrc: data.readUInt32BE(8) });
      this.ear.take(payload);
    }
    else if (type === this.event && payload.length >= 4) {
      const stamp = data.readUInt32BE(4);
      if (this.lastKey !== stamp) this.keys.push(KEYS[payload[0]]);
      this.lastKey = stamp;
    }
  }
  close() {
    if (this.closed) return;
    this.closed = true;
    talking.delete(this);
    this.ear.close();
    this.socket.close();
    if (!talking.size) { clearInterval(beat); beat = undefined; due = 0; }
  }
}

/** One call as one end sees it. */
export class Call {
  constructor(agent, sound) {
    Object.assign(this, { agent, sound, callId: `${token()}@${agent.address}`, mine: token(), cseq: Math.floor(Math.random() * 1000) + 1, state: 'new', shown: [], routes: [], began: Date.now(), version: 1 });
    this.over = new Promise((done) => (this.end = (why) => {
      if (this.state === 'over') return;
      this.state = 'over';
      this.why = why;
      this.overAt = Date.now();
      sound.close();
      done(why);
    }));
  }
  get ear() { return this.sound.ear; }
  get keys() { return this.sound.keys; }
  sdp(direction = 'sendrecv') {
    return `v=0\r\no=- 1 ${this.version++} IN IP4 ${this.agent.address}\r\ns=-\r\nc=IN IP4 ${this.agent.address}\r\nt=0 0\r\nm=audio ${this.sound.port} RTP/AVP 8 101\r\n` +
      `a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=${direction}\r\n`;
  }
  /** Whom the telephone's display shows: P-Asserted-Identity before From (RFC 3325). */
  show(message) {
    const value = header(message, 'p-asserted-identity') || header(message, 'from');
    const is = { at: Date.now(), name: nameOf(value), number: userOf(value) };
    if (is.number && (this.shown.at(-1)?.name !== is.name || this.shown.at(-1)?.number !== is.number)) this.shown.push(is);
  }
  get display() { return this.shown.at(-1) ?? { name: '', number: '' }; }
  get contact() { return `sip:${this.user}@${this.agent.here}`; }
  make(method, more = {}) {
    return write({ method, uri: this.target, via: this.agent.here, from: `${this.local}`, to: this.remote, callId: this.callId, cseq: ++this.cseq, contact: this.contact, routes: this.routes, ...more });
  }
  learn(message, { answered = false } = {}) {
    if (message.headers.contact) this.target = uriOf(header(message, 'contact'));
    if (answered) this.remote = header(message, 'to');
    if (/m=audio/.test(message.body)) this.sound.to(message.body);
  }

  // --- as the caller ---
  async invite(headers, authorise) {
    let message = this.make('INVITE', { uri: this.first, headers, body: this.sdp() });
    this.state = 'calling';
    const early = (answer) => {
      this.answers = [...(this.answers ?? []), answer.status];
      if (answer.status === 180) this.state = 'ringing';
      if (answer.body) this.learn(answer);
      if (this.cancelled === 'wanted') this.cancel();
      else this.invited = message;
    };
    this.invited = message;
    let answer = await this.agent.request(message, { early, ms: 180000 });
    if ([401, 407].includes(answer.status) && authorise) {
      const name = answer.status === 401 ? 'Authorization' : 'Proxy-Authorization';
      const challenges = answer.headers[answer.status === 401 ? 'www-authenticate' : 'proxy-authenticate'];
      message = this.make('INVITE', { uri: this.first, headers: { ...headers, [name]: authorise(challenges, this.first) }, body: this.sdp() });
      this.invited = message;
      answer = await this.agent.request(message, { early, ms: 180000 });
    }
    if (answer.status >= 300) {
      this.end(answer.status);
      return this;
    }
    this.routes = [...(answer.headers['record-route'] ?? [])].reverse();
    this.learn(answer, { answered: true });
    this.acknowledge(this.cseq);
    this.state = 'talking';
    this.answeredAt = Date.now();
    this.agent.clients.set(`${message.branch} INVITE`, () => this.acknowledge(this.cseqInvite)); // a 200 that comes again
    this.cseqInvite = this.cseq;
    return this;
  }
  acknowledge(cseq) {
    this.agent.send(write({ method: 'ACK', uri: this.target, via: this.agent.here, from: this.local, to: this.remote, callId: this.callId, cseq, routes: this.routes }).text);
  }
  cancel() {
    if (!this.answers?.length) return void (this.cancelled = 'wanted');
    this.cancelled = 'said';
    const { text, branch } = this.invited;
    const line = (name) => new RegExp(`^${name}: .*`, 'mi').exec(text)[0].trim();
    const cancel = [`CANCEL ${this.first} SIP/2.0`, line('Via'), 'Max-Forwards: 70', line('From'), line('To'), line('Call-ID'), line('CSeq').replace('INVITE', 'CANCEL'), 'Content-Length: 0'].join('\r\n');
    this.agent.request({ method: 'CANCEL', branch, text: `${cancel}\r\n\r\n` }).catch(() => {});
  }

  // --- as the called ---
  incoming(message, reply) {
    Object.assign(this, {
      reply, callId: header(message, 'call-id'), remote: header(message, 'from'), mine: reply.tag, local: `${header(message, 'to')};tag=${reply.tag}`, routes: message.headers['record-route'] ?? [],
      state: 'ringing', offer: message, asked: Date.now(),
    });
    this.learn(message);
    this.sound.peer = undefined;
    this.show(message);
  }
  ring() {
    this.reply(180, { Contact: `<${this.contact}>` });
  }
  answer() {
    if (this.state !== 'ringing') return this;
    this.state = 'talking';
    this.answeredAt = Date.now();
    this.sound.to(this.offer.body);
    this.reply(200, { Contact: `<${this.contact}>`, Allow: ALLOW }, this.sdp());
    return this;
  }
  refuse(status = 486) {
    this.reply(status);
    this.end(status);
  }

  // --- both ---
  press(keys) {
    for (const key of keys) this.sound.press(key);
    return this;
  }
  async hangUp() {
    if (this.state === 'over') return;
    if (this.state === 'calling' || (this.state === 'ringing' && !this.reply)) {
      this.cancel();
      await this.over;
      return;
    }
    if (this.state === 'ringing') return void this.refuse(486);
    const bye = this.make('BYE');
    this.end('mine');
    await this.agent.request(bye).catch(() => {});
  }
  /** Hold by re-INVITE (RFC 3264 8.4), and back. */
  async hold(on = true) {
    const answer = await this.agent.request(this.make('INVITE', { body: this.sdp(on ? 'sendonly' : 'sendrecv') }));
    if (answer.status < 300) {
      this.acknowledge(this.cseq);
      if (/m=audio/.test(answer.body)) this.sound.to(answer.body);
    }
    return answer.status;
  }
  /** A request of the other side within this call. */
  asked_(message, reply) {
    switch (message.method) {
      case 'ACK':
        if (/m=audio/.test(message.body)) this.sound.to(message.body);
        this.agent.acknowledged(this.reply?.transaction);
        return;
      case 'BYE':
        reply(200);
        this.reason = header(message, 'reason');
        return this.end('theirs');
      case 'CANCEL':
        reply(200);
        if (this.state !== 'ringing') return;
        this.reply(487);
        return this.end('cancelled');
      case 'INVITE':
      case 'UPDATE':
        this.show(message);
        this.learn(message);
        return reply(200, { Contact: `<${this.contact}>`, Allow: ALLOW }, message.method === 'INVITE' || /m=audio/.test(message.body) ? this.sdp(ANSWER[this.sound.direction] ?? 'sendrecv') : '');
      default:
        return reply(['INFO', 'OPTIONS', 'NOTIFY'].includes(message.method) ? 200 : 501);
    }
  }
}
const ALLOW = 'INVITE, ACK, BYE, CANCEL, UPDATE, OPTIONS, INFO, NOTIFY';
const ANSWER = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' };

/** A telephone of any kind: one address, several calls. `comes` is told of each incoming call. */
class Telephone {
  constructor(town, { tone = 'phone', loud } = {}) {
    this.town = town;
    this.tone = TONES[tone];
    this.loud = loud;
    this.calls = [];
    this.agent = new Agent(town.sip, (message, reply) => this.hear(message, reply));
  }
  async hear(message, reply) {
    const id = header(message, 'call-id');
    const known = this.calls.find((c) => c.callId === id && c.state !== 'over');
    if (known) return known.asked_(message, reply);
    if (message.method === 'ACK') return;
    if (message.method !== 'INVITE' || tagOf(header(message, 'to'))) return reply(message.method === 'OPTIONS' || message.method === 'NOTIFY' ? 200 : 481);
    reply(100);
    const call = new Call(this.agent, new Sound(this.agent.address, this.tone, this.loud));
    call.user = this.user;
    call.incoming(message, reply);
    this.calls.push(call);
    await call.sound.open();
    if (call.state === 'ringing') this.comes?.(call);
  }
  /** The next incoming call that rings here since `since`. */
  rings({ ms = 15000, since = 0 } = {}) {
    return until(() => this.calls.find((c) => c.offer && c.state === 'ringing' && c.asked >= since && c.sound.port), { ms, why: () => `a call at ${this.user}; ${this.agent.said.slice(-8).join(' / ')}` });
  }
  async place(to, { headers = {}, from, authorise } = {}) {
    const call = new Call(this.agent, await new Sound(this.agent.address, this.tone, this.loud).open());
    const { address, port } = this.town.sip;
    Object.assign(call, { user: this.user, first: `sip:${to}@${address}:${port}`, target: `sip:${to}@${address}:${port}`, local: `${from ?? `<sip:${this.user}@${address}:${port}>`};tag=${call.mine}`, remote: `<sip:${to}@${address}:${port}>` });
    this.calls.push(call);
    call.done = call.invite(headers, authorise);
    call.done.catch(() => call.end('unanswered'));
    return call;
  }
  async close() {
    await Promise.all(this.calls.map((c) => c.hangUp().catch(() => {})));
    for (const c of this.calls) c.end('closed');
    this.agent.close();
  }
}

/** A desk phone. `does` is what it does when called: `answer`, `ring` (rings until told otherwise), `busy`, `refuse`, `deaf` (no answer at all). */
export class Phone extends Telephone {
  static async at(town, user, { does = 'ring', like = Number(user) >= 2109 ? 'MD5' : 'SHA-256', register = true, ...how } = {}) {
    const phone = new Phone(town, how);
    Object.assign(phone, { user, does, like, password: `demo-${user}` });
    phone.comes = (call) => {
      if (phone.does === 'deaf') return;
      if (phone.does === 'busy') return call.refuse(486);
      if (phone.does === 'refuse') return call.refuse(603);
      call.ring();
      if (phone.does === 'answer') setTimeout(() => call.answer(), phone.after ?? 50);
    };
    await phone.agent.bind('127.0.0.1');
    if (register) await phone.register();
    return phone;
  }
  async register(expires = 600) {
    const { address, port } = this.town.sip;
    const uri = `sip:${address}:${port}`, who = `<sip:${this.user}@${address}:${port}>`;
    this.registration ??= { callId: token(), cseq: 0 };
    const make = (headers = {}) => write({ method: 'REGISTER', uri, via: this.agent.here, from: `${who};tag=${token()}`, to: who, callId: this.registration.callId, cseq: ++this.registration.cseq, contact: `sip:${this.user}@${this.agent.here}`, headers: { Expires: expires, ...headers } });
    let answer = await this.agent.request(make());
    if (answer.status === 401) answer = await this.agent.request(make({ Authorization: credentials({ challenges: answer.headers['www-authenticate'], method: 'REGISTER', uri, user: this.user, password: this.password, like: this.like }) }));
    if (answer.status !== 200) throw new Error(`${this.user} is not registered: ${answer.status} ${answer.reason}`);
  }
  /** Goes, and takes its registration with it: the next one of this account comes from another port. */
  async close() {
    await Promise.all(this.calls.map((c) => c.hangUp().catch(() => {})));
    if (this.registration) await this.register(0).catch(() => {});
    await super.close();
  }
  call(to) {
    return this.place(to, { authorise: (challenges, uri) => credentials({ challenges, method: 'INVITE', uri, user: this.user, password: this.password, like: this.like }) });
  }
}

/** A citizen somewhere outside: an address of the operator's. */
export class Citizen extends Telephone {
  static async calls(town, { number = '+32470123456', name = '', tone = 'citizen', to = town.reception, address = '127.0.0.3', raw, ...how } = {}) {
    const citizen = new Citizen(town, { tone, ...how });
    citizen.user = number;
    await citizen.agent.bind(address);
    citizen.call = await citizen.place(to, { from: `${raw ?? quote(name)}<sip:${number}@${address}>` });
    return citizen;
  }
  get ear() { return this.call.ear; }
  /** Waits for the answer of the exchange. */
  async answered(ms = 10000) {
    await until(() => ['talking', 'over'].includes(this.call.state), { ms, why: () => `an answer; ${this.agent.said.join(' / ')}` });
    if (this.call.state === 'over') throw new Error(`the call was refused: ${this.call.why}`);
    return this;
  }
  /** Chooses in the menu, each key once its question is asked. */
  async chooses(keys, between = 400) {
    await this.answered();
    for (const key of keys) {
      await pause(between);
      this.call.press(key);
    }
    return this;
  }
  hangUp() { return this.call.hangUp(); }
}

/** The operator's side of the trunk: whoever the town calls outside. It has the one address that the town knows. */
export class Outside extends Telephone {
  static async open(town, how = {}) {
    const outside = new Outside(town, { tone: 'outside', ...how });
    outside.user = 'outside';
    outside.does = how.does ?? 'ring';
    outside.comes = (call) => {
      call.dialled = userOf(`<${call.offer.uri}>`);
      if (outside.does === 'busy') return call.refuse(486);
      call.ring();
      if (outside.does === 'answer') setTimeout(() => call.answer(), 50);
    };
    await outside.agent.bind(town.trunk.address, town.trunk.port);
    return outside;
  }
}
