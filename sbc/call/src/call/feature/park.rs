//! Park (CALL-9): the caller's leg waits in a numbered slot. The core's table hands out slots, so that one slot can
//! never join two strangers.

use super::super::phase::Phase;
use super::super::{Call, Cx};
use super::transfer::Back;
use super::{Done, hold, station};
use crate::command::Refusal;
use crate::id::CallId;
use crate::journal::Cause;
use crate::limits;
use std::collections::BTreeMap;

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
    call.record(
        cx.stack,
        "desk",
        "parked",
        &[("slot", slot.to_string())],
        "parked",
    );
    call.phase = Phase::Parked { slot, back };
    hold::remind(call, cx);
    Ok(Some(slot))
}
