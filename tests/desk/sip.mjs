// SIP as bytes, after RFC 3261: messages, transactions over UDP, digest (RFC 7616, 8760). Nothing of Centrale's own is used here.
import { createHash, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';

/** T1 and T2 of RFC 3261 17, ms. */
const T1 = 500, T2 = 4000;
const SHORT = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact', l: 'content-length', c: 'content-type', k: 'supported', s: 'subject' };
export const token = (bytes = 6) => randomBytes(bytes).toString('hex');

/** A message as text → { method, uri } or { status, reason }, headers by lower-case name (a list each), body. */
export function parse(text) {
  const cut = text.indexOf('\r\n\r\n');
  if (cut < 0) return null;
  const lines = text.slice(0, cut).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const first = lines.shift();
  const headers = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at < 0) continue;
    const name = line.slice(0, at).trim().toLowerCase();
    (headers[SHORT[name] ?? name] ??= []).push(line.slice(at + 1).trim());
  }
  const answer = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  const request = /^(\S+) (\S+) SIP\/2\.0$/.exec(first);
  if (!answer && !request) return null;
  return { ...(answer ? { status: Number(answer[1]), reason: answer[2] } : { method: request[1], uri: request[2] }), headers, body: text.slice(cut + 4), text };
}
export const header = (message, name) => message.headers[name]?.[0] ?? '';
const unquoted = (value) => value.replace(/^\s*"(?:[^"\\]|\\.)*"/, '');
export const tagOf = (value) => /;\s*tag=([^;\s>]+)/i.exec(unquoted(value).replace(/<[^>]*>/, ''))?.[1] ?? '';
export const uriOf = (value) => /<([^>]+)>/.exec(unquoted(value))?.[1] ?? value.split(';')[0].trim();
export const userOf = (value) => decodeURIComponent(/sips?:([^@;>]*)@/.exec(uriOf(value))?.[1] ?? '');
/** The display name, unquoted. */
export function nameOf(value) {
  const quoted = /^\s*"((?:[^"\\]|\\.)*)"/.exec(value);
  return quoted ? quoted[1].replace(/\\(.)/g, '$1') : value.includes('<') ? value.slice(0, value.indexOf('<')).trim() : '';
}
export const quote = (name) => (name ? `"${name.replace(/[\\"]/g, '\\$&')}" ` : '');
const branchOf = (message) => /;\s*branch=([^;\s,]+)/i.exec(header(message, 'via'))?.[1] ?? '';
const methodOf = (message) => message.method ?? header(message, 'cseq').split(/\s+/)[1];

/** Credentials for the first challenge whose algorithm is liked best. `like` is 'SHA-256' or 'MD5'. */
export function credentials({ challenges, method, uri, user, password, like = 'SHA-256' }) {
  const read = challenges.filter((c) => /^digest/i.test(c)).map((c) => Object.fromEntries([...c.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map((m) => [m[1].toLowerCase(), m[2] ?? m[3]])));
  const chosen = read.find((c) => (c.algorithm ?? 'MD5').toUpperCase() === like) ?? read.find((c) => ['MD5', 'SHA-256'].includes((c.algorithm ?? 'MD5').toUpperCase()));
  if (!chosen) throw new Error(`no challenge that we can answer: ${challenges.join(' | ')}`);
  const algorithm = (chosen.algorithm ?? 'MD5').toUpperCase();
  const hash = (text) => createHash(algorithm === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex');
  const cnonce = token(), nc = '00000001';
  const [one, two] = [hash(`${user}:${chosen.realm}:${password}`), hash(`${method}:${uri}`)];
  const response = chosen.qop ? hash(`${one}:${chosen.nonce}:${nc}:${cnonce}:auth:${two}`) : hash(`${one}:${chosen.nonce}:${two}`);
  return `Digest username="${user}", realm="${chosen.realm}", nonce="${chosen.nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}` +
    `${chosen.qop ? `, qop=auth, nc=${nc}, cnonce="${cnonce}"` : ''}${chosen.opaque ? `, opaque="${chosen.opaque}"` : ''}`;
}

/** One UDP address that speaks SIP. `on(request, reply)` is given each new request; `reply(status, headers, body)` answers it. */
export class Agent {
  constructor(server, on) {
    this.server = server; // {address, port}
    this.on = on;
    this.clients = new Map();
    this.servers = new Map();
    this.said = []; // all messages, for the failure's text
    this.socket = dgram.createSocket('udp4');
    this.socket.on('message', (data, from) => this.hear(data.toString('utf8'), from));
    this.socket.on('error', () => {});
  }
  bind(address = '127.0.0.1', port = 0) {
    return new Promise((done, fail) => {
      this.socket.once('error', fail);
      this.socket.bind(port, address, () => {
        this.address = address;
        this.port = this.socket.address().port;
        this.socket.setRecvBufferSize(1 << 20);
        done(this);
      });
    });
  }
  get here() { return `${this.address}:${this.port}`; }
  send(text, to = this.server) {
    if (this.closed) return;
    this.note('>', text);
    this.socket.send(text, to.port, to.address);
  }
  note(way, text) {
    this.said.push(`${new Date().toISOString().slice(14, 23)} ${way} ${text.split('\r\n').slice(0, 1)} ${/cseq: *(.*)/i.exec(text)?.[1] ?? ''}`);
    if (this.said.length > 200) this.said.shift();
  }
  hear(text, from) {
    const message = parse(text);
    if (!message) return;
    this.note('<', text);
    if (message.status) this.clients.get(`${branchOf(message)} ${methodOf(message)}`)?.(message);
    else this.asked(message, from);
  }
  /** A request, once: what comes again is answered again from memory (RFC 3261 17.2). */
  asked(message, from) {
    const key = `${branchOf(message)} ${message.method === 'ACK' ? 'INVITE' : message.method}`;
    const known = this.servers.get(key);
    if (message.method === 'ACK') {
      known?.acked?.();
      this.on(message, () => {});
      return;
    }
    if (known) {
      if (known.last) this.send(known.last, from);
      return;
    }
    const transaction = {};
    this.servers.set(key, transaction);
    setTimeout(() => this.servers.delete(key), 64 * T1).unref();
    const toTag = tagOf(header(message, 'to')) ? '' : `;tag=${(transaction.tag = token())}`;
    const reply = (status, headers = {}, body = '') => {
      if (transaction.final) return;
      const lines = [`SIP/2.0 ${status} ${REASONS[status] ?? 'Said'}`, ...message.headers.via.map((v) => `Via: ${v}`), `From: ${header(message, 'from')}`,
        `To: ${header(message, 'to')}${status > 100 ? toTag : ''}`, `Call-ID: ${header(message, 'call-id')}`, `CSeq: ${header(message, 'cseq')}`,
        ...(message.headers['record-route'] ?? []).map((r) => `Record-Route: ${r}`), ...Object.entries(headers).map(([n, v]) => `${n}: ${v}`), ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(body)}`];
      transaction.last = `${lines.join('\r\n')}\r\n\r\n${body}`;
      this.send(transaction.last, from);
      if (status >= 200) {
        transaction.final = true;
        if (message.method === 'INVITE') this.insist(transaction, from);
      }
    };
    reply.tag = transaction.tag;
    reply.transaction = transaction;
    this.on(message, reply);
  }
  /** A final answer to INVITE is said again until it is acknowledged. */
  insist(transaction, to) {
    let wait = T1, timer = setTimeout(function again() {
      if (transaction.done) return;
      transaction.agent.send(transaction.last, to);
      wait = Math.min(2 * wait, T2);
      if ((transaction.spent = (transaction.spent ?? 0) + wait) < 64 * T1) timer = setTimeout(again, wait);
    }, wait);
    transaction.agent = this;
    transaction.acked = () => { transaction.done = true; clearTimeout(timer); };
  }
  /** Stops insisting for a 2xx, whose ACK has a branch of its own. */
  acknowledged(transaction) { transaction?.acked?.(); }

  /** Sends a request and says again what UDP may lose; resolves with the final answer. `early` hears provisional ones. */
  request(message, { early = () => {}, to = this.server, ms = 32000 } = {}) {
    return new Promise((done, fail) => {
      const { branch, method } = message;
      const key = `${branch} ${method}`;
      let wait = T1, proceeding = false, timer;
      const again = () => {
        this.send(message.text, to);
        timer = setTimeout(again, wait);
        wait = method === 'INVITE' ? 2 * wait : Math.min(2 * wait, T2);
      };
      const limit = setTimeout(() => { end(); fail(new Error(`no answer to ${method} within ${ms / 1000} s; ${this.said.slice(-12).join(' / ')}`)); }, ms);
      const end = () => { clearTimeout(timer); clearTimeout(limit); };
      this.clients.set(key, (answer) => {
        if (answer.status < 200) {
          if (method === 'INVITE' && !proceeding) { proceeding = true; end(); }
          early(answer);
          return;
        }
        end();
        if (method === 'INVITE' && answer.status >= 300) this.send(message.ack(answer), to);
        done(answer);
      });
      again();
    });
  }
  close() {
    this.closed = true;
    this.socket.close();
  }
}

/** A request as text, with what is needed to acknowledge a refusal. */
export function write({ method, uri, via, branch = `z9hG4bK${token()}`, from, to, callId, cseq, contact, headers = {}, body = '', routes = [] }) {
  const lines = [`Via: SIP/2.0/UDP ${via};branch=${branch};rport`, 'Max-Forwards: 70', ...routes.map((r) => `Route: ${r}`), `From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`];
  const text = [`${method} ${uri} SIP/2.0`, ...lines, `CSeq: ${cseq} ${method}`, ...(contact ? [`Contact: <${contact}>`] : []),
    ...Object.entries(headers).flatMap(([n, v]) => [v].flat().map((one) => `${n}: ${one}`)), ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n');
  const ack = (answer) => `${[`ACK ${uri} SIP/2.0`, lines[0], 'Max-Forwards: 70', ...routes.map((r) => `Route: ${r}`), `From: ${from}`, `To: ${header(answer, 'to')}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ACK`, 'Content-Length: 0'].join('\r\n')}\r\n\r\n`;
  return { method, branch, text: `${text}\r\n\r\n${body}`, ack };
}

const REASONS = { 100: 'Trying', 180: 'Ringing', 183: 'Session Progress', 200: 'OK', 404: 'Not Found', 480: 'Temporarily Unavailable', 481: 'Call/Transaction Does Not Exist', 486: 'Busy Here', 487: 'Request Terminated', 488: 'Not Acceptable Here', 491: 'Request Pending', 501: 'Not Implemented', 603: 'Decline' };
