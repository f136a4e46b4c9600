//! Two calls of one station become one conversation (CON-13), or one call. What it means in each is the calls' own business
//! (`call/feature/merge.rs`); here is what concerns both.

use super::Core;
use crate::call::feature::merge::{self, News};
use crate::call::phase::Phase;
use crate::command::Refusal;
use crate::effect::CallEvent;
use crate::id::{CallId, LegId};
use crate::journal::Cause;

impl Core {
    /// The caller of `guest`, when the station that talks in `host` holds them and may bring them in. Who called for help is
    /// merged with nobody.
    pub(super) fn can_merge(&self, host: CallId, guest: CallId) -> Result<LegId, Refusal> {
        let (Some(one), Some(two)) = (self.calls.get(&host), self.calls.get(&guest)) else {
            return Err(Refusal::Gone);
        };
        if one.emergency || two.emergency {
            return Err(Refusal::Forbidden);
        }
        if matches!(one.phase, Phase::Over) || matches!(two.phase, Phase::Over) {
            return Err(Refusal::Gone);
        }
        let (Phase::Talking { with }, Phase::Held { with: None, back }) = (&one.phase, &two.phase)
        else {
            return Err(Refusal::NotNow);
        };
        // A telephone that is rung for each call has one leg in each: it merges them itself, if it can.
        let home = self.legs.get(with).and_then(|leg| leg.home);
        if home.is_none() || home != back.station {
            return Err(Refusal::NotNow);
        }
        Ok(two.caller)
    }

    /// The station has one of those again whom it held together: the other comes too, unless something else became of them.
    pub(super) fn regroup(&mut self, host: CallId, guest: CallId) {
        let still = self.calls.get(&guest);
        let still = still.is_some_and(|call| call.together == Some(host));
        if let (true, Ok(leg)) = (still, self.can_merge(host, guest)) {
            self.deliver(host, CallEvent::Merge(News::Merges(leg)));
        }
    }

    /// The station leaves: the caller of `guest` moves over to that of `host`.
    pub(super) fn unite(&mut self, host: CallId, guest: CallId) {
        let mut given = None;
        if self.calls.contains_key(&host) {
            self.with_call(guest, |call, cx| given = merge::give(call, cx));
        }
        if let Some(id) = given {
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.call = Some(host);
            }
            if let Some(call) = self.calls.get_mut(&host) {
                call.legs.push(id);
            }
            self.record_move(id, host);
        }
        self.deliver(host, CallEvent::Merge(News::United(given)));
        if given.is_some() {
            self.with_call(guest, |call, cx| call.finish(cx, Cause::Transferred));
        }
    }
}
