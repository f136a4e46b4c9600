//! The core's clock hands: one deadline per owner and kind, setting it again moves it, and a sweep removes an owner's all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use sip::transport::FlowId;

use crate::id::{CallId, LegId};

/// Whose deadline it is and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A leg's.
    Leg(LegId, LegTimer),
    /// A call's.
    Call(CallId, CallTimer),
    /// A connection's: made, first message, idle.
    Flow(FlowId),
    /// The next binding runs out.
    Bindings,
    /// The queues have something to do.
    Queues,
}

/// What a leg waits for; the sweep goes from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LegTimer {
    /// The trunk's first answer to our INVITE.
    FirstAnswer,
    /// Repeat our 2xx, or give up on its ACK.
    Accept,
    /// Repeat our reliable provisional response, or give up on its PRACK.
    Reliable,
    /// Repeat a 1xx each minute so that proxies do not give up (RFC 3261 13.3.1.1).
    Progress,
    /// The cancelled INVITE must end.
    Cancel,
    /// Refresh the session, or end what nobody refreshed (RFC 4028).
    Refresh,
    /// Try the re-INVITE again after 491 (RFC 3261 14.1).
    Glare,
    /// The media plane owes its last report.
    Report,
    /// A phone that transferred somebody should have hung up by now.
    Retire,
    /// The page must be heard (again).
    Page,
    /// A party of whom nothing is heard any more should have answered by now.
    Probe,
}

/// What a call waits for; the sweep goes from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallTimer {
    /// A key of the caller.
    Collect,
    /// The phones have rung long enough.
    Ring,
    /// A phone has rung long enough for its calls to go elsewhere.
    Forward,
    /// The parked or returned caller has waited long enough.
    Park,
    /// A phone or station has held the other party for long, or was reminded of it for long.
    Hold,
    /// A station in conversation has not been heard for long; or the sign that it is back was heard.
    Gap,
    /// A station's device that is rung beside has rung long enough.
    Beside,
}

/// All deadlines of the core.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    by_time: BTreeSet<(Instant, Timer)>,
    by_timer: BTreeMap<Timer, Instant>,
}

impl Deadlines {
    /// Sets or moves the deadline.
    pub(crate) fn set(&mut self, timer: Timer, at: Instant) {
        if let Some(old) = self.by_timer.insert(timer, at) {
            self.by_time.remove(&(old, timer));
        }
        self.by_time.insert((at, timer));
    }

    /// Forgets the deadline, if there is one.
    pub(crate) fn cancel(&mut self, timer: Timer) {
        if let Some(at) = self.by_timer.remove(&timer) {
            self.by_time.remove(&(at, timer));
        }
    }

    /// Forgets all of a leg's.
    pub(crate) fn sweep_leg(&mut self, leg: LegId) {
        self.sweep(
            Timer::Leg(leg, LegTimer::FirstAnswer),
            Timer::Leg(leg, LegTimer::Probe),
        );
    }

    /// Forgets all of a call's.
    pub(crate) fn sweep_call(&mut self, call: CallId) {
        self.sweep(
            Timer::Call(call, CallTimer::Collect),
            Timer::Call(call, CallTimer::Beside),
        );
    }

    /// Forgets what is set from the first to the last kind of an owner.
    fn sweep(&mut self, first: Timer, last: Timer) {
        while let Some((timer, _)) = self.by_timer.range(first..=last).next() {
            self.cancel(*timer);
        }
    }

    /// Takes the earliest deadline that is not after `now`.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Timer> {
        let (at, timer) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.cancel(timer);
        Some(timer)
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// How many are set.
    pub(crate) fn len(&self) -> usize {
        self.by_timer.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_deadline_set_again_moves() {
        let start = Instant::now();
        let mut deadlines = Deadlines::default();
        let ring = Timer::Call(CallId(1), CallTimer::Ring);
        deadlines.set(ring, start + Duration::from_secs(1));
        deadlines.set(ring, start + Duration::from_secs(5));
        assert_eq!(deadlines.pop(start + Duration::from_secs(2)), None);
        assert_eq!(deadlines.pop(start + Duration::from_secs(5)), Some(ring));
        assert_eq!(deadlines.len(), 0);
    }

    #[test]
    fn a_sweep_leaves_the_others() {
        let start = Instant::now();
        let mut deadlines = Deadlines::default();
        for kind in [LegTimer::FirstAnswer, LegTimer::Refresh, LegTimer::Probe] {
            deadlines.set(Timer::Leg(LegId(1), kind), start);
        }
        deadlines.set(Timer::Leg(LegId(2), LegTimer::Accept), start);
        deadlines.sweep_leg(LegId(1));
        assert_eq!(deadlines.len(), 1);
        assert_eq!(deadlines.next(), Some(start));
    }
}
