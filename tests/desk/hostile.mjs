// Names that want to be more than text, in every list, in the history, in the notes, in journeys and in the log.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { holds, same } from '../browser/suite.mjs';
import { Console, ask, signIn, upgrade } from './console.mjs';
import { pause, scene } from './scene.mjs';
import { until } from './phone.mjs';

const NAMES = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', "'-alert(1)-'", '<svg/onload=alert(1)>', '{{7*7}} ${7*7}', 'javascript:alert(1)', '=HYPERLINK("http://a")', 'A\u202eB\u0000\u0007\u001b[31mC', '&lt;b&gt;', 'Ωმ漢字 🏛️',
  'x'.repeat(7000), 'x'.repeat(10240)];

for (const name of NAMES) {
  scene(`hostile: a caller called ${JSON.stringify(name.length > 30 ? `${name.slice(0, 20)}… (${name.length})` : name)} is text everywhere`, ['reception1'], async ({ desk, citizen, town }) => {
    const dialogs = [];
    const note = (d) => { dialogs.push(d.message()); d.dismiss(); };
    desk.page.on('dialog', note);
    const raw = `"${name.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')}" `;
    const number = `+3247${String(1000000 + NAMES.indexOf(name))}`;
    const c = await citizen({ raw, number });
    if (name.length > 8192) {
      // Longer than a line may be: nobody is called by it, and the log says why.
      await until(() => /malformed/.test(readFileSync(town.log, 'utf8')), { why: 'a line in the log' });
      holds(c.call.state !== 'talking', 'no call');
      c.call.end('unheard'); // there is nothing to take back
      return;
    }
    await until(() => ['talking', 'over'].includes(c.call.state), { why: 'an answer or a refusal' });
    if (c.call.state === 'over') {
      holds(/[\u0000-\u001f]/.test(name), `refused with ${c.call.why}`);
      return;
    }
    for (const step of ['list', 'card', 'held', 'history']) {
      if (step === 'list') await desk.in('ringing', 15000);
      if (step === 'card') { await desk.press('F2'); await desk.in('talking'); await desk.page.fill('#note', name.slice(0, 300).replace(/\u0000/g, '')); await pause(600); }
      if (step === 'held') { await desk.press('F8'); await desk.in('held'); await desk.press('F8'); await desk.in('talking'); }
      if (step === 'history') {
        await c.hangUp();
        await desk.free();
        const again = await citizen({ raw, number });
        await desk.in('ringing', 15000);
        await pause(300);
        await again.hangUp();
      }
      const { html, wide, text } = await desk.page.evaluate(() => ({
        html: [...document.querySelectorAll('main img, main script, main b.x, main svg:not(.i), [onerror], [onload]')].map((e) => e.outerHTML), wide: document.documentElement.scrollWidth > innerWidth, text: document.body.innerText.slice(0, 20000),
      }));
      same([html, wide], [[], false], step);
      holds(!/49 49/.test(text), 'nothing is worked out');
      holds(!/[\u0000-\u0008\u000e-\u001f]/.test(text), 'no control characters');
      if (step !== 'history' && /^[<"'&]/.test(name)) holds(text.includes(name.replace(/\s+/g, ' ').slice(0, 24)), `the name as text, ${step}: ${text.slice(0, 300)}`);
    }
    same(dialogs, []);
    desk.page.off('dialog', note);
    const { text } = town.command('journeys', '-n', '3');
    holds(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202e]/.test(text), `journeys without control characters: ${JSON.stringify(text.slice(0, 200))}`);
    holds(!/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(readFileSync(town.log, 'utf8')), 'the log without control characters');
    holds(text.split('\n').every((l) => l.length < 1000), 'no endless line');
    await desk.free();
  });
}

/** What a policy says, by directive. */
const directives = (policy) => Object.fromEntries(policy.split(';').map((d) => d.trim().split(/\s+/)).filter(([name]) => name).map(([name, ...values]) => [name, values.join(' ')]));

scene('hostile: over TLS no page but ours opens the socket or gives an order, the cookie stays with the host, and every answer says what a page may do', [], async ({ town }) => {
  const { url } = town;
  const set = await signIn(url, 'reception1', town.password('reception1'));
  same(set.split(/; */).slice(1).sort(), ['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Strict', 'Secure']);
  holds(set.startsWith('__Host-'), set);
  const cookie = set.split(';')[0];
  const page = await ask(`${url}/`, { headers: { cookie } });
  const script = /src="([^"]+\.js)"/.exec(page.body)[1];
  for (const [what, answer] of [['the desk', page], ['signing in', await ask(`${url}/sign-in`)], ['a script', await ask(new URL(script, url).href, { headers: { cookie } })], ['nothing', await ask(`${url}/no-such-page`, { headers: { cookie } })], ['a stranger', await ask(`${url}/ws`)]]) {
    const policy = directives(answer.headers['content-security-policy'] ?? '');
    same([policy['default-src'], policy['frame-ancestors'], policy['base-uri'], policy['object-src'] ?? "'none'"], ["'none'", "'none'", "'none'", "'none'"], what);
    holds(!/unsafe|\*|data:|https?:/.test(answer.headers['content-security-policy']), `${what}: ${answer.headers['content-security-policy']}`);
    same([answer.headers['strict-transport-security'], answer.headers['x-content-type-options']], ['max-age=31536000', 'nosniff'], what);
  }
  holds(!/<script(?![^>]* src=)|<style|\son\w+=| style=/.test(page.body), 'nothing inline');
  for (const origin of ['https://evil.example', url.replace('https', 'http'), `${url}.evil.example`, 'null', '']) {
    same((await upgrade(url, { cookie, origin })).status, 403, `a socket for a page of “${origin}”`);
    const order = await ask(`${url}/cmd`, { method: 'POST', headers: { cookie, 'content-type': 'application/json', 'x-tab': 'a', ...(origin && { origin }) }, body: '{"t":"look"}' });
    same(order.status, 403, `an order of a page of “${origin}”`);
  }
  const stranger = await upgrade(url);
  holds(stranger.status >= 300, `a socket without a session: ${stranger.status}`);
  const { status, socket } = await upgrade(url, { cookie });
  same(status, 101, 'and ours');
  socket.destroy();
}, { early: true, town: { secure: true } });

scene('hostile: a session that is revoked is out within five seconds, its sockets and event streams with it; nobody else is', [], async ({ town }) => {
  const { url } = town;
  const open = (user) => Console.open(town, user, town.password(user));
  const [one, again, other] = [await open('reception1'), await open('reception1'), await open('reception2')];
  const ended = (desk) => new Promise((done) => desk.line.socket.once('close', done));
  const goes = async (desks, by) => {
    // Where a proxy eats sockets a page has a stream of events, which is read to its end.
    const streams = desks.map((d) => ask(`${url}/events?tab=${randomUUID()}`, { headers: { cookie: d.cookie } }));
    await pause(500);
    const began = Date.now(), all = desks.map(ended), told = desks.map((d) => d.line.next((m) => m.t === 'bye'));
    await by();
    same((await Promise.all(told)).map((m) => m.why), desks.map(() => 'signed_out'));
    await Promise.all(all);
    for (const { status, body } of await Promise.all(streams)) same([status, /"t":"snapshot"/.test(body), /"why":"signed_out"/.test(body)], [200, true, true], 'the stream of events');
    holds(Date.now() - began < 5000, `out after ${Date.now() - began} ms`);
    console.log(`measured: a revoked session's socket is closed after ${Date.now() - began} ms, target 5000 ms`);
    for (const d of desks) same([(await upgrade(url, { cookie: d.cookie })).status, (await ask(`${url}/`, { headers: { cookie: d.cookie, accept: 'text/html' } })).status], [401, 303], 'the cookie is worth nothing');
  };
  // Who signs out ends that session alone; a new password ends all of this person's.
  await goes([again], () => ask(`${url}/sign-out`, { method: 'POST', headers: { cookie: again.cookie, origin: url } }));
  same((await ask(`${url}/`, { headers: { cookie: one.cookie, accept: 'text/html' } })).status, 200, 'the other session of the same person');
  await goes([one], () => town.asked('user', 'change', 'reception1', '--new-password'));
  same([(await ask(`${url}/`, { headers: { cookie: other.cookie } })).status, other.line.socket.destroyed], [200, false], 'a colleague');
  other.close();
}, { early: true, town: { secure: true } });
