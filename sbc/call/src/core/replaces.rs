//! An INVITE with Replaces (RFC 3891): which leg it names, and who may take its place.
//!
//! The rule: a phone takes the place of legs of its own account, answered or ringing, and of a leg that rings in the same
//! round as a phone of its account. Nobody else's, whatever they know of the dialog: its names travel in clear.

use sip::StatusCode;

use super::Core;
use super::invite::Fresh;
use super::pickup::Taken;
use crate::id::{CallId, LegId};
use crate::journal::Fact;
use crate::leg::{Leg, session_id};

impl Core {
    /// The caller takes a leg's place, or is refused.
    pub(super) fn replace(&mut self, fresh: Fresh) {
        match self.replaceable(&fresh) {
            Ok((old, id)) => self.enter(fresh, id, Taken::Ringing(old)),
            Err(status) => {
                let (tx, request, peer) = (fresh.tx, fresh.request, fresh.peer);
                self.answer(tx, &request, &peer, status);
            }
        }
    }

    /// A phone's new leg enters a call that is there already.
    pub(super) fn enter(&mut self, fresh: Fresh, id: CallId, taken: Taken) {
        let (tx, request, peer) = (fresh.tx, fresh.request.clone(), fresh.peer);
        self.trying(&fresh);
        let new = self.stack.next_leg();
        let session = session_id::said(&request).unwrap_or(self.stack.random.u128());
        let other = self.stack.random.u128();
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let number = call.number_leg();
        let journey = call.journey;
        let mut inbound = super::invite::inbound(fresh, call, number, other);
        inbound.id = new;
        inbound.session_id.party = session;
        let party = inbound.party.clone();
        let mut leg = match Leg::invited(&mut self.stack, inbound) {
            Ok(leg) => leg,
            Err(status) => {
                call.unrecorded = call.unrecorded.saturating_sub(1);
                return self.answer(tx, &request, &peer, status);
            }
        };
        leg.knows_nobody();
        call.legs.push(new);
        self.stack.journal(Fact::LegBegan {
            journey,
            leg: number,
            party,
            inbound: true,
        });
        self.legs.insert(new, leg);
        self.stack.heard.note(tx, &request);
        self.deliver(id, taken.event(new));
    }

    /// The leg whose place may be taken, and its call; or the status to refuse with (RFC 3891 section 3).
    fn replaceable(&self, fresh: &Fresh) -> Result<(LegId, CallId), StatusCode> {
        let account = fresh.caller.account.as_deref();
        let account = account.filter(|_| !fresh.caller.blocked);
        let account = account.ok_or(StatusCode::FORBIDDEN)?;
        let named = match fresh.request.replaces() {
            Some(Ok(named)) => named,
            _ => return Err(StatusCode::BAD_REQUEST),
        };
        let gone = StatusCode::CALL_DOES_NOT_EXIST;
        let id = self.stack.dialogs.get(named.to_tag).ok_or(gone)?;
        let leg = self
            .legs
            .get(id)
            .filter(|leg| leg.is_named(&named.dialog()));
        let leg = leg.ok_or(gone)?;
        let call = leg.call.and_then(|call| self.calls.get(&call));
        let call = call.ok_or(gone)?;
        let own = leg.account() == Some(account);
        let rings = call.phase.fork().is_some_and(|fork| {
            let of_account =
                |leg: &LegId| self.legs.get(leg).and_then(Leg::account) == Some(account);
            fork.legs.contains(id) && fork.legs.iter().any(of_account)
        });
        if call.emergency || leg.home.is_some() || !(own || rings) {
            return Err(StatusCode::FORBIDDEN);
        }
        match (leg.is_answered(), leg.is_ringing()) {
            (true, _) if named.early_only => Err(StatusCode::BUSY_HERE),
            // An early dialog that we did not begin is nobody's to take (section 3).
            (false, false) => Err(gone),
            _ => Ok((leg.id, call.id)),
        }
    }
}
