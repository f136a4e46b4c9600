//! The media plane (RFC 3550; RFC 7362 for whose packets are believed): endpoints, and what each of them hears. Fed with
//! packets, commands and the time; it owns no socket and reads no clock.
//!
//! After every call the shell drains [`Plane::poll`] and asks [`Plane::next_deadline`] when to call [`Plane::tick`].

mod browser;
mod coding;
mod command;
mod deadline;
mod endpoint;
mod event;
mod forward;
mod incoming;
mod keys;
mod library;
mod lock;
mod mixer;
mod orders;
mod outbox;
mod player;
mod random;
mod relay;
mod reporting;
mod sender;
mod studio;
mod table;
#[cfg(test)]
mod tests;
mod tick;
mod time;
mod traffic;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use smallvec::SmallVec;

pub use crate::dtmf::DigitBy;
pub use command::{
    Country, EndpointId, Generation, MediaCommand, Rtcp, Source, SourcePolicy, Stream,
};
pub use endpoint::Endpoint;
pub use event::{Channel, MediaEvent, PlaneOutput, Report};

use crate::clip::{Clip, SoundId};
use deadline::Deadlines;
use random::Random;
use studio::Studio;
use table::Table;

/// How much a plane may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Endpoints; `Open` beyond it gives `Failed`.
    pub endpoints: usize,
}

impl Default for Limits {
    /// As many as the 12000 ports of the default range carry, RTCP multiplexed.
    fn default() -> Self {
        Self { endpoints: 12_000 }
    }
}

/// The endpoints of one media worker. All endpoints that hear each other live in one plane.
pub struct Plane {
    limits: Limits,
    table: Table,
    /// Endpoints that somebody here is to hear and that are not (yet, or any more) here.
    absent: BTreeMap<EndpointId, SmallVec<[EndpointId; 4]>>,
    /// Endpoints for which sound is made, and when the next 20 ms of it are due.
    ticking: Vec<EndpointId>,
    next_tick: Option<Instant>,
    deadlines: Deadlines,
    random: Random,
    studio: Studio,
}

impl Plane {
    /// An empty plane. The seed spreads report times and names; it need not be secret.
    pub fn new(limits: Limits, seed: u64) -> Self {
        Self {
            limits,
            table: Table::default(),
            absent: BTreeMap::new(),
            ticking: Vec::new(),
            next_tick: None,
            deadlines: Deadlines::default(),
            random: Random::new(seed),
            studio: Studio::default(),
        }
    }

    /// Carries out one order.
    pub fn command(&mut self, now: Instant, command: MediaCommand) {
        orders::carry_out(self, now, command);
    }

    /// The answer to [`PlaneOutput::Load`].
    pub fn loaded<E>(&mut self, sound: SoundId, clip: Result<Arc<Clip>, E>) {
        self.studio.library.loaded(sound, clip.ok());
    }

    /// Drops every loaded sound, so that changed files are heard from the next `Hear` on. What is playing plays on.
    pub fn forget_sounds(&mut self) {
        self.studio.library.forget();
    }

    /// The next thing to do; `None` when all is done.
    pub fn poll(&mut self) -> Option<PlaneOutput<'_>> {
        self.studio.outbox.poll()
    }

    /// When to call [`Plane::tick`] at the latest; `None` while nothing is here.
    pub fn next_deadline(&self) -> Option<Instant> {
        [self.next_tick, self.deadlines.next()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Endpoints here.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What went over an endpoint so far.
    pub fn report(&self, endpoint: EndpointId) -> Option<Report> {
        self.table.get(endpoint).map(Endpoint::report)
    }
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Plane({} endpoints, {} ticking)",
            self.len(),
            self.ticking.len()
        )
    }
}
