//! Applying effects: the only place where a leg changes calls, and where legs and calls end to exist.

use super::Core;
use crate::call::phase::Phase;
use crate::call::{Call, Owner};
use crate::effect::{CallEvent, Effect};
use crate::id::{CallId, LegId};
use crate::journal::{Cause, Fact};

impl Core {
    pub(super) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Leg(leg, event) => {
                if let Some(call) = self.legs.get(&leg).and_then(|leg| leg.call) {
                    let last = event.is_last();
                    self.deliver(call, CallEvent::Leg(leg, event));
                    if last {
                        self.part(leg, call);
                    }
                }
            }
            Effect::Tell(call, event) => self.deliver(call, event),
            Effect::Move { leg, to } => self.move_leg(leg, to),
            Effect::Join { call, by, other } => self.join(call, by, other),
            Effect::Regroup { host, guest } => self.regroup(host, guest),
            Effect::Unite { host, guest } => self.unite(host, guest),
            Effect::Release(leg) => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.call = None;
                    if let Some(account) = leg.account() {
                        self.stack.watch.account(account);
                    }
                }
                self.bury(leg);
            }
            Effect::Recorded { leg, call } => {
                if let Some(call) = self.calls.get_mut(&call) {
                    call.unrecorded = call.unrecorded.saturating_sub(1);
                }
                self.bury(leg);
                self.settle_call(call);
            }
            Effect::Orphaned { home, name } => self.orphaned(home, &name),
            Effect::Settle(call) => self.settle_call(call),
        }
    }

    /// Whoever a station held that is no more.
    fn orphaned(&mut self, home: CallId, name: &str) {
        let is_held = |call: &&Call| matches!(&call.phase, Phase::Held { with: None, back } if back.station == Some(home));
        let held: Vec<CallId> = self
            .calls
            .values()
            .filter(is_held)
            .map(|call| call.id)
            .collect();
        for call in held {
            self.deliver(call, CallEvent::HolderLost(name.to_owned()));
        }
    }

    /// A leg that has told its end is no part of its call any more, whatever the call made of it.
    fn part(&mut self, id: LegId, from: CallId) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.call == Some(from)) else {
            return;
        };
        leg.call = None;
        if let Some(account) = leg.account() {
            self.stack.watch.account(account);
        }
        if let Some(call) = self.calls.get_mut(&from) {
            call.drop_leg(id);
        }
        self.bury(id);
    }

    /// A leg of which nothing is left is forgotten, once its call has heard all that it had to tell.
    fn bury(&mut self, id: LegId) {
        let done = |leg: &mut crate::leg::Leg| leg.is_done() && leg.call.is_none();
        if self.legs.get_mut(&id).is_some_and(done)
            && let Some(leg) = self.legs.remove(&id)
        {
            self.settle_call(leg.recorded_in);
        }
    }

    /// A leg leaves its call and arrives in another. One of them may be gone: a leg that nobody takes is hung up on.
    fn move_leg(&mut self, id: LegId, to: CallId) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| !leg.is_over()) else {
            return;
        };
        let from = leg.call;
        // A station whose next call has ended meanwhile rests.
        let home = leg.home.filter(|home| self.calls.contains_key(home));
        let there = Some(to).filter(|to| self.calls.contains_key(to));
        let Some(to) = there.or(home) else {
            leg.hang_up(&mut self.stack, Cause::Desk);
            self.stack.release(id);
            return;
        };
        leg.call = Some(to);
        if let Some(call) = from
            .filter(|from| *from != to)
            .and_then(|from| self.calls.get_mut(&from))
        {
            call.drop_leg(id);
        }
        self.record_move(id, to);
        self.deliver(to, CallEvent::Arrived(id));
    }

    /// A leg that stands in one journey takes part in another from now on.
    pub(super) fn record_move(&mut self, id: LegId, to: CallId) {
        let place = self.legs.get(&id).map(crate::leg::Leg::record_place);
        if let (Some((journey, leg)), Some(call)) = (place, self.calls.get_mut(&to)) {
            let fact = Fact::LegMoved {
                journey,
                leg,
                to: call.journey,
                to_leg: call.visit(),
            };
            self.stack.journal(fact);
        }
    }

    /// A call that holds nothing more is over: its journey ends on record.
    fn settle_call(&mut self, id: CallId) {
        // A resting place whose leg is gone closes.
        let orphaned = self.calls.get(&id).is_some_and(|call| {
            matches!(call.owner, Owner::Station(_))
                && !self.legs.contains_key(&call.caller)
                && !call.is_settled()
        });
        if orphaned {
            if let Some(name) = self.stack.stations.of_home(id).map(str::to_owned) {
                self.stack.stations.remove(&name);
            }
            self.stack.watch.call(id);
            self.with_call(id, |call, cx| {
                call.drop_leg(call.caller);
                call.finish(cx, Cause::PeerLost);
            });
        }
        if self.calls.get(&id).is_some_and(Call::is_settled)
            && let Some(call) = self.calls.remove(&id)
        {
            self.stack.deadlines.sweep_call(id);
            self.sessions.remove(&(call.session_id, id));
            let cause = call.cause.unwrap_or(Cause::Internal);
            self.stack.watch.call(id);
            self.tell_gone(id, call.journey, cause.clone());
            self.stack.journal(Fact::JourneyEnded {
                journey: call.journey,
                cause,
            });
        }
    }
}
