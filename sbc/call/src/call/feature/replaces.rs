//! A phone takes a leg's place by INVITE with Replaces (RFC 3891): that of another device of its own account, or of one
//! that rings together with it. Who may was decided at the border; here is what it means.

use super::super::phase::{Phase, Third};
use super::super::{Call, Cx};
use super::fork;
use crate::id::LegId;
use crate::journal::Cause;
use crate::leg::Leg;

/// The leg rings: who calls answers in its place, and every phone that rings is told so.
pub(crate) fn ringing(call: &mut Call, cx: &mut Cx<'_>, new: LegId) {
    if answers(call, cx, call.caller, new) {
        call.record(cx.stack, "phone", "replaces", &[], "picked up");
        fork::answered(call, cx, new);
    }
}

/// The leg is in the conversation: who calls goes on with it, and the leg is hung up on.
pub(crate) fn party(call: &mut Call, cx: &mut Cx<'_>, old: LegId, new: LegId) {
    let partner = call.phase.partner().unwrap_or(call.caller);
    let other = if old == partner { call.caller } else { partner };
    if !answers(call, cx, other, new) {
        return;
    }
    call.record(cx.stack, "phone", "replaces", &[], "taken over");
    take_over(call, old, new);
    call.dismiss(cx, old, Cause::Transferred);
}

/// The new leg stands where the old one stood.
pub(crate) fn take_over(call: &mut Call, old: LegId, new: LegId) {
    if call.caller == old {
        call.caller = new;
    } else {
        take_place(&mut call.phase, old, new);
    }
}

fn take_place(phase: &mut Phase, old: LegId, new: LegId) {
    match phase {
        Phase::Talking { with }
        | Phase::Held {
            with: Some(with), ..
        } if *with == old => *with = new,
        Phase::Consulting { with, .. } if *with == old => *with = new,
        Phase::Merged(bond) if bond.with == old => bond.with = new,
        Phase::Consulting {
            third: Third::Up(third),
            ..
        } if *third == old => *third = new,
        _ => {}
    }
}

/// Answers who calls, with what the other party speaks first. One whose offer cannot be used is refused, and nothing
/// changes.
pub(super) fn answers(call: &mut Call, cx: &mut Cx<'_>, other: LegId, new: LegId) -> bool {
    let codecs = cx
        .legs
        .get(&other)
        .map(Leg::preferred_codecs)
        .unwrap_or_default();
    cx.with(new, |leg, stack| leg.answer(stack, &codecs));
    let answered = cx.legs.get(&new).is_some_and(Leg::is_answered);
    if !answered {
        call.drop_leg(new);
        cx.stack.release(new);
    }
    answered
}

/// What was to be replaced is gone, or at something that cannot be taken over.
pub(crate) fn nothing(call: &mut Call, cx: &mut Cx<'_>, new: LegId) {
    cx.with(new, |leg, stack| {
        leg.reject(
            stack,
            sip::StatusCode::CALL_DOES_NOT_EXIST,
            Cause::UnknownNumber,
        );
    });
    call.drop_leg(new);
    cx.stack.release(new);
}
