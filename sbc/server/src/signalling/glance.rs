//! A glance at the first bytes of a message (RFC 3261 section 7), only to choose its lane. It reads the method, the user of
//! the Request-URI and whether To has a tag; what it gets wrong costs a place in a queue, never a call.

use super::lanes::Lane;

/// To is looked for no further than this.
const HEADERS_SEEN: usize = 4_096;
/// A user longer than this is no emergency number.
const USER: usize = 32;
/// Longest spelling of a country or line prefix before an emergency number.
const PREFIX: usize = 5;

/// Emergency numbers of the site, for the choice of a lane; the core classifies for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Emergencies {
    numbers: Vec<String>,
    line_prefixes: Vec<String>,
}

impl Emergencies {
    pub(crate) fn new(emergency: &call::snapshot::Emergency) -> Emergencies {
        Emergencies {
            numbers: emergency.numbers.clone(),
            line_prefixes: emergency.line_prefixes.clone(),
        }
    }

    /// `112`, `0112`, `+32112`, `0032112`, `1-1-2`, `%3112`, `urn:service:sos`.
    fn is_called_by(&self, uri: &[u8]) -> bool {
        if uri
            .get(..15)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"urn:service:sos"))
        {
            return true;
        }
        let digits = dialled(uri);
        self.numbers.iter().any(|number| {
            digits.strip_suffix(number.as_str()).is_some_and(|head| {
                head.is_empty()
                    || self.line_prefixes.iter().any(|prefix| prefix == head)
                    || (head.len() <= PREFIX && (head.starts_with('+') || head.starts_with("00")))
            })
        })
    }
}

/// The lane of a datagram, or of the first bytes read from a connection; `None` when this is no start of a message.
pub(crate) fn lane_of(bytes: &[u8], emergencies: &Emergencies) -> Option<Lane> {
    if bytes.starts_with(b"SIP/2.0 ") {
        return Some(Lane::Dialog);
    }
    let line_end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let mut words = bytes.get(..line_end)?.splitn(3, |byte| *byte == b' ');
    let (method, uri) = (words.next()?, words.next()?);
    if !words.next()?.starts_with(b"SIP/") {
        return None;
    }
    match method {
        b"ACK" | b"BYE" | b"CANCEL" | b"PRACK" => Some(Lane::Dialog),
        _ if has_to_tag(bytes.get(line_end..)?) => Some(Lane::Dialog),
        b"INVITE" if emergencies.is_called_by(uri) => Some(Lane::Emergency),
        _ => Some(Lane::Rest),
    }
}

/// Whether the To header has a tag: the request belongs to a dialog.
fn has_to_tag(headers: &[u8]) -> bool {
    let headers = headers.get(..HEADERS_SEEN).unwrap_or(headers);
    for line in headers.split(|byte| *byte == b'\n') {
        if line.is_empty() || line == b"\r" {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let name = name.trim_ascii();
        if name.eq_ignore_ascii_case(b"to") || name.eq_ignore_ascii_case(b"t") {
            return value
                .windows(5)
                .any(|window| window.eq_ignore_ascii_case(b";tag="));
        }
    }
    false
}

/// The digits and `+` of the URI's user, unescaped, without visual separators (RFC 3966 section 5.1.1).
fn dialled(uri: &[u8]) -> String {
    let scheme = memchr::memchr(b':', uri).map_or(0, |colon| colon + 1);
    let user = uri.get(scheme..).unwrap_or_default();
    let end = user
        .iter()
        .position(|byte| matches!(byte, b'@' | b';' | b'?' | b':'))
        .unwrap_or(user.len());
    let mut digits = String::new();
    let mut bytes = user.get(..end).unwrap_or_default().iter().copied();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let pair = bytes.next().zip(bytes.next());
            pair.and_then(|(high, low)| unhex(high, low))
                .unwrap_or(b'x')
        } else {
            byte
        };
        match byte {
            b'-' | b'.' | b'(' | b')' | b' ' => {}
            _ => digits.push(char::from(byte)),
        }
        if digits.len() > USER {
            return String::new();
        }
    }
    digits
}

fn unhex(high: u8, low: u8) -> Option<u8> {
    let value = char::from(high).to_digit(16)? * 16 + char::from(low).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belgium() -> Emergencies {
        Emergencies {
            numbers: vec!["112".into(), "100".into()],
            line_prefixes: vec!["0".into()],
        }
    }

    fn lane(text: &str) -> Option<Lane> {
        lane_of(text.as_bytes(), &belgium())
    }

    #[test]
    fn what_belongs_to_a_dialog_goes_first() {
        for text in [
            "SIP/2.0 200 OK\r\nTo: <sip:a@b>\r\n",
            "ACK sip:a@b SIP/2.0\r\n",
            "BYE sip:a@b SIP/2.0\r\n",
            "CANCEL sip:a@b SIP/2.0\r\n",
            "INVITE sip:a@b SIP/2.0\r\nFrom: <sip:x@y>;tag=1\r\nTo : <sip:a@b>;TAG=2\r\n\r\n",
            "INFO sip:a@b SIP/2.0\r\nt: <sip:a@b>;tag=2\r\n\r\n",
        ] {
            assert_eq!(lane(text), Some(Lane::Dialog), "{text}");
        }
    }

    #[test]
    fn a_new_request_goes_last_whatever_its_from_says() {
        let invite =
            "INVITE sip:2101@b SIP/2.0\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:2101@b>\r\n\r\n";
        assert_eq!(lane(invite), Some(Lane::Rest));
        assert_eq!(lane("REGISTER sip:b SIP/2.0\r\n\r\n"), Some(Lane::Rest));
    }

    #[test]
    fn each_spelling_of_an_emergency_number_has_its_lane() {
        for uri in [
            "sip:112@h",
            "sip:0112@h",
            "sip:+32112@h",
            "sip:0032112@h",
            "sip:1-1-2@h;user=phone",
            "sip:%3112@h",
            "tel:112;phone-context=+32",
            "sip:112",
            "urn:service:sos.police",
            "sip:112:pw@h",
        ] {
            assert_eq!(
                lane(&format!("INVITE {uri} SIP/2.0\r\nTo: <{uri}>\r\n\r\n")),
                Some(Lane::Emergency),
                "{uri}"
            );
        }
        for uri in [
            "sip:2112@h",
            "sip:1120@h",
            "sip:x112@h",
            "sip:%11@h",
            "sip:%",
        ] {
            assert_eq!(
                lane(&format!("INVITE {uri} SIP/2.0\r\nTo: <{uri}>\r\n\r\n")),
                Some(Lane::Rest),
                "{uri}"
            );
        }
    }

    #[test]
    fn the_middle_of_a_message_is_no_start() {
        for text in ["", "\r\n\r\n", "v=0\r\no=- 1 1 IN IP4 127.0.0.1", "a b c"] {
            assert_eq!(lane(text), None, "{text:?}");
        }
    }
}
