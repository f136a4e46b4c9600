//! Who hears of what, and about what they may order: people of one town of that town's calls (FEATURES ADM-3), and nobody of a
//! call between colleagues that no desk, queue or slot has.

use std::collections::HashSet;

use call::desk::{CallView, StationState};
use call::journal::JourneyId;
use tokio::time::Instant;

use super::hub::{Desk, Tab, TabKey};
use super::stream::Body;
use super::towns::Towns;
use super::view::journey_of;
use super::world::Known;
use crate::protocol::{Command, Event, MissedView, TaskView};
use crate::sessions::SessionId;
use crate::sign_in::SignedIn;

/// Whether a call has ever been reception's: it came to the house's numbers, or a desk, a queue, a slot or an alarm has it.
pub(super) fn is_reception(view: &CallView) -> bool {
    !view.entity.is_empty()
        || !view.path.is_empty()
        || view.service.is_some()
        || view.waiting_since.is_some()
        || view.slot.is_some()
        || view.station.is_some()
        || view.returned.is_some()
        || view.emergency
}

/// The town whose a call is; none: everybody's.
fn town_of<'a>(view: &'a CallView, towns: &'a Towns) -> Option<&'a str> {
    if view.emergency {
        return None;
    }
    let called = Some(view.entity.as_str()).filter(|town| !town.is_empty());
    called.or_else(|| towns.of_service(view.service.as_deref()?))
}

/// Whether a call is theirs who sit at this station and belong to this town.
fn is_theirs(known: &Known, (station, town): (&str, Option<&str>), towns: &Towns) -> bool {
    known.desks.contains(station)
        || (known.reception && towns.covers(town, town_of(&known.view, towns)))
}

impl Desk {
    /// Whether a tab hears of a call.
    pub(super) fn hears(&self, tab: &Tab, known: &Known) -> bool {
        let at = (tab.station.as_str(), tab.who.town.as_deref());
        is_theirs(known, at, &self.lookup.towns)
    }

    /// The tabs that hear of a call.
    pub(super) fn audience(&self, journey: JourneyId) -> Vec<TabKey> {
        let Some(known) = self.world.known(journey) else {
            return Vec::new();
        };
        let hearing = self.tabs.iter().filter(|(_, tab)| self.hears(tab, known));
        hearing.map(|(key, _)| key.clone()).collect()
    }

    /// Tells these tabs an event.
    pub(super) fn tell_those(&mut self, keys: &[TabKey], event: &Event) {
        if keys.is_empty() {
            return;
        }
        let Some(body) = Body::of(event) else {
            return;
        };
        let now = Instant::now();
        for key in keys {
            if let Some(tab) = self.tabs.get_mut(key) {
                tab.stream.event(now, &body);
            }
        }
    }

    /// Tells an event to those of a town's people; none: to all.
    pub(super) fn tell_town(&mut self, town: Option<&str>, event: &Event) {
        let towns = &self.lookup.towns;
        let theirs = |tab: &Tab| towns.covers(tab.who.town.as_deref(), town);
        let keys: Vec<TabKey> = self
            .tabs
            .iter()
            .filter(|(_, tab)| theirs(tab))
            .map(|(key, _)| key.clone())
            .collect();
        self.tell_those(&keys, event);
    }

    /// The town whose a task is.
    pub(super) fn town_of_task(&self, task: &TaskView) -> Option<String> {
        let town = self.lookup.towns.of_service(task.service.as_deref()?);
        town.map(str::to_owned)
    }

    /// The town whose a missed call is.
    pub(super) fn town_of_missed(&self, missed: &MissedView) -> Option<String> {
        let town = self.lookup.towns.of_number(&missed.dialled);
        town.map(str::to_owned)
    }

    /// Whether what an order is about is theirs who give it.
    pub(super) fn is_within(&self, who: &SignedIn, key: &TabKey, cmd: &Command) -> bool {
        let (towns, town) = (&self.lookup.towns, who.town.as_deref());
        let covers = |of: Option<String>| towns.covers(town, of.as_deref());
        match cmd {
            Command::Closure { service, .. } => self.may_close(town, service.as_deref()),
            Command::Reopen { closure } => match self.kept.service_of(closure) {
                Some(service) => self.may_close(town, service.as_deref()),
                None => true,
            },
            Command::Away { account, all, .. } => towns.covers_account(town, account, *all),
            Command::TaskDone { task, .. } => {
                let task_town = self
                    .kept
                    .tasks
                    .get(task)
                    .map(|task| self.town_of_task(task));
                let missed = self.kept.missed.get(task);
                covers(
                    task_town
                        .or_else(|| missed.map(|missed| self.town_of_missed(missed)))
                        .flatten(),
                )
            }
            _ => {
                let known = cmd.about().and_then(journey_of);
                let known = known.and_then(|journey| self.world.known(journey));
                let station = self.tabs.get(key).map_or("", |tab| tab.station.as_str());
                known.is_none_or(|known| is_theirs(known, (station, town), towns))
            }
        }
    }

    /// The sessions of desks that have a call: rung, talking, held or being finished.
    pub(super) fn sessions_with_a_call(&self) -> HashSet<SessionId> {
        let busy = |tab: &Tab| {
            let at = self.world.stations.get(&tab.station);
            at.is_some_and(|at| at.journey.is_some() || at.state == StationState::WrapUp)
                || self
                    .world
                    .calls
                    .values()
                    .any(|known| known.view.station.as_deref() == Some(&tab.station))
        };
        let tabs = self.tabs.values().filter(|tab| busy(tab));
        tabs.map(|tab| tab.who.session).collect()
    }

    fn may_close(&self, town: Option<&str>, service: Option<&str>) -> bool {
        let towns = &self.lookup.towns;
        match service {
            Some(service) => towns.covers(town, towns.of_service(service)),
            None => towns.covers_all(town),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use call::DeskEvent;
    use call::desk::CallState;

    use super::super::world::World;
    use super::*;

    /// 2101 talks with 2102.
    fn between_colleagues(version: u64) -> CallView {
        CallView {
            journey: JourneyId(1),
            version,
            state: CallState::Talking,
            since: UNIX_EPOCH,
            began: UNIX_EPOCH,
            caller: call::desk::Caller::default(),
            dialled: Some("2102".into()),
            entity: String::new(),
            label: String::new(),
            language: None,
            path: Vec::new(),
            service: None,
            waiting_since: None,
            position: None,
            station: None,
            target: Some("2102".into()),
            slot: None,
            returned: None,
            emergency: false,
            reattach_until: None,
            reason: None,
        }
    }

    #[test]
    fn a_talk_between_colleagues_is_theirs_until_a_desk_or_a_slot_has_it() {
        let towns = Towns::default();
        let mut world = World::default();
        let theirs = |world: &World, station: &str, town: Option<&str>| {
            is_theirs(world.known(JourneyId(1)).unwrap(), (station, town), &towns)
        };
        world.take(DeskEvent::Call(Box::new(between_colleagues(1))));
        assert!(!theirs(&world, "reception1", None));
        let parked = CallView {
            slot: Some(701),
            ..between_colleagues(2)
        };
        world.take(DeskEvent::Call(Box::new(parked)));
        assert!(theirs(&world, "reception1", None));
        world.take(DeskEvent::Call(Box::new(between_colleagues(3))));
        assert!(
            theirs(&world, "reception1", None),
            "who saw it goes on seeing it"
        );
    }

    #[test]
    fn whoever_has_had_a_call_hears_of_it_whose_ever_it_is() {
        let rows = directory::Snapshot {
            entities: vec![directory::Entity {
                id: "gooik".into(),
                name: "Gooik".into(),
                country: "BE".into(),
                languages: Vec::new(),
                merged_into: None,
            }],
            ..directory::Snapshot::default()
        };
        let towns = Towns::new(&rows);
        let mut world = World::default();
        let at = |station: Option<&str>| CallView {
            entity: "Gooik".into(),
            station: station.map(str::to_owned),
            ..between_colleagues(1)
        };
        let theirs = |world: &World| {
            let known = world.known(JourneyId(1)).unwrap();
            is_theirs(known, ("reception1", Some("herne")), &towns)
        };
        world.take(DeskEvent::Call(Box::new(at(None))));
        assert!(!theirs(&world));
        world.take(DeskEvent::Call(Box::new(at(Some("reception1")))));
        world.take(DeskEvent::Call(Box::new(at(None))));
        assert!(theirs(&world), "to take it back, to note what was said");
    }
}
