//! One transaction as the table keeps it: key, machine, peer, clocks and the bytes it would send again.
//!
//! The request of a server transaction is not kept, nor the response of a client transaction: a completed
//! transaction is its key and its last bytes (RFC 3261 section 17 needs no more).

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::action::{Action, ClientEvent, Pace, ServerEvent, Wait};
use super::deadlines::{Clock, Deadline};
use super::{Timers, client, invite_client, invite_server, server};
use crate::Peer;

/// The state of one of the four machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Machine {
    InviteClient(invite_client::State),
    Client(client::State),
    InviteServer(invite_server::State),
    Server(server::State),
}

/// An event for a machine of either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Client(ClientEvent),
    Server(ServerEvent),
    Clock(Clock),
}

impl Machine {
    /// The arrow for this event. An event of the wrong side moves nothing.
    pub(super) fn step(self, event: Event) -> (Machine, &'static [Action]) {
        match self {
            Machine::InviteClient(state) => match event.for_client() {
                Some(event) => {
                    let (state, actions) = invite_client::step(state, event);
                    (Machine::InviteClient(state), actions)
                }
                None => (self, &[]),
            },
            Machine::Client(state) => match event.for_client() {
                Some(event) => {
                    let (state, actions) = client::step(state, event);
                    (Machine::Client(state), actions)
                }
                None => (self, &[]),
            },
            Machine::InviteServer(state) => match event.for_server() {
                Some(event) => {
                    let (state, actions) = invite_server::step(state, event);
                    (Machine::InviteServer(state), actions)
                }
                None => (self, &[]),
            },
            Machine::Server(state) => match event.for_server() {
                Some(event) => {
                    let (state, actions) = server::step(state, event);
                    (Machine::Server(state), actions)
                }
                None => (self, &[]),
            },
        }
    }

    /// Whether the figure's last state is reached.
    pub(super) fn is_terminated(self) -> bool {
        matches!(
            self,
            Machine::InviteClient(invite_client::State::Terminated)
                | Machine::Client(client::State::Terminated)
                | Machine::InviteServer(invite_server::State::Terminated)
                | Machine::Server(server::State::Terminated)
        )
    }

    /// Whether something is owed by the peer: the final response to a request of ours, or the ACK of a refusal.
    pub(super) fn is_owed(self) -> bool {
        matches!(
            self,
            Machine::InviteClient(invite_client::State::Calling | invite_client::State::Proceeding)
                | Machine::Client(client::State::Trying | client::State::Proceeding)
                | Machine::InviteServer(invite_server::State::Completed)
        )
    }

    /// Whether we sent the request.
    pub(super) fn is_client(self) -> bool {
        matches!(self, Machine::InviteClient(_) | Machine::Client(_))
    }
}

impl Event {
    fn for_client(self) -> Option<ClientEvent> {
        match self {
            Event::Client(event) => Some(event),
            Event::Clock(Clock::Repeat) => Some(ClientEvent::Repeat),
            Event::Clock(Clock::Expire) => Some(ClientEvent::Expire),
            Event::Server(_) => None,
        }
    }

    fn for_server(self) -> Option<ServerEvent> {
        match self {
            Event::Server(event) => Some(event),
            Event::Clock(Clock::Repeat) => Some(ServerEvent::Repeat),
            Event::Clock(Clock::Expire) => Some(ServerEvent::Expire),
            Event::Client(_) => None,
        }
    }
}

/// One live transaction.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) key: Arc<[u8]>,
    pub(super) machine: Machine,
    pub(super) peer: Peer,
    /// What a repetition sends; empty when nothing is repeated.
    pub(super) bytes: Bytes,
    /// The interval that timer A, E or G was last started with.
    pub(super) interval: Duration,
    pub(super) repeat: Option<Instant>,
    pub(super) expire: Option<Instant>,
}

impl Record {
    /// Whether a queued deadline is still this record's.
    pub(super) fn awaits(&self, deadline: &Deadline) -> bool {
        let running = match deadline.clock {
            Clock::Repeat => self.repeat,
            Clock::Expire => self.expire,
        };
        running == Some(deadline.at)
    }

    /// The next interval of timers A, E and G, or `None` over a reliable transport (17.1.1.2, 17.1.2.2, 17.2.1).
    pub(super) fn pace(&self, timers: &Timers, pace: Pace) -> Option<Duration> {
        if self.peer.transport.is_reliable() {
            return None;
        }
        Some(match pace {
            Pace::First => timers.t1,
            Pace::Double => self.interval.saturating_mul(2),
            Pace::DoubleToT2 => self.interval.saturating_mul(2).min(timers.t2),
            Pace::T2 => timers.t2,
        })
    }

    /// How long the new state lasts; `None` is "not at all", the zero of table 4 for reliable transports.
    pub(super) fn wait(&self, timers: &Timers, wait: Wait) -> Option<Duration> {
        match wait {
            Wait::Long => Some(timers.long()),
            Wait::LongUnreliable | Wait::ShortUnreliable if self.peer.transport.is_reliable() => {
                None
            }
            Wait::LongUnreliable => Some(timers.long()),
            Wait::ShortUnreliable => Some(timers.t4),
        }
    }
}
