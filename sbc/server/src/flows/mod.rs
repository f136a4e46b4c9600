//! The TCP connections of the shell: accepted or made, read one chunk at a time, written with bounded buffers, and closed
//! after their last bytes (RFC 3261 section 18; RELIABILITY faults 10, 11, 16, 36).

mod connection;

use std::collections::{HashMap, VecDeque};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use call::{Input, limits};
use mio::net::TcpListener;
use mio::{Interest, Registry, Token};
use sip::{FlowId, Peer, Transport};
use slab::Slab;

use crate::counters::Counters;
use crate::signalling::glance::{self, Emergencies};
use crate::signalling::lanes::Lane;
use connection::{Connection, Phase, Read1};

/// Read at once from a connection; also the most that one connection has in a lane.
const CHUNK: usize = 64 * 1024;
/// How long the last bytes of a connection may take.
const ENDING: Duration = Duration::from_secs(2);
/// Connections accepted before others get their turn.
const ACCEPTS: usize = 64;
/// Reads in one turn of the loop.
const READS: usize = 64;
/// Ids from here on are minted by the core.
const CORE_IDS: u64 = 1 << 63;

/// How an accepting turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepting {
    /// Nobody waits any more.
    Done,
    /// Some may still wait: come back after the others' turn.
    More,
    /// No descriptor is left: come back later, nothing is lost.
    Exhausted,
}

/// All connections. What happens to them goes out through `events`, in order.
pub(crate) struct Flows {
    connections: Slab<Connection>,
    by_id: HashMap<FlowId, usize>,
    per_address: HashMap<IpAddr, usize>,
    /// Keys of connections that may be read.
    line: VecDeque<usize>,
    /// Deadlines of equal length each, so the first to come is the first to run out.
    connecting: VecDeque<(Instant, FlowId)>,
    ending: VecDeque<(Instant, FlowId)>,
    next_id: u64,
    limit: usize,
    first_token: usize,
    buffer: Vec<u8>,
    /// For the core, in the order in which it happened.
    pub(crate) events: VecDeque<Input>,
}

impl Flows {
    /// `limit` connections at once; poll tokens from `first_token` on are theirs.
    pub(crate) fn new(limit: usize, first_token: usize) -> Flows {
        Flows {
            connections: Slab::new(),
            by_id: HashMap::new(),
            per_address: HashMap::new(),
            line: VecDeque::new(),
            connecting: VecDeque::new(),
            ending: VecDeque::new(),
            next_id: 1,
            limit,
            first_token,
            buffer: vec![0; CHUNK],
            events: VecDeque::new(),
        }
    }

    /// Connections there are.
    pub(crate) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Takes those who wait at a listener.
    pub(crate) fn accept(
        &mut self,
        registry: &Registry,
        listener: &TcpListener,
        local: SocketAddr,
        counters: &Counters,
    ) -> Accepting {
        for _ in 0..ACCEPTS {
            match listener.accept() {
                Ok((stream, remote)) => {
                    let full = self.connections.len() >= self.limit
                        || self.from(remote) >= limits::FLOWS_PER_ADDRESS;
                    if full || stream.set_nodelay(true).is_err() {
                        counters.refused.one();
                        continue;
                    }
                    let peer = Peer {
                        transport: Transport::Tcp,
                        local,
                        remote,
                        flow: Some(self.mint()),
                    };
                    if self.admit(registry, peer, stream, Phase::Open) {
                        counters.accepted.one();
                        self.events.push_back(Input::Opened { peer });
                    } else {
                        counters.refused.one();
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Accepting::Done,
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Interrupted | ErrorKind::ConnectionAborted
                    ) => {}
                Err(_) => return Accepting::Exhausted,
            }
        }
        Accepting::More
    }

    /// Begins a connection that the core asked for.
    pub(crate) fn connect(&mut self, registry: &Registry, to: Peer, now: Instant) {
        let Some(flow) = to.flow else {
            return;
        };
        let deadline = now + limits::CONNECT;
        let made = self.connections.len() < self.limit
            && to.transport == Transport::Tcp
            && !self.by_id.contains_key(&flow)
            && crate::bind::connect(to.local.ip(), to.remote)
                .is_ok_and(|stream| self.admit(registry, to, stream, Phase::Connecting(deadline)));
        if made {
            self.connecting.push_back((deadline, flow));
        } else {
            self.events.push_back(Input::ConnectFailed { flow });
        }
    }

    /// Sends one message on a connection. `false` when there is no such connection.
    pub(crate) fn transmit(&mut self, registry: &Registry, flow: FlowId, bytes: Bytes) -> bool {
        let Some(connection) = self.get(flow) else {
            return false;
        };
        if matches!(connection.phase, Phase::Ending(_)) {
            return false;
        }
        let fits = connection.queue(bytes);
        let alive = matches!(connection.phase, Phase::Connecting(_)) || connection.write();
        if !(fits && alive) {
            self.end(registry, flow);
        }
        true
    }

    /// Ends a connection after what was already sent on it.
    pub(crate) fn close(&mut self, registry: &Registry, flow: FlowId, now: Instant) {
        let Some(connection) = self.get(flow) else {
            return;
        };
        match connection.phase {
            Phase::Ending(_) => {}
            Phase::Connecting(_) => self.end(registry, flow),
            Phase::Open => {
                let deadline = now + ENDING;
                connection.phase = Phase::Ending(deadline);
                connection.chunk_waits = false;
                if connection.write() {
                    self.ending.push_back((deadline, flow));
                    self.stand_in_line(flow);
                } else {
                    self.end(registry, flow);
                }
            }
        }
    }

    /// The poll reports on a connection's token.
    pub(crate) fn on_event(
        &mut self,
        registry: &Registry,
        key: usize,
        readable: bool,
        writable: bool,
    ) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        let peer = connection.peer;
        let Some(flow) = peer.flow else {
            return;
        };
        connection.readable |= readable;
        if writable || matches!(connection.phase, Phase::Connecting(_)) {
            if let Phase::Connecting(_) = connection.phase {
                let failed = matches!(connection.stream.take_error(), Ok(Some(_)) | Err(_));
                if failed {
                    return self.end(registry, flow);
                }
                if connection.stream.peer_addr().is_err() {
                    return;
                }
                connection.phase = Phase::Open;
                self.events.push_back(Input::Opened { peer });
            }
            if self.get(flow).is_some_and(|connection| !connection.write()) {
                return self.end(registry, flow);
            }
        }
        self.stand_in_line(flow);
    }

    /// Reads in turn from those that may be read; gives each chunk with its lane.
    pub(crate) fn read(
        &mut self,
        registry: &Registry,
        emergencies: &Emergencies,
        mut chunk: impl FnMut(Lane, Input),
    ) {
        for _ in 0..READS.min(self.line.len()) {
            let Some(key) = self.line.pop_front() else {
                return;
            };
            let Some(connection) = self.connections.get_mut(key) else {
                continue;
            };
            connection.in_line = false;
            let Some(flow) = connection.peer.flow.filter(|_| connection.may_be_read()) else {
                continue;
            };
            match connection.read(&mut self.buffer) {
                Read1::Dry => {}
                Read1::Ended => self.end(registry, flow),
                Read1::Chunk(_) if matches!(connection.phase, Phase::Ending(_)) => {
                    self.stand_in_line(flow)
                }
                Read1::Chunk(bytes) => {
                    if let Some(lane) = glance::lane_of(&bytes, emergencies) {
                        connection.lane = lane;
                    }
                    connection.chunk_waits = true;
                    chunk(connection.lane, Input::Stream { flow, bytes });
                }
            }
        }
    }

    /// The core has seen the connection's chunk: it may be read again.
    pub(crate) fn delivered(&mut self, flow: FlowId) {
        if let Some(connection) = self.get(flow) {
            connection.chunk_waits = false;
            self.stand_in_line(flow);
        }
    }

    /// Whether a connection waits to be read.
    pub(crate) fn is_line_empty(&self) -> bool {
        self.line.is_empty()
    }

    /// Gives up what took too long.
    pub(crate) fn expire(&mut self, registry: &Registry, now: Instant) {
        while let Some((_, flow)) = self.connecting.pop_front_if(|(at, _)| *at <= now) {
            if self
                .get(flow)
                .is_some_and(|connection| matches!(connection.phase, Phase::Connecting(_)))
            {
                self.end(registry, flow);
            }
        }
        while let Some((_, flow)) = self.ending.pop_front_if(|(at, _)| *at <= now) {
            self.end(registry, flow);
        }
    }

    /// When [`Flows::expire`] has something to do.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let first = |queue: &VecDeque<(Instant, FlowId)>| queue.front().map(|(at, _)| *at);
        first(&self.connecting)
            .into_iter()
            .chain(first(&self.ending))
            .min()
    }

    fn get(&mut self, flow: FlowId) -> Option<&mut Connection> {
        self.connections.get_mut(*self.by_id.get(&flow)?)
    }

    fn from(&self, remote: SocketAddr) -> usize {
        self.per_address
            .get(&remote.ip().to_canonical())
            .copied()
            .unwrap_or(0)
    }

    fn mint(&mut self) -> FlowId {
        let id = FlowId(self.next_id);
        self.next_id = (self.next_id + 1) % CORE_IDS;
        id
    }

    fn admit(
        &mut self,
        registry: &Registry,
        peer: Peer,
        stream: mio::net::TcpStream,
        phase: Phase,
    ) -> bool {
        let Some(flow) = peer.flow else {
            return false;
        };
        let entry = self.connections.vacant_entry();
        let key = entry.key();
        let mut connection = Connection::new(peer, stream, phase);
        let token = Token(self.first_token + key);
        if registry
            .register(
                &mut connection.stream,
                token,
                Interest::READABLE | Interest::WRITABLE,
            )
            .is_err()
        {
            return false;
        }
        entry.insert(connection);
        self.by_id.insert(flow, key);
        *self
            .per_address
            .entry(peer.remote.ip().to_canonical())
            .or_default() += 1;
        true
    }

    /// Puts a connection in the line of those to be read, once.
    fn stand_in_line(&mut self, flow: FlowId) {
        let Some(key) = self.by_id.get(&flow).copied() else {
            return;
        };
        if let Some(connection) = self.connections.get_mut(key)
            && connection.may_be_read()
            && !connection.in_line
        {
            connection.in_line = true;
            self.line.push_back(key);
        }
    }

    fn end(&mut self, registry: &Registry, flow: FlowId) {
        let Some(key) = self.by_id.remove(&flow) else {
            return;
        };
        let Some(mut connection) = self.connections.try_remove(key) else {
            return;
        };
        let address = connection.peer.remote.ip().to_canonical();
        if let Some(count) = self.per_address.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.per_address.remove(&address);
            }
        }
        // The descriptor is closed with the stream; a failure here changes nothing.
        let _ = registry.deregister(&mut connection.stream);
        self.events.push_back(match connection.phase {
            Phase::Connecting(_) => Input::ConnectFailed { flow },
            Phase::Open | Phase::Ending(_) => Input::Closed { flow },
        });
    }
}

#[cfg(test)]
mod tests;
