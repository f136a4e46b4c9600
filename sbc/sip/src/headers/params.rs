//! `;name=value` parameters behind a header value (RFC 3261 section 25.1, generic-param).

use smallvec::SmallVec;

use crate::grammar::{Cursor, is_control, is_token_byte, quoted, take_while, text};
use crate::headers::HeaderError;
use crate::limits::MAX_PARAMS;

/// The parameters of one header value, checked when the value was read. Names are compared without regard to case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'a> {
    raw: &'a [u8],
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// The name as spelled.
    pub name: &'a str,
    /// The value; without its quotes but with its escapes when it was quoted; `None` for a flag.
    pub value: Option<&'a str>,
    /// Whether the value was quoted.
    pub quoted: bool,
}

/// The bytes of an unquoted value. Wider than `token` and `host` because peers write addresses and URNs bare
/// (RFC 5118 section 4.5, `gr=urn:uuid:…`).
fn is_value_byte(byte: u8) -> bool {
    is_token_byte(byte)
        || !(is_control(byte)
            || matches!(byte, b' ' | b'\t' | b';' | b',' | b'"' | b'<' | b'>' | b'='))
}

/// One parameter before anything is made text of it.
struct Raw<'a> {
    name: &'a [u8],
    value: Option<&'a [u8]>,
    quoted: bool,
}

impl<'a> Raw<'a> {
    fn read(self) -> Param<'a> {
        Param {
            name: text(self.name),
            value: self.value.map(text),
            quoted: self.quoted,
        }
    }
}

fn next<'a>(cursor: &mut Cursor<'a>) -> Result<Raw<'a>, HeaderError> {
    if !cursor.eat(b';') {
        return Err(HeaderError("parameter expected"));
    }
    let (name, rest) = take_while(cursor.rest, is_token_byte);
    cursor.rest = rest;
    if name.is_empty() {
        return Err(HeaderError("parameter without a name"));
    }
    if !cursor.eat(b'=') {
        return Ok(Raw {
            name,
            value: None,
            quoted: false,
        });
    }
    if let Some((b'"', behind)) = cursor.rest.split_first() {
        let (inner, rest) = quoted(behind).ok_or(HeaderError("parameter with an open quote"))?;
        cursor.rest = rest;
        return utf8(Raw {
            name,
            value: Some(inner),
            quoted: true,
        });
    }
    // '=' inside a bare value is only refused in front: base64 padding is common practice.
    let (value, rest) = take_while(cursor.rest, |byte| is_value_byte(byte) || byte == b'=');
    if value.is_empty() || value.first() == Some(&b'=') {
        return Err(HeaderError("parameter without its value"));
    }
    cursor.rest = rest;
    utf8(Raw {
        name,
        value: Some(value),
        quoted: false,
    })
}

fn utf8(param: Raw<'_>) -> Result<Raw<'_>, HeaderError> {
    let value = param.value.unwrap_or_default();
    if value.is_ascii() || std::str::from_utf8(value).is_ok() {
        Ok(param)
    } else {
        Err(HeaderError("parameter that is not UTF-8"))
    }
}

impl<'a> Params<'a> {
    /// Reads the whole of `raw` as parameters. A name that stands twice is refused (RFC 3261 section 7.3.1): one element
    /// would believe the first, the next one the last.
    pub(crate) fn parse(raw: &'a [u8]) -> Result<Params<'a>, HeaderError> {
        Params::parse_for(raw, "").map(|(params, _)| params)
    }

    /// The same, and what [`Params::get`] would find for a name that nearly every reader asks for.
    pub(crate) fn parse_for(
        raw: &'a [u8],
        wanted: &str,
    ) -> Result<(Params<'a>, Option<&'a str>), HeaderError> {
        let mut cursor = Cursor::new(raw);
        let mut names: SmallVec<[&[u8]; 8]> = SmallVec::new();
        let mut found = None;
        while !cursor.is_done() {
            let Raw { name, value, .. } = next(&mut cursor)?;
            if names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                return Err(HeaderError("parameter that stands twice"));
            }
            if names.len() >= MAX_PARAMS {
                return Err(HeaderError("too many parameters"));
            }
            if name.eq_ignore_ascii_case(wanted.as_bytes()) {
                found = Some(value.map(text).unwrap_or_default());
            }
            names.push(name);
        }
        Ok((Params { raw }, found))
    }

    /// Keeps text that could not be checked, for the answer to a malformed request: what is unreadable is passed over.
    pub(crate) fn salvage(raw: &'a [u8]) -> Params<'a> {
        Params { raw }
    }

    fn raw(&self) -> impl Iterator<Item = Raw<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.raw);
        std::iter::from_fn(move || {
            while !cursor.is_done() {
                let before = cursor.rest.len();
                if let Ok(param) = next(&mut cursor) {
                    return Some(param);
                }
                if cursor.rest.len() == before {
                    return None;
                }
            }
            None
        })
    }

    /// All parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = Param<'a>> + use<'a> {
        self.raw().map(Raw::read)
    }

    /// The value of a parameter; empty for a flag.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let found = self
            .raw()
            .find(|param| param.name.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(found.value.map(text).unwrap_or(""))
    }

    /// Whether a parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The text as it came, from the first semicolon on.
    pub fn as_str(&self) -> &'a str {
        text(self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_quotes_and_flags() {
        let params =
            Params::parse(b" ; tag\r\n = 19;lr ; Q=\"a;b\\\"c\" ;gr=urn:uuid:1-2==").unwrap();
        assert_eq!(params.get("TAG"), Some("19"));
        assert_eq!(params.get("lr"), Some(""));
        assert_eq!(params.get("q"), Some("a;b\\\"c"));
        assert_eq!(params.get("gr"), Some("urn:uuid:1-2=="));
        assert_eq!(params.get("none"), None);
        assert_eq!(params.iter().count(), 4);
    }

    #[test]
    fn empty_names_and_values_are_refused_and_salvaged_around() {
        for bad in [
            ";;a=1", ";a=", ";", ";a==1", ";=1", ";a=\"x", "a=1", ";a b", ";a=\x00",
        ] {
            assert!(Params::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let many = |count: usize| (0..count).map(|n| format!(";p{n}")).collect::<String>();
        assert!(
            Params::parse(many(64).as_bytes()).is_ok()
                && Params::parse(many(65).as_bytes()).is_err()
        );
        assert_eq!(Params::salvage(b";;branch=x;;").get("branch"), Some("x"));
    }
}
