//! Park (CALL-9): the caller's leg waits in a numbered slot. The core's table hands out slots, so that one slot can
//! never join two strangers.

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::transfer::Back;
use super::{Done, hold, refer, replaces, station};
use crate::command::Refusal;
use crate::deadlines::{CallTimer, Timer};
use crate::id::{CallId, LegId};
use crate::journal::Cause;
use crate::leg::Identity;
use crate::limits;
use sip::StatusCode;
use std::collections::BTreeMap;

/// A phone that transfers its party to these keys parks it; with the slot's number behind them whoever dials takes it.
pub(crate) const ORBIT: &str = "*7";

/// Which call waits in which slot. Slots count from 1.
#[derive(Debug, Default)]
pub(crate) struct Parking {
    taken: BTreeMap<u16, CallId>,
}

impl Parking {
    /// The lowest free slot.
    fn take(&mut self, call: CallId) -> Option<u16> {
        let slot = (1..=limits::PARK_SLOTS).find(|slot| !self.taken.contains_key(slot))?;
        self.taken.insert(slot, call);
        Some(slot)
    }

    /// The caller left the slot.
    pub(crate) fn free(&mut self, slot: u16) {
        self.taken.remove(&slot);
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.taken.len()
    }
}

/// Parks the caller; a desk phone that was the partner is hung up on, a station goes home.
pub(crate) fn park(call: &mut Call, cx: &mut Cx<'_>) -> Done {
    let (with, back) = match &call.phase {
        Phase::Talking { with } => (Some(*with), Back::of(cx, *with)),
        Phase::Held { with, back } => (*with, back.clone()),
        _ => return Err(Refusal::NotNow),
    };
    let slot = cx.stack.parking.take(call.id).ok_or(Refusal::Full)?;
    if let Some(with) = with {
        station::send_home_or(call, cx, with, |_, _| {});
        if cx.legs.contains_key(&with) && call.legs.contains(&with) {
            call.dismiss(cx, with, Cause::Transferred);
        }
    }
    waits(call, cx, "desk", slot, back);
    Ok(Some(slot))
}

fn waits(call: &mut Call, cx: &mut Cx<'_>, node: &str, slot: u16, back: Back) {
    let inputs = [("slot", slot.to_string())];
    call.record(cx.stack, node, "parked", &inputs, "parked");
    call.phase = Phase::Parked { slot, back };
    hold::remind(call, cx);
}

/// A phone transfers its party into a slot, and is shown which: the keys that take the party again.
pub(crate) fn by_phone(call: &mut Call, cx: &mut Cx<'_>, by: LegId) {
    let Some(slot) = cx.stack.parking.take(call.id) else {
        return refer::refuse(cx, by, StatusCode::BUSY_HERE);
    };
    let back = refer::accept(call, cx, by);
    let shown = Identity {
        number: format!("{ORBIT}{slot}"),
        display: String::new(),
    };
    cx.with(by, |leg, stack| leg.meets(stack, &shown));
    waits(call, cx, "phone", slot, back);
}

/// A phone that dialled the slot takes who waits there, unless its sound does not fit; then the caller waits on.
pub(crate) fn collected(call: &mut Call, cx: &mut Cx<'_>, new: LegId) {
    let Phase::Parked { slot, .. } = call.phase else {
        return;
    };
    if !replaces::answers(call, cx, call.caller, new) {
        return;
    }
    let timer = Timer::Call(call.id, CallTimer::Park);
    cx.stack.deadlines.cancel(timer);
    cx.stack.parking.free(slot);
    let inputs = [("slot", slot.to_string())];
    call.record(cx.stack, "phone", "collected", &inputs, "talking");
    call.recalled = false;
    call.phase = Phase::Talking { with: new };
}
