//! Keys as telephone-event packets (RFC 4733 section 2).

mod receive;
mod send;

pub use receive::Receiver;
pub use send::{EventPacket, Sender};

/// The four bytes of a telephone-event payload (RFC 4733 section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// Event code; 0 to 15 are keys.
    pub event: u8,
    /// Whether the key has been let go.
    pub end: bool,
    /// Power below 0 dBm0, in dB, 0 to 63.
    pub volume: u8,
    /// Time since the beginning, in timestamp ticks.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Reads a payload; `None` when it is shorter than four bytes. What follows is ignored.
    pub fn parse(payload: &[u8]) -> Option<TelephoneEvent> {
        let [event, flags, high, low] = *payload.first_chunk()?;
        let duration = u16::from_be_bytes([high, low]);
        Some(TelephoneEvent {
            event,
            end: flags & 0x80 != 0,
            volume: flags & 0x3F,
            duration,
        })
    }

    /// The payload.
    pub fn to_bytes(self) -> [u8; 4] {
        let flags = u8::from(self.end) << 7 | self.volume & 0x3F;
        let [high, low] = self.duration.to_be_bytes();
        [self.event, flags, high, low]
    }
}
