//! What people ask of calls: receptionists, phones' keys, the command line. Idempotent by id.

use std::sync::Arc;
use std::time::SystemTime;

use crate::journal::JourneyId;

/// Chosen by the sender (a UUID): the same id is answered again and not done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub u128);

/// One order to the core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Remembered with its result.
    pub id: CommandId,
    /// Who orders: an account or user name, checked for the right to the verb by the sender's room.
    pub actor: String,
    /// When it was ordered; too old a command is refused.
    pub at: SystemTime,
    /// Only if the call still has this version.
    pub if_version: Option<u64>,
    /// What.
    pub verb: Verb,
}

/// The verbs of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A station comes on duty. A device whose leg is kept is called now.
    AttachStation {
        /// The station's name.
        station: String,
        /// What the operator speaks with.
        device: Device,
    },
    /// The station's other device, which rings when a conversation's operator is not heard for ten seconds (CON-15): a phone
    /// on her table, or a mobile, which presses 1.
    Fallback {
        /// Which.
        station: String,
        /// A `Phone`, `Handset` or `Mobile`; none from now on.
        device: Option<Device>,
    },
    /// The station's shift is over: its leg goes, once it has no conversation any more.
    DetachStation {
        /// The station's name.
        station: String,
    },
    /// Connect the station to a waiting, ringing, held or parked journey.
    Answer {
        /// The station that answers.
        station: String,
        /// Whom.
        journey: JourneyId,
    },
    /// Connect the station to whoever waits longest in the queues it serves, or in any when it serves none.
    Next {
        /// The station that answers.
        station: String,
    },
    /// The station takes offers, or takes none, or goes off duty.
    StationState {
        /// Which.
        station: String,
        /// What it does from now on.
        state: Duty,
    },
    /// The station hears itself while it rests, or no longer: the path to the exchange and back can be judged by ear (WEB-3).
    Echo {
        /// Which.
        station: String,
        /// Whether it does.
        on: bool,
    },
    /// The station serves these queues from now on, and no others.
    Serve {
        /// Which.
        station: String,
        /// The queues' names: the dialplan's steps.
        queues: Vec<Arc<str>>,
    },
    /// The station does not take the caller who is offered to it; that call is not offered to it again.
    Decline {
        /// Which.
        station: String,
        /// The caller.
        journey: JourneyId,
    },
    /// The station calls somebody.
    Dial {
        /// Which.
        station: String,
        /// Account or number, as dialled.
        target: String,
    },
    /// A key for whoever the station speaks to.
    Digit {
        /// Which.
        station: String,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
    },
    /// The station's page connects. The first time the station comes on duty with the page as its device; later the page (reloaded,
    /// another, or the same on another network) takes over and a conversation goes on. Answered by `Attached`.
    BrowserMedia {
        /// The station's name.
        station: String,
        /// The page's SDP.
        offer: String,
    },
    /// A citizen's page calls the site's number. Answered by `Attached`; its keys come as RFC 4733.
    Call {
        /// The page's SDP.
        offer: String,
    },
    /// A key of a citizen's page, where the browser cannot send it as RFC 4733.
    Key {
        /// The page's journey.
        journey: JourneyId,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
    },
    /// End the journey for everybody.
    HangUp {
        /// Which.
        journey: JourneyId,
    },
    /// The station leaves the citizen with music.
    Hold {
        /// Which.
        journey: JourneyId,
    },
    /// The station takes the citizen back.
    Retrieve {
        /// The station that takes.
        station: String,
        /// Which.
        journey: JourneyId,
    },
    /// The citizen goes to a numbered slot, with music.
    Park {
        /// Which.
        journey: JourneyId,
    },
    /// Ring a target for the citizen; the station is free at once, and gets the citizen back when nobody answers.
    BlindTransfer {
        /// Which.
        journey: JourneyId,
        /// Account or number, as dialled.
        target: String,
    },
    /// Hold the citizen and ring a target for the station.
    Consult {
        /// Which.
        journey: JourneyId,
        /// Account or number, as dialled.
        target: String,
    },
    /// Join the citizen and the consulted party; works while it still rings. Of a merged conversation: the station leaves it, and
    /// the others go on.
    CompleteTransfer {
        /// Which.
        journey: JourneyId,
    },
    /// Speak to the other one of the two: the citizen or the consulted party. The one not spoken to hears music.
    Swap {
        /// Which.
        journey: JourneyId,
    },
    /// One conversation of the station, whom it talks with, and somebody else whom it holds: all hear each other.
    Merge {
        /// With whom the station talks.
        journey: JourneyId,
        /// Whom it holds.
        with: JourneyId,
    },
    /// Take back a blind transfer that still rings.
    TakeBack {
        /// Which.
        journey: JourneyId,
    },
    /// Drop the consulted party and take the citizen back. Of a merged conversation: who came into it is on hold again.
    CancelTransfer {
        /// Which.
        journey: JourneyId,
    },
}

/// What an operator speaks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// The phone of this account: called when the station comes on duty, and its leg is kept for the shift.
    Phone(String),
    /// The phone of this account, rung for each call, as people use a phone.
    Handset(String),
    /// The operator's page: its offer is answered, and its leg is kept for the shift. Each later `BrowserMedia` is another page.
    Browser {
        /// The page's SDP.
        offer: String,
    },
    /// An outside number, rung for each call: whoever answers takes the call by pressing 1 (no voicemail box does).
    Mobile(String),
}

impl Device {
    /// Whether its leg is kept for the shift.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Device::Phone(_) | Device::Browser { .. })
    }
}

/// What an operator wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Take offers; work after a call is done.
    Ready,
    /// Take no offers; the word is the operator's reason code.
    Paused(String),
    /// Off duty, as by `DetachStation`.
    Out,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandResult {
    /// Done; the call's version after it.
    Done {
        /// For `if_version` of the next.
        version: u64,
    },
    /// The citizen was parked.
    Parked {
        /// The slot's number.
        slot: u16,
        /// For `if_version` of the next.
        version: u64,
    },
    /// A page's offer is answered.
    Attached {
        /// Our SDP.
        answer: String,
        /// The page's own journey, for a citizen's to hang up.
        journey: JourneyId,
        /// For `if_version` of the next.
        version: u64,
    },
    /// Not done.
    Refused(Refusal),
}

/// Why a command was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such journey: it ended.
    Gone,
    /// The call changed since the sender looked.
    Version,
    /// Ordered too long ago.
    Stale,
    /// Does not fit what is going on.
    NotNow,
    /// Somebody else was quicker.
    Taken {
        /// The station or phone that has the caller.
        by: String,
    },
    /// No such station, or its leg is not up.
    NoStation,
    /// The target is not known.
    NoTarget,
    /// The target is a number of the town itself, whose menu answers: a caller may be sent there, nobody can be asked.
    OwnNumber,
    /// The target is known, and no phone of it is registered.
    NotReachable,
    /// The actor may not call that target.
    Forbidden,
    /// All slots or channels are taken.
    Full,
    /// The page's offer is none that can be answered.
    Offer,
}

impl Verb {
    /// The verb's name on record.
    pub fn name(&self) -> &'static str {
        match self {
            Verb::AttachStation { .. } => "attach-station",
            Verb::Fallback { .. } => "fallback",
            Verb::DetachStation { .. } => "detach-station",
            Verb::Answer { .. } => "answer",
            Verb::Next { .. } => "next",
            Verb::StationState { .. } => "station-state",
            Verb::Echo { .. } => "echo",
            Verb::Serve { .. } => "serve",
            Verb::Decline { .. } => "decline",
            Verb::Dial { .. } => "dial",
            Verb::Digit { .. } => "digit",
            Verb::Swap { .. } => "swap",
            Verb::Merge { .. } => "merge",
            Verb::TakeBack { .. } => "take-back",
            Verb::BrowserMedia { .. } => "browser-media",
            Verb::Call { .. } => "call",
            Verb::Key { .. } => "key",
            Verb::HangUp { .. } => "hang-up",
            Verb::Hold { .. } => "hold",
            Verb::Retrieve { .. } => "retrieve",
            Verb::Park { .. } => "park",
            Verb::BlindTransfer { .. } => "blind-transfer",
            Verb::Consult { .. } => "consult",
            Verb::CompleteTransfer { .. } => "complete-transfer",
            Verb::CancelTransfer { .. } => "cancel-transfer",
        }
    }
}

impl CommandResult {
    /// The result's code on record.
    pub fn code(&self) -> &'static str {
        match self {
            CommandResult::Done { .. } => "done",
            CommandResult::Parked { .. } => "parked",
            CommandResult::Attached { .. } => "attached",
            CommandResult::Refused(refusal) => refusal.code(),
        }
    }
}

impl Refusal {
    /// The refusal's code on record.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Gone => "gone",
            Refusal::Version => "version",
            Refusal::Stale => "stale",
            Refusal::NotNow => "not-now",
            Refusal::Taken { .. } => "taken",
            Refusal::NoStation => "no-station",
            Refusal::NoTarget => "no-target",
            Refusal::OwnNumber => "own-number",
            Refusal::NotReachable => "not-reachable",
            Refusal::Forbidden => "forbidden",
            Refusal::Full => "full",
            Refusal::Offer => "offer",
        }
    }
}
