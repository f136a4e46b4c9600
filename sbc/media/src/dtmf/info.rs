//! Keys in SIP INFO bodies: `application/dtmf-relay` (two lines, `Signal=` and `Duration=`) and `application/dtmf` (the key alone).
//! Neither has an RFC; these are the forms that gateways and phones have used since 2000.

use super::Digit;

/// Content type of the two-line form.
pub const DTMF_RELAY: &str = "application/dtmf-relay";
/// Content type of the bare form.
pub const DTMF: &str = "application/dtmf";

/// Length we assume when none is given, in milliseconds.
const DEFAULT_MS: u16 = 160;
/// Longest body we look at, in bytes.
const MAX_BYTES: usize = 512;

/// A key told by INFO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InfoKey {
    /// The key.
    pub digit: Digit,
    /// How long it was pressed, in milliseconds, 40 to 5000.
    pub duration_ms: u16,
}

/// Reads a body. `None` for another content type (parameters are ignored), or when it names no key; flash is none.
pub fn parse(content_type: &str, body: &[u8]) -> Option<InfoKey> {
    let kind = content_type.split(';').next()?.trim();
    let text = std::str::from_utf8(body.get(..body.len().min(MAX_BYTES))?).ok()?;
    if kind.eq_ignore_ascii_case(DTMF) {
        // Some senders use this type for the two-line form.
        return match signal(text.trim()) {
            Some(digit) => Some(InfoKey {
                digit,
                duration_ms: DEFAULT_MS,
            }),
            None => relay(text),
        };
    }
    kind.eq_ignore_ascii_case(DTMF_RELAY).then(|| relay(text))?
}

/// The body of a key as `application/dtmf-relay`.
pub fn print_relay(key: InfoKey) -> String {
    format!("Signal={}\r\nDuration={}\r\n", key.digit, key.duration_ms)
}

/// The body of a key as `application/dtmf`.
pub fn print_bare(digit: Digit) -> String {
    digit.to_string()
}

fn relay(text: &str) -> Option<InfoKey> {
    let mut digit = None;
    let mut duration_ms = DEFAULT_MS;
    for line in text.lines() {
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim());
        if name.eq_ignore_ascii_case("signal") {
            digit = digit.or(signal(value));
        } else if name.eq_ignore_ascii_case("duration") {
            duration_ms = value
                .parse::<u32>()
                .map_or(DEFAULT_MS, |ms| ms.clamp(40, 5000) as u16);
        }
    }
    digit.map(|digit| InfoKey { digit, duration_ms })
}

/// A key as a character, or as its event number for those beyond 9: Cisco writes `10` for the star.
fn signal(text: &str) -> Option<Digit> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(key), None) => Digit::from_char(key),
        _ => text
            .parse()
            .ok()
            .filter(|event| *event > 9)
            .and_then(Digit::from_event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &str) -> Option<(char, u16)> {
        parse(content_type, body.as_bytes()).map(|key| (key.digit.to_char(), key.duration_ms))
    }

    #[test]
    fn both_forms_are_read_as_phones_write_them() {
        assert_eq!(
            read(DTMF_RELAY, "Signal=5\r\nDuration=250\r\n"),
            Some(('5', 250))
        );
        assert_eq!(
            read(
                "application/DTMF-Relay; charset=utf-8",
                "signal= # \nduration= 100"
            ),
            Some(('#', 100))
        );
        assert_eq!(
            read(DTMF_RELAY, "Duration=99999\r\nSignal=a"),
            Some(('A', 5000))
        );
        assert_eq!(read(DTMF_RELAY, "Signal=10\r\n"), Some(('*', 160)));
        assert_eq!(read(DTMF, "7"), Some(('7', 160)));
        assert_eq!(read(DTMF, "11\r\n"), Some(('#', 160)));
        assert_eq!(read(DTMF, "Signal=3\r\nDuration=80\r\n"), Some(('3', 80)));
    }

    #[test]
    fn what_names_no_key_is_none() {
        for body in [
            "",
            "Signal=\r\n",
            "Signal=hf",
            "Signal=16",
            "Duration=100",
            "Signal=05",
            "55",
        ] {
            assert_eq!(read(DTMF_RELAY, body), None, "{body:?}");
        }
        assert_eq!(read("text/plain", "Signal=5"), None);
        assert_eq!(parse(DTMF, &[0xFF]), None);
    }

    #[test]
    fn what_we_print_we_read() {
        for digit in Digit::all() {
            let key = InfoKey {
                digit,
                duration_ms: 120,
            };
            assert_eq!(parse(DTMF_RELAY, print_relay(key).as_bytes()), Some(key));
            assert_eq!(
                parse(DTMF, print_bare(digit).as_bytes()).map(|k| k.digit),
                Some(digit)
            );
        }
    }
}
