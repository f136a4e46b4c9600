//! Attended and semi-attended transfer (RFC 5589 section 7, CALL-7): the caller hears music while the partner speaks to a
//! third party; joining works while the third still rings; giving up is one action.

use super::super::phase::{Phase, Third};
use super::super::{Call, Cx};
use super::fork::{self, Why};
use super::transfer::Back;
use super::{Done, dial, forward, station};
use crate::command::Refusal;
use crate::deadlines::{CallTimer, Timer};
use crate::id::LegId;
use crate::journal::Cause;
use crate::limits;

/// Rings `target` for the partner, with the partner's rights.
pub(crate) fn begin(call: &mut Call, cx: &mut Cx<'_>, target: &str) -> Done {
    let Phase::Talking { with } = call.phase else {
        return Err(Refusal::NotNow);
    };
    let account = station::rights(cx, with);
    let targets = forward::for_transfer(call, cx, account.as_deref(), target)?;
    call.record(
        cx.stack,
        "desk",
        "consult",
        &[("target", target.to_owned())],
        "ringing",
    );
    let ringing = fork::ring(call, cx, targets, Why::Consult);
    call.phase = Phase::Consulting {
        with,
        third: Third::Ringing(ringing),
    };
    fork::limit(call, cx, limits::RING);
    Ok(None)
}

/// The third party cannot be had: the partner has the caller again.
pub(crate) fn third_failed(call: &mut Call, cx: &mut Cx<'_>, cause: &Cause) {
    let Phase::Consulting { with, .. } = call.phase else {
        return;
    };
    call.record(
        cx.stack,
        "desk",
        "consult",
        &[("cause", cause.code().to_owned())],
        "failed",
    );
    call.phase = Phase::Talking { with };
}

/// Joins the caller with the third party, even one that still rings.
pub(crate) fn complete(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    let Phase::Consulting { with, .. } = call.phase else {
        return Err(Refusal::NotNow);
    };
    let back = Back::of(cx, with);
    if !station::send_home(call, cx, with) {
        call.dismiss(cx, with, Cause::Transferred);
    }
    join(call, cx, back);
    Ok(None)
}

/// Who consulted hung up: that is how many phones say "connect them".
pub(crate) fn consulter_gone(call: &mut Call, cx: &mut Cx<'_>, leg: LegId, cause: &Cause) {
    if station::lost_in_call(call, cx, leg, cause) {
        return;
    }
    let back = Back {
        station: None,
        ..Back::of(cx, leg)
    };
    call.drop_leg(leg);
    station::forget(cx, leg);
    cx.stack.release(leg);
    join(call, cx, back);
}

fn join(call: &mut Call, cx: &mut Cx<'_>, back: Back) {
    let Phase::Consulting { third, .. } = std::mem::replace(&mut call.phase, Phase::Over) else {
        return;
    };
    call.record(cx.stack, "desk", "attended-transfer", &[], "joined");
    call.phase = match third {
        Third::Up(third) | Third::Waiting(third) => Phase::Talking { with: third },
        Third::Ringing(mut fork) => {
            fork.why = Why::Transfer(Box::new(back));
            Phase::Ringing(fork)
        }
    };
}

/// Speaks to the other of the two.
pub(crate) fn swap(call: &mut Call) -> Done {
    let Phase::Consulting { third, .. } = &mut call.phase else {
        return Err(Refusal::NotNow);
    };
    *third = match third {
        Third::Up(leg) => Third::Waiting(*leg),
        Third::Waiting(leg) => Third::Up(*leg),
        Third::Ringing(_) => return Err(Refusal::NotNow),
    };
    Ok(None)
}

/// Gives up the third party and returns to the caller.
pub(crate) fn cancel(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    let Phase::Consulting { with, .. } = call.phase else {
        return Err(Refusal::NotNow);
    };
    fork::withdraw(call, cx, Cause::Cancelled);
    if let Some(third) = call.phase.consulted() {
        call.dismiss(cx, third, Cause::Transferred);
    }
    call.phase = Phase::Talking { with };
    Ok(None)
}

/// The third party hung up: the partner has the caller again.
pub(crate) fn consulted_gone(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    call.drop_leg(leg);
    cx.stack.release(leg);
    if let Phase::Consulting { with, .. } = call.phase {
        call.phase = Phase::Talking { with };
    }
}

/// The caller hung up while the partner speaks to a third: those two go on talking, or the partner is free.
pub(crate) fn caller_gone(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    let Phase::Consulting { with, .. } = call.phase else {
        return;
    };
    let third = call.phase.consulted();
    let caller = call.caller;
    call.drop_leg(caller);
    cx.stack.release(caller);
    match third {
        Some(third) => {
            cx.stack
                .deadlines
                .cancel(Timer::Call(call.id, CallTimer::Ring));
            call.begin_with(cx, with);
            call.phase = Phase::Talking { with: third };
            if dial::is_by_station(call, cx) {
                // As if the station had called: it holds, transfers and hangs up, and the citizen's way here is not the other's.
                (call.dialled, call.service, call.language) = (None, None, None);
                call.path.clear();
                dial::answered(call, cx, third);
            }
        }
        None => {
            fork::withdraw(call, cx, Cause::Cancelled);
            call.finish(cx, cause);
        }
    }
}
