// Asks the server at each keystroke, and for the presence of what is shown.
import { subject } from './reducer.js';

export class Search {
  /** @param {{send: (msg: ClientMsg) => unknown, dispatch: (action: Local) => void, state: () => State}} desk */
  constructor(desk) {
    this.desk = desk;
    this.q = 0;
    this.subscribed = '';
  }

  /** @param {string} text */
  type(text) {
    const state = this.desk.state();
    this.q += 1;
    this.desk.dispatch({ t: 'typed', text, q: this.q });
    const call = subject(state)?.id;
    this.desk.send({ t: 'search', q: this.q, text, n: Math.max(16, state.page * 2), ...(call && { call }) });
  }

  /** After a reconnect, or when the conversation changed. */
  again() {
    this.subscribed = '';
    this.type(this.desk.state().query);
  }

  /** @param {State} state */
  subscribe(state) {
    const shown = new Set([...state.items, ...state.usual].flatMap((i) => (i.account ? [i.account] : [])));
    for (const a of state.watching) shown.add(a);
    const list = [...shown].slice(0, 200);
    const key = list.join(' ');
    if (key === this.subscribed || state.link !== 'up') return;
    this.subscribed = key;
    this.desk.send({ t: 'sub', presence: list });
  }
}

/** Rows of the page that the highlighted one is on. @param {State} state */
export function shown(state) {
  const first = Math.floor(Math.max(0, state.selected) / state.page) * state.page;
  return { first, rows: state.items.slice(first, first + state.page) };
}

/** The row that Enter acts on. @param {State} state */
export const highlighted = (state) => state.items[state.selected] ?? null;

/** Who stands in: where calls of somebody absent go, or the deputy of who is absent or did just not take this caller. @param {State} state @param {ResultItem} row */
export function instead(state, row) {
  const away = row.account && state.presence[row.account]?.away;
  if (away && away.to) return { name: state.names[away.to] ?? away.to, n: 0 }; // the exchange sends them there
  const n = row.numbers.findIndex((number) => number.kind === 'deputy');
  return row.deputy && n > 0 && (away || (row.account && row.account === state.tried?.account)) ? { name: row.deputy, n } : null;
}

/** The number that Enter acts on. @param {State} state */
export function target(state) {
  const row = highlighted(state);
  if (!row) return null;
  const other = state.more === null ? instead(state, row) : null;
  const number = row.numbers[state.more === null ? other?.n ?? 0 : state.moreSelected];
  return number ? { name: other?.name ?? row.name, target: number.target, near: number.near } : null;
}
