//! The fence (DESIGN 3): a panic inside the handling of a call or of one of its legs costs that call and nothing else.
//! What it had begun is swept: its legs say BYE or 500, its deadlines and places go, the journal says "internal".

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Core;
use crate::call::phase::Phase;
use crate::call::{Call, Cx};
use crate::effect::{CallEvent, Effect};
use crate::id::{CallId, LegId};
use crate::journal::Cause;
use crate::leg::Leg;
use crate::stack::Stack;

/// Where the next event of a call shall panic: only tests of the fence set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// In the call.
    Call(CallId),
    /// In a leg of the call.
    Leg(CallId),
}

#[expect(
    clippy::panic,
    reason = "the tests of the fence need something to hold"
)]
fn fail_if(stack: &mut Stack, here: Fault) {
    if stack.fault.take_if(|fault| *fault == here).is_some() {
        panic!("injected fault");
    }
}

impl Core {
    /// Hands an event to a call; it may be gone, and that is a normal outcome.
    pub(super) fn deliver(&mut self, id: CallId, event: CallEvent) {
        self.with_call(id, |call, cx| {
            fail_if(cx.stack, Fault::Call(call.id));
            call.handle(cx, event);
        });
    }

    /// Runs something on a call, taken out of the table meanwhile: one that panics is not found again half changed.
    pub(super) fn with_call(&mut self, id: CallId, work: impl FnOnce(&mut Call, &mut Cx<'_>)) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        self.touch(&call);
        self.stack.about = Some(call.journey);
        let handled = catch_unwind(AssertUnwindSafe(|| {
            let mut cx = Cx {
                stack: &mut self.stack,
                legs: &mut self.legs,
            };
            work(&mut call, &mut cx);
        }));
        if handled.is_err() {
            self.give_up(&mut call);
        }
        let state = super::desk::state(&call);
        if call.state != state {
            call.state = state;
            call.since = self.stack.now.wall;
        }
        self.touch(&call);
        self.stack.about = None;
        self.calls.insert(id, call);
    }

    /// The desk is told of the call and of the phones in it.
    fn touch(&mut self, call: &Call) {
        let watch = &mut self.stack.watch;
        watch.call(call.id);
        for leg in call.legs.iter().filter_map(|id| self.legs.get(id)) {
            if let Some(account) = leg.account() {
                watch.account(account);
            }
        }
    }

    /// Runs something on a leg; it may be gone, and that is a normal outcome. `false`: the fence had to hold.
    pub(super) fn with_leg(&mut self, id: LegId, work: impl FnOnce(&mut Leg, &mut Stack)) -> bool {
        let Some(leg) = self.legs.get_mut(&id) else {
            return true;
        };
        let (call, stack) = (leg.call, &mut self.stack);
        if let Some(account) = leg.account() {
            stack.watch.account(account);
        }
        stack.about = Some(leg.journey());
        let handled = catch_unwind(AssertUnwindSafe(|| {
            if let Some(call) = call {
                fail_if(stack, Fault::Leg(call));
            }
            work(leg, stack);
        }));
        self.stack.about = None;
        if handled.is_ok() {
            return true;
        }
        match call.and_then(|call| self.calls.remove(&call)) {
            Some(mut call) => {
                self.give_up(&mut call);
                self.calls.insert(call.id, call);
            }
            None => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.hang_up(&mut self.stack, Cause::Internal);
                }
            }
        }
        false
    }

    /// Ends a call that a fault of ours struck. What its tables were told before stays told: half a sweep of that would
    /// leave more behind than the fault. A second fault here is one of the core's own, and ends the process.
    fn give_up(&mut self, call: &mut Call) {
        self.stack.about = Some(call.journey);
        let text = "a call was given up after a fault of ours".to_owned();
        self.stack.error("fence", None, text);
        let of_call = |leg: &&Leg| leg.call == Some(call.id);
        call.legs = self
            .legs
            .values()
            .filter(of_call)
            .map(|leg| leg.id)
            .collect();
        // A leg may have been counted and never begun.
        let open = |leg: &&Leg| leg.recorded_in == call.id && !leg.is_done();
        let told = |effect: &&Effect| matches!(effect, Effect::Recorded { call: of, .. } if *of == call.id);
        let open = self.legs.values().filter(open).count();
        let told = self.stack.effects.iter().filter(told).count();
        call.unrecorded = open.saturating_add(told);
        // Its slot is freed by the end, and whom it was merged with is told; of all else that it was doing nothing can be trusted.
        if !matches!(call.phase, Phase::Parked { .. } | Phase::Merged(_)) {
            call.phase = Phase::Idle;
        }
        let mut cx = Cx {
            stack: &mut self.stack,
            legs: &mut self.legs,
        };
        call.finish(&mut cx, Cause::Internal);
        self.stack.about = None;
    }
}
