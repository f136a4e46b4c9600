// What page and server say to each other (console/PROTOCOL.md). Written by `UPDATE=1 cargo test -p centrale-console`.

export type ClientMsg = { "t": "hello", 
/**
 * [`VERSION`].
 */
proto: number, 
/**
 * The station to work at; none takes the one of the user.
 */
station?: string, 
/**
 * Made once for each browser tab: a reload keeps it, a second tab has another.
 */
tab: string, 
/**
 * Of the last `welcome`, to go on where it stopped.
 */
epoch?: number, 
/**
 * The last `seq` seen.
 */
since?: number, 
/**
 * What the person speaks through.
 */
audio: Audio, 
/**
 * Of the page: `nl`, `fr`, `de`, `en`.
 */
lang: string, 
/**
 * Take the station from the tab or machine that has it.
 */
take?: boolean, } | { "t": "cmd", 
/**
 * A UUIDv7; the same id is never done twice.
 */
id: string, 
/**
 * When the key was pressed, in the server's time (`server_ms` plus what went by since).
 */
at_ms: number, 
/**
 * Only if the call is still as the person saw it.
 */
if?: If, } & ({ "cmd": "answer", 
/**
 * Which.
 */
call: string, } | { "cmd": "next" } | { "cmd": "hangup", 
/**
 * Which.
 */
call: string, } | { "cmd": "hold", 
/**
 * Which.
 */
call: string, } | { "cmd": "resume", 
/**
 * Which.
 */
call: string, } | { "cmd": "park", 
/**
 * Which.
 */
call: string, } | { "cmd": "pickup", 
/**
 * Which.
 */
call: string, } | { "cmd": "transfer_blind", 
/**
 * Which.
 */
call: string, 
/**
 * To whom.
 */
target: string, } | { "cmd": "take_back", 
/**
 * Which.
 */
call: string, } | { "cmd": "consult_start", 
/**
 * Which.
 */
call: string, 
/**
 * Whom to ask.
 */
target: string, } | { "cmd": "consult_complete", 
/**
 * Which.
 */
call: string, } | { "cmd": "consult_cancel", 
/**
 * Which.
 */
call: string, } | { "cmd": "swap", 
/**
 * Which.
 */
call: string, } | { "cmd": "merge", 
/**
 * The conversation.
 */
call: string, 
/**
 * Who comes in.
 */
with: string, } | { "cmd": "dial", 
/**
 * Whom.
 */
target: string, } | { "cmd": "dtmf", 
/**
 * `0` to `9`, `*`, `#`, `A` to `D`.
 */
digit: string, } | { "cmd": "ready" } | { "cmd": "pause", 
/**
 * Why.
 */
reason: Pause, } | { "cmd": "out" } | { "cmd": "serve", 
/**
 * Services.
 */
queues: Array<string>, } | { "cmd": "wrapup", 
/**
 * The call that ended.
 */
call: string, 
/**
 * What it came to.
 */
outcome: Outcome, } | { "cmd": "note", 
/**
 * Which.
 */
call: string, 
/**
 * The whole text, at most 4 000 characters.
 */
text: string, 
/**
 * [`NoteView::v`] it was typed upon; another one on the server is `stale`.
 */
v: number, } | { "cmd": "task", 
/**
 * The call it comes from: gives number, name, language, service.
 */
call?: string, 
/**
 * Number to call, when not the caller's.
 */
number?: string, 
/**
 * Who is to do it: an account or a service; none for anybody at the desk.
 */
whom?: string, 
/**
 * What it is about, at most 1 000 characters.
 */
text: string, 
/**
 * Until when.
 */
due_ms?: number, } | { "cmd": "task_done", 
/**
 * [`TaskView::id`] or [`MissedView::id`].
 */
task: string, 
/**
 * Dealt with.
 */
done: boolean, } | { "cmd": "closure", 
/**
 * Which service; none for all.
 */
service?: string, 
/**
 * What colleagues read, at most 200 characters.
 */
text: string, 
/**
 * When it opens by itself.
 */
until_ms: number, } | { "cmd": "reopen", 
/**
 * [`ClosureView::id`].
 */
closure: string, } | { "cmd": "away", 
/**
 * Whose account.
 */
account: string, 
/**
 * Where their calls go; none for nowhere, or with `all` for everybody's own mobile.
 */
to?: string, 
/**
 * Until when; none ends the absence now.
 */
until_ms?: number, 
/**
 * With everybody who shares this with them.
 */
all?: Circle, } | { "cmd": "words", 
/**
 * The service, by the id of its row.
 */
service: string, 
/**
 * At most 100, each at most 60 characters.
 */
words: Array<string>, } | { "cmd": "misses" } | { "cmd": "prefs", 
/**
 * [`Chosen`]; what is none is refused.
 */
prefs: Chosen, } | { "cmd": "forward", 
/**
 * Whose account.
 */
account: string, 
/**
 * When.
 */
when: Occasion, 
/**
 * Where they go then: an account, or a number as it is dialled; none for nowhere from now on.
 */
to?: string, } | { "cmd": "help", 
/**
 * The queue that is too long; none for all.
 */
queue?: string, }) | { "t": "sub", 
/**
 * Accounts, at most 200.
 */
presence: Array<string>, } | { "t": "search", 
/**
 * Counts up.
 */
q: number, 
/**
 * As typed.
 */
text: string, 
/**
 * How many at most.
 */
n: number, 
/**
 * The call it is for: its service and history rank.
 */
call?: string, } | { "t": "media", } & ({ "media": "offer", 
/**
 * SDP with its candidates in it (wait for gathering to end).
 */
sdp: string, 
/**
 * The page's number for it; its answer has the same.
 */
n: number, } | { "media": "restart", 
/**
 * SDP.
 */
sdp: string, 
/**
 * The page's number for it.
 */
n: number, } | { "media": "phone", 
/**
 * Account of a desk phone or number of a mobile; none takes the one that belongs to the station.
 */
target?: string, 
/**
 * Without a target: her mobile, and not her desk phone.
 */
mobile?: boolean, } | { "media": "echo", 
/**
 * Whether she does.
 */
on: boolean, } | { "media": "tested", 
/**
 * The microphone that is open, as the system names it.
 */
mic: string, 
/**
 * It was heard.
 */
heard: boolean, 
/**
 * What she heard herself by way of the exchange; none when that was not tried.
 */
path?: PathView, } | { "media": "bye" }) | { "t": "look" };

export type If = { 
/**
 * The call.
 */
call: string, 
/**
 * Its version.
 */
v: number, };

export type Audio = "browser" | "desk" | "mobile";

export type MediaUp = { "media": "offer", 
/**
 * SDP with its candidates in it (wait for gathering to end).
 */
sdp: string, 
/**
 * The page's number for it; its answer has the same.
 */
n: number, } | { "media": "restart", 
/**
 * SDP.
 */
sdp: string, 
/**
 * The page's number for it.
 */
n: number, } | { "media": "phone", 
/**
 * Account of a desk phone or number of a mobile; none takes the one that belongs to the station.
 */
target?: string, 
/**
 * Without a target: her mobile, and not her desk phone.
 */
mobile?: boolean, } | { "media": "echo", 
/**
 * Whether she does.
 */
on: boolean, } | { "media": "tested", 
/**
 * The microphone that is open, as the system names it.
 */
mic: string, 
/**
 * It was heard.
 */
heard: boolean, 
/**
 * What she heard herself by way of the exchange; none when that was not tried.
 */
path?: PathView, } | { "media": "bye" };

export type PathView = { 
/**
 * It came back.
 */
back: boolean, 
/**
 * There and back, milliseconds.
 */
delay: number, 
/**
 * Lost, in thousandths.
 */
loss: number, 
/**
 * Milliseconds.
 */
jitter: number, };

export type Command = { "cmd": "answer", 
/**
 * Which.
 */
call: string, } | { "cmd": "next" } | { "cmd": "hangup", 
/**
 * Which.
 */
call: string, } | { "cmd": "hold", 
/**
 * Which.
 */
call: string, } | { "cmd": "resume", 
/**
 * Which.
 */
call: string, } | { "cmd": "park", 
/**
 * Which.
 */
call: string, } | { "cmd": "pickup", 
/**
 * Which.
 */
call: string, } | { "cmd": "transfer_blind", 
/**
 * Which.
 */
call: string, 
/**
 * To whom.
 */
target: string, } | { "cmd": "take_back", 
/**
 * Which.
 */
call: string, } | { "cmd": "consult_start", 
/**
 * Which.
 */
call: string, 
/**
 * Whom to ask.
 */
target: string, } | { "cmd": "consult_complete", 
/**
 * Which.
 */
call: string, } | { "cmd": "consult_cancel", 
/**
 * Which.
 */
call: string, } | { "cmd": "swap", 
/**
 * Which.
 */
call: string, } | { "cmd": "merge", 
/**
 * The conversation.
 */
call: string, 
/**
 * Who comes in.
 */
with: string, } | { "cmd": "dial", 
/**
 * Whom.
 */
target: string, } | { "cmd": "dtmf", 
/**
 * `0` to `9`, `*`, `#`, `A` to `D`.
 */
digit: string, } | { "cmd": "ready" } | { "cmd": "pause", 
/**
 * Why.
 */
reason: Pause, } | { "cmd": "out" } | { "cmd": "serve", 
/**
 * Services.
 */
queues: Array<string>, } | { "cmd": "wrapup", 
/**
 * The call that ended.
 */
call: string, 
/**
 * What it came to.
 */
outcome: Outcome, } | { "cmd": "note", 
/**
 * Which.
 */
call: string, 
/**
 * The whole text, at most 4 000 characters.
 */
text: string, 
/**
 * [`NoteView::v`] it was typed upon; another one on the server is `stale`.
 */
v: number, } | { "cmd": "task", 
/**
 * The call it comes from: gives number, name, language, service.
 */
call?: string, 
/**
 * Number to call, when not the caller's.
 */
number?: string, 
/**
 * Who is to do it: an account or a service; none for anybody at the desk.
 */
whom?: string, 
/**
 * What it is about, at most 1 000 characters.
 */
text: string, 
/**
 * Until when.
 */
due_ms?: number, } | { "cmd": "task_done", 
/**
 * [`TaskView::id`] or [`MissedView::id`].
 */
task: string, 
/**
 * Dealt with.
 */
done: boolean, } | { "cmd": "closure", 
/**
 * Which service; none for all.
 */
service?: string, 
/**
 * What colleagues read, at most 200 characters.
 */
text: string, 
/**
 * When it opens by itself.
 */
until_ms: number, } | { "cmd": "reopen", 
/**
 * [`ClosureView::id`].
 */
closure: string, } | { "cmd": "away", 
/**
 * Whose account.
 */
account: string, 
/**
 * Where their calls go; none for nowhere, or with `all` for everybody's own mobile.
 */
to?: string, 
/**
 * Until when; none ends the absence now.
 */
until_ms?: number, 
/**
 * With everybody who shares this with them.
 */
all?: Circle, } | { "cmd": "words", 
/**
 * The service, by the id of its row.
 */
service: string, 
/**
 * At most 100, each at most 60 characters.
 */
words: Array<string>, } | { "cmd": "misses" } | { "cmd": "prefs", 
/**
 * [`Chosen`]; what is none is refused.
 */
prefs: Chosen, } | { "cmd": "forward", 
/**
 * Whose account.
 */
account: string, 
/**
 * When.
 */
when: Occasion, 
/**
 * Where they go then: an account, or a number as it is dialled; none for nowhere from now on.
 */
to?: string, } | { "cmd": "help", 
/**
 * The queue that is too long; none for all.
 */
queue?: string, };

export type Pause = "break" | "counter" | "work";

export type Outcome = "informed" | "transferred" | "callback" | "referred" | "nothing" | "other";

export type ServerMsg = { "t": "welcome" } & Welcome | { "t": "snapshot" } & Snapshot | { "t": "ev", 
/**
 * One more than the last; a hole means: send `look`.
 */
seq: number, } & ({ "call": CallView } | { "gone": { 
/**
 * Which.
 */
id: string, 
/**
 * A cause code, for example `caller-hung-up`.
 */
why: string, } } | { "queue": QueueView } | { "station": StationView } | { "presence": Array<PresenceView> } | { "line": LineView } | { "task": TaskView } | { "missed": MissedView } | { "closures": Array<ClosureView> } | { "me": MeView } | { "prefs": Chosen } | { "emergency": EmergencyView } | { "help": { 
/**
 * Who.
 */
by: string, 
/**
 * For which queue.
 */
queue?: string, } }) | { "t": "ack", 
/**
 * The order's.
 */
id: string, 
/**
 * Events up to here tell what it changed.
 */
seq: number, 
/**
 * The call's version after it.
 */
v?: number, 
/**
 * The parking slot.
 */
slot?: number, 
/**
 * The call that was made or taken.
 */
call?: string, 
/**
 * The task that was made.
 */
task?: string, 
/**
 * So many accounts' calls go elsewhere now, or come back.
 */
moved?: number, 
/**
 * Names of those who stay as they were: they have no mobile.
 */
left?: Array<string>, 
/**
 * What was searched for in vain, the most often first.
 */
misses?: Array<MissView>, } | { "t": "nack", 
/**
 * The order's.
 */
id: string, 
/**
 * Why, for the program.
 */
code: Nack, 
/**
 * Who was first, for `taken` and `not_owner`.
 */
by?: string, 
/**
 * Why, for people: a key of the page's texts, `nack.<code>` or finer.
 */
text_key: string, } | { "t": "results", 
/**
 * The search's.
 */
q: number, 
/**
 * Rows.
 */
items: Array<ResultItem>, } | { "t": "media", } & ({ "media": "answer", 
/**
 * SDP, with the server's candidates in it.
 */
sdp: string, 
/**
 * The number of the offer that it answers: an answer to an earlier one fits no later one.
 */
n: number, } | { "media": "calling" } | { "media": "up" } | { "media": "lost" } | { "media": "refused", 
/**
 * Why, for the program.
 */
code: Nack, 
/**
 * Why, for people: a key of the page's texts.
 */
text_key: string, }) | { "t": "tick", 
/**
 * The last event's.
 */
seq: number, 
/**
 * The server's clock.
 */
server_ms: number, } | { "t": "bye", 
/**
 * Why.
 */
why: Bye, };

export type Welcome = { 
/**
 * The life of this server; another one than before: a snapshot follows.
 */
epoch: number, 
/**
 * The last event's.
 */
seq: number, 
/**
 * The server's clock, milliseconds since 1970.
 */
server_ms: number, 
/**
 * What follows: the events since `since`, or a snapshot.
 */
replay: boolean, 
/**
 * Who I am.
 */
me: MeView, 
/**
 * Orders that my roles allow: what is not listed is not shown.
 */
caps: Array<string>, 
/**
 * Demo mode: the citizen's page is at `/call`.
 */
demo?: boolean, };

export type Snapshot = { 
/**
 * Events after this one are not in it.
 */
seq: number, 
/**
 * All calls this person may see.
 */
calls: Array<CallView>, 
/**
 * All queues.
 */
queues: Array<QueueView>, 
/**
 * All stations.
 */
stations: Array<StationView>, 
/**
 * Lines, of the accounts in the last `sub`.
 */
presence: Array<PresenceView>, 
/**
 * Who I am.
 */
me: MeView, 
/**
 * The house.
 */
line: LineView, 
/**
 * What is closed by hand.
 */
closures: Array<ClosureView>, 
/**
 * Open tasks.
 */
tasks: Array<TaskView>, 
/**
 * Callers of the last seven days whom nobody spoke to, not dealt with, newest first, at most 100.
 */
missed: Array<MissedView>, 
/**
 * The services of the dialplans.
 */
services: Array<ServiceView>, 
/**
 * Calls for help that are under way.
 */
emergencies: Array<EmergencyView>, };

export type Event = { "call": CallView } | { "gone": { 
/**
 * Which.
 */
id: string, 
/**
 * A cause code, for example `caller-hung-up`.
 */
why: string, } } | { "queue": QueueView } | { "station": StationView } | { "presence": Array<PresenceView> } | { "line": LineView } | { "task": TaskView } | { "missed": MissedView } | { "closures": Array<ClosureView> } | { "me": MeView } | { "prefs": Chosen } | { "emergency": EmergencyView } | { "help": { 
/**
 * Who.
 */
by: string, 
/**
 * For which queue.
 */
queue?: string, } };

export type AckDone = { 
/**
 * The call's version after it.
 */
v?: number, 
/**
 * The parking slot.
 */
slot?: number, 
/**
 * The call that was made or taken.
 */
call?: string, 
/**
 * The task that was made.
 */
task?: string, 
/**
 * So many accounts' calls go elsewhere now, or come back.
 */
moved?: number, 
/**
 * Names of those who stay as they were: they have no mobile.
 */
left?: Array<string>, 
/**
 * What was searched for in vain, the most often first.
 */
misses?: Array<MissView>, };

export type Nack = "stale" | "gone" | "taken" | "busy" | "forbidden" | "invalid" | "not_owner" | "unavailable";

export type MediaState = { "media": "answer", 
/**
 * SDP, with the server's candidates in it.
 */
sdp: string, 
/**
 * The number of the offer that it answers: an answer to an earlier one fits no later one.
 */
n: number, } | { "media": "calling" } | { "media": "up" } | { "media": "lost" } | { "media": "refused", 
/**
 * Why, for the program.
 */
code: Nack, 
/**
 * Why, for people: a key of the page's texts.
 */
text_key: string, };

export type Bye = "signed_out" | "version" | "restart" | "slow" | "invalid";

export type Role = "receptionist" | "service_lead" | "directory_editor" | "telephony_admin" | "auditor" | "supervisor";

export type CallView = { 
/**
 * The journey: stays the same across transfers. 32 hexadecimal digits.
 */
id: string, 
/**
 * Rises with each change.
 */
v: number, 
/**
 * What is going on.
 */
state: CallState, 
/**
 * Since when it is in this state.
 */
since_ms: number, 
/**
 * When the caller called.
 */
began_ms: number, 
/**
 * Who calls; never blank.
 */
caller: CallerView, 
/**
 * The number the caller dialled, E.164; none between colleagues.
 */
dialled?: string, 
/**
 * Town and label of that number: how to greet.
 */
label: string, 
/**
 * The caller's language: `nl`, `fr`, `de`, `en`.
 */
lang?: string, 
/**
 * The choices made in the menu, in order.
 */
ivr: Array<string>, 
/**
 * The service it is for.
 */
service?: string, 
/**
 * Since when the caller waits for a person.
 */
waiting_since_ms?: number, 
/**
 * How long they waited for the person who answered last.
 */
waited_ms?: number, 
/**
 * Place in the queue, 1 is next.
 */
position?: number, 
/**
 * The station responsible for it.
 */
station?: string, 
/**
 * Who is rung, consulted or transferred to.
 */
target?: string, 
/**
 * Their name, when the directory knows it.
 */
target_name?: string, 
/**
 * Parking slot.
 */
slot?: number, 
/**
 * It came back: first in the list, with this mark.
 */
returned?: ReturnedView, 
/**
 * A call to an emergency number.
 */
emergency?: boolean, 
/**
 * Until when the conversation waits for its operator's sound to come back.
 */
reattach_until_ms?: number, 
/**
 * Why it is where it is.
 */
reason?: ReasonView, 
/**
 * The last contacts of this caller, newest first, at most 8.
 */
history: Array<ContactView>, 
/**
 * How often this number called today, before this call.
 */
earlier_today?: number, 
/**
 * Until when a call back would be due, when nobody says otherwise: the end of the service's next opening day.
 */
due_ms?: number, 
/**
 * The note on this call.
 */
note?: NoteView, };

export type CallState = "menu" | "ringing" | "queued" | "talking" | "held" | "parked" | "consult_ringing" | "consult_talking" | "consult_swapped" | "merged" | "transferring" | "advice" | "reattaching";

export type CallerView = { 
/**
 * E.164 or account; empty when withheld.
 */
number: string, 
/**
 * The number as people nearby write it.
 */
near: string, 
/**
 * The name, when one is known.
 */
name?: string, 
/**
 * Where the name comes from.
 */
source: CallerSource, };

export type CallerSource = "directory" | "network" | "unknown";

export type ReturnedView = { 
/**
 * Who did not take it.
 */
from: string, 
/**
 * `no-answer`, `busy`, `declined`, `not-registered`, ….
 */
why: string, 
/**
 * How long it rang there, milliseconds.
 */
after_ms: number, };

export type ReasonView = { 
/**
 * Where in the dialplan, or `border`, `desk`.
 */
node: string, 
/**
 * The rule's code.
 */
rule: string, 
/**
 * What it looked at: name and value.
 */
inputs: Array<[string, string]>, 
/**
 * What it led to.
 */
result: string, 
/**
 * The same in one sentence, by language of the page; empty when nobody would ask why.
 */
text?: { [key in string]: string }, };

export type ContactView = { 
/**
 * When.
 */
at_ms: number, 
/**
 * Whom they spoke to; none when nobody answered.
 */
with?: string, 
/**
 * How it ended: a cause code or an [`Outcome`].
 */
outcome: string, 
/**
 * What was noted.
 */
note?: string, };

export type NoteView = { 
/**
 * Rises with each save.
 */
v: number, 
/**
 * The text.
 */
text: string, 
/**
 * Who saved it last: a user's name.
 */
by: string, };

export type QueueView = { 
/**
 * The service.
 */
queue: string, 
/**
 * How many wait.
 */
waiting: number, 
/**
 * Since when the first waits.
 */
longest_since_ms?: number, 
/**
 * Stations that could take one now.
 */
ready: number, 
/**
 * Stations in conversation.
 */
talking: number, 
/**
 * An honest estimate of the wait, milliseconds.
 */
estimate_ms?: number, 
/**
 * Takes callers now.
 */
open: boolean, };

export type StationView = { 
/**
 * Its name.
 */
station: string, 
/**
 * The person there.
 */
user?: string, 
/**
 * What it does.
 */
state: StationState, 
/**
 * While paused: why.
 */
reason?: Pause, 
/**
 * Paused by its own silence: so many offers in a row were not answered.
 */
unanswered?: number, 
/**
 * Since when.
 */
since_ms: number, 
/**
 * What it speaks through.
 */
audio: Audio, 
/**
 * Its call.
 */
call?: string, 
/**
 * Sound arrives from it.
 */
media: boolean, };

export type StationState = "out" | "calling" | "ready" | "ringing" | "talking" | "wrap_up" | "paused";

export type PresenceView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its state.
 */
state: PresenceState, 
/**
 * Since when.
 */
since_ms: number, 
/**
 * With whom, where that may be seen.
 */
with?: string, 
/**
 * Said to be away: shown beside the line's state, not instead of it.
 */
away?: AwayView, 
/**
 * Where calls go on other occasions.
 */
forwards?: Array<ForwardView>, };

export type PresenceState = "free" | "busy" | "ringing" | "unreachable";

export type AwayView = { 
/**
 * Until when; none until somebody says otherwise.
 */
until_ms?: number, 
/**
 * Where their calls go.
 */
to?: string, 
/**
 * Who said so.
 */
by: string, };

export type ForwardView = { 
/**
 * When.
 */
when: Occasion, 
/**
 * Where they go then.
 */
to: string, 
/**
 * Who said so.
 */
by: string, };

export type Occasion = "busy" | "no_answer" | "unreachable" | "closed";

export type ServiceView = { 
/**
 * As calls, queues and closures name it.
 */
id: string, 
/**
 * As people name it, by language.
 */
names: { [key in string]: string }, 
/**
 * What a caller hears, in words by language, when it is closed by hand; of a language without words nothing is known.
 */
closed?: { [key in string]: string }, };

export type LineView = { 
/**
 * The town.
 */
town: string, 
/**
 * Its central number, as people nearby write it.
 */
number: string, 
/**
 * Open or not.
 */
state: LineState, 
/**
 * Until when it stays so, as far as known.
 */
until_ms?: number, };

export type LineState = "open" | "closed" | "closed_by_hand";

export type ClosureView = { 
/**
 * Its name.
 */
id: string, 
/**
 * Which service; none for the whole house.
 */
service?: string, 
/**
 * What colleagues read.
 */
text: string, 
/**
 * Who closed it.
 */
by: string, 
/**
 * Since when.
 */
since_ms: number, 
/**
 * When it opens by itself.
 */
until_ms: number, };

export type TaskView = { 
/**
 * Its name.
 */
id: string, 
/**
 * Rises with each change.
 */
v: number, 
/**
 * Number to call.
 */
number: string, 
/**
 * The same as people nearby write it.
 */
near: string, 
/**
 * Whom.
 */
name?: string, 
/**
 * Their language.
 */
lang?: string, 
/**
 * The service it was for.
 */
service?: string, 
/**
 * Who is to do it.
 */
whom?: string, 
/**
 * What it is about.
 */
text: string, 
/**
 * Who asked for it.
 */
by: string, 
/**
 * When it was asked for.
 */
at_ms: number, 
/**
 * Until when.
 */
due_ms?: number, 
/**
 * Dealt with.
 */
done: boolean, };

export type MissedView = { 
/**
 * The journey.
 */
id: string, 
/**
 * When they called.
 */
at_ms: number, 
/**
 * Their number; empty when withheld.
 */
number: string, 
/**
 * The same as people nearby write it.
 */
near: string, 
/**
 * Their name.
 */
name?: string, 
/**
 * The number they dialled.
 */
dialled: string, 
/**
 * How it ended: a cause code.
 */
cause: string, 
/**
 * Why, in one sentence, by language of the page.
 */
why?: { [key in string]: string }, 
/**
 * Somebody dealt with it.
 */
done: boolean, };

export type EmergencyView = { 
/**
 * The call.
 */
call: string, 
/**
 * Whose phone.
 */
account: string, 
/**
 * What was dialled.
 */
number: string, 
/**
 * The site.
 */
site?: string, 
/**
 * The room.
 */
room?: string, 
/**
 * When.
 */
at_ms: number, };

export type MeView = { 
/**
 * The user's name.
 */
user: string, 
/**
 * As colleagues know them.
 */
display: string, 
/**
 * What they may be.
 */
roles: Array<Role>, 
/**
 * The station.
 */
station: string, 
/**
 * This tab has it: may order and may carry its sound. False: read only until taken over.
 */
owner: boolean, 
/**
 * While not: who has it and where.
 */
owned_by?: string, 
/**
 * Rises each time the station is taken over.
 */
lease: number, };

export type Chosen = { 
/**
 * Language of the page; `auto` is the browser's.
 */
lang: Tongue, 
/**
 * Colours.
 */
theme: Theme, 
/**
 * How much stands on the screen.
 */
density: Density, 
/**
 * What Enter does with a caller in conversation.
 */
enter: Enter, 
/**
 * Single keys give orders.
 */
keys: boolean, 
/**
 * Lines of the key table that stand on another key.
 */
places: { [key in string]: string }, 
/**
 * The numeric pad gives orders.
 */
pad: boolean, 
/**
 * What moves may move.
 */
motion: boolean, 
/**
 * What is said to a screen reader.
 */
verbosity: Verbosity, };

export type Tongue = "" | "nl" | "fr" | "de" | "en";

export type Theme = "auto" | "light" | "dark";

export type Density = "compact" | "comfort" | "large";

export type Enter = "transfer" | "consult";

export type Verbosity = "full" | "short" | "asked";

export type ResultItem = { 
/**
 * Names the row; the same person has the same id in every answer.
 */
id: string, 
/**
 * What it is.
 */
kind: ItemKind, 
/**
 * Name of the person, service or place.
 */
name: string, 
/**
 * Service and function, or address.
 */
detail: string, 
/**
 * All numbers, the first is what Enter acts on.
 */
numbers: Array<ResultNumber>, 
/**
 * Account whose presence belongs to the row.
 */
account?: string, 
/**
 * The state of that line when it was found.
 */
presence?: PresenceView, 
/**
 * Who stands in.
 */
deputy?: string, 
/**
 * Parts of `name` that matched: first character and how many, in UTF-16 units.
 */
marks: Array<[number, number]>, 
/**
 * Why it was found, when `name` does not show it: another name, or `sound`.
 */
also?: string, 
/**
 * Of a service whose hours are known: when it is open on the next day that it is, which is this day as long as it has an
 * hour left. From and until, milliseconds since 1970.
 */
hours?: Array<[number, number]>, 
/**
 * Of a service: what to ask the caller before connecting.
 */
ask?: string, 
/**
 * Of a service: the words citizens use for it.
 */
words?: Array<string>, };

export type ItemKind = "person" | "function" | "service" | "place" | "partner" | "number";

export type ResultNumber = { 
/**
 * What a command takes as `target`.
 */
target: string, 
/**
 * As people nearby write it.
 */
near: string, 
/**
 * `desk`, `mobile`, `service`, `deputy`, `outside`.
 */
kind: string, };

export type MissView = { 
/**
 * In small letters and without marks.
 */
text: string, 
/**
 * How often.
 */
times: number, 
/**
 * When last.
 */
at_ms: number, };

export type Citizen = { "t": "offer", 
/**
 * SDP with its candidates in it.
 */
sdp: string, } | { "t": "digit", 
/**
 * One of `0` to `9`, `*`, `#`.
 */
digit: string, } | { "t": "hangup" } | { "t": "answer", 
/**
 * SDP.
 */
sdp: string, 
/**
 * What names the call in `again`; nobody guesses it.
 */
call: string, } | { "t": "again", 
/**
 * From the `answer`.
 */
call: string, } | { "t": "ended", 
/**
 * A cause code, or `full`, `unavailable`.
 */
why: string, };
