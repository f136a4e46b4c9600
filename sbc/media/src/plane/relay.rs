//! Numbers of a relayed stream (RFC 3550 section 7.1 speaks of translators): the other party's sequence numbers and
//! timestamps, moved by a constant so that loss and order stay visible and our own run goes on.

use std::time::Instant;

use super::sender::{CLOCK, Sender, ticks};
use crate::rtp::Header;

/// A step forward beyond this is a new numbering (RFC 3550 A.1 `MAX_DROPOUT`).
const MAX_STEP: i16 = 3000;
/// A timestamp that leaves real time by more than this was set anew; ours does not follow.
const MAX_DRIFT: u32 = 2 * CLOCK;

/// How one source's numbers become ours.
#[derive(Clone, Debug, Default)]
pub(super) struct Relay {
    mapping: Option<Mapping>,
}

#[derive(Clone, Debug)]
struct Mapping {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    /// The highest sequence number taken, and how far it is from where the mapping began.
    highest: u16,
    span: u32,
    /// Arrival and timestamp of the newest sound, to see a clock that jumps.
    sound: Option<(Instant, u32)>,
}

impl Relay {
    /// Something of our own was sent, or something of the source's was not: the next packet begins anew.
    pub(super) fn interrupt(&mut self) {
        self.mapping = None;
    }

    /// Our header for the source's packet of `length` ticks, or `None` for one that is older than the
    /// mapping. `sound` is false for telephone-event, whose timestamp stands still.
    pub(super) fn map(
        &mut self,
        now: Instant,
        sender: &mut Sender,
        header: &Header,
        length: u32,
        sound: bool,
    ) -> Option<Header> {
        let step = match &self.mapping {
            Some(mapping) if mapping.follows(now, header, sound) => {
                header.sequence.wrapping_sub(mapping.highest) as i16
            }
            _ => return Some(self.begin(now, sender, header, length, sound)),
        };
        let mapping = self.mapping.as_mut()?;
        let ours = Header {
            sequence: header.sequence.wrapping_add(mapping.sequence),
            timestamp: header.timestamp.wrapping_add(mapping.timestamp),
            ssrc: sender.ssrc,
            ..*header
        };
        if step <= 0 {
            // Before the mapping began these numbers were somebody else's.
            return (u32::from(step.unsigned_abs()) <= mapping.span).then_some(ours);
        }
        mapping.highest = header.sequence;
        mapping.span = mapping.span.saturating_add(u32::from(step.unsigned_abs()));
        if sound {
            mapping.sound = Some((now, header.timestamp));
        }
        sender.relayed(now, ours.sequence, ours.timestamp, length);
        Some(ours)
    }

    fn begin(
        &mut self,
        now: Instant,
        sender: &mut Sender,
        header: &Header,
        length: u32,
        sound: bool,
    ) -> Header {
        let (sequence, timestamp) = sender.start(now);
        self.mapping = Some(Mapping {
            ssrc: header.ssrc,
            sequence: sequence.wrapping_sub(header.sequence),
            timestamp: timestamp.wrapping_sub(header.timestamp),
            highest: header.sequence,
            span: 0,
            sound: sound.then_some((now, header.timestamp)),
        });
        sender.relayed(now, sequence, timestamp, length);
        Header {
            marker: true,
            sequence,
            timestamp,
            ssrc: sender.ssrc,
            ..*header
        }
    }
}

impl Mapping {
    /// Whether a packet continues the numbering.
    fn follows(&self, now: Instant, header: &Header, sound: bool) -> bool {
        if header.ssrc != self.ssrc {
            return false;
        }
        let step = header.sequence.wrapping_sub(self.highest) as i16;
        if !(-MAX_STEP..=MAX_STEP).contains(&step) {
            return false;
        }
        let Some((at, timestamp)) = self.sound.filter(|_| sound && step > 0) else {
            return true;
        };
        let passed = ticks(now.saturating_duration_since(at));
        let drift = header
            .timestamp
            .wrapping_sub(timestamp)
            .wrapping_sub(passed) as i32;
        drift.unsigned_abs() <= MAX_DRIFT
    }
}
