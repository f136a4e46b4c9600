//! What people and the dialplan do with a call: one file each.

pub(crate) mod advice;
pub(crate) mod beside;
pub(crate) mod consult;
pub(crate) mod dial;
pub(crate) mod digit;
pub(crate) mod emergency;
pub(crate) mod farewell;
pub(crate) mod fork;
pub(crate) mod forward;
pub(crate) mod gap;
pub(crate) mod hold;
pub(crate) mod merge;
pub(crate) mod park;
pub(crate) mod plan;
pub(crate) mod queue;
pub(crate) mod refer;
pub(crate) mod reminder;
pub(crate) mod replaces;
pub(crate) mod station;
pub(crate) mod transfer;

use super::arm::Arm;
use super::{Call, Cx};
use crate::command::{CommandResult, Refusal, Verb};
use crate::id::LegId;
use crate::journal::{Cause, Fact};

/// Carries a verb out and says what became of it; the journal knows who ordered it.
pub(crate) fn verb(
    call: &mut Call,
    cx: &mut Cx<'_>,
    arm: Arm,
    actor: &str,
    verb: Verb,
    station: Option<LegId>,
) -> CommandResult {
    let name = verb.name();
    let result = match (arm, verb, station) {
        // Nobody at a desk may take, hold or end a call for help (CMP-1).
        _ if call.emergency => Err(Refusal::Forbidden),
        (Arm::VerbAnswer | Arm::VerbRetrieve, _, Some(leg)) => station::take(call, cx, leg),
        (Arm::VerbAnswer, Verb::Answer { station, .. }, None)
            if queue::call_in(call, cx, &station) =>
        {
            Ok(None)
        }
        (
            Arm::VerbAnswer | Arm::VerbRetrieve,
            Verb::Answer { station, .. } | Verb::Retrieve { station, .. },
            None,
        ) if beside::call_in(call, cx, &station) => Ok(None),
        (Arm::VerbAnswer | Arm::VerbRetrieve, _, None) => Err(Refusal::NoStation),
        (Arm::VerbHold, ..) => hold::hold(call, cx),
        (Arm::VerbMerge, _, Some(leg)) => merge::begin(call, cx, leg),
        (Arm::VerbLeave, ..) => merge::leave(call, cx),
        (Arm::VerbSeparate, ..) => merge::separate(call, cx),
        (Arm::VerbPark, ..) => park::park(call, cx),
        (Arm::VerbBlind, Verb::BlindTransfer { target, .. }, _) => {
            transfer::blind(call, cx, &target)
        }
        (Arm::VerbConsult, Verb::Consult { target, .. }, _) => consult::begin(call, cx, &target),
        (Arm::VerbComplete, ..) => consult::complete(call, cx),
        (Arm::VerbCancelConsult, ..) => consult::cancel(call, cx),
        (Arm::VerbTakeBack, ..) => transfer::take_back(call, cx),
        (Arm::VerbSwap, ..) => consult::swap(call),
        (Arm::VerbDigit, Verb::Digit { digit, .. }, _) => digit::ordered(call, cx, digit),
        (Arm::VerbDial, Verb::Dial { target, .. }, _) => dial::begin(call, cx, &target),
        (Arm::VerbTaken, ..) => Err(station::taken(call, cx)),
        (Arm::VerbHangUp, ..) => {
            merge::end(call, cx);
            call.finish(cx, Cause::Desk);
            Ok(None)
        }
        (Arm::VerbDetach, ..) => {
            station::detach(call, cx);
            Ok(None)
        }
        _ => Err(Refusal::NotNow),
    };
    let result = match result {
        Ok(Some(slot)) => CommandResult::Parked {
            slot,
            version: call.version,
        },
        Ok(None) => CommandResult::Done {
            version: call.version,
        },
        Err(refusal) => CommandResult::Refused(refusal),
    };
    cx.stack.journal(Fact::Commanded {
        journey: Some(call.journey),
        actor: actor.to_owned(),
        verb: name.to_owned(),
        result: result.code().to_owned(),
    });
    result
}

/// What a verb gives back: the slot for park, nothing for the others.
pub(crate) type Done = Result<Option<u16>, Refusal>;
