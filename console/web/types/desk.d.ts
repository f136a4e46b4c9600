// Types of the page's own: its state, what it says to itself, and what its views are given. Not served.
import type {
  CallView, Chosen, ClientMsg, ClosureView, Command, EmergencyView, LineView, MediaUp, MeView, MissedView, Outcome, PresenceView, QueueView, ResultItem, ServerMsg, StationView, TaskView,
} from './protocol.js';
import type { STATES } from '../js/keys.js';
import type { Media } from '../js/media.js';
import type { Ring } from '../js/ring.js';
import type { Store } from '../js/store.js';

/** What the desk is doing, in the order of the key table's columns. */
export type Mode = (typeof STATES)[number];
/** Lines of the key table: a command, or none, for each state. */
export type Keys = Record<string, (string | null)[]>;

/** What a person chose, and what is this computer's. */
export interface Prefs extends Chosen {
  notify: boolean;
  audio: 'browser' | 'desk' | 'mobile';
  phone: string;
  /** Device ids; '' is the system's own choice. */
  mic: string;
  speaker: string;
  bell: string;
  /** Of the bell, 0 to 1. */
  volume: number;
}

/** A tagged template, not yet painted. */
export interface Template { strings: TemplateStringsArray; values: unknown[] }
/** Rows that keep their nodes by key. */
export interface Keyed { items: readonly any[]; key: (item: any) => string | number; each: (item: any, index: number) => Template }
/** Where a value of a template goes: an attribute, or with no name a place among the nodes. */
export interface Part { path: number[]; name: string; pieces: string[]; first: number }

/** An order without an answer. */
export interface Pending { cmd: Command; at: number; slow?: boolean }
/** A note being typed: its words, the version they were typed upon, and whether the server has them. */
export interface Draft { text: string; v: number; dirty: boolean }
/** One sentence under the search field. */
export interface Notice { key: string; places?: Record<string, string | number>; tone: 'bad' | 'good'; at: number }

/** All that the page knows. */
export interface State {
  /** The socket. */
  link: 'connecting' | 'up' | 'lost';
  /** To the server, ms. */
  delay: number;
  epoch: number;
  seq: number;
  /** The snapshot is here: a new line can go on from `seq`. */
  whole: boolean;
  /** An event is missing: a snapshot must be asked for. */
  hole: boolean;
  me: MeView | null;
  caps: string[];
  demo: boolean;
  calls: Record<string, CallView>;
  queues: Record<string, QueueView>;
  stations: Record<string, StationView>;
  presence: Record<string, PresenceView>;
  line: LineView | null;
  closures: ClosureView[];
  /** Names of services by language. */
  services: Record<string, Record<string, string | undefined>>;
  /** What callers hear when a service is closed by hand, in words by language. */
  closed: Record<string, Record<string, string | undefined>>;
  tasks: Record<string, TaskView>;
  missed: Record<string, MissedView>;
  emergencies: EmergencyView[];
  /** Calls of alarms that were put away here. */
  seen: string[];
  help: { by: string; queue?: string } | null;
  media: 'none' | 'calling' | 'up' | 'lost' | 'refused';
  /** My call that ended last: what wrap-up is about. */
  last: CallView | null;
  /** What the operator said it came to. */
  chosen: { call: string; outcome: Outcome } | null;
  query: string;
  /** Number of the newest search. */
  asked: number;
  items: ResultItem[];
  /** What an empty field found: colleagues and services often used here. */
  usual: ResultItem[];
  foundFor: string;
  /** The highlighted row; -1 is none. */
  selected: number;
  /** Rows that the list can show. */
  page: number;
  /** Id of the row whose numbers are open. */
  more: string | null;
  moreSelected: number;
  drafts: Record<string, Draft>;
  pending: Record<string, Pending>;
  notice: Notice | null;
  /** The window that is open. */
  dialog: string | null;
  /** What is wrong with the sound of this computer. */
  fault: 'denied' | 'none' | 'silent_output' | 'bell' | null;
  muted: boolean;
  /** Who came back, and from whom: their deputy is next. */
  tried: { call: string; account: string } | null;
  /** The last one there was told so, ms. */
  warned: number;
  /** Accounts to tell of when free. */
  watching: string[];
  /** People by account and number, as searches showed them. */
  names: Record<string, string>;
}

/** What the page alone decides. */
type Settable = Pick<State, 'link' | 'delay' | 'page' | 'dialog' | 'notice' | 'muted' | 'fault' | 'watching' | 'chosen' | 'help' | 'tried' | 'warned'>;

/** What the page says to itself. */
export type Local =
  | { t: 'set'; set: Partial<Settable> }
  | { t: 'sent'; id: string; cmd: Command; at: number }
  | { t: 'slow'; id: string }
  | { t: 'dropped'; id: string; key: string; at: number }
  | { t: 'typed'; text: string; q: number }
  | { t: 'select'; index: number }
  | { t: 'more'; id: string | null }
  | { t: 'draft'; call: string; text: string }
  | { t: 'seen'; emergency: string };

/** Everything the reducer is given. */
export type Action = ServerMsg | Local;

/** What a view is made of. */
export interface Desk {
  state: State;
  prefs: Prefs;
  mode: Mode;
  /** The server's clock, ms. */
  now: number;
  run: (command: string, arg?: any) => void;
  /** Is it among the person's rights? */
  can: (command: string) => boolean;
}

/** What the card shows in one state. */
export interface Face {
  edge?: string;
  who: string;
  meta?: unknown;
  sign?: string;
  tone?: string;
  word?: string;
  since?: number | null;
  acts?: [command: string, how: Button][];
  outcomes?: boolean;
}

/** How a command's button looks. */
export interface Button { kind?: string; icon?: string; label?: string; off?: boolean; arg?: unknown; key?: string }

/** What an action may touch beside the state. */
export interface Hands {
  store: Store<State, Action>;
  set: (set: Partial<Settable>) => void;
  order: (cmd: Command, call?: CallView | null) => void;
  complain: (key: string, places?: Record<string, string | number>) => void;
  speak: (text: string) => void;
  prefs: () => Prefs;
  now: () => number;
  /** When the hand moved last, ms. */
  pressed: () => number;
  /** Into the search field. */
  type: (text: string) => void;
  focusSearch: () => void;
  nextPane: (back: boolean) => void;
  takeover: () => void;
  signOut: () => void;
  sound: () => void;
  toPhone: () => void;
  mute: (muted: boolean) => void;
  choose: (patch: Partial<Prefs>) => void;
  /** Opens a window; none closes. */
  open: (name: string | null) => void;
}

/** How good the path of the sound is. */
export interface Quality { delay: number; loss: number; jitter: number; received: number; back: boolean }
/** What the settings show of this computer's sound. */
export interface Sound { devices: MediaDeviceInfo[]; level: number; heard: boolean; step: string; quality: Quality | null }

/** What a window's form holds. */
/** @property when: the occasion of a forward; empty for an absence. */
export interface Form { service: string; text: string; until: string; when: string; error: string }

/** What windows may touch. */
export interface Rooms {
  desk: () => Desk;
  store: Store<State, Action>;
  media: Media;
  ring: Ring;
  order: (cmd: Command) => void;
  choose: (patch: Partial<Prefs>) => void;
  complain: (key: string) => void;
}

/** What the line to the server tells and asks. */
export interface LineDesk {
  hello: () => ClientMsg;
  message: (msg: ServerMsg) => void;
  link: (link: State['link']) => void;
  dropped: (id: string, key: string) => void;
  slow: (id: string) => void;
  delay: (ms: number) => void;
  /** Whether to come back. */
  ended: (why: string) => boolean;
}

/** What the sound tells. */
export interface MediaDesk {
  send: (up: MediaUp) => unknown;
  fault: (fault: { kind: 'lost' | 'changed' | 'denied' | 'none' | 'silent_output'; label?: string }) => void;
  returned: (device: MediaDeviceInfo) => void;
  connected: () => unknown;
  devices: () => void;
}
