//! Where a new call goes: what was dialled decides what begins.

use sip::StatusCode;

use super::invite::Caller;
use crate::border::destination::{self, Dialled};
use crate::border::emergency::plan::Plan;
use crate::border::{access, emergency, number};
use crate::call::feature::{self, farewell, fork, plan};
use crate::call::phase::Phase;
use crate::call::{Call, Cx};
use crate::desk::EmergencyView;
use crate::journal::{Cause, Origin};

/// What was dialled decides what begins.
pub(super) fn route(
    call: &mut Call,
    cx: &mut Cx<'_>,
    caller: &Caller,
    emergency: Option<String>,
    dialled: &str,
    request_uri: &str,
) {
    if no_sound(call, cx) {
        return;
    }
    if let Some(number) = emergency {
        return emergency_call(call, cx, caller, &number);
    }
    if let Some(back) = &caller.back {
        return feature::emergency::call_back(call, cx, back, back.number.clone());
    }
    if caller.blocked {
        return refuse(
            call,
            cx,
            StatusCode::FORBIDDEN,
            Cause::Forbidden,
            "account blocked",
        );
    }
    if caller.trunk.is_some() {
        return from_trunk(call, cx, caller, dialled);
    }
    let country = cx.stack.settings().country;
    if let Some(number) = emergency::tried(&cx.stack.snapshot.emergency, country, request_uri) {
        return trial(call, cx, caller, &number);
    }
    if let Some(device) = gruu_of(cx, request_uri) {
        let device = for_caller(call, cx, device);
        return ring(call, cx, device, ("device", dialled));
    }
    let meaning = destination::read(cx.stack, dialled);
    match meaning {
        Dialled::Account(name) => to_account(call, cx, &name, dialled),
        Dialled::Flow { flow, number } => plan::enter(call, cx, Some((flow, number))),
        Dialled::Outside(number) => to_outside(call, cx, caller, &number),
        Dialled::Trunk { name, digits } => to_trunk(call, cx, caller, &name, &digits),
        Dialled::Emergency(number) => emergency_call(call, cx, caller, &number),
        Dialled::Refused => refuse(
            call,
            cx,
            StatusCode::FORBIDDEN,
            Cause::Forbidden,
            "dial rule",
        ),
        Dialled::Unknown => refuse(
            call,
            cx,
            StatusCode::NOT_FOUND,
            Cause::UnknownNumber,
            "unknown number",
        ),
    }
}

/// A caller whose offer nobody here can answer is told so before anything rings, and not by whoever picks up. For an
/// emergency call there is no other way either: it is told loudly, for a device is badly set up.
fn no_sound(call: &mut Call, cx: &mut Cx<'_>) -> bool {
    let caller = cx.legs.get(&call.caller);
    let Some(why) = caller.and_then(|leg| leg.hopeless(cx.stack)) else {
        return false;
    };
    if call.emergency {
        let from = &call.identity.number;
        let site = &cx.stack.settings().site_name;
        let text = format!("an emergency call from {from} at {site} can have no sound: {why}");
        cx.stack.error("emergency", None, text);
    }
    let status = StatusCode::NOT_ACCEPTABLE_HERE;
    let inputs = [("offer", why.to_string())];
    call.record(cx.stack, "border", "no-sound", &inputs, "488");
    farewell::refuse(call, cx, status, Cause::NoMedia);
    true
}

/// The one device that a `gr` address of ours means (RFC 5627); nobody when it is not registered.
fn gruu_of(cx: &Cx<'_>, request_uri: &str) -> Option<Vec<destination::Outgoing>> {
    let uri = sip::Uri::parse(request_uri)
        .ok()
        .filter(|uri| access::is_ours(cx.stack, uri))?;
    let gr = uri.param("gr")?;
    let gr = Some(gr).filter(|gr| !gr.is_empty());
    Some(destination::device(cx.stack, uri.user.as_deref()?, gr))
}

/// The caller's own device is not rung.
fn for_caller(
    call: &Call,
    cx: &Cx<'_>,
    devices: Vec<destination::Outgoing>,
) -> Vec<destination::Outgoing> {
    let own = cx.legs.get(&call.caller).map(|leg| leg.peer);
    devices
        .into_iter()
        .filter(|device| Some(device.peer) != own)
        .collect()
}

fn refuse(call: &mut Call, cx: &mut Cx<'_>, status: StatusCode, cause: Cause, rule: &str) {
    call.record(cx.stack, "border", rule, &[], &status.0.to_string());
    farewell::refuse(call, cx, status, cause);
}

/// A call from an operator goes to the dialplan of the number called; an unknown number is logged and counted (NUM-1).
/// A line with dial rules reaches what those rules name, and nothing else.
fn from_trunk(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, dialled: &str) {
    let country = cx.stack.settings().country;
    let number = number::to_e164(country, dialled);
    let flow = number
        .as_ref()
        .and_then(|number| destination::own_number(cx.stack, number));
    if let (Some(flow), Some(number)) = (&flow, number) {
        return plan::enter(call, cx, Some((flow.clone(), number)));
    }
    let by_rule = Some(dialled)
        .filter(|_| has_dial_rules(cx, caller))
        .and_then(|dialled| destination::by_rule(cx.stack, dialled));
    match by_rule {
        Some(Dialled::Account(name)) => to_account(call, cx, &name, dialled),
        Some(Dialled::Flow { flow, number }) => plan::enter(call, cx, Some((flow, number))),
        Some(Dialled::Trunk { name, digits }) => to_trunk(call, cx, caller, &name, &digits),
        _ => {
            cx.stack.unknown_numbers = cx.stack.unknown_numbers.saturating_add(1);
            let so_far = cx.stack.unknown_numbers;
            cx.stack.warn(
                "unknown-number",
                None,
                format!("a trunk called a number that is not the town's, {so_far} so far"),
            );
            refuse(
                call,
                cx,
                StatusCode::NOT_FOUND,
                Cause::UnknownNumber,
                "unknown number",
            );
        }
    }
}

fn to_account(call: &mut Call, cx: &mut Cx<'_>, name: &str, dialled: &str) {
    if !cx.stack.snapshot.accounts.contains_key(name) {
        return refuse(
            call,
            cx,
            StatusCode::NOT_FOUND,
            Cause::UnknownNumber,
            "unknown account",
        );
    }
    let phones = feature::forward::for_plan(call, cx, &[name.to_owned()]);
    ring(call, cx, phones, ("account", dialled));
}

fn to_outside(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, number: &str) {
    if !may_call_outside(cx, caller) {
        return no_right(call, cx);
    }
    match destination::outside(cx.stack, number, false) {
        Some(parties) => ring(call, cx, parties, ("outside", number)),
        None => refuse(
            call,
            cx,
            StatusCode::SERVICE_UNAVAILABLE,
            Cause::Overload,
            "no free channel",
        ),
    }
}

fn to_trunk(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, name: &str, digits: &str) {
    if !may_call_outside(cx, caller) {
        return no_right(call, cx);
    }
    match destination::by_trunk(cx.stack, name, digits) {
        Some(party) => ring(call, cx, vec![party], ("dial rule", digits)),
        None => refuse(
            call,
            cx,
            StatusCode::SERVICE_UNAVAILABLE,
            Cause::Internal,
            "no such trunk",
        ),
    }
}

/// A phone that may only call inside hears so (RFC 3261 21.4.4: the same again would not help).
fn no_right(call: &mut Call, cx: &mut Cx<'_>) {
    call.record(cx.stack, "border", "no right to call outside", &[], "403");
    feature::advice::no_right(call, cx);
}

fn has_dial_rules(cx: &Cx<'_>, caller: &Caller) -> bool {
    let trunks = &cx.stack.snapshot.trunks;
    let named = |name: &String| trunks.iter().find(|trunk| trunk.name == *name);
    let trunk = caller.trunk.as_ref().and_then(named);
    trunk.is_some_and(|trunk| trunk.dial_rules)
}

/// An account with the right to it, or a line whose calls go through the dial rules.
fn may_call_outside(cx: &Cx<'_>, caller: &Caller) -> bool {
    if has_dial_rules(cx, caller) {
        return true;
    }
    let account = caller
        .account
        .as_ref()
        .and_then(|name| cx.stack.snapshot.accounts.get(name));
    account.is_some_and(|account| account.outside && !account.blocked)
}

/// Rings parties for a caller who dialled them; what was dialled, and what it was taken for, goes on record.
fn ring(
    call: &mut Call,
    cx: &mut Cx<'_>,
    parties: Vec<destination::Outgoing>,
    (taken_for, dialled): (&str, &str),
) {
    let ways = parties.iter().map(|party| match &party.trunk {
        Some(trunk) => trunk.as_str(),
        None => party.party.as_str(),
    });
    let mut ways: Vec<&str> = ways.collect();
    ways.dedup();
    let result = match ways.is_empty() {
        true => "nobody registered".to_owned(),
        false => ways.join(" "),
    };
    let inputs = [("dialled", dialled.to_owned())];
    call.record(cx.stack, "dialled", taken_for, &inputs, &result);
    let ringing = fork::ring(call, cx, parties, fork::Why::Dialled);
    let nobody = ringing.legs.is_empty();
    call.phase = Phase::Ringing(ringing);
    let limit = cx.stack.settings().ring;
    fork::limit(call, cx, limit);
    if nobody {
        fork::failed(call, cx);
    }
}

/// An emergency call (CMP-1): by the trunks, with the site's number, whatever else holds; the log says where it is from.
fn emergency_call(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, number: &str) {
    call.emergency = true;
    let plan = planned(call, cx, caller, number);
    let at = cx.stack.now.wall;
    let alarm = EmergencyView {
        journey: call.journey,
        account: caller.account.clone().or_else(|| caller.claimed.clone()),
        number: number.to_owned(),
        site: plan.site.clone(),
        room: plan.place.clone(),
        at,
    };
    cx.stack.watch.emergency(alarm.clone());
    call.help.alarm = Some(Box::new(alarm));
    cx.stack.error(
        "emergency",
        None,
        format!(
            "emergency call to {number} from {} at {} {}",
            call.identity.number, plan.site, plan.place
        ),
    );
    let inputs = [
        ("number", number.to_owned()),
        ("shown", plan.presented.clone()),
    ];
    call.record(cx.stack, "border", "emergency", &inputs, "trunk");
    let origin = origin(call, cx, caller);
    feature::emergency::begin(call, cx, &plan, origin);
}

fn planned(call: &Call, cx: &Cx<'_>, caller: &Caller, number: &str) -> Plan {
    let account = caller.account.as_ref().or(caller.claimed.as_ref());
    let said = feature::emergency::says_place(call);
    emergency::plan::of(
        &cx.stack.snapshot,
        number,
        account.map(String::as_str),
        said,
    )
}

/// Where a call back to this caller goes.
fn origin(call: &Call, cx: &Cx<'_>, caller: &Caller) -> Option<Origin> {
    if let Some(trunk) = caller.trunk.clone() {
        let digits = call.identity.number.clone();
        return (digits != "anonymous").then_some(Origin::Line { trunk, digits });
    }
    let leg = cx.legs.get(&call.caller)?;
    Some(Origin::Phone {
        account: caller.account.clone().or_else(|| caller.claimed.clone()),
        contact: leg.contact()?.to_owned(),
        peer: leg.peer,
    })
}

/// A test of an emergency number: the same plan, told to the caller instead of carried out.
fn trial(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, number: &str) {
    if caller.blocked {
        return refuse(
            call,
            cx,
            StatusCode::FORBIDDEN,
            Cause::Forbidden,
            "account blocked",
        );
    }
    let plan = planned(call, cx, caller, number);
    let lines: Vec<&str> = plan.ways.iter().map(|way| way.trunk.as_str()).collect();
    let inputs = [
        ("number", number.to_owned()),
        ("shown", plan.presented.clone()),
        ("site", plan.site.clone()),
        ("place", plan.place.clone()),
        ("lines", lines.join(" ")),
    ];
    call.record(cx.stack, "border", "emergency-test", &inputs, "spoken");
    feature::advice::trial(call, cx, &plan);
}
