//! A bounded channel whose sender never waits: what the channel cannot take waits with the sender, up to a bound. The order
//! is kept. The receiver's poll is woken once for all that was pushed between two flushes, for a wake-up is a system call, and
//! later or not at all for what has time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Instant;

use mio::Waker;

use crate::clock;

/// When the receiver must be woken for what it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// It looks by itself before it needs this.
    Never,
    /// At this moment, unless something else wakes it before.
    By(Instant),
    /// With the next flush.
    Now,
}

impl Wake {
    fn or(self, other: Wake) -> Wake {
        match (self, other) {
            (Wake::Now, _) | (_, Wake::Now) => Wake::Now,
            (Wake::By(at), Wake::By(then)) => Wake::By(at.min(then)),
            (Wake::By(at), Wake::Never) | (Wake::Never, Wake::By(at)) => Wake::By(at),
            (Wake::Never, Wake::Never) => Wake::Never,
        }
    }
}

/// The sending end, owned by one thread.
#[derive(Debug)]
pub(crate) struct Outbox<T> {
    channel: SyncSender<T>,
    waker: Option<Arc<Waker>>,
    waiting: VecDeque<T>,
    waiting_limit: usize,
    closed: bool,
    /// For what was sent since its receiver was woken.
    wake: Wake,
}

/// Makes the pair: `channel` items in the channel itself, `waiting_limit` more with the sender.
pub(crate) fn outbox<T>(
    channel: usize,
    waiting_limit: usize,
    waker: Option<Arc<Waker>>,
) -> (Outbox<T>, Receiver<T>) {
    let (sender, receiver) = sync_channel(channel);
    (Outbox::over(sender, waiting_limit, waker), receiver)
}

impl<T> Outbox<T> {
    /// One of several sending ends of a channel; the order holds for each of them.
    pub(crate) fn over(
        channel: SyncSender<T>,
        waiting_limit: usize,
        waker: Option<Arc<Waker>>,
    ) -> Outbox<T> {
        Outbox {
            channel,
            waker,
            waiting: VecDeque::new(),
            waiting_limit,
            closed: false,
            wake: Wake::Never,
        }
    }

    /// Sends, or keeps the item; [`Outbox::flush`] wakes the receiver. Gives it back when even the bound is reached or nobody listens.
    pub(crate) fn push(&mut self, item: T) -> Result<(), T> {
        self.push_for(item, Wake::Now)
    }

    /// The same for an item that has time.
    pub(crate) fn push_for(&mut self, item: T, wake: Wake) -> Result<(), T> {
        if self.closed {
            return Err(item);
        }
        self.send_waiting();
        if !self.waiting.is_empty() {
            return self.keep(item);
        }
        match self.channel.try_send(item) {
            Ok(()) => {
                self.wake = self.wake.or(wake);
                Ok(())
            }
            Err(TrySendError::Full(item)) => self.keep(item),
            Err(TrySendError::Disconnected(item)) => {
                self.closed = true;
                Err(item)
            }
        }
    }

    /// Moves what waits into the channel, as far as it goes, and wakes the receiver. Call it before sleeping, and again soon
    /// while [`Outbox::is_waiting`].
    pub(crate) fn flush(&mut self) {
        self.send_waiting();
        let is_due = match self.wake {
            Wake::Never => false,
            Wake::By(at) => at <= clock::monotonic(),
            Wake::Now => true,
        };
        if is_due {
            self.wake = Wake::Never;
            if let Some(waker) = &self.waker {
                // A waker that fails means the receiver's poll is gone, and then nobody misses the items.
                let _ = waker.wake();
            }
        }
    }

    /// When [`Outbox::flush`] has to wake the receiver for something that had time.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        match self.wake {
            Wake::By(at) => Some(at),
            Wake::Never | Wake::Now => None,
        }
    }

    fn send_waiting(&mut self) {
        while let Some(item) = self.waiting.pop_front() {
            match self.channel.try_send(item) {
                Ok(()) => self.wake = Wake::Now,
                Err(TrySendError::Full(item)) => {
                    self.waiting.push_front(item);
                    return;
                }
                Err(TrySendError::Disconnected(_)) => {
                    self.closed = true;
                    self.waiting.clear();
                }
            }
        }
    }

    /// Whether something waits for room in the channel.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn keep(&mut self, item: T) -> Result<(), T> {
        if self.waiting.len() >= self.waiting_limit {
            return Err(item);
        }
        self.waiting.push_back(item);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn order_survives_a_full_channel_and_the_bound_holds() {
        let (mut outbox, receiver) = outbox::<u32>(2, 3, None);
        for item in 0..5 {
            outbox.push(item).unwrap();
        }
        assert_eq!(outbox.push(5), Err(5));
        assert_eq!(receiver.recv().unwrap(), 0);
        outbox.push(6).unwrap();
        assert!(outbox.is_waiting());
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.extend(receiver.try_iter());
            outbox.flush();
        }
        assert_eq!(seen, [1, 2, 3, 4, 6]);
        assert!(!outbox.is_waiting());
    }

    #[test]
    fn what_has_time_wakes_late_and_what_is_urgent_at_once() {
        let (poll, mut events) = (mio::Poll::new().unwrap(), mio::Events::with_capacity(4));
        let waker = Waker::new(poll.registry(), mio::Token(0)).unwrap();
        let (mut outbox, receiver) = outbox::<u32>(8, 8, Some(Arc::new(waker)));
        let mut poll = poll;
        let mut is_woken = |outbox: &mut Outbox<u32>| {
            outbox.flush();
            poll.poll(&mut events, Some(Duration::ZERO)).unwrap();
            !events.is_empty()
        };
        let soon = clock::monotonic() + Duration::from_secs(600);
        outbox.push_for(1, Wake::Never).unwrap();
        outbox.push_for(2, Wake::By(soon)).unwrap();
        outbox
            .push_for(3, Wake::By(soon + Duration::from_secs(1)))
            .unwrap();
        assert!(!is_woken(&mut outbox));
        assert_eq!(outbox.next_deadline(), Some(soon));
        outbox.push(4).unwrap();
        assert!(is_woken(&mut outbox) && !is_woken(&mut outbox));
        assert_eq!(outbox.next_deadline(), None);
        outbox.push_for(5, Wake::By(clock::monotonic())).unwrap();
        assert!(is_woken(&mut outbox));
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_receiver_that_is_gone_is_told_and_holds_nothing() {
        let (mut outbox, receiver) = outbox::<u32>(1, 8, None);
        outbox.push(1).unwrap();
        outbox.push(2).unwrap();
        drop(receiver);
        assert_eq!(outbox.push(3), Err(3));
        assert!(!outbox.is_waiting());
    }
}
