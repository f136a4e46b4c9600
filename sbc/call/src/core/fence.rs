//! The fence (DESIGN 3): a panic inside a call's own handling costs that call and nothing else. What it had begun is
//! swept: its legs say BYE or 500, its deadlines and places go, the journal says "internal".

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Core;
use crate::call::Cx;
use crate::call::phase::Phase;
use crate::effect::CallEvent;
use crate::id::{CallId, LegId};
use crate::journal::Cause;

impl Core {
    /// Hands an event to a call; it may be gone, and that is a normal outcome.
    pub(super) fn deliver(&mut self, id: CallId, event: CallEvent) {
        // Taken out while it is handled, so that a call which panics is not found again half changed.
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let outputs = self.stack.out.len();
        let handled = catch_unwind(AssertUnwindSafe(|| {
            #[expect(clippy::panic, reason = "injected by the fence's own tests alone")]
            if self.stack.fault.take_if(|call| *call == id).is_some() {
                std::panic::panic_any("injected fault");
            }
            let mut cx = Cx {
                stack: &mut self.stack,
                legs: &mut self.legs,
            };
            call.handle(&mut cx, event);
        }));
        if handled.is_err() {
            // Its half-made outputs are dropped; the sweep below makes whole ones.
            self.stack.out.truncate(outputs);
            self.stack.error(
                "fence",
                None,
                "a call was given up after a fault of ours".to_owned(),
            );
            let legs: Vec<LegId> = self
                .legs
                .values()
                .filter(|leg| leg.call == Some(id))
                .map(|leg| leg.id)
                .collect();
            call.legs = legs;
            call.phase = match call.phase {
                Phase::Parked { slot, back } => Phase::Parked { slot, back },
                _ => Phase::Idle,
            };
            let mut cx = Cx {
                stack: &mut self.stack,
                legs: &mut self.legs,
            };
            call.finish(&mut cx, Cause::Internal);
        }
        self.calls.insert(id, call);
    }
}
