// view.js in a real browser: what it patches, and what it leaves alone.
import path from 'node:path';
import { launch, open } from './browser.mjs';
import { HERE, serve } from './server.mjs';
import { test, same, holds } from './suite.mjs';

const extra = { '/blank': path.resolve(HERE, 'blank.html'), '/blank.js': path.resolve(HERE, 'blank.js') };
async function blank(body) {
  const browser = await launch();
  const server = await serve({ hello: () => {}, extra: { ...extra, '/blank': extra['/blank'] } });
  const { page, faults } = await open(browser, server.url, { path: '/blank' });
  try {
    await page.waitForFunction(() => 'render' in globalThis);
    const is = await page.evaluate(body);
    same(faults, []);
    return is;
  } finally {
    await browser.close();
    server.close();
  }
}

test('view: text is text, attributes are set and taken away, listeners follow the newest value', async () => {
  same(await blank(() => {
    const paint = (x) => render(html`<p class="a ${x.kind} b" title="${x.title}" ?hidden="${x.hidden}" @click="${x.click}">${x.text}<b>!</b></p>`, root);
    const log = [];
    paint({ kind: 'k', title: 'T', hidden: true, text: '<img src=x onerror=alert(1)>', click: () => log.push(1) });
    const p = root.querySelector('p');
    const first = p.outerHTML.replace(/<!--.*?-->/g, '');
    p.click();
    paint({ kind: 'l', title: null, hidden: false, text: 0, click: () => log.push(2) });
    p.click();
    return [first, p.outerHTML.replace(/<!--.*?-->/g, ''), p === root.querySelector('p'), log];
  }), ['<p class="a k b" title="T" hidden="">&lt;img src=x onerror=alert(1)&gt;<b>!</b></p>', '<p class="a l b">0<b>!</b></p>', true, [1, 2]]);
});

test('view: a part may be text, a template, a list or nothing, in any order', async () => {
  same(await blank(() => {
    const paint = (x) => render(html`<i>${x}</i>`, root);
    return ['a', html`<b>1</b>`, null, [html`<u>1</u>`, html`<u>2</u>`], '', html`<b>${'2'}</b>`, 'z', false].map((x) => (paint(x), root.firstElementChild.textContent));
  }), ['a', '1', '', '12', '', '2', 'z', '']);
});

test('view: rows keep their nodes by key through any order, and the row with the focus is never moved', async () => {
  same(await blank(() => {
    const paint = (keys) => render(html`<ul>${keyed(keys, (k) => k, (k) => html`<li><input value="${k}"></li>`)}</ul>`, root);
    const order = () => [...root.querySelectorAll('li')].map((li) => li.firstElementChild.getAttribute('value')).join('');
    paint([...'abcdef']);
    const nodes = Object.fromEntries([...root.querySelectorAll('li')].map((li) => [li.firstElementChild.getAttribute('value'), li]));
    nodes.c.firstElementChild.focus();
    let blurred = 0;
    nodes.c.firstElementChild.addEventListener('blur', () => (blurred += 1));
    const wrong = [];
    let seed = 7;
    const random = (n) => ((seed = (seed * 1103515245 + 12345) % 2147483648), seed % n);
    for (let i = 0; i < 300; i++) {
      const keys = [...'abcdefgh'].filter((k) => k === 'c' || random(3)).sort(() => random(3) - 1);
      paint(keys);
      if (order() !== keys.join('')) wrong.push([order(), keys.join('')]);
    }
    return [wrong, blurred, document.activeElement === nodes.c.firstElementChild, root.querySelectorAll('li').length === new Set(root.querySelectorAll('li')).size];
  }), [[], 0, true, true]);
});

test('view: what the operator typed is not overwritten by a repaint of the same value, and a select takes its value at once', async () => {
  same(await blank(() => {
    const paint = (x) => render(html`<input .value="${x.v}"><select .value="${x.s}">${['a', 'b'].map((o) => html`<option value="${o}">${o}</option>`)}</select>`, root);
    paint({ v: 'one', s: 'b' });
    const input = root.querySelector('input');
    input.setSelectionRange(1, 2);
    paint({ v: 'one', s: 'b' });
    const kept = input.selectionStart;
    paint({ v: 'two', s: 'a' });
    return [root.querySelector('select').value, kept, input.value];
  }), ['a', 1, 'two']);
});
