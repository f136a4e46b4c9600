//! What the parts of the core tell each other: sideways, as values, applied by the core after the current event.

use media::Digit;
use sip::StatusCode;
use sip::headers::Referral;

use crate::call::feature::merge::News;
use crate::call::feature::refer::Given;
use crate::command::{CommandId, Verb};
use crate::deadlines::CallTimer;
use crate::id::{CallId, LegId};
use crate::journal::Cause;

/// Something the core applies after the part that pushed it has returned.
#[derive(Debug)]
pub(crate) enum Effect {
    /// A leg tells its call.
    Leg(LegId, LegEvent),
    /// An event for a call; it may be gone, and that is a normal outcome.
    Tell(CallId, CallEvent),
    /// The only way a leg changes calls.
    Move {
        /// Who.
        leg: LegId,
        /// Where to.
        to: CallId,
    },
    /// A phone's two calls become one.
    Join {
        /// The call that stays.
        call: CallId,
        /// The phone's leg in it.
        by: LegId,
        /// The phone's leg in the other.
        other: LegId,
    },
    /// Two calls that a station held together: it has the first again, so the second comes too.
    Regroup {
        /// Where the station's leg is.
        host: CallId,
        /// Who is still on hold.
        guest: CallId,
    },
    /// The station leaves two merged calls: they become one.
    Unite {
        /// The call that stays, where the station's leg is or was.
        host: CallId,
        /// The call that gives up its caller.
        guest: CallId,
    },
    /// The leg needs no call any more: it finishes by itself.
    Release(LegId),
    /// The end of a leg is on record, in the journey of this call.
    Recorded {
        /// Which leg.
        leg: LegId,
        /// Whose journey.
        call: CallId,
    },
    /// A station is no more: whoever it held is told.
    Orphaned {
        /// Its resting place.
        home: CallId,
        /// Its name.
        name: String,
    },
    /// The call may be over: look whether it holds nothing more.
    Settle(CallId),
}

/// What a leg tells its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LegEvent {
    /// The party called rings; with `early`, it sends sound already.
    Ringing {
        /// Sound is there before the answer (RFC 3960).
        early: bool,
    },
    /// The party called answered.
    Answered,
    /// The party called did not answer: the final status, or one of ours when none came.
    Refused {
        /// The SIP status.
        status: StatusCode,
        /// For the record.
        cause: Cause,
    },
    /// The caller gave up before an answer, or another device took the call.
    Cancelled(Cause),
    /// The leg was up and is gone.
    Gone(Cause),
    /// The party holds us, or takes us back.
    Direction,
    /// Its sound changed place or kind: what it hears must be said again.
    Renegotiated,
    /// The party pressed a key.
    Digit(Digit),
    /// What it should hear was heard to the end.
    Played,
    /// The party wants a transfer, and waits for the call's word.
    Refer(Box<Referral>),
}

impl LegEvent {
    /// Whether the leg has no more to tell after it.
    pub(crate) fn is_last(&self) -> bool {
        matches!(
            self,
            LegEvent::Refused { .. } | LegEvent::Cancelled(_) | LegEvent::Gone(_)
        )
    }
}

/// What a call is told.
#[derive(Debug)]
pub(crate) enum CallEvent {
    /// By one of its legs.
    Leg(LegId, LegEvent),
    /// By the clock.
    Timer(CallTimer),
    /// By a person.
    Verb {
        /// To answer it.
        command: CommandId,
        /// Who.
        actor: String,
        /// What.
        verb: Verb,
        /// The station's leg, for verbs that bring one.
        station: Option<LegId>,
    },
    /// A leg was moved here.
    Arrived(LegId),
    /// By the queues.
    Queue(crate::queue::Act),
    /// Somebody whom the station that rests here held waits for long.
    Sign,
    /// The station that held the caller is no more.
    HolderLost(String),
    /// The station whose leg talks here takes another caller.
    TakesAnother(LegId),
    /// The configuration is another one.
    Reloaded,
    /// A phone asked to have its two calls joined, and the other call gave this up; nothing when it did not.
    Joined {
        /// The phone's leg in this call.
        by: LegId,
        /// Who comes in its place.
        given: Option<Given>,
    },
    /// By the other call of a merged conversation, or about both.
    Merge(News),
    /// A phone called to take the place of one of the legs (RFC 3891).
    Replaces {
        /// Who calls.
        new: LegId,
        /// Whose place it takes.
        old: LegId,
    },
    /// A phone called to take who is parked.
    Collects {
        /// Who calls.
        new: LegId,
    },
}
