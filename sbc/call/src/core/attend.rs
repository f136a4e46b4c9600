//! The truth about agents: after every input, what stations and queue phones really do is told to the queues. An agent's
//! state follows from it, so that none can be stuck (QUE-4).

use std::collections::BTreeSet;

use super::Core;
use crate::agent::{Event as AgentEvent, Kind};
use crate::call::Owner;
use crate::call::feature::queue;
use crate::call::phase::Phase;
use crate::command::Device;
use crate::desk::StationState;
use crate::effect::{CallEvent, Effect};
use crate::id::{CallId, LegId};
use crate::queue::Event;

/// Rounds in one input: each may ring somebody, which is news again. The rest follows with the next input.
const ROUNDS: usize = 16;

impl Core {
    /// Tells the queues what is true until nothing new follows.
    pub(super) fn attend(&mut self) {
        for _ in 0..ROUNDS {
            let (calls, accounts) = self.stack.watch.take_fresh();
            if calls.is_empty() && accounts.is_empty() {
                return;
            }
            self.note_engagements(&calls);
            self.muster();
            self.tell_stations_truth();
            self.tell_phones_truth(accounts);
            self.settle();
        }
    }

    /// Which station has which of these calls.
    fn note_engagements(&mut self, calls: &BTreeSet<CallId>) {
        for id in calls {
            let station = self.calls.get(id).and_then(|call| {
                let has = match (&call.owner, &call.phase) {
                    (Owner::Station(_), _) => false,
                    (_, Phase::Talking { .. } | Phase::Held { .. }) => true,
                    (_, Phase::Consulting { .. } | Phase::Merged(_)) => true,
                    (_, Phase::Ringing(fork)) => fork.back().is_none(),
                    _ => false,
                };
                self.responsible(call).filter(|_| has)
            });
            match station {
                Some(station) => self.engaged.insert(*id, station),
                None => self.engaged.remove(id),
            };
        }
    }

    /// Stations on duty are agents, and no others.
    pub(super) fn muster(&mut self) {
        let agents = self.stack.queues.agents();
        let stations = agents.filter(|(_, agent)| agent.kind() == Kind::Station);
        let known: BTreeSet<String> = stations.map(|(name, _)| name.clone()).collect();
        let here = self.stack.stations.iter().map(|(name, _)| name.clone());
        let here: BTreeSet<String> = here.collect();
        for name in here.difference(&known) {
            queue::feed(&mut self.stack, Event::Join(name.clone()));
        }
        for name in known.difference(&here) {
            queue::feed(&mut self.stack, Event::Part(name.clone()));
        }
    }

    /// What stations really do: whether they can be reached, and who talks.
    pub(super) fn tell_stations_truth(&mut self) {
        let gone = |leg: &LegId| self.legs.get(leg).is_none_or(|leg| leg.call.is_none());
        let stations = self.stack.stations.iter();
        let left =
            stations.filter(|(_, at)| !at.device.is_kept() && at.leg.as_ref().is_some_and(gone));
        let left: Vec<String> = left.map(|(name, _)| name.clone()).collect();
        for name in left {
            self.stack.stations.set_leg(&name, None);
        }
        let mut news = Vec::new();
        for (name, station) in self.stack.stations.iter() {
            let Some(agent) = self.stack.queues.agent(name) else {
                continue;
            };
            let leg = station.leg.and_then(|leg| self.legs.get(&leg));
            let heard = leg.is_some_and(|leg| leg.is_answered() && !leg.is_missed());
            let reached = !station.device.is_kept() || heard;
            if agent.is_reached() != reached {
                news.push((name.clone(), AgentEvent::Reach(reached)));
            }
            let phone = match &station.device {
                Device::Handset(account) => queue::is_engaged(&self.legs, account),
                _ => false,
            };
            let engaged = phone || self.engaged.values().any(|with| with == name);
            if (agent.state() == StationState::Talking) != engaged {
                news.push((name.clone(), AgentEvent::Engaged(engaged)));
            }
        }
        for (name, event) in news {
            queue::feed(&mut self.stack, Event::Agent(name, event));
        }
    }

    fn tell_phones_truth(&mut self, accounts: BTreeSet<String>) {
        for account in accounts {
            let agent = self.stack.queues.agent(&account);
            if agent.is_none_or(|agent| agent.kind() != Kind::Phone) {
                continue;
            }
            let reached = self.stack.registrar.bindings(&account).next().is_some();
            let engaged = queue::is_engaged(&self.legs, &account);
            for event in [AgentEvent::Engaged(engaged), AgentEvent::Reach(reached)] {
                queue::feed(&mut self.stack, Event::Agent(account.clone(), event));
            }
        }
    }

    /// The configuration is another one: who waits is told.
    pub(super) fn tell_queues_reloaded(&mut self) {
        let waiting: Vec<CallId> = self.stack.queues.callers().collect();
        for call in waiting {
            let event = CallEvent::Reloaded;
            self.stack.effects.push_back(Effect::Tell(call, event));
        }
    }
}
