// What the page knows, as a pure function of what it was told: (state, message) → state. No clock, no DOM, no network.

/** @returns {State} */
export const start = () => ({
  link: 'connecting', delay: 0, epoch: 0, seq: 0, whole: false, hole: false, me: null, caps: [], demo: false,
  calls: {}, queues: {}, stations: {}, presence: {}, line: null, closures: [], services: {}, closed: {}, tasks: {}, missed: {}, emergencies: [], seen: [], help: null,
  media: 'none', last: null, query: '', asked: 0, items: [], usual: [], foundFor: '', selected: -1, page: 6, more: null, moreSelected: 0,
  drafts: {}, pending: {}, notice: null, dialog: null, fault: null, muted: false, watching: [], names: {}, chosen: null, tried: null, warned: 0,
});

/** @param {State} state @param {Action} msg @returns {State} */
export function reduce(state, msg) {
  switch (msg.t) {
    case 'welcome': {
      const restarted = state.epoch !== 0 && state.epoch !== msg.epoch;
      // Nothing is known before the snapshot.
      return {
        ...state, link: 'up', epoch: msg.epoch, seq: msg.replay ? state.seq : msg.seq, whole: msg.replay, hole: false, me: msg.me, caps: msg.caps,
        demo: msg.demo ?? false, pending: restarted ? {} : state.pending,
      };
    }
    case 'snapshot': return snapshot(state, msg);
    case 'ev': return event(state, msg);
    case 'ack': return acked(state, msg.id);
    case 'nack': return nacked(state, msg);
    case 'results': return msg.q === state.asked ? found(state, msg.items) : state;
    case 'media': return { ...state, media: msg.media === 'answer' ? (state.media === 'none' || state.media === 'refused' ? 'calling' : state.media) : msg.media };
    case 'tick': return state.whole && msg.seq > state.seq ? { ...state, hole: true } : state;
    case 'bye': return state;
    default: return local(state, msg);
  }
}

/** @param {State} state @param {Local} msg @returns {State} */
function local(state, msg) {
  switch (msg.t) {
    case 'set': return { ...state, ...msg.set };
    case 'sent': return { ...state, notice: null, pending: { ...state.pending, [msg.id]: { cmd: msg.cmd, at: msg.at } } };
    case 'slow': {
      const pending = state.pending[msg.id];
      return pending ? { ...state, pending: { ...state.pending, [msg.id]: { ...pending, slow: true } } } : state;
    }
    case 'dropped': return { ...acked(state, msg.id), notice: { key: msg.key, tone: 'bad', at: msg.at } };
    case 'typed': return { ...state, query: msg.text, asked: msg.q, more: null, tried: null };
    case 'select':
      return state.more === null
        ? { ...state, selected: clamp(msg.index, state.items.length) }
        : { ...state, moreSelected: clamp(msg.index, other(state).length) };
    case 'more': return { ...state, more: msg.id, moreSelected: 0 };
    case 'draft': {
      const v = state.drafts[msg.call]?.v ?? state.calls[msg.call]?.note?.v ?? 0;
      return { ...state, drafts: { ...state.drafts, [msg.call]: { text: msg.text, v, dirty: true } } };
    }
    case 'seen': return { ...state, seen: [...state.seen, msg.emergency], emergencies: state.emergencies.filter((e) => e.call !== msg.emergency) };
    default: return never(msg, state);
  }
}

/** The type check makes sure that there is none. @param {never} _ @param {State} state */
const never = (_, state) => state;
/** @param {number} i @param {number} length */
const clamp = (i, length) => Math.max(0, Math.min(i, length - 1));
/** @template T @param {T[]} items @param {(item: T) => string} key @returns {Record<string, T>} */
const by = (items, key) => Object.fromEntries(items.map((item) => [key(item), item]));
/** @template T @param {Record<string, T>} all @param {string} key @returns {Record<string, T>} */
function without(all, key) {
  const { [key]: _, ...rest } = all;
  return rest;
}

/** The open row's numbers, and last, of who is not free, to be told when they are. @param {State} state @returns {ResultItem['numbers']} */
export function other(state) {
  const row = state.items.find((i) => i.id === state.more);
  const p = state.presence[row?.account ?? ''];
  return row ? [...row.numbers, ...(p && p.state !== 'free' ? [{ kind: 'warn', target: '', near: '' }] : [])] : [];
}

/** @param {State} state @param {ResultItem[]} items @returns {State} */
function found(state, items) {
  const typed = state.query.trim();
  // Asked again, what is highlighted stays so: Enter must reach whom the eye has chosen.
  const kept = state.foundFor === state.query ? items.findIndex((i) => i.id === state.items[state.selected]?.id) : -1;
  return {
    ...state, items, foundFor: state.query, ...(kept < 0 && { more: null, moreSelected: 0 }),
    // Enter in an empty field must not ring anybody.
    selected: kept >= 0 ? kept : typed ? 0 : -1,
    usual: typed ? state.usual : items, presence: fromItems(state.presence, items), names: named(state.names, items),
  };
}

/** @param {State} state @param {Extract<ServerMsg, {t: 'snapshot'}>} msg @returns {State} */
function snapshot(state, msg) {
  const calls = by(msg.calls, (c) => c.id);
  return {
    ...state, seq: msg.seq, whole: true, hole: false, calls, queues: by(msg.queues, (q) => q.queue), stations: by(msg.stations, (s) => s.station),
    presence: { ...fromItems({}, state.items), ...by(msg.presence, (p) => p.account) }, me: msg.me, line: msg.line, closures: msg.closures,
    tasks: by(msg.tasks, (t) => t.id), missed: by(msg.missed, (m) => m.id),
    services: Object.fromEntries(msg.services.map((s) => [s.id, s.names])), closed: Object.fromEntries(msg.services.map((s) => [s.id, s.closed ?? {}])), drafts: merged(state.drafts, msg.calls),
    last: lost(state, calls) ?? state.last, 
    emergencies: Object.values(by([...state.emergencies, ...msg.emergencies], (e) => e.call)).filter((e) => !state.seen.includes(e.call)),
  };
}

/** It ended with me: its target was I, nobody it was given to. @param {CallView} call @returns {CallView} */
function kept({ target: _, ...call }) {
  return call;
}

/** My conversation that ended while nobody listened. @param {State} state @param {Record<string, CallView>} calls */
function lost(state, calls) {
  const mine = live(state);
  return mine && !calls[mine.id] ? kept(mine) : null;
}

/** @param {State} state @param {Extract<ServerMsg, {t: 'ev'}>} msg @returns {State} */
function event(state, msg) {
  if (!state.whole || msg.seq <= state.seq) return state;
  if (msg.seq > state.seq + 1) return { ...state, hole: true };
  const next = { ...state, seq: msg.seq };
  if ('call' in msg) {
    const call = msg.call;
    if ((state.calls[call.id]?.v ?? -1) > call.v) return next; // the same version may bring a later name
    const was = state.calls[call.id];
    const left = was && isMine(state, was) && !isMine(state, call) && !['ringing', 'queued'].includes(was.state);
    return { ...next, calls: { ...state.calls, [call.id]: call }, drafts: merged(state.drafts, [call]), last: left ? { ...call, target: call.target ?? was.target } : state.last };
  }
  if ('gone' in msg) {
    const call = state.calls[msg.gone.id];
    const mine = call && call.station === state.me?.station && call.state !== 'ringing' && call.state !== 'queued';
    return { ...next, calls: without(state.calls, msg.gone.id), last: mine ? kept(call) : state.last };
  }
  if ('queue' in msg) return { ...next, queues: { ...state.queues, [msg.queue.queue]: msg.queue } };
  if ('station' in msg) return { ...next, stations: { ...state.stations, [msg.station.station]: msg.station } };
  if ('presence' in msg) return { ...next, presence: { ...state.presence, ...by(msg.presence, (p) => p.account) } };
  if ('line' in msg) return { ...next, line: msg.line };
  if ('task' in msg) return { ...next, tasks: msg.task.done ? without(state.tasks, msg.task.id) : { ...state.tasks, [msg.task.id]: msg.task } };
  if ('missed' in msg) return { ...next, missed: msg.missed.done ? without(state.missed, msg.missed.id) : { ...state.missed, [msg.missed.id]: msg.missed } };
  if ('closures' in msg) return { ...next, closures: msg.closures };
  if ('me' in msg) return { ...next, me: msg.me };
  if ('emergency' in msg) return { ...next, emergencies: [msg.emergency, ...state.emergencies.filter((e) => e.call !== msg.emergency.call)] };
  if ('help' in msg) return { ...next, help: msg.help };
  if ('prefs' in msg) return next; // what is chosen is not state
  return never(msg, next);
}

/** My own unsaved words stay. @param {Record<string, Draft>} drafts @param {CallView[]} calls */
function merged(drafts, calls) {
  for (const { id, note } of calls) {
    const draft = drafts[id];
    if (!draft || !note || note.v <= draft.v) continue;
    drafts = { ...drafts, [id]: draft.dirty && draft.text !== note.text ? { ...draft, v: note.v } : { text: note.text, v: note.v, dirty: false } };
  }
  return drafts;
}

/** @param {State} state @param {string} id @returns {State} */
function acked(state, id) {
  const done = state.pending[id];
  if (!done) return state;
  const next = { ...state, pending: without(state.pending, id) };
  const cmd = done.cmd;
  // After the call nobody tells the note's version.
  const draft = cmd.cmd === 'note' && !state.calls[cmd.call] && state.drafts[cmd.call];
  if (cmd.cmd === 'note' && draft) next.drafts = { ...state.drafts, [cmd.call]: { ...draft, v: draft.v + 1, dirty: draft.text !== cmd.text } };
  return next;
}

/** @param {State} state @param {Extract<ServerMsg, {t: 'nack'}>} msg @returns {State} */
function nacked(state, msg) {
  const order = state.pending[msg.id];
  const next = { ...state, pending: without(state.pending, msg.id) };
  const places = msg.by === undefined ? undefined : { by: msg.by };
  if (order?.cmd.cmd === 'note' && msg.code === 'stale') return next; // my words are sent again
  return { ...next, notice: { key: msg.text_key, places, tone: 'bad', at: order?.at ?? 0 } };
}

/** @param {Record<string, PresenceView>} presence @param {ResultItem[]} items */
function fromItems(presence, items) {
  let next = presence;
  for (const { presence: p } of items) if (p && (next[p.account]?.since_ms ?? -1) <= p.since_ms) next = { ...next, [p.account]: p };
  return next;
}

/** @param {Record<string, string>} names @param {ResultItem[]} items */
function named(names, items) {
  const next = { ...names };
  for (const { name, account, numbers, deputy } of items) {
    for (const n of numbers) if (n.kind !== 'deputy' || deputy) next[n.target] = n.kind === 'deputy' ? /** @type {string} */ (deputy) : name;
    if (account) next[account] = name;
  }
  return next;
}

/** @param {State} state @param {CallView} call */
export const isMine = (state, call) => call.station !== undefined && call.station === state.me?.station;

/** Sent away or held too long, back with me, with music until F2. @param {State} state @param {CallView} call */
const cameBack = (state, call) => call.state === 'held' && Boolean(call.returned) && isMine(state, call);

/** Does this call ring at my place? @param {State} state @param {CallView} call */
export function ringsHere(state, call) {
  if (cameBack(state, call)) return true;
  const me = state.me && state.stations[state.me.station];
  // Who waits stays queued while stations are rung: mine says whether I am.
  if (call.state === 'queued') return me?.state === 'ringing' && me.call === call.id;
  // A colleague who calls a colleague rings at a telephone.
  return call.state === 'ringing' && !outgoing(state, call) && (isMine(state, call) || me?.call === call.id);
}

/** @param {CallView} call */
export const consulting = (call) => call.state.startsWith('consult');

/** Did I call, rather than a citizen? @param {State} state @param {CallView} call */
export const outgoing = (state, call) => isMine(state, call) && !call.dialled && call.waiting_since_ms === undefined && Boolean(call.target) && call.target !== call.station;

/** The one conversation of the card. @param {State} state @returns {CallView|null} */
export function live(state) {
  const order = ['consult_talking', 'consult_swapped', 'consult_ringing', 'merged', 'talking', 'reattaching', 'ringing'];
  const mine = Object.values(state.calls).filter((c) => isMine(state, c) && order.includes(c.state) && (c.state !== 'ringing' || outgoing(state, c)));
  return mine.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? null;
}

/** Since when they wait, first or again. @param {CallView} call */
export const waitsSince = (call) => (call.returned ? call.since_ms : call.waiting_since_ms ?? call.since_ms);

/** Back first, then what rings, then what waits longest. @param {State} state */
export function incoming(state) {
  const rank = (/** @type {CallView} */ c) => (c.returned ? 0 : ringsHere(state, c) ? 1 : 2);
  return Object.values(state.calls)
    .filter((c) => c.state === 'queued' || cameBack(state, c) || (c.state === 'ringing' && (ringsHere(state, c) || c.waiting_since_ms !== undefined)))
    .sort((a, b) => rank(a) - rank(b) || waitsSince(a) - waitsSince(b) || (a.id < b.id ? -1 : 1));
}

/** Mine that still ring, newest first. @param {State} state */
export const transferring = (state) =>
  Object.values(state.calls).filter((c) => c.state === 'transferring' && isMine(state, c)).sort((a, b) => b.since_ms - a.since_ms);

/** @param {State} state */
export const merging = (state) => Object.values(state.calls).filter((c) => c.state === 'merged' && isMine(state, c));

/** Mine that are held, then all that are parked, as Alt+1…9 counts them. @param {State} state */
export const waiting = (state) =>
  Object.values(state.calls)
    .filter((c) => (c.state === 'held' && isMine(state, c) && !c.returned) || c.state === 'parked')
    .sort((a, b) => (a.state === b.state ? a.since_ms - b.since_ms || (a.id < b.id ? -1 : 1) : a.state === 'held' ? -1 : 1));

/** The call that F2 answers. @param {State} state */
export const ringing = (state) => incoming(state).find((c) => ringsHere(state, c)) ?? null;

/** @param {State} state @returns {Mode} */
export function mode(state) {
  if (state.link !== 'up') return 'reconnecting';
  if (state.me && !state.me.owner) return 'elsewhere';
  const call = live(state);
  if (call?.state === 'reattaching' || (call && state.media === 'lost')) return 'detached';
  if (call) return call.state === 'merged' ? 'merged' : consulting(call) ? 'consult' : 'talking';
  if (ringing(state)) return 'ringing';
  const me = state.me && state.stations[state.me.station];
  if (me?.state === 'wrap_up') return 'wrapup';
  if (transferring(state).length) return 'transferring';
  if (waiting(state).some((c) => c.state === 'held')) return 'held';
  return 'idle';
}

/** What card, context and note are about. @param {State} state @returns {CallView|null} */
export function subject(state) {
  const call = live(state);
  if (call) return call;
  const now = ringing(state);
  if (now) return now;
  const me = state.me && state.stations[state.me.station];
  // Between the end of a call and the wrap-up its note stays where it is being written.
  return me && (me.state === 'wrap_up' || me.call === state.last?.id) ? state.last : null;
}

/** Is an order of this name on its way? @param {State} state @param {string} [cmd] */
export const busyWith = (state, cmd) => Object.values(state.pending).find((p) => !cmd || p.cmd.cmd === cmd) ?? null;
