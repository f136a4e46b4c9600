//! What is known of the exchange: the newest view of every call, queue, station and line, and what of it changed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use call::DeskEvent;
use call::desk::{
    CallState, CallView, DeskSnapshot, EmergencyView, PresenceView, QueueView, StationState,
    StationView,
};
use call::journal::{Cause, JourneyId};

use super::audience;
use crate::protocol::{ContactView, NoteView};

/// Calls that ended, kept for what people do after them.
const ENDED: usize = 200;

/// One call, and what the records say of it.
#[derive(Debug)]
pub(super) struct Known {
    /// The newest view.
    pub(super) view: Arc<CallView>,
    /// The version since which it is what a person sees: a place in a queue may change and nobody's order goes stale by it.
    pub(super) meant: u64,
    /// How long the caller waited for the person who answered last.
    pub(super) waited: Option<Duration>,
    /// The caller's last contacts.
    pub(super) history: Vec<ContactView>,
    /// How often they called today, before this.
    pub(super) earlier_today: u32,
    /// Until when they are to be called back, when nobody says otherwise.
    pub(super) due: Option<SystemTime>,
    /// Whom the caller spoke to then, as entries of the directory.
    pub(super) spoke_to: Vec<String>,
    /// The note on it.
    pub(super) note: Option<NoteView>,
    /// The records were asked about it.
    pub(super) asked: bool,
    /// It has to do with reception, or had; else it is its parties' alone.
    pub(super) reception: bool,
    /// The stations that have or had it, or that it was offered to; there are as many as users.
    pub(super) desks: BTreeSet<String>,
}

impl Known {
    /// Notes whose it has become by its newest view.
    fn look(&mut self) {
        self.reception |= audience::is_reception(&self.view);
        if let Some(station) = self.view.station.clone() {
            self.at(&station);
        }
    }

    /// It is this station's now; `true` when that is new.
    fn at(&mut self, station: &str) -> bool {
        self.desks.insert(station.to_owned())
    }
}

/// What an event changed.
#[derive(Debug)]
pub(super) enum Change {
    /// This call came or changed.
    Call(JourneyId),
    /// This call is over.
    Gone(JourneyId, Cause),
    /// This queue changed.
    Queue(Arc<str>),
    /// This station changed.
    Station(String),
    /// It is off duty.
    Out(StationView),
    /// This line changed.
    Presence(String),
    /// Somebody called for help.
    Emergency(EmergencyView),
    /// All may be otherwise.
    Everything,
}

/// The exchange as it was told last.
#[derive(Debug, Default)]
pub(super) struct World {
    /// Running calls.
    pub(super) calls: BTreeMap<JourneyId, Known>,
    /// Queues.
    pub(super) queues: BTreeMap<Arc<str>, QueueView>,
    /// Stations on duty.
    pub(super) stations: BTreeMap<String, StationView>,
    /// Lines of all accounts.
    pub(super) presence: BTreeMap<String, PresenceView>,
    /// Calls for help that are under way.
    pub(super) emergencies: Vec<EmergencyView>,
    /// Calls that ended, the newest last.
    ended: VecDeque<Known>,
}

impl World {
    /// A call that goes on, or ended a short while ago.
    pub(super) fn known(&self, journey: JourneyId) -> Option<&Known> {
        let ended = || {
            self.ended
                .iter()
                .find(|known| known.view.journey == journey)
        };
        self.calls.get(&journey).or_else(ended)
    }

    /// The call that a station talks in, or that is offered to it, is its own from now on; which, when that is new.
    pub(super) fn offered(&mut self, station: &str) -> Option<JourneyId> {
        let journey = self.stations.get(station)?.journey?;
        let known = self.calls.get_mut(&journey)?;
        known.at(station).then_some(journey)
    }

    /// Takes what the exchange told.
    pub(super) fn take(&mut self, event: DeskEvent) -> Change {
        match event {
            DeskEvent::Call(view) => {
                let journey = view.journey;
                self.call(view);
                Change::Call(journey)
            }
            DeskEvent::CallGone { journey, cause } => {
                self.end(journey);
                Change::Gone(journey, cause)
            }
            DeskEvent::Queue(view) => {
                let queue = Arc::clone(&view.queue);
                self.queues.insert(Arc::clone(&queue), view);
                Change::Queue(queue)
            }
            DeskEvent::Station(view) if view.state == StationState::Out => {
                self.stations.remove(&view.station);
                Change::Out(view)
            }
            DeskEvent::Station(view) => {
                let station = view.station.clone();
                self.stations.insert(station.clone(), view);
                Change::Station(station)
            }
            DeskEvent::Presence(view) => {
                let account = view.account.clone();
                self.presence.insert(account.clone(), view);
                Change::Presence(account)
            }
            DeskEvent::Emergency(view) => {
                // Its call was told before it, unless that is over already: then nobody tells when to forget the alarm.
                if self.calls.contains_key(&view.journey) {
                    self.emergencies.push(view.clone());
                }
                Change::Emergency(view)
            }
            DeskEvent::Everything(all) => {
                self.replace(*all);
                Change::Everything
            }
        }
    }

    fn replace(&mut self, all: DeskSnapshot) {
        let running: BTreeSet<JourneyId> = all.calls.iter().map(|view| view.journey).collect();
        let over = self
            .calls
            .keys()
            .filter(|journey| !running.contains(journey));
        let over: Vec<JourneyId> = over.copied().collect();
        for journey in over {
            self.end(journey);
        }
        for view in all.calls {
            self.call(view);
        }
        let queues = all.queues.into_iter();
        self.queues = queues.map(|view| (Arc::clone(&view.queue), view)).collect();
        let stations = all.stations.into_iter();
        self.stations = stations.map(|view| (view.station.clone(), view)).collect();
        let on_duty: Vec<String> = self.stations.keys().cloned().collect();
        for station in on_duty {
            self.offered(&station);
        }
        let presence = all.presence.into_iter();
        self.presence = presence.map(|view| (view.account.clone(), view)).collect();
        self.emergencies = all.emergencies;
    }

    fn end(&mut self, journey: JourneyId) {
        self.emergencies.retain(|view| view.journey != journey);
        let Some(known) = self.calls.remove(&journey) else {
            return;
        };
        if self.ended.len() >= ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(known);
    }

    fn call(&mut self, view: Arc<CallView>) {
        match self.calls.get_mut(&view.journey) {
            Some(known) => {
                if meaning(&known.view) != meaning(&view) {
                    known.meant = view.version;
                }
                if let Some(since) = known.view.waiting_since
                    && view.waiting_since.is_none()
                {
                    known.waited = view.since.duration_since(since).ok();
                }
                known.view = view;
                known.look();
            }
            None => {
                let mut known = Known {
                    meant: view.version,
                    view,
                    waited: None,
                    history: Vec::new(),
                    earlier_today: 0,
                    due: None,
                    spoke_to: Vec::new(),
                    note: None,
                    asked: false,
                    reception: false,
                    desks: BTreeSet::new(),
                };
                known.look();
                self.calls.insert(known.view.journey, known);
            }
        }
    }
}

/// What a person looks at before pressing a key.
type Meaning<'a> = (CallState, Option<&'a str>, Option<&'a str>, Option<u16>);

fn meaning(view: &CallView) -> Meaning<'_> {
    let (station, target) = (view.station.as_deref(), view.target.as_deref());
    (view.state, station, target, view.slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_whose_call_is_over_already_is_told_and_not_kept() {
        let mut world = World::default();
        let alarm = EmergencyView {
            journey: JourneyId(1),
            account: None,
            number: "112".to_owned(),
            site: "Town hall".to_owned(),
            room: String::new(),
            at: SystemTime::UNIX_EPOCH,
        };
        let change = world.take(DeskEvent::Emergency(alarm));
        assert!(matches!(change, Change::Emergency(_)));
        assert!(world.emergencies.is_empty());
    }
}
