//! Reliable provisional responses (100rel): RFC 3262, the sender's and the receiver's side.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::Method;
use crate::accept::{Repeat, Repeat2xx};
use crate::headers::RAck;
use crate::transaction::Timers;

/// The highest RSeq a first response may have (RFC 3262 section 7.1).
pub const FIRST_RSEQ_MAX: u32 = 0x7fff_ffff;

/// The UAS side for one INVITE: numbers its responses, repeats the one that is not yet acknowledged.
///
/// One response is outstanding at a time (section 3 demands it for the first; we keep to it for all), and a 2xx
/// waits for it when it carried an offer or answer.
#[derive(Debug, Clone)]
pub struct ReliableSender {
    invite: u32,
    next: u32,
    outstanding: Option<(u32, Repeat2xx)>,
}

/// How a PRACK fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prack {
    /// It acknowledges the outstanding response: 2xx, and the repetition is over.
    Acknowledged,
    /// It matches nothing unacknowledged: 481 (section 3).
    Unknown,
}

impl ReliableSender {
    /// For the INVITE with CSeq number `invite`; `first` is random, taken into 1 to 2^31-1.
    pub fn new(invite: u32, first: u32) -> ReliableSender {
        ReliableSender {
            invite,
            next: (first & FIRST_RSEQ_MAX).max(1),
            outstanding: None,
        }
    }

    /// The RSeq of the next response, or `None` while one is unacknowledged.
    pub fn next_rseq(&self) -> Option<u32> {
        self.outstanding.is_none().then_some(self.next)
    }

    /// Starts the repetition of the response just sent with [`ReliableSender::next_rseq`].
    pub fn sent(&mut self, now: Instant, timers: &Timers, bytes: Bytes) {
        let repeat = Repeat2xx::with_longest(now, timers, Duration::MAX, bytes);
        self.outstanding = Some((self.next, repeat));
        self.next = self.next.saturating_add(1);
    }

    /// Whether a response waits for its PRACK.
    pub fn is_waiting(&self) -> bool {
        self.outstanding.is_some()
    }

    /// A PRACK with this RAck arrived (section 7.2).
    pub fn prack(&mut self, rack: &RAck) -> Prack {
        match &self.outstanding {
            Some((waiting, _))
                if *waiting == rack.rseq
                    && self.invite == rack.seq
                    && rack.method == Method::Invite =>
            {
                self.outstanding = None;
                Prack::Acknowledged
            }
            _ => Prack::Unknown,
        }
    }

    /// A final response was sent: nothing is repeated any more (section 3).
    pub fn finish(&mut self) {
        self.outstanding = None;
    }

    /// When [`ReliableSender::expire`] has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.outstanding
            .as_ref()
            .map(|(_, repeat)| repeat.next_deadline())
    }

    /// What is due. After `GiveUp` nothing is repeated and the INVITE is refused with a 5xx (section 3).
    pub fn expire(&mut self, now: Instant) -> Repeat {
        let due = match &mut self.outstanding {
            Some((_, repeat)) => repeat.expire(now),
            None => Repeat::Wait,
        };
        if due == Repeat::GiveUp {
            self.outstanding = None;
        }
        due
    }
}

/// The UAC side for one early dialog: tells new reliable responses from repeated and early ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReliableReceiver {
    last: Option<u32>,
}

/// What to do with a reliable provisional response (section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provisional {
    /// The next in order: use it, and send a PRACK with this RSeq.
    Next,
    /// Already acknowledged; the PRACK's own transaction repeats it.
    Repeated,
    /// One before it is missing: neither use nor acknowledge it, the peer repeats.
    OutOfOrder,
}

impl ReliableReceiver {
    /// Judges the RSeq of a response that requires 100rel.
    pub fn receive(&mut self, rseq: u32) -> Provisional {
        match self.last {
            Some(last) if rseq <= last => Provisional::Repeated,
            Some(last) if last.checked_add(1) != Some(rseq) => Provisional::OutOfOrder,
            _ => {
                self.last = Some(rseq);
                Provisional::Next
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(now: Instant) -> ReliableSender {
        let mut sender = ReliableSender::new(7, 0xffff_fff0);
        assert_eq!(sender.next_rseq(), Some(0x7fff_fff0));
        sender.sent(now, &Timers::default(), Bytes::from_static(b"183"));
        sender
    }

    #[test]
    fn repeats_without_t2_until_64_t1() {
        let start = Instant::now();
        let mut sender = sent(start);
        let mut times = Vec::new();
        while let Some(now) = sender.next_deadline() {
            times.push((now - start).as_millis());
            let due = sender.expire(now);
            assert_eq!(due == Repeat::GiveUp, times.len() == 7, "{times:?}");
        }
        assert_eq!(times, [500, 1500, 3500, 7500, 15500, 31500, 32000]);
        assert!(!sender.is_waiting());
    }

    #[test]
    fn only_the_matching_prack_ends_the_repetition() {
        let mut sender = sent(Instant::now());
        assert_eq!(sender.next_rseq(), None, "one at a time");
        let rack = |rseq, seq, method| RAck { rseq, seq, method };
        for stranger in [
            rack(0x7fff_fff1, 7, Method::Invite),
            rack(0x7fff_fff0, 8, Method::Invite),
            rack(0x7fff_fff0, 7, Method::Update),
        ] {
            assert_eq!(sender.prack(&stranger), Prack::Unknown);
        }
        let right = rack(0x7fff_fff0, 7, Method::Invite);
        assert_eq!(sender.prack(&right), Prack::Acknowledged);
        assert_eq!(sender.prack(&right), Prack::Unknown, "a PRACK counts once");
        assert_eq!(sender.next_rseq(), Some(0x7fff_fff1));
        assert_eq!(
            ReliableSender::new(1, 0).next_rseq(),
            Some(1),
            "zero is no RSeq"
        );
    }

    #[test]
    fn a_final_response_ends_the_repetition() {
        let mut sender = sent(Instant::now());
        sender.finish();
        assert_eq!((sender.next_deadline(), sender.is_waiting()), (None, false));
    }

    #[test]
    fn the_receiver_takes_them_in_order() {
        let mut receiver = ReliableReceiver::default();
        assert_eq!(receiver.receive(40), Provisional::Next);
        assert_eq!(receiver.receive(42), Provisional::OutOfOrder);
        assert_eq!(receiver.receive(40), Provisional::Repeated);
        assert_eq!(receiver.receive(41), Provisional::Next);
        assert_eq!(receiver.receive(42), Provisional::Next);
        assert_eq!(receiver.receive(u32::MAX), Provisional::OutOfOrder);
    }
}
