//! The open sockets of a worker: one line for RTP, and one for RTCP where the peer does not multiplex (RFC 5761).
//!
//! They stand in mio's epoll level-triggered, which mio itself does not offer: a stream has one packet waiting, which is read at
//! its event, and the second `recvfrom` that only says "no more" is a fifth of what a relayed packet costs.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use media::plane::{Channel, EndpointId, Generation};
use mio::Registry;
use mio::net::UdpSocket;
use rustix::event::epoll;
use slab::Slab;

use super::reserve::Pair;

/// Both lines of an endpoint, outside of any poll.
pub(super) struct Lines {
    pub(super) port: u16,
    pub(super) generation: Generation,
    pub(super) pair: Pair,
    /// Whether the peer sends RTCP to a port of its own.
    has_rtcp: bool,
}

struct Line {
    socket: UdpSocket,
    endpoint: EndpointId,
    channel: Channel,
}

/// One datagram, or why there is none: whose socket, which of its two, length and sender.
type Received = (EndpointId, Channel, io::Result<(usize, SocketAddr)>);

/// What belongs to an endpoint.
struct Owned {
    port: u16,
    rtp: usize,
    rtcp: Option<usize>,
    /// The RTCP socket of an earlier call, as long as this one does not need it.
    spare: Option<UdpSocket>,
    /// Of the newest order, so that a fault can be told with it.
    generation: Generation,
}

/// All lines of a worker; their poll tokens are their keys.
#[derive(Default)]
pub(super) struct Sockets {
    lines: Slab<Line>,
    owned: HashMap<EndpointId, Owned>,
}

impl Sockets {
    /// Enters the RTP line of a new endpoint.
    pub(super) fn open(
        &mut self,
        registry: &Registry,
        endpoint: EndpointId,
        port: u16,
        pair: Pair,
    ) -> io::Result<()> {
        let lines = Lines {
            port,
            generation: Generation(0),
            pair,
            has_rtcp: false,
        };
        self.enter(registry, endpoint, lines)
    }

    /// Whether the endpoint is here.
    pub(super) fn has(&self, endpoint: EndpointId) -> bool {
        self.owned.contains_key(&endpoint)
    }

    /// Adds the RTCP line, once.
    pub(super) fn open_rtcp(
        &mut self,
        registry: &Registry,
        endpoint: EndpointId,
        bind: impl FnOnce(u16) -> io::Result<UdpSocket>,
    ) -> io::Result<()> {
        let Some(owned) = self.owned.get_mut(&endpoint) else {
            return Ok(());
        };
        if owned.rtcp.is_some() {
            return Ok(());
        }
        let socket = match owned.spare.take() {
            Some(spare) => spare,
            None => bind(owned.port.saturating_add(1))?,
        };
        owned.rtcp = Some(register(
            &mut self.lines,
            registry,
            endpoint,
            Channel::Rtcp,
            socket,
        )?);
        Ok(())
    }

    /// Notes the generation of an order.
    pub(super) fn ordered(&mut self, endpoint: EndpointId, generation: Generation) {
        if let Some(owned) = self.owned.get_mut(&endpoint) {
            owned.generation = generation;
        }
    }

    /// The endpoint's lines, out of the poll: to be moved or dropped.
    pub(super) fn leave(&mut self, registry: &Registry, endpoint: EndpointId) -> Option<Lines> {
        let owned = self.owned.remove(&endpoint)?;
        let mut out = |key: usize| {
            let line = self.lines.try_remove(key)?;
            // A line that was never in the poll is as good as one that left it.
            let _ = epoll::delete(registry, &line.socket);
            Some(line.socket)
        };
        let rtp = out(owned.rtp)?;
        let rtcp = owned.rtcp.and_then(out);
        Some(Lines {
            port: owned.port,
            generation: owned.generation,
            has_rtcp: rtcp.is_some(),
            pair: Pair {
                rtp,
                rtcp: rtcp.or(owned.spare),
            },
        })
    }

    /// Enters lines that came from another worker.
    pub(super) fn enter(
        &mut self,
        registry: &Registry,
        endpoint: EndpointId,
        lines: Lines,
    ) -> io::Result<()> {
        let Pair { rtp, rtcp } = lines.pair;
        let rtp = register(&mut self.lines, registry, endpoint, Channel::Rtp, rtp)?;
        let (rtcp, spare) = match rtcp {
            Some(socket) if lines.has_rtcp => {
                let key = register(&mut self.lines, registry, endpoint, Channel::Rtcp, socket);
                (key.ok(), None)
            }
            spare => (None, spare),
        };
        self.owned.insert(
            endpoint,
            Owned {
                port: lines.port,
                rtp,
                rtcp,
                spare,
                generation: lines.generation,
            },
        );
        Ok(())
    }

    /// How many endpoints are here.
    pub(super) fn len(&self) -> usize {
        self.owned.len()
    }

    /// One datagram from a line, into the shared buffer.
    pub(super) fn receive(&self, key: usize, buffer: &mut [u8]) -> Option<Received> {
        let line = self.lines.get(key)?;
        Some((line.endpoint, line.channel, line.socket.recv_from(buffer)))
    }

    /// Sends one datagram. `false` when the kernel would not take it or there is no such line.
    pub(super) fn send(
        &self,
        endpoint: EndpointId,
        channel: Channel,
        to: SocketAddr,
        bytes: &[u8],
    ) -> bool {
        let key = self.owned.get(&endpoint).and_then(|owned| match channel {
            Channel::Rtp => Some(owned.rtp),
            Channel::Rtcp => owned.rtcp,
        });
        key.and_then(|key| self.lines.get(key))
            .is_some_and(|line| line.socket.send_to(bytes, to).is_ok())
    }

    /// All endpoints here, to be told as lost.
    pub(super) fn endpoints(&self) -> Vec<EndpointId> {
        let mut all: Vec<EndpointId> = self.owned.keys().copied().collect();
        all.sort_unstable();
        all
    }
}

fn register(
    lines: &mut Slab<Line>,
    registry: &Registry,
    endpoint: EndpointId,
    channel: Channel,
    socket: UdpSocket,
) -> io::Result<usize> {
    let entry = lines.vacant_entry();
    let key = entry.key();
    // mio gives the number back as the event's token.
    let token = epoll::EventData::new_u64(u64::try_from(key).unwrap_or(u64::MAX));
    epoll::add(registry, &socket, token, epoll::EventFlags::IN)?;
    entry.insert(Line {
        socket,
        endpoint,
        channel,
    });
    Ok(key)
}
