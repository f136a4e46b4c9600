//! What people ask of calls: receptionists, phones' keys, the command line. Idempotent by id.

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
    /// Call the station's device and keep that leg for the shift.
    AttachStation {
        /// The station's name; its device is the account of that name.
        station: String,
    },
    /// Let the station's leg go.
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
    /// Join the citizen and the consulted party; works while it still rings.
    CompleteTransfer {
        /// Which.
        journey: JourneyId,
    },
    /// Drop the consulted party and take the citizen back.
    CancelTransfer {
        /// Which.
        journey: JourneyId,
    },
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
    /// Not done.
    Refused(Refusal),
}

/// Why a command was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such journey: it ended.
    Gone,
    /// The call changed since the sender looked.
    Version,
    /// Ordered too long ago.
    Stale,
    /// Does not fit what is going on.
    NotNow,
    /// No such station, or its leg is not up.
    NoStation,
    /// The target is not known or not reachable.
    NoTarget,
    /// The actor may not call that target.
    Forbidden,
    /// All slots or channels are taken.
    Full,
}

impl Verb {
    /// The verb's name on record.
    pub fn name(&self) -> &'static str {
        match self {
            Verb::AttachStation { .. } => "attach-station",
            Verb::DetachStation { .. } => "detach-station",
            Verb::Answer { .. } => "answer",
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
            CommandResult::Refused(refusal) => refusal.code(),
        }
    }
}

impl Refusal {
    /// The refusal's code on record.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::Gone => "gone",
            Refusal::Version => "version",
            Refusal::Stale => "stale",
            Refusal::NotNow => "not-now",
            Refusal::NoStation => "no-station",
            Refusal::NoTarget => "no-target",
            Refusal::Forbidden => "forbidden",
            Refusal::Full => "full",
        }
    }
}
