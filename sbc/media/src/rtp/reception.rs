//! What we can say about a stream we receive (RFC 3550 appendix A): extended sequence numbers, loss
//! and jitter. One value per source; a new SSRC begins a new one and the totals go on.

use super::header::Header;

/// A gap forward longer than this is a restart (A.1 `MAX_DROPOUT`).
const MAX_DROPOUT: u16 = 3000;
/// A packet late by more than this is a restart (A.1 `MAX_MISORDER`).
const MAX_MISORDER: u16 = 100;
/// The most one packet may move the jitter, RTP units (1 s at 8000 Hz): a peer that sets its timestamps
/// anew is no storm.
const MAX_STEP: u32 = 8000;

/// What one packet was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// The next one, or ahead of the next one with a gap.
    InOrder,
    /// Late, or a second copy.
    Late,
    /// The numbering began anew (first packet, other SSRC, or a jump).
    Restart,
    /// A single wild number: kept out of the figures; if its follower comes, it is a restart.
    Wild,
}

/// The newest source of an endpoint.
#[derive(Clone, Debug)]
struct Numbering {
    ssrc: u32,
    /// Extended highest sequence number: cycles in the upper half.
    highest: u32,
    base: u32,
    /// The number that would prove a wild packet to be a restart.
    expected_after_wild: Option<u16>,
    received: u32,
    /// `transit` of A.8: arrival minus timestamp, in RTP units.
    transit: Option<u32>,
    /// State at the last report we sent (A.3).
    expected_prior: u32,
    received_prior: u32,
}

/// Reception of one endpoint over all sources it ever had.
#[derive(Clone, Debug, Default)]
pub struct Reception {
    current: Option<Numbering>,
    /// Sixteenths of an RTP unit, as in A.8.
    jitter: u32,
    jitter_max: u32,
    packets: u64,
    octets: u64,
    /// Expected packets of the sources before the current one, and how many of those were lost.
    earlier_expected: u64,
    earlier_lost: u64,
    /// Runs of loss: how often a gap opened (for the burstiness of G.107).
    gaps: u64,
    lost_in_gaps: u64,
}

/// One report block's worth of reception (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whose packets.
    pub ssrc: u32,
    /// Lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost of this source in all; negative with duplicates. 24 bits on the wire.
    pub cumulative_lost: i32,
    /// Extended highest sequence number.
    pub highest: u32,
    /// In RTP units.
    pub jitter: u32,
}

impl Reception {
    /// Takes one packet: its header, the payload's length, and the arrival in units of the stream's
    /// RTP clock from any fixed start (wrapping). `timed` is false for telephone-event, whose timestamp
    /// stands still while the key is held (RFC 4733 section 2.2) and says nothing about jitter.
    pub fn packet(&mut self, header: &Header, octets: usize, arrival: u32, timed: bool) -> Arrived {
        let transit = timed.then(|| arrival.wrapping_sub(header.timestamp));
        let arrived = match &mut self.current {
            Some(numbering) if numbering.ssrc == header.ssrc => numbering.place(header.sequence),
            _ => Arrived::Restart,
        };
        match arrived {
            Arrived::Wild => return arrived,
            Arrived::Restart => self.restart(header, transit),
            Arrived::InOrder => self.in_order(header.sequence, transit),
            // It was counted lost when the gap opened.
            Arrived::Late => self.lost_in_gaps = self.lost_in_gaps.saturating_sub(1),
        }
        if let Some(numbering) = &mut self.current {
            numbering.received = numbering.received.saturating_add(1);
        }
        self.packets = self.packets.saturating_add(1);
        self.octets = self.octets.saturating_add(octets as u64);
        arrived
    }

    fn restart(&mut self, header: &Header, transit: Option<u32>) {
        if let Some(old) = self.current.take() {
            self.earlier_expected = self
                .earlier_expected
                .saturating_add(u64::from(old.expected()));
            self.earlier_lost = self.earlier_lost.saturating_add(u64::from(old.lost()));
        }
        self.current = Some(Numbering {
            ssrc: header.ssrc,
            highest: u32::from(header.sequence),
            base: u32::from(header.sequence),
            expected_after_wild: None,
            received: 0,
            transit,
            expected_prior: 0,
            received_prior: 0,
        });
    }

    fn in_order(&mut self, sequence: u16, transit: Option<u32>) {
        let Some(numbering) = &mut self.current else {
            return;
        };
        let step = sequence.wrapping_sub(numbering.highest as u16);
        if step > 1 {
            self.gaps = self.gaps.saturating_add(1);
            self.lost_in_gaps = self.lost_in_gaps.saturating_add(u64::from(step) - 1);
        }
        numbering.highest = numbering.highest.wrapping_add(u32::from(step));
        let (Some(transit), before) = (transit, numbering.transit) else {
            return;
        };
        numbering.transit = Some(transit);
        let Some(before) = before else { return };
        // A.8: J += |D|/16 - J/16, kept in sixteenths.
        let d = (transit.wrapping_sub(before) as i32)
            .unsigned_abs()
            .min(MAX_STEP);
        self.jitter = self
            .jitter
            .saturating_add(d)
            .saturating_sub((self.jitter + 8) >> 4);
        self.jitter_max = self.jitter_max.max(self.jitter);
    }

    /// The report block to send now; what follows counts from here.
    pub fn report(&mut self) -> Option<Block> {
        let jitter = self.jitter >> 4;
        let numbering = self.current.as_mut()?;
        let expected = numbering.expected();
        let expected_interval = expected.wrapping_sub(numbering.expected_prior);
        let received_interval = numbering.received.wrapping_sub(numbering.received_prior);
        numbering.expected_prior = expected;
        numbering.received_prior = numbering.received;
        let lost_interval = i64::from(expected_interval) - i64::from(received_interval);
        let fraction = if expected_interval == 0 || lost_interval <= 0 {
            0
        } else {
            (lost_interval * 256 / i64::from(expected_interval)).min(255)
        };
        let lost =
            (i64::from(expected) - i64::from(numbering.received)).clamp(-0x80_0000, 0x7f_ffff);
        Some(Block {
            ssrc: numbering.ssrc,
            fraction_lost: fraction as u8,
            cumulative_lost: lost as i32,
            highest: numbering.highest,
            jitter,
        })
    }

    /// SSRC of the newest source.
    pub fn ssrc(&self) -> Option<u32> {
        self.current.as_ref().map(|numbering| numbering.ssrc)
    }

    /// Packets taken, late ones and copies included.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Payload octets taken.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// Packets expected, over all sources.
    pub fn expected(&self) -> u64 {
        let current = self.current.as_ref().map_or(0, Numbering::expected);
        self.earlier_expected.saturating_add(u64::from(current))
    }

    /// Packets that never came, over all sources.
    pub fn lost(&self) -> u64 {
        let current = self.current.as_ref().map_or(0, Numbering::lost);
        self.earlier_lost.saturating_add(u64::from(current))
    }

    /// Interarrival jitter now, in RTP units.
    pub fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// The highest it was.
    pub fn jitter_max(&self) -> u32 {
        self.jitter_max >> 4
    }

    /// Mean length of a run of lost packets; 1.0 when nothing was lost.
    pub fn mean_gap(&self) -> f32 {
        if self.gaps == 0 {
            1.0
        } else {
            (self.lost_in_gaps as f32 / self.gaps as f32).max(1.0)
        }
    }
}

impl Numbering {
    /// A.1 `update_seq`, without its probation: the source lock did that already.
    fn place(&mut self, sequence: u16) -> Arrived {
        let ahead = sequence.wrapping_sub(self.highest as u16);
        if ahead == 0 || ahead > u16::MAX - MAX_MISORDER {
            return Arrived::Late;
        }
        if ahead < MAX_DROPOUT {
            self.expected_after_wild = None;
            return Arrived::InOrder;
        }
        if self.expected_after_wild == Some(sequence) {
            return Arrived::Restart;
        }
        self.expected_after_wild = Some(sequence.wrapping_add(1));
        Arrived::Wild
    }

    fn expected(&self) -> u32 {
        self.highest.wrapping_sub(self.base).wrapping_add(1)
    }

    fn lost(&self) -> u32 {
        self.expected().saturating_sub(self.received)
    }
}

#[cfg(test)]
#[path = "reception_tests.rs"]
mod tests;
