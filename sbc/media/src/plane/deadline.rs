//! What has to happen to an endpoint at a certain time, besides its sound. Each endpoint has at most one
//! of each kind, and a relayed packet touches none: a deadline looks when it comes whether it was moved on.

use std::{cmp::Reverse, collections::BinaryHeap, time::Instant};

use super::command::EndpointId;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// The next RTCP report.
    Report,
    /// Whether the party has fallen silent.
    Silence,
    /// Whether we have sent anything lately.
    KeepAlive,
    /// A repetition of a browser's handshake, or whether the browser is lost.
    Browser,
}

/// All deadlines of a plane.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// Time, then endpoint and kind, so that equal times have one order.
    heap: BinaryHeap<Reverse<(Instant, EndpointId, Due)>>,
}

impl Deadlines {
    pub(super) fn add(&mut self, at: Instant, endpoint: EndpointId, due: Due) {
        self.heap.push(Reverse((at, endpoint, due)));
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    /// Takes one that is due.
    pub(super) fn take(&mut self, now: Instant) -> Option<(Instant, EndpointId, Due)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(due)| due)
    }
}
