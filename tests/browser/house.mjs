// One browser for all tests; a house (server and page) for each.
import { launch, open } from './browser.mjs';
import { serve } from './server.mjs';
import { STATES, script } from './world.mjs';

let browser;
/** Opens the page in a state. `house.said` are the orders the page sent. */
export async function house(state, { order, silent, extra, ...how } = {}) {
  browser ??= await launch();
  const said = [];
  const answer = (msg, peer) => {
    said.push(msg);
    if (order) order(msg, peer);
    else peer.say({ t: 'ack', id: msg.id, seq: 40 });
  };
  const server = await serve({ hello: script(typeof state === 'string' ? STATES[state] : state, { silent, order: answer }), extra });
  const { page, context, faults } = await open(browser, server.url, how);
  return {
    server, page, context, faults, said,
    /** The page's socket; on a slow machine it may just have been given up, and what is said into it is lost. */
    peer: () => server.peers.findLast((p) => p.path === '/ws' && !p.socket.destroyed) ?? server.peers.findLast((p) => p.path === '/ws'),
    /** Waits for the desk to be in a state. */
    in: (mode) => page.waitForFunction((m) => document.body.dataset.mode === m, mode, { timeout: 60000 }),
    /** Waits for an order. */
    order: async (cmd, ms = 20000) => {
      const end = Date.now() + ms;
      for (;;) {
        const found = said.find((m) => m.cmd === cmd);
        if (found) return found;
        if (Date.now() > end) throw new Error(`no order ${cmd}; sent ${JSON.stringify(said.map((m) => m.cmd))}`);
        await new Promise((done) => setTimeout(done, 20));
      }
    },
    announced: () => page.evaluate(() => [...document.querySelectorAll('#polite, #assertive')].map((e) => e.textContent)),
    async close() {
      await context.close();
      server.close();
    },
  };
}

/** A house for as long as the test needs it. */
export async function within(state, how, body) {
  const h = await house(state, how);
  try {
    return await body(h);
  } finally {
    await h.close();
  }
}

export const over = () => browser?.close();
