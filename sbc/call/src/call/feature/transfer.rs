//! Blind transfer (RFC 5589 section 6, CALL-6): the target rings for the caller and the transferor is free; when nobody
//! answers, the caller returns to the transferor (recall). The desk's order and a phone's REFER ([`super::refer`]) both
//! come here.

use std::sync::Arc;

use ivr::Lang;
use sip::StatusCode;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::fork::{self, Why};
use super::{Done, farewell, forward, hold, plan, queue, refer, station};
use crate::border::destination::{self, Dialled, Outgoing};
use crate::command::Refusal;
use crate::deadlines::{CallTimer, Timer};
use crate::desk::Returned;
use crate::id::{CallId, LegId};
use crate::journal::Cause;
use crate::leg::Identity;
use crate::limits;
use crate::stack::Stack;

/// Who gets the caller back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Back {
    /// The transferor's account, to be rung.
    pub(crate) account: Option<String>,
    /// The transferor's station, which sees the caller wait and takes it by command.
    pub(crate) station: Option<CallId>,
    /// Who the transferor is, for the phones that ring.
    pub(crate) identity: Option<Identity>,
    /// Whom the caller was sent to.
    pub(crate) from: Option<String>,
}

impl Back {
    /// To the party of this leg.
    pub(crate) fn of(cx: &Cx<'_>, id: LegId) -> Back {
        let leg = cx.legs.get(&id);
        Back {
            account: station::rights(cx, id),
            station: leg.and_then(|leg| leg.home),
            identity: leg.map(|leg| leg.identity().clone()),
            from: None,
        }
    }
}

/// Rings `target` for the caller, or takes them into the dialplan of one of the town's own numbers. The rights that count are
/// the transferor's.
pub(crate) fn blind(call: &mut Call, cx: &mut Cx<'_>, target: &str) -> Done {
    let (with, back) = match &call.phase {
        Phase::Talking { with } => (Some(*with), Back::of(cx, *with)),
        Phase::Held { with, back } => (*with, back.clone()),
        _ => return Err(Refusal::NotNow),
    };
    if let Dialled::Flow { flow, number } = destination::read(cx.stack, target) {
        let flow = plan::of_number(cx, &flow, &number).ok_or(Refusal::NoTarget)?;
        let_go(call, cx, with);
        to_flow(call, cx, "desk", flow, number);
        return Ok(None);
    }
    let targets = forward::for_transfer(call, cx, back.account.as_deref(), target)?;
    let_go(call, cx, with);
    ring(call, cx, "desk", target, targets, back);
    Ok(None)
}

/// The transferor is free.
fn let_go(call: &mut Call, cx: &mut Cx<'_>, with: Option<LegId>) {
    if let Some(with) = with
        && !station::send_home(call, cx, with)
    {
        call.dismiss(cx, with, Cause::Transferred);
    }
}

/// The caller is now one who called this number of ours, in the language spoken so far. `node` says who ordered it.
pub(crate) fn to_flow(
    call: &mut Call,
    cx: &mut Cx<'_>,
    node: &str,
    flow: Arc<ivr::Flow>,
    number: String,
) {
    let inputs = [("target", number.clone())];
    call.record(cx.stack, node, "blind-transfer", &inputs, "dialplan");
    call.dialled = Some(number.clone());
    (call.returned, call.service) = (None, None);
    call.path.clear();
    plan::begin_for(call, cx, flow, number);
}

/// Rings whom the caller is sent to. `node` says who ordered it.
pub(crate) fn ring(
    call: &mut Call,
    cx: &mut Cx<'_>,
    node: &str,
    target: &str,
    targets: Vec<Outgoing>,
    back: Back,
) {
    call.returned = None;
    let inputs = [("target", target.to_owned())];
    call.record(cx.stack, node, "blind-transfer", &inputs, "ringing");
    let back = Back {
        from: Some(target.to_owned()),
        ..back
    };
    let ringing = fork::ring(call, cx, targets, Why::Transfer(Box::new(back)));
    call.phase = Phase::Ringing(ringing);
    fork::limit(call, cx, limits::TRANSFER_RING);
}

/// The target did not answer: the caller returns.
pub(crate) fn came_back(
    call: &mut Call,
    cx: &mut Cx<'_>,
    back: Back,
    status: StatusCode,
    cause: &Cause,
) {
    let node = match call.referrer {
        Some(_) => "phone",
        None => "desk",
    };
    call.returned_from.clone_from(&back.from);
    let kept = refer::failed(call, cx, status);
    let inputs = [("cause", cause.code().to_owned())];
    let result = if kept { "transferor" } else { "recall" };
    call.record(cx.stack, node, "returned", &inputs, result);
    if !kept {
        let from = back.from.clone().unwrap_or_default();
        returns(call, cx, from, cause.clone());
        recall(call, cx, back);
    }
}

/// The caller is marked as one who came back.
pub(crate) fn returns(call: &mut Call, cx: &Cx<'_>, from: String, why: Cause) {
    let after = cx.stack.now.wall.duration_since(call.since);
    call.returned = Some(Returned {
        from,
        why,
        after: after.unwrap_or_default(),
    });
}

/// A phone whose transfer failed hung up and has not noticed: the caller is not lost for that.
pub(crate) fn unheard(call: &mut Call, cx: &mut Cx<'_>, partner: LegId) {
    let back = Back {
        from: call.returned_from.take(),
        ..Back::of(cx, partner)
    };
    call.record(cx.stack, "phone", "returned", &[], "recall");
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
    if !refer::failed(call, cx, StatusCode::REQUEST_TERMINATED) {
        recall(call, cx, *back);
    }
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
    let who = back
        .station
        .and_then(|home| cx.stack.stations.of_home(home));
    let (who, again) = (who.map(str::to_owned), call.recalled);
    returns(call, cx, "hold".to_owned(), Cause::NoAnswer);
    if let Some(who) = who.filter(|_| !again) {
        // The holder is reminded first: the caller stands first in the station's list.
        call.recalled = true;
        returns(call, cx, who, Cause::NoAnswer);
        call.phase = Phase::Held { with: None, back };
        hold::sign(call, cx);
        let at = cx.stack.now.monotonic + limits::TRANSFER_RING;
        return cx
            .stack
            .deadlines
            .set(Timer::Call(call.id, CallTimer::Park), at);
    }
    if again && (queue::line_up_first(call, cx) || plan::begin_again(call, cx)) {
        return;
    }
    // Without a station, or with nowhere else to go, the device is rung like any phone.
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
        .is_some_and(|home| cx.stack.stations.of_home(home).is_some())
    {
        call.phase = Phase::Held { with: None, back };
        return hold::remind(call, cx);
    }
    // The station is not there any more: the first free operator has the caller.
    if back.station.is_some() && queue::line_up_first(call, cx) {
        return;
    }
    let targets = back
        .account
        .as_deref()
        .map(|account| destination::devices(cx.stack, account))
        .unwrap_or_default();
    let ringing = fork::ring(call, cx, targets, Why::Recall(back.from));
    let empty = ringing.legs.is_empty();
    call.phase = Phase::Ringing(ringing);
    fork::limit(call, cx, limits::TRANSFER_RING);
    if empty {
        fork::failed(call, cx);
    }
}

/// A caller who comes back, as the phone shows it: "returned from 2103", in the site's first language, before the name.
pub(crate) fn returned(stack: &Stack, caller: &Identity, from: &str) -> Identity {
    let language = stack.settings().languages.first().copied();
    let mark = match language {
        Some(Lang::NL) => "terug van",
        Some(Lang::FR) => "retour de",
        Some(Lang::DE) => "zurück von",
        _ => "returned from",
    };
    Identity {
        number: caller.number.clone(),
        display: format!("{mark} {from} {}", caller.display)
            .trim()
            .to_owned(),
    }
}

/// Not even the transferor takes the caller back: the dialplan begins again if it brought the caller, else it is over.
pub(crate) fn nobody_took_back(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    if plan::begin_again(call, cx) {
        return;
    }
    if cx.legs.get(&call.caller).is_some_and(|leg| leg.is_up()) {
        call.finish(cx, cause);
    } else {
        farewell::unanswered(call, cx, StatusCode::TEMPORARILY_UNAVAILABLE, cause);
    }
}
