//! A phone's two calls become one (RFC 5589 section 7): the other call gives up its party, which moves over here.

use super::Core;
use crate::call::feature::refer;
use crate::effect::CallEvent;
use crate::id::{CallId, LegId};
use crate::journal::Cause;

impl Core {
    /// The party that `other` speaks to in its call comes to this one, in the place of `by`. The call that stays is asked
    /// first whether it can take anybody, for what was given up cannot be given back.
    pub(super) fn join(&mut self, id: CallId, by: LegId, other: LegId) {
        let from = self.legs.get(&other).and_then(|leg| leg.call);
        let from = from.filter(|from| *from != id);
        let takes = self.calls.get(&id).is_some_and(|call| call.can_join(by));
        let mut given = None;
        if let (Some(from), true) = (from, takes) {
            self.with_call(from, |call, cx| given = refer::give(call, cx, other));
        }
        for leg in given.iter().flat_map(refer::Given::legs) {
            if let Some(leg) = self.legs.get_mut(&leg) {
                leg.call = Some(id);
            }
            if let Some(call) = self.calls.get_mut(&id) {
                call.legs.push(leg);
            }
            self.record_move(leg, id);
        }
        let given_up = from.filter(|_| given.is_some());
        self.deliver(id, CallEvent::Joined { by, given });
        // Only now: the phone hears that its transfer is done before it loses a call.
        if let Some(from) = given_up {
            self.with_call(from, |call, cx| call.finish(cx, Cause::Transferred));
        }
    }
}
