// The names of the types that the page's modules speak of, known everywhere so that no module sends a list of them. Not served.
declare global {
  type CallView = import('./protocol.js').CallView;
  type Chosen = import('./protocol.js').Chosen;
  type Citizen = import('./protocol.js').Citizen;
  type ClientMsg = import('./protocol.js').ClientMsg;
  type Command = import('./protocol.js').Command;
  type ContactView = import('./protocol.js').ContactView;
  type If = import('./protocol.js').If;
  type MediaUp = import('./protocol.js').MediaUp;
  type MissedView = import('./protocol.js').MissedView;
  type Outcome = import('./protocol.js').Outcome;
  type Pause = import('./protocol.js').Pause;
  type PresenceView = import('./protocol.js').PresenceView;
  type QueueView = import('./protocol.js').QueueView;
  type ReasonView = import('./protocol.js').ReasonView;
  type ResultItem = import('./protocol.js').ResultItem;
  type ReturnedView = import('./protocol.js').ReturnedView;
  type ServerMsg = import('./protocol.js').ServerMsg;
  type StationView = import('./protocol.js').StationView;
  type TaskView = import('./protocol.js').TaskView;

  type Action = import('./desk.js').Action;
  type Button = import('./desk.js').Button;
  type Desk = import('./desk.js').Desk;
  type Draft = import('./desk.js').Draft;
  type Face = import('./desk.js').Face;
  type Form = import('./desk.js').Form;
  type Hands = import('./desk.js').Hands;
  type Keyed = import('./desk.js').Keyed;
  type Keys = import('./desk.js').Keys;
  type LineDesk = import('./desk.js').LineDesk;
  type Local = import('./desk.js').Local;
  type MediaDesk = import('./desk.js').MediaDesk;
  type Mode = import('./desk.js').Mode;
  type Part = import('./desk.js').Part;
  type Prefs = import('./desk.js').Prefs;
  type Quality = import('./desk.js').Quality;
  type Rooms = import('./desk.js').Rooms;
  type Sound = import('./desk.js').Sound;
  type State = import('./desk.js').State;
  type Template = import('./desk.js').Template;
}
export {};
