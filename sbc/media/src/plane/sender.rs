//! What we send to one party: one SSRC, one run of sequence numbers and one timestamp clock, whatever
//! the sound comes from (RFC 3550 section 5.1), with a marker at each change.

use std::time::{Duration, Instant};

use crate::rtp::Header;

/// RTP ticks a second, for all codecs (RFC 3551 section 4.5.2 explains G.722).
pub(super) const CLOCK: u32 = 8000;
/// Ticks of 20 ms.
pub(super) const FRAME: u32 = 160;

/// RTP ticks in a time, rounded down.
pub(super) fn ticks(time: Duration) -> u32 {
    (time.as_secs() as u32)
        .wrapping_mul(CLOCK)
        .wrapping_add(time.subsec_nanos() / 125_000)
}

/// The outgoing numbering of an endpoint.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) ssrc: u32,
    /// Sequence number and timestamp of the newest packet, or of the first to come.
    sequence: u16,
    timestamp: u32,
    /// When the newest packet left, and how much sound was in it.
    sent: Option<(Instant, u32)>,
    /// The next packet begins something new.
    marker: bool,
    pub(super) packets: u64,
    pub(super) octets: u64,
}

impl Sender {
    pub(super) fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        Self {
            ssrc,
            sequence,
            timestamp,
            sent: None,
            marker: true,
            packets: 0,
            octets: 0,
        }
    }

    /// The sound changes: the next packet gets the marker.
    pub(super) fn change(&mut self) {
        self.marker = true;
    }

    pub(super) fn last_sent(&self) -> Option<Instant> {
        self.sent.map(|(at, _)| at)
    }

    /// Sequence number and timestamp for a packet that begins a run now: after the newest packet's sound, or as
    /// much later as time has passed.
    pub(super) fn start(&self, now: Instant) -> (u16, u32) {
        let Some((at, length)) = self.sent else {
            return (self.sequence, self.timestamp);
        };
        let passed = ticks(now.saturating_duration_since(at)).max(length);
        (
            self.sequence.wrapping_add(1),
            self.timestamp.wrapping_add(passed),
        )
    }

    /// The RTP timestamp of this moment, for a sender report.
    pub(super) fn clock(&self, now: Instant) -> u32 {
        let passed = self
            .sent
            .map_or(0, |(at, _)| ticks(now.saturating_duration_since(at)));
        self.timestamp.wrapping_add(passed)
    }

    /// Stamps a packet of our own making, holding `length` ticks of sound: straight after the newest one's sound when
    /// it goes on with a run (`skipped` ticks later when time was lost), by the clock when it begins one.
    pub(super) fn stamp(
        &mut self,
        now: Instant,
        run: Run,
        payload_type: u8,
        length: u32,
    ) -> Header {
        let (sequence, timestamp) = match (run, self.sent) {
            (Run::On { skipped }, Some((_, before))) => (
                self.sequence.wrapping_add(1),
                self.timestamp.wrapping_add(before).wrapping_add(skipped),
            ),
            _ => self.start(now),
        };
        self.sequence = sequence;
        self.timestamp = timestamp;
        self.sent = Some((now, length));
        let marker = std::mem::take(&mut self.marker) || !matches!(run, Run::On { skipped: 0 });
        Header {
            marker,
            payload_type,
            sequence,
            timestamp,
            ssrc: self.ssrc,
        }
    }

    /// Notes a relayed packet that is the newest one.
    pub(super) fn relayed(&mut self, now: Instant, sequence: u16, timestamp: u32, length: u32) {
        self.sequence = sequence;
        self.timestamp = timestamp;
        self.sent = Some((now, length));
        self.marker = false;
    }

    /// One more packet of a key press (RFC 4733 section 2.5.1): new number, same timestamp; `held`
    /// is the sound it stands for so far.
    pub(super) fn repeat(&mut self, payload_type: u8, held: u32) -> Header {
        self.sequence = self.sequence.wrapping_add(1);
        self.sent = self.sent.map(|(began, _)| (began, held));
        let (sequence, timestamp, ssrc) = (self.sequence, self.timestamp, self.ssrc);
        Header {
            marker: false,
            payload_type,
            sequence,
            timestamp,
            ssrc,
        }
    }

    pub(super) fn count(&mut self, octets: usize) {
        self.packets = self.packets.saturating_add(1);
        self.octets = self.octets.saturating_add(octets as u64);
    }
}

/// Whether a packet of our own begins a run of sound or goes on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Begin,
    On { skipped: u32 },
}
