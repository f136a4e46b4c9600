//! A device of a station that is rung beside what goes on in a call: the handset of an operator who wants the caller, or the
//! other device of one who is not heard. Whoever answers there has the caller; a mobile presses 1 first.

use std::collections::BTreeSet;

use media::{Digit, Source};

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::{fork, gap, queue, replaces, station};
use crate::border::destination;
use crate::command::Device;
use crate::deadlines::{CallTimer, Timer};
use crate::id::LegId;
use crate::journal::Cause;
use crate::limits;

/// The device that is rung.
#[derive(Debug)]
pub(crate) struct Beside {
    station: String,
    why: Why,
    legs: Vec<LegId>,
    /// It may be a voicemail box that answers: it must press 1.
    asks: bool,
    /// Answered, and has not pressed 1 yet.
    asked: BTreeSet<LegId>,
}

/// Why it is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// This leg of the station is not heard.
    Instead(LegId),
    /// The operator wants the caller.
    Wanted,
}

impl Beside {
    /// Whether this leg is of the device.
    pub(crate) fn rings(&self, leg: LegId) -> bool {
        self.legs.contains(&leg)
    }
}

/// An operator whose device is rung for each call wants the caller. `false`: it is no such station.
pub(crate) fn call_in(call: &mut Call, cx: &mut Cx<'_>, name: &str) -> bool {
    let at = cx.stack.stations.get(name);
    let Some(device) = at.map(|at| at.device.clone()).filter(|at| !at.is_kept()) else {
        return false;
    };
    withdraw(call, cx, Cause::Cancelled);
    let rings = ring(call, cx, name.to_owned(), &device, Why::Wanted);
    if rings {
        let timer = Timer::Call(call.id, CallTimer::Beside);
        cx.stack.after(timer, limits::TRANSFER_RING);
    }
    rings
}

/// Rings the device. `false`: it cannot be reached.
pub(crate) fn ring(
    call: &mut Call,
    cx: &mut Cx<'_>,
    station: String,
    device: &Device,
    why: Why,
) -> bool {
    let targets = match device {
        Device::Phone(account) | Device::Handset(account) if why == Why::Wanted => {
            destination::own_devices(cx.stack, account)
        }
        // She may not be there: her phone must not open by itself in an empty room.
        Device::Phone(account) | Device::Handset(account) => {
            destination::devices(cx.stack, account)
        }
        Device::Mobile(number) => destination::outside(cx.stack, number, false).unwrap_or_default(),
        Device::Browser { .. } => Vec::new(),
    };
    let legs = fork::ring(call, cx, targets, fork::Why::Beside).legs;
    let rings = !legs.is_empty();
    call.beside = rings.then(|| Beside {
        station,
        why,
        legs,
        asks: matches!(device, Device::Mobile(_)),
        asked: BTreeSet::new(),
    });
    rings
}

/// After each event: nobody is rung for a caller whom somebody else has.
pub(crate) fn keep_watch(call: &mut Call, cx: &mut Cx<'_>) {
    let had = matches!(
        call.phase,
        Phase::Talking { .. } | Phase::Consulting { .. } | Phase::Merged(_) | Phase::Over
    );
    if had && call.beside.as_ref().is_some_and(|it| it.why == Why::Wanted) {
        withdraw(call, cx, Cause::AnsweredElsewhere);
    }
}

/// The station is heard again, or gone: its other device rings no longer.
pub(crate) fn withdraw_instead(call: &mut Call, cx: &mut Cx<'_>) {
    let instead = |it: &Beside| matches!(it.why, Why::Instead(_));
    if call.beside.as_ref().is_some_and(instead) {
        withdraw(call, cx, Cause::Cancelled);
    }
}

/// It rang long enough.
pub(crate) fn unanswered(call: &mut Call, cx: &mut Cx<'_>) {
    withdraw(call, cx, Cause::NoAnswer);
}

fn withdraw(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    let legs = call.beside.take().map(|it| it.legs).unwrap_or_default();
    for leg in legs {
        call.dismiss(cx, leg, cause.clone());
    }
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Beside));
}

/// The device answered.
pub(crate) fn answered(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    match &mut call.beside {
        Some(it) if it.asks => {
            it.asked.insert(leg);
        }
        _ => takes(call, cx, leg),
    }
}

/// A key of it: 1 takes the caller.
pub(crate) fn pressed(call: &mut Call, cx: &mut Cx<'_>, leg: LegId, digit: Digit) {
    let asked = call
        .beside
        .as_ref()
        .is_some_and(|it| it.asked.contains(&leg));
    if asked && digit.to_char() == '1' {
        takes(call, cx, leg);
    }
}

/// It refused, or is gone.
pub(crate) fn refused(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    if let Some(it) = &mut call.beside {
        it.legs.retain(|other| *other != leg);
        it.asked.remove(&leg);
    }
    call.drop_leg(leg);
    cx.stack.release(leg);
    if call.beside.as_ref().is_some_and(|it| it.legs.is_empty()) {
        withdraw(call, cx, Cause::NoAnswer);
    }
}

fn takes(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    let Some(mut it) = call.beside.take() else {
        return call.dismiss(cx, leg, Cause::AnsweredElsewhere);
    };
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Beside));
    it.legs.retain(|other| *other != leg);
    for other in it.legs {
        call.dismiss(cx, other, Cause::AnsweredElsewhere);
    }
    match it.why {
        Why::Instead(old) => {
            call.record(cx.stack, "desk", "other-device", &[], "answered");
            replaces::take_over(call, old, leg);
            station::send_home_or(call, cx, old, |_, _| {});
            call.stand_in = Some((leg, it.station));
            gap::keep_watch(call, cx);
        }
        Why::Wanted => {
            cx.stack.stations.set_leg(&it.station, Some(leg));
            station::takes(call, cx, leg);
        }
    }
}

/// Those that must press 1 are told so.
pub(crate) fn heard(call: &Call, cx: &Cx<'_>, scene: &mut Vec<(LegId, Source)>) {
    let asked = call.beside.iter().flat_map(|it| &it.asked);
    scene.extend(asked.map(|leg| (*leg, queue::question(cx.stack))));
}
