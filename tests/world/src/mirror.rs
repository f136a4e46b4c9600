//! A watching desk that keeps only what it was told: what it knows must always be what is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call::Input;
use call::desk::{
    CallView, DeskEvent, DeskSnapshot, EmergencyView, PresenceState, PresenceView, QueueView,
    StationState, StationView,
};
use call::journal::{Cause, JourneyId};

use crate::world::World;

/// The last view of everything.
#[derive(Debug, Default)]
pub struct Mirror {
    /// Calls.
    pub calls: BTreeMap<JourneyId, Arc<CallView>>,
    /// Calls that ended.
    pub gone: Vec<(JourneyId, Cause)>,
    /// Queues.
    pub queues: BTreeMap<Arc<str>, QueueView>,
    /// Stations on duty.
    pub stations: BTreeMap<String, StationView>,
    /// Accounts.
    pub presence: BTreeMap<String, PresenceView>,
    /// Calls for help.
    pub emergencies: Vec<EmergencyView>,
    /// The last answer to a look.
    everything: Option<DeskSnapshot>,
}

impl Mirror {
    /// One event.
    pub(crate) fn take(&mut self, event: DeskEvent) {
        match event {
            DeskEvent::Call(view) => {
                if let Some(old) = self.calls.get(&view.journey) {
                    assert!(
                        old.version < view.version,
                        "a version does not rise: {old:?}, then {view:?}"
                    );
                }
                self.calls.insert(view.journey, view);
            }
            DeskEvent::CallGone { journey, cause } => {
                assert!(
                    self.calls.remove(&journey).is_some(),
                    "gone, and never there"
                );
                self.gone.push((journey, cause));
            }
            DeskEvent::Queue(view) => {
                self.queues.insert(Arc::clone(&view.queue), view);
            }
            DeskEvent::Station(view) if view.state == StationState::Out => {
                self.stations.remove(&view.station);
            }
            DeskEvent::Station(view) => {
                if let Some(old) = self.stations.get(&view.station) {
                    assert!(is_news(old, &view), "told again as it was: {view:?}");
                }
                self.stations.insert(view.station.clone(), view);
            }
            DeskEvent::Presence(view) => {
                self.presence.insert(view.account.clone(), view);
            }
            DeskEvent::Emergency(view) => self.emergencies.push(view),
            DeskEvent::Everything(snapshot) => self.everything = Some(*snapshot),
        }
    }
}

/// A station that is as it was is not told: with fifty desks each of them would hear of all fifty at every step.
fn is_news(old: &StationView, new: &StationView) -> bool {
    let later = new.since.duration_since(old.since).unwrap_or_default();
    let earlier = old.since.duration_since(new.since).unwrap_or_default();
    let since = old.since;
    later.max(earlier) >= Duration::from_millis(1)
        || *old
            != StationView {
                since,
                ..new.clone()
            }
}

impl World {
    /// What the desk knows of a call.
    pub fn seen(&self, journey: JourneyId) -> &CallView {
        self.desk
            .calls
            .get(&journey)
            .unwrap_or_else(|| panic!("the desk knows of no such call\n{}", self.drawing()))
    }

    /// What the desk knows of an account's phones.
    pub fn presence(&self, account: &str) -> PresenceState {
        self.desk.presence[account].state
    }

    /// What the desk was told piece by piece is what it gets when it looks.
    pub fn desk_knows_all(&mut self) {
        let told = self.desk.presence.clone();
        self.feed(Input::Review);
        assert_eq!(self.desk.presence, told, "a line is not as it was told");
        self.feed(Input::Look);
        let all = self.desk.everything.take().expect("a look is answered");
        let calls: BTreeMap<JourneyId, Arc<CallView>> = all
            .calls
            .into_iter()
            .map(|view| (view.journey, view))
            .collect();
        assert_eq!(self.desk.calls, calls, "{}", self.drawing());
        assert!(
            self.desk.calls.is_empty() || self.core.view().calls > 0,
            "a call stays on the desk: {:?}",
            self.desk.calls
        );
        let stations: Vec<&StationView> = self.desk.stations.values().collect();
        assert_eq!(stations, all.stations.iter().collect::<Vec<_>>());
        let presence: Vec<&PresenceView> = self.desk.presence.values().collect();
        assert_eq!(presence, all.presence.iter().collect::<Vec<_>>());
    }
}
