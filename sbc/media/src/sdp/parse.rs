//! The reader (RFC 8866 section 9), tolerant where phones are careless and strict where a guess would send sound somewhere wrong.
//!
//! Tolerated: bare LF, missing v=, o=, s= and t=, a space in the o= user name, unknown line types, bytes that are no UTF-8, trailing
//! blank lines and NULs. Refused: too much of anything, a line that is no `x=`, an m= or c= line that cannot be understood.

use super::words::word;
use super::{Address, Attribute, Media, Origin, SessionDescription, Word};
use std::borrow::Cow;
use std::net::IpAddr;

/// Longest description we read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most m= lines.
pub const MAX_MEDIA: usize = 32;
/// Most attributes of the session or of one media.
pub const MAX_ATTRIBUTES: usize = 128;
/// Most formats of one m= line.
pub const MAX_FORMATS: usize = 64;

/// Why a description cannot be read. Always the peer's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Longer than [`MAX_BYTES`].
    #[error("longer than {MAX_BYTES} bytes")]
    TooLong,
    /// No line at all.
    #[error("empty")]
    Empty,
    /// More of something than its limit.
    #[error("line {line}: more than {limit} {what}")]
    TooMany {
        /// Line number, from 1.
        line: usize,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A line that cannot be understood.
    #[error("line {line}: {what}")]
    Malformed {
        /// Line number, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
}

impl SessionDescription {
    /// Reads a description.
    ///
    /// # Errors
    /// [`SdpError`] names the line and what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<SessionDescription, SdpError> {
        if bytes.len() > MAX_BYTES {
            return Err(SdpError::TooLong);
        }
        let mut session = SessionDescription::default();
        let (mut seen, mut number) = (false, 1_usize);
        // A lone CR or a NUL ends a line as well, so that none is left within a value.
        for row in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
            let line = row.trim_ascii_start();
            let line = line.strip_suffix(&[0]).unwrap_or(line).trim_ascii_end();
            if !line.is_empty() {
                seen = true;
                session
                    .take_line(&text(line))
                    .map_err(|refused| refused.at(number))?;
            }
            number = number.saturating_add(usize::from(row.ends_with(b"\n")));
        }
        if seen {
            Ok(session)
        } else {
            Err(SdpError::Empty)
        }
    }

    fn take_line(&mut self, line: &str) -> Result<(), Refused> {
        let malformed = Refused::Malformed("not of the form x=value");
        let (Some([letter, b'=']), Some(value)) = (line.as_bytes().first_chunk(), line.get(2..))
        else {
            return Err(malformed);
        };
        match letter {
            b'=' => return Err(malformed),
            b'v' if value.trim_ascii() != "0" => return Err(Refused::Malformed("not version 0")),
            b'o' => self.origin = origin(value)?,
            b's' if self.media.is_empty() && !value.trim_ascii().is_empty() => {
                self.name = word(value.trim_ascii());
            }
            b'c' => {
                let address = Some(connection(value)?);
                match self.media.last_mut() {
                    // Several c= lines mean layered multicast; the first is the one that counts.
                    Some(media) if media.connection.is_none() => media.connection = address,
                    Some(_) => {}
                    None => self.connection = address,
                }
            }
            b'a' => {
                let list = match self.media.last_mut() {
                    Some(media) => &mut media.attributes,
                    None => &mut self.attributes,
                };
                push(list, attribute(value), MAX_ATTRIBUTES, "attributes")?;
            }
            b'm' => push(&mut self.media, media(value)?, MAX_MEDIA, "media")?,
            _ => {}
        }
        Ok(())
    }
}

/// The bytes as text; what is no UTF-8 becomes U+FFFD. Nearly all of it is.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// A refusal before the line number is known.
enum Refused {
    TooMany { what: &'static str, limit: usize },
    Malformed(&'static str),
}

impl Refused {
    fn at(self, line: usize) -> SdpError {
        match self {
            Refused::TooMany { what, limit } => SdpError::TooMany { line, what, limit },
            Refused::Malformed(what) => SdpError::Malformed { line, what },
        }
    }
}

fn push<T>(list: &mut Vec<T>, item: T, limit: usize, what: &'static str) -> Result<(), Refused> {
    if list.len() >= limit {
        return Err(Refused::TooMany { what, limit });
    }
    list.push(item);
    Ok(())
}

/// `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <address>`, read from the right.
fn origin(value: &str) -> Result<Origin, Refused> {
    let mut words = value.split_ascii_whitespace().rev();
    let mut next = || {
        words
            .next()
            .ok_or(Refused::Malformed("an o= line has six words"))
    };
    let address = address(next()?);
    let (_family, _network) = (next()?, next()?);
    let version = word(next()?);
    let session_id = word(next()?);
    let username = match (words.next(), words.next()) {
        (None, _) => Word::Borrowed("-"),
        (Some(name), None) => word(name),
        (Some(last), Some(before)) => {
            let mut names: Vec<&str> = [last, before].into_iter().chain(words).collect();
            names.reverse();
            Word::Owned(names.join(" "))
        }
    };
    Ok(Origin {
        username,
        session_id,
        version,
        address,
    })
}

/// `c=IN IP4 192.0.2.1[/ttl[/count]]`.
fn connection(value: &str) -> Result<Address, Refused> {
    let mut words = value.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(network), Some(_family), Some(text)) if network.eq_ignore_ascii_case("IN") => {
            Ok(address(text))
        }
        _ => Err(Refused::Malformed(
            "a c= line is `IN IP4 address` or `IN IP6 address`",
        )),
    }
}

fn address(text: &str) -> Address {
    let host = text.split('/').next().unwrap_or(text);
    let text = if host.is_empty() { "-" } else { host };
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(ip) => Address::Ip(ip),
        Err(_) => Address::Name(text.into()),
    }
}

fn attribute(value: &str) -> Attribute {
    match value.split_once(':') {
        Some((name, value)) => Attribute {
            name: word(name.trim_ascii()),
            value: Some(word(value.trim_ascii())),
        },
        None => Attribute {
            name: word(value.trim_ascii()),
            value: None,
        },
    }
}

/// `m=<media> <port>[/<count>] <proto> <fmt> ...`.
fn media(value: &str) -> Result<Media, Refused> {
    let mut words = value.split_ascii_whitespace();
    let (Some(kind), Some(port), Some(protocol)) = (words.next(), words.next(), words.next())
    else {
        return Err(Refused::Malformed(
            "an m= line is `media port protocol formats`",
        ));
    };
    let port = port.split('/').next().unwrap_or(port);
    let port = port
        .parse()
        .map_err(|_| Refused::Malformed("the port is no number up to 65535"))?;
    let mut formats = Vec::new();
    for format in words {
        push(&mut formats, word(format), MAX_FORMATS, "formats")?;
    }
    Ok(Media {
        kind: word(kind),
        port,
        protocol: word(protocol),
        formats,
        ..Default::default()
    })
}
