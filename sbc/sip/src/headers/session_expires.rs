//! Session-Expires (RFC 4028 section 4); Min-SE is a number with parameters nobody defined.

use std::fmt;

use crate::grammar::{Cursor, number, take_while};
use crate::headers::{HeaderError, Params};

/// Who refreshes the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The side that sent the request.
    Uac,
    /// The side that answered it.
    Uas,
}

/// The session interval and who refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds.
    pub delta: u32,
    /// `None` leaves the choice to the other side.
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    /// Reads `1800;refresher=uas`. An unknown refresher counts as none.
    pub fn parse(value: &[u8]) -> Result<SessionExpires, HeaderError> {
        let (delta, params) = delta_seconds(value)?;
        let refresher = match params.get("refresher") {
            Some(side) if side.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(side) if side.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            _ => None,
        };
        Ok(SessionExpires { delta, refresher })
    }
}

/// A number of seconds with parameters behind it: Session-Expires, Min-SE, Retry-After without its comment.
pub(crate) fn delta_seconds(value: &[u8]) -> Result<(u32, Params<'_>), HeaderError> {
    let (digits, rest) = take_while(Cursor::new(value).rest, |byte| byte.is_ascii_digit());
    let delta = number(digits).ok_or(HeaderError("seconds out of range"))?;
    Ok((delta, Params::parse(rest)?))
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refresher = match self.refresher {
            Some(Refresher::Uac) => ";refresher=uac",
            Some(Refresher::Uas) => ";refresher=uas",
            None => "",
        };
        write!(f, "{}{refresher}", self.delta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_and_refresher() {
        let read = SessionExpires::parse(b"1800 ; Refresher = UAS").unwrap();
        assert_eq!(
            read,
            SessionExpires {
                delta: 1800,
                refresher: Some(Refresher::Uas)
            }
        );
        assert_eq!(read.to_string(), "1800;refresher=uas");
        assert_eq!(
            SessionExpires::parse(b"90;refresher=me").unwrap().refresher,
            None
        );
        for bad in ["", "x", "-1", "4294967296", "90 90", "90;"] {
            assert!(SessionExpires::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
