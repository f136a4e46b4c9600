//! The deadlines of all transactions: one first-in first-out queue for each duration in use (RFC 3261 table 4).
//!
//! Equal durations expire in the order they were started, so a queue needs no sorting: starting and firing are
//! O(1), and there are about a dozen durations (T1 doubled, T2, T4, 64*T1). A stopped timer stays in its queue
//! as a stale entry until it comes to the front, or until [`Deadlines::compact`] finds too many of them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How late the end of a state may be noticed when nothing else happens: it comes after seconds, and mostly with the next message.
pub(super) const LATE: Duration = Duration::from_millis(250);

/// Which of a transaction's two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Timers A, E and G.
    Repeat,
    /// Timers B, D, F, H, I, J, K, L and M.
    Expire,
}

/// One started timer of transaction `id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    pub(super) id: u64,
    pub(super) clock: Clock,
}

/// All started timers.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    queues: Vec<(Duration, VecDeque<Deadline>)>,
    entries: usize,
}

impl Deadlines {
    /// Starts a timer that fires `after` from `now`; `now` never goes back between calls.
    pub(super) fn start(
        &mut self,
        now: Instant,
        after: Duration,
        id: u64,
        clock: Clock,
    ) -> Instant {
        let at = now.checked_add(after).unwrap_or(now);
        let deadline = Deadline { at, id, clock };
        match self
            .queues
            .iter_mut()
            .find(|(duration, _)| *duration == after)
        {
            Some((_, queue)) => queue.push_back(deadline),
            None => self.queues.push((after, VecDeque::from([deadline]))),
        }
        self.entries = self.entries.saturating_add(1);
        at
    }

    /// The earliest timer of all, stale ones included; see [`Deadlines::drop_stale`].
    pub(super) fn earliest(&self) -> Option<Deadline> {
        self.queues
            .iter()
            .filter_map(|(_, queue)| queue.front())
            .min_by_key(|deadline| deadline.at)
            .copied()
    }

    /// When somebody must be woken for the earliest of each queue: in time for a repetition, [`LATE`] for an end.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        let wake = |deadline: &Deadline| match deadline.clock {
            Clock::Repeat => deadline.at,
            Clock::Expire => deadline.at.checked_add(LATE).unwrap_or(deadline.at),
        };
        let fronts = self.queues.iter().filter_map(|(_, queue)| queue.front());
        fronts.map(wake).min()
    }

    /// Takes the earliest timer that is due, stale ones included.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Deadline> {
        let is_due =
            |queue: &VecDeque<Deadline>| queue.front().is_some_and(|first| first.at <= now);
        let queues = self.queues.iter_mut().map(|(_, queue)| queue);
        let queue = queues
            .filter(|queue| is_due(queue))
            .min_by_key(|queue| queue.front().map(|first| first.at))?;
        self.entries = self.entries.saturating_sub(1);
        queue.pop_front()
    }

    /// Removes the stale entries at the front of each queue, so that [`Deadlines::earliest`] is a live one.
    pub(super) fn drop_stale(&mut self, live: impl Fn(&Deadline) -> bool) {
        for (_, queue) in &mut self.queues {
            while queue.front().is_some_and(|deadline| !live(deadline)) {
                queue.pop_front();
                self.entries = self.entries.saturating_sub(1);
            }
        }
    }

    /// Removes every stale entry when there are more than twice as many entries as can be live.
    pub(super) fn compact(&mut self, transactions: usize, live: impl Fn(&Deadline) -> bool) {
        let most = transactions.saturating_mul(4).saturating_add(64);
        if self.entries <= most {
            return;
        }
        for (_, queue) in &mut self.queues {
            queue.retain(|deadline| live(deadline));
        }
        self.entries = self.queues.iter().map(|(_, queue)| queue.len()).sum();
    }

    /// How many entries are kept, stale ones included.
    pub(super) fn entries(&self) -> usize {
        self.entries
    }
}
