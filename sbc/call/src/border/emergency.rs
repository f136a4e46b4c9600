//! Emergency numbers (CMP-1): recognised before everything else, however they are spelt.

use super::number;
use crate::snapshot::{Country, Emergency};

/// The emergency number that this Request-URI asks for. Reads `sip:112@…`, `tel:112`, `tel:112;phone-context=…`,
/// `urn:service:sos` and its branches (RFC 5031), separators, an outside-line prefix, and the country code before it.
pub(crate) fn called(emergency: &Emergency, country: Country, request_uri: &str) -> Option<String> {
    if is_sos(request_uri) {
        return emergency.numbers.first().cloned();
    }
    spelt(emergency, country, &user_of(request_uri)?)
}

/// The emergency number that these dialled characters ask for.
pub(crate) fn spelt(emergency: &Emergency, country: Country, dialled: &str) -> Option<String> {
    let digits = number::digits(dialled)?;
    let code = match country {
        Country::Be => "32",
        Country::Fr => "33",
    };
    let bare = digits.strip_prefix('+').unwrap_or(&digits);
    let national = bare.strip_prefix("00").unwrap_or(bare).strip_prefix(code);
    let found = |candidate: &str| {
        emergency
            .numbers
            .iter()
            .find(|number| number.as_str() == candidate)
            .cloned()
    };
    found(bare)
        .or_else(|| national.and_then(found))
        .or_else(|| {
            emergency
                .line_prefixes
                .iter()
                .find_map(|prefix| bare.strip_prefix(prefix.as_str()).and_then(found))
        })
}

fn is_sos(uri: &str) -> bool {
    let lower = uri.to_ascii_lowercase();
    lower == "urn:service:sos" || lower.starts_with("urn:service:sos.")
}

/// The user part of a sip:, sips: or tel: URI, unescaped once, without parameters.
pub(crate) fn user_of(uri: &str) -> Option<String> {
    let uri = sip::Uri::parse(uri).ok()?;
    let user = uri.user.as_deref()?;
    Some(user.split(';').next().unwrap_or(user).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belgium() -> Emergency {
        Emergency {
            numbers: ["112", "100", "101"].map(str::to_owned).to_vec(),
            line_prefixes: vec!["0".to_owned()],
        }
    }

    #[test]
    fn every_spelling_is_recognised() {
        for uri in [
            "sip:112@127.0.0.1",
            "sip:112@demo.centrale;user=phone",
            "sips:112@demo.centrale",
            "tel:112",
            "tel:112;phone-context=+32",
            "tel:1-1-2",
            "sip:1.1.2@demo.centrale",
            "sip:0112@demo.centrale",
            "sip:+112@demo.centrale",
            "sip:+32112@demo.centrale",
            "sip:0032112@demo.centrale",
            "sip:%31%31%32@demo.centrale",
            "sip:112;phone-context=x@demo.centrale",
            "urn:service:sos",
            "urn:service:sos.fire",
            "URN:SERVICE:SOS",
        ] {
            assert_eq!(
                called(&belgium(), Country::Be, uri).as_deref(),
                Some("112"),
                "{uri}"
            );
        }
    }

    #[test]
    fn other_numbers_are_not() {
        for uri in [
            "sip:1120@x",
            "sip:2112@x",
            "sip:054112100@x",
            "sip:11@x",
            "tel:+3254310112",
            "urn:service:sosx",
            "sip:x@112",
        ] {
            assert_eq!(called(&belgium(), Country::Be, uri), None, "{uri}");
        }
    }
}
