//! Media workers: one thread each, with a plane, its sockets and a small reserve of bound ports. Endpoints of one bridge are
//! always on one worker, so a worker shares nothing while it forwards (DESIGN section 5).

mod crew;
pub(crate) mod placement;
mod reserve;
mod sockets;
pub(crate) mod sounds;
mod tide;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use media::plane::{Endpoint, EndpointId, Generation, MediaCommand, MediaEvent};
use media::{Clip, SoundId};

pub(crate) use crew::{Crew, Workplace};
pub(crate) use reserve::Reserve;

/// Where nobody hears the difference, worker and signalling thread wake each other so late, for what several calls gave.
const PATIENCE: Duration = Duration::from_millis(50);

/// What a worker is told.
pub(crate) enum ToWorker {
    /// An order of the core for an endpoint of this worker.
    Command(MediaCommand),
    /// Take the endpoint out and send it to that worker.
    Give { endpoint: EndpointId, to: usize },
    /// The endpoint is on its way here: keep its orders until it arrives.
    Expect { endpoint: EndpointId },
    /// Here it is; `None` when the giver had it no more.
    Arrived {
        endpoint: EndpointId,
        parcel: Option<Box<Parcel>>,
    },
    /// The loader's answer; `None` when the sound cannot be had.
    Loaded {
        sound: SoundId,
        clip: Option<Arc<Clip>>,
    },
    /// Sounds may have changed: ask again at the next use.
    ForgetSounds,
    /// The program ends.
    Stop,
    /// A fault of the worker, for the test of its recovery.
    #[cfg(test)]
    Fault,
}

/// An endpoint between two workers: its value in the plane and its open sockets.
pub(crate) struct Parcel {
    endpoint: Endpoint,
    lines: sockets::Lines,
}

/// What a worker tells the signalling thread.
#[derive(Debug)]
pub(crate) enum FromWorker {
    /// Ports newly bound and held ready.
    Bound(Vec<u16>),
    /// From the plane.
    Event(MediaEvent),
    /// The worker lost the endpoint by a fault of its own.
    Lost {
        endpoint: EndpointId,
        generation: Generation,
    },
}

/// The worker whose reserve binds this port: the range is dealt out in pairs, so no two workers want the same one.
pub(crate) fn owner_of(port: u16, workers: usize) -> usize {
    usize::from(port / 2) % workers.max(1)
}

#[cfg(test)]
mod tests;
