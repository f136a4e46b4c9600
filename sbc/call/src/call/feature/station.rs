//! A station: an operator's device whose leg outlives calls. Between calls it rests in a call of its own; it moves into
//! the citizen's call when it answers, and home again when the conversation is over.

use super::super::arm::Arm;
use super::super::phase::Phase;
use super::super::{Call, Cx, Owner, Rests};
use super::{Done, fork, merge, plan, queue, transfer};
use crate::command::{Device, Refusal};
use crate::deadlines::{CallTimer, Timer};
use crate::effect::Effect;
use crate::id::LegId;
use crate::journal::Cause;
use crate::leg::Leg;
use crate::limits;
use crate::station::Station;

/// The station's device is being called: its leg is the call's own.
pub(crate) fn calling(call: &mut Call, cx: &mut Cx<'_>, legs: Vec<LegId>, device: Device) {
    if let Some(leg) = legs.first() {
        call.caller = *leg;
    }
    if let Owner::Station(name) = &call.owner {
        // The name is taken from now on: a second order must not call the device a second time.
        let station = Station {
            device,
            leg: Some(call.caller),
            home: Some(call.id),
            fallback: None,
        };
        cx.stack.stations.insert(name.clone(), station);
    }
    cx.stack
        .after(Timer::Call(call.id, CallTimer::Ring), limits::RING);
}

/// Nobody answered the station's device.
pub(crate) fn unanswered(call: &mut Call, cx: &mut Cx<'_>) {
    forget(cx, call.caller);
    call.finish(cx, Cause::NoAnswer);
}

/// The station's shift is over: its leg goes now, or as soon as it has no conversation any more.
pub(crate) fn detach(call: &mut Call, cx: &mut Cx<'_>) {
    let leg = call.caller;
    cx.with(leg, |leg, _| leg.home = None);
    forget(cx, leg);
    call.finish(cx, Cause::Desk);
}

/// The station's device answered: it rests.
pub(crate) fn up(call: &mut Call, cx: &mut Cx<'_>) {
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Ring));
    cx.with(call.caller, |leg, _| leg.home = Some(call.id));
}

/// The station's device refused or is gone: the resting place closes.
pub(crate) fn lost(call: &mut Call, cx: &mut Cx<'_>, cause: Cause) {
    let caller = call.caller;
    call.drop_leg(caller);
    forget(cx, caller);
    cx.stack.release(caller);
    call.finish(cx, cause);
}

/// Who held the caller is no station any more: the first free operator has the caller.
pub(crate) fn holder_lost(call: &mut Call, cx: &mut Cx<'_>, name: String) {
    let inputs = [("station", name.clone())];
    call.record(cx.stack, "desk", "station-lost", &inputs, "queue");
    transfer::returns(call, cx, name, Cause::MediaSilent);
    for timer in [CallTimer::Park, CallTimer::Hold] {
        cx.stack.deadlines.cancel(Timer::Call(call.id, timer));
    }
    if !queue::line_up_first(call, cx) && !plan::begin_again(call, cx) {
        call.finish(cx, Cause::MediaSilent);
    }
}

/// A station's leg that is gone is no station any more; its resting place closes, and whoever it held is not its any more.
pub(crate) fn forget(cx: &mut Cx<'_>, leg: LegId) {
    let Some(name) = cx.stack.stations.of_leg(leg).map(str::to_owned) else {
        return;
    };
    // A device that is rung for each call is on duty without a leg.
    if cx
        .stack
        .stations
        .get(&name)
        .is_some_and(|at| !at.device.is_kept())
    {
        return cx.stack.stations.set_leg(&name, None);
    }
    if let Some(home) = cx
        .stack
        .stations
        .remove(&name)
        .and_then(|station| station.home)
    {
        cx.stack.effects.push_back(Effect::Settle(home));
        cx.stack.effects.push_back(Effect::Orphaned { home, name });
    }
}

/// Sends a station's leg home. Says whether the leg is a station's.
pub(crate) fn send_home(call: &mut Call, cx: &mut Cx<'_>, id: LegId) -> bool {
    let Some(home) = cx
        .legs
        .get(&id)
        .and_then(|leg| leg.home)
        .filter(|home| *home != call.id)
    else {
        return false;
    };
    call.drop_leg(id);
    cx.stack
        .effects
        .push_back(Effect::Move { leg: id, to: home });
    true
}

/// Sends a station's leg home, or does something else with any other leg.
pub(crate) fn send_home_or(
    call: &mut Call,
    cx: &mut Cx<'_>,
    id: LegId,
    otherwise: impl FnOnce(&mut Cx<'_>, LegId),
) {
    if !send_home(call, cx, id) {
        otherwise(cx, id);
    }
}

/// A station answers or retrieves the caller: its leg is asked to come, and takes the caller when it arrives.
pub(crate) fn take(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) -> Done {
    // A device that is rung for each call stayed with the caller.
    if matches!(call.phase, Phase::Held { with: Some(with), .. } if with == leg) {
        let timer = Timer::Call(call.id, CallTimer::Park);
        cx.stack.deadlines.cancel(timer);
        call.returned = None;
        call.phase = Phase::Talking { with: leg };
        return Ok(None);
    }
    let resting = cx.legs.get(&leg).is_some_and(Leg::is_resting);
    if !resting {
        return Err(Refusal::NoStation);
    }
    cx.stack
        .effects
        .push_back(Effect::Move { leg, to: call.id });
    Ok(None)
}

/// A leg arrived: at its resting place, or to take the caller.
pub(crate) fn arrived(call: &mut Call, cx: &mut Cx<'_>, arm: Arm, leg: LegId) {
    call.legs.push(leg);
    call.rests = Rests::Silence;
    match arm {
        Arm::StationHome => call.caller = leg,
        Arm::StationTakes => takes(call, cx, leg),
        // The call ended while the leg was on its way: straight home again.
        _ => {
            let _ = send_home(call, cx, leg);
        }
    }
}

pub(crate) fn takes(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    fork::withdraw(call, cx, Cause::AnsweredElsewhere);
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Collect));
    cx.stack
        .deadlines
        .cancel(Timer::Call(call.id, CallTimer::Park));
    if let Phase::Held {
        with: Some(holder), ..
    } = call.phase
    {
        call.dismiss(cx, holder, Cause::Transferred);
    }
    if let Phase::Parked { slot, .. } = call.phase {
        cx.stack.parking.free(slot);
    }
    let party = cx
        .legs
        .get(&leg)
        .map(|leg| leg.party().to_owned())
        .unwrap_or_default();
    plan::connected(call, cx, &party);
    let by = cx.stack.stations.of_leg(leg).map(str::to_owned);
    queue::answered(call, cx, by);
    call.recalled = false;
    call.returned = None;
    let caller = call.caller;
    cx.introduce(caller, leg);
    cx.with(caller, |leg, stack| leg.answer(stack, &[]));
    call.phase = Phase::Talking { with: leg };
    merge::again(call, cx);
}

/// Whose rights count for what a station orders: its phone's account, else the station's own name.
pub(crate) fn rights(cx: &Cx<'_>, leg: LegId) -> Option<String> {
    let account = cx.legs.get(&leg).and_then(|leg| leg.account());
    let name = account.or_else(|| cx.stack.stations.of_leg(leg));
    name.map(str::to_owned)
}

/// Somebody else was quicker: who.
pub(crate) fn taken(call: &Call, cx: &Cx<'_>) -> Refusal {
    let partner = call.phase.partner();
    let party = |id| cx.legs.get(&id).map(|leg: &Leg| leg.party().to_owned());
    let by = partner.and_then(|id| {
        let station = cx.stack.stations.of_leg(id).map(str::to_owned);
        station.or_else(|| party(id))
    });
    Refusal::Taken {
        by: by.unwrap_or_default(),
    }
}

/// A station's leg was lost, and nobody hung up: the caller stands first in the queue, or begins again (CON-15). `false`:
/// it was no station, or somebody hung up.
pub(crate) fn lost_in_call(call: &mut Call, cx: &mut Cx<'_>, leg: LegId, cause: &Cause) -> bool {
    let hung_up = matches!(
        cause,
        Cause::CallerHungUp | Cause::CalleeHungUp | Cause::Desk | Cause::Shutdown
    );
    let name = cx.stack.stations.of_leg(leg).map(str::to_owned);
    let Some(name) = name.filter(|_| !hung_up) else {
        return false;
    };
    fork::withdraw(call, cx, Cause::Cancelled);
    if let Some(third) = call.phase.consulted() {
        call.dismiss(cx, third, Cause::Cancelled);
    }
    call.drop_leg(leg);
    forget(cx, leg);
    cx.stack.release(leg);
    let inputs = [("cause", cause.code().to_owned())];
    call.record(cx.stack, "desk", "station-lost", &inputs, "queue");
    transfer::returns(call, cx, name, cause.clone());
    if !queue::line_up_first(call, cx) && !plan::begin_again(call, cx) {
        call.finish(cx, cause.clone());
    }
    true
}
