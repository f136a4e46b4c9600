//! Keys of phones that take somebody else's caller: `*8` and an account, a call that rings there; `*8` alone, one that rings
//! in the group (CALL-10); `*7` and a slot, who is parked there (CALL-9). The group of a phone are those that a step of a
//! dialplan rings together with it. A town's own dial rules come before these keys.

use std::collections::BTreeSet;

use sip::StatusCode;

use super::Core;
use super::invite::Fresh;
use crate::border::{destination, emergency};
use crate::call::Call;
use crate::call::feature::park::ORBIT;
use crate::call::phase::Phase;
use crate::effect::CallEvent;
use crate::id::{CallId, LegId};

/// Takes a call that rings.
const PICK_UP: &str = "*8";

/// What the keys mean.
enum Wanted<'a> {
    /// A call that rings at one of these.
    Ringing(BTreeSet<&'a str>),
    /// Who waits in this slot.
    Parked(u16),
    /// No account and no slot is called so.
    Nothing,
}

impl Core {
    /// What a phone takes with its keys: what its call is told, and which call that is. `None`: it dials something else.
    pub(super) fn taken_by_keys(
        &self,
        fresh: &Fresh,
    ) -> Option<Result<(CallId, Taken), StatusCode>> {
        let caller = &fresh.caller;
        let by = caller.account.as_deref().filter(|_| !caller.blocked)?;
        let dialled = emergency::user_of(fresh.request.request_uri())?;
        let wanted = self.wanted(by, &dialled)?;
        let found = match wanted {
            Wanted::Ringing(at) => self.rings_at(by, &at),
            Wanted::Parked(slot) => self.parked_in(slot),
            Wanted::Nothing => return Some(Err(StatusCode::NOT_FOUND)),
        };
        Some(found.ok_or(StatusCode::TEMPORARILY_UNAVAILABLE))
    }

    fn wanted<'a>(&'a self, by: &'a str, dialled: &str) -> Option<Wanted<'a>> {
        let snapshot = &self.stack.snapshot;
        if !dialled.starts_with('*') || destination::by_rule(&self.stack, dialled).is_some() {
            return None;
        }
        if let Some(slot) = dialled.strip_prefix(ORBIT) {
            let slot = slot.parse().ok();
            return Some(slot.map_or(Wanted::Nothing, Wanted::Parked));
        }
        let account = dialled.strip_prefix(PICK_UP)?;
        if account.is_empty() {
            let flows = snapshot.flows.values();
            let group = flows
                .flat_map(|flow| flow.rung_with(by))
                .map(String::as_str);
            return Some(Wanted::Ringing(group.collect()));
        }
        let known = snapshot.accounts.get_key_value(account);
        Some(known.map_or(Wanted::Nothing, |(name, _)| {
            Wanted::Ringing(BTreeSet::from([name.as_str()]))
        }))
    }

    /// The call that has rung longest at one of these phones, and the leg that rings. Nobody picks up a call of their own.
    fn rings_at(&self, by: &str, at: &BTreeSet<&str>) -> Option<(CallId, Taken)> {
        let rings = |call: &Call| {
            let fork = call.phase.fork().filter(|_| !call.emergency)?;
            let caller = self.legs.get(&call.caller).and_then(|leg| leg.account());
            let partner = call.phase.partner().and_then(|leg| self.legs.get(&leg));
            let own = [caller, partner.and_then(|leg| leg.account())].contains(&Some(by));
            let rings = |id: &&LegId| {
                let leg = self.legs.get(id).filter(|leg| leg.is_ringing());
                let account = leg.and_then(|leg| leg.account());
                account.is_some_and(|account| at.contains(account))
            };
            let leg = fork.legs.iter().find(rings).filter(|_| !own)?;
            Some((call.since, call.id, *leg))
        };
        let first = self.calls.values().filter_map(rings).min()?;
        Some((first.1, Taken::Ringing(first.2)))
    }

    fn parked_in(&self, slot: u16) -> Option<(CallId, Taken)> {
        let waits =
            |call: &&Call| matches!(call.phase, Phase::Parked { slot: at, .. } if at == slot);
        let call = self.calls.values().find(waits)?;
        Some((call.id, Taken::Parked))
    }
}

/// What is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    /// The place of this leg, which rings.
    Ringing(LegId),
    /// A parked caller.
    Parked,
}

impl Taken {
    /// What the call is told of the phone's new leg.
    pub(super) fn event(self, new: LegId) -> CallEvent {
        match self {
            Taken::Ringing(old) => CallEvent::Replaces { new, old },
            Taken::Parked => CallEvent::Collects { new },
        }
    }
}
