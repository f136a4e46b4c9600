//! Presses to packets (RFC 4733 section 2.5.1).

use super::TelephoneEvent;
use crate::codec::{FRAME_MS, FRAME_TICKS};
use crate::dtmf::Digit;

/// Power we claim, in dB below 0 dBm0 (RFC 4733 section 2.3.3).
const VOLUME: u8 = 10;

/// The packets of one press, one every 20 ms, all with the RTP timestamp of the first one.
///
/// The RTP clock runs on underneath: the packet after the last one has the first's timestamp plus 160 for each packet.
#[derive(Debug, Clone)]
pub struct Sender {
    digit: Digit,
    /// Packets until the key is let go.
    length: u16,
    sent: u16,
}

/// One packet of a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPacket {
    /// Set on the first packet of the press.
    pub marker: bool,
    /// The payload.
    pub payload: [u8; 4],
}

/// End packets in all, so that two may be lost (section 2.5.1.4).
const ENDS: u16 = 3;

impl Sender {
    /// A press of that length, rounded up to 20 ms and kept between 40 ms and 5 s.
    pub fn new(digit: Digit, duration_ms: u16) -> Sender {
        Sender {
            digit,
            length: duration_ms.clamp(40, 5000).div_ceil(FRAME_MS),
            sent: 0,
        }
    }
}

impl Iterator for Sender {
    type Item = EventPacket;

    fn next(&mut self) -> Option<EventPacket> {
        if self.sent >= self.length.saturating_add(ENDS - 1) {
            return None;
        }
        let marker = self.sent == 0;
        self.sent = self.sent.saturating_add(1);
        let frames = self.sent.min(self.length);
        let event = TelephoneEvent {
            event: self.digit.event(),
            end: self.sent >= self.length,
            volume: VOLUME,
            duration: frames.saturating_mul(FRAME_TICKS as u16),
        };
        Some(EventPacket {
            marker,
            payload: event.to_bytes(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_of_60_ms_has_the_packets_of_the_rfc() {
        let packets: Vec<_> = Sender::new(Digit::from_char('#').unwrap(), 60).collect();
        let expected = [
            (true, [11, 10, 0, 160]),
            (false, [11, 10, 1, 64]),
            (false, [11, 0x8A, 1, 224]),
            (false, [11, 0x8A, 1, 224]),
            (false, [11, 0x8A, 1, 224]),
        ];
        assert_eq!(
            packets
                .iter()
                .map(|p| (p.marker, p.payload))
                .collect::<Vec<_>>(),
            expected
        );
    }

    #[test]
    fn lengths_are_kept_within_reason() {
        assert_eq!(Sender::new(Digit::from_char('1').unwrap(), 0).count(), 4);
        let longest = Sender::new(Digit::from_char('1').unwrap(), u16::MAX)
            .last()
            .unwrap();
        assert_eq!(
            TelephoneEvent::parse(&longest.payload).unwrap().duration,
            40_000
        );
    }
}
