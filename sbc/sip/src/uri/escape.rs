//! Percent escapes (RFC 3261 sections 19.1.2 and 25.1): read exactly once, written only where needed.

use std::fmt::{self, Write};

use memchr::memchr;

/// Whether every `%` starts a two-digit escape.
pub(crate) fn is_escaped_well(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = memchr(b'%', rest) {
        let digits = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
        if !digits(rest.get(at.saturating_add(1))) || !digits(rest.get(at.saturating_add(2))) {
            return false;
        }
        rest = rest.get(at.saturating_add(3)..).unwrap_or_default();
    }
    true
}

/// Resolves every escape once: `%2541` becomes `%41`. `None` for a broken escape or a result that is not UTF-8.
pub(crate) fn unescape(bytes: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr(b'%', rest) {
        let (plain, behind) = rest.split_at_checked(at)?;
        out.extend_from_slice(plain);
        let [_, high, low, after @ ..] = behind else {
            return None;
        };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        out.push(u8::try_from(digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?).ok()?);
        rest = after;
    }
    out.extend_from_slice(rest);
    String::from_utf8(out).ok()
}

/// Writes `text` with everything escaped but letters, digits, `-_.!~*'()` and `also`.
pub(crate) fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str, also: &str) -> fmt::Result {
    for byte in text.bytes() {
        let c = char::from(byte);
        if byte.is_ascii_alphanumeric()
            || "-_.!~*'()".contains(c)
            || (c.is_ascii() && also.contains(c))
        {
            f.write_char(c)?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_and_only_once() {
        assert_eq!(unescape(b"value%2541").as_deref(), Some("value%41"));
        assert_eq!(unescape(b"nul%00l").as_deref(), Some("nul\0l"));
        for bad in ["%", "%4", "%zz", "a%f", "%+1"] {
            assert_eq!(unescape(bad.as_bytes()), None, "{bad}");
            assert!(!is_escaped_well(bad.as_bytes()), "{bad}");
        }
        assert_eq!(unescape(b"%FF"), None);
        assert!(is_escaped_well(b"%FF%41"));
    }
}
