//! The shell as one thing: `bind` takes every address, `run` starts the threads. Between the two nothing slow happens, so
//! that the first OPTIONS is answered within milliseconds of the start of the process.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use call::io::Level;
use call::snapshot::Listener;
use media::webrtc::Identity;
use mio::{Interest, Poll, Token, Waker};

use crate::bind::{self, BindError, Bound};
use crate::control::{Control, Controlling};
use crate::counters::Counters;
use crate::descriptors::{Capacity, capacity, raise_descriptor_limit};
use crate::flows::Flows;
use crate::handle::{Ended, Handle};
use crate::journal::{self, JournalSink};
use crate::log::Log;
use crate::media_workers::{Crew, Reserve, Workplace};
use crate::program::{Program, ShellConfig, Start};
use crate::signalling::{self, Limbs, Signalling, TcpListening};
use crate::signals::Signals;
use crate::{clock, entropy, supervisor};

/// Orders of handles under way; above it `OrderError::Busy`.
const ORDERS: usize = 1_024;
/// How long the journal and the log may take at the end.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Everything bound, nothing running.
pub struct Server {
    bound: Vec<Bound>,
    reserves: Vec<Reserve>,
    ports: Vec<u16>,
    control: Option<Control>,
    capacity: Capacity,
    counters: Arc<Counters>,
    seed: [u8; 32],
    identity: Identity,
    signals: bool,
}

impl Server {
    /// Binds all listeners, the first RTP ports and the control socket, and raises the limit of descriptors. An error names
    /// what is in the way in one sentence.
    pub fn bind(config: &ShellConfig) -> Result<Server, BindError> {
        let system = |what| move |reason| BindError::System { what, reason };
        let workers = config.workers.unwrap_or_else(spare_cores).clamp(1, 64);
        let counters = Arc::new(Counters::default());
        let capacity = capacity(&config.ports, raise_descriptor_limit(), workers);
        // The control socket first: it tells best that another instance runs.
        let control = config.control.as_deref().map(Control::bind).transpose()?;
        let bound = config
            .listeners
            .iter()
            .take(signalling::LISTENERS)
            .map(bind::listen)
            .collect::<Result<Vec<_>, _>>()?;
        let mut reserves = Vec::new();
        let mut ports = Vec::new();
        for worker in 0..workers {
            let random = entropy::generator().map_err(system("entropy"))?;
            let place = (worker, workers);
            let mut reserve = Reserve::new(
                config.media_address,
                &config.ports,
                place,
                capacity.calls_by_descriptors.saturating_mul(2) / workers,
                random,
                Arc::clone(&counters),
            );
            let filled = reserve
                .fill(clock::monotonic())
                .map_err(|reason| BindError::Media {
                    address: config.media_address,
                    first: *config.ports.start(),
                    last: *config.ports.end(),
                    reason,
                })?;
            ports.extend(filled);
            reserves.push(reserve);
        }
        Ok(Server {
            bound,
            reserves,
            ports,
            control,
            capacity,
            counters,
            seed: entropy::seed().map_err(system("entropy"))?,
            identity: entropy::identity().map_err(system("entropy"))?,
            signals: config.signals,
        })
    }

    /// The listeners with the addresses they really have, for `Settings::listeners`.
    pub fn listeners(&self) -> Vec<Listener> {
        self.bound
            .iter()
            .map(|bound| bound.listener().clone())
            .collect()
    }

    /// What ports and descriptors allow, for `Settings::calls` and the first lines that are printed.
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// Starts all threads and returns at once. `Handle::wait` waits for the end.
    pub fn run(
        self,
        start: Start,
        program: Arc<dyn Program>,
        journal: Arc<dyn JournalSink>,
    ) -> io::Result<Handle> {
        supervisor::install_panic_hook();
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), signalling::WAKER)?);
        let (orders_in, orders) = sync_channel(ORDERS);
        let handle = Handle::new(
            orders_in,
            Arc::clone(&waker),
            Arc::clone(&self.counters),
            program,
        );
        let (log, thread) = Log::start(Arc::clone(&self.counters))?;
        let last_log = (log.clone(), thread);
        let caught = || Signals::catch(poll.registry(), signalling::SIGNALS);
        let signals = self.signals.then(caught).transpose()?;
        let sounds = Arc::clone(handle.program());
        let place = Workplace {
            reserves: self.reserves,
            sounds: Arc::new(move |sound| sounds.sound(sound)),
            log: log.clone(),
            counters: Arc::clone(&self.counters),
            seed: u64::from_le_bytes(self.seed.first_chunk().copied().unwrap_or_default()),
        };
        let (udp, tcp) = enter_listeners(&poll, self.bound)?;
        let limbs = Limbs {
            udp,
            tcp,
            flows: Flows::new(self.capacity.connections, signalling::FLOWS),
            crew: Crew::start(place, waker)?,
            journal: journal::start(journal, log.clone(), Arc::clone(&self.counters))?,
            log,
            counters: self.counters,
            replies: Default::default(),
            answers: Vec::new(),
            watcher: None,
            unwatched: false,
            idle: false,
            is_crowded: false,
        };
        let control = self
            .control
            .map(|control| control.start(handle.clone()))
            .transpose()?;
        let (seed, ports, identity, inside) =
            (self.seed, self.ports, self.identity, handle.clone());
        std::thread::Builder::new()
            .name("signalling".into())
            .spawn(move || {
                let orders = (orders, inside.clone());
                let ended = work(
                    || {
                        let mut signalling =
                            Signalling::new(poll, limbs, orders, signals, start, seed);
                        signalling.welcome_browsers(identity);
                        signalling
                    },
                    ports,
                );
                finish_last(control, last_log, ended);
                inside.set_ended(ended);
            })?;
        Ok(handle)
    }
}

/// The signalling thread's life.
fn work(build: impl FnOnce() -> Signalling, ports: Vec<u16>) -> Ended {
    let run = AssertUnwindSafe(|| {
        let mut signalling = build();
        signalling.announce(ports);
        signalling.run()
    });
    match catch_unwind(run) {
        Ok(limbs) => {
            finish(limbs);
            Ended::Asked
        }
        // The hook has told it; the journal's outbox fell with the thread, so the journal is writing its last.
        Err(_) => Ended::Fault,
    }
}

fn spare_cores() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1))
}

type Listening = (signalling::udp::UdpListeners, Vec<TcpListening>);

fn enter_listeners(poll: &Poll, bound: Vec<Bound>) -> io::Result<Listening> {
    let (mut udp, mut tcp) = (Vec::new(), Vec::new());
    for bound in bound {
        match bound {
            Bound::Udp(socket, listener) => udp.push((socket, listener)),
            Bound::Tcp(socket, listener) => tcp.push(TcpListening {
                socket,
                local: listener.local,
                readable: true,
            }),
        }
    }
    let udp = signalling::udp::UdpListeners::new(udp);
    udp.enter(poll.registry(), signalling::UDP)?;
    for (place, listening) in tcp.iter_mut().enumerate() {
        let token = Token(signalling::TCP + place);
        poll.registry()
            .register(&mut listening.socket, token, Interest::READABLE)?;
    }
    Ok((udp, tcp))
}

/// Media first, so that what it still tells is not waited for; then the journal, so that nothing is lost.
fn finish(limbs: Limbs) {
    let Limbs {
        crew,
        mut journal,
        log,
        ..
    } = limbs;
    crew.stop();
    let end = clock::monotonic() + LAST_WORDS;
    while journal.outbox.is_waiting() && clock::monotonic() < end {
        journal.outbox.flush();
        std::thread::sleep(Duration::from_millis(2));
    }
    drop(journal.outbox);
    if !joined(journal.thread, end) {
        log.say(
            Level::Error,
            "journal",
            "the journal could not be written to its end: the disk does not answer",
        );
    }
}

/// The control thread and the log outlast the rest.
fn finish_last(control: Option<Controlling>, log: (Log, JoinHandle<()>), ended: Ended) {
    if ended == Ended::Fault {
        tracing::error!(
            kind = "fault",
            "a fault in the exchange's own tables: the process ends so that a clean one starts"
        );
        // The journal thread lost its sender and writes what it has.
        std::thread::sleep(Duration::from_millis(500));
    }
    if let Some(control) = control {
        control.end();
    }
    let (log, thread) = log;
    log.end();
    joined(thread, clock::monotonic() + Duration::from_secs(1));
}

/// Joins a thread that may never end.
fn joined(thread: JoinHandle<()>, until: Instant) -> bool {
    while !thread.is_finished() {
        if clock::monotonic() >= until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    thread.join().is_ok()
}
