//! What the desk looks things up in: names, services, queues and the index of the directory, made anew when the rows change.

use std::collections::BTreeSet;
use std::future::Future;

use directory::search::{Index, entries};

use super::names::Names;
use super::records::{Told, said};
use super::towns::Towns;
use crate::app::{Dialplan, Ground};
use crate::protocol::ServiceView;

/// The directory's rows, looked through once.
#[derive(Debug)]
pub(super) struct Rows {
    generation: u64,
    names: Names,
    towns: Towns,
    services: Vec<ServiceView>,
    queues: Vec<String>,
    index: Index,
}

/// What the rows said last.
#[derive(Debug)]
pub(super) struct Lookup {
    /// Which rows these are, see [`crate::app::House::generation`].
    pub(super) generation: u64,
    /// Whose number it is.
    pub(super) names: Names,
    /// What belongs to which town.
    pub(super) towns: Towns,
    /// The services of the dialplans, for people.
    pub(super) services: Vec<ServiceView>,
    /// The queues of the dialplans.
    pub(super) queues: Vec<String>,
    /// Everybody and everything that can be found.
    pub(super) index: Index,
}

impl Lookup {
    /// Nothing yet: what the house knows without its rows.
    pub(super) fn new(ground: &Ground) -> Lookup {
        Lookup {
            // No rows have this name, so that the first ones are newer.
            generation: u64::MAX,
            names: Names::new(ground.settings.country, &directory::Snapshot::default()),
            towns: Towns::default(),
            services: ground.house.services(),
            queues: queues(&ground.house.dialplans()),
            index: Index::build(Vec::new()),
        }
    }

    /// Newer rows.
    pub(super) fn take(&mut self, rows: Rows) {
        self.generation = rows.generation;
        self.names = rows.names;
        self.towns = rows.towns;
        self.services = rows.services;
        self.queues = rows.queues;
        self.index = rows.index;
    }

    /// Whether a dialplan has this service.
    pub(super) fn knows_service(&self, id: &str) -> bool {
        self.services.iter().any(|service| service.id == id)
    }
}

/// All queues, each once.
fn queues(dialplans: &[Dialplan]) -> Vec<String> {
    let queues = dialplans.iter().flat_map(|plan| &plan.queues);
    let queues: BTreeSet<String> = queues.cloned().collect();
    queues.into_iter().collect()
}

/// Reads the rows when they are others than those of `generation`.
pub(super) fn newer(
    ground: &Ground,
    generation: u64,
) -> Option<impl Future<Output = Told> + use<>> {
    let now = ground.house.generation();
    if now == generation {
        return None;
    }
    let (directory, house) = (ground.directory.clone(), ground.house.clone());
    let country = ground.settings.country;
    Some(async move {
        let Some(rows) = said("the directory", directory.snapshot().await) else {
            return Told::Rows(None);
        };
        // Thousands of names are folded and sorted: not on a thread that speaks to pages.
        let looked = tokio::task::spawn_blocking(move || {
            let dialplans = house.dialplans();
            Box::new(Rows {
                generation: now,
                names: Names::new(country, &rows),
                towns: Towns::new(&rows, &dialplans),
                services: house.services(),
                queues: queues(&dialplans),
                index: Index::build(entries(&rows)),
            })
        });
        Told::Rows(looked.await.ok())
    })
}
