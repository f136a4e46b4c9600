//! The 2xx to an INVITE, repeated by its sender until the ACK comes: RFC 3261 section 13.3.1.4.
//!
//! The transaction is over with the first 2xx (RFC 6026), and the repetition goes on over TCP as well, for the
//! ACK travels end to end. Whoever owns the dialog keeps this value and drops it when the ACK arrives.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::transaction::Timers;

/// A response that is repeated until the other side confirms it.
#[derive(Debug, Clone)]
pub struct Repeat2xx {
    bytes: Bytes,
    interval: Duration,
    longest: Duration,
    next: Instant,
    ends: Instant,
}

/// What a repeated response wants now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing is due before the deadline.
    Wait,
    /// Transmit these bytes again.
    Send(Bytes),
    /// 64*T1 went by without a confirmation.
    GiveUp,
}

impl Repeat2xx {
    /// Starts the repetition of a 2xx that was sent at `now`.
    pub fn new(now: Instant, timers: &Timers, bytes: Bytes) -> Repeat2xx {
        Repeat2xx::with_longest(now, timers, timers.t2, bytes)
    }

    /// The same with another longest interval: a reliable provisional doubles without limit (RFC 3262 section 3).
    pub(crate) fn with_longest(
        now: Instant,
        timers: &Timers,
        longest: Duration,
        bytes: Bytes,
    ) -> Repeat2xx {
        Repeat2xx {
            bytes,
            interval: timers.t1,
            longest,
            next: after(now, timers.t1),
            ends: after(now, timers.long()),
        }
    }

    /// When [`Repeat2xx::expire`] has something to do.
    pub fn next_deadline(&self) -> Instant {
        self.next.min(self.ends)
    }

    /// What is due at `now`. After `GiveUp` the owner says BYE (13.3.1.4) and drops the value.
    pub fn expire(&mut self, now: Instant) -> Repeat {
        if now >= self.ends {
            return Repeat::GiveUp;
        }
        if now < self.next {
            return Repeat::Wait;
        }
        self.interval = self.interval.saturating_mul(2).min(self.longest);
        self.next = after(now, self.interval);
        Repeat::Send(self.bytes.clone())
    }
}

/// `now + wait`, or `now` at the end of time.
fn after(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_t2_and_gives_up_after_64_t1() {
        let start = Instant::now();
        let mut repeat = Repeat2xx::new(start, &Timers::default(), Bytes::from_static(b"200"));
        let mut sent = Vec::new();
        loop {
            let now = repeat.next_deadline();
            assert_eq!(repeat.expire(now - Duration::from_millis(1)), Repeat::Wait);
            match repeat.expire(now) {
                Repeat::Send(bytes) => {
                    assert_eq!(bytes, "200");
                    sent.push((now - start).as_millis());
                }
                Repeat::GiveUp => {
                    assert_eq!(now - start, Duration::from_secs(32));
                    break;
                }
                Repeat::Wait => panic!("a deadline came and nothing was due"),
            }
        }
        assert_eq!(
            sent,
            [
                500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500
            ]
        );
    }
}
