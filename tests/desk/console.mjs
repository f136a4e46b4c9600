// A desk without a page: signs in over HTTP and speaks the protocol on a WebSocket (RFC 6455), so that there may be fifty of them.
import { randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { Peer } from '../browser/server.mjs';

/** What a request brought: status, headers, body; for an upgrade that was granted the socket, too. */
export function ask(url, { method = 'GET', headers = {}, body = '' } = {}) {
  return new Promise((done, fail) => {
    const { request, Agent } = url.startsWith('https:') ? https : http;
    const out = request(url, { method, agent: new Agent(), rejectUnauthorized: false, headers: { ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) } });
    out.on('upgrade', (answer, socket) => done({ status: answer.statusCode, headers: answer.headers, socket }));
    out.on('response', async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() });
    });
    out.on('error', fail);
    out.end(body);
  });
}

/** The cookie of somebody who signs in, as it is set. */
export async function signIn(url, user, password) {
  const answer = await ask(`${url}/sign-in`, { method: 'POST', headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ user, password }).toString() });
  const [set] = answer.headers['set-cookie'] ?? [];
  if (answer.status !== 303 || !set) throw new Error(`${user} does not get in: ${answer.status} ${answer.body?.slice(0, 200)}`);
  return set;
}

/** Asks for the socket of a desk, with this cookie and from a page of this origin. */
export const upgrade = (url, { cookie = '', origin = url } = {}) => ask(`${url}/ws`, { headers: {
  connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(16).toString('base64'), ...(cookie && { cookie }), ...(origin && { origin }),
} });

/** The page's end of a socket: what it says is masked. */
class Line extends Peer {
  say(msg) {
    const text = Buffer.from(JSON.stringify(msg));
    const head = Buffer.from(text.length < 126 ? [0x81, 0x80 | text.length] : [0x81, 0xfe, text.length >> 8, text.length & 255]);
    this.socket.write(Buffer.concat([head, Buffer.alloc(4), text])); // a mask of zeros changes nothing
  }
}

export class Console {
  /** Somebody at work, whose sound is in the telephone that is theirs. */
  static async open(town, user, password, audio = 'desk') {
    const desk = new Console();
    const cookie = (await signIn(town.url, user, password)).split(';')[0];
    const { status, socket } = await upgrade(town.url, { cookie });
    if (status !== 101) throw new Error(`no socket for ${user}: ${status}`);
    Object.assign(desk, { user, cookie, line: new Line(socket) });
    const here = desk.line.next((m) => m.t === 'snapshot');
    desk.line.say({ t: 'hello', proto: 1, tab: randomUUID(), audio, lang: 'nl' });
    await here;
    return desk;
  }
  /** Works through the telephone, which keeps its call for the shift. */
  async phone() {
    const up = this.line.next((m) => m.t === 'media' && m.media === 'up');
    this.line.say({ t: 'media', media: 'phone', mobile: false });
    await up;
  }
  /** Says an order; its answer, with the time it took, ms. */
  async order(cmd) {
    const id = `${Date.now().toString(16).padStart(12, '0').replace(/^(.{8})/, '$1-')}-7${randomUUID().slice(15)}`;
    const began = performance.now();
    const answer = this.line.next((m) => m.id === id);
    this.line.say({ t: 'cmd', id, at_ms: Date.now(), ...cmd });
    return { ...(await answer), after: performance.now() - began };
  }
  close() { this.line.socket.destroy(); }
}
