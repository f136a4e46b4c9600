//! Content-Type and Accept (RFC 3261 sections 20.1 and 20.15).

use crate::grammar::Cursor;
use crate::headers::{HeaderError, Params};

/// `type/subtype;parameters`, compared without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaType<'a> {
    /// `application`; `*` only in Accept.
    pub kind: &'a str,
    /// `sdp`; `*` only in Accept.
    pub subtype: &'a str,
    /// The parameters: `boundary`, `charset`, `q`.
    pub params: Params<'a>,
}

impl<'a> MediaType<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<MediaType<'a>, HeaderError> {
        let bad = HeaderError("malformed media type");
        let mut cursor = Cursor::new(value);
        let kind = cursor.token().ok_or(bad)?;
        let subtype = cursor
            .eat(b'/')
            .then(|| cursor.token())
            .flatten()
            .ok_or(bad)?;
        Ok(MediaType {
            kind,
            subtype,
            params: Params::parse(cursor.rest)?,
        })
    }

    /// Whether this is the named type: `is("application", "sdp")`.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// Whether this range of an Accept header admits a type. `q=0` admits nothing.
    pub fn admits(&self, kind: &str, subtype: &str) -> bool {
        let refused = self
            .params
            .get("q")
            .is_some_and(|q| q.bytes().all(|byte| matches!(byte, b'0' | b'.')));
        let fits = |range: &str, name: &str| range == "*" || range.eq_ignore_ascii_case(name);
        !refused && fits(self.kind, kind) && fits(self.subtype, subtype)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_ranges() {
        let read = MediaType::parse(b"Application / SDP ;charset=\"utf-8\"").unwrap();
        assert!(read.is("application", "sdp") && !read.is("application", "isup"));
        assert_eq!(read.params.get("charset"), Some("utf-8"));
        assert!(
            MediaType::parse(b"application/*")
                .unwrap()
                .admits("application", "sdp")
        );
        assert!(MediaType::parse(b"*/*").unwrap().admits("text", "plain"));
        assert!(
            !MediaType::parse(b"text/*")
                .unwrap()
                .admits("application", "sdp")
        );
        assert!(
            !MediaType::parse(b"*/*;q=0.0")
                .unwrap()
                .admits("text", "plain")
        );
        for bad in ["", "application", "application/", "/sdp", "a/b c"] {
            assert!(MediaType::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
