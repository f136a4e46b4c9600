//! A station calls somebody: its leg leaves the resting place for a call of its own and hears the other side ring. From
//! the answer on the party called is the caller, as if it had called: hold and transfer mean the same.

use sip::StatusCode;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::fork::{self, Why};
use super::{Done, forward, station};
use crate::command::Refusal;
use crate::id::LegId;
use crate::journal::Cause;
use crate::limits;

/// Rings the target with the station's rights.
pub(crate) fn begin(call: &mut Call, cx: &mut Cx<'_>, target: &str) -> Done {
    let by = station::rights(cx, call.caller);
    let targets = match forward::for_transfer(call, cx, by.as_deref(), target) {
        Ok(targets) => targets,
        Err(refusal) => {
            call.finish(cx, Cause::UnknownNumber);
            return Err(refusal);
        }
    };
    let ringing = fork::ring(call, cx, targets, Why::Dialled);
    if ringing.legs.is_empty() {
        call.finish(cx, Cause::Overload);
        return Err(Refusal::Full);
    }
    call.phase = Phase::Ringing(ringing);
    fork::limit(call, cx, limits::RING);
    Ok(None)
}

/// Whether a station called.
pub(crate) fn is_by_station(call: &Call, cx: &Cx<'_>) -> bool {
    cx.legs
        .get(&call.caller)
        .is_some_and(|leg| leg.home.is_some_and(|home| home != call.id))
}

/// The party called answered: from now on it is the caller.
pub(crate) fn answered(call: &mut Call, cx: &Cx<'_>, winner: LegId) {
    let by = call.caller;
    if let Some(leg) = cx.legs.get(&winner) {
        call.identity = leg.identity().clone();
    }
    call.caller = winner;
    call.phase = Phase::Talking { with: by };
}

/// Nobody answered the station.
pub(crate) fn unanswered(call: &mut Call, cx: &mut Cx<'_>, status: StatusCode, cause: Cause) {
    let status = status.0.to_string();
    call.record(cx.stack, "desk", "dialled", &[("status", status)], "nobody");
    call.finish(cx, cause);
}
