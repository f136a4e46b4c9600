//! The limbs of the signalling thread: what it sends with, and the one place where an output of the core is carried out.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use call::{CommandId, CommandResult, Output};
use mio::Registry;
use mio::net::TcpListener;

use super::udp::UdpListeners;
use crate::counters::Counters;
use crate::desk::Watcher;
use crate::flows::Flows;
use crate::handle::ReplyTo;
use crate::journal::Journal;
use crate::log::Log;
use crate::media_workers::Crew;

/// Commands whose answer is awaited; above it a further one is let go of unanswered.
const REPLIES: usize = 1_024;

/// A TCP listener in the poll.
pub(crate) struct TcpListening {
    pub(crate) socket: TcpListener,
    pub(crate) local: SocketAddr,
    pub(crate) readable: bool,
}

/// Everything that acts.
pub(crate) struct Limbs {
    pub(crate) udp: UdpListeners,
    pub(crate) tcp: Vec<TcpListening>,
    pub(crate) flows: Flows,
    pub(crate) crew: Crew,
    pub(crate) journal: Journal,
    pub(crate) log: Log,
    pub(crate) counters: Arc<Counters>,
    pub(crate) replies: HashMap<CommandId, Vec<ReplyTo>>,
    /// Answers to commands that leave with the next flush: whoever ordered has been told what changed before.
    pub(crate) answers: Vec<(Vec<ReplyTo>, CommandResult)>,
    /// Who is told what a desk shows.
    pub(crate) watcher: Option<Watcher>,
    /// Whoever watched is gone, and the core not yet told.
    pub(crate) unwatched: bool,
    /// The core said [`Output::Idle`].
    pub(crate) idle: bool,
    /// Something waits for room in a channel.
    pub(crate) is_crowded: bool,
}

impl Limbs {
    /// Carries out one output.
    pub(crate) fn carry_out(&mut self, registry: &Registry, now: Instant, output: Output) {
        match output {
            Output::Transmit { to, bytes } => match to.flow {
                None => self.udp.send(to.local, to.remote, &bytes, &self.counters),
                Some(flow) => {
                    if !self.flows.transmit(registry, flow, bytes) {
                        self.counters.no_way.one();
                    }
                }
            },
            Output::Connect { to } => self.flows.connect(registry, to, now),
            Output::Close { flow } => self.flows.close(registry, flow, now),
            Output::Media(command) => {
                if !self.crew.command(now, command) {
                    self.counters.media_orders_lost.one();
                }
            }
            Output::Reply { command, result } => self.reply(command, result),
            Output::Journal(entry) => {
                if self.journal.outbox.push(entry).is_err() {
                    self.counters.journal_lost.one();
                }
            }
            Output::Log(note) => self.log.note(note),
            Output::Desk(event) => {
                if self.watcher.as_mut().is_some_and(|to| !to.push(event)) {
                    self.watcher = None;
                    self.unwatched = true;
                }
            }
            Output::Idle => self.idle = true,
        }
    }

    /// Remembers whom to answer. `false` when too many wait; the sender then sees its reply dropped.
    pub(crate) fn expect_reply(&mut self, command: CommandId, reply: ReplyTo) -> bool {
        if self.replies.len() >= REPLIES {
            return false;
        }
        self.replies.entry(command).or_default().push(reply);
        true
    }

    fn reply(&mut self, command: CommandId, result: CommandResult) {
        // A command sent again while the first waits is answered with it.
        if let Some(replies) = self.replies.remove(&command) {
            self.answers.push((replies, result));
        }
    }

    /// Sends on what waited for room.
    pub(crate) fn flush(&mut self) {
        self.journal.outbox.flush();
        if let Some(watcher) = &mut self.watcher {
            watcher.flush();
        }
        for (replies, result) in std::mem::take(&mut self.answers) {
            for reply in replies {
                reply(result.clone());
            }
        }
        let crew = self.crew.flush();
        self.is_crowded = crew || self.journal.outbox.is_waiting();
    }
}
