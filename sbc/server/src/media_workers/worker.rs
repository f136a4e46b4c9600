//! One media worker's thread: packets first, then orders, then what time brings. It never waits for anything but its sockets.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use call::io::Level;
use media::SoundId;
use media::plane::{EndpointId, Generation, MediaCommand, MediaEvent, Plane, PlaneOutput, Rtcp};
use mio::{Events, Poll};

use super::sockets::{Lines, Sockets};
use super::sounds::{Job, Wish};
use super::{FromWorker, PATIENCE, Parcel, Reserve, ToWorker};
use crate::bind;
use crate::clock;
use crate::counters::Counters;
use crate::log::Log;
use crate::outbox::{Outbox, Wake};

/// The waker's token; the lines have their keys.
pub(super) const WAKER: mio::Token = mio::Token(usize::MAX);
/// Orders between two looks at the sockets.
const ORDERS: usize = 256;
/// Orders kept for one endpoint on its way here; a call gives a handful.
const KEPT: usize = 64;
/// While something waits for room in a channel, it is tried again after this.
const CROWDED: Duration = Duration::from_millis(2);
/// No datagram is longer.
const DATAGRAM: usize = 65_536;

/// A worker with all it owns.
pub(super) struct Worker {
    pub(super) poll: Poll,
    pub(super) plane: Plane,
    pub(super) seed: u64,
    pub(super) sockets: Sockets,
    pub(super) reserve: Reserve,
    pub(super) orders: Receiver<ToWorker>,
    pub(super) up: Outbox<FromWorker>,
    pub(super) others: Vec<Outbox<ToWorker>>,
    pub(super) wishes: Outbox<Job>,
    pub(super) index: usize,
    /// Endpoints that are on their way here, with the orders that wait for them.
    pub(super) expected: HashMap<EndpointId, Vec<MediaCommand>>,
    /// More orders may wait than one turn takes.
    pub(super) more_orders: bool,
    pub(super) buffer: Vec<u8>,
    pub(super) log: Log,
    pub(super) counters: Arc<Counters>,
}

/// Whether the worker goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    End,
}

impl Worker {
    /// Works until told to stop. A panic costs the endpoints of this worker, which are told as lost, and nothing else.
    pub(super) fn work(mut self) {
        self.buffer = vec![0; DATAGRAM];
        while catch_unwind(AssertUnwindSafe(|| self.run())).is_err() {
            self.recover();
        }
    }

    fn run(&mut self) {
        let mut events = Events::with_capacity(512);
        loop {
            self.up.flush();
            self.wishes.flush();
            self.others.iter_mut().for_each(Outbox::flush);
            let timeout = self.timeout(clock::monotonic());
            if let Err(error) = self.poll.poll(&mut events, timeout)
                && error.kind() != ErrorKind::Interrupted
            {
                self.log.say(
                    Level::Error,
                    "media-poll",
                    format!("a media worker cannot wait for packets: {error}"),
                );
                std::thread::sleep(CROWDED);
            }
            let now = clock::monotonic();
            for event in &events {
                if event.token() != WAKER {
                    self.receive(now, event.token().0);
                }
            }
            if self.take_orders(now) == Next::End {
                return;
            }
            if self.plane.next_deadline().is_some_and(|at| at <= now) {
                self.plane.tick(now);
                self.drain(now);
            }
            self.keep_ports(now);
        }
    }

    fn timeout(&self, now: Instant) -> Option<Duration> {
        let crowded = self.up.is_waiting()
            || self.wishes.is_waiting()
            || self.others.iter().any(Outbox::is_waiting);
        if self.more_orders || self.reserve.is_wanting() {
            return Some(Duration::ZERO);
        }
        let deadlines = [
            self.plane.next_deadline(),
            self.reserve.next_deadline(),
            self.up.next_deadline(),
            crowded.then(|| now + CROWDED),
        ];
        let next = deadlines.into_iter().flatten().min()?;
        Some(next.saturating_duration_since(now))
    }

    /// Reads one packet of a line; the poll tells again of what is left. The relayed packet leaves from the buffer it came into.
    fn receive(&mut self, now: Instant, key: usize) {
        // An error is an ICMP answer to something we sent, or a signal: the socket itself is well.
        let Some((endpoint, channel, Ok((length, from)))) =
            self.sockets.receive(key, &mut self.buffer)
        else {
            return;
        };
        let bytes = self.buffer.get_mut(..length).unwrap_or_default();
        match self.plane.packet(now, endpoint, channel, from, bytes) {
            Some(PlaneOutput::Send {
                endpoint,
                channel,
                to,
                bytes,
            }) => {
                if !self.sockets.send(endpoint, channel, to, bytes) {
                    self.counters.media_send_failed.one();
                }
            }
            // The plane gives nothing else here; all else comes by `poll`.
            Some(PlaneOutput::Load(_) | PlaneOutput::Event(_)) | None => {}
        }
        self.drain(now);
    }

    /// Does what the plane wants done.
    fn drain(&mut self, now: Instant) {
        while let Some(output) = self.plane.poll() {
            match output {
                PlaneOutput::Send {
                    endpoint,
                    channel,
                    to,
                    bytes,
                } => {
                    if !self.sockets.send(endpoint, channel, to, bytes) {
                        self.counters.media_send_failed.one();
                    }
                }
                PlaneOutput::Load(sound) => self.load(sound),
                PlaneOutput::Event(event) => self.tell(now, event),
            }
        }
    }

    /// An unanswered wish would leave its listeners in silence for ever, so a loader that is gone means: not to be had.
    fn load(&mut self, sound: SoundId) {
        let wish = Wish {
            sound,
            worker: self.index,
        };
        if let Err(Job::Wish(wish)) = self.wishes.push(Job::Wish(wish)) {
            self.plane.loaded(wish.sound, Err(()));
        }
    }

    fn tell(&mut self, now: Instant, event: MediaEvent) {
        let mut wake = Wake::Now;
        if let MediaEvent::Closed { endpoint, .. } = &event {
            let lines = self.sockets.leave(self.poll.registry(), *endpoint);
            self.give_back(now, lines);
            // The call is over; only its record waits for this.
            wake = Wake::By(now + PATIENCE);
        }
        self.send_up(FromWorker::Event(event), wake);
    }

    /// What does not even fit in the waiting room is lost: the signalling thread stands still, and that is told elsewhere.
    fn send_up(&mut self, news: FromWorker, wake: Wake) {
        let _ = self.up.push_for(news, wake);
    }

    fn give_back(&mut self, now: Instant, lines: Option<Lines>) {
        if let Some(lines) = lines {
            let live = self.sockets.len();
            self.reserve.rest(now, lines.port, Some(lines.pair), live);
        }
    }

    fn keep_ports(&mut self, now: Instant) {
        let bound = self.reserve.refill(now);
        if !bound.is_empty() {
            // The core wants ports when a call comes, and the signalling thread looks for news before it.
            self.send_up(FromWorker::Bound(bound), Wake::Never);
        }
    }

    fn take_orders(&mut self, now: Instant) -> Next {
        self.more_orders = false;
        for _ in 0..ORDERS {
            let Ok(order) = self.orders.try_recv() else {
                return Next::GoOn;
            };
            match order {
                ToWorker::Command(command) => self.command(now, command),
                ToWorker::Give { endpoint, to } => self.give(endpoint, to),
                ToWorker::Expect { endpoint } => {
                    self.expected.entry(endpoint).or_default();
                }
                ToWorker::Arrived { endpoint, parcel } => self.arrived(now, endpoint, parcel),
                ToWorker::Loaded { sound, clip } => {
                    self.plane.loaded(sound, clip.ok_or(()));
                    self.drain(now);
                }
                ToWorker::ForgetSounds => self.plane.forget_sounds(),
                ToWorker::Stop => return Next::End,
                #[cfg(test)]
                ToWorker::Fault => panic!("a fault made by a test"),
            }
        }
        self.more_orders = true;
        Next::GoOn
    }

    fn command(&mut self, now: Instant, command: MediaCommand) {
        let endpoint = command.endpoint();
        if let Some(kept) = self.expected.get_mut(&endpoint) {
            if kept.len() < KEPT {
                kept.push(command);
            }
            return;
        }
        let command = match command {
            MediaCommand::Open { rtp, .. } if !self.open(endpoint, rtp) => return,
            MediaCommand::Open {
                endpoint,
                rtp,
                ssrc,
                sequence,
                timestamp,
                ..
            } => MediaCommand::Open {
                endpoint,
                rtp,
                // The plane may use the odd neighbour; its socket is bound when a peer that does not multiplex connects.
                rtcp: rtp.checked_add(1),
                ssrc,
                sequence,
                timestamp,
            },
            MediaCommand::Connect {
                generation,
                ref stream,
                ..
            } => {
                self.sockets.ordered(endpoint, generation);
                if matches!(stream.rtcp, Rtcp::Port(_)) {
                    self.open_rtcp(endpoint);
                }
                command
            }
            MediaCommand::Attach { generation, .. } | MediaCommand::Hear { generation, .. } => {
                self.sockets.ordered(endpoint, generation);
                command
            }
            MediaCommand::Press { .. } | MediaCommand::Close { .. } => command,
        };
        self.plane.command(now, command);
        self.drain(now);
    }

    /// Opens the port that the core chose, once; a port that cannot be had fails the endpoint.
    fn open(&mut self, endpoint: EndpointId, rtp: u16) -> bool {
        if self.sockets.has(endpoint) {
            return false;
        }
        let live = self.sockets.len();
        let opened = self
            .reserve
            .take(rtp, live)
            .and_then(|pair| self.sockets.open(self.poll.registry(), endpoint, rtp, pair));
        if let Err(error) = &opened {
            self.log.say(
                Level::Warn,
                "media-port",
                format!("RTP port {rtp} cannot be opened: {error}"),
            );
            let failed = MediaEvent::Failed {
                endpoint,
                generation: Generation(0),
            };
            self.send_up(FromWorker::Event(failed), Wake::Now);
        }
        opened.is_ok()
    }

    /// Best effort: a call without RTCP is a call.
    fn open_rtcp(&mut self, endpoint: EndpointId) {
        let address = self.reserve.address();
        let opened = self
            .sockets
            .open_rtcp(self.poll.registry(), endpoint, |port| {
                bind::media_port(address, port)
            });
        if opened.is_err() {
            self.counters.ports_taken.one();
        }
    }

    fn give(&mut self, endpoint: EndpointId, to: usize) {
        let value = self.plane.remove(endpoint);
        let lines = self.sockets.leave(self.poll.registry(), endpoint);
        let parcel = value
            .zip(lines)
            .map(|(endpoint, lines)| Box::new(Parcel { endpoint, lines }));
        if let Some(other) = self.others.get_mut(to) {
            // The other worker answers for what it cannot take; one that is gone ends with the program.
            let _ = other.push(ToWorker::Arrived { endpoint, parcel });
        }
    }

    fn arrived(&mut self, now: Instant, endpoint: EndpointId, parcel: Option<Box<Parcel>>) {
        let kept = self.expected.remove(&endpoint).unwrap_or_default();
        if let Some(parcel) = parcel {
            let Parcel {
                endpoint: value,
                lines,
            } = *parcel;
            let (port, generation) = (lines.port, lines.generation);
            let entered = self.sockets.enter(self.poll.registry(), endpoint, lines);
            if entered.is_err() || self.plane.insert(now, value).is_err() {
                let lines = self.sockets.leave(self.poll.registry(), endpoint);
                let pair = lines.map(|lines| lines.pair);
                self.reserve.rest(now, port, pair, self.sockets.len());
                let lost = FromWorker::Lost {
                    endpoint,
                    generation,
                };
                self.send_up(lost, Wake::Now);
            }
        }
        for command in kept {
            self.command(now, command);
        }
        self.drain(now);
    }

    /// After a panic: a new plane, every endpoint told as lost, every port to rest.
    fn recover(&mut self) {
        let now = clock::monotonic();
        self.counters.worker_restarts.one();
        self.log.say(
            Level::Error,
            "media-worker",
            "a media worker fell and was started again; its calls get new ports",
        );
        self.seed = self.seed.wrapping_add(1);
        self.plane = Plane::new(media::plane::Limits::default(), self.seed);
        for endpoint in self.sockets.endpoints() {
            let lines = self.sockets.leave(self.poll.registry(), endpoint);
            let generation = lines
                .as_ref()
                .map_or(Generation(0), |lines| lines.generation);
            self.give_back(now, lines);
            let lost = FromWorker::Lost {
                endpoint,
                generation,
            };
            self.send_up(lost, Wake::Now);
        }
    }
}
