//! A call as a desk sees it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One call, whole. A view replaces every earlier one of the same `id` with a lower `v`; nothing is ever patched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CallView {
    /// The journey: stays the same across transfers. 32 hexadecimal digits.
    pub id: String,
    /// Rises with each change.
    pub v: u64,
    /// What is going on.
    pub state: CallState,
    /// Since when it is in this state.
    pub since_ms: u64,
    /// When the caller called.
    pub began_ms: u64,
    /// Who calls; never blank.
    pub caller: CallerView,
    /// The number the caller dialled, E.164; none between colleagues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub dialled: Option<String>,
    /// Town and label of that number: how to greet.
    pub label: String,
    /// The caller's language: `nl`, `fr`, `de`, `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub lang: Option<String>,
    /// The choices made in the menu, in order.
    pub ivr: Vec<String>,
    /// The service it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub service: Option<String>,
    /// Since when the caller waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub waiting_since_ms: Option<u64>,
    /// How long they waited for the person who answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub waited_ms: Option<u64>,
    /// Place in the queue, 1 is next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub position: Option<u32>,
    /// The station responsible for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub station: Option<String>,
    /// Who is rung, consulted or transferred to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub target: Option<String>,
    /// Their name, when the directory knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub target_name: Option<String>,
    /// Parking slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub slot: Option<u16>,
    /// It came back: first in the list, with this mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub returned: Option<ReturnedView>,
    /// A call to an emergency number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub emergency: bool,
    /// Until when the conversation waits for its operator's sound to come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reattach_until_ms: Option<u64>,
    /// Why it is where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reason: Option<ReasonView>,
    /// The last contacts of this caller, newest first, at most 8.
    pub history: Vec<ContactView>,
    /// How often this number called today, before this call.
    #[serde(default, skip_serializing_if = "is_none")]
    #[cfg_attr(test, ts(optional, as = "Option<u32>"))]
    pub earlier_today: u32,
    /// Until when a call back would be due, when nobody says otherwise: the end of the service's next opening day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub due_ms: Option<u64>,
    /// The note on this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub note: Option<NoteView>,
}

fn is_none(times: &u32) -> bool {
    *times == 0
}

/// What is going on in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// In the menu.
    Menu,
    /// A person is rung for it.
    Ringing,
    /// Waits in a queue.
    Queued,
    /// In conversation.
    Talking,
    /// Hears music, its operator comes back.
    Held,
    /// Hears music in a slot.
    Parked,
    /// Held while a colleague is rung.
    ConsultRinging,
    /// Held while its operator speaks to a colleague.
    ConsultTalking,
    /// Its operator speaks to the caller again, the colleague hears music.
    ConsultSwapped,
    /// I talk with this caller and another one at once; `target` is the other.
    Merged,
    /// Blind transfer: the target rings.
    Transferring,
    /// Hears an announcement before the end.
    Advice,
    /// Its operator's sound was lost.
    Reattaching,
}

/// Who calls. All of it is text from outside: bounded, without control characters, to be shown as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CallerView {
    /// E.164 or account; empty when withheld.
    pub number: String,
    /// The number as people nearby write it.
    pub near: String,
    /// The name, when one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub name: Option<String>,
    /// Where the name comes from.
    pub source: CallerSource,
}

/// Where a caller's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CallerSource {
    /// The town's directory: sure.
    Directory,
    /// What the caller's own side says: not sure.
    Network,
    /// There is none.
    Unknown,
}

/// A call that came back to its operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReturnedView {
    /// Who did not take it.
    pub from: String,
    /// `no-answer`, `busy`, `declined`, `not-registered`, ….
    pub why: String,
    /// How long it rang there, milliseconds.
    pub after_ms: u64,
}

/// Why a call is where it is: the last decision on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReasonView {
    /// Where in the dialplan, or `border`, `desk`.
    pub node: String,
    /// The rule's code.
    pub rule: String,
    /// What it looked at: name and value.
    pub inputs: Vec<(String, String)>,
    /// What it led to.
    pub result: String,
    /// The same in one sentence, by language of the page; empty when nobody would ask why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<BTreeMap<String, String>>"))]
    pub text: BTreeMap<String, String>,
}

/// One earlier contact with a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ContactView {
    /// When.
    pub at_ms: u64,
    /// Whom they spoke to; none when nobody answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub with: Option<String>,
    /// How it ended: a cause code or an [`super::Outcome`].
    pub outcome: String,
    /// What was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub note: Option<String>,
}

/// The note on a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NoteView {
    /// Rises with each save.
    pub v: u64,
    /// The text.
    pub text: String,
    /// Who saved it last: a user's name.
    pub by: String,
}
