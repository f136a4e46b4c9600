//! What surrounds the calls: queues, stations, presence, the house, tasks, and what a search finds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Audio, Occasion, Pause, Role};

/// One queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QueueView {
    /// The service.
    pub queue: String,
    /// How many wait.
    pub waiting: u32,
    /// Since when the first waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub longest_since_ms: Option<u64>,
    /// Stations that could take one now.
    pub ready: u32,
    /// Stations in conversation.
    pub talking: u32,
    /// An honest estimate of the wait, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub estimate_ms: Option<u64>,
    /// Takes callers now.
    pub open: bool,
}

/// One station: a person's place at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StationView {
    /// Its name.
    pub station: String,
    /// The person there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub user: Option<String>,
    /// What it does.
    pub state: StationState,
    /// While paused: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reason: Option<Pause>,
    /// Paused by its own silence: so many offers in a row were not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub unanswered: Option<u32>,
    /// Since when.
    pub since_ms: u64,
    /// What it speaks through.
    pub audio: Audio,
    /// Its call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub call: Option<String>,
    /// Sound arrives from it.
    pub media: bool,
}

/// What a station does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StationState {
    /// Nobody is there.
    Out,
    /// Its device is being called.
    Calling,
    /// Takes calls.
    Ready,
    /// Is rung.
    Ringing,
    /// In conversation.
    Talking,
    /// After a call.
    WrapUp,
    /// Takes no calls.
    Paused,
}

/// One colleague's line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PresenceView {
    /// Whose.
    pub account: String,
    /// Its state.
    pub state: PresenceState,
    /// Since when.
    pub since_ms: u64,
    /// With whom, where that may be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub with: Option<String>,
    /// Said to be away: shown beside the line's state, not instead of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub away: Option<AwayView>,
    /// Where calls go on other occasions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<ForwardView>>"))]
    pub forwards: Vec<ForwardView>,
}

/// The four true states of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// Would ring.
    Free,
    /// In a call.
    Busy,
    /// Rings.
    Ringing,
    /// No phone is registered.
    Unreachable,
}

/// Somebody is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AwayView {
    /// Until when; none until somebody says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub until_ms: Option<u64>,
    /// Where their calls go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub to: Option<String>,
    /// Who said so.
    pub by: String,
}

/// Somebody's calls go elsewhere on an occasion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ForwardView {
    /// When.
    pub when: Occasion,
    /// Where they go then.
    pub to: String,
    /// Who said so.
    pub by: String,
}

/// A service that callers can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ServiceView {
    /// As calls, queues and closures name it.
    pub id: String,
    /// As people name it, by language.
    pub names: BTreeMap<String, String>,
    /// What a caller hears, in words by language, when it is closed by hand; of a language without words nothing is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<BTreeMap<String, String>>"))]
    pub closed: BTreeMap<String, String>,
}

/// The house: is it open, and what a caller hears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LineView {
    /// The town.
    pub town: String,
    /// Its central number, as people nearby write it.
    pub number: String,
    /// Open or not.
    pub state: LineState,
    /// Until when it stays so, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub until_ms: Option<u64>,
}

/// Whether the house takes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// By its hours.
    Open,
    /// By its hours.
    Closed,
    /// By somebody's order.
    ClosedByHand,
}

/// A service that somebody closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClosureView {
    /// Its name.
    pub id: String,
    /// Which service; none for the whole house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub service: Option<String>,
    /// What colleagues read.
    pub text: String,
    /// Who closed it.
    pub by: String,
    /// Since when.
    pub since_ms: u64,
    /// When it opens by itself.
    pub until_ms: u64,
}

/// Somebody is to be called back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskView {
    /// Its name.
    pub id: String,
    /// Rises with each change.
    pub v: u64,
    /// Number to call.
    pub number: String,
    /// The same as people nearby write it.
    pub near: String,
    /// Whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub name: Option<String>,
    /// Their language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub lang: Option<String>,
    /// The service it was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub service: Option<String>,
    /// Who is to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub whom: Option<String>,
    /// What it is about.
    pub text: String,
    /// Who asked for it.
    pub by: String,
    /// When it was asked for.
    pub at_ms: u64,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub due_ms: Option<u64>,
    /// Dealt with.
    pub done: bool,
}

/// A caller whom nobody spoke to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MissedView {
    /// The journey.
    pub id: String,
    /// When they called.
    pub at_ms: u64,
    /// Their number; empty when withheld.
    pub number: String,
    /// The same as people nearby write it.
    pub near: String,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub name: Option<String>,
    /// The number they dialled.
    pub dialled: String,
    /// How it ended: a cause code.
    pub cause: String,
    /// Why, in one sentence, by language of the page.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<BTreeMap<String, String>>"))]
    pub why: BTreeMap<String, String>,
    /// Somebody dealt with it.
    pub done: bool,
}

/// Someone dialled an emergency number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EmergencyView {
    /// The call.
    pub call: String,
    /// Whose phone.
    pub account: String,
    /// What was dialled.
    pub number: String,
    /// The site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub site: Option<String>,
    /// The room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub room: Option<String>,
    /// When.
    pub at_ms: u64,
}

/// Who I am to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MeView {
    /// The user's name.
    pub user: String,
    /// As colleagues know them.
    pub display: String,
    /// What they may be.
    pub roles: Vec<Role>,
    /// The station.
    pub station: String,
    /// This tab has it: may order and may carry its sound. False: read only until taken over.
    pub owner: bool,
    /// While not: who has it and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub owned_by: Option<String>,
    /// Rises each time the station is taken over.
    pub lease: u64,
}

/// One row that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ResultItem {
    /// Names the row; the same person has the same id in every answer.
    pub id: String,
    /// What it is.
    pub kind: ItemKind,
    /// Name of the person, service or place.
    pub name: String,
    /// Service and function, or address.
    pub detail: String,
    /// All numbers, the first is what Enter acts on.
    pub numbers: Vec<ResultNumber>,
    /// Account whose presence belongs to the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub account: Option<String>,
    /// The state of that line when it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub presence: Option<PresenceView>,
    /// Who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub deputy: Option<String>,
    /// Parts of `name` that matched: first character and how many, in UTF-16 units.
    pub marks: Vec<(u32, u32)>,
    /// Why it was found, when `name` does not show it: another name, or `sound`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub also: Option<String>,
    /// Of a service whose hours are known: when it is open on the next day that it is, which is this day as long as it has an
    /// hour left. From and until, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<(u64, u64)>>"))]
    pub hours: Vec<(u64, u64)>,
    /// Of a service: what to ask the caller before connecting.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<String>"))]
    pub ask: String,
    /// Of a service: the words citizens use for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub words: Vec<String>,
}

/// A text that was searched for and found nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MissView {
    /// In small letters and without marks.
    pub text: String,
    /// How often.
    pub times: u32,
    /// When last.
    pub at_ms: u64,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A colleague.
    Person,
    /// A function that somebody has.
    Function,
    /// A service or queue.
    Service,
    /// A room.
    Place,
    /// Somebody outside: police, school.
    Partner,
    /// A number as typed.
    Number,
}

/// One way to reach a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ResultNumber {
    /// What a command takes as `target`.
    pub target: String,
    /// As people nearby write it.
    pub near: String,
    /// `desk`, `mobile`, `service`, `deputy`, `outside`.
    pub kind: String,
}
