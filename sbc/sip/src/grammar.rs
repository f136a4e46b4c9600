//! Lexical elements of SIP (RFC 3261 section 25.1) over bytes: tokens, linear white space, quoted strings, comma lists.
//!
//! Folded lines stay folded in the message; here CR and LF simply count as white space, because the line scanner has
//! already shown that they only stand at a fold.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

const fn token_table() -> [bool; 256] {
    let mut table = [false; 256];
    let marks = b"-.!%*_+`'~";
    let mut byte = 0u8;
    loop {
        let mut mark = false;
        let mut left: &[u8] = marks;
        while let [first, rest @ ..] = left {
            mark |= *first == byte;
            left = rest;
        }
        #[allow(
            clippy::indexing_slicing,
            reason = "evaluated by the compiler; a u8 is always inside"
        )]
        {
            table[byte as usize] = mark || byte.is_ascii_alphanumeric();
        }
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

static TOKEN: [bool; 256] = token_table();

/// A character of `token`.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    TOKEN.get(usize::from(byte)).copied().unwrap_or(false)
}

/// A non-empty `token`.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

/// Linear white space, folds included.
pub(crate) fn is_lws(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// A control character that no header text may carry unescaped; HTAB is white space.
pub(crate) fn is_control(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f
}

/// Cuts white space and folds from both ends.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_lws(*first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_lws(*last)
    {
        bytes = rest;
    }
    bytes
}

/// The bytes as text; empty when they are not UTF-8. For what a parser has already checked.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("")
}

/// The bytes as text; what is not UTF-8 becomes U+FFFD. Nearly all of it is, and that is seen faster than chunk by chunk.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// `1*DIGIT` that fits 32 bits. Leading zeros are fine, a sign or anything larger is not.
pub(crate) fn number(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0u32, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte & 0x0f))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// A port: 1 to 65535.
pub(crate) fn port(bytes: &[u8]) -> Option<u16> {
    number(bytes)
        .and_then(|port| u16::try_from(port).ok())
        .filter(|&port| port != 0)
}

/// Splits off what stands before the first byte that `stop` refuses.
pub(crate) fn take_while(bytes: &[u8], keep: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes
        .iter()
        .position(|&byte| !keep(byte))
        .unwrap_or(bytes.len());
    bytes.split_at_checked(end).unwrap_or((bytes, &[]))
}

/// Splits `inner"rest` behind an opening quote; escapes stay in `inner`. `None` when the quote never closes.
pub(crate) fn quoted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = 0usize;
    loop {
        let at = from.saturating_add(memchr2(b'"', b'\\', bytes.get(from..)?)?);
        if bytes.get(at) == Some(&b'"') {
            return Some((bytes.get(..at)?, bytes.get(at.saturating_add(1)..)?));
        }
        from = at.saturating_add(2);
    }
}

/// Splits a comma list in front of its first comma that is neither quoted nor in angle brackets.
pub(crate) fn element(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    split_outside(bytes, b',')
}

/// Splits at the first `separator` that is neither quoted nor in angle brackets.
pub(crate) fn split_outside(bytes: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    let mut from = 0usize;
    while let Some(rest) = bytes.get(from..) {
        let Some(offset) = memchr3(separator, b'"', b'<', rest) else {
            break;
        };
        let at = from.saturating_add(offset);
        let behind = bytes.get(at.saturating_add(1)..).unwrap_or_default();
        let skipped = match rest.get(offset) {
            Some(b'"') => quoted(behind).map(|(inner, _)| inner.len()),
            Some(b'<') => memchr(b'>', behind),
            _ => return (bytes.get(..at).unwrap_or_default(), Some(behind)),
        };
        // An opening that never closes swallows the rest; the element's own parser refuses it.
        let Some(skipped) = skipped else { break };
        from = at.saturating_add(skipped).saturating_add(2);
    }
    (bytes, None)
}

/// Reads a header value from the left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    /// What has not been read.
    pub(crate) rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte that is not white space.
    pub(crate) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        let mut cursor = Cursor { rest: bytes };
        cursor.skip_lws();
        cursor
    }

    pub(crate) fn skip_lws(&mut self) {
        while let [first, rest @ ..] = self.rest
            && is_lws(*first)
        {
            self.rest = rest;
        }
    }

    /// Eats one byte and the white space around it.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        self.skip_lws();
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                self.skip_lws();
                true
            }
            _ => false,
        }
    }

    /// A non-empty token, UTF-8 by its alphabet.
    pub(crate) fn token(&mut self) -> Option<&'a str> {
        let (token, rest) = take_while(self.rest, is_token_byte);
        self.rest = rest;
        (!token.is_empty()).then(|| text(token))
    }

    /// Whether everything but white space has been read.
    pub(crate) fn is_done(&mut self) -> bool {
        self.skip_lws();
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_quotes_and_brackets_do_not_split() {
        let list = br#""a, \"b" <sip:a,b@c>;x="1,2", <sip:d>"#;
        let (first, rest) = element(list);
        assert_eq!(first, br#""a, \"b" <sip:a,b@c>;x="1,2""#);
        assert_eq!(rest, Some(&b" <sip:d>"[..]));
        assert_eq!(element(b"\"open, a"), (&b"\"open, a"[..], None));
        assert_eq!(element(b"\\"), (&b"\\"[..], None));
        assert_eq!(element(b"\"\\"), (&b"\"\\"[..], None));
    }

    #[test]
    fn numbers_never_wrap() {
        assert_eq!(number(b"0068"), Some(68));
        assert_eq!(number(b"4294967295"), Some(u32::MAX));
        assert_eq!(number(b"4294967296"), None);
        assert_eq!(number(b"-1"), None);
        assert_eq!(number(b""), None);
        assert_eq!(port(b"0"), None);
    }
}
