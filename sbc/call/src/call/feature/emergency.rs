//! An emergency call on its way out (CMP-1): every trunk in order until one takes it; none is cut short while the
//! other side rings, for who answers there may have a queue of their own.

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::advice;
use super::fork::{self, Why};
use crate::border::destination;
use crate::deadlines::{CallTimer, Timer};
use crate::limits;

/// Begins with the first trunk.
pub(crate) fn begin(call: &mut Call, cx: &mut Cx<'_>, number: &str) {
    call.ways = destination::emergency_ways(cx.stack, number).into();
    next_way(call, cx);
}

/// The next trunk that was not tried; without one there is advice.
pub(crate) fn next_way(call: &mut Call, cx: &mut Cx<'_>) {
    let Some(way) = call.ways.pop_front() else {
        return advice::emergency(call, cx);
    };
    let ringing = fork::ring(call, cx, vec![way], Why::Dialled);
    call.phase = Phase::Ringing(ringing);
    wait(call, cx, limits::EMERGENCY_TAKEN);
}

/// The other side rings: now it has time.
pub(crate) fn rings(call: &Call, cx: &mut Cx<'_>) {
    wait(call, cx, limits::EMERGENCY_RING);
}

fn wait(call: &Call, cx: &mut Cx<'_>, time: std::time::Duration) {
    cx.stack.after(Timer::Call(call.id, CallTimer::Ring), time);
}
