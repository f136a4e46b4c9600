//! The town as its console asks it: what is open, which services and queues there are, and new rows put in force.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use console::protocol::ServiceView;
use console::{Dialplan, House, Opening};

use crate::compose::opening;
use crate::embedded;
use crate::town::Town;

/// The console's house.
pub(crate) struct Household {
    town: Arc<Town>,
    /// Whom what is composed is fed to.
    exchange: server::Handle,
    /// The hours as they were asked last, when and of which generation: a desk asks each second.
    opening: Mutex<Option<(SystemTime, u64, Opening)>>,
    /// What the prompts say, in words.
    library: ivr::Library,
    /// The days that were asked for last, by service.
    days: Mutex<BTreeMap<Option<String>, Day>>,
}

/// A service's next day, when it was asked for, and of which generation.
struct Day {
    at: SystemTime,
    generation: u64,
    hours: Vec<Range<SystemTime>>,
}

impl Day {
    fn holds(&self, now: SystemTime, generation: u64) -> bool {
        let fresh = now.duration_since(self.at);
        self.generation == generation
            && fresh.is_ok_and(|age| age < opening::FRESH)
            && self.hours.last().is_none_or(|last| now < last.end)
    }
}

/// Services whose day is remembered; a town has some dozens.
const DAYS: usize = 1_000;

impl Household {
    /// A town and its exchange.
    pub(crate) fn new(town: Arc<Town>, exchange: server::Handle) -> Household {
        Household {
            town,
            exchange,
            opening: Mutex::new(None),
            days: Mutex::default(),
            library: embedded::library(),
        }
    }
}

impl Household {
    /// What a caller hears when somebody closes a service, by language of the dialplan.
    fn closed(&self, flow: &ivr::Flow, service: &ivr::flow::Service) -> BTreeMap<String, String> {
        let words = |lang: &ivr::Lang| {
            let words = flow.closed_words(service, *lang, &self.library);
            (lang.as_str().to_owned(), words)
        };
        let said = flow.languages.iter().map(words);
        said.filter(|(_, words)| !words.is_empty()).collect()
    }
}

impl House for Household {
    fn refresh(&self) -> Result<(), String> {
        self.exchange.renew(|| self.town.renewed())
    }

    fn generation(&self) -> u64 {
        self.town.composed().generation
    }

    fn services(&self) -> Vec<ServiceView> {
        let mut services: BTreeMap<String, ServiceView> = BTreeMap::new();
        let Some(snapshot) = self.town.composed().snapshot else {
            return Vec::new();
        };
        for flow in snapshot.flows.values() {
            for service in flow.services.values() {
                let names = service.names.iter();
                let names = names.map(|(lang, name)| (lang.as_str().to_owned(), name.to_string()));
                let view = ServiceView {
                    id: service.name.to_string(),
                    names: names.collect(),
                    closed: self.closed(flow, service),
                };
                services.entry(view.id.clone()).or_insert(view);
            }
        }
        services.into_values().collect()
    }

    fn dialplans(&self) -> Vec<Dialplan> {
        let Some(snapshot) = self.town.composed().snapshot else {
            return Vec::new();
        };
        let plan = |(name, flow): (&String, &Arc<ivr::Flow>)| {
            let numbers = snapshot.numbers.values();
            let numbers = numbers.filter(|number| number.flow == *name);
            Dialplan {
                town: flow.town.to_string(),
                numbers: numbers.map(|number| number.e164.clone()).collect(),
                services: flow.services.keys().map(ToString::to_string).collect(),
                queues: flow.queues().iter().map(ToString::to_string).collect(),
            }
        };
        snapshot.flows.iter().map(plan).collect()
    }

    fn opening(&self, now: SystemTime) -> Opening {
        let composed = self.town.composed();
        let mut kept = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, generation, known)) = &*kept
            && *generation == composed.generation
            && now
                .duration_since(*at)
                .is_ok_and(|age| age < opening::FRESH)
            && known.until.is_none_or(|until| now < until)
        {
            return *known;
        }
        let always = Opening {
            open: true,
            until: None,
        };
        let found = composed
            .snapshot
            .map_or(always, |snapshot| opening::opening(&snapshot, now));
        *kept = Some((now, composed.generation, found));
        found
    }

    fn next_day(&self, service: Option<&str>, now: SystemTime) -> Vec<Range<SystemTime>> {
        let composed = self.town.composed();
        let generation = composed.generation;
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let key = service.map(str::to_owned);
        if let Some(day) = days.get(&key).filter(|day| day.holds(now, generation)) {
            return day.hours.clone();
        }
        let Some(snapshot) = composed.snapshot else {
            return Vec::new();
        };
        let hours = opening::next_day(&snapshot, service, now);
        if days.len() >= DAYS {
            days.clear();
        }
        let day = Day {
            at: now,
            generation,
            hours: hours.clone(),
        };
        days.insert(key, day);
        hours
    }

    fn day_began(&self, now: SystemTime) -> SystemTime {
        let composed = self.town.composed();
        composed
            .snapshot
            .map_or(now, |snapshot| opening::day_began(&snapshot, now))
    }
}
