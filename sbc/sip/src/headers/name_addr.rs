//! name-addr and addr-spec with header parameters: From, To, Contact, Route and their like (RFC 3261 section 20.10, 25.1).

use std::borrow::Cow;
use std::fmt;

use memchr::memchr;

use crate::grammar::{Cursor, is_lws, is_token_byte, lossy, quoted, take_while, text, trim};
use crate::headers::{HeaderError, Params};
use crate::uri::{self, Uri, UriError};

/// An address: display name, URI and the parameters of the header (not those of the URI).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name without quotes and escapes; `None` when absent or empty. Not UTF-8 on the wire becomes U+FFFD.
    pub display: Option<Cow<'a, str>>,
    /// The URI as spelled, without angle brackets. It has a scheme; `uri()` reads it.
    pub uri: &'a str,
    /// The parameters behind the URI.
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads one address; the whole value must be one.
    pub fn parse(value: &'a [u8]) -> Result<NameAddr<'a>, HeaderError> {
        let mut cursor = Cursor::new(value);
        if cursor.rest.first() == Some(&b'"') {
            let (inner, rest) = quoted(cursor.rest.get(1..).unwrap_or_default())
                .ok_or(HeaderError("display name with an open quote"))?;
            cursor.rest = rest;
            if !cursor.eat(b'<') {
                return Err(HeaderError("display name without angle brackets"));
            }
            return bracketed(Some(unescape(inner)), cursor.rest);
        }
        if let Some(open) = memchr(b'<', cursor.rest) {
            let name = trim(cursor.rest.get(..open).unwrap_or_default());
            // An addr-spec may carry '<' only in a quoted parameter behind its first semicolon.
            if !name.contains(&b';') {
                // Unquoted names are tokens; bytes above ASCII are what phones with accents send.
                if !name
                    .iter()
                    .all(|&byte| is_token_byte(byte) || is_lws(byte) || byte >= 0x80)
                {
                    return Err(HeaderError("display name that needs quotes"));
                }
                return bracketed(
                    Some(unfold(name)),
                    cursor
                        .rest
                        .get(open.saturating_add(1)..)
                        .unwrap_or_default(),
                );
            }
        }
        let (uri, rest) = take_while(cursor.rest, |byte| byte != b';' && !is_lws(byte));
        // RFC 3261 section 20: a URI with a comma, a question mark or a semicolon must stand in angle brackets.
        if uri.iter().any(|byte| matches!(byte, b',' | b'?')) {
            return Err(HeaderError("address that needs angle brackets"));
        }
        Ok(NameAddr {
            display: None,
            uri: checked_uri(uri)?,
            params: Params::parse(rest)?,
        })
    }

    /// The URI, read.
    pub fn uri(&self) -> Result<Uri, UriError> {
        Uri::parse(self.uri)
    }

    /// The `tag` parameter (RFC 3261 section 19.3).
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag")
    }

    /// The value of a header parameter; empty for a flag.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params.get(name)
    }
}

fn bracketed<'a>(
    display: Option<Cow<'a, str>>,
    inside: &'a [u8],
) -> Result<NameAddr<'a>, HeaderError> {
    let close = memchr(b'>', inside).ok_or(HeaderError("address with an open angle bracket"))?;
    let uri = checked_uri(inside.get(..close).unwrap_or_default())?;
    let params = Params::parse(inside.get(close.saturating_add(1)..).unwrap_or_default())?;
    Ok(NameAddr {
        display: display.filter(|name| !name.is_empty()),
        uri,
        params,
    })
}

fn checked_uri(bytes: &[u8]) -> Result<&str, HeaderError> {
    if uri::has_scheme(bytes) && uri::is_uri_text(bytes) {
        Ok(text(bytes))
    } else {
        Err(HeaderError("address that is not a URI"))
    }
}

/// Resolves quoted pairs; a fold becomes one space.
pub(crate) fn unescape(inner: &[u8]) -> Cow<'_, str> {
    if !inner
        .iter()
        .any(|byte| matches!(byte, b'\\' | b'\r' | b'\n'))
    {
        return lossy(inner);
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => out.extend(bytes.next()),
            b'\r' | b'\n' => {}
            _ => out.push(byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// The value with every fold turned into one space.
pub(crate) fn unfold(value: &[u8]) -> Cow<'_, str> {
    if memchr(b'\n', value).is_none() {
        return lossy(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let (line, behind) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        let end = line
            .iter()
            .rposition(|&byte| !is_lws(byte))
            .map_or(0, |last| last.saturating_add(1));
        out.extend_from_slice(line.get(..end).unwrap_or_default());
        out.push(b' ');
        rest = take_while(behind, is_lws).1;
    }
    out.extend_from_slice(rest);
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// Prints a display name as a quoted string; control characters become spaces.
pub(crate) fn write_display(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    use fmt::Write;
    f.write_char('"')?;
    for c in name.chars() {
        match c {
            '"' | '\\' => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            c if c.is_control() => f.write_char(' ')?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl fmt::Display for NameAddr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.display {
            write_display(f, name)?;
            f.write_str(" ")?;
        }
        write!(f, "<{}>", self.uri)?;
        for param in self.params.iter() {
            write!(f, ";{}", param.name)?;
            match param.value {
                Some(value) if param.quoted => write!(f, "=\"{value}\"")?,
                Some(value) => write!(f, "={value}")?,
                None => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
