//! The session's cookie: 256 random bits in hex, readable by no script and sent by no other site (RELIABILITY S15).

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use crate::sessions::LONGEST;

/// On loopback.
const PLAIN: &str = "centrale";
/// Under TLS: browsers take a name that begins so only over TLS, for this host alone, for all paths.
const HOST: &str = "__Host-centrale";

fn name(secure: bool) -> &'static str {
    if secure { HOST } else { PLAIN }
}

/// The token of the session's cookie, when there is one and it can be a token.
pub(super) fn read(headers: &HeaderMap, secure: bool) -> Option<[u8; 32]> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name(secure))
        .and_then(|(_, value)| token(value))
}

fn token(value: &str) -> Option<[u8; 32]> {
    let mut token = [0; 32];
    if value.len() != 64 {
        return None;
    }
    for (place, digits) in token.iter_mut().zip(value.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).ok()?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        *place = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(token)
}

/// `Set-Cookie` for a session that begins; `None` takes the cookie away.
pub(super) fn write(token: Option<&[u8; 32]>, secure: bool) -> HeaderValue {
    let (value, age) = match token {
        Some(token) => (
            token.iter().map(|byte| format!("{byte:02x}")).collect(),
            LONGEST.as_secs(),
        ),
        None => (String::new(), 0),
    };
    let more = if secure { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={age}{more}",
        name(secure)
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written_and_nothing_else_is_one() {
        let token: [u8; 32] = std::array::from_fn(|n| u8::try_from(n * 7).unwrap());
        for secure in [false, true] {
            let set = write(Some(&token), secure);
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, format!("a=b; {pair}; c=d").parse().unwrap());
            assert_eq!(read(&headers, secure), Some(token));
            assert_eq!(read(&headers, !secure), None, "the name tells them apart");
        }
        for wrong in ["", "00", &"0".repeat(63), &"g".repeat(64), &"+1".repeat(32)] {
            assert_eq!(super::token(wrong), None, "{wrong}");
        }
    }
}
