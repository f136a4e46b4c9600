//! CSeq (RFC 3261 section 20.16).

use crate::grammar::{Cursor, number, take_while};
use crate::headers::HeaderError;
use crate::method::Method;

/// A command sequence number and the method it counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CSeq {
    /// 0 to 2^32-1.
    pub seq: u32,
    /// As spelled; case matters.
    pub method: Method,
}

impl CSeq {
    /// Reads `0009 INVITE`.
    pub fn parse(value: &[u8]) -> Result<CSeq, HeaderError> {
        let (seq, method) = CSeq::split(value)?;
        Ok(CSeq {
            seq,
            method: Method::from_token(method),
        })
    }

    /// Number and method name, without an owned method.
    pub(crate) fn split(value: &[u8]) -> Result<(u32, &str), HeaderError> {
        let mut cursor = Cursor::new(value);
        let (digits, rest) = take_while(cursor.rest, |byte| byte.is_ascii_digit());
        cursor.rest = rest;
        let seq = number(digits).ok_or(HeaderError("CSeq number out of range"))?;
        let before = cursor.rest.len();
        cursor.skip_lws();
        if cursor.rest.len() == before {
            return Err(HeaderError("CSeq without a space"));
        }
        let method = cursor.token().ok_or(HeaderError("CSeq without a method"))?;
        if !cursor.is_done() {
            return Err(HeaderError("CSeq with something behind the method"));
        }
        Ok((seq, method))
    }
}

impl std::fmt::Display for CSeq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.seq, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_and_folds_but_no_overflow() {
        assert_eq!(
            CSeq::parse(b" 0009\r\n  INVITE"),
            Ok(CSeq {
                seq: 9,
                method: Method::Invite
            })
        );
        for bad in [
            "",
            "1",
            "1INVITE",
            "x INVITE",
            "4294967296 INVITE",
            "-1 BYE",
            "1 BYE x",
            "1 B@E",
        ] {
            assert!(CSeq::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
