//! Blind transfer (RFC 5589 section 6, CALL-6): the target rings for the caller and the transferor is free; when nobody
//! answers, the caller returns to the transferor (recall).

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::fork::{self, Why};
use super::{Done, farewell, hold, station};
use crate::border::destination;
use crate::command::Refusal;
use crate::id::{CallId, LegId};
use crate::journal::Cause;
use crate::limits;

/// Who gets the caller back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Back {
    /// The transferor's account, to be rung.
    pub(crate) account: Option<String>,
    /// The transferor's station, which sees the caller wait and takes it by command.
    pub(crate) station: Option<CallId>,
}

impl Back {
    /// To the party of this leg.
    pub(crate) fn of(cx: &Cx<'_>, leg: LegId) -> Back {
        let leg = cx.legs.get(&leg);
        Back {
            account: leg.and_then(|leg| leg.account().map(str::to_owned)),
            station: leg.and_then(|leg| leg.home),
        }
    }
}

/// Rings `target` for the caller. The rights that count are the transferor's.
pub(crate) fn blind(call: &mut Call, cx: &mut Cx<'_>, target: &str) -> Done {
    let (with, back) = match &call.phase {
        Phase::Talking { with } => (Some(*with), Back::of(cx, *with)),
        Phase::Held { with, back } => (*with, back.clone()),
        _ => return Err(Refusal::NotNow),
    };
    let targets = destination::for_transfer(cx, back.account.as_deref(), target)?;
    if let Some(with) = with
        && !station::send_home(call, cx, with)
    {
        call.dismiss(cx, with, Cause::Transferred);
    }
    call.record(
        cx.stack,
        "desk",
        "blind-transfer",
        &[("target", target.to_owned())],
        "ringing",
    );
    let ringing = fork::ring(call, cx, targets, Why::Transfer(back));
    call.phase = Phase::Ringing(ringing);
    fork::limit(call, cx, limits::TRANSFER_RING);
    Ok(None)
}

/// The target did not answer: the caller returns.
pub(crate) fn came_back(call: &mut Call, cx: &mut Cx<'_>, back: Back, cause: &Cause) {
    call.record(
        cx.stack,
        "desk",
        "returned",
        &[("cause", cause.code().to_owned())],
        "recall",
    );
    recall(call, cx, back);
}

/// The transferor changed their mind while it rings.
pub(crate) fn take_back(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    let Phase::Ringing(ringing) = &call.phase else {
        return Err(Refusal::NotNow);
    };
    let Why::Transfer(back) = ringing.why.clone() else {
        return Err(Refusal::NotNow);
    };
    fork::withdraw(call, cx, Cause::Cancelled);
    call.record(cx.stack, "desk", "taken-back", &[], "recall");
    recall(call, cx, back);
    Ok(None)
}

/// Held or parked for too long.
pub(crate) fn waited_too_long(call: &mut Call, cx: &mut Cx<'_>) {
    let back = match &mut call.phase {
        Phase::Held { with, back } => {
            let (with, back) = (with.take(), back.clone());
            if let Some(with) = with {
                call.dismiss(cx, with, Cause::Transferred);
            }
            back
        }
        Phase::Parked { slot, back } => {
            let (slot, back) = (*slot, back.clone());
            cx.stack.parking.free(slot);
            back
        }
        _ => return,
    };
    call.record(cx.stack, "desk", "waited-too-long", &[], "recall");
    // A second time round the station's own device is rung like any phone.
    let back = Back {
        station: None,
        ..back
    };
    recall(call, cx, back);
}

/// Brings the caller back: to a station as a held call that it takes by command, to a phone by ringing it.
fn recall(call: &mut Call, cx: &mut Cx<'_>, back: Back) {
    if back
        .station
        .is_some_and(|home| cx.stack.stations.values().any(|(_, at)| *at == home))
    {
        call.phase = Phase::Held { with: None, back };
        return hold::remind(call, cx);
    }
    let targets = back
        .account
        .as_deref()
        .map(|account| destination::devices(cx.stack, account))
        .unwrap_or_default();
    let ringing = fork::ring(call, cx, targets, Why::Recall);
    let empty = ringing.legs.is_empty();
    call.phase = Phase::Ringing(ringing);
    fork::limit(call, cx, limits::TRANSFER_RING);
    if empty {
        fork::failed(call, cx);
    }
}

/// Not even the transferor takes the caller back: the dialplan begins again if it brought the caller, else it is over.
pub(crate) fn nobody_took_back(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    if super::plan::begin_again(call, cx) {
        return;
    }
    if cx.legs.get(&call.caller).is_some_and(|leg| leg.is_up()) {
        call.finish(cx, cause);
    } else {
        farewell::unanswered(call, cx, sip::StatusCode::TEMPORARILY_UNAVAILABLE, cause);
    }
}
