//! Views for the desk: made at the end of an input from what changed in it, and told only when they differ from what was
//! told last.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::Core;
use crate::agent::Agent;
use crate::call::feature::gap::Gap;
use crate::call::feature::transfer::Back;
use crate::call::phase::{Phase, Third};
use crate::call::{Call, Owner};
use crate::command::Device;
use crate::desk::{
    CallState, CallView, Caller, DeskEvent, DeskSnapshot, DeviceKind, PresenceState, PresenceView,
    QueueView, StationMedia, StationState, StationView,
};
use crate::id::{CallId, LegId};
use crate::io::{Now, Output};
use crate::journal::{Cause, JourneyId};
use crate::leg::Leg;
use crate::station::Station;

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Shown {
    calls: BTreeMap<CallId, Arc<CallView>>,
    queues: BTreeMap<Arc<str>, QueueView>,
    stations: BTreeMap<String, StationView>,
    presence: BTreeMap<String, PresenceView>,
    /// The queues' count of events when they were looked at.
    changes: u64,
    /// Both times of one moment, by which all others are told.
    clock: Option<Now>,
}

/// A wall clock that went so far from the monotonic one was set anew.
const SET_ANEW: Duration = Duration::from_secs(1);

impl Core {
    /// Somebody watches from now on, or nobody does.
    pub(super) fn watch(&mut self, on: bool) {
        if self.stack.watch.on == on {
            return;
        }
        self.stack.watch.clear();
        self.shown = Shown::default();
        self.stack.watch.on = on;
        if on {
            self.touch_everything();
        }
    }

    /// The configuration is another one: accounts and labels may be.
    pub(super) fn touch_everything(&mut self) {
        let watch = &mut self.stack.watch;
        if !watch.on {
            return;
        }
        watch.calls.extend(self.calls.keys());
        self.touch_lines();
    }

    /// Every account's presence is looked at again.
    pub(super) fn touch_lines(&mut self) {
        let watch = &mut self.stack.watch;
        if !watch.on {
            return;
        }
        let known = self.stack.snapshot.accounts.keys().cloned();
        watch.accounts.extend(known);
        watch.accounts.extend(self.shown.presence.keys().cloned());
    }

    /// Everything, for a reader that begins or lost something.
    pub(super) fn look(&mut self) {
        if !self.stack.watch.on {
            return;
        }
        self.tell_desk();
        // Of calls that are shown: the end of no other is told.
        let shown = self.shown.calls.keys();
        let alarms = shown.filter_map(|id| self.calls.get(id)?.help.alarm.as_deref());
        let snapshot = DeskSnapshot {
            emergencies: alarms.cloned().collect(),
            calls: self.shown.calls.values().cloned().collect(),
            queues: self.shown.queues.values().cloned().collect(),
            stations: self.shown.stations.values().cloned().collect(),
            presence: self.shown.presence.values().cloned().collect(),
        };
        self.say(DeskEvent::Everything(Box::new(snapshot)));
    }

    /// Tells what changed.
    pub(super) fn tell_desk(&mut self) {
        let changes = self.stack.queues.changes;
        let moved = std::mem::replace(&mut self.shown.changes, changes) != changes;
        if !self.stack.watch.on || (self.stack.watch.is_calm() && !moved) {
            return;
        }
        self.keep_time();
        for id in std::mem::take(&mut self.stack.watch.calls) {
            self.tell_call(id);
        }
        self.tell_stations();
        if moved {
            self.tell_queues();
        }
        for account in std::mem::take(&mut self.stack.watch.accounts) {
            self.tell_presence(account);
        }
        for event in std::mem::take(&mut self.stack.watch.told) {
            self.say(event);
        }
    }

    fn say(&mut self, event: DeskEvent) {
        self.stack.out.push_back(Output::Desk(event));
    }

    fn tell_call(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        if matches!(call.owner, Owner::Station(_)) {
            return;
        }
        let Some(state) = state(call) else {
            let cause = call.cause.clone();
            let journey = call.journey;
            if self.shown.calls.remove(&id).is_some() {
                let cause = cause.unwrap_or(Cause::Internal);
                self.stack.watch.gone(journey, cause);
            }
            return;
        };
        let mut view = self.call_view(call, state);
        if let Some(old) = self.shown.calls.get(&id) {
            if **old == view {
                return;
            }
            // What others do may change a view (a place in a queue): the version says so all the same.
            if old.version == view.version {
                view.version = view.version.saturating_add(1);
                if let Some(call) = self.calls.get_mut(&id) {
                    call.version = view.version;
                }
            }
        }
        let view = Arc::new(view);
        self.shown.calls.insert(id, Arc::clone(&view));
        self.say(DeskEvent::Call(view));
    }

    /// A call has left the table: one that was shown is told to be gone.
    pub(super) fn tell_gone(&mut self, id: CallId, journey: JourneyId, cause: Cause) {
        if self.shown.calls.remove(&id).is_some() {
            self.stack.watch.gone(journey, cause);
        }
    }

    fn call_view(&self, call: &Call, state: CallState) -> CallView {
        let (entity, label) = self.called(call);
        let position = self.stack.queues.position(call.id);
        CallView {
            journey: call.journey,
            version: call.version,
            state,
            since: call.since,
            began: call.began,
            caller: Caller {
                number: call.identity.number.clone(),
                display: call.identity.display.clone(),
            },
            dialled: call.dialled.clone(),
            entity,
            label,
            language: call.language,
            path: call.path.clone(),
            service: call.service.clone(),
            waiting_since: call.waiting_since.filter(|_| position.is_some()),
            position,
            station: self.responsible(call),
            target: self.other_party(call),
            slot: match call.phase {
                Phase::Parked { slot, .. } => Some(slot),
                _ => None,
            },
            returned: call.returned.clone(),
            emergency: call.emergency,
            reattach_until: call
                .legs
                .iter()
                .find_map(|id| self.legs.get(id)?.missed_until()),
            reason: call.reason.clone(),
        }
    }

    /// Town and label of the number called.
    fn called(&self, call: &Call) -> (String, String) {
        let Some(dialled) = &call.dialled else {
            return Default::default();
        };
        if let Some(number) = self.stack.snapshot.numbers.get(dialled) {
            return (number.entity.clone(), number.label.clone());
        }
        let Some(session) = &call.plan else {
            return Default::default();
        };
        let flow = session.flow();
        let number = flow.number(dialled, self.stack.now.wall.into());
        number
            .map(|number| (flow.town.to_string(), number.label.to_string()))
            .unwrap_or_default()
    }

    /// The station whose resting place this is, or that has the caller to answer for.
    pub(super) fn responsible(&self, call: &Call) -> Option<String> {
        let of_leg = |leg: LegId| {
            let stations = &self.stack.stations;
            if let Some((_, name)) = call.stand_in.as_ref().filter(|(it, _)| *it == leg) {
                return stations.get_name(name);
            }
            let home = || stations.of_home(self.legs.get(&leg)?.home?);
            stations.of_leg(leg).or_else(home)
        };
        let of_back = |back: &Back| {
            let home = back
                .station
                .and_then(|home| self.stack.stations.of_home(home));
            home.or_else(|| self.stack.stations.get_name(back.account.as_deref()?))
        };
        let station = match &call.phase {
            Phase::Talking { with } | Phase::Consulting { with, .. } => of_leg(*with),
            Phase::Held {
                with: Some(with), ..
            } => of_leg(*with),
            Phase::Merged(bond) => {
                of_leg(bond.with).or_else(|| self.stack.stations.of_home(bond.home))
            }
            Phase::Held { back, .. } | Phase::Parked { back, .. } => of_back(back),
            Phase::Ringing(fork) => match fork.back() {
                Some(back) => of_back(back),
                None => of_leg(call.caller),
            },
            _ => None,
        };
        station.map(str::to_owned)
    }

    /// Who rings, talks or is consulted.
    fn other_party(&self, call: &Call) -> Option<String> {
        let leg = match &call.phase {
            Phase::Consulting {
                third: Third::Up(third) | Third::Waiting(third),
                ..
            } => Some(*third),
            Phase::Talking { with } => Some(*with),
            Phase::Held { with, .. } => *with,
            Phase::Merged(bond) => Some(bond.leg),
            phase => phase.fork().and_then(|fork| fork.legs.first().copied()),
        };
        let leg = self.legs.get(&leg?)?;
        Some(leg.party().to_owned())
    }

    /// The wall time of a moment of the clock that never jumps.
    fn wall_of(&self, at: Instant) -> SystemTime {
        let clock = self.shown.clock.unwrap_or(self.stack.now);
        let before = clock.monotonic.saturating_duration_since(at);
        let after = at.saturating_duration_since(clock.monotonic);
        let wall = clock.wall.checked_sub(before);
        wall.and_then(|wall| wall.checked_add(after))
            .unwrap_or(clock.wall)
    }

    /// The two clocks are read one after the other, each time a little differently: told by the newest pair, nothing would ever be as it was told.
    fn keep_time(&mut self) {
        let now = self.stack.now;
        let told = self.wall_of(now.monotonic);
        let ahead = now.wall.duration_since(told).unwrap_or_default();
        let behind = told.duration_since(now.wall).unwrap_or_default();
        if self.shown.clock.is_none() || ahead.max(behind) > SET_ANEW {
            self.shown.clock = Some(now);
        }
    }

    /// Queues that changed.
    fn tell_queues(&mut self) {
        let now = self.stack.now.monotonic;
        let mut views = Vec::new();
        for (queue, line) in self.stack.queues.lines() {
            let (ready, talking, open) = self.stack.queues.staff(queue);
            let waiting = u32::try_from(line.callers().count()).unwrap_or(u32::MAX);
            views.push(QueueView {
                queue: Arc::clone(queue),
                service: line.service.clone(),
                waiting,
                longest_since: line.longest().map(|at| self.wall_of(at)),
                ready,
                talking,
                estimate: line.estimate(waiting.saturating_add(1), now),
                open,
            });
        }
        for view in views {
            if self.shown.queues.get(&view.queue) != Some(&view) {
                let name = Arc::clone(&view.queue);
                self.shown.queues.insert(name, view.clone());
                self.say(DeskEvent::Queue(view));
            }
        }
    }

    /// Stations that changed, and those that left.
    fn tell_stations(&mut self) {
        let now = self.stack.now.wall;
        let views: Vec<StationView> = self
            .stack
            .stations
            .iter()
            .map(|(name, station)| self.station_view(name, station))
            .collect();
        let here = |name: &String| views.iter().any(|view| view.station == *name);
        let left = |(name, _): &(&String, &StationView)| !here(name);
        let left = self.shown.stations.iter().filter(left);
        let left: Vec<StationView> = left.map(|(_, view)| view.clone()).collect();
        for view in left {
            self.shown.stations.remove(&view.station);
            self.say(DeskEvent::Station(StationView {
                state: StationState::Out,
                since: now,
                journey: None,
                ..view
            }));
        }
        for view in views {
            let old = self.shown.stations.get(&view.station);
            if old != Some(&view) {
                self.shown
                    .stations
                    .insert(view.station.clone(), view.clone());
                self.say(DeskEvent::Station(view));
            }
        }
    }

    fn station_view(&self, name: &str, station: &Station) -> StationView {
        let leg = station.leg.and_then(|leg| self.legs.get(&leg));
        let agent = self.stack.queues.agent(name);
        let state = agent.map_or(StationState::Calling, Agent::state);
        let mut engaged = self.engaged.iter().filter(|(_, with)| *with == name);
        let call = engaged.next().map(|(call, _)| *call);
        let call = call.or_else(|| agent.and_then(Agent::offered));
        let call = call.and_then(|call| self.calls.get(&call));
        let called = || {
            let told = self.shown.stations.get(name);
            let told = told.filter(|told| told.state == state);
            told.map_or(self.stack.now.wall, |told| told.since)
        };
        let since = agent.map_or_else(called, |agent| self.wall_of(agent.since));
        StationView {
            station: name.to_owned(),
            state,
            since,
            device: match &station.device {
                Device::Phone(account) | Device::Handset(account) => {
                    DeviceKind::Phone(account.clone())
                }
                Device::Browser { .. } => DeviceKind::Browser,
                Device::Mobile(number) => DeviceKind::Mobile(number.clone()),
            },
            journey: call.map(|call| call.journey),
            serves: self.stack.queues.served_by(name).to_vec(),
            media: match leg {
                Some(leg) if leg.is_missed() => StationMedia::Lost,
                _ => StationMedia::Up,
            },
            pages: leg.map_or(0, Leg::pages),
        }
    }

    fn tell_presence(&mut self, account: String) {
        let (state, with) = if self.stack.snapshot.accounts.contains_key(&account) {
            self.presence(&account)
        } else {
            // The account is gone: told once as unreachable, then forgotten.
            let Some(old) = self.shown.presence.remove(&account) else {
                return;
            };
            return self.say(DeskEvent::Presence(PresenceView {
                state: PresenceState::Unreachable,
                with: None,
                ..old
            }));
        };
        let old = self.shown.presence.get(&account);
        if old.is_some_and(|old| old.state == state && old.with == with) {
            return;
        }
        let view = PresenceView {
            account: account.clone(),
            state,
            since: match old {
                Some(old) if old.state == state => old.since,
                _ => self.stack.now.wall,
            },
            with,
        };
        self.shown.presence.insert(account, view.clone());
        self.say(DeskEvent::Presence(view));
    }

    /// What an account's phones do: in a call counts before ringing, ringing before registered.
    fn presence(&self, account: &str) -> (PresenceState, Option<String>) {
        let mut rings = false;
        for leg in self.legs.of_account(account) {
            if leg.call.is_none() || leg.is_resting() {
                continue;
            }
            if leg.is_engaged() {
                let other = leg.call.and_then(|call| self.across(call, leg));
                return (PresenceState::Busy, other);
            }
            rings |= leg.is_ringing();
        }
        let registered = self.stack.registrar.bindings(account).next().is_some();
        let state = match (rings, registered) {
            (true, _) => PresenceState::Ringing,
            (false, true) => PresenceState::Free,
            (false, false) => PresenceState::Unreachable,
        };
        (state, None)
    }

    /// Whom the party of this leg has at the other end.
    fn across(&self, call: CallId, leg: &Leg) -> Option<String> {
        let call = self.calls.get(&call)?;
        match call.owner {
            Owner::Station(_) => None,
            Owner::Journey if call.caller == leg.id => {
                self.other_party(call).or_else(|| call.dialled.clone())
            }
            Owner::Journey => Some(call.identity.number.clone()),
        }
    }
}

/// Whether the operator of this conversation is not heard.
fn is_away(call: &Call) -> bool {
    call.gap.as_ref().is_some_and(Gap::is_open)
}

/// What is going on, in the desk's words; nothing once it is over.
pub(super) fn state(call: &Call) -> Option<CallState> {
    Some(match &call.phase {
        Phase::Talking { .. } | Phase::Consulting { .. } if is_away(call) => CallState::Reattaching,
        Phase::Plan(_) => CallState::Menu,
        Phase::Ringing(fork) if fork.is_transfer() => CallState::Transferring,
        Phase::Ringing(_) => CallState::Ringing,
        Phase::Talking { .. } => CallState::Talking,
        Phase::Held { .. } => CallState::Held,
        Phase::Merged(_) => CallState::Merged,
        Phase::Parked { .. } => CallState::Parked,
        Phase::Consulting {
            third: Third::Ringing(_),
            ..
        } => CallState::ConsultRinging,
        Phase::Consulting {
            third: Third::Up(_),
            ..
        } => CallState::ConsultTalking,
        Phase::Consulting {
            third: Third::Waiting(_),
            ..
        } => CallState::ConsultSwapped,
        Phase::Queued(_) => CallState::Queued,
        Phase::Advice(_) => CallState::Advice,
        Phase::Idle | Phase::Over => return None,
    })
}
