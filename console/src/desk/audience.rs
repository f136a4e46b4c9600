//! Who hears of what, and about what they may order: people of one town of that town's calls (FEATURES ADM-3), and nobody of a
//! call between colleagues that no desk, queue or slot has.

use std::collections::HashSet;

use call::desk::{CallView, StationState};
use call::journal::JourneyId;
use tokio::time::Instant;

use super::hub::{Desk, Tab, TabKey};
use super::names::Names;
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

/// Whether a call is theirs who sit at this station and belong to this town.
fn is_theirs(known: &Known, (station, town): (&str, Option<&str>), towns: &Towns) -> bool {
    let view = &known.view;
    let is_within = || match (view.emergency, view.entity.as_str(), &view.service) {
        (true, ..) => true,
        (false, "", Some(service)) => towns.covers_service(town, service),
        (false, "", None) => true,
        (false, called, _) => towns.covers(town, called),
    };
    known.desks.contains(station) || (known.reception && is_within())
}

/// Whether a tab hears of a call.
pub(super) fn hears(tab: &Tab, known: &Known, towns: &Towns) -> bool {
    let at = (tab.station.as_str(), tab.who.town.as_deref());
    is_theirs(known, at, towns)
}

/// Whether a task is theirs who belong to this town.
pub(super) fn has_task(task: &TaskView, town: Option<&str>, towns: &Towns) -> bool {
    let service = task.service.as_deref();
    service.is_none_or(|service| towns.covers_service(town, service))
}

/// Whether a missed call is theirs who belong to this town.
pub(super) fn has_missed(missed: &MissedView, town: Option<&str>, towns: &Towns) -> bool {
    towns.covers_number(town, &missed.dialled)
}

impl Desk {
    /// Tells an event to the pages that have to do with it.
    pub(super) fn tell_those(&mut self, event: &Event, hears: impl Fn(&Tab, &Towns) -> bool) {
        let towns = &self.lookup.towns;
        let hearing = self.tabs.values_mut().filter(|tab| hears(tab, towns));
        tell_all(hearing, event);
    }

    /// Tells what became of a call to whoever hears of it. What it is, is put into words only when somebody does.
    pub(super) fn tell_of(
        &mut self,
        journey: JourneyId,
        event: impl FnOnce(&Known, &Names) -> Event,
    ) {
        let (towns, names) = (&self.lookup.towns, &self.lookup.names);
        let Some(known) = self.world.known(journey) else {
            return;
        };
        let hearing = self.tabs.values_mut();
        let mut hearing = hearing.filter(|tab| hears(tab, known, towns)).peekable();
        if hearing.peek().is_some() {
            tell_all(hearing, &event(known, names));
        }
    }

    /// Whether what an order is about is theirs who give it.
    pub(super) fn is_within(&self, who: &SignedIn, key: &TabKey, cmd: &Command) -> bool {
        let (towns, town) = (&self.lookup.towns, who.town.as_deref());
        let may_close = |service: Option<&str>| match service {
            Some(service) => towns.owns_service(town, service),
            None => towns.covers_all(town),
        };
        match cmd {
            Command::Closure { service, .. } => may_close(service.as_deref()),
            Command::Reopen { closure } => {
                let service = self.kept.service_of(closure);
                service.is_none_or(|service| may_close(service.as_deref()))
            }
            Command::Words { service, .. } => towns.owns_service(town, service),
            Command::Away { account, all, .. } => towns.covers_account(town, account, *all),
            Command::Forward { account, .. } => towns.covers_account(town, account, None),
            Command::Serve { queues } => queues.iter().all(|at| towns.covers_queue(town, at)),
            Command::TaskDone { task: id, .. } => {
                let (task, missed) = (self.kept.tasks.get(id), self.kept.missed.get(id));
                task.is_none_or(|task| has_task(task, town, towns))
                    && missed.is_none_or(|missed| has_missed(missed, town, towns))
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
}

fn tell_all<'a>(tabs: impl Iterator<Item = &'a mut Tab>, event: &Event) {
    let Some(body) = Body::of(event) else {
        return;
    };
    let now = Instant::now();
    for tab in tabs {
        tab.stream.event(now, &body);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
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
        world.take(DeskEvent::Call(Arc::new(between_colleagues(1))));
        assert!(!theirs(&world, "reception1", None));
        let parked = CallView {
            slot: Some(701),
            ..between_colleagues(2)
        };
        world.take(DeskEvent::Call(Arc::new(parked)));
        assert!(theirs(&world, "reception1", None));
        world.take(DeskEvent::Call(Arc::new(between_colleagues(3))));
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
        let towns = Towns::new(&rows, &[]);
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
        world.take(DeskEvent::Call(Arc::new(at(None))));
        assert!(!theirs(&world));
        world.take(DeskEvent::Call(Arc::new(at(Some("reception1")))));
        world.take(DeskEvent::Call(Arc::new(at(None))));
        assert!(theirs(&world), "to take it back, to note what was said");
    }
}
