//! The signalling thread: owns the core, reads what came into four lanes, feeds it, and carries out what it says. It never
//! waits but in its poll, and it decides nothing.

pub(crate) mod glance;
pub(crate) mod lanes;
mod limbs;
pub(crate) mod udp;

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use call::io::Level;
use call::snapshot::Snapshot;
use call::{Core, Input};
use media::plane::MediaEvent;
use media::webrtc::Identity;
use mio::{Events, Poll, Token};

use crate::clock;
use crate::ending::{Cue, DRAIN, Ending, Say};
use crate::flows::Accepting;
use crate::handle::{Handle, Order, ReloadError, Status};
use crate::media_workers::FromWorker;
use crate::program::Start;
use crate::signals::{Meaning, Signals};
use glance::Emergencies;
use lanes::{Lane, Lanes};
pub(crate) use limbs::{Limbs, TcpListening};

/// Poll tokens: the waker, three signals, the UDP listeners, the TCP listeners, and from there on the connections.
pub(crate) const WAKER: Token = Token(0);
pub(crate) const SIGNALS: usize = 1;
pub(crate) const UDP: usize = 16;
pub(crate) const TCP: usize = 1 << 10;
pub(crate) const FLOWS: usize = 1 << 11;
/// Listeners of one transport; the tokens have room for so many.
pub(crate) const LISTENERS: usize = 512;

/// News of media workers and orders taken in one turn.
const NEWS: usize = 256;
/// While something waits for room in a channel, it is tried again after this.
const CROWDED: Duration = Duration::from_millis(2);
/// With no descriptor left, callers wait in the backlog for so long.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// The thread's own things.
pub(crate) struct Signalling {
    poll: Poll,
    core: Core,
    limbs: Limbs,
    lanes: Lanes,
    turn: VecDeque<Input>,
    orders: Receiver<Order>,
    signals: Option<Signals>,
    handle: Handle,
    emergencies: Emergencies,
    /// A clone of what the core has (pointers only), so that the core never frees a configuration.
    snapshot: Snapshot,
    ending: Ending,
    /// A channel was not emptied in the last turn, and its waker may not speak again.
    may_have_more: bool,
    /// When `accept` is tried again after the descriptors ran out.
    accept_again: Option<Instant>,
}

impl Signalling {
    /// Builds the core and tells it what the last process left.
    pub(crate) fn new(
        poll: Poll,
        limbs: Limbs,
        (orders, handle): (Receiver<Order>, Handle),
        signals: Option<Signals>,
        start: Start,
        seed: [u8; 32],
    ) -> Signalling {
        let Start {
            snapshot,
            bindings,
            ghosts,
            callbacks,
        } = start;
        let mut signalling = Signalling {
            poll,
            core: Core::new(clock::now(), snapshot.clone(), seed),
            limbs,
            lanes: Lanes::default(),
            turn: VecDeque::new(),
            orders,
            signals,
            handle,
            emergencies: Emergencies::new(&snapshot.emergency),
            snapshot,
            ending: Ending::Running,
            may_have_more: false,
            accept_again: None,
        };
        signalling.feed(Input::Restore {
            bindings,
            ghosts,
            callbacks,
        });
        let sounds = signalling.snapshot.first_heard();
        signalling.limbs.crew.prepare(sounds);
        signalling
    }

    /// Pages are taken from now on, under this certificate.
    pub(crate) fn welcome_browsers(&mut self, identity: Identity) {
        self.core.welcome_browsers(identity);
    }

    /// Ports that were bound before the threads started.
    pub(crate) fn announce(&mut self, bound: Vec<u16>) {
        self.feed(Input::Ports { bound });
    }

    /// Works until the ending is over; gives back what is to be closed in order.
    pub(crate) fn run(mut self) -> Limbs {
        let mut events = Events::with_capacity(1_024);
        while self.ending != Ending::Over {
            self.limbs.flush();
            let timeout = self.timeout(clock::monotonic());
            if let Err(error) = self.poll.poll(&mut events, timeout)
                && error.kind() != ErrorKind::Interrupted
            {
                let text = format!("the signalling thread cannot wait for packets: {error}");
                self.limbs.log.say(Level::Error, "poll", text);
                std::thread::sleep(CROWDED);
            }
            for event in &events {
                self.on_event(event);
            }
            self.take_news();
            self.take_orders();
            self.read();
            if let Some(crowded) = self.lanes.turned() {
                self.feed(Input::Crowded(crowded));
            }
            self.lanes.take_turn(&mut self.turn);
            while let Some(input) = self.turn.pop_front() {
                self.feed(input);
            }
            self.keep_time();
        }
        self.limbs
    }

    /// One input to the core, and what follows from its outputs.
    fn feed(&mut self, input: Input) {
        let delivered = match &input {
            Input::Stream { flow, .. } => Some(*flow),
            _ => None,
        };
        let mut next = Some(input);
        while let Some(input) = next {
            let now = clock::now();
            for output in self.core.handle(now, input) {
                self.limbs
                    .carry_out(self.poll.registry(), now.monotonic, output);
            }
            next = self.limbs.flows.events.pop_front();
        }
        if let Some(flow) = delivered {
            self.limbs.flows.delivered(flow);
        }
        if std::mem::take(&mut self.limbs.unwatched) {
            self.feed(Input::Watch(false));
        }
        if std::mem::take(&mut self.limbs.idle) {
            self.cue(Cue::Idle);
        }
    }

    fn timeout(&self, now: Instant) -> Option<Duration> {
        if self.may_have_more
            || !self.lanes.is_empty()
            || !self.limbs.flows.is_line_empty()
            || (self.accept_again.is_none()
                && self.limbs.tcp.iter().any(|listening| listening.readable))
        {
            return Some(Duration::ZERO);
        }
        let deadlines = [
            self.core.next_deadline(),
            self.limbs.flows.next_deadline(),
            self.limbs.crew.next_deadline(),
            self.ending.deadline(),
            self.accept_again,
            self.limbs.is_crowded.then(|| now + CROWDED),
        ];
        let next = deadlines.into_iter().flatten().min()?;
        Some(next.saturating_duration_since(now))
    }

    fn on_event(&mut self, event: &mio::event::Event) {
        match event.token().0 {
            token if token >= FLOWS => {
                let readable = event.is_readable() || event.is_read_closed() || event.is_error();
                let writable = event.is_writable() || event.is_error();
                let flows = &mut self.limbs.flows;
                flows.on_event(self.poll.registry(), token - FLOWS, readable, writable);
            }
            token if token >= TCP => {
                if let Some(listening) = self.limbs.tcp.get_mut(token - TCP) {
                    listening.readable = true;
                }
            }
            token if token >= UDP => self.limbs.udp.on_event(token - UDP),
            token if token >= SIGNALS => self.on_signal(token - SIGNALS),
            _ => {}
        }
    }

    fn on_signal(&mut self, place: usize) {
        match self
            .signals
            .as_mut()
            .and_then(|signals| signals.read(place))
        {
            Some((Meaning::End, count)) => {
                for _ in 0..count {
                    self.cue(Cue::Signal);
                }
            }
            Some((Meaning::Reload, count)) if count > 0 => self.reload_aside(),
            Some((Meaning::Reload, _)) | None => {}
        }
    }

    /// The program reads its files on a thread of its own; the result comes back as an order.
    fn reload_aside(&self) {
        let (handle, log) = (self.handle.clone(), self.limbs.log.clone());
        let reload = move || {
            // What the program took or refused it has written into the log itself.
            if let Err(ReloadError::Order(error)) = handle.reload() {
                let text = format!("the old configuration stays: {error}");
                log.say(Level::Error, "reload", text);
            }
        };
        if let Err(error) = std::thread::Builder::new()
            .name("reload".into())
            .spawn(reload)
        {
            let text = format!("the configuration cannot be read now: {error}");
            self.limbs.log.say(Level::Error, "reload", text);
        }
    }

    /// What the media workers tell goes with the dialogs: a digit, an end, a port that came back. None of it may be dropped,
    /// so what has no room stays in the channel.
    fn take_news(&mut self) {
        self.may_have_more = true;
        for _ in 0..NEWS {
            if !self.lanes.has_room(Lane::Dialog) {
                return;
            }
            let Some(news) = self.limbs.crew.news() else {
                self.may_have_more = false;
                return;
            };
            let input = match news {
                FromWorker::Bound(bound) => Input::Ports { bound },
                FromWorker::Event(event) => Input::Media(event),
                FromWorker::Lost {
                    endpoint,
                    generation,
                } => {
                    self.limbs.crew.forget(endpoint);
                    Input::Media(MediaEvent::Failed {
                        endpoint,
                        generation,
                    })
                }
            };
            self.lanes.push(Lane::Dialog, input);
        }
    }

    fn take_orders(&mut self) {
        for _ in 0..NEWS {
            let Ok(order) = self.orders.try_recv() else {
                return;
            };
            self.carry_out(order);
        }
        self.may_have_more = true;
    }

    fn carry_out(&mut self, order: Order) {
        match order {
            Order::Command(command, reply) => {
                if self.lanes.has_room(Lane::Command) && self.limbs.expect_reply(command.id, reply)
                {
                    self.lanes.push(Lane::Command, Input::Command(command));
                }
            }
            Order::Reload(snapshot) => self.reload(*snapshot),
            Order::Watch(watcher) => {
                self.limbs.watcher = Some(watcher);
                // Whoever watched before may be gone: that is no news any more.
                self.limbs.unwatched = false;
                self.feed(Input::Watch(true));
                self.feed(Input::Look);
            }
            Order::Look => self.feed(Input::Look),
            Order::Review => self.feed(Input::Review),
            Order::Drain => self.cue(Cue::Drain),
            Order::Stop => self.cue(Cue::Stop),
            Order::Status(answer) => {
                // Whoever asked may have stopped waiting.
                let _ = answer.try_send(Status {
                    core: self.core.view(),
                    connections: self.limbs.flows.len(),
                    ending: self.ending != Ending::Running,
                });
            }
        }
    }

    fn reload(&mut self, snapshot: Snapshot) {
        self.emergencies = Emergencies::new(&snapshot.emergency);
        let sounds = snapshot.first_heard();
        let old = std::mem::replace(&mut self.snapshot, snapshot.clone());
        self.feed(Input::Reload(snapshot));
        self.limbs.crew.reloaded(Box::new(old));
        self.limbs.crew.prepare(sounds);
    }

    fn read(&mut self) {
        let Signalling {
            poll,
            limbs,
            lanes,
            emergencies,
            ..
        } = self;
        limbs.udp.read(lanes, emergencies, &limbs.counters);
        let now = clock::monotonic();
        if self.accept_again.is_none_or(|at| at <= now) {
            self.accept_again = None;
            for listening in limbs.tcp.iter_mut().filter(|listening| listening.readable) {
                match limbs.flows.accept(
                    poll.registry(),
                    &listening.socket,
                    listening.local,
                    &limbs.counters,
                ) {
                    Accepting::Done => listening.readable = false,
                    Accepting::More => {}
                    Accepting::Exhausted => self.accept_again = Some(now + EXHAUSTED),
                }
            }
        }
        limbs
            .flows
            .read(poll.registry(), emergencies, |lane, input| {
                lanes.push(lane, input)
            });
        self.turn.extend(limbs.flows.events.drain(..));
    }

    fn keep_time(&mut self) {
        let now = clock::monotonic();
        self.limbs.flows.expire(self.poll.registry(), now);
        while let Some(input) = self.limbs.flows.events.pop_front() {
            self.feed(input);
        }
        if self.core.next_deadline().is_some_and(|at| at <= now) {
            self.feed(Input::Deadline);
        }
        if self.ending != Ending::Running {
            let view = self.core.view();
            if view.calls == 0 && view.legs == 0 {
                // What only absorbs repetitions is not waited for.
                let owed = self.core.is_owed();
                self.cue(if owed { Cue::Quiet } else { Cue::Idle });
            }
            self.cue(Cue::Time);
        }
    }

    fn cue(&mut self, cue: Cue) {
        let (ending, say) = self.ending.step(clock::monotonic(), cue);
        self.ending = ending;
        match say {
            Some(Say::Drain) => {
                self.say_who_is_waited_for();
                self.feed(Input::Drain);
            }
            Some(Say::Stop) => self.feed(Input::Stop),
            None => {}
        }
    }

    /// Whoever pressed Ctrl-C during a call would think that it does nothing.
    fn say_who_is_waited_for(&self) {
        let calls = self.core.view().calls;
        if calls > 0 {
            let limit = DRAIN.as_secs();
            let text = format!(
                "no new calls; {calls} running have {limit} s, another Ctrl-C (or SIGTERM) ends them at once"
            );
            self.limbs.log.say(Level::Info, "ending", text);
        }
    }
}
