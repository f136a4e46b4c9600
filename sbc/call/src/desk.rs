//! What a desk sees: whole objects with a version, told while somebody watches (`Input::Watch`). Told again they change
//! nothing, so a reader that lost some asks for [`DeskSnapshot`] (`Input::Look`) and goes on.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ivr::Lang;

use crate::journal::{Cause, JourneyId};

/// One thing that changed, whole.
#[derive(Clone, Debug, PartialEq)]
pub enum DeskEvent {
    /// A call began or changed. Shared with what the core compares the next one with.
    Call(Arc<CallView>),
    /// A call is over for everybody.
    CallGone {
        /// Which.
        journey: JourneyId,
        /// Why.
        cause: Cause,
    },
    /// A queue changed.
    Queue(QueueView),
    /// A station changed; one that is [`StationState::Out`] is told once and forgotten.
    Station(StationView),
    /// An account's phones changed.
    Presence(PresenceView),
    /// Somebody called an emergency number (CMP-1).
    Emergency(EmergencyView),
    /// The answer to `Input::Look`.
    Everything(Box<DeskSnapshot>),
}

/// Everything at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeskSnapshot {
    /// The running calls, oldest first.
    pub calls: Vec<Arc<CallView>>,
    /// The queues that have callers or operators.
    pub queues: Vec<QueueView>,
    /// The stations on duty.
    pub stations: Vec<StationView>,
    /// All accounts.
    pub presence: Vec<PresenceView>,
    /// The calls for help that are under way.
    pub emergencies: Vec<EmergencyView>,
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallView {
    /// Its journey.
    pub journey: JourneyId,
    /// Rises with every change; `Command::if_version` names it.
    pub version: u64,
    /// What is going on.
    pub state: CallState,
    /// Since when.
    pub since: SystemTime,
    /// When the call came.
    pub began: SystemTime,
    /// Who calls.
    pub caller: Caller,
    /// What was called: E.164, or as dialled.
    pub dialled: Option<String>,
    /// The town or body whose number was called; empty when it is none of ours.
    pub entity: String,
    /// What the called number is for; empty when it is none of ours.
    pub label: String,
    /// The caller's language, once known.
    pub language: Option<Lang>,
    /// The menu choices taken, each `step=next step`.
    pub path: Vec<Arc<str>>,
    /// The service that the dialplan chose.
    pub service: Option<Arc<str>>,
    /// Since when the caller waits in a queue.
    pub waiting_since: Option<SystemTime>,
    /// The place in that queue, counted from 1.
    pub position: Option<u32>,
    /// The station responsible: it talks, holds, consults, parked or transferred.
    pub station: Option<String>,
    /// The other party: who rings, talks, is consulted or transferred to. Account or number.
    pub target: Option<String>,
    /// The parking slot.
    pub slot: Option<u16>,
    /// The caller came back from somebody who did not take the call.
    pub returned: Option<Returned>,
    /// A call to an emergency number: nobody may take, hold or end it.
    pub emergency: bool,
    /// The station's sound is lost: it may come back until then, else the caller goes to the head of the queue.
    pub reattach_until: Option<SystemTime>,
    /// The last decision about this call (IVR-6).
    pub reason: Option<DecisionText>,
}

/// Who calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// E.164, account, or `anonymous`.
    pub number: String,
    /// A name, when there is one: text of a stranger, to be shown as text.
    pub display: String,
}

/// What is going on in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// The dialplan speaks.
    Menu,
    /// Phones ring for the caller.
    Ringing,
    /// The caller waits in a queue.
    Queued,
    /// Two talk.
    Talking,
    /// The caller hears music; a station has the caller.
    Held,
    /// The caller hears music in a numbered slot.
    Parked,
    /// A third party rings for the station; the caller hears music.
    ConsultRinging,
    /// The station talks with a third party; the caller hears music.
    ConsultTalking,
    /// The station talks with the caller again; the third party hears music.
    ConsultSwapped,
    /// The station talks with this caller and another one at once; `target` is the other.
    Merged,
    /// The target of a transfer rings for the caller.
    Transferring,
    /// The caller hears why the call cannot be made.
    Advice,
    /// The station's sound is lost; the caller hears music.
    Reattaching,
}

/// Why a caller is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Who did not take the call: the target of the transfer, the parking slot's number, or the station lost.
    pub from: String,
    /// Why.
    pub why: Cause,
    /// After how long.
    pub after: Duration,
}

/// A decision as codes and values; its reader turns them into a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionText {
    /// The dialplan's step, `border` or `desk`.
    pub node: String,
    /// The rule's code.
    pub rule: String,
    /// What it looked at, as name and value.
    pub inputs: Vec<(String, String)>,
    /// What it led to.
    pub result: String,
}

/// One queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueView {
    /// Its name: the dialplan's step.
    pub queue: Arc<str>,
    /// The service it is for.
    pub service: Option<Arc<str>>,
    /// Callers waiting.
    pub waiting: u32,
    /// Since when the first of them waits.
    pub longest_since: Option<SystemTime>,
    /// Stations that serve it and are ready.
    pub ready: u32,
    /// Stations that serve it and talk or are rung.
    pub talking: u32,
    /// What a caller who comes now has to expect, when enough calls of late tell (at least 5).
    pub estimate: Option<Duration>,
    /// Whether anybody serves it: a station on duty or a reachable phone.
    pub open: bool,
}

/// One station on duty.
#[derive(Clone, Debug, PartialEq)]
pub struct StationView {
    /// Its name.
    pub station: String,
    /// What it does.
    pub state: StationState,
    /// Since when.
    pub since: SystemTime,
    /// What the operator hears and speaks with.
    pub device: DeviceKind,
    /// The call that it talks in, or that is offered to it.
    pub journey: Option<JourneyId>,
    /// The queues it serves.
    pub serves: Vec<Arc<str>>,
    /// Whether sound comes from it.
    pub media: StationMedia,
    /// How often a page of it has proven itself: it rises when another page, or the same one after a reload, can be heard
    /// again without having been missed. 0 for a telephone.
    pub pages: u32,
}

/// What a station does (QUE-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StationState {
    /// Off duty.
    Out,
    /// Its device is being called for the shift.
    Calling,
    /// Free for a call.
    Ready,
    /// A call is offered to it.
    Ringing,
    /// It talks, holds or consults.
    Talking,
    /// It finishes the work of the last call.
    WrapUp,
    /// It takes no offers.
    Paused(Pause),
}

/// Why a station takes no offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The operator said so; the word is the operator's reason code.
    Asked(String),
    /// Offers stayed unanswered, so many in a row.
    Unanswered(u32),
}

/// What kind of device a station speaks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// The page itself.
    Browser,
    /// The phone of this account.
    Phone(String),
    /// An outside number.
    Mobile(String),
}

/// Whether sound comes from a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StationMedia {
    /// Its leg is up, or will be called when needed.
    Up,
    /// It should be there and is not.
    Lost,
}

/// An account's phones.
#[derive(Clone, Debug, PartialEq)]
pub struct PresenceView {
    /// Which account.
    pub account: String,
    /// What they do.
    pub state: PresenceState,
    /// Since when.
    pub since: SystemTime,
    /// The other party while busy: account or number.
    pub with: Option<String>,
}

/// The four true states (CON-9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresenceState {
    /// Registered, and no call.
    Free,
    /// In a call.
    Busy,
    /// It rings.
    Ringing,
    /// No phone is registered.
    Unreachable,
}

/// Somebody called an emergency number.
#[derive(Clone, Debug, PartialEq)]
pub struct EmergencyView {
    /// The call.
    pub journey: JourneyId,
    /// The phone's account, proven or claimed.
    pub account: Option<String>,
    /// The number called.
    pub number: String,
    /// Where the site is.
    pub site: String,
    /// Where the phone is.
    pub room: String,
    /// When.
    pub at: SystemTime,
}
