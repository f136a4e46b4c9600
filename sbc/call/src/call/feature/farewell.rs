//! How calls end: who hung up, and what that means for the others.

use sip::StatusCode;

use super::super::{Call, Cx};
use super::{dial, emergency, fork, plan, station, transfer};
use crate::id::LegId;
use crate::journal::Cause;
use crate::leg::Leg;

/// The caller cancelled before an answer (RFC 3261 section 9).
pub(crate) fn cancelled(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    leave(call, cx, cause.clone());
    call.finish(cx, cause);
}

/// The caller hung up or was lost.
pub(crate) fn caller_gone(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    leave(call, cx, Cause::Cancelled);
    call.finish(cx, cause);
}

/// The caller's leg is done; the dialplan is told, phones that ring are cancelled for this reason.
fn leave(call: &mut Call, cx: &mut Cx<'_>, why: Cause) {
    let caller = call.caller;
    call.drop_leg(caller);
    station::forget(cx, caller);
    cx.stack.release(caller);
    plan::hung_up(call, cx);
    fork::withdraw(call, cx, why);
}

/// The partner hung up: the conversation is over. A station that is the caller's side rests.
pub(crate) fn partner_gone(call: &mut Call, cx: &mut Cx<'_>, partner: LegId, cause: Cause) {
    if station::lost_in_call(call, cx, partner, &cause) {
        return;
    }
    call.drop_leg(partner);
    station::forget(cx, partner);
    cx.stack.release(partner);
    if cx.legs.get(&partner).is_some_and(Leg::left_unaware) {
        return transfer::unheard(call, cx, partner);
    }
    let cause = match cause {
        Cause::CallerHungUp => Cause::CalleeHungUp,
        other => other,
    };
    call.finish(cx, cause);
}

/// Nobody answered a dialled call: the caller gets the status, unless it is a call for help, which has other ways.
pub(crate) fn unanswered(call: &mut Call, cx: &mut Cx<'_>, status: StatusCode, cause: Cause) {
    if call.emergency {
        return emergency::next_way(call, cx);
    }
    if dial::is_by_station(call, cx) {
        return dial::unanswered(call, cx, status, cause);
    }
    refuse(call, cx, status, cause);
}

/// Refuses the caller, who was never answered, with this status.
pub(crate) fn refuse(call: &mut Call, cx: &mut Cx<'_>, status: StatusCode, cause: Cause) {
    let caller = call.caller;
    let why = cause.clone();
    cx.with(caller, |leg, stack| leg.reject(stack, status, why));
    call.drop_leg(caller);
    cx.stack.release(caller);
    call.finish(cx, cause);
}
