//! Session descriptions (RFC 8866): a tolerant reader with limits and an exact printer.
//!
//! Kept are the parts that offer and answer need (o=, s=, c=, m=, a=); other lines are read over. We never pass a peer's
//! description on: the back-to-back user agent always writes its own.

mod attribute;
mod lines;
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use lines::Lines;

pub use attribute::{Attribute, Direction, RtpMap};
pub use parse::{MAX_ATTRIBUTES, MAX_BYTES, MAX_FORMATS, MAX_MEDIA, SdpError};
pub use words::Word;

use std::net::IpAddr;

/// A whole description: what stands before the first m= line, and the media in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDescription {
    /// The o= line.
    pub origin: Origin,
    /// The s= line; `-` when there was none.
    pub name: Word,
    /// The c= line that holds for every media without its own.
    pub connection: Option<Address>,
    /// Attributes of the session level, in order.
    pub attributes: Vec<Attribute>,
    /// The media, in order; their count never shrinks in a dialog (RFC 3264 section 8).
    pub media: Vec<Media>,
}

impl Default for SessionDescription {
    fn default() -> SessionDescription {
        SessionDescription {
            origin: Origin::default(),
            name: Word::Borrowed("-"),
            connection: None,
            attributes: Vec::new(),
            media: Vec::new(),
        }
    }
}

/// The o= line (RFC 8866 section 5.2). The numbers stay text: peers write more digits than 64 bits hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// User name, usually `-`.
    pub username: Word,
    /// Session identifier.
    pub session_id: Word,
    /// Version of the description.
    pub version: Word,
    /// The address of the machine that made it; says nothing about where media goes.
    pub address: Address,
}

impl Default for Origin {
    fn default() -> Origin {
        Origin {
            username: Word::Borrowed("-"),
            session_id: Word::Borrowed("0"),
            version: Word::Borrowed("0"),
            address: Address::Ip(IpAddr::from([0, 0, 0, 0])),
        }
    }
}

/// An address of an o= or c= line: a number, or a name that we do not resolve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// IPv4 or IPv6.
    Ip(IpAddr),
    /// A domain name.
    Name(String),
}

/// One m= line with what follows it (RFC 8866 section 5.14).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Media {
    /// `audio`, `video`, `image`, …, as written.
    pub kind: Word,
    /// Transport port; 0 refuses or ends the stream.
    pub port: u16,
    /// Transport protocol, for instance `RTP/AVP`, as written.
    pub protocol: Word,
    /// Formats in order of preference; payload types when the protocol is RTP.
    pub formats: Vec<Word>,
    /// Its own c= line.
    pub connection: Option<Address>,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
}

impl SessionDescription {
    /// The address media is sent to: of the m= section, else of the session.
    pub fn address_of<'a>(&'a self, media: &'a Media) -> Option<&'a Address> {
        media.connection.as_ref().or(self.connection.as_ref())
    }

    /// The direction of a stream as its author sees it; `sendrecv` when nothing is said (RFC 8866 section 6.7).
    pub fn direction_of(&self, media: &Media) -> Direction {
        let find = |attributes: &[Attribute]| attributes.iter().find_map(Attribute::direction);
        find(&media.attributes)
            .or_else(|| find(&self.attributes))
            .unwrap_or(Direction::SendRecv)
    }
}

impl Media {
    /// The value of the first attribute of that name; empty for a flag.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|a| a.is(name))
            .map(|a| a.value.as_deref().unwrap_or(""))
    }

    /// The numbers among the formats, in order of preference.
    pub fn payload_types(&self) -> impl Iterator<Item = u8> + '_ {
        self.formats
            .iter()
            .filter_map(|f| f.parse().ok())
            .filter(|pt| *pt < 128)
    }

    /// The `a=rtpmap` of a payload type.
    pub fn rtpmap(&self, pt: u8) -> Option<RtpMap<'_>> {
        self.attributes
            .iter()
            .filter_map(Attribute::rtpmap)
            .find(|map| map.pt == pt)
    }

    /// The parameters of a payload type's `a=fmtp`, as written.
    pub fn fmtp(&self, pt: u8) -> Option<&str> {
        self.attributes
            .iter()
            .filter(|a| a.is("fmtp"))
            .find_map(|a| {
                let (number, parameters) = a.value.as_deref()?.trim_ascii().split_once(' ')?;
                (number.parse() == Ok(pt)).then_some(parameters.trim_ascii())
            })
    }

    /// Where RTCP goes by `a=rtcp` (RFC 3605): a port, and an address when it differs from the media's.
    pub fn rtcp(&self) -> Option<(u16, Option<IpAddr>)> {
        let mut words = self.attribute("rtcp")?.split_ascii_whitespace();
        let port = words.next()?.parse().ok()?;
        Some((port, words.nth(2).and_then(|address| address.parse().ok())))
    }

    /// Whether RTP and RTCP may share the port (RFC 5761).
    pub fn rtcp_mux(&self) -> bool {
        self.attribute("rtcp-mux").is_some()
    }

    /// Packet length in milliseconds its author would like to receive.
    pub fn ptime(&self) -> Option<u16> {
        self.milliseconds("ptime")
    }

    /// Longest packet in milliseconds its author accepts.
    pub fn maxptime(&self) -> Option<u16> {
        self.milliseconds("maxptime")
    }

    fn milliseconds(&self, name: &str) -> Option<u16> {
        // Some phones write `20.0`.
        let text = self.attribute(name)?.trim_ascii();
        text.split('.').next()?.parse().ok().filter(|ms| *ms > 0)
    }
}
