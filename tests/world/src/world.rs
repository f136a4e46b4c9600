//! The world itself: the clock, what is under way on the network and on the channel between core and media plane, and
//! the one loop that lets the earliest thing happen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use call::io::Note;
use call::journal::JourneyId;
use call::snapshot::Snapshot;
use call::{Arm, CommandResult, Core, Entry, Input, Now, Output};
use media::plane::{Channel, EndpointId, Limits, Plane, PlaneOutput};
use media::{MediaCommand, MediaEvent};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sip::FlowId;

use crate::ladder::Ladder;
use crate::mirror::Mirror;
use crate::network::{Conditions, Dice};
use crate::phone::Phone;
use crate::sounds::Library;
use crate::town;

/// A party of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party(pub(crate) usize);

/// One call of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub(crate) party: usize,
    pub(crate) call: usize,
}

/// Something that is on its way.
pub(crate) enum Happening {
    Core(Input),
    Command(MediaCommand),
    Packet {
        port: u16,
        from: SocketAddr,
        bytes: Vec<u8>,
    },
    Phone {
        party: usize,
        port: u16,
        sip: bool,
        bytes: Vec<u8>,
    },
}

/// Wall time at the beginning: Monday 2 March 2026, 10:00 in Brussels.
pub(crate) const BEGAN: u64 = 1_772_442_000;
/// Ports rest so long before they are announced again.
const REST: Duration = Duration::from_secs(5);
/// The channel between core and plane takes at most so long.
const CHANNEL: Duration = Duration::from_millis(3);

/// Everything.
pub struct World {
    pub(crate) core: Core,
    pub(crate) plane: Plane,
    origin: Instant,
    wall: Duration,
    pub(crate) past: Duration,
    under_way: BTreeMap<(Duration, u64), Happening>,
    order: u64,
    pub(crate) dice: Dice,
    /// How bad the network is, for SIP over UDP.
    pub conditions: Conditions,
    pub(crate) phones: Vec<Phone>,
    pub(crate) endpoints: BTreeMap<u16, EndpointId>,
    pub(crate) ports: BTreeMap<EndpointId, u16>,
    /// No media command is carried out before an earlier one.
    channel: Duration,
    /// Nothing of a stream is delivered before what was sent on it earlier.
    pub(crate) streams: BTreeMap<FlowId, Duration>,
    pub(crate) connects: BTreeSet<SocketAddr>,
    pub(crate) next_flow: u64,
    pub(crate) sounds: Library,
    /// What the journal was told.
    pub facts: Vec<Entry>,
    /// What the log was told.
    pub notes: Vec<Note>,
    pub(crate) replies: BTreeMap<u128, CommandResult>,
    pub(crate) commands: u128,
    pub(crate) idle: bool,
    pub(crate) forgiving: bool,
    pub(crate) ladder: Ladder,
    pub(crate) arms: BTreeMap<Arm, u64>,
    pub(crate) expected_notes: Vec<String>,
    /// What a watching desk knows by what it was told.
    pub desk: Mirror,
    /// Journeys that were open when the process was killed: the journal's reader ends them.
    pub(crate) died_with: BTreeSet<JourneyId>,
    pub(crate) snapshot: Snapshot,
    seed: u64,
}

impl World {
    /// The usual town in a good network.
    pub fn new(seed: u64) -> World {
        World::of(seed, town::snapshot())
    }

    /// A town of one's own.
    pub fn of(seed: u64, snapshot: Snapshot) -> World {
        World::at(seed, snapshot, Duration::from_secs(BEGAN))
    }

    /// A town whose media worker has bound no port.
    pub fn without_ports(seed: u64) -> World {
        let mut world = World::bare(seed, town::snapshot(), Duration::from_secs(BEGAN));
        world.feed(Input::Watch(true));
        world
    }

    /// A town at a wall time of one's own, since 1970.
    pub fn at(seed: u64, snapshot: Snapshot, wall: Duration) -> World {
        let mut world = World::bare(seed, snapshot, wall);
        world.feed(Input::Watch(true));
        world.feed(Input::Ports {
            bound: (0..60).map(|n| 30_000 + 2 * n).collect(),
        });
        world
    }

    pub(crate) fn bare(seed: u64, snapshot: Snapshot, wall: Duration) -> World {
        let origin = Instant::now();
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        let now = Now {
            monotonic: origin,
            wall: SystemTime::UNIX_EPOCH + wall,
        };
        World {
            core: Core::new(now, snapshot.clone(), bytes),
            plane: Plane::new(Limits::default(), seed),
            origin,
            wall,
            past: Duration::ZERO,
            under_way: BTreeMap::new(),
            order: 0,
            dice: Dice(ChaCha20Rng::seed_from_u64(seed ^ 0x5eed)),
            conditions: Conditions::GOOD,
            phones: Vec::new(),
            endpoints: BTreeMap::new(),
            ports: BTreeMap::new(),
            channel: Duration::ZERO,
            streams: BTreeMap::new(),
            connects: BTreeSet::new(),
            next_flow: 1,
            sounds: Library::default(),
            facts: Vec::new(),
            notes: Vec::new(),
            replies: BTreeMap::new(),
            commands: 0,
            idle: false,
            forgiving: false,
            ladder: Ladder::default(),
            arms: BTreeMap::new(),
            expected_notes: Vec::new(),
            desk: Mirror::default(),
            died_with: BTreeSet::new(),
            snapshot,
            seed,
        }
    }

    /// The moment, for the core. Its two clocks are read one after the other, as a machine does, and never with the same distance.
    pub(crate) fn now(&self) -> Now {
        let apart = (self.past.as_micros() % 997) as u64;
        Now {
            monotonic: self.instant(),
            wall: self.wall_now() + Duration::from_nanos(apart),
        }
    }

    pub(crate) fn wall_now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.wall + self.past
    }

    pub(crate) fn instant(&self) -> Instant {
        self.origin + self.past
    }

    /// Puts something on its way.
    pub(crate) fn later(&mut self, at: Duration, happening: Happening) {
        self.order += 1;
        self.under_way.insert((at, self.order), happening);
    }

    pub(crate) fn core_later(&mut self, after: Duration, input: Input) {
        self.later(self.past + after, Happening::Core(input));
    }

    /// Feeds the core and carries its outputs out.
    pub(crate) fn feed(&mut self, input: Input) {
        let now = self.now();
        let outputs: Vec<Output> = self.core.handle(now, input).collect();
        for output in outputs {
            self.carry_out(output);
        }
    }

    pub(crate) fn carry_out(&mut self, output: Output) {
        match output {
            Output::Transmit { to, bytes } => self.transmit(to, &bytes),
            Output::Connect { to } => self.connect(to),
            Output::Close { flow } => {
                for phone in self
                    .phones
                    .iter_mut()
                    .filter(|phone| phone.flow == Some(flow))
                {
                    phone.flow = None;
                }
            }
            Output::Media(command) => {
                let at = (self.past + self.dice.millis(CHANNEL)).max(self.channel);
                self.channel = at;
                self.later(at, Happening::Command(command));
            }
            Output::Reply { command, result } => {
                self.replies.insert(command.0, result);
            }
            Output::Journal(entry) => self.facts.push(entry),
            Output::Log(note) => self.notes.push(note),
            Output::Desk(event) => self.desk.take(event),
            Output::Idle => self.idle = true,
        }
    }

    /// What the plane wants to be done.
    pub(crate) fn drain_plane(&mut self) {
        let mut sends: Vec<(u16, SocketAddr, Vec<u8>)> = Vec::new();
        let mut loads = Vec::new();
        let mut events = Vec::new();
        while let Some(output) = self.plane.poll() {
            match output {
                PlaneOutput::Send {
                    endpoint,
                    channel,
                    to,
                    bytes,
                } => {
                    let port = self.ports.get(&endpoint).copied().unwrap_or_default();
                    let port = if channel == Channel::Rtcp {
                        port + 1
                    } else {
                        port
                    };
                    sends.push((port, to, bytes.to_vec()));
                }
                PlaneOutput::Load(sound) => loads.push(sound),
                PlaneOutput::Event(event) => events.push(event),
            }
        }
        for (port, to, bytes) in sends {
            self.send_rtp(port, to, bytes);
        }
        for sound in loads {
            let clip = self.sounds.load(&sound);
            self.plane.loaded(sound, Ok::<_, media::ClipError>(clip));
        }
        for event in events {
            self.plane_event(event);
        }
    }

    pub(crate) fn plane_event(&mut self, event: MediaEvent) {
        if let MediaEvent::Closed { endpoint, rtp, .. } = &event {
            self.endpoints.remove(rtp);
            self.ports.remove(endpoint);
            let bound = vec![*rtp];
            self.core_later(REST, Input::Ports { bound });
        }
        let delay = self.dice.millis(CHANNEL);
        self.core_later(delay, Input::Media(event));
    }

    pub(crate) fn command(&mut self, command: MediaCommand) {
        let now = self.instant();
        if let MediaCommand::Open { endpoint, rtp, .. } = &command {
            self.endpoints.insert(*rtp, *endpoint);
            self.ports.insert(*endpoint, *rtp);
        }
        self.plane.command(now, command);
        self.drain_plane();
    }

    pub(crate) fn packet(&mut self, port: u16, from: SocketAddr, mut bytes: Vec<u8>) {
        let (rtp, channel) = if port.is_multiple_of(2) {
            (port, Channel::Rtp)
        } else {
            (port - 1, Channel::Rtcp)
        };
        let Some(endpoint) = self.endpoints.get(&rtp).copied() else {
            return;
        };
        let now = self.instant();
        let relayed = self.plane.packet(now, endpoint, channel, from, &mut bytes);
        let relayed = relayed.and_then(|output| match output {
            PlaneOutput::Send {
                endpoint,
                to,
                bytes,
                ..
            } => Some((endpoint, to, bytes.to_vec())),
            _ => None,
        });
        if let Some((endpoint, to, bytes)) = relayed {
            let port = self.ports.get(&endpoint).copied().unwrap_or_default();
            self.send_rtp(port, to, bytes);
        }
        self.drain_plane();
    }

    /// When the next thing happens, if any.
    pub(crate) fn next(&self) -> Option<Duration> {
        let since = |at: Instant| at.saturating_duration_since(self.origin);
        let under_way = self.under_way.keys().next().map(|(at, _)| *at);
        let phones = self.phones.iter().filter_map(Phone::next_deadline).min();
        let core = self.core.next_deadline().map(since);
        let plane = self.plane.next_deadline().map(since);
        [under_way, phones, core, plane].into_iter().flatten().min()
    }

    /// Lets everything happen that is due at the earliest moment. `false`: nothing before `until`.
    pub(crate) fn step(&mut self, until: Duration) -> bool {
        // What the story itself let the parties say leaves now.
        for party in 0..self.phones.len() {
            self.collect(party);
        }
        let Some(at) = self.next().filter(|at| *at <= until) else {
            self.past = until;
            return false;
        };
        self.past = self.past.max(at);
        while let Some(entry) = self
            .under_way
            .first_entry()
            .filter(|entry| entry.key().0 <= self.past)
        {
            let happening = entry.remove();
            self.happen(happening);
        }
        for party in 0..self.phones.len() {
            if self.phones[party]
                .next_deadline()
                .is_some_and(|at| at <= self.past)
            {
                self.phones[party].due(self.past);
            }
            self.collect(party);
        }
        let instant = self.instant();
        if self.core.next_deadline().is_some_and(|at| at <= instant) {
            self.feed(Input::Deadline);
            assert!(
                self.core.next_deadline().is_none_or(|at| at > instant),
                "a deadline of the core does not pass"
            );
        }
        if self.plane.next_deadline().is_some_and(|at| at <= instant) {
            self.plane.tick(instant);
            self.drain_plane();
        }
        true
    }

    pub(crate) fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Core(input) => self.feed(input),
            Happening::Command(command) => self.command(command),
            Happening::Packet { port, from, bytes } => self.packet(port, from, bytes),
            Happening::Phone {
                party,
                port,
                sip,
                bytes,
            } => {
                let now = self.past;
                if sip {
                    self.phones[party].hear(now, &bytes)
                } else {
                    self.phones[party].listen(now, port, &bytes)
                }
                self.collect(party);
            }
        }
    }

    /// The process dies and another one begins: what is left is the journal.
    pub(crate) fn reborn(&mut self) -> Input {
        let arms = self.core.arms().clone();
        for (arm, count) in arms {
            *self.arms.entry(arm).or_default() += count;
        }
        let mut bytes = [1; 32];
        bytes[..8].copy_from_slice(&(self.seed + 1).to_be_bytes());
        self.core = Core::new(self.now(), self.snapshot.clone(), bytes);
        self.plane = Plane::new(Limits::default(), self.seed + 1);
        self.endpoints.clear();
        self.ports.clear();
        let keep = |happening: &Happening| {
            !matches!(
                happening,
                Happening::Core(Input::Media(_) | Input::Ports { .. }) | Happening::Command(_)
            )
        };
        self.under_way.retain(|_, happening| keep(happening));
        let dead: Vec<FlowId> = self
            .phones
            .iter_mut()
            .filter_map(|phone| phone.flow.take())
            .collect();
        self.streams.retain(|flow, _| !dead.contains(flow));
        Input::Ports {
            bound: (100..160).map(|n| 30_000 + 2 * n).collect(),
        }
    }

    /// The media plane loses an endpoint.
    pub(crate) fn lose(&mut self, endpoint: EndpointId) {
        let _ = self.plane.remove(endpoint);
        let generation = media::plane::Generation(0);
        self.core_later(
            Duration::ZERO,
            Input::Media(MediaEvent::Failed {
                endpoint,
                generation,
            }),
        );
    }

    /// The endpoint that a party's call is connected to, if it is still there.
    pub(crate) fn endpoint_now(&self, line: Line) -> Option<EndpointId> {
        let remote = self.phones[line.party].calls[line.call].audio.remote?;
        self.endpoints.get(&remote.port()).copied()
    }

    /// The endpoint that a party's call is connected to.
    pub(crate) fn endpoint_of(&self, line: Line) -> EndpointId {
        let remote = self.phones[line.party].calls[line.call]
            .audio
            .remote
            .expect("sound is agreed");
        self.endpoints[&remote.port()]
    }
}
