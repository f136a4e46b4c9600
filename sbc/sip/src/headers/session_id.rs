//! Session-ID (RFC 7989): one identifier that survives back-to-back user agents.

use crate::grammar::{Cursor, take_while, text};
use crate::headers::{HeaderError, Params};

/// The two halves of a session identifier, 32 lower-case hexadecimal digits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionId<'a> {
    /// The sender's half.
    pub local: &'a str,
    /// The receiver's half, all zeros while unknown; `None` from an RFC 7329 peer.
    pub remote: Option<&'a str>,
}

impl<'a> SessionId<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<SessionId<'a>, HeaderError> {
        let (local, rest) = take_while(Cursor::new(value).rest, |byte| byte.is_ascii_hexdigit());
        let remote = Params::parse(rest)?.get("remote");
        let half = |text: &str| {
            text.len() == 32
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        if !half(text(local)) || !remote.is_none_or(half) {
            return Err(HeaderError("malformed Session-ID"));
        }
        Ok(SessionId {
            local: text(local),
            remote,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves() {
        let text = b"ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000";
        let read = SessionId::parse(text).unwrap();
        assert_eq!(
            (read.local, read.remote),
            (
                "ab30317f1a784dc48ff824d0d3715d86",
                Some("00000000000000000000000000000000")
            )
        );
        assert!(SessionId::parse(b"ab30317f1a784dc48ff824d0d3715d86").is_ok());
        for bad in [
            "",
            "ab",
            "AB30317F1A784DC48FF824D0D3715D86",
            "ab30317f1a784dc48ff824d0d3715d86;remote=1",
        ] {
            assert!(SessionId::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
