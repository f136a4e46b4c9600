//! Hold by command: the caller hears music and the station is free. (A phone that holds by re-INVITE changes no phase:
//! the scene alone gives the other party music.)

use std::time::Duration;

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::transfer::Back;
use super::{Done, merge, station};
use crate::command::Refusal;
use crate::deadlines::{CallTimer, Timer};
use crate::effect::{CallEvent, Effect};
use crate::id::LegId;
use crate::limits;

/// The caller is held; a station's leg goes home, a desk phone stays in silence.
pub(crate) fn hold(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    if matches!(call.phase, Phase::Merged(_)) {
        return merge::hold(call, cx);
    }
    let Phase::Talking { with } = call.phase else {
        return Err(Refusal::NotNow);
    };
    let back = Back::of(cx, with);
    let stays = !station::send_home(call, cx, with);
    call.phase = Phase::Held {
        with: stays.then_some(with),
        back,
    };
    begins(call, cx);
    Ok(None)
}

/// The caller is on hold from now on: the station is told softly after a while, and the caller comes back after a longer one.
pub(crate) fn begins(call: &Call, cx: &mut Cx<'_>) {
    remind(call, cx);
    sign_after(call, cx, limits::HOLD_SIGN);
}

fn sign_after(call: &Call, cx: &mut Cx<'_>, time: Duration) {
    cx.stack.after(Timer::Call(call.id, CallTimer::Hold), time);
}

/// A station is told softly that somebody waits on hold, as soon as it is free to hear it (CON-8).
pub(crate) fn sign(call: &Call, cx: &mut Cx<'_>) {
    let Phase::Held { back, .. } = &call.phase else {
        return;
    };
    let Some(home) = back.station else { return };
    let name = cx.stack.stations.of_home(home);
    let station = name.and_then(|name| cx.stack.stations.get(name));
    let leg = station.and_then(|station| cx.legs.get(&station.leg?));
    let Some(leg) = leg else { return };
    if leg.is_resting() {
        let sign = Effect::Tell(home, CallEvent::Sign);
        cx.stack.effects.push_back(sign);
    } else {
        sign_after(call, cx, limits::HOLD_SIGN_AGAIN);
    }
}

/// A held caller is not forgotten: after the limit the holder is called back.
pub(crate) fn remind(call: &Call, cx: &mut Cx<'_>) {
    let at = cx.stack.now.monotonic + limits::PARK;
    cx.stack
        .deadlines
        .set(Timer::Call(call.id, CallTimer::Park), at);
}

/// The desk phone that held the caller hung up: the caller stays with music and is called back in time.
pub(crate) fn holder_gone(call: &mut Call, cx: &mut Cx<'_>, leg: LegId) {
    call.drop_leg(leg);
    cx.stack.release(leg);
    if let Phase::Held { with, .. } = &mut call.phase {
        *with = None;
    }
}
