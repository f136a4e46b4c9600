//! Reason (RFC 3326): why a request was sent, in the words of a protocol.

use std::borrow::Cow;
use std::fmt;

use crate::grammar::{Cursor, number};
use crate::headers::name_addr::{unescape, write_display};
use crate::headers::{HeaderError, Params};

/// One reason value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason<'a> {
    /// `SIP`, `Q.850`, … as spelled.
    pub protocol: Cow<'a, str>,
    /// The protocol's own number: a status code, a Q.850 cause.
    pub cause: Option<u16>,
    /// Words for a person.
    pub text: Option<Cow<'a, str>>,
}

impl<'a> Reason<'a> {
    /// Reads one value. A cause that is no number of 16 bits is left out.
    pub fn parse(value: &'a [u8]) -> Result<Reason<'a>, HeaderError> {
        let mut cursor = Cursor::new(value);
        let protocol = cursor
            .token()
            .ok_or(HeaderError("reason without a protocol"))?;
        let params = Params::parse(cursor.rest)?;
        Ok(Reason {
            protocol: Cow::Borrowed(protocol),
            cause: params
                .get("cause")
                .and_then(|cause| number(cause.as_bytes()))
                .and_then(|cause| u16::try_from(cause).ok()),
            text: params.get("text").map(|text| unescape(text.as_bytes())),
        })
    }

    /// `SIP;cause=200;text="Call completed elsewhere"`: the others of a parallel ring (RFC 3326 section 3.1).
    pub fn completed_elsewhere() -> Reason<'static> {
        Reason {
            protocol: Cow::Borrowed("SIP"),
            cause: Some(200),
            text: Some(Cow::Borrowed("Call completed elsewhere")),
        }
    }

    /// Whether the call was answered at another place, so that a phone does not list it as missed.
    pub fn is_completed_elsewhere(&self) -> bool {
        self.protocol.eq_ignore_ascii_case("SIP") && self.cause == Some(200)
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(f, ";cause={cause}")?;
        }
        if let Some(text) = &self.text {
            f.write_str(";text=")?;
            write_display(f, text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_and_printed() {
        let text = "SIP;cause=200;text=\"Call completed elsewhere\"";
        assert_eq!(
            Reason::parse(text.as_bytes()),
            Ok(Reason::completed_elsewhere())
        );
        assert_eq!(Reason::completed_elsewhere().to_string(), text);
        let read = Reason::parse(b"Q.850 ;cause=16 ;text=\"a \\\"b\\\"\"").unwrap();
        assert_eq!(
            (read.protocol.as_ref(), read.cause, read.text.as_deref()),
            ("Q.850", Some(16), Some("a \"b\""))
        );
        assert_eq!(Reason::parse(b"SIP;cause=70000").unwrap().cause, None);
        assert!(Reason::parse(b";cause=1").is_err());
    }
}
