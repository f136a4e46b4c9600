// The real program as the demo town, on free ports, with data of its own.
import { execFile, spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { HERE as BROWSER } from '../browser/server.mjs';
import { ask } from './console.mjs';
import { pause } from './phone.mjs';

export const ROOT = path.resolve(BROWSER, '../..');
export const PROGRAM = path.resolve(ROOT, process.env.CENTRALE ?? 'target/release/centrale');
export const KEPT = path.resolve(ROOT, 'target/desk');

/** An address that is no loopback, when these tests run in a network of their own: the console is then served over TLS. */
export const ADDRESS = process.env.DESK_ADDRESS;
const HOST = ADDRESS ?? '127.0.0.1';

/** Towns that stand at the same time have ports of sound of their own; another run, perhaps, began elsewhere. */
let ranges = Math.floor(Math.random() * 20);

/** A port that is free for UDP and TCP at this moment. */
async function port() {
  for (;;) {
    const server = net.createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    const socket = dgram.createSocket('udp4');
    const free = await new Promise((done) => { socket.once('error', () => done(false)); socket.bind(port, '127.0.0.1', () => done(true)); });
    await new Promise((done) => server.close(done));
    socket.close();
    if (free) return port;
  }
}

/** Does somebody answer OPTIONS there? */
function answers({ address, port }) {
  return new Promise((done) => {
    const socket = dgram.createSocket('udp4');
    const end = (is) => { clearTimeout(timer); socket.close(); done(is); };
    const timer = setTimeout(() => end(false), 200);
    socket.on('message', () => end(true));
    socket.on('error', () => end(false));
    socket.bind(0, '127.0.0.1', () => {
      const here = `127.0.0.1:${socket.address().port}`;
      socket.send(`OPTIONS sip:${address}:${port} SIP/2.0\r\nVia: SIP/2.0/UDP ${here};branch=z9hG4bK${Date.now()}\r\nMax-Forwards: 70\r\nFrom: <sip:a@${here}>;tag=a\r\nTo: <sip:${address}:${port}>\r\nCall-ID: o${Date.now()}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`, port, address);
    });
  });
}

/** Writes the small town: the demo's people and accounts, no waiting for words before reception, the operator on a port of its own. */
function write(home, { sip, web, trunk, media, secure }) {
  writeFileSync(path.join(home, 'centrale.toml'), `dialplans = ["demo.toml"]
[site]
name = "Demo town"
place = "Marktplein 1, Demo"
number = "+3254310000"
country = "be"
languages = ["nl", "fr"]
realm = "demo.centrale"
[listen]
udp = ["127.0.0.1:${sip}"]
tcp = ["127.0.0.1:${sip}"]
[console]
listen = ["${HOST}:${web}"]
${secure ? 'certificate = "console-cert.pem"\nkey = "console-key.pem"' : ''}
[media]
${ADDRESS ? `address = "${ADDRESS}"` : ''}
ports = "${media}"
codecs = ["pcma", "pcmu"]
[[trunk]]
name = "operator"
target = "127.0.0.2:${trunk}"
sources = ["127.0.0.2-127.0.0.9"]
called = ["request-uri", "to"]
channels = 200
[data]
url = "sqlite:data"
`);
  copyFileSync(path.join(BROWSER, '../desk/plan.toml'), path.join(home, 'demo.toml'));
}

/** Starts a town and waits until its SIP side and its console answer: the small town, or the demo town. `people` is a CSV file of more of them; `secure` serves the console over TLS. */
export async function town(name, { demo = false, people, secure = Boolean(ADDRESS), args = [], env = {} } = {}) {
  mkdirSync(KEPT, { recursive: true });
  const home = mkdtempSync(path.join(os.tmpdir(), 'centrale-desk-'));
  const sip = { address: '127.0.0.1', port: await port() }, web = await port(), trunk = demo ? 5060 : await port();
  const url = `${secure ? 'https' : 'http'}://${HOST}:${web}`;
  const log = path.join(KEPT, `${name.replace(/[^\w]+/g, '-')}.log`);
  const place = demo ? ['--listen', `127.0.0.1:${sip.port}`, '--console', `127.0.0.1:${web}`, '--data', path.join(home, 'data')] : [];
  const command = (...words) => {
    const done = spawnSync(PROGRAM, [...place, ...words], { cwd: home, encoding: 'utf8', timeout: 30000 });
    return { code: done.status, text: `${done.stdout}${done.stderr}` };
  };
  /** The same while calls go on: nothing stands still here, for this process is their telephones too. */
  const asked = (...words) => new Promise((done) => execFile(PROGRAM, [...place, ...words], { cwd: home, timeout: 30000 }, (e, out, err) => done({ code: e ? e.code ?? -1 : 0, text: `${out}${err}` })));
  const passwords = {};
  if (!demo) {
    // The demo town writes its people into the data directory that the small town then has.
    const seeded = spawnSync(PROGRAM, ['--data', path.join(home, 'data'), 'account', 'list'], { cwd: home, encoding: 'utf8' });
    if (seeded.status !== 0) throw new Error(`no people: ${seeded.stderr}`);
    const first = 20000 + 500 * (ranges = (ranges + 1) % 20);
    write(home, { sip: sip.port, web, trunk, media: `${first}-${first + 499}`, secure });
    if (secure) {
      const { code, text } = command('cert', 'self-signed', '--address', HOST);
      if (code !== 0) throw new Error(`no certificate: ${text}`);
    }
    if (people) {
      writeFileSync(path.join(home, 'people.csv'), people);
      const { code, text } = command('people', 'import', 'people.csv');
      if (code !== 0) throw new Error(`no import: ${text}`);
    }
    for (const n of [1, 2, 3]) {
      const { code, text } = command('user', 'change', `reception${n}`, '--new-password');
      passwords[`reception${n}`] = /password:?\s+(\S+)/i.exec(text)?.[1];
      if (code !== 0 || !passwords[`reception${n}`]) throw new Error(`no user: ${text}`);
    }
  }
  const out = openSync(log, 'w');
  const child = spawn(PROGRAM, [...place, ...args], { cwd: home, stdio: ['ignore', out, out], env: { ...process.env, ...env } });
  closeSync(out);
  let ended;
  const exit = new Promise((done) => child.on('exit', (code, signal) => done((ended = { code, signal }))));
  child.on('error', (e) => (ended = e));
  const says = () => readFileSync(log, 'utf8');
  const tail = () => says().split('\n').slice(-25).join('\n');
  const limit = Date.now() + 30000;
  for (let up = false; !up;) {
    up = (await answers(sip)) && (await ask(`${url}/sign-in`).then((r) => r.status === 200, () => false));
    if (ended) throw new Error(`${PROGRAM} ended at once, ${JSON.stringify(ended)}: ${tail()}`);
    if (Date.now() > limit) { child.kill('SIGKILL'); throw new Error(`${PROGRAM} does not answer: ${tail()}`); }
    if (!up) await pause(50);
  }
  return {
    sip, url, web, home, log, pid: child.pid, says, tail, command, asked, write: (name, text) => writeFileSync(path.join(home, name), text),
    /** The operator's side of the trunk, where outside calls arrive. */
    trunk: { address: '127.0.0.2', port: trunk },
    password: (user) => passwords[user] ?? 'demo',
    /** The number that leads straight to reception. */
    reception: demo ? '+3254310000' : '+3254310001',
    /** Resident memory, KiB. */
    resident: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
    /** Ends it; it must not have panicked. */
    async close() {
      child.kill('SIGINT');
      const soon = setTimeout(() => child.kill('SIGINT'), 300); // twice: calls are not waited for
      const hard = setTimeout(() => child.kill('SIGKILL'), 10000);
      await exit;
      clearTimeout(soon);
      clearTimeout(hard);
      rmSync(home, { recursive: true, force: true });
      if (/panicked/.test(says())) throw new Error(`the program panicked: ${says().split('\n').filter((l) => /panicked/.test(l)).slice(0, 3).join('\n')}`);
    },
  };
}
