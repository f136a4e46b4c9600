//! Attributes (RFC 8866 sections 5.13 and 6), kept as text and read where somebody asks.

use super::words::{Word, word};

/// One `a=` line: `a=name` or `a=name:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name, as written.
    pub name: Word,
    /// What follows the colon; `None` for a flag.
    pub value: Option<Word>,
}

/// Which way media flows, as seen by the one who says it (RFC 8866 section 6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// The author sends and does not listen: the other side is on hold.
    SendOnly,
    /// The author listens and does not send.
    RecvOnly,
    /// Neither way.
    Inactive,
}

/// An `a=rtpmap` (RFC 8866 section 6.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpMap<'a> {
    /// Payload type.
    pub pt: u8,
    /// Encoding name, as written; compared without regard to case.
    pub name: &'a str,
    /// RTP clock rate in Hz.
    pub clock_rate: u32,
    /// Audio channels, 1 unless said.
    pub channels: u8,
}

impl Attribute {
    /// A flag, `a=name`.
    pub fn flag(name: &str) -> Attribute {
        Attribute {
            name: word(name),
            value: None,
        }
    }

    /// A value, `a=name:value`.
    pub fn new(name: &str, value: impl ToString) -> Attribute {
        Attribute {
            name: word(name),
            value: Some(value.to_string().into()),
        }
    }

    /// Whether it has this name. Case is ignored: RFC 8866 says it counts, some phones do not know.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The direction it states, if it is one of the four.
    pub fn direction(&self) -> Option<Direction> {
        Direction::ALL.into_iter().find(|d| self.is(d.name()))
    }

    /// The payload type mapping it states, if it is a well-formed `rtpmap`.
    pub fn rtpmap(&self) -> Option<RtpMap<'_>> {
        if !self.is("rtpmap") {
            return None;
        }
        let (pt, encoding) = self.value.as_deref()?.trim_ascii().split_once(' ')?;
        let mut parts = encoding.trim_ascii().split('/');
        let name = parts.next()?.trim_ascii();
        let clock_rate = parts.next()?.trim_ascii().parse().ok()?;
        let channels = parts
            .next()
            .and_then(|c| c.trim_ascii().parse().ok())
            .unwrap_or(1);
        Some(RtpMap {
            pt: pt.parse().ok().filter(|pt| *pt < 128)?,
            name,
            clock_rate,
            channels,
        })
    }
}

impl Direction {
    const ALL: [Direction; 4] = [
        Direction::SendRecv,
        Direction::SendOnly,
        Direction::RecvOnly,
        Direction::Inactive,
    ];

    /// The attribute's name.
    pub const fn name(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// Whether its author sends.
    pub const fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whether its author listens.
    pub const fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }

    /// The direction of someone who sends and listens as said.
    pub const fn of(sends: bool, receives: bool) -> Direction {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// The same stream as the other side sees it.
    pub const fn reversed(self) -> Direction {
        Direction::of(self.receives(), self.sends())
    }

    /// The most that both allow, both seen from the same side.
    pub const fn and(self, other: Direction) -> Direction {
        Direction::of(
            self.sends() && other.sends(),
            self.receives() && other.receives(),
        )
    }
}
