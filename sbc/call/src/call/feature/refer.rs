//! Transfers that phones make themselves (RFC 3515, RFC 5589; CALL-6, CALL-7). A REFER ends here and is never passed on:
//! it means what the desk's transfer means, with the rights of whose phone it is, and its outcome is reported.
//!
//! Blind: the target rings for the other party. Attended: Refer-To names a second dialog of the same phone; the two whom
//! the phone speaks to are joined, also while one of them still rings.

use sip::StatusCode;
use sip::dialog::DialogId;
use sip::headers::Referral;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::fork::{self, Fork, Why};
use super::transfer::{self, Back};
use super::{forward, park, plan};
use crate::border::destination::{self, Dialled};
use crate::command::Refusal;
use crate::effect::Effect;
use crate::id::LegId;
use crate::journal::Cause;
use crate::leg::Leg;
use crate::limits;

/// What a call gives up when a phone joins its two calls.
#[derive(Debug)]
pub(crate) enum Given {
    /// The other party.
    Up(LegId),
    /// Phones that ring for it.
    Ringing(Fork),
}

impl Given {
    /// The legs that change calls.
    pub(crate) fn legs(&self) -> Vec<LegId> {
        match self {
            Given::Up(leg) => vec![*leg],
            Given::Ringing(fork) => fork.legs.clone(),
        }
    }
}

/// A phone wants its other party to be called away, to where its account could have called itself. Who called for help is
/// transferred nowhere.
pub(crate) fn blind(call: &mut Call, cx: &mut Cx<'_>, by: LegId, referral: &Referral) {
    let account = cx.legs.get(&by).and_then(Leg::account).map(str::to_owned);
    if call.emergency || is_blocked(cx, account.as_deref()) {
        return refuse(cx, by, StatusCode::FORBIDDEN);
    }
    let target = referral.target.user.clone().unwrap_or_default();
    if target == park::ORBIT && destination::by_rule(cx.stack, &target).is_none() {
        return park::by_phone(call, cx, by);
    }
    if let Dialled::Flow { flow, number } = destination::read(cx.stack, &target) {
        return to_flow(call, cx, by, &flow, number);
    }
    match forward::for_transfer(call, cx, account.as_deref(), &target) {
        Ok(targets) => {
            let back = accept(call, cx, by);
            transfer::ring(call, cx, "phone", &target, targets, back);
        }
        Err(refusal) => refuse(cx, by, refused(refusal)),
    }
}

fn is_blocked(cx: &Cx<'_>, account: Option<&str>) -> bool {
    let accounts = &cx.stack.snapshot.accounts;
    account
        .and_then(|name| accounts.get(name))
        .is_none_or(|account| account.blocked)
}

/// One of the town's own numbers: its dialplan takes the other party, and the transfer is done.
fn to_flow(call: &mut Call, cx: &mut Cx<'_>, by: LegId, flow: &str, number: String) {
    let Some(flow) = plan::of_number(cx, flow, &number) else {
        return refuse(cx, by, StatusCode::NOT_FOUND);
    };
    accept(call, cx, by);
    transfer::to_flow(call, cx, "phone", flow, number);
}

/// A phone wants its two calls joined. The other call is somebody else's business: the core asks it.
pub(crate) fn attend(call: &mut Call, cx: &mut Cx<'_>, by: LegId, referral: &Referral) {
    let named = referral.replaces.as_ref();
    let other = named.and_then(|named| own_dialog(call, cx, by, named));
    let confirmed = |id| cx.legs.get(&id).is_some_and(Leg::is_answered);
    match other.filter(|id| !(referral.early_only && confirmed(*id))) {
        Some(other) if !call.emergency => cx.stack.effects.push_back(Effect::Join {
            call: call.id,
            by,
            other,
        }),
        _ => refuse(cx, by, StatusCode::NOT_FOUND),
    }
}

/// The leg whose dialog this is, when it belongs to the same account and to another call.
fn own_dialog(call: &Call, cx: &Cx<'_>, by: LegId, named: &DialogId) -> Option<LegId> {
    let account = cx.legs.get(&by).and_then(Leg::account)?;
    let id = *cx.stack.dialogs.get(named.local.as_str())?;
    let leg = cx.legs.get(&id).filter(|leg| leg.is_named(named))?;
    let elsewhere = leg.call.is_some_and(|other| other != call.id);
    (leg.account() == Some(account) && leg.home.is_none() && elsewhere).then_some(id)
}

/// The other call of a phone gives up who is left in it; the core ends it as soon as they have arrived. Nothing is given by a call that is at something
/// which cannot be handed on: a menu, a queue, a hold by the desk.
pub(crate) fn give(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) -> Option<Given> {
    if call.emergency {
        return None;
    }
    let given = match &call.phase {
        Phase::Talking { with } if *with == leg => Given::Up(call.caller),
        Phase::Talking { with } if call.caller == leg => Given::Up(*with),
        Phase::Ringing(fork) if call.caller == leg && fork.can_be_given() => {
            plan::hung_up(call, cx);
            match std::mem::replace(&mut call.phase, Phase::Idle) {
                Phase::Ringing(fork) => Given::Ringing(fork),
                _ => return None,
            }
        }
        _ => return None,
    };
    for leg in given.legs() {
        call.drop_leg(leg);
    }
    call.record(cx.stack, "phone", "attended-transfer", &[], "given");
    call.phase = Phase::Idle;
    Some(given)
}

/// The other call gave up its party, or not.
pub(crate) fn joined(call: &mut Call, cx: &mut Cx<'_>, by: LegId, given: Option<Given>) {
    let Some(given) = given else {
        return refuse(cx, by, StatusCode::NOT_FOUND);
    };
    let back = accept(call, cx, by);
    let to = given.legs().first().and_then(|leg| cx.legs.get(leg));
    let to = to.map(|leg| leg.party().to_owned()).unwrap_or_default();
    let inputs = [("target", to.clone())];
    call.record(cx.stack, "phone", "attended-transfer", &inputs, "joined");
    match given {
        Given::Up(leg) => call.phase = Phase::Talking { with: leg },
        Given::Ringing(mut fork) => {
            let rings = fork.rings;
            fork.why = Why::Transfer(Box::new(Back {
                from: Some(to),
                ..back
            }));
            call.phase = Phase::Ringing(fork);
            fork::limit(call, cx, limits::TRANSFER_RING);
            if rings {
                progress(call, cx, StatusCode::RINGING);
            }
        }
    }
}

/// The transfer goes on: the phone is told so and is the partner, whoever called whom.
pub(super) fn accept(call: &mut Call, cx: &mut Cx<'_>, by: LegId) -> Back {
    if let Phase::Talking { with } = call.phase
        && call.caller == by
    {
        call.begin_with(cx, with);
        call.phase = Phase::Talking { with: by };
    }
    cx.with(by, |leg, stack| leg.accept_referral(stack));
    call.referrer = Some(by);
    Back {
        station: None,
        ..Back::of(cx, by)
    }
}

/// It cannot be done.
pub(crate) fn refuse(cx: &mut Cx<'_>, by: LegId, status: StatusCode) {
    cx.with(by, |leg, stack| leg.refuse_referral(stack, status));
}

fn refused(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::Forbidden => StatusCode::FORBIDDEN,
        Refusal::NoTarget | Refusal::OwnNumber => StatusCode::NOT_FOUND,
        Refusal::NotReachable => StatusCode::TEMPORARILY_UNAVAILABLE,
        _ => StatusCode::DECLINE,
    }
}

/// How far the target is: told to the phone that transfers.
pub(crate) fn progress(call: &Call, cx: &mut Cx<'_>, status: StatusCode) {
    if let Some(by) = call.referrer {
        cx.with(by, |leg, stack| {
            leg.report(stack, status);
        });
    }
}

/// The transfer failed. A phone that is still there and can be told has the other party again; one that asked for no
/// reports is let go like one that has left.
pub(crate) fn failed(call: &mut Call, cx: &mut Cx<'_>, status: StatusCode) -> bool {
    let Some(by) = call.referrer.take().filter(|by| is_here(call, cx, *by)) else {
        return false;
    };
    let mut told = false;
    cx.with(by, |leg, stack| told = leg.report(stack, status));
    if told {
        call.phase = Phase::Talking { with: by };
    } else {
        call.dismiss(cx, by, Cause::Transferred);
    }
    told
}

/// After each event: a transfer that is under way no more has succeeded, unless the phone has its party again.
pub(crate) fn settle(call: &mut Call, cx: &mut Cx<'_>) {
    let Some(by) = call.referrer else { return };
    if matches!(&call.phase, Phase::Ringing(fork) if fork.is_transfer()) {
        return;
    }
    call.referrer = None;
    let still = call.caller == by || call.phase.partner() == Some(by);
    if still || !is_here(call, cx, by) {
        return;
    }
    cx.with(by, |leg, stack| {
        leg.report(stack, StatusCode::OK);
        leg.retire(stack);
    });
    call.drop_leg(by);
    cx.stack.release(by);
}

fn is_here(call: &Call, cx: &Cx<'_>, leg: LegId) -> bool {
    let leg = cx.legs.get(&leg);
    leg.is_some_and(|leg| leg.is_up() && leg.call == Some(call.id))
}
