//! What the shell counts: lost datagrams, full lanes, refused connections. Read by `centrale status`, written with relaxed
//! atomics because no decision hangs on them.

use std::sync::atomic::{AtomicU64, Ordering};

/// One number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn one(&self) {
        self.add(1);
    }

    /// Its value now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Since the start of the process.
#[derive(Debug, Default)]
pub struct Counters {
    /// SIP datagrams received, with those dropped afterwards.
    pub datagrams: Counter,
    /// SIP datagrams dropped because their lane was full.
    pub lane_full: Counter,
    /// SIP datagrams that the kernel would not send.
    pub send_failed: Counter,
    /// Messages for a connection that was gone, or for an address we do not listen on.
    pub no_way: Counter,
    /// Connections accepted.
    pub accepted: Counter,
    /// Connections closed at once: too many, too many from one address, or no descriptor left.
    pub refused: Counter,
    /// RTP and RTCP packets that the kernel would not send.
    pub media_send_failed: Counter,
    /// Orders to a media worker that stands still.
    pub media_orders_lost: Counter,
    /// RTP ports that could not be bound: another program holds them, or no descriptor is left.
    pub ports_taken: Counter,
    /// Media workers started again after a panic.
    pub worker_restarts: Counter,
    /// Journal entries lost: the sink failed for longer than the bound allows.
    pub journal_lost: Counter,
    /// Log lines lost because the log itself was too slow.
    pub log_lost: Counter,
}
