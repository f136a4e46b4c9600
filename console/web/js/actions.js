// What each command does. Every order says which call was seen and in which version: a key pressed too late cannot reach the next citizen.
import { t, clock } from './i18n.js';
import { busyWith, consulting, incoming, live, mode, other, ringing, subject, transferring, waiting } from './reducer.js';
import { highlighted, shown, target } from './search.js';
import { callerName, targetOf } from './view/parts.js';
import { OUTCOMES, outcome } from './view/card.js';

/** F2 twice within so many ms is one press. */
const SAME_PRESS = 400;
/** Who was asked once more answers within, ms. */
const SURE = 8000;

/** Commands that need a right of another name. @type {Record<string, string>} */
const RIGHT = {
  outcome_n: 'wrapup', transfer: 'transfer_blind', deflect: 'transfer_blind', consult: 'consult_start', connect: 'consult_complete', retrieve: 'resume', finish: 'wrapup',
  break: 'pause', counter: 'pause', work: 'pause', help_ask: 'help', keypad: 'dtmf', answer_call: 'answer', call_number: 'dial',
};
/** Commands of the page alone. */
const OWN = /^(search|back|speak|pane|pane_back|palette|help|settings|mute|to_phone|takeover|enter|enter_other|row_\w+|page_\w+|warn|light|dark|sign_out|close)$/;

/** @param {State} state @param {string} command */
export const allowed = (state, command) => OWN.test(command) || state.caps.includes(RIGHT[command] ?? command);

/** @param {Hands} hands @returns {Record<string, (arg?: any) => void>} */
export function actions(hands) {
  const { store, complain, open, set } = hands;
  const state = () => store.state;
  /** Enter before the results: done when they are there. @type {((s: State) => void)|null} */
  let early = null;
  let patience = 0;
  let answered = -Infinity;
  const again = () => hands.pressed() - answered < SAME_PRESS;
  /** @param {Command} cmd @param {CallView|null} [call] */
  const order = (cmd, call) => {
    if (!/^(answer|next|resume|wrapup)$/.test(cmd.cmd)) answered = -Infinity;
    hands.order(cmd, call);
  };
  store.watch((s, before) => {
    if (early && s.foundFor === s.query) {
      const then = early;
      early = null;
      then(s);
    }
    // Whoever was answered is gone: the next press is another one.
    const was = live(before);
    if (was && !live(s) && s.calls[was.id]?.state !== 'held') answered = -Infinity;
    if (s.tried && was?.id === s.tried.call && live(s)?.id !== was.id) hands.type('');
  });

  /** @param {(to: {name: string, target: string}) => void} then */
  const withTarget = (then) => {
    const s = state();
    if (s.query.trim() && s.foundFor !== s.query) {
      early = () => withTarget(then);
      clearTimeout(patience);
      patience = setTimeout(() => (early = null), 1000);
      return;
    }
    const to = target(s);
    if (other(s)[s.moreSelected]?.kind === 'warn') warn(highlighted(s)?.account);
    else if (to) then(to);
    else complain(s.query.trim() ? 'search.no_target' : 'search.choose_first');
  };
  /** @param {CallView|null|undefined} call @param {(call: CallView) => void} then */
  const withCall = (call, then) => (call ? then(call) : complain('nack.gone'));
  /** @param {'transfer_blind'|'consult_start'} cmd @param {CallView|null} call */
  const give = (cmd, call) => withCall(call, (c) => withTarget(({ target: to }) => {
    order({ cmd, call: c.id, target: to }, c);
    hands.type('');
  }));
  const transferTo = () => give('transfer_blind', live(state()));
  const consultTo = () => give('consult_start', live(state()));
  const answer = (/** @type {CallView|null} */ call) => withCall(call, (c) => {
    if (again() || ['answer', 'next', 'resume'].some((cmd) => busyWith(state(), cmd))) return;
    answered = hands.pressed();
    order({ cmd: c.state === 'held' ? 'resume' : 'answer', call: c.id }, c);
    // Who did not take them is in the field, and Enter tries the deputy.
    const { me, query } = state();
    const account = c.returned?.from;
    if (!account || account === me?.station || account === me?.display || query.trim()) return;
    hands.type(account);
    set({ tried: { call: c.id, account } });
  });
  const onLive = (/** @type {'hangup'|'hold'|'park'|'consult_complete'|'consult_cancel'|'swap'} */ cmd) => () => withCall(live(state()), (c) => {
    if (!busyWith(state(), cmd)) order({ cmd, call: c.id }, c);
  });
  /** Taken back they are held: resumed then. @type {string|null} */
  let wanted = null;
  store.watch((s) => {
    const call = wanted ? s.calls[wanted] : undefined;
    if (!wanted || call?.state === 'transferring') return;
    wanted = null;
    if (call?.state === 'held' && !live(s)) order({ cmd: 'resume', call: call.id }, call);
  });
  const takeBack = (/** @type {string|undefined} */ id) => withCall(id ? state().calls[id] : transferring(state())[0], (c) => {
    order({ cmd: 'take_back', call: c.id }, c);
    wanted = c.id;
  });
  const pause = (/** @type {Pause} */ reason) => () => order({ cmd: 'pause', reason });
  const next = () => {
    if (again() || busyWith(state(), 'next')) return;
    const back = incoming(state()).find((c) => c.returned);
    if (back) return answer(back);
    if (!incoming(state()).length) return complain('calls.none');
    answered = hands.pressed();
    order({ cmd: 'next' });
  };

  const warn = (/** @type {string|undefined} */ account) => {
    const who = account ?? highlighted(state())?.account;
    if (!who) return complain('search.choose_first');
    set({ watching: [...new Set([...state().watching, who])] });
    store.dispatch({ t: 'more', id: null });
  };

  /** Without anybody there callers go to the night service: the last one is asked once more. */
  const last = () => {
    const { me, stations, queues, warned } = state();
    const mine = me && stations[me.station];
    const others = Object.values(stations).some((x) => x !== mine && x.state !== 'out' && x.state !== 'paused');
    if (others || !mine || mine.state === 'out' || hands.now() - warned < SURE) return false;
    set({ warned: hands.now() });
    complain('out.last', { n: Object.values(queues).reduce((n, q) => n + q.waiting, 0) });
    return true;
  };
  const out = () => last() || order({ cmd: 'out' });
  /** Who was out has let her sound go: it comes first, and with it she takes calls. */
  const ready = () => {
    const { me, stations } = state();
    if (me && stations[me.station]?.state === 'out') hands.sound();
    else order({ cmd: 'ready' });
  };

  return {
    sign_out: () => last() || hands.signOut(),
    answer: () => {
      const call = ringing(state());
      if (call) answer(call);
    },
    answer_call: (id) => answer(state().calls[id] ?? null),
    next,
    finish: () => {
      const s = state();
      if (s.last) order({ cmd: 'wrapup', call: s.last.id, outcome: outcome(s) });
      if (incoming(s).length) next();
    },
    outcome: (chosen) => set({ chosen }),
    outcome_n: (n) => {
      const { last } = state();
      const outcome = OUTCOMES[n - 1];
      if (last && outcome) set({ chosen: { call: last.id, outcome } });
    },
    transfer: transferTo,
    deflect: () => give('transfer_blind', ringing(state())),
    consult: consultTo,
    enter: () => (hands.prefs().enter === 'transfer' ? transferTo() : consultTo()),
    enter_other: () => (hands.prefs().enter === 'transfer' ? consultTo() : transferTo()),
    dial: () => withTarget(({ target: to }) => {
      order({ cmd: 'dial', target: to });
      hands.type('');
    }),
    call_number: (number) => number && order({ cmd: 'dial', target: number }),
    connect: onLive('consult_complete'),
    consult_cancel: onLive('consult_cancel'),
    swap: onLive('swap'),
    merge: (id) => withCall(live(state()), (c) => {
      const [other, more] = id ? [{ id }] : waiting(state()).filter((w) => w.state === 'held');
      if (more || !other) complain('calls.merge_whom');
      else order({ cmd: 'merge', call: c.id, with: other.id }, c);
    }),
    hold: onLive('hold'),
    hangup: onLive('hangup'),
    park: () => withCall(live(state()) ?? waiting(state()).find((c) => c.state === 'held'), (c) => order({ cmd: 'park', call: c.id }, c)),
    resume: () => withCall(waiting(state()).find((c) => c.state === 'held'), (c) => order({ cmd: 'resume', call: c.id }, c)),
    retrieve: (n) => {
      const call = waiting(state())[n - 1];
      if (!call) complain('calls.no_such', { n });
      else order({ cmd: call.state === 'parked' ? 'pickup' : 'resume', call: call.id }, call);
    },
    take_back: takeBack,

    ready,
    break: pause('break'),
    counter: pause('counter'),
    work: pause('work'),
    out,
    status: (value) => value === 'out' ? out() : value === 'ready' ? ready() : order({ cmd: 'pause', reason: value }),
    help_ask: () => order({ cmd: 'help' }),
    help_seen: () => set({ help: null }),
    alarm_seen: (call) => store.dispatch({ t: 'seen', emergency: call }),

    task: () => {
      const s = state();
      const call = subject(s);
      const text = (call && (s.drafts[call.id]?.text ?? call.note?.text)) ?? '';
      const to = target(s);
      if (!call) complain('task.no_call');
      else order({ cmd: 'task', call: call.id, text, ...(to && { whom: highlighted(s)?.account ?? to.target }) });
    },
    task_done: (task) => order({ cmd: 'task_done', task, done: true }),
    reopen: (closure) => order({ cmd: 'reopen', closure }),

    select: (index) => store.dispatch({ t: 'select', index }),
    row_down: () => move(1),
    row_up: () => move(-1),
    page_down: () => move(state().page),
    page_up: () => move(-state().page),
    row_more: () => {
      const row = highlighted(state());
      if (row) store.dispatch({ t: 'more', id: row.id });
    },
    row_less: () => store.dispatch({ t: 'more', id: null }),
    warn,
    pick: (name) => {
      hands.type(name);
      hands.focusSearch();
    },
    type: (text) => hands.type(text),

    search: hands.focusSearch,
    pane: () => hands.nextPane(false),
    pane_back: () => hands.nextPane(true),
    speak: () => hands.speak(situation(state(), hands.now())),
    mute: () => hands.mute(!state().muted),
    to_phone: hands.toPhone,
    takeover: hands.takeover,
    palette: () => open('palette'),
    help: () => open('help'),
    settings: () => open('settings'),
    closure: () => open('closure'),
    keypad: () => open('keypad'),
    words: () => (highlighted(state())?.kind === 'service' ? open('words') : complain('terms.choose')),
    misses: () => order({ cmd: 'misses' }),
    away: () => (highlighted(state())?.account ? open('away') : complain('search.choose_first')),
    close: () => open(null),
    light: () => hands.choose({ theme: 'light' }),
    dark: () => hands.choose({ theme: 'dark' }),
    back,
  };

  /** @param {number} by */
  function move(by) {
    const s = state();
    store.dispatch({ t: 'select', index: s.more === null ? s.selected + by : s.moreSelected + by });
    const { first } = shown(s);
    if (Math.abs(by) > 1 && s.more === null && state().selected < first) store.dispatch({ t: 'select', index: Math.max(0, first - s.page) });
  }

  /** Esc: one step back, never a hang-up. */
  function back() {
    const s = state();
    if (s.dialog) open(null);
    else if (s.more !== null) store.dispatch({ t: 'more', id: null });
    else if (s.query) hands.type('');
    else if (['consult', 'merged'].includes(mode(s))) onLive('consult_cancel')();
    else if (transferring(s).length && mode(s) !== 'reconnecting' && mode(s) !== 'elsewhere') takeBack(undefined);
    else if (s.notice) set({ notice: null });
  }
}

/** For Alt+0. @param {State} state @param {number} now */
export function situation(state, now) {
  const call = live(state);
  const rings = ringing(state);
  const held = waiting(state).length;
  const queue = incoming(state).length;
  return [
    call ? t('say.with', { name: consulting(call) ? targetOf(state, call) : callerName(call), time: clock(now - call.since_ms) }) : t('card.idle'),
    rings ? t('say.rings', { name: callerName(rings) }) : '',
    queue ? t('queue.waiting', { n: queue }) : '',
    held ? t('card.held', { n: held }) : '',
  ].filter(Boolean).join('. ') + '.';
}
