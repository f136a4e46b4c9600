//! RAck (RFC 3262 section 7.2); RSeq is a plain number.

use crate::grammar::{Cursor, is_lws, number, take_while};
use crate::headers::{CSeq, HeaderError};
use crate::method::Method;

/// What a PRACK acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RAck {
    /// The RSeq of the provisional response.
    pub rseq: u32,
    /// The CSeq number of the provisional response.
    pub seq: u32,
    /// The CSeq method of the provisional response.
    pub method: Method,
}

impl RAck {
    /// Reads `776656 1 INVITE`.
    pub fn parse(value: &[u8]) -> Result<RAck, HeaderError> {
        let cursor = Cursor::new(value);
        let (digits, rest) = take_while(cursor.rest, |byte| byte.is_ascii_digit());
        let rseq = number(digits).filter(|_| rest.first().is_some_and(|&byte| is_lws(byte)));
        let CSeq { seq, method } = CSeq::parse(rest)?;
        Ok(RAck {
            rseq: rseq.ok_or(HeaderError("RAck number out of range"))?,
            seq,
            method,
        })
    }
}

impl std::fmt::Display for RAck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.rseq, self.seq, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts() {
        let rack = RAck::parse(b"776656 1 INVITE").unwrap();
        assert_eq!(
            rack,
            RAck {
                rseq: 776656,
                seq: 1,
                method: Method::Invite
            }
        );
        assert_eq!(rack.to_string(), "776656 1 INVITE");
        for bad in [
            "",
            "1",
            "1 2",
            "1 INVITE",
            "4294967296 1 INVITE",
            "1 2 INVITE 3",
        ] {
            assert!(RAck::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
