//! From the server to the page.

use serde::{Deserialize, Serialize};

use super::{
    CallView, Chosen, ClosureView, EmergencyView, LineView, MeView, MissView, MissedView,
    PresenceView, QueueView, ResultItem, ServiceView, StationView, TaskView,
};

/// One message to a page. On the socket each is one text frame, in `GET /events` one `data:` line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerMsg {
    /// Answers `hello`.
    Welcome(Welcome),
    /// Everything, now. Replaces all the page knew.
    Snapshot(Box<Snapshot>),
    /// Something changed.
    Ev {
        /// One more than the last; a hole means: send `look`.
        seq: u64,
        /// What.
        #[serde(flatten)]
        event: Event,
    },
    /// An order was done.
    Ack {
        /// The order's.
        id: String,
        /// Events up to here tell what it changed.
        seq: u64,
        /// What it gave.
        #[serde(flatten)]
        done: AckDone,
    },
    /// An order was not done, and nothing was changed.
    Nack {
        /// The order's.
        id: String,
        /// Why, for the program.
        code: Nack,
        /// Who was first, for `taken` and `not_owner`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        by: Option<String>,
        /// Why, for people: a key of the page's texts, `nack.<code>` or finer.
        text_key: String,
    },
    /// What a search found, best first.
    Results {
        /// The search's.
        q: u32,
        /// Rows.
        items: Vec<ResultItem>,
    },
    /// About the person's sound.
    Media {
        /// What is known.
        #[serde(flatten)]
        media: MediaState,
    },
    /// Once a second, for clocks on the screen and to show that the line lives.
    Tick {
        /// The last event's.
        seq: u64,
        /// The server's clock.
        server_ms: u64,
    },
    /// The server ends this connection.
    Bye {
        /// Why.
        why: Bye,
    },
}

/// The first answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Welcome {
    /// The life of this server; another one than before: a snapshot follows.
    pub epoch: u64,
    /// The last event's.
    pub seq: u64,
    /// The server's clock, milliseconds since 1970.
    pub server_ms: u64,
    /// What follows: the events since `since`, or a snapshot.
    pub replay: bool,
    /// Who I am.
    pub me: MeView,
    /// Orders that my roles allow: what is not listed is not shown.
    pub caps: Vec<String>,
    /// Demo mode: the citizen's page is at `/call`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub demo: bool,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Snapshot {
    /// Events after this one are not in it.
    pub seq: u64,
    /// All calls this person may see.
    pub calls: Vec<CallView>,
    /// All queues.
    pub queues: Vec<QueueView>,
    /// All stations.
    pub stations: Vec<StationView>,
    /// Lines, of the accounts in the last `sub`.
    pub presence: Vec<PresenceView>,
    /// Who I am.
    pub me: MeView,
    /// The house.
    pub line: LineView,
    /// What is closed by hand.
    pub closures: Vec<ClosureView>,
    /// Open tasks.
    pub tasks: Vec<TaskView>,
    /// Callers of the last seven days whom nobody spoke to, not dealt with, newest first, at most 100.
    pub missed: Vec<MissedView>,
    /// The services of the dialplans.
    pub services: Vec<ServiceView>,
    /// Calls for help that are under way.
    pub emergencies: Vec<EmergencyView>,
}

/// One change; whole things.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A call began or changed.
    Call(Box<CallView>),
    /// A call ended.
    Gone {
        /// Which.
        id: String,
        /// A cause code, for example `caller-hung-up`.
        why: String,
    },
    /// A queue.
    Queue(QueueView),
    /// A station.
    Station(StationView),
    /// Lines; the last of 200 ms.
    Presence(Vec<PresenceView>),
    /// The house.
    Line(LineView),
    /// A task; `done` takes it from the list.
    Task(TaskView),
    /// A missed call; `done` takes it from the list.
    Missed(MissedView),
    /// All closures.
    Closures(Vec<ClosureView>),
    /// Who I am, for example when the station was taken over.
    Me(MeView),
    /// What I chose for the desk; told when I come, and when I choose at another computer.
    Prefs(Chosen),
    /// Someone dialled an emergency number: alarm.
    Emergency(EmergencyView),
    /// A colleague asks for help.
    Help {
        /// Who.
        by: String,
        /// For which queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        queue: Option<String>,
    },
}

/// What an order gave; empty for most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AckDone {
    /// The call's version after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub v: Option<u64>,
    /// The parking slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub slot: Option<u16>,
    /// The call that was made or taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub call: Option<String>,
    /// The task that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub task: Option<String>,
    /// So many accounts' calls go elsewhere now, or come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub moved: Option<u32>,
    /// Names of those who stay as they were: they have no mobile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub left: Vec<String>,
    /// What was searched for in vain, the most often first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub misses: Option<Vec<MissView>>,
}

/// Why an order was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Nack {
    /// The call or note is not what the person saw, or the order is older than five seconds.
    Stale,
    /// The call has ended.
    Gone,
    /// Somebody else was first.
    Taken,
    /// Not now: does not fit what is going on, or all is full.
    Busy,
    /// The person has no right to it.
    Forbidden,
    /// The order itself is wrong, for example an unknown target.
    Invalid,
    /// Another tab or machine has the station.
    NotOwner,
    /// The exchange does not answer, or this station has no sound.
    Unavailable,
}

/// What is known about the person's sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "media", rename_all = "snake_case")]
pub enum MediaState {
    /// The answer to an offer.
    Answer {
        /// SDP, with the server's candidates in it.
        sdp: String,
        /// The number of the offer that it answers: an answer to an earlier one fits no later one.
        #[serde(default)]
        n: u32,
    },
    /// The telephone is being called.
    Calling,
    /// Sound arrives.
    Up,
    /// No sound arrives since two seconds; the caller hears music.
    Lost,
    /// The offer was not taken.
    Refused {
        /// Why, for the program.
        code: Nack,
        /// Why, for people: a key of the page's texts.
        text_key: String,
    },
}

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Bye {
    /// Signed out, revoked or run out: sign in again.
    SignedOut,
    /// The page is of another version: load again.
    Version,
    /// The web side starts again: connect again at once.
    Restart,
    /// The page did not read; connect again, a snapshot follows.
    Slow,
    /// The page said something wrong.
    Invalid,
}

/// What people may be. One person may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes and transfers calls, notes, tasks.
    Receptionist,
    /// Sees and takes the calls of a service, opens and closes it.
    ServiceLead,
    /// Changes people and their absence.
    DirectoryEditor,
    /// Changes numbers, trunks, accounts, users.
    TelephonyAdmin,
    /// Reads everything, changes nothing.
    Auditor,
    /// Sees all desks, helps and changes what a receptionist may.
    Supervisor,
}

/// The citizen's page of the demo, on `/call/ws`: both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Citizen {
    /// Page: call the central number.
    Offer {
        /// SDP with its candidates in it.
        sdp: String,
    },
    /// Page: a key of the keypad (only where the browser cannot send it by RTP).
    Digit {
        /// One of `0` to `9`, `*`, `#`.
        digit: String,
    },
    /// Page: hang up. A socket that is closed says the same, unless the server closed it.
    Hangup,
    /// Server: the call is on its way.
    Answer {
        /// SDP.
        sdp: String,
        /// What names the call in `again`; nobody guesses it.
        call: String,
    },
    /// Page: the web side began anew, and this call went on meanwhile.
    Again {
        /// From the `answer`.
        call: String,
    },
    /// Server: the call ended or could not be made.
    Ended {
        /// A cause code, or `full`, `unavailable`.
        why: String,
    },
}
