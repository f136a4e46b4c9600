//! What can be counted from outside: for capacity, tests and "nothing is left".

use std::collections::BTreeMap;

use super::{Core, Fault};
use crate::call::arm::Arm;
use crate::journal::JourneyId;

/// How much of everything there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoreView {
    /// Calls, resting stations included.
    pub calls: usize,
    /// Legs.
    pub legs: usize,
    /// Transactions.
    pub transactions: usize,
    /// Deadlines; the registrar's own is one while anybody is registered.
    pub deadlines: usize,
    /// Dialogs that requests can find.
    pub dialogs: usize,
    /// Media ports in use.
    pub ports: usize,
    /// Media endpoints known.
    pub endpoints: usize,
    /// Connections.
    pub flows: usize,
    /// Legs that travel on connections.
    pub riders: usize,
    /// Registered contacts.
    pub bindings: usize,
    /// Trunk channels in use.
    pub channels: usize,
    /// Parked callers.
    pub parked: usize,
    /// Callers in queues.
    pub queued: usize,
    /// Requests of ours whose answer is awaited by somebody.
    pub askers: usize,
    /// Calls of trunks to numbers that are not the town's, since the start.
    pub unknown_numbers: u64,
}

/// One running call, as the tests and the status command see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallGlance {
    /// Its journey.
    pub journey: JourneyId,
    /// Its version, for commands.
    pub version: u64,
    /// What is going on, in one word.
    pub phase: &'static str,
    /// How many legs it has.
    pub legs: usize,
}

impl Core {
    /// Counts everything.
    pub fn view(&self) -> CoreView {
        CoreView {
            calls: self.calls.len(),
            legs: self.legs.len(),
            transactions: self.stack.tx.len(),
            deadlines: self.stack.deadlines.len(),
            dialogs: self.stack.dialogs.len(),
            ports: self.stack.ports.taken(),
            endpoints: self.stack.endpoints.len(),
            flows: self.stack.flows.len(),
            riders: self.stack.riders.len(),
            bindings: self.stack.registrar.len(),
            channels: self.stack.channels.len(),
            parked: self.stack.parking.len(),
            queued: self.stack.queues.len(),
            askers: self.stack.askers.len(),
            unknown_numbers: self.stack.unknown_numbers,
        }
    }

    /// The running calls, oldest first.
    pub fn glance(&self) -> Vec<CallGlance> {
        let glance = |call: &crate::call::Call| CallGlance {
            journey: call.journey,
            version: call.version,
            phase: call.phase.word(),
            legs: call.legs.len(),
        };
        self.calls.values().map(glance).collect()
    }

    /// Makes the next event of this journey's call panic, so that tests can see the fence hold.
    #[doc(hidden)]
    pub fn inject_fault(&mut self, journey: JourneyId) {
        self.stack.fault = self.call_of(journey).map(Fault::Call).ok();
    }

    /// Makes the next message or event for a leg of this journey's call panic.
    #[doc(hidden)]
    pub fn inject_leg_fault(&mut self, journey: JourneyId) {
        self.stack.fault = self.call_of(journey).map(Fault::Leg).ok();
    }

    /// How many legs were looked at so far to know what accounts do, so that tests can see that it does not grow with the
    /// number of calls.
    #[doc(hidden)]
    pub fn legs_looked_at(&self) -> u64 {
        self.legs.looked_at()
    }

    /// Leaves so many effects to be applied with the next input, so that tests can see a loop being cut.
    #[doc(hidden)]
    pub fn inject_steps(&mut self, count: usize) {
        let nothing = |_| crate::effect::Effect::Settle(crate::id::CallId(u64::MAX));
        self.stack.effects.extend((0..count).map(nothing));
    }

    /// How often each arm of the call's table was taken.
    pub fn arms(&self) -> &BTreeMap<Arm, u64> {
        self.stack.arms.taken()
    }

    /// Whether no call, leg or transaction is left.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.legs.is_empty() && self.stack.tx.is_empty()
    }
}
