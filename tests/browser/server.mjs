// Serves console/web as the program does, with the strictest policy it promises, and speaks the protocol from a script.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** This folder; `import.meta.dirname` is younger than Debian's Node.js. */
export const HERE = path.dirname(fileURLToPath(import.meta.url));
export const WEB = path.resolve(HERE, '../../console/web');
export const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types view";
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml' };
const PAGES = { '/': '/index.html', '/call': '/call.html' };

/** A script as the program sends it (`console/src/assets.rs`): lines that are comments and nothing else stay at home. */
export function sent(script) {
  let inside = false;
  return script.split('\n').map((line) => {
    const text = line.trim();
    const begins = !inside && text.startsWith('/**');
    const comment = inside || text.startsWith('//') || (begins && !/\*\/./.test(text));
    inside = (inside || begins) && !text.includes('*/');
    return comment ? '' : line;
  }).join('\n');
}

/** One page's socket, as the script sees it. */
export class Peer {
  constructor(socket) {
    this.socket = socket;
    this.heard = [];
    this.waiting = [];
    this.on = () => {};
    let buffer = Buffer.alloc(0);
    socket.on('data', (data) => {
      buffer = Buffer.concat([buffer, data]);
      for (;;) {
        const frame = unframe(buffer);
        if (!frame) return;
        buffer = frame.rest;
        if (frame.op === 8) socket.end();
        if (frame.op === 1) this.hear(JSON.parse(frame.text));
      }
    });
    socket.on('error', () => {});
  }
  hear(msg) {
    this.heard.push(msg);
    this.on(msg, this);
    this.waiting = this.waiting.filter(({ want, done }) => !(want(msg) && (done(msg), true)));
  }
  /** The next message that fits, also one that was heard already since `from`. */
  next(want, ms = 20000) {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`not heard: ${want}; heard ${JSON.stringify(this.heard.slice(-6))}`)), ms);
      this.waiting.push({ want, done: (m) => { clearTimeout(timer); done(m); } });
    });
  }
  say(msg) {
    if (this.socket.destroyed) return;
    const text = Buffer.from(JSON.stringify(msg));
    const head = text.length < 126 ? Buffer.from([129, text.length]) : text.length < 65536 ? Buffer.from([129, 126, text.length >> 8, text.length & 255])
      : Buffer.from([129, 127, 0, 0, 0, 0, text.length >>> 24, (text.length >> 16) & 255, (text.length >> 8) & 255, text.length & 255]);
    this.socket.write(Buffer.concat([head, text]));
  }
}

function unframe(b) {
  if (b.length < 2) return null;
  let length = b[1] & 127, at = 2;
  if (length === 126) { if (b.length < 4) return null; length = b.readUInt16BE(2); at = 4; }
  else if (length === 127) { if (b.length < 10) return null; length = Number(b.readBigUInt64BE(2)); at = 10; }
  const masked = b[1] & 128;
  if (b.length < at + (masked ? 4 : 0) + length) return null;
  const mask = b.subarray(at, at + 4);
  if (masked) at += 4;
  const text = Buffer.from(b.subarray(at, at + length));
  if (masked) for (let i = 0; i < length; i++) text[i] ^= mask[i & 3];
  return { op: b[0] & 15, text: text.toString(), rest: b.subarray(at + length) };
}

/** `hello(msg, peer)` answers each new socket. `extra` serves test files beside the page. */
export async function serve({ hello, extra = {} }) {
  const outside = [];
  const server = http.createServer(async (request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    try {
      const file = extra[name] ?? path.join(WEB, path.normalize(PAGES[name] ?? name));
      const body = file.endsWith('.js') ? sent(await readFile(file, 'utf8')) : await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
      response.end(body);
    } catch {
      outside.push(name);
      response.writeHead(404).end();
    }
  });
  const peers = [];
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`);
    const peer = new Peer(socket);
    peer.path = request.url;
    peers.push(peer);
    peer.on = (msg) => hello(msg, peer);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`, peers, missing: outside,
    close: () => { for (const p of peers) p.socket.destroy(); server.closeAllConnections(); server.close(); },
  };
}
