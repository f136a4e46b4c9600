//! Replaces (RFC 3891 section 6.1), as a header and inside a Refer-To URI (RFC 5589).

use std::fmt;

use crate::dialog::DialogId;
use crate::grammar::{Cursor, is_lws, is_token, take_while, text};
use crate::headers::{HeaderError, Params};
use crate::uri::Uri;

/// The dialog to be replaced, seen from the side that receives the request: `to_tag` is its own tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaces<'a> {
    /// Call-ID.
    pub call_id: &'a str,
    /// The receiver's tag.
    pub to_tag: &'a str,
    /// The other side's tag; `0` also matches a dialog without one (RFC 3891 section 3).
    pub from_tag: &'a str,
    /// `early-only`: not when the dialog is confirmed.
    pub early_only: bool,
}

impl<'a> Replaces<'a> {
    /// Reads one value. Both tags must stand in it exactly once, and be tokens: a quoted one is no tag (section 6.1).
    pub fn parse(value: &'a [u8]) -> Result<Replaces<'a>, HeaderError> {
        let cursor = Cursor::new(value);
        let (call_id, rest) = take_while(cursor.rest, |byte| byte != b';' && !is_lws(byte));
        if call_id.is_empty() || !call_id.iter().all(u8::is_ascii_graphic) {
            return Err(HeaderError("Replaces without a Call-ID"));
        }
        let params = Params::parse(rest)?;
        let tag = |name: &str| {
            let mut values = params
                .iter()
                .filter(|param| param.name.eq_ignore_ascii_case(name))
                .filter_map(|param| param.value);
            values
                .next()
                .filter(|tag| values.next().is_none() && is_token(tag.as_bytes()))
                .ok_or(HeaderError("Replaces without both tags"))
        };
        Ok(Replaces {
            call_id: text(call_id),
            to_tag: tag("to-tag")?,
            from_tag: tag("from-tag")?,
            early_only: params.has("early-only"),
        })
    }

    /// The dialog as the receiver of the request names it. A `from-tag` of `0` means a peer without a tag.
    pub fn dialog(&self) -> DialogId {
        let remote = if self.from_tag == "0" {
            ""
        } else {
            self.from_tag
        };
        DialogId {
            call_id: self.call_id.into(),
            local: self.to_tag.into(),
            remote: remote.into(),
        }
    }

    /// The Replaces header inside a Refer-To URI; `None` without one.
    pub fn in_uri(uri: &'a Uri) -> Option<Result<Replaces<'a>, HeaderError>> {
        let header = uri
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("Replaces"))?;
        Some(Replaces::parse(
            header.value.as_deref().unwrap_or("").as_bytes(),
        ))
    }
}

impl fmt::Display for Replaces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let early = if self.early_only { ";early-only" } else { "" };
        write!(
            f,
            "{};to-tag={};from-tag={}{early}",
            self.call_id, self.to_tag, self.from_tag
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_header_and_in_a_uri() {
        let text = "98732@sip.example.com ;from-tag=r33th4x0r;to-tag=ff87ff;early-only";
        let read = Replaces::parse(text.as_bytes()).unwrap();
        assert_eq!(
            (read.call_id, read.to_tag, read.from_tag, read.early_only),
            ("98732@sip.example.com", "ff87ff", "r33th4x0r", true)
        );
        let uri =
            Uri::parse("sip:b@h?Replaces=98732%40sip.example.com%3Bfrom-tag%3Dr%3Bto-tag%3Df&x=1")
                .unwrap();
        assert_eq!(
            Replaces::in_uri(&uri).unwrap().unwrap().to_string(),
            "98732@sip.example.com;to-tag=f;from-tag=r"
        );
        assert_eq!(Replaces::in_uri(&Uri::parse("sip:b@h").unwrap()), None);
        for bad in [
            "",
            ";to-tag=a;from-tag=b",
            "x;to-tag=a",
            "x;from-tag=a",
            "x;to-tag=a;to-tag=b;from-tag=c",
            "x y;to-tag=a;from-tag=b",
        ] {
            assert!(Replaces::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
