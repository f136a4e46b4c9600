//! One TCP connection (RFC 3261 section 18): being made, open, or ending after its last bytes.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::Instant;

use bytes::{Buf, Bytes};
use mio::net::TcpStream;
use sip::Peer;

use crate::signalling::lanes::Lane;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Asked for and not yet there; given up at this time.
    Connecting(Instant),
    /// Carries messages.
    Open,
    /// The core let it go: what is queued is written, then our side is shut and the peer's rest is read away, so that a
    /// reset does not overtake our last answer. Cut at this time.
    Ending(Instant),
}

/// What a read gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read1 {
    /// These bytes.
    Chunk(Bytes),
    /// Nothing now.
    Dry,
    /// The connection ended.
    Ended,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) peer: Peer,
    pub(super) stream: TcpStream,
    pub(super) phase: Phase,
    /// The poll said there is something to read, and no read has said otherwise.
    pub(super) readable: bool,
    /// A chunk of it waits in a lane: it is not read before the core has seen that.
    pub(super) chunk_waits: bool,
    /// Stands in the line of those to be read.
    pub(super) in_line: bool,
    /// Lane of its last chunk; a chunk that begins in the middle of a message follows it.
    pub(super) lane: Lane,
    queued: VecDeque<Bytes>,
    queued_bytes: usize,
    shut: bool,
}

impl Connection {
    pub(super) fn new(peer: Peer, stream: TcpStream, phase: Phase) -> Connection {
        Connection {
            peer,
            stream,
            phase,
            readable: false,
            chunk_waits: false,
            in_line: false,
            lane: Lane::Rest,
            queued: VecDeque::new(),
            queued_bytes: 0,
            shut: false,
        }
    }

    /// Whether a chunk may be read from it now.
    pub(super) fn may_be_read(&self) -> bool {
        self.readable && !self.chunk_waits && !matches!(self.phase, Phase::Connecting(_))
    }

    /// One read into the shared buffer.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Read1 {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Read1::Ended,
                Ok(count) => {
                    let bytes = buffer.get(..count).unwrap_or_default();
                    return Read1::Chunk(Bytes::copy_from_slice(bytes));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.readable = false;
                    return Read1::Dry;
                }
                Err(_) => return Read1::Ended,
            }
        }
    }

    /// Queues one message. `false` when more waits than the bound allows: the peer does not read, and the connection is
    /// to be given up.
    pub(super) fn queue(&mut self, bytes: Bytes) -> bool {
        self.queued_bytes = self.queued_bytes.saturating_add(bytes.len());
        self.queued.push_back(bytes);
        self.queued_bytes <= call::limits::PENDING_STREAM
    }

    /// Writes what the kernel takes. `false` when the connection is broken.
    pub(super) fn write(&mut self) -> bool {
        while let Some(front) = self.queued.front_mut() {
            match self.stream.write(front) {
                Ok(0) => return false,
                Ok(count) => {
                    front.advance(count);
                    self.queued_bytes = self.queued_bytes.saturating_sub(count);
                    if front.is_empty() {
                        self.queued.pop_front();
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
        }
        if matches!(self.phase, Phase::Ending(_)) && !self.shut {
            self.shut = true;
            return self.stream.shutdown(Shutdown::Write).is_ok();
        }
        true
    }
}
