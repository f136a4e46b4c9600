//! All media workers together, as the signalling thread sees them: orders go to the worker that has the endpoint, and
//! endpoints move so that a bridge is on one worker.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use media::SoundId;
use media::plane::{EndpointId, Limits, MediaCommand, Plane};
use mio::{Poll, Waker};

use super::placement::{Move, Placement};
use super::sockets::Sockets;
use super::sounds::{self, Chore, Inlet, Job, SoundSource};
use super::tide::Tide;
use super::worker::{WAKER, Worker};
use super::{FromWorker, PATIENCE, Reserve, ToWorker};
use crate::counters::Counters;
use crate::log::Log;
use crate::outbox::{Outbox, Wake};

/// Orders in a worker's channel; more wait with the sender.
const CHANNEL: usize = 1_024;
/// Orders, news and wishes that may wait with their sender.
const WAITING: usize = 65_536;

/// What the workers need before they start: bound in `bind`, so that a bad address is told at once.
pub(crate) struct Workplace {
    pub(crate) reserves: Vec<Reserve>,
    pub(crate) sounds: SoundSource,
    pub(crate) log: Log,
    pub(crate) counters: Arc<Counters>,
    pub(crate) seed: u64,
}

/// The running workers.
pub(crate) struct Crew {
    placement: Placement,
    tide: Tide,
    workers: Vec<Outbox<ToWorker>>,
    loader: Outbox<Job>,
    news: Receiver<FromWorker>,
    threads: Vec<JoinHandle<()>>,
}

impl Crew {
    /// Starts the workers and the loader. `up` wakes the signalling thread.
    pub(crate) fn start(place: Workplace, up: Arc<Waker>) -> io::Result<Crew> {
        let (news_in, news) = sync_channel(CHANNEL);
        let (jobs_in, jobs) = sync_channel(CHANNEL);
        let mut polls = Vec::new();
        let mut inlets: Vec<Inlet> = Vec::new();
        let mut orders = Vec::new();
        for _ in &place.reserves {
            let poll = Poll::new()?;
            let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
            let (channel, receiver) = sync_channel(CHANNEL);
            polls.push(poll);
            inlets.push(Inlet { channel, waker });
            orders.push(receiver);
        }
        sounds::start(jobs, place.sounds, inlets.clone(), place.log.clone())?;
        let mut threads = Vec::new();
        let count = inlets.len();
        let parts = place.reserves.into_iter().zip(polls).zip(orders);
        for (index, ((reserve, poll), orders)) in parts.enumerate() {
            let seed = place
                .seed
                .wrapping_add(u64::try_from(index).unwrap_or(0) << 32);
            let worker = Worker {
                poll,
                plane: Plane::new(Limits::default(), seed),
                seed,
                sockets: Sockets::default(),
                reserve,
                orders,
                up: Outbox::over(news_in.clone(), WAITING, Some(Arc::clone(&up))),
                others: outboxes(&inlets),
                wishes: wishes(&jobs_in),
                index,
                expected: HashMap::new(),
                more_orders: false,
                buffer: Vec::new(),
                log: place.log.clone(),
                counters: Arc::clone(&place.counters),
            };
            let thread = std::thread::Builder::new().name(format!("media-{index}"));
            threads.push(thread.spawn(move || worker.work())?);
        }
        Ok(Crew {
            placement: Placement::new(count),
            tide: Tide::default(),
            workers: outboxes(&inlets),
            loader: wishes(&jobs_in),
            news,
            threads,
        })
    }

    /// Carries an order to its worker. `false` when it is lost: the worker stands still and its waiting room is full.
    pub(crate) fn command(&mut self, now: Instant, command: MediaCommand) -> bool {
        match command {
            MediaCommand::Open { .. } => self.tide.rises(),
            MediaCommand::Close { .. } => self.falls(),
            _ => {}
        }
        let route = self.placement.route(&command);
        let mut carried = true;
        for Move { endpoint, from, to } in route.moves {
            // The taker first: orders that overtake the endpoint on its way then wait for it.
            carried &= self.send(to, ToWorker::Expect { endpoint }, Wake::Now);
            carried &= self.send(from, ToWorker::Give { endpoint, to }, Wake::Now);
        }
        let wake = match command {
            // Its sockets are bound already and keep what comes; and who hung up listens no more.
            MediaCommand::Open { .. } | MediaCommand::Close { .. } => Wake::By(now + PATIENCE),
            _ => Wake::Now,
        };
        carried & self.send(route.worker, ToWorker::Command(command), wake)
    }

    /// The next thing that a worker told.
    pub(crate) fn news(&mut self) -> Option<FromWorker> {
        self.news.try_recv().ok()
    }

    /// The endpoint is gone without an order of ours.
    pub(crate) fn forget(&mut self, endpoint: EndpointId) {
        self.placement.forget(endpoint);
        self.falls();
    }

    fn falls(&mut self) {
        if self.tide.falls() {
            let _ = self.loader.push(Job::Chore(Chore::GiveBack));
        }
    }

    /// These sounds will be wanted: music, and what callers hear first. A full loader prepares none.
    pub(crate) fn prepare(&mut self, sounds: Vec<SoundId>) {
        let _ = self.loader.push(Job::Chore(Chore::Prepare(sounds)));
    }

    /// Sounds and the old configuration give way to new ones.
    pub(crate) fn reloaded(&mut self, old: Box<call::snapshot::Snapshot>) {
        // The loader first, so that no worker gets the old sound again. A full loader keeps old sounds for a while longer.
        let _ = self.loader.push(Job::Chore(Chore::Forget));
        let _ = self.loader.push(Job::Chore(Chore::Drop(old)));
        for index in 0..self.workers.len() {
            self.send(index, ToWorker::ForgetSounds, Wake::Now);
        }
    }

    /// Sends on what waited for room. `true` when something still waits.
    pub(crate) fn flush(&mut self) -> bool {
        self.loader.flush();
        self.workers.iter_mut().for_each(Outbox::flush);
        self.loader.is_waiting() || self.workers.iter().any(Outbox::is_waiting)
    }

    /// When [`Crew::flush`] has to wake a worker.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.workers.iter().filter_map(Outbox::next_deadline).min()
    }

    /// Ends all threads. What is still open is closed with them.
    pub(crate) fn stop(mut self) {
        for index in 0..self.workers.len() {
            self.send(index, ToWorker::Stop, Wake::Now);
        }
        while self.flush() {
            std::thread::yield_now();
        }
        drop(self.loader);
        drop(self.news);
        for thread in self.threads.into_iter().rev() {
            // Its panic was told when it happened.
            let _ = thread.join();
        }
    }

    /// A fault in one worker, for the test of the recovery.
    #[cfg(test)]
    pub(crate) fn break_worker(&mut self, index: usize) {
        self.send(index, ToWorker::Fault, Wake::Now);
        self.flush();
    }

    fn send(&mut self, worker: usize, order: ToWorker, wake: Wake) -> bool {
        self.workers
            .get_mut(worker)
            .is_some_and(|outbox| outbox.push_for(order, wake).is_ok())
    }
}

fn outboxes(inlets: &[Inlet]) -> Vec<Outbox<ToWorker>> {
    inlets
        .iter()
        .map(|inlet| {
            Outbox::over(
                inlet.channel.clone(),
                WAITING,
                Some(Arc::clone(&inlet.waker)),
            )
        })
        .collect()
}

fn wishes(jobs: &SyncSender<Job>) -> Outbox<Job> {
    Outbox::over(jobs.clone(), WAITING, None)
}
