//! What goes into the core and what comes out of it. Both are plain values: a test compares lists of them.

use std::collections::VecDeque;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use media::{MediaCommand, MediaEvent};
use sip::transport::{FlowId, Peer};
use std::net::SocketAddr;

use crate::command::{Command, CommandId, CommandResult};
use crate::desk::DeskEvent;
use crate::journal::{Binding, Callback, Entry, GhostDialog, JourneyId};
use crate::snapshot::Snapshot;

/// The two times of one moment: the monotonic one for timers, the wall one for hours, nonces and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Never goes back; the only time that deadlines are made of.
    pub monotonic: Instant,
    /// UTC; may jump. Opening hours and records read it, timers never do.
    pub wall: SystemTime,
}

/// One thing that happened outside.
#[derive(Debug)]
pub enum Input {
    /// One UDP datagram, as it came, on the listener bound to `local`.
    Datagram {
        /// The listener's own address, as bound.
        local: SocketAddr,
        /// Where the datagram came from.
        from: SocketAddr,
        /// At most 64 KiB; the core indexes it in place.
        bytes: Bytes,
    },
    /// Bytes of a connection, cut anywhere.
    Stream {
        /// The connection.
        flow: FlowId,
        /// What was read.
        bytes: Bytes,
    },
    /// A connection is there: accepted by a listener, or asked for by [`Output::Connect`].
    Opened {
        /// `peer.flow` is set. Ids of accepted connections are below `FlowId(1 << 63)`; the core mints those above.
        peer: Peer,
    },
    /// A connection asked for by [`Output::Connect`] could not be made.
    ConnectFailed {
        /// The connection that never was.
        flow: FlowId,
    },
    /// A connection ended, whoever ended it.
    Closed {
        /// Gone; its id never comes back.
        flow: FlowId,
    },
    /// Ports that a media worker has bound and holds ready: even RTP ports, chosen at random by the shell.
    Ports {
        /// Even port numbers of the media address.
        bound: Vec<u16>,
    },
    /// Something the media plane noticed.
    Media(MediaEvent),
    /// A verb from a console, a phone's feature key or the command line.
    Command(Command),
    /// A desk watches from now on, or none does any more: while one does, every change leaves as [`Output::Desk`].
    Watch(bool),
    /// The watching desk begins, or lost some events: answered by [`DeskEvent::Everything`].
    Look,
    /// What the desk was told of every line is compared with what is, and only what differs is told: a line never stays busy
    /// after its call (CON-9). Each account is looked at.
    Review,
    /// New configuration, whole; the parts that did not change are the same `Arc`s.
    Reload(Snapshot),
    /// What the last process left: sent once, before the first datagram.
    Restore {
        /// Live registrations.
        bindings: Vec<Binding>,
        /// Dialogs that were answered and never ended: each gets its BYE.
        ghosts: Vec<GhostDialog>,
        /// Whom calls back after an emergency call are for.
        callbacks: Vec<Callback>,
    },
    /// More new requests wait than we can serve in time, or no longer so: meanwhile new calls get 503, emergencies excepted.
    Crowded(bool),
    /// New calls get 503 from now on; running ones go on (first Ctrl-C).
    Drain,
    /// Every call gets its BYE now (second Ctrl-C, or the drain's 30 s are over).
    Stop,
    /// The moment given by [`crate::Core::next_deadline`] has come.
    Deadline,
}

/// One thing to be done outside. The shell does it and decides nothing.
#[derive(Debug)]
pub enum Output {
    /// Send these bytes: from the listener `to.local` when there is no flow, else on the flow.
    Transmit {
        /// Where to.
        to: Peer,
        /// One whole message.
        bytes: Bytes,
    },
    /// Open a connection; answered by `Opened` or `ConnectFailed`. What is transmitted on it before waits in the core.
    Connect {
        /// `flow` is set and new; `local` names the listener whose address should be the source.
        to: Peer,
    },
    /// End a connection after what was already transmitted on it.
    Close {
        /// The connection.
        flow: FlowId,
    },
    /// For the media worker that owns the endpoint.
    Media(MediaCommand),
    /// The answer to a command.
    Reply {
        /// Which command.
        command: CommandId,
        /// What became of it.
        result: CommandResult,
    },
    /// A fact for the journal: written at most 100 ms after it was handed out.
    Journal(Entry),
    /// A line for the log. `key` names the kind and source, so that the shell limits the rate per kind and source.
    Log(Note),
    /// Something a desk shows changed; only while one watches.
    Desk(DeskEvent),
    /// The core holds no call, leg, transaction or deadline any more, after `Drain` or `Stop`.
    Idle,
}

/// One line for the log, with what its rate limit goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How bad it is.
    pub level: Level,
    /// The kind of event, a constant of the code: one rate limit per kind and source.
    pub kind: &'static str,
    /// Who caused it, when a peer did.
    pub source: Option<SocketAddr>,
    /// The call that it concerns (CALL-17): the same id as in its records.
    pub journey: Option<JourneyId>,
    /// The sentence, without numbers of citizens in clear.
    pub text: String,
}

/// How bad a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Normal, worth a line.
    Info,
    /// Someone should look today.
    Warn,
    /// Someone should look now.
    Error,
}

/// The outputs of one input. Drain them before the next input: the borrow makes that a rule of the compiler.
#[must_use = "outputs that are dropped are messages never sent"]
#[derive(Debug)]
pub struct Outputs<'a> {
    queue: &'a mut VecDeque<Output>,
}

impl<'a> Outputs<'a> {
    pub(crate) fn new(queue: &'a mut VecDeque<Output>) -> Outputs<'a> {
        Outputs { queue }
    }
}

impl Iterator for Outputs<'_> {
    type Item = Output;

    fn next(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }
}
